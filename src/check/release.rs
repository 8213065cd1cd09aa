//! Which documents can be released from a state of the project, and what stands in the way.

use semver::Version;

use super::scenarios::{self, Tested};
use super::{Finding, Loaded, load, releases};
use crate::compat::approvals::{self, Approval, State};
use crate::compat::evidence::{Bench, Evidence, Terms, settle};
use crate::compat::headline::headline;
use crate::compat::history::Released;
use crate::compat::impact::DocumentImpact;
use crate::compat::{Bump, History, assess_changes, change_set, untouched};
use crate::diff::{DocumentChanges, diff};
use crate::model::versioned::Versioned;
use crate::model::{Model, Release, Surroundings};
use crate::rule::Level;
use crate::source::Sources;
use crate::syntax::governance::Status;
use crate::syntax::{DocumentKind, Project};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// This very state is released.
    Released,
    /// It means what its last release means, and has the same version.
    Unchanged,
    /// It binds nobody yet.
    Draft,
    /// It can be released.
    Ready,
    /// Something stands in the way.
    Blocked,
}

impl Standing {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Released => "released",
            Standing::Unchanged => "unchanged",
            Standing::Draft => "draft",
            Standing::Ready => "ready",
            Standing::Blocked => "blocked",
        }
    }
}

/// A document that could be released.
#[derive(Debug)]
pub struct Candidate {
    /// The kind.
    pub kind: DocumentKind,
    /// The name.
    pub name: String,
    /// The version that it declares.
    pub version: Option<Version>,
    /// The tag that its release has or gets.
    pub tag: Option<String>,
    /// The release before, with its tag.
    pub previous: Option<(Version, String)>,
    /// What its changes since then mean.
    pub document: DocumentImpact,
    /// What approvals are bound to.
    pub change_set: String,
    /// Who must approve.
    pub approvals: Vec<Approval>,
    /// Whether approvals must be proved.
    pub enforced: bool,
    /// The scenarios of a workflow, played, with its plan.
    pub tested: Option<Tested>,
    /// The verdict on one line.
    pub headline: String,
    /// What stands in the way.
    pub obstacles: Vec<String>,
    /// Where it stands.
    pub standing: Standing,
}

/// What a document is judged by.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The project to release from.
    pub after: &'a Loaded,
    /// What is wrong with it.
    pub findings: &'a [Finding],
    /// The release before.
    pub previous: Option<&'a Release>,
    /// The project as it was then; empty without one.
    pub before: &'a Loaded,
    /// What changed since, as [`compare`] says.
    pub documents: &'a [DocumentImpact],
    /// Who wrote and who approved what happened since.
    pub evidence: &'a Evidence,
    /// Whether the tag of the declared version exists: at this commit, or at another.
    pub tagged: Option<Tagged>,
}

/// Where a tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagged {
    /// At the commit to release from.
    Here,
    /// At another one.
    Elsewhere,
}

/// The documents that are released on their own: those with a version, but process maps, which
/// describe what is and not what holds.
pub fn releasable(model: &Model) -> impl Iterator<Item = Versioned<'_>> {
    model
        .versioned()
        .filter(|document| document.kind != DocumentKind::ProcessMap)
}

/// The tag of the version that a document declares.
pub fn tag_of(document: &Versioned<'_>, project: &Project) -> Option<String> {
    let version = document.current()?;
    let name = &document.name.value;
    Some(releases::tag_name(document.kind, name, &version, project))
}

/// The project before anything was released.
pub fn nothing(after: &Loaded) -> Loaded {
    let today = after.model.surroundings.today;
    load(Sources::default(), |_| Surroundings::on(today))
}

/// What changed in documents since their releases, all of which were made from `before`.
pub fn compare(
    before: &Loaded,
    after: &Loaded,
    documents: &[(Versioned<'_>, Option<&Release>)],
) -> Vec<DocumentImpact> {
    let is_meant = |kind: DocumentKind, name: &str| {
        let mut documents = documents.iter();
        documents.any(|(document, _)| document.kind == kind && document.name.value == name)
    };
    let mut changes = diff(&before.model, &after.model);
    changes.extend(untouched(&changes, &before.model, &after.model, |other| {
        is_meant(other.kind, &other.name.value)
    }));
    let mut history = History::default();
    for (document, release) in documents {
        let Some(release) = release else {
            continue;
        };
        let own = changes.iter().find(|facts| is_of(facts, document));
        let released = Released {
            version: release.version.clone(),
            tag: release.tag.clone(),
            since: own.map(|own| (before.side(), own.clone())),
        };
        let key = (document.kind, document.name.value.clone());
        history.last.insert(key, released);
    }
    let impact = assess_changes(changes, before.side(), after.side(), &history);
    let mut found = impact.documents;
    found.retain(|own| is_meant(own.facts.kind, own.facts.name()));
    found
}

fn is_of(facts: &DocumentChanges, document: &Versioned<'_>) -> bool {
    facts.after.is_some() && facts.kind == document.kind && facts.name() == document.name.value
}

/// Judges one document; `None` when it is not among those that were compared.
pub fn judge(document: &Versioned<'_>, request: &Request<'_>) -> Option<Candidate> {
    let before = request.before;
    let mut documents = request.documents.iter();
    let own = documents.find(|own| is_of(&own.facts, document))?.clone();
    let bound = change_set::digest(&own.facts, before.side(), request.after.side());
    let (approvals, enforced) = approvals_of(&own, before, request);
    let (tested, trouble) = match test(document, request) {
        Ok(tested) => (tested, None),
        Err(trouble) => (None, Some(trouble)),
    };
    let previous = request.previous;
    let previous = previous.map(|release| (release.version.clone(), release.tag.clone()));
    let mut candidate = Candidate {
        kind: document.kind,
        name: document.name.value.clone(),
        version: document.current(),
        tag: tag_of(document, &request.after.model.project),
        headline: headline_of(&own, &approvals, previous.is_some()),
        previous,
        change_set: bound.as_str().to_owned(),
        enforced,
        obstacles: Vec::new(),
        standing: Standing::Ready,
        document: own,
        approvals,
        tested,
    };
    candidate.standing = candidate.standing_of(document, request.tagged);
    if candidate.standing == Standing::Ready {
        candidate.obstacles = candidate.obstacles_of(request);
        candidate.obstacles.extend(trouble);
        if !candidate.obstacles.is_empty() {
            candidate.standing = Standing::Blocked;
        }
    }
    Some(candidate)
}

/// Who must approve, under the policies of both sides: what was landed with little proof is not
/// released with less than is asked for now. Whether proof is asked for comes with it.
fn approvals_of(
    own: &DocumentImpact,
    before: &Loaded,
    request: &Request<'_>,
) -> (Vec<Approval>, bool) {
    let after = request.after;
    let governing: Vec<&Model> = if before.sources.is_empty() {
        vec![&after.model]
    } else {
        vec![&before.model, &after.model]
    };
    let documents = std::slice::from_ref(own);
    let mut approvals =
        approvals::demanded_under(&governing, documents, (&before.model, &after.model));
    let terms = Terms::of(governing);
    if let Some(terms) = &terms {
        let bench = Bench {
            terms,
            directory: &after.model,
            evidence: request.evidence,
            today: after.model.surroundings.today,
        };
        settle(
            &mut approvals,
            documents,
            (before.side(), after.side()),
            &bench,
        );
    }
    (approvals, terms.is_some())
}

fn headline_of(own: &DocumentImpact, approvals: &[Approval], has_previous: bool) -> String {
    if !has_previous {
        return "first release".to_owned();
    }
    headline(
        std::slice::from_ref(own),
        approvals,
        own.declaration.required,
    )
}

/// Plays the scenarios of a workflow; nothing for other documents.
fn test(document: &Versioned<'_>, request: &Request<'_>) -> Result<Option<Tested>, String> {
    if document.kind != DocumentKind::Workflow {
        return Ok(None);
    }
    match scenarios::sound(request.after, request.findings, &document.name.value) {
        Ok(sound) => Ok(Some(scenarios::test(request.after, sound))),
        Err(_) => Err("it cannot be compiled; `flowgate check` says why".to_owned()),
    }
}

impl Candidate {
    /// Whether anything is to be released.
    pub fn is_open(&self) -> bool {
        match self.standing {
            Standing::Ready | Standing::Blocked => true,
            Standing::Released | Standing::Unchanged | Standing::Draft => false,
        }
    }

    /// The approvals that are still open.
    pub fn open_approvals(&self) -> impl Iterator<Item = &Approval> {
        let approvals = self.approvals.iter();
        approvals.filter(|approval| self.enforced && approval.state != State::Given)
    }

    fn standing_of(&self, document: &Versioned<'_>, tagged: Option<Tagged>) -> Standing {
        if tagged == Some(Tagged::Here) {
            return Standing::Released;
        }
        if document.status == Some(Status::Draft) {
            return Standing::Draft;
        }
        let previous = self.previous.as_ref().map(|(version, _)| version);
        let same_version = previous.is_some() && previous == self.version.as_ref();
        let changed = self.document.changes.iter().any(|judged| {
            self.document.declaration.required != Bump::None
                || judged.verdict.class != crate::compat::Class::None
        });
        if same_version && !changed && self.document.inherited.is_empty() {
            Standing::Unchanged
        } else {
            Standing::Ready
        }
    }

    fn obstacles_of(&self, request: &Request<'_>) -> Vec<String> {
        let mut obstacles = Vec::new();
        let declaration = &self.document.declaration;
        let needed = declaration.needed();
        match (&self.version, &self.previous) {
            (None, _) => obstacles.push("it declares no version".to_owned()),
            (Some(version), Some((previous, tag))) if version <= previous => {
                let needed =
                    needed.map_or_else(String::new, |needed| format!("; it needs {needed}"));
                obstacles.push(format!(
                    "version {version} is not above {previous} of `{tag}`{needed}"
                ));
            }
            (Some(version), _) if !declaration.ok() => {
                let needed = needed.map_or_else(String::new, |needed| needed.to_string());
                let demand = self.document.demand();
                let because = demand.map_or_else(String::new, |demand| {
                    format!(": {} is {}", demand.title(), demand.class.as_str())
                });
                obstacles.push(format!(
                    "version {version} is too low, it needs {needed}{because}"
                ));
            }
            (Some(version), _) if request.tagged == Some(Tagged::Elsewhere) => {
                let tag = self.tag.as_deref().unwrap_or_default();
                obstacles.push(format!(
                    "the tag `{tag}` exists at another commit and is never moved; take a version above {version}"
                ));
            }
            (Some(_), _) => {}
        }
        if self.document.plan_missing() && !self.document.was_draft {
            obstacles.push("running cases have no plan; write it under `change`".to_owned());
        }
        obstacles.extend(self.errors(request));
        obstacles.extend(self.failed());
        obstacles.extend(self.open_approvals().map(waiting));
        obstacles
    }

    /// Faults of the document and of what it rests on.
    fn errors(&self, request: &Request<'_>) -> Option<String> {
        let faults: Vec<&Finding> = self
            .own_findings(request.after, request.findings)
            .filter(|finding| finding.suppressed.is_none())
            .filter(|finding| finding.diagnostic.level == Level::Error)
            .collect();
        let first = faults.first()?;
        let more = match faults.len() {
            1 => String::new(),
            count => format!(", and {} more", count - 1),
        };
        Some(format!(
            "`{}`: {}{more}",
            first.diagnostic.rule.id, first.diagnostic.message
        ))
    }

    /// The findings in the document and in what it rests on, and those that belong to no document.
    pub fn own_findings<'f>(
        &self,
        loaded: &Loaded,
        findings: &'f [Finding],
    ) -> impl Iterator<Item = &'f Finding> {
        let parts = change_set::parts(loaded.side(), self.kind, &self.name);
        let scenarios = (DocumentKind::Scenarios.as_str(), self.name.clone());
        let names = parts
            .into_iter()
            .map(|part| (part.kind.as_str(), part.name));
        let names: Vec<(&str, String)> = names.chain([scenarios]).collect();
        findings.iter().filter(move |finding| {
            finding.document.as_ref().is_none_or(|document| {
                let mut names = names.iter();
                names.any(|(kind, name)| *kind == document.kind && *name == document.name)
            })
        })
    }

    /// Scenarios that fail.
    fn failed(&self) -> Option<String> {
        let cases = &self.tested.as_ref()?.cases;
        let mut failed = cases.iter().filter(|case| !case.failures.is_empty());
        let first = failed.next()?;
        let more = match failed.count() {
            0 => String::new(),
            count => format!(", and {count} more"),
        };
        Some(format!("the scenario \"{}\" fails{more}", first.name))
    }
}

/// `dana.ruiz has not approved (control-owner)`
fn waiting(approval: &Approval) -> String {
    let gate = approval.gate.as_str();
    let count = approval.count.as_ref();
    let count = count.map_or_else(String::new, |count| format!(", {count} of them"));
    let who = &approval.who;
    match &approval.trouble {
        Some(trouble) => format!("{who} has not approved ({gate}{count}): {trouble}"),
        None => format!("{who} has not approved ({gate}{count})"),
    }
}
