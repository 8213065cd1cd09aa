//! Triggers, records, promises, controls, proof, fallback, monitoring and migration.

use super::{Lowering, elapsed, extensions, file, text, value};
use crate::plan::ByName;
use crate::plan::governance::{
    Alert, Control, Fallback, Migration, Monitoring, Proof, Record, Start, Trigger,
};
use crate::plan::period::{Period, Sla};
use crate::plan::shape::Input;
use crate::plan::value::{Literal, Text};
use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::workflow::{self, AlertKind, FallbackMode};

impl Lowering<'_> {
    fn written_triggers(&self) -> &[workflow::Trigger] {
        self.workflow
            .trigger
            .as_ref()
            .map_or(&[], |trigger| &trigger.value.items)
    }

    pub(super) fn triggers(&self) -> Vec<Trigger> {
        let several = self.written_triggers().len() > 1;
        let place = self.workflow.trigger.as_ref().map(|trigger| trigger.span);
        self.written_triggers()
            .iter()
            .enumerate()
            .filter_map(|(index, trigger)| {
                let path = if several {
                    format!("trigger.{index}")
                } else {
                    "trigger".to_owned()
                };
                let (on, span) = start(trigger);
                Some(Trigger {
                    on,
                    calendar: trigger
                        .calendar
                        .as_ref()
                        .map(|calendar| calendar.name.value.clone()),
                    filter: trigger.filter.as_ref().map(value::expression),
                    dedupe: trigger.dedupe.as_ref().map(value::expression),
                    origin: self.origin(path, span.or(place)?),
                    extensions: extensions(&trigger.extensions),
                })
            })
            .collect()
    }

    /// The shape that all triggers share: the first contract, else the first list of fields.
    pub(super) fn input(&self) -> Input {
        let triggers = self.written_triggers();
        let contract = triggers
            .iter()
            .find_map(|trigger| trigger.contract.as_ref());
        if let Some(contract) = contract {
            return Input::Contract(contract.name.value.clone());
        }
        let fields = triggers.iter().find_map(|trigger| trigger.input.as_ref());
        Input::Fields(fields.map_or_else(ByName::default, |fields| {
            super::shape::fields(&fields.value)
        }))
    }

    pub(super) fn outputs(&self) -> ByName<Text> {
        self.workflow
            .outputs
            .iter()
            .map(|(name, output)| (name.value.clone(), value::bare_or_template(output)))
            .collect()
    }

    pub(super) fn records(&self) -> ByName<Record> {
        self.workflow
            .records
            .iter()
            .map(|(name, record)| {
                let record = Record {
                    system: record
                        .system
                        .as_ref()
                        .map_or_else(String::new, |system| system.name.value.clone()),
                    key: text(record.key.as_ref()),
                    sync: record
                        .sync
                        .iter()
                        .map(|system| system.name.value.clone())
                        .collect(),
                };
                (name.value.clone(), record)
            })
            .collect()
    }

    /// A promise in its own calendar, else in the given one.
    pub(super) fn promise(
        &self,
        sla: Option<&Spanned<workflow::Sla>>,
        otherwise: Option<&String>,
    ) -> Option<Sla> {
        let sla = &sla?.value;
        let own = sla.calendar.as_ref().map(|calendar| &calendar.name.value);
        let calendar = own.or(otherwise);
        let period = |duration: &Spanned<Duration>| Period {
            calendar: calendar.cloned(),
            ..elapsed(duration.value)
        };
        Some(Sla {
            response: sla.response.as_ref().map(period),
            resolution: sla.resolution.as_ref().map(period),
            extensions: extensions(&sla.extensions),
        })
    }

    pub(super) fn controls(&self) -> ByName<Control> {
        self.workflow
            .controls
            .iter()
            .map(|(name, control)| {
                let control = Control {
                    value: control.value.as_ref().map_or_else(
                        || Literal::Text(String::new()),
                        |written| value::literal(&written.value),
                    ),
                    unit: text(control.unit.as_ref()),
                    weaker: control.weaker.as_ref().map(|weaker| weaker.value),
                    owner: control.owner.as_ref().map(|owner| owner.name.value.clone()),
                    summary: text(control.summary.as_ref()),
                    origin: self.origin(format!("controls.{}", name.value), name.span),
                    extensions: extensions(&control.extensions),
                };
                (name.value.clone(), control)
            })
            .collect()
    }

    pub(super) fn proof(&self) -> Vec<Proof> {
        self.workflow
            .proof
            .iter()
            .map(|proof| Proof {
                from: proof
                    .from
                    .as_ref()
                    .map_or_else(String::new, |system| system.name.value.clone()),
                that: value::required(proof.that.as_ref()),
            })
            .collect()
    }

    pub(super) fn fallback(&self) -> Option<Fallback> {
        let fallback = self.workflow.fallback.as_ref()?;
        let owner = fallback.value.owner.as_ref();
        Some(Fallback {
            mode: fallback
                .value
                .mode
                .as_ref()
                .map_or(FallbackMode::Manual, |mode| mode.value),
            owner: owner
                .map(|owner| owner.name.value.clone())
                .or_else(|| text(self.workflow.owner.as_ref())),
            runbook: fallback.value.runbook.as_ref().map(file),
            origin: self.origin("fallback".to_owned(), fallback.span),
        })
    }

    pub(super) fn monitoring(&self) -> Option<Monitoring> {
        let monitoring = &self.workflow.monitoring.as_ref()?.value;
        Some(Monitoring {
            review: monitoring.review.as_ref().map(|review| review.value),
            metrics: monitoring
                .metrics
                .iter()
                .map(|metric| metric.value.text.clone())
                .collect(),
            alerts: monitoring
                .alerts
                .iter()
                .map(|alert| self.alert(alert))
                .collect(),
        })
    }

    fn alert(&self, alert: &workflow::Alert) -> Alert {
        Alert {
            watch: alert
                .alert
                .as_ref()
                .map_or(AlertKind::Stuck, |kind| kind.value),
            state: alert.state.as_ref().map(|state| state.name.value.clone()),
            queue: alert.queue.as_ref().map(|queue| queue.name.value.clone()),
            after: alert.after.as_ref().map(|after| self.working(after.value)),
            above: alert
                .above
                .as_ref()
                .map(|above| value::literal(&above.value)),
            notify: alert
                .notify
                .as_ref()
                .map_or_else(|| self.named_party(""), |party| self.party_reference(party)),
        }
    }
}

fn start(trigger: &workflow::Trigger) -> (Start, Option<crate::source::Span>) {
    if let Some(event) = &trigger.event {
        (Start::Event(event.value.clone()), Some(event.span))
    } else if let Some(form) = &trigger.form {
        (Start::Form(form.value.clone()), Some(form.span))
    } else if let Some(schedule) = &trigger.schedule {
        (Start::Schedule(schedule.value.clone()), Some(schedule.span))
    } else {
        (Start::Hand, None)
    }
}

pub(super) fn migration(migration: &workflow::Migration) -> Migration {
    Migration {
        from: migration
            .from
            .as_ref()
            .map_or_else(String::new, |from| from.value.clone()),
        states: migration
            .states
            .iter()
            .map(|(old, new)| (old.value.clone(), new.name.value.clone()))
            .collect(),
        reasons: migration
            .reasons
            .iter()
            .map(|(old, new)| (old.value.clone(), new.name.value.clone()))
            .collect(),
        data: migration
            .data
            .iter()
            .map(|(name, data)| (name.value.clone(), value::data(&data.value)))
            .collect(),
    }
}
