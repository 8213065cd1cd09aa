//! Unquoted scalars that one YAML reader takes for text and another for something else.

use super::decode::Decoder;
use super::rules;
use crate::diagnostic::{Diagnostic, Fix};
use crate::yaml::{NodeRef, Resolved, Scalar, ScalarStyle, edit};

/// Words that YAML 1.1 readers take for booleans.
const YAML_1_1_BOOLEANS: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "true", "false"];

/// Reports text that YAML 1.1 readers take for a boolean, a number or a date.
pub fn check_text(node: NodeRef<'_>, scalar: Scalar<'_>, decoder: &mut Decoder) {
    if scalar.style != ScalarStyle::Plain {
        return;
    }
    let Some(meaning) = yaml_1_1_meaning(scalar.text()) else {
        return;
    };
    report(
        node,
        scalar,
        decoder,
        format!(
            "`{}` is text here, but other YAML readers take it for {meaning}",
            scalar.text()
        ),
    );
}

/// Reports a number or boolean that stands where text is meant.
pub fn report_not_text(node: NodeRef<'_>, scalar: Scalar<'_>, decoder: &mut Decoder) {
    let meaning = match scalar.resolve() {
        Resolved::Boolean(_) => "a boolean",
        Resolved::Integer => "a whole number",
        Resolved::Number => "a number",
        Resolved::Null | Resolved::Text => return,
    };
    report(
        node,
        scalar,
        decoder,
        format!(
            "text is meant here, but YAML reads `{}` as {meaning}",
            scalar.text()
        ),
    );
}

fn report(node: NodeRef<'_>, scalar: Scalar<'_>, decoder: &mut Decoder, message: String) {
    let quoted = edit::double_quoted(scalar.text());
    let mut diagnostic = Diagnostic::new(&rules::AMBIGUOUS_SCALAR, node.span(), message)
        .help(format!("put it in quotes: `{quoted}`"));
    if !node.is_alias() {
        diagnostic = diagnostic.fix(Fix::replace(node.span(), quoted));
    }
    decoder.report(diagnostic);
}

/// What a YAML 1.1 reader makes of a plain scalar that is text in YAML 1.2.
fn yaml_1_1_meaning(text: &str) -> Option<&'static str> {
    if YAML_1_1_BOOLEANS.contains(&text.to_ascii_lowercase().as_str()) {
        return Some("a boolean");
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return None;
    }
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let sexagesimal: Vec<&str> = text.split(':').collect();
    if sexagesimal.len() > 1
        && digits(sexagesimal[0], 1, 9)
        && sexagesimal[1..].iter().all(|part| digits(part, 1, 2))
    {
        return Some("a number in base 60");
    }
    let date: Vec<&str> = text.split('-').collect();
    if let [year, month, day] = date[..]
        && digits(year, 4, 4)
        && digits(month, 1, 2)
        && digits(day.split(['T', 't', ' ']).next().unwrap_or(day), 1, 2)
    {
        return Some("a date");
    }
    let grouped = text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_' || byte == b'.');
    grouped.then_some("a number")
}
