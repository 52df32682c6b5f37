//! What is wrong in a TOML file, in the words of somebody who edits it: the line, the key, and what belongs there.
//!
//! Invariant: pure; what the parser says that is not known here is passed on as it is. Absent: checking values.

/// The mistake the parser found, as a sentence without its full stop.
pub(super) fn in_words(text: &str, error: &toml::de::Error) -> String {
    let why = plain(error.message());
    let Some(span) = error.span() else { return why };
    let number = text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
    match key_at(text, number) {
        Some(key) => format!("line {number}: {key}: {why}"),
        None => format!("line {number}: {why}"),
    }
}

/// The whole name of the key on a line, with the table it stands in.
fn key_at(text: &str, number: usize) -> Option<String> {
    let key = text.lines().nth(number.checked_sub(1)?)?.split_once('=')?.0.trim().to_owned();
    let above = text.lines().take(number).map(str::trim);
    let table = above.filter_map(|line| line.strip_prefix('[')?.split(']').next()).last();
    Some(table.map_or_else(|| key.clone(), |table| format!("{table}.{key}")))
}

/// What belongs there, instead of names of types.
fn plain(message: &str) -> String {
    let message = message.trim_end().lines().collect::<Vec<_>>().join(", ");
    if let Some(unknown) = message.strip_prefix("unknown variant ") {
        let words =
            unknown.replacen(", expected one of ", " is not one of ", 1).replacen(", expected ", " is not one of ", 1);
        return words.replace(" or ", ", ").replace('`', "\"");
    }
    let Some((found, expected)) = message.split_once(", expected ") else { return message };
    let number = ["u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize"].contains(&expected);
    if number && found.starts_with("invalid value") {
        return "must be another whole number: this one is too small or too large".into();
    }
    if number {
        return "must be a whole number, without quotes".into();
    }
    if found.starts_with("string values must be quoted") {
        return "must be a text: put quotes round it".into();
    }
    if !found.starts_with("invalid type") {
        return message;
    }
    match expected {
        "f64" | "f32" => "must be a number, without quotes".into(),
        "a string" | "a borrowed string" | "string or table" => "must be a text: put quotes round it".into(),
        "a boolean" => "must be true or false, without quotes".into(),
        "a sequence" => "must be a list in [ ]".into(),
        "a map" => "must be a table, on a line of its own in [ ]".into(),
        table if table.starts_with("struct ") => "must be a table, on a line of its own in [ ]".into(),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn a_mistake_in_the_file_is_told_with_line_key_and_what_belongs_there() {
        let table = [
            ("[targets.x]\nmax_bytes = \"big\"", "line 2: targets.x.max_bytes: must be a whole number, without quotes"),
            ("[flickr]\ntags = \"sea\"", "line 2: flickr.tags: must be a list in [ ]"),
            ("[flickr]\n\nuser = 3", "line 3: flickr.user: must be a text: put quotes round it"),
            ("[flickr]\nuser = me", "line 2: flickr.user: must be a text: put quotes round it"),
            ("[targets.x]\nlink = \"yes\"", "line 2: targets.x.link: must be true or false, without quotes"),
            ("[flickr]\ncalls_per_second = \"1\"", "line 2: flickr.calls_per_second: must be a number, without quotes"),
            (
                "[flickr]\nburst = -1",
                "line 2: flickr.burst: must be another whole number: this one is too small or too large",
            ),
            ("[record]\nkind = \"disk\"", "line 2: record.kind: \"disk\" is not one of \"folder\", \"s3\""),
            ("[record]\nkind = 3", "line 2: record.kind: must be a text: put quotes round it"),
            ("flickr = 3", "line 1: flickr: must be a table, on a line of its own in [ ]"),
        ];
        for (text, words) in table {
            let said = Settings::parse(text).expect_err(text).to_string();
            assert_eq!(said, format!("config.toml: {words}"), "{text}");
        }
    }
}
