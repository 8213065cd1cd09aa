//! `reserved-name-reused`: names that come back with another meaning.

use std::collections::BTreeMap;

use super::{Context, Rule};
use crate::compat::history::{NameKind, Named, names};
use crate::compat::impact::DocumentImpact;
use crate::declare_meta;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::rule::ERROR;
use crate::source::Span;
use crate::syntax::DocumentKind;

declare_meta! {
    /// Finds fields, states, steps, reason codes and controls whose name their document lists under
    /// `reserved`.
    ///
    /// `flowgate check --base REV` also finds names that were reserved before the change, and fields,
    /// states and reason codes that an earlier release had with another meaning, as far as the tags of
    /// the repository show.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 1.1.0
    ///   exceptions:
    ///     ROOM_GONE: {class: missing_info, queue: facilities-exceptions, resume: same}
    ///     NO_CATERING: {class: policy, queue: facilities-exceptions, resume: same}
    ///   reserved: {reasons: [NO_CATERING]}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.0.0
    ///   exceptions:
    ///     ROOM_GONE: {class: missing_info, queue: facilities-exceptions, resume: same}
    ///   reserved: {reasons: [NO_CATERING]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take a name that was never used. Whoever wants the old name back with its old meaning restores
    /// its definition as it was.
    pub static RESERVED_NAME_REUSED = {
        id: "reserved-name-reused",
        summary: "a retired name that comes back with another meaning",
        why: "old payloads, logs and readers know the name, and misunderstand it from now on",
        family: Versioning,
        level: ERROR,
        since: "0.1.0",
    }
}

pub(super) const RULE: Rule = Rule {
    meta: &RESERVED_NAME_REUSED,
    alone: Some(within),
    of_change: Some(|impact, context| {
        for document in &impact.documents {
            check(document, context);
        }
    }),
};

fn check(document: &DocumentImpact, context: &mut Context<'_>) {
    let kind = document.facts.kind;
    let Some(after) = &document.facts.after else {
        return;
    };
    let before = document.facts.before.as_ref();
    let old = before.map(|side| names(context.before.model, kind, &side.name));
    let old = old.unwrap_or_default();
    let reserved_before = before.map(|side| reserved(context.before.model, kind, &side.name));
    let reserved_before = reserved_before.unwrap_or_default();
    let reserved_after = reserved(context.after.model, kind, &after.name);
    for (key, named) in names(context.after.model, kind, &after.name) {
        if old.contains_key(&key) || reserved_after.contains_key(&key) {
            continue;
        }
        if reserved_before.contains_key(&key) {
            context
                .report(reserved_name(&key, named.span).note("it was reserved before this change"));
        } else {
            by_history(document, &key, &named, context);
        }
    }
}

/// Names that their own document reserves, which needs no earlier version to be seen.
fn within(model: &Model) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for document in model.versioned() {
        let reserved = reserved(model, document.kind, &document.name.value);
        if reserved.is_empty() {
            continue;
        }
        for (key, named) in names(model, document.kind, &document.name.value) {
            if let Some(list) = reserved.get(&key) {
                let finding = reserved_name(&key, named.span);
                diagnostics.push(finding.label(*list, "it is reserved here"));
            }
        }
    }
    diagnostics
}

fn reserved_name((of, name): &(NameKind, String), span: Span) -> Diagnostic {
    let of = of.as_str();
    let message = format!("the {of} `{name}` may not come back: the name is reserved");
    Diagnostic::new(&RESERVED_NAME_REUSED, span, message)
        .help(format!("give the {of} a name that was never used"))
}

/// The same name with the same meaning is a return, not another use.
fn by_history(
    document: &DocumentImpact,
    key: &(NameKind, String),
    named: &Named,
    context: &mut Context<'_>,
) {
    let (of, name) = key;
    let counts = match of {
        NameKind::Field | NameKind::State | NameKind::Reason => true,
        NameKind::Step | NameKind::Control => false,
    };
    let id = (document.facts.kind, document.facts.name().to_owned());
    let releases = context.history.names.get(&id).filter(|_| counts);
    let known = releases.and_then(|releases| {
        let mut releases = releases.iter().rev();
        releases.find_map(|release| Some((release, release.names.get(key)?)))
    });
    let Some((release, earlier)) = known.filter(|(_, earlier)| earlier.meaning != named.meaning)
    else {
        return;
    };
    let (of, tag) = (of.as_str(), &release.tag);
    let message = format!("the {of} `{name}` meant something else before");
    let finding = context
        .finding(named.span, message)
        .note(format!(
            "`{}` now, `{}` in `{tag}`",
            named.meaning, earlier.meaning
        ))
        .help(format!(
            "give the {of} a name that was never used, and list `{name}` under `reserved`"
        ));
    context.report(finding);
}

/// The names that a document reserves, with their places.
fn reserved(model: &Model, kind: DocumentKind, name: &str) -> BTreeMap<(NameKind, String), Span> {
    let mut reserved = BTreeMap::new();
    let contract = model
        .contract(name)
        .filter(|_| kind == DocumentKind::Contract);
    for field in contract.iter().flat_map(|contract| &contract.body.reserved) {
        reserved.insert((NameKind::Field, field.value.text.clone()), field.span);
    }
    let workflow = model
        .workflow(name)
        .filter(|_| kind == DocumentKind::Workflow);
    let lists = workflow.and_then(|workflow| workflow.body.reserved.as_ref());
    let Some(lists) = lists.map(|lists| &lists.value) else {
        return reserved;
    };
    let lists = [
        (NameKind::State, &lists.states),
        (NameKind::Step, &lists.steps),
        (NameKind::Reason, &lists.reasons),
        (NameKind::Control, &lists.controls),
    ];
    for (of, list) in lists {
        reserved.extend(
            list.iter()
                .map(|name| ((of, name.value.clone()), name.span)),
        );
    }
    reserved
}
