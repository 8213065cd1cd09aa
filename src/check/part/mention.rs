//! Which texts mention which names.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::outline::is_name_byte;

/// Finds names in texts. It finds them wherever they stand between letters that belong to no name,
/// also in prose: that a text is read though it need not be is no harm.
pub struct Finder {
    machine: AhoCorasick,
    words: Vec<String>,
}

impl Finder {
    /// `None` when a word cannot be searched for.
    pub fn of<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let words: BTreeSet<String> = words
            .into_iter()
            .map(searchable)
            .collect::<Option<BTreeSet<String>>>()?;
        let words: Vec<String> = words.into_iter().collect();
        let machine = AhoCorasick::new(&words).ok()?;
        Some(Finder { machine, words })
    }

    /// True when the text mentions one of the words.
    pub fn is_in(&self, text: &str) -> bool {
        self.found(text).next().is_some()
    }

    /// The words that a text mentions, in the order in which they end.
    pub fn found<'s>(&'s self, text: &'s str) -> impl Iterator<Item = &'s str> {
        let hits = self.machine.find_overlapping_iter(text);
        let whole = hits.filter(|hit| stands_alone(text.as_bytes(), hit.start(), hit.end()));
        whole.map(|hit| self.words[hit.pattern().as_usize()].as_str())
    }
}

/// The longest part of a name that a line break, a quote or an escape cannot divide.
fn searchable(name: &str) -> Option<String> {
    let parts = name.split(|letter: char| letter.is_whitespace() || "'\"\\".contains(letter));
    let longest = parts.max_by_key(|part| part.len())?;
    (!longest.is_empty()).then(|| longest.to_owned())
}

/// A dot leads to a part of what is named, so it ends a name.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let joins = |one: Option<&u8>, other: Option<&u8>| {
        let is_inner = |byte: Option<&u8>| byte.is_some_and(|it| is_name_byte(*it) && *it != b'.');
        is_inner(one) && is_inner(other)
    };
    let before = start.checked_sub(1).and_then(|place| text.get(place));
    !joins(before, text.get(start)) && !joins(text.get(end - 1), text.get(end))
}

/// The runs of letters of a text that may be plain names.
pub fn runs(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|letter: char| {
        let byte = u8::try_from(letter);
        !byte.is_ok_and(|byte| byte.is_ascii() && is_name_byte(byte))
    });
    runs.map(|run| run.trim_matches('.'))
        .filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_alone_and_may_be_parts_of_each_other() {
        let finder = Finder::of(["pay", "pay-out", "ERP.get", "Ann Lee's"]).unwrap();
        let found = |text: &str| -> Vec<String> { finder.found(text).map(str::to_owned).collect() };
        assert_eq!(found("run: pay-out"), ["pay-out"]);
        assert_eq!(found("[pay, {to: pay.x}]"), ["pay", "pay"]);
        assert_eq!(found("repay pays _pay pay2"), Vec::<String>::new());
        assert_eq!(found("call: ERP.get, ERP.getter"), ["ERP.get"]);
        assert_eq!(found("owner: 'Ann\n    Lee''s'"), ["Lee"]);
    }

    #[test]
    fn runs_are_what_plain_names_are_made_of() {
        let found: Vec<&str> = runs("use `a.b.v1`, then ERP.get. (x-y)").collect();
        assert_eq!(found, ["use", "a.b.v1", "then", "ERP.get", "x-y"]);
    }
}
