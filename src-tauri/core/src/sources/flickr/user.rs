//! From what the photographer wrote as `user` to the account's id.
//!
//! Invariant: an id costs no call, `me` one, a name or an address at most two. Absent: remembering (the caller does).

use super::call::Caller;
use super::{FlickrError, Result, parse};

/// How the settings name the account.
#[derive(Debug, PartialEq, Eq)]
enum User<'a> {
    Me,
    Nsid(&'a str),
    Address(String),
    Name(&'a str),
}

pub(super) async fn resolve(caller: &Caller, user: &str) -> Result<String> {
    let unknown = || FlickrError::NotFound { what: format!("the account \"{}\"", super::text::line(user)) };
    match classify(user) {
        User::Me => {
            caller.needs_login("user = \"me\"")?;
            Ok(caller.ask("flickr.test.login", &Vec::new(), parse::who).await?.nsid)
        }
        User::Nsid(nsid) => Ok(nsid.to_owned()),
        User::Address(address) => lookup(caller, "flickr.urls.lookupUser", "url", address).await?.ok_or_else(unknown),
        User::Name(name) => {
            if let Some(nsid) = lookup(caller, "flickr.people.findByUsername", "username", name.to_owned()).await? {
                return Ok(nsid);
            }
            let address = format!("https://www.flickr.com/photos/{}/", crate::oauth::encode(name));
            lookup(caller, "flickr.urls.lookupUser", "url", address).await?.ok_or_else(unknown)
        }
    }
}

async fn lookup(caller: &Caller, method: &str, param: &'static str, value: String) -> Result<Option<String>> {
    let answer = caller.ask(method, &vec![(param, value)], parse::who).await;
    Ok(super::gone(answer, &[1, 2])?.map(|who| who.nsid))
}

fn classify(user: &str) -> User<'_> {
    let user = user.trim();
    if user == "me" || user.is_empty() {
        return User::Me;
    }
    let rest = user.strip_prefix("https://").or_else(|| user.strip_prefix("http://")).unwrap_or(user);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let path = ["flickr.com/photos/", "flickr.com/people/"].iter().find_map(|start| rest.strip_prefix(start));
    let name = path.map(|path| path.split(['/', '?', '#']).next().unwrap_or_default());
    match name {
        Some(name) if is_nsid(name) => User::Nsid(name),
        Some(name) if !name.is_empty() => User::Address(format!("https://www.flickr.com/photos/{name}/")),
        Some(_) | None if is_nsid(user) => User::Nsid(user),
        Some(_) | None => User::Name(user),
    }
}

fn is_nsid(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.len() <= 20 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once("@N").is_some_and(|(number, farm)| digits(number) && digits(farm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_may_be_named_in_every_way_people_know() {
        let address = || User::Address("https://www.flickr.com/photos/jane_doe/".to_owned());
        for (text, expected) in [
            ("me", User::Me),
            (" me ", User::Me),
            ("", User::Me),
            ("12345678@N01", User::Nsid("12345678@N01")),
            ("https://www.flickr.com/photos/12345678@N01/", User::Nsid("12345678@N01")),
            ("https://www.flickr.com/photos/jane_doe/", address()),
            ("http://flickr.com/photos/jane_doe", address()),
            ("www.flickr.com/people/jane_doe/53572261016/?x=1", address()),
            ("flickr.com/photos/jane_doe#top", address()),
            ("Jane Doe", User::Name("Jane Doe")),
            ("jane@N", User::Name("jane@N")),
            ("@N01", User::Name("@N01")),
            ("https://www.flickr.com/photos/", User::Name("https://www.flickr.com/photos/")),
        ] {
            assert_eq!(classify(text), expected, "{text:?}");
        }
    }
}
