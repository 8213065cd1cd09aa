//! Test files of policies: cases with what a requirement should say about them. They are no documents
//! of a project; `flowgate policy test` reads them beside their policies.

use super::decode::{Decode, Decoder};
use super::names::{Name, OneOrMany, RequirementName};
use super::rules::{MISSING_KEY, UNKNOWN_KEY};
use super::scalars::Date;
use crate::diagnostic::{Checked, Diagnostic};
use crate::source::{SourceId, Span, Spanned};
use crate::yaml;
use crate::{choice, mapping, vocabulary};

/// The root key.
const ROOT: &str = "policy_test";

mapping! {
    /// The cases of one policy file.
    pub struct PolicyTest as "a policy test" {
        /// The documents that cases are completed from, beside this file; a small complete
        /// workflow with its directory when absent.
        optional base: Spanned<String>,
        /// The day on which time limits are judged; 2026-08-01 when absent.
        optional today: Spanned<Date>,
        /// The cases.
        required cases: Vec<TestCase>,
    }
}

mapping! {
    /// One case.
    pub struct TestCase as "a case" {
        /// What is tried, in a few words.
        required name: Spanned<String>,
        /// The requirement that is tried.
        required requirement: Spanned<Name<RequirementName>>,
        /// Documents, as in a file; keys that are missing are taken from the base.
        optional given: Spanned<String>,
        /// Files that the documents name.
        defaulted files: Vec<GivenFile>,
        /// What the requirement should say.
        required expect: Expectation,
    }
}

mapping! {
    /// A file that documents name, such as a runbook.
    pub struct GivenFile as "a file" {
        /// The path from the root of the project.
        required path: Spanned<String>,
        /// What is in it.
        required text: Spanned<String>,
    }
}

choice! {
    /// What a requirement should say.
    pub enum Expectation as "`pass`, `not_meant`, or a mapping with `fail`" {
        /// It says nothing.
        Silent(Spanned<Silence>) = scalar,
        /// It fails.
        Fails(ExpectedFailures) = mapping,
    }
}

vocabulary! {
    /// Why a requirement says nothing.
    pub enum Silence as "an expectation" {
        /// Something is asked, and everything that is asked meets it.
        Pass = "pass",
        /// Nothing is asked, since `match` or `when` leave everything out.
        NotMeant = "not_meant",
    }
}

mapping! {
    /// The findings that are expected, all of them.
    pub struct ExpectedFailures as "a failure" {
        /// One or several findings.
        required fail: OneOrMany<ExpectedFailure>,
    }
}

mapping! {
    /// A finding that is expected.
    pub struct ExpectedFailure as "a finding" {
        /// The place inside the document, or the beginning of it.
        optional at: Spanned<String>,
        /// A part of the message.
        optional message: Spanned<String>,
    }
}

/// Reads a test file.
pub fn read(source: SourceId, text: &str) -> Checked<PolicyTest> {
    let parsed = yaml::parse(source, text);
    let mut decoder = Decoder::new();
    let mut found = None;
    for document in &parsed.value.documents {
        let Some(mapping) = document.root(text).mapping() else {
            continue;
        };
        for entry in mapping.entries() {
            if entry.name == ROOT {
                found = PolicyTest::decode(entry.value, &mut decoder);
            } else {
                let message = format!("`{}` does not belong into a policy test", entry.name);
                let diagnostic = Diagnostic::new(&UNKNOWN_KEY, entry.key.span(), message);
                decoder.report(diagnostic.help(format!("write the cases below `{ROOT}`")));
            }
        }
    }
    let mut diagnostics = decoder.finish_after(parsed.diagnostics);
    if found.is_none() && diagnostics.is_empty() {
        let message = format!("there is no `{ROOT}` in this file");
        let diagnostic = Diagnostic::new(&MISSING_KEY, Span::new(source, 0..0), message);
        diagnostics.push(diagnostic.help(format!("begin with `{ROOT}: {{cases: […]}}`")));
    }
    Checked {
        value: found.unwrap_or_default(),
        diagnostics,
    }
}
