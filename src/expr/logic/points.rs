//! The values worth trying: one for every interval that the comparisons can tell apart.
//!
//! Only the order of values matters, so any solution can be moved to one of these values. Between
//! two constants, whole numbers are tried from below as many as there are variables that may want a
//! place of their own; numbers with a point have room for the others anyway.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::formula::{Formula, Literal, Term, Variable};
use super::scale::{Point, Scale};

/// The values to try for a variable.
#[derive(Debug, Default)]
pub(super) struct Points {
    pub values: Vec<Point>,
    /// False when a value may be missing.
    pub is_complete: bool,
}

/// The values that matter for a variable of a formula.
pub(super) fn of(variable: usize, formula: &Formula, variables: &[Variable]) -> Points {
    match variables[variable].scale {
        Some(Scale::Truth) => Points {
            values: vec![Point::Truth(true), Point::Truth(false)],
            is_complete: true,
        },
        Some(Scale::Text) => texts(variable, &Kin::of(variable, formula), variables),
        Some(scale) => numbers(scale, variable, &Kin::of(variable, formula), variables),
        None => Points::default(),
    }
}

/// The variables that a variable is compared with, directly or through others, and the constants
/// that any of them is compared with.
struct Kin {
    variables: BTreeSet<usize>,
    constants: BTreeSet<Point>,
}

impl Kin {
    fn of(variable: usize, formula: &Formula) -> Kin {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        let mut constants: Vec<(usize, &Point)> = Vec::new();
        formula.each(&mut |literal| {
            let Literal::Comparison { left, right, .. } = literal else {
                return;
            };
            match (left, right) {
                (Term::Variable(one), Term::Variable(other)) => pairs.push((*one, *other)),
                (Term::Variable(one), Term::Constant(point))
                | (Term::Constant(point), Term::Variable(one)) => constants.push((*one, point)),
                (Term::Constant(_), Term::Constant(_)) => {}
            }
        });
        let mut kin = BTreeSet::from([variable]);
        loop {
            let before = kin.len();
            for (one, other) in &pairs {
                if kin.contains(one) || kin.contains(other) {
                    kin.extend([*one, *other]);
                }
            }
            if kin.len() == before {
                break;
            }
        }
        let own = constants.into_iter().filter(|(one, _)| kin.contains(one));
        Kin {
            constants: own.map(|(_, point)| point.clone()).collect(),
            variables: kin,
        }
    }
}

fn texts(variable: usize, kin: &Kin, variables: &[Variable]) -> Points {
    let mut values: Vec<Point> = Vec::new();
    let mut add = |point: Point| {
        if !values.contains(&point) {
            values.push(point);
        }
    };
    let own = variables[variable].vocabulary.as_ref();
    let is_open = own.is_none_or(|vocabulary| vocabulary.open);
    let member = |text: &String| Point::Text(text.as_str().into());
    let members = own.into_iter().flat_map(|vocabulary| &vocabulary.values);
    members.map(member).for_each(&mut add);
    if is_open {
        kin.constants.iter().cloned().for_each(&mut add);
        for other in &kin.variables {
            let vocabulary = variables[*other].vocabulary.as_ref();
            let members = vocabulary.iter().flat_map(|vocabulary| &vocabulary.values);
            members.map(member).for_each(&mut add);
        }
        let fresh = fresh(&values);
        values.push(fresh);
    }
    Points {
        values,
        is_complete: true,
    }
}

/// A text that is none of the others.
fn fresh(taken: &[Point]) -> Point {
    let mut text: Arc<str> = "other".into();
    let mut number = 1_usize;
    while taken.contains(&Point::Text(Arc::clone(&text))) {
        number += 1;
        text = format!("other {number}").into();
    }
    Point::Text(text)
}

/// Numbers with what is still missing.
struct Ladder {
    values: Vec<Decimal>,
    is_complete: bool,
    /// How many whole numbers may be wanted between two constants.
    whole: usize,
    wants_whole: bool,
}

fn numbers(scale: Scale, variable: usize, kin: &Kin, variables: &[Variable]) -> Points {
    let minimum = variables[variable].minimum;
    let floors = kin
        .variables
        .iter()
        .filter_map(|one| variables[*one].minimum);
    let constants: BTreeSet<Decimal> = kin
        .constants
        .iter()
        .filter_map(Point::number)
        .chain(floors)
        .collect();
    let discrete = kin
        .variables
        .iter()
        .filter(|one| variables[**one].scale.is_some_and(Scale::is_discrete));
    let mut ladder = Ladder {
        values: constants.iter().copied().collect(),
        is_complete: true,
        whole: discrete.count(),
        wants_whole: scale.is_discrete(),
    };
    let edges: Vec<Option<Decimal>> = std::iter::once(None)
        .chain(constants.iter().copied().map(Some))
        .chain([None])
        .collect();
    for pair in edges.windows(2) {
        if let [low, high] = *pair {
            ladder.between(low, high);
        }
    }
    let allowed = |number: &Decimal| {
        minimum.is_none_or(|minimum| minimum <= *number)
            && scale.value(&Point::Number(*number)).is_some()
    };
    let mut values: Vec<Decimal> = ladder.values.into_iter().filter(allowed).collect();
    // People understand small positive examples best.
    values.sort_by_key(|number| {
        (
            number.is_sign_negative() && !number.is_zero(),
            constants.get(number).is_none(),
        )
    });
    Points {
        values: values.into_iter().map(Point::Number).collect(),
        is_complete: ladder.is_complete,
    }
}

impl Ladder {
    /// Adds what lies between two neighbouring constants, or beyond the outermost.
    fn between(&mut self, low: Option<Decimal>, high: Option<Decimal>) {
        let rungs = self.whole_between(low, high);
        if self.wants_whole {
            self.values.extend(rungs);
            return;
        }
        let mut edges = vec![low];
        // Room for whole numbers on both sides.
        edges.extend(rungs.iter().copied().map(Some));
        edges.push(high);
        self.values.extend(rungs);
        for pair in edges.windows(2) {
            if let [low, high] = *pair {
                match inside(low, high) {
                    Some(number) => self.values.push(number),
                    None => self.is_complete = false,
                }
            }
        }
    }

    /// The first whole numbers inside; from above when there is nothing below.
    fn whole_between(&mut self, low: Option<Decimal>, high: Option<Decimal>) -> Vec<Decimal> {
        let one = Decimal::ONE;
        let mut found = Vec::new();
        let mut next = match (low, high) {
            (Some(low), _) => low.floor().checked_add(one),
            (None, Some(high)) => high.ceil().checked_sub(one),
            (None, None) => Some(one),
        };
        for _ in 0..self.whole {
            let Some(number) = next else { break };
            if low.is_none_or(|low| low < number) && high.is_none_or(|high| number < high) {
                found.push(number);
            }
            next = match low {
                Some(_) => number.checked_add(one),
                None => number.checked_sub(one),
            };
        }
        found.sort_unstable();
        found
    }
}

/// A number strictly inside, whole when possible; `None` when decimals are not fine enough.
fn inside(low: Option<Decimal>, high: Option<Decimal>) -> Option<Decimal> {
    let one = Decimal::ONE;
    let fits = |number: &Decimal| {
        low.is_none_or(|low| low < *number) && high.is_none_or(|high| *number < high)
    };
    match (low, high) {
        (None, None) => Some(one),
        (Some(low), None) => low.floor().checked_add(one),
        (None, Some(high)) => {
            let zero = Some(Decimal::ZERO).filter(fits);
            zero.or_else(|| high.ceil().checked_sub(one))
        }
        (Some(low), Some(high)) => {
            let next = low.floor().checked_add(one).filter(fits);
            next.or_else(|| {
                let half = high.checked_sub(low)?.checked_div(Decimal::TWO)?;
                low.checked_add(half).filter(fits)
            })
        }
    }
}
