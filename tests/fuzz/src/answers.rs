//! A server that answers every request with the same bytes, and a clock that jumps over every waiting.

use std::sync::Arc;

use async_trait::async_trait;
use pierrot_core::http::{Carrier, HttpError, Network};
use reqwest::{Request, Response, ResponseBuilderExt};
use tokio::runtime::{Builder, Runtime};

/// What servers say first.
const STATUSES: [u16; 12] = [200, 201, 301, 400, 401, 402, 403, 404, 429, 500, 503, 204];

/// One answer for all requests.
#[derive(Debug)]
struct Always {
    status: u16,
    body: Vec<u8>,
}

#[async_trait]
impl Carrier for Always {
    async fn carry(&self, request: Request) -> Result<Response, HttpError> {
        let answer = http::Response::builder()
            .status(self.status)
            .header("content-type", "application/json")
            .header("retry-after", self.body.len() % 90)
            .url(request.url().clone());
        let answer = answer.body(self.body.clone()).map_err(|error| HttpError::Start(error.to_string()))?;
        Ok(Response::from(answer))
    }
}

/// The second byte of the first line is the status: `a` is 200.
pub fn network(line: &[u8], body: &[u8]) -> Network {
    let status = STATUSES[crate::door(line, 1, STATUSES.len())];
    Network::Simulated(Arc::new(Always { status, body: body.to_vec() }))
}

/// Runs to the end; waiting takes no time.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime of one thread needs nothing");
    }
    RUNTIME.with(|runtime| runtime.block_on(work))
}
