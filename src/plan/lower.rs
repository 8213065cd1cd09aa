//! A sound workflow to its plan. Lowering cannot fail: what it needs is there in a
//! [`Sound`] workflow. Where the types still allow a hole, nothing is put into it.

mod exception;
mod governance;
mod people;
mod shape;
mod state;
mod step;
mod tables;
mod value;
mod work;

use super::governance::{Audit, Change};
use super::origin::{FileReference, Origin};
use super::period::Period;
use super::{ByName, Digest, Extensions, Plan, PlanSchema};
use crate::model::{Closure, Model, Sound};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::governance::Status;
use crate::syntax::references::FilePath;
use crate::syntax::scalars;
use crate::syntax::workflow::{InFlight, Lifecycle, Workflow};

/// The plan of a sound workflow; `sources` are the texts of its model.
pub fn lower(sound: Sound<'_>, sources: &Sources) -> Plan {
    sketch(sound.model(), sound.workflow(), sources)
}

/// What is understood of a workflow, sound or not, as a plan to look at: for pictures of a change
/// that is still being worked on. It may have holes and must not run.
pub fn sketch(model: &Model, entity: &Entity<Workflow>, sources: &Sources) -> Plan {
    let lowering = Lowering {
        model,
        sources,
        workflow: &entity.body,
        calendar: entity
            .body
            .sla
            .as_ref()
            .and_then(|sla| sla.value.calendar.as_ref())
            .map(|calendar| calendar.name.value.clone()),
        key: entity.key,
    };
    lowering.plan(entity)
}

/// What every part needs while a workflow is lowered.
struct Lowering<'m> {
    model: &'m Model,
    sources: &'m Sources,
    workflow: &'m Workflow,
    /// The calendar of the promise, in which the times of people run.
    calendar: Option<String>,
    /// Where the workflow begins.
    key: Span,
}

impl<'m> Lowering<'m> {
    fn plan(&self, entity: &Entity<Workflow>) -> Plan {
        let workflow = self.workflow;
        let closure = Closure::of(self.model, entity);
        let states = self.states();
        let exceptions = self.exceptions(&states);
        let mut plan = Plan {
            schema: PlanSchema::V1,
            digest: Digest::of_bytes(&[]),
            name: entity.name.value.clone(),
            version: workflow
                .version
                .as_ref()
                .map(|version| version.value.semantic.to_string()),
            status: workflow
                .status
                .as_ref()
                .map_or(Status::Active, |status| status.value),
            stage: workflow.rollout_stage(),
            title: text(workflow.title.as_ref()),
            summary: text(workflow.summary.as_ref()),
            owner: text(workflow.owner.as_ref()),
            backup: text(workflow.backup.as_ref()),
            risk: value::set(workflow.risk.iter().map(|risk| risk.value.text.clone())),
            triggers: self.triggers(),
            input: self.input(),
            outputs: self.outputs(),
            records: self.records(),
            sla: self.promise(workflow.sla.as_ref(), None),
            controls: self.controls(),
            lists: self.lists(&closure),
            start: self.start(),
            states,
            exceptions,
            fallback: self.fallback(),
            proof: self.proof(),
            monitoring: self.monitoring(),
            audit: self.audit(),
            change: self.change(),
            queues: self.queues(&closure),
            calendars: self.calendars(&closure),
            contracts: self.contracts(&closure),
            origin: self.whole_document(),
            extensions: extensions(&workflow.extensions),
        };
        plan.digest = Digest::of(&plan);
        plan
    }

    /// The first state with the lifecycle `new`, so that the order of keys decides only where the
    /// lifecycles do not.
    fn start(&self) -> String {
        let states = || self.workflow.all_states();
        let is_new = |lifecycle: &Option<Spanned<Lifecycle>>| {
            lifecycle
                .as_ref()
                .is_some_and(|lifecycle| lifecycle.value == Lifecycle::New)
        };
        states()
            .find(|(_, state)| is_new(&state.lifecycle))
            .or_else(|| states().next())
            .map_or_else(String::new, |(name, _)| name.value.clone())
    }

    fn audit(&self) -> Audit {
        let audit = self.workflow.audit.as_ref().map(|audit| &audit.value);
        let setting = |value: Option<&Spanned<bool>>| value.is_none_or(|value| value.value);
        Audit {
            decisions: setting(audit.and_then(|audit| audit.decisions.as_ref())),
            runs: setting(audit.and_then(|audit| audit.runs.as_ref())),
            retention: audit
                .and_then(|audit| audit.retention.as_ref())
                .map(|retention| elapsed(retention.value)),
        }
    }

    fn change(&self) -> Change {
        let change = self.workflow.change.as_ref().map(|change| &change.value);
        Change {
            in_flight: change
                .and_then(|change| change.in_flight.as_ref())
                .map_or(InFlight::Pin, |in_flight| in_flight.value),
            drain_within: change
                .and_then(|change| change.drain_within.as_ref())
                .map(|limit| elapsed(limit.value)),
            migrate: change
                .and_then(|change| change.migrate.as_ref())
                .map(|migration| governance::migration(&migration.value)),
        }
    }

    fn origin(&self, path: String, span: Span) -> Origin {
        Origin {
            file: self.sources.file(span.source).path().to_owned(),
            path,
            span,
        }
    }

    fn whole_document(&self) -> Origin {
        self.origin(String::new(), self.key)
    }

    /// The origin of another document: `queues.ap-work` where it stands in a map by name.
    fn document_origin<T>(&self, entity: &Entity<T>, plural: &str) -> Origin {
        let path = if entity.key == entity.name.span {
            format!("{plural}.{}", entity.name.value)
        } else {
            String::new()
        };
        self.origin(path, entity.key)
    }

    /// A time of people: it runs in the calendar of the promise.
    fn working(&self, duration: Duration) -> Period {
        Period {
            calendar: self.calendar.clone(),
            ..elapsed(duration)
        }
    }
}

/// A time of machines: it elapses.
fn elapsed(duration: Duration) -> Period {
    Period {
        weeks: duration.weeks,
        days: duration.days,
        seconds: duration.seconds,
        calendar: None,
    }
}

fn text(value: Option<&Spanned<String>>) -> Option<String> {
    value.map(|value| value.value.clone())
}

fn file(path: &FilePath) -> FileReference {
    FileReference {
        path: path.path.value.clone(),
    }
}

fn extensions(extensions: &scalars::Extensions) -> Extensions {
    extensions
        .entries
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<ByName<_>>()
}

#[cfg(test)]
mod tests;
