//! The built-in rules, one file each, in reference order.

mod approval_can_stall;
mod approval_without_evidence;
mod audit_off;
mod backup_missing;
mod boundary_without_contract;
mod calendar_missing;
mod call_without_timeout;
mod consumer_not_declared;
mod contract_owner_unresolved;
mod create_without_dedupe;
mod dead_letter_missing;
mod exception_queue_missing;
mod fallback_missing;
mod human_step_unassigned;
mod metrics_or_review_missing;
mod minimum_inputs_missing;
mod missing_evidence_escalates;
mod missing_trigger;
mod name_major_mismatch;
mod no_way_back;
mod over_scoped_account;
mod owner_missing;
mod owner_not_a_person;
mod owner_unknown_or_left;
mod pii_in_violation_sample;
mod proof_missing;
mod prose_quality_rule;
mod queue_owner_missing;
mod queue_sla_missing;
mod readiness_incomplete;
mod record_system_missing;
mod retry_unbounded;
mod retry_without_idempotency;
mod rotation_overdue;
mod runbook_incomplete;
mod secret_literal;
mod self_approval;
mod shared_or_personal_account;
mod sla_missing;
mod stuck_alert_missing;
mod success_metric_missing;
mod summary_or_scope_missing;
mod sunset_passed;
mod toxic_role_pair;
mod undeclared_reason;
mod unused_reason;
mod version_missing;
mod version_reused;
mod wait_without_timeout;
mod writes_without_compensation;

mod ai_without_checkpoint;
mod approval_deadlock;
mod decision_table_gap;
mod delegate_breaks_separation;
mod freshness_too_slow;
mod invalid_expression;
mod missing_catch;
mod no_path_to_end;
mod noisy_escalation;
mod optional_unguarded;
mod outcome_unhandled;
mod parallel_escape;
mod resume_skips_approval;
mod routing_writes;
mod sensitive_step_unapproved;
mod sla_arithmetic;
mod transition_gap_or_overlap;
mod type_mismatch;
mod unbounded_loop;
mod unknown_field;
mod unnamed_threshold;
mod unreachable_state;
mod used_before_provided;

mod process_map_stale;
mod sync_before_record;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // structure
    &invalid_expression::RULE,
    &missing_trigger::RULE,
    // ownership
    &owner_missing::RULE,
    &owner_not_a_person::RULE,
    &owner_unknown_or_left::RULE,
    &backup_missing::RULE,
    &queue_owner_missing::RULE,
    &human_step_unassigned::RULE,
    &contract_owner_unresolved::RULE,
    // sla
    &sla_missing::RULE,
    &wait_without_timeout::RULE,
    &queue_sla_missing::RULE,
    &calendar_missing::RULE,
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
    &unknown_field::RULE,
    &type_mismatch::RULE,
    &used_before_provided::RULE,
    &optional_unguarded::RULE,
    &record_system_missing::RULE,
    &sync_before_record::RULE,
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
    &toxic_role_pair::RULE,
    &rotation_overdue::RULE,
    &audit_off::RULE,
    // versioning
    &version_missing::RULE,
    &version_reused::RULE,
    &name_major_mismatch::RULE,
    &sunset_passed::RULE,
    // docs
    &summary_or_scope_missing::RULE,
    &proof_missing::RULE,
    &runbook_incomplete::RULE,
    &readiness_incomplete::RULE,
    &process_map_stale::RULE,
    // observability
    &success_metric_missing::RULE,
    &stuck_alert_missing::RULE,
    &metrics_or_review_missing::RULE,
    &unreachable_state::RULE,
    &no_path_to_end::RULE,
    &transition_gap_or_overlap::RULE,
    &unbounded_loop::RULE,
    &parallel_escape::RULE,
    &decision_table_gap::RULE,
    &routing_writes::RULE,
    // ownership
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
    // sla
    &sla_arithmetic::RULE,
    // data
    &freshness_too_slow::RULE,
    &unnamed_threshold::RULE,
    &ai_without_checkpoint::RULE,
];
