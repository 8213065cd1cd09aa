//! flowgate: a GitOps compiler and linter for business workflows.

pub mod diagnostic;
pub mod lint;
pub mod model;
pub mod plan;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod target;
pub mod yaml;
