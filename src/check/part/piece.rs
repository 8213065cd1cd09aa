//! The definitions of the directory, as far as others can name them: a person, an operation, an
//! account.

use crate::check::{ParsedFile, parse_file};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::directory::System;
use crate::syntax::{DocumentKind, Entity};
use crate::yaml::path;

/// A definition, or a part of one that is named by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is called by, as it stands in texts.
    pub words: Vec<Word>,
    /// What is written.
    pub text: String,
    kind: DocumentKind,
    place: String,
}

/// A name as it stands in texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// The letters.
    pub text: String,
    /// Whether it is a role, which people declare by holding it.
    pub is_role: bool,
}

impl Word {
    fn name(text: &str) -> Self {
        Word {
            text: text.to_owned(),
            is_role: false,
        }
    }
}

impl Piece {
    /// True when it is an operation, which may name contracts.
    pub fn is_operation(&self) -> bool {
        self.kind == DocumentKind::System && self.place.contains('.')
    }

    /// True when the roles in its text are declared there, not needed.
    pub fn holds_roles(&self) -> bool {
        self.kind == DocumentKind::Person
    }
}

/// The pieces of one file.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut sources = Sources::default();
    let source = sources.add("", text);
    let file = parse_file(&sources, source);
    let mut reader = Reader {
        text,
        file: &file,
        pieces: Vec::new(),
    };
    let project = &file.project;
    reader.names(DocumentKind::Workflow, &project.workflows);
    reader.names(DocumentKind::Contract, &project.contracts);
    reader.names(DocumentKind::Queue, &project.queues);
    reader.names(DocumentKind::Team, &project.teams);
    reader.names(DocumentKind::Calendar, &project.calendars);
    reader.names(DocumentKind::Decision, &project.decisions);
    for person in &project.people {
        let mut words = vec![Word::name(&person.name.value)];
        words.extend(person.body.email.iter().map(|it| Word::name(&it.value)));
        words.extend(person.body.roles.iter().map(|role| Word {
            text: role.value.text.clone(),
            is_role: true,
        }));
        reader.add(
            DocumentKind::Person,
            &person.name.value,
            words,
            &text[person.span.range()],
        );
    }
    for system in &project.systems {
        reader.system(system);
    }
    reader.pieces
}

struct Reader<'f> {
    text: &'f str,
    file: &'f ParsedFile,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn add(&mut self, kind: DocumentKind, place: &str, words: Vec<Word>, text: &str) {
        self.pieces.push(Piece {
            words,
            text: text.to_owned(),
            kind,
            place: place.to_owned(),
        });
    }

    fn names<T>(&mut self, kind: DocumentKind, entities: &[Entity<T>]) {
        for entity in entities {
            let name = &entity.name.value;
            let text = &self.text[entity.span.range()];
            self.add(kind, name, vec![Word::name(name)], text);
        }
    }

    /// A system, and by themselves its accounts and operations, which workflows name.
    fn system(&mut self, system: &Entity<System>) {
        let name = &system.name.value;
        let mut parts: Vec<(Span, String, String)> = Vec::new();
        for (operation, _) in system.body.operations.iter() {
            let called = format!("{name}.{}", operation.value);
            parts.extend(self.entry(operation, called.clone(), called));
        }
        for (account, _) in system.body.accounts.iter() {
            let place = format!("{name} {}", account.value);
            parts.extend(self.entry(account, account.value.clone(), place));
        }
        parts.sort();
        let mut rest = String::new();
        let mut from = system.span.range().start;
        for (span, called, place) in parts {
            let range = span.range();
            rest.push_str(&self.text[from.min(range.start)..range.start]);
            from = range.end;
            let text = &self.text[range];
            self.add(
                DocumentKind::System,
                &place,
                vec![Word::name(&called)],
                text,
            );
        }
        rest.push_str(&self.text[from..system.span.range().end.max(from)]);
        self.add(DocumentKind::System, name, vec![Word::name(name)], &rest);
    }

    /// Where an entry stands, its key included.
    fn entry(
        &self,
        key: &Spanned<String>,
        called: String,
        place: String,
    ) -> Option<(Span, String, String)> {
        let mut documents = self.file.stream.documents.iter();
        let entry = documents.find_map(|document| path::entry_at(document, self.text, key.span))?;
        Some((key.span.to(entry.value.span()), called, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_fall_into_what_workflows_name() {
        let text = "systems:\n  ERP:\n    owner: ann\n    accounts: {svc: {scopes: [post]}}\n    operations:\n      get: {effect: read, returns: a.b.v1}\n      post: {effect: write}\n  CRM: {owner: bob}\n";
        let found: Vec<(String, String)> = pieces(text)
            .into_iter()
            .map(|piece| (piece.words[0].text.clone(), piece.text))
            .collect();
        let expected = [
            ("svc", "svc: {scopes: [post]}"),
            ("ERP.get", "get: {effect: read, returns: a.b.v1}"),
            ("ERP.post", "post: {effect: write}"),
            (
                "ERP",
                "ERP:\n    owner: ann\n    accounts: {}\n    operations:\n      \n      ",
            ),
            ("CRM", "CRM: {owner: bob}"),
        ];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn people_are_called_by_their_roles_too() {
        let pieces = pieces("people: {ann: {email: a@b.c, roles: [lead]}}\n");
        let words: Vec<(&str, bool)> = pieces[0]
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.is_role))
            .collect();
        assert_eq!(words, [("ann", false), ("a@b.c", false), ("lead", true)]);
        assert!(pieces[0].holds_roles());
    }
}
