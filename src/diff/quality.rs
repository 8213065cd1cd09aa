//! Facts about quality rules, in words or structured.

use std::collections::BTreeSet;

use super::fact::{Fact, canonical_expression, collapsed, joined};
use super::kind::ContractChange;
use super::pairing::{Identity, pair};
use super::recorder::Recorder;
use crate::model::quality::{Demand, understand};
use crate::model::quantity::Quantity;
use crate::model::shape::relation::of_sets;
use crate::model::shape::{Bound, Relation, relation};
use crate::source::{Span, Spanned};
use crate::syntax::contract::{QualityRule, StructuredRule};
use crate::syntax::scalars::Literal;

/// One demand on the data: what it is about, and how much it demands.
struct Rule {
    /// What identifies the demand: the field and the kind, or all of it.
    identity: String,
    demand: Strictness,
    fact: Fact,
}

/// How much is demanded.
enum Strictness {
    /// It is demanded or not.
    Whole,
    /// At least so much.
    AtLeast(Quantity),
    /// At most so much.
    AtMost(Quantity),
    /// One of these.
    OneOf(BTreeSet<String>),
    /// Something that has no order.
    Text(String),
}

/// Compares the quality rules of a contract.
pub(super) fn compare(recorder: &mut Recorder<'_>, before: &[QualityRule], after: &[QualityRule]) {
    let identity = Identity {
        name: |rule: &Rule| rule.identity.as_str(),
        renamed_from: |_| None,
    };
    let descriptions = (described(before), described(after));
    let (before, after) = (rules(before), rules(after));
    recorder.within("quality_rules", |recorder| {
        recorder.texts("description", &descriptions.0, &descriptions.1);
        for pair in pair(&before, &after, identity) {
            let kind = match (pair.before, pair.after) {
                (None, Some(_)) => ContractChange::QualityRuleAdded,
                (Some(_), None) => ContractChange::QualityRuleRemoved,
                (Some(before), Some(after)) => match before.demand.to(&after.demand) {
                    Relation::Same => continue,
                    Relation::Narrower => ContractChange::QualityRuleTightened,
                    Relation::Wider => ContractChange::QualityRuleLoosened,
                    Relation::Incomparable => ContractChange::QualityRuleChanged,
                },
                (None, None) => continue,
            };
            let subject = pair
                .after
                .or(pair.before)
                .map_or("", |rule| rule.identity.as_str());
            let fact = |rule: Option<&Rule>| rule.map(|rule| rule.fact.clone());
            recorder.record(kind, subject, fact(pair.before), fact(pair.after));
        }
    });
}

impl Strictness {
    fn to(&self, after: &Strictness) -> Relation {
        let bound = |limit: &Quantity| Bound {
            limit: limit.clone(),
            inclusive: true,
        };
        match (self, after) {
            (Strictness::Whole, Strictness::Whole) => Relation::Same,
            (Strictness::AtLeast(before), Strictness::AtLeast(after)) => {
                relation::of_lower(Some(&bound(before)), Some(&bound(after)))
            }
            (Strictness::AtMost(before), Strictness::AtMost(after)) => {
                relation::of_upper(Some(&bound(before)), Some(&bound(after)))
            }
            (Strictness::OneOf(before), Strictness::OneOf(after)) => of_sets(before, after),
            (Strictness::Text(before), Strictness::Text(after)) if before == after => {
                Relation::Same
            }
            (
                Strictness::Whole
                | Strictness::AtLeast(_)
                | Strictness::AtMost(_)
                | Strictness::OneOf(_)
                | Strictness::Text(_),
                _,
            ) => Relation::Incomparable,
        }
    }
}

fn described(written: &[QualityRule]) -> Vec<Spanned<String>> {
    written
        .iter()
        .filter_map(|rule| match rule {
            QualityRule::Prose(_) => None,
            QualityRule::Structured(rule) => rule.value.description.clone(),
        })
        .collect()
}

fn rules(written: &[QualityRule]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for rule in written {
        match rule {
            QualityRule::Prose(sentence) => prose(&sentence.value, sentence.span, &mut rules),
            QualityRule::Structured(rule) => structured(&rule.value, rule.span, &mut rules),
        }
    }
    rules
}

fn rule(field: &str, kind: &str, shown: &str, demand: Strictness, span: Span) -> Rule {
    Rule {
        identity: format!("{field} {kind}").trim().to_owned(),
        demand,
        fact: Fact::new(format!("{field} {shown}").trim(), span),
    }
}

fn prose(sentence: &str, span: Span, rules: &mut Vec<Rule>) {
    let Some(understood) = understand(sentence) else {
        let text = collapsed(sentence);
        return rules.push(rule("", &text, &text, Strictness::Whole, span));
    };
    let field = understood.field;
    match understood.demand {
        Demand::Unique => rules.push(rule(field, "unique", "is unique", Strictness::Whole, span)),
        Demand::NotEmpty => {
            rules.push(rule(
                field,
                "not empty",
                "is not empty",
                Strictness::Whole,
                span,
            ));
        }
        Demand::InAllowedList => {
            let demand = Strictness::Text(String::new());
            rules.push(rule(field, "list", "is in the allowed list", demand, span));
        }
        Demand::Matches(pattern) => {
            let demand = Strictness::Text(pattern.to_owned());
            rules.push(rule(
                field,
                "pattern",
                &format!("matches {pattern}"),
                demand,
                span,
            ));
        }
        Demand::Between(low, high) => {
            limits(
                field,
                Some(Quantity::read(low)),
                Some(Quantity::read(high)),
                span,
                rules,
            );
        }
    }
}

fn limits(
    field: &str,
    low: Option<Quantity>,
    high: Option<Quantity>,
    span: Span,
    rules: &mut Vec<Rule>,
) {
    if let Some(low) = low {
        let shown = format!("is at least {}", low.canonical());
        rules.push(rule(field, "min", &shown, Strictness::AtLeast(low), span));
    }
    if let Some(high) = high {
        let shown = format!("is at most {}", high.canonical());
        rules.push(rule(field, "max", &shown, Strictness::AtMost(high), span));
    }
}

fn structured(written: &StructuredRule, span: Span, rules: &mut Vec<Rule>) {
    let field = written
        .field
        .as_ref()
        .map_or("", |field| field.value.text.as_str());
    if written.unique.is_some_and(|unique| unique.value) {
        rules.push(rule(field, "unique", "is unique", Strictness::Whole, span));
    }
    if written.not_empty.is_some_and(|not_empty| not_empty.value) {
        rules.push(rule(
            field,
            "not empty",
            "is not empty",
            Strictness::Whole,
            span,
        ));
    }
    allowed(written, field, span, rules);
    let quantity = |literal: &Option<Spanned<Literal>>| {
        literal.as_ref().map(|literal| Quantity::of(&literal.value))
    };
    limits(
        field,
        quantity(&written.min),
        quantity(&written.max),
        span,
        rules,
    );
    if let Some(that) = &written.that {
        let canonical = canonical_expression(&that.text);
        rules.push(rule(
            "",
            &canonical,
            &collapsed(&that.text),
            Strictness::Whole,
            span,
        ));
    }
}

/// Which values are allowed: those of a list, or those of a pattern.
fn allowed(written: &StructuredRule, field: &str, span: Span, rules: &mut Vec<Rule>) {
    if let Some(members) = &written.members {
        let values: Vec<Fact> = members.value.iter().map(Fact::literal).collect();
        let set = values
            .iter()
            .map(|value| value.canonical().to_owned())
            .collect();
        let shown = joined(&values, span).map_or(String::new(), |list| list.site.text);
        let shown = format!("is one of {shown}");
        rules.push(rule(field, "enum", &shown, Strictness::OneOf(set), span));
    }
    if let Some(list) = &written.list {
        let demand = Strictness::Text(list.value.clone());
        rules.push(rule(
            field,
            "list",
            &format!("is in {}", list.value),
            demand,
            span,
        ));
    }
    if let Some(pattern) = &written.pattern {
        let demand = Strictness::Text(pattern.value.clone());
        rules.push(rule(
            field,
            "pattern",
            &format!("matches {}", pattern.value),
            demand,
            span,
        ));
    }
}
