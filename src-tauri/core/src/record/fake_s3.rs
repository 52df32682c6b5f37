//! A small S3 server on loopback that misbehaves by script, for tests.
//!
//! Invariant: without faults it is atomic; every request is counted, and each fault strikes one request.
//! It knows PUT, GET and ListObjectsV2 with path style, and checks no signatures.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Carried out, then the connection breaks.
    DropAfter,
    /// The connection breaks before anything happens.
    DropBefore,
    /// An S3 error; nothing happens.
    Answer(u16, &'static str),
    /// Carried out, but the answer is an S3 error.
    StoredThen(u16, &'static str),
    /// No answer, ever.
    Hang,
    /// Something that is not S3 answers.
    Html(u16),
    /// The body stops in the middle.
    Half,
}

/// A running server.
#[derive(Debug)]
pub struct FakeS3 {
    pub address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
pub struct State {
    /// By path, `/bucket/key`.
    pub objects: BTreeMap<String, Vec<u8>>,
    pub faults: VecDeque<Fault>,
    /// `If-None-Match` is not understood and not refused.
    pub ignores_conditions: bool,
    /// `If-None-Match` is refused with 501.
    pub refuses_conditions: bool,
    pub requests: Vec<Request>,
}

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
}

type Answer = (u16, Vec<u8>);

impl FakeS3 {
    pub async fn start(faults: impl IntoIterator<Item = Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let state = Arc::new(Mutex::new(State { faults: faults.into_iter().collect(), ..State::default() }));
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&serving)));
            }
        });
        Self { address, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let mut received = Vec::new();
    loop {
        let (request, body) = receive(&mut stream, &mut received).await?;
        let (fault, answer) = {
            let mut state = lock(&state);
            state.requests.push(request.clone());
            let fault = state.faults.pop_front();
            let carried_out = matches!(fault, None | Some(Fault::DropAfter | Fault::StoredThen(..) | Fault::Half));
            (fault, if carried_out { state.carry_out(&request, body) } else { (500, Vec::new()) })
        };
        let (status, body) = match fault {
            None | Some(Fault::Half) => answer,
            Some(Fault::DropAfter | Fault::DropBefore) => return None,
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Answer(status, code) | Fault::StoredThen(status, code)) => (status, xml_error(code)),
            Some(Fault::Html(status)) => {
                send(&mut stream, status, "text/html", "", b"<html><body>Welcome to the hotel</body></html>", false)
                    .await?;
                continue;
            }
        };
        let e_tag = if status == 200 { "etag: \"0123456789abcdef\"\r\n" } else { "" };
        send(&mut stream, status, "application/xml", e_tag, &body, fault == Some(Fault::Half)).await?;
    }
}

async fn send(stream: &mut TcpStream, status: u16, kind: &str, headers: &str, body: &[u8], half: bool) -> Option<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    if half {
        stream.write_all(body.get(..length / 2)?).await.ok()?;
        return None;
    }
    stream.write_all(body).await.ok()
}

async fn receive(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<(Request, Vec<u8>)> {
    let head_end = loop {
        if let Some(at) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, received).await?;
    };
    let head = String::from_utf8(received.drain(..head_end).collect()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while received.len() < length {
        more(stream, received).await?;
    }
    let body = received.drain(..length).collect();
    Some((Request { method, path: path.to_owned(), query: query.to_owned(), headers }, body))
}

async fn more(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(received).await.ok()?;
    (count > 0).then_some(())
}

impl State {
    fn carry_out(&mut self, request: &Request, body: Vec<u8>) -> Answer {
        let conditional = request.headers.get("if-none-match").is_some_and(|value| value == "*");
        match request.method.as_str() {
            "PUT" if conditional && self.refuses_conditions => (501, xml_error("NotImplemented")),
            "PUT" if conditional && !self.ignores_conditions && self.objects.contains_key(&request.path) => {
                (412, xml_error("PreconditionFailed"))
            }
            "PUT" => {
                self.objects.insert(request.path.clone(), body);
                (200, Vec::new())
            }
            "GET" if request.query.contains("list-type=2") => (200, self.listing(request)),
            "GET" => match self.objects.get(&request.path) {
                Some(bytes) => (200, bytes.clone()),
                None => (404, xml_error("NoSuchKey")),
            },
            _ => (405, xml_error("MethodNotAllowed")),
        }
    }

    /// Everything in the bucket on one page: a store that ignores prefix and start-after is legal for our reader.
    fn listing(&self, request: &Request) -> Vec<u8> {
        let bucket = format!("{}/", request.path.trim_end_matches('/'));
        let keys = self.objects.keys().filter_map(|path| path.strip_prefix(&bucket));
        let contents: String = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>").into_bytes()
    }
}

fn xml_error(code: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>it is {code}</Message></Error>").into_bytes()
}
