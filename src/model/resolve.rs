//! Names to documents: every reference is looked up, every name is unique, and every definition
//! says exactly one of what excludes each other.

mod confusion;
mod duplicates;
mod exclusive;
mod requirements;
mod schedules;

use super::rules;
use super::{Model, Surroundings};
use crate::diagnostic::{Checked, Diagnostic, Edit, Fix, Label};
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::contract::QualityRule;
use crate::syntax::decision::CellType;
use crate::syntax::decode::nearest;
use crate::syntax::visit::{ReferenceKind, Visit, Visitor};
use crate::syntax::workflow::Workflow;
use crate::syntax::{Entity, Project};

/// Resolves a project. Dangling names stay as they are and are reported.
pub fn resolve(project: Project, surroundings: Surroundings) -> Checked<Model> {
    let mut model = Model::new(project, surroundings);
    let mut resolver = Resolver {
        model: &model,
        workflow: None,
        suspended: Vec::new(),
        diagnostics: Vec::new(),
    };
    resolver.project();
    let Resolver {
        mut diagnostics,
        suspended,
        ..
    } = resolver;
    model.suspended = suspended;
    duplicates::report(&model, &mut diagnostics);
    exclusive::report(&model, &mut diagnostics);
    requirements::report(&model, &mut diagnostics);
    schedules::report(&model, &mut diagnostics);
    diagnostics.extend_from_slice(model.calendar_findings());
    Checked {
        value: model,
        diagnostics,
    }
}

/// The reasons that the engine itself raises.
pub mod reason {
    /// A wait that nobody ended in time.
    pub const TIMEOUT: &str = "TIMEOUT";
    /// An error that nothing catches, an expression without a value among them.
    pub const ERROR: &str = "ERROR";
    /// Data that does not fit its contract.
    pub const CONTRACT_VIOLATION: &str = "CONTRACT_VIOLATION";
    /// No guard and no row that fits.
    pub const NO_MATCH: &str = "NO_MATCH";
}

/// The reasons that the engine itself raises.
pub const BUILT_IN_REASONS: [&str; 4] = [
    reason::TIMEOUT,
    reason::ERROR,
    reason::CONTRACT_VIOLATION,
    reason::NO_MATCH,
];

struct Resolver<'m> {
    model: &'m Model,
    workflow: Option<&'m Workflow>,
    suspended: Vec<(Span, SourceId)>,
    diagnostics: Vec<Diagnostic>,
}

/// A declared name with its place, when it has one.
type Candidate<'m> = (&'m str, Option<Span>);

impl<'m> Resolver<'m> {
    fn project(&mut self) {
        let project = &self.model.project;
        for entity in &project.workflows {
            self.workflow = Some(&entity.body);
            let known = self.diagnostics.len();
            entity.body.visit(self);
            let own = self.diagnostics.split_off(known);
            self.diagnostics.extend(folded(own));
        }
        self.workflow = None;
        self.entities(&project.contracts);
        self.lists_of_contracts();
        self.entities(&project.queues);
        self.entities(&project.teams);
        self.entities(&project.people);
        self.entities(&project.systems);
        self.entities(&project.calendars);
        self.entities(&project.decisions);
        self.cells_of_decisions();
        self.entities(&project.policies);
        self.duties_of_policies();
        self.entities(&project.scenarios);
        self.entities(&project.process_maps);
    }

    fn entities<T: Visit>(&mut self, entities: &'m [Entity<T>]) {
        for entity in entities {
            entity.body.visit(self);
        }
    }

    fn lists_of_contracts(&mut self) {
        let model = self.model;
        let rules = model
            .project
            .contracts
            .iter()
            .flat_map(|contract| &contract.body.quality_rules);
        for rule in rules {
            let QualityRule::Structured(rule) = rule else {
                continue;
            };
            if let Some(list) = &rule.value.list
                && model.list(&list.value).is_none()
            {
                let lists = model
                    .config()
                    .into_iter()
                    .flat_map(|config| config.lists.iter());
                let candidates: Vec<Candidate<'m>> = lists
                    .map(|(name, _)| (name.value.as_str(), Some(name.span)))
                    .collect();
                self.unresolved("list", &list.value, list.span, &candidates);
            }
        }
    }

    /// Names in duties; what has a `*` may mean nothing yet.
    fn duties_of_policies(&mut self) {
        let is_name = |pattern: &&Spanned<String>| !pattern.value.contains('*');
        let policies = self.model.project.policies.iter();
        let separations = policies.flat_map(|policy| &policy.body.separate);
        for duty in separations.flat_map(|it| it.duties.iter().flat_map(|duties| &duties.value)) {
            for operation in duty.perform.iter().filter(is_name) {
                self.reference(ReferenceKind::Operation, operation);
            }
            let steps = duty.approve.iter().chain(&duty.task);
            let workflows = steps.flat_map(|steps| steps.value.workflow.iter());
            let moves = duty.moves.iter();
            let movers = moves.flat_map(|moves| moves.value.workflow.iter());
            for workflow in workflows.chain(movers).filter(is_name) {
                self.reference(ReferenceKind::Workflow, workflow);
            }
        }
    }

    fn cells_of_decisions(&mut self) {
        const NAMING: [(CellType, ReferenceKind); 4] = [
            (CellType::Queue, ReferenceKind::Queue),
            (CellType::Person, ReferenceKind::Person),
            (CellType::Role, ReferenceKind::Role),
            (CellType::Team, ReferenceKind::Team),
        ];
        for decision in &self.model.project.decisions {
            for (cell_type, kind) in NAMING {
                for (name, span) in decision.body.cells_of(cell_type) {
                    if !self.exists(kind, name) {
                        self.unresolved_of_kind(kind, name, span);
                    }
                }
            }
        }
    }

    fn candidates(&self, kind: ReferenceKind) -> Vec<Candidate<'m>> {
        let project = &self.model.project;
        match kind {
            ReferenceKind::Person => names(&project.people),
            ReferenceKind::Role => self.model.roles().map(|role| (role, None)).collect(),
            ReferenceKind::Team => names(&project.teams),
            ReferenceKind::Party => [
                names(&project.people),
                names(&project.teams),
                self.candidates(ReferenceKind::Role),
            ]
            .concat(),
            ReferenceKind::Queue => names(&project.queues),
            ReferenceKind::System => names(&project.systems),
            ReferenceKind::Consumer => {
                [names(&project.systems), names(&project.workflows)].concat()
            }
            ReferenceKind::Account => project
                .systems
                .iter()
                .flat_map(|system| system.body.accounts.iter())
                .map(|(name, _)| (name.value.as_str(), Some(name.span)))
                .collect(),
            ReferenceKind::Contract => names(&project.contracts),
            ReferenceKind::Calendar => names(&project.calendars),
            ReferenceKind::Decision => names(&project.decisions),
            ReferenceKind::RetryPolicy => self.retries(),
            ReferenceKind::Workflow => names(&project.workflows),
            ReferenceKind::State => self.states(),
            ReferenceKind::Operation | ReferenceKind::Step | ReferenceKind::Reason => Vec::new(),
        }
    }

    fn retries(&self) -> Vec<Candidate<'m>> {
        self.model
            .config()
            .into_iter()
            .flat_map(|config| config.retries.iter())
            .map(|(name, _)| (name.value.as_str(), Some(name.span)))
            .collect()
    }

    fn states(&self) -> Vec<Candidate<'m>> {
        self.workflow
            .into_iter()
            .flat_map(Workflow::all_states)
            .map(|(name, _)| (name.value.as_str(), Some(name.span)))
            .collect()
    }

    fn exists(&self, kind: ReferenceKind, name: &str) -> bool {
        let model = self.model;
        match kind {
            ReferenceKind::Person => {
                model.project.people.is_empty() || model.person(name).is_some()
            }
            ReferenceKind::Role => model.role_holders(name).next().is_some(),
            ReferenceKind::Team => model.team(name).is_some(),
            ReferenceKind::Party => [
                ReferenceKind::Person,
                ReferenceKind::Team,
                ReferenceKind::Role,
            ]
            .iter()
            .any(|kind| self.exists(*kind, name)),
            ReferenceKind::Queue => model.queue(name).is_some(),
            ReferenceKind::System => {
                model.project.systems.is_empty() || model.system(name).is_some()
            }
            ReferenceKind::Operation => model.operation(name).is_some(),
            ReferenceKind::Account => model.account(name).is_some(),
            ReferenceKind::Contract => model.contract(name).is_some(),
            ReferenceKind::Consumer => {
                model.project.systems.is_empty()
                    || model.system(name).is_some()
                    || model.workflow(name).is_some()
            }
            ReferenceKind::Calendar => model.calendar(name).is_some(),
            ReferenceKind::Decision => model.decision(name).is_some(),
            ReferenceKind::RetryPolicy => model.retry(name).is_some(),
            ReferenceKind::Workflow => model.workflow(name).is_some(),
            ReferenceKind::State => self.workflow.is_some_and(|workflow| {
                workflow.all_states().any(|(state, _)| state.value == name)
            }),
            // Steps are named in expressions only; reasons have a rule of their own.
            ReferenceKind::Step | ReferenceKind::Reason => true,
        }
    }

    fn operation(&mut self, name: &'m Spanned<String>) {
        let Some((system, operation)) = name.value.split_once('.') else {
            self.diagnostics.push(
                Diagnostic::new(
                    &rules::UNRESOLVED_REFERENCE,
                    name.span,
                    format!("`{}` does not name an operation of a system", name.value),
                )
                .help("write `System.operation`, as declared below `systems:`"),
            );
            return;
        };
        match self.model.system(system) {
            None => {
                let candidates = names(&self.model.project.systems);
                let place = part(name, 0..system.len());
                self.unresolved("system", system, place, &candidates);
            }
            Some(entity) => {
                let candidates: Vec<Candidate<'m>> = entity
                    .body
                    .operations
                    .iter()
                    .map(|(name, _)| (name.value.as_str(), Some(name.span)))
                    .collect();
                let place = part(name, system.len() + 1..name.value.len());
                let message = format!("`{system}` has no operation `{operation}`");
                self.report(message, "operation", operation, place, &candidates);
            }
        }
    }

    /// True when a file of which something could not be read may declare the name; what is wrong
    /// with that file is said there.
    fn is_suspended(&mut self, name: &str, span: Span) -> bool {
        let mut unread = self.model.project.unread.iter();
        let file = unread.find(|file| file.may_declare(name));
        self.suspended.extend(file.map(|file| (span, file.source)));
        file.is_some()
    }

    fn unresolved_of_kind(&mut self, kind: ReferenceKind, name: &str, span: Span) {
        if let Some(confused) = confusion::report(self.model, kind, name, span) {
            self.diagnostics.push(confused);
            return;
        }
        let candidates = self.candidates(kind);
        if kind == ReferenceKind::State {
            let message = format!("there is no state `{name}`");
            self.report(message, word(kind), name, span, &candidates);
        } else {
            self.unresolved(word(kind), name, span, &candidates);
        }
    }

    fn unresolved(&mut self, what: &str, name: &str, span: Span, candidates: &[Candidate<'m>]) {
        if self.is_suspended(name, span) {
            return;
        }
        let message = format!("there is no {what} `{name}`");
        self.report(message, what, name, span, candidates);
    }

    /// Reports a name that leads nowhere, with the nearest one that exists.
    fn report(
        &mut self,
        message: String,
        what: &str,
        name: &str,
        span: Span,
        candidates: &[Candidate<'m>],
    ) {
        let mut diagnostic = Diagnostic::new(&rules::UNRESOLVED_REFERENCE, span, message);
        let near = nearest(name, candidates.iter().map(|(name, _)| *name));
        diagnostic = match near {
            Some(near) => {
                let place = candidates
                    .iter()
                    .find(|(name, _)| *name == near)
                    .and_then(|(_, place)| *place);
                let diagnostic = match place {
                    Some(place) => diagnostic.label(place, format!("`{near}` is declared here")),
                    None => diagnostic,
                };
                diagnostic
                    .help(format!("did you mean `{near}`?"))
                    .fix(Fix::needs_a_look(vec![Edit {
                        span,
                        text: near.to_owned(),
                    }]))
            }
            None if candidates.is_empty() => diagnostic.help(self.first_of_its_kind(what)),
            None => diagnostic.help(others(candidates)),
        };
        self.diagnostics.push(diagnostic);
    }

    /// What to do where nothing of the kind is declared at all.
    fn first_of_its_kind(&self, what: &str) -> String {
        if what != word(ReferenceKind::RetryPolicy) {
            return format!("declare it; the repository has no {what} yet");
        }
        match self.model.config() {
            Some(_) => "declare it under `retries` in `flowgate.yaml`".to_owned(),
            None => "declare it under `retries` in `flowgate.yaml`; this folder has no such file"
                .to_owned(),
        }
    }
}

/// What leads to the same name that is missing has one cause, so it is one finding with all its
/// places.
fn folded(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let same = |known: &&mut Diagnostic| known.message == diagnostic.message;
        let Some(first) = folded.iter_mut().find(same) else {
            folded.push(diagnostic);
            continue;
        };
        let further = Label {
            message: "and it is named here".to_owned(),
            span: diagnostic.span,
        };
        first.labels.push(further);
        if let (Some(fix), Some(more)) = (&mut first.fix, diagnostic.fix) {
            fix.edits.extend(more.edits);
        }
    }
    folded
}

/// The place of a range of the name's characters; the whole name when it is written in a way in
/// which its characters cannot be told apart.
fn part(name: &Spanned<String>, range: std::ops::Range<usize>) -> Span {
    let written = name.span.range();
    let quotes = written.len().checked_sub(name.value.len());
    let start = match quotes {
        Some(0) => written.start,
        Some(2) => written.start + 1,
        _ => return name.span,
    };
    Span::new(name.span.source, start + range.start..start + range.end)
}

fn names<T>(entities: &[Entity<T>]) -> Vec<Candidate<'_>> {
    entities
        .iter()
        .map(|entity| (entity.name.value.as_str(), Some(entity.name.span)))
        .collect()
}

fn others(candidates: &[Candidate<'_>]) -> String {
    const SHOWN: usize = 6;
    let known: Vec<String> = candidates
        .iter()
        .take(SHOWN)
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let more = if candidates.len() > SHOWN {
        " and more"
    } else {
        ""
    };
    format!(
        "declare it, or use one that exists: {}{more}",
        known.join(", ")
    )
}

fn word(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Person => "person",
        ReferenceKind::Role => "role",
        ReferenceKind::Team => "team",
        ReferenceKind::Party => "person, team or role",
        ReferenceKind::Queue => "queue",
        ReferenceKind::System => "system",
        ReferenceKind::Operation => "operation",
        ReferenceKind::Account => "service account",
        ReferenceKind::Contract => "contract",
        ReferenceKind::Consumer => "system or workflow",
        ReferenceKind::Calendar => "calendar",
        ReferenceKind::Decision => "decision table",
        ReferenceKind::RetryPolicy => "retry",
        ReferenceKind::Workflow => "workflow",
        ReferenceKind::State => "state",
        ReferenceKind::Step => "step",
        ReferenceKind::Reason => "reason code",
    }
}

impl<'m> Visitor<'m> for Resolver<'m> {
    fn reference(&mut self, kind: ReferenceKind, name: &'m Spanned<String>) {
        if self.exists(kind, &name.value) {
            return;
        }
        if kind == ReferenceKind::Operation {
            self.operation(name);
            return;
        }
        self.unresolved_of_kind(kind, &name.value, name.span);
    }

    fn file(&mut self, path: &'m Spanned<String>) {
        let files = &self.model.surroundings.files;
        if files.find(path).is_some() {
            return;
        }
        let paths = &files.paths;
        let plain = path.value.trim_start_matches("./");
        let candidates: Vec<Candidate<'m>> =
            paths.iter().map(|path| (path.as_str(), None)).collect();
        let message = format!("there is no file `{}` in the repository", path.value);
        let mut diagnostic = Diagnostic::new(&rules::UNRESOLVED_REFERENCE, path.span, message);
        diagnostic = match nearest(plain, candidates.iter().map(|(path, _)| *path)) {
            Some(near) => {
                diagnostic
                    .help(format!("did you mean `{near}`?"))
                    .fix(Fix::needs_a_look(vec![Edit {
                        span: path.span,
                        text: near.to_owned(),
                    }]))
            }
            None => diagnostic.help(
                "write the file, or correct the path; it counts from the root of the project, or from this file when it begins with `./`",
            ),
        };
        self.diagnostics.push(diagnostic);
    }
}
