//! A caption template: plain text with placeholders, parsed once, filled for every photo.
//!
//! Invariant: a parsed template knows all its placeholders; an unknown one is an error that names itself and the nearest
//! right one. Filling leaves no dangling separator, bracket or empty line where a fact is missing.

use thiserror::Error;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `{title}`, nothing when it is a camera's file name.
    Title,
    /// `{description}`, as plain text.
    Description,
    /// `{tags}`, as hashtags.
    Tags,
    /// `{date_taken}`, as a person writes it.
    DateTaken,
    /// `{url}`, the photo's own page.
    Url,
}

const NAMES: [(&str, Placeholder); 5] = [
    ("title", Placeholder::Title),
    ("description", Placeholder::Description),
    ("tags", Placeholder::Tags),
    ("date_taken", Placeholder::DateTaken),
    ("url", Placeholder::Url),
];

/// Two names are near when at least this part of their letters agrees (Jaro-Winkler).
const NEAR_MIN: f64 = 0.7;

/// Why a text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// A name that is none of ours.
    #[error("{{{name}}} is not a placeholder; {}", hint(.nearest))]
    Unknown {
        /// As typed, without braces.
        name: String,
        /// What was probably meant.
        nearest: Option<&'static str>,
    },
    /// `{` without `}`.
    #[error("the brace that opens {{{rest} is never closed; for a brace in the text write {{{{")]
    Unclosed {
        /// The beginning of what follows the brace.
        rest: String,
    },
    /// `}` without `{`.
    #[error("a closing brace stands alone after \"{before}\"; for a brace in the text write }}}}")]
    Stray {
        /// The end of what precedes the brace.
        before: String,
    },
}

fn hint(nearest: &Option<&str>) -> String {
    match nearest {
        Some(name) => format!("did you mean {{{name}}}?"),
        None => "use {title}, {description}, {tags}, {date_taken} or {url}".to_owned(),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Fact(Placeholder),
}

/// A parsed template; `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

impl Template {
    /// Parses a template such as `{title}, {date_taken}`.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..];
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            if brace.starts_with('}') {
                let before = text[..text.len() - brace.len()].chars().rev().take(20).collect::<Vec<_>>();
                return Err(TemplateError::Stray { before: before.into_iter().rev().collect() });
            }
            let Some(end) = brace.find(['}', '\n']).filter(|end| brace[*end..].starts_with('}')) else {
                return Err(TemplateError::Unclosed { rest: brace[1..].chars().take(20).collect() });
            };
            let fact = placeholder(&brace[1..end])?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Fact(fact));
            rest = &brace[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// Whether the template asks for `placeholder`.
    pub fn uses(&self, placeholder: Placeholder) -> bool {
        self.0.contains(&Part::Fact(placeholder))
    }

    /// Fills in the facts; a missing one is the empty text, and takes the separators and brackets around it away.
    pub(super) fn fill(&self, mut fact: impl FnMut(Placeholder) -> String) -> String {
        let mut filled = Filled::default();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.literal(text),
                Part::Fact(placeholder) => filled.fact(&fact(*placeholder)),
            }
        }
        filled.text
    }
}

fn placeholder(typed: &str) -> Result<Placeholder, TemplateError> {
    let name = typed.trim();
    if let Some((_, found)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(*found);
    }
    let lower: String = name.chars().take(40).collect::<String>().to_lowercase();
    let scored = NAMES.iter().map(|(known, _)| (strsim::jaro_winkler(&lower, known), *known));
    let nearest = scored.filter(|(score, _)| *score >= NEAR_MIN).max_by(|a, b| a.0.total_cmp(&b.0));
    Err(TemplateError::Unknown { name: name.chars().take(40).collect(), nearest: nearest.map(|(_, known)| known) })
}

/// The text so far, and the separator that waits until something follows a gap.
#[derive(Default)]
struct Filled {
    text: String,
    /// Where the last fact ends: only what the template wrote after it may go.
    solid: usize,
    gap: Option<String>,
}

const BRACKETS: [(char, char); 8] =
    [('(', ')'), ('[', ']'), ('"', '"'), ('“', '”'), ('‘', '’'), ('«', '»'), ('\'', '\''), ('„', '“')];

fn is_separator(c: char) -> bool {
    c != '\n' && (c.is_whitespace() || ",;:-–—|·•/~+&".contains(c))
}

impl Filled {
    fn fact(&mut self, value: &str) {
        if !value.is_empty() {
            self.close_gap();
            self.text.push_str(value);
            self.solid = self.text.len();
        } else if self.gap.is_none() {
            self.open_gap();
        }
    }

    fn open_gap(&mut self) {
        let kept = self.text[self.solid..].trim_end_matches(is_separator).len();
        self.gap = Some(self.text.split_off(self.solid + kept));
    }

    fn literal(&mut self, literal: &str) {
        let Some(gap) = self.gap.take() else {
            self.text.push_str(literal);
            return;
        };
        let open = self.text[self.solid..].chars().next_back().filter(|_| gap.is_empty());
        let closed = BRACKETS.iter().find(|(left, right)| open == Some(*left) && literal.starts_with(*right));
        if let Some((_, right)) = closed {
            self.text.pop();
            self.open_gap();
            self.literal(&literal[right.len_utf8()..]);
            return;
        }
        let rest = literal.trim_start_matches(is_separator);
        let own = &literal[..literal.len() - rest.len()];
        let best = if gap.trim().is_empty() && !own.trim().is_empty() || gap.is_empty() { own.to_owned() } else { gap };
        self.gap = Some(best);
        if !rest.is_empty() {
            self.close_gap();
            self.text.push_str(rest);
        }
    }

    /// Puts the waiting separator in when there is something on both sides of it on its line.
    fn close_gap(&mut self) {
        if let Some(gap) = self.gap.take()
            && !self.text.is_empty()
            && !self.text.ends_with('\n')
        {
            self.text.push_str(&gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Placeholder, Template, TemplateError};

    #[test]
    fn a_wrong_template_says_what_is_wrong() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Template::parse(text).expect_err(text).to_string(), expected);
        };
        check("{titel}", "{titel} is not a placeholder; did you mean {title}?");
        check("{Title}", "{Title} is not a placeholder; did you mean {title}?");
        check("{date}", "{date} is not a placeholder; did you mean {date_taken}?");
        check("{xyz}", "{xyz} is not a placeholder; use {title}, {description}, {tags}, {date_taken} or {url}");
        check("a {title", "the brace that opens {title is never closed; for a brace in the text write {{");
        check("a } b", "a closing brace stands alone after \"a \"; for a brace in the text write }}");
        assert!(matches!(Template::parse("{}"), Err(TemplateError::Unknown { .. })));
        assert!(matches!(Template::parse("{ti\ntle}"), Err(TemplateError::Unclosed { .. })));
    }

    #[test]
    fn a_missing_fact_takes_its_separators_along() {
        let check = |template: &str, title: &str, date: &str, expected: &str| {
            let parsed = Template::parse(template).expect(template);
            let filled = parsed.fill(|placeholder| match placeholder {
                Placeholder::Title => title.to_owned(),
                Placeholder::DateTaken => date.to_owned(),
                Placeholder::Description | Placeholder::Tags | Placeholder::Url => String::new(),
            });
            assert_eq!(filled, expected, "{template:?}");
        };
        check("{title} - {date_taken}", "T", "D", "T - D");
        check("{title} - {date_taken}", "", "D", "D");
        check("{title} - {date_taken}", "T", "", "T");
        check("{title} - {date_taken}", "", "", "");
        check("{title} ({date_taken})", "T", "", "T");
        check("{title} ({date_taken}), {tags} end", "T", "", "T, end");
        check("{date_taken}: {title}!", "T", "", "T!");
        check("{title} - {description}, {date_taken}", "T", "D", "T - D");
        check("{title}, {tags}, {url} by me", "T", "", "T, by me");
        check("\"{title}\" {date_taken}", "", "D", "D");
        check("Photo: {title}", "", "", "Photo");
        check("{title}\n{date_taken}", "", "D", "\nD");
        check("{{{title}}}", "T", "", "{T}");
        check("{title} {date_taken}", "On a / - ", "", "On a / - ");
        check("no placeholder -", "", "", "no placeholder -");
    }
}
