//! The work of a step, by kind.

use super::people::{assignees, party};
use super::step::Surroundings;
use super::{Lowering, extensions, text, value};
use crate::model::resolve::reason;
use crate::model::walk::StepKind;
use crate::plan::people::Count;
use crate::plan::step::{
    Approval, Assertion, Awaited, AwaitedEvent, Binding, Call, Check, Comparison, Counterpart,
    Emission, ForEach, Match, Measure, Notification, Parallel, Route, Row, Run, Task, Tolerance,
    Wait, Work,
};
use crate::plan::value::{Data, Expression, Text};
use crate::plan::{ByName, step as planned};
use crate::source::Spanned;
use crate::syntax::decision::{CellType, Decision, HitPolicy};
use crate::syntax::directory::Effect;
use crate::syntax::expressions;
use crate::syntax::references::{ContractReference, ReasonReference};
use crate::syntax::step::{self, ApprovalCount, Join};

/// The cell of a decision table that any value passes.
const ANYTHING: &str = "-";

impl Lowering<'_> {
    pub(super) fn work(
        &self,
        written: &step::Step,
        kind: StepKind<'_>,
        path: &str,
        surroundings: Surroundings<'_>,
    ) -> Work {
        let with = written.with.as_ref().map(|data| value::data(&data.value));
        match kind {
            StepKind::Check(checks) => Work::Check(check(&checks.value)),
            StepKind::Match(matching) => Work::Match(self.matching(&matching.value)),
            StepKind::Route(decision) => Work::Route(self.route_of(&decision.name, with.as_ref())),
            StepKind::Call(call) => {
                let mut call = self.call(&call.name, with, written.contract.as_ref());
                call.account = account(written);
                Work::Call(call)
            }
            StepKind::Task(instruction) => Work::Task(Task {
                instruction: instruction.value.clone(),
                assign: written.assign.as_ref().map_or_else(Vec::new, assignees),
                with,
            }),
            StepKind::Approve(approve) => Work::Approve(approval(&approve.value)),
            StepKind::Wait(wait) => Work::Wait(Wait {
                until: self.awaited(&wait.value),
            }),
            StepKind::Notify(notify) => Work::Notify(self.notification(&notify.value)),
            StepKind::Emit(emit) => Work::Emit(emission(written, &emit.value)),
            StepKind::Run(workflow) => Work::Run(Run {
                workflow: workflow.name.value.clone(),
                with,
            }),
            StepKind::Parallel(parallel) => {
                Work::Parallel(self.parallel(&parallel.value, path, surroundings))
            }
            StepKind::ForEach(for_each) => {
                Work::ForEach(self.for_each(&for_each.value, path, surroundings))
            }
        }
    }

    fn matching(&self, matching: &step::Match) -> Match {
        let missing = |name: &str| {
            let reason = matching.missing.get(name);
            reason.map_or(reason::NO_MATCH, |reason| &reason.name.value)
        };
        let against = matching.against.iter().flat_map(|against| against.iter());
        Match {
            claim: value::required(matching.claim.as_ref()),
            key: matching
                .key
                .as_ref()
                .map_or_else(String::new, |key| key.value.text.clone()),
            against: against
                .map(|(name, lines)| {
                    let counterpart = Counterpart {
                        lines: value::expression(lines),
                        missing: missing(&name.value).to_owned(),
                    };
                    (name.value.clone(), counterpart)
                })
                .collect(),
            compare: matching
                .compare
                .iter()
                .map(|comparison| self.comparison(comparison))
                .collect(),
        }
    }

    fn comparison(&self, comparison: &step::Comparison) -> Comparison {
        let tolerance = |amount: &expressions::Expression| {
            let amount = value::expression(amount);
            let measure = self.measure(&amount);
            Tolerance { amount, measure }
        };
        Comparison {
            field: comparison
                .field
                .as_ref()
                .map_or_else(String::new, |field| field.value.text.clone()),
            with: comparison
                .with
                .as_ref()
                .map_or_else(String::new, |with| with.value.text.clone()),
            tolerance: comparison.tolerance.as_ref().map(tolerance),
            raise: raised(comparison.raise.as_ref()),
        }
    }

    /// The unit of a control decides how its value is meant.
    fn measure(&self, amount: &Expression) -> Measure {
        let unit = amount
            .as_str()
            .strip_prefix("controls.")
            .and_then(|name| self.workflow.controls.get(name))
            .and_then(|control| control.unit.as_ref());
        if unit.is_some_and(|unit| unit.value == "ratio") {
            Measure::Ratio
        } else {
            Measure::Difference
        }
    }

    fn route_of(&self, name: &Spanned<String>, with: Option<&Data>) -> Route {
        let entity = self.model.decision(&name.value);
        let decision = entity.map(|entity| &entity.body);
        Route {
            decision: name.value.clone(),
            hit: decision
                .and_then(|decision| decision.hit.as_ref())
                .map_or(HitPolicy::Unique, |hit| hit.value),
            inputs: decision.map_or_else(ByName::default, |decision| bindings(decision, with)),
            outputs: decision
                .iter()
                .flat_map(|decision| &decision.outputs)
                .flat_map(|outputs| outputs.value.iter())
                .map(|(name, kind)| (name.value.clone(), kind.value))
                .collect(),
            rows: decision.map_or_else(Vec::new, rows),
            no_match: reason::NO_MATCH.to_owned(),
            origin: entity.map_or_else(
                || self.whole_document(),
                |entity| self.document_origin(entity, "decisions"),
            ),
        }
    }

    pub(super) fn call(
        &self,
        name: &Spanned<String>,
        with: Option<Data>,
        contract: Option<&ContractReference>,
    ) -> Call {
        let (system, operation) = name.value.split_once('.').unwrap_or((&name.value, ""));
        let declared = self.model.operation(&name.value).map(|(_, found)| found);
        // What nobody declares may change something.
        let effect = declared
            .and_then(|declared| declared.effect.as_ref())
            .map_or(Effect::Write, |effect| effect.value);
        let takes = declared.and_then(|declared| declared.takes.as_ref());
        Call {
            system: system.to_owned(),
            operation: operation.to_owned(),
            effect,
            idempotent: effect == Effect::Read
                || declared
                    .and_then(|declared| declared.idempotent.as_ref())
                    .is_some_and(|idempotent| idempotent.value),
            object: declared
                .and_then(|declared| declared.object.as_ref())
                .map(|object| object.value.text.clone()),
            scope: text(declared.and_then(|declared| declared.scope.as_ref())),
            errors: value::set(
                declared
                    .iter()
                    .flat_map(|declared| &declared.errors)
                    .map(|error| error.value.text.clone()),
            ),
            account: None,
            with,
            sends: contract.or(takes).map(|takes| takes.name.value.clone()),
        }
    }

    pub(super) fn compensation(
        &self,
        step: &step::Step,
        undo: &step::Compensation,
    ) -> Option<planned::Call> {
        let with = undo.with.as_ref().map(|data| value::data(&data.value));
        let mut call = self.call(&undo.call.as_ref()?.name, with, None);
        call.account = undo
            .account
            .as_ref()
            .map(|account| account.name.value.clone())
            .or_else(|| account(step));
        Some(call)
    }

    fn awaited(&self, wait: &step::Wait) -> Awaited {
        let wait = match wait {
            step::Wait::For(duration) => return Awaited::Elapsed(self.working(duration.value)),
            step::Wait::Until(wait) => wait,
        };
        if let Some(duration) = &wait.duration {
            return Awaited::Elapsed(self.working(duration.value));
        }
        match (&wait.event, &wait.until) {
            (Some(event), _) => Awaited::Event(AwaitedEvent {
                name: event.value.clone(),
                filter: wait.filter.as_ref().map(value::expression),
            }),
            (None, until) => Awaited::Instant(value::required(until.as_ref())),
        }
    }

    fn notification(&self, notify: &step::Notify) -> Notification {
        match notify {
            step::Notify::To(party) => Notification {
                to: self.party_reference(party),
                message: None,
                channel: None,
            },
            step::Notify::Message(message) => Notification {
                to: self.addressee(
                    message
                        .to
                        .as_ref()
                        .map_or_else(|| Text::Plain(String::new()), value::template),
                ),
                message: message.message.as_ref().map(value::template),
                channel: text(message.channel.as_ref()),
            },
        }
    }

    fn parallel(
        &self,
        parallel: &step::Parallel,
        path: &str,
        surroundings: Surroundings<'_>,
    ) -> Parallel {
        let branches = parallel.branches.iter().flat_map(|each| each.iter());
        Parallel {
            join: parallel.join.as_ref().map_or(Join::All, |join| join.value),
            branches: branches
                .map(|(name, steps)| {
                    let path = format!("{path}.parallel.branches.{}", name.value);
                    let steps = self.steps(steps, &path, surroundings);
                    (name.value.clone(), steps)
                })
                .collect(),
        }
    }

    fn for_each(
        &self,
        for_each: &step::ForEach,
        path: &str,
        surroundings: Surroundings<'_>,
    ) -> ForEach {
        let steps = for_each.steps.as_deref().unwrap_or_default();
        ForEach {
            list: value::required(for_each.list.as_ref()),
            item: for_each
                .item
                .as_ref()
                .map_or_else(String::new, |item| item.value.text.clone()),
            at_once: for_each.at_once.as_ref().map_or(1, |number| number.value),
            limit: for_each.limit.as_ref().map(|limit| limit.value),
            steps: self.steps(steps, &format!("{path}.for_each.steps"), surroundings),
        }
    }
}

fn raised(reason: Option<&ReasonReference>) -> String {
    let reason = reason.map(|reason| reason.name.value.clone());
    reason.unwrap_or_else(|| reason::ERROR.to_owned())
}

fn account(step: &step::Step) -> Option<String> {
    step.account
        .as_ref()
        .map(|account| account.name.value.clone())
}

fn check(checks: &[step::Check]) -> Check {
    Check {
        assertions: checks
            .iter()
            .map(|check| Assertion {
                that: value::required(check.that.as_ref()),
                raise: raised(check.raise.as_ref()),
                message: check.message.as_ref().map(value::template),
            })
            .collect(),
    }
}

/// Each input is bound to the data that the step gives, else to the field of the case's input.
fn bindings(decision: &Decision, with: Option<&Data>) -> ByName<Binding> {
    let given = |name: &str| match with {
        Some(Data::Object { object }) => object.get(name).cloned(),
        Some(Data::Null | Data::Boolean(_) | Data::Number(_) | Data::Text(_) | Data::List(_))
        | None => None,
    };
    let inputs = decision
        .inputs
        .iter()
        .flat_map(|inputs| inputs.value.iter());
    inputs
        .map(|(name, kind): (_, &Spanned<CellType>)| {
            let value = given(&name.value).unwrap_or_else(|| {
                Data::Text(Text::Computed {
                    expression: Expression::new(&format!("input.{}", name.value)),
                })
            });
            let kind = kind.value;
            (name.value.clone(), Binding { kind, value })
        })
        .collect()
}

fn rows(decision: &Decision) -> Vec<Row> {
    let names: Vec<&str> = decision
        .inputs
        .iter()
        .flat_map(|inputs| inputs.value.names())
        .collect();
    let rows = decision.rules.iter().flat_map(|rules| &rules.value);
    rows.map(|row| Row {
        tests: names
            .iter()
            .zip(&row.cells)
            .filter(|(_, cell)| cell.value.trim() != ANYTHING)
            .map(|(name, cell)| ((*name).to_owned(), Expression::new(&cell.value)))
            .collect(),
        outputs: row
            .outputs
            .iter()
            .map(|(name, output)| (name.value.clone(), value::literal(&output.value)))
            .collect(),
    })
    .collect()
}

fn approval(approve: &step::Approve) -> Approval {
    let missing = approve.missing_evidence.as_ref();
    Approval {
        by: approve
            .by
            .iter()
            .flat_map(|by| by.iter())
            .map(party)
            .collect(),
        count: match approve.count.as_ref().map(|count| &count.value) {
            None => Count::Number(1),
            Some(ApprovalCount::Written(step::Count::Number(number))) => Count::Number(*number),
            Some(ApprovalCount::Written(step::Count::All)) => Count::All,
        },
        exclude: approve.exclude.iter().map(value::expression).collect(),
        evidence: value::set(approve.evidence.iter().map(|each| each.value.clone())),
        missing_evidence: missing.map(|reason| reason.name.value.clone()).or_else(|| {
            let asked_for = !approve.evidence.is_empty();
            asked_for.then(|| reason::CONTRACT_VIOLATION.to_owned())
        }),
        delegate: approve.delegate.as_ref().map(party),
        waive_when: approve.waive_when.as_ref().map(value::expression),
        terms: text(approve.terms.as_ref()),
        extensions: extensions(&approve.extensions),
    }
}

fn emission(written: &step::Step, emit: &step::Emit) -> Emission {
    let own_data = written.with.as_ref();
    let own_contract = written.contract.as_ref();
    let (event, with, contract) = match emit {
        step::Emit::Event(event) => (Some(event), own_data, own_contract),
        step::Emit::Published(event) => (
            event.event.as_ref(),
            event.with.as_ref().or(own_data),
            event.contract.as_ref().or(own_contract),
        ),
    };
    Emission {
        event: text(event).unwrap_or_default(),
        with: with.map(|data| value::data(&data.value)),
        sends: contract.map(|contract| contract.name.value.clone()),
    }
}
