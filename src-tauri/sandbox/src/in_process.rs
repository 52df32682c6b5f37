//! The same servers without sockets, for proofs that decide what happens when: a request in, an answer out, at a told time.
//!
//! Invariant: what answers is what answers behind the sockets, script of faults included. Absent: waiting. How long an answer
//! takes, and whether it arrives, is for the caller to decide.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::HeaderMap;

use crate::http::{Call, decide};
use crate::{Control, Described, Options, Server, World, clock, describe, pictures};

const FLICKR: &str = "127.0.0.1:1";
const STATIC: &str = "127.0.0.1:2";
const X: &str = "127.0.0.1:3";

/// Flickr and X as functions.
#[derive(Debug, Clone)]
pub struct InProcess {
    world: Arc<World>,
}

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Bytes,
}

impl InProcess {
    /// Servers with a library and accounts of their own; the ports of `options` mean nothing.
    #[must_use]
    pub fn new(options: Options) -> InProcess {
        let pictures = Arc::new(pictures::Pictures::new(&options));
        InProcess::with(options, pictures)
    }

    /// Fresh servers of the same options, which share the pictures drawn so far.
    #[must_use]
    pub fn fresh(&self) -> InProcess {
        InProcess::with(self.world.options.clone(), self.world.pictures.clone())
    }

    fn with(options: Options, pictures: Arc<pictures::Pictures>) -> InProcess {
        let described =
            describe(&options, &format!("http://{FLICKR}"), &format!("http://{STATIC}"), &format!("http://{X}"));
        InProcess { world: Arc::new(World::new(options, described, clock::SandboxClock::told(), pictures)) }
    }

    /// Addresses and secrets.
    #[must_use]
    pub fn described(&self) -> &Described {
        &self.world.described
    }

    /// A handle with the powers of the control routes.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.world.clone())
    }

    /// Tells the servers what time it is, in milliseconds since 1970.
    pub fn tell_ms(&self, now_ms: i64) {
        self.world.clock.tell_ms(now_ms);
    }

    /// Which of the servers listens at `host:port`.
    #[must_use]
    pub fn server_at(authority: &str) -> Option<Server> {
        match authority {
            FLICKR => Some(Server::Flickr),
            STATIC => Some(Server::Static),
            X => Some(Server::X),
            _ => None,
        }
    }

    /// Answers one request; `None` when the script says that no answer comes.
    #[must_use]
    pub fn answer(
        &self,
        server: Server,
        (method, host, path, query): (&str, &str, &str, &str),
        headers: HeaderMap,
        body: Bytes,
    ) -> Option<Answer> {
        let call = Call {
            method: method.to_owned(),
            scheme: "http",
            host: host.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body,
        };
        let reply = decide(&self.world, server, &call).reply?;
        Some(Answer { status: reply.status, headers: reply.headers, body: reply.body })
    }
}
