//! The program of a contest that publishes slot after slot until it is killed; it says each answer on a line of its own.
//!
//! Absent from `pierrot` itself: a door for slots. There they come from the clock (`engine::scheduler`).

use std::{path::Path, time::Duration};

use pierrot_core::{Choice, Outcome, Pierrot, ReviewAnswer, World};
use serde_json::{Value, json};

/// How the proof's program is told to be one.
pub const NAME: &str = "worker";
/// Tries at a slot that another computer holds before something else is published.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(30);

fn slot(number: u64) -> String {
    format!("slot-{number:06}")
}

/// The number in a slot's name.
pub fn number_of(slot: &str) -> Option<u64> {
    slot.strip_prefix("slot-")?.parse().ok()
}

/// Never ends by itself.
pub async fn work(home: &Path, mut number: u64, say: impl Fn(&Value)) -> pierrot_core::Result<()> {
    let pierrot = Pierrot::open(home, World::default())?;
    let mut tries = 0;
    loop {
        let wanted = (tries < TRIES && !number.is_multiple_of(3)).then(|| slot(number));
        let choice = Choice { slot: wanted.clone(), ..Choice::default() };
        let passed = match pierrot.publish(&choice).await {
            Ok(report) => {
                let error = report.error.as_ref().map(|error| json!({"code": error.code, "message": error.message}));
                say(&json!({"outcome": report.outcome, "photo_id": report.photo_id, "slot": wanted, "error": error}));
                report.outcome != Outcome::TryLater
            }
            Err(error) => {
                say(&json!({"error": {"code": error.code, "message": error.message, "what_now": error.what_now}}));
                answer_reviews(&pierrot).await;
                false
            }
        };
        if passed {
            (number, tries) = (number + 1, 0);
        } else {
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The person at this computer: a post that nobody knows of is left.
async fn answer_reviews(pierrot: &Pierrot) {
    for review in pierrot.reviews().await.unwrap_or_default() {
        // Another person may be quicker, or the record away.
        pierrot.answer(&review.id, &ReviewAnswer::Skip).await.ok();
    }
}
