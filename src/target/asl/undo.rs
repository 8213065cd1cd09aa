//! Compensation: how completed steps are noted, and how they are undone.

use serde_json::json;

use super::build::{Compiler, ERROR, Place, States, catcher, choice, pass};
use super::data::{object, query};
use super::work::INVOKE;
use crate::plan::step::{Call, Step};
use crate::target::jsonata::quoted;

impl<'p> Compiler<'p> {
    /// Notes how a step is undone: in a variable, and inside of branches and items, whose variables
    /// are lost when another one fails, in the journal.
    pub(super) fn note(
        &mut self,
        step: &'p Step,
        call: &'p Call,
        place: &Place<'p>,
        next: &str,
        (states, raises): (&mut States, &mut States),
    ) -> String {
        let mut uncertain = Vec::new();
        let with = match &call.with {
            Some(with) => self.data(with, place, &mut uncertain),
            None => "null".to_owned(),
        };
        let key = match &step.idempotency_key {
            Some(key) => {
                let key = self.expression(key, place);
                if !key.certain {
                    uncertain.push(key.text.clone());
                }
                key.text
            }
            None => "null".to_owned(),
        };
        let record = format!(
            "{{'step': {}, 'key': {key}, 'with': {with}}}",
            quoted(&step.id)
        );
        let name = place.name(step);
        let noted = format!("{name}: noted");
        let state = if place.depth == 0 {
            pass(
                vec![(
                    "undo".to_owned(),
                    query(&remembered(&format!("[{record}]"))),
                )],
                next,
            )
        } else {
            let raise = self.no_value(raises, place, step, "the journal");
            json!({
                "Type": "Task",
                "Resource": INVOKE,
                "Arguments": {
                    "FunctionName": "flowgate-journal",
                    "Payload": {"case": query("$case.id"), "note": query(&record)},
                },
                "Catch": [catcher(&["States.ALL"], &raise)],
                "Next": next,
            })
        };
        if uncertain.is_empty() {
            states.push((noted.clone(), state));
            return noted;
        }
        let raise = self.no_value(raises, place, step, "what undoes the step");
        let present: Vec<String> = uncertain
            .iter()
            .map(|each| format!("$exists({each})"))
            .collect();
        let asked = format!("{name}: note");
        states.push((
            asked.clone(),
            choice(vec![(present.join(" and "), noted.clone())], &raise),
        ));
        states.push((noted, state));
        asked
    }

    /// The states that undo what was completed, newest first.
    pub(super) fn undoing(&mut self, endings: &[&'p str]) -> States {
        let mut states = States::new();
        let mut raises = States::new();
        let mut rules: Vec<(String, String)> = endings
            .iter()
            .map(|state| {
                let condition = format!("$count($undo) = 0 and $ending = {}", quoted(state));
                (condition, format!("{state}: end"))
            })
            .collect();
        let newest = "$undo[$count($undo) - 1]";
        let undone = self.undone.clone();
        let raised = "{'reason': 'ERROR', 'state': $ending, 'step': null, 'message': 'a step cannot be undone'}";
        let route = self.route(ERROR);
        raises.push((
            "undo: ERROR".to_owned(),
            pass(vec![("raised".to_owned(), query(raised))], &route),
        ));
        let mut tasks = States::new();
        for step in undone {
            let Some(call) = &step.compensate else {
                continue;
            };
            let name = format!("undo {}", step.id);
            rules.push((
                format!("{newest}.step = {}", quoted(&step.id)),
                name.clone(),
            ));
            let body = object([
                ("operation", Some(json!(call.operation))),
                (
                    "account",
                    call.account.as_ref().map(|account| json!(account)),
                ),
                ("with", Some(query(&format!("{newest}.with")))),
                ("undoes", Some(json!(step.id))),
                ("idempotency_key", Some(query(&format!("{newest}.key")))),
                ("sends", call.sends.as_ref().map(|contract| json!(contract))),
            ]);
            let mut state = json!({
                "Type": "Task",
                "Resource": INVOKE,
                "Arguments": self.handled(&format!("flowgate-{}", call.system), step, body),
            });
            if let Some(retry) = &step.retry {
                state["Retry"] = self.retriers(step, retry);
            }
            state["Catch"] = json!([catcher(&["States.ALL"], "undo: ERROR")]);
            state["Assign"] = json!({
                "undo": query("[$filter($undo, function($each, $index) {$index < $count($undo) - 1})]")
            });
            state["Next"] = json!("undo");
            if !tasks.iter().any(|(known, _)| *known == name) {
                tasks.push((name, state));
            }
        }
        states.push(("undo".to_owned(), choice(rules, "undo: ERROR")));
        states.extend(tasks);
        states.extend(raises);
        states
    }
}

/// Notes added to those before; a repetition that systems recognise by its key is undone once.
pub(super) fn remembered(notes: &str) -> String {
    format!(
        "$reduce({notes}, function($all, $note) {{$append([$filter($all, function($each) {{$not($each.step = $note.step and $each.key = $note.key and $note.key != null)}})], [$note])}}, $undo)"
    )
}
