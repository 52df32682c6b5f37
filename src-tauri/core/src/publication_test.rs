//! The laws of `step`, by trying everything, and a search of all orders of events of a small world over the real `step` and fold.
//!
//! The world: two computers, one record whose appends may be executed late or never answered, one target that may execute a
//! POST late and whose timeline may be stale. Each broken design must be caught by the same search, or the search says nothing.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Effect, End, Event, Outcome, Reply, State, step};
use crate::{
    fold::{Fold, Stand, Verdict},
    log::{About, Answer, AttemptId, Fact, Frozen, LogEntry, Read, Seen, VERSION, Why},
};

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

fn states(looks_max: u32) -> Vec<State> {
    use State::*;
    let mut states = vec![Planned, Claiming, Preparing, Uploading, Fencing, Sending, Recording, Reviewing];
    states.extend((0..=looks_max).map(|looks| Looking { looks }));
    states.extend(ENDS.iter().map(|end| Releasing(*end)));
    let outcomes = [Outcome::Published, Outcome::NeedsReview, Outcome::Lost, Outcome::Parked];
    states.extend(outcomes.into_iter().chain(ENDS.map(Outcome::Ended)).map(Done));
    states
}

#[test]
fn a_post_follows_only_a_fence_that_counts() {
    for state in states(4) {
        for event in events() {
            let (next, effect) = step(state, event, 4);
            let posts = effect == Effect::Post;
            assert_eq!(posts, state == State::Fencing && event == Event::Appended, "{state:?} {event:?}");
            assert_eq!(posts, next == State::Sending, "{state:?} {event:?}: Sending is entered by a POST only");
            if let Effect::Stop(outcome) = effect {
                assert_eq!(next, State::Done(outcome), "{state:?} {event:?}");
            }
        }
    }
}

#[test]
fn what_is_done_stays_done() {
    for state in states(4) {
        let State::Done(outcome) = state else { continue };
        for event in events() {
            assert_eq!(step(state, event, 4), (state, Effect::Stop(outcome)));
        }
    }
}

/// Every path from `state`: at most one POST on it, and it stops within `left` steps.
fn walk(state: State, posts: u32, left: u32, looks_max: u32, seen: &mut HashSet<(State, u32, u32)>) {
    assert!(left > 0, "{state:?} does not come to an end");
    if !seen.insert((state, posts, left)) {
        return;
    }
    for event in events() {
        // A look that only begins again is the entry of recovery, never an answer to an effect.
        if event == Event::Start && state != State::Planned {
            continue;
        }
        let (next, effect) = step(state, event, looks_max);
        let posts = posts + u32::from(effect == Effect::Post);
        assert!(posts <= 1, "{state:?} {event:?} posts a second time");
        if !matches!(effect, Effect::Stop(_)) {
            walk(next, posts, left - 1, looks_max, seen);
        }
    }
}

#[test]
fn every_path_posts_at_most_once_and_stops() {
    for looks_max in [0, 1, 4] {
        walk(State::Planned, 0, 8 + looks_max, looks_max, &mut HashSet::new());
        for state in states(looks_max) {
            walk(state, u32::from(state == State::Sending), 8 + looks_max, looks_max, &mut HashSet::new());
        }
    }
}

#[test]
fn an_unclear_answer_is_looked_for_and_then_asked_about() {
    let mut state = State::Sending;
    let mut event = Event::Reply(Reply::Unclear);
    for look in 0..4 {
        let (next, effect) = step(state, event, 4);
        assert_eq!(effect, Effect::Look { look });
        (state, event) = (next, Event::Absent);
    }
    assert_eq!(step(state, event, 4), (State::Reviewing, Effect::AppendNeedsReview));
    assert_eq!(step(state, Event::LookFailed, 4).1, Effect::Stop(Outcome::Parked), "a failed look is no look");
    assert_eq!(step(State::Sending, Event::Reply(Reply::Unclear), 0).1, Effect::Look { look: 0 });
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
        let (next, effect) = step(state, event, 4);
        assert_eq!(effect, expected);
        state = next;
    }
}

/// What is broken on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Design {
    no_fence: bool,
    take_over_sending: bool,
    retry_by_itself: bool,
    trust_the_200: bool,
    /// Two computers with one id: a cloned disk.
    cloned: bool,
    no_writer_nonce: bool,
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    photos: u8,
    log: usize,
    /// Attempts of each computer.
    attempts: u8,
    crashes: u8,
    /// How often a person may say "post again".
    again: u8,
}

/// An attempt's number says all about it: computer, which of its attempts, photo.
type Number = u8;

fn number(computer: usize, made: u8, photo: u8) -> Number {
    u8::try_from(computer).expect("two computers") * 4 + made * 2 + photo
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Claimed,
    Sending,
    Posted,
    Released(bool),
    NeedsReview,
    PostAgain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Line {
    kind: Kind,
    attempt: Number,
    computer: u8,
    writer: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Doing {
    Dead,
    Idle,
    /// Its entry is on its way to number `seq`; it does not know more.
    Appending {
        state: State,
        attempt: Number,
        line: Line,
        seq: u8,
    },
    /// The POST left; no answer yet.
    Posting {
        state: State,
        attempt: Number,
    },
    Looking {
        state: State,
        attempt: Number,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Computer {
    doing: Doing,
    starts: u8,
    made: u8,
    /// Attempts whose post id is in the journal, one bit each.
    receipts: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    log: u32,
    /// Entries on their way to the number after the last.
    puts: Vec<Line>,
    computers: [Computer; 2],
    /// POSTs on their way, and executed, of each attempt.
    on_the_way: [u8; 8],
    executed: [u8; 8],
    again: u8,
}

struct Known {
    fold: Fold,
    len: usize,
    last: Option<Line>,
    before: u32,
}

/// The search, with every log that was met and what it folds to.
struct Search {
    design: Design,
    bounds: Bounds,
    logs: Vec<Known>,
    children: HashMap<(u32, Line), (u32, bool)>,
}

fn about(attempt: Number) -> About {
    let photo = ["1", "2"][usize::from(attempt & 1)].parse().expect("an id");
    About { attempt: AttemptId(attempt.to_string()), photo, target: "x".into(), account: Some("x:7".into()) }
}

fn fact(line: Line) -> Fact {
    let about = about(line.attempt);
    match line.kind {
        Kind::Claimed => Fact::Claimed { about, number: 1, slot: "w1".into() },
        Kind::Sending => {
            let (text, key) = (String::new(), String::new);
            let frozen = Frozen {
                text,
                alt_text: key(),
                body: serde_json::Value::Null,
                media_id: key(),
                media_key: key(),
                picture_sha256: key(),
                cost_usd: 0.0,
            };
            Fact::Sending { about, frozen }
        }
        Kind::Posted => {
            let empty = String::new;
            Fact::Posted { about, post_id: empty(), post_url: empty(), text: empty(), seen: Seen::Answer }
        }
        Kind::Released(frees) => {
            let why = if frees { Why::NotSent } else { Why::Rejected };
            Fact::Released { about, why, detail: String::new() }
        }
        Kind::NeedsReview => Fact::NeedsReview { about, detail: String::new() },
        Kind::PostAgain => Fact::Resolved { about, answer: Answer::PostAgain },
    }
}

fn apply(fold: &mut Fold, line: Line) -> Verdict {
    let entry = LogEntry {
        v: VERSION,
        seq: fold.through() + 1,
        prev: None,
        at: String::new(),
        computer: line.computer.to_string(),
        writer: line.writer.to_string(),
        fact: fact(line),
    };
    let allowed = fold.allows(&entry);
    let verdict = fold.apply(entry.seq, "", &Read::Entry(Box::new(entry))).expect("it follows");
    assert_eq!(allowed, verdict, "allows = apply");
    verdict
}

impl Search {
    fn new(design: Design, bounds: Bounds) -> Self {
        let empty = Known { fold: Fold::default(), len: 0, last: None, before: 0 };
        Self { design, bounds, logs: vec![empty], children: HashMap::new() }
    }

    fn fold(&self, log: u32) -> &Fold {
        &self.logs[log as usize].fold
    }

    fn len(&self, log: u32) -> usize {
        self.logs[log as usize].len
    }

    /// The log with one more line, and whether that line counts.
    fn child(&mut self, log: u32, line: Line) -> (u32, bool) {
        if let Some(known) = self.children.get(&(log, line)) {
            return *known;
        }
        let mut fold = self.fold(log).clone();
        if self.design.take_over_sending && line.kind == Kind::Claimed {
            let sending: Vec<Number> =
                (0..8).filter(|attempt| self.stand(log, *attempt) == Some(&Stand::Sending)).collect();
            for attempt in sending {
                for kind in [Kind::NeedsReview, Kind::PostAgain] {
                    apply(&mut fold, Line { kind, attempt, ..line });
                }
            }
        }
        let counts = apply(&mut fold, line) == Verdict::Valid;
        let known = Known { fold, len: self.len(log) + 1, last: Some(line), before: log };
        let id = u32::try_from(self.logs.len()).expect("few logs");
        self.logs.push(known);
        self.children.insert((log, line), (id, counts));
        (id, counts)
    }

    fn stand(&self, log: u32, attempt: Number) -> Option<&Stand> {
        self.fold(log).attempt(&AttemptId(attempt.to_string())).map(|attempt| &attempt.stand)
    }

    /// The line under number `seq`, and whether it counted.
    fn line(&self, mut log: u32, seq: usize) -> Option<(Line, bool)> {
        while self.len(log) > seq {
            log = self.logs[log as usize].before;
        }
        let known = &self.logs[log as usize];
        let line = known.last.filter(|_| known.len == seq)?;
        Some((line, self.children[&(known.before, line)].1))
    }

    fn line_of(&self, world: &World, who: usize, kind: Kind, attempt: Number) -> Line {
        let own = u8::try_from(who).expect("two computers");
        let computer = if self.design.cloned { 0 } else { own };
        let writer = if self.design.no_writer_nonce { computer } else { own * 8 + world.computers[who].starts };
        Line { kind, attempt, computer, writer }
    }

    /// Feeds one event to the real machine and does what it says until something must be waited for.
    fn go(&mut self, mut world: World, who: usize, attempt: Number, state: State, event: Event, out: &mut Vec<World>) {
        let (state, mut effect) = step(state, event, 1);
        if self.design.retry_by_itself && effect == Effect::AppendNeedsReview {
            effect = Effect::Post;
        }
        let state = if effect == Effect::Post { State::Sending } else { state };
        let kind = match effect {
            Effect::Prepare => {
                self.go(world.clone(), who, attempt, state, Event::Unfit(End::TryLater), out);
                self.go(world, who, attempt, state, Event::Prepared, out);
                return;
            }
            Effect::Upload => return self.go(world, who, attempt, state, Event::Uploaded, out),
            Effect::Post => {
                self.go(world.clone(), who, attempt, state, Event::TooLate, out);
                world.computers[who].doing = Doing::Posting { state, attempt };
                world.on_the_way[usize::from(attempt)] += 1;
                return out.push(world);
            }
            Effect::Look { .. } => {
                world.computers[who].doing = Doing::Looking { state, attempt };
                return out.push(world);
            }
            Effect::Stop(_) => {
                world.computers[who].doing = Doing::Idle;
                return out.push(world);
            }
            Effect::AppendSending if self.design.no_fence => {
                return self.go(world, who, attempt, state, Event::Appended, out);
            }
            Effect::AppendClaimed => Kind::Claimed,
            Effect::AppendSending => Kind::Sending,
            Effect::AppendPosted => {
                world.computers[who].receipts |= 1 << attempt;
                Kind::Posted
            }
            Effect::AppendNeedsReview => Kind::NeedsReview,
            Effect::AppendReleased(end) => Kind::Released(end != End::Rejected),
        };
        let line = self.line_of(&world, who, kind, attempt);
        self.append(world, who, state, line, out);
    }

    /// The writer has read the whole log: it puts its entry under the next number, or sees that it would not count.
    fn append(&mut self, mut world: World, who: usize, state: State, line: Line, out: &mut Vec<World>) {
        let len = self.len(world.log);
        if len >= self.bounds.log {
            return self.go(world, who, line.attempt, state, Event::RecordLost, out);
        }
        if !self.design.trust_the_200 && !self.child(world.log, line).1 {
            return self.settled(world, who, state, line, false, out);
        }
        if !world.puts.contains(&line) {
            world.puts.push(line);
            world.puts.sort_by_key(|line| format!("{line:?}"));
        }
        let seq = u8::try_from(len + 1).expect("a short log");
        world.computers[who].doing = Doing::Appending { state, attempt: line.attempt, line, seq };
        out.push(world);
    }

    fn settled(&mut self, mut world: World, who: usize, state: State, line: Line, counts: bool, out: &mut Vec<World>) {
        if line.kind == Kind::Posted {
            world.computers[who].receipts &= !(1 << line.attempt);
        }
        let event = if counts || self.design.trust_the_200 { Event::Appended } else { Event::Void };
        self.go(world, who, line.attempt, state, event, out);
    }

    fn successors(&mut self, world: &World) -> Vec<World> {
        let mut out = Vec::new();
        for line in &world.puts {
            let (log, _) = self.child(world.log, *line);
            out.push(World { log, puts: Vec::new(), ..world.clone() });
        }
        for attempt in 0..8 {
            if world.on_the_way[attempt] > 0 {
                let mut world = world.clone();
                world.on_the_way[attempt] -= 1;
                world.executed[attempt] += 1;
                out.push(world);
            }
        }
        for who in 0..2 {
            self.moves(world, who, &mut out);
            if world.computers[who].doing != Doing::Dead && world.computers[who].starts < self.bounds.crashes {
                let mut world = world.clone();
                world.computers[who].doing = Doing::Dead;
                out.push(world);
            }
        }
        out
    }

    fn moves(&mut self, world: &World, who: usize, out: &mut Vec<World>) {
        match world.computers[who].doing {
            Doing::Dead => {
                let mut world = world.clone();
                world.computers[who].starts += 1;
                world.computers[who].doing = Doing::Idle;
                out.push(world);
            }
            Doing::Idle => self.idle(world, who, out),
            Doing::Appending { state, attempt, line, seq } => {
                match self.line(world.log, usize::from(seq)) {
                    Some((there, counts)) if there == line => {
                        self.settled(world.clone(), who, state, line, counts, out)
                    }
                    Some(_) => self.append(world.clone(), who, state, line, out),
                    None => {}
                }
                self.go(world.clone(), who, attempt, state, Event::RecordLost, out);
            }
            Doing::Posting { state, attempt } => self.answers(world, who, state, attempt, out),
            Doing::Looking { state, attempt } => {
                self.go(world.clone(), who, attempt, state, Event::Absent, out);
                self.go(world.clone(), who, attempt, state, Event::LookFailed, out);
                if world.executed[usize::from(attempt)] > 0 {
                    self.go(world.clone(), who, attempt, state, Event::Found, out);
                }
            }
        }
    }

    fn answers(&mut self, world: &World, who: usize, state: State, attempt: Number, out: &mut Vec<World>) {
        let place = usize::from(attempt);
        self.go(world.clone(), who, attempt, state, Event::Reply(Reply::Unclear), out);
        if world.executed[place] > 0 {
            self.go(world.clone(), who, attempt, state, Event::Reply(Reply::Accepted), out);
        }
        if world.on_the_way[place] > 0 {
            let mut world = world.clone();
            world.on_the_way[place] -= 1;
            for reply in [Reply::NotSent, Reply::Refused(End::Rejected)] {
                self.go(world.clone(), who, attempt, state, Event::Reply(reply), out);
            }
        }
    }

    /// As `jobs::recover` enters the machine, and a new attempt at any photo, whatever the policy says about when.
    fn idle(&mut self, world: &World, who: usize, out: &mut Vec<World>) {
        let us = self.line_of(world, who, Kind::Claimed, 0).computer.to_string();
        for attempt in 0..8 {
            let receipt = world.computers[who].receipts & (1 << attempt) != 0;
            let Some(folded) = self.fold(world.log).attempt(&AttemptId(attempt.to_string())) else { continue };
            let (ours, stand) = (folded.computer == us, folded.stand.clone());
            let entered = match (&stand, receipt) {
                (Stand::Sending | Stand::NeedsReview { .. }, true) => {
                    Some((State::Sending, Event::Reply(Reply::Accepted)))
                }
                (Stand::Sending, false) => Some((State::Looking { looks: 0 }, Event::Start)),
                (Stand::Claimed, _) if ours => Some((State::Preparing, Event::Unfit(End::NotSent))),
                (Stand::Claimed | Stand::NeedsReview { .. } | Stand::Posted { .. } | Stand::Ended(_), _) => None,
            };
            if let Some((state, event)) = entered {
                self.go(world.clone(), who, attempt, state, event, out);
            }
            if matches!(stand, Stand::NeedsReview { .. })
                && world.again < self.bounds.again
                && self.len(world.log) < self.bounds.log
            {
                let line = self.line_of(world, who, Kind::PostAgain, attempt);
                let (log, _) = self.child(world.log, line);
                out.push(World { log, puts: Vec::new(), again: world.again + 1, ..world.clone() });
            }
        }
        for photo in 0..self.bounds.photos {
            let made = world.computers[who].made;
            if made < self.bounds.attempts {
                let mut world = world.clone();
                world.computers[who].made += 1;
                self.go(world, who, number(who, made, photo), State::Planned, Event::Start, out);
            }
        }
    }

    /// More posts of one photo, or in the one slot, than a person asked for.
    fn broken(&self, world: &World) -> bool {
        world.executed.iter().sum::<u8>() > 1 + world.again
    }

    /// How many states there are; `Err` with the number of steps to the first double post.
    fn run(&mut self) -> Result<usize, u32> {
        let computer = Computer { doing: Doing::Idle, starts: 0, made: 0, receipts: 0 };
        let first = World {
            log: 0,
            puts: Vec::new(),
            computers: [computer; 2],
            on_the_way: [0; 8],
            executed: [0; 8],
            again: 0,
        };
        let mut seen = HashSet::from([first.clone()]);
        let mut queue = VecDeque::from([(first, 0)]);
        while let Some((world, depth)) = queue.pop_front() {
            for next in self.successors(&world) {
                if self.broken(&next) {
                    return Err(depth + 1);
                }
                if seen.insert(next.clone()) {
                    assert!(seen.len() < 4_000_000, "the bounds are too wide for a test");
                    queue.push_back((next, depth + 1));
                }
            }
        }
        Ok(seen.len())
    }
}

const SMALL: Bounds = Bounds { photos: 1, log: 6, attempts: 2, crashes: 1, again: 0 };

fn holds(design: Design, bounds: Bounds) {
    let states =
        Search::new(design, bounds).run().unwrap_or_else(|steps| panic!("double post in {steps} steps: {bounds:?}"));
    assert!(states > 1_000, "a search of {states} states says little");
}

#[test]
fn a_photo_is_never_posted_twice() {
    holds(Design::default(), SMALL);
}

#[test]
fn a_slot_never_posts_two_photos() {
    holds(Design::default(), Bounds { photos: 2, attempts: 1, ..SMALL });
    holds(Design::default(), Bounds { photos: 2, log: 4, crashes: 0, ..SMALL });
}

#[test]
fn a_person_who_says_post_again_gets_one_more_at_most() {
    holds(Design::default(), Bounds { log: 7, crashes: 0, again: 1, ..SMALL });
}

#[test]
fn a_cloned_computer_posts_nothing_twice() {
    holds(Design { cloned: true, ..Design::default() }, Bounds { log: 5, ..SMALL });
}

#[test]
fn every_broken_design_is_caught() {
    let good = Design::default();
    let broken = [
        Design { no_fence: true, ..good },
        Design { take_over_sending: true, ..good },
        Design { retry_by_itself: true, ..good },
        Design { trust_the_200: true, ..good },
        Design { cloned: true, no_writer_nonce: true, ..good },
    ];
    for design in broken {
        let found = Search::new(design, Bounds { log: 7, ..SMALL }).run();
        assert!(found.is_err(), "{design:?} was not caught");
    }
}
