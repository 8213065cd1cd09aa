//! Tests of the whole: the house rules, generated files, properties and real repositories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
mod calendars;
mod cli;
mod compat;
mod compile;
mod diff;
mod examples;
mod flow;
mod generated;
mod mini_specification;
mod policies;
mod properties;
mod readme;
#[cfg(feature = "rego")]
mod rego;
mod revisions;
mod schemas;
mod shell;
mod smallest_workflow;
mod worst_paths;
