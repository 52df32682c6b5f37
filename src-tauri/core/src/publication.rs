//! One publication as a pure state machine: `step(state, event)` says what to do next and nothing else.
//!
//! The law: Claimed and Sending are on the record before the POST; an unclear answer is settled by reading the target back,
//! and what stays unknown goes to the photographer. A POST is repeated only where the target knows it again by its key, and
//! each repeat has a Sending of its own; after the first repeat nothing proves any more that nothing was posted.
//! Invariant: `Post` follows only a valid Sending of the same attempt, at most once each. The loop in `jobs::publishing`
//! carries the data and does the effects; `jobs::recover` enters the same machine in the middle.

/// How an unclear answer of a target is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Way {
    /// How often the target is read back before anything else.
    pub looks: u32,
    /// How often the same request may go out again, under the same key; 0 where the target has no key (X).
    pub repeats: u32,
}

/// What one attempt is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Planned,
    Claiming,
    Preparing,
    Uploading,
    Fencing,
    Sending,
    /// Reading the target back; so many looks were taken in vain since the last POST, which was repeated so often.
    Looking {
        looks: u32,
        repeats: u32,
    },
    /// Writing down that the same request goes out once more.
    Refencing {
        repeats: u32,
    },
    /// The repeat is on its way.
    Repeating {
        repeats: u32,
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
    /// Freeze the request and write it down, or the frozen one again; the send deadline starts before.
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

/// The next state and the one effect that leads on.
///
/// An event that makes no sense in a state stops the attempt where the record can tell the rest (`Parked`): never a POST.
pub fn step(state: State, event: Event, way: Way) -> (State, Effect) {
    match state {
        State::Planned => on_planned(event),
        State::Claiming => on_claiming(event),
        State::Preparing => on_preparing(event),
        State::Uploading => on_uploading(event),
        State::Fencing => on_fencing(event),
        State::Sending => on_sending(event),
        State::Looking { looks, repeats } => on_looking(looks, repeats, event, way),
        State::Refencing { repeats } => on_refencing(repeats, event),
        State::Repeating { repeats } => on_repeating(repeats, event),
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
        Reply::Unclear => look(0, 0),
    }
}

fn look(looks: u32, repeats: u32) -> (State, Effect) {
    (State::Looking { looks, repeats }, Effect::Look { look: looks })
}

fn on_looking(looks: u32, repeats: u32, event: Event, way: Way) -> (State, Effect) {
    if event == Event::Found {
        return (State::Recording, Effect::AppendPosted);
    }
    if event != Event::Absent && event != Event::Start {
        return stop(Outcome::Parked);
    }
    let looks = if event == Event::Absent { looks + 1 } else { looks };
    if looks < way.looks {
        look(looks, repeats)
    } else if repeats < way.repeats {
        (State::Refencing { repeats: repeats + 1 }, Effect::AppendSending)
    } else {
        (State::Reviewing, Effect::AppendNeedsReview)
    }
}

/// A repeat that does not count was forestalled: whoever did it settles the attempt.
fn on_refencing(repeats: u32, event: Event) -> (State, Effect) {
    if event == Event::Appended { (State::Repeating { repeats }, Effect::Post) } else { stop(Outcome::Parked) }
}

/// Whatever a repeat says but "accepted", it says nothing of the sends before it.
fn on_repeating(repeats: u32, event: Event) -> (State, Effect) {
    match event {
        Event::Reply(Reply::Accepted) => (State::Recording, Effect::AppendPosted),
        Event::Reply(Reply::NotSent | Reply::Refused(_) | Reply::Unclear) | Event::TooLate => look(0, repeats),
        Event::Start
        | Event::Appended
        | Event::Void
        | Event::RecordLost
        | Event::Prepared
        | Event::Uploaded
        | Event::Unfit(_)
        | Event::Found
        | Event::Absent
        | Event::LookFailed => stop(Outcome::Parked),
    }
}

/// The effect at the target is over; a record that cannot be reached now is written at the next recovery.
fn on_last_entry(event: Event, outcome: Outcome) -> (State, Effect) {
    if event == Event::Appended || event == Event::Void { stop(outcome) } else { stop(Outcome::Parked) }
}

#[cfg(test)]
#[path = "publication_test.rs"]
mod tests;
