//! A server on this computer that answers what a test tells it and keeps what it was asked; one request a connection.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

pub(crate) struct Scripted {
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

/// A whole answer; the length is announced.
pub(crate) fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(200, "", body)
}

/// An answer that announces more than it sends.
pub(crate) fn cut_short(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len() + 100);
    [head.as_bytes(), body].concat()
}

impl Scripted {
    /// Answers in turn, the last one for ever; an empty answer closes the connection.
    pub async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        tokio::spawn(async move {
            loop {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let (mut head, mut buffer) = (Vec::new(), [0u8; 4096]);
                while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                    match stream.read(&mut buffer).await {
                        Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
                        _ => break,
                    }
                }
                let at = {
                    let mut log = log.lock().expect("no test panics while holding it");
                    log.push(String::from_utf8_lossy(&head).into_owned());
                    log.len() - 1
                };
                let bytes = answers.get(at).or(answers.last()).cloned().unwrap_or_default();
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { port, asked }
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).expect("an address")
    }

    /// The requests so far, heads only.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panics while holding it").clone()
    }
}
