//! Facts about states and the ways between them.

use std::collections::BTreeSet;

use super::condition::{self, Kinds};
use super::fact::{Fact, collapsed, joined};
use super::kind::FlowChange;
use super::lookalike::Likeness;
use super::pairing::{Identity, pair};
use super::party::of_movers;
use super::recorder::{Named, Places, Presence, Recorder, named};
use super::step_parts::timeout::{compare_ladder, compare_timeout};
use super::workflow::compare_risk;
use crate::model::shape::Relation;
use crate::model::shape::relation::of_sets;
use crate::source::Span;
use crate::syntax::step::Step;
use crate::syntax::workflow::{Lifecycle, State, Transition, Workflow};

/// Compares the states of a workflow, without their steps.
pub(super) fn compare(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let identity = Identity {
        name: |state: &Named<'_, State>| state.name.value.as_str(),
        renamed_from: |state: &Named<'_, State>| {
            let old = state.value.renamed_from.as_ref();
            old.map(|name| name.value.text.as_str())
        },
    };
    let workflows = (before, after);
    let (before, after) = (states(before), states(after));
    for pair in pair(&before, &after, identity) {
        let name = pair
            .after
            .or(pair.before)
            .map_or("", |state| state.name.value.as_str());
        let fact = |state: Option<&Named<'_, State>>| state.map(Named::fact);
        match (pair.before, pair.after) {
            (Some(old), Some(new)) => recorder.within(name, |recorder| {
                if old.name.value != new.name.value {
                    let names = (Some(old.fact()), Some(new.fact()));
                    recorder.record(FlowChange::StateRenamed, name, names.0, names.1);
                }
                compare_state(recorder, old, new);
            }),
            (before, after) => {
                let kinds = Presence::new(
                    FlowChange::StateAdded,
                    FlowChange::StateRemoved,
                    FlowChange::StateRenamed,
                );
                recorder.compare(name, name, kinds, fact(before), fact(after));
            }
        }
    }
    let likeness = Likeness {
        identity,
        span: |state: &Named<'_, State>| state.name.span,
        mention: "state:",
        anywhere: false,
        compare: &|recorder, old, new| compare_as_one(recorder, workflows, old, new),
    };
    recorder.compare_lonely((&before, &after), &likeness);
}

/// A state is like another one when cases come to it from the same states, the same steps are done
/// in it, and it leads on in the same way.
fn compare_as_one(
    recorder: &mut Recorder<'_>,
    (before, after): (&Workflow, &Workflow),
    old: &Named<'_, State>,
    new: &Named<'_, State>,
) -> bool {
    compare_state(recorder, old, new);
    let sources = |workflow: &Workflow, state: &str| -> BTreeSet<String> {
        let states = workflow.all_states();
        let sources = states.filter(|(_, from)| from.next_states().contains(&state));
        let sources = sources.map(|(source, _)| recorder.renamed_state(&source.value));
        sources.map(str::to_owned).collect()
    };
    sources(before, &old.name.value) == sources(after, &new.name.value)
        && do_the_same(recorder, old.value, new.value)
}

/// The same kinds of steps in the same order, and most of them under the same names.
fn do_the_same(recorder: &Recorder<'_>, old: &State, new: &State) -> bool {
    let (old, new) = (old.all_steps(), new.all_steps());
    let kinds = |steps: &[&Step]| -> Vec<_> {
        let kinds = steps.iter().map(|step| step.kind());
        kinds.map(|kind| kind.map(|kind| kind.key())).collect()
    };
    let pairs = old.iter().zip(&new);
    let named_alike = pairs.filter(|(old, new)| {
        let now = recorder.renamed(&format!("steps.{}", old.name()));
        now == format!("steps.{}", new.name())
    });
    kinds(&old) == kinds(&new) && named_alike.count() * 2 >= old.len()
}

fn states(workflow: &Workflow) -> Vec<Named<'_, State>> {
    let states = workflow.states.as_ref();
    states
        .map(|states| named(&states.value))
        .unwrap_or_default()
}

fn compare_state(recorder: &mut Recorder<'_>, before: &Named<'_, State>, after: &Named<'_, State>) {
    let name = after.name.value.as_str();
    let (old, new) = (before.value, after.value);
    recorder.text("title", &old.title, &new.title);
    recorder.text("summary", &old.summary, &new.summary);
    recorder.compare(
        "owner",
        name,
        Presence::any(super::kind::DocumentChange::OwnerChanged),
        old.owner.as_ref().map(Fact::text),
        new.owner.as_ref().map(Fact::text),
    );
    let status = |state: &State, span: Span| {
        let lifecycle = state.lifecycle.as_ref().map(|lifecycle| lifecycle.value);
        let lifecycle = lifecycle.map_or("none", Lifecycle::as_str);
        let span = state
            .lifecycle
            .as_ref()
            .map_or(span, |lifecycle| lifecycle.span);
        Some(match &state.end {
            Some(end) => Fact::new(format!("{lifecycle}, {}", end.value.as_str()), span),
            None => Fact::new(lifecycle, span),
        })
    };
    recorder.compare(
        "lifecycle",
        name,
        Presence::any(FlowChange::LifecycleChanged),
        status(old, before.name.span),
        status(new, after.name.span),
    );
    recorder.compare(
        "max_visits",
        name,
        Presence::any(FlowChange::LoopLimitChanged),
        old.max_visits.as_ref().map(Fact::number),
        new.max_visits.as_ref().map(Fact::number),
    );
    compare_risk(recorder, &old.risk, &new.risk);
    compare_timeout(recorder, name, &old.timeout, &new.timeout);
    compare_ladder(recorder, name, &old.on_timeout, &new.on_timeout);
    compare_ways(recorder, before, after);
    let places = Places {
        before: before.name.span,
        after: after.name.span,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

/// A way out of a state, whichever form it is written in.
#[derive(Debug)]
struct Way<'a> {
    /// What it is compared by: `state:done`.
    target: String,
    /// The name of the target.
    to: &'a str,
    guard: Fact,
    /// Whether the guard is an expression, so that the order counts.
    guarded: bool,
    movers: Vec<Fact>,
    required: Vec<Fact>,
    span: Span,
    free: Option<&'a Transition>,
}

fn ways<'a>(recorder: &Recorder<'_>, state: &'a State, old_side: bool) -> Vec<Way<'a>> {
    let model = if old_side {
        recorder.before
    } else {
        recorder.after
    };
    let target = |name: &str| {
        let mention = format!("state:{name}");
        if old_side {
            recorder.renamed(&mention)
        } else {
            mention
        }
    };
    let mut ways = Vec::new();
    if let Some(to) = &state.to {
        ways.push(Way {
            target: target(&to.name.value),
            to: &to.name.value,
            guard: Fact::new("nothing else fits", to.name.span),
            guarded: false,
            movers: Vec::new(),
            required: Vec::new(),
            span: to.name.span,
            free: None,
        });
    }
    let transitions = state.transitions.iter().flat_map(|list| &list.value);
    for transition in transitions {
        let Some(to) = &transition.to else { continue };
        let guard = match &transition.when {
            Some(when) => Fact::expression(when),
            None => Fact::new("nothing else fits", to.name.span),
        };
        ways.push(Way {
            target: target(&to.name.value),
            to: &to.name.value,
            guard: if old_side {
                recorder.translated(guard)
            } else {
                guard
            },
            guarded: transition.when.is_some(),
            movers: of_movers(model, &transition.by),
            required: transition.require.iter().map(Fact::text).collect(),
            span: to.name.span,
            free: Some(transition),
        });
    }
    ways
}

fn compare_ways(recorder: &mut Recorder<'_>, before: &Named<'_, State>, after: &Named<'_, State>) {
    let old = ways(recorder, before.value, true);
    let new = ways(recorder, after.value, false);
    let from = after.name.value.as_str();
    let (pairs, removed, added) = matched(&old, &new);
    recorder.within("transitions", |recorder| {
        for (old, new) in &pairs {
            recorder.within(new.to, |recorder| compare_way(recorder, from, old, new));
        }
        for way in removed {
            let name = format!("from `{from}` to `{}`", way.to);
            let guard = Some(way.guard.clone());
            recorder.within(way.to, |recorder| {
                recorder.record(FlowChange::TransitionRemoved, &name, guard, None);
            });
        }
        for way in added {
            let name = format!("from `{from}` to `{}`", way.to);
            let guard = Some(way.guard.clone());
            recorder.within(way.to, |recorder| {
                recorder.record(FlowChange::TransitionAdded, &name, None, guard);
            });
        }
    });
    compare_order(recorder, from, &pairs);
}

type Matched<'w, 'a> = (
    Vec<(&'w Way<'a>, &'w Way<'a>)>,
    Vec<&'w Way<'a>>,
    Vec<&'w Way<'a>>,
);

/// Pairs ways to the same state: those with the same guard first, the others in order.
fn matched<'w, 'a>(before: &'w [Way<'a>], after: &'w [Way<'a>]) -> Matched<'w, 'a> {
    let mut left: Vec<&Way<'_>> = before.iter().collect();
    let mut pairs = Vec::new();
    let mut open = Vec::new();
    for way in after {
        let same = |old: &&Way<'_>| old.target == way.target && old.guard.same(&way.guard);
        match left.iter().position(same) {
            Some(position) => pairs.push((left.remove(position), way)),
            None => open.push(way),
        }
    }
    let mut added = Vec::new();
    for way in open {
        match left.iter().position(|old| old.target == way.target) {
            Some(position) => pairs.push((left.remove(position), way)),
            None => added.push(way),
        }
    }
    (pairs, left, added)
}

fn compare_way(recorder: &mut Recorder<'_>, from: &str, before: &Way<'_>, after: &Way<'_>) {
    let name = format!("from `{from}` to `{}`", after.to);
    compare_guard(recorder, &name, before, after);
    compare_movers(recorder, &name, before, after);
    recorder.members(
        "require",
        Some(&name),
        FlowChange::RequiredDataAdded,
        FlowChange::RequiredDataRemoved,
        before.required.clone(),
        after.required.clone(),
    );
    if let (Some(old), Some(new)) = (before.free, after.free) {
        let places = Places {
            before: before.span,
            after: after.span,
        };
        recorder.extensions(places, &old.extensions, &new.extensions);
    }
}

/// A way that is taken when nothing else fits depends on the others, so only a person can judge it.
fn compare_guard(recorder: &mut Recorder<'_>, name: &str, before: &Way<'_>, after: &Way<'_>) {
    let when = |way: &Way<'_>| way.free.and_then(|transition| transition.when.clone());
    let (old, new) = (when(before), when(after));
    if old.is_some() && new.is_some() {
        let kinds = Kinds {
            narrower: FlowChange::GuardNarrowed.into(),
            wider: FlowChange::GuardWidened.into(),
            other: FlowChange::GuardChanged.into(),
        };
        return condition::record(recorder, ("when", name), kinds, &old, &new);
    }
    recorder.compare(
        "when",
        name,
        Presence::any(FlowChange::GuardChanged),
        Some(before.guard.clone()),
        Some(after.guard.clone()),
    );
}

/// Whoever may move a case; nobody named means everybody.
fn compare_movers(recorder: &mut Recorder<'_>, name: &str, before: &Way<'_>, after: &Way<'_>) {
    let set = |way: &Way<'_>| {
        let names = way.movers.iter().map(|mover| mover.canonical().to_owned());
        Some(names.collect()).filter(|names: &std::collections::BTreeSet<String>| !names.is_empty())
    };
    let relation = Relation::of_presence(set(before), set(after), |before, after| {
        of_sets(&before, &after)
    });
    let kind = match relation {
        Relation::Same => return,
        Relation::Narrower => FlowChange::MoversNarrowed,
        Relation::Wider => FlowChange::MoversWidened,
        Relation::Incomparable => FlowChange::MoversReplaced,
    };
    let fact = |way: &Way<'_>| {
        let list = joined(&way.movers, way.span);
        Some(list.unwrap_or_else(|| Fact::new("everybody", way.span)))
    };
    recorder.compare("by", name, Presence::any(kind), fact(before), fact(after));
}

/// The first way that fits is taken, so the order of guarded ways counts.
fn compare_order(recorder: &mut Recorder<'_>, from: &str, pairs: &[(&Way<'_>, &Way<'_>)]) {
    let guarded: Vec<_> = pairs
        .iter()
        .filter(|(before, after)| before.guarded && after.guarded)
        .collect();
    let order = |side: fn(&(&Way<'_>, &Way<'_>)) -> Span| {
        let mut positions: Vec<usize> = (0..guarded.len()).collect();
        positions.sort_by_key(|position| side(guarded[*position]).start);
        positions
    };
    let (before, after) = (order(|pair| pair.0.span), order(|pair| pair.1.span));
    if before == after {
        return;
    }
    let named = |way: &Way<'_>| {
        (
            format!("{} when {}", way.to, collapsed(&way.guard.site.text)),
            way.span,
        )
    };
    let old: Vec<(String, Span)> = before.iter().map(|at| named(guarded[*at].0)).collect();
    let new: Vec<(String, Span)> = after.iter().map(|at| named(guarded[*at].1)).collect();
    let fact = |ways: &[(String, Span)]| {
        let names: Vec<&str> = ways.iter().map(|(name, _)| name.as_str()).collect();
        ways.first()
            .map(|(_, span)| Fact::new(names.join(", then "), *span))
    };
    recorder.compare(
        "transitions",
        from,
        Presence::any(FlowChange::TransitionsReordered),
        fact(&old),
        fact(&new),
    );
}
