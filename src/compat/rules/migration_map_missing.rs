//! `migration-map-missing`: running cases that a change leaves without a way on.

use super::{Context, Rule};
use crate::compat::impact::{DocumentImpact, JudgedChange};
use crate::compat::stranded::{Cause, Stranded};
use crate::declare_meta;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::diff::ChangeKind;
use crate::diff::kind::FlowChange;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::workflow::{ChangePlan, InFlight, Workflow};

declare_meta! {
    /// Finds changes that leave running cases without a way on: the state that they are in is gone or
    /// leads nowhere, the reason code that they carry is gone, data is demanded that they were never
    /// asked for, or the result of a new step is read that they never pass.
    ///
    /// `change:` says what becomes of them. With `pin` or `drain` they finish under the old version,
    /// within `drain_within`. With `migrate` they move to the new one, and `migrate` maps every state
    /// and reason code that is gone, and the data that is new. `flowgate check --base REV` looks for
    /// it.
    ///
    /// ## Example
    ///
    /// Suppose that the state `catering` was there before.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 2.0.0
    ///   change: {in_flight: migrate}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 2.0.0
    ///   change: {in_flight: migrate, migrate: {from: 1.x, states: {catering: new}}}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Map what is gone under `change: {migrate: …}`, or let running cases finish under the old
    /// version with `change: {in_flight: pin, drain_within: 30d}`. `flowgate check --base REV
    /// --fix=unsafe` maps a state to the one that followed it.
    pub static MIGRATION_MAP_MISSING = {
        id: "migration-map-missing",
        summary: "running cases without a way on",
        why: "a case in a state that no longer exists is lost, and nobody is told",
        family: Versioning,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

pub(super) const RULE: Rule = Rule {
    meta: &MIGRATION_MAP_MISSING,
    alone: None,
    of_change: Some(|impact, context| {
        for document in &impact.documents {
            check(document, context);
        }
    }),
};

fn check(document: &DocumentImpact, context: &mut Context<'_>) {
    let Some(after) = document.facts.after.as_ref() else {
        return;
    };
    let Some(workflow) = context.after.model.workflow(&after.name) else {
        return;
    };
    if document.was_draft {
        return;
    }
    let stranding = document
        .changes
        .iter()
        .filter(|judged| judged.verdict.plan_missing && judged.accepted.is_none());
    for stranded in &document.stranded {
        let finding = stranded_finding(stranded, workflow, context);
        let edit = plan_edit(workflow, context);
        context.report(match edit {
            Some(edit) => finding.fix(Fix::needs_a_look(vec![edit])),
            None => finding,
        });
    }
    for judged in stranding {
        let finding = finding(document, judged, workflow, context);
        let fix = fix(document, judged, workflow, context);
        context.report(match fix {
            Some(edit) => finding.fix(Fix::needs_a_look(vec![edit])),
            None => finding,
        });
    }
}

/// A state that is still there, but from which running cases cannot go on.
fn stranded_finding(
    stranded: &Stranded,
    workflow: &Entity<Workflow>,
    context: &Context<'_>,
) -> Diagnostic {
    let from = from_version(context, workflow);
    let map = match &stranded.cause {
        Cause::NoWayOut { .. } => format!("states: {{{}: …}}", stranded.state),
        Cause::NeverPassed { step, .. } => format!("data: {{{step}: …}}"),
    };
    let label = match &stranded.cause {
        Cause::NoWayOut { .. } => "no way leads on from here",
        Cause::NeverPassed { .. } => "read here",
    };
    context
        .finding(plan_span(workflow, context), stranded.sentence())
        .label(stranded.span, label)
        .help(format!(
            "write `change: {{in_flight: migrate, migrate: {{from: {from}, {map}}}}}`, or let them finish under the old version with `change: {{in_flight: pin, drain_within: 30d}}`"
        ))
}

fn finding(
    document: &DocumentImpact,
    judged: &JudgedChange,
    workflow: &Entity<Workflow>,
    context: &Context<'_>,
) -> Diagnostic {
    let change = &judged.change;
    let (lost, mut key) = lost(judged);
    if judged.change.kind == ChangeKind::Flow(FlowChange::StateRemoved)
        && let Some(next) = follower(document, &judged.change.subject, workflow, context)
    {
        key = format!("states: {{{}: {next}}}", judged.change.subject);
    }
    let plan = workflow.body.change.as_ref();
    let span = plan_span(workflow, context);
    let short_of = match plan.map(|plan| &plan.value) {
        None => "the workflow has no `change:` that says what becomes of them".to_owned(),
        Some(plan) => match plan.in_flight.map(|strategy| strategy.value) {
            Some(strategy @ (InFlight::Pin | InFlight::Drain)) => format!(
                "`{}` has no `drain_within` that says until when the old version runs",
                strategy.as_str()
            ),
            Some(InFlight::Migrate) | None => "`migrate` says nothing about it".to_owned(),
        },
    };
    let finding = context.finding(span, format!("{lost}, and {short_of}"));
    let finding = match (&change.after, &change.before) {
        (Some(site), _) => finding.label(site.span, "this is demanded from now on"),
        (None, Some(site)) => {
            finding.note(format!("it stood at {}", context.place_before(site.span)))
        }
        (None, None) => finding,
    };
    finding.help(format!(
        "write `change: {{in_flight: migrate, migrate: {{from: {}, {key}}}}}`, or let them finish under the old version with `change: {{in_flight: pin, drain_within: 30d}}`",
        from_version(context, workflow)
    ))
}

/// What running cases lose, and what a map would say about it.
fn lost(judged: &JudgedChange) -> (String, String) {
    let change = &judged.change;
    let subject = &change.subject;
    let text = |site: &Option<crate::diff::Site>| {
        let text = site.as_ref().map(|site| site.text.clone());
        text.unwrap_or_else(|| subject.clone())
    };
    match change.kind {
        ChangeKind::Flow(FlowChange::StateRemoved) => (
            format!("cases that wait in `{subject}` are stranded: the state is gone"),
            format!("states: {{{subject}: …}}"),
        ),
        ChangeKind::Flow(FlowChange::ReasonRemoved) => (
            format!("open items with the reason `{subject}` are stranded: the code is gone"),
            format!("reasons: {{{subject}: …}}"),
        ),
        ChangeKind::Flow(FlowChange::RequiredDataAdded) => {
            let data = text(&change.after);
            (
                format!("running cases lack `{data}`, which they need to go {subject}"),
                format!("data: {{{data}: …}}"),
            )
        }
        ChangeKind::Field(_) | ChangeKind::Values(_) => {
            let root = subject.split(['.', '[']).next().unwrap_or_default();
            (
                format!("running cases hold `{subject}` as it was"),
                format!("data: {{{root}: …}}"),
            )
        }
        ChangeKind::Flow(_)
        | ChangeKind::Document(_)
        | ChangeKind::Contract(_)
        | ChangeKind::Workflow(_)
        | ChangeKind::Operation(_)
        | ChangeKind::Step(_)
        | ChangeKind::Approval(_)
        | ChangeKind::Control(_)
        | ChangeKind::Directory(_)
        | ChangeKind::Policy(_) => (
            format!("running cases need a plan for `{}`", judged.meta.id),
            format!("states: {{{subject}: …}}"),
        ),
    }
}

/// Where the plan stands, or ought to.
fn plan_span(workflow: &Entity<Workflow>, context: &Context<'_>) -> Span {
    let below = |keys: &[&str]| context.entry_below(workflow.key, keys);
    let entry = below(&["change", "migrate", "states"])
        .or_else(|| below(&["change", "migrate"]))
        .or_else(|| below(&["change", "in_flight"]))
        .or_else(|| below(&["change"]))
        .or_else(|| below(&["states"]));
    entry.map_or(workflow.name.span, |entry| entry.key.span())
}

/// `2.x` for the version that running cases are in.
fn from_version(context: &Context<'_>, workflow: &Entity<Workflow>) -> String {
    let name = &workflow.name.value;
    let old = context.before.model.workflow(name);
    let version = old.and_then(|old| old.body.version.as_ref());
    let major = version.map_or(1, |version| version.value.semantic.major);
    format!("{major}.x")
}

/// Maps a state to the one that followed it, or says how long the old version runs on.
fn fix(
    document: &DocumentImpact,
    judged: &JudgedChange,
    workflow: &Entity<Workflow>,
    context: &Context<'_>,
) -> Option<Edit> {
    let below = |keys: &[&str]| context.entry_below(workflow.key, keys);
    let moves = workflow.body.change.as_ref();
    if moves.is_none_or(|plan| finishes_under_the_old(&plan.value)) {
        return plan_edit(workflow, context);
    }
    if judged.change.kind != ChangeKind::Flow(FlowChange::StateRemoved) {
        return None;
    }
    let state = &judged.change.subject;
    let next = follower(document, state, workflow, context)?;
    if let Some(states) = below(&["change", "migrate", "states"]) {
        return context.insert_into(states, state, &next);
    }
    if let Some(migrate) = below(&["change", "migrate"]) {
        return context.insert_into(migrate, "states", &format!("{{{state}: {next}}}"));
    }
    let map = format!(
        "{{from: {}, states: {{{state}: {next}}}}}",
        from_version(context, workflow)
    );
    context.insert_into(below(&["change"])?, "migrate", &map)
}

/// Says how long the old version runs on, unless running cases move.
fn plan_edit(workflow: &Entity<Workflow>, context: &Context<'_>) -> Option<Edit> {
    let Some(plan) = &workflow.body.change else {
        let owner = context.entry_at(workflow.key)?;
        return context.insert_into(owner, "change", "{in_flight: pin, drain_within: 30d}");
    };
    let entry = context.entry_below(workflow.key, &["change"])?;
    let is_open = finishes_under_the_old(&plan.value) && plan.value.drain_within.is_none();
    is_open.then(|| context.insert_into(entry, "drain_within", "30d"))?
}

fn finishes_under_the_old(plan: &ChangePlan) -> bool {
    match plan.in_flight.map(|strategy| strategy.value) {
        Some(InFlight::Pin | InFlight::Drain) => true,
        Some(InFlight::Migrate) | None => false,
    }
}

/// The nearest state that followed in the old version and is still there.
fn follower(
    document: &DocumentImpact,
    state: &str,
    workflow: &Entity<Workflow>,
    context: &Context<'_>,
) -> Option<String> {
    let old = document.facts.before.as_ref()?;
    let old = context.before.model.workflow(&old.name)?;
    let exists = |name: &str| {
        workflow
            .body
            .all_states()
            .any(|(state, _)| state.value == name)
    };
    let mut waiting = std::collections::VecDeque::from([state.to_owned()]);
    let mut seen = std::collections::BTreeSet::new();
    while let Some(name) = waiting.pop_front() {
        if exists(&name) {
            return Some(name);
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        let mut states = old.body.all_states();
        let Some((_, body)) = states.find(|(state, _)| state.value == name) else {
            continue;
        };
        waiting.extend(body.next_states().into_iter().map(str::to_owned));
    }
    None
}
