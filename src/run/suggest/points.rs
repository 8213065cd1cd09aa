//! Where data decides: the conditions that a case has met, and data that turns each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{Record, Value};
use crate::model::table::cell_test;
use crate::plan::state::{Guard, State};
use crate::plan::step::{Awaited, ForEach, Match, Route, Step, Work};
use crate::plan::value::{Data, Expression, Text};
use crate::run::case::Case;
use crate::run::evaluate::{self, Scope};
use crate::run::solve::{Change, Changes, Place, Solver, read, varied};
use crate::run::trace::What;
use crate::run::world::World;

/// The steps whose results are given from outside, with their contracts.
pub(super) type Free<'p> = BTreeMap<&'p str, Option<&'p str>>;

/// Something that data decides, and the ways to turn it.
pub(super) struct Point {
    /// What it is and what is wanted of it; the same for every case.
    pub key: String,
    /// Data that turns it.
    pub ways: Vec<Changes>,
}

/// What a case has met, with data that turns it.
pub(super) struct Points<'w, 'p> {
    world: &'w World<'p>,
    free: &'w Free<'p>,
    roots: Record,
    begun: BTreeSet<&'w str>,
    skipped: BTreeSet<&'w str>,
    /// The conditions that decided so far, with their outcomes: a case gets to the next one when
    /// these stay as they are.
    passed: Vec<(String, bool)>,
    found: Vec<Point>,
}

/// The points that a case has met.
pub(super) fn points<'w, 'p>(
    world: &'w World<'p>,
    free: &'w Free<'p>,
    case: &'w Case<'p>,
) -> Vec<Point> {
    let mut begun = BTreeSet::new();
    let mut skipped = BTreeSet::new();
    let mut entered = BTreeSet::new();
    let mut guarded = BTreeSet::new();
    for entry in &case.trace {
        if let What::Begun { step, .. } = &entry.what {
            begun.insert(step.as_str());
        } else if let What::Skipped { step, .. } = &entry.what {
            skipped.insert(step.as_str());
        } else if let What::Entered { state, .. } = &entry.what {
            entered.insert(state.as_str());
        } else if let What::Guarded { state, .. } = &entry.what {
            guarded.insert(state.as_str());
        }
    }
    let mut points = Points {
        world,
        free,
        roots: evaluate::roots(world, case, &Scope::default()),
        begun,
        skipped,
        passed: Vec::new(),
        found: Vec::new(),
    };
    for (name, state) in world.plan.states.iter() {
        if entered.contains(name) {
            for step in &state.steps {
                points.step(step, &BTreeMap::new());
            }
        }
        // A guard without a value raises; data may give it one.
        if entered.contains(name) {
            points.guards(name, state, guarded.contains(name));
        }
    }
    points.found
}

impl<'w, 'p> Points<'w, 'p> {
    fn solver(&self, aliases: &BTreeMap<String, Place>) -> Solver<'w, 'p> {
        Solver::new(self.world, self.free, aliases.clone())
    }

    fn point(&mut self, key: String, ways: Vec<Changes>) {
        let solver = self.solver(&BTreeMap::new());
        let mut kept: Vec<Changes> = Vec::new();
        for way in ways.into_iter().filter(|way| !way.is_empty()) {
            // The same, with everything before it as it was.
            kept.extend(solver.all(&way, &self.passed, &self.roots));
            kept.push(way);
        }
        kept.dedup();
        if !kept.is_empty() {
            self.found.push(Point { key, ways: kept });
        }
    }

    /// A condition that leads elsewhere when it turns: one of a check, or of a way out.
    fn pass(&mut self, condition: &Expression, aliases: &BTreeMap<String, Place>) {
        let solver = self.solver(aliases);
        let outcome = solver.outcome(condition.as_str(), &self.roots);
        if aliases.is_empty() {
            let passed = outcome.map(|outcome| (condition.as_str().to_owned(), outcome));
            self.passed.extend(passed);
        }
    }

    /// A condition that can be true and false.
    fn both(&mut self, what: &str, condition: &Expression, aliases: &BTreeMap<String, Place>) {
        for wanted in [true, false] {
            let solver = self.solver(aliases);
            let ways = solver.conditions(condition.as_str(), wanted, &self.roots);
            self.point(format!("{what} {wanted}"), ways);
        }
    }

    fn guards(&mut self, name: &str, state: &State, is_passed: bool) {
        for (number, transition) in state.transitions.iter().enumerate() {
            if let Guard::When(guard) = &transition.guard {
                // Turned before it decides, a guard may yet not be come to.
                let what = if is_passed { "guard" } else { "guard ahead" };
                self.both(&format!("{what} {name} {number}"), guard, &BTreeMap::new());
                if is_passed {
                    self.pass(guard, &BTreeMap::new());
                }
            }
        }
    }

    fn step(&mut self, step: &'p Step, aliases: &BTreeMap<String, Place>) {
        let id = step.id.as_str();
        let begun = self.begun.contains(id);
        if let Some(condition) = &step.condition
            && (begun || self.skipped.contains(id))
        {
            self.both(&format!("if {id}"), condition, aliases);
        }
        if !begun {
            return;
        }
        match &step.work {
            Work::Check(check) => {
                for (number, assertion) in check.assertions.iter().enumerate() {
                    self.both(&format!("check {id} {number}"), &assertion.that, aliases);
                    self.pass(&assertion.that, aliases);
                }
            }
            Work::Match(matching) => self.matching(id, matching),
            Work::Route(route) => self.route(id, route, aliases),
            Work::Approve(approval) => {
                if let Some(condition) = &approval.waive_when {
                    self.both(&format!("waive {id}"), condition, aliases);
                }
            }
            Work::Parallel(parallel) => {
                for step in parallel.branches.values().flatten() {
                    self.step(step, aliases);
                }
            }
            Work::ForEach(for_each) => self.items(id, for_each, aliases),
            Work::Call(_)
            | Work::Task(_)
            | Work::Wait(_)
            | Work::Notify(_)
            | Work::Emit(_)
            | Work::Run(_) => {}
        }
    }

    fn items(&mut self, id: &str, for_each: &'p ForEach, aliases: &BTreeMap<String, Place>) {
        let mut inner = aliases.clone();
        if let Some(list) = self.place(&for_each.list) {
            let item: Place = list.iter().cloned().chain(["[0]".to_owned()]).collect();
            inner.insert(for_each.item.clone(), item);
            let more = self.solver(aliases);
            let count = format!("{}.size() > 0", for_each.list.as_str());
            let ways = more.conditions(&count, true, &self.roots);
            self.point(format!("items {id}"), ways);
        }
        for step in &for_each.steps {
            self.step(step, &inner);
        }
    }

    /// The place that an expression is, when it is nothing else.
    fn place(&self, expression: &Expression) -> Option<Place> {
        let parsed = self.world.parsed(expression);
        let path = parsed.as_ref().as_ref().ok()?.path()?;
        Some(path.segments().map(str::to_owned).collect())
    }

    /// Each row of a decision table, and none.
    fn route(&mut self, id: &str, route: &Route, aliases: &BTreeMap<String, Place>) {
        let mut aliases = aliases.clone();
        let mut roots = self.roots.clone();
        for (name, binding) in route.inputs.iter() {
            let place = if let Data::Text(Text::Computed { expression }) = &binding.value {
                self.place(expression)
            } else {
                None
            };
            if let Some(place) = place {
                aliases.insert(name.to_owned(), place);
            } else if let Ok(value) = evaluate::sent(self.world, &binding.value, &self.roots) {
                roots.insert(name.into(), value);
            }
        }
        let solver = self.solver(&aliases);
        let tests = |row: &crate::plan::step::Row| -> Vec<String> {
            let tests = row.tests.iter();
            tests
                .map(|(name, test)| cell_test(name, test.as_str()))
                .collect()
        };
        for (number, row) in route.rows.iter().enumerate() {
            let wanted: Vec<(String, bool)> =
                tests(row).into_iter().map(|test| (test, true)).collect();
            let ways = solver.all(&[], &wanted, &roots);
            self.point(format!("row {id} {number}"), ways.into_iter().collect());
        }
        let none: Vec<(String, bool)> = route
            .rows
            .iter()
            .map(|row| {
                let tests: Vec<String> =
                    tests(row).iter().map(|test| format!("({test})")).collect();
                (tests.join(" && "), false)
            })
            .collect();
        let ways = solver.all(&[], &none, &roots);
        self.point(format!("no row {id}"), ways.into_iter().collect());
    }

    /// Lines that agree, a line without a partner, and each field that differs.
    fn matching(&mut self, id: &str, matching: &Match) {
        let Some(claim) = self.place(&matching.claim) else {
            return;
        };
        let claimed = read(&self.roots, &claim);
        let Some(Value::List(claimed)) = claimed else {
            return;
        };
        let mut agreeing: Changes = Vec::new();
        for (name, side) in matching.against.iter() {
            let Some(place) = self.place(&side.lines) else {
                continue;
            };
            let fields: Vec<&str> = matching
                .compare
                .iter()
                .filter(|comparison| comparison.with == name)
                .map(|comparison| comparison.field.as_str())
                .chain([matching.key.as_str()])
                .collect();
            let own = if let Some(Value::List(lines)) = read(&self.roots, &place) {
                lines.to_vec()
            } else {
                Vec::new()
            };
            agreeing.push(Change {
                place: place.clone(),
                value: Some(agreed(&claimed, &own, &fields)),
            });
            let apart = |field: &str| vec![vec![apart(&self.roots, &place, field)]];
            let mut missing = apart(&matching.key);
            missing.push(vec![Change {
                place: place.clone(),
                value: Some(Vec::new().into()),
            }]);
            let differing: Vec<(String, Vec<Changes>)> = fields
                .iter()
                .map(|field| (format!("differs {id} {name} {field}"), apart(field)))
                .collect();
            self.point(format!("missing {id} {name}"), missing);
            for (key, ways) in differing {
                self.point(key, ways);
            }
        }
        // Only lines that are given from outside can be made to agree.
        agreeing.retain(|change| {
            let root = change.place.first().map(String::as_str);
            root == Some("input")
                || change
                    .place
                    .get(1)
                    .is_some_and(|step| self.free.contains_key(step.as_str()))
        });
        self.point(format!("agrees {id}"), vec![agreeing]);
    }
}

/// The lines of a side, made to agree with the claimed ones.
fn agreed(claimed: &[Value], own: &[Value], fields: &[&str]) -> Value {
    let lines = claimed.iter().enumerate().map(|(number, line)| {
        let own = own.get(number).or(own.first());
        let mut merged = if let Some(Value::Map(fields)) = own {
            fields.as_ref().clone()
        } else {
            Record::new()
        };
        if let Value::Map(line) = line {
            for field in fields {
                let value = line.get(*field).cloned();
                merged.extend(value.map(|value| ((*field).into(), value)));
            }
        }
        Value::from(merged)
    });
    lines.collect::<Vec<_>>().into()
}

/// The first line of a side with another value in a field.
fn apart(roots: &Record, lines: &[String], field: &str) -> Change {
    let mut place = lines.to_vec();
    place.extend(["[0]".to_owned(), field.to_owned()]);
    let value = read(roots, &place).map_or_else(|| Value::text("other"), |value| other(&value));
    Change {
        place,
        value: Some(value),
    }
}

/// Another value of the same type, further away than tolerances are.
fn other(value: &Value) -> Value {
    match value {
        Value::Integer(number) => Value::Integer(number.saturating_mul(2).saturating_add(1)),
        Value::Decimal(number) => {
            let twice = number.checked_add(*number).unwrap_or(*number);
            Value::Decimal(twice.saturating_add(rust_decimal::Decimal::ONE))
        }
        Value::Text(text) => Value::text(&varied(text)),
        Value::Boolean(value) => Value::Boolean(!value),
        Value::Null
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Map(_) => Value::text("other"),
    }
}

/// Data of an event that fits the step which waits for it.
pub(super) fn fitting_event<'p>(
    world: &World<'p>,
    free: &Free<'p>,
    case: &Case<'p>,
    step: &Step,
    data: &Value,
) -> Changes {
    let Work::Wait(wait) = &step.work else {
        return Vec::new();
    };
    let Awaited::Event(event) = &wait.until else {
        return Vec::new();
    };
    let Some(filter) = &event.filter else {
        return Vec::new();
    };
    let mut roots = evaluate::roots(world, case, &Scope::default());
    let place: Place = vec!["steps".to_owned(), step.id.clone()];
    crate::run::solve::put(&mut roots, &place, Some(data.clone()));
    let solver = Solver::new(world, free, BTreeMap::from([("event".to_owned(), place)]));
    let mut ways = solver.conditions(filter.as_str(), true, &roots).into_iter();
    // What the case knows already stays as it is: only the event is adapted.
    let own = |way: &Changes| {
        way.iter()
            .all(|change| change.place.get(1) == Some(&step.id))
    };
    ways.find(own).unwrap_or_default()
}
