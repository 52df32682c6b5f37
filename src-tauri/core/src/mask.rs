//! Takes out of a text what names a person, a place or an account, and everything that looks like a key.
//!
//! Invariants: a word that is known is gone wherever it stands; an address loses its path; a run of letters and digits that could
//! be a key, a token or an id is gone, known or not. Absent: what is known (the caller says), and any promise for plain words
//! that nobody named.

/// Letters and digits together from this length on look like a key.
const KEY_MIN: usize = 16;
/// So does anything from this length on.
const LONG_MIN: usize = 24;
/// And digits alone from this length on are the id of something.
const ID_MIN: usize = 9;
/// Hosts that say nothing about a person.
const PUBLIC: [&str; 4] = ["api.flickr.com", "www.flickr.com", "api.x.com", "x.com"];

/// What is known and must not be told.
#[derive(Clone, Default)]
pub struct Mask(Vec<(String, String)>);

impl std::fmt::Debug for Mask {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Mask of {} words", self.0.len())
    }
}

impl Mask {
    /// From now on `word` is told as `<name>`; longer words go first.
    pub fn hide(&mut self, word: &str, name: &str) {
        let word = word.trim();
        if word.chars().count() >= 2 {
            self.0.push((word.to_owned(), format!("<{name}>")));
            self.0.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        }
    }

    /// The text as it may be told.
    pub fn text(&self, text: &str) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, (word, name)| replaced(&text, word, name));
        known.split_inclusive(char::is_whitespace).map(piece).collect()
    }
}

/// Short words only where they stand alone: "me" is also a part of "time".
fn replaced(text: &str, word: &str, name: &str) -> String {
    let mut left = text;
    let mut told = String::with_capacity(text.len());
    while let Some(at) = left.find(word) {
        let (before, rest) = left.split_at(at);
        let after = &rest[word.len()..];
        let alone = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        told.push_str(before);
        told.push_str(if alone || word.len() >= 5 { name } else { word });
        left = after;
    }
    told + left
}

/// One word with the white space after it.
fn piece(piece: &str) -> String {
    if let Some((before, rest)) = piece.split_once("://") {
        let end = rest.find(['/', '?', '#', '"', '\'', ')', '>', ',', ' ', '\n']).unwrap_or(rest.len());
        let host = &rest[..end];
        let space = &piece[piece.trim_end().len()..];
        let scheme = before.rsplit(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap_or_default();
        let host = if PUBLIC.contains(&host) { host } else { "<address>" };
        return format!("{scheme}://{host}{space}");
    }
    if piece.contains('@') {
        return format!("<name>{}", &piece[piece.trim_end().len()..]);
    }
    let mut told = String::with_capacity(piece.len());
    let mut run = String::new();
    for sign in piece.chars() {
        if sign.is_alphanumeric() || sign == '_' || sign == '%' || sign == '+' || sign == '=' {
            run.push(sign);
            continue;
        }
        told.push_str(&plain(&run));
        run.clear();
        told.push(sign);
    }
    told + &plain(&run)
}

fn plain(run: &str) -> String {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let letters = run.chars().filter(|sign| sign.is_alphabetic()).count();
    let key = run.len() >= LONG_MIN || (run.len() >= KEY_MIN && digits > 0 && letters > 0);
    if key || (digits >= ID_MIN && letters == 0) { "<id>".into() } else { run.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_name_or_open_something_is_gone_and_the_rest_stays() {
        let mut mask = Mask::default();
        for (word, name) in
            [("anna", "user"), ("/home/anna/photos", "record"), ("my-bucket", "bucket"), ("me", "flickr"), (" ", "no")]
        {
            mask.hide(word, name);
        }
        for (text, told) in [
            ("The record at /home/anna/photos failed.", "The record at <record> failed."),
            ("anna is here, annabel too", "<user> is here, annabel too"),
            ("s3://my-bucket/a b", "s3://<address> b"),
            ("some time for me", "some time for <flickr>"),
            ("see https://api.x.com/2/tweets?oauth_token=123-abc now", "see https://api.x.com now"),
            ("(http://127.0.0.1:9/secret)", "http://<address>"),
            ("signed in as Anna (12345678@N01)", "signed in as Anna <name>"),
            ("photo 53000000001 of 60", "photo <id> of 60"),
            ("token 1900-AbCdEfGh12345678, key=Zm9vYmFyYmF6cXV4MTIz", "token 1900-<id>, <id>"),
            (
                "2026-11-24T14:03:12.123Z WARN pierrot_core::engine: it failed",
                "2026-11-24T14:03:12.123Z WARN pierrot_core::engine: it failed",
            ),
            ("abcdefghijklmnopqrstuvwxyz", "<id>"),
        ] {
            assert_eq!(mask.text(text), told);
        }
    }
}
