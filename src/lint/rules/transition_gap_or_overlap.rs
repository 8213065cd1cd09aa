//! `transition-gap-or-overlap`: cases that no transition takes on, and conditions whose order
//! decides unseen.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Edit};
use crate::expr::{self, ErrorKind, Example, Premises, Solution};
use crate::lint::{Context, On};
use crate::model::guard::{Outcome, holds_after};
use crate::model::premises::Controls;
use crate::rule::{ERROR, Level};
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::expressions::Expression;
use crate::syntax::step::Step;
use crate::syntax::workflow::{State, Transition, Workflow};

declare_rule! {
    /// Finds states that some case cannot leave, because no condition of its transitions holds and
    /// there is no `else`: an error, with an example of such a case.
    ///
    /// Warnings are: two transitions that may match at once and lead to different states (the first
    /// one wins); a condition that can never hold, that always holds, or that stands behind others
    /// which leave it nothing; an `else` that is never reached; transitions that leave nothing out
    /// only as long as a control keeps its value; and conditions of which it cannot be shown that
    /// one always holds. Conditions elsewhere that have only one possible outcome are warnings, too.
    ///
    /// Controls count with their value for what is impossible, and with every value for what is
    /// complete. What contracts promise about data, what earlier checks have made sure, and which
    /// decisions an approval can end with is taken into account.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, seats: integer}, dedupe: input.room}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       transitions:
    ///         - {to: small, when: input.seats <= 8}
    ///         - {to: done, when: input.seats > 9}
    ///     small: {lifecycle: in_progress, steps: [{id: book, task: Book it, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}], to: done}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   trigger: {form: room-request, input: {room: string, seats: integer}, dedupe: input.room}
    ///   states:
    ///     new:
    ///       lifecycle: new
    ///       transitions:
    ///         - {to: small, when: input.seats <= 8}
    ///         - {to: done, when: input.seats > 8}
    ///     small: {lifecycle: in_progress, steps: [{id: book, task: Book it, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}], to: done}
    ///     done: {lifecycle: done, end: completed}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// End the list with `else: true` (`--fix=unsafe` turns the last condition into it), or make the
    /// conditions fit each other.
    pub static RULE = {
        check: On::Workflow(check),
        id: "transition-gap-or-overlap",
        summary: "transitions that leave cases out, or that match at once",
        why: "a case that no transition takes on waits as an exception that nobody planned",
        family: Structure,
        level: ERROR,
        fixable: Unsafe,
        since: "0.1.0",
    }
}

/// A transition with its condition.
struct Guard<'a> {
    transition: &'a Transition,
    written: &'a Expression,
    tree: expr::Expression,
}

impl Guard<'_> {
    fn span(&self) -> Span {
        let whole = 0..self.written.text.len();
        self.written.offsets.span(whole)
    }

    fn target(&self) -> &str {
        let target = self.transition.to.as_ref();
        target.map_or("", |target| target.name.value.as_str())
    }
}

/// The ways out of a state.
struct Exits<'a> {
    name: &'a Spanned<String>,
    state: &'a State,
    guards: Vec<Guard<'a>>,
    otherwise: Option<Span>,
}

impl<'a> Exits<'a> {
    /// `None` when the transitions are at fault in another way.
    fn of(name: &'a Spanned<String>, state: &'a State) -> Option<Self> {
        let transitions = &state.transitions.as_ref()?.value;
        let mut exits = Exits {
            name,
            state,
            guards: Vec::new(),
            otherwise: None,
        };
        for transition in transitions {
            match (&transition.when, &transition.otherwise) {
                (Some(written), None) if exits.otherwise.is_none() => exits.guards.push(Guard {
                    transition,
                    written,
                    tree: expr::parse(&written.text).ok()?,
                }),
                (None, Some(otherwise)) if otherwise.value => {
                    exits.otherwise.get_or_insert(otherwise.span);
                }
                (Some(_), None) => {}
                (Some(_), Some(_)) | (None, _) => return None,
            }
        }
        (!exits.guards.is_empty()).then_some(exits)
    }

    fn trees(&self) -> Vec<&expr::Expression> {
        self.guards.iter().map(|guard| &guard.tree).collect()
    }
}

fn check(workflow: &Entity<Workflow>, context: &mut Context<'_>) {
    let mut faulty = Vec::new();
    for misreading in context.misreadings(workflow) {
        let kind = misreading.error.kind;
        if matches!(kind, ErrorKind::Unguarded | ErrorKind::NeedlessGuard) {
            continue;
        }
        faulty.push(misreading.span);
        if kind == ErrorKind::Constant {
            let finding = context.finding(misreading.span, misreading.error.message.clone());
            let finding = finding.help("write a condition that depends on the case, or remove it");
            context.report(finding.with_level(Level::Warning));
        }
    }
    let Some(flow) = context.flow(workflow) else {
        return;
    };
    let shown = flow.shown();
    let knowledge = context.model.knowledge(&workflow.body);
    for (name, state) in workflow.body.all_states() {
        let Some(exits) = Exits::of(name, state) else {
            continue;
        };
        let is_faulty = |guard: &Guard<'_>| {
            let span = guard.written.span;
            faulty.iter().any(|fault| span.contains(*fault))
        };
        if exits.guards.iter().any(is_faulty) {
            continue;
        }
        let mut here = flow.holding_at(&shown, state);
        here.extend(handled_elsewhere(&exits));
        let premises = |controls| {
            let here = here.iter().cloned();
            here.fold(knowledge.premises(controls), Premises::assuming)
        };
        let (premises, any_control) = (premises(Controls::AsWritten), premises(Controls::Any));
        judge(&exits, &premises, &any_control, context);
    }
}

/// Decisions that none of the conditions allows for are reported as such, by `outcome-unhandled`.
fn handled_elsewhere(exits: &Exits<'_>) -> Vec<expr::Expression> {
    let steps = exits.state.all_steps().into_iter();
    let stuck = |step: &Step, outcome: Outcome| {
        exits
            .guards
            .iter()
            .all(|guard| holds_after(&guard.written.text, step.name(), outcome) == Some(false))
    };
    steps
        .filter(|step| step.approve.is_some())
        .flat_map(|step| {
            let outcomes = [Outcome::Waived, Outcome::Skipped].into_iter();
            outcomes
                .filter(move |outcome| stuck(step, *outcome))
                .map(move |outcome| {
                    format!("steps.{}.decision != '{}'", step.name(), outcome.as_str())
                })
        })
        .filter_map(|text| expr::parse(&text).ok())
        .collect()
}

fn judge(
    exits: &Exits<'_>,
    premises: &Premises<'_>,
    any_control: &Premises<'_>,
    context: &mut Context<'_>,
) {
    for (position, guard) in exits.guards.iter().enumerate() {
        let earlier = &exits.guards[..position];
        if always_holds(exits, position, premises, context) {
            return;
        }
        if !never_holds(guard, earlier, premises, context) {
            overlaps(guard, earlier, premises, context);
        }
    }
    let trees = exits.trees();
    match (exits.otherwise, premises.solve(&[], &trees)) {
        (Some(otherwise), Solution::Impossible) => {
            let finding = context.finding(
                otherwise,
                format!("the `else` of `{}` is never reached", exits.name.value),
            );
            let finding = finding
                .help("remove it, or narrow one of the conditions before it")
                .with_level(Level::Warning);
            context.report(label_all(finding, exits, "one of these always holds"));
        }
        (Some(_), Solution::Possible(_) | Solution::Unknown) => {}
        (None, Solution::Possible(example)) => report_gap(exits, &example, context),
        (None, Solution::Unknown) => report_doubt(exits, context),
        (None, Solution::Impossible) => {
            if let Solution::Possible(example) = any_control.solve(&[], &trees) {
                report_chance(exits, &example, context);
            }
        }
    }
}

/// Reports a condition that is true in every case, unless it only completes those before it.
fn always_holds(
    exits: &Exits<'_>,
    position: usize,
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) -> bool {
    let guard = &exits.guards[position];
    if premises.solve(&[], &[&guard.tree]) != Solution::Impossible {
        return false;
    }
    let is_last = position + 1 == exits.guards.len() && exits.otherwise.is_none();
    let message = format!(
        "the condition for going from `{}` to `{}` always holds",
        exits.name.value,
        guard.target()
    );
    let finding = context
        .finding(guard.span(), message)
        .with_level(Level::Warning);
    context.report(if is_last {
        finding
            .help("write `else: true` instead")
            .unsafe_fix(otherwise_edit(guard, context))
    } else {
        finding.help("narrow it, or remove the transitions behind it, which are never taken")
    });
    true
}

/// Reports a condition that no case meets.
fn never_holds(
    guard: &Guard<'_>,
    earlier: &[Guard<'_>],
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) -> bool {
    let target = guard.target();
    if premises.solve(&[&guard.tree], &[]) == Solution::Impossible {
        let message = format!("the condition for going to `{target}` can never hold");
        let finding = context.finding(guard.span(), message);
        context.report(
            finding
                .help("correct the condition, or remove the transition")
                .with_level(Level::Warning),
        );
        return true;
    }
    let before: Vec<&expr::Expression> = earlier.iter().map(|guard| &guard.tree).collect();
    if before.is_empty() || premises.solve(&[&guard.tree], &before) != Solution::Impossible {
        return false;
    }
    let message = format!("no case is left for going to `{target}`: a transition before takes it");
    let finding = context
        .finding(guard.span(), message)
        .help("move it before the wider condition, or remove it")
        .with_level(Level::Warning);
    let finding = earlier.iter().fold(finding, |finding, guard| {
        finding.label(guard.span(), "this is tried first")
    });
    context.report(finding);
    true
}

/// Reports the first earlier transition that can match in the same case and leads elsewhere.
fn overlaps(
    guard: &Guard<'_>,
    earlier: &[Guard<'_>],
    premises: &Premises<'_>,
    context: &mut Context<'_>,
) {
    let elsewhere = earlier.iter().filter(|other| {
        // People choose among the transitions that are theirs.
        other.target() != guard.target()
            && other.transition.by.items.is_empty()
            && guard.transition.by.items.is_empty()
    });
    for other in elsewhere {
        if let Solution::Possible(example) = premises.solve(&[&other.tree, &guard.tree], &[]) {
            let message = format!(
                "the conditions for `{}` and `{}` may hold at once, {}",
                other.target(),
                guard.target(),
                for_instance(&example),
            );
            let finding = context
                .finding(guard.span(), message)
                .label(other.span(), "this one wins, because it stands first")
                .help("exclude the case from one of them, so that their order does not matter")
                .with_level(Level::Warning);
            context.report(finding);
            return;
        }
    }
}

fn for_instance(example: &Example) -> String {
    if example.is_any() {
        "in every case".to_owned()
    } else {
        format!("for instance when {example}")
    }
}

fn report_gap(exits: &Exits<'_>, example: &Example, context: &mut Context<'_>) {
    let message = format!(
        "no transition leads on from `{}`, {}",
        exits.name.value,
        for_instance(example),
    );
    report_open(exits, message, Level::Error, context);
}

fn report_doubt(exits: &Exits<'_>, context: &mut Context<'_>) {
    let message = format!(
        "nothing shows that one of the transitions of `{}` always matches",
        exits.name.value
    );
    report_open(exits, message, Level::Warning, context);
}

fn report_chance(exits: &Exits<'_>, example: &Example, context: &mut Context<'_>) {
    let message = format!(
        "the transitions of `{}` leave nothing out only by the present values of controls: none \
         matches when {example}",
        exits.name.value
    );
    report_open(exits, message, Level::Warning, context);
}

/// Reports at the last condition, behind which something is missing.
fn report_open(exits: &Exits<'_>, message: String, level: Level, context: &mut Context<'_>) {
    let Some((last, others)) = exits.guards.split_last() else {
        return;
    };
    let decides = exits
        .guards
        .iter()
        .any(|guard| guard.written.text.contains(".decision"));
    let edit = if decides || others.is_empty() {
        // Nobody has decided what an open case means.
        None
    } else {
        otherwise_edit(last, context)
    };
    let finding = context
        .finding(last.span(), message)
        .with_level(level)
        .help("end the list with `{to: …, else: true}`, or widen a condition to cover the case");
    context.report(finding.unsafe_fix(edit));
}

fn label_all(finding: Diagnostic, exits: &Exits<'_>, message: &str) -> Diagnostic {
    exits.guards.iter().fold(finding, |finding, guard| {
        finding.label(guard.span(), message)
    })
}

/// Writes `else: true` in place of the condition.
fn otherwise_edit(guard: &Guard<'_>, context: &Context<'_>) -> Option<Edit> {
    let mapping = context.mapping_at(guard.written.span)?;
    let entry = mapping.get("when")?;
    Some(Edit {
        span: entry.key.span().to(entry.value.span()),
        text: "else: true".to_owned(),
    })
}
