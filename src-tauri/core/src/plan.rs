//! Which photo goes out at which due time: pinned by hand, next in the queue, or drawn by chance and then kept.
//!
//! Pure: the dice and the question whether a photo may go out are arguments. Invariants: a photo stands at most once in the
//! plan of a target; what was shown is what goes out, unless it may not any more; filling twice is filling once.
//! Absent: when (that is `schedule`), and any promise to others: the log decides at the due time.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::photo::PhotoId;

/// Photos that wait in the queue of one target.
pub const QUEUE_MAX: usize = 1_000;
/// Vetoed photos remembered; the oldest is forgotten first.
const VETOED_MAX: usize = 2_000;
/// Vetoes, and exchanges, that can be taken back.
const UNDO_MAX: usize = 20;
/// Due times planned at once.
pub const PLANNED_MAX: usize = 400;
/// Queued photos that one publication tries before chance: the first may be gone at the source.
const NEXT_MAX: usize = 10;

/// What became of photos that were to be queued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    pub added: Vec<PhotoId>,
    /// Those that found the queue full.
    pub no_room: usize,
}

/// Why a photo stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Put there by the photographer.
    Pinned,
    Queued,
    Chance,
}

/// One due time with its photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub photo: PhotoId,
    pub origin: Origin,
    /// The seed a chance pick was, and would again be, drawn with.
    pub seed: u64,
}

/// What one target's plan remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// By slot id.
    pub planned: BTreeMap<String, Planned>,
    /// By slot id, what the photographer pinned there and what may not go now; it comes back as soon as it may.
    pub waiting: BTreeMap<String, Planned>,
    pub queue: Vec<PhotoId>,
    /// Not by chance, until they are asked for.
    pub vetoed: Vec<PhotoId>,
    /// Counts redraws, so that a veto gives another photo.
    pub draws: u64,
    /// What the newest vetoes took away, the newest last.
    pub undo: Vec<Vetoed>,
    /// How the newest exchanges found their two slots, the newest last.
    pub exchanged: Vec<[(String, Planned); 2]>,
}

/// What a veto took away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vetoed {
    pub slot: String,
    pub planned: Planned,
    /// Where it stood in the queue.
    pub queued_at: Option<usize>,
}

/// Answers for the catalogue while a plan is filled.
pub trait Pool {
    /// Whether the photo may go out to the target now.
    fn may_go(&self, photo: &PhotoId) -> bool;
    /// Whether it will never want to go again: it is published there, or left for good.
    fn is_over(&self, photo: &PhotoId) -> bool;
    /// A photo by chance, none of `not`.
    fn pick(&self, not: &HashSet<PhotoId>, seed: u64) -> Option<PhotoId>;
}

impl Plan {
    /// Gives every slot a photo, in order; forgets slots that are not among them. The queue is dealt anew each time, so that it moves
    /// up where one of it may not go. What the photographer queued or pinned is kept while it may not go, since a filter can be taken back.
    pub fn fill(&mut self, slots: &[String], secret: u64, pool: &impl Pool) {
        let wanted: HashSet<&str> = slots.iter().map(String::as_str).collect();
        self.queue.retain(|photo| !pool.is_over(photo));
        self.planned.retain(|slot, planned| wanted.contains(slot.as_str()) && planned.origin != Origin::Queued);
        self.waiting.retain(|slot, pin| wanted.contains(slot.as_str()) && !pool.is_over(&pin.photo));
        for (slot, kept_back) in self.planned.extract_if(.., |_, planned| !pool.may_go(&planned.photo)) {
            if kept_back.origin == Origin::Pinned && !pool.is_over(&kept_back.photo) {
                self.waiting.insert(slot, kept_back);
            }
        }
        for (slot, pin) in self.waiting.extract_if(.., |_, pin| pool.may_go(&pin.photo)) {
            self.planned.retain(|_, planned| planned.photo != pin.photo);
            self.planned.insert(slot, pin);
        }
        let mut used: HashSet<PhotoId> = self.planned.values().map(|planned| planned.photo.clone()).collect();
        let waits = |photo: &&PhotoId| !used.contains(*photo) && pool.may_go(photo);
        let mut queue = self.queue.iter().filter(waits).cloned().collect::<Vec<_>>().into_iter();
        for slot in slots.iter().take(PLANNED_MAX) {
            let seed = seed_of(secret, slot, self.draws);
            let kept = self.planned.get(slot).map(|planned| planned.origin);
            if kept == Some(Origin::Pinned) {
                continue;
            }
            if let Some(photo) = queue.next() {
                if let Some(before) = self.planned.insert(slot.clone(), Planned { photo, origin: Origin::Queued, seed })
                {
                    used.remove(&before.photo);
                }
                continue;
            }
            if kept.is_some() {
                continue;
            }
            let mut not = used.clone();
            not.extend(self.vetoed.iter().cloned());
            not.extend(self.queue.iter().cloned());
            // When only vetoed photos are left, they are better than silence.
            let photo = pool.pick(&not, seed).or_else(|| pool.pick(&used, seed));
            if let Some(photo) = photo {
                used.insert(photo.clone());
                self.planned.insert(slot.clone(), Planned { photo, origin: Origin::Chance, seed });
            }
        }
    }

    /// Another photo for this slot; the one there does not come back by chance.
    pub fn veto(&mut self, slot: &str) -> Option<PhotoId> {
        let planned = self.planned.remove(slot)?;
        let queued_at = self.queue.iter().position(|photo| *photo == planned.photo);
        self.undo.push(Vetoed { slot: slot.to_owned(), planned: planned.clone(), queued_at });
        let surplus = self.undo.len().saturating_sub(UNDO_MAX);
        self.undo.drain(..surplus);
        self.queue.retain(|photo| *photo != planned.photo);
        self.vetoed.retain(|photo| *photo != planned.photo);
        self.vetoed.push(planned.photo.clone());
        let surplus = self.vetoed.len().saturating_sub(VETOED_MAX);
        self.vetoed.drain(..surplus);
        self.draws += 1;
        Some(planned.photo)
    }

    /// Puts a vetoed photo back where it stood, whatever stands there now. Whether it could be.
    pub fn unveto(&mut self, slot: &str, photo: &PhotoId) -> bool {
        let at = self.undo.iter().rposition(|vetoed| vetoed.slot == slot && vetoed.planned.photo == *photo);
        let elsewhere = self.planned.values().any(|planned| planned.photo == *photo) || self.queue.contains(photo);
        let Some(at) = at.filter(|_| !elsewhere) else { return false };
        let Vetoed { slot, planned, queued_at } = self.undo.remove(at);
        self.vetoed.retain(|vetoed| *vetoed != planned.photo);
        if let Some(at) = queued_at {
            self.queue.insert(at.min(self.queue.len()), planned.photo);
        } else {
            self.planned.insert(slot, planned);
        }
        true
    }

    /// Moves a queued photo to another place in the line. Whether it stood in it.
    pub fn move_queued(&mut self, photo: &PhotoId, to: usize) -> bool {
        let Some(from) = self.queue.iter().position(|queued| queued == photo) else { return false };
        let photo = self.queue.remove(from);
        self.queue.insert(to.min(self.queue.len()), photo);
        true
    }

    /// This photo at this slot, whatever stood there.
    pub fn pin(&mut self, slot: &str, photo: PhotoId, seed: u64) {
        self.planned.retain(|_, planned| planned.photo != photo);
        self.waiting.retain(|waits, pin| waits != slot && pin.photo != photo);
        self.queue.retain(|queued| *queued != photo);
        self.vetoed.retain(|vetoed| *vetoed != photo);
        self.planned.insert(slot.to_owned(), Planned { photo, origin: Origin::Pinned, seed });
    }

    /// Leaves a pinned slot to the queue and to chance again; its photo stays until they want the place. Whether it was pinned.
    pub fn unpin(&mut self, slot: &str) -> bool {
        let waited = self.waiting.remove(slot).is_some();
        let pinned = self.planned.get_mut(slot).filter(|planned| planned.origin == Origin::Pinned);
        pinned.map(|planned| planned.origin = Origin::Chance).is_some() || waited
    }

    /// Exchanges two slots; both stay as they then are. Exchanging them back leaves no trace.
    pub fn swap(&mut self, one: &str, other: &str) -> bool {
        let (Some(a), Some(b)) = (self.planned.get(one).cloned(), self.planned.get(other).cloned()) else {
            return false;
        };
        self.waiting.retain(|slot, _| slot != one && slot != other);
        let back = self.exchanged.iter().rposition(|before| {
            let stood = |slot: &str, now: &Planned| before.iter().any(|(was, p)| was == slot && p.photo == now.photo);
            stood(one, &b) && stood(other, &a)
        });
        if let Some(at) = back {
            self.planned.extend(self.exchanged.remove(at));
            return true;
        }
        self.planned.insert(one.to_owned(), Planned { origin: Origin::Pinned, ..b.clone() });
        self.planned.insert(other.to_owned(), Planned { origin: Origin::Pinned, ..a.clone() });
        self.exchanged.push([(one.to_owned(), a), (other.to_owned(), b)]);
        let surplus = self.exchanged.len().saturating_sub(UNDO_MAX);
        self.exchanged.drain(..surplus);
        true
    }

    /// Puts photos at the end of the queue, those that are there already left alone.
    pub fn queue(&mut self, photos: &[PhotoId]) -> Queued {
        let mut queued = Queued::default();
        for photo in photos {
            let pins = self.planned.values().filter(|planned| planned.origin == Origin::Pinned);
            let pinned = pins.chain(self.waiting.values()).any(|pin| pin.photo == *photo);
            if pinned || self.queue.contains(photo) {
                continue;
            }
            if self.queue.len() >= QUEUE_MAX {
                queued.no_room += 1;
                continue;
            }
            self.planned.retain(|_, planned| planned.photo != *photo);
            self.vetoed.retain(|vetoed| vetoed != photo);
            self.queue.push(photo.clone());
            queued.added.push(photo.clone());
        }
        queued
    }

    /// Takes photos out of the queue; those that were there, with their places.
    pub fn unqueue(&mut self, photos: &[PhotoId]) -> Vec<(usize, PhotoId)> {
        let out: HashSet<&PhotoId> = photos.iter().collect();
        let stood: Vec<_> = self.queue.iter().cloned().enumerate().filter(|(_, queued)| out.contains(queued)).collect();
        self.queue.retain(|queued| !out.contains(queued));
        self.planned.retain(|_, p| p.origin != Origin::Queued || !out.contains(&p.photo));
        stood
    }

    /// Puts photos back to the places they were taken from, the first place first.
    pub fn requeue(&mut self, places: &[(usize, PhotoId)]) {
        for (at, photo) in places {
            if self.queue(std::slice::from_ref(photo)).added.is_empty() {
                continue;
            }
            self.move_queued(photo, *at);
        }
    }

    /// The slot is over: its photo leaves the queue too.
    pub fn done(&mut self, slot: &str, photo: Option<&PhotoId>) {
        self.planned.remove(slot);
        self.waiting.remove(slot);
        if let Some(photo) = photo {
            self.waiting.retain(|_, pin| pin.photo != *photo);
            self.queue.retain(|queued| queued != photo);
            self.planned.retain(|_, planned| planned.photo != *photo);
        }
    }

    /// The photos that wait longest in the queue and may go.
    pub fn next_queued(&self, pool: &impl Pool) -> Vec<PhotoId> {
        self.queue.iter().filter(|photo| pool.may_go(photo)).take(NEXT_MAX).cloned().collect()
    }
}

/// The same slot, plan and number of vetoes give the same draw.
pub fn seed_of(secret: u64, slot: &str, draws: u64) -> u64 {
    let digest = Sha256::digest(format!("{secret} {draws} {slot}").as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Photos 0 to 9, some of them not to go now.
    struct Ten(HashSet<PhotoId>);

    /// Not one of the ten: it went out long ago.
    const OVER: u64 = 77;

    fn photo(number: u64) -> PhotoId {
        number.to_string().parse().expect("an id")
    }

    impl Pool for Ten {
        fn may_go(&self, photo: &PhotoId) -> bool {
            !self.0.contains(photo)
        }

        fn is_over(&self, photo: &PhotoId) -> bool {
            *photo == self::photo(OVER)
        }

        fn pick(&self, not: &HashSet<PhotoId>, seed: u64) -> Option<PhotoId> {
            let left: Vec<PhotoId> =
                (0..10).map(photo).filter(|photo| self.may_go(photo) && !not.contains(photo)).collect();
            let at = usize::try_from(seed).unwrap_or(0).checked_rem(left.len())?;
            left.get(at).cloned()
        }
    }

    fn slots(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("x/{number:02}")).collect()
    }

    fn photos(plan: &Plan) -> Vec<PhotoId> {
        plan.planned.values().map(|planned| planned.photo.clone()).collect()
    }

    fn all_different(plan: &Plan) -> bool {
        photos(plan).iter().collect::<HashSet<_>>().len() == plan.planned.len()
    }

    #[test]
    fn what_was_shown_stays_and_no_photo_stands_twice() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.fill(&slots(6), 1, &pool);
        assert!(all_different(&plan) && plan.planned.len() == 6);
        let shown = plan.clone();
        plan.fill(&slots(6), 1, &pool);
        assert_eq!(plan, shown, "filling twice is filling once");
        plan.fill(&slots(20), 1, &pool);
        assert_eq!(plan.planned.len(), 10, "ten photos fill ten slots, not twenty");
        assert_eq!(photos(&plan)[..6], photos(&shown)[..]);
    }

    #[test]
    fn a_photo_that_may_not_go_any_more_makes_room() {
        let mut plan = Plan::default();
        plan.fill(&slots(4), 1, &Ten(HashSet::new()));
        let gone = photos(&plan)[2].clone();
        plan.fill(&slots(4), 1, &Ten(HashSet::from([gone.clone()])));
        assert!(plan.planned.len() == 4 && all_different(&plan) && !photos(&plan).contains(&gone));
    }

    #[test]
    fn what_was_queued_and_pinned_outlives_a_filter_that_is_taken_back() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.fill(&slots(4), 1, &pool);
        plan.queue(&[photo(3), photo(4)]);
        plan.pin("x/02", photo(9), 0);
        plan.fill(&slots(4), 1, &pool);
        let before = plan.clone();
        plan.fill(&slots(4), 1, &Ten((0..10).map(photo).collect()));
        assert!(plan.planned.is_empty(), "none may go");
        plan.fill(&slots(4), 1, &Ten([3, 9].map(photo).into()));
        assert_eq!(photos(&plan)[0], photo(4), "the next in the queue, while the first may not go");
        assert!(all_different(&plan) && plan.planned.len() == 4 && !photos(&plan).contains(&photo(9)));
        plan.fill(&slots(4), 1, &pool);
        assert_eq!(plan.queue, before.queue);
        assert_eq!(plan.planned["x/02"], before.planned["x/02"]);
        assert!(plan.waiting.is_empty() && all_different(&plan) && plan.planned.len() == 4);
        let queued = |plan: &Plan| plan.planned.values().filter(|planned| planned.origin == Origin::Queued).count();
        assert_eq!(queued(&plan), 2, "both are dealt again");
        plan.queue.push(photo(OVER));
        plan.fill(&slots(4), 1, &pool);
        assert_eq!(plan.queue, before.queue, "what is published leaves the queue");
    }

    #[test]
    fn the_next_in_the_queue_takes_the_place_of_a_vetoed_one() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.queue(&[photo(3), photo(4)]);
        plan.fill(&slots(3), 1, &pool);
        assert_eq!(plan.next_queued(&pool), [photo(3), photo(4)]);
        plan.veto("x/00");
        plan.fill(&slots(3), 1, &pool);
        assert_eq!((photos(&plan)[0].clone(), plan.queue.clone()), (photo(4), vec![photo(4)]));
    }

    #[test]
    fn a_veto_brings_another_photo_and_never_the_same() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.fill(&slots(3), 1, &pool);
        for _ in 0..7 {
            let vetoed = plan.veto("x/01").expect("it was planned");
            plan.fill(&slots(3), 1, &pool);
            assert!(!photos(&plan).contains(&vetoed));
        }
        plan.veto("x/01");
        plan.fill(&slots(3), 1, &pool);
        assert_eq!(plan.planned.len(), 3, "when all are vetoed, one of them goes after all");
    }

    #[test]
    fn the_queue_goes_first_in_its_order_around_what_is_pinned() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.fill(&slots(4), 1, &pool);
        plan.pin("x/01", photo(9), 0);
        plan.queue(&[photo(3), photo(4), photo(3)]);
        plan.fill(&slots(4), 1, &pool);
        let first: Vec<PhotoId> = photos(&plan).into_iter().take(3).collect();
        assert_eq!(first, [photo(3), photo(9), photo(4)]);
        assert!(all_different(&plan));
        plan.done("x/00", Some(&photo(3)));
        plan.fill(&slots(4)[1..], 1, &pool);
        assert_eq!(plan.queue, [photo(4)]);
    }

    #[test]
    fn a_veto_that_is_taken_back_leaves_no_trace() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.queue(&[photo(3), photo(4)]);
        plan.pin("x/02", photo(9), 0);
        plan.fill(&slots(4), 1, &pool);
        let before = plan.clone();
        for slot in slots(4) {
            let vetoed = plan.veto(&slot).expect("it was planned");
            plan.fill(&slots(4), 1, &pool);
            assert!(plan.unveto(&slot, &vetoed), "{slot}");
            plan.fill(&slots(4), 1, &pool);
            let seen = |plan: &Plan| {
                let rows = plan.planned.iter().map(|(slot, row)| (slot.clone(), row.photo.clone(), row.origin));
                (rows.collect::<Vec<_>>(), plan.queue.clone(), plan.vetoed.clone())
            };
            assert_eq!(seen(&plan), seen(&before), "{slot}");
            assert!(!plan.unveto(&slot, &vetoed), "once");
        }
    }

    #[test]
    fn a_queued_photo_goes_where_it_is_put() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.queue(&[photo(3), photo(4), photo(5)]);
        plan.fill(&slots(3), 1, &pool);
        assert!(plan.move_queued(&photo(5), 0) && plan.move_queued(&photo(3), 99) && !plan.move_queued(&photo(8), 0));
        plan.fill(&slots(3), 1, &pool);
        assert_eq!(plan.queue, [photo(5), photo(4), photo(3)]);
        assert_eq!(photos(&plan), plan.queue);
    }

    #[test]
    fn exchanged_slots_stay_exchanged() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.fill(&slots(4), 1, &pool);
        let before = photos(&plan);
        assert!(plan.swap("x/00", "x/03") && !plan.swap("x/00", "x/99"));
        plan.fill(&slots(4), 1, &pool);
        let after = photos(&plan);
        assert_eq!((&after[0], &after[1], &after[3]), (&before[3], &before[1], &before[0]));
    }

    #[test]
    fn an_exchange_that_is_taken_back_leaves_no_trace() {
        let pool = Ten(HashSet::new());
        let mut plan = Plan::default();
        plan.queue(&[photo(3), photo(4)]);
        plan.pin("x/02", photo(9), 0);
        plan.fill(&slots(5), 1, &pool);
        let before = plan.clone();
        for (one, other) in [("x/00", "x/01"), ("x/01", "x/02"), ("x/00", "x/04"), ("x/03", "x/04")] {
            assert!(plan.swap(one, other));
            plan.fill(&slots(5), 1, &pool);
            assert_eq!(plan.planned[one].origin, Origin::Pinned);
            assert!(plan.swap(other, one));
            plan.fill(&slots(5), 1, &pool);
            assert_eq!(plan, before, "{one} {other}");
        }
    }

    #[test]
    fn the_queue_moves_up_where_one_of_it_may_not_go() {
        let mut plan = Plan::default();
        let queue: Vec<PhotoId> = (0..6).map(photo).collect();
        plan.queue(&queue);
        plan.fill(&slots(3), 1, &Ten(HashSet::new()));
        assert_eq!(photos(&plan), queue[..3]);
        let without_first = Ten([photo(0), photo(6), photo(7), photo(8), photo(9)].into());
        plan.fill(&slots(3), 1, &without_first);
        assert_eq!(photos(&plan), queue[1..4], "neither chance nor the end of the line takes the free place");
        plan.fill(&slots(5), 1, &without_first);
        assert_eq!(photos(&plan), queue[1..6]);
        plan.fill(&slots(6), 1, &Ten(HashSet::new()));
        assert_eq!(photos(&plan), queue, "it may go again, and is the first again");
    }

    #[test]
    fn what_leaves_the_queue_comes_back_to_its_places_and_a_full_one_says_so() {
        let mut plan = Plan::default();
        plan.queue(&(0..6).map(photo).collect::<Vec<_>>());
        let before = plan.queue.clone();
        let places = plan.unqueue(&[photo(1), photo(4), photo(5), photo(9)]);
        assert_eq!(plan.queue, [photo(0), photo(2), photo(3)]);
        plan.requeue(&places);
        assert_eq!(plan.queue, before);

        let many: Vec<PhotoId> = (0..QUEUE_MAX as u64 + 7).map(photo).collect();
        let queued = plan.queue(&many);
        assert_eq!((queued.added.len(), queued.no_room), (QUEUE_MAX - 6, 7));
    }
}
