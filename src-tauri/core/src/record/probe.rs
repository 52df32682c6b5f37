//! Finds out, by trying, whether several computers may share a record.
//!
//! Invariant: a store is called fit for several computers only if every check was made and passed; a store opened for one
//! computer never is, because it only imitates create-if-absent. Writes below `.probe/` and touches nothing else.

use super::{Created, RecordStore, Sharing, StoreError};

/// The folder of the scratch files.
pub(super) const SCRATCH: &str = ".probe/";
/// Rounds of writers racing for one name.
const ROUNDS: usize = 5;

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    /// What the store did, in words.
    pub seen: String,
}

/// What a record store can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// A second create of a name is refused and changes nothing.
    pub creates_once: bool,
    /// Of several creates of a name at the same moment exactly one succeeds.
    pub parallel_once: bool,
    /// What was written is read and listed at once.
    pub reads_back: bool,
    pub details: Vec<Check>,
    /// The verdict for people.
    pub sentence: String,
}

impl Verdict {
    /// Whether several computers may write to this record.
    pub fn several_computers(&self) -> bool {
        self.creates_once && self.parallel_once && self.reads_back
    }
}

/// Tries the store out under scratch names that contain `key`, which must be new (random letters and digits).
///
/// Open the store with `Sharing::Several`; otherwise the verdict is one computer. An `Err` is no verdict: try again later.
pub async fn probe(store: &dyn RecordStore, key: &str) -> Result<Verdict, StoreError> {
    let folder = format!("{SCRATCH}{key}/");
    let mut names = Vec::new();
    let mut scratch = |name: &str| {
        let name = format!("{folder}{name}.json");
        names.push(name.clone());
        name
    };
    let (once, document) = (scratch("once"), scratch("document"));
    let raced: Vec<String> = (1..=ROUNDS).map(|round| scratch(&format!("race-{round}"))).collect();
    let outcome = try_all(store, &folder, &once, &document, &raced).await;
    for name in &names {
        store.forget_scratch(name).await;
    }
    outcome
}

async fn try_all(
    store: &dyn RecordStore,
    folder: &str,
    once: &str,
    document: &str,
    raced: &[String],
) -> Result<Verdict, StoreError> {
    let mut details = vec![replaces(store, document).await?];
    let mut expected = vec![document.to_owned()];
    let created = creates_once(store, once).await?;
    let creates = created.iter().all(|check| check.ok);
    details.extend(created);
    if creates {
        expected.push(once.to_owned());
        details.push(one_winner(store, raced).await?);
        expected.extend_from_slice(raced);
    }
    let parallel_once = creates && details.last().is_some_and(|check| check.ok);
    details.push(lists(store, folder, &mut expected).await?);
    let reads_back = details.iter().filter(|check| [READS, LISTS].contains(&check.name)).all(|check| check.ok);
    let several = store.sharing() == Sharing::Several;
    let folder = store.as_folder().is_some();
    let sentence = sentence((several, folder), creates, parallel_once, reads_back, &details);
    Ok(Verdict {
        creates_once: creates && several,
        parallel_once: parallel_once && several,
        reads_back,
        details,
        sentence,
    })
}

const READS: &str = "What was written last is read at once";
const CREATES: &str = "A new file can be created";
const REFUSES: &str = "A file that exists cannot be created again";
const RACES: &str = "Of several writers at the same moment one wins";
const LISTS: &str = "What was written is listed at once";

async fn replaces(store: &dyn RecordStore, name: &str) -> Result<Check, StoreError> {
    for content in ["first", "second"] {
        store.replace(name, content.into()).await?;
    }
    let there = store.read(name).await?;
    let ok = there.as_deref() == Some(b"second");
    let seen = match (ok, there) {
        (true, _) => "the last content came back",
        (false, Some(_)) => "an older content came back",
        (false, None) => "nothing came back",
    };
    Ok(Check { name: READS, ok, seen: seen.to_owned() })
}

async fn creates_once(store: &dyn RecordStore, name: &str) -> Result<Vec<Check>, StoreError> {
    let first = match store.create(name, b"first").await {
        Err(StoreError::CannotCreateOnce { why, .. }) => {
            return Ok(vec![Check { name: CREATES, ok: false, seen: why }]);
        }
        other => other?,
    };
    let new = match first {
        Created::Done => Check { name: CREATES, ok: true, seen: "it was created".to_owned() },
        Created::Exists => Check { name: CREATES, ok: false, seen: "the store says that it exists already".to_owned() },
        Created::Unsure(why) => return Err(StoreError::unreachable(&store.address(), why)),
    };
    let second = store.create(name, b"second").await?;
    let kept = store.read(name).await?.as_deref() == Some(b"first");
    let (refused, mut seen) = match second {
        Created::Done => (false, "the store said that it created the file again".to_owned()),
        Created::Exists => (true, "the store refused".to_owned()),
        Created::Unsure(why) => (true, format!("the store did not say yes ({why})")),
    };
    if !kept {
        seen.push_str("; the first content is gone");
    }
    Ok(vec![new, Check { name: REFUSES, ok: refused && kept, seen }])
}

async fn one_winner(store: &dyn RecordStore, names: &[String]) -> Result<Check, StoreError> {
    let mut right = 0;
    let mut seen = format!("one of four in each of {} rounds", names.len());
    for (round, name) in (1..).zip(names) {
        let writers: [&[u8]; 4] = [b"a", b"b", b"c", b"d"];
        let [a, b, c, d] = writers.map(|content| store.create(name, content));
        let (a, b, c, d) = tokio::try_join!(a, b, c, d)?;
        let won = [a, b, c, d].map(|created| created == Created::Done);
        let winners: Vec<&[u8]> =
            writers.into_iter().zip(won).filter(|(_, won)| *won).map(|(content, _)| content).collect();
        let there = store.read(name).await?;
        match winners.as_slice() {
            [winner] if there.as_deref() == Some(*winner) => right += 1,
            [_] => seen = format!("round {round}: one was told that it won, the content is another's"),
            _ => seen = format!("round {round}: {} of four were told that they won", winners.len()),
        }
    }
    Ok(Check { name: RACES, ok: right == names.len(), seen })
}

async fn lists(store: &dyn RecordStore, folder: &str, expected: &mut [String]) -> Result<Check, StoreError> {
    expected.sort_unstable();
    let all = store.names(folder, None).await?;
    let later = store.names(folder, expected.first().map(String::as_str)).await?;
    // A refused create may have left something, which says nothing about listing.
    let complete = expected.iter().all(|name| all.contains(name));
    let ok = complete && expected.iter().skip(1).all(|name| later.contains(name));
    Ok(Check { name: LISTS, ok, seen: format!("{} of {} files", all.len(), expected.len()) })
}

fn sentence(
    (several, folder): (bool, bool),
    creates: bool,
    parallel: bool,
    reads_back: bool,
    details: &[Check],
) -> String {
    let ignored = details.iter().any(|check| check.name == REFUSES);
    let text = match (reads_back, several, creates, parallel) {
        (false, _, _, _) => "This store does not give back at once what was written: do not use it for the record.",
        (true, false, _, _) => "This record was opened for one computer only, so sharing it was not tried.",
        (true, true, false, _) if ignored => "This store ignores create-if-absent: use it from one computer only.",
        (true, true, false, _) => {
            "This store cannot create a file only if it is absent: use it from one computer only."
        }
        (true, true, true, false) => {
            "This store lets two writers create the same file at once: use it from one computer only."
        }
        // What this computer cannot see: whether the others open the same folder.
        (true, true, true, true) if folder => {
            "Several computers may share this record if each opens this very folder, on a network drive for example; not one that \
             a sync service copies."
        }
        (true, true, true, true) => "Several computers may share this record.",
    };
    text.to_owned()
}
