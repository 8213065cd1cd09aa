//! Documents that carry a version of their own.

use super::Model;
use crate::source::{Span, Spanned};
use crate::syntax::governance::{Acceptance, Status};
use crate::syntax::scalars::Version;
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
    /// Breaking changes that are accepted on purpose.
    pub accept: &'a [Spanned<Acceptance>],
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
    /// The documents that carry a version: workflows, contracts, policies and process maps.
    pub fn versioned(&self) -> impl Iterator<Item = Versioned<'_>> {
        let workflows = self.project.workflows.iter().map(|entity| {
            let body = &entity.body;
            let life = (&body.version, &body.status);
            of(DocumentKind::Workflow, entity, life, &body.accept)
        });
        let contracts = self.project.contracts.iter().map(|entity| {
            let body = &entity.body;
            let life = (&body.version, &body.status);
            of(DocumentKind::Contract, entity, life, &body.accept)
        });
        let policies = self.project.policies.iter().map(|entity| {
            let body = &entity.body;
            let life = (&body.version, &body.status);
            of(DocumentKind::Policy, entity, life, &body.accept)
        });
        let maps = self.project.process_maps.iter().map(|entity| {
            let life = (&entity.body.version, &None);
            of(DocumentKind::ProcessMap, entity, life, &[])
        });
        workflows.chain(contracts).chain(policies).chain(maps)
    }

    /// The document with a version of a kind and name.
    pub fn versioned_document(&self, kind: DocumentKind, name: &str) -> Option<Versioned<'_>> {
        self.versioned()
            .find(|document| document.kind == kind && document.name.value == name)
    }
}

fn of<'a, T>(
    kind: DocumentKind,
    entity: &'a Entity<T>,
    (version, status): (&'a Option<Spanned<Version>>, &Option<Spanned<Status>>),
    accept: &'a [Spanned<Acceptance>],
) -> Versioned<'a> {
    Versioned {
        kind,
        name: &entity.name,
        key: entity.key,
        span: entity.span,
        version: version.as_ref(),
        status: status.as_ref().map(|status| status.value),
        accept,
    }
}
