//! Pierrot in a plain browser: the same page and the same calls as the window, over HTTP on this computer only.
//!
//! Invariants: it listens on 127.0.0.1 and nowhere else; nothing is answered without the token of this start, as a cookie
//! after the first visit or as a bearer token; a request of another page or another host name is refused.
//! Absent: any rule of publishing, any secret, any path: a page hands in the bytes of a picture, never where it lies.

mod events;
mod guard;
mod page;
mod pictures;

use std::{fmt, future::Future, io, net::Ipv4Addr, pin::Pin, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use pierrot_core::engine::{CallError, Engine, FILE_BYTES_MAX};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use guard::Token;

/// A call with its arguments.
const BODY_BYTES_MAX: usize = 4 << 20;

/// Where the page can go instead: from one's own archive to the demo, and back. Answers with the address to open.
#[derive(Clone)]
pub struct Elsewhere(Arc<dyn Fn() -> Going + Send + Sync>);

type Going = Pin<Box<dyn Future<Output = Result<String, CallError>> + Send>>;

impl Elsewhere {
    pub fn new<F: Future<Output = Result<String, CallError>> + Send + 'static>(
        go: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move || Box::pin(go())))
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Elsewhere")
    }
}

/// What every route knows.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub engine: Engine,
    pub token: Token,
    pub port: u16,
    pub elsewhere: Option<Elsewhere>,
    /// Turns true when the server ends, so that endless answers end too.
    pub closing: watch::Receiver<bool>,
}

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct Server {
    port: u16,
    token: Token,
    close: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts to listen; port 0 is any free one.
pub async fn start(engine: Engine, port: u16, token: Token, elsewhere: Option<Elsewhere>) -> io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = listener.local_addr()?.port();
    let (close, closing) = watch::channel(false);
    let site = Site { engine, token: token.clone(), port, elsewhere, closing: closing.clone() };
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router(site)).with_graceful_shutdown(closed(closing)).await;
        if let Err(error) = served {
            tracing::error!(%error, "the page is no longer served");
        }
    });
    Ok(Server { port, token, close, task })
}

async fn closed(mut closing: watch::Receiver<bool>) {
    // An error means that the server handle is gone, which ends it as well.
    let _ = closing.wait_for(|closing| *closing).await;
}

fn router(site: Site) -> Router {
    let inside = Router::new()
        .route("/api/call/{name}", post(call))
        .route("/api/open", post(pictures::open).layer(DefaultBodyLimit::max(FILE_BYTES_MAX)))
        .route("/api/elsewhere", post(elsewhere))
        .route("/api/events", get(events::stream))
        .route("/pictures/{photo}/{size}", get(pictures::picture))
        .route("/looks/{photo}", get(pictures::look))
        .route("/mosaics/{id}/{*path}", get(pictures::mosaic))
        .fallback(get(page::file))
        .layer(middleware::from_fn_with_state(site.clone(), guard::only_with_token));
    Router::new()
        .route("/open", get(guard::open))
        .merge(inside)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(site.clone(), guard::only_from_here))
        .with_state(site)
}

async fn call(State(site): State<Site>, Path(name): Path<String>, body: Bytes) -> Response {
    let args = if body.is_empty() { Ok(serde_json::Value::Null) } else { serde_json::from_slice(&body) };
    let answer = match args {
        Ok(args) => site.engine.call(&name, args).await,
        Err(error) => Err(CallError {
            code: "failed".into(),
            message: format!("The call is not JSON ({error})."),
            what_now: "Send a JSON object with the arguments by name.".into(),
        }),
    };
    answered(answer)
}

async fn elsewhere(State(site): State<Site>) -> Response {
    let Some(Elsewhere(go)) = &site.elsewhere else { return StatusCode::NOT_FOUND.into_response() };
    answered(go().await.map(|address| serde_json::json!({ "address": address }).to_string()))
}

pub(crate) fn answered(answer: Result<String, CallError>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    match answer {
        Ok(text) => (json, text).into_response(),
        Err(error) => {
            let status =
                if error.code == "unknown_call" { StatusCode::NOT_FOUND } else { StatusCode::UNPROCESSABLE_ENTITY };
            let text = serde_json::json!({ "error": error }).to_string();
            (status, json, text).into_response()
        }
    }
}

impl Server {
    /// The address to open once: it carries the token, which becomes a cookie.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/open?token={}", self.port, self.token.reveal())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it and waits for the answers under way.
    pub async fn stop(mut self) {
        let _ = self.close.send(true);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(5), &mut self.task).await;
        if ended.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod server_test;
