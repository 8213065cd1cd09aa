//! What the expressions of a workflow mention: inputs, results of steps, facts of the case.

use crate::expr;
use crate::source::Span;
use crate::syntax::expressions::{Expression, Template};
use crate::syntax::visit::{Visit, Visitor};
use crate::syntax::workflow::Workflow;

/// A chain of names that an expression reads, such as `steps.order.total`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The names.
    pub path: expr::Path,
    /// Where they are written.
    pub span: Span,
}

impl Mention {
    /// The id of the step of which a result is read.
    pub fn step(&self) -> Option<&str> {
        let mut segments = self.path.segments();
        let root = segments.next();
        let id = segments.next();
        let has_field = segments.next().is_some();
        id.filter(|_| root == Some("steps") && has_field)
    }

    /// The last name.
    pub fn last(&self) -> &str {
        self.path.segments().last().unwrap_or_default()
    }
}

#[derive(Default)]
struct Collector {
    mentions: Vec<Mention>,
}

impl<'a> Visitor<'a> for Collector {
    fn expression(&mut self, expression: &'a Expression) {
        self.mentions.extend(expression.mentions());
    }

    fn template(&mut self, template: &'a Template) {
        self.mentions.extend(template.mentions());
    }
}

impl Workflow {
    /// Everything that the expressions and texts of the workflow read, in written order.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut collector = Collector::default();
        self.visit(&mut collector);
        collector.mentions
    }
}

impl Expression {
    /// Everything that the expression reads; nothing when it cannot be understood.
    pub fn mentions(&self) -> Vec<Mention> {
        references(&self.text, |range| self.offsets.span(range))
    }
}

impl Template {
    /// Everything that the `${ }` parts read.
    pub fn mentions(&self) -> Vec<Mention> {
        let parts = self.parts().into_iter();
        parts
            .flat_map(|part| {
                let span = |range: std::ops::Range<usize>| {
                    let (start, end) = (part.start + range.start, part.start + range.end);
                    self.offsets.span(start..end)
                };
                references(part.text, span)
            })
            .collect()
    }
}

fn references(text: &str, span: impl Fn(std::ops::Range<usize>) -> Span) -> Vec<Mention> {
    let Ok(expression) = expr::parse(text) else {
        return Vec::new();
    };
    let references = expression.references().into_iter();
    references
        .map(|reference| Mention {
            path: reference.path,
            span: span(reference.range.range()),
        })
        .collect()
}
