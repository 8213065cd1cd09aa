//! Tests of the whole: the house rules, generated files, properties and real repositories.

mod architecture;
mod calendars;
mod examples;
mod generated;
mod properties;
mod revisions;
mod schemas;
mod worst_paths;
