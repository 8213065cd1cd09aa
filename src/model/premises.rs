//! What is known of the data when a condition of a workflow is judged: types, values of controls and
//! lists, limits of contracts, decisions that can occur, and conditions that have held on every way
//! to a place.

use std::collections::BTreeSet;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::Model;
use super::flow::{Flow, Move, Node, Place, Reached, Way};
use super::guard::Outcome;
use crate::expr::{self, Assumptions, Environment, Premises, Record, Value};
use crate::source::Span;
use crate::syntax::contract::{Field, FieldEntry};
use crate::syntax::expressions::Expression;
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::scalars::Literal;
use crate::syntax::step::{Step, TimedDecision};
use crate::syntax::workflow::{State, Workflow};

/// Conditions on the way to a place beyond so many are not looked at.
const MOST: usize = 100;

/// What is known about the data of a workflow.
#[derive(Debug)]
pub struct Knowledge {
    environment: Environment,
    controls: Value,
    lists: Value,
    assumptions: Assumptions,
}

/// Whether controls count with the values that are written, or could have any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controls {
    /// As they are written.
    AsWritten,
    /// As if any value were written.
    Any,
}

impl Knowledge {
    /// The premises under which conditions are judged.
    pub fn premises(&self, controls: Controls) -> Premises<'_> {
        let premises = Premises::new(&self.environment)
            .with_constant("lists", self.lists.clone())
            .given(&self.assumptions);
        match controls {
            Controls::AsWritten => premises.with_constant("controls", self.controls.clone()),
            Controls::Any => premises,
        }
    }
}

impl Model {
    /// What is known wherever a workflow reads data.
    pub fn knowledge(&self, workflow: &Workflow) -> Knowledge {
        let mut limits = Vec::new();
        let triggers = workflow.trigger.iter();
        let triggers: Vec<_> = triggers.flat_map(|trigger| &trigger.value.items).collect();
        if let [trigger] = triggers[..] {
            let own = trigger.input.as_ref().map(|input| &input.value);
            let contract = trigger.contract.as_ref();
            let schema = contract.and_then(|contract| self.schema(&contract.name.value));
            if let Some(fields) = schema.or(own) {
                limits_of_all("input", fields, &mut limits);
            }
        }
        for place in workflow.all_steps() {
            let name = place.step.name();
            let contract = self.received(place.step);
            let schema = contract.and_then(|contract| self.schema(&contract.name.value));
            if let Some(fields) = schema {
                limits_of_all(&format!("steps.{name}"), fields, &mut limits);
            }
            limits.extend(decisions(place.step));
        }
        Knowledge {
            environment: self.environment(workflow),
            controls: controls(workflow),
            lists: self.list_values(),
            assumptions: limits
                .iter()
                .filter_map(|text| expr::parse(text).ok())
                .collect(),
        }
    }

    fn schema(&self, contract: &str) -> Option<&NameMap<FieldName, FieldEntry>> {
        let schema = self.contract(contract)?.body.schema.as_ref();
        schema.map(|schema| &schema.value)
    }

    /// The lists of the project file as a value.
    pub fn list_values(&self) -> Value {
        let lists = self
            .config()
            .into_iter()
            .flat_map(|config| config.lists.iter());
        let lists = lists.filter_map(|(name, items)| {
            let items: Option<Vec<Value>> =
                items.value.iter().map(|item| value(&item.value)).collect();
            Some((name.value.as_str().into(), Value::from(items?)))
        });
        Value::from(lists.collect::<Record>())
    }
}

/// The values of controls. Lengths of time are left out: a day is as long as the calendar says.
fn controls(workflow: &Workflow) -> Value {
    let controls = workflow.controls.iter().filter_map(|(name, control)| {
        let written = &control.value.as_ref()?.value;
        let is_time = super::data::literal_type(written) == expr::Type::Duration;
        let value = value(written).filter(|_| !is_time)?;
        Some((name.value.as_str().into(), value))
    });
    Value::from(controls.collect::<Record>())
}

fn value(literal: &Literal) -> Option<Value> {
    match literal {
        Literal::Boolean(truth) => Some(Value::Boolean(*truth)),
        Literal::Text(text) => Some(Value::text(text)),
        Literal::Number(text) => text.parse().map(Value::Integer).ok().or_else(|| {
            let decimal = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text));
            decimal.map(Value::Decimal).ok()
        }),
    }
}

fn limits_of_all(path: &str, fields: &NameMap<FieldName, FieldEntry>, limits: &mut Vec<String>) {
    for (name, entry) in fields.iter() {
        limits_of(&format!("{path}.{}", name.value), entry, limits);
    }
}

/// The limits that a contract sets to a field, as conditions.
pub(super) fn limits_of(path: &str, entry: &FieldEntry, limits: &mut Vec<String>) {
    let FieldEntry::Full(field) = entry else {
        return;
    };
    // Absent data keeps every limit.
    let is_optional = path.contains('.') && !field.required.as_ref().is_some_and(|it| it.value);
    let unless_absent = if is_optional {
        format!("!has({path}) || ")
    } else {
        String::new()
    };
    let own = own_limits(field).into_iter();
    limits.extend(own.map(|limit| format!("{unless_absent}{path}{limit}")));
    if let Some(properties) = &field.properties {
        limits_of_all(path, &properties.value, limits);
    }
}

fn own_limits(field: &Field) -> Vec<String> {
    let bounds = [
        (" >=", &field.min),
        (" <=", &field.max),
        (" >", &field.min_exclusive),
        (" <", &field.max_exclusive),
    ];
    let number = |bound: &Literal| value(bound).filter(|bound| !matches!(bound, Value::Text(_)));
    let bounds = bounds.into_iter().filter_map(|(sign, bound)| {
        let bound = number(&bound.as_ref()?.value)?;
        Some(format!("{sign} {bound}"))
    });
    let sizes = [
        (">=", &field.min_length),
        ("<=", &field.max_length),
        (">=", &field.min_items),
        ("<=", &field.max_items),
    ];
    let sizes = sizes.into_iter().filter_map(|(sign, size)| {
        let size = size.as_ref()?.value;
        Some(format!(".size() {sign} {size}"))
    });
    let multiple = field.multiple_of.as_ref();
    let multiple = multiple.map(|multiple| format!(" % {} == 0", multiple.value.text()));
    let pattern = field.pattern.as_ref();
    let pattern =
        pattern.map(|pattern| format!(".matches({})", Value::text(pattern.value.as_str())));
    bounds.chain(sizes).chain(multiple).chain(pattern).collect()
}

/// The decisions that an approval can end with, as a condition.
fn decisions(step: &Step) -> Option<String> {
    let approve = &step.approve.as_ref()?.value;
    let rungs: Vec<TimedDecision> = approve
        .on_timeout
        .iter()
        .chain(&step.on_timeout)
        .filter_map(|rung| rung.decide.as_ref().map(|decision| decision.value))
        .collect();
    let mut outcomes = vec![Outcome::Approved, Outcome::Rejected];
    if rungs.contains(&TimedDecision::Expired) {
        outcomes.push(Outcome::Expired);
    }
    outcomes.extend(approve.waive_when.as_ref().map(|_| Outcome::Waived));
    outcomes.extend(step.condition.as_ref().map(|_| Outcome::Skipped));
    let words = outcomes.into_iter().map(Outcome::as_str);
    let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    let name = step.name();
    Some(format!("steps.{name}.decision in [{}]", words.join(", ")))
}

/// The conditions that the ways of a workflow show to be true.
#[derive(Debug)]
pub struct Shown<'a> {
    conditions: Vec<(expr::Expression, Reached<'a>)>,
}

impl<'a> Flow<'a> {
    /// The conditions that ways show to be true, with the places that can be come to without them.
    pub fn shown(&self) -> Shown<'a> {
        let mut seen: BTreeSet<(Span, bool)> = BTreeSet::new();
        let mut conditions = Vec::new();
        for (place, _) in self.places() {
            for step in self.moves(place) {
                for (written, truth) in self.proofs(step) {
                    if seen.len() < MOST
                        && seen.insert((written.span, truth))
                        && let Some(tree) = stable(written)
                    {
                        let unproven = self.unproven(&tree, (written.span, truth));
                        let tree = if truth { tree } else { tree.negated() };
                        conditions.push((tree, unproven));
                    }
                }
            }
        }
        Shown { conditions }
    }

    /// Conditions that hold whenever a case leaves a state, because every way to there has passed
    /// them since the data that they read was last provided.
    pub fn holding_at(&self, shown: &Shown<'a>, state: &State) -> Vec<expr::Expression> {
        let is_exit = |node| matches!(node, Node::Leave(_, left) if std::ptr::eq(left, state));
        let mut places = self.places();
        let Some((exit, _)) = places.find(|(_, node)| is_exit(*node)) else {
            return Vec::new();
        };
        let conditions = shown.conditions.iter();
        conditions
            .filter(|(_, unproven)| !unproven.contains(exit))
            .map(|(tree, _)| tree.clone())
            .collect()
    }

    /// Where a case can come to without a condition being shown since its data was provided.
    fn unproven(&self, tree: &expr::Expression, proof: (Span, bool)) -> Reached<'a> {
        let steps: Vec<String> = tree
            .references()
            .iter()
            .filter(|reference| reference.path.starts_at("steps"))
            .filter_map(|reference| reference.path.segments().nth(1).map(str::to_owned))
            .collect();
        let provides = |node: Node<'_>| matches!(node, Node::Done(place) if steps.iter().any(|step| step == place.step.name()));
        let sources = self
            .places()
            .filter(|(place, node)| *place == self.start() || provides(*node));
        let sources: Vec<Place> = sources.map(|(place, _)| place).collect();
        let proves = |step: &Move<'a>| {
            let mut proofs = self.proofs(step).into_iter();
            proofs.any(|(written, truth)| (written.span, truth) == proof)
        };
        self.reach(sources, |step| !proves(step))
    }

    /// The conditions whose truth a move shows by being taken.
    fn proofs(&self, step: &Move<'a>) -> Vec<(&'a Expression, bool)> {
        match (step.way, self.node(step.from)) {
            (Way::Next, Node::If(_, condition)) => vec![(condition, true)],
            (Way::Skip, Node::If(_, condition)) => vec![(condition, false)],
            (_, Node::Done(place)) => {
                let checks = place.step.check.iter().flat_map(|checks| &checks.value);
                let held = checks.filter_map(|check| check.that.as_ref());
                held.map(|that| (that, true)).collect()
            }
            (Way::Transition(taken), Node::Leave(_, state)) => {
                let mut proofs = Vec::new();
                for transition in state.transitions.iter().flat_map(|list| &list.value) {
                    let is_taken = std::ptr::eq(transition, taken);
                    proofs.extend(transition.when.as_ref().map(|when| (when, is_taken)));
                    if is_taken {
                        break;
                    }
                }
                proofs
            }
            _ => Vec::new(),
        }
    }
}

/// A condition over data that stays as it is until a step provides it anew.
fn stable(written: &Expression) -> Option<expr::Expression> {
    let tree = expr::parse(&written.text).ok()?;
    let is_stable = |reference: &expr::Reference| {
        ["input", "steps", "controls", "lists"]
            .iter()
            .any(|root| reference.path.starts_at(root))
    };
    tree.references().iter().all(is_stable).then_some(tree)
}
