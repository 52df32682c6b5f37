//! The laws of `step` alone, by trying everything. With the fold, several computers and a world around them: tests/proof.

use std::collections::HashSet;

use super::{Effect, End, Event, Outcome, Reply, State, Way, step};

/// X: four looks, never a second request.
const X: Way = Way { looks: 4, repeats: 0 };
/// A target that knows a request again by its key.
const KEYED: Way = Way { looks: 1, repeats: 2 };

const ENDS: [End; 8] = [
    End::Changed,
    End::BadPicture,
    End::UploadLost,
    End::TryLater,
    End::SignIn,
    End::Photographer,
    End::Rejected,
    End::NotSent,
];

fn events() -> Vec<Event> {
    let mut events = vec![
        Event::Start,
        Event::Appended,
        Event::Void,
        Event::RecordLost,
        Event::Prepared,
        Event::Uploaded,
        Event::TooLate,
        Event::Reply(Reply::Accepted),
        Event::Reply(Reply::NotSent),
        Event::Reply(Reply::Unclear),
        Event::Found,
        Event::Absent,
        Event::LookFailed,
    ];
    events.extend(ENDS.iter().flat_map(|end| [Event::Unfit(*end), Event::Reply(Reply::Refused(*end))]));
    events
}

fn states(way: Way) -> Vec<State> {
    use State::*;
    let mut states = vec![Planned, Claiming, Preparing, Uploading, Fencing, Sending, Recording, Reviewing];
    for repeats in 0..=way.repeats {
        states.extend((0..=way.looks).map(|looks| Looking { looks, repeats }));
        if repeats > 0 {
            states.extend([Refencing { repeats }, Repeating { repeats }]);
        }
    }
    states.extend(ENDS.iter().map(|end| Releasing(*end)));
    let outcomes = [Outcome::Published, Outcome::NeedsReview, Outcome::Lost, Outcome::Parked];
    states.extend(outcomes.into_iter().chain(ENDS.map(Outcome::Ended)).map(Done));
    states
}

#[test]
fn a_post_follows_only_a_fence_that_counts() {
    for way in [X, KEYED] {
        for state in states(way) {
            for event in events() {
                let (next, effect) = step(state, event, way);
                let posts = effect == Effect::Post;
                let fenced = matches!(state, State::Fencing | State::Refencing { .. }) && event == Event::Appended;
                assert_eq!(posts, fenced, "{state:?} {event:?}");
                let sends = matches!(next, State::Sending | State::Repeating { .. });
                assert_eq!(posts, sends, "{state:?} {event:?}: sending is entered by a POST only");
                if let Effect::Stop(outcome) = effect {
                    assert_eq!(next, State::Done(outcome), "{state:?} {event:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_done_stays_done() {
    for state in states(X) {
        let State::Done(outcome) = state else { continue };
        for event in events() {
            assert_eq!(step(state, event, X), (state, Effect::Stop(outcome)));
        }
    }
}

/// Every path from `state`: at most one POST for each fence on it, and it stops within `left` steps.
fn walk(state: State, posts: u32, left: u32, way: Way, seen: &mut HashSet<(State, u32, u32)>) {
    assert!(left > 0, "{state:?} does not come to an end");
    if !seen.insert((state, posts, left)) {
        return;
    }
    for event in events() {
        // A look that only begins again is the entry of recovery, never an answer to an effect.
        if event == Event::Start && state != State::Planned {
            continue;
        }
        let (next, effect) = step(state, event, way);
        let posts = posts + u32::from(effect == Effect::Post);
        assert!(posts <= 1 + way.repeats, "{state:?} {event:?} posts once more");
        if !matches!(effect, Effect::Stop(_)) {
            walk(next, posts, left - 1, way, seen);
        }
    }
}

#[test]
fn every_path_posts_at_most_once_a_fence_and_stops() {
    let none = Way { looks: 0, repeats: 0 };
    for way in [none, Way { looks: 1, repeats: 0 }, X, KEYED] {
        let longest = 8 + (way.looks + 2) * (way.repeats + 1);
        walk(State::Planned, 0, longest, way, &mut HashSet::new());
        for state in states(way) {
            let sent = match state {
                State::Sending => 1,
                State::Looking { repeats, .. } | State::Repeating { repeats } => 1 + repeats,
                State::Refencing { repeats } => repeats,
                State::Planned
                | State::Claiming
                | State::Preparing
                | State::Uploading
                | State::Fencing
                | State::Recording
                | State::Reviewing
                | State::Releasing(_)
                | State::Done(_) => 0,
            };
            walk(state, sent, longest, way, &mut HashSet::new());
        }
    }
}

#[test]
fn a_repeat_is_written_down_first_and_never_released() {
    let looked = State::Looking { looks: 0, repeats: 0 };
    let (state, effect) = step(looked, Event::Absent, KEYED);
    assert_eq!((state, effect), (State::Refencing { repeats: 1 }, Effect::AppendSending));
    assert_eq!(step(state, Event::Void, KEYED).1, Effect::Stop(Outcome::Parked), "somebody else did");
    let (state, effect) = step(state, Event::Appended, KEYED);
    assert_eq!(effect, Effect::Post);
    for event in events() {
        let (_, effect) = step(state, event, KEYED);
        assert!(!matches!(effect, Effect::AppendReleased(_)), "{event:?} says nothing of the first request");
    }
    assert_eq!(step(State::Looking { looks: 0, repeats: 2 }, Event::Absent, KEYED).1, Effect::AppendNeedsReview);
}

#[test]
fn an_unclear_answer_is_looked_for_and_then_asked_about() {
    let mut state = State::Sending;
    let mut event = Event::Reply(Reply::Unclear);
    for look in 0..4 {
        let (next, effect) = step(state, event, X);
        assert_eq!(effect, Effect::Look { look });
        (state, event) = (next, Event::Absent);
    }
    assert_eq!(step(state, event, X), (State::Reviewing, Effect::AppendNeedsReview));
    assert_eq!(step(state, Event::LookFailed, X).1, Effect::Stop(Outcome::Parked), "a failed look is no look");
    assert_eq!(
        step(State::Sending, Event::Reply(Reply::Unclear), Way { looks: 0, repeats: 0 }).1,
        Effect::Look { look: 0 }
    );
}

#[test]
fn a_photo_goes_out_by_the_straight_road() {
    use Event::*;
    let road = [
        (Start, Effect::AppendClaimed),
        (Appended, Effect::Prepare),
        (Prepared, Effect::Upload),
        (Uploaded, Effect::AppendSending),
        (Appended, Effect::Post),
        (Reply(super::Reply::Accepted), Effect::AppendPosted),
        (Appended, Effect::Stop(Outcome::Published)),
    ];
    let mut state = State::Planned;
    for (event, expected) in road {
        let (next, effect) = step(state, event, X);
        assert_eq!(effect, expected);
        state = next;
    }
}
