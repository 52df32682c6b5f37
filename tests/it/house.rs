//! The shape of the house: who may know whom, and what must not be in the tree.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the root").to_owned()
}

/// Everything a package is built from.
fn tree(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_arrows_point_one_way() {
    for (package, strangers) in [
        ("pierrot-core", &["tauri", "wry", "tao", "clap", "axum", "indicatif", "pierrot-sandbox", "pierrot-cli"][..]),
        ("pierrot-looks", &["tokio", "reqwest", "redb", "pierrot-core"]),
        ("pierrot-tiles", &["tokio", "reqwest", "clap", "pierrot-core"]),
        ("pierrot-sandbox", &["pierrot-core", "pierrot-looks", "redb", "tauri"]),
        ("pierrot-server", &["tauri", "wry", "clap", "pierrot-sandbox", "pierrot-cli"]),
        ("pierrot-cli", &["tauri", "wry"]),
        ("pierrot-desktop", &["clap", "axum", "pierrot-cli", "pierrot-server"]),
    ] {
        let known = tree(package);
        for stranger in strangers {
            assert!(!known.contains(*stranger), "{package} must not know {stranger}");
        }
    }
}

#[test]
fn one_tls_stack_and_no_foreign_sources() {
    let known = tree("pierrot-cli");
    for unwanted in ["openssl-sys", "native-tls", "hyper-tls"] {
        assert!(!known.contains(unwanted), "{unwanted} came in");
    }
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("committed");
    for source in lock.lines().filter(|line| line.starts_with("source = ")) {
        assert!(source.contains("registry+https://github.com/rust-lang/crates.io-index"), "{source}");
    }
}

/// Every Rust file says in its first line what it is.
#[test]
fn every_module_introduces_itself() {
    let mut folders = vec![root().join("src-tauri"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                assert!(text.starts_with("//!") || text.starts_with("#!["), "{} has no introduction", path.display());
            }
        }
    }
}
