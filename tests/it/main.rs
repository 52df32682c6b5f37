//! House rules and promises that no single crate can keep alone.

mod house;
mod lane;
mod mosaics;
mod notices;
mod own_words;
mod rollback;
mod schedule;
mod stage;
