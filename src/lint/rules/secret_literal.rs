//! `secret-literal`: credentials that are written into the repository.

mod assignment;
mod token;

use std::ops::Range;

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::Span;
use crate::yaml::{Content, NodeRef};

declare_rule! {
    /// Finds credentials in values and comments of every document.
    ///
    /// Found are tokens of known forms (cloud keys, tokens of code forges, chat and payment services,
    /// private keys, signed web tokens, addresses with a password in them), and values under names
    /// such as `password`, `client_secret` or `api_key` that look made up rather than named.
    /// References (`${ }`, `vault:…`, `env:…`), placeholders, type names, ordinary words and the names
    /// of secrets are not reported. The message never shows what was found.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   x-mailbox: {user: rooms, password: Sommar-2026!x}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   x-mailbox: {user: rooms, password: "vault:rooms/mailbox"}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Change the credential at the system that issued it, since history keeps what was committed.
    /// Then keep it in the secret store of the engine, and refer to it by name.
    pub static RULE = {
        check: On::Project(check),
        id: "secret-literal",
        summary: "a credential in the source",
        why: "everybody who can read the repository, now or in a year, can act as its holder",
        family: Security,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

/// A credential in a text.
#[derive(Debug, PartialEq, Eq)]
struct Secret {
    /// What it is, without saying it: `a GitHub token`.
    what: String,
    /// Where it stands in the text.
    range: Range<usize>,
}

fn check(context: &mut Context<'_>) {
    for (source, stream) in context.streams() {
        let mut search = Search { found: Vec::new() };
        for document in &stream.documents {
            search.node(document.root(context.sources.file(*source).text()));
        }
        for comment in &stream.comments {
            search.text(comment.span, context.sources.text(comment.span));
        }
        search.found.sort_by_key(|(span, _)| span.start);
        for (span, what) in search.found {
            report(span, &what, context);
        }
    }
}

fn report(span: Span, what: &str, context: &mut Context<'_>) {
    context.report(
        context
            .finding(span, format!("{what} is written into this file"))
            .help("change it where it was issued, and refer to the secret store by name instead")
            .confidential(),
    );
}

struct Search {
    found: Vec<(Span, String)>,
}

impl Search {
    fn node(&mut self, node: NodeRef<'_>) {
        if node.is_alias() {
            return;
        }
        match node.content() {
            Content::Scalar(scalar) => self.text(node.span(), scalar.written()),
            Content::Sequence(sequence) => sequence.items().for_each(|item| self.node(item)),
            Content::Mapping(mapping) => {
                for entry in mapping.entries() {
                    let value = entry.value;
                    self.node(entry.key);
                    self.node(value);
                    if let Some(scalar) = value.scalar().filter(|_| !value.is_alias())
                        && let Some(what) = assignment::judge(entry.name, scalar.text())
                    {
                        self.add(value.span(), what);
                    }
                }
            }
        }
    }

    fn text(&mut self, span: Span, text: &str) {
        let secrets = token::find(text).into_iter().chain(assignment::find(text));
        for secret in secrets {
            let start = span.start as usize;
            let range = start + secret.range.start..start + secret.range.end;
            self.add(Span::new(span.source, range), secret.what);
        }
    }

    /// One place is reported once, by what was recognised first.
    fn add(&mut self, span: Span, what: String) {
        let overlaps =
            |(other, _): &(Span, String)| span.start < other.end && other.start < span.end;
        if !self.found.iter().any(overlaps) {
            self.found.push((span, what));
        }
    }
}
