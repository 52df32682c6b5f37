//! The laws, by the names of docs/proof.md.

use pierrot_core::fold::{Ending, Stand};
use stateright::Property;

use super::{
    log::{ATTEMPTS, Kind, Known, Line},
    world::{Small, World},
};

pub fn properties(only_double_posts: bool) -> Vec<Property<Small>> {
    let mut laws = vec![Property::always("I1: one post for a photo, one for a slot", |_, world: &World| {
        world.posts_of(None) <= 1 + world.again
    })];
    if !only_double_posts {
        laws.extend([
            Property::always("I2: what is recorded as posted exists", recorded_exists),
            Property::always(
                "I3: every request has a Sending of its own that counts",
                |small: &Small, world: &World| {
                    let known = small.known(&world.log);
                    (0..ATTEMPTS).all(|attempt| u32::from(world.sent[usize::from(attempt)]) <= known.sends(attempt))
                },
            ),
            Property::always("I6, I7, I9: the log keeps its laws", |small: &Small, world: &World| {
                small.known(&world.log).lawful
            }),
        ]);
    }
    laws
}

fn recorded_exists(small: &Small, world: &World) -> bool {
    let known = small.known(&world.log);
    let posted = |attempt: &u8| matches!(known.stand(*attempt), Some(Stand::Posted { .. }));
    (0..ATTEMPTS).filter(posted).all(|attempt| world.posts[usize::from(attempt)] > 0)
}

/// I6: posted is final. I7: Sending is left to Posted, to a review, or by the only sender's own word. I9: at most one attempt
/// is open for a photo and for the slot, and none for what is posted.
pub fn line_is_lawful(before: &Known, after: &Known, line: Line) -> bool {
    let steps = (0..ATTEMPTS).all(|attempt| match (before.stand(attempt), after.stand(attempt)) {
        (Some(Stand::Posted { .. }), stand) => matches!(stand, Some(Stand::Posted { .. })),
        (Some(Stand::Sending), Some(Stand::Ended(ending))) => {
            matches!(ending, Ending::Released(_))
                && before.sends(attempt) == 1
                && line.attempt == attempt
                && matches!(line.kind, Kind::Released(_))
        }
        (Some(Stand::Sending), stand) => {
            matches!(stand, Some(Stand::Sending | Stand::NeedsReview { .. } | Stand::Posted { .. }))
        }
        (None | Some(Stand::Claimed | Stand::NeedsReview { .. } | Stand::Ended(_)), _) => true,
    });
    let open = |attempt: &u8| {
        matches!(after.stand(*attempt), Some(Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. }))
    };
    // Every photo here has the same slot.
    steps && (0..ATTEMPTS).filter(open).count() <= 1
}
