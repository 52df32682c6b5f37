//! One publication as a pure state machine: `step(state, event)` says what to do next and nothing else.
//!
//! The law: Claimed and Sending are on the record before the POST; one POST, never repeated by itself; an unclear answer is
//! settled by reading the target back, and what stays unknown goes to the photographer.
//! Invariant: `Post` follows only a valid Sending of the same attempt, at most once. The loop in `jobs::publish` carries the
//! data and does the effects; `jobs::recover` enters the same machine in the middle.

/// What one attempt is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Planned,
    Claiming,
    Preparing,
    Uploading,
    Fencing,
    Sending,
    /// Reading the target back; so many looks were taken in vain.
    Looking {
        looks: u32,
    },
    Recording,
    Reviewing,
    Releasing(End),
    Done(Outcome),
}

/// What the world answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Start,
    /// The entry is in the log and the fold says it counts.
    Appended,
    /// The entry is in the log, or would be, and does not count.
    Void,
    /// The record cannot be reached: nothing further may happen.
    RecordLost,
    Prepared,
    Uploaded,
    /// Preparing or uploading ended without anything that could be sent.
    Unfit(End),
    /// More than the send deadline passed since before the fence was written.
    TooLate,
    Reply(Reply),
    /// Reading back showed the post.
    Found,
    /// Reading back did not show it.
    Absent,
    /// Reading back failed: this was not a look.
    LookFailed,
}

/// Classes of answers to the one POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    Accepted,
    NotSent,
    Refused(End),
    Unclear,
}

/// Why nothing was posted, and so what becomes of the photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Gone, private, replaced or restricted at the source: pick another.
    Changed,
    /// The picture cannot be used: pick another, a few times.
    BadPicture,
    /// A network, a limit: the same may work later.
    TryLater,
    /// The target does not have the uploaded picture any more: a fresh upload may do.
    UploadLost,
    /// The target wants a login.
    SignIn,
    /// The target wants money or permission.
    Photographer,
    /// The target will never take this photo.
    Rejected,
    /// Proof that the request never left.
    NotSent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Published,
    NeedsReview,
    /// Another attempt holds the photo or the slot.
    Lost,
    /// Stopped where the record can tell the rest later.
    Parked,
    Ended(End),
}

/// What the loop does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    AppendClaimed,
    Prepare,
    Upload,
    /// Freeze the request and write it down; the send deadline starts before.
    AppendSending,
    Post,
    /// Wait for the given look and read the target back.
    Look {
        look: u32,
    },
    AppendPosted,
    AppendNeedsReview,
    AppendReleased(End),
    Stop(Outcome),
}

/// The next state and the one effect that leads on. `looks_max` is how often a target is read back before a person is asked.
///
/// An event that makes no sense in a state stops the attempt where the record can tell the rest (`Parked`): never a POST.
pub fn step(state: State, event: Event, looks_max: u32) -> (State, Effect) {
    match state {
        State::Planned => on_planned(event),
        State::Claiming => on_claiming(event),
        State::Preparing => on_preparing(event),
        State::Uploading => on_uploading(event),
        State::Fencing => on_fencing(event),
        State::Sending => on_sending(event),
        State::Looking { looks } => on_looking(looks, event, looks_max),
        State::Recording => on_last_entry(event, Outcome::Published),
        State::Reviewing => on_last_entry(event, Outcome::NeedsReview),
        State::Releasing(end) => on_last_entry(event, Outcome::Ended(end)),
        State::Done(outcome) => stop(outcome),
    }
}

fn stop(outcome: Outcome) -> (State, Effect) {
    (State::Done(outcome), Effect::Stop(outcome))
}

fn release(end: End) -> (State, Effect) {
    (State::Releasing(end), Effect::AppendReleased(end))
}

fn on_planned(event: Event) -> (State, Effect) {
    if event == Event::Start { (State::Claiming, Effect::AppendClaimed) } else { stop(Outcome::Parked) }
}

fn on_claiming(event: Event) -> (State, Effect) {
    if event == Event::Appended {
        (State::Preparing, Effect::Prepare)
    } else if event == Event::Void {
        stop(Outcome::Lost)
    } else {
        stop(Outcome::Parked)
    }
}

fn on_preparing(event: Event) -> (State, Effect) {
    if event == Event::Prepared {
        return (State::Uploading, Effect::Upload);
    }
    if let Event::Unfit(end) = event { release(end) } else { stop(Outcome::Parked) }
}

fn on_uploading(event: Event) -> (State, Effect) {
    if event == Event::Uploaded {
        return (State::Fencing, Effect::AppendSending);
    }
    if let Event::Unfit(end) = event { release(end) } else { stop(Outcome::Parked) }
}

fn on_fencing(event: Event) -> (State, Effect) {
    if event == Event::Appended {
        (State::Sending, Effect::Post)
    } else if event == Event::TooLate {
        release(End::NotSent)
    } else if event == Event::Void {
        stop(Outcome::Lost)
    } else {
        stop(Outcome::Parked)
    }
}

fn on_sending(event: Event) -> (State, Effect) {
    let Event::Reply(reply) = event else {
        return if event == Event::TooLate { release(End::NotSent) } else { stop(Outcome::Parked) };
    };
    match reply {
        Reply::Accepted => (State::Recording, Effect::AppendPosted),
        Reply::NotSent => release(End::NotSent),
        Reply::Refused(end) => release(end),
        Reply::Unclear => (State::Looking { looks: 0 }, Effect::Look { look: 0 }),
    }
}

fn on_looking(looks: u32, event: Event, looks_max: u32) -> (State, Effect) {
    if event == Event::Found {
        (State::Recording, Effect::AppendPosted)
    } else if event != Event::Absent && event != Event::Start {
        stop(Outcome::Parked)
    } else {
        let looks = if event == Event::Absent { looks + 1 } else { looks };
        if looks < looks_max {
            (State::Looking { looks }, Effect::Look { look: looks })
        } else {
            (State::Reviewing, Effect::AppendNeedsReview)
        }
    }
}

/// The effect at the target is over; a record that cannot be reached now is written at the next recovery.
fn on_last_entry(event: Event, outcome: Outcome) -> (State, Effect) {
    if event == Event::Appended || event == Event::Void { stop(outcome) } else { stop(Outcome::Parked) }
}

#[cfg(test)]
#[path = "publication_test.rs"]
mod tests;
