//! Promises kept by the real program, as a person or another program runs it, against the sandbox.

mod canaries;
mod catalogues;
mod contract;
mod copies;
mod looks;
mod own_words;
mod publishing;
mod records;
mod stage;
mod steady;
mod syncing;
mod upgrades;
