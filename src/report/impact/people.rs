//! What a change means for people: the one place that turns kinds of changes into sentences.
//!
//! Most kinds declare a sentence that is said to people already ([`Voice::AsDeclared`]). Those that
//! decide a review are said in the words of the business: what is posted, granted or paid without
//! whom, who waits how long. What nobody outside the repository notices is not said at all.

use crate::compat::impact::{DocumentImpact, JudgedChange};
use crate::compat::{Class, ControlEffect};
use crate::diff::ChangeKind;
use crate::diff::kind::{
    ApprovalChange, ContractChange, ControlChange, DirectoryChange, DocumentChange, FieldChange,
    FlowChange, OperationChange, PolicyChange, StepChange, ValuesChange, WorkflowChange,
};
use crate::plan::Plan;
use crate::plan::step::Work;

/// So many sentences are read.
const MOST: usize = 7;

/// A change with what surrounds it.
pub(super) struct Told<'a> {
    pub document: &'a DocumentImpact,
    pub judged: &'a JudgedChange,
    /// The workflow as it will be, when the change is about one.
    pub plan: Option<&'a Plan>,
}

/// How a change is told.
enum Voice {
    /// In the sentence that its kind declares.
    AsDeclared,
    /// In these words.
    Said(String),
    /// Not at all: nobody outside the repository notices.
    Silent,
}

/// The sentences that decide, the weightiest first.
pub(super) fn sentences(mut told: Vec<Told<'_>>) -> Vec<String> {
    told.sort_by_key(|told| rank(told.judged));
    let mut sentences: Vec<String> = Vec::new();
    for told in &told {
        let sentence = match voice(told) {
            Voice::AsDeclared => told.judged.verdict.why.clone(),
            Voice::Said(sentence) => sentence,
            Voice::Silent => continue,
        };
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    let more = sentences.len().saturating_sub(MOST);
    if more > 0 {
        sentences.truncate(MOST - 1);
        sentences.push(format!("{} further changes are listed below.", more + 1));
    }
    sentences
}

fn rank(judged: &JudgedChange) -> (bool, u8) {
    let class = match judged.verdict.class {
        Class::Breaking => 0,
        Class::Review => 1,
        Class::Additive => 2,
        Class::Patch => 3,
        Class::None => 4,
    };
    (judged.verdict.control != ControlEffect::Weakened, class)
}

fn voice(told: &Told<'_>) -> Voice {
    match told.judged.change.kind {
        ChangeKind::Document(kind) => document(kind),
        ChangeKind::Contract(kind) => contract(kind),
        ChangeKind::Field(kind) => field(kind),
        ChangeKind::Values(kind) => values(kind),
        ChangeKind::Workflow(kind) => workflow(kind, told),
        ChangeKind::Operation(kind) => operation(kind),
        ChangeKind::Flow(kind) => flow(kind, told),
        ChangeKind::Step(kind) => step(kind, told),
        ChangeKind::Approval(kind) => approval(kind, told),
        ChangeKind::Control(kind) => control(kind, told),
        ChangeKind::Directory(kind) => directory(kind),
        ChangeKind::Policy(kind) => policy(kind),
    }
}

fn document(kind: DocumentChange) -> Voice {
    match kind {
        DocumentChange::TextChanged
        | DocumentChange::ExtensionChanged
        | DocumentChange::ContactChanged
        | DocumentChange::ReservedNameAdded => Voice::Silent,
        DocumentChange::OwnerChanged
        | DocumentChange::BackupChanged
        | DocumentChange::DocumentActivated
        | DocumentChange::DocumentWithdrawn
        | DocumentChange::DocumentDeprecated
        | DocumentChange::DocumentRetired
        | DocumentChange::DocumentReinstated
        | DocumentChange::SunsetAdvanced
        | DocumentChange::SunsetPostponed
        | DocumentChange::SuppressionAdded
        | DocumentChange::SuppressionRemoved
        | DocumentChange::ReservedNameReleased
        | DocumentChange::RiskLabelAdded
        | DocumentChange::RiskLabelRemoved
        | DocumentChange::AuditStrengthened
        | DocumentChange::AuditWeakened => Voice::AsDeclared,
    }
}

fn contract(kind: ContractChange) -> Voice {
    match kind {
        ContractChange::ContractAdded
        | ContractChange::ContractRemoved
        | ContractChange::ContractRenamed
        | ContractChange::ProducerChanged
        | ContractChange::ConsumerAdded
        | ContractChange::ConsumerRemoved
        | ContractChange::FreshnessTightened
        | ContractChange::FreshnessLoosened
        | ContractChange::AvailabilityTightened
        | ContractChange::AvailabilityLoosened
        | ContractChange::QualityRuleAdded
        | ContractChange::QualityRuleRemoved
        | ContractChange::QualityRuleTightened
        | ContractChange::QualityRuleLoosened
        | ContractChange::QualityRuleChanged
        | ContractChange::CompatibilityTightened
        | ContractChange::CompatibilityRelaxed
        | ContractChange::ViolationLogAdded
        | ContractChange::ViolationLogRemoved
        | ContractChange::ViolationSampleMasked
        | ContractChange::ViolationSampleUnmasked
        | ContractChange::SchemaFileChanged => Voice::AsDeclared,
    }
}

fn field(kind: FieldChange) -> Voice {
    match kind {
        FieldChange::FieldUnitAdded
        | FieldChange::PiiMarked
        | FieldChange::FieldReinstated
        | FieldChange::FieldSunsetPostponed => Voice::Silent,
        FieldChange::FieldRequiredAdded
        | FieldChange::FieldDefaultedAdded
        | FieldChange::FieldOptionalAdded
        | FieldChange::FieldRequiredRemoved
        | FieldChange::FieldDefaultedRemoved
        | FieldChange::FieldOptionalRemoved
        | FieldChange::FieldRenamed
        | FieldChange::FieldMadeRequired
        | FieldChange::FieldMadeOptional
        | FieldChange::FieldMadeNullable
        | FieldChange::FieldMadeNonNull
        | FieldChange::FieldTypeWidened
        | FieldChange::FieldTypeNarrowed
        | FieldChange::FieldTypeChanged
        | FieldChange::FieldUnitChanged
        | FieldChange::DefaultChanged
        | FieldChange::ClassificationRaised
        | FieldChange::ClassificationLowered
        | FieldChange::PiiUnmarked
        | FieldChange::FieldDeprecated
        | FieldChange::FieldSunsetAdvanced => Voice::AsDeclared,
    }
}

fn values(kind: ValuesChange) -> Voice {
    match kind {
        ValuesChange::OpenEnumValueAdded | ValuesChange::OpenEnumValueRemoved => Voice::Silent,
        ValuesChange::EnumValueAdded
        | ValuesChange::EnumValueRemoved
        | ValuesChange::EnumAdded
        | ValuesChange::EnumRemoved
        | ValuesChange::EnumOpened
        | ValuesChange::EnumClosed
        | ValuesChange::FormatAdded
        | ValuesChange::FormatRemoved
        | ValuesChange::FormatChanged
        | ValuesChange::ConstraintTightened
        | ValuesChange::ConstraintLoosened
        | ValuesChange::ConstraintChanged
        | ValuesChange::PatternAdded
        | ValuesChange::PatternRemoved
        | ValuesChange::PatternChanged
        | ValuesChange::KeyAdded
        | ValuesChange::KeyRemoved
        | ValuesChange::UniquenessAdded
        | ValuesChange::UniquenessRemoved => Voice::AsDeclared,
    }
}

fn workflow(kind: WorkflowChange, told: &Told<'_>) -> Voice {
    let (before, after) = (told.before(), told.after());
    let name = told.document.facts.name();
    let what = told.judged.change.subject.as_str();
    match kind {
        WorkflowChange::SlaLoosened => Voice::Said(format!(
            "People who wait for `{name}` are promised a {what} within {after}; it was {before}."
        )),
        WorkflowChange::SlaTightened => Voice::Said(format!(
            "The team behind `{name}` has {after} for a {what} instead of {before}."
        )),
        WorkflowChange::DedupeChanged
        | WorkflowChange::OutputAdded
        | WorkflowChange::OutputChanged
        | WorkflowChange::RecordAdded => Voice::Silent,
        WorkflowChange::WorkflowAdded
        | WorkflowChange::WorkflowRemoved
        | WorkflowChange::WorkflowRenamed
        | WorkflowChange::TriggerAdded
        | WorkflowChange::TriggerRemoved
        | WorkflowChange::TriggerReplaced
        | WorkflowChange::TriggerNarrowed
        | WorkflowChange::TriggerWidened
        | WorkflowChange::TriggerFilterChanged
        | WorkflowChange::ScheduleChanged
        | WorkflowChange::ScopeNarrowed
        | WorkflowChange::ScopeWidened
        | WorkflowChange::DedupeAdded
        | WorkflowChange::DedupeRemoved
        | WorkflowChange::ContractMoved
        | WorkflowChange::OutputRemoved
        | WorkflowChange::RecordRemoved
        | WorkflowChange::RecordSystemChanged
        | WorkflowChange::RecordKeyChanged
        | WorkflowChange::SyncTargetAdded
        | WorkflowChange::SyncTargetRemoved
        | WorkflowChange::ProofAdded
        | WorkflowChange::ProofRemoved
        | WorkflowChange::ProofChanged => Voice::AsDeclared,
    }
}

fn operation(kind: OperationChange) -> Voice {
    match kind {
        OperationChange::SuccessMetricAdded
        | OperationChange::SuccessMetricChanged
        | OperationChange::MonitorAdded
        | OperationChange::ReviewCadenceChanged
        | OperationChange::AttestationAdded => Voice::Silent,
        OperationChange::SuccessMetricRemoved
        | OperationChange::FallbackAdded
        | OperationChange::FallbackChanged
        | OperationChange::FallbackRemoved
        | OperationChange::MonitorRemoved
        | OperationChange::AlertAdded
        | OperationChange::AlertRemoved
        | OperationChange::AlertChanged
        | OperationChange::StageRaised
        | OperationChange::StageLowered
        | OperationChange::InFlightChanged
        | OperationChange::MigrationPlanChanged
        | OperationChange::AttestationRemoved => Voice::AsDeclared,
    }
}

fn flow(kind: FlowChange, told: &Told<'_>) -> Voice {
    let (before, after) = (told.before(), told.after());
    let subject = told.judged.change.subject.as_str();
    let cases = told.cases();
    match kind {
        FlowChange::StateAdded => {
            Voice::Said(format!("{cases} can wait in a new state, `{subject}`."))
        }
        FlowChange::StateRemoved => Voice::Said(format!(
            "{cases} no longer pass `{subject}`; those that wait there now need a place to go."
        )),
        FlowChange::ExceptionRerouted => Voice::Said(format!(
            "The people of `{after}` resolve `{subject}` instead of those of `{before}`."
        )),
        FlowChange::TransitionsReordered | FlowChange::ExceptionClassChanged => Voice::Silent,
        FlowChange::StateRenamed
        | FlowChange::LifecycleChanged
        | FlowChange::LoopLimitChanged
        | FlowChange::TransitionAdded
        | FlowChange::TransitionRemoved
        | FlowChange::GuardChanged
        | FlowChange::MoversNarrowed
        | FlowChange::MoversWidened
        | FlowChange::MoversReplaced
        | FlowChange::RequiredDataAdded
        | FlowChange::RequiredDataRemoved
        | FlowChange::ReasonAdded
        | FlowChange::ReasonRemoved
        | FlowChange::ReasonRenamed
        | FlowChange::ResumeChanged => Voice::AsDeclared,
    }
}

fn step(kind: StepChange, told: &Told<'_>) -> Voice {
    let (before, after) = (told.before(), told.after());
    let subject = told.judged.change.subject.as_str();
    match kind {
        StepChange::AssignmentChanged => Voice::Said(format!(
            "The work `{subject}` moves from {before} to {after}."
        )),
        StepChange::EvidenceRemoved => Voice::Said(format!(
            "Whoever decides or does `{subject}` no longer gets to see {before}."
        )),
        StepChange::StepReordered
        | StepChange::StepInputChanged
        | StepChange::RetryChanged
        | StepChange::IdempotencyKeyAdded
        | StepChange::IdempotencyKeyChanged => Voice::Silent,
        StepChange::StepAdded
        | StepChange::StepRemoved
        | StepChange::StepMoved
        | StepChange::StepRenamed
        | StepChange::StepKindChanged
        | StepChange::OperationChanged
        | StepChange::StepConditionChanged
        | StepChange::StepAccountChanged
        | StepChange::TimeoutChanged
        | StepChange::EscalationChanged
        | StepChange::ErrorHandlingChanged
        | StepChange::IdempotencyKeyRemoved
        | StepChange::CompensationAdded
        | StepChange::CompensationRemoved
        | StepChange::EvidenceAdded
        | StepChange::CheckAdded
        | StepChange::CheckRemoved
        | StepChange::CheckChanged
        | StepChange::WaitChanged
        | StepChange::NotificationChanged
        | StepChange::EventChanged
        | StepChange::BranchingChanged => Voice::AsDeclared,
    }
}

fn approval(kind: ApprovalChange, told: &Told<'_>) -> Voice {
    let subject = told.judged.change.subject.as_str();
    let cases = told.cases();
    match kind {
        ApprovalChange::ApprovalRemoved => {
            let who = people(&told.before());
            Voice::Said(format!(
                "{cases} pass without `{subject}`: {who} is no longer asked."
            ))
        }
        ApprovalChange::ApprovalAdded => {
            let who = people(&told.after());
            Voice::Said(format!("{cases} wait for `{subject}`: {who} must agree."))
        }
        ApprovalChange::AutoApprovalAdded => Voice::Said(format!(
            "When nobody decides `{subject}` in time, it is approved without anybody having looked."
        )),
        ApprovalChange::WaiverAdded | ApprovalChange::WaiverWidened => Voice::Said(format!(
            "{cases} skip the approval `{subject}` when {}.",
            told.after()
        )),
        ApprovalChange::ApprovalCountRaised
        | ApprovalChange::ApprovalCountLowered
        | ApprovalChange::ApproversNarrowed
        | ApprovalChange::ApproversWidened
        | ApprovalChange::ApproversReplaced
        | ApprovalChange::ExclusionAdded
        | ApprovalChange::ExclusionRemoved
        | ApprovalChange::ApprovalConditionAdded
        | ApprovalChange::ApprovalConditionRemoved
        | ApprovalChange::ApprovalConditionChanged
        | ApprovalChange::WaiverRemoved
        | ApprovalChange::WaiverNarrowed
        | ApprovalChange::WaiverChanged
        | ApprovalChange::AutoApprovalRemoved
        | ApprovalChange::DelegateChanged => Voice::AsDeclared,
    }
}

/// `approval by role a, not by b` becomes `role a`.
fn people(approval: &str) -> String {
    let who = approval.split(", not by").next().unwrap_or(approval);
    let who = who.split_once(" by ").map_or(who, |(_, who)| who);
    who.to_owned()
}

fn control(kind: ControlChange, told: &Told<'_>) -> Voice {
    match kind {
        ControlChange::ControlWeakened => {
            use_of(told).map_or(Voice::AsDeclared, |used| Voice::Said(used.weakened(told)))
        }
        ControlChange::ControlStrengthened => use_of(told).map_or(Voice::AsDeclared, |used| {
            Voice::Said(used.strengthened(told))
        }),
        ControlChange::ControlRenamed => Voice::Silent,
        ControlChange::ControlAdded
        | ControlChange::ControlRemoved
        | ControlChange::ControlValueChanged
        | ControlChange::ControlOwnerChanged
        | ControlChange::ControlPolarityChanged
        | ControlChange::ControlUnitChanged => Voice::AsDeclared,
    }
}

/// What a control decides.
enum Use {
    /// Below it, an approval is waived.
    Waiver(String),
    /// From it on, an approval is asked for.
    Condition(String),
    /// Values may differ by it.
    Tolerance(String),
}

/// The first thing that a control decides in the workflow as it will be.
fn use_of(told: &Told<'_>) -> Option<Use> {
    let name = format!("controls.{}", told.judged.change.subject);
    let is_named = |text: &str| {
        text.split(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '.'))
            .any(|word| word == name)
    };
    let states = told.plan?.states.values();
    states.flat_map(|state| state.all_steps()).find_map(|step| {
        let id = || step.id.clone();
        match &step.work {
            Work::Approve(approval) => {
                let waiver = approval.waive_when.as_ref();
                let condition = step.condition.as_ref();
                if waiver.is_some_and(|waiver| is_named(waiver.as_str())) {
                    Some(Use::Waiver(id()))
                } else if condition.is_some_and(|condition| is_named(condition.as_str())) {
                    Some(Use::Condition(id()))
                } else {
                    None
                }
            }
            Work::Match(matching) => {
                let compared = matching.compare.iter().find(|field| {
                    let tolerance = field.tolerance.as_ref();
                    tolerance.is_some_and(|tolerance| is_named(tolerance.amount.as_str()))
                });
                compared.map(|field| Use::Tolerance(field.field.clone()))
            }
            Work::Check(_)
            | Work::Route(_)
            | Work::Call(_)
            | Work::Task(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Run(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => None,
        }
    })
}

impl Use {
    fn weakened(&self, told: &Told<'_>) -> String {
        let cases = told.cases();
        let (from, to) = range(&told.before(), &told.after());
        match self {
            Use::Waiver(step) => {
                format!("{cases} from {from} to {to} will pass `{step}` without a human.")
            }
            Use::Condition(step) => {
                format!("{cases} from {from} to {to} will no longer be put to `{step}`.")
            }
            Use::Tolerance(field) => {
                format!("Differences of `{field}` up to {to} will pass unseen; it was {from}.")
            }
        }
    }

    fn strengthened(&self, told: &Told<'_>) -> String {
        let cases = told.cases();
        let (from, to) = range(&told.after(), &told.before());
        match self {
            Use::Waiver(step) => {
                format!("{cases} from {from} to {to} will wait for `{step}`, where they passed.")
            }
            Use::Condition(step) => {
                format!("{cases} from {from} to {to} will be put to `{step}` as well.")
            }
            Use::Tolerance(field) => {
                format!("Differences of `{field}` above {from} will be held back; it was {to}.")
            }
        }
    }
}

/// Two amounts for a sentence; the unit of both stands behind the second one only.
fn range(from: &str, to: &str) -> (String, String) {
    let (from, to) = (amount(from), amount(to));
    match (from.rsplit_once(' '), to.rsplit_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => (number.to_owned(), to),
        _ => (from, to),
    }
}

/// `2000.00 EUR` as people write it: `2,000 EUR`. Ratios are percentages.
fn amount(text: &str) -> String {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let Ok(value) = number.parse::<rust_decimal::Decimal>() else {
        return text.to_owned();
    };
    let (value, unit) = match unit {
        "ratio" => (value * rust_decimal::Decimal::ONE_HUNDRED, "%"),
        unit => (value, unit),
    };
    let whole = value.normalize().to_string();
    let (integer, fraction) = whole.split_once('.').unwrap_or((&whole, ""));
    let (sign, digits) = integer
        .strip_prefix('-')
        .map_or(("", integer), |digits| ("-", digits));
    let grouped: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|chunk| std::str::from_utf8(chunk).ok())
        .collect();
    let mut result = format!("{sign}{}", grouped.join(","));
    if !fraction.is_empty() {
        result.push_str(&format!(".{fraction}"));
    }
    if !unit.is_empty() {
        result.push_str(&format!(" {unit}"));
    }
    result
}

fn directory(kind: DirectoryChange) -> Voice {
    match kind {
        DirectoryChange::QueueAdded
        | DirectoryChange::SystemAdded
        | DirectoryChange::ServiceAccountAdded
        | DirectoryChange::ServiceOperationAdded
        | DirectoryChange::DirectoryEntryAdded
        | DirectoryChange::DirectoryEntryChanged
        | DirectoryChange::DecisionAdded
        | DirectoryChange::RotationQuickened => Voice::Silent,
        DirectoryChange::QueueRemoved
        | DirectoryChange::QueueKindChanged
        | DirectoryChange::PauseAdded
        | DirectoryChange::PauseRemoved
        | DirectoryChange::SystemRemoved
        | DirectoryChange::ServiceAccountRemoved
        | DirectoryChange::AccountScopeWidened
        | DirectoryChange::AccountScopeNarrowed
        | DirectoryChange::RotationSlowed
        | DirectoryChange::ServiceOperationRemoved
        | DirectoryChange::ServiceOperationChanged
        | DirectoryChange::RoleGranted
        | DirectoryChange::RoleRevoked
        | DirectoryChange::DirectoryEntryRemoved
        | DirectoryChange::CalendarShortened
        | DirectoryChange::CalendarExtended
        | DirectoryChange::CalendarChanged
        | DirectoryChange::DecisionRemoved
        | DirectoryChange::DecisionChanged => Voice::AsDeclared,
    }
}

fn policy(kind: PolicyChange) -> Voice {
    match kind {
        PolicyChange::ScenarioAdded | PolicyChange::ScenarioChanged => Voice::Silent,
        PolicyChange::PolicyAdded
        | PolicyChange::PolicyRemoved
        | PolicyChange::LevelRaised
        | PolicyChange::LevelLowered
        | PolicyChange::RequirementAdded
        | PolicyChange::RequirementRemoved
        | PolicyChange::RequirementChanged
        | PolicyChange::ApprovalRuleAdded
        | PolicyChange::ApprovalRuleRemoved
        | PolicyChange::ApprovalRuleChanged
        | PolicyChange::LockAdded
        | PolicyChange::LockRemoved
        | PolicyChange::ApprovalEvidenceRaised
        | PolicyChange::ApprovalEvidenceLowered
        | PolicyChange::ScenarioRemoved
        | PolicyChange::ListChanged
        | PolicyChange::ProjectSettingChanged => Voice::AsDeclared,
    }
}

impl Told<'_> {
    fn before(&self) -> String {
        let site = self.judged.change.before.as_ref();
        site.map_or_else(|| "nothing".to_owned(), |site| site.text.clone())
    }

    fn after(&self) -> String {
        let site = self.judged.change.after.as_ref();
        site.map_or_else(|| "nothing".to_owned(), |site| site.text.clone())
    }

    /// What people call a case: `Invoices` where the workflow keeps one kind of record.
    fn cases(&self) -> String {
        let records: Vec<&str> = self
            .plan
            .iter()
            .flat_map(|plan| plan.records.iter().map(|(name, _)| name))
            .collect();
        match records[..] {
            [record] => capitalised(&plural(&record.replace('_', " "))),
            _ => format!("Cases of `{}`", self.document.facts.name()),
        }
    }
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with(['s', 'x']) => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{amount, people, plural, range};

    #[test]
    fn amounts_read_as_people_write_them() {
        let written = ["2000.00 EUR", "0.025 ratio", "-1234567.50", "0 each", "2d"];
        let read = ["2,000 EUR", "2.5 %", "-1,234,567.5", "0 each", "2d"];
        assert_eq!(written.map(amount), read);
        let both = range("500.00 EUR", "2000.00 EUR");
        assert_eq!(both, ("500".to_owned(), "2,000 EUR".to_owned()));
    }

    #[test]
    fn nouns_and_people_are_found_in_what_is_written() {
        assert_eq!(
            ["invoice", "entry", "box", "day"].map(plural),
            ["invoices", "entries", "boxes", "days"]
        );
        assert_eq!(people("approval by role a, not by b"), "role a");
        assert_eq!(people("something"), "something");
    }
}
