//! One attempt at one job, as the photographer sees it afterwards: why it ran, its steps, how it ended.
//!
//! Invariant: a run is for people; what was published is decided by the log alone. Absent: the doing, which is in `engine`.

use serde::{Deserialize, Serialize};

use crate::{error::Code, report::Outcome};

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    Sync,
    Publish,
    /// Settling what an earlier start left in the middle.
    Recover,
    /// Carrying out the answer to a review.
    Answer,
    Check,
    Restore,
    /// Making a file of a photo in a look.
    Look,
    /// Making a picture of pictures.
    Mosaic,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Done,
    /// Nothing was left to do.
    Nothing,
    /// The due time passed while the computer was off or away; it is not made up for.
    Missed,
    /// Only the photographer can go on: sign in, pay, answer.
    NeedsYou,
    /// It passes by itself and is tried again.
    TryLater,
    Failed,
    Cancelled,
    /// The program ended in the middle; recovery settled what was open.
    Interrupted,
}

/// One step that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Step {
    /// `claimed`, `prepared`, `uploaded`, `sending`, `posted`, `recorded`, or what a sync was at.
    pub what: String,
    /// Milliseconds since the run began.
    pub at_ms: u32,
}

/// One attempt at one job. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Run {
    pub id: u32,
    pub job: Job,
    pub target: Option<String>,
    /// The due time it is for; absent when a person asked.
    pub slot: Option<String>,
    /// Nobody asked for it.
    #[serde(default)]
    pub by_itself: bool,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub took_ms: Option<u32>,
    /// Absent while it is under way.
    pub ending: Option<Ending>,
    /// What happened, in a sentence.
    pub summary: String,
    pub what_now: Option<String>,
    /// What should happen next, where something stopped it.
    #[serde(default)]
    pub code: Option<Code>,
    /// The other side said that nothing else will help before this time.
    #[serde(default)]
    pub not_before: Option<String>,
    /// What became of a publication.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    pub photo: Option<String>,
    pub text: Option<String>,
    pub post_url: Option<String>,
    /// US dollars, as the target charges.
    pub cost_usd: Option<f64>,
    pub steps: Vec<Step>,
}

/// Steps kept of one run.
const STEPS_MAX: usize = 200;

impl Run {
    pub fn begun(id: u32, job: Job, target: Option<String>, slot: Option<String>, at: jiff::Timestamp) -> Self {
        Self {
            id,
            job,
            target,
            slot,
            by_itself: false,
            started_at: at.to_string(),
            ended_at: None,
            took_ms: None,
            ending: None,
            summary: String::new(),
            what_now: None,
            code: None,
            not_before: None,
            outcome: None,
            photo: None,
            text: None,
            post_url: None,
            cost_usd: None,
            steps: Vec::new(),
        }
    }

    /// Notes a step; the same one again only moves on.
    pub fn step(&mut self, what: &str, now: jiff::Timestamp) {
        let at_ms = self.since_start_ms(now);
        let again = self.steps.last().is_some_and(|last| last.what == what);
        if !again && self.steps.len() < STEPS_MAX {
            self.steps.push(Step { what: what.to_owned(), at_ms });
        }
    }

    pub fn end(&mut self, ending: Ending, summary: impl Into<String>, now: jiff::Timestamp) {
        self.ending = Some(ending);
        self.summary = summary.into();
        self.ended_at = Some(now.to_string());
        self.took_ms = Some(self.since_start_ms(now));
    }

    fn since_start_ms(&self, now: jiff::Timestamp) -> u32 {
        let started: jiff::Timestamp = self.started_at.parse().unwrap_or(now);
        u32::try_from(now.as_millisecond() - started.as_millisecond()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_in_the_middle_gives_no_negative_duration() {
        let at = |s| jiff::Timestamp::from_second(s).expect("in range");
        let mut run = Run::begun(1, Job::Sync, None, None, at(1_000));
        run.step("albums", at(900));
        run.step("albums", at(1_200));
        run.end(Ending::Done, "60 photos", at(500));
        assert_eq!((run.steps.len(), run.steps[0].at_ms, run.took_ms), (1, 0, Some(0)));
    }
}
