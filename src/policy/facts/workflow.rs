//! Facts about workflows and what stands in them, steps aside.

use std::rc::Rc;

use super::analysis::Analysis;
use super::declaration::{Kind, TEXTS, record};
use super::directory::{SLA, sla};
use super::state::{STATE, state, states};
use super::step::{APPROVAL, STEP, StepFacts, approval, step};
use super::values::{
    contract, count, day, labels, length, list, literal, name, names, person, spanned, system,
    text, text_or_empty, texts, written,
};
use crate::expr::Value;
use crate::model::quantity::number;
use crate::model::readiness;
use crate::model::runbook::{Runbook, Topic};
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::governance::Status;
use crate::syntax::workflow::{
    Alert, AlertKind, Cadence, Control, ExceptionClass, ExceptionRoute, Fallback, FallbackMode,
    InFlight, Monitoring, Polarity, Record, Resume, Success, Trigger,
};

/// Something that has a name in a map.
#[derive(Debug)]
pub(super) struct Named<'a, T> {
    pub name: &'a Spanned<String>,
    pub body: &'a T,
}

const TRIGGERS: &[&str] = &["event", "form", "schedule"];

record! {
    /// What starts a case.
    TRIGGER, trigger, "trigger", |it: &'a Trigger, facts| {
        /// What kind of trigger it is: the key that says so.
        "kind": required Kind::Word(TRIGGERS) => {
            let keys = [&it.event, &it.form, &it.schedule];
            let found = keys.iter().zip(TRIGGERS).find(|(written, _)| written.is_some());
            text_or_empty(found.map(|(_, key)| *key))
        },
        /// The event, form or schedule.
        "name": required Kind::Text => {
            let found = it.event.as_ref().or(it.form.as_ref()).or(it.schedule.as_ref());
            text_or_empty(found.map(|found| found.value.as_str()))
        },
        /// The contract of the data that the trigger brings.
        "contract": required Kind::Text => contract(it.contract.as_ref()),
        /// The fields that it brings, when no contract names them.
        "input": required TEXTS => texts(it.input.iter().flat_map(|input| input.value.names())),
        /// The value by which a repeated trigger is recognised, as written.
        "dedupe": required Kind::Text => {
            text_or_empty(it.dedupe.as_ref().map(|dedupe| dedupe.text.as_str()))
        },
    }
}

record! {
    /// The system of record of one business object.
    RECORD, record_of, "record", |it: Named<'a, Record>, facts| {
        /// The business object.
        "object": required Kind::Text => text(&it.name.value),
        /// The system whose copy is the truth.
        "system": required Kind::Text => system(&it.body.system),
        /// The field that identifies the object.
        "key": required Kind::Text => written(&it.body.key),
        /// Systems that receive a copy.
        "sync": required TEXTS => texts(it.body.sync.iter().map(|system| system.name.value.as_str())),
    }
}

record! {
    /// The figure by which a workflow is judged.
    SUCCESS, success, "success", |it: &'a Success, facts| {
        /// The metric.
        "metric": required Kind::Text => written(&it.metric),
        /// The value before, as written.
        "baseline": required Kind::Text => literal(&it.baseline),
        /// The value that is aimed at, as written.
        "target": required Kind::Text => literal(&it.target),
        /// When the target is to be reached.
        "by": optional Kind::Date => day(&it.by),
    }
}

record! {
    /// A named threshold of a workflow.
    CONTROL, control, "control", |it: Named<'a, Control>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.name.value),
        /// The place inside the workflow.
        "path": required Kind::Text => text(&format!("controls.{}", it.name.value)),
        /// The value, as written.
        "value": required Kind::Text => literal(&it.body.value),
        /// The value, when it is a number.
        "number": optional Kind::Decimal => {
            let value = it.body.value.as_ref()?;
            number(value.value.text()).map(Value::Decimal)
        },
        /// What the value counts.
        "unit": required Kind::Text => written(&it.body.unit),
        /// The direction in which the control becomes weaker.
        "weaker": required Kind::Word(Polarity::WORDS) => {
            text_or_empty(it.body.weaker.as_ref().map(|weaker| weaker.value.as_str()))
        },
        /// The person who answers for the value.
        "owner": required Kind::Text => person(&it.body.owner),
        /// What the control is for.
        "summary": required Kind::Text => written(&it.body.summary),
    }
}

record! {
    /// A reason code: where a case goes when it is raised, and how it comes back.
    EXCEPTION, exception, "exception", |it: Named<'a, ExceptionRoute>, facts| {
        /// The reason code, or `default`.
        "reason": required Kind::Text => text(&it.name.value),
        /// The place inside the workflow.
        "path": required Kind::Text => text(&format!("exceptions.{}", it.name.value)),
        /// The kind of exception.
        "class": required Kind::Word(ExceptionClass::WORDS) => {
            text_or_empty(it.body.class.as_ref().map(|class| class.value.as_str()))
        },
        /// The queue whose owner resolves it.
        "queue": required Kind::Text => {
            text_or_empty(it.body.queue.as_ref().map(|queue| queue.name.value.as_str()))
        },
        /// How the case comes back: `same`, `fallback` and states.
        "resume": required TEXTS => {
            let resume = it.body.resume.iter().flat_map(|resume| resume.value.iter());
            texts(resume.map(|resume| match resume {
                Resume::Same(_) => "same",
                Resume::Fallback(_) => "fallback",
                Resume::State(state) => state.name.value.as_str(),
            }))
        },
        /// How often a case may come back from here.
        "max_returns": optional Kind::Integer => {
            it.body.max_returns.as_ref().map(|returns| Value::Integer(i64::from(returns.value)))
        },
        /// What the reason means.
        "summary": required Kind::Text => written(&it.body.summary),
    }
}

record! {
    /// How the work is done when the workflow cannot run.
    FALLBACK, fallback, "fallback", |it: &'a Fallback, facts| {
        /// How.
        "mode": required Kind::Word(FallbackMode::WORDS) => {
            text_or_empty(it.mode.as_ref().map(|mode| mode.value.as_str()))
        },
        /// Who leads it, when the fallback names somebody.
        "owner": required Kind::Text => person(&it.owner),
        /// The instructions.
        "runbook": required Kind::Text => {
            text_or_empty(it.runbook.as_ref().map(|file| file.path.value.as_str()))
        },
        /// What the instructions explain: `replay`, `roll back`, `manual mode`.
        "covers": required TEXTS => {
            let file = it.runbook.as_ref();
            let found = file.and_then(|file| facts.model.surroundings.files.text(&file.path));
            let runbook = found.map(Runbook::read);
            let covered = Topic::ALL.into_iter().filter(|topic| {
                runbook.as_ref().is_some_and(|runbook| runbook.covers(*topic))
            });
            texts(covered.map(Topic::as_str))
        },
    }
}

record! {
    /// When somebody is told.
    ALERT, alert, "alert", |it: &'a Alert, facts| {
        /// What is watched.
        "alert": required Kind::Word(AlertKind::WORDS) => {
            text_or_empty(it.alert.as_ref().map(|alert| alert.value.as_str()))
        },
        /// The state that is watched; empty for every state.
        "state": required Kind::Text => {
            text_or_empty(it.state.as_ref().map(|state| state.name.value.as_str()))
        },
        /// The queue that is watched.
        "queue": required Kind::Text => {
            text_or_empty(it.queue.as_ref().map(|queue| queue.name.value.as_str()))
        },
        /// How long before anybody is told.
        "after": optional Kind::Duration => length(&it.after),
        /// Who is told.
        "notify": required Kind::Text => {
            text_or_empty(it.notify.as_ref().map(|party| party.name.value.as_str()))
        },
    }
}

record! {
    /// Metrics, review cadence and alerts.
    MONITORING, monitoring, "monitoring", |it: Option<&'a Monitoring>, facts| {
        /// How often the figures are reviewed.
        "review": required Kind::Word(Cadence::WORDS) => {
            let review = it.and_then(|monitoring| monitoring.review.as_ref());
            text_or_empty(review.map(|review| review.value.as_str()))
        },
        /// The figures that are kept.
        "metrics": required TEXTS => {
            names(it.iter().flat_map(|monitoring| &monitoring.metrics))
        },
        /// When somebody is told.
        "alerts": required Kind::List(&Kind::Record(&ALERT)) => {
            let alerts = it.iter().flat_map(|monitoring| &monitoring.alerts);
            list(alerts.map(|found| alert(&found, facts)))
        },
    }
}

record! {
    /// The ten readiness checks.
    READINESS, ready, "readiness", |it: Rc<Analysis<'a>>, facts| {
        /// Whether none of them fails.
        "ready": required Kind::Boolean => {
            let outcomes = readiness::judge(it.workflow, facts.model);
            outcomes.iter().all(readiness::Outcome::passes).into()
        },
        /// What is wrong, for each that fails.
        "failing": required TEXTS => {
            let outcomes = readiness::judge(it.workflow, facts.model);
            let failing = outcomes.iter().filter(|outcome| !outcome.passes());
            let faults: Vec<String> = failing.map(readiness::Outcome::fault).collect();
            texts(faults.iter().map(String::as_str))
        },
    }
}

record! {
    /// The longest time that a case may take, against the promise.
    WORST_PATH, worst_path, "worst_path", |it: Rc<Analysis<'a>>, facts| {
        /// Its share of the promised resolution, in per cent.
        "percent_of_sla": optional Kind::Integer => {
            let share = it.share_of_promise()?;
            Some(Value::Integer(i64::try_from(share).unwrap_or(i64::MAX)))
        },
        /// Whether something on it has no limit.
        "open": required Kind::Boolean => it.worst().is_some_and(|cost| cost.open).into(),
    }
}

record! {
    /// A business workflow.
    WORKFLOW, workflow, "workflow", |it: Rc<Analysis<'a>>, facts| {
        /// The name.
        "name": required Kind::Text => text(&it.workflow.name.value),
        /// The file that it is written in.
        "file": required Kind::Text => text(facts.file(it.workflow.key)),
        /// The semantic version.
        "version": required Kind::Text => {
            let version = it.workflow.body.version.as_ref();
            text_or_empty(version.map(|version| version.value.semantic.to_string()).as_deref())
        },
        /// Where the document is in its life; `active` when nothing is written.
        "status": required Kind::Word(Status::WORDS) => {
            text(it.workflow.body.status.as_ref().map_or("active", |status| status.value.as_str()))
        },
        /// The rollout stage, 0 to 4.
        "stage": required Kind::Integer => Value::Integer(i64::from(it.workflow.body.rollout_stage())),
        /// One paragraph that says what it does and why.
        "summary": required Kind::Text => written(&it.workflow.body.summary),
        /// The one accountable person.
        "owner": required Kind::Text => written(&it.workflow.body.owner),
        /// Who decides when the owner is out.
        "backup": required Kind::Text => written(&it.workflow.body.backup),
        /// Where to ask questions.
        "contact": required Kind::Text => written(&it.workflow.body.contact),
        /// The teams that the owner is in.
        "teams": required TEXTS => {
            texts(facts.model.teams_of(DocumentKind::Workflow, &it.workflow.name.value))
        },
        /// Kinds of risk of the workflow, its states and its steps, and `pii` when it reads
        /// personal data, whether it says so or not.
        "risk": required TEXTS => texts(facts.model.workflow_risks(&it.workflow.body)),
        /// Kinds of risk that the workflow itself names.
        "own_risk": required TEXTS => labels(&it.workflow.body.risk),
        /// Free words for searching.
        "tags": required TEXTS => spanned(&it.workflow.body.tags),
        /// What it is for.
        "includes": required TEXTS => {
            spanned(it.workflow.body.scope.as_ref().map_or(&[][..], |scope| &scope.value.includes))
        },
        /// What does not start it.
        "excludes": required TEXTS => {
            spanned(it.workflow.body.scope.as_ref().map_or(&[][..], |scope| &scope.value.excludes))
        },
        /// What starts a case.
        "triggers": required Kind::List(&Kind::Record(&TRIGGER)) => {
            let triggers = it.workflow.body.trigger.iter().flat_map(|it| it.value.iter());
            list(triggers.map(|found| trigger(&found, facts)))
        },
        /// What it hands back when it ends.
        "outputs": required TEXTS => texts(it.workflow.body.outputs.names()),
        /// The systems of record.
        "records": required Kind::List(&Kind::Record(&RECORD)) => {
            let records = it.workflow.body.records.iter();
            list(records.map(|(name, body)| record_of(&Named { name, body }, facts)))
        },
        /// The promise to requesters.
        "sla": optional Kind::Record(&SLA) => {
            it.workflow.body.sla.as_ref().map(|found| sla(&&found.value, facts))
        },
        /// The systems that hold evidence of completion.
        "proof": required TEXTS => {
            let proof = it.workflow.body.proof.iter().filter_map(|proof| proof.from.as_ref());
            texts(proof.map(|system| system.name.value.as_str()))
        },
        /// The figure by which it is judged.
        "success": optional Kind::Record(&SUCCESS) => {
            it.workflow.body.success.as_ref().map(|found| success(&&found.value, facts))
        },
        /// Named thresholds.
        "controls": required Kind::List(&Kind::Record(&CONTROL)) => {
            let controls = it.workflow.body.controls.iter();
            list(controls.map(|(name, body)| control(&Named { name, body }, facts)))
        },
        /// The states, in written order.
        "states": required Kind::List(&Kind::Record(&STATE)) => {
            list(states(it).map(|found| state(&found, facts)))
        },
        /// Every step of every state, those inside branches and items too, in written order.
        "steps": required Kind::List(&Kind::Record(&STEP)) => {
            list(steps(it).map(|found| step(&found, facts)))
        },
        /// Every step that asks people to decide, in written order.
        "approvals": required Kind::List(&Kind::Record(&APPROVAL)) => {
            list(approvals(it).map(|found| approval(&found, facts)))
        },
        /// Reason codes.
        "exceptions": required Kind::List(&Kind::Record(&EXCEPTION)) => {
            list(exceptions(it).map(|found| exception(&found, facts)))
        },
        /// How the work is done when it cannot run.
        "fallback": optional Kind::Record(&FALLBACK) => {
            it.workflow.body.fallback.as_ref().map(|found| fallback(&&found.value, facts))
        },
        /// Metrics, review cadence and alerts.
        "monitoring": required Kind::Record(&MONITORING) => {
            let written = it.workflow.body.monitoring.as_ref();
            monitoring(&written.map(|written| &written.value), facts)
        },
        /// How long the log of decisions and runs is kept.
        "retention": optional Kind::Duration => {
            length(&it.workflow.body.audit.as_ref()?.value.retention)
        },
        /// The ten readiness checks, derived or attested.
        "readiness": required Kind::Record(&READINESS) => ready(it, facts),
        /// What happens to running cases when the definition changes.
        "in_flight": required Kind::Word(InFlight::WORDS) => {
            let plan = it.workflow.body.change.as_ref().and_then(|it| it.value.in_flight.as_ref());
            text_or_empty(plan.map(|plan| plan.value.as_str()))
        },
        /// The contracts of what it is given, by triggers and by results of steps.
        "contracts": required TEXTS => {
            let contracts = it.workflow.body.contracts_read();
            texts(contracts.map(|contract| contract.value.as_str()))
        },
        /// The longest time that a case may take, against the promise.
        "worst_path": required Kind::Record(&WORST_PATH) => worst_path(it, facts),
        /// How many test cases its scenarios have.
        "scenarios": required Kind::Integer => {
            let scenarios = facts.model.project.scenarios.iter();
            let own = scenarios.filter(|scenarios| scenarios.name.value == it.workflow.name.value);
            count(own.map(|scenarios| scenarios.body.cases.iter().flatten().count()).sum())
        },
        /// The name before a rename.
        "renamed_from": required Kind::Text => name(&it.workflow.body.renamed_from),
    }
}

/// The steps of a workflow, in written order.
pub(super) fn steps<'r, 'a>(
    of: &'r Rc<Analysis<'a>>,
) -> impl Iterator<Item = StepFacts<'a>> + use<'r, 'a> {
    let steps = of.steps().iter();
    steps.map(|place| StepFacts {
        place: *place,
        of: Rc::clone(of),
    })
}

/// The approvals of a workflow, in written order.
pub(super) fn approvals<'r, 'a>(
    of: &'r Rc<Analysis<'a>>,
) -> impl Iterator<Item = StepFacts<'a>> + use<'r, 'a> {
    steps(of).filter(|step| step.approve().is_some())
}

/// The reason codes of a workflow, in written order.
pub(super) fn exceptions<'a>(
    of: &Rc<Analysis<'a>>,
) -> impl Iterator<Item = Named<'a, ExceptionRoute>> + use<'a> {
    let routes = of.workflow.body.exceptions.iter();
    routes
        .flat_map(|routes| routes.value.iter())
        .map(|(name, body)| Named { name, body })
}
