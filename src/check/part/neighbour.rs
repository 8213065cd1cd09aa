//! Files that say something about the same queue, account, decision table, contract or people.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::States;
use super::mention::Finder;
use super::piece::{Piece, Word};
use crate::syntax::DocumentKind;

impl States<'_, '_> {
    /// The files that use what these files use, as far as rules look at all users together; `None`
    /// when that cannot be told.
    pub(super) fn neighbours(&self, files: &BTreeSet<String>) -> Option<BTreeSet<String>> {
        let texts: Vec<&str> = files
            .iter()
            .flat_map(|path| self.sides(path))
            .filter_map(|text| text.text.as_deref())
            .collect();
        let pieces = self.pieces();
        let mut words = self.contracts_in(&texts)?;
        words.extend(shared(&pieces, &texts)?);
        if pieces.iter().any(|piece| piece.keeps_apart()) {
            words.extend(people(&pieces, &texts)?);
        }
        let finder = Finder::of(words.iter().map(String::as_str))?;
        let all: Vec<_> = self.all().collect();
        let users = all.into_par_iter().filter(|(_, text)| {
            let content = text.text.as_deref().unwrap_or_default();
            text.outline.is_some() && finder.is_in(content)
        });
        Some(users.map(|(path, _)| path.to_owned()).collect())
    }

    /// The contracts that texts mention or declare.
    fn contracts_in(&self, texts: &[&str]) -> Option<BTreeSet<String>> {
        let declared = self.declared();
        let contracts = declared.iter().filter(|(_, places)| {
            let mut places = places.iter();
            places.any(|(kind, _)| *kind == DocumentKind::Contract)
        });
        let finder = Finder::of(contracts.map(|(name, _)| *name))?;
        let found = texts.iter().flat_map(|text| finder.found(text));
        Some(found.map(str::to_owned).collect())
    }
}

/// The queues, accounts and decision tables that texts mention. A queue is used through a table too.
fn shared(pieces: &[&Piece], texts: &[&str]) -> Option<BTreeSet<String>> {
    let of = |wanted: fn(&Piece) -> bool| {
        let wanted = pieces.iter().filter(move |piece| wanted(piece));
        wanted.copied().collect::<Vec<&Piece>>()
    };
    let (queues, accounts) = (of(Piece::is_queue), of(Piece::is_account));
    let decisions = of(Piece::is_decision);
    let mut tables = mentioned(&decisions, texts)?;
    let rows = decisions.iter().filter(|it| is_called(it, &tables));
    let rows: Vec<&str> = rows.map(|it| it.text.as_str()).collect();
    let mut waiting = mentioned(&queues, texts)?;
    waiting.extend(mentioned(&queues, &rows)?);
    let finder = Finder::of(waiting.iter().map(String::as_str))?;
    let leading = decisions.iter().filter(|it| finder.is_in(&it.text));
    let leading = leading.flat_map(|it| &it.words);
    tables.extend(leading.map(|word| word.text.clone()));
    let accounts = mentioned(&accounts, texts)?;
    Some(tables.into_iter().chain(waiting).chain(accounts).collect())
}

/// Everybody that texts mention, by name, role, team or queue; with whom these have to do; and so on.
fn people(pieces: &[&Piece], texts: &[&str]) -> Option<BTreeSet<String>> {
    let pieces = pieces
        .iter()
        .copied()
        .filter(|piece| piece.leads_to_people());
    let mut open: Vec<&Piece> = pieces.collect();
    let mut words = mentioned(&open, texts)?;
    loop {
        let finder = Finder::of(words.iter().map(String::as_str))?;
        let (reached, rest): (Vec<&Piece>, Vec<&Piece>) = open
            .into_iter()
            .partition(|piece| is_called(piece, &words) || finder.is_in(&piece.text));
        if reached.is_empty() {
            return Some(words);
        }
        let found = reached.iter().flat_map(|piece| &piece.words);
        words.extend(found.map(|word| word.text.clone()));
        // What they mention is reached by its own name.
        let inner: Vec<&str> = reached.iter().map(|piece| piece.text.as_str()).collect();
        words.extend(mentioned(&rest, &inner)?);
        open = rest;
    }
}

fn is_called(piece: &Piece, words: &BTreeSet<String>) -> bool {
    piece.words.iter().any(|word| words.contains(&word.text))
}

/// The names of those pieces that texts mention.
fn mentioned(pieces: &[&Piece], texts: &[&str]) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let words: BTreeSet<&Word> = pieces.iter().flat_map(|piece| &piece.words).collect();
    let finder = Finder::of(words.iter().map(|word| word.text.as_str()))?;
    let parts: BTreeSet<&str> = texts.iter().flat_map(|text| finder.found(text)).collect();
    for word in words {
        // Of some names only a part can be searched for.
        if parts.contains(word.text.as_str())
            || parts
                .iter()
                .any(|part| !super::outline::is_plain(&word.text) && word.text.contains(part))
        {
            found.insert(word.text.clone());
        }
    }
    Some(found)
}
