//! Running cases in states that are still there, but from which the new definition knows no way on:
//! there is no way to an end, or what is read on the way was never gathered for them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::mentions::Mention;
use crate::source::Span;
use crate::syntax::expressions::{Expression, Template};
use crate::syntax::step::Step;
use crate::syntax::visit::{Visit, Visitor};
use crate::syntax::workflow::{ChangePlan, InFlight, State, Workflow};

/// A state whose running cases are stranded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranded {
    /// The state, as it was called before.
    pub state: String,
    /// Why.
    pub cause: Cause,
    /// Where that shows, in the texts of after.
    pub span: Span,
}

/// Why running cases are stranded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// No way leads from the state to an end.
    NoWayOut {
        /// The state that they are in after the change.
        now: String,
    },
    /// Something is read that they never passed.
    NeverPassed {
        /// The step that gives it.
        step: String,
        /// What is read, as `steps.budget.decision`.
        read: String,
        /// The state in which it is read.
        reader: String,
    },
}

impl Stranded {
    /// What happens to the cases, in one sentence without a full stop.
    pub fn sentence(&self) -> String {
        let state = &self.state;
        match &self.cause {
            Cause::NoWayOut { now } if now == state => {
                format!(
                    "cases that wait in `{state}` are stranded: no way leads on from it to an end"
                )
            }
            Cause::NoWayOut { now } => format!(
                "cases that wait in `{state}` are stranded: they move to `{now}`, and no way leads on from it to an end"
            ),
            Cause::NeverPassed { step, read, reader } => {
                let place = if reader == state {
                    "there".to_owned()
                } else {
                    format!("in `{reader}`")
                };
                format!(
                    "cases that wait in `{state}` are stranded: `{read}` is read {place}, and they never pass the new step `{step}`"
                )
            }
        }
    }
}

/// Where the cases of an old state are after the change.
struct Place<'a> {
    old: &'a str,
    now: &'a str,
    /// Whether they enter the state anew, so that its steps are done.
    enters: bool,
}

/// The states whose running cases move to the new definition and cannot go on there. Cases that
/// finish under the old definition are safe.
pub(super) fn find(before: &Workflow, after: &Workflow) -> Vec<Stranded> {
    if finishes_under_the_old(after.change.as_ref().map(|plan| &plan.value)) {
        return Vec::new();
    }
    let states: BTreeMap<&str, &State> = after
        .all_states()
        .map(|(name, state)| (name.value.as_str(), state))
        .collect();
    let new_steps = new_steps(before, after);
    let mut stranded = Vec::new();
    for (old, old_state) in before.all_states() {
        if old_state.end.is_some() {
            continue;
        }
        let Some(place) = place(&old.value, &states, after) else {
            continue;
        };
        stranded.extend(no_way_out(&place, &states, after));
        stranded.extend(never_passed(&place, old_state, &states, &new_steps, after));
    }
    stranded
}

fn finishes_under_the_old(plan: Option<&ChangePlan>) -> bool {
    plan.is_some_and(|plan| match plan.in_flight.map(|strategy| strategy.value) {
        Some(InFlight::Pin | InFlight::Drain) => plan.drain_within.is_some(),
        Some(InFlight::Migrate) | None => false,
    })
}

/// Where the map says, else the state that was renamed, else the state of the same name; `None` for
/// one that is gone, which is a change of its own.
fn place<'a>(
    old: &'a str,
    states: &BTreeMap<&'a str, &'a State>,
    after: &'a Workflow,
) -> Option<Place<'a>> {
    let plan = after.change.as_ref();
    let map = plan.and_then(|plan| plan.value.migrate.as_ref());
    let mapped = map.and_then(|map| map.value.states.get(old));
    if let Some(target) = mapped {
        let now = target.name.value.as_str();
        return states.contains_key(now).then_some(Place {
            old,
            now,
            enters: true,
        });
    }
    let renamed = states.iter().find(|(_, state)| {
        let from = state.renamed_from.as_ref();
        from.is_some_and(|from| from.value.text == old)
    });
    let same = states.get_key_value(old);
    let (now, _) = same.or(renamed)?;
    Some(Place {
        old,
        now,
        enters: false,
    })
}

/// Exceptions come back by their own ways, so a state that raises one may go on.
fn no_way_out(
    place: &Place<'_>,
    states: &BTreeMap<&str, &State>,
    after: &Workflow,
) -> Option<Stranded> {
    let state = states.get(place.now)?;
    let stops = state.next_states().is_empty() && state.end.is_none() && state.steps.is_empty();
    let ends = states.iter().filter(|(_, state)| state.end.is_some());
    let moves = after.moves();
    let mut ends = ends.map(|(name, _)| *name);
    if !stops || ends.any(|end| moves.reaches(place.now, end)) {
        return None;
    }
    let (name, _) = after
        .all_states()
        .find(|(name, _)| name.value == place.now)?;
    Some(Stranded {
        state: place.old.to_owned(),
        cause: Cause::NoWayOut {
            now: place.now.to_owned(),
        },
        span: name.span,
    })
}

/// Steps that the old definition has not, with the state that they are done in.
fn new_steps<'a>(before: &Workflow, after: &'a Workflow) -> BTreeMap<&'a str, &'a str> {
    let old: BTreeSet<&str> = before
        .all_steps()
        .map(|located| located.step.name())
        .collect();
    let data = after.change.as_ref();
    let data = data.and_then(|plan| plan.value.migrate.as_ref());
    after
        .all_steps()
        .filter(|located| {
            let step = located.step;
            let renamed = step.renamed_from.as_ref();
            let is_old = old.contains(step.name())
                || renamed.is_some_and(|from| old.contains(from.value.text.as_str()));
            let is_given = data.is_some_and(|map| map.value.data.get(step.name()).is_some());
            !is_old && !is_given
        })
        .map(|located| (located.step.name(), located.state_name.value.as_str()))
        .collect()
}

/// One reading for each step: the first place in which running cases come to it without the step.
fn never_passed(
    place: &Place<'_>,
    old_state: &State,
    states: &BTreeMap<&str, &State>,
    new_steps: &BTreeMap<&str, &str>,
    after: &Workflow,
) -> Vec<Stranded> {
    let mut stranded = Vec::new();
    for (step, home) in new_steps {
        let comes_by = place.enters || !may_be_past(old_state, states.get(home).copied(), step);
        if place.now == *home && comes_by {
            continue;
        }
        let reached = reached_without(place.now, home, states);
        let reading = after.all_states().find_map(|(name, state)| {
            let is_reached = reached.contains(name.value.as_str());
            let reading = reading(state, step).filter(|_| is_reached)?;
            Some((name, reading))
        });
        if let Some((name, reading)) = reading {
            stranded.push(Stranded {
                state: place.old.to_owned(),
                cause: Cause::NeverPassed {
                    step: (*step).to_owned(),
                    read: reading.path.to_string(),
                    reader: name.value.clone(),
                },
                span: reading.span,
            });
        }
    }
    stranded
}

/// Whether a case that waits in a state may be past a step that is new there: at a later step, or
/// waiting for somebody to move it.
fn may_be_past(old: &State, new: Option<&State>, step: &str) -> bool {
    let Some(new) = new else {
        return false;
    };
    let known: BTreeSet<&str> = old.all_steps().iter().map(|step| step.name()).collect();
    let mut steps = new.steps.iter();
    let holds_it = |outer: &&Step| {
        let mut inside = Vec::new();
        outer.collect(&mut inside);
        inside.iter().any(|inner| inner.name() == step)
    };
    if steps.find(holds_it).is_none() {
        return false;
    }
    let later = steps.any(|later| known.contains(later.name()));
    let transitions = new.transitions.iter().flat_map(|list| &list.value);
    let mut movers = transitions.filter(|transition| !transition.by.is_empty());
    later || movers.next().is_some()
}

/// The states that a case comes to, itself included, without entering `avoided`.
fn reached_without<'a>(
    from: &'a str,
    avoided: &str,
    states: &BTreeMap<&'a str, &'a State>,
) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        let next = states.get(name).map(|state| state.next_states());
        for target in next.into_iter().flatten() {
            if target != avoided && seen.insert(target) {
                open.push(target);
            }
        }
    }
    seen
}

/// Where a state reads the result of a step, unless it asks first whether there is one.
fn reading(state: &State, step: &str) -> Option<Mention> {
    let mut collector = Collector {
        step,
        found: None,
        asked: false,
    };
    state.visit(&mut collector);
    collector.found.filter(|_| !collector.asked)
}

struct Collector<'s> {
    step: &'s str,
    found: Option<Mention>,
    asked: bool,
}

impl Collector<'_> {
    fn look(&mut self, text: &str, mentions: Vec<Mention>) {
        let mut mentions = mentions.into_iter();
        let found = mentions.find(|mention| mention.step() == Some(self.step));
        self.asked |= found.is_some() && text.contains(&format!("has(steps.{}", self.step));
        self.found = self.found.take().or(found);
    }
}

impl<'a> Visitor<'a> for Collector<'_> {
    fn expression(&mut self, expression: &'a Expression) {
        self.look(&expression.text, expression.mentions());
    }

    fn template(&mut self, template: &'a Template) {
        self.look(&template.text, template.mentions());
    }
}
