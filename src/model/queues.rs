//! Which workflows send cases to which queue.

use std::collections::BTreeMap;

use super::Model;
use crate::rule::Stage;
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::decision::{CellType, Decision};
use crate::syntax::visit::{ReferenceKind, Visit, Visitor};
use crate::syntax::workflow::Workflow;

/// A place that sends cases to a queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueUse<'a> {
    /// The workflow whose cases are sent.
    pub workflow: &'a Entity<Workflow>,
    /// Where the queue is named, in the workflow or in a decision table that it routes by.
    pub place: Span,
}

/// The uses of every queue, by its name.
#[derive(Debug, Default)]
pub struct QueueUses<'a> {
    by_queue: BTreeMap<&'a str, Vec<QueueUse<'a>>>,
}

impl<'a> QueueUses<'a> {
    /// The uses of one queue, in path order.
    pub fn of(&self, queue: &str) -> &[QueueUse<'a>] {
        self.by_queue.get(queue).map_or(&[], Vec::as_slice)
    }

    /// The highest rollout stage of the workflows that use the queue; 0 when none does.
    pub fn highest_stage(&self, queue: &str) -> Stage {
        let stages = self.of(queue).iter();
        stages
            .map(|place| place.workflow.body.rollout_stage())
            .max()
            .unwrap_or(0)
    }
}

impl Model {
    /// Which workflows send cases to which queue, tables that they route by included.
    pub fn queue_uses(&self) -> QueueUses<'_> {
        let mut uses = QueueUses::default();
        for workflow in &self.project.workflows {
            let mut collector = Collector {
                model: self,
                workflow,
                uses: &mut uses,
            };
            workflow.body.visit(&mut collector);
        }
        uses
    }
}

struct Collector<'a, 'u> {
    model: &'a Model,
    workflow: &'a Entity<Workflow>,
    uses: &'u mut QueueUses<'a>,
}

impl<'a> Collector<'a, '_> {
    fn add(&mut self, queue: &'a str, place: Span) {
        let workflow = self.workflow;
        let uses = self.uses.by_queue.entry(queue).or_default();
        uses.push(QueueUse { workflow, place });
    }
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
    fn reference(&mut self, kind: ReferenceKind, name: &'a Spanned<String>) {
        if kind == ReferenceKind::Queue {
            self.add(&name.value, name.span);
        }
        if kind == ReferenceKind::Decision
            && let Some(decision) = self.model.decision(&name.value)
        {
            for (queue, place) in decision.body.cells_of(CellType::Queue) {
                self.add(queue, place);
            }
        }
    }
}

impl Decision {
    /// What the rows give for the outputs of a type, with the places.
    pub fn cells_of(&self, wanted: CellType) -> impl Iterator<Item = (&str, Span)> {
        let has_type = move |output: &str| {
            let outputs = self.outputs.as_ref();
            outputs
                .and_then(|outputs| outputs.value.get(output))
                .is_some_and(|kind| kind.value == wanted)
        };
        self.rules
            .iter()
            .flat_map(|rules| &rules.value)
            .flat_map(|row| &row.outputs)
            .filter(move |(output, _)| has_type(&output.value))
            .map(|(_, cell)| (cell.value.text(), cell.span))
    }
}
