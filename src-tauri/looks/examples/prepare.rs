//! Prepares one file and says what came out: `prepare IN OUT [SIDE_MAX] [BYTES_MAX]`. For measuring and for looking.
//!
//! The only place in this crate that reads and writes files; nothing depends on it.

use std::error::Error;
use std::io::Write;

use pierrot_looks::{Limits, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, limits @ ..] = words.as_slice() else {
        return Err("usage: prepare IN OUT [SIDE_MAX] [BYTES_MAX]".into());
    };
    let mut chosen = Limits::default();
    if let Some(side) = limits.first() {
        chosen.side_max = side.parse()?;
    }
    if let Some(bytes) = limits.get(1) {
        chosen.bytes_max = bytes.parse()?;
    }
    let prepared = prepare(&std::fs::read(from)?, &chosen)?;
    std::fs::write(to, &prepared.bytes)?;
    let how = if prepared.reencoded { "encoded again" } else { "image data untouched" };
    let (width, height, size) = (prepared.width, prepared.height, prepared.bytes.len());
    let facts = format!("{} {width} x {height}, {size} bytes, {how}, {:?}\n", prepared.mime, prepared.kept);
    std::io::stdout().write_all(facts.as_bytes())?;
    Ok(())
}
