//! How fast the words and the catalogue are. Whole jobs are measured by `scripts/bench.sh`.

#[path = "parts/gallery.rs"]
mod gallery;

use divan::{Bencher, black_box};
use pierrot_core::{
    caption::{Facts, Template},
    catalogue::Catalogue,
    count,
    fold::Fold,
    log::{About, AttemptId, Fact, LogEntry, Read, VERSION},
    photo::PhotoId,
};
use rand::{SeedableRng, rngs::StdRng};

fn main() {
    divan::main();
}

fn id(number: u64) -> PhotoId {
    number.to_string().parse().expect("digits are an id")
}

/// One uniform choice among so many photos; the goal is 1 ms at a million.
#[divan::bench(args = [1_000, 100_000, 1_000_000])]
fn choose(bencher: Bencher<'_, '_>, photos: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let catalogue = Catalogue::open(&folder.path().join("catalogue.redb")).expect("a new one");
    catalogue.make_pool("x", "bench", (0..photos).map(|n| id(50_000_000_000 + n))).expect("room");
    let mut dice = StdRng::seed_from_u64(7);
    bencher.bench_local(|| catalogue.pick("x", &[], &mut dice).expect("readable").expect("one is left"));
}

/// Folding a log of so many entries, as at every start.
#[divan::bench(args = [100, 10_000])]
fn fold_log(bencher: Bencher<'_, '_>, entries: u64) {
    let reads: Vec<Read> = (1..=entries).map(|seq| Read::Entry(Box::new(claim(seq)))).collect();
    bencher.bench_local(|| {
        let mut fold = Fold::default();
        for (read, seq) in reads.iter().zip(1..) {
            fold.apply(seq, "sha", read).expect("in order");
        }
        fold
    });
}

fn claim(seq: u64) -> LogEntry {
    let about = About {
        attempt: AttemptId(format!("{seq:032x}")),
        photo: id(seq),
        target: "x".into(),
        account: Some("x:1".into()),
    };
    LogEntry {
        v: VERSION,
        seq,
        prev: None,
        at: "2026-11-20T21:00:00Z".into(),
        computer: "c".into(),
        writer: "w".into(),
        fact: Fact::Claimed { about, number: 1, slot: format!("x/{seq}"), look: None },
    }
}

/// A caption of a long description, trimmed to 280.
#[divan::bench]
fn caption(bencher: Bencher<'_, '_>) {
    let description = "The wind dropped at sunset, and the water went almost flat. ".repeat(40);
    let template = Template::parse("{title}: {description}").expect("it parses");
    let facts = Facts {
        title: "Last light",
        description: &description,
        tags: &[],
        date_taken: None,
        url: "https://example.org",
    };
    bencher.bench_local(|| template.caption(black_box(&facts), 280, false));
}

#[divan::bench]
fn weighted_length(bencher: Bencher<'_, '_>) {
    let text = "Fog over the Douro, 6 October 2013 🌫️ ポルト #Porto ".repeat(4);
    bencher.bench_local(|| count::weighted_length(black_box(&text)));
}
