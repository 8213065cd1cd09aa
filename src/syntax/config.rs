//! The project file `flowgate.yaml`.

use super::governance::Suppression;
use super::names::{KebabName, Name, NameMap, SnakeName};
use super::policy::Levels;
use super::scalars::Literal;
use super::step::RetryPolicy;
use crate::source::Spanned;
use crate::{mapping, vocabulary};

mapping! {
    /// The project file: where documents are, shared retries and lists, levels and policies.
    pub struct ProjectFile as "the project file" {
        /// The edition of the language: `1`.
        required edition ("flowgate"): Spanned<u32>,
        /// What the repository is and where its documents are.
        optional project: ProjectSettings,
        /// The tool version that the repository needs, as `">=0.3"`.
        optional requires: Spanned<String>,
        /// Named retries.
        defaulted retries: NameMap<KebabName, RetryPolicy>,
        /// How versions are kept.
        optional versioning: Versioning,
        /// Named lists of values, read by expressions as `lists.<name>`.
        defaulted lists: NameMap<SnakeName, Spanned<Vec<Spanned<Literal>>>>,
        /// Kinds of risk beside `finance`, `access`, `compliance`, `pii` and `legal`.
        defaulted risks: Vec<Spanned<Name<KebabName>>>,
        /// Policies in force: names of shipped packs, and paths of Rego files and of folders that hold
        /// some, as `policies/rego/`.
        defaulted policies: Vec<Spanned<String>>,
        /// Changed levels of rules.
        defaulted levels: Levels,
        /// The file with the findings that the repository is known to have; `flowgate check` shows
        /// what is not among them.
        optional baseline: Spanned<String>,
        /// Findings that are accepted for a while. Here `at` begins with the kind and the name of
        /// the document, as in `queues.it-desk.sla`, for all that have no `suppress` of their own.
        defaulted suppress: Vec<Spanned<Suppression>>,
    }
}

mapping! {
    /// What the repository is and where its documents are.
    pub struct ProjectSettings as "the project section" {
        /// The name.
        optional name: Spanned<Name<KebabName>>,
        /// What it is.
        optional summary: Spanned<String>,
        /// Folders that hold documents; the whole repository when absent.
        defaulted roots: Vec<Spanned<String>>,
        /// Paths that hold none, as in `.gitignore`.
        defaulted exclude: Vec<Spanned<String>>,
        /// The revision that changes are compared with, as `origin/main`.
        optional base: Spanned<String>,
    }
}

vocabulary! {
    /// Where the version of a document stands.
    pub enum VersionSource as "a source of versions" {
        /// In the document.
        File = "file",
        /// In the tag only.
        Tag = "tag",
    }
}

mapping! {
    /// How versions are kept.
    pub struct Versioning as "the versioning section" {
        /// Where the version stands; `file` when absent.
        optional source: Spanned<VersionSource>,
        /// The tag of a release, as `"{name}/v{version}"`.
        optional tag: Spanned<String>,
        /// The tag of a contract's release, as `"contract/{name}/v{version}"`.
        optional contract_tag: Spanned<String>,
        /// Whether tags must be signed.
        optional signed: Spanned<bool>,
    }
}
