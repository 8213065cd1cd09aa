//! What a workflow's expressions read, and whether it is there when they read it.
//!
//! Every expression is judged where it stands: with the types of contracts, controls and results,
//! and with the optional data that every path to that place has proven present. A result of a step
//! is optional data that only the step itself provides.

mod known;
mod uses;

use std::collections::HashMap;

use super::Model;
use super::crossing::Mismatch;
use super::fit::Typed;
use super::flow::{Flow, Flows, Node};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::expr::{self, Environment, ErrorKind, ExpressionError, Outcome, Proven, Type};
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::contract::{Contract, QualityRule};
use crate::syntax::expressions::Expression;
use crate::syntax::workflow::Workflow;
use known::Known;
pub use uses::{Demand, Moment, Use, Written};

/// Something wrong with what an expression reads.
#[derive(Debug)]
pub struct Misreading<'a> {
    /// What is wrong with it.
    pub error: ExpressionError,
    /// The characters that are wrong.
    pub span: Span,
    /// When the expression is computed.
    pub moment: Moment<'a>,
    /// The step whose result is read although a path to here goes round it.
    pub unprovided: Option<String>,
}

impl Misreading<'_> {
    /// Adds what the error knows beside its message: where the data is declared, what to write
    /// instead, and the repair.
    #[must_use]
    pub fn explain(&self, finding: Diagnostic) -> Diagnostic {
        let error = &self.error;
        let finding = match error.declared {
            Some(place) => finding.label(place, "declared here"),
            None => finding,
        };
        let finding = match (&error.help, &error.suggestion) {
            (Some(help), _) => finding.help(help.clone()),
            (None, Some(suggestion)) => finding.help(format!("did you mean `{suggestion}`?")),
            (None, None) => finding,
        };
        match &error.suggestion {
            Some(suggestion) => finding.fix(Fix::needs_a_look(vec![Edit {
                span: self.span,
                text: suggestion.clone(),
            }])),
            None => finding,
        }
    }
}

/// Parsed expressions by the place where they are written.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    by_span: HashMap<Span, Option<expr::Expression>>,
}

impl Parsed {
    /// The tree of a condition; `None` when it is no expression, which is reported elsewhere.
    pub(super) fn condition(&mut self, written: &Expression) -> Option<&expr::Expression> {
        self.by_span
            .entry(written.span)
            .or_insert_with(|| expr::parse(&written.text).ok())
            .as_ref()
    }
}

/// What is wrong with the expressions of every workflow of a project.
#[derive(Debug)]
pub struct Readings<'a> {
    by_key: HashMap<Span, Judgement<'a>>,
}

/// What is wrong in one workflow.
#[derive(Debug, Default)]
struct Judgement<'a> {
    misreadings: Vec<Misreading<'a>>,
    mismatches: Vec<Mismatch<'a>>,
}

impl<'a> Readings<'a> {
    /// Judges every workflow.
    pub fn of(model: &'a Model, flows: &'a Flows<'a>) -> Self {
        let judged = model.project.workflows.iter().filter_map(|workflow| {
            let flow = flows.get(workflow)?;
            Some((workflow.key, judge(model, workflow, flow)))
        });
        let contracts = model.project.contracts.iter();
        let of_rules = contracts.map(|contract| {
            let judgement = Judgement {
                misreadings: judge_rules(model, &contract.body),
                mismatches: Vec::new(),
            };
            (contract.key, judgement)
        });
        Readings {
            by_key: judged.chain(of_rules).collect(),
        }
    }

    /// What is wrong in the quality rules of one contract, in written order.
    pub fn of_contract(&self, contract: &Entity<Contract>) -> &[Misreading<'a>] {
        self.by_key
            .get(&contract.key)
            .map_or(&[], |judgement| &judgement.misreadings)
    }

    /// What is wrong in one workflow, in written order.
    pub fn of_workflow(&self, workflow: &Entity<Workflow>) -> &[Misreading<'a>] {
        self.by_key
            .get(&workflow.key)
            .map_or(&[], |judgement| &judgement.misreadings)
    }

    /// What does not fit where data of one workflow crosses a boundary, in written order.
    pub fn mismatches(&self, workflow: &Entity<Workflow>) -> &[Mismatch<'a>] {
        self.by_key
            .get(&workflow.key)
            .map_or(&[], |judgement| &judgement.mismatches)
    }
}

impl<'a> Flow<'a> {
    /// True when a case can come to a moment with a step done.
    fn may_follow(&self, moment: Moment<'a>, step: &str) -> bool {
        let is_done =
            |node: Node<'a>| matches!(node, Node::Done(place) if place.step.name() == step);
        let done = self.places().filter(|(_, node)| is_done(*node));
        let after = self.reach(done.map(|(place, _)| place), |_| true);
        let mut places = self.places();
        places.any(|(place, node)| known::is_at(moment, node) && after.contains(place))
    }

    /// The shortest way from the start to a moment that does not complete a step.
    pub fn way_around(&self, step: &str, moment: Moment<'a>) -> Option<super::flow::Path<'a>> {
        let reached = self.reach([self.start()], |step_taken| {
            !matches!(self.node(step_taken.to), Node::Done(place) if place.step.name() == step)
        });
        let mut places = self
            .places()
            .filter(|(_, node)| known::is_at(moment, *node));
        let (place, _) = places.find(|(place, _)| reached.contains(*place))?;
        Some(self.path(&reached, place))
    }
}

/// Every expression of a workflow, in written order.
pub fn uses<'a>(model: &'a Model, workflow: &'a Workflow) -> Vec<Use<'a>> {
    uses::of(model, workflow, &model.environment(workflow))
}

/// Judges every expression of a workflow.
fn judge<'a>(model: &'a Model, workflow: &'a Entity<Workflow>, flow: &Flow<'a>) -> Judgement<'a> {
    let environment = model.environment(&workflow.body);
    let mut parsed = Parsed::default();
    let known = Known::of(flow, &environment, &mut parsed);
    let uses = uses::of(model, &workflow.body, &environment);
    let mut misreadings = Vec::new();
    let mut typed = Typed::default();
    for reading in &uses {
        let (of, found) = judge_use(reading, &environment, &known, &mut parsed, flow);
        if let (Written::Part(template, part), true) = (reading.written, found.is_empty()) {
            typed.insert(template, part, of);
        }
        misreadings.extend(found);
    }
    let mismatches = model.mismatches(&workflow.body, &typed);
    Judgement {
        misreadings,
        mismatches,
    }
}

/// Judges the conditions of quality rules, which read the fields of a record by their names. Where
/// the fields are written elsewhere, only what is wrong with any data is.
fn judge_rules<'a>(model: &Model, contract: &'a Contract) -> Vec<Misreading<'a>> {
    let environment = model.contract_environment(contract);
    let rules = contract.quality_rules.iter();
    let conditions = rules.filter_map(QualityRule::condition);
    conditions
        .flat_map(|condition| {
            let errors = match expr::parse(&condition.text) {
                Ok(tree) => expr::check_condition(&tree, &environment, &Proven::new()).errors,
                Err(error) => vec![error],
            };
            let is_known = contract.schema.is_some();
            let counts = move |error: &ExpressionError| {
                is_known || !matches!(error.kind, ErrorKind::UnknownName | ErrorKind::UnknownField)
            };
            errors.into_iter().filter(counts).map(|error| Misreading {
                span: Written::Bare(condition).span(error.range),
                error,
                moment: Moment::Start,
                unprovided: None,
            })
        })
        .collect()
}

/// The type of an expression, and what is wrong with it.
fn judge_use<'a>(
    reading: &Use<'a>,
    environment: &Environment,
    known: &Known,
    parsed: &mut Parsed,
    flow: &Flow<'a>,
) -> (Type, Vec<Misreading<'a>>) {
    let misread = |error: ExpressionError| Misreading {
        span: reading.written.span(error.range),
        unprovided: unprovided(&error, reading.written.text()),
        error,
        moment: reading.moment,
    };
    let tree = match expr::parse(reading.written.text()) {
        Ok(tree) => tree,
        Err(error) => return (Type::Any, vec![misread(error)]),
    };
    let environment = reading
        .locals
        .iter()
        .fold(environment.clone(), |environment, (name, of)| {
            environment.with(name, of.clone())
        });
    let known = known.at(reading.moment);
    let is_reached = known.is_some();
    let mut proven = known.unwrap_or_default();
    for held in &reading.held {
        if let Some(condition) = parsed.condition(held) {
            proven = proven.and(&expr::check(condition, &environment, &proven).when_true);
        }
    }
    for failed in &reading.failed {
        if let Some(condition) = parsed.condition(failed) {
            proven = proven.and(&expr::check(condition, &environment, &proven).when_false);
        }
    }
    let outcome = match reading.demand {
        Demand::Condition => expr::check_condition(&tree, &environment, &proven),
        Demand::Value | Demand::List | Demand::Number | Demand::Excluded => {
            expr::check(&tree, &environment, &proven)
        }
    };
    let unfit = unfit(reading.demand, &tree, &outcome);
    // Data below a plain path carries what is known to be present along.
    let of = match tree.path() {
        Some(path) => outcome.of.narrowed(&path, &proven),
        None => outcome.of,
    };
    let errors = outcome.errors.into_iter().chain(unfit);
    let errors = errors.filter(|error| is_reached || error.kind != ErrorKind::Unguarded);
    let errors = errors.map(misread);
    let excludes_nobody = |misreading: &Misreading<'_>| {
        reading.demand == Demand::Excluded
            && misreading
                .unprovided
                .as_ref()
                .is_some_and(|step| flow.may_follow(reading.moment, step))
    };
    let errors = errors.filter(|misreading| !excludes_nobody(misreading));
    (of, errors.collect())
}

/// A value that is not what its place needs.
fn unfit(demand: Demand, tree: &expr::Expression, outcome: &Outcome) -> Option<ExpressionError> {
    let (fits, wanted) = match demand {
        Demand::Condition | Demand::Value | Demand::Excluded => return None,
        Demand::List => (matches!(outcome.of, Type::List(_) | Type::Any), "a list"),
        Demand::Number => (
            matches!(outcome.of, Type::Integer | Type::Decimal | Type::Any),
            "a number",
        ),
    };
    (!fits && outcome.errors.is_empty()).then(|| ExpressionError {
        kind: ErrorKind::WrongType,
        range: tree.range,
        message: format!("{wanted} is needed here, and this is {}", outcome.of),
        help: Some(format!("write an expression that gives {wanted}")),
        suggestion: None,
        declared: None,
    })
}

/// The step in `steps.<id>`, when its whole result may be absent.
fn unprovided(error: &ExpressionError, text: &str) -> Option<String> {
    if error.kind != ErrorKind::Unguarded {
        return None;
    }
    let read = error.range.of(text);
    let step = read.strip_prefix("steps.")?;
    let is_name = step
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || character == '_');
    is_name.then(|| step.to_owned())
}

impl Proven {
    /// With one more path.
    #[must_use]
    pub(super) fn plus(mut self, path: expr::Path) -> Self {
        self.insert(path);
        self
    }
}
