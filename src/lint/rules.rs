//! The built-in rules, one file each, in reference order.

mod approval_deadlock;
mod delegate_breaks_separation;
mod missing_catch;
mod no_path_to_end;
mod noisy_escalation;
mod outcome_unhandled;
mod owner_missing;
mod parallel_escape;
mod resume_skips_approval;
mod routing_writes;
mod sensitive_step_unapproved;
mod unbounded_loop;
mod unreachable_state;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // structure
    &unreachable_state::RULE,
    &no_path_to_end::RULE,
    &unbounded_loop::RULE,
    &parallel_escape::RULE,
    &routing_writes::RULE,
    // ownership
    &owner_missing::RULE,
    // sla
    &noisy_escalation::RULE,
    // exceptions
    &missing_catch::RULE,
    // approvals
    &sensitive_step_unapproved::RULE,
    &resume_skips_approval::RULE,
    &delegate_breaks_separation::RULE,
    &approval_deadlock::RULE,
    &outcome_unhandled::RULE,
];
