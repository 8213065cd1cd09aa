//! The built-in rules: each looks at one subject of a resolved project; the driver owns the loops.

pub mod rules;
pub mod suppression;

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::model::Model;
use crate::model::crossing::Mismatch;
use crate::model::flow::{Flow, Flows};
use crate::model::reading::{Misreading, Readings};

use crate::model::walk::StepInState;
use crate::rule::{Meta, Stage};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::Entity;
use crate::syntax::contract::Contract;
use crate::syntax::directory::{Queue, System};
use crate::syntax::workflow::Workflow;
use crate::yaml::{Entry, Mapping, Stream, edit, path};

/// A rule: what is known about it and how it looks at its subject.
#[derive(Debug)]
pub struct Rule {
    /// Name, level, reference text.
    pub meta: Meta,
    /// The check and the subject that it looks at.
    pub check: On,
}

/// The subject that a rule looks at; the driver calls it once for each.
#[derive(Debug)]
pub enum On {
    /// The whole project.
    Project(fn(&mut Context<'_>)),
    /// Every workflow.
    Workflow(fn(&Entity<Workflow>, &mut Context<'_>)),
    /// Every step of every workflow, those inside branches and items too.
    Step(fn(&StepInState<'_>, &Entity<Workflow>, &mut Context<'_>)),
    /// Every contract.
    Contract(fn(&Entity<Contract>, &mut Context<'_>)),
    /// Every workflow, then every contract.
    WorkflowAndContract(
        fn(&Entity<Workflow>, &mut Context<'_>),
        fn(&Entity<Contract>, &mut Context<'_>),
    ),
    /// Every queue.
    Queue(fn(&Entity<Queue>, &mut Context<'_>)),
    /// Every system.
    System(fn(&Entity<System>, &mut Context<'_>)),
}

/// What a rule sees beside its subject, and where it reports.
#[derive(Debug)]
pub struct Context<'a> {
    /// The resolved project.
    pub model: &'a Model,
    /// The texts, for repairs.
    pub sources: &'a Sources,
    flows: &'a Flows<'a>,
    readings: &'a Readings<'a>,
    streams: &'a [(SourceId, Stream)],
    rule: &'static Meta,
    stage: Stage,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    /// A finding of the current rule, at the rollout stage of the workflow that is looked at.
    /// Rules about other subjects begin at stage 0; see [`Context::finding_at`].
    pub fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule, span, message).at_stage(self.stage)
    }

    /// A finding of the current rule, judged at another rollout stage.
    pub fn finding_at(&self, stage: Stage, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule, span, message).at_stage(stage)
    }

    /// Reports a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The control-flow graph of a workflow, built once for all rules.
    pub fn flow(&self, workflow: &Entity<Workflow>) -> Option<&'a Flow<'a>> {
        self.flows.get(workflow)
    }

    /// The control-flow graphs of all workflows.
    pub fn flows(&self) -> &'a Flows<'a> {
        self.flows
    }

    /// What is wrong with the expressions of a workflow, judged once for all rules.
    pub fn misreadings(&self, workflow: &Entity<Workflow>) -> &'a [Misreading<'a>] {
        self.readings.of_workflow(workflow)
    }

    /// What is wrong with the quality rules of a contract, judged once for all rules.
    pub fn misreadings_of_rules(&self, contract: &Entity<Contract>) -> &'a [Misreading<'a>] {
        self.readings.of_contract(contract)
    }

    /// What does not fit where data of a workflow crosses a boundary, judged once for all rules.
    pub fn mismatches(&self, workflow: &Entity<Workflow>) -> &'a [Mismatch<'a>] {
        self.readings.mismatches(workflow)
    }

    /// The innermost written mapping that contains the span.
    pub fn mapping_at(&self, span: Span) -> Option<Mapping<'a>> {
        let text = self.sources.file(span.source).text();
        self.documents(span)
            .find_map(|document| path::mapping_at(document, text, span))
    }

    /// The written entry whose key stands at the span.
    pub fn entry_at(&self, key: Span) -> Option<Entry<'a>> {
        let text = self.sources.file(key.source).text();
        self.documents(key)
            .find_map(|document| path::entry_at(document, text, key))
    }

    /// The entry `key` of the definition whose key stands at `owner_key`. It is there even when its
    /// value could not be understood, which has been reported already.
    pub fn entry_below(&self, owner_key: Span, key: &str) -> Option<Entry<'a>> {
        self.entry_meant(self.entry_at(owner_key)?.value.mapping()?, key)
    }

    /// The entry `key` of the mapping that contains `neighbour`, such as the `id` of a step; there
    /// even when its value could not be understood, which has been reported already.
    pub fn entry_beside(&self, neighbour: Span, key: &str) -> Option<Entry<'a>> {
        self.entry_meant(self.mapping_at(neighbour)?, key)
    }

    /// The entry of a key, or the one whose misspelt key means it.
    fn entry_meant(&self, mapping: Mapping<'a>, key: &str) -> Option<Entry<'a>> {
        let misspelt = &self.model.project.misspelt;
        let is_meant = |entry: &Entry<'_>| {
            let place = entry.key.span();
            misspelt
                .iter()
                .any(|(span, meant)| *span == place && *meant == key)
        };
        mapping
            .get(key)
            .or_else(|| mapping.entries().find(is_meant))
    }

    /// An edit that adds `key: value` to the definition whose key stands at `owner_key`, such as
    /// `workflow` or the name of a state.
    pub fn insert_below(&self, owner_key: Span, key: &str, value: &str) -> Option<Edit> {
        let mapping = self.entry_at(owner_key)?.value.mapping()?;
        edit::insert_entry(
            mapping,
            self.sources.file(owner_key.source).text(),
            key,
            value,
        )
    }

    /// An edit that adds `key: value` to the mapping that contains `neighbour`, such as the `id`
    /// of a step.
    pub fn insert_beside(&self, neighbour: Span, key: &str, value: &str) -> Option<Edit> {
        let mapping = self.mapping_at(neighbour)?;
        edit::insert_entry(
            mapping,
            self.sources.file(neighbour.source).text(),
            key,
            value,
        )
    }

    /// The YAML documents and comments of every file.
    pub fn streams(&self) -> &'a [(SourceId, Stream)] {
        self.streams
    }

    fn documents(&self, span: Span) -> impl Iterator<Item = &'a crate::yaml::Document> {
        self.streams
            .iter()
            .filter(move |(source, _)| *source == span.source)
            .flat_map(|(_, stream)| &stream.documents)
    }
}

impl Diagnostic {
    /// Adds a safe repair when there is a place for it.
    #[must_use]
    pub fn safe_fix(self, edit: Option<Edit>) -> Self {
        match edit {
            Some(edit) => self.fix(Fix::safe(vec![edit])),
            None => self,
        }
    }

    /// Adds a repair that needs a look when there is a place for it.
    #[must_use]
    pub fn unsafe_fix(self, edit: Option<Edit>) -> Self {
        match edit {
            Some(edit) => self.fix(Fix::needs_a_look(vec![edit])),
            None => self,
        }
    }
}

/// Runs every rule over a project. Findings come rule by rule, in the order of the subjects.
pub fn run(model: &Model, sources: &Sources, streams: &[(SourceId, Stream)]) -> Vec<Diagnostic> {
    let flows = Flows::of(model);
    let readings = Readings::of(model, &flows);
    let analyses = Analyses {
        flows: &flows,
        readings: &readings,
    };
    rules::RULES
        .iter()
        .flat_map(|rule| run_rule(rule, model, analyses, sources, streams))
        .collect()
}

/// What is found out once for all rules.
#[derive(Clone, Copy)]
struct Analyses<'a> {
    flows: &'a Flows<'a>,
    readings: &'a Readings<'a>,
}

/// Runs one rule over a project.
fn run_rule<'a>(
    rule: &'static Rule,
    model: &'a Model,
    analyses: Analyses<'a>,
    sources: &'a Sources,
    streams: &'a [(SourceId, Stream)],
) -> Vec<Diagnostic> {
    let mut context = Context {
        model,
        sources,
        flows: analyses.flows,
        readings: analyses.readings,
        streams,
        rule: &rule.meta,
        stage: 0,
        diagnostics: Vec::new(),
    };
    match rule.check {
        On::Project(check) => check(&mut context),
        On::Workflow(check) => context.each_workflow(|workflow, context| check(workflow, context)),
        On::Step(check) => context.each_workflow(|workflow, context| {
            for step in workflow.body.all_steps() {
                check(&step, workflow, context);
            }
        }),
        On::Contract(check) => context.each_contract(check),
        On::WorkflowAndContract(check, check_contract) => {
            context.each_workflow(|workflow, context| check(workflow, context));
            context.each_contract(check_contract);
        }
        On::Queue(check) => {
            for queue in &model.project.queues {
                check(queue, &mut context);
            }
        }
        On::System(check) => {
            for system in &model.project.systems {
                check(system, &mut context);
            }
        }
    }
    context.diagnostics
}

impl<'a> Context<'a> {
    fn each_workflow(&mut self, check: impl Fn(&'a Entity<Workflow>, &mut Self)) {
        for workflow in &self.model.project.workflows {
            self.stage = workflow.body.rollout_stage();
            check(workflow, self);
        }
        self.stage = 0;
    }

    fn each_contract(&mut self, check: fn(&Entity<Contract>, &mut Context<'_>)) {
        for contract in &self.model.project.contracts {
            check(contract, self);
        }
    }
}

/// Declares a [`Rule`] from a doc comment, its facts and its check.
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub static $name:ident = {
            check: $check:expr,
            $($facts:tt)*
        }
    ) => {
        $(#[doc = $doc])*
        pub static $name: $crate::lint::Rule = $crate::lint::Rule {
            meta: $crate::meta!([$($doc)*] $($facts)*),
            check: $check,
        };
    };
}
