//! The promise, shown by machine: nothing is ever posted twice and nothing is lost.
//!
//! Each proof is a function of numbers and returns a report; `main` prints the report as one JSON line and fails when anything
//! was violated. Small numbers run with the tests of every commit, large ones are reported in docs/proof.md.
//! Absent: knowledge of how the engine keeps the promise. The proofs stand on its public doors.

pub mod contest;
pub mod disk;
pub mod drill;
pub mod folder_disk;
pub mod history;
pub mod kills;
pub mod model;
pub mod powercuts;
pub mod program;
pub mod simulate;

/// A folder for files that may vanish, in memory where the system has such a place: a simulated disk needs no real one.
pub fn scratch() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}
