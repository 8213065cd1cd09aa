//! `prose-quality-rule`: quality rules in words, which nothing can check.

use crate::declare_rule;
use crate::diagnostic::{Diagnostic, Fix};
use crate::lint::{Context, On};
use crate::model::quality::{Demand, Sentence, understand};
use crate::rule::INFO;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::contract::{Contract, QualityRule};
use crate::yaml::edit::{double_quoted, quoted_if_needed};

declare_rule! {
    /// Finds quality rules in words. Those that are understood can be written in a form that is
    /// checked.
    ///
    /// Understood are *F must be unique*, *F must not be empty*, *F must match P* and *F must be
    /// between A and B*. *F must be in allowed list* is understood, but does not say which list.
    /// Anything else is kept as text.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    ///   quality_rules:
    ///     - email must be unique
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   quality_rules:
    ///     - {field: email, unique: true}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Write the rule with `field` and `unique`, `not_empty`, `enum`, `list`, `pattern`, `min` or
    /// `max`, or as an expression with `that`; `flowgate check --fix` does for those that are
    /// understood.
    pub static RULE = {
        check: On::Contract(check),
        id: "prose-quality-rule",
        summary: "a quality rule in words",
        why: "a sentence is kept by nobody; a structured rule is checked with every record",
        family: Data,
        level: INFO,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(contract: &Entity<Contract>, context: &mut Context<'_>) {
    for rule in &contract.body.quality_rules {
        let QualityRule::Prose(sentence) = rule else {
            continue;
        };
        let finding = match understand(&sentence.value) {
            None => context
                .finding(
                    sentence.span,
                    "this quality rule is in words that nothing can check",
                )
                .help("write it as `{field: …, unique: true}` or the like, or as `{that: …}`"),
            Some(understood) if !has_field(&contract.body, understood.field) => {
                let message = format!(
                    "this quality rule speaks of `{}`, which the contract does not have",
                    understood.field
                );
                let help = "name a field of the schema, in the form `{field: …, unique: true}`";
                context.finding(sentence.span, message).help(help)
            }
            Some(understood) => structured(&understood, sentence, context),
        };
        context.report(finding);
    }
}

/// A contract whose fields live in another file may have any.
fn has_field(contract: &Contract, field: &str) -> bool {
    let schema = contract.schema.as_ref();
    schema.is_none_or(|schema| schema.value.get(field).is_some())
}

fn structured(
    sentence: &Sentence<'_>,
    written: &Spanned<String>,
    context: &Context<'_>,
) -> Diagnostic {
    let field = sentence.field;
    let finding = |message: String| context.finding(written.span, message);
    let rest = match sentence.demand {
        Demand::Unique => "unique: true".to_owned(),
        Demand::NotEmpty => "not_empty: true".to_owned(),
        Demand::Matches(pattern) => format!("pattern: {}", double_quoted(pattern)),
        Demand::Between(low, high) => format!("min: {low}, max: {high}"),
        Demand::InAllowedList => {
            return finding(format!("this rule does not say which values `{field}` may have"))
                .help(format!(
                    "add `enum: […]` to the field, or write `{{field: {field}, list: …}}` with a list of the project file"
                ));
        }
    };
    let form = format!("{{field: {}, {rest}}}", quoted_if_needed(field));
    let finding = finding(format!(
        "this rule about `{field}` is in words and not checked"
    ))
    .help(format!("write `{form}`"));
    if context.sources.text(written.span).starts_with('*') {
        return finding;
    }
    finding.fix(Fix::replace(written.span, form))
}
