//! Numbers: intervals with open or closed ends, multiples, lists, and the complements of these.
//!
//! All arithmetic is on exact decimals; what does not fit one is undecided.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Number, Value};

use super::atom::Numeric;
use super::{Found, Reason};

/// How many numbers are tried before giving up.
const TRIES: u32 = 4_000;

/// A number as an exact decimal; `None` beyond 28 digits.
pub(super) fn read(number: &Number) -> Option<Decimal> {
    let text = number.to_string();
    let read = text
        .parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&text).ok())?;
    // Digits that a decimal drops are digits that an author wrote.
    write(read)
        .filter(|written| written == &Value::Number(number.clone()) || is_equal(written, number))
        .map(|_| read.normalize())
}

fn is_equal(written: &Value, number: &Number) -> bool {
    written.as_f64() == number.as_f64()
}

/// A decimal as a JSON number; `None` when JSON's readers would see another one.
pub(super) fn write(decimal: Decimal) -> Option<Value> {
    let text = decimal.normalize().to_string();
    let value: Value = serde_json::from_str(&text).ok()?;
    let Value::Number(number) = &value else {
        return None;
    };
    let again: Decimal = number
        .to_string()
        .parse()
        .ok()
        .or_else(|| Decimal::from_scientific(&number.to_string()).ok())?;
    (again == decimal).then_some(value)
}

/// What assertions about numbers leave.
#[derive(Debug, Default)]
struct Numbers {
    lower: Option<(Decimal, bool)>,
    upper: Option<(Decimal, bool)>,
    steps: Vec<Decimal>,
    no_steps: Vec<Decimal>,
    listed: Option<BTreeSet<Decimal>>,
    excluded: BTreeSet<Decimal>,
}

/// The simplest number that the assertions leave: near zero, and whole if it can be.
pub(super) fn smallest(literals: &[(&Numeric, bool)]) -> Found {
    match Numbers::of(literals).find() {
        Ok(Some(number)) => match write(number) {
            Some(value) => Found::Member(value),
            None => Found::Undecided(Reason::new(format!(
                "the number {number} has more digits than JSON readers keep"
            ))),
        },
        Ok(None) => Found::Nothing,
        Err(reason) => Found::Undecided(reason),
    }
}

/// Whether a number satisfies an assertion about numbers.
pub(super) fn holds(atom: &Numeric, number: Decimal) -> Option<bool> {
    match atom {
        Numeric::AtLeast(bound) => Some(number >= *bound),
        Numeric::Above(bound) => Some(number > *bound),
        Numeric::AtMost(bound) => Some(number <= *bound),
        Numeric::Below(bound) => Some(number < *bound),
        Numeric::MultipleOf(step) => number.checked_rem(*step).map(|rest| rest.is_zero()),
        Numeric::NumberIn(numbers) => Some(numbers.contains(&number)),
    }
}

impl Numbers {
    fn of(literals: &[(&Numeric, bool)]) -> Self {
        let mut numbers = Numbers::default();
        for (atom, positive) in literals {
            match (atom, positive) {
                (Numeric::AtLeast(bound), true) => numbers.raise(*bound, true),
                (Numeric::Above(bound), true) => numbers.raise(*bound, false),
                (Numeric::AtMost(bound), false) => numbers.raise(*bound, false),
                (Numeric::Below(bound), false) => numbers.raise(*bound, true),
                (Numeric::AtMost(bound), true) => numbers.lower(*bound, true),
                (Numeric::Below(bound), true) => numbers.lower(*bound, false),
                (Numeric::AtLeast(bound), false) => numbers.lower(*bound, false),
                (Numeric::Above(bound), false) => numbers.lower(*bound, true),
                (Numeric::MultipleOf(step), true) => numbers.steps.push(*step),
                (Numeric::MultipleOf(step), false) => numbers.no_steps.push(*step),
                (Numeric::NumberIn(listed), true) => numbers.list(listed),
                (Numeric::NumberIn(listed), false) => numbers.excluded.extend(listed),
            }
        }
        numbers
    }

    fn raise(&mut self, bound: Decimal, inclusive: bool) {
        let tighter = self.lower.is_none_or(|(known, known_inclusive)| {
            bound > known || (bound == known && known_inclusive && !inclusive)
        });
        if tighter {
            self.lower = Some((bound, inclusive));
        }
    }

    fn lower(&mut self, bound: Decimal, inclusive: bool) {
        let tighter = self.upper.is_none_or(|(known, known_inclusive)| {
            bound < known || (bound == known && known_inclusive && !inclusive)
        });
        if tighter {
            self.upper = Some((bound, inclusive));
        }
    }

    fn list(&mut self, listed: &BTreeSet<Decimal>) {
        self.listed = Some(match self.listed.take() {
            Some(known) => known.intersection(listed).copied().collect(),
            None => listed.clone(),
        });
    }

    fn within(&self, number: Decimal) -> bool {
        self.lower
            .is_none_or(|(bound, inclusive)| number > bound || (inclusive && number == bound))
            && self
                .upper
                .is_none_or(|(bound, inclusive)| number < bound || (inclusive && number == bound))
    }

    fn accepts(&self, number: Decimal) -> Result<bool, Reason> {
        if !self.within(number) || self.excluded.contains(&number) {
            return Ok(false);
        }
        if self
            .listed
            .as_ref()
            .is_some_and(|listed| !listed.contains(&number))
        {
            return Ok(false);
        }
        for step in &self.steps {
            if !is_multiple(number, *step)? {
                return Ok(false);
            }
        }
        for step in &self.no_steps {
            if is_multiple(number, *step)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn find(&self) -> Result<Option<Decimal>, Reason> {
        if let Some(listed) = &self.listed {
            return self.first(listed.iter().copied());
        }
        if let (Some((lower, from)), Some((upper, to))) = (self.lower, self.upper) {
            if lower > upper || (lower == upper && !(from && to)) {
                return Ok(None);
            }
            if lower == upper {
                return self.first([lower]);
            }
        }
        match self.steps.split_first() {
            None => self.find_dense(),
            Some((first, others)) => {
                let step = others
                    .iter()
                    .try_fold(*first, |step, other| common_multiple(step, *other));
                self.find_on_lattice(step.ok_or_else(too_large)?)
            }
        }
    }

    fn first(
        &self,
        candidates: impl IntoIterator<Item = Decimal>,
    ) -> Result<Option<Decimal>, Reason> {
        for candidate in candidates {
            if self.accepts(candidate)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Among the multiples of `step`. The pattern of what is left repeats, so that one period
    /// beyond the exclusions settles the matter.
    fn find_on_lattice(&self, step: Decimal) -> Result<Option<Decimal>, Reason> {
        for no_step in &self.no_steps {
            if is_multiple(step, *no_step)? {
                return Ok(None);
            }
        }
        let period = self
            .no_steps
            .iter()
            .try_fold(step, |period, other| common_multiple(period, *other))
            .and_then(|whole| whole.checked_div(step))
            .ok_or_else(too_large)?;
        let needed = period + Decimal::from(self.excluded.len()) * period + Decimal::ONE;
        let start = self
            .nearest_to_zero()
            .checked_div(step)
            .ok_or_else(too_large)?;
        let (down, up) = (start.floor(), start.ceil());
        let mut offset = Decimal::ZERO;
        for _ in 0..TRIES {
            let candidates = [up + offset, down - offset];
            let mut inside = false;
            for candidate in candidates {
                let number = candidate.checked_mul(step).ok_or_else(too_large)?;
                inside |= self.within(number);
                if self.accepts(number)? {
                    return Ok(Some(number));
                }
            }
            if (!inside && offset > Decimal::ZERO) || offset > needed {
                return Ok(None);
            }
            offset += Decimal::ONE;
        }
        Err(Reason::new("too many multiples would have to be tried"))
    }

    /// The number of the interval that is nearest to zero; an open end counts as the end.
    fn nearest_to_zero(&self) -> Decimal {
        let lower = self.lower.map(|(bound, _)| bound);
        let upper = self.upper.map(|(bound, _)| bound);
        match (lower, upper) {
            (Some(lower), _) if lower > Decimal::ZERO => lower,
            (_, Some(upper)) if upper < Decimal::ZERO => upper,
            (_, _) => Decimal::ZERO,
        }
    }

    /// Between any two numbers there are more than can be excluded.
    fn find_dense(&self) -> Result<Option<Decimal>, Reason> {
        let near = self.nearest_to_zero();
        let mut unit = Decimal::ONE;
        for _ in 0..12 {
            let base = (near / unit).floor() * unit;
            let nearby = (0..=64_i64).flat_map(|away| {
                let away = Decimal::from(away) * unit;
                [base + away, base - away]
            });
            if let Some(number) = self.first(nearby)? {
                return Ok(Some(number));
            }
            unit /= Decimal::TEN;
        }
        Err(Reason::new("no number between the bounds is short enough"))
    }
}

fn is_multiple(number: Decimal, step: Decimal) -> Result<bool, Reason> {
    number
        .checked_rem(step)
        .map(|rest| rest.is_zero())
        .ok_or_else(too_large)
}

fn too_large() -> Reason {
    Reason::new("numbers of more than 28 digits are needed")
}

/// The least number that is a multiple of both.
fn common_multiple(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (mut greater, mut smaller) = (left, right);
    for _ in 0..200 {
        if smaller.is_zero() {
            return left.checked_div(greater)?.checked_mul(right);
        }
        (greater, smaller) = (smaller, greater.checked_rem(smaller)?);
    }
    None
}
