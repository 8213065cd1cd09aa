//! Exceptions: a user task of the queue for each reason, the ways back, and manual mode.

use super::{Builder, Target, words};
use crate::plan::exception::{ExceptionRoute, Resume};
use crate::target::bpmn::process::{Event, Facts, Kind, Open, Sketch, Task};
use crate::target::feel::quoted;

/// A resolution with the reasons that it is for.
struct Resolution<'p> {
    reasons: Vec<String>,
    route: &'p ExceptionRoute,
}

impl<'p> Builder<'p> {
    pub(super) fn route_of(&self, reason: &str) -> Option<&'p ExceptionRoute> {
        let routes = &self.plan.exceptions;
        routes.get(reason).or_else(|| routes.get("default"))
    }

    /// Adds what happens to every reason that is raised somewhere, and manual mode.
    pub(super) fn resolutions(&mut self, sketch: &mut Sketch) {
        let mut resolutions: Vec<Resolution<'p>> = Vec::new();
        for (_, target) in &self.jumps {
            let Target::Reason(reason) = target else {
                continue;
            };
            let Some(route) = self.route_of(reason) else {
                continue;
            };
            if resolutions
                .iter()
                .any(|known| known.reasons.contains(reason))
            {
                continue;
            }
            let same = resolutions.iter_mut().find(|known| {
                !route.declared && !known.route.declared && known.route.queue == route.queue
            });
            match same {
                Some(known) => known.reasons.push(reason.clone()),
                None => resolutions.push(Resolution {
                    reasons: vec![reason.clone()],
                    route,
                }),
            }
        }
        for resolution in &resolutions {
            self.resolution(sketch, resolution);
        }
        let without_queue = resolutions.iter().any(|each| each.route.queue.is_none());
        if without_queue
            || self
                .jumps
                .iter()
                .any(|(_, target)| *target == Target::Fallback)
        {
            self.fallback(sketch);
        }
        for resolution in &resolutions {
            if resolution.route.queue.is_none()
                && let Some(fallback) = self.entries.get(&Target::Fallback).copied()
            {
                for reason in &resolution.reasons {
                    self.entries
                        .insert(Target::Reason(reason.clone()), fallback);
                }
            }
        }
    }

    fn resolution(&mut self, sketch: &mut Sketch, resolution: &Resolution<'_>) {
        let route = resolution.route;
        let Some(queue) = &route.queue else {
            return;
        };
        let first = sketch.scope.nodes.len();
        let mut facts = Facts::default()
            .property("resolves", resolution.reasons.join(", "))
            .property("queue", queue)
            .property("max-returns", route.max_returns.to_string())
            .property("class", route.class.map_or("", |class| class.as_str()))
            .output("input", "context merge([input, corrected])")
            .output("case.data", "context merge([case.data, data])")
            .output(
                "case.exceptions",
                "append(sublist(case.exceptions, 1, count(case.exceptions) - 1), context put(case.exceptions[-1], \"resolved_by\", resolved_by))",
            )
            .output(
                "returns",
                "context put(returns, raised.reason, (if get value(returns, raised.reason) = null then 0 else get value(returns, raised.reason)) + 1)",
            )
            .output("resume", "resume");
        if let Some(found) = self.plan.queues.get(queue) {
            let sla = found.sla.as_ref();
            let promise = |period: Option<&crate::plan::period::Period>| period.map(words::period);
            let response = promise(sla.and_then(|sla| sla.response.as_ref()));
            let resolution = promise(sla.and_then(|sla| sla.resolution.as_ref()));
            facts = facts
                .property("response", response.unwrap_or_default())
                .property("resolution", resolution.unwrap_or_default())
                .property("shown-as", found.shown_as.as_str())
                .property("owner", found.owner.as_deref().unwrap_or_default())
                .property("team", found.team.as_deref().unwrap_or_default());
        }
        facts.groups = Some(format!("[{}]", quoted(&format!("queue:{queue}"))));
        facts.documentation = route.summary.clone();
        let reasons = &resolution.reasons;
        let name = format!("Resolve {}", reasons.join(", "));
        let id = format!(
            "resolve_{}",
            if route.declared {
                reasons[0].as_str()
            } else {
                "other"
            }
        );
        let node = self.task(&id, name, Task::User, facts);
        sketch.open.clear();
        sketch.then(node);
        self.ways_back(sketch, resolution);
        let lane = self.lane(&format!("queue {queue}"));
        for node in &mut sketch.scope.nodes[first..] {
            node.lane = lane;
        }
        for reason in reasons {
            self.entries.insert(Target::Reason(reason.clone()), first);
        }
    }

    /// The choices of whoever resolves. Manual mode is the way when no other is, and the only one
    /// after the last return.
    fn ways_back(&mut self, sketch: &mut Sketch, resolution: &Resolution<'_>) {
        let route = resolution.route;
        let gate = self.gateway(&format!("back_{}", resolution.reasons[0]));
        let gate = sketch.then(gate);
        sketch.open.clear();
        let within = format!("get value(returns, raised.reason) <= {}", route.max_returns);
        for resume in &route.resume {
            match resume {
                Resume::Fallback => {}
                Resume::State(state) => {
                    let condition = format!("resume = {} and {within}", quoted(state));
                    let open = Open::when(gate, state.as_str(), condition).aside();
                    self.jumps.push((open, Target::State(state.clone())));
                }
                Resume::Same => {
                    for state in self.raising(sketch, &resolution.reasons) {
                        let here = quoted(&state);
                        let condition =
                            format!("resume = \"same\" and raised.state = {here} and {within}");
                        let open = Open::when(gate, format!("back to {state}"), condition).aside();
                        self.jumps.push((open, Target::State(state)));
                    }
                }
            }
        }
        self.jumps
            .push((Open::from(gate).named("by hand").aside(), Target::Fallback));
    }

    /// The states from which reasons come, in the order of the plan.
    fn raising(&self, sketch: &Sketch, reasons: &[String]) -> Vec<String> {
        let mut states = Vec::new();
        for (open, target) in &self.jumps {
            let Target::Reason(reason) = target else {
                continue;
            };
            let node = sketch.scope.nodes.get(open.from);
            let state = node.and_then(|node| {
                let mut properties = node.facts.properties.iter();
                properties
                    .find(|(name, _)| *name == "raised-in")
                    .map(|(_, state)| state.clone())
            });
            if let Some(state) = state
                && reasons.contains(reason)
                && !states.contains(&state)
            {
                states.push(state);
            }
        }
        states
    }

    fn fallback(&mut self, sketch: &mut Sketch) {
        let first = sketch.scope.nodes.len();
        let fallback = self.plan.fallback.as_ref();
        let owner = fallback.and_then(|fallback| fallback.owner.clone());
        let mut facts = Facts::default()
            .property(
                "fallback",
                fallback.map_or("manual", |fallback| fallback.mode.as_str()),
            )
            .output("end", "end");
        if let Some(runbook) = fallback.and_then(|fallback| fallback.runbook.as_ref()) {
            facts = facts.property("runbook", &runbook.path);
            facts.documentation = Some(format!("Lead the case by {}.", runbook.path));
        }
        let lane = owner.unwrap_or_else(|| self.accountable().to_owned());
        facts.people = Some(format!("[{}]", quoted(&lane)));
        let node = self.task("fallback", "Lead the case by hand", Task::User, facts);
        sketch.open.clear();
        sketch.then(node);
        let end = Kind::End(Event::None);
        let node = self.node("closed", "closed by hand", end, Facts::default());
        sketch.then(node);
        sketch.open.clear();
        let lane = self.lane(&lane);
        for node in &mut sketch.scope.nodes[first..] {
            node.lane = lane;
        }
        self.entries.insert(Target::Fallback, first);
    }
}
