//! A client for this crate's own tests: raw HTTP/1.1 over a socket, signed by an implementation that is not ours.
//!
//! Invariant: what the socket gave is what the test sees, cut answers included; nothing is retried.
//! Absent: everything a real client does for its user.

use oauth::ParameterList;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{Control, Described, Options, Sandbox, start};

/// An answer as it came; `whole` is false when fewer bytes came than announced.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) whole: bool,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("not JSON ({why}): {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|l| l.split(':').next().is_some_and(|k| k.eq_ignore_ascii_case(name)))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }
}

/// Sends one request on a new connection; `None` when it was closed without an answer.
pub(crate) async fn send(url: &str, method: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
    let rest = url.strip_prefix("http://").expect("the sandbox speaks http");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await.expect("the sandbox listens");
    let mut head = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).await.expect("the head is written");
    stream.write_all(body).await.expect("the body is written");
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.ok();
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status line");
    let mut answer = Answer { status, head, body: raw[end + 4..].to_vec(), whole: true };
    let announced = answer.header("content-length").and_then(|n| n.parse::<usize>().ok());
    answer.whole = announced.is_none_or(|n| n == answer.body.len());
    Some(answer)
}

/// The parameters of an Authorization header in the form of a query.
pub(crate) fn as_query(header: &str) -> String {
    header.trim_start_matches("OAuth ").replace("\",", "&").replace("=\"", "=").replace('"', "")
}

/// A sandbox with a client for it.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) control: Control,
    pub(crate) at: Described,
}

impl Bench {
    pub(crate) async fn new(photos: usize) -> Bench {
        let sandbox = start(Options { photos, ..Options::default() }).await.expect("ports are free");
        Bench { control: sandbox.control(), at: sandbox.described().clone(), sandbox }
    }

    pub(crate) fn secret(&self, name: &str) -> String {
        self.at.secrets[name].clone()
    }

    fn token(&self, prefix: &str, names: [&str; 4]) -> oauth::Token {
        let [key, secret, token, token_secret] = names.map(|name| self.secret(&format!("{prefix}.{name}")));
        oauth::Token::from_parts(key, secret, token, token_secret)
    }

    /// A signed Flickr call with the parameters in the query.
    pub(crate) async fn flickr(&self, method: &str, arguments: &[(&str, &str)]) -> Answer {
        let all = [&[("method", method), ("format", "json"), ("nojsoncallback", "1")], arguments].concat();
        let token = self.token("flickr", ["api_key", "api_secret", "token", "token_secret"]);
        let list = ParameterList::new(all.as_slice().to_vec());
        let header = oauth::Builder::with_token(token, oauth::HMAC_SHA1).get(&self.at.flickr.api_url, &list);
        let url = format!("{}&{}", oauth::to_query(self.at.flickr.api_url.clone(), &list), as_query(&header));
        send(&url, "GET", &[], b"").await.expect("an answer")
    }

    /// A Flickr call with the key alone.
    pub(crate) async fn flickr_public(&self, method: &str, arguments: &[(&str, &str)]) -> Answer {
        let key = self.secret("flickr.api_key");
        let mut query = format!("method={method}&format=json&nojsoncallback=1&api_key={key}");
        for (name, value) in arguments {
            query.push_str(&format!("&{name}={}", crate::oauth::encode(value)));
        }
        send(&format!("{}?{query}", self.at.flickr.api_url), "GET", &[], b"").await.expect("an answer")
    }

    /// A signed X call; `None` when the connection was dropped.
    pub(crate) async fn x(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Answer> {
        let token = self.token("x", ["consumer_key", "consumer_secret", "access_token", "access_token_secret"]);
        self.x_as(token, method, path, kind, body).await
    }

    pub(crate) async fn x_as(
        &self,
        token: oauth::Token,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Option<Answer> {
        let url = format!("{}{path}", self.at.x.api_url);
        let (base, query) = url.split_once('?').unwrap_or((&url, ""));
        let list = ParameterList::new(crate::oauth::pairs(query));
        let header = oauth::Builder::with_token(token, oauth::HMAC_SHA1).authorize(method, base, &list);
        send(&url, method, &[("authorization", &header), ("content-type", kind)], body).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Option<Answer> {
        self.x("POST", "/2/tweets", "application/json", body.to_string().as_bytes()).await
    }

    /// Uploads a picture by multipart and returns the media id.
    pub(crate) async fn upload(&self, picture: &[u8]) -> Answer {
        let mut body = b"--zz\r\ncontent-disposition: form-data; name=\"media_category\"\r\n\r\ntweet_image".to_vec();
        body.extend(b"\r\n--zz\r\ncontent-disposition: form-data; name=\"media\"; filename=\"a.jpg\"\r\n");
        body.extend(b"content-type: image/jpeg\r\n\r\n");
        body.extend(picture);
        body.extend(b"\r\n--zz--\r\n");
        self.x("POST", "/2/media/upload", "multipart/form-data; boundary=zz", &body).await.expect("an answer")
    }

    pub(crate) async fn timeline(&self, query: &str) -> Value {
        let path = format!("/2/users/{}/tweets?{query}", self.at.x.user_id);
        self.x("GET", &path, "", b"").await.expect("an answer").json()
    }

    pub(crate) fn faults(&self, faults: &Value) {
        self.control.faults(faults).expect("faults are understood");
    }
}

/// A small real JPEG.
pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 120]));
    picture.write_to(&mut file, image::ImageFormat::Jpeg).expect("memory takes a JPEG");
    file.into_inner()
}

/// The body of a post with pictures.
pub(crate) fn with_media(text: &str, ids: &[&str]) -> Value {
    json!({"text": text, "media": {"media_ids": ids}})
}
