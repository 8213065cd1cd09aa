//! What a document bears on: kinds of risk, and teams.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::syntax::DocumentKind;

/// The kinds of risk of a document. Reading personal data is a risk whether it is named or not.
pub(super) fn risks(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    owned(model.risks(kind, name))
}

/// The teams that the owner of a document is in, and that it names.
pub(super) fn teams(model: &Model, kind: DocumentKind, name: &str) -> BTreeSet<String> {
    owned(model.teams_of(kind, name))
}

fn owned(names: BTreeSet<&str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}
