//! What authors wrote, as typed documents with a place on every value.
//!
//! Decoding never fails and never stops at the first fault: it reports every unknown key, wrong
//! type and missing key, and keeps what it understood.

pub mod ambiguous;
pub mod config;
pub mod contract;
pub mod decision;
pub mod decode;
pub mod directory;
pub mod document;
pub mod duration;
pub mod expressions;
mod flattened;
pub mod governance;
pub mod keys;
mod lasting;
pub mod mapping;
pub mod names;
pub mod odcs;
pub mod policy;
pub mod policy_test;
pub mod process_map;
pub mod references;
mod roots;
pub mod rules;
pub mod scalars;
pub mod scenarios;
pub mod schema;
pub mod separation;
pub mod step;
pub mod unread;
pub mod visit;
pub mod workflow;

pub use document::{DocumentKind, Entity, Project, decode};
pub use lasting::Lasting;
