//! The documents that a workflow rests on: what it names, and what those documents need.

use std::collections::BTreeSet;

use super::Model;
use crate::source::Spanned;
use crate::syntax::decision::{CellType, Decision};
use crate::syntax::visit::{ReferenceKind, Visit, Visitor};
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity};

/// The documents that a workflow rests on: itself; the contracts, queues, systems, decision tables,
/// calendars, people and teams that it names; the holders of the roles that it names; the owners,
/// teams and calendars of those queues; the contracts of the operations that it calls; and what
/// the outputs of those decision tables name. Not those of a workflow that it runs, which stands
/// for itself. Names may dangle.
#[derive(Debug, Clone, Default)]
pub struct Closure {
    documents: BTreeSet<(DocumentKind, String)>,
    roles: BTreeSet<String>,
    operations: BTreeSet<String>,
}

impl Closure {
    /// The closure of a workflow.
    pub fn of(model: &Model, workflow: &Entity<Workflow>) -> Self {
        let mut closure = Closure::default();
        closure.add(DocumentKind::Workflow, Some(&workflow.name));
        workflow.body.visit(&mut closure);
        for person in [&workflow.body.owner, &workflow.body.backup] {
            closure.add(DocumentKind::Person, person.as_ref());
        }
        for (_, state) in workflow.body.all_states() {
            closure.add(DocumentKind::Person, state.owner.as_ref());
        }
        closure.follow(model);
        closure
    }

    /// True when the document is one of them.
    pub fn contains(&self, kind: DocumentKind, name: &str) -> bool {
        self.documents.contains(&(kind, name.to_owned()))
    }

    /// The names of one kind, sorted.
    pub fn names(&self, kind: DocumentKind) -> impl Iterator<Item = &str> {
        self.documents
            .iter()
            .filter(move |(other, _)| *other == kind)
            .map(|(_, name)| name.as_str())
    }

    fn owned_names(&self, kind: DocumentKind) -> Vec<String> {
        self.names(kind).map(str::to_owned).collect()
    }

    fn add(&mut self, kind: DocumentKind, name: Option<&Spanned<String>>) {
        self.documents
            .extend(name.map(|name| (kind, name.value.clone())));
    }

    /// Adds what the named documents rest on. Decision tables name queues, and both name people.
    fn follow(&mut self, model: &Model) {
        for name in self.owned_names(DocumentKind::Decision) {
            if let Some(decision) = model.decision(&name) {
                self.outputs(&decision.body);
            }
        }
        for name in self.owned_names(DocumentKind::Queue) {
            if let Some(queue) = model.queue(&name) {
                queue.body.owner.visit(self);
                queue.body.team.visit(self);
                queue.body.sla.visit(self);
            }
        }
        for name in std::mem::take(&mut self.operations) {
            if let Some((_, operation)) = model.operation(&name) {
                operation.visit(self);
            }
        }
        for role in std::mem::take(&mut self.roles) {
            for person in model.role_holders(&role) {
                self.add(DocumentKind::Person, Some(&person.name));
            }
        }
    }

    fn outputs(&mut self, decision: &Decision) {
        let rows = decision.rules.iter().flat_map(|rules| &rules.value);
        for (name, value) in rows.flat_map(|row| &row.outputs) {
            let kind = decision
                .outputs
                .as_ref()
                .and_then(|outputs| outputs.value.get(&name.value));
            let text = value.value.text().to_owned();
            match kind.map(|kind| kind.value) {
                Some(CellType::Queue) => {
                    self.documents.insert((DocumentKind::Queue, text));
                }
                Some(CellType::Person) => {
                    self.documents.insert((DocumentKind::Person, text));
                }
                Some(CellType::Team) => {
                    self.documents.insert((DocumentKind::Team, text));
                }
                Some(CellType::Role) => {
                    self.roles.insert(text);
                }
                Some(
                    CellType::String
                    | CellType::Integer
                    | CellType::Decimal
                    | CellType::Boolean
                    | CellType::Date
                    | CellType::Duration,
                )
                | None => {}
            }
        }
    }
}

impl<'a> Visitor<'a> for Closure {
    fn reference(&mut self, kind: ReferenceKind, name: &'a Spanned<String>) {
        match kind {
            ReferenceKind::Person => self.add(DocumentKind::Person, Some(name)),
            ReferenceKind::Team => self.add(DocumentKind::Team, Some(name)),
            ReferenceKind::Role => {
                self.roles.insert(name.value.clone());
            }
            ReferenceKind::Party => {
                self.add(DocumentKind::Person, Some(name));
                self.add(DocumentKind::Team, Some(name));
                self.roles.insert(name.value.clone());
            }
            ReferenceKind::Queue => self.add(DocumentKind::Queue, Some(name)),
            ReferenceKind::System => self.add(DocumentKind::System, Some(name)),
            ReferenceKind::Operation => {
                if let Some((system, _)) = name.value.split_once('.') {
                    self.documents
                        .insert((DocumentKind::System, system.to_owned()));
                }
                self.operations.insert(name.value.clone());
            }
            ReferenceKind::Contract => self.add(DocumentKind::Contract, Some(name)),
            ReferenceKind::Calendar => self.add(DocumentKind::Calendar, Some(name)),
            ReferenceKind::Decision => self.add(DocumentKind::Decision, Some(name)),
            // Accounts belong to systems that the same step names, retries to the project file;
            // the others stand in the workflow itself or have plans of their own.
            ReferenceKind::Account
            | ReferenceKind::RetryPolicy
            | ReferenceKind::Consumer
            | ReferenceKind::Workflow
            | ReferenceKind::State
            | ReferenceKind::Step
            | ReferenceKind::Reason => {}
        }
    }
}
