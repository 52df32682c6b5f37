//! Events as server-sent events: a hint to read again. A listener that was too slow is told so and reads everything again.

use std::convert::Infallible;

use axum::{
    extract::State,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use tokio_stream::{Stream, StreamExt, wrappers::BroadcastStream, wrappers::WatchStream};

use crate::Site;

pub(crate) async fn stream(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let happened = BroadcastStream::new(site.engine.subscribe()).map(|event| {
        let text = match event {
            Ok(event) => serde_json::to_string(&event).unwrap_or_default(),
            Err(_) => r#"{"type":"changed","what":"everything"}"#.to_owned(),
        };
        Some(Ok(Event::default().data(text)))
    });
    let closing = WatchStream::new(site.closing).filter(|closing| *closing).map(|_| None);
    let events = happened.merge(closing).take_while(Option::is_some).filter_map(|event| event);
    Sse::new(events).keep_alive(KeepAlive::default())
}
