//! What a plan carries along: queues, calendars, contracts and lists.

use std::collections::BTreeSet;

use super::{Lowering, extensions, file, text, value};
use crate::model::Closure;
use crate::plan::ByName;
use crate::plan::exception::Queue;
use crate::plan::period::{Calendar, Holidays, Hours};
use crate::plan::shape::Contract;
use crate::plan::value::{Expression, Literal, Text};
use crate::syntax::directory::{self, QueueKind};
use crate::syntax::visit::{Visit, Visitor};
use crate::syntax::workflow::Lifecycle;
use crate::syntax::{DocumentKind, Entity, expressions};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Lowering<'_> {
    pub(super) fn queues(&self, closure: &Closure) -> ByName<Queue> {
        closure
            .names(DocumentKind::Queue)
            .filter_map(|name| Some((name.to_owned(), self.queue(self.model.queue(name)?))))
            .collect()
    }

    fn queue(&self, entity: &Entity<directory::Queue>) -> Queue {
        let body = &entity.body;
        let kind = body
            .kind
            .as_ref()
            .map_or(QueueKind::Work, |kind| kind.value);
        Queue {
            kind,
            summary: text(body.summary.as_ref()),
            owner: body.owner.as_ref().map(|owner| owner.name.value.clone()),
            team: body.team.as_ref().map(|team| team.name.value.clone()),
            sla: self.promise(body.sla.as_ref(), self.calendar.as_ref()),
            pauses_sla: body.pauses_sla.as_ref().is_some_and(|pauses| pauses.value),
            shown_as: match kind {
                QueueKind::NeedsInfo => Lifecycle::Waiting,
                QueueKind::Work | QueueKind::Exception | QueueKind::DeadLetter => {
                    Lifecycle::Blocked
                }
            },
            replay: body.replay.as_ref().map(file),
            origin: self.document_origin(entity, "queues"),
            extensions: extensions(&body.extensions),
        }
    }

    pub(super) fn calendars(&self, closure: &Closure) -> ByName<Calendar> {
        closure
            .names(DocumentKind::Calendar)
            .filter_map(|name| {
                let entity = self.model.calendar(name)?;
                Some((name.to_owned(), self.calendar_of(entity)))
            })
            .collect()
    }

    fn calendar_of(&self, entity: &Entity<directory::Calendar>) -> Calendar {
        let body = &entity.body;
        Calendar {
            timezone: text(body.timezone.as_ref()).unwrap_or_default(),
            hours: DAYS
                .iter()
                .map(|day| ((*day).to_owned(), hours_of(body, day)))
                .filter(|(_, hours)| !hours.is_empty())
                .collect(),
            holidays: body.holidays.as_ref().map(|path| Holidays {
                file: file(path),
                digest: self.file_digest(path),
            }),
            origin: self.document_origin(entity, "calendars"),
        }
    }

    pub(super) fn contracts(&self, closure: &Closure) -> ByName<Contract> {
        closure
            .names(DocumentKind::Contract)
            .filter_map(|name| Some((name.to_owned(), self.contract(self.model.contract(name)?))))
            .collect()
    }

    /// The lists that an expression of the workflow or of its decision tables reads.
    pub(super) fn lists(&self, closure: &Closure) -> ByName<Vec<Literal>> {
        let mut mentions = Mentions::default();
        self.workflow.visit(&mut mentions);
        for name in closure.names(DocumentKind::Decision) {
            let decision = self.model.decision(name);
            let rows = decision
                .iter()
                .flat_map(|decision| &decision.body.rules)
                .flat_map(|rules| &rules.value);
            for cell in rows.flat_map(|row| &row.cells) {
                mentions.add(&Expression::new(&cell.value));
            }
        }
        for name in closure.names(DocumentKind::Contract) {
            if let Some(contract) = self.model.contract(name) {
                contract.body.visit(&mut mentions);
            }
        }
        mentions
            .lists
            .into_iter()
            .filter_map(|name| {
                let values = super::shape::literals(self.model.list(&name)?);
                Some((name, values))
            })
            .collect()
    }
}

/// The hours of one day: those of its own entry, else those of every range that covers it.
fn hours_of(calendar: &directory::Calendar, day: &str) -> Vec<Hours> {
    let entries: Vec<_> = calendar
        .hours
        .iter()
        .flat_map(|hours| hours.iter())
        .filter(|(name, _)| covers(&name.value, day))
        .collect();
    let is_special = entries.iter().any(|(name, _)| name.value == day);
    let hours: BTreeSet<Hours> = entries
        .into_iter()
        .filter(|(name, _)| !is_special || name.value == day)
        .flat_map(|(_, hours)| &hours.value.spans)
        .map(|(from, to)| Hours {
            from: clock(*from),
            to: clock(*to),
        })
        .collect();
    hours.into_iter().collect()
}

fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// True when the range, which may go past Sunday, has the day in it.
fn covers(range: &str, day: &str) -> bool {
    let position = |name: &str| DAYS.iter().position(|known| *known == name);
    let Some((first, last)) = range.split_once('-') else {
        return range == day;
    };
    match (position(first), position(last), position(day)) {
        (Some(first), Some(last), Some(day)) if first <= last => (first..=last).contains(&day),
        (Some(first), Some(last), Some(day)) => day >= first || day <= last,
        _ => false,
    }
}

/// The lists that expressions read, sorted.
#[derive(Default)]
struct Mentions {
    lists: BTreeSet<String>,
}

impl Mentions {
    fn add(&mut self, expression: &Expression) {
        let roots = expression.roots();
        let lists = roots.iter().filter_map(|root| root.strip_prefix("lists."));
        self.lists.extend(lists.map(str::to_owned));
    }
}

impl Visitor<'_> for Mentions {
    fn expression(&mut self, expression: &expressions::Expression) {
        let text: Text = value::bare_or_template(expression);
        text.expressions()
            .into_iter()
            .for_each(|each| self.add(each));
    }

    fn template(&mut self, template: &expressions::Template) {
        let text = value::template(template);
        text.expressions()
            .into_iter()
            .for_each(|each| self.add(each));
    }
}
