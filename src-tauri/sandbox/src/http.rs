//! Serving: one HTTP/1.1 listener per server, each request checked against the fault script before and after the work.
//!
//! Invariant: a request body is read completely (at most 20 MB) before anything is decided, so a dropped connection
//! never depends on how much the client had sent. A spoilt answer is made here and nowhere else.
//! Absent: TLS, HTTP/2, compression; the sandbox speaks plain HTTP on 127.0.0.1.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited, combinators::BoxBody};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::faults::{Kind, Modifiers, Plan, Server};
use crate::{World, lock};

const BODY_MAX: usize = 20 * 1024 * 1024;
const CONNECTIONS_MAX: usize = 1024;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) scheme: &'static str,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// A header as text; `None` when absent or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The first value of a query parameter, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        crate::oauth::pairs(&self.query).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// One answer before it is delivered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// Any body.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Reply {
        Reply { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.into() }
    }

    /// A text body in UTF-8.
    pub(crate) fn text(status: u16, content_type: &str, text: &str) -> Reply {
        Reply::new(status, &format!("{content_type}; charset=utf-8"), text.to_owned())
    }

    /// A JSON body.
    pub(crate) fn json(status: u16, value: &Value) -> Reply {
        Reply::text(status, "application/json", &value.to_string())
    }

    /// A JSON body of type `application/problem+json`, as X sends its errors.
    pub(crate) fn problem(status: u16, value: &Value) -> Reply {
        Reply::text(status, "application/problem+json", &value.to_string())
    }

    /// Sets a header, replacing an earlier value.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

/// How an answer leaves, or that it does not.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) wait_ms: u64,
    pub(crate) reply: Option<Reply>,
    pub(crate) pace: Option<u64>,
    pub(crate) cut: bool,
}

impl Delivery {
    /// The plain answer.
    pub(crate) fn send(reply: Reply) -> Delivery {
        Delivery { wait_ms: 0, reply: Some(reply), pace: None, cut: false }
    }

    /// The connection is closed without an answer.
    pub(crate) fn dropped() -> Delivery {
        Delivery { wait_ms: 0, reply: None, pace: None, cut: false }
    }
}

/// Why a connection ends without a complete answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cut {
    #[error("the script says: drop the connection")]
    Scripted,
    #[error("the request body could not be read")]
    Request,
}

/// Accepts connections for ever; dropping the future closes them all.
pub(crate) async fn serve(listener: TcpListener, server: Server, world: Arc<World>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < CONNECTIONS_MAX => {
                    connections.spawn(connection(stream, server, world.clone()));
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, server: Server, world: Arc<World>) {
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request| answer(request, server, world.clone()));
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(60));
    builder.serve_connection(TokioIo::new(stream), service).await.ok();
}

type Answered = Result<Response<BoxBody<Bytes, Cut>>, Cut>;

async fn answer(request: Request<Incoming>, server: Server, world: Arc<World>) -> Answered {
    let call = match read(request).await {
        Ok(call) => call,
        Err(None) => return deliver(Delivery::send(Reply::text(413, "text/plain", "request body too large"))).await,
        Err(Some(cut)) => return Err(cut),
    };
    if call.path.starts_with("/_sandbox") {
        let reply = tokio::task::spawn_blocking(move || crate::control::route(&world, &call)).await;
        return deliver(Delivery::send(reply.unwrap_or_else(|_| Reply::text(500, "text/plain", "control failed"))))
            .await;
    }
    let decided = tokio::task::spawn_blocking(move || decide(&world, server, &call)).await;
    let failed = |_| Delivery::send(Reply::text(500, "text/plain", "the sandbox itself failed"));
    deliver(decided.unwrap_or_else(failed)).await
}

/// Answers a request as the script says, and notes it.
pub(crate) fn decide(world: &World, server: Server, call: &Call) -> Delivery {
    let what = label(server, call);
    let plan = lock(&world.faults).plan(server, call, &what);
    let entry = lock(&world.log).open(world.clock.now_ms(), server, call, &what, &plan.names);
    let delivery = outcome(world, server, call, plan);
    let sent = delivery.reply.as_ref().map(|reply| (reply.status, reply.body.len()));
    lock(&world.log).close(entry, sent);
    delivery
}

fn outcome(world: &World, server: Server, call: &Call, plan: Plan) -> Delivery {
    let Plan { modifiers, outcome, .. } = plan;
    let works = outcome.as_ref().is_none_or(|(kind, effect): &(Kind, bool)| *effect || kind.works());
    let reply = works.then(|| work(world, server, call, &modifiers));
    match (outcome, reply) {
        (None, Some(reply)) => Delivery::send(reply),
        (None, None) => Delivery::dropped(),
        (Some((kind, _)), reply) => kind.deliver(reply, call, world.clock.now_s()),
    }
}

fn work(world: &World, server: Server, call: &Call, modifiers: &Modifiers) -> Reply {
    let reply = match server {
        Server::Flickr => crate::flickr::handle(world, call, modifiers),
        Server::Static => crate::flickr::static_host::handle(world, call),
        Server::X => crate::x::handle(world, call, modifiers),
    };
    match lock(&world.flickr).library.apply(&modifiers.library, world.clock.now_s()) {
        Ok(_) => reply,
        Err(why) => Reply::text(500, "text/plain", &why.to_string()),
    }
}

async fn read(request: Request<Incoming>) -> Result<Call, Option<Cut>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_MAX).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(why) if why.is::<http_body_util::LengthLimitError>() => return Err(None),
        Err(_) => return Err(Some(Cut::Request)),
    };
    let host = parts.headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1").to_owned();
    Ok(Call {
        method: parts.method.as_str().to_owned(),
        scheme: "http",
        host,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        headers: parts.headers,
        body,
    })
}

/// The name under which a request is counted: the Flickr method, or method and path with ids as `{id}`.
fn label(server: Server, call: &Call) -> String {
    if server == Server::Flickr && call.path == crate::flickr::REST_PATH {
        return crate::flickr::parameters(call).remove("method").unwrap_or_else(|| "flickr.?".to_owned());
    }
    if server == Server::Static {
        return format!("{} picture", call.method);
    }
    let template = |part: &str| {
        let is_id = part.len() > 1 && part.bytes().all(|b| b.is_ascii_digit());
        if is_id { "{id}".to_owned() } else { part.to_owned() }
    };
    let path: Vec<String> = call.path.split('/').map(template).collect();
    format!("{} {}", call.method, path.join("/"))
}

async fn deliver(delivery: Delivery) -> Answered {
    if delivery.wait_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delivery.wait_ms)).await;
    }
    let Some(reply) = delivery.reply else { return Err(Cut::Scripted) };
    let length = reply.body.len();
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        let header = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value));
        if let (Ok(name), Ok(value)) = header {
            builder = builder.header(name, value);
        }
    }
    let body = match (delivery.pace, delivery.cut) {
        (Some(bytes_per_s), _) => drip(reply.body, bytes_per_s),
        (None, true) => paced(vec![Ok(reply.body.slice(..length / 2)), Err(Cut::Scripted)], Duration::ZERO, length),
        (None, false) => http_body_util::Full::new(reply.body).map_err(|never: Infallible| match never {}).boxed(),
    };
    builder.body(body).map_err(|_| Cut::Scripted)
}

fn drip(body: Bytes, bytes_per_s: u64) -> BoxBody<Bytes, Cut> {
    let length = body.len();
    let chunk = (bytes_per_s as usize / 5).max(1);
    let pause = Duration::from_secs_f64(chunk as f64 / bytes_per_s as f64);
    let parts = (0..length).step_by(chunk).map(|at| Ok(body.slice(at..(at + chunk).min(length)))).collect();
    paced(parts, pause, length)
}

fn paced(parts: Vec<Result<Bytes, Cut>>, pause: Duration, length: usize) -> BoxBody<Bytes, Cut> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        for part in parts {
            tokio::time::sleep(pause).await;
            if sender.send(part).await.is_err() {
                return;
            }
        }
    });
    Paced { receiver, length: length as u64 }.boxed()
}

/// A body that comes in parts from a channel and announces its full length.
struct Paced {
    receiver: tokio::sync::mpsc::Receiver<Result<Bytes, Cut>>,
    length: u64,
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.receiver.poll_recv(context).map(|next| next.map(|part| part.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
