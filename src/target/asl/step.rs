//! Steps: conditions, assertions, matches and decision tables.

use serde_json::{Value, json};

use super::build::{Compiler, ERROR, Place, States, choice, pass};
use super::data::query;
use crate::model::table::cell_test;
use crate::plan::step::{Check, Comparison, Match, Measure, Route, Step, Work};
use crate::plan::value::Literal;
use crate::syntax::decision::HitPolicy;
use crate::target::jsonata::{Names, field, quoted};
use crate::target::surroundings::cell_type;

impl<'p> Compiler<'p> {
    /// Steps one after the other; gives the first state.
    pub(super) fn steps(
        &mut self,
        steps: &'p [Step],
        place: &Place<'p>,
        done: &str,
    ) -> (String, States) {
        let mut next = done.to_owned();
        let mut parts = Vec::new();
        for step in steps.iter().rev() {
            let mut own = place.clone();
            own.origin = &step.origin;
            let (first, states) = self.step(step, &own, &next);
            next = first;
            parts.push(states);
        }
        parts.reverse();
        (next, parts.concat())
    }

    fn step(&mut self, step: &'p Step, place: &Place<'p>, next: &str) -> (String, States) {
        let mut states = States::new();
        let first = match &step.work {
            Work::Check(check) => self.check(step, check, place, next, &mut states),
            Work::Match(matching) => self.matched(step, matching, place, next, &mut states),
            Work::Route(route) => self.routed(step, route, place, next, &mut states),
            Work::Call(_) | Work::Notify(_) | Work::Emit(_) | Work::Run(_) => {
                self.call(step, place, next, &mut states)
            }
            Work::Task(_) | Work::Approve(_) => self.people(step, place, next, &mut states),
            Work::Wait(wait) => self.wait(step, wait, place, next, &mut states),
            Work::Parallel(parallel) => self.parallel(step, parallel, place, next, &mut states),
            Work::ForEach(for_each) => self.for_each(step, for_each, place, next, &mut states),
        };
        let Some(condition) = &step.condition else {
            return (first, states);
        };
        let condition = self.expression(condition, place);
        let skipped = if matches!(step.work, Work::Approve(_)) {
            "{'decision': 'skipped', 'approver': null, 'approvers': []}"
        } else {
            "null"
        };
        let name = place.name(step);
        let mut before = States::new();
        let mut rules = Vec::new();
        if !condition.certain {
            let raise = self.no_value(&mut states, place, step, "the condition");
            rules.push((format!("$not($exists({}))", condition.text), raise));
        }
        rules.push((condition.text, first));
        let skip = format!("{name}: skipped");
        before.push((format!("{name}: if"), choice(rules, &skip)));
        before.push((skip, pass(vec![place.kept(step, skipped)], next)));
        before.extend(states);
        (format!("{name}: if"), before)
    }

    /// Raises `ERROR` for an expression that has no value.
    pub(super) fn no_value(
        &mut self,
        states: &mut States,
        place: &Place<'p>,
        step: &Step,
        what: &str,
    ) -> String {
        let message = quoted(&format!("{what} of `{}` has no value", step.id));
        self.raise(states, (place, Some(step)), ERROR, &message)
    }

    fn check(
        &mut self,
        step: &'p Step,
        check: &'p Check,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let mut raises = States::new();
        let mut rules = Vec::new();
        for assertion in &check.assertions {
            let that = self.expression(&assertion.that, place);
            if !that.certain {
                let raise = self.no_value(&mut raises, place, step, "an assertion");
                rules.push((format!("$not($exists({}))", that.text), raise));
            }
            let message = match &assertion.message {
                Some(text) => {
                    let text = self.text(text, place);
                    if text.certain {
                        text.text
                    } else {
                        format!("($m := {}; $exists($m) ? $m : '')", text.text)
                    }
                }
                None => quoted(&format!("`{}` does not hold", assertion.that.as_str())),
            };
            let raise = self.raise(&mut raises, (place, Some(step)), &assertion.raise, &message);
            rules.push((format!("$not({})", that.text), raise));
        }
        states.push((name.clone(), choice(rules, next)));
        states.extend(raises);
        name
    }

    fn matched(
        &mut self,
        step: &'p Step,
        matching: &'p Match,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let outcome = self.match_expression(matching, place);
        let variable = place.variable("outcome");
        states.push((
            name.clone(),
            pass(
                vec![(variable.clone(), query(&outcome))],
                &format!("{name}: outcome"),
            ),
        ));
        let mut raises = States::new();
        let mut reasons: Vec<&str> = vec![ERROR];
        reasons.extend(matching.against.values().map(|side| side.missing.as_str()));
        reasons.extend(matching.compare.iter().map(|field| field.raise.as_str()));
        let mut rules: Vec<(String, String)> = Vec::new();
        for reason in reasons {
            let condition = format!("${variable}.raise = {}", quoted(reason));
            if rules.iter().any(|(known, _)| *known == condition) {
                continue;
            }
            let message = format!("${variable}.message");
            let raise = self.raise(&mut raises, (place, Some(step)), reason, &message);
            rules.push((condition, raise));
        }
        let matched = format!("{name}: matched");
        states.push((format!("{name}: outcome"), choice(rules, &matched)));
        let kept = place.kept(step, &format!("${variable}.lines"));
        states.push((matched, pass(vec![kept], next)));
        states.extend(raises);
        name
    }

    /// The first failure as `{raise, message}`, or the claimed lines as `{lines}`.
    fn match_expression(&mut self, matching: &'p Match, place: &Place<'p>) -> String {
        let claim = self.expression(&matching.claim, place).text;
        let key = field(&matching.key);
        let mut bindings = format!("$claim := {claim}; ");
        let mut lists = vec!["$type($claim) = 'array'".to_owned()];
        for (number, side) in matching.against.values().enumerate() {
            let lines = self.expression(&side.lines, place).text;
            bindings.push_str(&format!("$side{number} := {lines}; "));
            lists.push(format!("$type($side{number}) = 'array'"));
        }
        let mut tests = vec![failure(
            &format!("$not($exists($line.{key}))"),
            ERROR,
            "a line has no key",
        )];
        let mut partners = String::new();
        for (number, (side, counterpart)) in matching.against.iter().enumerate() {
            partners.push_str(&format!(
                "$partner{number} := [$filter($side{number}, function($other) {{$other.{key} = $line.{key}}})][0]; "
            ));
            tests.push(failure(
                &format!("$not($exists($partner{number}))"),
                &counterpart.missing,
                &format!("`{side}` has no such line"),
            ));
        }
        for comparison in &matching.compare {
            let side = matching
                .against
                .names()
                .position(|side| side == comparison.with);
            tests.extend(self.comparison(comparison, side.unwrap_or(0), place));
        }
        let first = format!("{} : null", tests.join(" : "));
        format!(
            "({bindings}$failures := [$filter([$map($claim, function($line) {{({partners}{first})}})], function($each) {{$each != null}})]; \
             $not({}) ? {{'raise': '{ERROR}', 'message': 'there are no lines to match'}} : $count($failures) > 0 ? $failures[0] : {{'lines': $claim}})",
            lists.join(" and ")
        )
    }

    fn comparison(
        &mut self,
        comparison: &'p Comparison,
        side: usize,
        place: &Place<'p>,
    ) -> Vec<String> {
        let name = field(&comparison.field);
        let (own, other) = (format!("$line.{name}"), format!("$partner{side}.{name}"));
        let message = format!("`{}` differs from `{}`", comparison.field, comparison.with);
        let Some(tolerance) = &comparison.tolerance else {
            return vec![
                failure(
                    &format!("$not($exists({own}) and $exists({other}))"),
                    ERROR,
                    "a line lacks a field",
                ),
                failure(&format!("{own} != {other}"), &comparison.raise, &message),
            ];
        };
        let amount = self.expression(&tolerance.amount, place).text;
        let difference = format!("$round($abs({own} - {other}), 9)");
        // Equal values do not differ, whatever they are measured by.
        let (measurable, beyond) = match tolerance.measure {
            Measure::Difference => (String::new(), format!("{difference} > ({amount})")),
            Measure::Ratio => (
                format!(" and ({difference} = 0 or {other} != 0)"),
                format!(
                    "{difference} != 0 and $round({difference} / $abs({other}), 9) > ({amount})"
                ),
            ),
        };
        vec![
            failure(
                &format!(
                    "$not($type({own}) = 'number' and $type({other}) = 'number' and $exists({amount}){measurable})"
                ),
                ERROR,
                "a difference cannot be measured",
            ),
            failure(&beyond, &comparison.raise, &message),
        ]
    }

    fn routed(
        &mut self,
        step: &'p Step,
        route: &'p Route,
        place: &Place<'p>,
        next: &str,
        states: &mut States,
    ) -> String {
        let name = place.name(step);
        let variable = place.variable("outcome");
        let outcome = self.table(route, place);
        states.push((
            name.clone(),
            pass(
                vec![(variable.clone(), query(&outcome))],
                &format!("{name}: outcome"),
            ),
        ));
        let mut raises = States::new();
        let message = quoted(&format!(
            "not exactly one answer of `{}` fits",
            route.decision
        ));
        let no_match = self.raise(&mut raises, (place, Some(step)), &route.no_match, &message);
        let failed = self.no_value(&mut raises, place, step, "an input");
        let rules = vec![
            (format!("${variable}.raise = 'ERROR'"), failed),
            (format!("$count(${variable}.rows) = 0"), no_match),
        ];
        let decided = format!("{name}: decided");
        states.push((format!("{name}: outcome"), choice(rules, &decided)));
        let kept = place.kept(step, &format!("${variable}.answer"));
        states.push((decided, pass(vec![kept], next)));
        states.extend(raises);
        name
    }

    /// The answer of a table as `{rows, answer}`, or `{raise}`.
    fn table(&mut self, route: &'p Route, place: &Place<'p>) -> String {
        let mut bindings = String::new();
        let mut names = Names::new(place.names.environment.clone());
        for (number, (input, binding)) in route.inputs.iter().enumerate() {
            let mut uncertain = Vec::new();
            let value = self.data(&binding.value, place, &mut uncertain);
            bindings.push_str(&format!("$input{number} := {value}; "));
            names = names.with(input, &format!("$input{number}"), cell_type(binding.kind));
        }
        let inside = Place {
            names,
            ..place.clone()
        };
        let present: Vec<String> = route
            .inputs
            .iter()
            .enumerate()
            .map(|(number, (_, binding))| {
                let test = format!("$exists($input{number})");
                match cell_class(binding.kind) {
                    Some(class) => format!("{test} and $type($input{number}) = '{class}'"),
                    None => test,
                }
            })
            .collect();
        let rows = self.rows(route, &inside, place);
        let fits = match route.hit {
            HitPolicy::Unique => "$count($rows) = 1 ? $rows : []",
            HitPolicy::First => "$rows",
            HitPolicy::Any => {
                "$count([$filter($rows, function($each) {$each.answer = $rows[0].answer})]) = $count($rows) ? $rows : []"
            }
        };
        let present = if present.is_empty() {
            "true".to_owned()
        } else {
            present.join(" and ")
        };
        format!(
            "({bindings}$not({present}) ? {{'raise': 'ERROR'}} : ($rows := [{}]; $fits := {fits}; {{'rows': [$fits.row], 'answer': $fits[0].answer}}))",
            rows.iter()
                .map(|row| format!("({row})"))
                .collect::<Vec<_>>()
                .join(", ")
        )
    }

    /// The rows of a table: each gives its number and its answer where its tests hold. `inside` sees
    /// the inputs of the table.
    fn rows(&mut self, route: &'p Route, inside: &Place<'p>, place: &Place<'p>) -> Vec<String> {
        let mut rows = Vec::new();
        for (number, row) in route.rows.iter().enumerate() {
            let tests: Vec<String> = row
                .tests
                .iter()
                .map(|(input, test)| {
                    let test = self.expression_text(&cell_test(input, test.as_str()), inside);
                    format!("({})", test.text)
                })
                .collect();
            let holds = if tests.is_empty() {
                "true".to_owned()
            } else {
                tests.join(" and ")
            };
            let outputs: Vec<String> = row
                .outputs
                .iter()
                .map(|(output, value)| format!("{}: {}", quoted(output), self.cell(value, place)))
                .collect();
            rows.push(format!(
                "{holds} ? {{'row': {number}, 'answer': {{{}}}}}",
                outputs.join(", ")
            ));
        }
        rows
    }

    fn cell(&mut self, value: &Literal, place: &Place<'p>) -> String {
        match value {
            // Cells that are texts stay texts, lengths of time among them.
            Literal::Text(text) => quoted(text),
            Literal::Boolean(_) | Literal::Number(_) => self.literal(value, place).to_string(),
        }
    }
}

/// What JSONata calls the values of a cell.
fn cell_class(kind: crate::syntax::decision::CellType) -> Option<&'static str> {
    use crate::syntax::decision::CellType as Cell;
    match kind {
        Cell::Integer | Cell::Decimal => Some("number"),
        Cell::Boolean => Some("boolean"),
        Cell::String | Cell::Date | Cell::Queue | Cell::Person | Cell::Role | Cell::Team => {
            Some("string")
        }
        Cell::Duration => None,
    }
}

fn failure(condition: &str, reason: &str, message: &str) -> String {
    format!(
        "{condition} ? {{'raise': {}, 'message': {}}}",
        quoted(reason),
        quoted(message)
    )
}

/// A state without more to say than where it leads.
pub(super) fn go(next: &str) -> Value {
    json!({"Type": "Pass", "Next": next})
}
