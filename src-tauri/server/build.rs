//! Sees to it that `ui/dist` is there: its place is looked up while compiling, also before the page was ever built.

fn main() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist");
    if let Err(error) = std::fs::create_dir_all(page) {
        println!("cargo::warning=the folder of the page cannot be made ({page}: {error})");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={page}");
}
