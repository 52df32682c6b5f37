//! The page and the program speak of the same commands: the committed `bindings.ts` equals what the code would write.

use std::{error::Error, fs, path::Path};

#[test]
fn bindings_are_up_to_date() -> Result<(), Box<dyn Error>> {
    let committed = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/lib/host/bindings.ts"));
    let fresh = std::env::temp_dir().join(format!("pierrot-bindings-{}.ts", std::process::id()));
    crate::bindings::<tauri::Wry>().export(specta_typescript::Typescript::default(), &fresh)?;
    let text = fs::read_to_string(&fresh)?;
    fs::remove_file(&fresh)?;
    if std::env::var_os("PIERROT_WRITE_BINDINGS").is_some() {
        fs::write(committed, &text)?;
    }
    assert!(fs::read_to_string(committed)? == text, "bindings.ts is stale: run `make bindings`");
    Ok(())
}
