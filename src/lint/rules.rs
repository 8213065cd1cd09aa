//! The built-in rules, one file each, in reference order.

mod backup_missing;
mod calendar_missing;
mod contract_owner_unresolved;
mod human_step_unassigned;
mod metrics_or_review_missing;
mod missing_trigger;
mod owner_missing;
mod owner_not_a_person;
mod owner_unknown_or_left;
mod proof_missing;
mod queue_owner_missing;
mod queue_sla_missing;
mod readiness_incomplete;
mod runbook_incomplete;
mod sla_missing;
mod stuck_alert_missing;
mod success_metric_missing;
mod summary_or_scope_missing;
mod wait_without_timeout;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // structure
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
    // docs
    &summary_or_scope_missing::RULE,
    &proof_missing::RULE,
    &runbook_incomplete::RULE,
    &readiness_incomplete::RULE,
    // observability
    &success_metric_missing::RULE,
    &stuck_alert_missing::RULE,
    &metrics_or_review_missing::RULE,
];
