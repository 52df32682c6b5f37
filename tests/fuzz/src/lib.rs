//! What a fuzzer throws at Pierrot: every door through which bytes of strangers come in.
//!
//! A target takes bytes and returns; a panic, an abort, an overflow, too much memory or too much time is a crash. Targets use
//! public doors only, and check a law beside, where there is one: what is written reads back, what goes out keeps its limits.
//! The first line of an input chooses among the doors of its target. Absent: how inputs are made (`main`, with libFuzzer).

mod addresses;
mod answers;
mod flickr;
mod looks;
mod pictures;
mod record;
mod settings;
mod words;
mod x;

/// A door, by the name of the folder that its inputs lie in.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

pub const TARGETS: [Target; 8] = [
    Target { name: "flickr", run: flickr::run },
    Target { name: "x", run: x::run },
    Target { name: "record", run: record::run },
    Target { name: "settings", run: settings::run },
    Target { name: "words", run: words::run },
    Target { name: "pictures", run: pictures::run },
    Target { name: "looks", run: looks::run },
    Target { name: "addresses", run: addresses::run },
];

pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// To be called once before the first input. From then on every panic ends the process, also one that is caught further up;
/// only a picture decoder of somebody else may panic, which `looks` turns into an error.
pub fn prepare() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let foreign = panic.location().is_some_and(|place| place.file().contains("/registry/"));
        if !(foreign && pictures::under_way()) {
            told(panic);
            std::process::abort();
        }
    }));
}

/// The first line's bytes, and the rest.
fn parts(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    end.map_or((input, &[]), |end| (&input[..end], &input[end + 1..]))
}

/// Which of `count` doors the byte at `place` of the first line means: `a` is the first.
fn door(line: &[u8], place: usize, count: usize) -> usize {
    usize::from(line.get(place).copied().unwrap_or(b'a').wrapping_sub(b'a')) % count
}
