//! What steps do, by kind: checks, tables and matching at once, the rest until it is answered.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::case::{Asked, Branches, Case, Cursor, Doing, Items, Owner};
use super::data;
use super::engine::{Engine, Job, Trouble};
use super::evaluate;
use super::trace::{Addressed, Role, What};
use crate::expr::{Record, Value};
use crate::model::resolve::reason;
use crate::model::table::cell_test;
use crate::plan::people::Assignee;
use crate::plan::step::{
    Awaited, Binding, Check, Comparison, ForEach, Match, Measure, Parallel, Route, Row, Step, Task,
    Work,
};
use crate::syntax::decision::HitPolicy;

type Begun = Result<(), Trouble>;

impl<'p> Engine<'_, 'p> {
    /// Begins the work of a step.
    pub fn work(&mut self, cursor: Cursor<'p>, step: &'p Step) -> Begun {
        let roots = evaluate::roots(self.world, self.case, &cursor.scope);
        match &step.work {
            Work::Check(check) => {
                self.assert(check, &roots)?;
                self.finish(cursor, step, Value::Null, None);
            }
            Work::Match(matching) => {
                let lines = self.matched(matching, &roots)?;
                self.finish(cursor, step, lines, None);
            }
            Work::Route(route) => {
                let outputs = self.route(step, route, &roots)?;
                self.finish(cursor, step, outputs, None);
            }
            Work::Call(_) | Work::Notify(_) | Work::Emit(_) | Work::Run(_) => {
                self.request(cursor, step, &roots)?;
            }
            Work::Task(task) => self.task(cursor, step, task, &roots)?,
            Work::Approve(approval) => self.approve(cursor, step, approval, &roots)?,
            Work::Wait(wait) => self.wait(cursor, step, &wait.until, &roots)?,
            Work::Parallel(parallel) => self.parallel(cursor, step, parallel),
            Work::ForEach(for_each) => self.for_each(cursor, step, for_each, &roots)?,
        }
        Ok(())
    }

    fn assert(&self, check: &Check, roots: &Record) -> Begun {
        for assertion in &check.assertions {
            let holds =
                evaluate::truth(self.world, &assertion.that, roots).map_err(Trouble::error)?;
            if holds {
                continue;
            }
            let message = match &assertion.message {
                Some(message) => {
                    let text =
                        evaluate::text(self.world, message, roots).map_err(Trouble::error)?;
                    data::text(&text)
                }
                None => {
                    let reads = evaluate::reads(self.world, &assertion.that, roots);
                    let reads: Vec<String> = reads
                        .iter()
                        .map(|(path, value)| format!("{path} is {value}"))
                        .collect();
                    let since = if reads.is_empty() { "" } else { ", since " };
                    format!(
                        "`{}` is false{since}{}",
                        assertion.that.as_str(),
                        reads.join(" and ")
                    )
                }
            };
            return Err(Trouble {
                reason: assertion.raise.clone(),
                message,
            });
        }
        Ok(())
    }

    fn lines(
        &self,
        expression: &crate::plan::value::Expression,
        roots: &Record,
    ) -> Result<Vec<Value>, Trouble> {
        let value = evaluate::with_roots(self.world, expression, roots).map_err(Trouble::error)?;
        if let Value::List(lines) = &value {
            return Ok(lines.to_vec());
        }
        let text = expression.as_str();
        Err(Trouble::error(format!("`{text}` is no list, but {value}")))
    }

    fn matched(&self, matching: &Match, roots: &Record) -> Result<Value, Trouble> {
        let claimed = self.lines(&matching.claim, roots)?;
        let mut sides: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (name, side) in matching.against.iter() {
            sides.insert(name, self.lines(&side.lines, roots)?);
        }
        for line in &claimed {
            let key = member(line, &matching.key)?;
            let mut partners: BTreeMap<&str, &Value> = BTreeMap::new();
            for (name, side) in matching.against.iter() {
                let mut lines = sides.get(name).into_iter().flatten();
                let partner = lines.find(|other| {
                    member(other, &matching.key).is_ok_and(|other| evaluate::equal(&key, &other))
                });
                let Some(partner) = partner else {
                    return Err(Trouble {
                        reason: side.missing.clone(),
                        message: format!("`{name}` has no line whose `{}` is {key}", matching.key),
                    });
                };
                partners.insert(name, partner);
            }
            for comparison in &matching.compare {
                self.compare(comparison, line, &partners, &key, roots)?;
            }
        }
        Ok(claimed.into())
    }

    fn compare(
        &self,
        comparison: &Comparison,
        line: &Value,
        partners: &BTreeMap<&str, &Value>,
        key: &Value,
        roots: &Record,
    ) -> Begun {
        let Some(partner) = partners.get(comparison.with.as_str()) else {
            return Err(Trouble::error(format!(
                "there are no lines `{}`",
                comparison.with
            )));
        };
        let own = member(line, &comparison.field)?;
        let other = member(partner, &comparison.field)?;
        let agrees = match &comparison.tolerance {
            None => evaluate::equal(&own, &other),
            Some(tolerance) => {
                let amount = evaluate::with_roots(self.world, &tolerance.amount, roots)
                    .map_err(Trouble::error)?;
                let difference = difference(&own, &other, tolerance.measure);
                let amount = evaluate::decimal(&amount);
                match difference.zip(amount) {
                    Some((difference, amount)) => difference <= amount,
                    None => {
                        return Err(Trouble::error(format!(
                            "the difference of {own} and {other} cannot be measured"
                        )));
                    }
                }
            }
        };
        if agrees {
            return Ok(());
        }
        Err(Trouble {
            reason: comparison.raise.clone(),
            message: format!(
                "`{}` of the line {key} is {own}, and {other} in `{}`",
                comparison.field, comparison.with
            ),
        })
    }

    fn route(&mut self, step: &Step, route: &Route, roots: &Record) -> Result<Value, Trouble> {
        let mut inputs = Record::from([("lists".into(), self.world.lists.clone())]);
        for (name, binding) in route.inputs.iter() {
            inputs.insert(name.into(), self.bound(name, binding, roots)?);
        }
        let mut matching: Vec<(usize, &Row)> = Vec::new();
        for (number, row) in route.rows.iter().enumerate() {
            if self.row_matches(row, &inputs)? {
                matching.push((number, row));
            }
        }
        if route.hit == HitPolicy::First {
            matching.truncate(1);
        }
        let same = matching
            .windows(2)
            .all(|pair| pair[0].1.outputs == pair[1].1.outputs);
        let answer = match (route.hit, &matching[..]) {
            (HitPolicy::Unique | HitPolicy::First, [(_, row)]) => Some(*row),
            (HitPolicy::Any, [(_, row), ..]) if same => Some(*row),
            (HitPolicy::Unique | HitPolicy::First | HitPolicy::Any, _) => None,
        };
        let Some(row) = answer else {
            let values: Vec<String> = route
                .inputs
                .names()
                .filter_map(|name| Some(format!("{name} is {}", inputs.get(name)?)))
                .collect();
            let rows = if matching.is_empty() {
                "no row"
            } else {
                "more than one row"
            };
            return Err(Trouble {
                reason: route.no_match.clone(),
                message: format!("{rows} of `{}` fits: {}", route.decision, values.join(", ")),
            });
        };
        self.case.tell(What::Routed {
            step: step.id.clone(),
            rows: matching.iter().map(|(number, _)| *number).collect(),
        });
        let outputs = row.outputs.iter();
        let outputs: Record = outputs
            .map(|(name, value)| (name.into(), data::literal(value)))
            .collect();
        for name in ["queue", "owner", "priority"] {
            if let Some(value) = outputs.get(name) {
                self.case.routed.insert(name, value.clone());
            }
        }
        Ok(outputs.into())
    }

    fn bound(&self, name: &str, binding: &Binding, roots: &Record) -> Result<Value, Trouble> {
        let value = evaluate::sent(self.world, &binding.value, roots).map_err(Trouble::error)?;
        data::as_cell(&value, binding.kind).ok_or_else(|| {
            let kind = binding.kind.as_str();
            Trouble::error(format!("the input `{name}` is {value}, which is no {kind}"))
        })
    }

    fn row_matches(&self, row: &Row, inputs: &Record) -> Result<bool, Trouble> {
        for (name, test) in row.tests.iter() {
            let text = cell_test(name, test.as_str());
            let holds =
                evaluate::text_with_roots(self.world, &text, inputs).map_err(Trouble::error)?;
            if holds != Value::Boolean(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn task(&mut self, cursor: Cursor<'p>, step: &'p Step, task: &Task, roots: &Record) -> Begun {
        let mut people = BTreeSet::new();
        for assignee in &task.assign {
            people.extend(self.assigned(assignee, roots)?);
        }
        self.case.tell(What::Asked {
            step: step.id.clone(),
            people: addressed(&people),
            evidence: BTreeSet::new(),
        });
        self.add(cursor, step, Doing::Task(people));
        Ok(())
    }

    fn assigned(&self, assignee: &Assignee, roots: &Record) -> Result<BTreeSet<String>, Trouble> {
        let day = self.world.day(self.case.now);
        let directory = &self.world.directory;
        let named = |text| {
            let value = evaluate::text(self.world, text, roots).map_err(Trouble::error)?;
            data::people(&value).ok_or_else(|| Trouble::error(format!("{value} names nobody")))
        };
        Ok(match assignee {
            Assignee::Queue(queue) => {
                let queues = named(queue)?;
                queues
                    .iter()
                    .flat_map(|queue| directory.queue(queue, day))
                    .collect()
            }
            Assignee::Role(role) => directory.role(role, day),
            Assignee::Team(team) => directory.team(team, day),
            Assignee::Person(person) => named(person)?.into_iter().collect(),
        })
    }

    fn wait(
        &mut self,
        cursor: Cursor<'p>,
        step: &'p Step,
        until: &Awaited,
        roots: &Record,
    ) -> Begun {
        let (doing, words) = match until {
            Awaited::Elapsed(period) => {
                let moment = self.world.after(self.case.now, period);
                (Doing::Time(moment), moment.to_string())
            }
            Awaited::Instant(instant) => {
                let value =
                    evaluate::with_roots(self.world, instant, roots).map_err(Trouble::error)?;
                let moment = self.moment(&value).ok_or_else(|| {
                    Trouble::error(format!("`{}` is no instant, but {value}", instant.as_str()))
                })?;
                (Doing::Time(moment), moment.to_string())
            }
            Awaited::Event(event) => (Doing::Event, event.name.clone()),
        };
        self.case.tell(What::Waiting {
            step: step.id.clone(),
            until: words,
        });
        self.add(cursor, step, doing);
        Ok(())
    }

    /// The instant that a value means: a day begins at midnight.
    fn moment(&self, value: &Value) -> Option<jiff::Timestamp> {
        match value {
            Value::Timestamp(instant) => Some(*instant),
            Value::Date(date) => date
                .to_zoned(self.world.zone())
                .ok()
                .map(|start| start.timestamp()),
            Value::Text(text) => crate::expr::parse_timestamp(text),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Duration(_)
            | Value::List(_)
            | Value::Map(_) => None,
        }
    }

    fn parallel(&mut self, cursor: Cursor<'p>, step: &'p Step, parallel: &'p Parallel) {
        let scope = cursor.scope.clone();
        let branches = Branches {
            open: (0..parallel.branches.len()).collect(),
            local: scope.local.clone(),
        };
        if parallel.branches.is_empty() {
            self.finish(cursor, step, Value::Null, None);
            return;
        }
        let id = self.add(cursor, step, Doing::Parallel(branches));
        for (number, steps) in parallel.branches.values().enumerate() {
            self.jobs.push_back(Job::Begin(Cursor {
                steps,
                index: 0,
                owner: Owner::Branch(id, number),
                scope: scope.clone(),
            }));
        }
    }

    fn for_each(
        &mut self,
        cursor: Cursor<'p>,
        step: &'p Step,
        for_each: &'p ForEach,
        roots: &Record,
    ) -> Begun {
        let list = self.lines(&for_each.list, roots)?;
        let most = for_each
            .limit
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        if most.is_some_and(|most| list.len() > most) {
            return Err(Trouble::error(format!(
                "there are {} items, more than the limit",
                list.len()
            )));
        }
        if list.is_empty() {
            self.finish(cursor, step, Vec::new().into(), None);
            return Ok(());
        }
        let items = Items {
            list: list.into(),
            next: 0,
            running: 0,
            results: BTreeMap::new(),
            last: None,
        };
        let id = self.add(cursor, step, Doing::ForEach(items));
        self.begin_items(id, for_each);
        Ok(())
    }
}

fn member(line: &Value, field: &str) -> Result<Value, Trouble> {
    let value = if let Value::Map(fields) = line {
        fields.get(field).cloned()
    } else {
        None
    };
    value.ok_or_else(|| Trouble::error(format!("a line has no `{field}`: {line}")))
}

/// How much two numbers differ; nothing where that cannot be said.
fn difference(own: &Value, other: &Value, measure: Measure) -> Option<Decimal> {
    let (own, other) = (evaluate::decimal(own)?, evaluate::decimal(other)?);
    let difference = own.checked_sub(other)?.abs();
    match measure {
        Measure::Difference => Some(difference),
        // Equal values do not differ, whatever they are measured by.
        Measure::Ratio if difference.is_zero() => Some(difference),
        Measure::Ratio => difference.checked_div(other.abs()),
    }
}

/// People whose own work it is.
pub(super) fn addressed(people: &BTreeSet<String>) -> Vec<Addressed> {
    let people = people.iter().cloned();
    people
        .map(|person| Addressed {
            person,
            role: Role::Own,
        })
        .collect()
}

/// Who decides an approval, as the trace tells it.
pub(super) fn asked(asked: &Asked) -> Vec<Addressed> {
    let deciders = asked.deciders.iter();
    deciders
        .map(|(person, role)| Addressed {
            person: person.clone(),
            role: role.clone(),
        })
        .collect()
}

/// The reason of an error that nothing else names.
pub(super) const ERROR: &str = reason::ERROR;

impl Case<'_> {
    /// What decision tables made of the case: its `queue`, `owner` and `priority`.
    pub fn routed(&self) -> BTreeMap<String, serde_json::Value> {
        let routed = self.routed.iter();
        routed
            .map(|(name, value)| ((*name).to_owned(), data::json(value)))
            .collect()
    }
}
