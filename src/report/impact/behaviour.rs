//! What happens differently: the scenarios of both versions, played on both.

mod course;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::Plans;
use crate::check::Finding;
use crate::compat::Side;
use crate::compat::causes::way;
use crate::compat::impact::DocumentImpact;
use crate::diff::ChangeKind;
use crate::diff::kind::{ApprovalChange, FlowChange};
use crate::model::{Judged, Model};
use crate::rule::Family;
use crate::run::rules::RULES;
use crate::syntax::scenarios::Case;
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity};
pub use course::Course;
use course::{Run, play};

/// What the scenarios of a changed workflow show when they are played on both versions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedBehaviour {
    /// The workflow.
    pub workflow: String,
    /// How many scenarios were played on both versions.
    pub played: usize,
    /// Those that go another way now.
    pub differing: Vec<DifferingCase>,
    /// What changed and no scenario tries.
    pub untried: Vec<String>,
    /// Why nothing could be played; null when it could.
    pub obstacle: Option<String>,
}

/// A scenario that goes another way than before.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DifferingCase {
    /// The scenario.
    pub scenario: String,
    /// What happens differently, in one sentence.
    pub sentence: String,
    /// How it went.
    pub before: Course,
    /// How it goes.
    pub after: Course,
}

impl DifferingCase {
    /// True when another scenario differs in the same words.
    pub fn differs_like(&self, other: &DifferingCase) -> bool {
        let words = |case: &DifferingCase| {
            (
                case.before.unlike(&case.after),
                case.after.unlike(&case.before),
            )
        };
        words(self) == words(other)
    }
}

/// Both sides of a comparison with what `check` finds there.
#[derive(Clone, Copy)]
pub(super) struct Judges<'a> {
    pub before: (Side<'a>, &'a [Finding]),
    pub after: (Side<'a>, &'a [Finding]),
}

/// Plays the scenarios of a workflow that changed; `None` for other documents, and where there are
/// no scenarios.
pub(super) fn replay(
    document: &DocumentImpact,
    plans: &Plans,
    judges: Judges<'_>,
) -> Option<ReportedBehaviour> {
    let facts = &document.facts;
    let (old, new) = facts.before.as_ref().zip(facts.after.as_ref())?;
    if facts.kind != DocumentKind::Workflow || document.changes.is_empty() {
        return None;
    }
    let models = (judges.before.0.model, judges.after.0.model);
    let cases = cases((models.0, &old.name), (models.1, &new.name));
    if cases.is_empty() {
        return None;
    }
    let mut report = ReportedBehaviour {
        workflow: facts.name().to_owned(),
        played: 0,
        differing: Vec::new(),
        untried: Vec::new(),
        obstacle: obstacle(judges.before, &old.name, "old")
            .or_else(|| obstacle(judges.after, &new.name, "new")),
    };
    let both = plans.before.as_ref().zip(plans.after.as_ref());
    let Some((before, after)) = both.filter(|_| report.obstacle.is_none()) else {
        return Some(report);
    };
    let figures = figures(models.0.workflow(&old.name), models.1.workflow(&new.name));
    let mut runs = Vec::new();
    for (files, case) in cases {
        let sides = (
            play((models.0, before), files, case, &figures),
            play((models.1, after), files, case, &figures),
        );
        let (Some(was), Some(is)) = sides else {
            continue;
        };
        report.played += 1;
        let name = case.name.as_ref().map_or("", |name| name.value.as_str());
        report.differing.extend(differing(name, &was, &is));
        runs.extend([was, is]);
    }
    report.untried = untried(document, &runs);
    Some(report)
}

/// The scenarios of both sides by name, each with the side whose files it reads: those of before,
/// as they were, then those that are new.
fn cases<'m>(before: (&'m Model, &str), after: (&'m Model, &str)) -> Vec<(&'m Model, &'m Case)> {
    let of_side = |(model, name): (&'m Model, &str)| -> Vec<(&'m Model, &'m Case)> {
        let documents = model.project.scenarios.iter();
        let documents = documents.filter(|entity| entity.name.value == name);
        let cases = documents.flat_map(|entity| entity.body.cases.iter().flatten());
        cases.map(|case| (model, case)).collect()
    };
    let name = |case: &Case| case.name.as_ref().map(|name| name.value.clone());
    let mut cases = of_side(before);
    let known: BTreeSet<Option<String>> = cases.iter().map(|(_, case)| name(case)).collect();
    let new = of_side(after).into_iter();
    cases.extend(new.filter(|(_, case)| !known.contains(&name(case))));
    cases
}

/// Why a side cannot be played: something is wrong with the workflow, or with what it rests on.
fn obstacle((side, findings): (Side<'_>, &[Finding]), name: &str, which: &str) -> Option<String> {
    let blocking = findings.iter().filter(|finding| {
        let id = &finding.diagnostic.rule.id;
        RULES.iter().all(|rule| rule.id != *id)
    });
    // What an organisation demands stops a release, and is just what playing may show.
    let judged = blocking.map(|finding| Judged {
        diagnostic: &finding.diagnostic,
        accepted: finding.suppressed.is_some()
            || finding.diagnostic.rule.family != Family::Structure,
    });
    let sound = side.model.sound(name, judged);
    sound.is_err().then(|| {
        format!("The {which} version has errors, so its scenarios cannot be played; `flowgate check` names them.")
    })
}

/// The inputs that approvals and guards ask about, which tell cases apart.
fn figures(
    before: Option<&Entity<Workflow>>,
    after: Option<&Entity<Workflow>>,
) -> BTreeSet<String> {
    let mut figures = BTreeSet::new();
    for workflow in [before, after]
        .into_iter()
        .flatten()
        .map(|entity| &entity.body)
    {
        let steps = workflow.all_steps().map(|located| located.step);
        let approvals = steps.filter_map(|step| Some((step, step.approve.as_ref()?)));
        let asked = approvals.flat_map(|(step, approve)| {
            let waived = approve.value.waive_when.iter();
            step.condition.iter().chain(waived).collect::<Vec<_>>()
        });
        let states = workflow.all_states();
        let transitions = states.flat_map(|(_, state)| state.transitions.iter());
        let guards = transitions
            .flat_map(|list| &list.value)
            .filter_map(|transition| transition.when.as_ref());
        for mention in asked
            .chain(guards)
            .flat_map(|expression| expression.mentions())
        {
            let names: Vec<&str> = mention.path.segments().collect();
            if let ["input", field] = names[..] {
                figures.insert(field.to_owned());
            }
        }
    }
    figures
}

fn differing(scenario: &str, was: &Run, is: &Run) -> Option<DifferingCase> {
    if was.course == is.course {
        return None;
    }
    let figures: Vec<String> = was
        .figures
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let figures = if figures.is_empty() {
        String::new()
    } else {
        format!(" ({})", figures.join(", "))
    };
    let before = was.course.unlike(&is.course);
    let after = is.course.unlike(&was.course);
    Some(DifferingCase {
        scenario: scenario.to_owned(),
        sentence: format!("`{scenario}`{figures}: before, {before}; now, {after}."),
        before: was.course.clone(),
        after: is.course.clone(),
    })
}

/// The changed ways and approvals that no scenario comes by, on either side.
fn untried(document: &DocumentImpact, runs: &[Run]) -> Vec<String> {
    const WAYS: [ChangeKind; 7] = [
        ChangeKind::Flow(FlowChange::TransitionAdded),
        ChangeKind::Flow(FlowChange::TransitionRemoved),
        ChangeKind::Flow(FlowChange::GuardChanged),
        ChangeKind::Flow(FlowChange::GuardNarrowed),
        ChangeKind::Flow(FlowChange::GuardWidened),
        ChangeKind::Flow(FlowChange::MoversWidened),
        ChangeKind::Flow(FlowChange::MoversReplaced),
    ];
    const APPROVALS: [ChangeKind; 2] = [
        ChangeKind::Approval(ApprovalChange::ApprovalAdded),
        ChangeKind::Approval(ApprovalChange::ApprovalRemoved),
    ];
    let mut untried = BTreeSet::new();
    for judged in &document.changes {
        let change = &judged.change;
        let path = change.path.strip_prefix("states.").unwrap_or_default();
        if let Some((from, to)) = way(path).filter(|_| WAYS.contains(&change.kind)) {
            let goes = |run: &Run| {
                let mut moves = run.course.path.windows(2);
                moves.any(|pair| pair[0] == from && pair[1] == to)
            };
            if !runs.iter().any(goes) {
                untried.insert(format!("No scenario goes from `{from}` to `{to}`."));
            }
        }
        let step = &change.subject;
        let comes = |run: &Run| run.steps.contains(step);
        if APPROVALS.contains(&change.kind) && !runs.iter().any(comes) {
            untried.insert(format!("No scenario comes to `{step}`."));
        }
    }
    untried.into_iter().collect()
}
