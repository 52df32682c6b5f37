//! libFuzzer on the target that `PIERROT_FUZZ` names. Built and started by scripts/fuzz.sh, which also measures coverage.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use pierrot_fuzz::{Target, prepare, target};

static CHOSEN: OnceLock<Target> = OnceLock::new();

fuzz_target!(
    init: {
        // After libFuzzer's own, which would end at panics that are meant to be caught.
        prepare();
        let name = std::env::var("PIERROT_FUZZ").unwrap_or_default();
        let chosen = target(&name).expect("PIERROT_FUZZ names a target");
        CHOSEN.get_or_init(|| chosen);
    },
    |input: &[u8]| {
        if let Some(chosen) = CHOSEN.get() {
            (chosen.run)(input);
        }
    }
);
