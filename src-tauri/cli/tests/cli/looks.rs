//! `pierrot look`, as another program runs it: no home, no account, one bad file stops no other.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::stage::Stage;

/// One white pixel.
const DOT: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;";

fn look(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let home = folder.join("no-home");
    let output = Command::new(env!("CARGO_BIN_EXE_pierrot"))
        .args(["--json", "look"])
        .args(arguments)
        .current_dir(folder)
        .env("PIERROT_HOME", &home)
        .output()
        .expect("the program starts");
    assert!(!home.exists(), "a look makes no home");
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("one JSON object"))
}

#[test]
fn one_bad_file_fails_the_batch_after_all_others_are_done() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [("a.gif", DOT), ("bad.jpg", &b"\xFF\xD8\xFF"[..]), ("b.gif", DOT)] {
        std::fs::write(folder.path().join(name), bytes).expect("writable");
    }
    let inputs = ["thumb", "a.gif", "bad.jpg", "missing.png", "b.gif", "--sizes", "256,40x30,fill", "--out", "thumbs"];
    let (status, said) = look(folder.path(), &inputs);
    assert_eq!(status, Some(1), "{said}");
    assert_eq!((&said["pictures"], &said["thumbnails"], &said["failed"]), (&4.into(), &4.into(), &2.into()));
    for path in said["files"][0]["thumbnails"].as_array().expect("paths") {
        assert!(folder.path().join(path.as_str().expect("a path")).is_file());
    }
    let bad: Vec<_> = said["errors"].as_array().expect("errors").iter().map(|error| &error["input"]).collect();
    assert_eq!(bad, ["bad.jpg", "missing.png"]);
    assert!(said["milliseconds"]["decode"].is_number(), "{said}");
}

#[test]
fn a_folder_can_be_a_cache_with_sizes_by_name_and_a_budget() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    std::fs::create_dir(&home).expect("a folder");
    std::fs::write(home.join("config.toml"), "[sizes]\ncard = \"40x30:fill\"\n").expect("writable");
    std::fs::write(folder.path().join("a.gif"), patch(3)).expect("writable");
    let look = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pierrot"));
        command.args(["--json", "look"]).args(arguments).current_dir(folder.path()).env("PIERROT_HOME", &home);
        let output = command.output().expect("the program starts");
        let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        (output.status.code(), said)
    };
    let (status, said) = look(&["thumb", "a.gif", "--sizes", "4,card", "--out", "cache", "--cache-mb", "1"]);
    assert_eq!(status, Some(0), "{said}");
    let paths = said["files"][0]["thumbnails"].as_array().expect("paths").clone();
    let small = folder.path().join(paths[0].as_str().expect("a path"));
    assert!(paths[1].as_str().expect("a path").ends_with("_40x30-fill.jpg"), "{paths:?}");
    std::fs::write(&small, "as it was").expect("writable");
    look(&["thumb", "a.gif", "--sizes", "4", "--out", "cache", "--cache-mb", "1"]);
    assert_eq!(std::fs::read_to_string(&small).expect("there"), "as it was", "what is there is not made again");
    look(&["thumb", "a.gif", "--sizes", "4", "--out", "cache"]);
    assert!(std::fs::read(&small).expect("there").starts_with(&[0xFF, 0xD8]), "without --cache-mb it is");

    std::fs::write(folder.path().join("cache/mine.jpg"), "a photo of mine").expect("writable");
    let (status, said) = look(&["purge", "cache"]);
    assert_eq!((status, &said["removed"], &said["kept"]), (Some(0), &2.into(), &0.into()), "{said}");
    assert!(folder.path().join("cache/mine.jpg").exists());
    let (status, said) = look(&["thumb", "a.gif", "--sizes", "poster", "--out", "cache"]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said["error"]["message"].as_str().expect("a sentence").contains("known: card"), "{said}");
}

#[test]
fn dithering_says_its_recipe_and_any_number_of_threads_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.gif"), DOT).expect("writable");
    let out = |threads: &str, name: &str| {
        let arguments = ["dither", "a.gif", "--out", name, "--palette", "c64", "--threads", threads];
        let (status, said) = look(folder.path(), &arguments);
        assert_eq!(status, Some(0), "{said}");
        assert_eq!(said["recipe"]["colours"]["preset"], "c64");
        std::fs::read(folder.path().join(name)).expect("written")
    };
    assert_eq!(out("1", "one.png"), out("2", "two.png"));
    for arguments in
        [&["dither", "a.gif", "--out", "x.bmp"][..], &["dither", "a.gif", "--out", "x.png", "--palette", "no"]]
    {
        let (status, said) = look(folder.path(), arguments);
        assert_eq!((status, said["error"]["code"].as_str()), (Some(2), Some("fix_settings")), "{said}");
    }
}

#[test]
fn the_lists_name_what_can_be_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, methods) = look(folder.path(), &["methods"]);
    assert!(methods["methods"].as_array().expect("a list").len() >= 20);
    let (_, palettes) = look(folder.path(), &["palettes"]);
    assert!(palettes["palettes"].as_array().expect("a list").iter().any(|palette| palette["name"] == "game-boy"));
}

/// A GIF of 8 x 8 pixels in one of 64 colours; nothing is packed, so no encoder is needed.
fn patch(colour: usize) -> Vec<u8> {
    let mut gif = b"GIF89a\x08\0\x08\0\xf5\0\0".to_vec();
    for nth in 0..64_usize {
        gif.extend([nth & 3, (nth >> 2) & 3, nth >> 4].map(|level| (level * 85) as u8));
    }
    gif.extend(b",\0\0\0\0\x08\0\x08\0\0\x06");
    // Codes of 7 bits: clear (64), one pixel, clear, one pixel, ..., end (65).
    let codes = (0..64).flat_map(|_| [64, colour]).chain([65]);
    let (mut bits, mut count, mut data) = (0_u32, 0, Vec::new());
    for code in codes {
        bits |= (code as u32) << count;
        count += 7;
        while count >= 8 {
            data.push(bits as u8);
            bits >>= 8;
            count -= 8;
        }
    }
    data.push(bits as u8);
    gif.push(data.len() as u8);
    gif.extend(&data);
    gif.extend(b"\0;");
    gif
}

#[test]
fn a_mosaic_comes_with_pieces_a_small_version_and_a_protocol() {
    let folder = tempfile::tempdir().expect("a folder");
    let tiles = folder.path().join("tiles");
    std::fs::create_dir(&tiles).expect("a folder");
    for colour in 0..64 {
        std::fs::write(tiles.join(format!("{colour:02}.gif")), patch(colour)).expect("writable");
    }
    std::fs::write(tiles.join("bad.jpg"), b"\xFF\xD8\xFF").expect("writable");
    let (status, said) = look(folder.path(), &["tiles", "tiles", "--index", "tiles.index", "--cell-px", "32"]);
    assert_eq!((status, &said["tiles"], &said["failed"]), (Some(1), &64.into(), &1.into()), "{said}");

    let arguments = [
        "mosaic",
        "--target",
        "tiles/07.gif",
        "--index",
        "tiles.index",
        "--cells",
        "9",
        "--cell",
        "32x32",
        "--out",
        "out/m.png",
        "--dzi",
        "zoom",
        "--web",
        "web.jpg",
        "--protocol",
        "protocol.json",
        "--adjust",
        "50",
    ];
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    let (status, said) = look(folder.path(), &arguments);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!((&said["rows"], &said["width"]), (&9.into(), &288.into()), "rows follow from the picture: {said}");
    for path in [
        "out/m.png",
        "web.jpg",
        "web-1200.jpg",
        "web-120.jpg",
        "zoom/mosaic.dzi",
        "zoom/mosaic_files/9/1_1.jpg",
        "zoom/mosaic_files/0/0_0.jpg",
    ] {
        assert!(folder.path().join(path).is_file(), "{path}");
    }
    let page = std::fs::read_to_string(folder.path().join("zoom/index.html")).expect("a page");
    assert!(page.contains("\"columns\":9") && !page.contains("MOSAIC"));
    let protocol = std::fs::read(folder.path().join("protocol.json")).expect("a protocol");
    let protocol: Value = serde_json::from_slice(&protocol).expect("JSON");
    let cells = protocol["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 81);
    assert!(cells.iter().all(|cell| Path::new(cell["tile"].as_str().expect("a path")).is_file()));
    assert!(cells[0]["adjust"].is_array() && cells[0]["distance"].is_number());
}

#[test]
fn every_layout_covers_the_same_picture_and_says_what_lies_where() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("tiles")).expect("a folder");
    for colour in 0..64 {
        std::fs::write(folder.path().join(format!("tiles/{colour:02}.gif")), patch(colour)).expect("writable");
    }
    for layout in ["brick", "collage", "adaptive"] {
        let arguments = [
            "mosaic",
            "--target",
            "tiles/07.gif",
            "--tiles",
            "tiles",
            "--cells",
            "8x8",
            "--cell-px",
            "16",
            "--distance",
            "1",
            "--layout",
            layout,
            "--seconds",
            "1",
            "--out",
            "m.png",
            "--protocol",
            "p.json",
            "--dzi",
            "zoom",
        ];
        let (status, said) = look(folder.path(), &arguments);
        assert_eq!((status, &said["width"], &said["height"]), (Some(0), &128.into(), &128.into()), "{said}");
        let protocol: Value =
            serde_json::from_slice(&std::fs::read(folder.path().join("p.json")).expect("written")).expect("JSON");
        let cells = protocol["cells"].as_array().expect("cells");
        assert_eq!(said["cells"], cells.len(), "{layout}");
        assert!(cells.iter().all(|cell| cell["left"].is_i64() && cell["side"].as_u64() >= Some(16)), "{layout}");
        let inside = |cell: &Value, name| cell[name].as_u64().is_some_and(|at| at < 8);
        assert!(cells.iter().all(|cell| inside(cell, "x") && inside(cell, "y")), "{layout}: the cell it lies over");
        let page = std::fs::read_to_string(folder.path().join("zoom/index.html")).expect("a page");
        assert!(page.contains("\"squares\":[["), "{layout}");
    }
    let (status, said) = look(
        folder.path(),
        &["mosaic", "--target", "a", "--tiles", "t", "--cells", "3", "--layout", "x", "--out", "m.png"],
    );
    assert_eq!(status, Some(2));
    assert!(said["error"]["message"].as_str().expect("a sentence").contains("collage"), "{said}");
}

#[test]
fn what_cannot_be_laid_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("tiles")).expect("a folder");
    std::fs::write(folder.path().join("tiles/a.gif"), patch(1)).expect("writable");
    let mosaic = |more: &[&str]| {
        let arguments = ["mosaic", "--target", "tiles/a.gif", "--tiles", "tiles", "--out", "m.jpg"];
        let (status, said) = look(folder.path(), &[&arguments[..], more].concat());
        (status, said["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    for (more, status, words) in [
        (&["--cells", "3x3"][..], 1, "too few"),
        (&["--cells", "200x200", "--cell-px", "128"], 1, "20000 pixels a side"),
        (&["--cells", "3x3", "--cell", "32x16"], 2, "cells are squares"),
        (&["--scale", "0"], 2, "larger"),
        (&[], 2, "--cells"),
    ] {
        let (code, said) = mosaic(more);
        assert!(code == Some(status) && said.contains(words), "{more:?}: {code:?} {said}");
    }
    assert!(!folder.path().join("m.jpg").exists());
    // Copies are one tile, and a name without a dot is a name.
    (0..8)
        .for_each(|copy| std::fs::write(folder.path().join(format!("tiles/{copy}.gif")), patch(1)).expect("writable"));
    assert_eq!(mosaic(&["--cells", "3x3"]).0, Some(1));
    let (status, said) =
        look(folder.path(), &["mosaic", "--target", "sunset", "--tiles", "tiles", "--cells", "2", "--out", "m.jpg"]);
    assert!(status == Some(1) && said["error"]["message"].to_string().contains("sunset"), "{said}");
    let arguments = ["dither", "tiles/a.gif", "--out", "d.png", "--compat", "--strength", "5"];
    assert_eq!(look(folder.path(), &arguments).0, Some(2), "the old way has no strength");
}

#[tokio::test]
async fn the_library_can_be_the_tiles_and_a_photo_the_target() {
    let stage = Stage::new().await;
    assert_eq!(stage.run(&["sync"]).await.status, Some(0));
    let photos = stage.run(&["photos"]).await.json;
    let photo = photos["photos"][0]["photo_id"].as_str().expect("an id").to_owned();
    let out = stage.folder().join("m.jpg");
    let protocol = stage.folder().join("p.json");
    let arguments = [
        "look",
        "mosaic",
        "--target",
        &photo,
        "--scale",
        "0.1",
        "--cell-px",
        "32",
        "--distance",
        "1",
        "--out",
        &out.display().to_string(),
        "--protocol",
        &protocol.display().to_string(),
    ];
    let said = stage.run(&arguments).await;
    assert_eq!(said.status, Some(0), "{}", said.stderr);
    assert!(out.is_file());
    let protocol: Value = serde_json::from_slice(&std::fs::read(protocol).expect("written")).expect("JSON");
    assert!(protocol["cells"][0]["photo"].is_string(), "{protocol}");
}

#[test]
fn nothing_that_is_there_is_lost_to_what_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    for name in ["tiles", "site"] {
        std::fs::create_dir(at(name)).expect("a folder");
    }
    for colour in 0..64 {
        std::fs::write(at(&format!("tiles/{colour:02}.gif")), patch(colour)).expect("writable");
    }
    std::fs::write(at("photo.gif"), patch(9)).expect("writable");
    std::fs::write(at("photo.png"), "a photo of mine").expect("writable");
    std::fs::write(at("site/index.html"), "a page of mine").expect("writable");
    let mosaic = ["mosaic", "--target", "photo.png", "--tiles", "tiles", "--cells", "2", "--out"];
    let cases: [(&[&str], &str); 6] = [
        (&["dither", "photo.gif", "--out", "./photo.gif"], "photo.gif"),
        (&[&mosaic[..], &["tiles/../photo.png"]].concat(), "photo.png"),
        (
            &["mosaic", "--target", "photo.gif", "--tiles", "tiles", "--cells", "2", "--out", "m.png", "--dzi", "site"],
            "site",
        ),
        (&["mosaic", "--target", "photo.gif", "--tiles", ".", "--cells", "2", "--out", "photo.png"], "photo.png"),
        (&[&mosaic[..], &["m.png", "--protocol", "m.png"]].concat(), "m.png"),
        (&[&mosaic[..], &["m-120.jpg", "--web", "m.jpg"]].concat(), "m-120.jpg"),
    ];
    for (arguments, named) in cases {
        let (status, said) = look(folder.path(), arguments);
        let message = said["error"]["message"].as_str().unwrap_or_default();
        assert!(status == Some(2) && message.contains(named), "{arguments:?}: {said}");
    }
    std::fs::write(at("tiles/copy.gif"), patch(7)).expect("writable");
    assert_eq!(look(folder.path(), &["tiles", "tiles", "--index", "i"]).0, Some(0));
    let mosaic = ["mosaic", "--target", "photo.gif", "--index", "i", "--cells", "2", "--distance", "0", "--out"];
    for tile in ["tiles/07.gif", "tiles/copy.gif"] {
        let (status, said) = look(folder.path(), &[&mosaic[..], &["m.jpg", "--protocol", tile]].concat());
        assert!(status == Some(2) && said["error"]["message"].to_string().contains(tile), "{said}");
        assert_eq!(std::fs::read(at(tile)).expect("there"), patch(7));
    }
    assert_eq!(
        look(folder.path(), &[&mosaic[..], &["m.jpg", "--crops", "3"]].concat()).0,
        Some(2),
        "it is laid already"
    );
    for _ in 0..2 {
        assert_eq!(look(folder.path(), &[&mosaic[..], &["tiles/mosaic.jpg"]].concat()).0, Some(0), "it is no tile");
    }
    assert_eq!(std::fs::read_to_string(at("photo.png")).expect("there"), "a photo of mine");
    assert_eq!(std::fs::read_to_string(at("site/index.html")).expect("there"), "a page of mine");
    assert_eq!(std::fs::read(at("photo.gif")).expect("there"), patch(9));
}

#[test]
fn films_and_notes_beside_photos_are_no_tiles_and_no_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join("tiles").join(path);
    std::fs::create_dir(at("")).expect("a folder");
    for (name, bytes) in
        [("a.gif", patch(3)), ("no-end", patch(4)), ("notes.txt", b"x".to_vec()), ("film.mp4", vec![0; 99])]
    {
        std::fs::write(at(name), bytes).expect("writable");
    }
    let (status, said) = look(folder.path(), &["tiles", "tiles", "--index", "t.index"]);
    assert_eq!((status, &said["tiles"], &said["failed"]), (Some(0), &2.into(), &0.into()), "{said}");
}

#[test]
fn what_a_kill_left_of_the_pieces_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    std::fs::create_dir(at("tiles")).expect("a folder");
    std::fs::write(at("tiles/a.gif"), patch(3)).expect("writable");
    std::fs::create_dir_all(at("site/mosaic_files/0")).expect("a folder");
    let mosaic = |more: &str| {
        let words =
            format!("mosaic --target tiles/a.gif --tiles tiles --cells 1x1 --cell-px 4 --dzi site --out {more}");
        look(folder.path(), &words.split(' ').collect::<Vec<_>>())
    };
    let (status, said) = mosaic("m.png");
    assert_eq!(status, Some(0), "{said}");
    assert!(at("site/mosaic.dzi").is_file() && at("site/index.html").is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_read_or_written_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.gif"), patch(3)).expect("writable");
    let made = Command::new("mkfifo").arg(folder.path().join("pipe.jpg")).status().expect("mkfifo starts");
    assert!(made.success());
    let (status, said) = look(folder.path(), &["thumb", "pipe.jpg", "a.gif", "--sizes", "4", "--out", "thumbs"]);
    assert_eq!((status, &said["thumbnails"], &said["failed"]), (Some(1), &1.into(), &1.into()), "{said}");
    assert!(said["errors"][0]["message"].as_str().expect("a sentence").contains("pipe"), "{said}");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
    let output = Command::new(env!("CARGO_BIN_EXE_pierrot"))
        .args(["look", "methods", "--json"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_name_commands_no_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_pierrot"))
        .args(["look", "thumb", "red\u{1b}[31m.jpg", "--sizes", "4"])
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("red\u{fffd}[31m.jpg") && !said.contains('\u{1b}'), "{said}");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_a_name() {
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().expect("a folder");
    let odd = std::ffi::OsStr::from_bytes(b"odd\xFF.gif");
    std::fs::write(folder.path().join(odd), patch(3)).expect("writable");
    let run = |arguments: &[&std::ffi::OsStr]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pierrot"));
        let output =
            command.args(["--json", "look"]).args(arguments).current_dir(folder.path()).output().expect("starts");
        let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        (output.status.code(), said)
    };
    let (status, said) = run(&["thumb".as_ref(), odd, "--sizes".as_ref(), "4".as_ref()]);
    assert_eq!((status, &said["failed"]), (Some(0), &0.into()), "{said}");
    let (status, said) = run(&["tiles".as_ref(), ".".as_ref(), "--index".as_ref(), "t.index".as_ref()]);
    assert_eq!((status, &said["failed"]), (Some(1), &1.into()), "{said}");
    assert!(said["errors"][0]["message"].as_str().expect("a sentence").contains("Rename it"), "{said}");
    let png = std::ffi::OsStr::from_bytes(b"odd\xFF.png");
    let (status, said) = run(&["dither".as_ref(), odd, "--out".as_ref(), png]);
    assert_eq!(status, Some(0), "{said}");
}
