//! States of the plan: entering, the ways out, and the ends of a case.

use serde_json::{Value, json};

use super::build::{CONTRACT_VIOLATION, Compiler, ERROR, Place, States, catcher, choice, pass};
use super::data::query;
use super::people::message;
use super::step::go;
use crate::plan::people::Mover;
use crate::plan::state::{Guard, Move, State, Transition};
use crate::syntax::workflow::Ending;
use crate::target::jsonata::{field, quoted};

impl<'p> Compiler<'p> {
    /// The states of one state of the plan.
    pub(super) fn state(&mut self, state: &'p State, place: &Place<'p>) -> States {
        if state.timeout.is_some() {
            self.refuse(
                &state.origin,
                format!("the time in `{}` cannot be limited as a whole", place.state),
                "limit the time of its steps, each of which ends in the same way",
            );
        }
        let mut raises = States::new();
        let mut last = States::new();
        let done = match state.end {
            Some(end) => self.ending(end, place, &mut last),
            None => self.leaving(state, place, &mut last),
        };
        let (first, steps) = self.steps(&state.steps, place, &done);
        let mut states = self.entering(state, place, &first, &mut raises);
        states.extend(steps);
        states.extend(last);
        states.extend(raises);
        states
    }

    fn entering(
        &mut self,
        state: &'p State,
        place: &Place<'p>,
        first: &str,
        raises: &mut States,
    ) -> States {
        let name = place.state.to_owned();
        let misfit = quoted("the data of the case fits no contract");
        let raise = self.raise(raises, (place, None), CONTRACT_VIOLATION, &misfit);
        let judged = choice(vec![("$not($valid)".to_owned(), raise)], first);
        let Some(most) = state.max_visits else {
            return vec![(name, judged)];
        };
        let visits = format!("$lookup($visits, {})", quoted(place.state));
        let counted = format!(
            "$merge([$visits, {{{}: $exists({visits}) ? {visits} + 1 : 1}}])",
            quoted(place.state)
        );
        let often = format!("$exists({visits}) and {visits} >= {most}");
        let (entry, data) = (format!("{name}: entry"), format!("{name}: data"));
        let fallback = self.fallback();
        vec![
            (name, choice(vec![(often, fallback)], &entry)),
            (
                entry,
                pass(vec![("visits".to_owned(), query(&counted))], &data),
            ),
            (data, judged),
        ]
    }

    /// The ways out: the first whose guard holds is due.
    fn leaving(&mut self, state: &'p State, place: &Place<'p>, states: &mut States) -> String {
        let is_plain = |transition: &Transition| {
            transition.by.contains(&Mover::System) && transition.require.is_empty()
        };
        let mut raises = States::new();
        let mut targets = States::new();
        if let [only] = &state.transitions[..]
            && only.guard == Guard::Always
            && is_plain(only)
        {
            let target = self.taken(0, only, place, &mut raises);
            states.extend(raises);
            return target;
        }
        let mut rules = Vec::new();
        let mut default = None;
        let mut origin_place = place.clone();
        for (number, transition) in state.transitions.iter().enumerate() {
            origin_place.origin = &transition.origin;
            let target = if is_plain(transition) {
                self.taken(number, transition, &origin_place, &mut raises)
            } else {
                self.held(state, number, &origin_place, &mut targets, &mut raises)
            };
            match &transition.guard {
                Guard::When(guard) => {
                    let guard = self.expression(guard, &origin_place);
                    if !guard.certain {
                        let message = quoted(&format!("a guard of `{}` has no value", place.state));
                        let raise = self.raise(&mut raises, (place, None), ERROR, &message);
                        rules.push((format!("$not($exists({}))", guard.text), raise));
                    }
                    rules.push((guard.text, target));
                }
                Guard::Always | Guard::Otherwise => {
                    default = Some(target);
                    break;
                }
            }
        }
        let default = match default {
            Some(default) => default,
            None => {
                let message = quoted(&format!("no way out of `{}` fits", place.state));
                self.raise(&mut raises, (place, None), "NO_MATCH", &message)
            }
        };
        let name = format!("{}: next", place.state);
        let decision = if rules.is_empty() {
            go(&default)
        } else {
            choice(rules, &default)
        };
        states.push((name.clone(), decision));
        states.extend(targets);
        states.extend(raises);
        name
    }

    fn taken(
        &mut self,
        number: usize,
        transition: &'p Transition,
        place: &Place<'p>,
        raises: &mut States,
    ) -> String {
        match &transition.leads {
            Move::To(state) => state.clone(),
            Move::Raise(reason) => {
                let message = quoted(&format!(
                    "the case left `{}` by way {}",
                    place.state,
                    number + 1
                ));
                self.raise(raises, (place, None), reason, &message)
            }
        }
    }

    /// A way that is due and waits for data, or for people who may also take another one.
    fn held(
        &mut self,
        state: &'p State,
        due: usize,
        place: &Place<'p>,
        states: &mut States,
        raises: &mut States,
    ) -> String {
        let name = format!("{}: held {due}", place.state);
        let Some(transition) = state.transitions.get(due) else {
            return name;
        };
        let (offers, taken) = self.offered(state, due, place, raises);
        let body = json!({
            "token": query("$states.context.Task.Token"),
            "workflow": self.plan.name,
            "case": query("$case.id"),
            "kind": "move",
            "state": place.state,
            "due": due,
            "ways": offers,
        });
        let mut task = message(&body);
        let failed = self.raise(
            raises,
            (place, None),
            ERROR,
            &quoted("the case cannot be moved"),
        );
        task["Catch"] = json!([catcher(&["States.ALL"], &failed)]);
        task["Assign"] = json!({
            "way": query("$states.result.way"),
            "case": query("$exists($states.result.data) ? $merge([$case, {'data': $merge([$case.data, $states.result.data])}]) : $case"),
        });
        let moved = format!("{name}: taken");
        task["Next"] = json!(moved);
        if transition.by.contains(&Mover::System) {
            let present: Vec<String> = transition
                .require
                .iter()
                .map(|data| {
                    let path = format!("$case.data.{}", field(data));
                    format!("$exists({path}) and {path} != null")
                })
                .collect();
            let target = self.taken(due, transition, place, raises);
            let asked = format!("{name}: asked");
            states.push((
                name.clone(),
                choice(vec![(present.join(" and "), target)], &asked),
            ));
            states.push((asked, task));
        } else {
            states.push((name.clone(), task));
        }
        states.push((moved, choice(taken, &failed)));
        name
    }

    /// The ways that people may take while one is due: as the work list shows them, and as rules that
    /// follow the chosen one.
    fn offered(
        &mut self,
        state: &'p State,
        due: usize,
        place: &Place<'p>,
        raises: &mut States,
    ) -> (Vec<Value>, Vec<(String, String)>) {
        let mut offers = Vec::new();
        let mut taken = Vec::new();
        for (number, other) in state.transitions.iter().enumerate() {
            let is_offered = number == due || !other.by.contains(&Mover::System);
            if !is_offered {
                continue;
            }
            let by: Vec<Value> = other
                .by
                .iter()
                .map(|mover| match mover {
                    Mover::System => json!("system"),
                    Mover::People(party) => self.party(party, place),
                })
                .collect();
            let holds = match &other.guard {
                Guard::When(guard) if number != due => {
                    let guard = self.expression(guard, place);
                    query(&format!("($exists({0}) ? {0} : false)", guard.text))
                }
                Guard::When(_) | Guard::Always | Guard::Otherwise => json!(true),
            };
            offers.push(json!({"way": number, "by": by, "require": other.require, "holds": holds}));
            let target = self.taken(number, other, place, raises);
            taken.push((format!("$way = {number}"), target));
        }
        (offers, taken)
    }

    fn ending(&mut self, end: Ending, place: &Place<'p>, states: &mut States) -> String {
        let name = format!("{}: end", place.state);
        if end != Ending::Completed {
            let state = json!({"Type": "Succeed", "Output": {"end": end.as_str()}});
            states.push((name, state));
            let undo = format!("{}: undo", place.state);
            let assign = vec![("ending".to_owned(), json!(place.state))];
            states.push((undo.clone(), pass(assign, "undo")));
            return undo;
        }
        let mut uncertain = Vec::new();
        let mut outputs = Vec::new();
        for (output, text) in self.plan.outputs.iter() {
            let value = self.text(text, place);
            if !value.certain {
                uncertain.push(format!("$exists({})", value.text));
            }
            outputs.push((output.to_owned(), query(&value.text)));
        }
        let proofs: Vec<Value> = self
            .plan
            .proof
            .iter()
            .map(|proof| {
                let that = self.expression(&proof.that, place);
                let holds = format!("($exists({0}) ? {0} : false)", that.text);
                json!({"from": proof.from, "that": proof.that.as_str(), "holds": query(&holds)})
            })
            .collect();
        let outputs: Value = Value::Object(outputs.into_iter().collect());
        let state = json!({
            "Type": "Succeed",
            "Output": {"end": end.as_str(), "outputs": outputs, "proof": proofs},
        });
        if uncertain.is_empty() {
            states.push((name.clone(), state));
            return name;
        }
        let raise = self.raise(
            states,
            (place, None),
            ERROR,
            &quoted("an output has no value"),
        );
        let asked = format!("{}: outputs", place.state);
        states.insert(
            0,
            (
                asked.clone(),
                choice(vec![(uncertain.join(" and "), name.clone())], &raise),
            ),
        );
        states.insert(1, (name, state));
        asked
    }
}
