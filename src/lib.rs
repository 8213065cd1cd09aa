//! flowgate: a GitOps compiler and linter for business workflows.
//!
//! # Stages
//!
//! The names are the types; every arrow is one function.
//!
//! ```text
//! SourceTree → Sources → Document → Project → Model ─┬─ Diagnostic*       (lint)
//!  (disk, git,  (text)    (YAML      (as       (resolved├─ Change* → Verdict (diff, compat) → report
//!   memory)                nodes)     written)  + graphs)└─ Sound → Plan ── Artifact* (target)
//! ```
//!
//! | from → to | function | when the input is bad |
//! |---|---|---|
//! | tree → [`source::Sources`] | [`source::read`] | the file becomes a finding |
//! | text → [`yaml::Stream`] | [`yaml::parse`] | never fails; findings, and the next document |
//! | document → [`syntax::Project`] | [`syntax::document`] | keeps what it understood, with findings |
//! | project → [`model::Model`] | [`model::resolve::resolve`] | dangling names stay as holes, with findings |
//! | model → findings | [`lint::run`] | – |
//! | model → [`model::Sound`] | [`model::Model::sound`] | no plan from a broken model |
//! | sound → [`plan::Plan`] | [`plan::lower()`] | cannot fail |
//! | plan → [`target::Artifact`] | `emit` of a [`target::Target`] | findings at the author's place |
//! | two models → changes → verdicts | [`diff::diff`], `compat` | pure |
//!
//! Two kinds of trouble are never mixed: a [`diagnostic::Diagnostic`] says that the user's files
//! are wrong (it has a rule, a level and a place, and is collected), an error says that the tool
//! could not work (files, git, flags; it ends the run with a hint).
//!
//! # Layers
//!
//! A module may name only itself and what stands left of it; siblings do not name each other.
//!
//! `source`, `rule`, `layout`, `published` < `diagnostic` < `yaml`, `expr`, `value_set` < `syntax`
//! < `model` < `lint`, `policy`, `diff`, `plan` < `compat`, `target`, `run`, `exchange`, `forge`
//! < `catalog` < `check`, `release` < `report` < `cli`
//!
//! `tests/it/architecture.rs` holds this table.
//!
//! # What is absent, on purpose
//!
//! - Below `cli` nothing prints, exits, or reads environment, clock or current folder.
//! - Only `source` (working tree and git) and `cli` touch the outside.
//! - Only `yaml` names the YAML parser, only `source::git` names libgit2, only `report` names
//!   miette.
//! - Only `report`, `plan`, `run` (the trace) and `policy` (the facts) serialise.
//! - Diagnostics hold spans; line numbers exist only in `report`.
//! - No rule knows another rule; a [`model::Model`] is immutable.
//! - No order of a hash map reaches an output.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod compat;
pub mod diagnostic;
pub mod diff;
pub mod exchange;
pub mod expr;
pub mod forge;
pub mod layout;
pub mod lint;
pub mod model;
pub mod plan;
pub mod policy;
pub mod published;
pub mod report;
pub mod rule;
pub mod run;
pub mod source;
pub mod syntax;
pub mod target;
pub mod value_set;
pub mod yaml;
