//! Steps in a few words.

use super::words::{shortened, wrapped};
use crate::plan::people::{Assignee, Count, Party};
use crate::plan::state::{Rung, Timeout};
use crate::plan::step::{Approval, Awaited, Call, Step, Work};
use crate::plan::value::{Piece, Text};
use crate::syntax::step::Join;

/// The lines of a step.
pub(super) fn summary(step: &Step) -> Vec<String> {
    let mut lines = match &step.work {
        Work::Check(_) => vec![format!("check {}", step.id)],
        Work::Match(_) => vec![format!("match {}", step.id)],
        Work::Route(route) => vec![format!("route by {}", route.decision)],
        Work::Call(call) => vec![operation(call)],
        Work::Task(task) => {
            let who: Vec<String> = task.assign.iter().map(assignee).collect();
            let mut lines = vec![format!("task {}", shortened(&task.instruction))];
            if !who.is_empty() {
                lines.push(format!("for {}", who.join(", ")));
            }
            lines
        }
        Work::Approve(approval) => gate(step, approval),
        Work::Wait(wait) => vec![match &wait.until {
            Awaited::Elapsed(period) => format!("wait {period}"),
            Awaited::Instant(instant) => format!("wait until {}", instant.as_str()),
            Awaited::Event(event) => format!("wait for event {}", event.name),
        }],
        Work::Notify(notification) => vec![format!("tell {}", party(&notification.to))],
        Work::Emit(emission) => vec![format!("emit {}", emission.event)],
        Work::Run(run) => vec![format!("run {}", run.workflow)],
        Work::Parallel(parallel) => {
            let mut lines = vec![match parallel.join {
                Join::All => "in parallel, until all are done".to_owned(),
                Join::Any => "in parallel, until one is done".to_owned(),
            }];
            for (name, steps) in parallel.branches.iter() {
                lines.push(format!("{} – {}", name, inner(steps)));
            }
            lines
        }
        Work::ForEach(for_each) => vec![
            format!("for each {} of {}", for_each.item, for_each.list.as_str()),
            inner(&for_each.steps),
        ],
    };
    if let Some(condition) = &step.condition {
        lines.extend(prefixed("only if ", wrapped(condition.as_str())));
    }
    lines
}

fn inner(steps: &[Step]) -> String {
    let lines: Vec<String> = steps
        .iter()
        .filter_map(|step| summary(step).into_iter().next())
        .collect();
    lines.join(", ")
}

fn operation(call: &Call) -> String {
    format!("call {}.{}", call.system, call.operation)
}

fn gate(step: &Step, approval: &Approval) -> Vec<String> {
    let by: Vec<String> = approval.by.iter().map(party).collect();
    let count = match approval.count {
        Count::Number(1) => String::new(),
        Count::Number(number) => format!("{number} of "),
        Count::All => "all of ".to_owned(),
    };
    let mut lines = vec![
        format!("approve {}", step.id),
        format!("by {count}{}", by.join(" or ")),
    ];
    if !approval.exclude.is_empty() {
        let excluded: Vec<&str> = approval
            .exclude
            .iter()
            .map(|person| person.as_str())
            .collect();
        lines.push(format!("not {}", excluded.join(", ")));
    }
    lines.extend(step.timeout.as_ref().map(ladder));
    if let Some(waiver) = &approval.waive_when {
        lines.extend(prefixed("waived when ", wrapped(waiver.as_str())));
    }
    lines
}

fn ladder(timeout: &Timeout) -> String {
    let rungs = timeout.then.iter().map(|rung| match rung {
        Rung::Ask(further) => format!("ask {} {}", party(&further.party), further.within),
        Rung::Notify(told) => format!("tell {} {}", party(&told.party), told.within),
        Rung::Raise(reason) => reason.clone(),
        Rung::To(state) => state.clone(),
        Rung::Decide(decision) => decision.as_str().to_owned(),
    });
    let rungs: Vec<String> = rungs.collect();
    format!("{}, then {}", timeout.after, rungs.join(", then "))
}

fn prefixed(prefix: &str, mut lines: Vec<String>) -> Vec<String> {
    if let Some(first) = lines.first_mut() {
        first.insert_str(0, prefix);
    }
    lines
}

/// Who somebody is, in a few words.
pub(super) fn party(party: &Party) -> String {
    match party {
        Party::Role(role) => format!("role {}", role),
        Party::Team(team) => format!("team {}", team),
        Party::Person(person) => text(person),
        Party::Expression(expression) => expression.as_str().to_owned(),
    }
}

pub(super) fn assignee(assignee: &Assignee) -> String {
    match assignee {
        Assignee::Queue(queue) => format!("queue {}", text(queue)),
        Assignee::Role(role) => format!("role {}", role),
        Assignee::Team(team) => format!("team {}", team),
        Assignee::Person(person) => text(person),
    }
}

fn text(text: &Text) -> String {
    match text {
        Text::Plain(text) => shortened(text),
        Text::Computed { expression } => expression.as_str().to_owned(),
        Text::Mixed { template } => template
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Expression(expression) => format!("({})", expression.as_str()),
            })
            .collect(),
    }
}
