//! The built-in rules, one file each, in reference order.

mod approval_can_stall;
mod approval_without_evidence;
mod audit_off;
mod boundary_without_contract;
mod call_without_timeout;
mod consumer_not_declared;
mod create_without_dedupe;
mod dead_letter_missing;
mod exception_queue_missing;
mod fallback_missing;
mod minimum_inputs_missing;
mod missing_evidence_escalates;
mod name_major_mismatch;
mod no_way_back;
mod over_scoped_account;
mod owner_missing;
mod pii_in_violation_sample;
mod prose_quality_rule;
mod record_system_missing;
mod retry_unbounded;
mod retry_without_idempotency;
mod rotation_overdue;
mod secret_literal;
mod self_approval;
mod shared_or_personal_account;
mod sunset_passed;
mod undeclared_reason;
mod unused_reason;
mod version_missing;
mod version_reused;
mod writes_without_compensation;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // ownership
    &owner_missing::RULE,
    // exceptions
    &exception_queue_missing::RULE,
    &fallback_missing::RULE,
    &undeclared_reason::RULE,
    &unused_reason::RULE,
    &no_way_back::RULE,
    &missing_evidence_escalates::RULE,
    &dead_letter_missing::RULE,
    // approvals
    &self_approval::RULE,
    &approval_without_evidence::RULE,
    &approval_can_stall::RULE,
    // data
    &boundary_without_contract::RULE,
    &minimum_inputs_missing::RULE,
    &record_system_missing::RULE,
    &prose_quality_rule::RULE,
    &pii_in_violation_sample::RULE,
    &consumer_not_declared::RULE,
    // reliability
    &retry_without_idempotency::RULE,
    &create_without_dedupe::RULE,
    &retry_unbounded::RULE,
    &call_without_timeout::RULE,
    &writes_without_compensation::RULE,
    // security
    &secret_literal::RULE,
    &shared_or_personal_account::RULE,
    &over_scoped_account::RULE,
    &rotation_overdue::RULE,
    &audit_off::RULE,
    // versioning
    &version_missing::RULE,
    &version_reused::RULE,
    &name_major_mismatch::RULE,
    &sunset_passed::RULE,
];
