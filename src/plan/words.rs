//! The vocabularies of the language that a plan repeats, written in JSON as authors write them.

use serde::{Serialize, Serializer};

use crate::syntax::contract::{Classification, FieldType, Format};
use crate::syntax::decision::{CellType, HitPolicy};
use crate::syntax::directory::{Effect, QueueKind};
use crate::syntax::governance::Status;
use crate::syntax::step::{Backoff, Join, TimedDecision};
use crate::syntax::workflow::{
    AlertKind, Cadence, Ending, ExceptionClass, FallbackMode, InFlight, Lifecycle, Polarity,
};

macro_rules! words {
    ($($vocabulary:ident),* $(,)?) => {
        $(
            impl Serialize for $vocabulary {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        )*
    };
}

words![
    AlertKind,
    Backoff,
    Cadence,
    CellType,
    Classification,
    Effect,
    Ending,
    ExceptionClass,
    FallbackMode,
    FieldType,
    Format,
    HitPolicy,
    InFlight,
    Join,
    Lifecycle,
    Polarity,
    QueueKind,
    Status,
    TimedDecision,
];
