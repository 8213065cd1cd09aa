//! The built-in rules, one file each, in reference order.

mod owner_missing;

use super::Rule;

/// Every built-in rule, in reference order.
pub static RULES: &[&Rule] = &[
    // ownership
    &owner_missing::RULE,
];
