//! What happens to running cases, and how a release would be taken back.

use schemars::JsonSchema;
use serde::Serialize;

use crate::compat::Side;
use crate::compat::impact::DocumentImpact;
use crate::compat::{Class, InFlightEffect};
use crate::diff::ChangeKind;
use crate::diff::kind::FlowChange;
use crate::syntax::DocumentKind;
use crate::syntax::workflow::{InFlight, Workflow};

/// What happens to running cases of a changed workflow.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedPlan {
    /// The workflow.
    pub workflow: String,
    /// `pin`, `migrate` or `drain`; null when the workflow says nothing.
    pub strategy: Option<&'static str>,
    /// What that means for cases that run now, in one sentence.
    pub meaning: String,
    /// Old state to new state, where cases move.
    pub map: Vec<Move>,
    /// The changes that running cases notice, by fingerprint.
    pub because: Vec<String>,
    /// False when a change needs a plan and has none.
    pub ok: bool,
}

/// Where cases of one state go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Move {
    /// The state of the old version.
    pub from: String,
    /// The state of the new version.
    pub to: String,
}

/// The plan for running cases; `None` for documents without cases that notice.
pub(super) fn plan(document: &DocumentImpact, after: Side<'_>) -> Option<ReportedPlan> {
    let noticed = document
        .changes
        .iter()
        .filter(|judged| judged.verdict.in_flight != InFlightEffect::None);
    let because: Vec<String> = noticed
        .map(|judged| judged.verdict.fingerprint.clone())
        .collect();
    if because.is_empty() || document.facts.kind != DocumentKind::Workflow {
        return None;
    }
    let workflow = after.model.workflow(document.facts.name());
    let change = workflow.and_then(|workflow| workflow.body.change.as_ref());
    let migrate = change.and_then(|change| change.value.migrate.as_ref());
    let map = migrate.iter().flat_map(|migrate| {
        let states = migrate.value.states.iter();
        states.map(|(from, to)| Move {
            from: from.value.clone(),
            to: to.name.value.clone(),
        })
    });
    Some(ReportedPlan {
        workflow: document.facts.name().to_owned(),
        strategy: change
            .and_then(|change| change.value.in_flight.as_ref())
            .map(|strategy| strategy.value.as_str()),
        meaning: meaning(document, workflow.map(|workflow| &workflow.body)),
        map: map.collect(),
        because,
        ok: document.was_draft || !document.plan_missing(),
    })
}

fn meaning(document: &DocumentImpact, workflow: Option<&Workflow>) -> String {
    if document.was_draft {
        return "No case runs under a draft.".to_owned();
    }
    let change = workflow.and_then(|workflow| workflow.change.as_ref());
    let Some(change) = change else {
        return "Nothing says what happens to cases that run now.".to_owned();
    };
    let version = document.declaration.before.as_ref();
    let old = version.map_or("the old version".to_owned(), |version| format!("{version}"));
    let limit = change
        .value
        .drain_within
        .as_ref()
        .map_or(String::new(), |limit| {
            format!(", for at most {}", limit.value)
        });
    let strategy = change.value.in_flight.as_ref();
    match strategy.map_or(InFlight::Pin, |strategy| strategy.value) {
        InFlight::Pin => format!("Cases that run now end under {old}{limit}."),
        InFlight::Migrate => {
            format!("Cases that run now move to the new version by the map{limit}.")
        }
        InFlight::Drain => {
            format!("New cases wait until those under {old} have ended{limit}.")
        }
    }
}

/// How a document would be taken back to what it was.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedRollBack {
    /// The kind, as `contract`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// The tag, or the version, or the commit to go back to; null when there was nothing before.
    pub to: Option<String>,
    /// False when going back breaks something that may have happened by then.
    pub reversible: bool,
    /// Why.
    pub why: String,
}

/// How a changed document would be taken back.
pub(super) fn roll_back(
    document: &DocumentImpact,
    before: Side<'_>,
    base: &str,
) -> ReportedRollBack {
    let old = document.facts.before.as_ref();
    let version = document.declaration.before.as_ref();
    let to = old.map(|old| {
        let releases = before.model.releases(document.facts.kind, &old.name);
        let released = releases
            .iter()
            .find(|release| Some(&release.version) == version);
        released.map_or_else(|| base.to_owned(), |release| release.tag.clone())
    });
    let (reversible, why) = reversibility(document);
    ReportedRollBack {
        kind: document.facts.kind.as_str(),
        name: document.facts.name().to_owned(),
        to,
        reversible,
        why,
    }
}

fn reversibility(document: &DocumentImpact) -> (bool, String) {
    if document.facts.before.is_none() {
        return (true, "It is new: nothing relied on it before.".to_owned());
    }
    let new_states: Vec<String> = document
        .changes
        .iter()
        .filter(|judged| judged.change.kind == ChangeKind::Flow(FlowChange::StateAdded))
        .map(|judged| format!("`{}`", judged.change.subject))
        .collect();
    if !new_states.is_empty() {
        let states = new_states.join(", ");
        let why =
            format!("Cases that have come to {states} by then have no place in the old version.");
        return (false, why);
    }
    let breaks_readers = document.facts.kind == DocumentKind::Contract
        && document
            .changes
            .iter()
            .any(|judged| judged.verdict.class == Class::Breaking);
    if breaks_readers {
        let why = "Data written under the new version may not fit the old one.";
        return (false, why.to_owned());
    }
    (
        true,
        "Nothing that can have happened by then stands in the way.".to_owned(),
    )
}
