//! The payload that proves a broken promise, as outputs show it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::compat::Witness;

/// A payload that one version of a contract accepts and the other refuses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedWitness {
    /// `refused`: one side refuses it; `refused_together`: it is a list of two records that one
    /// side refuses together; `misread`: both accept it and mean something else by it.
    pub proof: &'static str,
    /// The payload, with nothing in it that the proof does not need.
    pub payload: Value,
    /// `before` or `after`.
    pub accepted_by: &'static str,
    /// `before` or `after`.
    pub rejected_by: &'static str,
}

/// The longest payload that is shown to people, in bytes.
const LONGEST_PAYLOAD: usize = 400;

impl ReportedWitness {
    /// The witness as outputs have it.
    pub(super) fn of(witness: &Witness) -> Self {
        ReportedWitness {
            proof: witness.proof.as_str(),
            payload: witness.payload.clone(),
            accepted_by: witness.accepted_by.as_str(),
            rejected_by: witness.rejected_by.as_str(),
        }
    }

    /// The payload on one line; `None` when it is too long to be read.
    pub fn shown(&self) -> Option<String> {
        let payload = self.payload.to_string();
        (payload.len() <= LONGEST_PAYLOAD).then_some(payload)
    }

    /// Who refuses it, in words.
    pub fn outcome(&self) -> &'static str {
        match (self.proof, self.rejected_by) {
            ("misread", _) => "is accepted by both sides, and means something else to each",
            ("refused_together", "after") => "were accepted together and are refused now",
            ("refused_together", _) => "are accepted together now and refused by old readers",
            (_, "after") => "was accepted and is refused now",
            _ => "is accepted now and refused by old readers",
        }
    }
}
