//! The loopback Flickr's lists, codes and sign-in.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::testing::{Bench, send};

type Arguments = &'static [(&'static str, &'static str)];

const EXTRAS: &str = "description,license,date_upload,date_taken,original_format,last_update,geo,tags,machine_tags,\
    o_dims,views,media,path_alias,url_t,url_n,url_z,url_c,url_l,url_h,url_k,url_o";

async fn page(bench: &Bench, arguments: &[(&str, &str)]) -> Value {
    let all = [&[("user_id", "me"), ("safe_search", "3")], arguments].concat();
    bench.flickr("flickr.people.getPhotos", &all).await.json()["photos"].clone()
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["photo"].as_array().expect("rows");
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_walk_over_all_pages_shows_each_photo_once_newest_first() {
    let bench = Bench::new(1203).await;
    let mut seen = Vec::new();
    for n in 1..=3 {
        let page = page(&bench, &[("per_page", "9999"), ("page", &n.to_string()), ("extras", "date_upload")]).await;
        assert_eq!((page["perpage"].clone(), page["pages"].clone()), (json!(500), json!(3)));
        seen.extend(ids(&page));
    }
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 1203);
    let past = page(&bench, &[("per_page", "500"), ("page", "9")]).await;
    assert_eq!(past["page"], 3);
    assert_eq!(ids(&past), seen[1000..]);
}

#[tokio::test]
async fn the_default_library_has_two_private_photos_and_a_video() {
    let bench = Bench::new(60).await;
    let all = page(&bench, &[("per_page", "500"), ("extras", EXTRAS)]).await;
    let rows = all["photo"].as_array().expect("rows");
    assert_eq!(rows.iter().filter(|row| row["ispublic"] == 0).count(), 2);
    assert_eq!(rows.iter().filter(|row| row["media"] == "video").count(), 1);
    assert!(rows.iter().filter(|row| row["latitude"] != json!(0)).count() > 10);
    let key_only = bench.flickr_public("flickr.people.getPhotos", &[("user_id", super::NSID)]).await.json();
    assert_eq!(key_only["photos"]["total"], 58);
    let private = rows.iter().find(|row| row["ispublic"] == 0).and_then(|row| row["id"].as_str()).expect("one");
    let hidden = bench.flickr_public("flickr.photos.getInfo", &[("photo_id", private)]).await.json();
    let message = format!("Photo \"{private}\" not found (invalid ID)");
    assert_eq!(hidden, json!({"stat": "fail", "code": 1, "message": message}));
    assert_eq!(bench.flickr("flickr.photos.getInfo", &[("photo_id", private)]).await.json()["stat"], "ok");
    let only = page(&bench, &[("privacy_filter", "5")]).await;
    assert_eq!(only["total"], 2);
}

#[tokio::test]
async fn values_are_numbers_and_strings_as_recorded() {
    let bench = Bench::new(12).await;
    let row = page(&bench, &[("extras", EXTRAS)]).await["photo"][3].clone();
    for name in ["title", "dateupload", "lastupdate", "views", "tags", "license", "width_o", "server"] {
        assert!(row[name].is_string(), "{name}: {row}");
    }
    for name in ["ispublic", "farm"] {
        assert!(row[name].is_number(), "{name}: {row}");
    }
    assert!(row["width_k"].is_string() != row["height_k"].is_string(), "{row}");
    assert!(row["description"]["_content"].is_string());
    let bare = page(&bench, &[]).await["photo"][3].clone();
    assert!(bare.get("url_k").is_none() && bare.get("description").is_none());
    let id = bare["id"].as_str().expect("an id");
    let info = bench.flickr("flickr.photos.getInfo", &[("photo_id", id)]).await.json();
    assert_eq!(info["photo"]["title"]["_content"], bare["title"]);
    let sizes = bench.flickr("flickr.photos.getSizes", &[("photo_id", id)]).await.json();
    assert_eq!(sizes["sizes"]["size"][0]["width"], 75);
    assert_eq!(sizes["sizes"]["size"][1]["width"], "150");
}

#[tokio::test]
async fn failures_have_the_codes_of_the_reference() {
    let bench = Bench::new(3).await;
    let cases: [(&str, Arguments, i64); 9] = [
        ("flickr.fakeMethod", &[], 112),
        ("flickr.people.getPhotos", &[("user_id", "99999999@N00")], 2),
        ("flickr.people.getPhotos", &[], 1),
        ("flickr.people.getPublicPhotos", &[("user_id", "nobody")], 1),
        ("flickr.photos.recentlyUpdated", &[], 1),
        ("flickr.photos.recentlyUpdated", &[("min_date", "yesterday")], 2),
        ("flickr.photos.getInfo", &[("photo_id", "1")], 1),
        ("flickr.photosets.getPhotos", &[("photoset_id", "1"), ("user_id", "me")], 1),
        ("flickr.photos.search", &[], 3),
    ];
    for (method, arguments, code) in cases {
        let answer = bench.flickr(method, arguments).await;
        assert_eq!((answer.status, answer.json()["code"].as_i64()), (200, Some(code)), "{method}");
    }
    assert_eq!(bench.flickr_public("flickr.test.login", &[]).await.json()["code"], 99);
    let url = format!("{}?method=flickr.test.echo&format=json&nojsoncallback=1&api_key=0", bench.at.flickr.api_url);
    assert_eq!(send(&url, "GET", &[], b"").await.expect("an answer").json()["code"], 100);
    let key = bench.secret("flickr.api_key");
    let wrapped = format!("{}?method=flickr.test.echo&api_key={key}", bench.at.flickr.api_url);
    assert!(send(&wrapped, "GET", &[], b"").await.expect("an answer").text().starts_with("jsonFlickrApi({"));
    let wrong = format!(
        "{}?method=flickr.test.login&oauth_consumer_key={key}&oauth_nonce=1&oauth_timestamp={}&\
        oauth_signature_method=HMAC-SHA1&oauth_signature=x",
        bench.at.flickr.api_url,
        bench.control.now_s()
    );
    let answer = send(&wrong, "GET", &[], b"").await.expect("an answer");
    assert_eq!(answer.status, 401);
    assert!(answer.text().starts_with("oauth_problem=signature_invalid&debug_sbs=GET&http%3A%2F%2F"));
}

#[tokio::test]
async fn recent_updates_come_newest_first_and_name_edits() {
    let bench = Bench::new(30).await;
    let since = bench.control.now_s() - 60;
    let recent = || async {
        let since = since.to_string();
        let arguments = [("min_date", since.as_str()), ("extras", "last_update")];
        bench.flickr("flickr.photos.recentlyUpdated", &arguments).await.json()["photos"].clone()
    };
    assert_eq!(recent().await["total"], 0);
    let edited = bench.control.photos(&json!({"op": "edit", "id": "#5", "title": "Anew"})).expect("done");
    bench.control.advance_s(5);
    let added = bench.control.photos(&json!({"op": "add"})).expect("done");
    bench.control.advance_s(-5);
    let page = recent().await;
    assert_eq!(ids(&page), [added[0].clone(), edited[0].clone()]);
    assert_eq!(page["photo"][1]["title"], "Anew");
    assert_eq!(bench.flickr_public("flickr.photos.recentlyUpdated", &[("min_date", "1")]).await.json()["code"], 99);
}

#[tokio::test]
async fn a_replaced_picture_lives_at_a_new_address() {
    let bench = Bench::new(5).await;
    let url = || async { page(&bench, &[("extras", "url_t,url_k")]).await["photo"][0].clone() };
    let before = url().await;
    let get = |row: &Value, key: &str| row[key].as_str().expect("an address").to_owned();
    let picture = send(&get(&before, "url_t"), "GET", &[], b"").await.expect("an answer");
    assert_eq!(picture.header("content-type"), Some("image/jpeg"));
    assert_eq!(
        picture.header("imagewidth").and_then(|w| w.parse::<u64>().ok()).map(|w| w.to_string()),
        before["width_t"].as_str().map(str::to_owned).or(before["width_t"].as_u64().map(|w| w.to_string()))
    );
    bench.control.photos(&json!({"op": "replace", "id": "#1"})).expect("done");
    let gone = send(&get(&before, "url_t"), "GET", &[], b"").await.expect("an answer");
    assert_eq!((gone.status, gone.body.len()), (404, 0));
    let after = url().await;
    assert_ne!(get(&before, "url_k"), get(&after, "url_k"));
    let fresh = send(&get(&after, "url_t"), "GET", &[], b"").await.expect("an answer");
    assert_eq!(fresh.status, 200);
    assert_ne!(fresh.body, picture.body);
    let swapped = get(&after, "url_k").replace("_k.jpg", "_h.jpg");
    assert_eq!(send(&swapped, "GET", &[], b"").await.expect("an answer").status, 404, "each large size has its secret");
}

#[tokio::test]
async fn odd_rows_come_when_asked_for() {
    let bench = Bench::new(10).await;
    bench.control.photos(&json!({"op": "specials"})).expect("done");
    let all = page(&bench, &[("per_page", "500"), ("extras", EXTRAS)]).await;
    let rows = all["photo"].as_array().expect("rows");
    let titled = |title: &str| rows.iter().find(|row| row["title"] == title).expect("the row").clone();
    assert_eq!(titled("Uploaded in the year 1970")["dateupload"], "2013");
    assert_eq!(titled("No alias")["pathalias"], json!(null));
    let locked = titled("No downloads");
    assert!(locked.get("url_o").is_none() && locked.get("originalsecret").is_none() && locked.get("url_l").is_some());
    let small = titled("A small one");
    assert!(small.get("url_z").is_none() && small.get("url_o").is_some() && small.get("url_n").is_some());
    assert!(rows.iter().any(|row| row["title"].as_str().is_some_and(|t| t.len() == 1_048_576)));
    let video = titled("Waves, moving")["id"].as_str().expect("an id").to_owned();
    let sizes = bench.flickr("flickr.photos.getSizes", &[("photo_id", &video)]).await.json();
    let last = sizes["sizes"]["size"].as_array().and_then(|rows| rows.last()).expect("rows").clone();
    assert_eq!((last["width"].clone(), last["media"].clone()), (json!(""), json!("video")));
    assert_eq!(
        page(&bench, &[("safe_search", "1"), ("per_page", "1")]).await["total"],
        all["total"],
        "first value wins"
    );
}

#[tokio::test]
async fn a_code_signs_in_once() {
    let bench = Bench::new(1).await;
    let app = || oauth::Credentials::new(bench.secret("flickr.api_key"), bench.secret("flickr.api_secret"));
    let url = |step: &str| format!("{}/{step}", bench.at.flickr.oauth_url);
    let ask = |step: &'static str, builder: oauth::Builder<'_, _, String>| {
        let query = crate::testing::as_query(&builder.into_authorization("GET", url(step), &()));
        let address = format!("{}?{query}", url(step));
        async move { send(&address, "GET", &[], b"").await.expect("an answer") }
    };
    let begin = || async {
        let mut builder = oauth::Builder::new(app(), oauth::HMAC_SHA1);
        builder.callback("oob");
        let text = ask("request_token", builder).await.text();
        let pairs = crate::oauth::pairs(&text);
        let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone()).unwrap_or_default();
        (get("oauth_token"), get("oauth_token_secret"))
    };
    let (token, secret) = begin().await;
    let page =
        send(&format!("{}?oauth_token={token}&perms=read", url("authorize")), "GET", &[], b"").await.expect("a page");
    let code = bench.control.call("verifier", &json!({"oauth_token": token})).expect("a code")["verifier"].clone();
    let code = code.as_str().expect("a code").to_owned();
    assert!(page.text().contains(&code) && code.len() == 11);
    let finish = |token: &str, secret: &str, code: &str| {
        let mut builder = oauth::Builder::new(app(), oauth::HMAC_SHA1);
        builder.token(oauth::Credentials::new(token.to_owned(), secret.to_owned())).verifier(code);
        ask("access_token", builder)
    };
    let done = finish(&token, &secret, &code).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("user_nsid=68473921%40N05"));
    let again = finish(&token, &secret, &code).await;
    assert_eq!((again.status, again.text().as_str()), (401, "oauth_problem=token_rejected"));
    let (token, secret) = begin().await;
    assert_eq!(finish(&token, &secret, "000-000-000").await.status, 401);
}

#[tokio::test]
async fn albums_and_search_are_bounded() {
    let bench = Bench::new(9000).await;
    let sets = bench.flickr("flickr.photosets.getList", &[("user_id", "me")]).await.json();
    let first = sets["photosets"]["photoset"][0].clone();
    assert_eq!(sets["photosets"]["total"], 5);
    let id = first["id"].as_str().expect("an id");
    let album = bench.flickr("flickr.photosets.getPhotos", &[("photoset_id", id), ("user_id", "me")]).await.json();
    assert_eq!(album["photoset"]["total"], first["count_photos"]);
    assert_eq!(album["photoset"]["photo"].as_array().map(Vec::len), Some(500));
    let bench = &bench;
    let search = |page: &'static str| async move {
        let arguments = [("user_id", "me"), ("per_page", "500"), ("page", page)];
        bench.flickr("flickr.photos.search", &arguments).await.json()
    };
    assert_eq!(ids(&search("8").await["photos"]), ids(&search("12").await["photos"]));
    assert_eq!(search("1").await["photos"]["total"], 9000);
}

#[tokio::test]
async fn a_hundred_thousand_photos_need_no_memory_of_their_own() {
    let bench = Bench::new(100_000).await;
    let last = page(&bench, &[("per_page", "500"), ("page", "200"), ("extras", EXTRAS)]).await;
    assert_eq!((last["total"].clone(), last["photo"].as_array().map(Vec::len)), (json!(100_000), Some(500)));
    let oldest = last["photo"][499]["id"].as_str().expect("an id").to_owned();
    bench.control.photos(&json!([{"op": "delete", "id": oldest}])).expect("done");
    let gone = bench.flickr("flickr.photos.getInfo", &[("photo_id", &oldest)]).await.json();
    assert_eq!(gone["code"], 1);
    assert_eq!(page(&bench, &[("per_page", "1")]).await["total"], 99_999);
}
