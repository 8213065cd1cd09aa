//! Which documents and changes a policy means.

use super::declaration::{Class, ControlEffect};
use super::impact::{DocumentImpact, JudgedChange};
use crate::model::selector::{Described, Matcher};
use crate::syntax::policy::{ChangeClass, ControlDirection, Selector};

/// True when every key that is written fits the document.
pub(super) fn fits_document(selector: &Selector, document: &DocumentImpact) -> bool {
    Matcher::new(selector).fits(&Described {
        kind: document.facts.kind,
        names: document.names(),
        risks: document.risks.iter().map(String::as_str).collect(),
        stage: document.stage,
        teams: document.teams.iter().map(String::as_str).collect(),
        paths: document.paths.iter().map(String::as_str).collect(),
    })
}

/// True when every key that is written about changes fits this one.
pub(super) fn fits_change(selector: &Selector, judged: &JudgedChange) -> bool {
    let control = selector.control.is_none_or(|control| {
        let wanted = match control.value {
            ControlDirection::Weakened => ControlEffect::Weakened,
            ControlDirection::Strengthened => ControlEffect::Strengthened,
        };
        judged.verdict.control == wanted
    });
    let class = selector.class.is_none_or(|class| {
        let wanted = match class.value {
            ChangeClass::Breaking => Class::Breaking,
            ChangeClass::Additive => Class::Additive,
            ChangeClass::Patch => Class::Patch,
            ChangeClass::Review => Class::Review,
        };
        judged.verdict.class == wanted
    });
    control && class
}
