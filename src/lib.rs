//! flowgate: a GitOps compiler and linter for business workflows.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod diff;
pub mod expr;
pub mod lint;
pub mod model;
pub mod plan;
pub mod report;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod target;
pub mod yaml;
