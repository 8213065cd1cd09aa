//! Tests of the whole: the house rules, generated files, properties and real repositories.

#[cfg(test)]
mod architecture;
mod calendars;
mod cli;
mod examples;
mod flow;
mod generated;
mod mini_specification;
mod properties;
mod revisions;
mod schemas;
mod shell;
mod smallest_workflow;
