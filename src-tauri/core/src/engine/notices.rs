//! What a person is told away from the page, as values made from what happened.
//!
//! Invariants: each thing is told once, also over a restart, because what was told is a value that is kept; a kind that is
//! switched off is never told; nobody is told what he watches, or what is older than a day and over. Absent: showing (the
//! skins), reading and keeping (`telling`), deciding by the words of a message.

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    caption::plain,
    catalogue::SetAside,
    error::Code,
    photo::PhotoId,
    report::Outcome,
    run::{Ending, Job, Run},
    settings::{Digest, NotificationSettings},
    targets,
};

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    /// Plain text; lines end with `\n`.
    pub body: String,
    /// Whose picture goes with it.
    pub photo: Option<PhotoId>,
    pub opens: Opens,
}

impl Notice {
    /// Words alone, about what was just asked for.
    pub fn plain(title: &str, body: impl Into<String>) -> Self {
        Self { title: title.to_owned(), body: body.into(), photo: None, opens: Opens::Activity }
    }
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
    Plan,
}

/// A publication that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub target: String,
    pub photo: PhotoId,
    pub text: String,
    /// Whether a due time brought it, and not a person.
    pub by_itself: bool,
}

/// All that a decision is made from.
#[derive(Debug)]
pub struct News<'a> {
    /// The newest runs, newest first.
    pub runs: &'a [Run],
    pub reviews: &'a [Waiting],
    /// Since when the record has not answered.
    pub record_away: Option<Timestamp>,
    /// The last damaged catalogue.
    pub set_aside: Option<SetAside>,
    pub now: Timestamp,
    pub zone: TimeZone,
    /// Whether the page is being looked at.
    pub watched: bool,
    pub switches: NotificationSettings,
}

/// What was told, as far as it must not be told again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// Runs that were listened to.
    runs: Vec<u32>,
    /// Open reviews that were told.
    reviews: Vec<String>,
    /// What keeps runs from going on, told until it is over.
    wants: Vec<(Job, Option<String>, Code)>,
    record_away: bool,
    /// When the damaged catalogue was set aside that was told.
    set_aside: Option<Timestamp>,
    digest: Vec<Line>,
}

/// One line of a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    text: String,
    photo: Option<PhotoId>,
}

/// What ended longer ago is no news.
const NEWS_H: i64 = 24;
const RECORD_AWAY_H: i64 = 24;
/// When a digest comes, in the schedule's zone; a weekly one on Sunday.
const EVENING: civil::Time = civil::time(19, 0, 0, 0);
/// Lines of one digest; more are counted.
const DIGEST_SHOWN: usize = 8;
const DIGEST_MAX: usize = 1_000;
/// Characters of a line.
const LINE_MAX: usize = 120;

/// What to tell now; it counts as told.
pub fn listen(told: &mut Told, news: &News<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    let fresh: Vec<&Run> =
        news.runs.iter().rev().filter(|run| run.ending.is_some() && !told.runs.contains(&run.id)).collect();
    for run in fresh {
        told.runs.push(run.id);
        notices.extend(told.hear(run, news));
    }
    // Older ids do not come again.
    told.runs.retain(|id| news.runs.iter().any(|run| run.id == *id));
    notices.extend(told.reviews(news));
    notices.extend(told.record(news));
    notices.extend(told.catalogue(news));
    notices.extend(told.sum_up(news));
    notices
}

impl Told {
    fn hear(&mut self, run: &Run, news: &News<'_>) -> Option<Notice> {
        let ending = run.ending?;
        // A due time that was let go tried nothing.
        if ending == Ending::Done || (ending == Ending::Nothing && (run.outcome.is_some() || run.slot.is_none())) {
            self.wants.retain(|(job, target, _)| (*job, target) != (run.job, &run.target));
        }
        if !is_news(run, news.now) {
            return None;
        }
        // Who asked for it sees its end in the page; what came by itself is told in any case.
        let seen = news.watched && run.slot.is_none();
        let switches = news.switches;
        match (ending, run.outcome, run.code) {
            (Ending::Done, Some(Outcome::Published), _) if switches.published && !seen => {
                self.or_in_digest(published(run), &format!("{}: {}", place(run), title(run)), news)
            }
            (Ending::Missed, _, _) if switches.missed => {
                self.or_in_digest(missed(run), &format!("{}: a due time was missed", place(run)), news)
            }
            (Ending::NeedsYou, Some(Outcome::Held) | None, Some(code)) => {
                self.want(run, code, switches).filter(|_| !seen)
            }
            (Ending::NeedsYou, Some(Outcome::Held), None) if switches.needs_review && !seen => Some(held(run)),
            (
                Ending::Done
                | Ending::Nothing
                | Ending::Missed
                | Ending::NeedsYou
                | Ending::TryLater
                | Ending::Failed
                | Ending::Cancelled
                | Ending::Interrupted,
                _,
                _,
            ) => None,
        }
    }

    fn or_in_digest(&mut self, notice: Notice, line: &str, news: &News<'_>) -> Option<Notice> {
        if news.switches.digest == Digest::Off {
            return Some(notice);
        }
        if self.digest.len() < DIGEST_MAX {
            self.digest.push(Line { at: news.now, text: line.to_owned(), photo: notice.photo });
        }
        None
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
        asked.then(|| Notice { title, body: words(run), photo: None, opens })
    }

    fn reviews(&mut self, news: &News<'_>) -> Vec<Notice> {
        self.reviews.retain(|id| news.reviews.iter().any(|open| open.id == *id));
        let mut notices = Vec::new();
        for open in news.reviews {
            if self.reviews.contains(&open.id) {
                continue;
            }
            self.reviews.push(open.id.clone());
            if news.switches.needs_review && (open.by_itself || !news.watched) {
                notices.push(review(open));
            }
        }
        notices
    }

    fn record(&mut self, news: &News<'_>) -> Option<Notice> {
        let Some(since) = news.record_away else {
            self.record_away = false;
            return None;
        };
        if self.record_away || news.now.duration_since(since) < SignedDuration::from_hours(RECORD_AWAY_H) {
            return None;
        }
        self.record_away = true;
        let since = since.to_zoned(news.zone.clone()).strftime("%A %H:%M");
        news.switches.record.then(|| Notice {
            title: "The record cannot be reached".into(),
            body: format!("It has not answered since {since}.\nNothing is published until it does."),
            photo: None,
            opens: Opens::Accounts,
        })
    }

    /// Nobody is asked, but everybody is told: what was kept nowhere else is gone.
    fn catalogue(&mut self, news: &News<'_>) -> Option<Notice> {
        let aside = news.set_aside.as_ref().filter(|aside| self.set_aside != Some(aside.at))?;
        self.set_aside = Some(aside.at);
        let pause = if aside.pause_known { "" } else { " If you had paused, pause again." };
        Some(Notice {
            title: "The catalogue was damaged".into(),
            body: format!(
                "A new one is made from the record and Flickr; the damaged one is kept. What was planned for coming due \
                 times is chosen anew.{pause}"
            ),
            photo: None,
            opens: Opens::Plan,
        })
    }

    /// The evening's summary, once it is evening after its first line, or digests are no longer wanted.
    fn sum_up(&mut self, news: &News<'_>) -> Option<Notice> {
        let first = self.digest.first()?.at;
        if evening_after(first, news.switches.digest, &news.zone).is_some_and(|due| news.now < due) {
            return None;
        }
        let lines = std::mem::take(&mut self.digest);
        let went = lines.iter().filter(|line| line.photo.is_some()).count();
        let title = match went {
            0 => "Nothing was published".into(),
            1 => "1 photo published".into(),
            went => format!("{went} photos published"),
        };
        let texts: Vec<&str> = lines.iter().take(DIGEST_SHOWN).map(|line| line.text.as_str()).collect();
        let mut body = texts.join("\n");
        if lines.len() > DIGEST_SHOWN {
            body.push_str(&format!("\nand {} more", lines.len() - DIGEST_SHOWN));
        }
        let photo = lines.into_iter().rev().find_map(|line| line.photo);
        Some(Notice { title, body, photo, opens: Opens::Activity })
    }
}

/// When the digest that begins then is told; `None` for at once.
fn evening_after(first: Timestamp, every: Digest, zone: &TimeZone) -> Option<Timestamp> {
    let local = first.to_zoned(zone.clone());
    let mut day = local.date();
    if local.time() >= EVENING {
        day = day.tomorrow().ok()?;
    }
    match every {
        Digest::Off => return None,
        Digest::Daily => {}
        Digest::Weekly => {
            let left = day.weekday().until(civil::Weekday::Sunday);
            day = day.checked_add(SignedDuration::from_hours(24 * i64::from(left))).ok()?;
        }
    }
    Some(day.to_datetime(EVENING).to_zoned(zone.clone()).ok()?.timestamp())
}

fn is_news(run: &Run, now: Timestamp) -> bool {
    let ended: Option<Timestamp> = run.ended_at.as_deref().and_then(|at| at.parse().ok());
    ended.is_some_and(|ended| now.duration_since(ended) < SignedDuration::from_hours(NEWS_H))
}

fn published(run: &Run) -> Notice {
    let link = run.post_url.as_deref();
    let body = std::iter::once(title(run)).chain(link.map(str::to_owned)).collect::<Vec<_>>().join("\n");
    let opens = link.map_or(Opens::Activity, |url| Opens::Post(url.to_owned()));
    Notice { title: format!("Published to {}", place(run)), body, photo: photo(run), opens }
}

fn missed(run: &Run) -> Notice {
    Notice {
        title: format!("A due time of {} was missed", place(run)),
        body: words(run),
        photo: None,
        opens: Opens::Plan,
    }
}

fn held(run: &Run) -> Notice {
    Notice {
        title: format!("A photo for {} waits for you", place(run)),
        body: words(run),
        photo: photo(run),
        opens: Opens::Activity,
    }
}

fn review(open: &Waiting) -> Notice {
    Notice {
        title: format!("A post to {} needs your review", targets::title(&open.target)),
        body: format!("{}\nPierrot cannot know by itself; answer in the activity list.", first_line(&open.text)),
        photo: Some(open.photo.clone()),
        opens: Opens::Reviews,
    }
}

fn place(run: &Run) -> &str {
    run.target.as_deref().map_or("Flickr", targets::title)
}

fn photo(run: &Run) -> Option<PhotoId> {
    run.photo.as_deref().and_then(|id| id.parse().ok())
}

fn words(run: &Run) -> String {
    let lines = [Some(run.summary.as_str()), run.what_now.as_deref()];
    lines.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

fn title(run: &Run) -> String {
    first_line(run.text.as_deref().unwrap_or_default())
}

/// The first line of a text, without signs that turn the line around or hide in it.
fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("A photo without words");
    plain::line(line).chars().take(LINE_MAX).collect()
}

#[cfg(test)]
#[path = "notices_test.rs"]
mod tests;
