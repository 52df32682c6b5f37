//! The small world as a value, and what may happen next in it.

use std::sync::Arc;

use pierrot_core::{
    fold::Stand,
    publication::{Effect, End, Event, Reply, State, Way, step},
};
use stateright::{Model, Property};

use super::{
    laws,
    log::{ATTEMPTS, Kind, Known, Line, Log, Logs, Number, Said, number, photo_of, released},
};

/// What kind of target it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No key: a request is sent once, ever; the timeline may be stale.
    X,
    /// The same request under the same key is the same post, and can be asked for by it (a record key of Bluesky).
    Keyed,
    /// A repeat whose media are in a post by now makes no other; the timeline may be stale (Mastodon).
    ReadBack,
}

/// What is broken on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Design {
    pub no_fence: bool,
    pub take_over_sending: bool,
    pub retry_by_itself: bool,
    /// A repeat goes out under another key, or with other media, than the first.
    pub new_key: bool,
    pub trust_the_200: bool,
    pub repeat_unfenced: bool,
    pub release_after_repeat: bool,
    /// Two computers with one id: a cloned disk. Not broken by itself.
    pub cloned: bool,
    pub no_writer_nonce: bool,
    /// Look for double posts and for nothing else.
    pub only_double_posts: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub computers: u8,
    pub photos: u8,
    /// Lines the log may hold.
    pub log: usize,
    /// Attempts of each computer.
    pub attempts: u8,
    /// Crashes of each computer.
    pub crashes: u8,
    /// How often a person may answer.
    pub again: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    Dead,
    Idle,
    /// Its line is on its way to number `seq`; it does not know more.
    Appending {
        state: State,
        line: Line,
        seq: u8,
    },
    /// Fetching and uploading.
    Preparing {
        state: State,
        attempt: Number,
    },
    /// The fence stands; the request has not left.
    Pausing {
        state: State,
        attempt: Number,
    },
    /// The request left; no answer yet.
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
pub struct Computer {
    pub doing: Doing,
    pub starts: u8,
    pub made: u8,
    /// Attempts whose post id is in the journal, one bit each.
    pub receipts: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub log: Log,
    /// Lines on their way to the number after the last, in order.
    pub puts: Vec<Line>,
    pub computers: Vec<Computer>,
    /// Requests on their way, sent so far, and posts, of each attempt.
    pub on_the_way: [u8; ATTEMPTS as usize],
    pub sent: [u8; ATTEMPTS as usize],
    pub posts: [u8; ATTEMPTS as usize],
    /// How often a person said "post again", and how often anything.
    pub again: u8,
    pub said: u8,
}

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The store executes a line that is on its way.
    Store(Line),
    /// The target executes a request that is on its way.
    Execute(Number),
    Crash(u8),
    Restart(u8),
    Begin(u8, Number),
    Recover(u8, Number),
    Person(Number, Said),
    /// A computer learns that its number is taken, by whom, and what the fold says.
    Learn(u8),
    /// The world answers what a computer waits for.
    Answer(u8, Event),
    /// The request leaves.
    Send(u8),
}

impl Action {
    /// Whether it is something going wrong.
    pub fn is_fault(self) -> bool {
        match self {
            Self::Crash(_) => true,
            Self::Answer(_, event) => matches!(event, Event::RecordLost | Event::LookFailed),
            Self::Store(_) | Self::Execute(_) | Self::Restart(_) | Self::Begin(..) | Self::Recover(..) => false,
            Self::Person(..) | Self::Learn(_) | Self::Send(_) => false,
        }
    }
}

/// A world with its target, its design and its bounds.
#[derive(Debug)]
pub struct Small {
    pub target: Target,
    pub design: Design,
    pub bounds: Bounds,
    logs: Logs,
}

impl Small {
    pub fn new(target: Target, design: Design, bounds: Bounds) -> Self {
        Self { target, design, bounds, logs: Logs::default() }
    }

    pub fn known(&self, log: &[Line]) -> Arc<Known> {
        self.logs.known(log, self.design, self.target)
    }

    fn way(&self) -> Way {
        Way { looks: 1, repeats: u32::from(self.target != Target::X) }
    }

    fn line_of(&self, world: &World, who: u8, kind: Kind, attempt: Number) -> Line {
        let computer = if self.design.cloned { 0 } else { who };
        let starts = world.computers[usize::from(who)].starts;
        let writer = if self.design.no_writer_nonce { computer } else { who * 8 + starts };
        Line { kind, attempt, computer, writer }
    }

    /// Feeds one event to the real machine and does what it says until something must be waited for.
    fn go(&self, world: &mut World, who: u8, attempt: Number, mut state: State, mut event: Event) {
        let place = usize::from(who);
        loop {
            let (next, effect) = self.step(state, event);
            state = next;
            let kind = match effect {
                Effect::Prepare => {
                    world.computers[place].doing = Doing::Preparing { state, attempt };
                    return;
                }
                Effect::Upload => {
                    event = Event::Uploaded;
                    continue;
                }
                Effect::Post => {
                    world.computers[place].doing = Doing::Pausing { state, attempt };
                    return;
                }
                Effect::Look { .. } => {
                    world.computers[place].doing = Doing::Looking { state, attempt };
                    return;
                }
                Effect::Stop(_) => {
                    world.computers[place].doing = Doing::Idle;
                    return;
                }
                Effect::AppendClaimed => Kind::Claimed,
                Effect::AppendSending => {
                    let repeat = matches!(state, State::Refencing { .. });
                    if (self.design.no_fence && !repeat) || (self.design.repeat_unfenced && repeat) {
                        event = Event::Appended;
                        continue;
                    }
                    Kind::Sending
                }
                Effect::AppendPosted => {
                    world.computers[place].receipts |= 1 << attempt;
                    Kind::Posted
                }
                Effect::AppendNeedsReview => Kind::NeedsReview,
                Effect::AppendReleased(end) => released(end),
            };
            let line = self.line_of(world, who, kind, attempt);
            match self.put(world, who, state, line) {
                Some(answer) => event = answer,
                None => return,
            }
        }
    }

    fn step(&self, state: State, event: Event) -> (State, Effect) {
        let (next, effect) = step(state, event, self.way());
        if self.design.retry_by_itself && effect == Effect::AppendNeedsReview {
            (State::Sending, Effect::Post)
        } else if self.design.release_after_repeat
            && matches!(state, State::Repeating { .. })
            && event == Event::Reply(Reply::NotSent)
        {
            (State::Releasing(End::NotSent), Effect::AppendReleased(End::NotSent))
        } else {
            (next, effect)
        }
    }

    /// The writer has read the whole log: it puts its line under the next number, or sees that it would not count.
    fn put(&self, world: &mut World, who: u8, state: State, line: Line) -> Option<Event> {
        if world.log.len() >= self.bounds.log {
            return Some(Event::RecordLost);
        }
        if !self.design.trust_the_200 && !self.known(&with(&world.log, line)).counts {
            return Some(self.settled(world, who, line, false));
        }
        if let Err(at) = world.puts.binary_search(&line) {
            world.puts.insert(at, line);
        }
        let seq = u8::try_from(world.log.len() + 1).expect("a short log");
        world.computers[usize::from(who)].doing = Doing::Appending { state, line, seq };
        None
    }

    fn settled(&self, world: &mut World, who: u8, line: Line, counts: bool) -> Event {
        if line.kind == Kind::Posted {
            world.computers[usize::from(who)].receipts &= !(1 << line.attempt);
        }
        if counts || self.design.trust_the_200 { Event::Appended } else { Event::Void }
    }

    /// The number a line was put under is taken.
    fn learn(&self, world: &mut World, who: u8) {
        let Doing::Appending { state, line, seq } = world.computers[usize::from(who)].doing else { return };
        let upto = usize::from(seq);
        let event = if world.log[upto - 1] == line {
            let counts = self.known(&world.log[..upto]).counts;
            Some(self.settled(world, who, line, counts))
        } else {
            self.put(world, who, state, line)
        };
        if let Some(event) = event {
            self.go(world, who, line.attempt, state, event);
        }
    }

    /// As `jobs::recover` enters the machine.
    fn entry(&self, known: &Known, world: &World, who: u8, attempt: Number) -> Option<(State, Event)> {
        let folded = known.fold.attempt(&super::log::id(attempt))?;
        let us = if self.design.cloned { 0 } else { who };
        let receipt = world.computers[usize::from(who)].receipts & (1 << attempt) != 0;
        match (&folded.stand, receipt) {
            (Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_), true) => {
                Some((State::Sending, Event::Reply(Reply::Accepted)))
            }
            (Stand::Sending, false) => {
                Some((State::Looking { looks: 0, repeats: folded.sends.saturating_sub(1) }, Event::Start))
            }
            (Stand::Claimed, _) if folded.computer == us.to_string() => {
                Some((State::Preparing, Event::Unfit(End::NotSent)))
            }
            (Stand::NeedsReview { .. } | Stand::Ended(_), false) | (Stand::Claimed | Stand::Posted { .. }, _) => None,
        }
    }

    fn idle_actions(&self, known: &Known, world: &World, who: u8, actions: &mut Vec<Action>) {
        for attempt in 0..ATTEMPTS {
            if self.entry(known, world, who, attempt).is_some() {
                actions.push(Action::Recover(who, attempt));
            }
        }
        let made = world.computers[usize::from(who)].made;
        if made < self.bounds.attempts {
            actions.extend((0..self.bounds.photos).map(|photo| Action::Begin(who, number(who, made, photo))));
        }
    }

    /// What the world may answer to what a computer waits for.
    fn answers(&self, world: &World, who: u8, actions: &mut Vec<Action>) {
        let mut answer = |event| actions.push(Action::Answer(who, event));
        match world.computers[usize::from(who)].doing {
            Doing::Dead | Doing::Idle => {}
            Doing::Appending { seq, .. } => {
                answer(Event::RecordLost);
                if world.log.len() >= usize::from(seq) {
                    actions.push(Action::Learn(who));
                }
            }
            Doing::Preparing { .. } => {
                answer(Event::Prepared);
                answer(Event::Unfit(End::TryLater));
            }
            Doing::Pausing { .. } => {
                answer(Event::TooLate);
                actions.push(Action::Send(who));
            }
            Doing::Posting { attempt, .. } => {
                let place = usize::from(attempt);
                answer(Event::Reply(Reply::Unclear));
                if world.posts[place] > 0 {
                    answer(Event::Reply(Reply::Accepted));
                }
                if world.on_the_way[place] > 0 {
                    answer(Event::Reply(Reply::NotSent));
                    answer(Event::Reply(Reply::Refused(End::Rejected)));
                }
            }
            Doing::Looking { attempt, .. } => {
                let there = world.posts[usize::from(attempt)] > 0;
                answer(Event::LookFailed);
                if there {
                    answer(Event::Found);
                }
                // A timeline may be stale; what is asked for by its key is not.
                if !there || self.target != Target::Keyed {
                    answer(Event::Absent);
                }
            }
        }
    }

    fn answered(&self, world: &mut World, who: u8, event: Event) {
        let (state, attempt) = match world.computers[usize::from(who)].doing {
            Doing::Dead | Doing::Idle => return,
            Doing::Appending { state, line, .. } => (state, line.attempt),
            Doing::Preparing { state, attempt }
            | Doing::Pausing { state, attempt }
            | Doing::Posting { state, attempt }
            | Doing::Looking { state, attempt } => (state, attempt),
        };
        // "Not sent" and "refused" prove that one of the requests came to nothing.
        if matches!(event, Event::Reply(Reply::NotSent | Reply::Refused(_))) {
            world.on_the_way[usize::from(attempt)] -= 1;
        }
        self.go(world, who, attempt, state, event);
    }

    /// The same request twice is one post where the target knows it again.
    fn execute(&self, world: &mut World, attempt: Number) {
        let place = usize::from(attempt);
        world.on_the_way[place] -= 1;
        let known = self.target != Target::X && !self.design.new_key && world.posts[place] > 0;
        if !known {
            world.posts[place] += 1;
        }
    }
}

fn with(log: &[Line], line: Line) -> Vec<Line> {
    let mut longer = log.to_vec();
    longer.push(line);
    longer
}

impl Model for Small {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let computer = Computer { doing: Doing::Idle, starts: 0, made: 0, receipts: 0 };
        vec![World {
            log: Arc::from([]),
            puts: Vec::new(),
            computers: vec![computer; usize::from(self.bounds.computers)],
            on_the_way: [0; ATTEMPTS as usize],
            sent: [0; ATTEMPTS as usize],
            posts: [0; ATTEMPTS as usize],
            again: 0,
            said: 0,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let known = self.known(&world.log);
        actions.extend(world.puts.iter().map(|line| Action::Store(*line)));
        for attempt in 0..ATTEMPTS {
            if world.on_the_way[usize::from(attempt)] > 0 {
                actions.push(Action::Execute(attempt));
            }
            let in_review = matches!(known.stand(attempt), Some(Stand::NeedsReview { .. }));
            if in_review && world.said < self.bounds.again && world.log.len() < self.bounds.log {
                let mut said = vec![Said::PostAgain, Said::Skip];
                if world.posts[usize::from(attempt)] > 0 {
                    said.push(Said::ItIsPosted);
                }
                actions.extend(said.into_iter().map(|said| Action::Person(attempt, said)));
            }
        }
        for who in 0..self.bounds.computers {
            let computer = &world.computers[usize::from(who)];
            match computer.doing {
                Doing::Dead => {
                    actions.push(Action::Restart(who));
                    continue;
                }
                Doing::Idle => self.idle_actions(&known, world, who, actions),
                Doing::Appending { .. }
                | Doing::Preparing { .. }
                | Doing::Pausing { .. }
                | Doing::Posting { .. }
                | Doing::Looking { .. } => self.answers(world, who, actions),
            }
            if computer.starts < self.bounds.crashes {
                actions.push(Action::Crash(who));
            }
        }
    }

    fn next_state(&self, before: &World, action: Action) -> Option<World> {
        let mut world = before.clone();
        match action {
            Action::Store(line) => {
                world.log = with(&world.log, line).into();
                // Whatever else was on its way to this number finds it taken.
                world.puts.clear();
            }
            Action::Execute(attempt) => self.execute(&mut world, attempt),
            Action::Crash(who) => world.computers[usize::from(who)].doing = Doing::Dead,
            Action::Restart(who) => {
                let computer = &mut world.computers[usize::from(who)];
                computer.starts += 1;
                computer.doing = Doing::Idle;
            }
            Action::Begin(who, attempt) => {
                world.computers[usize::from(who)].made += 1;
                self.go(&mut world, who, attempt, State::Planned, Event::Start);
            }
            Action::Recover(who, attempt) => {
                let (state, event) = self.entry(&self.known(&world.log), &world, who, attempt)?;
                self.go(&mut world, who, attempt, state, event);
            }
            Action::Person(attempt, said) => {
                let line = self.line_of(&world, 0, Kind::Said(said), attempt);
                world.log = with(&world.log, line).into();
                world.puts.clear();
                world.said += 1;
                world.again += u8::from(said == Said::PostAgain);
            }
            Action::Learn(who) => self.learn(&mut world, who),
            Action::Answer(who, event) => self.answered(&mut world, who, event),
            Action::Send(who) => {
                let Doing::Pausing { state, attempt } = world.computers[usize::from(who)].doing else { return None };
                world.computers[usize::from(who)].doing = Doing::Posting { state, attempt };
                world.on_the_way[usize::from(attempt)] += 1;
                world.sent[usize::from(attempt)] += 1;
            }
        }
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        laws::properties(self.design.only_double_posts)
    }
}

impl World {
    /// Posts of a photo, or of all: every photo here has the same slot.
    pub fn posts_of(&self, photo: Option<u8>) -> u8 {
        let wanted = |attempt: &u8| photo.is_none_or(|photo| photo_of(*attempt) == photo);
        (0..ATTEMPTS).filter(wanted).map(|attempt| self.posts[usize::from(attempt)]).sum()
    }
}
