//! `required-approval-missing`: changes that somebody must agree to and has not.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Rule};
use crate::compat::approvals::{Approval, Gate, State};
use crate::compat::impact::Impact;
use crate::declare_meta;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::DocumentKind;

declare_meta! {
    /// Finds approvals that a change needs under the policies of the base and that nobody gave.
    /// `flowgate check --base REV` looks for it, where a policy of the base says under `evidence`
    /// which proof counts; without one, approvals are listed by `flowgate diff` and not enforced.
    ///
    /// `flowgate approve` records an approval as a commit of the approver with a line such as
    /// `Flowgate-Approved: workflow/refund sha256:…`. Proof comes in four grades. `claimed`: somebody
    /// else wrote it down, with `Reviewed-by`. `committed`: it stands in a commit with the approver's
    /// address. `signed`: the commit is signed with a key that the approver has under `signing_key`
    /// in the directory of the base. `exported`: it is the review record of the forge, taken over and
    /// signed by somebody whom the policy names under `importers`. The policy sets the lowest grade that counts with `minimum`,
    /// and higher ones for kinds of risk with `by_risk`; for finance and access `claimed` never does.
    ///
    /// The line holds a digest of the document and of all that it rests on, before and after: one
    /// more push that touches them makes the approval stale. Whoever wrote a part of the change
    /// cannot approve it. An owner who wrote it needs somebody else who looked at it.
    ///
    /// ## Example
    ///
    /// Suppose that the base has the same policy, and `sla: {response: 4h, resolution: 3d, calendar:
    /// business}`.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 2.0.0
    ///   sla: {response: 4h, resolution: 5d, calendar: business}
    /// ---
    /// policy:
    ///   name: change-control
    ///   version: 1.0.0
    ///   owner: priya.shah
    ///   summary: How approvals are proved.
    ///   approvals: [{match: {class: breaking}, ask: [{role: compliance_lead}]}]
    ///   evidence: {minimum: signed, exclude: [author]}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   sla: {calendar: business, response: 4h, resolution: 3d}
    /// ---
    /// policy:
    ///   name: change-control
    ///   version: 1.0.0
    ///   owner: priya.shah
    ///   summary: How approvals are proved.
    ///   approvals: [{match: {class: breaking}, ask: [{role: compliance_lead}]}]
    ///   evidence: {minimum: signed, exclude: [author]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Have everybody who is named run `flowgate approve` on the branch, last of all, since whatever
    /// changes afterwards has to be approved again.
    pub static REQUIRED_APPROVAL_MISSING = {
        id: "required-approval-missing",
        summary: "a change that somebody must agree to and has not",
        why: "a control that its author can weaken alone is none",
        family: Versioning,
        level: ERROR,
        locked: true,
        since: "0.1.0",
    }
}

pub(super) const RULE: Rule = Rule {
    meta: &REQUIRED_APPROVAL_MISSING,
    alone: None,
    of_change: Some(|impact, context| {
        let open = impact.approvals.iter();
        let open = open.filter(|approval| impact.is_settled && approval.state != State::Given);
        let mut by_person: BTreeMap<&str, Vec<&Approval>> = BTreeMap::new();
        for approval in open {
            by_person.entry(&approval.who).or_default().push(approval);
        }
        for (who, asked) in by_person {
            check(who, &asked, impact, context);
        }
    }),
};

/// Reports what one person, or one role, is asked for.
fn check(who: &str, asked: &[&Approval], impact: &Impact, context: &mut Context<'_>) {
    let documents: BTreeSet<&(DocumentKind, String)> =
        asked.iter().flat_map(|asked| &asked.documents).collect();
    let Some(span) = place(&documents, impact, context) else {
        return;
    };
    let role = who.strip_prefix("role ");
    let subject = role.map_or_else(
        || who.to_owned(),
        |role| format!("nobody with the role {role}"),
    );
    let names: Vec<String> = documents.iter().map(|document| title(document)).collect();
    let names = names.join(" and ");
    let done = match asked.iter().map(|asked| asked.state).max() {
        Some(State::Stale) => format!("approved another state of {names}"),
        Some(State::Refused) => format!("gave an approval that does not count for {names}"),
        Some(State::Missing | State::Given) | None if role.is_some() => {
            format!("has approved the change of {names}")
        }
        Some(State::Missing | State::Given) | None => {
            format!("has not approved the change of {names}")
        }
    };
    let duties: BTreeSet<Gate> = asked.iter().map(|asked| asked.gate).collect();
    let duties: Vec<&str> = duties.into_iter().map(duty).collect();
    let message = format!("{subject} {done}, asked {}", duties.join(" and "));
    let because: BTreeSet<&str> = asked
        .iter()
        .flat_map(|asked| asked.because.iter().map(String::as_str))
        .collect();
    let because: Vec<&str> = because.into_iter().collect();
    let because = format!("asked because of {}", because.join(", "));
    let trouble = asked.iter().find_map(|asked| asked.trouble.as_ref());
    let note = match trouble {
        Some(trouble) => format!("{trouble}; {because}"),
        None => because,
    };
    let runs = role.map_or_else(
        || who.to_owned(),
        |role| format!("somebody with the role {role}"),
    );
    let finding = context.finding(span, message).note(note);
    context.report(finding.help(format!(
        "{runs} runs `flowgate approve` on the branch once it is finished"
    )));
}

fn duty(gate: Gate) -> &'static str {
    match gate {
        Gate::ControlOwner => "as the owner of the weakened control",
        Gate::AffectedOwner => "as the owner of a reader that breaks",
        Gate::Policy => "by the policies of the base",
        Gate::QueueOwner => "as the owner of the queue that receives more",
        Gate::Owner => "as its owner",
    }
}

fn title((kind, name): &(DocumentKind, String)) -> String {
    if name.is_empty() {
        "the project file".to_owned()
    } else {
        format!("{} `{name}`", kind.as_str().replace('_', " "))
    }
}

/// The first document that is still there; what is gone is shown at the beginning of the first file.
fn place(
    documents: &BTreeSet<&(DocumentKind, String)>,
    impact: &Impact,
    context: &Context<'_>,
) -> Option<Span> {
    let own = impact.documents.iter().filter(|document| {
        let key = (document.facts.kind, document.facts.name().to_owned());
        documents.contains(&key)
    });
    let mut places = own.filter_map(|document| {
        let side = document.facts.after.as_ref()?;
        let versioned = context.versioned(document);
        Some(versioned.map_or(side.key, |document| document.name.span))
    });
    let first = context.after.sources.iter().next();
    let fallback = first.map(|(source, _)| Span::new(source, 0..0));
    places.next().or(fallback)
}
