//! Functions over strings. Positions count characters, not bytes, as in CEL.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::unsuitable;
use crate::expr::ErrorKind;
use crate::expr::operators::empty_list;
use crate::expr::value::{Budget, Fault, Value};

type Applied = Result<Value, Fault>;

fn text(text: String) -> Value {
    Value::Text(text.into())
}

pub(super) fn contains(arguments: &[Value], budget: &mut Budget) -> Applied {
    test("contains", arguments, budget, |text, part| {
        text.contains(part)
    })
}

pub(super) fn starts_with(arguments: &[Value], budget: &mut Budget) -> Applied {
    test("startsWith", arguments, budget, |text, part| {
        text.starts_with(part)
    })
}

pub(super) fn ends_with(arguments: &[Value], budget: &mut Budget) -> Applied {
    test("endsWith", arguments, budget, |text, part| {
        text.ends_with(part)
    })
}

fn test(
    name: &str,
    arguments: &[Value],
    budget: &mut Budget,
    accept: fn(&str, &str) -> bool,
) -> Applied {
    let [Value::Text(text), Value::Text(part)] = arguments else {
        return Err(unsuitable(name, arguments));
    };
    budget.spend_size(text.len() + part.len())?;
    Ok(Value::Boolean(accept(text, part)))
}

/// The most memory that a compiled pattern may take.
const PATTERN_SIZE: usize = 1 << 18;
/// How many compiled patterns a thread keeps.
const PATTERNS_KEPT: usize = 64;

/// Compiles a regular expression; matching it takes time linear in the text.
pub(in crate::expr) fn pattern(written: &str) -> Result<Regex, Fault> {
    let compiled = RegexBuilder::new(written)
        .size_limit(PATTERN_SIZE)
        .dfa_size_limit(PATTERN_SIZE)
        .nest_limit(32)
        .build();
    compiled.map_err(|error| {
        let message = if let regex::Error::CompiledTooBig(_) = error {
            format!("the pattern `{written}` is too large")
        } else {
            let whole = error.to_string();
            let reason = whole.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            format!("`{written}` is no pattern: {reason}")
        };
        Fault::new(ErrorKind::InvalidValue, message)
    })
}

thread_local! {
    // Macros evaluate one literal pattern for every element.
    static PATTERNS: RefCell<HashMap<Arc<str>, Regex>> = RefCell::new(HashMap::new());
}

pub(super) fn matches(arguments: &[Value], budget: &mut Budget) -> Applied {
    let [Value::Text(text), Value::Text(written)] = arguments else {
        return Err(unsuitable("matches", arguments));
    };
    budget.spend_size(4 * text.len())?;
    PATTERNS.with_borrow_mut(|kept| {
        if let Some(pattern) = kept.get(written) {
            return Ok(Value::Boolean(pattern.is_match(text)));
        }
        budget.spend(100)?;
        budget.spend_size(16 * written.len())?;
        let pattern = pattern(written)?;
        let found = pattern.is_match(text);
        if kept.len() >= PATTERNS_KEPT {
            kept.clear();
        }
        kept.insert(Arc::clone(written), pattern);
        Ok(Value::Boolean(found))
    })
}

fn converted(
    name: &str,
    arguments: &[Value],
    budget: &mut Budget,
    convert: fn(&str) -> String,
) -> Applied {
    let [Value::Text(from)] = arguments else {
        return Err(unsuitable(name, arguments));
    };
    budget.spend_size(from.len())?;
    Ok(text(convert(from)))
}

pub(super) fn lower_ascii(arguments: &[Value], budget: &mut Budget) -> Applied {
    converted("lowerAscii", arguments, budget, str::to_ascii_lowercase)
}

pub(super) fn upper_ascii(arguments: &[Value], budget: &mut Budget) -> Applied {
    converted("upperAscii", arguments, budget, str::to_ascii_uppercase)
}

pub(super) fn trim(arguments: &[Value], budget: &mut Budget) -> Applied {
    converted("trim", arguments, budget, |text| text.trim().to_owned())
}

/// The optional count at the end of `split` and `replace`: negative or absent means all.
fn limit(name: &str, last: &[Value]) -> Result<Option<usize>, Fault> {
    match last {
        [] => Ok(None),
        [Value::Integer(limit)] => Ok(usize::try_from(*limit).ok()),
        _ => Err(unsuitable(name, last)),
    }
}

pub(super) fn split(arguments: &[Value], budget: &mut Budget) -> Applied {
    let [Value::Text(whole), Value::Text(separator), rest @ ..] = arguments else {
        return Err(unsuitable("split", arguments));
    };
    let limit = limit("split", rest)?;
    if limit == Some(0) {
        return Ok(empty_list());
    }
    let mut parts = Vec::new();
    let mut remaining: Option<&str> = Some(whole);
    while let Some(from) = remaining {
        let cut = if limit == Some(parts.len() + 1) {
            None
        } else {
            next_cut(from, separator)
        };
        let (part, next) = match cut {
            Some((end, start)) => (from.get(..end), from.get(start..)),
            None => (Some(from), None),
        };
        let part = part.unwrap_or_default();
        budget.spend(1)?;
        budget.spend_size(part.len())?;
        parts.push(Value::text(part));
        remaining = next;
    }
    Ok(Value::List(parts.into()))
}

/// Where the first part ends and the rest begins; an empty separator cuts between characters.
fn next_cut(from: &str, separator: &str) -> Option<(usize, usize)> {
    if separator.is_empty() {
        let (second, _) = from.char_indices().nth(1)?;
        return Some((second, second));
    }
    let end = from.find(separator)?;
    Some((end, end + separator.len()))
}

pub(super) fn join(arguments: &[Value], budget: &mut Budget) -> Applied {
    let (elements, separator): (_, &str) = match arguments {
        [Value::List(elements)] => (elements, ""),
        [Value::List(elements), Value::Text(separator)] => (elements, separator),
        _ => return Err(unsuitable("join", arguments)),
    };
    let mut joined = String::new();
    for (index, element) in elements.iter().enumerate() {
        let Value::Text(part) = element else {
            return Err(unsuitable("join", std::slice::from_ref(element)));
        };
        budget.spend(1)?;
        budget.spend_size(part.len() + separator.len())?;
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(part);
    }
    Ok(text(joined))
}

pub(super) fn replace(arguments: &[Value], budget: &mut Budget) -> Applied {
    let [
        Value::Text(whole),
        Value::Text(old),
        Value::Text(new),
        rest @ ..,
    ] = arguments
    else {
        return Err(unsuitable("replace", arguments));
    };
    budget.spend_size(whole.len())?;
    let limit = limit("replace", rest)?.unwrap_or(usize::MAX);
    let count = whole.matches(&**old).take(limit).count();
    // Paid before it is made: the result can be far larger than all the arguments.
    budget.spend_size(whole.len().saturating_add(count.saturating_mul(new.len())))?;
    Ok(text(whole.replacen(&**old, new, count)))
}

fn out_of_range(name: &str, position: i64, whole: &str) -> Fault {
    let size = whole.chars().count();
    let message = format!("`{name}` asks for position {position} of a string of size {size}");
    Fault::new(ErrorKind::Missing, message)
}

/// The byte offset of a character position; one past the last character is a position too.
fn offset(name: &str, whole: &str, position: i64) -> Result<usize, Fault> {
    usize::try_from(position)
        .ok()
        .and_then(|position| {
            let ends = whole.char_indices().map(|(offset, _)| offset);
            ends.chain([whole.len()]).nth(position)
        })
        .ok_or_else(|| out_of_range(name, position, whole))
}

pub(super) fn substring(arguments: &[Value], budget: &mut Budget) -> Applied {
    let (whole, start, end) = match arguments {
        [Value::Text(whole), Value::Integer(start)] => (whole, *start, None),
        [
            Value::Text(whole),
            Value::Integer(start),
            Value::Integer(end),
        ] => (whole, *start, Some(*end)),
        _ => return Err(unsuitable("substring", arguments)),
    };
    budget.spend_size(whole.len())?;
    let first = offset("substring", whole, start)?;
    let last = match end {
        Some(end) => offset("substring", whole, end)?,
        None => whole.len(),
    };
    let part = whole.get(first..last).ok_or_else(|| {
        let message = "`substring` ends before it begins";
        Fault::new(ErrorKind::Missing, message)
    })?;
    Ok(Value::text(part))
}

pub(super) fn char_at(arguments: &[Value], budget: &mut Budget) -> Applied {
    let [Value::Text(whole), Value::Integer(position)] = arguments else {
        return Err(unsuitable("charAt", arguments));
    };
    budget.spend_size(whole.len())?;
    let start = offset("charAt", whole, *position)?;
    let character = whole.get(start..).and_then(|rest| rest.chars().next());
    Ok(text(character.map(String::from).unwrap_or_default()))
}

pub(super) fn index_of(arguments: &[Value], budget: &mut Budget) -> Applied {
    let (whole, part, position) = match arguments {
        [Value::Text(whole), Value::Text(part)] => (whole, part, 0),
        [
            Value::Text(whole),
            Value::Text(part),
            Value::Integer(position),
        ] => (whole, part, *position),
        _ => return Err(unsuitable("indexOf", arguments)),
    };
    budget.spend_size(whole.len() + part.len())?;
    let start = offset("indexOf", whole, position)?;
    let found = whole.get(start..).and_then(|rest| rest.find(&**part));
    let Some(found) = found else {
        return Ok(Value::Integer(-1));
    };
    let before = whole.get(..start + found).unwrap_or_default();
    let index = i64::try_from(before.chars().count()).unwrap_or(i64::MAX);
    Ok(Value::Integer(index))
}
