//! What the project file asks of the program: the edition of the language, and a version.

use semver::{Version, VersionReq};

use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::syntax::config::ProjectFile;
use crate::syntax::rules::INVALID_VALUE;

/// The edition of the language that this program reads.
const EDITION: u32 = 1;

/// Reports an edition that this program does not read, and a version that it has not.
pub(super) fn report(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(config) = model.config() {
        diagnostics.extend(edition(config));
        diagnostics.extend(version(config, env!("CARGO_PKG_VERSION")));
    }
}

fn edition(config: &ProjectFile) -> Option<Diagnostic> {
    let edition = config.edition.as_ref()?;
    (edition.value != EDITION).then(|| {
        let message = format!(
            "this flowgate knows the edition `{EDITION}` of the language only, not `{}`",
            edition.value
        );
        Diagnostic::new(&INVALID_VALUE, edition.span, message).help(format!(
            "write `flowgate: {EDITION}`; the versions of the program go into `requires`"
        ))
    })
}

fn version(config: &ProjectFile, present: &str) -> Option<Diagnostic> {
    let wanted = config.requires.as_ref()?;
    let finding = |message: String| Diagnostic::new(&INVALID_VALUE, wanted.span, message);
    let Ok(range) = VersionReq::parse(&wanted.value) else {
        let message = format!("`{}` is not a range of versions", wanted.value);
        return Some(finding(message).help("write it as `\">=0.3\"` or `\">=0.3, <2\"`"));
    };
    let present = Version::parse(present).ok()?;
    (!range.matches(&present)).then(|| {
        let message = format!(
            "this repository asks for flowgate {}, and this is {present}",
            wanted.value
        );
        finding(message).help("install a version that fits, or correct `requires`")
    })
}
