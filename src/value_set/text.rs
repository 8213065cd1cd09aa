//! Texts: lengths, lists, patterns as regular languages, and named formats.

pub(super) mod ecma;
mod format;
mod language;
mod product;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::atom::Textual;
use super::length::Length;
use super::{Found, Reason};
use format::Bounds;
pub(super) use language::Patterns;
use product::{Part, Word};
use serde_json::Value;

/// The longest text that is built.
const LONGEST: u64 = 100_000;

/// What assertions about texts leave.
#[derive(Debug)]
struct Texts<'a> {
    length: Length,
    listed: Option<BTreeSet<&'a str>>,
    excluded: BTreeSet<&'a str>,
    patterns: Vec<(&'a str, bool)>,
    formats: Vec<(&'a str, bool)>,
}

/// The shortest text that the assertions leave; among those the one of the plainest characters.
pub(super) fn smallest(literals: &[(&Textual, bool)], patterns: &mut Patterns) -> Found {
    let texts = Texts::of(literals);
    if texts.length.is_empty() || texts.formats_exclude() {
        return Found::Nothing;
    }
    if let Some(listed) = &texts.listed {
        return listed_member(literals, listed, patterns);
    }
    if texts.length.least > LONGEST {
        return Found::Undecided(Reason::new(format!(
            "a text of {} characters would have to be built",
            texts.length.least
        )));
    }
    if texts.patterns.is_empty() && texts.formats.is_empty() {
        return texts.plain();
    }
    texts.of_languages(patterns)
}

/// Whether a text satisfies an assertion about texts; `None` when that is not known.
pub(super) fn holds(atom: &Textual, text: &str, patterns: &mut Patterns) -> Option<bool> {
    let count = || text.chars().count() as u64;
    match atom {
        Textual::LongerOrEqual(least) => Some(count() >= *least),
        Textual::ShorterOrEqual(most) => Some(count() <= *most),
        Textual::Pattern(pattern) => patterns.pattern(pattern).ok()?.matches(text),
        Textual::TextIn(texts) => Some(texts.contains(text)),
        Textual::Format(name) => {
            let bounds = Bounds::of(name)?;
            if patterns.whole(bounds.inner).ok()?.matches(text)? {
                return Some(true);
            }
            let possible = patterns.whole(bounds.outer).ok()?.matches(text)?;
            (!possible).then_some(false)
        }
    }
}

fn listed_member(
    literals: &[(&Textual, bool)],
    listed: &BTreeSet<&str>,
    patterns: &mut Patterns,
) -> Found {
    let mut shortest_first: Vec<&&str> = listed.iter().collect();
    shortest_first.sort_by_key(|text| text.chars().count());
    let mut unknown = None;
    for text in shortest_first {
        let mut accepted = Some(true);
        for (atom, positive) in literals {
            match holds(atom, text, patterns) {
                Some(holds) if holds == *positive => {}
                Some(_) => {
                    accepted = Some(false);
                    break;
                }
                None => accepted = None,
            }
        }
        match accepted {
            Some(true) => return Found::Member(Value::String((*text).to_owned())),
            Some(false) => {}
            None => {
                unknown = Some(Reason::new(format!(
                    "whether `{text}` matches a pattern or format is not known"
                )));
            }
        }
    }
    unknown.map_or(Found::Nothing, Found::Undecided)
}

impl<'a> Texts<'a> {
    fn of(literals: &[(&'a Textual, bool)]) -> Self {
        let mut texts = Texts {
            length: Length::ANY,
            listed: None,
            excluded: BTreeSet::new(),
            patterns: Vec::new(),
            formats: Vec::new(),
        };
        for (atom, positive) in literals {
            match atom {
                Textual::LongerOrEqual(count) => texts.length.at_least(*count, *positive),
                Textual::ShorterOrEqual(count) => texts.length.at_most(*count, *positive),
                Textual::Pattern(pattern) => texts.patterns.push((pattern, *positive)),
                Textual::Format(name) => texts.formats.push((name, *positive)),
                Textual::TextIn(listed) if *positive => {
                    let listed = listed.iter().map(String::as_str);
                    texts.listed = Some(match texts.listed.take() {
                        Some(known) => listed.filter(|text| known.contains(text)).collect(),
                        None => listed.collect(),
                    });
                }
                Textual::TextIn(listed) => texts.excluded.extend(listed.iter().map(String::as_str)),
            }
        }
        texts
    }

    /// A format lies within another one that is denied.
    fn formats_exclude(&self) -> bool {
        self.formats.iter().any(|(inner, positive)| {
            *positive
                && self
                    .formats
                    .iter()
                    .any(|(outer, positive)| !positive && format::lies_within(inner, outer))
        })
    }

    /// Only lengths and exclusions: as many letters as needed, then the next ones.
    fn plain(&self) -> Found {
        if self.length.least == 0 && !self.excluded.contains("") {
            return Found::Member(Value::String(String::new()));
        }
        let count = usize::try_from(self.length.least.max(1)).unwrap_or(usize::MAX);
        if !self.length.allows(count as u64) {
            return Found::Nothing;
        }
        let stem = "a".repeat(count - 1);
        let letters = ('a'..='z').chain('\u{100}'..='\u{ffff}');
        let mut words = letters.map(|letter| format!("{stem}{letter}"));
        match words.find(|word| !self.excluded.contains(word.as_str())) {
            Some(word) => Found::Member(Value::String(word)),
            None => Found::Undecided(Reason::new("too many texts are excluded")),
        }
    }

    fn of_languages(&self, patterns: &mut Patterns) -> Found {
        let under = match self.parts(patterns, true) {
            Ok(parts) => product::shortest(&parts, self.length),
            Err(reason) => return Found::Undecided(reason),
        };
        match under {
            Word::Shortest(text) => return Found::Member(Value::String(text)),
            Word::TooMuch => return Found::Undecided(too_much()),
            Word::None if self.formats.iter().all(|(name, _)| format::is_exact(name)) => {
                return Found::Nothing;
            }
            Word::None => {}
        }
        let over = match self.parts(patterns, false) {
            Ok(parts) => product::shortest(&parts, self.length),
            Err(reason) => return Found::Undecided(reason),
        };
        match over {
            Word::None => Found::Nothing,
            Word::TooMuch => Found::Undecided(too_much()),
            Word::Shortest(_) => Found::Undecided(Reason::new(format!(
                "what the format {} has in common with the rest is not known",
                self.formats
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ))),
        }
    }

    /// The languages; formats by what is surely in them, or else by what may be.
    fn parts(&self, patterns: &mut Patterns, surely: bool) -> Result<Vec<Part>, Reason> {
        let mut parts = Vec::new();
        for (pattern, positive) in &self.patterns {
            parts.push(Part {
                automaton: patterns.pattern(pattern)?,
                positive: *positive,
            });
        }
        for (name, positive) in &self.formats {
            let bounds = Bounds::of(name)
                .ok_or_else(|| Reason::new(format!("the format `{name}` is not known")))?;
            let expression = if surely == *positive {
                bounds.inner
            } else {
                bounds.outer
            };
            parts.push(Part {
                automaton: patterns.whole(expression)?,
                positive: *positive,
            });
        }
        if !self.excluded.is_empty() {
            let words: Vec<String> = self
                .excluded
                .iter()
                .map(|text| regex_syntax::escape(text))
                .collect();
            parts.push(Part {
                automaton: Rc::clone(&patterns.whole(&words.join("|"))?),
                positive: false,
            });
        }
        Ok(parts)
    }
}

fn too_much() -> Reason {
    Reason::new("the patterns together need more steps than are allowed")
}
