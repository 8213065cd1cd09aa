//! flowgate: a GitOps compiler and linter for business workflows.

pub mod diagnostic;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod yaml;
