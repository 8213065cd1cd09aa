//! From a plan to a process. What BPMN cannot hold is a finding at the author's place.

mod approval;
mod exception;
mod ladder;
mod nested;
mod rules;
mod state;
mod step;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::process::{Event, Facts, Kind, Node, Open, Process, Sketch, Task};
use crate::diagnostic::{Checked, Diagnostic};
use crate::plan::Plan;
use crate::plan::governance::Start;
use crate::plan::origin::Origin;
use crate::plan::step::Step;
use crate::plan::value::{Data, Expression, Text};
use crate::target::feel::{self, Refusal};
use crate::target::kinds::Kinds;
use crate::target::rules::TARGET_LIMIT;

/// Makes the process of a plan.
pub(super) fn process(plan: &Plan) -> Checked<Process> {
    let mut builder = Builder::of(plan);
    let mut sketch = Sketch::default();
    builder.arrivals(&mut sketch);
    for (name, state) in plan.states.iter() {
        builder.state(&mut sketch, name, state);
    }
    builder.resolutions(&mut sketch);
    builder.join_up(&mut sketch);
    let value = Process {
        name: plan.name.clone(),
        title: plan.title.clone().unwrap_or_else(|| plan.name.clone()),
        summary: plan.summary.clone(),
        properties: words::promises(plan),
        lanes: builder.lanes,
        scope: sketch.scope,
    };
    Checked {
        value,
        diagnostics: builder.diagnostics,
    }
}

/// Where a way across states leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    State(String),
    Reason(String),
    Fallback,
}

/// What is made, and what has been found out on the way.
struct Builder<'p> {
    plan: &'p Plan,
    /// What expressions see in the place that is worked on.
    kinds: Kinds<'p>,
    diagnostics: Vec<Diagnostic>,
    ids: BTreeSet<String>,
    lanes: Vec<String>,
    /// The first node of each target, by position in the process.
    entries: BTreeMap<Target, usize>,
    /// Ways that wait for their target.
    jumps: Vec<(Open, Target)>,
}

impl<'p> Builder<'p> {
    fn of(plan: &'p Plan) -> Self {
        Builder {
            plan,
            kinds: Kinds::of(plan),
            diagnostics: Vec::new(),
            ids: BTreeSet::new(),
            lanes: Vec::new(),
            entries: BTreeMap::new(),
            jumps: Vec::new(),
        }
    }

    /// Whoever answers for what nobody else does.
    fn accountable(&self) -> &'p str {
        self.plan.owner.as_deref().unwrap_or("nobody")
    }

    /// The position of a lane.
    fn lane(&mut self, name: &str) -> usize {
        if let Some(known) = self.lanes.iter().position(|lane| lane == name) {
            return known;
        }
        self.lanes.push(name.to_owned());
        self.lanes.len() - 1
    }

    /// An identifier that XML and engines accept and that nothing else has.
    fn id(&mut self, wanted: &str) -> String {
        let plain: String = wanted
            .chars()
            .map(|each| {
                if each.is_ascii_alphanumeric() {
                    each
                } else {
                    '_'
                }
            })
            .collect();
        let mut id = plain.clone();
        let mut number = 2;
        while !self.ids.insert(id.clone()) {
            id = format!("{plain}_{number}");
            number += 1;
        }
        id
    }

    fn node(&mut self, id: &str, name: impl Into<String>, kind: Kind, facts: Facts) -> Node {
        Node {
            id: self.id(id),
            name: name.into(),
            kind,
            lane: 0,
            facts,
        }
    }

    fn task(&mut self, id: &str, name: impl Into<String>, task: Task, facts: Facts) -> Node {
        self.node(id, name, Kind::Task(task), facts)
    }

    fn gateway(&mut self, id: &str) -> Node {
        self.node(&format!("gate_{id}"), "", Kind::Exclusive, Facts::default())
    }

    /// The end of a scope by an error: a reason that is raised, or a way to another state.
    fn thrown(&mut self, id: &str, code: &str) -> Node {
        let event = Event::Error(code.to_owned());
        self.node(
            &format!("{id}_{code}"),
            code,
            Kind::End(event),
            Facts::default(),
        )
    }

    /// Notes what BPMN cannot hold.
    fn refuse(&mut self, origin: &Origin, refusal: Refusal) {
        let diagnostic = Diagnostic::new(&TARGET_LIMIT, origin.span, refusal.message);
        self.diagnostics.push(diagnostic.help(refusal.help));
    }

    fn translated(&mut self, origin: &Origin, result: feel::Translated) -> String {
        result.unwrap_or_else(|refusal| {
            self.refuse(origin, refusal);
            "null".to_owned()
        })
    }

    fn feel(&mut self, origin: &Origin, expression: &Expression) -> String {
        let result = feel::expression(expression, &self.kinds);
        self.translated(origin, result)
    }

    fn text(&mut self, origin: &Origin, text: &Text) -> String {
        let result = feel::text(text, &self.kinds);
        self.translated(origin, result)
    }

    fn data(&mut self, origin: &Origin, data: Option<&Data>) -> Option<String> {
        let result = feel::data(data?, &self.kinds);
        Some(self.translated(origin, result))
    }

    /// Where cases come from: by hand or from another workflow, and by each message.
    fn arrivals(&mut self, sketch: &mut Sketch) {
        let first = Target::State(self.plan.start.clone());
        let name = self.accountable();
        let lane = self.lane(name);
        let facts = self.beginnings();
        let mut start = self.node("start", "", Kind::Start(Event::None), facts);
        start.lane = lane;
        let start = sketch.add(start);
        self.jumps.push((Open::from(start), first.clone()));
        for (number, trigger) in self.plan.triggers.iter().enumerate() {
            let message = match &trigger.on {
                Start::Event(event) => event.clone(),
                Start::Schedule(cron) => format!("schedule {cron}"),
                Start::Form(_) | Start::Hand => continue,
            };
            let event = Event::Message {
                name: message.clone(),
                key: None,
            };
            let mut facts = self.beginnings();
            facts.properties.extend(words::trigger(trigger));
            if let Some(dedupe) = &trigger.dedupe {
                let dedupe = self.feel(&trigger.origin, dedupe);
                facts = facts.property("dedupe", dedupe);
            }
            let mut node = self.node(
                &format!("arrival_{number}"),
                message,
                Kind::Start(event),
                facts,
            );
            node.lane = lane;
            let mut open = Open::from(sketch.add(node));
            if let Some(filter) = &trigger.filter {
                open = self.filtered(sketch, number, open, &trigger.origin, filter);
            }
            self.jumps.push((open, first.clone()));
        }
    }

    /// What a case begins with beside its data.
    fn beginnings(&mut self) -> Facts {
        let controls = self.plan.controls.iter();
        let controls = controls.map(|(name, control)| (name, feel::literal(&control.value)));
        let controls = object(controls);
        let lists = self.plan.lists.iter().map(|(name, values)| {
            let values: Vec<String> = values.iter().map(feel::literal).collect();
            (name, format!("[{}]", values.join(", ")))
        });
        let lists = object(lists);
        Facts::default()
            .output("controls", controls)
            .output("lists", lists)
            .output("case.exceptions", "[]")
            .output("case.data", "{}")
            .output("returns", "{}")
            .output("undo", "[]")
    }

    /// Arrivals that the filter turns away start nothing; one without an answer does.
    fn filtered(
        &mut self,
        sketch: &mut Sketch,
        number: usize,
        open: Open,
        origin: &Origin,
        filter: &Expression,
    ) -> Open {
        let written = self.feel(origin, filter);
        let lane = sketch.scope.nodes[open.from].lane;
        let mut gate = self.gateway(&format!("arrival_{number}"));
        gate.lane = lane;
        let gate = sketch.add(gate);
        sketch.connect(open, gate);
        let id = format!("turned_away_{number}");
        let mut end = self.node(&id, "turned away", Kind::End(Event::None), Facts::default());
        end.lane = lane;
        let not = Open::when(
            gate,
            format!("not {}", filter.as_str()),
            format!("({written}) = false"),
        );
        sketch.end(not, end);
        Open::from(gate)
    }

    /// Leads every way to its target.
    fn join_up(&mut self, sketch: &mut Sketch) {
        for (open, target) in std::mem::take(&mut self.jumps) {
            let Some(entry) = self.entries.get(&target).copied() else {
                continue;
            };
            sketch.connect(open, entry);
        }
    }
}

/// A context of FEEL.
fn object<'n>(fields: impl Iterator<Item = (&'n str, String)>) -> String {
    let fields: Vec<String> = fields
        .map(|(name, value)| format!("{}: {value}", feel::quoted(name)))
        .collect();
    format!("{{{}}}", fields.join(", "))
}

/// The variable of a step.
fn variable(what: &str, step: &Step) -> String {
    format!("{what}_{}", step.id.replace('-', "_"))
}
