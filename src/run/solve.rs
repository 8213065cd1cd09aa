//! Data that makes a condition true or false: which values to change, starting from what a case
//! knows. Every solution was evaluated; that none is found proves nothing.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::world::World;
use super::{evaluate, sample};
use crate::expr::{Binary, Budget, Comprehension, ExpressionKind, Macro, Record, Unary, Value};
use crate::expr::{Expression as Tree, evaluate as compute};
use crate::plan::shape::{Field, Input};
use crate::plan::value::Expression;

mod candidates;
mod place;

pub(super) use candidates::varied;
pub(super) use place::{Change, Changes, Place, put, read};

/// Solutions that are followed up for one condition.
const MOST: usize = 4;
/// Steps that one evaluation may take.
const BUDGET: u64 = 100_000;
/// How often conditions that belong together are looked at.
const ROUNDS: usize = 4;
/// Items of one list that a condition about each of them is solved for.
const MOST_ITEMS: usize = 8;

/// What may be changed, and what names mean.
pub(super) struct Solver<'w, 'p> {
    world: &'w World<'p>,
    /// The steps whose results are given from outside; `None` when everything may be changed.
    free: Option<&'w BTreeMap<&'p str, Option<&'p str>>>,
    /// Names that stand for a place, as the item of a loop.
    aliases: BTreeMap<String, Place>,
}

/// A record in which a condition about its fields holds, when one is found.
pub(super) fn made_true(
    world: &World<'_>,
    condition: &Expression,
    record: &Record,
) -> Option<Record> {
    let solver = Solver {
        world,
        free: None,
        aliases: BTreeMap::new(),
    };
    let parsed = world.parsed(condition);
    let tree = parsed.as_ref().as_ref().ok()?;
    let changes = solver.solve(tree, true, record).into_iter().next()?;
    Some(applied(record, &changes))
}

fn applied(roots: &Record, changes: &[Change]) -> Record {
    let mut roots = roots.clone();
    for change in changes {
        put(&mut roots, &change.place, change.value.clone());
    }
    roots
}

/// Both lists, an entry of each in turn, so that neither crowds out the other.
fn taking_turns(one: Vec<Changes>, other: Vec<Changes>) -> Vec<Changes> {
    let mut found = Vec::new();
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    loop {
        let (first, second) = (one.next(), other.next());
        if first.is_none() && second.is_none() {
            return found;
        }
        found.extend(first.into_iter().chain(second));
    }
}

impl<'w, 'p> Solver<'w, 'p> {
    /// A solver for conditions of a case; `free` are the steps whose results are given from
    /// outside, with their contracts.
    pub fn new(
        world: &'w World<'p>,
        free: &'w BTreeMap<&'p str, Option<&'p str>>,
        aliases: BTreeMap<String, Place>,
    ) -> Self {
        Solver {
            world,
            free: Some(free),
            aliases,
        }
    }

    /// Ways to give a condition the wanted outcome; empty changes when it has it already.
    pub fn conditions(&self, text: &str, wanted: bool, roots: &Record) -> Vec<Changes> {
        match self.world.parsed_text(text).as_ref() {
            Ok(tree) => self.solve(tree, wanted, &self.with_aliases(roots)),
            Err(_) => Vec::new(),
        }
    }

    /// One way to give every condition its wanted outcome, after some changes that are part of it.
    pub fn all(
        &self,
        first: &[Change],
        conditions: &[(String, bool)],
        roots: &Record,
    ) -> Option<Changes> {
        let mut changes = first.to_vec();
        let mut now = self.with_aliases(&applied(roots, first));
        // What a later condition changes may turn an earlier one, so that it is looked at again.
        for _ in 0..ROUNDS {
            let before = changes.len();
            for (text, wanted) in conditions {
                let parsed = self.world.parsed_text(text);
                let tree = parsed.as_ref().as_ref().ok()?;
                let mut ways = self.solve(tree, *wanted, &now);
                // What was changed for a condition before this one had better stay.
                let is_new = |way: &Changes| {
                    way.iter()
                        .all(|change| changes.iter().all(|other| other.place != change.place))
                };
                let best = ways.iter().position(is_new).unwrap_or(0);
                if ways.is_empty() {
                    return None;
                }
                let found = ways.swap_remove(best);
                now = self.with_aliases(&applied(&now, &found));
                changes.extend(found);
            }
            if changes.len() == before {
                return Some(changes);
            }
        }
        None
    }

    /// The outcome that a condition has, when it has one.
    pub fn outcome(&self, text: &str, roots: &Record) -> Option<bool> {
        let parsed = self.world.parsed_text(text);
        let tree = parsed.as_ref().as_ref().ok()?;
        match self.value(tree, roots)? {
            Value::Boolean(outcome) => Some(outcome),
            Value::Null
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_)
            | Value::Duration(_)
            | Value::List(_)
            | Value::Map(_) => None,
        }
    }

    /// The values of names that stand for places.
    fn with_aliases(&self, roots: &Record) -> Record {
        let mut roots = roots.clone();
        for (name, place) in &self.aliases {
            if let Some(value) = read(&roots, place) {
                roots.insert(name.as_str().into(), value);
            }
        }
        roots
    }

    fn value(&self, tree: &Tree, roots: &Record) -> Option<Value> {
        compute(tree, &self.with_aliases(roots), &mut Budget::new(BUDGET)).ok()
    }

    fn solve(&self, tree: &Tree, wanted: bool, roots: &Record) -> Vec<Changes> {
        if self.value(tree, roots) == Some(Value::Boolean(wanted)) {
            return vec![Vec::new()];
        }
        let mut found = self.attempts(tree, wanted, roots);
        found.retain(|changes| {
            let after = applied(roots, changes);
            self.value(tree, &after) == Some(Value::Boolean(wanted))
        });
        found.truncate(MOST);
        found
    }

    fn attempts(&self, tree: &Tree, wanted: bool, roots: &Record) -> Vec<Changes> {
        match &tree.kind {
            ExpressionKind::Unary {
                operator: Unary::Not,
                operand,
            } => self.solve(operand, !wanted, roots),
            ExpressionKind::Binary {
                operator: operator @ (Binary::And | Binary::Or),
                left,
                right,
            } => {
                if wanted == (*operator == Binary::And) {
                    self.both((left, wanted), (right, wanted), roots)
                } else {
                    let left = self.solve(left, wanted, roots);
                    let right = self.solve(right, wanted, roots);
                    taking_turns(left, right)
                }
            }
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let then = self.both((condition, true), (then, wanted), roots);
                taking_turns(
                    then,
                    self.both((condition, false), (otherwise, wanted), roots),
                )
            }
            ExpressionKind::Has { object, field } => {
                self.presence(self.place(object), &field.text, wanted)
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } if operator.is_relation() => self.relation(*operator, left, right, roots),
            ExpressionKind::Comprehension(comprehension) => {
                self.about_items(comprehension, wanted, roots)
            }
            ExpressionKind::Method {
                receiver,
                arguments,
                ..
            } => self.about_text(receiver, arguments.first(), roots),
            ExpressionKind::Name(_)
            | ExpressionKind::Member { .. }
            | ExpressionKind::Index { .. } => self.set(tree, [Value::Boolean(wanted)]),
            ExpressionKind::Literal(_)
            | ExpressionKind::Unary { .. }
            | ExpressionKind::Binary { .. }
            | ExpressionKind::Call { .. }
            | ExpressionKind::List(_)
            | ExpressionKind::Map(_) => Vec::new(),
        }
    }

    /// Both parts, the second one solved where the first one holds.
    fn both(&self, first: (&Tree, bool), second: (&Tree, bool), roots: &Record) -> Vec<Changes> {
        let mut found = Vec::new();
        for changes in self.solve(first.0, first.1, roots) {
            let after = applied(roots, &changes);
            for more in self.solve(second.0, second.1, &after) {
                found.push(changes.iter().cloned().chain(more).collect());
            }
        }
        found
    }

    fn presence(&self, object: Option<Place>, name: &str, wanted: bool) -> Vec<Changes> {
        let place = object.map(|mut object| {
            object.push(name.to_owned());
            object
        });
        let Some(place) = place.filter(|place| self.may_change(place)) else {
            return Vec::new();
        };
        let value = wanted.then(|| {
            let field = self.shape(&place);
            field.map_or_else(|| Value::text(name), |field| sample::field(field, name))
        });
        vec![vec![Change { place, value }]]
    }

    /// Changes of one place to one of some values.
    fn set(&self, tree: &Tree, values: impl IntoIterator<Item = Value>) -> Vec<Changes> {
        let Some(place) = self.place(tree).filter(|place| self.may_change(place)) else {
            return Vec::new();
        };
        let change = |value| {
            vec![Change {
                place: place.clone(),
                value: Some(value),
            }]
        };
        values.into_iter().map(change).collect()
    }

    fn about_items(
        &self,
        comprehension: &Comprehension,
        wanted: bool,
        roots: &Record,
    ) -> Vec<Changes> {
        let Some(list) = self.place(&comprehension.over) else {
            return Vec::new();
        };
        let is_all = comprehension.name == Macro::All;
        let Some(Value::List(items)) = read(roots, &list) else {
            return Vec::new();
        };
        let count = items.len();
        // `all` holds, and `exists` does not, when it is so for every item.
        let numbers = if is_all == wanted {
            0..count.min(MOST_ITEMS)
        } else {
            0..count.min(1)
        };
        let mut changes: Changes = Vec::new();
        let mut now = roots.clone();
        for number in numbers {
            let mut aliases = self.aliases.clone();
            let mut item = list.clone();
            item.push(format!("[{number}]"));
            aliases.insert(comprehension.variable.text.to_string(), item);
            let inner = Solver { aliases, ..*self };
            let Some(found) = inner
                .solve(&comprehension.body, wanted, &now)
                .into_iter()
                .next()
            else {
                break;
            };
            now = applied(&now, &found);
            changes.extend(found);
        }
        let empty = self.set(&comprehension.over, [Vec::new().into()]);
        [changes].into_iter().chain(empty).collect()
    }

    fn about_text(&self, receiver: &Tree, argument: Option<&Tree>, roots: &Record) -> Vec<Changes> {
        let argument = argument.and_then(|argument| self.value(argument, roots));
        let Some(Value::Text(text)) = argument else {
            return Vec::new();
        };
        let values = [
            Some(Value::Text(text.clone())),
            sample::matching(&text),
            Some(Value::text("other")),
        ];
        self.set(receiver, values.into_iter().flatten())
    }

    /// A comparison: each place that it reads is moved to where the comparison tips.
    fn relation(
        &self,
        operator: Binary,
        left: &Tree,
        right: &Tree,
        roots: &Record,
    ) -> Vec<Changes> {
        let mut found = Vec::new();
        for (side, other) in [(left, right), (right, left)] {
            let other = self.value(other, roots);
            if let (Some(place), Some(other)) = (self.place(side), &other) {
                let field = self.shape(&place);
                let values = candidates::around(other, field, operator == Binary::In);
                found.extend(self.set(side, values));
            }
            if let ExpressionKind::Method {
                receiver, method, ..
            } = &side.kind
                && &*method.text == "size"
                && let Some(Value::Integer(size)) = other
            {
                let values = self
                    .value(receiver, roots)
                    .map(|value| candidates::sizes(&value, size));
                found.extend(self.set(receiver, values.unwrap_or_default()));
            }
        }
        found.extend(self.tipping(left, right, roots));
        found
    }

    /// For numbers: each place that both sides read, moved to where the sides are equal, by the
    /// slope that their difference has there.
    fn tipping(&self, left: &Tree, right: &Tree, roots: &Record) -> Vec<Changes> {
        let difference = |roots: &Record| {
            let left = evaluate::decimal(&self.value(left, roots)?)?;
            left.checked_sub(evaluate::decimal(&self.value(right, roots)?)?)
        };
        let references = left.references().into_iter().chain(right.references());
        let mut found = Vec::new();
        for reference in references {
            let place = self.resolved(reference.path.segments().map(str::to_owned).collect());
            let Some(value) = read(roots, &place).filter(|_| self.may_change(&place)) else {
                continue;
            };
            let (Some(number), Some(apart)) = (evaluate::decimal(&value), difference(roots)) else {
                continue;
            };
            let change = |to: Decimal| Change {
                place: place.clone(),
                value: Some(candidates::like(&value, to)),
            };
            let moved = applied(roots, &[change(number + Decimal::ONE)]);
            let slope = difference(&moved).and_then(|moved| moved.checked_sub(apart));
            let distance = slope.and_then(|slope| apart.checked_div(slope));
            let Some(even) = distance.and_then(|distance| number.checked_sub(distance)) else {
                continue;
            };
            let even = even.round_dp(6);
            let steps = [Decimal::ZERO, Decimal::ONE, Decimal::NEGATIVE_ONE];
            found.extend(steps.map(|step| vec![change(even + step)]));
        }
        found
    }

    /// The place that an expression names.
    fn place(&self, tree: &Tree) -> Option<Place> {
        let path = tree.path()?;
        Some(self.resolved(path.segments().map(str::to_owned).collect()))
    }

    fn resolved(&self, place: Place) -> Place {
        let alias = place.first().and_then(|root| self.aliases.get(root));
        match alias {
            Some(alias) => alias.iter().chain(place.iter().skip(1)).cloned().collect(),
            None => place,
        }
    }

    /// Whether a place is given from outside.
    fn may_change(&self, place: &[String]) -> bool {
        let Some(free) = self.free else {
            return true;
        };
        match place.first().map(String::as_str) {
            Some("input") => place.len() > 1,
            Some("steps") => place
                .get(1)
                .is_some_and(|step| place.len() > 2 && free.contains_key(step.as_str())),
            _ => false,
        }
    }

    /// What a contract says about a place.
    fn shape(&self, place: &[String]) -> Option<&'p Field> {
        let plan = self.world.plan;
        let contract = |name: &str| plan.contracts.get(name).map(|contract| &contract.fields);
        let (fields, rest) = match place.first().map(String::as_str)? {
            "input" => match &plan.input {
                Input::Contract(name) => (contract(name)?, place.get(1..)?),
                Input::Fields(fields) => (fields, place.get(1..)?),
            },
            "steps" => {
                let returns = (*self.free?.get(place.get(1)?.as_str())?)?;
                (contract(returns)?, place.get(2..)?)
            }
            _ => return None,
        };
        let (first, rest) = rest.split_first()?;
        let mut field = fields.get(first)?;
        for segment in rest {
            field = match segment.starts_with('[') {
                true => field.items.as_deref()?,
                false => field.properties.get(segment).or(field.values.as_deref())?,
            };
        }
        Some(field)
    }
}
