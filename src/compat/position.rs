//! The one table by which a relation of values becomes a class.

use super::declaration::{Class, Direction};
use crate::model::shape::Relation;
use crate::syntax::contract::Compatibility;

/// Where values stand, and so who is hurt when they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The input of a workflow: callers write it, so it may accept more but not less.
    Input,
    /// An output, a proof, a promised time: others rely on it, so it may promise more but not less.
    Promise,
    /// Data that crosses between systems, under what the contract promises.
    Contract(Compatibility),
}

impl Position {
    /// Whether new readers must be able to read old data, and old readers new data.
    pub(super) fn protects(self) -> (bool, bool) {
        match self {
            Position::Input => (true, false),
            Position::Promise => (false, true),
            Position::Contract(compatibility) => match compatibility {
                Compatibility::Backward | Compatibility::BackwardTransitive => (true, false),
                Compatibility::Forward | Compatibility::ForwardTransitive => (false, true),
                Compatibility::Full | Compatibility::FullTransitive => (true, true),
                Compatibility::None => (false, false),
            },
        }
    }

    /// As [`Position::protects`], for the data and readers of every released version; `None` where
    /// only the version before counts.
    pub(super) fn protects_every_release(self) -> Option<(bool, bool)> {
        match self {
            Position::Contract(
                Compatibility::BackwardTransitive
                | Compatibility::ForwardTransitive
                | Compatibility::FullTransitive,
            ) => Some(self.protects()),
            Position::Contract(
                Compatibility::Backward
                | Compatibility::Forward
                | Compatibility::Full
                | Compatibility::None,
            )
            | Position::Input
            | Position::Promise => None,
        }
    }
}

/// The class of a change of values: breaking in every direction that the position protects, an
/// addition otherwise.
pub fn derive(relation: Relation, position: Position) -> (Class, Direction) {
    let (refuses_old, surprises_old) = match relation {
        Relation::Same => (false, false),
        Relation::Narrower => (true, false),
        Relation::Wider => (false, true),
        Relation::Incomparable => (true, true),
    };
    let (backward, forward) = position.protects();
    let direction = Direction::of(refuses_old && backward, surprises_old && forward);
    let class = if direction == Direction::None {
        Class::Additive
    } else {
        Class::Breaking
    };
    (class, direction)
}

#[cfg(test)]
mod tests {
    use super::{Class, Compatibility, Direction, Position, Relation, derive};

    #[test]
    fn follows_the_table_of_the_change_catalogue() {
        let full = Position::Contract(Compatibility::Full);
        let backward = Position::Contract(Compatibility::Backward);
        let forward = Position::Contract(Compatibility::Forward);
        let rows = [
            (Relation::Narrower, Position::Input, Direction::Backward),
            (Relation::Narrower, Position::Promise, Direction::None),
            (Relation::Narrower, full, Direction::Backward),
            (Relation::Narrower, backward, Direction::Backward),
            (Relation::Narrower, forward, Direction::None),
            (Relation::Wider, Position::Input, Direction::None),
            (Relation::Wider, Position::Promise, Direction::Forward),
            (Relation::Wider, full, Direction::Forward),
            (Relation::Wider, backward, Direction::None),
            (Relation::Wider, forward, Direction::Forward),
            (Relation::Incomparable, Position::Input, Direction::Backward),
            (
                Relation::Incomparable,
                Position::Promise,
                Direction::Forward,
            ),
            (Relation::Incomparable, full, Direction::Both),
            (Relation::Incomparable, backward, Direction::Backward),
            (Relation::Incomparable, forward, Direction::Forward),
        ];
        for (relation, position, direction) in rows {
            let class = if direction == Direction::None {
                Class::Additive
            } else {
                Class::Breaking
            };
            assert_eq!(
                derive(relation, position),
                (class, direction),
                "{relation:?} at {position:?}"
            );
        }
    }
}
