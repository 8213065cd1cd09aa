//! Exceptions: the queue in which a case waits, the ways back, and manual mode.

use serde_json::json;

use super::build::{Compiler, States, catcher, choice, pass};
use super::data::{object, query};
use super::people::message;
use crate::plan::exception::{ExceptionRoute, Resume};
use crate::target::jsonata::quoted;

impl Compiler<'_> {
    /// The states of every route that something leads to.
    pub(super) fn exceptions(&mut self) -> States {
        let mut states = States::new();
        let plan = self.plan;
        for route in self.routes.clone() {
            match plan.exceptions.get(&route) {
                Some(entry) => self.exception(&route, entry, &mut states),
                None => {
                    let fallback = self.fallback();
                    let name = format!("exception {route}");
                    states.push((name, pass(vec![("case".to_owned(), raised(""))], &fallback)));
                }
            }
        }
        if self.uses_fallback {
            self.manual(&mut states);
        }
        states
    }

    fn exception(&mut self, name: &str, route: &ExceptionRoute, states: &mut States) {
        let state = format!("exception {name}");
        let Some(queue) = &route.queue else {
            let fallback = self.fallback();
            states.push((
                state,
                pass(vec![("case".to_owned(), raised(""))], &fallback),
            ));
            return;
        };
        let waits = format!("{state}: {queue}");
        states.push((
            state.clone(),
            pass(vec![("case".to_owned(), raised(queue))], &waits),
        ));
        let ways: Vec<String> = route.resume.iter().map(|way| quoted(word(way))).collect();
        let returns = "$lookup($returns, $raised.reason)";
        let offered = format!(
            "($exists({returns}) and {returns} >= {} ? ['fallback'] : [{}])",
            route.max_returns,
            ways.join(", ")
        );
        let entry = self.plan.queues.get(queue);
        let body = object([
            ("token", Some(query("$states.context.Task.Token"))),
            ("workflow", Some(json!(self.plan.name))),
            ("case", Some(query("$case.id"))),
            ("kind", Some(json!("exception"))),
            ("queue", Some(json!(queue))),
            ("class", route.class.map(|class| json!(class.as_str()))),
            (
                "shown_as",
                entry.map(|entry| json!(entry.shown_as.as_str())),
            ),
            ("raised", Some(query("$raised"))),
            (
                "summary",
                route.summary.as_ref().map(|summary| json!(summary)),
            ),
            ("ways", Some(query(&offered))),
        ]);
        let mut task = message(&body);
        let resumed = format!("{state}: resume");
        task["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 10, "BackoffRate": 2.0, "MaxDelaySeconds": 3600}]);
        let fallback = self.fallback();
        task["Catch"] = json!([catcher(&["States.ALL"], &fallback)]);
        task["Assign"] = resolved(&offered, returns);
        task["Next"] = json!(resumed);
        states.push((waits.clone(), task));
        let rules = self.ways_back(route);
        states.push((resumed, choice(rules, &waits)));
    }

    /// Where each way that was chosen leads.
    fn ways_back(&mut self, route: &ExceptionRoute) -> Vec<(String, String)> {
        let mut rules = Vec::new();
        for way in &route.resume {
            match way {
                Resume::Same => {
                    for known in self.raising(route) {
                        let condition =
                            format!("$resume = 'same' and $raised.state = {}", quoted(known));
                        rules.push((condition, known.to_owned()));
                    }
                }
                Resume::State(target) => {
                    rules.push((format!("$resume = {}", quoted(target)), target.clone()));
                }
                Resume::Fallback => {}
            }
        }
        rules.push(("$resume = 'fallback'".to_owned(), self.fallback()));
        rules
    }

    /// The states in which a reason can have been raised.
    fn raising(&self, route: &ExceptionRoute) -> Vec<&str> {
        let states = self.plan.states.iter();
        let could = states.filter(|(name, state)| {
            let undoes = state.end.is_some() && !self.undone.is_empty();
            route.raised_in.is_empty() || route.raised_in.contains(*name) || undoes
        });
        could.map(|(name, _)| name).collect()
    }

    /// The case is led by people; whoever closes it says how it ends.
    fn manual(&mut self, states: &mut States) {
        let fallback = self.plan.fallback.as_ref();
        let body = object([
            ("token", Some(query("$states.context.Task.Token"))),
            ("workflow", Some(json!(self.plan.name))),
            ("case", Some(query("$case.id"))),
            ("kind", Some(json!("fallback"))),
            ("shown_as", Some(json!("blocked"))),
            (
                "owner",
                fallback
                    .and_then(|each| each.owner.as_ref())
                    .map(|owner| json!(owner)),
            ),
            (
                "runbook",
                fallback
                    .and_then(|each| each.runbook.as_ref())
                    .map(|file| json!(file.path)),
            ),
        ]);
        let mut task = message(&body);
        task["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 10, "BackoffRate": 2.0, "MaxDelaySeconds": 3600}]);
        task["Output"] = json!({"end": query("$states.result.end")});
        task["Next"] = json!("manual mode: end");
        states.push(("manual mode".to_owned(), task));
        states.push(("manual mode: end".to_owned(), json!({"Type": "Succeed"})));
    }
}

/// The case with one more exception.
fn raised(queue: &str) -> serde_json::Value {
    query(&format!(
        "$merge([$case, {{'exceptions': $append($case.exceptions, [{{'reason': $raised.reason, 'state': $raised.state, 'queue': {}}}])}}])",
        quoted(queue)
    ))
}

/// What the answer of the queue changes. `offered` are the ways that may be chosen, `returns` is how
/// often the case came back from this reason; both are JSONata.
fn resolved(offered: &str, returns: &str) -> serde_json::Value {
    json!({
        "resume": query(&format!("$states.result.to in {offered} ? $states.result.to : 'refused'")),
        "returns": query(&format!(
            "$states.result.to = 'fallback' ? $returns : $merge([$returns, {{$raised.reason: $exists({returns}) ? {returns} + 1 : 1}}])"
        )),
        "input": query("$exists($states.result.input) ? $merge([$input, $states.result.input]) : $input"),
        // The work list takes only corrections that fit the contract.
        "valid": query("$exists($states.result.input) ? true : $valid"),
        "case": query("$merge([$case, {'data': $exists($states.result.data) ? $merge([$case.data, $states.result.data]) : $case.data, 'exceptions': $append([$filter($case.exceptions, function($each, $index) {$index < $count($case.exceptions) - 1})], [$merge([$case.exceptions[$count($case.exceptions) - 1], {'resolved_by': $states.result.by}])])}])"),
    })
}

fn word(way: &Resume) -> &str {
    match way {
        Resume::Same => "same",
        Resume::Fallback => "fallback",
        Resume::State(state) => state,
    }
}
