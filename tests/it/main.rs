//! Tests of the whole: the house rules, generated files, properties and real repositories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
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
mod flow;
mod generated;
mod mini_specification;
mod properties;
mod provided;
mod readiness;
mod readme;
mod revisions;
mod scenarios;
mod schemas;
mod shell;
mod smallest_workflow;
mod stage;
mod suppressions;
mod traces;
mod version;
mod worst_paths;
