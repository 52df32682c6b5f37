//! Addresses that strangers name, before the one client that may follow them.

use pierrot_core::{http::Reach, photo::PhotoId, pictures, sources::flickr::login::verifier_in};
use url::{Host, Url};

pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let _ = text.parse::<PhotoId>();
    let _ = verifier_in(text, "a-token");
    let Ok(address) = Url::parse(text) else { return };
    let plain = address.username().is_empty() && address.password().is_none();
    let host = address.host().map(|host| host.to_owned());
    if Reach::Public(vec!["staticflickr.com".into()]).check(&address).is_ok() {
        let Some(Host::Domain(name)) = &host else { panic!("{address} is no name") };
        assert!(name == "staticflickr.com" || name.ends_with(".staticflickr.com"), "{address}");
        assert!(plain && address.scheme() == "https" && address.port().is_none(), "{address}");
    }
    if Reach::Loopback.check(&address).is_ok() {
        let here = match &host {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        };
        assert!(plain && here, "{address}");
    }
    if let Ok(reach) = Reach::of(&address) {
        assert!(reach.check(&address).is_ok(), "{address} is within its own reach");
    }
    pictures::reach(&address);
}
