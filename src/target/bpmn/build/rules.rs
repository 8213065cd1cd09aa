//! Checks, matches, decision tables and conditions: expressions whose outcome a gateway reads.
//!
//! The expression gives a word: the reason to raise, `ERROR` where something has no value, and
//! nothing when all is well. Gateways only compare this word, so that no engine takes what has no
//! value for false.

use super::super::process::{Facts, Kind, Node, Open, Sketch, Task};
use super::{Builder, object, variable};
use crate::model::resolve::reason;
use crate::model::table::cell_test;
use crate::plan::step::{Check, Comparison, Match, Measure, Route, Step};
use crate::plan::value::Expression;
use crate::syntax::decision::HitPolicy;
use crate::target::feel::{self, quoted};
use crate::target::kinds::Kind as Value;

impl Builder<'_> {
    /// What a question leads to: `yes` or `no`, both in FEEL, or an error when it has no answer.
    pub(super) fn asked(condition: &str, yes: &str, no: &str) -> String {
        let error = quoted(reason::ERROR);
        format!("if {condition} then {yes} else if not({condition}) then {no} else {error}")
    }

    /// A gateway on the outcome: an end for each word that ends the scope, and the way on.
    pub(super) fn outcomes(&mut self, sketch: &mut Sketch, id: &str, of: &str, words: &[&str]) {
        let gate = self.gateway(id);
        let gate = sketch.then(gate);
        let mut known = Vec::new();
        for word in words {
            if known.contains(word) {
                continue;
            }
            known.push(*word);
            let end = self.thrown(&format!("{id}_raises"), word);
            let open = Open::when(gate, *word, format!("{of} = {}", quoted(word)));
            sketch.end(open, end);
        }
    }

    pub(super) fn check(&mut self, sketch: &mut Sketch, step: &Step, check: &Check) {
        let mut expression = "null".to_owned();
        for assertion in check.assertions.iter().rev() {
            let that = self.feel(&step.origin, &assertion.that);
            expression = Self::asked(
                &parenthesised(&that),
                &parenthesised(&expression),
                &quoted(&assertion.raise),
            );
        }
        let outcome = variable("outcome", step);
        let mut facts = Facts::script(expression, &outcome);
        let messages: Vec<String> = check
            .assertions
            .iter()
            .filter_map(|assertion| {
                let message = assertion.message.as_ref()?;
                Some(format!(
                    "{}: {}",
                    assertion.raise,
                    self.text(&step.origin, message)
                ))
            })
            .collect();
        facts = facts.property("messages", messages.join("; "));
        let node = self.described(step, Task::Script, facts);
        sketch.then(node);
        let mut words: Vec<&str> = check
            .assertions
            .iter()
            .map(|one| one.raise.as_str())
            .collect();
        words.push(reason::ERROR);
        self.outcomes(sketch, &step.id, &outcome, &words);
    }

    /// Every claimed line gives the first reason against it, or nothing; the first reason counts.
    pub(super) fn matching(&mut self, sketch: &mut Sketch, step: &Step, matching: &Match) {
        let claim = self.feel(&step.origin, &matching.claim);
        let key = &matching.key;
        let mut line = "null".to_owned();
        for comparison in matching.compare.iter().rev() {
            let agrees = self.agrees(step, matching, comparison);
            line = Self::asked(
                &parenthesised(&agrees),
                &parenthesised(&line),
                &quoted(&comparison.raise),
            );
        }
        for (side, counterpart) in matching
            .against
            .iter()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            let partners = self.partners(step, matching, side);
            let found = format!("count({partners}) > 0");
            line = Self::asked(
                &parenthesised(&found),
                &parenthesised(&line),
                &quoted(&counterpart.missing),
            );
        }
        let outcome = variable("outcome", step);
        let facts = Facts::script(
            format!("(for line in {claim} return {line})[item != null][1]"),
            &outcome,
        )
        .property("key", key)
        .output(format!("steps.{}", step.id), claim);
        let node = self.described(step, Task::Script, facts);
        sketch.then(node);
        let missing = matching.against.values().map(|side| side.missing.as_str());
        let compared = matching
            .compare
            .iter()
            .map(|comparison| comparison.raise.as_str());
        let mut words: Vec<&str> = missing.chain(compared).collect();
        words.push(reason::ERROR);
        self.outcomes(sketch, &step.id, &outcome, &words);
    }

    fn partners(&mut self, step: &Step, matching: &Match, side: &str) -> String {
        let lines = matching
            .against
            .get(side)
            .map_or("[]".to_owned(), |side| self.feel(&step.origin, &side.lines));
        let key = &matching.key;
        format!(
            "flatten(for other in {lines} return if other.{key} = line.{key} then [other] else [])"
        )
    }

    fn agrees(&mut self, step: &Step, matching: &Match, comparison: &Comparison) -> String {
        let field = &comparison.field;
        let partner = format!(
            "{}[1].{field}",
            self.partners(step, matching, &comparison.with)
        );
        let Some(tolerance) = &comparison.tolerance else {
            return format!("line.{field} = {partner}");
        };
        let amount = self.feel(&step.origin, &tolerance.amount);
        let difference = format!("abs(line.{field} - {partner})");
        match tolerance.measure {
            Measure::Difference => format!("{difference} <= {amount}"),
            // A ratio to nothing is none, unless nothing differs.
            Measure::Ratio => format!(
                "if line.{field} = {partner} then {amount} >= 0 else {difference} / abs({partner}) <= {amount}"
            ),
        }
    }

    /// The rows that match, each with its number, which is -1 where a test has no answer.
    pub(super) fn route(&mut self, sketch: &mut Sketch, step: &Step, route: &Route) {
        let mut fields = Vec::new();
        let mut kinds = self.kinds.clone();
        for (name, binding) in route.inputs.iter() {
            let value = self
                .data(&step.origin, Some(&binding.value))
                .unwrap_or_default();
            fields.push(format!("{}: {value}", quoted(name)));
            kinds = kinds.with(name, Value::of_cell(binding.kind));
        }
        let outer = std::mem::replace(&mut self.kinds, kinds);
        let rows: Vec<String> = route
            .rows
            .iter()
            .enumerate()
            .map(|(number, row)| {
                let tests = row.tests.iter().map(|(input, test)| {
                    let test = Expression::new(&cell_test(input, test.as_str()));
                    parenthesised(&self.feel(&route.origin, &test))
                });
                let tests: Vec<String> = tests.collect();
                let tests = if tests.is_empty() { "true".to_owned() } else { tests.join(" and ") };
                let outputs = row.outputs.iter();
                let outputs = object(outputs.map(|(name, value)| (name, feel::literal(value))));
                format!(
                    "if {tests} then [{{row: {number}, outputs: {outputs}}}] else if not({tests}) then [] else [{{row: -1}}]"
                )
            })
            .collect();
        self.kinds = outer;
        fields.push(format!("rows: flatten([{}])", rows.join(", ")));
        let found = variable("rows", step);
        let mut facts = Facts::script(format!("{{{}}}.rows", fields.join(", ")), &found)
            .property("decision", &route.decision)
            .property("hit", route.hit.as_str())
            .output(format!("steps.{}", step.id), format!("{found}[1].outputs"));
        for name in ["queue", "owner", "priority"] {
            if route.outputs.get(name).is_some() {
                facts = facts.output(format!("case.{name}"), format!("{found}[1].outputs.{name}"));
            }
        }
        let node = self.described(step, Task::Script, facts);
        sketch.then(node);
        self.matched_rows(sketch, step, route, &found);
    }

    fn matched_rows(&mut self, sketch: &mut Sketch, step: &Step, route: &Route, found: &str) {
        let error = match route.hit {
            HitPolicy::First => format!("{found}[1].row = -1"),
            HitPolicy::Unique | HitPolicy::Any => {
                format!("list contains(for one in {found} return one.row, -1)")
            }
        };
        let none = match route.hit {
            HitPolicy::First => format!("count({found}) = 0"),
            HitPolicy::Unique => format!("count({found}) != 1"),
            HitPolicy::Any => format!(
                "count({found}) = 0 or (some one in {found} satisfies one.outputs != {found}[1].outputs)"
            ),
        };
        let gate = self.gateway(&step.id);
        let gate = sketch.then(gate);
        let end = self.thrown(&format!("{}_raises", step.id), reason::ERROR);
        sketch.end(Open::when(gate, reason::ERROR, error), end);
        let end = self.thrown(&format!("{}_raises", step.id), &route.no_match);
        sketch.end(Open::when(gate, route.no_match.as_str(), none), end);
    }

    /// The node of a step with its name.
    pub(super) fn described(&mut self, step: &Step, task: Task, facts: Facts) -> Node {
        let name = self.step_name(step);
        self.node(
            &format!("step_{}", step.id),
            name,
            Kind::Task(task),
            with_origin(step, facts),
        )
    }
}

/// What every node of a step says beside its work.
pub(super) fn with_origin(step: &Step, facts: Facts) -> Facts {
    let mut facts = facts.property("step", &step.id);
    let risk: Vec<&str> = step.risk.iter().map(String::as_str).collect();
    facts = facts.property("risk", risk.join(", "));
    facts.documentation = facts.documentation.or_else(|| step.summary.clone());
    facts
}

fn parenthesised(expression: &str) -> String {
    let plain = expression
        .chars()
        .all(|each| each.is_ascii_alphanumeric() || "_.".contains(each));
    if plain {
        expression.to_owned()
    } else {
        format!("({expression})")
    }
}
