//! Which fields of a contract a workflow reads, as far as its text shows.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::syntax::expressions::{Expression, Template};
use crate::syntax::step::{Emit, Step, Wait};
use crate::syntax::visit::{Visit, Visitor};
use crate::syntax::workflow::Workflow;

/// How a workflow uses a contract.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// The fields it reads, as dotted paths, with the first place of each.
    pub reads: BTreeMap<String, Span>,
    /// Where it takes the data as a whole, so that every field may be read.
    pub whole: Option<Span>,
    /// Where it sends data under the contract.
    pub sends: Option<Span>,
    /// Where it names the contract.
    pub named: Option<Span>,
}

/// How a workflow uses a contract; `None` when it does not.
pub(super) fn uses(workflow: &Workflow, contract: &str) -> Option<Uses> {
    let mut uses = Uses::default();
    let mut holders: Vec<String> = Vec::new();
    let triggers = workflow
        .trigger
        .iter()
        .flat_map(|triggers| triggers.value.iter());
    for reference in triggers.filter_map(|trigger| trigger.contract.as_ref()) {
        if reference.name.value == contract {
            holders.push("input".to_owned());
            uses.named.get_or_insert(reference.name.span);
        }
    }
    for located in workflow.all_steps() {
        let step = located.step;
        if let Some(span) = received(step, contract) {
            holders.push(format!("steps.{}", step.name()));
            uses.named.get_or_insert(span);
        }
        if let Some(span) = sent(step, contract) {
            uses.sends.get_or_insert(span);
            uses.named.get_or_insert(span);
        }
    }
    uses.named?;
    let mut scanner = Scanner {
        holders: &holders,
        uses,
    };
    workflow.visit(&mut scanner);
    Some(scanner.uses)
}

fn received(step: &Step, contract: &str) -> Option<Span> {
    let waited = step.wait.as_ref().and_then(|wait| match &wait.value {
        Wait::For(_) => None,
        Wait::Until(until) => until.contract.as_ref(),
    });
    let references = [step.returns.as_ref(), waited];
    let found = references
        .into_iter()
        .flatten()
        .find(|reference| reference.name.value == contract);
    found.map(|reference| reference.name.span)
}

fn sent(step: &Step, contract: &str) -> Option<Span> {
    let emitted = step.emit.as_ref().and_then(|emit| match &emit.value {
        Emit::Event(_) => None,
        Emit::Published(published) => published.contract.as_ref(),
    });
    let references = [step.contract.as_ref(), emitted];
    let found = references
        .into_iter()
        .flatten()
        .find(|reference| reference.name.value == contract);
    found.map(|reference| reference.name.span)
}

struct Scanner<'h> {
    holders: &'h [String],
    uses: Uses,
}

impl Scanner<'_> {
    fn scan(&mut self, text: &str, span: Span) {
        for holder in self.holders {
            let mut rest = 0;
            while let Some(found) = text[rest..].find(holder.as_str()) {
                let start = rest + found;
                let end = start + holder.len();
                rest = end;
                if is_whole(text, start, end) {
                    match field_path(&text[end..]) {
                        Some(path) => {
                            self.uses.reads.entry(path).or_insert(span);
                        }
                        None => {
                            self.uses.whole.get_or_insert(span);
                        }
                    }
                }
            }
        }
    }
}

impl<'a> Visitor<'a> for Scanner<'_> {
    fn expression(&mut self, expression: &'a Expression) {
        self.scan(&expression.text, expression.span);
    }

    fn template(&mut self, template: &'a Template) {
        for expression in template.expressions() {
            self.scan(expression, template.span);
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(|character| is_word(character) || character == '.')
        && !after.is_some_and(is_word)
}

/// The names that follow, joined by dots: `.lines[0].price > 3` gives `lines.price`. Calls such as
/// `.size()` are no names.
fn field_path(text: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    loop {
        rest = skip_index(rest);
        let Some(tail) = rest.strip_prefix('.') else {
            break;
        };
        let length = tail
            .find(|character| !is_word(character))
            .unwrap_or(tail.len());
        let (name, after) = tail.split_at(length);
        if name.is_empty() || after.starts_with('(') {
            break;
        }
        names.push(name);
        rest = after;
    }
    (!names.is_empty()).then(|| names.join("."))
}

fn skip_index(text: &str) -> &str {
    match text.strip_prefix('[') {
        Some(inside) => inside.split_once(']').map_or(text, |(_, rest)| rest),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::field_path;

    #[test]
    fn reads_the_names_that_follow_a_holder() {
        let paths = [
            (".total > 3", Some("total")),
            (".lines[0].price", Some("lines.price")),
            (".lines.size() > 0", Some("lines")),
            (" == null", None),
            ("", None),
        ];
        for (text, path) in paths {
            assert_eq!(field_path(text).as_deref(), path, "{text}");
        }
    }
}
