//! Which addresses a page may send a person to: those of the places Pierrot works with, and nothing else.
//!
//! A title or a description never decides where somebody ends up.

use url::Url;

use super::Engine;
use crate::{
    error::{Error, Result},
    settings::{Settings, is_loopback},
};

const HOSTS: [&str; 9] = [
    "www.flickr.com",
    "flickr.com",
    "flic.kr",
    "x.com",
    "twitter.com",
    "developer.x.com",
    "console.x.com",
    "creativecommons.org",
    "www.usa.gov",
];

impl Engine {
    /// The address, if it is one that Pierrot knows: https, or http on this computer where the settings say so.
    pub fn known_address(&self, address: &str) -> Result<Url> {
        known(address, self.pierrot().settings())
            .ok_or_else(|| Error::failed("Pierrot does not open this address.", "Copy it if you trust it."))
    }
}

fn known(address: &str, settings: &Settings) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let configured = [&settings.flickr.oauth_url, &settings.flickr.api_url].into_iter();
    let mut configured = configured.chain(settings.targets.values().map(|target| &target.api_url));
    let ours = configured.any(|known| known.origin() == url.origin());
    match url.scheme() {
        "https" => (ours || (url.port().is_none() && HOSTS.contains(&url.host_str()?))).then_some(url),
        "http" => (ours && is_loopback(&url)).then_some(url),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_places_pierrot_works_with_are_opened() {
        let text = "[targets.x]\nkind = 'x'\napi_url = 'http://127.0.0.1:5001'";
        let settings = Settings::parse(text).expect("valid");
        for (address, opens) in [
            ("https://www.flickr.com/photos/me/1/", true),
            ("https://x.com/me/status/1", true),
            ("http://127.0.0.1:5001/oauth/authorize?oauth_token=a", true),
            ("http://127.0.0.1:5002/", false),
            ("http://x.com/me", false),
            ("https://x.com.evil.com/", false),
            ("https://x.com:8443/", false),
            ("https://me@x.com/", false),
            ("https://evil.com/https://x.com/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("smb://x.com/a", false),
        ] {
            assert_eq!(known(address, &settings).is_some(), opens, "{address}");
        }
    }
}
