//! The policy document: what an organisation demands of its workflows, and of changes to them.

use super::duration::Duration;
use super::expressions::{Expression, Template};
use super::governance::{Acceptance, RolloutStage, Status, Suppression};
use super::names::{KebabName, Name, NameMap, OneOrMany, RequirementName};
use super::references::{PersonReference, RoleReference};
use super::scalars::Version;
use super::separation::Separation;
use super::step::ApprovalCount;
use crate::source::Spanned;
use crate::{choice, mapping, vocabulary};

mapping! {
    /// A policy: requirements on documents, levels of rules, and who approves changes.
    pub struct Policy as "a policy" {
        /// The name.
        optional name: Spanned<Name<KebabName>>,
        /// The semantic version.
        optional version: Spanned<Version>,
        /// Where the document is in its life; `active` when absent.
        optional status: Spanned<Status>,
        /// What the policy is for.
        optional summary: Spanned<String>,
        /// The person who answers for it.
        optional owner: PersonReference,
        /// Changed levels of rules.
        defaulted levels: Vec<LevelOverride>,
        /// Requirements on documents.
        defaulted require: Vec<Requirement>,
        /// Duties of which nobody may hold two.
        defaulted separate: Vec<Separation>,
        /// Who must approve a change.
        defaulted approvals: Vec<ApprovalDemand>,
        /// Which evidence of approval counts.
        optional evidence: Spanned<EvidenceDemand>,
        /// Rules that may be suppressed only with the control owner's approval.
        defaulted locked: Vec<Spanned<String>>,
        /// Findings that are accepted for a while.
        defaulted suppress: Vec<Spanned<Suppression>>,
        /// Breaking changes of this policy that are accepted on purpose, until the next release.
        defaulted accept: Vec<Spanned<Acceptance>>,
        /// Who may accept a breaking change on purpose, with an `accept` entry.
        defaulted acceptance: Vec<Spanned<AcceptanceRule>>,
    }
}

mapping! {
    /// Which documents or changes are meant; every key given must fit.
    pub struct Selector as "a match" {
        /// Kinds of documents.
        defaulted kind: OneOrMany<Spanned<String>>,
        /// Names; `*` stands for any characters.
        defaulted name: OneOrMany<Spanned<String>>,
        /// Kinds of risk, one of which the document has.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// The rollout stage, at least.
        optional stage: Spanned<RolloutStage>,
        /// Teams that own the document.
        defaulted team: OneOrMany<Spanned<String>>,
        /// Paths of files; `*` and `**` as in `.gitignore`.
        defaulted path: OneOrMany<Spanned<String>>,
        /// Changes that weaken or strengthen a control.
        optional control: Spanned<ControlDirection>,
        /// Changes of this class.
        optional class: Spanned<ChangeClass>,
    }
}

vocabulary! {
    /// What a change does to a control.
    pub enum ControlDirection as "a direction of control" {
        /// It controls less than before.
        Weakened = "weakened",
        /// It controls more than before.
        Strengthened = "strengthened",
    }
}

vocabulary! {
    /// The class of a change.
    pub enum ChangeClass as "a class of change" {
        /// Somebody who relies on the document must act.
        Breaking = "breaking",
        /// Something is added.
        Additive = "additive",
        /// Nothing that others rely on.
        Patch = "patch",
        /// A person must judge.
        Review = "review",
    }
}

vocabulary! {
    /// A level, or `off`.
    pub enum LevelSetting as "a level" {
        /// Not reported.
        Off = "off",
        /// Worth knowing.
        Info = "info",
        /// Should be mended.
        Warning = "warning",
        /// Must be mended.
        Error = "error",
    }
}

/// Rule names with levels.
pub type Levels = NameMap<super::names::RuleName, Spanned<LevelSetting>>;

mapping! {
    /// Changed levels for some documents.
    pub struct LevelOverride as "a level override" {
        /// Which documents; all when absent.
        optional selector ("match"): Selector,
        /// Rule names with their levels.
        required set: Levels,
    }
}

vocabulary! {
    /// What a requirement is asked of, one after the other.
    pub enum Subject as "a subject of requirements" {
        /// A workflow.
        Workflow = "workflow",
        /// A state of a workflow.
        State = "state",
        /// A step of a state, those inside branches and items too.
        Step = "step",
        /// A step that asks people to decide.
        Approval = "approval",
        /// A reason code of a workflow.
        Exception = "exception",
        /// A named threshold of a workflow.
        Control = "control",
        /// A contract.
        Contract = "contract",
        /// A field of a contract, those inside objects and lists too.
        Field = "field",
        /// A queue.
        Queue = "queue",
        /// A system.
        System = "system",
        /// A service account of a system.
        Account = "account",
        /// An operation of a system.
        Operation = "operation",
        /// A team.
        Team = "team",
        /// A person.
        Person = "person",
        /// A decision table.
        Decision = "decision",
        /// The project as a whole.
        Project = "project",
    }
}

mapping! {
    /// A requirement on documents, or on parts of them.
    pub struct Requirement as "a requirement" {
        /// The name by which findings are known, after the name of the policy and a `/`.
        required id: Spanned<Name<RequirementName>>,
        /// What is wrong when it is not met, in a few words; the message when absent.
        optional summary: Spanned<String>,
        /// Which documents; all when absent.
        optional selector ("match"): Selector,
        /// What is asked, one after the other: each `workflow`, `step`, `approval`, `field` and so
        /// on; the kind under `match` when absent, else each workflow.
        optional each: Spanned<Subject>,
        /// Which of them are meant; all when absent.
        optional when: Expression,
        /// What must be true.
        required that: Expression,
        /// How serious it is; `error` when absent.
        optional level: Spanned<LevelSetting>,
        /// What is said when it is not true; `${ }` parts give facts.
        required message: Template,
        /// Why it matters.
        optional why: Spanned<String>,
        /// What to write instead.
        optional help: Template,
    }
}

choice! {
    /// Who is asked.
    pub enum Approver as "`control_owner`, `affected_owners`, `owner`, or a role or person" {
        /// `owner`, `control_owner`, `affected_owners` or `queue_owner`.
        Duty(Spanned<Duty>) = scalar,
        /// A role or person.
        Named(NamedApprover) = mapping,
    }
}

vocabulary! {
    /// People by their duty.
    pub enum Duty as "a duty" {
        /// The owners of the touched documents, old and new.
        Owner = "owner",
        /// The owners of the weakened controls.
        ControlOwner = "control_owner",
        /// The owners of the readers that break.
        AffectedOwners = "affected_owners",
        /// The owners of the queues that receive more duties.
        QueueOwner = "queue_owner",
    }
}

mapping! {
    /// A role or person.
    pub struct NamedApprover as "an approver" {
        /// A role.
        optional role: RoleReference,
        /// A person.
        optional person: PersonReference,
    }
}

mapping! {
    /// Who must approve which changes.
    pub struct ApprovalDemand as "an approval rule" {
        /// Which changes.
        required selector ("match"): Selector,
        /// Who is asked.
        required ask: Vec<Approver>,
        /// How many of them; one when absent.
        optional count: Spanned<ApprovalCount>,
    }
}

mapping! {
    /// Who may accept which breaking changes on purpose. Read from the base, so that a change cannot
    /// allow itself to be accepted.
    pub struct AcceptanceRule as "an acceptance rule" {
        /// Which changes; all when absent.
        optional selector ("match"): Selector,
        /// Who may accept them; anybody when absent.
        defaulted by: OneOrMany<Approver>,
        /// Nobody may.
        optional forbid: Spanned<bool>,
    }
}

vocabulary! {
    /// How well an approval is proved.
    pub enum EvidenceGrade as "a grade of evidence" {
        /// Somebody else wrote it down.
        Claimed = "claimed",
        /// It stands in the approver's own commit.
        Committed = "committed",
        /// It is signed with the approver's key.
        Signed = "signed",
        /// It is the review record of the forge.
        Exported = "exported",
    }
}

vocabulary! {
    /// People whose approval does not count.
    pub enum ExcludedApprover as "an excluded approver" {
        /// The author of the change.
        Author = "author",
        /// Who pushed last.
        LastPusher = "last_pusher",
    }
}

mapping! {
    /// Which evidence of approval counts.
    pub struct EvidenceDemand as "an evidence rule" {
        /// The weakest grade that counts.
        optional minimum: Spanned<EvidenceGrade>,
        /// The weakest grade that counts for documents of a risk, where that is more.
        defaulted by_risk: NameMap<KebabName, Spanned<EvidenceGrade>>,
        /// Whose approval does not count.
        defaulted exclude: Vec<Spanned<ExcludedApprover>>,
        /// Who may take over the reviews of a forge; nobody when absent.
        defaulted importers: Vec<PersonReference>,
        /// How old an approval may be.
        optional valid_for: Spanned<Duration>,
    }
}
