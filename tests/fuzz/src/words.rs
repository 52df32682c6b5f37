//! Words of strangers on their way to a caption: titles, descriptions, tags, templates, what a photographer types.

use pierrot_core::{
    caption::{Facts, Template, typed},
    count::weighted_length,
    log::Part,
};

use crate::{door, parts};

/// X's limit, and one that is far below what the words need.
const LIMITS: [usize; 3] = [280, 25_000, 40];

/// The first line is the template, the second the title, the third the tags, the rest the description.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (template, title, tags, description) = (line(), line(), line(), line());
    let tags: Vec<String> = tags.split(' ').map(str::to_owned).collect();
    let url = "https://www.flickr.com/photos/somebody/53121234567/";
    let facts = Facts { title, description, tags: &tags, date_taken: Some(title), url };
    if let Ok(template) = Template::parse(template) {
        let limit = LIMITS[door(title.as_bytes(), 0, LIMITS.len())];
        let caption = template.caption(&facts, limit, door(title.as_bytes(), 1, 2) == 1);
        assert!(!caption.text.is_empty() && weighted_length(&caption.text) <= limit, "{caption:?}");
        assert!(!template.alt_text(&facts).is_empty());
        template.draft(&facts);
    }
    for part in [Part::Caption, Part::AltText] {
        if let Ok(kept) = typed(part, text) {
            assert_eq!(typed(part, &kept).as_ref(), Ok(&kept), "keeping it once more changes nothing");
        }
    }
    let (_, body) = parts(input);
    weighted_length(&String::from_utf8_lossy(body));
}
