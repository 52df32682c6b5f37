//! Who may ask: only this computer, only with the token, only from our own page.
//!
//! Host names other than the loopback ones are refused, which stops a hostile name that resolves to 127.0.0.1; a foreign Origin
//! is refused, which stops other pages of the same browser. The cookie is HttpOnly and SameSite=Strict and named by the port,
//! because cookies do not know ports.

use std::fmt;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::Site;

/// What opens the page: 256 random bits in hex, drawn anew at every start.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn random(dice: &mut impl Rng) -> Self {
        Self(format!("{:032x}{:032x}", dice.random::<u128>(), dice.random::<u128>()))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares digests, so that timing tells nothing.
    fn fits(&self, other: &str) -> bool {
        Sha256::digest(self.0.as_bytes()) == Sha256::digest(other.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// Outermost: the host name and the origin must be ours; every answer carries what keeps a page in its place.
pub(crate) async fn only_from_here(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut answer = if let Some(why) = foreign(request.headers(), request.method(), site.port) {
        (StatusCode::FORBIDDEN, why).into_response()
    } else {
        next.run(request).await
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        ("content-security-policy", CSP),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn foreign(headers: &HeaderMap, method: &Method, port: u16) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    if !text(header::HOST).is_some_and(|host| ours.iter().any(|ours| ours == host)) {
        return Some("Pierrot answers on 127.0.0.1 only.\n");
    }
    let from_our_page =
        |origin: &str| origin.strip_prefix("http://").is_some_and(|host| ours.iter().any(|ours| ours == host));
    match text(header::ORIGIN) {
        Some(origin) if !from_our_page(origin) => Some("Another page asked; Pierrot answers only its own.\n"),
        Some(_) => None,
        // Browsers name the origin of everything that may change something; programs send a bearer token instead.
        None if *method == Method::GET || *method == Method::HEAD || headers.contains_key(header::AUTHORIZATION) => {
            None
        }
        None => Some("A request that changes something must say where it comes from.\n"),
    }
}

/// Inside: nothing without the token.
pub(crate) async fn only_with_token(State(site): State<Site>, request: Request, next: Next) -> Response {
    if is_known(request.headers(), &site) {
        return next.run(request).await;
    }
    let words = "Open the address that Pierrot printed when it started: it carries the key to this page.\n";
    (StatusCode::UNAUTHORIZED, words).into_response()
}

fn is_known(headers: &HeaderMap, site: &Site) -> bool {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if bearer.is_some_and(|token| site.token.fits(token)) {
        return true;
    }
    let name = cookie_name(site.port);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .any(|(key, value)| key == name && site.token.fits(value))
}

fn cookie_name(port: u16) -> String {
    format!("pierrot_{port}")
}

/// The first visit: the token of the address becomes a cookie, and the address loses it.
pub(crate) async fn open(State(site): State<Site>, address: Uri) -> Response {
    let pairs = url::form_urlencoded::parse(address.query().unwrap_or_default().as_bytes());
    let token = pairs.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token);
    let Some(token) = token.filter(|token| site.token.fits(token)) else {
        let words = "This address is of an earlier start. Open the one that Pierrot printed last.\n";
        return (StatusCode::UNAUTHORIZED, words).into_response();
    };
    let cookie = format!("{}={token}; HttpOnly; SameSite=Strict; Path=/", cookie_name(site.port));
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}
