//! Thumbnails, looks and mosaics for `<img>`. The key in the address changes with the picture, so browsers may keep the answer for ever.

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use pierrot_core::{
    Result,
    engine::{CallError, FILE_BYTES_MAX, Subject},
    thumbnails::ThumbnailPicture,
};

use crate::{Site, answered};

pub(crate) async fn picture(State(site): State<Site>, Path((subject, size)): Path<(String, String)>) -> Response {
    let Ok(subject) = subject.parse::<Subject>() else {
        return (StatusCode::NOT_FOUND, "There is no such photo.\n").into_response();
    };
    shown(site.engine.picture(&subject, &size).await.map(|picture| Bytes::from_owner(picture.bytes)))
}

/// The look's JSON is in the query, `?recipe=`, and how many pixels the screen shows of the longest side, `&side=`.
pub(crate) async fn look(State(site): State<Site>, Path(subject): Path<String>, uri: Uri) -> Response {
    let Ok(subject) = subject.parse::<Subject>() else {
        return (StatusCode::NOT_FOUND, "There is no such photo.\n").into_response();
    };
    let (recipe, side) = (parameter(&uri, "recipe"), parameter(&uri, "side").parse().ok());
    let headers = [(header::CACHE_CONTROL, "no-store")];
    match site.engine.look_picture(&subject, &recipe, side).await {
        Ok(picture) => (headers, [(header::CONTENT_TYPE, picture.mime)], picture.bytes).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, headers, format!("{}\n", error.message)).into_response(),
    }
}

/// The body is a picture that is not of the archive; its name is in the query, `?name=`.
pub(crate) async fn open(State(site): State<Site>, uri: Uri, body: Result<Bytes, BytesRejection>) -> Response {
    let opened = match body {
        Ok(bytes) => site.engine.open_file(&parameter(&uri, "name"), bytes.into()).await,
        Err(error) => Err(CallError {
            code: "failed".into(),
            message: format!("The file did not come whole ({error})."),
            what_now: format!("Open it again; it may have {} MB at most.", FILE_BYTES_MAX >> 20),
        }),
    };
    answered(opened.map(|file| serde_json::json!(file).to_string()))
}

fn parameter(uri: &Uri, wanted: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A mosaic whole and small, or a piece of it; what has an id never changes.
pub(crate) async fn mosaic(State(site): State<Site>, Path((id, path)): Path<(String, String)>) -> Response {
    shown(site.engine.mosaic_picture(&id, &path).await.map(Bytes::from))
}

/// A JPEG that never changes under its address, or the sentence why there is none.
fn shown(picture: Result<Bytes>) -> Response {
    match picture {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, ThumbnailPicture::MIME),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => {
            let headers = [(header::CACHE_CONTROL, "no-store")];
            (StatusCode::NOT_FOUND, headers, format!("{}\n", error.message)).into_response()
        }
    }
}
