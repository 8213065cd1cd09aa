//! Functions over lists.

use std::cmp::Ordering;

use super::unsuitable;
use crate::expr::ErrorKind;
use crate::expr::ast::Binary;
use crate::expr::operators::{binary, order};
use crate::expr::value::{Budget, Fault, Value};

type Applied = Result<Value, Fault>;

pub(super) fn size(arguments: &[Value], budget: &mut Budget) -> Applied {
    let count = match arguments {
        [Value::Text(text)] => {
            budget.spend_size(text.len())?;
            text.chars().count()
        }
        [Value::List(elements)] => elements.len(),
        [Value::Map(fields)] => fields.len(),
        _ => return Err(unsuitable("size", arguments)),
    };
    Ok(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn min(arguments: &[Value], budget: &mut Budget) -> Applied {
    extreme("min", arguments, budget, Ordering::Less)
}

pub(super) fn max(arguments: &[Value], budget: &mut Budget) -> Applied {
    extreme("max", arguments, budget, Ordering::Greater)
}

fn extreme(name: &str, arguments: &[Value], budget: &mut Budget, wanted: Ordering) -> Applied {
    let [Value::List(elements)] = arguments else {
        return Err(unsuitable(name, arguments));
    };
    let Some((first, rest)) = elements.split_first() else {
        let message = format!("an empty list has no `{name}`");
        return Err(Fault::new(ErrorKind::Missing, message));
    };
    let mut best = first;
    for element in rest {
        budget.spend(1)?;
        if let (Value::Text(one), Value::Text(other)) = (element, best) {
            budget.spend_size(one.len().min(other.len()))?;
        }
        let order = order(element, best)
            .ok_or_else(|| unsuitable(name, &[best.clone(), element.clone()]))?;
        if order == wanted {
            best = element;
        }
    }
    Ok(best.clone())
}

pub(super) fn sum(arguments: &[Value], budget: &mut Budget) -> Applied {
    let [Value::List(elements)] = arguments else {
        return Err(unsuitable("sum", arguments));
    };
    let mut total = Value::Integer(0);
    for element in elements.iter() {
        budget.spend(1)?;
        total = binary(Binary::Add, &total, element, budget)?;
    }
    Ok(total)
}
