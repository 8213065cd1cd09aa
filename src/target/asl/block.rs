//! Branches and items: Parallel and Map, their results, and what they raise.

use serde_json::{Value, json};

use super::build::{Compiler, ERROR, MOVED, Place, States, catcher, choice, pass, states_object};
use super::data::query;
use super::undo::remembered;
use super::work::INVOKE;
use crate::expr::Type;
use crate::plan::step::{ForEach, Parallel, Step};
use crate::syntax::step::Join;
use crate::target::jsonata::{quoted, type_of};

impl<'p> Compiler<'p> {
    pub(super) fn parallel(
        &mut self,
        step: &'p Step,
        parallel: &'p Parallel,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        if parallel.join == Join::Any {
            self.refuse(
                &step.origin,
                format!("Step Functions waits for every branch of `{}`", step.id),
                "use `join: all`, or one step with a `timeout` in place of a race",
            );
        }
        let name = place.name(step);
        let mut branches = Vec::new();
        for (branch, steps) in parallel.branches.iter() {
            let inside = inner(place, steps);
            let begins = format!("{name}/{branch}");
            let done = format!("{begins}: done");
            let (first, inner_states) = self.steps(steps, &inside, &done);
            let mut own = States::new();
            own.push((begins.clone(), pass(opened(&inside), &first)));
            own.extend(inner_states);
            own.push((done, closed(&inside, None)));
            branches.push(json!({"StartAt": begins, "States": states_object(own)}));
        }
        let results = place.results();
        let merged = format!("$merge($append([${results}], $states.result.steps))");
        let mut state = json!({"Type": "Parallel", "Branches": branches});
        state["Assign"] = self.gathered(place, vec![(results, query(&merged))]);
        self.block(step, place, next, (name.clone(), state), states);
        name
    }

    pub(super) fn for_each(
        &mut self,
        step: &'p Step,
        for_each: &'p ForEach,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let list = self.expression(&for_each.list, place);
        let mut inside = inner(place, &for_each.steps);
        let item = format!("item_{}", for_each.item);
        let of = if let Type::List(element) = type_of(for_each.list.as_str(), &place.names) {
            element.as_ref().clone()
        } else {
            Type::Any
        };
        inside.names = inside.names.with(&for_each.item, &format!("${item}"), of);
        let begins = format!("{name}/{}", for_each.item);
        let done = format!("{begins}: done");
        let (first, inner_states) = self.steps(&for_each.steps, &inside, &done);
        let mut own = States::new();
        let mut opening = opened(&inside);
        opening.push((item, query("$states.input.item")));
        own.push((begins.clone(), pass(opening, &first)));
        own.extend(inner_states);
        own.push((done, closed(&inside, for_each.steps.last())));
        let results = place.results();
        let merged = format!(
            "$merge([${results}, $count($states.result) > 0 ? $states.result[$count($states.result) - 1].steps : {{}}, {{{}: [$map($states.result, function($each) {{$each.last}})]}}])",
            quoted(&step.id)
        );
        let mut state = json!({
            "Type": "Map",
            "Items": query(&list.text),
            "ItemSelector": {"item": query("$states.context.Map.Item.Value")},
            "MaxConcurrency": for_each.at_once,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": begins,
                "States": states_object(own),
            },
        });
        state["Assign"] = self.gathered(place, vec![(results, query(&merged))]);
        let mut raises = States::new();
        let rules = self.listed_rules(step, for_each, &list.text, place, &mut raises);
        let asked = format!("{name}: items");
        states.push((asked.clone(), choice(rules, &name)));
        self.block(step, place, next, (name, state), states);
        states.extend(raises);
        asked
    }

    /// Where a list leads that is none, or that has too many items.
    fn listed_rules(
        &mut self,
        step: &'p Step,
        for_each: &'p ForEach,
        list: &str,
        place: &Place<'p>,
        raises: &mut States,
    ) -> Vec<(String, String)> {
        let raise = self.no_value(raises, place, step, "the list");
        let mut rules = vec![(format!("$not($type({list}) = 'array')"), raise)];
        match for_each.limit {
            Some(limit) => {
                let message = quoted(&format!("`{}` has more than {limit} items", step.id));
                let raise = self.raise(raises, (place, Some(step)), ERROR, &message);
                rules.push((format!("$count({list}) > {limit}"), raise));
            }
            None => self.refuse(
                &step.origin,
                format!(
                    "`{}` may have so many items that the history exceeds 25,000 events",
                    step.id
                ),
                "say how many items there may be with `limit`",
            ),
        }
        rules
    }

    /// What people of branches and items said about the case reaches the case with the results.
    fn gathered(&self, place: &Place<'p>, mut assign: Vec<(String, Value)>) -> Value {
        if place.depth == 0 {
            let case =
                "$merge([$case, {'data': $merge($append([$case.data], $states.result.data))}])";
            assign.push(("case".to_owned(), query(case)));
        } else {
            let data = place.variable("data");
            let merged = format!("$merge($append([${data}], $states.result.data))");
            assign.push((data, query(&merged)));
        }
        Value::Object(assign.into_iter().collect())
    }

    /// A state with states inside: what they raise is raised by the whole, and what they completed
    /// is read from the journal.
    fn block(
        &mut self,
        step: &'p Step,
        place: &Place<'p>,
        next: &str,
        (name, mut state): (String, Value),
        states: &mut States,
    ) {
        let is_outermost = place.depth == 0;
        let nested = inside(step);
        let undoes = is_outermost && nested.iter().any(|inner| inner.compensate.is_some());
        let raised = format!("{name}: raised");
        let failed = if undoes {
            format!("{name}: recalled")
        } else {
            raised.clone()
        };
        if !is_outermost {
            // The error passes through to the outermost one as it is.
            state["Next"] = json!(next);
            states.push((name, state));
            return;
        }
        let told = format!(
            "$substring($states.errorOutput.Cause, 0, 1) = '{{' ? $merge([{{'reason': $states.errorOutput.Error, 'state': {state}, 'step': {step}, 'message': ''}}, $parse($states.errorOutput.Cause)]) : {{'reason': 'ERROR', 'state': {state}, 'step': {step}, 'message': $states.errorOutput.Error}}",
            state = quoted(place.state),
            step = quoted(&step.id)
        );
        let mut caught = catcher(&["States.ALL"], &failed);
        caught["Assign"] = json!({"raised": query(&told)});
        state["Catch"] = json!([caught]);
        let recall = format!("{name}: recall");
        state["Next"] = json!(if undoes { recall.as_str() } else { next });
        states.push((name, state));
        if undoes {
            for (at, then) in [(recall, next), (failed, raised.as_str())] {
                let body = json!({
                    "Type": "Task",
                    "Resource": INVOKE,
                    "Arguments": {
                        "FunctionName": "flowgate-journal",
                        "Payload": {"case": query("$case.id"), "recall": true},
                    },
                    "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 10, "BackoffRate": 2.0, "MaxDelaySeconds": 300}],
                    "Assign": {"undo": query(&remembered("$states.result.Payload.value"))},
                    "Next": then,
                });
                states.push((at, body));
            }
        }
        let rules = self.raised_rules();
        let error = self.route(ERROR);
        states.push((raised, choice(rules, &error)));
    }

    /// Where the reasons and moves of inner steps lead.
    fn raised_rules(&mut self) -> Vec<(String, String)> {
        let moves = std::mem::take(&mut self.moved_inside);
        let reasons = std::mem::take(&mut self.raised_inside);
        let moved = moves.into_iter().map(|state| {
            let condition = format!(
                "$raised.reason = {} and $raised.to = {}",
                quoted(MOVED),
                quoted(&state)
            );
            (condition, state)
        });
        let mut rules: Vec<(String, String)> = moved.collect();
        for reason in reasons {
            let route = self.route(&reason);
            rules.push((format!("$raised.reason = {}", quoted(&reason)), route));
        }
        if rules.is_empty() {
            rules.push(("$raised.reason = 'ERROR'".to_owned(), self.route(ERROR)));
        }
        rules
    }
}

/// Every step inside of a step.
fn inside(step: &Step) -> Vec<&Step> {
    let mut found = Vec::new();
    let mut left = step.nested();
    while let Some(next) = left.pop() {
        left.extend(next.nested());
        found.push(next);
    }
    found.reverse();
    found
}

/// The place of steps inside of a branch or item.
fn inner<'p>(place: &Place<'p>, steps: &'p [Step]) -> Place<'p> {
    let mut inside_place = place.clone();
    inside_place.depth += 1;
    let variable = format!("${}", inside_place.results());
    for step in steps {
        inside_place
            .names
            .results
            .push((step.id.clone(), variable.clone()));
        for deeper in inside(step) {
            inside_place
                .names
                .results
                .push((deeper.id.clone(), variable.clone()));
        }
    }
    inside_place
}

/// What a branch or item begins with.
fn opened(place: &Place<'_>) -> Vec<(String, Value)> {
    vec![
        (place.results(), json!({})),
        (place.variable("data"), json!({})),
    ]
}

/// What a branch or item hands to the step around it.
fn closed(place: &Place<'_>, last: Option<&Step>) -> Value {
    let results = place.results();
    let mut output = json!({
        "steps": query(&format!("${results}")),
        "data": query(&format!("${}", place.variable("data"))),
    });
    if let Some(last) = last {
        let id = crate::target::jsonata::field(&last.id);
        output["last"] = query(&format!(
            "$exists(${results}.{id}) ? ${results}.{id} : null"
        ));
    }
    json!({"Type": "Pass", "Output": output, "End": true})
}
