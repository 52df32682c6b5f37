//! Mosaics of the library: made of what may be shown and of nothing else, kept, looked at, removed.

use std::{collections::BTreeSet, sync::Arc};

use image::imageops;
use pierrot_core::{
    engine::{Asked, Engine, Subject},
    run::{Ending, Run},
};
use pierrot_looks::{
    Work,
    mosaic::{FACE_SIDE, Face, Grid, Library, Rules, Target, picture_size, place, score},
};
use serde_json::{Value, json};

use crate::stage::Stage;

async fn called(engine: &Engine, name: &str, args: Value) -> Value {
    let text = engine.call(name, args).await.expect(name);
    serde_json::from_str(&text).expect("JSON")
}

async fn synced(stage: &Stage, more: &str) -> Engine {
    let engine = stage.engine("a", more);
    let run = engine.run(Asked::Sync { full: false }).await.expect("it runs");
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    engine
}

async fn photos(engine: &Engine, state: &str) -> Vec<String> {
    let query = json!({ "state": state });
    let overview = called(engine, "gallery", json!({ "query": query })).await;
    let window = called(
        engine,
        "gallery_window",
        json!({ "query": query, "version": overview["version"], "offset": 0, "limit": 100 }),
    );
    let rows = window.await["rows"].clone();
    rows.as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

async fn ended(engine: &Engine, args: Value) -> Run {
    let id = called(engine, "make_mosaic", args).await.as_u64().expect("a run");
    loop {
        let runs = engine.runs(None, 100).expect("readable");
        match runs.into_iter().find(|run| u64::from(run.id) == id && run.ending.is_some()) {
            Some(run) => return run,
            None => tokio::task::yield_now().await,
        }
    }
}

fn asked(photo: &str) -> Value {
    json!({ "photo": photo, "cell_px": 32, "look": { "look": "mosaic", "columns": 8, "distance": 1, "adjust": 20 } })
}

/// The photos a mosaic shows, by asking for each of its cells.
async fn shown(engine: &Engine, mosaic: &Value) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    let side = mosaic["cell_px"].as_u64().expect("a number");
    for (column, row) in (0..mosaic["columns"].as_u64().expect("a number"))
        .flat_map(|column| (0..mosaic["rows"].as_u64().expect("a number")).map(move |row| (column, row)))
    {
        let cell = called(
            engine,
            "mosaic_cell",
            json!({ "id": mosaic["id"], "x": column * side, "y": row * side + side - 1 }),
        )
        .await;
        shown.insert(cell["photo"].as_str().expect("an id").to_owned());
    }
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mosaic_is_made_of_photos_that_may_be_shown_and_of_no_other() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    let (never, shown_photo) = (&free[0], &free[1]);
    called(&engine, "exclude", json!({ "photos": [never] })).await;
    let run = ended(&engine, asked(shown_photo)).await;
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");

    let mosaic = called(&engine, "mosaics", json!({})).await[0].clone();
    assert_eq!((&mosaic["photo"], &mosaic["width"]), (&json!(shown_photo), &json!(256)));
    let shown = shown(&engine, &mosaic).await;
    let allowed: BTreeSet<String> = free.iter().skip(1).cloned().collect();
    assert!(shown.is_subset(&allowed) && shown.len() > 5, "{shown:?}");

    let count = called(&engine, "mosaic_tiles", json!({})).await;
    assert_eq!(count, json!({ "prepared": allowed.len(), "possible": allowed.len(), "wanting": 0 }));
    called(&engine, "include", json!({ "photos": [never] })).await;
    let count = called(&engine, "mosaic_tiles", json!({})).await;
    assert_eq!(count, json!({ "prepared": allowed.len(), "possible": allowed.len() + 1, "wanting": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_layout_says_which_photo_lies_where() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    for layout in ["brick", "collage", "adaptive"] {
        let mut wanted = asked(&free[0]);
        wanted["look"]["layout"] = json!(layout);
        let run = ended(&engine, wanted).await;
        assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
        let mosaic = called(&engine, "mosaics", json!({})).await[0].clone();
        assert_eq!((&mosaic["layout"], &mosaic["width"]), (&json!(layout), &json!(256)));
        let height = mosaic["height"].as_u64().expect("a number");
        for (x, y) in [(0, 0), (100, 60), (255, height - 1)] {
            let place = json!({ "id": mosaic["id"], "x": x, "y": y });
            let cell = called(&engine, "mosaic_cell", place).await;
            let number = |name: &str| cell[name].as_i64().expect("a number");
            let inside = |at: u64, edge: i64| (edge..edge + number("side")).contains(&(at as i64));
            assert!(inside(x, number("x")) && inside(y, number("y")), "{layout} {x} {y}: {cell}");
            assert!(free.iter().any(|photo| cell["photo"] == json!(photo)), "{cell}");
        }
        let outside = json!({ "id": mosaic["id"], "x": 256, "y": 0 });
        engine.call("mosaic_cell", outside).await.expect_err("nothing lies there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_mosaic_are_pictures_until_it_is_removed() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    assert_eq!(ended(&engine, asked(&free[0])).await.ending, Some(Ending::Done));
    let mosaic = called(&engine, "mosaics", json!({})).await[0].clone();
    let id = mosaic["id"].as_str().expect("an id");
    for file in ["web.jpg", "small.jpg", "0/0_0.jpg", "8/0_0.jpg"] {
        let jpeg = engine.mosaic_picture(id, file).await.expect(file);
        assert!(jpeg.starts_with(&[0xFF, 0xD8]), "{file}");
    }
    for (id, file) in [
        (id, "8/1_0.jpg"),
        (id, "about.json"),
        (id, "../about.json"),
        (id, "8/../8/0_0.jpg"),
        (id, "8/+0_0.jpg"),
        (id, ""),
        ("..", "web.jpg"),
        ("", "web.jpg"),
        ("20260101-000000", "web.jpg"),
    ] {
        assert!(engine.mosaic_picture(id, file).await.is_err(), "{id} {file}");
    }
    called(&engine, "remove_mosaic", json!({ "id": id })).await;
    assert_eq!(called(&engine, "mosaics", json!({})).await, json!([]));
    assert!(engine.mosaic_picture(id, "web.jpg").await.is_err());
    assert_eq!(std::fs::read_dir(stage.home("a").join("mosaics")).expect("a folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_photos_for_the_rules_are_a_sentence_and_leave_nothing_behind() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    let mut wanted = asked(&free[0]);
    wanted["look"]["last_published"] = json!(5);
    let run = ended(&engine, wanted).await;
    assert_eq!(run.ending, Some(Ending::Failed), "{run:?}");
    assert!(run.summary.contains("too few"), "{run:?}");
    assert_eq!(called(&engine, "mosaics", json!({})).await, json!([]));
    for (key, value) in [("columns", 1), ("columns", 100_000), ("cell_px", 500), ("distance", 1000), ("cap", 0)] {
        let mut wanted = asked(&free[0]);
        let place = if key == "cell_px" { &mut wanted } else { &mut wanted["look"] };
        place[key] = json!(value);
        let run = ended(&engine, wanted).await;
        assert_eq!(run.ending, Some(Ending::Failed), "{key} {value}: {run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_ones_own_gets_a_look_and_a_mosaic_and_goes_nowhere() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    let picture = engine.picture(&free[0].parse().expect("an id"), "large").await.expect("a picture");
    let file = engine.open_file("Evening.jpg", picture.bytes.to_vec()).await.expect("a picture");
    let again = engine.open_file("Evening.jpg", picture.bytes.to_vec()).await.expect("a picture");
    assert_eq!(file, again, "the same file is the same one");
    let id = serde_json::to_value(&file.id).expect("JSON");
    assert_eq!(called(&engine, "opened_file", json!({ "file": id })).await["name"], json!("Evening.jpg"));

    let look = json!({ "look": "dither", "colours": { "levels": 2 } });
    called(&engine, "export_look", json!({ "photo": id, "look": look })).await;
    let run = ended(&engine, asked(id.as_str().expect("an id"))).await;
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    let mosaic = called(&engine, "mosaics", json!({})).await[0].clone();
    assert_eq!((&mosaic["photo"], &mosaic["title"]), (&id, &json!("Evening")));
    let looks = std::fs::read_dir(stage.home("a").join("looks")).expect("a folder");
    let names: Vec<_> = looks.map(|entry| entry.expect("readable").file_name().into_string().expect("text")).collect();
    assert!(matches!(names.as_slice(), [name] if name.starts_with("Evening-") && name.ends_with(".png")), "{names:?}");
    assert_eq!(called(&engine, "overview", json!({})).await["published"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_files_opened_last_are_kept() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", "");
    let mut ids = Vec::new();
    for shade in 0..14_u8 {
        let mut png = Vec::new();
        let picture = image::RgbImage::from_pixel(8, 6, image::Rgb([shade, 0, 0]));
        picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).expect("encodable");
        ids.push(engine.open_file("a.png", png).await.expect("a picture").id);
        // A file's time may be as coarse as this.
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    let open = |id| engine.call("opened_file", json!({ "file": id }));
    let mut there = Vec::new();
    for id in &ids {
        there.push(open(id).await.is_ok());
    }
    assert_eq!(there, [[false; 2].as_slice(), &[true; 12]].concat());
    assert!(open(&ids[0]).await.expect_err("gone").message.contains("not open any more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_second_scheduled_photo_goes_out_as_a_mosaic() {
    let stage = Stage::new().await;
    let more = "schedule = 'weekly sun 10:00'\nlook = 'all of them'\nlook_every = 2\n\
                [schedule]\ntime_zone = 'UTC'\nsync = 'off'\n[looks]\n\
                'all of them' = '{\"look\":\"mosaic\",\"columns\":8,\"distance\":1,\"adjust\":30}'\n";
    let engine = synced(&stage, more).await;
    engine.tick().await.expect("it looks");
    stage.go_to(jiff::civil::Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    stage.pass_h(7 * 24);
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 2);
    let entries = called(&engine, "log", json!({ "limit": 50 })).await["entries"].clone();
    let looks: Vec<Value> = entries
        .as_array()
        .expect("entries")
        .iter()
        .filter(|entry| entry["type"] == "claimed")
        .map(|entry| entry["look"].clone())
        .collect();
    let mosaic = json!({ "look": "mosaic", "columns": 8, "distance": 1, "adjust": 30 });
    assert_eq!(looks, [Value::Null, mosaic]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thumbnail_that_cannot_be_had_keeps_no_mosaic_away_but_a_source_that_is_away_does() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "").await;
    let free = photos(&engine, "unpublished").await;
    // The large picture is there before anything fails.
    engine.picture(&free[0].parse().expect("an id"), "large").await.expect("a picture");
    let away = json!([{ "server": "static", "kind": "status", "code": 404, "times": 0 }]);
    let lost = json!([{ "server": "static", "path": free[3], "kind": "status", "code": 404, "times": 0 }]);
    stage.control().faults(&lost).expect("a fault");
    let run = ended(&engine, asked(&free[0])).await;
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    let count = called(&engine, "mosaic_tiles", json!({})).await;
    assert_eq!(count["wanting"], 1, "it is asked for again the next time: {count}");

    stage.control().clear_faults();
    called(&engine, "clear_thumbnails", json!({})).await;
    engine.picture(&free[0].parse().expect("an id"), "large").await.expect("a picture");
    stage.control().faults(&away).expect("a fault");
    let run = ended(&engine, asked(&free[0])).await;
    assert!(run.ending != Some(Ending::Done) && run.summary.ends_with('.'), "{run:?}");
}

const TILES: usize = 10_000;
const TARGETS: usize = 4;

/// Squares of every size out of photographs, as tiles look from afar.
fn squares(photographs: &[image::RgbImage]) -> Vec<Face> {
    let mut chance = 1_u64;
    let mut up_to = |most: u32| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as u32 % (most + 1)
    };
    let mut square = |photograph: &image::RgbImage| {
        let (width, height) = photograph.dimensions();
        let side = FACE_SIDE as u32 + up_to(width.min(height) - FACE_SIDE as u32);
        let (left, top) = (up_to(width - side), up_to(height - side));
        let part = imageops::crop_imm(photograph, left, top, side, side).to_image();
        let small = imageops::thumbnail(&part, FACE_SIDE as u32, FACE_SIDE as u32);
        Face(small.into_raw().try_into().expect("three bytes a pixel"))
    };
    photographs.iter().cycle().take(TILES).map(&mut square).collect()
}

/// The goals, SSIM 0.914 and a colour error of 6.6 at once, on photographs of which no tile is made.
#[tokio::test(flavor = "multi_thread")]
async fn a_mosaic_of_photographs_is_a_likeness() {
    let stage = Stage::with(60).await;
    let engine = synced(&stage, "").await;
    let mut pictures = Vec::new();
    for photo in photos(&engine, "unpublished").await {
        let subject = Subject::Photo(photo.parse().expect("an id"));
        pictures.push(engine.picture(&subject, "grid").await.expect("a picture").bytes);
    }
    let tiles = pictures.split_off(TARGETS);
    let small = |jpeg: &Arc<[u8]>| image::load_from_memory(jpeg).expect("a picture").thumbnail(200, 200).into_rgb8();
    let faces = squares(&tiles.iter().map(small).collect::<Vec<_>>());
    let library = Library::new(&faces);
    for picture in &pictures {
        let grid = Grid::across(picture_size(picture).expect("a picture"), 38).expect("a grid");
        let target = Target::of(picture, grid).expect("a picture").faces;
        let placed = place(grid, &target, &library, &Rules::default(), &Work::UNWATCHED).expect("enough tiles");
        let shown: Vec<Face> = placed.iter().map(|placed| faces[placed.tile].clone()).collect();
        let score = score(grid, &target, &shown);
        assert!(score.ssim >= 0.914 && score.delta_e <= 6.6, "{score:?}");
    }
}
