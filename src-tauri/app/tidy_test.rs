//! House rules of the desktop package: what `tauri.conf.json` and the capabilities must never say.
//!
//! Source of the rules: Tauri's security guide and the advisories GHSA-7gmj-67g7-phm9 and CVE-2025-31477.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn the_page_runs_only_its_own_scripts_and_styles() -> Outcome {
    let config = json(&root().join("tauri.conf.json"))?;
    let csp = config["app"]["security"]["csp"].as_str().expect("the policy is one string");
    for forbidden in ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "*", "https:", "http://*"] {
        let found = csp.split([' ', ';']).any(|word| word.trim_matches('\'') == forbidden);
        assert!(!found, "the policy allows {forbidden}: {csp}");
    }
    for needed in [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: photo: http://photo.localhost",
        "object-src 'none'",
        "frame-src 'none'",
    ] {
        assert!(csp.split("; ").any(|rule| rule == needed), "the policy lacks {needed}: {csp}");
    }
    Ok(())
}

#[test]
fn the_settings_open_no_back_door() -> Outcome {
    let config = json(&root().join("tauri.conf.json"))?;
    let security = &config["app"]["security"];
    assert_eq!(config["app"]["withGlobalTauri"], false, "the page gets no global Tauri object");
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(security["capabilities"], serde_json::json!(["main"]), "only listed capabilities are active");
    assert_eq!(security["assetProtocol"], Value::Null, "the page reads no file by path");
    let keys = keys_of(&config);
    assert!(!keys.iter().any(|key| key.starts_with("dangerous")), "a dangerous key is set: {keys:?}");
    for window in config["app"]["windows"].as_array().expect("windows are a list") {
        assert_eq!(window["create"], false, "a window without the navigation guard: {window}");
        assert_eq!(window["devtools"], Value::Null, "devtools follow the build profile");
    }
    Ok(())
}

#[test]
fn capabilities_name_one_window_and_nothing_remote() -> Outcome {
    for path in capability_files()? {
        let capability = json(&path)?;
        let name = path.display();
        assert!(!keys_of(&capability).iter().any(|key| key == "remote"), "{name} opens commands to a web site");
        assert_eq!(capability["identifier"].as_str(), path.file_stem().and_then(|stem| stem.to_str()), "{name}");
        assert_eq!(capability["windows"].as_array().map(Vec::len), Some(1), "{name} is for one window");
        for permission in capability["permissions"].as_array().expect("permissions are a list") {
            let id = permission.as_str().or(permission["identifier"].as_str()).expect("a permission has a name");
            let plugin = id.split(':').next().filter(|_| id.contains(':')).unwrap_or_default();
            assert!(!["fs", "http", "shell", "process"].contains(&plugin), "{name} grants {id}");
            assert!(!id.contains('*'), "{name} grants {id}");
        }
    }
    Ok(())
}

#[test]
fn a_command_is_open_only_when_the_permission_names_it() -> Outcome {
    let source = fs::read_to_string(root().join("src-tauri/app/commands.rs"))?;
    let permission = fs::read_to_string(root().join("src-tauri/permissions/page.toml"))?;
    let capability = json(&root().join("src-tauri/capabilities/main.json"))?;
    let allowed = permission.lines().find_map(|line| line.strip_prefix("commands.allow = ")).expect("one list");
    let named: Vec<String> = serde_json::from_str(allowed)?;
    assert_eq!(command_names(&source), named, "commands.rs and page.toml, in one order");
    let events = ["page", "core:event:allow-listen", "core:event:allow-unlisten"];
    assert_eq!(capability["permissions"], serde_json::json!(events));
    Ok(())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn capability_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(root().join("src-tauri/capabilities"))?.collect::<Result<Vec<_>, _>>()?;
    let files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    assert!(files.iter().all(|file| file.extension().is_some_and(|end| end == "json")), "only JSON: {files:?}");
    assert!(!files.is_empty(), "there is a capability");
    Ok(files)
}

/// The name of every function below a `#[tauri::command]`.
fn command_names(source: &str) -> Vec<&str> {
    let below = source.split("#[tauri::command]").skip(1);
    below.filter_map(|text| text.split("fn ").nth(1)?.split(['<', '(']).next()).collect()
}

/// Every key at any depth.
fn keys_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, inner)| [vec![key.clone()], keys_of(inner)].concat()).collect()
        }
        Value::Array(list) => list.iter().flat_map(keys_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
