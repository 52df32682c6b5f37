//! The inputs kept in `corpus`: one of each kind, and every input that once found something. They run on every commit.

#![expect(clippy::print_stdout, reason = "the name of an input that ends the process")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use pierrot_fuzz::{Target, prepare, target};

/// A folder of inputs for one target; small, so that it runs in seconds.
fn inputs(target: &Target) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut found: Vec<_> =
        fs::read_dir(folder).expect("every target has inputs").flatten().map(|entry| entry.path()).collect();
    found.sort();
    assert!(found.len() > 3, "{} has too few inputs", target.name);
    found
}

/// A crash ends the process; the name that was told last is the input's.
fn run(name: &str) {
    prepare();
    let target = target(name).expect("a target of this name");
    for path in inputs(&target) {
        println!("{}", path.display());
        (target.run)(&fs::read(&path).expect("readable"));
    }
}

#[test]
fn every_known_answer_of_flickr_ends_as_a_value_or_an_error() {
    run("flickr");
}

#[test]
fn every_known_answer_of_x_ends_as_a_value_or_an_error() {
    run("x");
}

#[test]
fn every_known_record_folds_or_is_refused() {
    run("record");
}

#[test]
fn every_known_settings_file_reads_back_or_is_refused() {
    run("settings");
}

#[test]
fn every_known_text_becomes_a_caption_within_the_limit() {
    run("words");
}

#[test]
fn every_known_picture_becomes_fit_or_is_refused() {
    run("pictures");
}

#[test]
fn every_known_look_is_drawn_twice_the_same_or_refused() {
    run("looks");
}

#[test]
fn every_known_address_stays_within_its_reach() {
    run("addresses");
}
