//! Walking typed syntax for the names, expressions and files that it mentions.

use super::expressions::{Expression, Template};
use crate::source::Spanned;

/// What a written name refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// A person of the directory.
    Person,
    /// A role that people hold.
    Role,
    /// A team of the directory.
    Team,
    /// A person, team or role.
    Party,
    /// A queue.
    Queue,
    /// A system.
    System,
    /// An operation `System.name`.
    Operation,
    /// A service account of a system.
    Account,
    /// A contract.
    Contract,
    /// A system or workflow that reads a contract.
    Consumer,
    /// A working calendar.
    Calendar,
    /// A decision table.
    Decision,
    /// A named retry of the project file.
    RetryPolicy,
    /// Another workflow.
    Workflow,
    /// A state of the same workflow.
    State,
    /// A step of the same workflow.
    Step,
    /// A reason code of the same workflow, at a place that raises it.
    Reason,
}

/// Receives what [`Visit::visit`] finds, in written order.
pub trait Visitor<'a> {
    /// A name that refers to something.
    fn reference(&mut self, kind: ReferenceKind, name: &'a Spanned<String>) {
        let _unused = (kind, name);
    }
    /// An expression.
    fn expression(&mut self, expression: &'a Expression) {
        let _unused = expression;
    }
    /// Text with `${ }` parts.
    fn template(&mut self, template: &'a Template) {
        let _unused = template;
    }
    /// The path of a file of the repository.
    fn file(&mut self, path: &'a Spanned<String>) {
        let _unused = path;
    }
}

/// Typed syntax that can be walked.
pub trait Visit {
    /// Reports every reference, expression, template and file to the visitor.
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>);
}
