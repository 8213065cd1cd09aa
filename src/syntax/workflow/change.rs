//! What happens to running cases when a workflow changes, and the names that stay reserved.

use crate::source::Spanned;
use crate::syntax::duration::Duration;
use crate::syntax::expressions::Data;
use crate::syntax::names::{NameMap, ReasonName, SnakeName};
use crate::syntax::references::{ReasonReference, StateReference};
use crate::{mapping, vocabulary};

vocabulary! {
    /// What happens to running cases when the definition changes.
    pub enum InFlight as "a strategy for running cases" {
        /// They finish under the old version.
        Pin = "pin",
        /// They move to the new version by a map.
        Migrate = "migrate",
        /// No new cases until the old ones have ended.
        Drain = "drain",
    }
}

mapping! {
    /// What happens to running cases when the definition changes.
    pub struct ChangePlan as "a change plan" {
        /// The strategy.
        required in_flight: Spanned<InFlight>,
        /// How long old cases may run on.
        optional drain_within: Spanned<Duration>,
        /// Where running cases go.
        optional migrate: Spanned<Migration>,
    }
}

mapping! {
    /// Where running cases go.
    pub struct Migration as "a migration" {
        /// The versions that the map is for, as `2.x`.
        required from: Spanned<String>,
        /// Old state to new state.
        defaulted states: NameMap<SnakeName, StateReference>,
        /// Old reason code to new reason code.
        defaulted reasons: NameMap<ReasonName, ReasonReference>,
        /// Data of the new version, from what the old case has.
        defaulted data: NameMap<SnakeName, Spanned<Data>>,
    }
}

mapping! {
    /// Names that may not come back with another meaning.
    pub struct ReservedNames as "a list of reserved names" {
        /// States.
        defaulted states: Vec<Spanned<String>>,
        /// Steps.
        defaulted steps: Vec<Spanned<String>>,
        /// Reason codes.
        defaulted reasons: Vec<Spanned<String>>,
        /// Controls.
        defaulted controls: Vec<Spanned<String>>,
    }
}
