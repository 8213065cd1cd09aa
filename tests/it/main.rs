//! Tests of the whole: the house rules, generated files, properties and real repositories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod approvals;
mod architecture;
mod asl;
mod baseline;
mod boundaries;
mod calendars;
mod check_base;
mod cli;
mod compat;
mod compile;
mod consequences;
mod diff;
mod duties;
mod examples;
mod exchange;
mod feel;
mod flow;
mod generated;
mod impact_report;
mod json_schema;
mod jsonata;
mod lookalikes;
mod mini_specification;
mod parts;
mod people;
mod policies;
mod promises;
mod properties;
mod provided;
mod pull_requests;
mod readers;
mod readiness;
mod readme;
#[cfg(feature = "rego")]
mod rego;
mod release;
mod replays;
mod repository;
mod revisions;
mod scenarios;
mod schemas;
mod shell;
mod smallest_workflow;
mod stage;
mod suggestions;
mod suppressions;
mod traces;
mod value_sets;
mod version;
mod walks;
mod worst_paths;
