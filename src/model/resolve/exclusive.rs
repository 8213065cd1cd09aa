//! Keys of which exactly one is needed.

use crate::diagnostic::Diagnostic;
use crate::model::walk::StepKind;
use crate::model::{Model, rules};
use crate::source::{Span, Spanned};
use crate::syntax::decode::listing;
use crate::syntax::separation::Separation;
use crate::syntax::step::{LadderRung, Step};
use crate::syntax::workflow::{State, Transition, Trigger, Workflow};

pub(super) fn report(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    for workflow in &model.project.workflows {
        check_workflow(&workflow.body, diagnostics);
    }
    for policy in &model.project.policies {
        for separation in &policy.body.separate {
            check_separation(separation, diagnostics);
        }
    }
}

/// The keys of which a duty has one.
const DUTIES: [&str; 4] = ["perform", "approve", "task", "move"];

fn check_separation(separation: &Separation, diagnostics: &mut Vec<Diagnostic>) {
    let Some(duties) = &separation.duties else {
        return;
    };
    let name = separation.id.as_ref().map_or("", |id| &id.value.text);
    if duties.value.len() < 2 {
        diagnostics.push(
            Diagnostic::new(
                &rules::EXCLUSIVE_KEYS,
                duties.span,
                format!("`{name}` names fewer than two duties, so it keeps nothing apart"),
            )
            .help(format!("add another duty: one of {}", listing(&DUTIES))),
        );
    }
    for duty in &duties.value {
        let keys = duty.keys();
        if keys.is_empty() && duty.unread.is_empty() {
            diagnostics.push(
                Diagnostic::new(
                    &rules::EXCLUSIVE_KEYS,
                    duties.span,
                    format!("a duty of `{name}` does not say what is kept apart"),
                )
                .help(format!("add one of {}", listing(&DUTIES))),
            );
        }
        several("a duty", &keys, diagnostics);
    }
}

fn check_workflow(workflow: &Workflow, diagnostics: &mut Vec<Diagnostic>) {
    for trigger in workflow
        .trigger
        .iter()
        .flat_map(|trigger| &trigger.value.items)
    {
        check_trigger(trigger, diagnostics);
    }
    for (name, state) in workflow.all_states() {
        check_state(name, state, diagnostics);
        for step in state.all_steps() {
            check_step(step, name.span, diagnostics);
        }
    }
}

fn check_trigger(trigger: &Trigger, diagnostics: &mut Vec<Diagnostic>) {
    let given: Vec<(&str, Span)> = [
        ("event", trigger.event.as_ref().map(|value| value.span)),
        ("form", trigger.form.as_ref().map(|value| value.span)),
        (
            "schedule",
            trigger.schedule.as_ref().map(|value| value.span),
        ),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|span| (key, span)))
    .collect();
    several("a trigger", &given, diagnostics);
}

fn check_state(name: &Spanned<String>, state: &State, diagnostics: &mut Vec<Diagnostic>) {
    let given: Vec<(&str, Span)> = [
        ("to", state.to.as_ref().map(|to| to.name.span)),
        (
            "transitions",
            state.transitions.as_ref().map(|list| list.span),
        ),
        ("end", state.end.as_ref().map(|end| end.span)),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|span| (key, span)))
    .collect();
    let is_unread = |key: &&str| matches!(*key, "to" | "transitions" | "end");
    if given.is_empty() && !state.unread.iter().any(is_unread) {
        diagnostics.push(
            Diagnostic::new(
                &rules::EXCLUSIVE_KEYS,
                name.span,
                format!("the state `{}` neither goes on nor ends", name.value),
            )
            .help("add `to: …`, `transitions: […]` or `end: completed`"),
        );
    }
    several(&format!("the state `{}`", name.value), &given, diagnostics);
    for transition in state.transitions.iter().flat_map(|list| &list.value) {
        check_transition(transition, diagnostics);
    }
    check_ladder(&state.on_timeout, diagnostics);
}

fn check_transition(transition: &Transition, diagnostics: &mut Vec<Diagnostic>) {
    let place = transition.to.as_ref().map(|to| to.name.span);
    let is_else = transition.otherwise.as_ref();
    match (&transition.when, is_else, place) {
        (Some(when), Some(otherwise), _) => several(
            "a transition",
            &[("when", when.span), ("else", otherwise.span)],
            diagnostics,
        ),
        (None, None, Some(place)) => diagnostics.push(
            Diagnostic::new(
                &rules::EXCLUSIVE_KEYS,
                place,
                "this transition has neither a condition nor `else`",
            )
            .help("add `when: …`, or `else: true` to the last transition"),
        ),
        (None, Some(otherwise), _) if !otherwise.value => diagnostics.push(
            Diagnostic::new(
                &rules::EXCLUSIVE_KEYS,
                otherwise.span,
                "`else: false` never leads anywhere",
            )
            .help("write `else: true`, or give a condition with `when`"),
        ),
        _ => {}
    }
}

/// The keys of which a step has one.
const STEP_KINDS: [&str; 12] = [
    "check", "match", "route", "call", "task", "approve", "wait", "notify", "emit", "run",
    "parallel", "for_each",
];

fn check_step(step: &Step, state: Span, diagnostics: &mut Vec<Diagnostic>) {
    let kinds = step.kinds();
    let given: Vec<(&str, Span)> = kinds.iter().map(|kind| (kind.key(), kind.span())).collect();
    let name = step.name();
    let is_unread = |key: &&str| STEP_KINDS.contains(key);
    if kinds.is_empty() && !step.unread.iter().any(is_unread) {
        let place = step.name_span().unwrap_or(state);
        diagnostics.push(
            Diagnostic::new(
                &rules::EXCLUSIVE_KEYS,
                place,
                format!("the step `{name}` does not say what is to be done"),
            )
            .help(format!("add one of {}", listing(&STEP_KINDS))),
        );
    }
    several(&format!("the step `{name}`"), &given, diagnostics);
    check_ladder(&step.on_timeout, diagnostics);
    if let Some(StepKind::Approve(approve)) = step.kind() {
        check_ladder(&approve.value.on_timeout, diagnostics);
    }
    for catch in &step.catch {
        let error = catch.error.as_ref().map_or(state, |error| error.span);
        match (&catch.raise, &catch.to) {
            (Some(raise), Some(to)) => several(
                "a catch",
                &[("raise", raise.name.span), ("to", to.name.span)],
                diagnostics,
            ),
            (None, None) => diagnostics.push(
                Diagnostic::new(
                    &rules::EXCLUSIVE_KEYS,
                    error,
                    "this catch does not say what the error leads to",
                )
                .help("add `raise: REASON` or `to: state`"),
            ),
            _ => {}
        }
    }
}

fn check_ladder(rungs: &[LadderRung], diagnostics: &mut Vec<Diagnostic>) {
    for rung in rungs {
        let given: Vec<(&str, Span)> = [
            (
                "ask",
                rung.ask.as_ref().and_then(crate::model::walk::party_span),
            ),
            ("raise", rung.raise.as_ref().map(|reason| reason.name.span)),
            ("notify", rung.notify.as_ref().map(|party| party.name.span)),
            ("to", rung.to.as_ref().map(|state| state.name.span)),
            ("decide", rung.decide.as_ref().map(|decision| decision.span)),
        ]
        .into_iter()
        .filter_map(|(key, span)| span.map(|span| (key, span)))
        .collect();
        several("a rung of a timeout ladder", &given, diagnostics);
    }
}

/// Reports the second of keys that exclude each other.
fn several(what: &str, given: &[(&str, Span)], diagnostics: &mut Vec<Diagnostic>) {
    let [(first, first_span), (second, second_span), ..] = given else {
        return;
    };
    diagnostics.push(
        Diagnostic::new(
            &rules::EXCLUSIVE_KEYS,
            *second_span,
            format!("{what} cannot have both `{first}` and `{second}`"),
        )
        .note(format!("`{second}` is given here"))
        .label(*first_span, format!("`{first}` is given here"))
        .help("keep one of the two"),
    );
}
