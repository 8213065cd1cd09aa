//! `bump-too-small`: versions that promise less change than there is.

use super::{Context, Rule};
use crate::compat::declaration::Class;
use crate::compat::impact::DocumentImpact;
use crate::declare_meta;
use crate::diagnostic::{Diagnostic, Fix};
use crate::diff::Lookalike;
use crate::model::versioned::Versioned;
use crate::rule::ERROR;
use crate::source::Span;
use crate::yaml::edit;

declare_meta! {
    /// Finds documents whose changes demand a higher version than they declare: a break demands a
    /// new major version, an addition a new minor one, everything else a new patch version. Below
    /// 1.0.0 the scale drops by one: a break demands a new minor version.
    ///
    /// What counts are all changes since the last release, which is a tag of the repository, so that
    /// several merged changes need one bump together. A document that was never released is compared
    /// with the base of the change. Drafts are left alone. `flowgate check --base REV` looks for it.
    ///
    /// ## Example
    ///
    /// Suppose that the promise was `{response: 1h, resolution: 1d}` in version 1.0.0.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 1.0.1
    ///   sla: {response: 1h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 2.0.0
    ///   sla: {response: 1h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Raise the version; `flowgate check --base REV --fix` writes the right one, and
    /// `flowgate version --apply` writes those of all documents. A contract carries its major version
    /// in its name, so a break is published under the next name, beside the old contract. A break that
    /// is meant, and agreed with everybody it hurts, can be accepted: see `accept-incomplete`.
    pub static BUMP_TOO_SMALL = {
        id: "bump-too-small",
        summary: "a version that promises less change than there is",
        why: "whoever relies on the version takes a break for harmless",
        family: Versioning,
        level: ERROR,
        locked: true,
        fixable: Safe,
        since: "0.1.0",
    }
}

pub(super) const RULE: Rule = Rule {
    meta: &BUMP_TOO_SMALL,
    alone: None,
    of_change: Some(|impact, context| {
        for document in &impact.documents {
            check(document, context);
        }
    }),
};

fn check(document: &DocumentImpact, context: &mut Context<'_>) {
    if document.declaration.ok() {
        return;
    }
    let (Some(own), Some(needed)) = (context.versioned(document), document.declaration.needed())
    else {
        return;
    };
    let span = own.version.map_or(own.name.span, |version| version.span);
    let finding = context.finding(span, message(document, &own, &needed));
    let finding = because(finding, document, span);
    let finding = if let Some(new_name) = document.declaration.new_name(&document.facts) {
        let name = &own.name.value;
        finding.help(format!(
            "publish the change as `{new_name}`, version {needed}, beside `{name}`, and give `{name}` a `sunset`"
        ))
    } else {
        let help = match own.version {
            Some(_) => format!("write `version: {needed}`"),
            None => format!("add `version: {needed}`"),
        };
        let finding = finding.help(help);
        match fix(&own, &needed, context) {
            Some(fix) => finding.fix(fix),
            None => finding,
        }
    };
    context.report(finding);
}

/// ``version 2.1.0 is too low: the breaking `state-removed` at `states.desk` takes 3.0.0 after 2.0.0``
fn message(document: &DocumentImpact, own: &Versioned<'_>, needed: &semver::Version) -> String {
    let declaration = &document.declaration;
    let demand = document.demand();
    let change = demand.map_or_else(
        || "what changed".to_owned(),
        |demand| {
            let place = match demand.path {
                "" => format!("`{}`", demand.id),
                path => format!("`{}` at `{path}`", demand.id),
            };
            match demand.contract {
                Some(contract) => format!("{place} of `{contract}`, which its trigger takes,"),
                None => place,
            }
        },
    );
    let from = match (&declaration.released, declaration.from()) {
        (Some((_, tag)), _) => format!(" after `{tag}`"),
        (None, Some(version)) => format!(" after {version}"),
        (None, None) => String::new(),
    };
    let what = match demand.map(|demand| demand.class) {
        Some(Class::Breaking) => "the breaking ",
        Some(Class::Review | Class::Additive | Class::Patch | Class::None) | None => "",
    };
    let written = match own.version {
        Some(version) => format!("version {} is too low", version.value.semantic),
        None => "a version is needed".to_owned(),
    };
    format!("{written}: {what}{change} takes {needed}{from}")
}

/// What demands it, where it stands.
fn because(finding: Diagnostic, document: &DocumentImpact, version: Span) -> Diagnostic {
    let Some(demand) = document.demand() else {
        return finding;
    };
    let why = demand.why.trim_end_matches('.').to_owned();
    let finding = renamed(finding, document);
    match demand.span {
        Some(span) if span != version => finding.label(span, why),
        Some(_) | None => finding.note(why),
    }
}

/// What is gone may only have another name, which breaks less.
fn renamed(finding: Diagnostic, document: &DocumentImpact) -> Diagnostic {
    let changes = document.since_release.as_ref().unwrap_or(&document.changes);
    let gone = changes
        .iter()
        .filter(|judged| judged.change.after.is_none());
    let lookalikes = gone.filter_map(|judged| judged.change.lookalike.as_ref());
    lookalikes.fold(finding, |finding, lookalike| {
        let Lookalike {
            before,
            after,
            span,
        } = lookalike;
        finding.label(
            *span,
            format!("if this is `{before}` under another name, write `renamed_from: {before}` under `{after}`"),
        )
    })
}

fn fix(own: &Versioned<'_>, needed: &semver::Version, context: &Context<'_>) -> Option<Fix> {
    if let Some(version) = own.version {
        return Some(Fix::replace(version.span, needed.to_string()));
    }
    let entry = context.entry_at(own.key)?;
    let text = context.after.sources.file(own.key.source).text();
    let mapping = entry.value.mapping()?;
    let edit = match mapping.get("name") {
        Some(name) => edit::insert_behind(mapping, name, text, "version", &needed.to_string()),
        None => edit::insert_entry(mapping, text, "version", &needed.to_string())?,
    };
    Some(Fix::safe(vec![edit]))
}
