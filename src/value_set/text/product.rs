//! The shortest text that is in some regular languages and not in others.
//!
//! The automata are walked side by side, one character at a time. Characters that no expression
//! tells apart are tried once. Texts of the same number of characters are one layer; a layer that
//! repeats an earlier one, with no more lengths to come, ends the search.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::language::{Automaton, Progress, Range};
use crate::value_set::length::Length;

/// The most steps of the walk.
const STEPS: usize = 400_000;
/// Characters that read well, in the order in which they are preferred.
const PLAIN: &str = "a0A-b1B_c2C.@ /:x";

/// One language, or its complement.
#[derive(Debug)]
pub(super) struct Part {
    pub automaton: Rc<Automaton>,
    pub positive: bool,
}

/// What the walk came to.
#[derive(Debug)]
pub(super) enum Word {
    Shortest(String),
    None,
    TooMuch,
}

type State = Vec<Progress>;

/// A state of a layer, with the one it was reached from and by which character.
type Layer = BTreeMap<State, Option<(State, char)>>;

pub(super) fn shortest(parts: &[Part], length: Length) -> Word {
    let alphabet = representatives(parts);
    let first: State = parts.iter().map(|part| part.automaton.begin()).collect();
    let mut layers: Vec<Layer> = vec![BTreeMap::from([(first, None)])];
    let mut seen: BTreeSet<Vec<State>> = BTreeSet::new();
    let mut steps = 0;
    loop {
        let count = layers.len() as u64 - 1;
        let Some(layer) = layers.last() else {
            return Word::None;
        };
        if count >= length.least
            && let Some(state) = layer.keys().find(|state| accepts(parts, state))
        {
            return Word::Shortest(spell(&layers, state));
        }
        let repeats = count >= length.least && !seen.insert(layer.keys().cloned().collect());
        if layer.is_empty() || repeats || length.most == Some(count) {
            return Word::None;
        }
        match next_layer(parts, layer, &alphabet, &mut steps) {
            Some(next) => layers.push(next),
            None => return Word::TooMuch,
        }
    }
}

fn next_layer(
    parts: &[Part],
    layer: &Layer,
    alphabet: &[char],
    steps: &mut usize,
) -> Option<Layer> {
    let mut next = Layer::new();
    for state in layer.keys() {
        for character in alphabet {
            *steps += parts.len();
            if *steps > STEPS {
                return None;
            }
            let mut reached = State::with_capacity(parts.len());
            for (part, progress) in parts.iter().zip(state) {
                reached.push(part.automaton.step(*progress, *character)?);
            }
            if !is_lost(parts, &reached) {
                next.entry(reached)
                    .or_insert_with(|| Some((state.clone(), *character)));
            }
        }
    }
    Some(next)
}

fn accepts(parts: &[Part], state: &State) -> bool {
    parts
        .iter()
        .zip(state)
        .all(|(part, progress)| part.automaton.accepts(*progress) == part.positive)
}

/// True when nothing that follows is accepted.
fn is_lost(parts: &[Part], state: &State) -> bool {
    parts.iter().zip(state).any(|(part, progress)| {
        if part.positive {
            part.automaton.is_dead(*progress)
        } else {
            *progress == Progress::Matched
        }
    })
}

fn spell(layers: &[Layer], last: &State) -> String {
    let mut characters = Vec::new();
    let mut state = last;
    for layer in layers.iter().rev() {
        match layer.get(state) {
            Some(Some((before, character))) => {
                characters.push(*character);
                state = before;
            }
            Some(None) | None => break,
        }
    }
    characters.into_iter().rev().collect()
}

/// One character for each set of characters that the languages treat alike, the plainest first.
fn representatives(parts: &[Part]) -> Vec<char> {
    let classes: BTreeSet<&Vec<Range>> = parts
        .iter()
        .flat_map(|part| &part.automaton.classes)
        .collect();
    let mut borders = BTreeSet::from(['\0']);
    for range in classes.iter().flat_map(|class| class.iter()) {
        borders.insert(range.0);
        borders.extend(following(range.1));
    }
    let mut chosen: BTreeMap<Vec<bool>, (usize, char)> = BTreeMap::new();
    for candidate in PLAIN.chars().chain(borders) {
        let signature: Vec<bool> = classes
            .iter()
            .map(|class| {
                class
                    .iter()
                    .any(|range| range.0 <= candidate && candidate <= range.1)
            })
            .collect();
        let rank = rank(candidate);
        let entry = chosen.entry(signature).or_insert((rank, candidate));
        *entry = (*entry).min((rank, candidate));
    }
    let mut characters: Vec<(usize, char)> = chosen.into_values().collect();
    characters.sort_unstable();
    characters
        .into_iter()
        .map(|(_, character)| character)
        .collect()
}

fn following(character: char) -> Option<char> {
    match character {
        '\u{d7ff}' => Some('\u{e000}'),
        other => char::from_u32(other as u32 + 1),
    }
}

fn rank(character: char) -> usize {
    match PLAIN.chars().position(|plain| plain == character) {
        Some(position) => position,
        None if character.is_ascii_graphic() => 100,
        None if !character.is_control() => 101,
        None => 102,
    }
}
