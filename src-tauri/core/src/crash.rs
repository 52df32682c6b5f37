//! Named places where the program may be made to die, for the crash tests and the demo.
//!
//! Nothing happens unless the environment variable `FAILPOINTS` names the place, as in
//! `FAILPOINTS='publish::after_post=return'`; then the process ends at once, as by a power cut: no destructor runs.

/// Dies here when asked to.
pub fn point(name: &str) {
    fail::fail_point!(name, |_| std::process::abort());
}

/// Whether any place was named; call once at the start of a program.
pub fn arm() {
    if std::env::var_os("FAILPOINTS").is_some() {
        // The scenario must outlive the process.
        std::mem::forget(fail::FailScenario::setup());
    }
}
