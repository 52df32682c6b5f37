//! The network of one computer: requests reach the sandbox's servers in this process, or do not.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt;
use pierrot_core::http::{Carrier, HttpError};
use pierrot_sandbox::{InProcess, Server};
use reqwest::{Request, Response, ResponseBuilderExt};
use url::Url;

use super::{
    field::{Body, Fate, Field},
    judge,
};

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct SimulatedNetwork(pub Body);

/// One request, taken apart.
struct Sent {
    server: Server,
    method: String,
    url: Url,
    host: String,
    headers: reqwest::header::HeaderMap,
    body: Bytes,
}

impl Sent {
    fn what(&self) -> String {
        let method = self.url.query_pairs().find(|(name, _)| name == "method").map(|(_, value)| value.into_owned());
        format!("{} {}", self.method, method.unwrap_or_else(|| self.url.path().to_owned()))
    }
}

#[async_trait]
impl Carrier for SimulatedNetwork {
    async fn carry(&self, request: Request) -> Result<Response, HttpError> {
        let sent = taken_apart(request).await?;
        let what = sent.what();
        let (body, field) = (&self.0, &self.0.field);
        let fate = body.before(&what).await;
        if fate == Fate::Away || body.is_offline() {
            return Err(HttpError::Unreachable { host: sent.host, why: "there is no network".into() });
        }
        if sent.server == Server::X && sent.method == "POST" && sent.url.path() == "/2/tweets" {
            judge::before_post(field, &sent.body);
        }
        let (host, url) = (sent.host.clone(), sent.url.clone());
        let lost = |why: &str| HttpError::Lost { host: host.clone(), why: why.to_owned() };
        let answer = match fate {
            Fate::LostBefore | Fate::Away => Err(lost("the request was lost")),
            Fate::LostAfter => {
                answer(field, body.number, &sent);
                Err(lost("the answer was lost"))
            }
            Fate::Late(ms) => {
                let (field, who) = (field.clone(), body.number);
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    answer(&field, who, &sent);
                });
                tokio::time::sleep(PATIENCE).await;
                Err(HttpError::TooSlow { host: host.clone() })
            }
            Fate::Fine => answer(field, body.number, &sent).ok_or_else(|| lost("no answer came")),
        };
        body.after(&what).await;
        let answer = answer?;
        let mut response = http::Response::builder().status(answer.status).url(url);
        for (name, value) in &answer.headers {
            response = response.header(name, value);
        }
        let response = response.body(answer.body).map_err(|error| lost(&error.to_string()))?;
        Ok(Response::from(response))
    }
}

fn answer(field: &Field, who: u8, sent: &Sent) -> Option<pierrot_sandbox::Answer> {
    field.servers.tell_ms(field.now_ms());
    let (path, query) = (sent.url.path(), sent.url.query().unwrap_or_default());
    let place = (sent.method.as_str(), sent.host.as_str(), path, query);
    let answer = field.servers.answer(sent.server, place, sent.headers.clone(), sent.body.clone());
    let status = answer.as_ref().map_or(0, |answer| answer.status);
    field.tell(who, &format!("{} {status}", sent.what()));
    answer
}

async fn taken_apart(mut request: Request) -> Result<Sent, HttpError> {
    let url = request.url().clone();
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or_default());
    let Some(server) = InProcess::server_at(&host) else {
        return Err(HttpError::NotAllowed(url.origin().ascii_serialization()));
    };
    let body = match request.body_mut().take() {
        None => Bytes::new(),
        Some(body) => {
            let collected = body.collect().await;
            collected.map_err(|error| HttpError::Start(error.to_string()))?.to_bytes()
        }
    };
    let (method, headers) = (request.method().to_string(), request.headers().clone());
    Ok(Sent { server, method, url, host, headers, body })
}
