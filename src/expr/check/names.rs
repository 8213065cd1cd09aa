//! Names that nothing is called, and the ones that were probably meant.

use std::collections::BTreeSet;

use crate::expr::ast::{Expression, Macro};
use crate::expr::environment::{Object, Type};
use crate::expr::functions::{FUNCTIONS, find};
use crate::expr::{ErrorKind, ExpressionError, TextRange};

use super::{Checker, shown};

/// The candidate that differs least from a name, when one is near enough to be meant.
pub(super) fn nearest<'n>(
    name: &str,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &lower);
            let longer = wanted.chars().count().max(lower.chars().count());
            let near = distance * 3 <= longer || strsim::jaro_winkler(&wanted, &lower) >= 0.9;
            (near, distance, candidate)
        })
        .filter(|(near, _, _)| *near)
        .min_by_key(|(_, distance, candidate)| (*distance, *candidate))
        .map(|(_, _, candidate)| candidate)
}

/// Names in backticks, the first twelve of them.
pub(super) fn enumerated<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let all: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    let shown = all
        .get(..SHOWN.min(all.len()))
        .unwrap_or_default()
        .join(", ");
    match all.len().checked_sub(SHOWN) {
        Some(rest @ 1..) => format!("{shown} and {rest} more"),
        _ => shown,
    }
}

pub(super) fn without_article(of: &Type) -> String {
    let named = of.to_string();
    let plain = named.trim_start_matches("an ").trim_start_matches("a ");
    plain.to_owned()
}

/// Adds the name that was probably meant, or else the names that there are.
pub(super) fn with_names<'n>(
    error: ExpressionError,
    name: &str,
    candidates: impl Iterator<Item = &'n str> + Clone,
) -> ExpressionError {
    if let Some(meant) = nearest(name, candidates.clone()) {
        return error
            .help(format!("did you mean `{meant}`?"))
            .suggest(Some(meant.to_owned()));
    }
    let all = enumerated(candidates);
    if all.is_empty() {
        error
    } else {
        error.help(format!("there is {all}"))
    }
}

impl Checker<'_> {
    pub(super) fn unknown_name(&self, name: &str, range: TextRange) -> ExpressionError {
        let error = ExpressionError::new(
            ErrorKind::UnknownName,
            range,
            format!("nothing here is called `{name}`"),
        );
        let literal = match name.to_lowercase().as_str() {
            "true" | "yes" => Some("true"),
            "false" | "no" => Some("false"),
            "null" | "none" | "nil" | "undefined" => Some("null"),
            _ => None,
        };
        if let Some(literal) = literal {
            return error
                .help(format!("write `{literal}`"))
                .suggest(Some(literal.to_owned()));
        }
        // A variable may be called like a root; the name is offered once.
        let names: BTreeSet<&str> = self
            .variables
            .iter()
            .map(|(variable, _)| *variable)
            .chain(self.environment.names())
            .collect();
        let error = with_names(error, name, names.iter().copied());
        match &error.help {
            Some(help) if error.suggestion.is_none() => {
                let help = format!("{help}; text is written in quotes: `'{name}'`");
                error.help(help)
            }
            _ => error,
        }
    }

    /// An unknown bare word that stands where a string is compared: the quotes were forgotten.
    pub(super) fn forgotten_quotes(&self, word: &str, range: TextRange) -> ExpressionError {
        let error = self.unknown_name(word, range);
        if error.suggestion.is_some() {
            return error;
        }
        let quoted = format!("'{word}'");
        error
            .help(format!("text is written in quotes: `{quoted}`"))
            .suggest(Some(quoted))
    }
}

pub(super) fn unknown_field(
    object: &Expression,
    fields: &Object,
    field: &str,
    range: TextRange,
) -> ExpressionError {
    let message = format!("{} has no field `{field}`", shown(object));
    let error = ExpressionError::new(ErrorKind::UnknownField, range, message);
    with_names(error, field, fields.names())
}

/// A field of something that has no fields.
pub(super) fn no_fields(
    object: &Expression,
    of: &Type,
    field: &str,
    range: TextRange,
) -> ExpressionError {
    let message = format!("{} is {of} and has no field `{field}`", shown(object));
    let error = ExpressionError::new(ErrorKind::UnknownField, range, message);
    if find(field, true).is_some() {
        let meant = format!("{field}()");
        return error
            .help(format!("`{field}` is a method: write `{meant}`"))
            .suggest(Some(meant));
    }
    if matches!(of, Type::List(_)) {
        return error.help("go through a list with `all`, `exists`, `map` or `filter`");
    }
    error
}

/// Functions of other languages, with what stands for them here.
const FOREIGN: [(&str, &str); 19] = [
    ("len", "write `size()`"),
    ("length", "write `size()`"),
    ("count", "write `size()`"),
    ("isEmpty", "write `size() == 0`"),
    ("empty", "write `size() == 0`"),
    ("lower", "write `lowerAscii()`"),
    ("toLowerCase", "write `lowerAscii()`"),
    ("upper", "write `upperAscii()`"),
    ("toUpperCase", "write `upperAscii()`"),
    ("includes", "write `x in list`, or `text.contains(part)`"),
    ("any", "write `list.exists(x, condition)`"),
    ("some", "write `list.exists(x, condition)`"),
    ("every", "write `list.all(x, condition)`"),
    ("now", "expressions know no clock; a case has its `age`"),
    ("today", "expressions know no clock; a case has its `age`"),
    ("double", "numbers are exact: write `decimal()`"),
    ("float", "numbers are exact: write `decimal()`"),
    ("uint", "write `int()`"),
    ("type", "types are known before anything runs"),
];

pub(super) fn unknown_function(name: &str, as_method: bool, range: TextRange) -> ExpressionError {
    let kind = ErrorKind::UnknownFunction;
    if let Some(other) = find(name, !as_method) {
        let (what, example) = if as_method {
            ("function", format!("{}(…)", other.name))
        } else {
            ("method", format!("x.{}(…)", other.name))
        };
        return ExpressionError::new(kind, range, format!("`{name}` is a {what}"))
            .help(format!("write `{example}`"));
    }
    if Macro::from_name(name).is_some() {
        return ExpressionError::new(kind, range, format!("`{name}` goes through a list"))
            .help(format!("write `list.{name}(x, …)`"));
    }
    let error = ExpressionError::new(kind, range, format!("there is no function `{name}`"));
    if let Some((_, help)) = FOREIGN.into_iter().find(|(foreign, _)| *foreign == name) {
        return error.help(help);
    }
    let macros = Macro::ALL.iter().map(|one| one.as_str());
    let known: Vec<&str> = FUNCTIONS
        .iter()
        .filter(|function| find(function.name, as_method).is_some())
        .map(|function| function.name)
        .chain(macros.filter(|_| as_method))
        .collect();
    with_names(error, name, known.into_iter())
}
