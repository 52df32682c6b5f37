//! A photographer's own words and what is planned: what the page shows is what goes out at the due time.

use jiff::civil::Weekday;
use pierrot_core::{
    engine::{Asked, Engine},
    run::Ending,
};
use serde_json::{Value, json};

use crate::stage::Stage;

const WEEKLY: &str = "schedule = 'weekly sun 10:00'\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n";

async fn called(engine: &Engine, name: &str, args: Value) -> Value {
    let text = engine.call(name, args).await.expect(name);
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn words_written_for_a_planned_photo_go_out_with_it() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", WEEKLY);
    let run = engine.run(Asked::Sync { full: false }).await.expect("it runs");
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    engine.tick().await.expect("it looks");
    let row = called(&engine, "plan", json!({})).await["rows"][0].clone();
    let photo = row["photo"].clone();
    let preview = |more: Value| {
        let mut args = json!({ "photo": photo, "target": "x" });
        args.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        called(&engine, "caption_preview", args)
    };
    let template = preview(json!({})).await;
    assert_eq!((&template["text"], &template["cost_usd"]), (&row["text"], &row["cost_usd"]));
    let draft = preview(json!({ "caption": "Seen from the pier, flickr.com", "alt_text": "" })).await;
    assert_eq!(draft["cost_usd"], 0.2, "a link in the text, no alt text: {draft}");
    assert_eq!(draft["warnings"].as_array().map(Vec::len), Some(1), "{draft}");
    assert_eq!(draft["written"]["caption"], Value::Null, "a preview keeps nothing");
    assert_eq!(preview(json!({ "caption": " " })).await["text"], template["text"], "empty is the template's");

    let words = json!([{ "part": "caption", "text": "Seen from the pier" }, { "part": "alt_text", "text": "A pier." }]);
    for changed in [true, false] {
        let args = json!({ "photo": photo, "target": null, "words": words });
        assert_eq!(called(&engine, "set_words", args).await, changed);
    }
    let row = called(&engine, "plan", json!({})).await["rows"][0].clone();
    assert_eq!(
        (&row["photo"], &row["text"], &row["alt_text"]),
        (&photo, &json!("Seen from the pier"), &json!("A pier."))
    );
    let shown = preview(json!({})).await;
    let page = called(&engine, "photo", json!({ "photo": photo })).await;
    assert_eq!(page["history"].as_array().map(Vec::len), Some(2), "{page}");
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    let posts = stage.control().state()["posts"].clone();
    assert_eq!((&posts[0]["text"], posts.as_array().map(Vec::len)), (&shown["text"], Some(1)));
}
