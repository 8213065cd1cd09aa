//! The workflow document: one accountable process as states, steps and exceptions.

use super::duration::Duration;
use super::expressions::{Data, Expression};
use super::names::{FieldName, KebabName, Name, NameMap, OneOrMany, ReasonName, SnakeName};
use super::references::{
    CalendarReference, ContractReference, FilePath, PartyReference, PersonReference,
    QueueReference, ReasonReference, StateReference, SystemReference,
};
use super::scalars::{Date, Literal, Version};
use super::step::{LadderRung, Step};
use crate::source::Spanned;
use crate::{choice, mapping, vocabulary};

mapping! {
    /// A business workflow: who is accountable, what starts it, which states a case passes, which
    /// exceptions are designed, and what proves that it is done.
    pub struct Workflow as "a workflow" {
        /// The name, lower-case words joined by `-`; tags and reports use it.
        optional name: Spanned<Name<KebabName>>,
        /// The semantic version, raised with every released change.
        optional version: Spanned<Version>,
        /// Where the document is in its life; `active` when absent.
        optional status: Spanned<Status>,
        /// From this date a deprecated workflow may be removed.
        optional sunset: Spanned<Date>,
        /// Rollout stage 0 (baseline) to 4 (operated product); decides how strict the rules are.
        optional stage: Spanned<RolloutStage>,
        /// A title for people.
        optional title: Spanned<String>,
        /// One paragraph that says what the workflow does and why.
        optional summary: Spanned<String>,
        /// The one accountable person, never a team.
        optional owner: Spanned<String>,
        /// Who decides when the owner is out.
        optional backup: Spanned<String>,
        /// Where to ask questions: a channel or an address.
        optional contact: Spanned<String>,
        /// Kinds of risk that decide who must approve a change.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// Free words for searching.
        defaulted tags: Vec<Spanned<String>>,
        /// What starts a case of this workflow and what does not.
        optional scope: Spanned<Scope>,
        /// What starts a case; several triggers must share one contract.
        optional trigger: Spanned<OneOrMany<Trigger>>,
        /// What the workflow hands back when it ends.
        defaulted outputs: NameMap<FieldName, Expression>,
        /// The system of record of each business object that the workflow writes.
        defaulted records: NameMap<SnakeName, Record>,
        /// The promise to requesters.
        optional sla: Spanned<Sla>,
        /// What proves completion, and in which system.
        defaulted proof: Vec<Proof>,
        /// The figure by which the workflow is judged.
        optional success: Spanned<Success>,
        /// Named thresholds, so that a review sees which direction is weaker.
        defaulted controls: NameMap<SnakeName, Control>,
        /// The states that a case can be seen in.
        required states: Spanned<NameMap<SnakeName, State>>,
        /// Reason codes, the queue that resolves each, and the way back.
        optional exceptions: Spanned<NameMap<ReasonName, ExceptionRoute>>,
        /// How the work is done when the workflow cannot run.
        optional fallback: Spanned<Fallback>,
        /// Metrics, review cadence and alerts.
        optional monitoring: Spanned<Monitoring>,
        /// What is logged about decisions and runs.
        optional audit: Spanned<WorkflowAudit>,
        /// Attestations for the ten readiness checks, with evidence.
        optional readiness: Spanned<Readiness>,
        /// What happens to running cases when the definition changes.
        optional change: Spanned<ChangePlan>,
        /// Findings that are accepted for a while, with reason, person and end date.
        defaulted suppress: Vec<Spanned<Suppression>>,
        /// Breaking changes that are accepted on purpose, until the next release.
        defaulted accept: Vec<Spanned<Acceptance>>,
        /// Names that may not come back with another meaning.
        optional reserved: Spanned<ReservedNames>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<KebabName>>,
    }
}

vocabulary! {
    /// Where a document is in its life.
    pub enum Status as "a document status" {
        /// Being written; reported, not enforced.
        Draft = "draft",
        /// In force.
        Active = "active",
        /// Still in force, to be replaced; carries a sunset date.
        Deprecated = "deprecated",
        /// No longer in force.
        Retired = "retired",
    }
}

mapping! {
    /// The boundaries of a workflow.
    pub struct Scope as "a scope" {
        /// What the workflow is for.
        defaulted includes: Vec<Spanned<String>>,
        /// What does not start it.
        defaulted excludes: Vec<Spanned<String>>,
    }
}

mapping! {
    /// What starts a case: exactly one of `event`, `form` and `schedule`.
    pub struct Trigger as "a trigger" {
        /// The event that starts a case.
        optional event: Spanned<String>,
        /// The form whose submission starts a case.
        optional form: Spanned<String>,
        /// A cron expression (minute, hour, day, month, weekday).
        optional schedule: Spanned<String>,
        /// The calendar by which the schedule runs.
        optional calendar: CalendarReference,
        /// The contract of the data that the trigger brings.
        optional contract: ContractReference,
        /// The fields that the trigger brings, when no contract names them.
        optional input: Spanned<NameMap<FieldName, super::contract::FieldEntry>>,
        /// Which events start a case; all of them when absent.
        optional filter: Expression,
        /// The value by which a repeated trigger is recognised.
        optional dedupe: Expression,
    }
}

mapping! {
    /// The system of record of one business object.
    pub struct Record as "a record" {
        /// The system whose copy is the truth.
        required system: SystemReference,
        /// The field that identifies the object.
        optional key: Spanned<String>,
        /// Systems that receive a copy, after the record.
        defaulted sync: Vec<SystemReference>,
    }
}

mapping! {
    /// A promise of time.
    pub struct Sla as "an SLA" {
        /// Until somebody looks at the case.
        optional response: Spanned<Duration>,
        /// Until the case is done.
        optional resolution: Spanned<Duration>,
        /// The working hours in which the time runs.
        optional calendar: CalendarReference,
    }
}

mapping! {
    /// Evidence of completion.
    pub struct Proof as "a proof of completion" {
        /// The system that holds the evidence.
        required from: SystemReference,
        /// What must be true of it.
        required that: Expression,
    }
}

mapping! {
    /// The figure by which the workflow is judged.
    pub struct Success as "a success metric" {
        /// The metric.
        required metric: Spanned<String>,
        /// The value before.
        optional baseline: Spanned<Literal>,
        /// The value that is aimed at.
        optional target: Spanned<Literal>,
        /// When the target is to be reached.
        optional by: Spanned<Date>,
    }
}

vocabulary! {
    /// The direction in which a control becomes weaker.
    pub enum Polarity as "a direction" {
        /// A higher value controls less.
        Higher = "higher",
        /// A lower value controls less.
        Lower = "lower",
    }
}

mapping! {
    /// A named threshold.
    pub struct Control as "a control" {
        /// The value.
        required value: Spanned<Literal>,
        /// What the value counts.
        optional unit: Spanned<String>,
        /// The direction in which the control becomes weaker.
        required weaker: Spanned<Polarity>,
        /// The person who answers for the value and approves its weakening.
        optional owner: PersonReference,
        /// What the control is for.
        optional summary: Spanned<String>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<SnakeName>>,
    }
}

vocabulary! {
    /// The place of a state in the life of a case.
    pub enum Lifecycle as "a lifecycle" {
        /// Just arrived.
        New = "new",
        /// Being looked at.
        Triage = "triage",
        /// Being worked on.
        InProgress = "in_progress",
        /// Waiting for a person or for information.
        Waiting = "waiting",
        /// Held up.
        Blocked = "blocked",
        /// Finished.
        Done = "done",
    }
}

vocabulary! {
    /// How a case ends.
    pub enum Ending as "a way to end" {
        /// The purpose is reached.
        Completed = "completed",
        /// A decision went against it.
        Rejected = "rejected",
        /// Withdrawn.
        Cancelled = "cancelled",
        /// Given up.
        Failed = "failed",
    }
}

mapping! {
    /// A durable state: where a case can be seen waiting. Its steps run when it is entered.
    pub struct State as "a state" {
        /// The place in the life of a case, as requesters see it.
        required lifecycle: Spanned<Lifecycle>,
        /// A title for people.
        optional title: Spanned<String>,
        /// What happens here.
        optional summary: Spanned<String>,
        /// Who answers for cases in this state; the workflow's owner when absent.
        optional owner: Spanned<String>,
        /// Kinds of risk of everything done here.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// What is done on entering, in order.
        defaulted steps: Vec<Step>,
        /// The next state, without condition.
        optional to: StateReference,
        /// The next states, first match wins.
        optional transitions: Spanned<Vec<Transition>>,
        /// How the case ends here; only for states without a way on.
        optional end: Spanned<Ending>,
        /// How long a case may stay.
        optional timeout: Spanned<Duration>,
        /// What happens when it stays longer.
        defaulted on_timeout: Vec<LadderRung>,
        /// How often a case may come here.
        optional max_visits: Spanned<u32>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<SnakeName>>,
    }
}

mapping! {
    /// A way from one state to another.
    pub struct Transition as "a transition" {
        /// The next state.
        required to: StateReference,
        /// The condition under which this way is taken.
        optional when: Expression,
        /// Taken when no other way matches.
        optional otherwise ("else"): Spanned<bool>,
        /// Who may move the case: roles, persons, teams, or `system`.
        defaulted by: OneOrMany<Mover>,
        /// Data that must be present to move.
        defaulted require: Vec<Spanned<String>>,
    }
}

choice! {
    /// Who may move a case.
    pub enum Mover as "`system`, or a role, person or team" {
        /// `system`, or the name of a role, team or person.
        Named(Spanned<String>) = scalar,
        /// A role, person or team.
        Party(super::step::Party) = mapping,
    }
}

vocabulary! {
    /// The kind of an exception, which decides who resolves it.
    pub enum ExceptionClass as "an exception class" {
        /// Something was not provided.
        MissingInfo = "missing_info",
        /// What was provided is wrong.
        DataQuality = "data_quality",
        /// A policy is not met.
        Policy = "policy",
        /// A person must judge.
        Judgement = "judgement",
        /// Nobody acted in time.
        Stalled = "stalled",
        /// A system failed.
        System = "system",
        /// A security question.
        Security = "security",
        /// A suspicion of fraud.
        Fraud = "fraud",
        /// A legal question.
        Legal = "legal",
    }
}

mapping! {
    /// Where a case goes when a reason is raised, and how it comes back.
    pub struct ExceptionRoute as "an exception" {
        /// The kind of exception.
        optional class: Spanned<ExceptionClass>,
        /// The queue whose owner resolves it.
        required queue: QueueReference,
        /// How the case comes back: `same`, `fallback`, a state, or a list to choose from.
        optional resume: Spanned<OneOrMany<Resume>>,
        /// How often a case may come back from here before it goes to the fallback.
        optional max_returns: Spanned<u32>,
        /// What the reason means, for the people who resolve it.
        optional summary: Spanned<String>,
        /// The code before a rename.
        optional renamed_from: Spanned<Name<ReasonName>>,
    }
}

/// Where a resolved exception takes the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resume {
    /// Back into the state that raised.
    Same(crate::source::Span),
    /// Into manual mode.
    Fallback(crate::source::Span),
    /// Into a named state.
    State(StateReference),
}

mapping! {
    /// How the work is done when the workflow cannot run.
    pub struct Fallback as "a fallback" {
        /// How: `manual`.
        required mode: Spanned<FallbackMode>,
        /// Who leads it; the workflow's owner when absent.
        optional owner: PersonReference,
        /// The instructions, with replay, roll back and manual mode.
        optional runbook: FilePath,
    }
}

vocabulary! {
    /// How work goes on without the automation.
    pub enum FallbackMode as "a fallback mode" {
        /// By hand, following the runbook.
        Manual = "manual",
    }
}

mapping! {
    /// Metrics, review cadence and alerts.
    pub struct Monitoring as "a monitoring section" {
        /// How often the figures are reviewed.
        optional review: Spanned<Cadence>,
        /// The figures that are kept.
        defaulted metrics: Vec<Spanned<Name<SnakeName>>>,
        /// When somebody is told.
        defaulted alerts: Vec<Alert>,
    }
}

vocabulary! {
    /// How often something is looked at.
    pub enum Cadence as "a cadence" {
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every second week.
        Biweekly = "biweekly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
    }
}

vocabulary! {
    /// What an alert watches.
    pub enum AlertKind as "an alert" {
        /// A case stays in a state for too long.
        Stuck = "stuck",
        /// A promised time is missed, or about to be.
        SlaBreach = "sla_breach",
        /// Too many exceptions.
        ExceptionRate = "exception_rate",
        /// A queue grows too long.
        QueueDepth = "queue_depth",
        /// A run fails.
        Failure = "failure",
    }
}

mapping! {
    /// When somebody is told.
    pub struct Alert as "an alert" {
        /// What is watched.
        required alert: Spanned<AlertKind>,
        /// The state that is watched; every state when absent.
        optional state: StateReference,
        /// The queue that is watched.
        optional queue: QueueReference,
        /// How long before anybody is told.
        optional after: Spanned<Duration>,
        /// The figure above which somebody is told.
        optional above: Spanned<Literal>,
        /// Who is told.
        required notify: PartyReference,
    }
}

mapping! {
    /// What is logged about decisions and runs; both are logged when absent.
    pub struct WorkflowAudit as "an audit section" {
        /// Whether every decision is logged with who, what and when.
        optional decisions: Spanned<bool>,
        /// Whether every run is logged.
        optional runs: Spanned<bool>,
        /// How long the log is kept.
        optional retention: Spanned<Duration>,
    }
}

mapping! {
    /// Attestations for readiness checks that cannot be derived from the definition.
    pub struct Readiness as "a readiness section" {
        /// There is one clear trigger.
        optional single_trigger: Attestation,
        /// The minimum inputs are really available.
        optional inputs_available: Attestation,
        /// The owner has accepted.
        optional owner_named: Attestation,
        /// The happy path was done by hand often enough to be stable.
        optional happy_path_stable: Attestation,
        /// The commonest exceptions have a name and a queue.
        optional exceptions_named: Attestation,
        /// Success can be measured.
        optional metrics_defined: Attestation,
        /// Every object has a system of record.
        optional records_identified: Attestation,
        /// The manual fallback was tried.
        optional fallback_tried: Attestation,
        /// Stuck and failed runs are noticed.
        optional monitoring_ready: Attestation,
        /// Changes follow a process.
        optional change_process: Attestation,
    }
}

mapping! {
    /// Somebody's word, with evidence.
    pub struct Attestation as "an attestation" {
        /// Who attests.
        required by: PersonReference,
        /// When.
        required date: Spanned<Date>,
        /// The evidence.
        required evidence: FilePath,
    }
}

vocabulary! {
    /// What happens to running cases when the definition changes.
    pub enum InFlight as "a strategy for running cases" {
        /// They finish under the old version.
        Pin = "pin",
        /// They move to the new version by a map.
        Migrate = "migrate",
        /// No new cases until the old ones have ended.
        Drain = "drain",
    }
}

mapping! {
    /// What happens to running cases when the definition changes.
    pub struct ChangePlan as "a change plan" {
        /// The strategy.
        required in_flight: Spanned<InFlight>,
        /// How long old cases may run on.
        optional drain_within: Spanned<Duration>,
        /// Where running cases go.
        optional migrate: Spanned<Migration>,
    }
}

mapping! {
    /// Where running cases go.
    pub struct Migration as "a migration" {
        /// The versions that the map is for, as `2.x`.
        required from: Spanned<String>,
        /// Old state to new state.
        defaulted states: NameMap<SnakeName, StateReference>,
        /// Old reason code to new reason code.
        defaulted reasons: NameMap<ReasonName, ReasonReference>,
        /// Data of the new version, from what the old case has.
        defaulted data: NameMap<SnakeName, Spanned<Data>>,
    }
}

mapping! {
    /// A finding that is accepted for a while.
    pub struct Suppression as "a suppression" {
        /// The rule.
        required rule: Spanned<String>,
        /// The place, as a path; the whole document when absent.
        optional at: Spanned<String>,
        /// Why it is accepted.
        optional reason: Spanned<String>,
        /// The last day on which it is accepted.
        optional until: Spanned<Date>,
        /// Who accepts it.
        optional approved_by: PersonReference,
    }
}

mapping! {
    /// A breaking change that is accepted on purpose, until the next release.
    pub struct Acceptance as "an acceptance" {
        /// The change: its fingerprint or its kind, as `flowgate diff` shows them.
        required change: Spanned<String>,
        /// The place of a change that is named by its kind, as a path.
        optional at: Spanned<String>,
        /// Why it is accepted.
        optional reason: Spanned<String>,
        /// Who accepts it.
        optional approved_by: PersonReference,
        /// The day on which it was accepted.
        optional date: Spanned<Date>,
    }
}

mapping! {
    /// Names that may not come back with another meaning.
    pub struct ReservedNames as "a list of reserved names" {
        /// States.
        defaulted states: Vec<Spanned<String>>,
        /// Steps.
        defaulted steps: Vec<Spanned<String>>,
        /// Reason codes.
        defaulted reasons: Vec<Spanned<String>>,
        /// Controls.
        defaulted controls: Vec<Spanned<String>>,
    }
}

mod manual {
    //! The two scalar types of this document that follow none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Resume, StateReference};
    use crate::rule::Stage;
    use crate::syntax::decode::{Decode, Decoder, text};
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::{NodeRef, Resolved};

    impl Decode for Resume {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let scalar = text(node, decoder, "`same`, `fallback` or the name of a state")?;
            match scalar.text() {
                "same" => Some(Resume::Same(node.span())),
                "fallback" => Some(Resume::Fallback(node.span())),
                _ => StateReference::decode(node, decoder).map(Resume::State),
            }
        }
    }

    impl Visit for Resume {
        fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
            match self {
                Resume::Same(_) | Resume::Fallback(_) => {}
                Resume::State(state) => state.visit(visitor),
            }
        }
    }

    impl JsonSchema for Resume {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Resume".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string" })
        }
    }

    /// A rollout stage, 0 to 4.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
    pub struct RolloutStage {
        /// The stage.
        pub number: Stage,
    }

    impl Decode for RolloutStage {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let number = node
                .scalar()
                .filter(|scalar| scalar.resolve() == Resolved::Integer)
                .and_then(|scalar| scalar.text().parse().ok())
                .filter(|number| *number <= 4);
            if number.is_none() {
                decoder.wrong_type(node, "a rollout stage from 0 to 4");
            }
            number.map(|number| RolloutStage { number })
        }
    }

    impl Visit for RolloutStage {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for RolloutStage {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "RolloutStage".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "integer", "minimum": 0, "maximum": 4 })
        }
    }
}

pub use manual::RolloutStage;
