//! The ten readiness checks of a workflow: derived from its definition, or attested.

use super::Model;
use super::owner::OwnerName;
use super::walk::StepKind;
use crate::syntax::Entity;
use crate::syntax::directory::Effect;
use crate::syntax::workflow::{AlertKind, Attestation, Readiness, Trigger, Workflow};

/// One of the ten checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// There is one clear trigger.
    SingleTrigger,
    /// The minimum inputs are defined.
    InputsDefined,
    /// One person answers.
    OwnerNamed,
    /// The happy path was stable by hand; only people can know.
    HappyPathStable,
    /// Exceptions have a queue.
    ExceptionsNamed,
    /// Success can be measured.
    MetricsDefined,
    /// Every written object has a system of record.
    RecordsIdentified,
    /// There is a manual fallback.
    FallbackDefined,
    /// Stuck and failed runs are noticed.
    MonitoringReady,
    /// Changes follow a process.
    ChangeProcess,
}

impl Check {
    /// Every check, in reference order.
    pub const ALL: [Check; 10] = [
        Check::SingleTrigger,
        Check::InputsDefined,
        Check::OwnerNamed,
        Check::HappyPathStable,
        Check::ExceptionsNamed,
        Check::MetricsDefined,
        Check::RecordsIdentified,
        Check::FallbackDefined,
        Check::MonitoringReady,
        Check::ChangeProcess,
    ];

    /// What is wrong when it fails.
    pub fn fault(self) -> &'static str {
        match self {
            Check::SingleTrigger => "no single clear trigger",
            Check::InputsDefined => "the minimum inputs are not defined",
            Check::OwnerNamed => "no person answers for it",
            Check::HappyPathStable => "nobody attests that the happy path is stable by hand",
            Check::ExceptionsNamed => "no exception has a queue",
            Check::MetricsDefined => "no success metric",
            Check::RecordsIdentified => "no system of record for what it writes",
            Check::FallbackDefined => "no manual fallback",
            Check::MonitoringReady => "nobody is told of stuck or failed runs",
            Check::ChangeProcess => "no process for changes",
        }
    }

    /// What to write; follows the word "add".
    pub fn remedy(self) -> &'static str {
        match self {
            Check::SingleTrigger => "`trigger:` with one event, form or schedule",
            Check::InputsDefined => "`contract:` or `input:` to the trigger",
            Check::OwnerNamed => "`owner:` with one person of the directory",
            Check::HappyPathStable => {
                "`readiness: {happy_path_stable: {by: …, date: …, evidence: …}}`"
            }
            Check::ExceptionsNamed => "`exceptions:` with a queue for `default`",
            Check::MetricsDefined => "`success: {metric: …, baseline: …, target: …}`",
            Check::RecordsIdentified => "`records:` with the system of record of each object",
            Check::FallbackDefined => "`fallback: {mode: manual, runbook: …}`",
            Check::MonitoringReady => {
                "an alert to `monitoring`, such as `{alert: stuck, after: …, notify: …}`"
            }
            Check::ChangeProcess => {
                "`change: {in_flight: pin}`, or a policy with `approvals` for changes"
            }
        }
    }

    fn attestation(self, readiness: &Readiness) -> Option<&Attestation> {
        match self {
            Check::SingleTrigger => readiness.single_trigger.as_ref(),
            Check::InputsDefined => readiness.inputs_available.as_ref(),
            Check::OwnerNamed => readiness.owner_named.as_ref(),
            Check::HappyPathStable => readiness.happy_path_stable.as_ref(),
            Check::ExceptionsNamed => readiness.exceptions_named.as_ref(),
            Check::MetricsDefined => readiness.metrics_defined.as_ref(),
            Check::RecordsIdentified => readiness.records_identified.as_ref(),
            Check::FallbackDefined => readiness.fallback_tried.as_ref(),
            Check::MonitoringReady => readiness.monitoring_ready.as_ref(),
            Check::ChangeProcess => readiness.change_process.as_ref(),
        }
    }

    fn follows_from(self, workflow: &Workflow, model: &Model) -> bool {
        match self {
            Check::SingleTrigger => has_single_trigger(workflow),
            Check::InputsDefined => triggers(workflow).iter().all(brings_defined_input),
            Check::OwnerNamed => has_owner(workflow, model),
            Check::HappyPathStable => false,
            Check::ExceptionsNamed => {
                let routes = workflow.exceptions.as_ref();
                routes.is_some_and(|routes| {
                    routes.value.iter().any(|(_, route)| route.queue.is_some())
                })
            }
            Check::MetricsDefined => workflow.success.is_some(),
            Check::RecordsIdentified => !workflow.records.is_empty() || !writes(workflow, model),
            Check::FallbackDefined => workflow.fallback.is_some(),
            Check::MonitoringReady => notices_stuck_or_failed_runs(workflow),
            Check::ChangeProcess => {
                workflow.change.is_some()
                    || model
                        .project
                        .policies
                        .iter()
                        .any(|policy| !policy.body.approvals.is_empty())
            }
        }
    }
}

/// The checks that fail, in reference order.
pub fn failing(workflow: &Entity<Workflow>, model: &Model) -> Vec<Check> {
    let body = &workflow.body;
    let readiness = body.readiness.as_ref().map(|readiness| &readiness.value);
    let attested =
        |check: &Check| readiness.is_some_and(|readiness| check.attestation(readiness).is_some());
    Check::ALL
        .into_iter()
        .filter(|check| !check.follows_from(body, model) && !attested(check))
        .collect()
}

fn triggers(workflow: &Workflow) -> &[Trigger] {
    workflow
        .trigger
        .as_ref()
        .map_or(&[], |trigger| &trigger.value.items)
}

fn has_single_trigger(workflow: &Workflow) -> bool {
    let contract = |trigger: &Trigger| {
        trigger
            .contract
            .as_ref()
            .map(|name| name.name.value.clone())
    };
    match triggers(workflow) {
        [] => false,
        [_] => true,
        [first, others @ ..] => {
            contract(first).is_some()
                && others
                    .iter()
                    .all(|other| contract(other) == contract(first))
        }
    }
}

/// A schedule brings nothing but the time.
fn brings_defined_input(trigger: &Trigger) -> bool {
    trigger.contract.is_some() || trigger.input.is_some() || trigger.schedule.is_some()
}

fn has_owner(workflow: &Workflow, model: &Model) -> bool {
    let Some(owner) = &workflow.owner else {
        return false;
    };
    match model.owner_name(&owner.value) {
        OwnerName::Person(person) => !model.has_left(person),
        OwnerName::Unknown => model.project.people.is_empty(),
        OwnerName::Team(_)
        | OwnerName::Role(_)
        | OwnerName::Address(_)
        | OwnerName::Channel
        | OwnerName::Several
        | OwnerName::Group
        | OwnerName::Position
        | OwnerName::Nobody => false,
    }
}

fn writes(workflow: &Workflow, model: &Model) -> bool {
    workflow.all_steps().any(|place| match place.step.kind() {
        Some(StepKind::Call(operation)) => {
            let effect = model
                .operation(&operation.name.value)
                .and_then(|(_, operation)| operation.effect.as_ref());
            effect.is_some_and(|effect| matches!(effect.value, Effect::Write | Effect::Create))
        }
        _ => false,
    })
}

fn notices_stuck_or_failed_runs(workflow: &Workflow) -> bool {
    let monitoring = workflow.monitoring.as_ref();
    monitoring.is_some_and(|monitoring| {
        let mut kinds = monitoring
            .value
            .alerts
            .iter()
            .filter_map(|alert| alert.alert.as_ref());
        kinds.any(|kind| matches!(kind.value, AlertKind::Stuck | AlertKind::Failure))
    })
}
