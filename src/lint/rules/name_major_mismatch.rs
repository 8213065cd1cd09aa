//! `name-major-mismatch`: contracts whose name and version disagree.

use crate::declare_rule;
use crate::diagnostic::Fix;
use crate::lint::{Context, On};
use crate::rule::ERROR;
use crate::syntax::DocumentKind;
use crate::syntax::Entity;
use crate::syntax::contract::Contract;

declare_rule! {
    /// Finds contracts whose name ends in another major version than `version` begins with.
    ///
    /// Two major versions of a contract live side by side under two names, until the readers of the
    /// old one have moved. So `.v2` is always 2.x.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// contract:
    ///   version: 2.0.0
    /// ```
    ///
    /// ```yaml,good
    /// contract:
    ///   version: 1.1.0
    /// ```
    ///
    /// ## How to mend it
    ///
    /// For a breaking change, copy the contract under its next name, and give the old one a `sunset`.
    /// Otherwise correct the version; `flowgate check --fix` does.
    pub static RULE = {
        check: On::Contract(check),
        id: "name-major-mismatch",
        summary: "a contract whose name and version disagree",
        why: "readers trust the name, and meet a breaking change under it",
        family: Versioning,
        level: ERROR,
        fixable: Safe,
        since: "0.1.0",
    }
}

fn check(contract: &Entity<Contract>, context: &mut Context<'_>) {
    let (Some(version), Some(major)) = (&contract.body.version, contract.major()) else {
        return;
    };
    let declared = &version.value.semantic;
    if declared.major == major {
        return;
    }
    let name = &contract.name.value;
    let corrected = semver::Version {
        major,
        ..declared.clone()
    };
    let mut releases = context.model.releases_of_name(DocumentKind::Contract, name);
    let is_free = releases.all(|release| release.version < corrected);
    let message = format!("`{name}` is version {declared}, but its name says {major}.x");
    let finding = context
        .finding(version.span, message)
        .label(contract.name.span, format!("this name means {major}.x"));
    context.report(if is_free {
        finding
            .help(format!(
                "write {corrected}, or give a breaking change a new name"
            ))
            .fix(Fix::replace(version.span, corrected.to_string()))
    } else {
        finding.help(format!(
            "write the next free {major}.x, or give a breaking change a new name"
        ))
    });
}
