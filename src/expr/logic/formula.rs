//! Conditions as comparisons that must be true, joined by "all" and "any". Negation is inside the
//! comparisons, so that what is not defined counts like what is false.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::scale::{Point, Relation, Scale};
use crate::expr::ast::Path;
use crate::expr::environment::Vocabulary;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    Known(bool),
    Literal(Literal),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// A comparison, or a variable that must be true or false.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Truth {
        variable: usize,
        wanted: bool,
    },
    Comparison {
        relation: Relation,
        left: Term,
        right: Term,
    },
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Constant(Point),
    Variable(usize),
}

/// Something that has a value of its own.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    /// How authors write it.
    pub subject: String,
    /// `None` as long as only comparisons can tell.
    pub scale: Option<Scale>,
    /// True when every value of the scale can occur, whatever the values of the others.
    pub is_free: bool,
    /// True for the question whether data is present.
    pub is_presence: bool,
    /// The data that it reads; it has no value unless that is present.
    pub path: Option<Path>,
    /// Variables that say whether that data is present.
    pub needs: Vec<usize>,
    /// The texts that it can be.
    pub vocabulary: Option<Arc<Vocabulary>>,
    /// The lowest number that it can be.
    pub minimum: Option<Decimal>,
}

impl Formula {
    pub(super) fn all(parts: impl IntoIterator<Item = Formula>) -> Formula {
        join(parts, true)
    }

    pub(super) fn any(parts: impl IntoIterator<Item = Formula>) -> Formula {
        join(parts, false)
    }

    /// The formula once a variable has a value.
    pub(super) fn given(
        &self,
        variable: usize,
        point: &Point,
        variables: &[Variable],
        effort: &mut u64,
    ) -> Formula {
        *effort = effort.saturating_sub(1);
        match self {
            Formula::Known(truth) => Formula::Known(*truth),
            Formula::Literal(literal) => literal.given(variable, point, variables),
            Formula::All(parts) => Formula::all(
                parts
                    .iter()
                    .map(|part| part.given(variable, point, variables, effort)),
            ),
            Formula::Any(parts) => Formula::any(
                parts
                    .iter()
                    .map(|part| part.given(variable, point, variables, effort)),
            ),
        }
    }

    /// Shows every comparison to `look`.
    pub(super) fn each<'f>(&'f self, look: &mut impl FnMut(&'f Literal)) {
        match self {
            Formula::Known(_) => {}
            Formula::Literal(literal) => look(literal),
            Formula::All(parts) | Formula::Any(parts) => {
                parts.iter().for_each(|part| part.each(look));
            }
        }
    }
}

/// Joins by "all" (`neutral` is true) or "any", as short as possible.
fn join(parts: impl IntoIterator<Item = Formula>, neutral: bool) -> Formula {
    let mut joined: Vec<Formula> = Vec::new();
    for part in parts {
        match (part, neutral) {
            (Formula::Known(truth), _) if truth == neutral => {}
            (Formula::Known(truth), _) => return Formula::Known(truth),
            (Formula::All(inner), true) | (Formula::Any(inner), false) => joined.extend(inner),
            (other, _) => joined.push(other),
        }
    }
    match joined.len() {
        0 => Formula::Known(neutral),
        1 => joined.swap_remove(0),
        _ if neutral => Formula::All(joined),
        _ => Formula::Any(joined),
    }
}

impl Literal {
    /// The variables that it reads.
    pub(super) fn variables(&self) -> impl Iterator<Item = usize> {
        let of = |term: &Term| match term {
            Term::Variable(variable) => Some(*variable),
            Term::Constant(_) => None,
        };
        let (one, other) = match self {
            Literal::Truth { variable, .. } => (Some(*variable), None),
            Literal::Comparison { left, right, .. } => (of(left), of(right)),
        };
        one.into_iter().chain(other)
    }

    fn given(&self, variable: usize, point: &Point, variables: &[Variable]) -> Formula {
        if *point == Point::Truth(false)
            && self
                .variables()
                .any(|read| variables[read].needs.contains(&variable))
        {
            return Formula::Known(false);
        }
        match self {
            Literal::Truth {
                variable: read,
                wanted,
            } if *read == variable => Formula::Known(*point == Point::Truth(*wanted)),
            Literal::Truth { .. } => Formula::Literal(self.clone()),
            Literal::Comparison {
                relation,
                left,
                right,
            } => compare(
                *relation,
                left.given(variable, point),
                right.given(variable, point),
            ),
        }
    }
}

impl Term {
    fn given(&self, variable: usize, point: &Point) -> Term {
        match self {
            Term::Variable(read) if *read == variable => Term::Constant(point.clone()),
            Term::Variable(_) | Term::Constant(_) => self.clone(),
        }
    }
}

/// A comparison, computed when both sides are known.
pub(super) fn compare(relation: Relation, left: Term, right: Term) -> Formula {
    if let (Term::Constant(one), Term::Constant(other)) = (&left, &right) {
        return Formula::Known(relation.holds(one.cmp(other)));
    }
    Formula::Literal(Literal::Comparison {
        relation,
        left,
        right,
    })
}
