//! `version-missing`: documents without a version of record.

use crate::declare_rule;
use crate::diagnostic::Edit;
use crate::lint::{Context, On};
use crate::rule::WARNING;
use crate::source::Span;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::config::VersionSource;
use crate::yaml::edit;

declare_rule! {
    /// Finds workflows and contracts without a `version`.
    ///
    /// Until the first release, `1.0.0` is meant, or `N.0.0` for a contract whose name ends in `.vN`.
    /// Where the project file says `versioning: {source: tag}`, versions stand in tags only.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow:
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.0.0
    ///   summary: Books a room with special set-up when the calendar cannot do it alone.
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add `version:`; `flowgate check --fix` does for documents that were never released.
    pub static RULE = {
        check: On::Project(check),
        id: "version-missing",
        summary: "a document without a version",
        why: "nobody can say which definition a running case follows",
        family: Versioning,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    let versioning = model.config().and_then(|config| config.versioning.as_ref());
    let source = versioning.and_then(|versioning| versioning.source.as_ref());
    if source.is_some_and(|source| source.value == VersionSource::Tag) {
        return;
    }
    for workflow in &model.project.workflows {
        let body = &workflow.body;
        if body.version.is_none() && !body.unread.contains(&"version") {
            report(
                DocumentKind::Workflow,
                &workflow.name,
                workflow.key,
                1,
                context,
            );
        }
    }
    for contract in &model.project.contracts {
        let body = &contract.body;
        if body.version.is_none() && !body.unread.contains(&"version") {
            let major = contract.major().unwrap_or(1);
            report(
                DocumentKind::Contract,
                &contract.name,
                contract.key,
                major,
                context,
            );
        }
    }
}

fn report(
    kind: DocumentKind,
    name: &Spanned<String>,
    key: Span,
    major: u64,
    context: &mut Context<'_>,
) {
    if context.entry_below(key, "version").is_some() {
        return;
    }
    let message = format!("the {} `{}` has no version", kind.as_str(), name.value);
    let finding = context.finding(name.span, message);
    let mut releases = context.model.releases_of_name(kind, &name.value);
    let finding = match releases.next_back() {
        Some(last) => finding.help(format!(
            "add `version:` with the version after {}, which is released",
            last.version
        )),
        None => finding
            .help(format!("add `version: {major}.0.0`"))
            .safe_fix(addition(key, &format!("{major}.0.0"), context)),
    };
    context.report(finding);
}

/// `version` stands behind the name where the document names itself.
fn addition(key: Span, version: &str, context: &Context<'_>) -> Option<Edit> {
    let text = context.sources.file(key.source).text();
    let mapping = context.entry_at(key)?.value.mapping()?;
    match mapping.get("name") {
        Some(name) => Some(edit::insert_behind(mapping, name, text, "version", version)),
        None => edit::insert_entry(mapping, text, "version", version),
    }
}
