//! What the jobs ask of the folded log about attempts.

use std::collections::HashSet;

use super::{Attempt, Ending, Fold, Hold, Stand, keys};
use crate::{log::About, photo::PhotoId};

impl Fold {
    /// How many publications to a target wait for the photographer's answer.
    pub fn open_reviews(&self, target: &str) -> usize {
        let open = |stand: &Stand| matches!(stand, Stand::NeedsReview { .. });
        self.attempts().filter(|attempt| attempt.about.target == target && open(&attempt.stand)).count()
    }

    /// How many posts Pierrot made to a target.
    pub fn posts_to(&self, target: &str) -> usize {
        let posted =
            |attempt: &&Attempt| attempt.about.target == target && matches!(attempt.stand, Stand::Posted { .. });
        self.attempts().filter(posted).count()
    }

    /// The last attempt at a photo for a target.
    pub fn newest_attempt(&self, photo: &PhotoId, target: &str) -> Option<&Attempt> {
        let ours = |about: &About| about.photo == *photo && about.target == target;
        self.attempts().filter(|attempt| ours(&attempt.about)).max_by_key(|attempt| attempt.number)
    }

    /// Whether nothing is left to do for a photo at a target: it is posted or marked there, or was rejected or skipped.
    pub fn is_over(&self, photo: &PhotoId, target: &str, account: Option<&str>) -> bool {
        keys(target, account).any(|key| match self.photos.get(&(key, photo.clone())) {
            Some(Hold::By(attempt)) => {
                self.attempt(attempt).is_some_and(|attempt| matches!(attempt.stand, Stand::Posted { .. }))
            }
            Some(Hold::Closed | Hold::Published) => true,
            None => false,
        })
    }

    /// Photos a person said must go out again and that have not been tried since.
    pub fn wanted_again(&self, target: &str) -> Vec<PhotoId> {
        let wanted = |attempt: &&Attempt| {
            let about = &attempt.about;
            about.target == target
                && attempt.stand == Stand::Ended(Ending::PostAgain)
                && self.newest_attempt(&about.photo, target).is_some_and(|newest| newest.about == *about)
                && self.is_free(&about.photo, target, about.account.as_deref())
        };
        self.attempts().filter(wanted).map(|attempt| attempt.about.photo.clone()).collect()
    }

    /// Posts the record knows, which reading back must not take for the one it looks for.
    pub fn known_posts(&self) -> HashSet<String> {
        self.attempts().filter_map(|attempt| posted(attempt).map(|(id, _)| id.to_owned())).collect()
    }

    /// Texts a target has posted.
    pub fn known_texts(&self, target: &str) -> HashSet<String> {
        let ours = self.attempts().filter(|attempt| attempt.about.target == target);
        ours.filter_map(|attempt| posted(attempt).map(|(_, text)| text.to_owned())).collect()
    }
}

/// Id and text of the post an attempt ended with.
fn posted(attempt: &Attempt) -> Option<(&str, &str)> {
    match &attempt.stand {
        Stand::Posted { post_id, text, .. } => Some((post_id, text)),
        Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_) => None,
    }
}
