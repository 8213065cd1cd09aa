//! flowgate: a GitOps compiler and linter for business workflows.

pub mod check;
pub mod diagnostic;
pub mod report;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod yaml;
