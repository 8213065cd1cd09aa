//! The search for values that make a formula true.

use super::Solution;
use super::example::Example;
use super::formula::{Formula, Variable};
use super::points;
use super::scale::Point;

/// Looks for values, within the effort.
pub(super) fn search(formula: &Formula, variables: &[Variable], effort: &mut u64) -> Solution {
    let mut search = Search {
        variables,
        effort,
        chosen: Vec::new(),
        is_doubtful: false,
    };
    match search.visit(formula) {
        Some(values) => Solution::Possible(example(formula, variables, values, effort)),
        None if search.is_doubtful => Solution::Unknown,
        None => Solution::Impossible,
    }
}

type Values = Vec<(usize, Point)>;

struct Search<'s> {
    variables: &'s [Variable],
    effort: &'s mut u64,
    chosen: Values,
    /// True when there may be a solution that was not looked at, or that is none.
    is_doubtful: bool,
}

impl Search<'_> {
    fn visit(&mut self, formula: &Formula) -> Option<Values> {
        match formula {
            Formula::Known(false) => return None,
            Formula::Known(true) => {
                let is_free = |(variable, _): &(usize, Point)| self.variables[*variable].is_free;
                if self.chosen.iter().all(is_free) {
                    return Some(self.chosen.clone());
                }
                self.is_doubtful = true;
                return None;
            }
            Formula::Literal(_) | Formula::All(_) | Formula::Any(_) => {}
        }
        let variable = self.next(formula)?;
        // Bound variables come last, so that nothing better can follow.
        if !self.variables[variable].is_free && self.is_doubtful {
            return None;
        }
        let points = points::of(variable, formula, self.variables);
        self.is_doubtful |= !points.is_complete;
        for point in points.values {
            if *self.effort == 0 {
                self.is_doubtful = true;
                return None;
            }
            let rest = formula.given(variable, &point, self.variables, self.effort);
            self.chosen.push((variable, point));
            let found = self.visit(&rest);
            self.chosen.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The first free variable that the formula reads, else the first of the others. Whether data is
    /// present comes before what it is.
    fn next(&mut self, formula: &Formula) -> Option<usize> {
        let mut first: Option<(bool, bool, usize)> = None;
        let mut count = 0;
        formula.each(&mut |literal| {
            count += 1;
            for variable in literal.variables() {
                let Variable {
                    is_free,
                    is_presence,
                    ..
                } = self.variables[variable];
                let rank = (!is_free, !is_presence, variable);
                first = Some(first.map_or(rank, |first| first.min(rank)));
            }
        });
        *self.effort = self.effort.saturating_sub(count);
        first.map(|(_, _, variable)| variable)
    }
}

/// The values that the truth of the formula rests on.
fn example(
    formula: &Formula,
    variables: &[Variable],
    mut values: Values,
    effort: &mut u64,
) -> Example {
    let mut position = values.len();
    while position > 0 {
        position -= 1;
        let others = values.iter().enumerate();
        let rest = others
            .filter(|(other, _)| *other != position)
            .fold(formula.clone(), |formula, (_, (variable, point))| {
                formula.given(*variable, point, variables, effort)
            });
        if rest == Formula::Known(true) {
            values.remove(position);
        }
    }
    Example::of(variables, &values)
}
