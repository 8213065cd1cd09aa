//! The built-in rules, one file each, in reference order.

mod freshness_too_slow;
mod owner_missing;
mod sla_arithmetic;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // ownership
    &owner_missing::RULE,
    // sla
    &sla_arithmetic::RULE,
    // data
    &freshness_too_slow::RULE,
];
