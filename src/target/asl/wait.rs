//! What is waited for: times and events.

use serde_json::{Map, json};

use super::build::{Compiler, Place, States, choice};
use super::data::query;
use super::people::Asked;
use crate::expr::Type;
use crate::plan::step::{Awaited, AwaitedEvent, Step, Wait};

impl<'p> Compiler<'p> {
    /// A step that waits.
    pub(super) fn wait(
        &mut self,
        step: &'p Step,
        wait: &'p Wait,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        if !matches!(wait.until, Awaited::Event(_)) && step.timeout.is_some() {
            self.refuse(
                &step.origin,
                "a wait for a time cannot have a limit of time".to_owned(),
                "wait for the shorter of the two",
            );
        }
        match &wait.until {
            Awaited::Elapsed(period) => match &period.calendar {
                None => {
                    let seconds = self.seconds(period, &step.origin);
                    states.push((
                        name.clone(),
                        json!({"Type": "Wait", "Seconds": seconds, "Next": next}),
                    ));
                    name
                }
                Some(_) => {
                    let mut raises = States::new();
                    let first = format!("{name}: clock");
                    self.clock(step, place, &first, period, &name, (states, &mut raises));
                    let until = query(&format!("${}", place.variable("until")));
                    states.push((
                        name.clone(),
                        json!({"Type": "Wait", "Timestamp": until, "Next": next}),
                    ));
                    states.extend(raises);
                    first
                }
            },
            Awaited::Instant(instant) => {
                let instant = self.expression(instant, place);
                let until = query(&format!("$fromMillis($toMillis({}))", instant.text));
                let state = json!({"Type": "Wait", "Timestamp": until, "Next": next});
                if instant.certain {
                    states.push((name.clone(), state));
                    return name;
                }
                let mut raises = States::new();
                let raise = self.no_value(&mut raises, place, step, "the instant");
                let asked = format!("{name}: until");
                states.push((
                    asked.clone(),
                    choice(
                        vec![(format!("$exists({})", instant.text), name.clone())],
                        &raise,
                    ),
                ));
                states.push((name, state));
                states.extend(raises);
                asked
            }
            Awaited::Event(event) => self.event(step, event, place, next, states),
        }
    }

    fn event(
        &mut self,
        step: &'p Step,
        event: &'p AwaitedEvent,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let mut after = States::new();
        let mut raises = States::new();
        let mut then = self.after(step, place, next, &mut after, &mut raises);
        let arrived = place.variable("event");
        let mut assign = vec![(arrived.clone(), query("$states.result.value"))];
        if step.returns.is_some() {
            assign.push((
                place.variable("fits"),
                query("$states.result.fits != false"),
            ));
        }
        let mut filtered = States::new();
        let kept = place.kept(step, &format!("${arrived}"));
        filtered.push((
            format!("{name}: arrived"),
            super::build::pass(vec![kept], &then),
        ));
        then = format!("{name}: arrived");
        if let Some(filter) = &event.filter {
            let mut inside = place.clone();
            inside.names = inside
                .names
                .with("event", &format!("${arrived}"), Type::Any);
            let filter = self.expression(filter, &inside);
            let mut rules = Vec::new();
            if !filter.certain {
                let raise = self.no_value(&mut raises, place, step, "the filter");
                rules.push((format!("$not($exists({}))", filter.text), raise));
            }
            rules.push((filter.text, then));
            then = format!("{name}: filter");
            filtered.insert(0, (then.clone(), choice(rules, &name)));
        }
        let mut body = Map::new();
        body.insert("kind".to_owned(), json!("event"));
        body.insert("event".to_owned(), json!(event.name));
        if let Some(contract) = &step.returns {
            body.insert("returns".to_owned(), json!(contract));
        }
        let first = self.asked(
            Asked {
                step,
                place: place.clone(),
                queue: "flowgate-subscriptions",
                body,
                people: Vec::new(),
                then,
                assign,
                catches: Vec::new(),
            },
            (states, &mut raises),
        );
        states.extend(filtered);
        states.extend(after);
        states.extend(raises);
        first
    }
}
