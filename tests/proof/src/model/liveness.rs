//! Whether every claim ends once nothing fails any more.
//!
//! All states are visited, with every fault; then it is asked from which of them the faultless steps alone lead to a state in
//! which no claim is open. With fair scheduling this is the same as: every claim ends.

use std::collections::{HashMap, HashSet, VecDeque};

use pierrot_core::fold::Stand;
use stateright::Model as _;

use super::{
    log::ATTEMPTS,
    world::{Doing, Small, World},
};

pub const LAW: &str = "I5: every claim ends once nothing fails any more";

/// How many states there are, and one from which a claim never ends.
pub fn stuck(small: &Small) -> (usize, Option<World>) {
    let mut numbers: HashMap<World, u32> = HashMap::new();
    let mut queue = VecDeque::new();
    let mut before: Vec<Vec<u32>> = Vec::new();
    let mut ends: Vec<u32> = Vec::new();
    let mut number_of = |world: World, queue: &mut VecDeque<World>, before: &mut Vec<Vec<u32>>| {
        *numbers.entry(world).or_insert_with_key(|world| {
            queue.push_back(world.clone());
            before.push(Vec::new());
            u32::try_from(before.len() - 1).expect("few enough states")
        })
    };
    for world in small.init_states() {
        number_of(world, &mut queue, &mut before);
    }
    let mut here = 0;
    let mut actions = Vec::new();
    while let Some(world) = queue.pop_front() {
        if all_ended(small, &world) {
            ends.push(here);
        }
        small.actions(&world, &mut actions);
        for action in actions.drain(..) {
            let Some(next) = small.next_state(&world, action) else { continue };
            let next = number_of(next, &mut queue, &mut before);
            if !action.is_fault() {
                before[next as usize].push(here);
            }
        }
        here += 1;
    }
    let mut good: HashSet<u32> = ends.iter().copied().collect();
    while let Some(state) = ends.pop() {
        for earlier in &before[state as usize] {
            if good.insert(*earlier) {
                ends.push(*earlier);
            }
        }
    }
    let stuck = numbers.iter().filter(|(_, number)| !good.contains(number)).min_by_key(|(_, number)| **number);
    (before.len(), stuck.map(|(world, _)| world.clone()))
}

/// No attempt is open, nobody is in the middle of one, and what is posted is recorded, or asked about, or was answered by a
/// person while nobody had the target's own word for it.
fn all_ended(small: &Small, world: &World) -> bool {
    let known = small.known(&world.log);
    let recorded = |attempt: u8| matches!(known.stand(attempt), Some(Stand::Posted { .. }));
    let kept = |receipts: u16, attempt: u8| receipts & (1 << attempt) != 0;
    let resting = world.computers.iter().all(|computer| {
        let all_told = (0..ATTEMPTS).all(|attempt| !kept(computer.receipts, attempt) || recorded(attempt));
        computer.doing == Doing::Idle && all_told
    });
    let told = |attempt: u8| {
        let stand = known.stand(attempt);
        let open = matches!(stand, Some(Stand::Claimed | Stand::Sending));
        let asked_or_posted = matches!(stand, Some(Stand::Posted { .. } | Stand::NeedsReview { .. }));
        !open && (world.posts[usize::from(attempt)] == 0 || asked_or_posted || world.said > 0)
    };
    resting && (0..ATTEMPTS).all(told)
}
