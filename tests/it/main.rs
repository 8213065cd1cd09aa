//! Tests of the whole: the house rules, generated files, properties and real repositories.

mod architecture;
mod examples;
mod flow;
mod generated;
mod properties;
mod revisions;
mod schemas;
