//! What the expressions of a workflow mention: inputs, results of steps, facts of the case.

use crate::source::Span;
use crate::syntax::expressions::{Expression, Template};
use crate::syntax::visit::{Visit, Visitor};
use crate::syntax::workflow::Workflow;

/// A dotted name in an expression, such as `steps.order.total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The name.
    pub path: &'a str,
    /// The expression or text that mentions it.
    pub span: Span,
}

impl<'a> Mention<'a> {
    /// The id of the step of which a result is read.
    pub fn step(&self) -> Option<&'a str> {
        let (id, _result) = self.path.strip_prefix("steps.")?.split_once('.')?;
        Some(id)
    }
}

#[derive(Default)]
struct Collector<'a> {
    mentions: Vec<Mention<'a>>,
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn expression(&mut self, expression: &'a Expression) {
        let span = expression.span;
        let found = paths(&expression.text).map(|path| Mention { path, span });
        self.mentions.extend(found);
    }

    fn template(&mut self, template: &'a Template) {
        let span = template.span;
        let found = template.expressions().flat_map(paths);
        self.mentions
            .extend(found.map(|path| Mention { path, span }));
    }
}

impl Workflow {
    /// Every dotted name in the expressions and texts of the workflow, in written order.
    pub fn mentions(&self) -> Vec<Mention<'_>> {
        let mut collector = Collector::default();
        self.visit(&mut collector);
        collector.mentions
    }
}

/// The dotted names of an expression; what stands in quotes is text.
pub fn paths(expression: &str) -> impl Iterator<Item = &str> {
    let is_name =
        |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '.';
    outside_quotes(expression)
        .into_iter()
        .flat_map(move |part| part.split(move |character| !is_name(character)))
        .map(|path| path.trim_matches('.'))
        .filter(|path| path.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))
}

fn outside_quotes(expression: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find(['\'', '"']) {
        parts.push(&rest[..start]);
        let quote = &rest[start..=start];
        let inside = &rest[start + 1..];
        match inside.find(quote) {
            Some(end) => rest = &inside[end + 1..],
            None => return parts,
        }
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn finds_names_outside_quotes() {
        let found = |text: &'static str| paths(text).collect::<Vec<_>>();
        assert_eq!(
            found("steps.post.entry_id != 'steps.other.id' && input.lines.size() > 0"),
            ["steps.post.entry_id", "input.lines.size"]
        );
        assert_eq!(found("1.5 < 2"), Vec::<&str>::new());
        assert_eq!(found("has(input.manager)"), ["has", "input.manager"]);
    }
}
