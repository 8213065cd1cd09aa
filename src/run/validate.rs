//! Data against contracts: what fits is completed with defaults and read as the types say.

use std::collections::BTreeSet;

use super::world::World;
use super::{data, evaluate};
use crate::expr::{Record, Value};
use crate::plan::ByName;
use crate::plan::shape::{Bounds, Contract, Field, Input, Quality};
use crate::plan::value::Literal;
use crate::syntax::contract::{FieldType, Format};

/// Why data does not fit: the field and what is wrong with it, as one sentence.
pub(super) type Misfit = String;

/// What a case starts with, as the plan takes it.
pub(super) fn input(world: &World<'_>, value: &Value) -> Result<Value, Misfit> {
    match &world.plan.input {
        Input::Contract(name) => contract(world, name, value),
        Input::Fields(shape) => fields(world, shape, value, ""),
    }
}

/// Data under a contract of the plan. A contract that the plan does not hold takes everything.
pub(super) fn contract(world: &World<'_>, name: &str, value: &Value) -> Result<Value, Misfit> {
    let Some(contract) = world.plan.contracts.get(name) else {
        return Ok(value.clone());
    };
    if let Some(schema) = world.schema(name) {
        let instance = data::json(value);
        if let Some(error) = schema.iter_errors(&instance).next() {
            return Err(format!("{error}"));
        }
    }
    let value = fields(world, &contract.fields, value, "")?;
    quality(world, contract, &value)?;
    Ok(value)
}

fn fields(
    world: &World<'_>,
    shape: &ByName<Field>,
    value: &Value,
    path: &str,
) -> Result<Value, Misfit> {
    let Value::Map(found) = value else {
        let what = if path.is_empty() { "the data" } else { path };
        return Err(format!("{what} is {}, not an object", value.type_name()));
    };
    let mut result = found.as_ref().clone();
    for (name, field) in shape.iter() {
        let path = joined(path, name);
        match found.get(name) {
            Some(value) => {
                result.insert(name.into(), self::field(world, field, value, &path)?);
            }
            None => {
                if let Some(default) = &field.default {
                    let default = self::field(world, field, &data::literal(default), &path)?;
                    result.insert(name.into(), default);
                } else if field.required {
                    return Err(format!("`{path}` is missing"));
                }
            }
        }
    }
    Ok(result.into())
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn field(world: &World<'_>, field: &Field, value: &Value, path: &str) -> Result<Value, Misfit> {
    if *value == Value::Null {
        return if field.nullable {
            Ok(Value::Null)
        } else {
            Err(format!("`{path}` is null"))
        };
    }
    let Some(value) = data::as_type(value, field.kind) else {
        let kind = field.kind.as_str();
        return Err(format!("`{path}` is {value}, which is no {kind}"));
    };
    if let (Some(format), Value::Text(text)) = (field.format, &value)
        && !has_format(text, format)
    {
        let format = format.as_str();
        return Err(format!("`{path}` is {value}, which is no {format}"));
    }
    if let Some(members) = &field.one_of
        && !members.open
        && !members
            .values
            .iter()
            .any(|member| is_member(member, &value, field.kind))
    {
        let members: Vec<&str> = members.values.iter().map(Literal::text).collect();
        let members = members.join(", ");
        return Err(format!("`{path}` is {value}, which is none of {members}"));
    }
    bounds(world, &field.bounds, field.kind, &value)
        .map_err(|wrong| format!("`{path}` is {value}, {wrong}"))?;
    match &value {
        Value::List(items) => match &field.items {
            Some(shape) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self::field(world, shape, item, &format!("{path}[{index}]")))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::from),
            None => Ok(value),
        },
        Value::Map(entries) => match &field.values {
            Some(shape) => entries
                .iter()
                .map(|(name, entry)| {
                    let entry = self::field(world, shape, entry, &joined(path, name))?;
                    Ok((name.clone(), entry))
                })
                .collect::<Result<Record, Misfit>>()
                .map(Value::from),
            None => fields(world, &field.properties, &value, path),
        },
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_) => Ok(value),
    }
}

fn is_member(member: &Literal, value: &Value, kind: FieldType) -> bool {
    data::as_type(&data::literal(member), kind)
        .is_some_and(|member| evaluate::equal(&member, value))
}

fn bounds(
    world: &World<'_>,
    bounds: &Bounds,
    kind: FieldType,
    value: &Value,
) -> Result<(), String> {
    let limit = |literal: &Option<Literal>| {
        let literal = literal.as_ref()?;
        data::as_type(&data::literal(literal), kind)
    };
    let against = |literal: &Option<Literal>, operator: &str, words: &str| match limit(literal) {
        Some(limit) if !evaluate::compare(value, operator, &limit) => {
            Err(format!("which is {words} {limit}"))
        }
        Some(_) | None => Ok(()),
    };
    against(&bounds.min, ">=", "less than")?;
    against(&bounds.max, "<=", "more than")?;
    against(&bounds.min_exclusive, ">", "not more than")?;
    against(&bounds.max_exclusive, "<", "not less than")?;
    if let Some(multiple) = limit(&bounds.multiple_of)
        && !evaluate::is_multiple(value, &multiple)
    {
        return Err(format!("which is no multiple of {multiple}"));
    }
    let size = match value {
        Value::Text(text) => Some((text.chars().count(), bounds.min_length, bounds.max_length)),
        Value::List(items) => Some((items.len(), bounds.min_items, bounds.max_items)),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Map(_) => None,
    };
    if let Some((size, least, most)) = size {
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        if least.is_some_and(|least| size < least) {
            return Err("which is too short".to_owned());
        }
        if most.is_some_and(|most| size > most) {
            return Err("which is too long".to_owned());
        }
    }
    if let (Some(pattern), Value::Text(text)) = (&bounds.pattern, value)
        && !world.matches(pattern, text)
    {
        return Err(format!("which does not match `{pattern}`"));
    }
    if let (true, Value::List(items)) = (bounds.unique_items, value) {
        let distinct: BTreeSet<String> = items.iter().map(Value::to_string).collect();
        if distinct.len() < items.len() {
            return Err("which has an item twice".to_owned());
        }
    }
    Ok(())
}

fn quality(world: &World<'_>, contract: &Contract, value: &Value) -> Result<(), Misfit> {
    let Value::Map(record) = value else {
        return Ok(());
    };
    let present = |field: &str| record.get(field).filter(|value| **value != Value::Null);
    for demand in &contract.quality {
        let broken = match demand {
            Quality::NotEmpty { field } => {
                let is_empty = record.get(field.as_str()).is_none_or(is_empty);
                is_empty.then(|| format!("`{field}` is empty"))
            }
            Quality::OneOf { field, values } => present(field)
                .filter(|value| {
                    let mut values = values.iter().map(data::literal);
                    !values.any(|member| evaluate::equal(&member, value))
                })
                .map(|value| format!("`{field}` is {value}, which is not allowed")),
            Quality::Matches { field, pattern } => present(field)
                .filter(|value| !is_text(value, |text| world.matches(pattern, text)))
                .map(|value| format!("`{field}` is {value}, which does not match `{pattern}`")),
            Quality::Between { field, min, max } => present(field)
                .filter(|value| {
                    let beyond = |limit: &Option<Literal>, operator: &str| {
                        let limit = limit.as_ref().map(data::literal);
                        limit.is_some_and(|limit| !evaluate::compare(value, operator, &limit))
                    };
                    beyond(min, ">=") || beyond(max, "<=")
                })
                .map(|value| format!("`{field}` is {value}, which is out of bounds")),
            Quality::Holds { that } => {
                let holds = evaluate::with_roots(world, that, record);
                (holds != Ok(Value::Boolean(true)))
                    .then(|| format!("`{}` is not true", that.as_str()))
            }
        };
        if let Some(broken) = broken {
            return Err(broken);
        }
    }
    Ok(())
}

fn is_text(value: &Value, accept: impl Fn(&str) -> bool) -> bool {
    if let Value::Text(text) = value {
        accept(text)
    } else {
        false
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(fields) => fields.is_empty(),
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Duration(_) => false,
    }
}

fn has_format(text: &str, format: Format) -> bool {
    let all = |text: &str, accept: fn(&u8) -> bool| {
        !text.is_empty() && text.bytes().all(|byte| accept(&byte))
    };
    match format {
        Format::Uuid => {
            let parts: Vec<&str> = text.split('-').collect();
            let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| all(part, u8::is_ascii_hexdigit))
        }
        Format::Email => text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@') && is_host(host)
        }),
        Format::Uri => text.split_once(':').is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && !text.contains(char::is_whitespace)
        }),
        Format::Hostname => is_host(text),
        Format::Ipv4 => text.parse::<std::net::Ipv4Addr>().is_ok(),
        Format::Ipv6 => text.parse::<std::net::Ipv6Addr>().is_ok(),
        Format::Iban => {
            let digits: String = text.chars().filter(|each| *each != ' ').collect();
            (15..=34).contains(&digits.len())
                && all(&digits[..2.min(digits.len())], u8::is_ascii_uppercase)
                && all(&digits, u8::is_ascii_alphanumeric)
        }
        Format::IsoCurrency => text.len() == 3 && all(text, u8::is_ascii_uppercase),
        Format::IsoCountry => text.len() == 2 && all(text, u8::is_ascii_uppercase),
        Format::Phone => {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            (3..=15).contains(&digits)
                && text
                    .chars()
                    .all(|each| each.is_ascii_digit() || "+ -()./".contains(each))
        }
    }
}

fn is_host(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .chars()
                    .all(|each| each.is_ascii_alphanumeric() || each == '-')
        })
}
