//! `pierrot look thumb`: small versions of many files, a few files at a time.
//!
//! Invariant: a file that cannot be read stops no other; a thumbnail stands under its name only when it is complete.
//! Absent: pixels, which are the looks' own.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use clap::Args;
use pierrot_core::{Error, settings::Settings};
use pierrot_looks::{Format, Mode, PictureError, Size, Wanted, Work, content_hash, key, thumbs};
use serde_json::{Value, json};

use super::{
    cache,
    measured::{Phases, peak_memory},
    text, threads,
};
use crate::output::Answer;

/// No photo is larger; what is, would only fill the memory.
const FILE_BYTES_MAX: u64 = 256 << 20;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Pictures: JPEG, PNG, GIF or WebP
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// 512 (a square that holds the picture whole), 300x200, 300xauto, autox200, 300x200:fill (cut to that shape);
    /// a plain `fill` in the list cuts all of WxH; or a name from [sizes] in config.toml. Never larger than the picture. All come from
    /// one decoding, as large as the largest needs: the same list gives the same bytes, another list may differ in the last bits
    #[arg(long, value_name = "LIST", default_value = "256,512,1024", value_parser = sizes)]
    sizes: Sizes,
    /// Where the files go; each is called HASH_WxH.jpg, HASH being the SHA-256 of the picture, with the size as it was asked for:
    /// `512` is 512x512, `300xauto` 300xauto, `300x200:fill` 300x200-fill
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// jpg (transparency lies on white), png or webp (lossless, transparency kept)
    #[arg(long, default_value = "jpg")]
    format: Format,
    /// Quality of JPEG files
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,
    /// Take the folder as a cache of at most so many MB: what is there under its name is not made again, what was used longest
    /// ago goes, but nothing that was asked for now
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    cache_mb: Option<u64>,
    /// Pictures worked on at once [default: as many as the computer has cores]
    #[arg(long, value_parser = super::thread_count)]
    threads: Option<usize>,
}

/// A list of sizes, as one argument, with the names in it that settings have to tell.
#[derive(Clone, Debug, Default)]
struct Sizes {
    sizes: Vec<Size>,
    names: Vec<String>,
}

fn sizes(text: &str) -> Result<Sizes, String> {
    let (mut sizes, mut names) = (Vec::new(), Vec::new());
    let mut mode = Mode::Fit;
    for word in text.split(',').map(str::trim) {
        match word {
            "fit" => mode = Mode::Fit,
            "fill" => mode = Mode::Fill,
            name if name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.starts_with("autox") => {
                names.push(name.to_owned());
            }
            _ => sizes.push((word.parse::<Size>()?, word.contains('x') && !word.contains(':'))),
        }
    }
    let both = |size: &Size| size.width.is_some() && size.height.is_some();
    let sizes: Vec<Size> = sizes
        .into_iter()
        .map(|(size, plain)| if plain && both(&size) { Size { mode, ..size } } else { size })
        .collect();
    if sizes.is_empty() && names.is_empty() {
        return Err("at least one size is needed, such as 512".into());
    }
    Ok(Sizes { sizes, names })
}

impl Arguments {
    /// Whether settings are needed to know the sizes.
    pub fn wants_settings(&self) -> bool {
        !self.sizes.names.is_empty()
    }

    /// The same with all sizes known.
    pub fn with_settings(&self, settings: &Settings) -> Result<Self, Error> {
        let mut asked = self.clone();
        for name in std::mem::take(&mut asked.sizes.names) {
            let size = settings.sizes.get(&name).and_then(|size| size.parse().ok()).ok_or_else(|| {
                let known: Vec<&str> = settings.sizes.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "there is none yet".into() } else { format!("known: {}", known.join(", ")) };
                Error::settings(
                    format!("\"{name}\" is no size by name ({known})."),
                    format!("Use a size such as 512 or 300x200:fill, or add {name} = \"512x512:fill\" to [sizes] in config.toml."),
                )
            })?;
            asked.sizes.sizes.push(size);
        }
        Ok(asked)
    }
}

/// What became of one file: the paths of its thumbnails, or a sentence.
type Outcome = Result<Vec<PathBuf>, String>;

/// Makes all thumbnails of all files.
pub fn run(asked: &Arguments, stop: &AtomicBool) -> Answer {
    if let Err(error) = fs::create_dir_all(&asked.out) {
        let said = format!("The folder {} cannot be made ({error}).", asked.out.display());
        return Error::failed(said, "Name another with --out.").into();
    }
    let next = AtomicUsize::new(0);
    let count = threads(asked.threads).min(asked.inputs.len());
    let (mut outcomes, mut clocks) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(|| worker(asked, &next, stop))).collect();
        for (done, clock) in workers.into_iter().filter_map(|worker| worker.join().ok()) {
            outcomes.extend(done);
            clocks.push(clock);
        }
    });
    outcomes.sort_by_key(|(index, _)| *index);
    let made = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).flatten().cloned().collect();
    let trimmed = asked.cache_mb.map_or(Ok(()), |megabytes| cache::trim(&asked.out, megabytes << 20, &made).map(drop));
    answer(asked, &outcomes, Phases::milliseconds(clocks), trimmed.err())
}

fn worker(asked: &Arguments, next: &AtomicUsize, stop: &AtomicBool) -> (Vec<(usize, Outcome)>, Phases) {
    let (mut done, clock) = (Vec::new(), Phases::default());
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(input) = asked.inputs.get(index) else { return (done, clock) };
        done.push((index, one(asked, input, index, stop, &clock)));
    }
}

fn one(asked: &Arguments, input: &Path, index: usize, stop: &AtomicBool, clock: &Phases) -> Outcome {
    if stop.load(Ordering::Relaxed) {
        return Err(PictureError::Stopped.to_string());
    }
    clock.enter("read");
    let picture = super::read(input, FILE_BYTES_MAX)?;
    let work =
        Work { cancelled: &|| stop.load(Ordering::Relaxed), phase: &|name| clock.enter(name), ..Work::UNWATCHED };
    clock.enter("hash");
    let hash = content_hash(&picture);
    let path = |size: Size| asked.out.join(key(&hash, size, asked.format));
    let there = |size: &Size| asked.cache_mb.is_some() && cache::use_again(&path(*size));
    let missing: Vec<Size> = asked.sizes.sizes.iter().copied().filter(|size| !there(size)).collect();
    if !missing.is_empty() {
        let wanted = Wanted { sizes: missing, format: asked.format, quality: asked.quality };
        let made = thumbs(&picture, &wanted, &work).map_err(|error| error.to_string())?;
        clock.enter("write");
        for thumb in &made {
            super::write(&path(thumb.size), index, &thumb.bytes)?;
        }
    }
    Ok(asked.sizes.sizes.iter().map(|size| path(*size)).collect())
}

fn answer(asked: &Arguments, outcomes: &[(usize, Outcome)], milliseconds: Value, not_trimmed: Option<Error>) -> Answer {
    let (mut files, mut errors, mut said) = (Vec::new(), Vec::new(), String::new());
    let mut count = 0;
    for (index, outcome) in outcomes {
        let input = &asked.inputs[*index];
        match outcome {
            Ok(paths) => {
                count += paths.len();
                let paths: Vec<String> = paths.iter().map(|path| text(path)).collect();
                files.push(json!({ "input": text(input), "thumbnails": paths }));
            }
            Err(why) => {
                said.push_str(&format!("{}: {why}\n", input.display()));
                errors.push(json!({ "input": text(input), "message": why }));
            }
        }
    }
    let failed = errors.len();
    let value = json!({
        "pictures": asked.inputs.len(), "thumbnails": count, "failed": failed, "files": files, "errors": errors,
        "milliseconds": milliseconds, "peak_memory": peak_memory(),
    });
    let words = format!("Thumbnails: {count}, of {} pictures, in {}.", files.len(), asked.out.display());
    let error = (failed > 0).then(|| {
        let what_now = match (files.is_empty(), failed) {
            (true, 1) => "No thumbnail is whole: mend what the sentence names, then run it again.",
            (true, _) => "No thumbnail is whole: mend what the sentences name, then run it again.",
            (false, _) => "All others are done.",
        };
        Error::failed(said.trim_end(), what_now)
    });
    Answer::done(value, words).stopped_by(error.or(not_trimmed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_in_the_list_is_for_all_boxes_that_have_none_of_their_own() {
        let names = |text: &str| sizes(text).expect(text).sizes.iter().map(Size::to_string).collect::<Vec<_>>();
        assert_eq!(names("256,30x20,fill"), ["256x256", "30x20-fill"]);
        assert_eq!(names("30x20:fit,9xauto,40x30,fill"), ["30x20", "9xauto", "40x30-fill"]);
        assert_eq!(names("30x20,fit"), ["30x20"]);
        assert!(sizes("fill").is_err() && sizes("30x20,,").is_err());
        assert_eq!(sizes("card,30x20").expect("a name").names, ["card"]);
    }
}
