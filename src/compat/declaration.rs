//! How a kind of change is declared: once, beside its reference text.

use crate::diff::ChangeKind;
use crate::model::shape::Relation;

/// What a change demands of those who rely on the document. Ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Nothing at all.
    None,
    /// Nothing that others rely on.
    Patch,
    /// Something is added.
    Additive,
    /// A person must judge.
    Review,
    /// Somebody who relies on the document must act.
    Breaking,
}

impl Class {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::None => "none",
            Class::Patch => "patch",
            Class::Additive => "additive",
            Class::Review => "review",
            Class::Breaking => "breaking",
        }
    }
}

/// Which readers meet data that they refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// None do.
    None,
    /// New readers refuse old data.
    Backward,
    /// Old readers refuse new data.
    Forward,
    /// Both do.
    Both,
}

impl Direction {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::None => "none",
            Direction::Backward => "backward",
            Direction::Forward => "forward",
            Direction::Both => "both",
        }
    }

    /// Whether new readers refuse old data, and old readers new data.
    pub const fn parts(self) -> (bool, bool) {
        match self {
            Direction::None => (false, false),
            Direction::Backward => (true, false),
            Direction::Forward => (false, true),
            Direction::Both => (true, true),
        }
    }

    /// The direction of what is refused.
    pub const fn of(backward: bool, forward: bool) -> Self {
        match (backward, forward) {
            (false, false) => Direction::None,
            (true, false) => Direction::Backward,
            (false, true) => Direction::Forward,
            (true, true) => Direction::Both,
        }
    }
}

/// What a change does to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlEffect {
    /// Nothing.
    Neutral,
    /// It controls more than before.
    Strengthened,
    /// It controls less than before.
    Weakened,
}

impl ControlEffect {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            ControlEffect::Neutral => "neutral",
            ControlEffect::Strengthened => "strengthened",
            ControlEffect::Weakened => "weakened",
        }
    }
}

/// What a change does to running cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InFlightEffect {
    /// They go on under the new definition.
    None,
    /// They move by a map.
    Migrate,
    /// They finish under the old definition.
    Pin,
}

impl InFlightEffect {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            InFlightEffect::None => "none",
            InFlightEffect::Migrate => "migrate",
            InFlightEffect::Pin => "pin",
        }
    }
}

/// Whom a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Those who read the data or rely on the promise.
    Consumers,
    /// Those who ask for something, and callers.
    Requesters,
    /// Cases that are under way.
    RunningCases,
    /// Those who do the work.
    Operators,
}

impl Audience {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Consumers => "consumers",
            Audience::Requesters => "requesters",
            Audience::RunningCases => "running_cases",
            Audience::Operators => "operators",
        }
    }
}

/// How the class of a change is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassRule {
    /// It is always the same.
    Always(Class, Direction),
    /// The data accepted stands so to the data accepted before; the position decides.
    Data(Relation),
    /// What is promised stands so to what was promised; others rely on it.
    Promise(Relation),
}

/// What a change means for running cases before their plan is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunningRule {
    /// Nothing.
    Unaffected,
    /// They have to be mapped, or to finish under the old version.
    NeedsPlan,
    /// They move, and the map follows from the rename.
    MapFollows,
    /// They have to finish under the old version.
    Pinned,
}

/// What flowgate knows about a kind of change.
#[derive(Debug, Clone, Copy)]
pub struct ChangeMeta {
    /// The kind.
    pub kind: ChangeKind,
    /// The name users write.
    pub id: &'static str,
    /// What happened, in a few words without a full stop.
    pub summary: &'static str,
    /// What it means, as a sentence with `{document}`, `{subject}`, `{before}` and `{after}`.
    pub why: &'static str,
    /// How the class is found.
    pub class: ClassRule,
    /// Whether it is an addition once an announced sunset is past.
    pub lapses: bool,
    /// What it does to a control.
    pub control: ControlEffect,
    /// What it means for running cases.
    pub running: RunningRule,
    /// Whom it concerns.
    pub affects: &'static [Audience],
    /// The kind that the opposite change has.
    pub undone_by: ChangeKind,
    /// The reference text in Markdown, with an example.
    pub docs: &'static str,
}

/// Always breaking.
pub(super) const fn breaking(direction: Direction) -> ClassRule {
    ClassRule::Always(Class::Breaking, direction)
}

/// Always additive.
pub(super) const fn additive() -> ClassRule {
    ClassRule::Always(Class::Additive, Direction::None)
}

/// Without consequences.
pub(super) const fn none() -> ClassRule {
    ClassRule::Always(Class::None, Direction::None)
}

/// Always a patch.
pub(super) const fn patch() -> ClassRule {
    ClassRule::Always(Class::Patch, Direction::None)
}

/// Always for a person to judge.
pub(super) const fn review() -> ClassRule {
    ClassRule::Always(Class::Review, Direction::None)
}

/// By the relation of the data accepted.
pub(super) const fn data(relation: Relation) -> ClassRule {
    ClassRule::Data(relation)
}

/// By the relation of what is promised.
pub(super) const fn promise(relation: Relation) -> ClassRule {
    ClassRule::Promise(relation)
}

/// Declares how the kinds of one family are judged. A kind without a declaration does not compile.
macro_rules! judgements {
    (
        $family:ident {
            $(
                $kind:ident {
                    docs: $docs:literal,
                    why: $why:literal,
                    class: $class:expr, lapses: $lapses:literal,
                    control: $control:ident, running: $running:ident, affects: [$($audience:ident),*],
                    undone_by: $undone_by:ident,
                    before: $before:literal,
                    after: $after:literal,
                }
            )*
        }
    ) => {
        /// Every kind of the family, in reference order.
        pub(super) static CHANGES: [&$crate::compat::ChangeMeta; $family::ALL.len()] =
            [$( meta($family::$kind), )*];

        /// The declaration of a kind.
        pub(super) const fn meta(kind: $family) -> &'static $crate::compat::ChangeMeta {
            match kind {
                $(
                    $family::$kind => const { &$crate::compat::ChangeMeta {
                        kind: $family::$kind.kind(),
                        id: $family::$kind.id(),
                        summary: $family::$kind.summary(),
                        why: $why,
                        class: $class,
                        lapses: $lapses,
                        control: $crate::compat::ControlEffect::$control,
                        running: $crate::compat::RunningRule::$running,
                        affects: &[$( $crate::compat::Audience::$audience, )*],
                        undone_by: $family::$undone_by.kind(),
                        docs: concat!(
                            $docs,
                            "\n\n```yaml,before\n", $before,
                            "\n```\n\n```yaml,after\n", $after, "\n```\n",
                        ),
                    } },
                )*
            }
        }
    };
}

pub(super) use judgements;
