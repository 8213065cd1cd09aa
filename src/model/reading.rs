//! What a workflow's expressions read, and whether it is there when they read it.
//!
//! Every expression is judged where it stands: with the types of contracts, controls and results,
//! and with the optional data that every path to that place has proven present. A result of a step
//! is optional data that only the step itself provides.

mod known;
mod uses;

use std::collections::HashMap;

use super::Model;
use super::flow::Flow;
use crate::expr::{self, Environment, ErrorKind, ExpressionError, Outcome, Proven, Type};
use crate::source::Span;
use crate::syntax::Entity;
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

/// Judges every expression of a workflow.
pub fn judge<'a>(
    model: &'a Model,
    workflow: &'a Entity<Workflow>,
    flow: &Flow<'a>,
) -> Vec<Misreading<'a>> {
    let environment = model.environment(&workflow.body);
    let mut parsed = Parsed::default();
    let known = Known::of(flow, &environment, &mut parsed);
    let uses = uses::of(model, &workflow.body, &environment);
    let mut misreadings = Vec::new();
    for reading in &uses {
        misreadings.extend(judge_use(reading, &environment, &known, &mut parsed, flow));
    }
    misreadings
}

fn judge_use<'a>(
    reading: &Use<'a>,
    environment: &Environment,
    known: &Known,
    parsed: &mut Parsed,
    flow: &Flow<'a>,
) -> Vec<Misreading<'a>> {
    let misread = |error: ExpressionError| Misreading {
        span: reading.written.span(error.range),
        unprovided: unprovided(&error, reading.written.text()),
        error,
        moment: reading.moment,
    };
    let tree = match expr::parse(reading.written.text()) {
        Ok(tree) => tree,
        Err(error) => return vec![misread(error)],
    };
    let environment = reading
        .locals
        .iter()
        .fold(environment.clone(), |environment, (name, of)| {
            environment.with(name, of.clone())
        });
    let mut proven = known.at(reading.moment, flow);
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
        Demand::Value | Demand::List | Demand::Number => expr::check(&tree, &environment, &proven),
    };
    let unfit = unfit(reading.demand, &tree, &outcome);
    outcome
        .errors
        .into_iter()
        .chain(unfit)
        .map(misread)
        .collect()
}

/// A value that is not what its place needs.
fn unfit(demand: Demand, tree: &expr::Expression, outcome: &Outcome) -> Option<ExpressionError> {
    let (fits, wanted) = match demand {
        Demand::Condition | Demand::Value => return None,
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
    let step = error.range.of(text);
    let read = expr::parse(text).ok()?.references();
    let begins_here = read.iter().any(|reference| {
        reference.range.start <= error.range.start
            && error.range.end <= reference.range.end
            && reference.path.starts_at("steps")
            && reference.path.segments().nth(1) == Some(step)
    });
    begins_here.then(|| step.to_owned())
}

impl Proven {
    /// With one more path.
    #[must_use]
    pub(super) fn plus(mut self, path: expr::Path) -> Self {
        self.insert(path);
        self
    }
}
