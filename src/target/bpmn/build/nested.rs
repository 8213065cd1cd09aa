//! Branches and items: sub-processes.

use super::super::process::{Each, Event, Facts, Kind, Open, Sketch, Task};
use super::rules::with_origin;
use super::{Builder, variable};
use crate::model::resolve::reason;
use crate::plan::step::{ForEach, Parallel, Step};
use crate::syntax::step::Join;
use crate::target::feel::quoted;

impl Builder<'_> {
    pub(super) fn parallel(&mut self, sketch: &mut Sketch, step: &Step, parallel: &Parallel) {
        let mut inner = Sketch::default();
        self.begin(&mut inner, &step.id);
        let fork = self.node(
            &format!("fork_{}", step.id),
            "",
            Kind::Parallel,
            Facts::default(),
        );
        let fork = inner.then(fork);
        let mut ends = Vec::new();
        for (name, steps) in parallel.branches.iter() {
            inner.open = vec![Open::from(fork).named(name)];
            self.steps(&mut inner, steps);
            if parallel.join == Join::Any {
                self.first(&mut inner, step, name);
            } else if inner.open.len() > 1 {
                // The join waits for each of its flows, so that a branch may have only one.
                let gate = self.gateway(&format!("end_{}_{name}", step.id));
                inner.then(gate);
            }
            ends.append(&mut inner.open);
        }
        inner.open = ends;
        if parallel.join == Join::All {
            let join = self.node(
                &format!("join_{}", step.id),
                "",
                Kind::Parallel,
                Facts::default(),
            );
            inner.then(join);
            self.finish(&mut inner, &step.id);
        }
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let kind = Kind::Sub {
            scope: inner.scope,
            each: None,
        };
        let mut facts = with_origin(step, Facts::default());
        if parallel.join == Join::Any {
            let first = format!("{{\"first\": {}}}", variable("first", step));
            facts = facts.output(format!("steps.{}", step.id), first);
        }
        let name = self.step_name(step);
        let node = self.node(&format!("step_{}", step.id), name, kind, facts);
        let host = sketch.then(node);
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
        if parallel.join == Join::Any {
            self.undo_siblings(sketch, step, parallel);
        }
        self.validated(sketch, step);
    }

    /// The first branch to come here ends the others.
    fn first(&mut self, inner: &mut Sketch, step: &Step, branch: &str) {
        let facts = Facts::script(quoted(branch), variable("first", step));
        let id = format!("first_{}_{branch}", step.id);
        let node = self.task(&id, format!("First: {branch}"), Task::Script, facts);
        inner.then(node);
        let kind = Kind::End(Event::Terminate);
        let end = self.node(
            &format!("ends_{}_{branch}", step.id),
            "",
            kind,
            Facts::default(),
        );
        inner.then(end);
        inner.open.clear();
    }

    /// What the other branches completed is undone before the step ends.
    fn undo_siblings(&mut self, sketch: &mut Sketch, step: &Step, parallel: &Parallel) {
        let mut of_branches = Vec::new();
        for (name, steps) in parallel.branches.iter() {
            let mut inside: Vec<&Step> = steps.iter().collect();
            let mut undoable = Vec::new();
            while let Some(step) = inside.pop() {
                if step.compensate.is_some() {
                    undoable.push(quoted(&step.id));
                }
                inside.extend(step.nested());
            }
            if !undoable.is_empty() {
                undoable.sort();
                let first = variable("first", step);
                let name = quoted(name);
                of_branches.push(format!(
                    "{first} != {name} and list contains([{}], done.step)",
                    undoable.join(", ")
                ));
            }
        }
        if of_branches.is_empty() {
            return;
        }
        let chosen: Vec<String> = of_branches.iter().map(|one| format!("({one})")).collect();
        self.undoing(sketch, &step.id, &chosen.join(" or "));
    }

    pub(super) fn for_each(&mut self, sketch: &mut Sketch, step: &Step, for_each: &ForEach) {
        let list = self.feel(&step.origin, &for_each.list);
        if let Some(limit) = for_each.limit {
            let outcome = variable("outcome", step);
            let fits = Self::asked(
                &format!("(count({list}) <= {limit})"),
                "null",
                &quoted(reason::ERROR),
            );
            let name = format!("At most {limit}?");
            let node = self.task(
                &format!("few_{}", step.id),
                name,
                Task::Script,
                Facts::script(fits, &outcome),
            );
            sketch.then(node);
            self.outcomes(
                sketch,
                &format!("few_{}", step.id),
                &outcome,
                &[reason::ERROR],
            );
        }
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let kind = self.items(step, for_each, &list);
        // Batches give a list of lists.
        let results = format!("flatten({})", variable("results", step));
        let newest = format!("context merge([steps, {results}[-1].steps])");
        let facts = with_origin(step, Facts::default())
            .output(
                "steps",
                format!("if count({results}) = 0 then steps else {newest}"),
            )
            .output(
                format!("steps.{}", step.id),
                format!("for one in {results} return one.result"),
            );
        let name = self.step_name(step);
        let node = self.node(&format!("step_{}", step.id), name, kind, facts);
        let host = sketch.then(node);
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
        self.validated(sketch, step);
    }

    /// One after the other, all at once, or batches that follow each other: at most so many at the
    /// same time, begun in the order of the list.
    fn items(&mut self, step: &Step, for_each: &ForEach, list: &str) -> Kind {
        let most = for_each.limit.unwrap_or(u32::MAX);
        if for_each.at_once <= 1 {
            return self.each_item(step, for_each, list, true);
        }
        if for_each.at_once >= most {
            return self.each_item(step, for_each, list, false);
        }
        let size = for_each.at_once;
        let batches = format!(
            "if count({list}) = 0 then [] else for number in 1..ceiling(count({list}) / {size}) return sublist({list}, (number - 1) * {size} + 1, min(count({list}) - (number - 1) * {size}, {size}))"
        );
        let batch = variable("batch", step);
        let inside = self.each_item(step, for_each, &batch, false);
        let mut inner = Sketch::default();
        let id = format!("batch_{}", step.id);
        self.begin(&mut inner, &id);
        let node = self.node(
            &id,
            format!("Up to {size} at once"),
            inside,
            Facts::default(),
        );
        inner.then(node);
        self.finish(&mut inner, &id);
        let results = variable("results", step);
        Kind::Sub {
            scope: inner.scope,
            each: Some(Each {
                in_order: true,
                list: batches,
                item: batch,
                results: results.clone(),
                result: results,
                until: None,
            }),
        }
    }

    fn each_item(&mut self, step: &Step, for_each: &ForEach, list: &str, in_order: bool) -> Kind {
        let element = match self.kinds.written(&for_each.list) {
            crate::target::kinds::Kind::List(element) => *element,
            _ => crate::target::kinds::Kind::Unknown,
        };
        let kinds = self.kinds.with(&for_each.item, element);
        let outer = std::mem::replace(&mut self.kinds, kinds);
        let mut inner = Sketch::default();
        let id = format!("item_{}", step.id);
        self.begin(&mut inner, &id);
        self.steps(&mut inner, &for_each.steps);
        self.finish(&mut inner, &id);
        self.kinds = outer;
        let last = for_each
            .steps
            .last()
            .map_or("null".to_owned(), |last| format!("steps.{}", last.id));
        let own: Vec<String> = for_each
            .steps
            .iter()
            .map(|step| format!("{}: steps.{}", quoted(&step.id), step.id))
            .collect();
        Kind::Sub {
            scope: inner.scope,
            each: Some(Each {
                in_order,
                list: list.to_owned(),
                item: for_each.item.clone(),
                results: variable("results", step),
                result: format!("{{\"steps\": {{{}}}, \"result\": {last}}}", own.join(", ")),
                until: None,
            }),
        }
    }
}
