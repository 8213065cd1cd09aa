//! Names that exist, but name something of another kind than is meant.

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::model::{Model, rules};
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::visit::ReferenceKind;
use crate::yaml::edit;

use super::word;

/// Kinds that are easily confused.
const KINDS: [ReferenceKind; 5] = [
    ReferenceKind::Person,
    ReferenceKind::Team,
    ReferenceKind::Role,
    ReferenceKind::Queue,
    ReferenceKind::System,
];

/// A finding when the name is declared, but as something else than `wanted`.
pub(super) fn report(
    model: &Model,
    wanted: ReferenceKind,
    name: &str,
    span: Span,
) -> Option<Diagnostic> {
    if !KINDS.contains(&wanted) {
        return None;
    }
    let (kind, place) = KINDS
        .into_iter()
        .filter(|kind| *kind != wanted)
        .find_map(|kind| Some((kind, declared(model, kind, name)?)))?;
    let message = format!("`{name}` is a {}, not a {}", word(kind), word(wanted));
    let diagnostic = Diagnostic::new(&rules::UNRESOLVED_REFERENCE, span, message)
        .label(place, format!("`{name}` is declared here"));
    Some(match lead(model, wanted, name) {
        Some(lead) => diagnostic
            .help(format!(
                "name one person, such as `{}`, its lead",
                lead.value
            ))
            .fix(Fix::needs_a_look(vec![Edit {
                span,
                text: edit::quoted_if_needed(&lead.value),
            }])),
        None => diagnostic.help(format!(
            "name a {}, or use the key for a {}",
            word(wanted),
            word(kind)
        )),
    })
}

fn declared(model: &Model, kind: ReferenceKind, name: &str) -> Option<Span> {
    fn place<T>(entity: Option<&Entity<T>>) -> Option<Span> {
        entity.map(|entity| entity.name.span)
    }
    if kind == ReferenceKind::Role {
        let holder = model.role_holders(name).next()?;
        let role = holder
            .body
            .roles
            .iter()
            .find(|role| role.value.text == name);
        return role.map(|role| role.span);
    }
    place(model.person(name).filter(|_| kind == ReferenceKind::Person))
        .or_else(|| place(model.team(name).filter(|_| kind == ReferenceKind::Team)))
        .or_else(|| place(model.queue(name).filter(|_| kind == ReferenceKind::Queue)))
        .or_else(|| place(model.system(name).filter(|_| kind == ReferenceKind::System)))
}

fn lead<'m>(model: &'m Model, wanted: ReferenceKind, name: &str) -> Option<&'m Spanned<String>> {
    let team = model
        .team(name)
        .filter(|_| wanted == ReferenceKind::Person)?;
    let lead = team.body.lead.as_ref()?;
    model
        .is_active_person(&lead.name.value)
        .then_some(&lead.name)
}
