//! A pattern as a deterministic automaton, within limits of size.

use std::collections::BTreeMap;
use std::rc::Rc;

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::ecma;
use crate::value_set::Reason;

/// The greatest automaton, in bytes.
const LARGEST: usize = 4 << 20;

/// A range of characters, both ends included.
pub(in crate::value_set) type Range = (char, char);

/// A language with the classes of characters that it tells apart.
#[derive(Debug)]
pub(in crate::value_set) struct Automaton {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
    /// Sets of characters that the expression names, each as sorted ranges.
    pub(super) classes: Vec<Vec<Range>>,
}

/// Where reading a text has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::value_set) enum Progress {
    /// A match was found; whatever follows is accepted.
    Matched,
    /// Not yet.
    At(StateID),
}

impl Automaton {
    fn new(expression: &str) -> Result<Self, Reason> {
        let failed = |what: &str| Reason::new(format!("the pattern `{expression}` {what}"));
        let hir = regex_syntax::parse(expression).map_err(|_| failed("is not understood"))?;
        let mut classes = Vec::new();
        collect_classes(&hir, &mut classes);
        if expression.contains("\\b") || expression.contains("\\B") {
            classes.push(vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);
        }
        classes.sort();
        classes.dedup();
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(StartKind::Unanchored)
                    .dfa_size_limit(Some(LARGEST))
                    .determinize_size_limit(Some(LARGEST)),
            )
            .thompson(thompson::Config::new().nfa_size_limit(Some(LARGEST)))
            .syntax(syntax::Config::new())
            .build(expression)
            .map_err(|_| failed("needs a larger automaton than is allowed"))?;
        let start = dfa
            .start_state_forward(&Input::new(""))
            .map_err(|_| failed("has no beginning"))?;
        Ok(Automaton {
            dfa,
            start,
            classes,
        })
    }

    /// Before the first character.
    pub fn begin(&self) -> Progress {
        Progress::At(self.start)
    }

    /// After one more character; `None` when the automaton gave up.
    pub fn step(&self, progress: Progress, character: char) -> Option<Progress> {
        let Progress::At(mut state) = progress else {
            return Some(Progress::Matched);
        };
        let mut buffer = [0_u8; 4];
        for byte in character.encode_utf8(&mut buffer).bytes() {
            state = self.dfa.next_state(state, byte);
            if self.dfa.is_match_state(state) {
                return Some(Progress::Matched);
            }
            if self.dfa.is_quit_state(state) {
                return None;
            }
        }
        Some(Progress::At(state))
    }

    /// Whether the text may end here.
    pub fn accepts(&self, progress: Progress) -> bool {
        match progress {
            Progress::Matched => true,
            Progress::At(state) => self.dfa.is_match_state(self.dfa.next_eoi_state(state)),
        }
    }

    /// True when nothing that follows leads to a match.
    pub fn is_dead(&self, progress: Progress) -> bool {
        matches!(progress, Progress::At(state) if self.dfa.is_dead_state(state))
    }

    /// Whether a text is in the language.
    pub fn matches(&self, text: &str) -> Option<bool> {
        let mut progress = self.begin();
        for character in text.chars() {
            progress = self.step(progress, character)?;
        }
        Some(self.accepts(progress))
    }
}

fn collect_classes(hir: &Hir, classes: &mut Vec<Vec<Range>>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            classes.extend(text.chars().map(|character| vec![(character, character)]));
        }
        HirKind::Class(Class::Unicode(class)) => {
            classes.push(
                class
                    .iter()
                    .map(|range| (range.start(), range.end()))
                    .collect(),
            );
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.iter();
            classes.push(
                ranges
                    .map(|range| (char::from(range.start()), char::from(range.end())))
                    .collect(),
            );
        }
        HirKind::Repetition(repetition) => collect_classes(&repetition.sub, classes),
        HirKind::Capture(capture) => collect_classes(&capture.sub, classes),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                collect_classes(part, classes);
            }
        }
    }
}

/// Automata that were built, by what they were built from.
#[derive(Debug, Clone, Default)]
pub(in crate::value_set) struct Patterns {
    built: BTreeMap<String, Result<Rc<Automaton>, Reason>>,
}

impl Patterns {
    /// The texts of which a part matches an ECMA-262 pattern.
    pub fn pattern(&mut self, pattern: &str) -> Result<Rc<Automaton>, Reason> {
        let key = format!("/{pattern}");
        self.cached(key, || {
            let expression = ecma::translate(pattern)
                .map_err(|what| Reason::new(format!("the pattern `{pattern}` {what}")))?;
            Automaton::new(&expression)
        })
    }

    /// The texts that match an expression of this crate's regular expressions as a whole.
    pub fn whole(&mut self, expression: &str) -> Result<Rc<Automaton>, Reason> {
        let key = format!("^{expression}");
        self.cached(key, || Automaton::new(&format!("^(?:{expression})$")))
    }

    fn cached(
        &mut self,
        key: String,
        build: impl FnOnce() -> Result<Automaton, Reason>,
    ) -> Result<Rc<Automaton>, Reason> {
        let entry = self.built.entry(key);
        entry.or_insert_with(|| build().map(Rc::new)).clone()
    }
}
