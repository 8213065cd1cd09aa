//! The resolved project: every document by name, with the facts around it. Immutable.

mod cadence;
pub mod calendar;
pub mod calls;
pub mod closure;
pub mod crossing;
pub mod data;
pub mod duties;
pub mod eligible;
pub mod fit;
pub mod flow;
pub mod guard;
pub mod json_schema;
pub mod mentions;
pub mod moves;
pub mod owner;
pub mod premises;
pub mod profile;
pub mod quality;
pub mod quantity;
pub mod queues;
pub mod raises;
pub mod readiness;
pub mod reading;
pub mod readings;
pub mod resolve;
pub mod rules;
pub mod runbook;
pub mod score;
pub mod selector;
pub mod shape;
pub mod sound;
pub mod table;
pub mod versioned;
pub mod walk;
pub mod worst_path;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use self::calendar::{Scale, WorkCalendar};
use crate::diagnostic::{Checked, Diagnostic};
use crate::rule::Stage;
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::config::ProjectFile;
use crate::syntax::contract::Contract;
use crate::syntax::decision::Decision;
use crate::syntax::directory::{Account, Calendar, Operation, Person, Queue, System, Team};
use crate::syntax::governance::Status;
use crate::syntax::scalars::Literal;
use crate::syntax::step::RetryPolicy;
use crate::syntax::workflow::{Sla, Workflow};
use crate::syntax::{DocumentKind, Entity, Project};
pub use closure::Closure;
pub use sound::{Judged, NotSound, Sound};

/// Files of the repository beside the documents: all paths, and the texts of those that
/// documents refer to.
#[derive(Debug, Clone, Default)]
pub struct ProjectFiles {
    /// Every path, relative to the root.
    pub paths: BTreeSet<String>,
    /// The texts of referenced files, by path; absent when a file is no UTF-8 text.
    pub texts: BTreeMap<String, String>,
    /// The folders of the documents, by the number of their source.
    pub folders: Vec<String>,
    /// The sources of JSON Schema files, by path, so that findings can point into them.
    pub sources: BTreeMap<String, SourceId>,
}

impl ProjectFiles {
    /// The file that a document means by a path. Paths count from the root of the project, or
    /// from the document's folder when they begin with `.` or name nothing at the root.
    pub fn find(&self, written: &Spanned<String>) -> Option<&str> {
        let folder = self
            .folders
            .get(written.span.source.index())
            .map_or("", String::as_str);
        let beside = joined(folder, &written.value);
        let from_root = joined("", &written.value).filter(|_| !written.value.starts_with('.'));
        let found = [from_root, beside]
            .into_iter()
            .flatten()
            .find_map(|path| self.paths.get(&path));
        found.map(String::as_str)
    }

    /// The text of a file that a document means by a path.
    pub fn text(&self, written: &Spanned<String>) -> Option<&str> {
        self.texts.get(self.find(written)?).map(String::as_str)
    }
}

/// A path below a folder without `.` and `..`; `None` when it leaves the root.
fn joined(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// A released version of a document, as its tag says.
#[derive(Debug, Clone)]
pub struct Release {
    /// The version.
    pub version: semver::Version,
    /// The tag.
    pub tag: String,
    /// Whether the document means the same as in the tag; `None` when that was not compared,
    /// because the versions differ or the file was moved.
    pub unchanged: Option<bool>,
    /// The fields of a contract as released; `None` for other documents, and where nobody asked.
    pub fields: Option<Vec<shape::FieldShape>>,
}

/// What is known about the project from outside its documents.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Files beside the documents.
    pub files: ProjectFiles,
    /// Released versions by kind and name, lowest first.
    pub releases: BTreeMap<(DocumentKind, String), Vec<Release>>,
    /// The day on which time limits are judged.
    pub today: jiff::civil::Date,
}

impl Surroundings {
    /// Nothing but a day.
    pub fn on(today: jiff::civil::Date) -> Self {
        Surroundings {
            files: ProjectFiles::default(),
            releases: BTreeMap::new(),
            today,
        }
    }
}

/// The resolved project.
#[derive(Debug, Clone)]
pub struct Model {
    /// The documents as written.
    pub project: Project,
    /// What is known from outside.
    pub surroundings: Surroundings,
    /// References that lead nowhere, unless to a document that could not be read, with its file.
    suspended: Vec<(Span, SourceId)>,
    index: Index,
    calendars: Checked<Vec<Option<WorkCalendar>>>,
}

type Positions = HashMap<String, usize>;

#[derive(Debug, Clone, Default)]
struct Index {
    workflows: Positions,
    contracts: Positions,
    queues: Positions,
    teams: Positions,
    people: Positions,
    systems: Positions,
    calendars: Positions,
    decisions: Positions,
    /// Roles with the positions of the people who hold them.
    roles: BTreeMap<String, Vec<usize>>,
    /// Service accounts with the system they belong to.
    accounts: HashMap<String, usize>,
}

fn positions<T>(entities: &[Entity<T>]) -> Positions {
    let mut positions = Positions::new();
    for (position, entity) in entities.iter().enumerate() {
        positions
            .entry(entity.name.value.clone())
            .or_insert(position);
    }
    positions
}

impl Model {
    /// Indexes a project; use [`resolve::resolve`] to have its references judged too.
    pub fn new(project: Project, surroundings: Surroundings) -> Self {
        let mut roles: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, person) in project.people.iter().enumerate() {
            for role in &person.body.roles {
                roles
                    .entry(role.value.text.clone())
                    .or_default()
                    .push(position);
            }
        }
        let mut accounts = HashMap::new();
        for (position, system) in project.systems.iter().enumerate() {
            for name in system.body.accounts.names() {
                accounts.entry(name.to_owned()).or_insert(position);
            }
        }
        let index = Index {
            workflows: positions(&project.workflows),
            contracts: positions(&project.contracts),
            queues: positions(&project.queues),
            teams: positions(&project.teams),
            people: positions(&project.people),
            systems: positions(&project.systems),
            calendars: positions(&project.calendars),
            decisions: positions(&project.decisions),
            roles,
            accounts,
        };
        let calendars = calendar::read_all(&project.calendars, &surroundings.files);
        Model {
            project,
            surroundings,
            suspended: Vec::new(),
            index,
            calendars,
        }
    }

    /// The project file, when there is one.
    pub fn config(&self) -> Option<&ProjectFile> {
        self.project.configs.first().map(|config| &config.body)
    }

    /// The workflow of a name.
    pub fn workflow(&self, name: &str) -> Option<&Entity<Workflow>> {
        find(&self.project.workflows, &self.index.workflows, name)
    }

    /// The contract of a name.
    pub fn contract(&self, name: &str) -> Option<&Entity<Contract>> {
        find(&self.project.contracts, &self.index.contracts, name)
    }

    /// The queue of a name.
    pub fn queue(&self, name: &str) -> Option<&Entity<Queue>> {
        find(&self.project.queues, &self.index.queues, name)
    }

    /// The team of a name.
    pub fn team(&self, name: &str) -> Option<&Entity<Team>> {
        find(&self.project.teams, &self.index.teams, name)
    }

    /// The person of a name.
    pub fn person(&self, name: &str) -> Option<&Entity<Person>> {
        find(&self.project.people, &self.index.people, name)
    }

    /// The system of a name.
    pub fn system(&self, name: &str) -> Option<&Entity<System>> {
        find(&self.project.systems, &self.index.systems, name)
    }

    /// The calendar of a name.
    pub fn calendar(&self, name: &str) -> Option<&Entity<Calendar>> {
        find(&self.project.calendars, &self.index.calendars, name)
    }

    /// The calendar of a name that can count; `None` when there is none or its document is wrong.
    pub fn work_calendar(&self, name: &str) -> Option<&WorkCalendar> {
        let position = self.index.calendars.get(name)?;
        self.calendars.value.get(*position)?.as_ref()
    }

    /// What is wrong in the documents of calendars and their holiday files.
    pub fn calendar_findings(&self) -> &[Diagnostic] {
        &self.calendars.diagnostics
    }

    /// What a day of a promise is worth; `None` when its calendar cannot count.
    pub fn scale(&self, sla: &Sla) -> Option<Scale> {
        match &sla.calendar {
            Some(calendar) => Some(self.work_calendar(&calendar.name.value)?.scale()),
            None => Some(Scale::ELAPSED),
        }
    }

    /// The decision table of a name.
    pub fn decision(&self, name: &str) -> Option<&Entity<Decision>> {
        find(&self.project.decisions, &self.index.decisions, name)
    }

    /// The operation written `System.operation`, with its system.
    pub fn operation(&self, name: &str) -> Option<(&Entity<System>, &Operation)> {
        let (system, operation) = name.split_once('.')?;
        let system = self.system(system)?;
        Some((system, system.body.operations.get(operation)?))
    }

    /// The service account of a name, with its system.
    pub fn account(&self, name: &str) -> Option<(&Entity<System>, &Account)> {
        let system = &self.project.systems[*self.index.accounts.get(name)?];
        Some((system, system.body.accounts.get(name)?))
    }

    /// The named retry of the project file.
    pub fn retry(&self, name: &str) -> Option<&RetryPolicy> {
        self.config()?.retries.get(name)
    }

    /// The named list of the project file.
    pub fn list(&self, name: &str) -> Option<&Spanned<Vec<Spanned<Literal>>>> {
        self.config()?.lists.get(name)
    }

    /// The people who hold a role; empty when nobody does.
    pub fn role_holders(&self, role: &str) -> impl Iterator<Item = &Entity<Person>> {
        self.index
            .roles
            .get(role)
            .into_iter()
            .flatten()
            .map(|position| &self.project.people[*position])
    }

    /// Every role that somebody holds, in order.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.index.roles.keys().map(String::as_str)
    }

    /// True when the person is in the directory and has not left.
    pub fn is_active_person(&self, name: &str) -> bool {
        self.person(name)
            .is_some_and(|person| !self.has_left(person))
    }

    /// True when the person's last day is past.
    pub fn has_left(&self, person: &Entity<Person>) -> bool {
        person
            .body
            .left
            .as_ref()
            .is_some_and(|left| left.value.civil <= self.surroundings.today)
    }

    /// The releases of a document, lowest first.
    pub fn releases(&self, kind: DocumentKind, name: &str) -> &[Release] {
        self.surroundings
            .releases
            .get(&(kind, name.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// The releases of a document that its name stands for, lowest first: of a contract only those
    /// of the major version in its name, since its tags may leave that out.
    pub fn releases_of_name(
        &self,
        kind: DocumentKind,
        name: &str,
    ) -> impl DoubleEndedIterator<Item = &Release> {
        let major = (kind == DocumentKind::Contract).then(|| major_of(name));
        let major = major.flatten();
        let releases = self.releases(kind, name).iter();
        releases.filter(move |release| major.is_none_or(|major| release.version.major == major))
    }
}

fn find<'a, T>(
    entities: &'a [Entity<T>],
    positions: &Positions,
    name: &str,
) -> Option<&'a Entity<T>> {
    positions.get(name).map(|position| &entities[*position])
}

/// The major version in the name of a contract: 2 for `ap.invoice.v2`.
fn major_of(contract: &str) -> Option<u64> {
    contract.rsplit_once(".v")?.1.parse().ok()
}

impl Entity<Contract> {
    /// The major version in the name: 2 for `ap.invoice.v2`.
    pub fn major(&self) -> Option<u64> {
        major_of(&self.name.value)
    }
}

impl Workflow {
    /// The rollout stage; 0 when it is not written.
    pub fn rollout_stage(&self) -> Stage {
        self.stage.as_ref().map_or(0, |stage| stage.value.number)
    }

    /// True unless the workflow is a draft or retired.
    pub fn is_in_force(&self) -> bool {
        !matches!(
            self.status.as_ref().map(|status| status.value),
            Some(Status::Draft | Status::Retired)
        )
    }
}
