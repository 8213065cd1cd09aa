//! Documents that carry a version of their own.

use super::Model;
use crate::source::{Span, Spanned};
use crate::syntax::scalars::Version;
use crate::syntax::workflow::Status;
use crate::syntax::{DocumentKind, Entity};

/// A document that carries a version of its own.
#[derive(Debug, Clone, Copy)]
pub struct Versioned<'a> {
    /// The kind.
    pub kind: DocumentKind,
    /// The name.
    pub name: &'a Spanned<String>,
    /// The root key, or the name used as key.
    pub key: Span,
    /// From the key to the last character of the definition.
    pub span: Span,
    /// The version, when one is written.
    pub version: Option<&'a Spanned<Version>>,
    /// Where the document is in its life.
    pub status: Option<Status>,
}

impl Versioned<'_> {
    /// The version that counts: a contract without one begins its major, which stands in its name.
    pub fn current(&self) -> Option<semver::Version> {
        let written = self.version.map(|version| version.value.semantic.clone());
        written.or_else(|| first_of_major(self.kind, &self.name.value))
    }
}

/// The first version that a contract's name stands for; other names say nothing about versions.
pub fn first_of_major(kind: DocumentKind, name: &str) -> Option<semver::Version> {
    let major = (kind == DocumentKind::Contract).then(|| super::major_of(name));
    Some(semver::Version::new(major.flatten()?, 0, 0))
}

impl Model {
    /// The documents that are released under versions: workflows, contracts and policies.
    pub fn versioned(&self) -> impl Iterator<Item = Versioned<'_>> {
        let workflows = self.project.workflows.iter().map(|entity| {
            let body = &entity.body;
            of(DocumentKind::Workflow, entity, &body.version, &body.status)
        });
        let contracts = self.project.contracts.iter().map(|entity| {
            let body = &entity.body;
            of(DocumentKind::Contract, entity, &body.version, &body.status)
        });
        let policies = self.project.policies.iter().map(|entity| {
            let body = &entity.body;
            of(DocumentKind::Policy, entity, &body.version, &body.status)
        });
        workflows.chain(contracts).chain(policies)
    }

    /// The released document of a kind and name.
    pub fn versioned_document(&self, kind: DocumentKind, name: &str) -> Option<Versioned<'_>> {
        self.versioned()
            .find(|document| document.kind == kind && document.name.value == name)
    }
}

fn of<'a, T>(
    kind: DocumentKind,
    entity: &'a Entity<T>,
    version: &'a Option<Spanned<Version>>,
    status: &Option<Spanned<Status>>,
) -> Versioned<'a> {
    Versioned {
        kind,
        name: &entity.name,
        key: entity.key,
        span: entity.span,
        version: version.as_ref(),
        status: status.as_ref().map(|status| status.value),
    }
}
