//! Suppressions: findings that an author accepts for a while, and the rules about that.

mod lock;

use super::place::documents;
use super::rulebook::Rulebook;
use super::{DocumentName, Finding, Loaded, Suppressed};
use crate::compat::approvals::owner;
use crate::diagnostic::{Diagnostic, Edit};
use crate::lint::suppression::{
    SUPPRESSION_INCOMPLETE, SUPPRESSION_SELF_APPROVED, SUPPRESSION_UNUSED,
};
use crate::model::Model;
use crate::model::owner::OwnerName;
use crate::rule::Level;
use crate::source::{Span, Spanned};
use crate::syntax::governance::Suppression;
use crate::syntax::{DocumentKind, Entity, Project};
use crate::yaml::{edit, path};

/// How long a finding may be accepted.
const LONGEST_DAYS: i32 = 180;

/// From how many days before its end on a suppression is said to end soon.
pub const SOON_DAYS: i32 = 30;

/// A suppression with the document that it is about.
struct Written<'a> {
    document: DocumentName,
    /// The path inside the document; the whole document when absent.
    at: Option<&'a str>,
    /// The key of the document that it is written in.
    key: Span,
    suppression: &'a Spanned<Suppression>,
}

/// A suppression that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSuppression {
    /// The rule.
    pub rule: String,
    /// The document.
    pub document: DocumentName,
    /// The path inside the document; the whole document when absent.
    pub at: Option<String>,
    /// Why, until when and who accepted it.
    pub terms: Suppressed,
    /// How many findings do not count because of it.
    pub findings: usize,
    /// Where it is written.
    pub span: Span,
}

/// Marks accepted findings and returns what is wrong with the suppressions themselves. The policies
/// of `governing` say which rules are locked.
pub(super) fn apply(
    findings: &mut [Finding],
    loaded: &Loaded,
    governing: &Model,
    rulebook: &Rulebook,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for written in all_written(&loaded.model) {
        let suppression = written.suppression;
        let mut complaints = judge(&written, &loaded.model, governing);
        let in_force = complaints.is_empty() && !is_unknown(suppression, &loaded.model);
        let mut matching: Vec<&mut Finding> = findings
            .iter_mut()
            .filter(|finding| finding.suppressed.is_none() && matches(finding, &written))
            .collect();
        if matching.is_empty() {
            // Where there is nothing to accept, it does not matter that the date is over.
            let until = suppression.value.until.as_ref().map(|until| until.span);
            complaints.retain(|complaint| Some(complaint.span) != until);
            complaints.push(unused(&written, loaded, rulebook));
        }
        diagnostics.extend(complaints);
        if !in_force {
            continue;
        }
        let own = own_errors(&written, &matching, [&loaded.model, governing]);
        if own.is_some() {
            matching.retain(|finding| finding.diagnostic.level < Level::Error);
        }
        diagnostics.extend(own);
        for finding in matching {
            finding.suppressed = Some(suppressed(&suppression.value, &loaded.model));
        }
    }
    diagnostics
}

/// The suppressions by which findings are suppressed, those that end first before the others.
pub fn active(findings: &[Finding], loaded: &Loaded) -> Vec<ActiveSuppression> {
    let mut counted = vec![false; findings.len()];
    let mut active = Vec::new();
    for written in all_written(&loaded.model) {
        let terms = suppressed(&written.suppression.value, &loaded.model);
        let mut number = 0;
        for (finding, counted) in findings.iter().zip(&mut counted) {
            let is_its = finding.suppressed.as_ref() == Some(&terms);
            if is_its && !*counted && matches(finding, &written) {
                *counted = true;
                number += 1;
            }
        }
        let rule = written.suppression.value.rule.as_ref();
        if let Some(rule) = rule.filter(|_| number > 0) {
            active.push(ActiveSuppression {
                rule: rule.value.clone(),
                document: written.document,
                at: written.at.map(str::to_owned),
                terms,
                findings: number,
                span: written.suppression.span,
            });
        }
    }
    active.sort_by_key(|suppression| (suppression.terms.days_left, suppression.span));
    active
}

fn all_written(model: &Model) -> Vec<Written<'_>> {
    let project = &model.project;
    let mut all = Vec::new();
    for entity in &project.workflows {
        add("workflow", entity, &entity.body.suppress, &mut all);
    }
    for entity in &project.contracts {
        add("contract", entity, &entity.body.suppress, &mut all);
    }
    for entity in &project.policies {
        add("policy", entity, &entity.body.suppress, &mut all);
    }
    for config in &project.configs {
        let elsewhere = without_own_list(project);
        let suppressions = config.body.suppress.iter();
        all.extend(suppressions.map(|suppression| {
            let at = suppression.value.at.as_ref().map(|at| at.value.as_str());
            let (document, at) = at
                .and_then(|at| document_of(at, &elsewhere))
                .unwrap_or_else(|| (project_file(), at));
            Written {
                document,
                at,
                key: config.key,
                suppression,
            }
        }));
    }
    all
}

fn add<'a, T>(
    kind: &'static str,
    entity: &'a Entity<T>,
    suppressions: &'a [Spanned<Suppression>],
    all: &mut Vec<Written<'a>>,
) {
    all.extend(suppressions.iter().map(|suppression| Written {
        document: DocumentName {
            kind,
            name: entity.name.value.clone(),
        },
        at: suppression.value.at.as_ref().map(|at| at.value.as_str()),
        key: entity.key,
        suppression,
    }));
}

fn project_file() -> DocumentName {
    DocumentName {
        kind: DocumentKind::Project.as_str(),
        name: String::new(),
    }
}

/// The documents that have no `suppress` of their own, with how `at` begins for them.
fn without_own_list(project: &Project) -> Vec<(String, DocumentName)> {
    let has_own_list = |kind: DocumentKind| match kind {
        DocumentKind::Workflow
        | DocumentKind::Contract
        | DocumentKind::Policy
        | DocumentKind::Project => true,
        DocumentKind::Queue
        | DocumentKind::Team
        | DocumentKind::Person
        | DocumentKind::System
        | DocumentKind::Calendar
        | DocumentKind::Decision
        | DocumentKind::Scenarios
        | DocumentKind::ProcessMap => false,
    };
    let mut starts = Vec::new();
    for (_, document) in documents(project) {
        let kind = kind_of(&document).filter(|kind| !has_own_list(*kind));
        let Some((singular, plural)) = kind.map(DocumentKind::root_keys) else {
            continue;
        };
        for root in [Some(singular), plural].into_iter().flatten() {
            starts.push((format!("{root}.{}", document.name), document.clone()));
        }
    }
    starts
}

fn kind_of(document: &DocumentName) -> Option<DocumentKind> {
    let mut kinds = DocumentKind::ALL.into_iter();
    kinds.find(|kind| kind.as_str() == document.kind)
}

/// The document whose start is the longest in `at`, and the path inside it.
fn document_of<'a>(
    at: &'a str,
    starts: &[(String, DocumentName)],
) -> Option<(DocumentName, Option<&'a str>)> {
    let fitting = starts.iter().filter_map(|(start, document)| {
        let rest = at.strip_prefix(start.as_str())?;
        match rest.strip_prefix('.') {
            Some(path) => Some((start.len(), document, Some(path))),
            None => rest.is_empty().then_some((start.len(), document, None)),
        }
    });
    let (_, document, path) = fitting.max_by_key(|(length, _, _)| *length)?;
    Some((document.clone(), path))
}

fn matches(finding: &Finding, written: &Written<'_>) -> bool {
    let suppression = &written.suppression.value;
    let same_document = finding.document.as_ref() == Some(&written.document);
    let same_rule = suppression
        .rule
        .as_ref()
        .is_some_and(|rule| rule.value == finding.diagnostic.rule.id);
    let same_place = written.at.is_none_or(|at| {
        finding.path == at
            || finding
                .path
                .strip_prefix(at)
                .is_some_and(|rest| rest.starts_with('.'))
    });
    same_document && same_rule && same_place
}

/// True when a directory does not know who accepts; that is reported where references are.
fn is_unknown(suppression: &Spanned<Suppression>, model: &Model) -> bool {
    let approver = suppression.value.approved_by.as_ref();
    !model.project.people.is_empty()
        && approver.is_some_and(|person| model.person(&person.name.value).is_none())
}

/// What fails a run needs a second pair of eyes: whoever answers for a document may accept its
/// warnings, but not its errors. Who answered for it in the base counts too, so that a change of the
/// owner does not open the way.
fn own_errors(
    written: &Written<'_>,
    matching: &[&mut Finding],
    models: [&Model; 2],
) -> Option<Diagnostic> {
    let body = &written.suppression.value;
    let (rule, approver) = (body.rule.as_ref()?, body.approved_by.as_ref()?);
    let is_error = |finding: &&mut Finding| finding.diagnostic.level == Level::Error;
    let mut answerable = models
        .into_iter()
        .filter_map(|model| answerable(&written.document, model));
    let answerable = answerable.find(|person| *person == approver.name.value)?;
    if !matching.iter().any(is_error) {
        return None;
    }
    let message = format!(
        "`{answerable}` accepts an error of `{}` alone, and answers for the {} `{}`",
        rule.value, written.document.kind, written.document.name
    );
    let diagnostic = Diagnostic::new(&SUPPRESSION_SELF_APPROVED, approver.name.span, message);
    Some(diagnostic.help("mend what the rule finds, or have somebody else accept it"))
}

/// The person who answers for a document.
fn answerable(document: &DocumentName, model: &Model) -> Option<String> {
    let written = owner(model, kind_of(document)?, &document.name)?;
    let person = match model.owner_name(&written) {
        OwnerName::Person(person) => Some(person),
        OwnerName::Role(person) | OwnerName::Address(person) => person,
        OwnerName::Unknown
        | OwnerName::Team(_)
        | OwnerName::Channel
        | OwnerName::Several
        | OwnerName::Group
        | OwnerName::Position
        | OwnerName::Nobody => None,
    };
    Some(person.map_or(written, |person| person.name.value.clone()))
}

fn judge(written: &Written<'_>, model: &Model, governing: &Model) -> Vec<Diagnostic> {
    let body = &written.suppression.value;
    let Some(rule) = &body.rule else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    let missing: Vec<&str> = [
        ("reason", body.reason.is_none()),
        ("until", body.until.is_none()),
        ("approved_by", body.approved_by.is_none()),
    ]
    .into_iter()
    .filter(|(_, is_missing)| *is_missing)
    .map(|(key, _)| key)
    .collect();
    if !missing.is_empty() {
        complaints.push(
            Diagnostic::new(
                &SUPPRESSION_INCOMPLETE,
                rule.span,
                format!(
                    "this suppression of `{}` lacks `{}`",
                    rule.value,
                    missing.join("`, `")
                ),
            )
            .help(format!(
                "add `{}`, or mend what the rule finds",
                missing.join("`, `")
            )),
        );
    }
    complaints.extend(judge_end(rule, body, model));
    complaints.extend(lock::judge(rule, written, governing));
    complaints
}

fn judge_end(
    rule: &Spanned<String>,
    suppression: &Suppression,
    model: &Model,
) -> Option<Diagnostic> {
    let until = suppression.until.as_ref()?;
    let today = model.surroundings.today;
    let days = (until.value.civil - today).get_days();
    let message = if days < 0 {
        format!(
            "this suppression of `{}` ended on {}",
            rule.value, until.value.civil
        )
    } else if days > LONGEST_DAYS {
        format!(
            "this suppression of `{}` lasts {days} days, more than the limit of {LONGEST_DAYS}",
            rule.value
        )
    } else {
        return None;
    };
    let diagnostic = Diagnostic::new(&SUPPRESSION_INCOMPLETE, until.span, message);
    Some(diagnostic.help(
        "mend what the rule finds, or have the finding accepted again with a date within 180 days",
    ))
}

fn unused(written: &Written<'_>, loaded: &Loaded, rulebook: &Rulebook) -> Diagnostic {
    let body = &written.suppression.value;
    let Some(rule) = &body.rule else {
        return Diagnostic::new(
            &SUPPRESSION_UNUSED,
            written.suppression.span,
            "this suppression names no rule",
        );
    };
    let name = &rule.value;
    if !rulebook.knows(name) {
        let finding = Diagnostic::new(
            &SUPPRESSION_UNUSED,
            rule.span,
            format!("there is no rule `{name}`"),
        );
        return match rulebook.nearest(name) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("remove this suppression; `flowgate explain` lists every rule"),
        };
    }
    let place = match &body.at {
        Some(at) => format!("at `{}`", at.value),
        None => "here".to_owned(),
    };
    Diagnostic::new(
        &SUPPRESSION_UNUSED,
        rule.span,
        format!("nothing {place} breaks `{name}`"),
    )
    .help("remove this suppression")
    .safe_fix(removal(written, loaded))
}

/// Removes a suppression, and the whole list when it is the only one.
fn removal(written: &Written<'_>, loaded: &Loaded) -> Option<Edit> {
    let text = loaded.sources.file(written.key.source).text();
    let mut streams = loaded.streams.iter();
    let (_, stream) = streams.find(|(source, _)| *source == written.key.source)?;
    let mut documents = stream.documents.iter();
    let mapping = documents.find_map(|document| {
        let entry = path::entry_at(document, text, written.key)?;
        // The project file has its list beside the key `flowgate`.
        let beside = || path::mapping_at(document, text, written.key);
        entry.value.mapping().or_else(beside)
    })?;
    let list = mapping.get("suppress")?;
    let items = list.value.sequence()?;
    if items.len() == 1 {
        edit::remove_entry(mapping, list.key.span(), text)
    } else {
        edit::remove_item(items, written.suppression.span, text)
    }
}

fn suppressed(suppression: &Suppression, model: &Model) -> Suppressed {
    let today = model.surroundings.today;
    let until = suppression.until.as_ref();
    Suppressed {
        days_left: until.map(|until| (until.value.civil - today).get_days()),
        reason: suppression
            .reason
            .as_ref()
            .map(|reason| reason.value.clone())
            .unwrap_or_default(),
        until: suppression
            .until
            .as_ref()
            .map(|until| until.value.civil.to_string()),
        approved_by: suppression
            .approved_by
            .as_ref()
            .map(|person| person.name.value.clone()),
    }
}
