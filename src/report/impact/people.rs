//! What a change means for people: the one place that turns kinds of changes into sentences.
//!
//! Most kinds declare a sentence that is said to people already ([`Voice::AsDeclared`]). Those that
//! decide a review are said in the words of the business: what is posted, granted or paid without
//! whom, who waits how long. What nobody outside the repository notices is not said at all.

mod control;
mod declared;

use super::behaviour::ReportedBehaviour;
use crate::compat::impact::{DocumentImpact, JudgedChange};
use crate::compat::{Class, ControlEffect};
use crate::diff::ChangeKind;
use crate::diff::kind::{ApprovalChange, ControlChange, FlowChange, StepChange, WorkflowChange};
use crate::plan::Plan;
use control::use_of;
use declared::{contract, directory, document, field, operation, policy, values};

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

/// So many scenarios are told as instances of what changes.
const INSTANCES: usize = 2;

/// The sentences with a few scenarios that go another way now, as far as there is room.
pub(super) fn with_instances(
    mut sentences: Vec<String>,
    behaviour: &[ReportedBehaviour],
) -> Vec<String> {
    let room = MOST.saturating_sub(sentences.len()).min(INSTANCES);
    let cases = behaviour.iter().flat_map(ReportedBehaviour::alike);
    let instances = cases.map(|(case, _)| format!("For instance {}", case.sentence));
    sentences.extend(instances.take(room));
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
        FlowChange::TransitionsReordered
        | FlowChange::ConditionRewritten
        | FlowChange::ExceptionClassChanged => Voice::Silent,
        FlowChange::StateRenamed
        | FlowChange::LifecycleChanged
        | FlowChange::LoopLimitChanged
        | FlowChange::TransitionAdded
        | FlowChange::TransitionRemoved
        | FlowChange::GuardChanged
        | FlowChange::GuardNarrowed
        | FlowChange::GuardWidened
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
    let who = approval.split(" (never ").next().unwrap_or(approval);
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
    use super::{people, plural};

    #[test]
    fn nouns_and_people_are_found_in_what_is_written() {
        assert_eq!(
            ["invoice", "entry", "box", "day"].map(plural),
            ["invoices", "entries", "boxes", "days"]
        );
        assert_eq!(people("approval by role a (never b)"), "role a");
        assert_eq!(people("something"), "something");
    }
}
