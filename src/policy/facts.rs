//! The facts that policies read: a published, versioned, typed view of the project.
//!
//! Every fact is declared once, with its text, its type and the way to find it out. The types that
//! requirements are checked against ([`environment`]), the JSON Schema ([`schema::schema`]) and the values
//! themselves come from that declaration. A fact is found out only when somebody asks for it: a
//! [`Selection`] holds the names that the policies of a project mention.
//!
//! Texts and lists are never absent, only empty. What may be absent must be asked for with
//! `has()`: lengths of time, days, numbers, and sections such as `workflow.sla`.

mod analysis;
mod contract;
pub mod declaration;
mod directory;
mod json;
mod project;
pub mod schema;
mod selection;
mod state;
mod step;
mod uses;
mod values;
mod view;
mod workflow;

use std::sync::{Arc, OnceLock};

use crate::expr::{Environment, Field, Object, Type, Value};
use crate::model::Model;
use crate::source::{Sources, Span};
use crate::syntax::DocumentKind;
use crate::syntax::directory::Team;
use crate::syntax::policy::Subject;
use declaration::{Kind, Record};
pub use json::{json, shown};
pub use selection::{Roots, Selection};
use uses::Uses;
pub use view::{Document, Located, View};

/// The name and version of the view.
pub const SCHEMA: &str = "flowgate/facts/v1";

/// The facts of a project.
#[derive(Debug)]
pub struct Facts<'a> {
    model: &'a Model,
    sources: &'a Sources,
    selection: Selection,
    project: OnceLock<Value>,
    uses: OnceLock<Uses<'a>>,
}

impl<'a> Facts<'a> {
    /// Those facts of a project that are asked for.
    pub fn new(model: &'a Model, sources: &'a Sources, selection: Selection) -> Self {
        Facts {
            model,
            sources,
            selection,
            project: OnceLock::new(),
            uses: OnceLock::new(),
        }
    }

    /// The file that something is written in.
    fn file(&self, place: Span) -> &'a str {
        self.sources.file(place.source).path()
    }

    /// The people of a team who have not left, the lead first; each once.
    fn members(&self, team: &'a Team) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for person in team.lead.iter().chain(&team.members) {
            let name = person.name.value.as_str();
            if self.model.is_active_person(name) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn uses(&self) -> &Uses<'a> {
        self.uses.get_or_init(|| Uses::of(self.model))
    }

    fn queue_users(&self, queue: &str) -> impl Iterator<Item = &'a str> {
        self.uses().of_queue(queue)
    }

    fn account_users(&self, account: &str) -> impl Iterator<Item = &'a str> {
        self.uses().of_account(account)
    }

    fn readers(&self, contract: &str) -> impl Iterator<Item = &'a str> {
        self.uses().of_contract(contract)
    }

    fn project(&self) -> Value {
        let value = self.project.get_or_init(|| project::project(&(), self));
        value.clone()
    }

    /// The whole view as JSON: every document by kind, in path order.
    pub fn to_json(&self) -> serde_json::Value {
        let mut whole = serde_json::Map::new();
        whole.insert("schema".to_owned(), SCHEMA.into());
        whole.insert(project::PROJECT.name.to_owned(), json(&self.project()));
        for (plural, kind) in DOCUMENTS {
            let documents = self.documents(kind);
            let documents = documents
                .iter()
                .map(|document| json(&self.view(*document).value()));
            whole.insert(plural.to_owned(), documents.collect());
        }
        serde_json::Value::Object(whole)
    }
}

/// The kinds of documents in the view, with the names of their lists.
const DOCUMENTS: [(&str, DocumentKind); 7] = [
    ("workflows", DocumentKind::Workflow),
    ("contracts", DocumentKind::Contract),
    ("queues", DocumentKind::Queue),
    ("systems", DocumentKind::System),
    ("teams", DocumentKind::Team),
    ("people", DocumentKind::Person),
    ("decisions", DocumentKind::Decision),
];

/// The lists of documents in the view, with the kinds of what is in them.
pub fn document_lists() -> impl Iterator<Item = (&'static str, DocumentKind)> {
    DOCUMENTS.into_iter()
}

/// The facts about documents of a kind; those about the project for kinds that are not in the
/// view.
pub fn record(kind: DocumentKind) -> &'static Record {
    match kind {
        DocumentKind::Workflow => &workflow::WORKFLOW,
        DocumentKind::Contract => &contract::CONTRACT,
        DocumentKind::Queue => &directory::QUEUE,
        DocumentKind::System => &directory::SYSTEM,
        DocumentKind::Team => &directory::TEAM,
        DocumentKind::Person => &directory::PERSON,
        DocumentKind::Decision => &directory::DECISION,
        DocumentKind::Calendar
        | DocumentKind::Policy
        | DocumentKind::Scenarios
        | DocumentKind::ProcessMap
        | DocumentKind::Project => &project::PROJECT,
    }
}

/// The document that a subject is, or stands in.
pub fn document_of(subject: Subject) -> DocumentKind {
    match subject {
        Subject::Workflow
        | Subject::State
        | Subject::Step
        | Subject::Approval
        | Subject::Exception
        | Subject::Control => DocumentKind::Workflow,
        Subject::Contract | Subject::Field => DocumentKind::Contract,
        Subject::Queue => DocumentKind::Queue,
        Subject::System | Subject::Account | Subject::Operation => DocumentKind::System,
        Subject::Team => DocumentKind::Team,
        Subject::Person => DocumentKind::Person,
        Subject::Decision => DocumentKind::Decision,
        Subject::Project => DocumentKind::Project,
    }
}

/// What a requirement about a subject sees: the project, the document, and what it stands in.
pub fn roots(subject: Subject) -> Vec<&'static Record> {
    let own: &[&'static Record] = match subject {
        Subject::Workflow
        | Subject::Contract
        | Subject::Queue
        | Subject::System
        | Subject::Team
        | Subject::Person
        | Subject::Decision
        | Subject::Project => &[],
        Subject::State => &[&state::STATE],
        Subject::Step => &[&state::STATE, &step::STEP],
        Subject::Approval => &[&state::STATE, &step::STEP, &step::APPROVAL],
        Subject::Exception => &[&workflow::EXCEPTION],
        Subject::Control => &[&workflow::CONTROL],
        Subject::Field => &[&contract::FIELD],
        Subject::Account => &[&directory::ACCOUNT],
        Subject::Operation => &[&directory::OPERATION],
    };
    let mut roots: Vec<&'static Record> = vec![&project::PROJECT];
    if subject != Subject::Project {
        roots.push(record(document_of(subject)));
    }
    roots.extend(own);
    roots
}

/// The types of everything that a requirement about a subject sees.
pub fn environment(subject: Subject) -> Environment {
    roots(subject)
        .into_iter()
        .fold(Environment::new(), |environment, record| {
            environment.with(record.name, object(record))
        })
}

fn object(record: &Record) -> Object {
    record.facts.iter().fold(Object::new(), |object, fact| {
        let of = type_of(fact.kind);
        object.with(
            fact.name,
            if fact.optional {
                Field::optional(of)
            } else {
                Field::required(of)
            },
        )
    })
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Text => Type::string(),
        Kind::Word(words) => Type::one_of(words.iter().copied().chain([""]), false),
        Kind::Integer => Type::Integer,
        Kind::Decimal => Type::Decimal,
        Kind::Boolean => Type::Boolean,
        Kind::Date => Type::Date,
        Kind::Duration => Type::Duration,
        Kind::List(element) => Type::List(Arc::new(type_of(*element))),
        Kind::Record(record) => object(record).into(),
    }
}
