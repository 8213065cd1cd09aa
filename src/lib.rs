//! flowgate: a GitOps compiler and linter for business workflows.

pub mod diagnostic;
pub mod diff;
pub mod lint;
pub mod model;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod yaml;
