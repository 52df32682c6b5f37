//! Tells Tauri where the capabilities are, and the permissions they may name.

fn main() {
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/**/*");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*").app_manifest(manifest);
    tauri_build::try_build(attributes).expect("tauri.conf.json, the capabilities and the permissions are valid");
}
