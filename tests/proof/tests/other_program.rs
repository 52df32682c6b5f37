//! docs/record-format.md is enough: a program in another language, written from it, reads what Pierrot writes, and the reverse.

use std::path::{Path, PathBuf};

use pierrot_core::{
    fold::{Ending, Fold, Stand},
    log::{About, Answer, AttemptId, Fact, Frozen, LogEntry, Part, Seen, Why},
    photo::PhotoId,
    record::ledger::fold_bytes,
};
use pierrot_proof::program::{Home, sandbox};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

/// Logs, and entries of each: enough that every rule is met and broken many times.
const LOGS: u64 = 20;
const ENTRIES: u64 = 250;

fn other_program(record: &Path, words: &[&str]) -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../record/other_program.py");
    let output = std::process::Command::new("python3").arg(script).arg(record).args(words).output();
    let output = output.expect("Python 3 is there, as for the other test servers");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn read(record: &Path, verb: &str) -> Value {
    let said = other_program(record, &[verb]).expect("the record is in order");
    serde_json::from_str(&said).expect("one object")
}

/// What Pierrot's own fold says, in the words of the other program.
fn told(fold: &Fold) -> Value {
    let standing = |wanted: fn(&Stand) -> bool| -> Vec<String> {
        let found = fold.attempts().filter(|attempt| wanted(&attempt.stand));
        let mut photos: Vec<_> = found.map(|attempt| attempt.about.photo.to_string()).collect();
        photos.sort();
        photos
    };
    let mut posts: Vec<_> = fold
        .attempts()
        .filter_map(|attempt| match &attempt.stand {
            Stand::Posted { post_id, .. } => Some([attempt.about.photo.as_str(), &attempt.about.target, post_id]),
            Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_) => None,
        })
        .collect();
    posts.sort_unstable();
    let mut never: Vec<_> = fold.excluded().iter().map(PhotoId::as_str).collect();
    never.sort_unstable();
    json!({
        "entries": fold.through(), "sha256": fold.last_sha256(), "newer": fold.newer().is_some(), "posts": posts,
        "reviews": standing(|stand| matches!(stand, Stand::NeedsReview { .. })),
        "claimed": standing(|stand| *stand == Stand::Claimed), "sending": standing(|stand| *stand == Stand::Sending),
        "never": never, "imported": fold.imported().keys().map(PhotoId::as_str).collect::<Vec<_>>(),
        "void": fold.void().iter().map(|(seq, _)| seq).collect::<Vec<_>>(),
    })
}

/// Few photos: they meet often.
fn about(dice: &mut ChaCha8Rng) -> About {
    let attempt = dice.random_range(0..200);
    let target = ["x", "twin"][attempt % 2];
    About {
        attempt: AttemptId(format!("{attempt:032x}")),
        photo: format!("530000000{:02}", attempt % 12).parse().expect("digits"),
        target: target.into(),
        account: (attempt % 5 != 0).then(|| "x:1".to_owned()),
    }
}

fn fact(dice: &mut ChaCha8Rng, open: &[About]) -> Fact {
    // Mostly of the newest, so that publications come to an end.
    let known = open[open.len().saturating_sub(3)..].choose(dice).cloned().filter(|_| dice.random_ratio(11, 12));
    let about = known.unwrap_or_else(|| self::about(dice));
    let (photo, target) = (about.photo.clone(), about.target.clone());
    let why = [Why::NotSent, Why::Refused, Why::GivenUp, Why::Rejected, Why::Skipped];
    let post = |dice: &mut ChaCha8Rng| dice.random_range(1..1_000_u32).to_string();
    match dice.random_range(0..24) {
        0..=4 => {
            let about = self::about(dice);
            let slot = format!("{}/{}", about.target, dice.random_range(0..40));
            Fact::Claimed { about, number: 1, slot, look: None }
        }
        5..=10 => Fact::Sending { about, frozen: frozen(dice) },
        11..=13 => {
            let post_id = post(dice);
            Fact::Posted { about, post_id, post_url: "u".into(), text: "t".into(), seen: Seen::Answer }
        }
        14 | 15 => Fact::Released { about, why: *why.choose(dice).expect("five"), detail: "d".into() },
        16 | 17 => Fact::NeedsReview { about, detail: "d".into() },
        18 | 19 => {
            let posted = Answer::Posted { post_id: post(dice), post_url: "u".into() };
            let answer = [posted, Answer::PostAgain, Answer::Skip].choose(dice).expect("three").clone();
            Fact::Resolved { about, answer }
        }
        20 => Fact::Reopened { photo, target },
        21 => {
            if dice.random_ratio(1, 3) {
                Fact::Excluded { photo }
            } else {
                Fact::Included { photo }
            }
        }
        22 => {
            let text = dice.random_bool(0.7).then(|| "W\u{f6}rter \u{2028} \"und\" \\ mehr".to_owned());
            Fact::Worded { photo, target: dice.random_bool(0.5).then_some(target), part: Part::Caption, text }
        }
        _ => {
            let rows = [("53000000001", json!({"id": 1})), ("a b", json!({})), ("53000000002", json!(3))];
            let published: Map<String, Value> =
                rows.into_iter().filter(|_| dice.random_bool(0.5)).map(|(id, row)| (id.to_owned(), row)).collect();
            Fact::Imported { target, published, files: [].into(), by_hand: dice.random_bool(0.6) }
        }
    }
}

fn frozen(dice: &mut ChaCha8Rng) -> Frozen {
    Frozen {
        text: "t".into(),
        alt_text: "a".into(),
        body: json!({"text": "t"}),
        media_id: "1".into(),
        media_key: "3_1".into(),
        picture_sha256: "ab".into(),
        cost_usd: 0.02,
        key: dice.random_bool(0.4).then(|| ["k", "l"][usize::from(dice.random_ratio(1, 4))].to_owned()),
    }
}

/// A log as three computers may have left it, and what it folds to.
fn made_up(record: &Path, seed: u64) -> Fold {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (mut fold, mut open) = (Fold::default(), Vec::new());
    std::fs::create_dir_all(record.join("wal")).expect("writable");
    for seq in 1..=ENTRIES {
        let who = dice.random_range(0..3);
        let fact = fact(&mut dice, &open);
        if let Fact::Claimed { about, .. } = &fact {
            open.push(about.clone());
        }
        let entry = LogEntry {
            v: 1,
            seq,
            prev: fold.last_sha256().map(str::to_owned),
            at: "2026-11-20T21:00:00Z".into(),
            computer: format!("c{}", who / 2),
            writer: format!("w{who}"),
            fact,
        };
        let bytes = entry.to_bytes();
        fold_bytes(&mut fold, seq, &bytes).expect("it follows");
        std::fs::write(record.join(format!("wal/{seq:020}.json")), bytes).expect("writable");
    }
    fold
}

#[test]
fn another_program_folds_every_log_as_pierrot_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut void, mut posted, mut closed) = (0, 0, 0);
    for seed in 1..=LOGS {
        let record = folder.path().join(seed.to_string());
        let fold = made_up(&record, seed);
        let other = read(&record, "log");
        for (name, own) in told(&fold).as_object().expect("an object") {
            assert_eq!(&other[name], own, "seed {seed}: {name}");
        }
        for (photo, caption) in other["caption"].as_object().expect("an object") {
            let photo: PhotoId = photo.parse().expect("digits");
            assert_eq!(caption.as_str(), fold.written(&photo, "nowhere").caption, "seed {seed}: words of {photo}");
        }
        void += fold.void().len();
        posted += fold.attempts().filter(|attempt| matches!(attempt.stand, Stand::Posted { .. })).count();
        let closes = |ending: &Ending| match ending {
            Ending::Skip => true,
            Ending::Released(why) => !why.frees_the_photo(),
            Ending::TakenOver | Ending::PostAgain => false,
        };
        closed += fold.attempts().filter(|a| matches!(&a.stand, Stand::Ended(ending) if closes(ending))).count();
    }
    assert!(
        void > 500 && posted > 30 && closed > 0,
        "{void} void, {posted} posted, {closed} closed: all rules were met"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_reads_a_record_and_pierrot_heeds_what_it_writes() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let servers = sandbox(12, 3).await.expect("loopback ports are free");
    let record: PathBuf = folder.path().join("record");
    let settings = format!("kind = \"folder\"\npath = \"{}\"", record.display());
    let home = Home::new(&folder.path().join("home"), &servers, &settings, &[]).expect("the program is built");
    let done = async |arguments: &[&str]| {
        let said = home.run(arguments).await.expect("it runs");
        assert_eq!(said.status, Some(0), "{arguments:?}: {}", said.json);
        said.json
    };
    done(&["sync"]).await;
    let first = done(&["publish"]).await;
    let second = done(&["publish"]).await;
    let photo = |said: &Value| said["photo_id"].as_str().expect("an id").to_owned();
    let mut published = [photo(&first), photo(&second)];
    published.sort();
    let log = read(&record, "log");
    assert_eq!((&log["entries"], &log["void"], &log["newer"]), (&json!(6), &json!([]), &json!(false)), "{log}");
    let posts: Vec<&Value> = log["posts"].as_array().expect("a list").iter().map(|post| &post[0]).collect();
    assert_eq!(posts, published.iter().collect::<Vec<_>>());
    let documents = read(&record, "documents");
    let wanted = json!({"photos": 12, "vouched": true, "published": published, "untouched": true, "through": 6,
        "follows": true, "fields": ["id", "title", "is_public", "original_width", "original_height", "original_format", "tags",
        "url", "width", "height", "owner", "owner_alias", "pierrot_timestamp"]});
    assert_eq!(documents, wanted);

    let left = done(&["photos", "--state", "unpublished"]).await;
    let free = |place: usize| left["photos"][place]["photo_id"].as_str().expect("an id").to_owned();
    let write = |words: &[&str]| other_program(&record, words);
    assert_eq!(write(&["exclude", &free(0)]), Ok(String::new()));
    assert_eq!(write(&["word", &free(1), "Written by another program"]), Ok(String::new()));
    assert_eq!(write(&["try", &free(2), "x", "x:1"]), Ok(String::new()));
    let refused = write(&["try", &published[0], "x", "x:1"]);
    assert!(refused.as_ref().is_err_and(|why| why.contains("would not count")), "{refused:?}");
    let never = done(&["photos", "--state", "excluded"]).await;
    // What this computer knows of the log is brought up by the next command that needs it.
    let said = done(&["publish", "--photo", &free(1)]).await;
    assert_eq!(said["text"], "Written by another program", "{never}");
    let never = done(&["photos", "--state", "excluded"]).await;
    assert_eq!(never["photos"][0]["photo_id"], json!(free(0)), "{never}");
    done(&["check"]).await;
    assert_eq!(read(&record, "documents")["through"], read(&record, "log")["entries"]);

    // A record from the future is left alone by both.
    let newer = std::fs::read_dir(record.join("wal")).expect("readable").count() as u64 + 1;
    std::fs::write(
        record.join(format!("wal/{newer:020}.json")),
        format!("{{\"v\":2,\"seq\":{newer},\"type\":\"danced\"}}"),
    )
    .expect("writable");
    assert!(write(&["exclude", &free(3)]).is_err_and(|why| why.contains("newer")));
    let said = home.run(&["publish"]).await.expect("it runs");
    assert!(said.status != Some(0) && said.json.to_string().contains("Update Pierrot"), "{}", said.json);
}
