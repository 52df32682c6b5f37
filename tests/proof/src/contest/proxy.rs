//! Between a computer and an S3 server: loses requests and answers, lies about them, and delivers late.
//!
//! Invariant: a request reaches the server byte for byte, once or not at all, so that its signature holds.
//! Absent: keeping connections. Each request has its own to the server, closed after the answer.

use std::{
    io,
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Largest request that is passed on, in bytes.
const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Of a thousand requests so many go wrong.
const FAULTS_PER_MILLE: u32 = 40;

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    /// It never arrives and nobody is told.
    LostBefore,
    /// It arrives and nobody is told.
    LostAfter,
    /// This answer without the effect.
    Says(Lie),
    /// The effect with this answer.
    SaysAfter(Lie),
    /// Nobody is told, and it arrives so many milliseconds later.
    Late(u64),
    /// It takes so many milliseconds longer.
    Slow(u64),
}

/// A status of S3 with its code.
type Lie = (u16, &'static str);

const LIES: [Lie; 3] = [(500, "InternalError"), (503, "SlowDown"), (409, "ConditionalRequestConflict")];
/// The repetition of a request that had succeeded is told so.
const REPEATED: Lie = (412, "PreconditionFailed");

#[derive(Debug)]
struct Shared {
    server: String,
    dice: Mutex<ChaCha8Rng>,
    stormy: AtomicBool,
    faults: AtomicU64,
}

/// A running proxy; it ends with the runtime.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on loopback in front of `endpoint`, calm at first.
    pub async fn start(endpoint: &str, seed: u64) -> io::Result<Self> {
        let server = endpoint.strip_prefix("http://").unwrap_or(endpoint).to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            server,
            dice: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            stormy: AtomicBool::new(false),
            faults: AtomicU64::new(0),
        });
        tokio::spawn(accept(listener, shared.clone()));
        Ok(Self { address, shared })
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn storm(&self, on: bool) {
        self.shared.stormy.store(on, Ordering::SeqCst);
    }

    pub fn faults(&self) -> u64 {
        self.shared.faults.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(serve(client, shared.clone()));
    }
}

/// One request; the connection is closed after it. A client that goes away is no error here.
async fn serve(mut client: TcpStream, shared: Arc<Shared>) {
    let Ok(Some(request)) = read_request(&mut client).await else { return };
    let answer = match shared.fate(&request) {
        Fate::Fine => pass_on(&shared.server, &request).await,
        Fate::LostBefore => return,
        Fate::LostAfter => {
            pass_on(&shared.server, &request).await.ok();
            return;
        }
        Fate::Says(lie) => Ok(told(lie)),
        Fate::SaysAfter(lie) => pass_on(&shared.server, &request).await.map(|_| told(lie)),
        Fate::Late(ms) => {
            drop(client);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            pass_on(&shared.server, &request).await.ok();
            return;
        }
        Fate::Slow(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            pass_on(&shared.server, &request).await
        }
    };
    if let Ok(answer) = answer {
        client.write_all(&answer).await.ok();
        client.shutdown().await.ok();
    }
}

impl Shared {
    fn fate(&self, request: &[u8]) -> Fate {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.stormy.load(Ordering::SeqCst) || !dice.random_ratio(FAULTS_PER_MILLE, 1000) {
            return Fate::Fine;
        }
        self.faults.fetch_add(1, Ordering::SeqCst);
        let creates = head_of(request).to_ascii_lowercase().contains("\r\nif-none-match:");
        let lie = LIES[dice.random_range(0..if creates { 3 } else { 2 })];
        match dice.random_range(0..8) {
            0 => Fate::LostBefore,
            1 => Fate::LostAfter,
            2 => Fate::Says(lie),
            3 => Fate::SaysAfter(lie),
            4 if creates => Fate::SaysAfter(REPEATED),
            5 => Fate::Late(dice.random_range(1..4_000)),
            _ => Fate::Slow(dice.random_range(1..400)),
        }
    }
}

fn head_of(request: &[u8]) -> String {
    String::from_utf8_lossy(&request[..head_end(request).unwrap_or(request.len())]).into_owned()
}

/// Where the empty line after the head ends.
fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// Head and body; `None` when the client went away before it had said all.
async fn read_request(client: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    let mut whole = None;
    while whole.is_none_or(|whole| request.len() < whole) {
        if request.len() > REQUEST_BYTES_MAX || client.read_buf(&mut request).await? == 0 {
            return Ok(None);
        }
        if whole.is_none()
            && let Some(end) = head_end(&request)
        {
            let head = head_of(&request).to_ascii_lowercase();
            if head.contains("\r\nexpect: 100-continue") {
                client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            whole = Some(end + length.unwrap_or(0));
        }
    }
    Ok(Some(request))
}

/// The server's answer, to its end. One header is added, which no signature covers: close after this.
async fn pass_on(server: &str, request: &[u8]) -> io::Result<Vec<u8>> {
    let line = request.windows(2).position(|two| two == b"\r\n").map_or(request.len(), |at| at + 2);
    let mut connection = TcpStream::connect(server).await?;
    connection.write_all(&request[..line]).await?;
    connection.write_all(b"Connection: close\r\n").await?;
    connection.write_all(&request[line..]).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    if answer.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(answer)
}

fn told((status, code): Lie) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    );
    format!(
        "HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
