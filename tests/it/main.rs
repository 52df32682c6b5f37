//! House rules and promises that no single crate can keep alone.

mod house;
mod notices;
mod own_words;
mod schedule;
mod stage;
