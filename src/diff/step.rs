//! Facts about steps: which there are, where they stand, in which order.

use std::collections::BTreeMap;

use super::approval;
use super::fact::{Fact, collapsed};
use super::kind::{ApprovalChange, ChangeKind, StepChange};
use super::lookalike::Likeness;
use super::pairing::{Identity, Pair, pair};
use super::recorder::{Presence, Recorder};
use super::step_parts;
use crate::model::walk::StepKind;
use crate::source::Span;
use crate::syntax::step::{Emit, Notify, Step};
use crate::syntax::workflow::Workflow;

/// A step with the place in which it runs.
#[derive(Debug)]
struct Located<'a> {
    step: &'a Step,
    /// The state, by its name after.
    state: String,
    /// The state, branch or loop whose list of steps it is in, by the names after.
    container: String,
    span: Span,
}

/// Compares the steps of a workflow; each is found by its id wherever it stands.
pub(super) fn compare_all(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let identity = Identity {
        name: |located: &Located<'_>| located.step.name(),
        renamed_from: |located: &Located<'_>| {
            let old = located.step.renamed_from.as_ref();
            old.map(|name| name.value.text.as_str())
        },
    };
    let old = located(recorder, before, true);
    let new = located(recorder, after, false);
    let pairs = pair(&old, &new, identity);
    for pair in &pairs {
        let Some(place) = pair.after.or(pair.before) else {
            continue;
        };
        recorder.within(&place.state, |recorder| {
            recorder.within("steps", |recorder| {
                recorder.within(place.step.name(), |recorder| compare_pair(recorder, pair));
            });
        });
    }
    compare_order(recorder, &pairs);
    let likeness = Likeness {
        identity,
        span: |located: &Located<'_>| located.span,
        mention: "steps.",
        anywhere: false,
        compare: &|recorder, old, new| {
            compare_step(recorder, old, new);
            true
        },
    };
    // A state may look renamed too, so its steps stand where they stood.
    let old = located(&recorder.rehearsal(), before, true);
    recorder.compare_lonely((&old, &new), &likeness);
}

fn located<'a>(
    recorder: &Recorder<'_>,
    workflow: &'a Workflow,
    old_side: bool,
) -> Vec<Located<'a>> {
    let mut result = Vec::new();
    for (name, state) in workflow.all_states() {
        let name = name.value.as_str();
        let state_name = if old_side {
            recorder.renamed_state(name)
        } else {
            name
        };
        let container = format!("`{state_name}`");
        collect(
            recorder,
            &state.steps,
            (state_name, &container),
            old_side,
            &mut result,
        );
    }
    result
}

fn collect<'a>(
    recorder: &Recorder<'_>,
    steps: &'a [Step],
    (state, container): (&str, &str),
    old_side: bool,
    result: &mut Vec<Located<'a>>,
) {
    for step in steps {
        let Some(span) = step.name_span() else {
            continue;
        };
        result.push(Located {
            step,
            state: state.to_owned(),
            container: container.to_owned(),
            span,
        });
        let mention = format!("steps.{}", step.name());
        let mention = if old_side {
            recorder.renamed(&mention)
        } else {
            mention
        };
        let id = mention.trim_start_matches("steps.");
        let parallel = step
            .parallel
            .iter()
            .flat_map(|parallel| &parallel.value.branches);
        for (branch, steps) in parallel.flat_map(|branches| branches.iter()) {
            let inner = format!("branch `{}` of `{id}`", branch.value);
            collect(recorder, steps, (state, &inner), old_side, result);
        }
        let looped = step
            .for_each
            .iter()
            .flat_map(|for_each| &for_each.value.steps);
        for steps in looped {
            let inner = format!("the loop `{id}`");
            collect(recorder, steps, (state, &inner), old_side, result);
        }
    }
}

fn compare_pair(recorder: &mut Recorder<'_>, pair: &Pair<'_, Located<'_>>) {
    match (pair.before, pair.after) {
        (Some(before), Some(after)) => compare_step(recorder, before, after),
        (None, Some(after)) => {
            let kind: ChangeKind = match &after.step.approve {
                Some(_) => ApprovalChange::ApprovalAdded.into(),
                None => StepChange::StepAdded.into(),
            };
            recorder.record(kind, after.step.name(), None, Some(described(after)));
        }
        (Some(before), None) => {
            let kind: ChangeKind = match &before.step.approve {
                Some(_) => ApprovalChange::ApprovalRemoved.into(),
                None => StepChange::StepRemoved.into(),
            };
            recorder.record(kind, before.step.name(), Some(described(before)), None);
        }
        (None, None) => {}
    }
}

fn compare_step(recorder: &mut Recorder<'_>, before: &Located<'_>, after: &Located<'_>) {
    let name = after.step.name();
    if before.step.name() != name {
        let names = [before, after].map(|step| Some(Fact::new(step.step.name(), step.span)));
        let [old, new] = names;
        recorder.record(StepChange::StepRenamed, name, old, new);
    }
    let place = |located: &Located<'_>| Some(Fact::new(located.container.clone(), located.span));
    recorder.compare(
        "place",
        name,
        Presence::any(StepChange::StepMoved),
        place(before),
        place(after),
    );
    let kind = |step: &Step| step.kind().map(|kind| kind.key());
    if kind(before.step) == kind(after.step) {
        approval::compare(recorder, before.step, after.step);
        return step_parts::compare(recorder, before.step, after.step, (before.span, after.span));
    }
    let (old, new) = (Some(described(before)), Some(described(after)));
    let kind: ChangeKind = match (&before.step.approve, &after.step.approve) {
        (Some(_), None) => ApprovalChange::ApprovalRemoved.into(),
        (None, Some(_)) => ApprovalChange::ApprovalAdded.into(),
        (Some(_), Some(_)) | (None, None) => StepChange::StepKindChanged.into(),
    };
    recorder.record(kind, name, old, new);
    step_parts::compare(recorder, before.step, after.step, (before.span, after.span));
}

fn described(located: &Located<'_>) -> Fact {
    let step = located.step;
    let text = match step.kind() {
        None => "no kind of work".to_owned(),
        Some(StepKind::Call(operation)) => match &step.account {
            Some(account) => format!("call {} as {}", operation.name.value, account.name.value),
            None => format!("call {}", operation.name.value),
        },
        Some(StepKind::Task(task)) => format!("a person: {}", collapsed(&task.value)),
        Some(StepKind::Route(decision)) => format!("route by {}", decision.name.value),
        Some(StepKind::Run(workflow)) => format!("run {}", workflow.name.value),
        Some(StepKind::Approve(approve)) => approval::described(&approve.value),
        Some(StepKind::Check(checks)) => step_parts::check::checks_text(&checks.value),
        Some(StepKind::Match(_)) => "match line by line".to_owned(),
        Some(StepKind::Wait(_)) => "wait".to_owned(),
        Some(StepKind::Notify(notify)) => match &notify.value {
            Notify::To(party) => format!("notify {}", party.name.value),
            Notify::Message(message) => {
                let to = message.to.as_ref().map_or("", |to| to.text.as_str());
                format!("notify {to}")
            }
        },
        Some(StepKind::Emit(emit)) => match &emit.value {
            Emit::Event(event) => format!("emit {}", event.value),
            Emit::Published(published) => {
                let event = published
                    .event
                    .as_ref()
                    .map_or("", |event| event.value.as_str());
                format!("emit {event}")
            }
        },
        Some(StepKind::Parallel(_)) => "parallel branches".to_owned(),
        Some(StepKind::ForEach(_)) => "steps for every item".to_owned(),
    };
    Fact::new(text, located.span)
}

/// The order of steps that stay in the same list.
fn compare_order(recorder: &mut Recorder<'_>, pairs: &[Pair<'_, Located<'_>>]) {
    let mut lists: BTreeMap<(&str, &str), Vec<(&Located<'_>, &Located<'_>)>> = BTreeMap::new();
    for pair in pairs {
        if let (Some(before), Some(after)) = (pair.before, pair.after)
            && before.container == after.container
        {
            let key = (after.state.as_str(), after.container.as_str());
            lists.entry(key).or_default().push((before, after));
        }
    }
    for ((state, container), steps) in lists {
        let order = |side: fn(&(&Located<'_>, &Located<'_>)) -> Span| {
            let mut steps: Vec<_> = steps.iter().collect();
            steps.sort_by_key(|pair| side(pair).start);
            let names: Vec<&str> = steps.iter().map(|(_, after)| after.step.name()).collect();
            let first = steps.first().map(|pair| side(pair));
            first.map(|span| Fact::new(names.join(", "), span))
        };
        let (before, after) = (order(|pair| pair.0.span), order(|pair| pair.1.span));
        recorder.within(state, |recorder| {
            recorder.compare(
                "steps",
                container,
                Presence::any(StepChange::StepReordered),
                before,
                after,
            );
        });
    }
}
