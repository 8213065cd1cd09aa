//! The ten readiness checks of a workflow: derived from its definition, or attested.

use jiff::civil::Date;

use super::Model;
use super::owner::OwnerName;
use super::walk::StepKind;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::directory::Effect;
use crate::syntax::process_map::ProcessMap;
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

    /// The key under `readiness:` by which it is attested.
    pub fn key(self) -> &'static str {
        match self {
            Check::SingleTrigger => "single_trigger",
            Check::InputsDefined => "inputs_available",
            Check::OwnerNamed => "owner_named",
            Check::HappyPathStable => "happy_path_stable",
            Check::ExceptionsNamed => "exceptions_named",
            Check::MetricsDefined => "metrics_defined",
            Check::RecordsIdentified => "records_identified",
            Check::FallbackDefined => "fallback_tried",
            Check::MonitoringReady => "monitoring_ready",
            Check::ChangeProcess => "change_process",
        }
    }

    /// What is asked, for people.
    pub fn title(self) -> &'static str {
        match self {
            Check::SingleTrigger => "one clear trigger",
            Check::InputsDefined => "minimum inputs defined",
            Check::OwnerNamed => "a named owner",
            Check::HappyPathStable => "happy path stable by hand",
            Check::ExceptionsNamed => "top exceptions have a queue",
            Check::MetricsDefined => "success can be measured",
            Check::RecordsIdentified => "systems of record identified",
            Check::FallbackDefined => "a manual fallback",
            Check::MonitoringReady => "stuck or failed runs are noticed",
            Check::ChangeProcess => "changes follow a process",
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

/// How one check stands.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// The check.
    pub check: Check,
    /// Whether the definition says so itself.
    pub is_derived: bool,
    /// What people say about it.
    pub attestation: Option<&'a Attestation>,
    /// Why what they say does not count.
    pub weaknesses: Vec<Weakness>,
}

/// Why an attestation does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    /// Person, date or evidence is not written, or cannot be understood.
    Incomplete,
    /// The directory does not know the person.
    UnknownPerson(String),
    /// The person is no longer there.
    PersonLeft(String, Date),
    /// The day has not come yet.
    InFuture(Date),
    /// The evidence is no file of the repository.
    NoFile(String),
    /// The evidence says nothing.
    EmptyFile(String),
    /// The process map was to be renewed by this day, and the attestation is older.
    Stale {
        /// The process map.
        map: String,
        /// By when the map or the attestation was to be renewed.
        due: Date,
    },
}

impl Weakness {
    /// True when looking up references reports it already.
    pub fn is_reported_elsewhere(&self) -> bool {
        match self {
            Weakness::Incomplete | Weakness::UnknownPerson(_) | Weakness::NoFile(_) => true,
            Weakness::PersonLeft(..)
            | Weakness::InFuture(_)
            | Weakness::EmptyFile(_)
            | Weakness::Stale { .. } => false,
        }
    }

    /// What is wrong with the attestation.
    pub fn fault(&self) -> String {
        match self {
            Weakness::Incomplete => "it lacks person, date or evidence".to_owned(),
            Weakness::UnknownPerson(person) => format!("`{person}` is not in the directory"),
            Weakness::PersonLeft(person, day) => format!("`{person}` left on {day}"),
            Weakness::InFuture(day) => format!("{day} has not come yet"),
            Weakness::NoFile(path) => format!("there is no file `{path}`"),
            Weakness::EmptyFile(path) => format!("the file `{path}` is empty"),
            Weakness::Stale { map, due } => format!(
                "the process map `{map}` was to be renewed by {due}, and nobody has attested it since"
            ),
        }
    }

    /// What to do about it; follows the word "or" or stands alone.
    pub fn remedy(&self) -> String {
        match self {
            Weakness::Incomplete => "write `by`, `date` and `evidence`".to_owned(),
            Weakness::UnknownPerson(_) | Weakness::PersonLeft(..) => {
                "have somebody who is there attest it anew".to_owned()
            }
            Weakness::InFuture(_) => "write the day on which it was attested".to_owned(),
            Weakness::NoFile(path) => format!("add `{path}`, or name the file that shows it"),
            Weakness::EmptyFile(path) => format!("write into `{path}` what shows it"),
            Weakness::Stale { map, .. } => {
                format!("renew the process map `{map}`, or have it attested anew")
            }
        }
    }
}

impl Outcome<'_> {
    /// True when the definition says so itself, or somebody who may.
    pub fn passes(&self) -> bool {
        self.is_derived || (self.attestation.is_some() && self.weaknesses.is_empty())
    }

    /// What is wrong when it fails.
    pub fn fault(&self) -> String {
        match (self.attestation, &self.weaknesses[..]) {
            (Some(_), [_, ..]) => {
                let faults: Vec<String> = self.weaknesses.iter().map(Weakness::fault).collect();
                format!(
                    "the attestation of `{}` does not count, because {}",
                    self.check.key(),
                    faults.join(" and ")
                )
            }
            (None, _) | (Some(_), []) => self.check.fault().to_owned(),
        }
    }

    /// What to write when it fails.
    pub fn remedy(&self) -> String {
        match (self.attestation, &self.weaknesses[..]) {
            (Some(_), [_, ..]) => {
                let mut remedies: Vec<String> =
                    self.weaknesses.iter().map(Weakness::remedy).collect();
                remedies.dedup();
                remedies.join(", and ")
            }
            (None, _) | (Some(_), []) => format!("add {}", self.check.remedy()),
        }
    }
}

/// All ten checks, in reference order.
pub fn judge<'a>(workflow: &'a Entity<Workflow>, model: &Model) -> Vec<Outcome<'a>> {
    let body = &workflow.body;
    let readiness = body.readiness.as_ref().map(|readiness| &readiness.value);
    Check::ALL
        .into_iter()
        .map(|check| {
            let attestation = readiness.and_then(|readiness| check.attestation(readiness));
            Outcome {
                check,
                is_derived: check.follows_from(body, model),
                attestation,
                weaknesses: attestation.map_or_else(Vec::new, |attestation| {
                    weaknesses(attestation, &workflow.name.value, model)
                }),
            }
        })
        .collect()
}

fn weaknesses(attestation: &Attestation, workflow: &str, model: &Model) -> Vec<Weakness> {
    let (Some(by), Some(date), Some(evidence)) =
        (&attestation.by, &attestation.date, &attestation.evidence)
    else {
        return vec![Weakness::Incomplete];
    };
    let date = date.value.civil;
    let today = model.surroundings.today;
    let in_future = (date > today).then_some(Weakness::InFuture(date));
    let person = weak_person(&by.name.value, model);
    let file = weak_file(&evidence.path, model);
    let stale = weak_age(date, workflow, model);
    [person, in_future, file, stale]
        .into_iter()
        .flatten()
        .collect()
}

/// As long as the repository declares no people at all, nobody is unknown.
fn weak_person(name: &str, model: &Model) -> Option<Weakness> {
    let Some(person) = model.person(name) else {
        let is_unknown = !model.project.people.is_empty();
        return is_unknown.then(|| Weakness::UnknownPerson(name.to_owned()));
    };
    let left = person.body.left.as_ref()?;
    model
        .has_left(person)
        .then(|| Weakness::PersonLeft(name.to_owned(), left.value.civil))
}

fn weak_file(path: &Spanned<String>, model: &Model) -> Option<Weakness> {
    let files = &model.surroundings.files;
    if files.find(path).is_none() {
        return Some(Weakness::NoFile(path.value.clone()));
    }
    // What is no text has no text here, but is not empty.
    let text = files.text(path)?;
    text.trim()
        .is_empty()
        .then(|| Weakness::EmptyFile(path.value.clone()))
}

/// Looking at a process again confirms what was attested about it before.
fn weak_age(date: Date, workflow: &str, model: &Model) -> Option<Weakness> {
    let map = maps_of(workflow, model).next()?;
    let refresh = map.body.refresh.as_ref()?;
    let looked_at = match &map.body.refreshed {
        Some(refreshed) => date.max(refreshed.value.civil),
        None => date,
    };
    let due = refresh.value.due_after(looked_at)?;
    (due < model.surroundings.today).then(|| Weakness::Stale {
        map: map.name.value.clone(),
        due,
    })
}

/// The process maps of a workflow, in path order.
pub fn maps_of<'m>(
    workflow: &str,
    model: &'m Model,
) -> impl Iterator<Item = &'m Entity<ProcessMap>> {
    let maps = model.project.process_maps.iter();
    maps.filter(move |map| {
        let names = map.body.workflow.as_ref();
        names.is_some_and(|names| names.name.value == workflow)
    })
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
