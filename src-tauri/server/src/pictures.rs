//! Thumbnails for `<img>`. The key in the address changes with the picture, so browsers may keep the answer for ever.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pierrot_core::{photo::PhotoId, thumbnails::ThumbnailPicture};

use crate::Site;

pub(crate) async fn picture(State(site): State<Site>, Path((photo, size)): Path<(String, String)>) -> Response {
    let Ok(photo) = photo.parse::<PhotoId>() else {
        return (StatusCode::NOT_FOUND, "There is no such photo.\n").into_response();
    };
    match site.engine.picture(&photo, &size).await {
        Ok(picture) => {
            let headers = [
                (header::CONTENT_TYPE, ThumbnailPicture::MIME),
                (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
            ];
            (headers, Bytes::from_owner(picture.bytes)).into_response()
        }
        Err(error) => {
            let headers = [(header::CACHE_CONTROL, "no-store")];
            (StatusCode::NOT_FOUND, headers, format!("{}\n", error.message)).into_response()
        }
    }
}
