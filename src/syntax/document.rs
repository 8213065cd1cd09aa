//! Files to a [`Project`]: every document by kind, in path order.

use super::config::ProjectFile;
use super::contract::Contract;
use super::decision::Decision;
use super::decode::{Decode, DecodeMapping, Decoder};
use super::directory::{Calendar, Person, Queue, System, Team};
use super::flattened;
use super::names::{ContractName, FreeName, KebabName, NamePattern, check_name};
use super::odcs;
use super::policy::Policy;
use super::process_map::ProcessMap;
use super::roots::{report_foreign, report_unknown_root};
use super::scenarios::Scenarios;
use super::unread::Unread;
use super::visit::{Visit, Visitor};
use super::workflow::Workflow;
use crate::diagnostic::Checked;
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::yaml::{Document, Entry, Mapping, NodeRef, Stream};

/// The kinds of documents, in reference order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// A business workflow.
    Workflow,
    /// A data contract.
    Contract,
    /// A queue.
    Queue,
    /// A team.
    Team,
    /// A person.
    Person,
    /// A system.
    System,
    /// A working calendar.
    Calendar,
    /// A decision table.
    Decision,
    /// A policy.
    Policy,
    /// Scenarios of a workflow.
    Scenarios,
    /// A map of a process as it is.
    ProcessMap,
    /// The project file.
    Project,
}

impl<T> Entity<T> {
    /// True when the name is written.
    pub fn is_named(&self) -> bool {
        self.name.value != UNNAMED || self.name.span != self.key
    }
}

impl DocumentKind {
    /// Every kind, in reference order.
    pub const ALL: [DocumentKind; 12] = [
        DocumentKind::Workflow,
        DocumentKind::Contract,
        DocumentKind::Queue,
        DocumentKind::Team,
        DocumentKind::Person,
        DocumentKind::System,
        DocumentKind::Calendar,
        DocumentKind::Decision,
        DocumentKind::Policy,
        DocumentKind::Scenarios,
        DocumentKind::ProcessMap,
        DocumentKind::Project,
    ];

    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::Workflow => "workflow",
            DocumentKind::Contract => "contract",
            DocumentKind::Queue => "queue",
            DocumentKind::Team => "team",
            DocumentKind::Person => "person",
            DocumentKind::System => "system",
            DocumentKind::Calendar => "calendar",
            DocumentKind::Decision => "decision",
            DocumentKind::Policy => "policy",
            DocumentKind::Scenarios => "scenarios",
            DocumentKind::ProcessMap => "process_map",
            DocumentKind::Project => "project",
        }
    }

    /// The root key of one document, and that of a map by name when there is one.
    pub fn root_keys(self) -> (&'static str, Option<&'static str>) {
        match self {
            DocumentKind::Workflow => ("workflow", Some("workflows")),
            DocumentKind::Contract => ("contract", Some("contracts")),
            DocumentKind::Queue => ("queue", Some("queues")),
            DocumentKind::Team => ("team", Some("teams")),
            DocumentKind::Person => ("person", Some("people")),
            DocumentKind::System => ("system", Some("systems")),
            DocumentKind::Calendar => ("calendar", Some("calendars")),
            DocumentKind::Decision => ("decision", Some("decisions")),
            DocumentKind::Policy => ("policy", Some("policies")),
            DocumentKind::Scenarios => ("scenarios", None),
            DocumentKind::ProcessMap => ("process_map", None),
            DocumentKind::Project => ("flowgate", None),
        }
    }
}

/// A named definition with its places.
#[derive(Debug, Clone)]
pub struct Entity<T> {
    /// The name, at the place where it is written; at the root key when it is missing.
    pub name: Spanned<String>,
    /// The root key (singular form) or the name used as key (plural form).
    pub key: Span,
    /// From the key to the last character of the definition.
    pub span: Span,
    /// What was understood.
    pub body: T,
}

/// Everything that authors wrote, by kind, in path order.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Project files; the first one counts, and there should be no other.
    pub configs: Vec<Entity<ProjectFile>>,
    /// Workflows.
    pub workflows: Vec<Entity<Workflow>>,
    /// Contracts.
    pub contracts: Vec<Entity<Contract>>,
    /// Queues.
    pub queues: Vec<Entity<Queue>>,
    /// Teams.
    pub teams: Vec<Entity<Team>>,
    /// People.
    pub people: Vec<Entity<Person>>,
    /// Systems.
    pub systems: Vec<Entity<System>>,
    /// Calendars.
    pub calendars: Vec<Entity<Calendar>>,
    /// Decision tables.
    pub decisions: Vec<Entity<Decision>>,
    /// Policies of the repository.
    pub policies: Vec<Entity<Policy>>,
    /// Policies of the shipped packs that the project file selects.
    pub packs: Vec<Entity<Policy>>,
    /// Scenarios.
    pub scenarios: Vec<Entity<Scenarios>>,
    /// Process maps.
    pub process_maps: Vec<Entity<ProcessMap>>,
    /// Files of which something could not be read.
    pub unread: Vec<Unread>,
    /// The places of misspelt keys, which are read as the keys that were meant.
    pub misspelt: Vec<(Span, &'static str)>,
}

/// Reads every document of every stream. Streams are in the order of `sources`.
pub fn decode(sources: &Sources, streams: &[(SourceId, Stream)]) -> Checked<Project> {
    let mut project = Project::default();
    let mut diagnostics = Vec::new();
    for (source, stream) in streams {
        let text = sources.file(*source).text();
        for document in &stream.documents {
            let mut decoder = Decoder::new();
            project.add(document, text, &mut decoder);
            diagnostics.extend(decoder.finish());
        }
    }
    Checked {
        value: project,
        diagnostics,
    }
}

impl Project {
    /// Takes over everything of another project, after what is here.
    pub fn append(&mut self, other: Project) {
        self.configs.extend(other.configs);
        self.workflows.extend(other.workflows);
        self.contracts.extend(other.contracts);
        self.queues.extend(other.queues);
        self.teams.extend(other.teams);
        self.people.extend(other.people);
        self.systems.extend(other.systems);
        self.calendars.extend(other.calendars);
        self.decisions.extend(other.decisions);
        self.policies.extend(other.policies);
        self.packs.extend(other.packs);
        self.scenarios.extend(other.scenarios);
        self.process_maps.extend(other.process_maps);
        self.unread.extend(other.unread);
        self.misspelt.extend(other.misspelt);
    }

    /// The documents of some files.
    #[must_use]
    pub fn of_sources(&self, selected: &dyn Fn(SourceId) -> bool) -> Project {
        Project {
            configs: chosen(&self.configs, selected),
            workflows: chosen(&self.workflows, selected),
            contracts: chosen(&self.contracts, selected),
            queues: chosen(&self.queues, selected),
            teams: chosen(&self.teams, selected),
            people: chosen(&self.people, selected),
            systems: chosen(&self.systems, selected),
            calendars: chosen(&self.calendars, selected),
            decisions: chosen(&self.decisions, selected),
            policies: chosen(&self.policies, selected),
            packs: chosen(&self.packs, selected),
            scenarios: chosen(&self.scenarios, selected),
            process_maps: chosen(&self.process_maps, selected),
            unread: self.unread.clone(),
            misspelt: self.misspelt.clone(),
        }
    }

    /// Walks every document, kind by kind in reference order.
    pub fn visit_all<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        walk(&self.workflows, visitor);
        walk(&self.contracts, visitor);
        walk(&self.queues, visitor);
        walk(&self.teams, visitor);
        walk(&self.people, visitor);
        walk(&self.systems, visitor);
        walk(&self.calendars, visitor);
        walk(&self.decisions, visitor);
        walk(&self.policies, visitor);
        walk(&self.scenarios, visitor);
        walk(&self.process_maps, visitor);
        walk(&self.configs, visitor);
    }

    /// The policies of the repository, then those of the selected packs.
    pub fn all_policies(&self) -> impl Iterator<Item = &Entity<Policy>> {
        self.policies.iter().chain(&self.packs)
    }

    /// How many documents the repository has.
    pub fn len(&self) -> usize {
        self.configs.len()
            + self.workflows.len()
            + self.contracts.len()
            + self.queues.len()
            + self.teams.len()
            + self.people.len()
            + self.systems.len()
            + self.calendars.len()
            + self.decisions.len()
            + self.policies.len()
            + self.scenarios.len()
            + self.process_maps.len()
    }

    /// True when nothing was understood.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads one document.
    pub fn add(&mut self, document: &Document, text: &str, decoder: &mut Decoder) {
        self.read(document, text, decoder);
        self.misspelt.extend(decoder.take_misspelt());
    }

    fn read(&mut self, document: &Document, text: &str, decoder: &mut Decoder) {
        let root = document.root(text);
        let Some(mapping) = root.mapping() else {
            if !root.is_null() {
                decoder.wrong_type(
                    root,
                    "a document: a mapping with a root key such as `workflow`",
                );
            }
            return;
        };
        if flattened::report(mapping, text, decoder) {
            self.unread.push(Unread {
                source: document.source(),
                text: Some(text.to_owned()),
            });
            return;
        }
        if mapping.get("flowgate").is_some() {
            self.add_config(mapping, decoder);
            return;
        }
        if odcs::recognises(mapping) {
            self.add_standard_contracts(mapping, text, decoder);
            return;
        }
        if report_foreign(mapping, decoder) {
            return;
        }
        for entry in mapping.entries() {
            if entry.name.starts_with("x-") || self.add_root(entry.name, entry, decoder) {
                continue;
            }
            let meant = report_unknown_root(entry, decoder);
            let is_free = |meant: &&str| mapping.get(meant).is_none();
            if let Some(meant) = meant.filter(is_free)
                && entry.value.mapping().is_some()
            {
                decoder.read_as(entry.key.span(), meant);
                self.add_root(meant, entry, decoder);
            }
        }
    }

    fn add_config(&mut self, mapping: Mapping<'_>, decoder: &mut Decoder) {
        let body = ProjectFile::decode_mapping(mapping, decoder);
        let span = mapping.node().span();
        let key = mapping
            .get("flowgate")
            .map_or(span, |entry| entry.key.span());
        let name = Spanned::new(String::new(), key);
        self.configs.push(Entity {
            name,
            key,
            span,
            body,
        });
    }

    /// Reads a file of the Open Data Contract Standard.
    fn add_standard_contracts(&mut self, mapping: Mapping<'_>, text: &str, decoder: &mut Decoder) {
        let key = mapping
            .get("kind")
            .map_or(mapping.node().span(), |entry| entry.key.span());
        for reading in odcs::read(mapping, decoder) {
            let document = reading.body.into_document(key.source);
            let body = document.root(text).mapping();
            let body = body.map(|body| odcs::decode(body, decoder));
            self.contracts.extend(body.map(|body| Entity {
                name: reading.name,
                key,
                span: reading.span,
                body,
            }));
        }
    }

    /// Reads what stands below one root key; false when no kind has that key.
    fn add_root(&mut self, key: &str, entry: Entry<'_>, decoder: &mut Decoder) -> bool {
        match key {
            "workflow" => singular(entry, &mut self.workflows, decoder),
            "workflows" => plural::<_, KebabName>(entry, &mut self.workflows, decoder),
            "contract" => singular(entry, &mut self.contracts, decoder),
            "contracts" => plural::<_, ContractName>(entry, &mut self.contracts, decoder),
            "queue" => singular(entry, &mut self.queues, decoder),
            "queues" => plural::<_, KebabName>(entry, &mut self.queues, decoder),
            "team" => singular(entry, &mut self.teams, decoder),
            "teams" => plural::<_, KebabName>(entry, &mut self.teams, decoder),
            "person" => singular(entry, &mut self.people, decoder),
            "people" => plural::<_, FreeName>(entry, &mut self.people, decoder),
            "system" => singular(entry, &mut self.systems, decoder),
            "systems" => plural::<_, FreeName>(entry, &mut self.systems, decoder),
            "calendar" => singular(entry, &mut self.calendars, decoder),
            "calendars" => plural::<_, KebabName>(entry, &mut self.calendars, decoder),
            "decision" => singular(entry, &mut self.decisions, decoder),
            "decisions" => plural::<_, KebabName>(entry, &mut self.decisions, decoder),
            "policy" => singular(entry, &mut self.policies, decoder),
            "policies" => plural::<_, KebabName>(entry, &mut self.policies, decoder),
            "scenarios" => unnamed(entry, "workflow", &mut self.scenarios, decoder),
            "process_map" => unnamed(entry, "name", &mut self.process_maps, decoder),
            _ => return false,
        }
        true
    }
}

fn chosen<T: Clone>(entities: &[Entity<T>], selected: &dyn Fn(SourceId) -> bool) -> Vec<Entity<T>> {
    let chosen = entities.iter().filter(|entity| selected(entity.key.source));
    chosen.cloned().collect()
}

fn walk<'a, T: Visit>(entities: &'a [Entity<T>], visitor: &mut dyn Visitor<'a>) {
    for entity in entities {
        entity.body.visit(visitor);
    }
}

/// How a definition without a name is called in messages.
const UNNAMED: &str = "unnamed";

/// `workflow: {name: …}`: one definition that names itself.
fn singular<T: DecodeMapping + Decode>(
    entry: Entry<'_>,
    entities: &mut Vec<Entity<T>>,
    decoder: &mut Decoder,
) {
    let Some(body) = super::keys::decode_value::<T>(entry, decoder) else {
        return;
    };
    if let Some(mapping) = entry.value.mapping() {
        super::keys::require(mapping, "name", T::KEYS, &article(entry.name), decoder);
    }
    entities.push(Entity {
        name: written_name(entry, "name"),
        key: entry.key.span(),
        span: entry.key.span().to(entry.value.span()),
        body,
    });
}

/// `queues: {name: {…}}`: definitions by name.
fn plural<T: Decode, P: NamePattern>(
    entry: Entry<'_>,
    entities: &mut Vec<Entity<T>>,
    decoder: &mut Decoder,
) {
    let Some(mapping) = entry.value.mapping() else {
        decoder.wrong_type(entry.value, "a mapping from names to their definitions");
        return;
    };
    for named in mapping
        .entries()
        .filter(|named| !named.name.starts_with("x-"))
    {
        check_name::<P>(named.name, named.key.span(), decoder);
        if let Some(body) = super::keys::decode_value::<T>(named, decoder) {
            entities.push(Entity {
                name: Spanned::new(named.name.to_owned(), named.key.span()),
                key: named.key.span(),
                span: named.key.span().to(named.value.span()),
                body,
            });
        }
    }
}

/// A definition that another key identifies.
fn unnamed<T: Decode>(
    entry: Entry<'_>,
    naming_key: &str,
    entities: &mut Vec<Entity<T>>,
    decoder: &mut Decoder,
) {
    if let Some(body) = super::keys::decode_value::<T>(entry, decoder) {
        entities.push(Entity {
            name: written_name(entry, naming_key),
            key: entry.key.span(),
            span: entry.key.span().to(entry.value.span()),
            body,
        });
    }
}

fn written_name(entry: Entry<'_>, naming_key: &str) -> Spanned<String> {
    let name = entry
        .value
        .mapping()
        .and_then(|mapping| mapping.get(naming_key))
        .and_then(|name| {
            name.value
                .scalar()
                .map(|scalar| (scalar, name.value.span()))
        });
    match name {
        Some((scalar, span)) => Spanned::new(scalar.text().to_owned(), span),
        None => Spanned::new(UNNAMED.to_owned(), entry.key.span()),
    }
}

fn article(kind: &str) -> String {
    format!("a {kind}")
}

/// The node of an entity's body, for edits; `None` for bodies that are no mapping.
pub fn body_mapping<'a>(root: NodeRef<'a>, key: Span) -> Option<Mapping<'a>> {
    let find = |mapping: Mapping<'a>| mapping.entries().find(|entry| entry.key.span() == key);
    let mapping = root.mapping()?;
    if let Some(entry) = find(mapping) {
        return entry.value.mapping();
    }
    mapping
        .entries()
        .filter_map(|entry| entry.value.mapping())
        .find_map(find)
        .and_then(|entry| entry.value.mapping())
}
