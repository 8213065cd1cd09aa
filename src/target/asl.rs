//! A plan as a state machine of AWS Step Functions, in the Amazon States Language with JSONata.
//!
//! # How a plan is mapped
//!
//! | plan | state machine |
//! |---|---|
//! | a case | one execution of a standard state machine that is called as the workflow; its name is `case.id` |
//! | `input`, `steps`, `case`, `controls`, `lists` | variables of these names; branches and items assign variables of their own (`steps1`, …), since an inner scope may not assign outer ones |
//! | arrival | `case starts` sets the variables, `case starts: data` lets the function `flowgate-contracts` validate the input and write defaults |
//! | a state | a Choice with its name: whoever enters it with data that does not fit raises `CONTRACT_VIOLATION`; with `max_visits` a Choice before it, and a Pass `…: entry` that counts |
//! | `if` | Choice, and a Pass `…: skipped` |
//! | `check` | one Choice; the first assertion that does not hold leads to a Pass (in branches: Fail) called after its reason |
//! | `match`, `route` | a Pass that computes the outcome as one JSONata expression, a Choice over it |
//! | `call`, `notify`, `emit` | Task `lambda:invoke` of `flowgate-SYSTEM`, `flowgate-messages`, `flowgate-events`: handlers that validate `sends` and `returns` and answer `{value, fits}` |
//! | `run` | Task `startExecution.sync:2` of the state machine with the workflow's name; ends other than `completed` are told apart by a Choice |
//! | `task`, `approve` | Task `sqs:sendMessage.waitForTaskToken` to `flowgate-work`: the work list keeps exclusion, evidence, delegation and counting, and answers `{value, fits, data}` |
//! | `wait` | Wait; for events a task token at `flowgate-subscriptions`, whose answer a Choice filters |
//! | `parallel` | Parallel; `join: any` is refused |
//! | `for_each` | Map (inline) with `MaxConcurrency`; a list without `limit` is refused |
//! | `retry` | a retrier for `States.ALL`, alone and last, after one that excludes what is no attempt; linear pauses are refused |
//! | `timeout` | `TimeoutSeconds`; both `States.Timeout` and `States.HeartbeatTimeout` lead to the ladder. Each rung that waits is a Task of its own, which asks those before as well |
//! | time in a calendar | Step Functions knows no working hours: a Task `flowgate-calendar` says when the period is over, and the state after it waits until then |
//! | `catch` | catchers in order, `States.ALL` alone and last |
//! | `raise` | a Pass that keeps reason, state, step and message; inside of branches and items a Fail, which ends the others, and a Choice behind the block |
//! | an exception | `exception REASON`, then a task token for its queue that offers the ways back, then a Choice; after `max_returns` only the fallback is offered |
//! | fallback | `manual mode`: a task token whose answer says how the case ends |
//! | `compensate` | notes in the variable `undo`, newest last, done by one Task for each step before an end other than `completed`; notes of branches and items go through `flowgate-journal`, since variables of a failed branch are lost |
//! | transitions | a Choice in order; a way that needs data or people leads to a task token that offers the ways |
//! | expressions | JSONata (see [`jsonata`](super::jsonata)); one without a value raises `ERROR` |
//! | `timeout` of a state | refused: nothing ends a Task that is waiting when another clock passes |
//! | triggers, `dedupe`, promises, alerts, audit, change | surround the state machine: the plan has them, and its digest is in the comment of the definition |
//!
//! # Quotas
//!
//! Names of states have at most 80 characters, a definition at most 1 MiB, an execution at most a
//! year and 25,000 events of history; the longest way through the plan is estimated, with every
//! item, retry and return that it allows. What is known to exceed 256 KiB cannot be found in a plan.

mod block;
mod build;
mod data;
mod exceptions;
mod flow;
mod people;
mod quota;
mod step;
mod undo;
mod wait;
mod work;

use serde_json::{Map, Value, json};

use self::build::{Compiler, Place, States, pass, states_object};
use self::data::query;
use self::work::INVOKE;
use super::jsonata::Names;
use super::surroundings::environment;
use super::{Artifact, Target};
use crate::diagnostic::Checked;
use crate::plan::Plan;
use crate::syntax::workflow::Ending;

/// The state machine.
pub static TARGET: Target = Target {
    id: "asl",
    title: "a state machine of AWS Step Functions, with JSONata",
    extension: "asl.json",
    docs: include_str!("asl/docs.md"),
    emit,
};

fn emit(plan: &Plan) -> Checked<Vec<Artifact>> {
    let mut compiler = Compiler {
        plan,
        diagnostics: Vec::new(),
        routes: Vec::new(),
        uses_fallback: false,
        raised_inside: Vec::new(),
        moved_inside: Vec::new(),
        undone: Vec::new(),
    };
    let states = compiler.machine();
    let definition = json!({
        "Comment": format!("{} {}, plan {}", plan.name, plan.version.as_deref().unwrap_or("without a version"), plan.digest.as_str()),
        "QueryLanguage": "JSONata",
        "StartAt": "case starts",
        "States": states_object(states),
    });
    compiler.judge(&definition);
    let mut content = serde_json::to_string_pretty(&definition).unwrap_or_default();
    content.push('\n');
    compiler.judge_size(&content);
    Checked {
        value: vec![Artifact {
            file_name: format!("{}.{}", plan.name, TARGET.extension),
            content,
        }],
        diagnostics: compiler.diagnostics,
    }
}

impl<'p> Compiler<'p> {
    fn machine(&mut self) -> States {
        let plan = self.plan;
        let outside = Place {
            state: &plan.start,
            depth: 0,
            names: Names::new(environment(plan)),
            origin: &plan.origin,
        };
        let mut states = self.opening(&outside);
        let mut endings = Vec::new();
        for (name, state) in plan.states.iter() {
            let place = Place {
                state: name,
                origin: &state.origin,
                ..outside.clone()
            };
            if state.end.is_some_and(|end| end != Ending::Completed) {
                endings.push(name);
            }
            states.extend(self.state(state, &place));
        }
        if !endings.is_empty() {
            states.extend(self.undoing(&endings));
        }
        states.extend(self.exceptions());
        states
    }

    /// The variables of a case, and the validation of what it starts with.
    fn opening(&mut self, place: &Place<'p>) -> States {
        let plan = self.plan;
        let controls: Map<String, Value> = plan
            .controls
            .iter()
            .map(|(name, control)| (name.to_owned(), self.literal(&control.value, place)))
            .collect();
        let lists: Map<String, Value> = plan
            .lists
            .iter()
            .map(|(name, values)| {
                let values = values
                    .iter()
                    .map(|value| self.listed(value, place))
                    .collect();
                (name.to_owned(), Value::Array(values))
            })
            .collect();
        let requester = "$exists($states.input.requester) ? $states.input.requester : null";
        let case = json!({
            "id": query("$states.context.Execution.Name"),
            "requester": query(requester),
            "started": query("$now()"),
            "exceptions": [],
            "data": {},
        });
        let queues = "($arn := $split($states.context.StateMachine.Id, ':'); 'https://sqs.' & $arn[3] & '.amazonaws.com/' & $arn[4] & '/')";
        let assign = [
            ("input", query("$states.input.input")),
            ("steps", json!({})),
            ("case", case),
            ("controls", Value::Object(controls)),
            ("lists", Value::Object(lists)),
            ("visits", json!({})),
            ("returns", json!({})),
            ("undo", json!([])),
            ("queues", query(queues)),
        ];
        let assign = assign
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec();
        let shape = serde_json::to_value(&plan.input).unwrap_or_default();
        let validated = json!({
            "Type": "Task",
            "Resource": INVOKE,
            "Arguments": {
                "FunctionName": "flowgate-contracts",
                "Payload": {"workflow": plan.name, "case": query("$case.id"), "shape": shape, "value": query("$input")},
            },
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 10, "BackoffRate": 2.0, "MaxDelaySeconds": 300}],
            "Assign": {
                "input": query("$states.result.Payload.value"),
                "valid": query("$states.result.Payload.fits != false"),
            },
            "Next": plan.start,
        });
        vec![
            ("case starts".to_owned(), pass(assign, "case starts: data")),
            ("case starts: data".to_owned(), validated),
        ]
    }

    /// A value of a list: texts stay texts.
    fn listed(&mut self, value: &crate::plan::value::Literal, place: &Place<'p>) -> Value {
        match value {
            crate::plan::value::Literal::Text(text) => json!(text),
            crate::plan::value::Literal::Boolean(_) | crate::plan::value::Literal::Number(_) => {
                self.literal(value, place)
            }
        }
    }
}
