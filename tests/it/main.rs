//! House rules and promises that no single crate can keep alone.

mod house;
mod schedule;
mod stage;
