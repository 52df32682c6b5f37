//! What the desktop is told, as values made from what ended.
//!
//! Invariants: each thing is told once; a kind that the photographer switched off is never told; nobody is told what he watches.
//! Absent: showing, which is in `notify`, and deciding by the words of a message.

use jiff::{SignedDuration, Timestamp};
use pierrot_core::{
    Code, Outcome,
    run::{Ending, Job, Run},
    settings::NotificationSettings,
};

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    /// Plain text; lines end with `\n`.
    pub body: String,
    pub opens: Opens,
}

/// Where a click leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opens {
    /// The post, in the browser.
    Post(String),
    /// The screen with what waits for an answer.
    Reviews,
    Accounts,
    Activity,
}

/// What keeps a run from going on, as far as somebody is told once until it is over.
type Want = (Job, Option<String>, Code);

/// Remembers what was told.
#[derive(Debug, Default)]
pub struct Teller {
    /// Told, and not over yet.
    wants: Vec<Want>,
    /// Lines for the digest, the first with its time.
    digest: Vec<String>,
    digest_since: Option<Timestamp>,
}

/// A notice sums up at most once a day.
const DIGEST_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Lines of one digest; more are counted.
const DIGEST_LINES_MAX: usize = 8;
/// Characters of a line.
const LINE_MAX: usize = 120;

impl Teller {
    /// What to tell about a run that ended. `watched` says that a window is open.
    pub fn hear(&mut self, run: &Run, switches: NotificationSettings, watched: bool, now: Timestamp) -> Option<Notice> {
        let ending = run.ending?;
        if ending == Ending::Done || ending == Ending::Nothing {
            self.wants.retain(|(job, target, _)| (*job, target) != (run.job, &run.target));
        }
        // Who asked for it sees its end in the window; what came by itself is told in any case.
        let seen = watched && run.slot.is_none();
        match (run.outcome, run.code) {
            (Some(Outcome::Published), _) if switches.published && switches.digest => {
                self.note(run, now);
                None
            }
            (Some(Outcome::Published), _) => (switches.published && !seen).then(|| published(run)),
            (Some(Outcome::Held), Some(code)) | (None, Some(code)) if ending == Ending::NeedsYou => {
                self.want(run, code, switches).filter(|_| !seen)
            }
            (Some(Outcome::NeedsReview | Outcome::Held), _) => (switches.needs_review && !seen).then(|| review(run)),
            (
                Some(
                    Outcome::DryRun
                    | Outcome::NothingLeft
                    | Outcome::AlreadyDone
                    | Outcome::Rejected
                    | Outcome::TryLater,
                )
                | None,
                _,
            ) => None,
        }
    }

    /// The day's summary, when a day has passed since its first line.
    pub fn sum_up(&mut self, now: Timestamp) -> Option<Notice> {
        let since = self.digest_since?;
        if now.duration_since(since) < DIGEST_EVERY {
            return None;
        }
        self.digest_since = None;
        let lines = std::mem::take(&mut self.digest);
        let title =
            if lines.len() == 1 { "1 photo published".into() } else { format!("{} photos published", lines.len()) };
        let more = lines.len().saturating_sub(DIGEST_LINES_MAX);
        let mut body = lines[..lines.len() - more].join("\n");
        if more > 0 {
            body.push_str(&format!("\nand {more} more"));
        }
        Some(Notice { title, body, opens: Opens::Activity })
    }

    fn note(&mut self, run: &Run, now: Timestamp) {
        self.digest_since.get_or_insert(now);
        if self.digest.len() < 1_000 {
            self.digest.push(format!("{}: {}", place(run), title(run)));
        }
    }

    /// A sign-in or a payment that is missing; told once until a run of the same kind goes well.
    fn want(&mut self, run: &Run, code: Code, switches: NotificationSettings) -> Option<Notice> {
        let (asked, title, opens) = match code {
            Code::SignInAgain => (switches.sign_in, format!("Sign in to {} again", place(run)), Opens::Accounts),
            Code::AskPhotographer => (switches.credit, format!("{} needs you", place(run)), Opens::Activity),
            Code::TryLater | Code::FixSettings | Code::NewerVersionNeeded | Code::Failed => return None,
        };
        let want = (run.job, run.target.clone(), code);
        if self.wants.contains(&want) {
            return None;
        }
        self.wants.push(want);
        let body = [Some(run.summary.as_str()), run.what_now.as_deref()];
        let body: Vec<&str> = body.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        asked.then(|| Notice { title, body: body.join("\n"), opens })
    }
}

fn published(run: &Run) -> Notice {
    let link = run.post_url.as_deref();
    let body = std::iter::once(title(run)).chain(link.map(str::to_owned)).collect::<Vec<_>>().join("\n");
    let opens = link.map_or(Opens::Activity, |url| Opens::Post(url.to_owned()));
    Notice { title: format!("Published to {}", place(run)), body, opens }
}

fn review(run: &Run) -> Notice {
    let body = format!("{}\nPierrot cannot know by itself; answer in the activity list.", title(run));
    Notice { title: format!("A post to {} needs your review", place(run)), body, opens: Opens::Reviews }
}

fn place(run: &Run) -> &str {
    run.target.as_deref().unwrap_or("Flickr")
}

/// The first line of the post's text, without signs that turn the line around or hide in it.
fn title(run: &Run) -> String {
    let text = run.text.as_deref().unwrap_or_default();
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("A photo without words");
    let turns =
        |sign: char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.trim().chars().filter(|sign| !sign.is_control() && !turns(*sign)).take(LINE_MAX).collect()
}
