//! One document of a project, with the places in it that requirements are asked of.

use std::cell::OnceCell;
use std::rc::Rc;

use super::analysis::Analysis;
use super::declaration::Record;
use super::selection::Roots;
use super::state::{StateFacts, state, states};
use super::step::{StepFacts, approval, step};
use super::workflow::{Named, approvals, control, exception, exceptions, steps};
use super::{
    Facts, contract, directory, project, state as state_facts, step as step_facts, workflow,
};
use crate::expr::{self, Value};
use crate::source::Span;
use crate::syntax::contract::Contract;
use crate::syntax::decision::Decision;
use crate::syntax::directory::{Person, Queue, System, Team};
use crate::syntax::policy::Subject;
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity};

/// A document that facts are about.
#[derive(Debug, Clone, Copy)]
pub enum Document<'a> {
    /// A workflow.
    Workflow(&'a Entity<Workflow>),
    /// A contract.
    Contract(&'a Entity<Contract>),
    /// A queue.
    Queue(&'a Entity<Queue>),
    /// A system.
    System(&'a Entity<System>),
    /// A team.
    Team(&'a Entity<Team>),
    /// A person.
    Person(&'a Entity<Person>),
    /// A decision table.
    Decision(&'a Entity<Decision>),
    /// The project, at its project file.
    Project(Span),
}

impl<'a> Document<'a> {
    /// The kind.
    pub fn kind(self) -> DocumentKind {
        match self {
            Document::Workflow(_) => DocumentKind::Workflow,
            Document::Contract(_) => DocumentKind::Contract,
            Document::Queue(_) => DocumentKind::Queue,
            Document::System(_) => DocumentKind::System,
            Document::Team(_) => DocumentKind::Team,
            Document::Person(_) => DocumentKind::Person,
            Document::Decision(_) => DocumentKind::Decision,
            Document::Project(_) => DocumentKind::Project,
        }
    }

    /// The name, where it is written; the project has none.
    pub fn name(self) -> (&'a str, Span) {
        match self {
            Document::Workflow(it) => (&it.name.value, it.name.span),
            Document::Contract(it) => (&it.name.value, it.name.span),
            Document::Queue(it) => (&it.name.value, it.name.span),
            Document::System(it) => (&it.name.value, it.name.span),
            Document::Team(it) => (&it.name.value, it.name.span),
            Document::Person(it) => (&it.name.value, it.name.span),
            Document::Decision(it) => (&it.name.value, it.name.span),
            Document::Project(span) => ("", span),
        }
    }
}

/// What a requirement is asked of, with what it sees.
#[derive(Debug, Clone)]
pub struct Located {
    /// The values of the names that are asked for.
    pub roots: expr::Record,
    /// Where the subject is written.
    pub span: Span,
}

/// One document.
#[derive(Debug)]
pub struct View<'f, 'a> {
    facts: &'f Facts<'a>,
    document: Document<'a>,
    analysis: Option<Rc<Analysis<'a>>>,
    value: OnceCell<Value>,
}

impl<'a> Facts<'a> {
    /// The documents of a kind, in path order.
    pub fn documents(&self, kind: DocumentKind) -> Vec<Document<'a>> {
        let project = &self.model.project;
        match kind {
            DocumentKind::Workflow => project.workflows.iter().map(Document::Workflow).collect(),
            DocumentKind::Contract => project.contracts.iter().map(Document::Contract).collect(),
            DocumentKind::Queue => project.queues.iter().map(Document::Queue).collect(),
            DocumentKind::System => project.systems.iter().map(Document::System).collect(),
            DocumentKind::Team => project.teams.iter().map(Document::Team).collect(),
            DocumentKind::Person => project.people.iter().map(Document::Person).collect(),
            DocumentKind::Decision => project.decisions.iter().map(Document::Decision).collect(),
            DocumentKind::Project => {
                let configs = project.configs.iter().take(1);
                configs
                    .map(|config| Document::Project(config.key))
                    .collect()
            }
            DocumentKind::Calendar
            | DocumentKind::Policy
            | DocumentKind::Scenarios
            | DocumentKind::ProcessMap => Vec::new(),
        }
    }

    /// Opens one document.
    pub fn view<'f>(&'f self, document: Document<'a>) -> View<'f, 'a> {
        let analysis = match document {
            Document::Workflow(workflow) => Some(Rc::new(Analysis::new(workflow, self.model))),
            Document::Contract(_)
            | Document::Queue(_)
            | Document::System(_)
            | Document::Team(_)
            | Document::Person(_)
            | Document::Decision(_)
            | Document::Project(_) => None,
        };
        View {
            facts: self,
            document,
            analysis,
            value: OnceCell::new(),
        }
    }
}

impl<'a> View<'_, 'a> {
    /// Every fact about the document that is asked for.
    pub fn value(&self) -> Value {
        let facts = self.facts;
        let value = self
            .value
            .get_or_init(|| match (self.document, &self.analysis) {
                (Document::Workflow(workflow), None) => {
                    workflow::workflow(&Rc::new(Analysis::new(workflow, facts.model)), facts)
                }
                (Document::Workflow(_), Some(of)) => workflow::workflow(of, facts),
                (Document::Contract(it), _) => contract::contract(&it, facts),
                (Document::Queue(it), _) => directory::queue(&it, facts),
                (Document::System(it), _) => directory::system(&it, facts),
                (Document::Team(it), _) => directory::team(&it, facts),
                (Document::Person(it), _) => directory::person_record(&it, facts),
                (Document::Decision(it), _) => directory::decision(&it, facts),
                (Document::Project(_), _) => facts.project(),
            });
        value.clone()
    }

    /// The subjects of the document, with the names that are asked for.
    pub fn subjects(&self, subject: Subject, wanted: &Roots) -> Vec<Located> {
        match self.document {
            Document::Workflow(_) => match &self.analysis {
                Some(of) => self.in_workflow(subject, of, wanted),
                None => Vec::new(),
            },
            Document::Contract(it) if subject == Subject::Field => {
                let fields = contract::fields(&it.body);
                let fields = fields.iter();
                let facts = self.facts;
                fields
                    .map(|field| {
                        let own = || contract::field(field, facts);
                        self.located(&[(&contract::FIELD, &own)], field.name.span, wanted)
                    })
                    .collect()
            }
            Document::System(it) if subject == Subject::Account => {
                let accounts = directory::accounts(&it.body);
                accounts
                    .map(|account| {
                        let own = || directory::account(&account, self.facts);
                        self.located(&[(&directory::ACCOUNT, &own)], account.name.span, wanted)
                    })
                    .collect()
            }
            Document::System(it) if subject == Subject::Operation => {
                let operations = directory::operations(&it.body);
                operations
                    .map(|operation| {
                        let own = || directory::operation(&operation, self.facts);
                        self.located(
                            &[(&directory::OPERATION, &own)],
                            operation.name.span,
                            wanted,
                        )
                    })
                    .collect()
            }
            Document::Contract(_)
            | Document::Queue(_)
            | Document::System(_)
            | Document::Team(_)
            | Document::Person(_)
            | Document::Decision(_)
            | Document::Project(_) => {
                let (_, span) = self.document.name();
                vec![self.located(&[], span, wanted)]
            }
        }
    }

    fn in_workflow(&self, subject: Subject, of: &Rc<Analysis<'a>>, wanted: &Roots) -> Vec<Located> {
        let facts = self.facts;
        match subject {
            Subject::State => states(of)
                .map(|found| {
                    let own = || state(&found, facts);
                    self.located(&[(&state_facts::STATE, &own)], found.name.span, wanted)
                })
                .collect(),
            Subject::Step => self.steps(of, steps(of), false, wanted),
            Subject::Approval => self.steps(of, approvals(of), true, wanted),
            Subject::Exception => exceptions(of)
                .map(|found| {
                    let own = || exception(&found, facts);
                    self.located(&[(&workflow::EXCEPTION, &own)], found.name.span, wanted)
                })
                .collect(),
            Subject::Control => {
                let controls = of.workflow.body.controls.iter();
                controls
                    .map(|(name, body)| {
                        let own = || control(&Named { name, body }, facts);
                        self.located(&[(&workflow::CONTROL, &own)], name.span, wanted)
                    })
                    .collect()
            }
            Subject::Workflow
            | Subject::Contract
            | Subject::Field
            | Subject::Queue
            | Subject::System
            | Subject::Account
            | Subject::Operation
            | Subject::Team
            | Subject::Person
            | Subject::Decision
            | Subject::Project => {
                vec![self.located(&[], of.workflow.name.span, wanted)]
            }
        }
    }

    /// Steps with their states; the facts of a state are found out once for all its steps.
    fn steps(
        &self,
        of: &Rc<Analysis<'a>>,
        steps: impl Iterator<Item = StepFacts<'a>>,
        decide: bool,
        wanted: &Roots,
    ) -> Vec<Located> {
        let facts = self.facts;
        let mut last: Option<(Span, Value)> = None;
        let mut located = Vec::new();
        for found in steps {
            let name = found.place.state_name;
            let state_value = if wanted.get(state_facts::STATE.name).is_none() {
                Value::Null
            } else {
                match last.take().filter(|(span, _)| *span == name.span) {
                    Some((_, value)) => value,
                    None => state(
                        &StateFacts {
                            name,
                            state: found.place.state,
                            of: Rc::clone(of),
                        },
                        facts,
                    ),
                }
            };
            last = Some((name.span, state_value.clone()));
            let around = || state_value.clone();
            let own = || step(&found, facts);
            let decision = || approval(&found, facts);
            let mut parts: Vec<(&Record, &dyn Fn() -> Value)> =
                vec![(&state_facts::STATE, &around), (&step_facts::STEP, &own)];
            if decide {
                parts.push((&step_facts::APPROVAL, &decision));
            }
            let span = found.place.step.name_span().unwrap_or(name.span);
            located.push(self.located(&parts, span, wanted));
        }
        located
    }

    /// A subject with the project, the document and its own parts, as far as they are asked for.
    fn located(
        &self,
        parts: &[(&Record, &dyn Fn() -> Value)],
        span: Span,
        wanted: &Roots,
    ) -> Located {
        let mut roots = expr::Record::new();
        let own = super::record(self.document.kind());
        if let Some(name) = wanted.get(own.name) {
            roots.insert(name.clone(), self.value());
        }
        if let Some(name) = wanted.get(project::PROJECT.name) {
            roots.insert(name.clone(), self.facts.project());
        }
        for (record, value) in parts {
            if let Some(name) = wanted.get(record.name) {
                roots.insert(name.clone(), value());
            }
        }
        Located { roots, span }
    }
}
