//! What surrounds a case and is the same for all of them: the plan, who is who, calendars, and the
//! texts of schemas. Nothing here changes while cases run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use regex::{Regex, RegexBuilder};

use super::data;
use crate::expr::{self, ExpressionError, Record, Value};
use crate::model::Model;
use crate::model::calendar::WorkCalendar;
use crate::plan::Plan;
use crate::plan::period::Period;
use crate::plan::value::Expression;
use crate::syntax::duration::Duration;

/// An expression that was read once, or why it cannot be read.
type Parsed = Rc<Result<expr::Expression, ExpressionError>>;

/// A plan with everything that its cases look up.
pub struct World<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Who is who.
    pub directory: Directory,
    /// The values of controls.
    pub controls: Value,
    /// The lists of the project.
    pub lists: Value,
    calendars: BTreeMap<String, WorkCalendar>,
    schemas: BTreeMap<String, (serde_json::Value, jsonschema::Validator)>,
    expressions: RefCell<BTreeMap<String, Parsed>>,
    patterns: RefCell<BTreeMap<String, Option<Regex>>>,
}

/// The most memory that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 18;

impl<'p> World<'p> {
    /// The world of a plan; the model is the one that the plan was made from.
    pub fn new(plan: &'p Plan, model: &Model) -> Self {
        let calendars = plan.calendars.names().filter_map(|name| {
            let calendar = model.work_calendar(name)?;
            Some((name.to_owned(), calendar.clone()))
        });
        let schemas = plan.contracts.iter().filter_map(|(name, contract)| {
            let path = &contract.json_schema.as_ref()?.file.path;
            let written = &model.contract(name)?.body.json_schema.as_ref()?.path;
            debug_assert_eq!(&written.value, path, "the plan is that of the model");
            let schema = serde_json::from_str(model.surroundings.files.text(written)?).ok()?;
            let validator = jsonschema::validator_for(&schema).ok()?;
            Some((name.to_owned(), (schema, validator)))
        });
        let controls = plan
            .controls
            .iter()
            .map(|(name, control)| (name.into(), data::control(&control.value)));
        let lists = plan.lists.iter().map(|(name, items)| {
            let items: Vec<Value> = items.iter().map(data::literal).collect();
            (name.into(), items.into())
        });
        World {
            plan,
            directory: Directory::of(model),
            controls: controls.collect::<Record>().into(),
            lists: lists.collect::<Record>().into(),
            calendars: calendars.collect(),
            schemas: schemas.collect(),
            expressions: RefCell::default(),
            patterns: RefCell::default(),
        }
    }

    /// Whether the whole text matches a pattern; every text matches one that cannot be read.
    pub(super) fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        let compiled = patterns.entry(pattern.to_owned()).or_insert_with(|| {
            RegexBuilder::new(&format!("^(?:{pattern})$"))
                .size_limit(PATTERN_SIZE)
                .dfa_size_limit(PATTERN_SIZE)
                .build()
                .ok()
        });
        compiled
            .as_ref()
            .is_none_or(|compiled| compiled.is_match(text))
    }

    /// The same world with other values for some controls.
    pub fn set_controls(&mut self, changed: impl IntoIterator<Item = (String, Value)>) {
        let mut controls = data::fields(&self.controls).cloned().unwrap_or_default();
        controls.extend(
            changed
                .into_iter()
                .map(|(name, value)| (name.into(), value)),
        );
        self.controls = controls.into();
    }

    /// The JSON Schema of a contract, where one stands in place of fields.
    pub(super) fn schema(&self, contract: &str) -> Option<&jsonschema::Validator> {
        self.schemas.get(contract).map(|(_, validator)| validator)
    }

    /// The text of that schema.
    pub(super) fn schema_text(&self, contract: &str) -> Option<&serde_json::Value> {
        self.schemas.get(contract).map(|(schema, _)| schema)
    }

    /// The tree of an expression.
    pub(super) fn parsed(&self, expression: &Expression) -> Parsed {
        self.parsed_text(expression.as_str())
    }

    /// The tree of the text of an expression.
    pub(super) fn parsed_text(&self, text: &str) -> Parsed {
        if let Some(parsed) = self.expressions.borrow().get(text) {
            return Rc::clone(parsed);
        }
        let parsed = Rc::new(expr::parse(text));
        let mut expressions = self.expressions.borrow_mut();
        expressions.insert(text.to_owned(), Rc::clone(&parsed));
        parsed
    }

    /// The name of the calendar of the promise.
    pub fn calendar_name(&self) -> Option<&'p str> {
        let sla = self.plan.sla.as_ref()?;
        let period = sla.resolution.as_ref().or(sla.response.as_ref())?;
        period.calendar.as_deref()
    }

    /// The time zone whose days count.
    pub fn zone(&self) -> TimeZone {
        let calendar = self
            .calendar_name()
            .and_then(|name| self.calendars.get(name));
        calendar.map_or(TimeZone::UTC, |calendar| calendar.zone().clone())
    }

    /// The day of an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone()).date()
    }

    /// When a length of time that begins at `from` is over; the end of time where it cannot be
    /// counted.
    pub fn after(&self, from: Timestamp, period: &Period) -> Timestamp {
        let from = from.to_zoned(self.zone());
        let calendar = period.calendar.as_ref();
        let calendar = calendar.and_then(|name| self.calendars.get(name));
        let end = match calendar {
            Some(calendar) => calendar
                .add(
                    &from,
                    Duration {
                        weeks: period.weeks,
                        days: period.days,
                        seconds: period.seconds,
                    },
                )
                .ok(),
            None => elapsed(&from, period),
        };
        end.map_or(Timestamp::MAX, |end| end.timestamp())
    }

    /// The time between two instants as the clock of a promise counts it, in seconds.
    pub fn between(&self, calendar: Option<&str>, from: Timestamp, to: Timestamp) -> u64 {
        let calendar = calendar.and_then(|name| self.calendars.get(name));
        let length = match calendar {
            Some(calendar) => {
                calendar.between(&from.to_zoned(self.zone()), &to.to_zoned(self.zone()))
            }
            None => from.duration_until(to),
        };
        u64::try_from(length.as_secs()).unwrap_or(0)
    }
}

/// Elapsed time: a day has 24 hours.
fn elapsed(from: &Zoned, period: &Period) -> Option<Zoned> {
    let days = i64::from(period.weeks) * 7 + i64::from(period.days);
    let seconds = i64::try_from(period.seconds).ok()?;
    let length =
        SignedDuration::from_hours(days * 24).checked_add(SignedDuration::from_secs(seconds))?;
    from.checked_add(length).ok()
}

/// Who is who: people with their roles and absences, teams, and who works on queues.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    people: BTreeMap<String, Person>,
    teams: BTreeMap<String, BTreeSet<String>>,
    queues: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone, Default)]
struct Person {
    roles: BTreeSet<String>,
    out: Vec<Absence>,
    left: Option<Date>,
}

#[derive(Debug, Clone)]
struct Absence {
    from: Date,
    to: Date,
    delegate: Option<String>,
}

impl Directory {
    /// The directory of a project.
    pub fn of(model: &Model) -> Self {
        let project = &model.project;
        let people = project.people.iter().map(|entity| {
            let person = Person {
                roles: entity
                    .body
                    .roles
                    .iter()
                    .map(|role| role.value.text.clone())
                    .collect(),
                out: entity.body.out.iter().filter_map(absence).collect(),
                left: entity.body.left.as_ref().map(|left| left.value.civil),
            };
            (entity.name.value.clone(), person)
        });
        let teams = project.teams.iter().map(|entity| {
            let members = entity.body.members.iter().chain(&entity.body.lead);
            let members = members.map(|member| member.name.value.clone()).collect();
            (entity.name.value.clone(), members)
        });
        let teams: BTreeMap<String, BTreeSet<String>> = teams.collect();
        let queues = project.queues.iter().map(|entity| {
            let team = entity.body.team.as_ref();
            let team = team.and_then(|team| teams.get(&team.name.value));
            let mut people = team.cloned().unwrap_or_default();
            let owner = entity.body.owner.as_ref();
            people.extend(owner.map(|owner| owner.name.value.clone()));
            (entity.name.value.clone(), people)
        });
        Directory {
            people: people.collect(),
            queues: queues.collect(),
            teams,
        }
    }

    /// Whether the directory has a person of this name.
    pub fn is_known(&self, person: &str) -> bool {
        self.people.contains_key(person)
    }

    /// Whether the person has not left by a day. People who are not in the directory have not.
    pub fn is_active(&self, person: &str, day: Date) -> bool {
        let left = self.people.get(person).and_then(|person| person.left);
        left.is_none_or(|left| day < left)
    }

    /// Everybody who holds a role on a day.
    pub fn role(&self, role: &str, day: Date) -> BTreeSet<String> {
        let holders = self
            .people
            .iter()
            .filter(|(_, person)| person.roles.contains(role));
        let holders = holders.map(|(name, _)| name.clone());
        holders.filter(|name| self.is_active(name, day)).collect()
    }

    /// The members of a team on a day.
    pub fn team(&self, team: &str, day: Date) -> BTreeSet<String> {
        let members = self.teams.get(team).into_iter().flatten().cloned();
        members.filter(|name| self.is_active(name, day)).collect()
    }

    /// Whoever works on a queue on a day: its team and its owner.
    pub fn queue(&self, queue: &str, day: Date) -> BTreeSet<String> {
        let members = self.queues.get(queue).into_iter().flatten().cloned();
        members.filter(|name| self.is_active(name, day)).collect()
    }

    /// When the person is out on that day: who stands in, if anybody does.
    pub fn absence(&self, person: &str, day: Date) -> Option<Option<&str>> {
        let out = &self.people.get(person)?.out;
        let absence = out.iter().find(|out| out.from <= day && day <= out.to)?;
        Some(absence.delegate.as_deref())
    }
}

fn absence(written: &crate::syntax::directory::Absence) -> Option<Absence> {
    Some(Absence {
        from: written.from.as_ref()?.value.civil,
        to: written.to.as_ref()?.value.civil,
        delegate: written
            .delegate
            .as_ref()
            .map(|delegate| delegate.name.value.clone()),
    })
}
