//! The rules about suppressions; they are judged where suppressions are applied.

use crate::declare_meta;
use crate::rule::{ERROR, WARNING};

declare_meta! {
    /// Finds suppressions without a reason, a person or an end date, for longer than 180 days, or
    /// past their end date. Such a suppression is without effect.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   suppress: [{rule: backup-missing, until: "2026-12-31"}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   suppress: [{rule: backup-missing, reason: The second person starts in December., until: "2026-12-31", approved_by: priya.shah}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Say why, until when, and who accepts it; or mend what the suppressed rule finds.
    pub static SUPPRESSION_INCOMPLETE = {
        id: "suppression-incomplete",
        summary: "a suppression without reason, person or end date",
        why: "an exception that nobody answers for and that never ends is a rule that was switched off",
        family: Policy,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds suppressions that match no finding.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   backup: priya.shah
    ///   suppress: [{rule: backup-missing, reason: The second person starts in December., until: "2026-12-31", approved_by: priya.shah}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   backup: priya.shah
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Remove the suppression; `flowgate check --fix` does, unless it names a rule that does not exist.
    pub static SUPPRESSION_UNUSED = {
        id: "suppression-unused",
        summary: "a suppression that matches nothing",
        why: "it would hide the next fault of its kind without anybody having looked at it",
        family: Policy,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds suppressions by which the person who answers for a document accepts an error in it:
    /// the owner of the workflow, contract, policy, queue or system, or the lead of the team. The
    /// error counts on. Warnings and notes may be accepted by the owner alone, since they fail no
    /// run; when the rollout stage makes an error of one, somebody else must accept it.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   owner: tom.okafor
    ///   proof: []
    ///   suppress: [{rule: proof-missing, reason: The records come in autumn., until: "2026-12-31", approved_by: tom.okafor}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   owner: tom.okafor
    ///   proof: []
    ///   suppress: [{rule: proof-missing, reason: The records come in autumn., until: "2026-12-31", approved_by: priya.shah}]
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Mend what the rule finds, or have somebody else look at it and accept it.
    pub static SUPPRESSION_SELF_APPROVED = {
        id: "suppression-self-approved",
        summary: "an error accepted by the person who answers for it",
        why: "an exception that its author grants alone was granted by nobody",
        family: Policy,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds suppressions of locked rules. A locked rule guards a control of the organisation; it
    /// may be suppressed only with the approval of the person who answers for that control: the
    /// owner of a policy that lists the rule under `locked`, or of the control that the finding is
    /// about. When there is neither, a person or holder of a role whom a policy asks for approval
    /// when a control is weakened (`approvals: [{match: {control: weakened}, ask: […]}]`).
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   suppress: [{rule: fallback-missing, reason: The runbook is being written., until: "2026-12-31", approved_by: tom.okafor}]
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   fallback: {mode: manual, owner: tom.okafor, runbook: runbooks/rooms.md}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Mend what the rule finds, or have the control owner accept it in `approved_by`.
    pub static LOCKED_RULE_SUPPRESSED = {
        id: "locked-rule-suppressed",
        summary: "a locked rule suppressed without the control owner",
        why: "a control that its owner did not give up still stands",
        family: Policy,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

/// Every rule of this module, in reference order.
pub static RULES: &[&crate::rule::Meta] = &[
    &SUPPRESSION_INCOMPLETE,
    &SUPPRESSION_UNUSED,
    &SUPPRESSION_SELF_APPROVED,
    &LOCKED_RULE_SUPPRESSED,
];
