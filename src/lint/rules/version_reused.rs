//! `version-reused`: versions that already mean something else.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::source::Spanned;
use crate::syntax::DocumentKind;
use crate::syntax::scalars::Version;

declare_rule! {
    /// Finds documents that changed since their version was released, and versions below one that is
    /// released already.
    ///
    /// Releases are the tags of the repository.
    ///
    /// ## Example
    ///
    /// Suppose that the tag `room-booking/v1.0.0` exists, and that the promise was shorter in it.
    ///
    /// ```yaml,bad
    /// workflow:
    ///   version: 1.0.0
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ```yaml,good
    /// workflow:
    ///   version: 1.1.0
    ///   sla: {response: 4h, resolution: 3d, calendar: business}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Raise the version; `flowgate diff` says how far it has to go.
    pub static RULE = {
        check: On::Project(check),
        id: "version-reused",
        summary: "a version that is taken",
        why: "two definitions with one version make every log and every approval ambiguous",
        family: Versioning,
        level: ERROR,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let model = context.model;
    for workflow in &model.project.workflows {
        if let Some(version) = &workflow.body.version {
            judge(
                DocumentKind::Workflow,
                &workflow.name.value,
                version,
                context,
            );
        }
    }
    for policy in &model.project.policies {
        if let Some(version) = &policy.body.version {
            judge(DocumentKind::Policy, &policy.name.value, version, context);
        }
    }
    for contract in &model.project.contracts {
        if let Some(version) = &contract.body.version {
            judge(
                DocumentKind::Contract,
                &contract.name.value,
                version,
                context,
            );
        }
    }
}

fn judge(kind: DocumentKind, name: &str, version: &Spanned<Version>, context: &mut Context<'_>) {
    let releases = || context.model.releases_of_name(kind, name);
    let declared = &version.value.semantic;
    let taken = releases().find(|release| release.version == *declared);
    let highest = releases().map(|release| &release.version).max();
    if let Some(release) = taken.filter(|release| release.unchanged == Some(false)) {
        let message = format!("`{name}` has changed since `{}`", release.tag);
        context.report(
            context
                .finding(version.span, message)
                .help("raise the version; `flowgate diff` says how far"),
        );
    } else if let Some(highest) = highest.filter(|highest| *highest > declared) {
        let message = format!("{declared} is below {highest}, which is released already");
        context.report(
            context
                .finding(version.span, message)
                .help(format!("give `{name}` a version above {highest}")),
        );
    }
}
