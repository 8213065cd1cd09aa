//! Who relies on a changed document that is no contract: workflows that run a workflow, route by a
//! decision table, send to a queue, call a system or count by a calendar, and the policies and
//! scenarios that name them.

use std::collections::BTreeSet;

use super::consumers::{Consumer, Status};
use super::declaration::Class;
use super::impact::JudgedChange;
use crate::diff::kind::{ApprovalChange, DirectoryChange, FieldChange, StepChange, WorkflowChange};
use crate::diff::{ChangeKind, DocumentChanges};
use crate::model::Model;
use crate::source::{Span, Spanned};
use crate::syntax::decision::CellType;
use crate::syntax::expressions::Data;
use crate::syntax::policy::Policy;
use crate::syntax::step::Step;
use crate::syntax::visit::{ReferenceKind, Visit, Visitor};
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity};

/// The documents that rely on a changed one, by kind and name: workflows whatever happens to them,
/// others where something does.
pub(super) fn of_document(
    document: &DocumentChanges,
    changes: &[JudgedChange],
    after: &Model,
) -> Vec<Consumer> {
    let sides = [&document.before, &document.after];
    let names: BTreeSet<&str> = sides
        .into_iter()
        .flatten()
        .map(|side| side.name.as_str())
        .collect();
    let changed = Changed {
        kind: document.kind,
        names,
        is_gone: document.after.is_none(),
        changes,
    };
    let project = &after.project;
    let mut consumers = Vec::new();
    for workflow in &project.workflows {
        let found = changed.named_by(&workflow.body);
        let runs = changed.runs(&workflow.body);
        changed.add(
            DocumentKind::Workflow,
            workflow,
            (found, runs),
            after,
            &mut consumers,
        );
    }
    for decision in &project.decisions {
        let mut found = changed.named_by(&decision.body);
        let cells = decision.body.cells_of(CellType::Queue);
        let queues = cells.filter(|(name, _)| {
            changed.kind == DocumentKind::Queue && changed.names.contains(*name)
        });
        found.extend(queues.map(|(name, span)| changed.touched(ReferenceKind::Queue, name, span)));
        changed.add(
            DocumentKind::Decision,
            decision,
            (found, Vec::new()),
            after,
            &mut consumers,
        );
    }
    changed.add_all(
        DocumentKind::Contract,
        &project.contracts,
        after,
        &mut consumers,
    );
    changed.add_all(DocumentKind::Queue, &project.queues, after, &mut consumers);
    for policy in &project.policies {
        let found = (changed.named_by(&policy.body), changed.duties(&policy.body));
        changed.add(DocumentKind::Policy, policy, found, after, &mut consumers);
    }
    changed.add_all(
        DocumentKind::Scenarios,
        &project.scenarios,
        after,
        &mut consumers,
    );
    changed.add_all(
        DocumentKind::ProcessMap,
        &project.process_maps,
        after,
        &mut consumers,
    );
    consumers
}

/// A changed document, with its names on both sides.
struct Changed<'a> {
    kind: DocumentKind,
    names: BTreeSet<&'a str>,
    is_gone: bool,
    changes: &'a [JudgedChange],
}

/// What the changes do to one place that names the document.
struct Touched {
    status: Status,
    span: Span,
    reads: Option<String>,
}

/// The places of a document that name something.
#[derive(Default)]
struct Names<'a> {
    found: Vec<(ReferenceKind, &'a Spanned<String>)>,
}

impl<'a> Visitor<'a> for Names<'a> {
    fn reference(&mut self, kind: ReferenceKind, name: &'a Spanned<String>) {
        self.found.push((kind, name));
    }
}

impl Changed<'_> {
    fn add_all<T: Visit>(
        &self,
        kind: DocumentKind,
        entities: &[Entity<T>],
        after: &Model,
        consumers: &mut Vec<Consumer>,
    ) {
        for entity in entities {
            let found = self.named_by(&entity.body);
            self.add(kind, entity, (found, Vec::new()), after, consumers);
        }
    }

    fn add<T>(
        &self,
        kind: DocumentKind,
        entity: &Entity<T>,
        (mut found, runs): (Vec<Touched>, Vec<Touched>),
        after: &Model,
        consumers: &mut Vec<Consumer>,
    ) {
        found.extend(runs);
        let name = entity.name.value.as_str();
        let is_itself = kind == self.kind && self.names.contains(name);
        // The first of the worst.
        found.sort_by_key(|touched| std::cmp::Reverse(touched.status));
        let Some(worst) = found.first().filter(|_| !is_itself) else {
            return;
        };
        // Who only names it, and notices nothing, is no reader.
        if worst.status == Status::Unaffected && kind != DocumentKind::Workflow {
            return;
        }
        consumers.push(Consumer {
            kind: kind.as_str(),
            name: name.to_owned(),
            status: worst.status,
            reads: found
                .iter()
                .filter_map(|touched| touched.reads.clone())
                .collect::<BTreeSet<String>>()
                .into_iter()
                .collect(),
            places: Vec::new(),
            visible: true,
            at: Some(worst.span),
            owner: after.accountable(kind, name).map(str::to_owned),
        });
    }

    /// The places in which a document names the changed one.
    fn named_by<T: Visit>(&self, body: &T) -> Vec<Touched> {
        let mut names = Names::default();
        body.visit(&mut names);
        let found = names.found.into_iter();
        found
            .filter(|(kind, name)| self.is_named(*kind, &name.value))
            .map(|(kind, name)| self.touched(kind, &name.value, name.span))
            .collect()
    }

    fn is_named(&self, kind: ReferenceKind, name: &str) -> bool {
        let wanted = match kind {
            ReferenceKind::Workflow => DocumentKind::Workflow,
            ReferenceKind::Decision => DocumentKind::Decision,
            ReferenceKind::Queue => DocumentKind::Queue,
            ReferenceKind::Calendar => DocumentKind::Calendar,
            ReferenceKind::System | ReferenceKind::Operation => DocumentKind::System,
            ReferenceKind::Account => {
                return self.kind == DocumentKind::System && self.of_account(name).next().is_some();
            }
            ReferenceKind::Person
            | ReferenceKind::Role
            | ReferenceKind::Team
            | ReferenceKind::Party
            | ReferenceKind::Contract
            // A contract that names its consumers does not rely on them.
            | ReferenceKind::Consumer
            | ReferenceKind::RetryPolicy
            | ReferenceKind::State
            | ReferenceKind::Step
            | ReferenceKind::Reason => return false,
        };
        let name = match kind {
            ReferenceKind::Operation => name.split_once('.').map_or(name, |(system, _)| system),
            _ => name,
        };
        wanted == self.kind && self.names.contains(name)
    }

    fn of_account(&self, account: &str) -> impl Iterator<Item = &JudgedChange> {
        let path = format!("accounts.{account}");
        self.changes
            .iter()
            .filter(move |judged| is_below(&judged.change.path, &path))
    }

    /// What the changes do to a place that names the document, or a part of it.
    fn touched(&self, kind: ReferenceKind, name: &str, span: Span) -> Touched {
        let operation = name.split_once('.').map_or("", |(_, operation)| operation);
        let operation = format!("operations.{operation}");
        let account = format!("accounts.{name}");
        let statuses = self.changes.iter().map(|judged| {
            let path = judged.change.path.as_str();
            let is_of_part = path.starts_with("operations.") || path.starts_with("accounts.");
            let is_account = kind == ReferenceKind::Account;
            let is_operation = kind == ReferenceKind::Operation;
            let concerns = (is_account && is_below(path, &account))
                || (is_operation && is_below(path, &operation))
                || (!is_account && !is_of_part);
            if concerns {
                self.effect(judged, name)
            } else {
                Status::Unaffected
            }
        });
        Touched {
            status: statuses.max().unwrap_or(Status::Unaffected),
            span,
            reads: None,
        }
    }

    fn effect(&self, judged: &JudgedChange, name: &str) -> Status {
        const RENAMED: [ChangeKind; 2] = [
            ChangeKind::Workflow(WorkflowChange::WorkflowRenamed),
            ChangeKind::Directory(DirectoryChange::QueueRenamed),
        ];
        const PART_REMOVED: [ChangeKind; 2] = [
            ChangeKind::Directory(DirectoryChange::ServiceOperationRemoved),
            ChangeKind::Directory(DirectoryChange::ServiceAccountRemoved),
        ];
        let kind = judged.change.kind;
        let was = judged.change.before.as_ref();
        let is_old_name = was.is_some_and(|was| was.text == name);
        let is_of_names = RENAMED.contains(&kind);
        // What a caller of a workflow meets is told from what it gives and takes.
        let may_matter = matches!(kind, ChangeKind::Directory(_)) && !is_of_names;
        if self.is_gone || PART_REMOVED.contains(&kind) || (is_of_names && is_old_name) {
            Status::Broken
        } else if may_matter && judged.verdict.class >= Class::Additive {
            Status::PotentiallyAffected
        } else {
            Status::Unaffected
        }
    }

    /// What a workflow meets that runs the changed one: inputs that it does not give, outputs that
    /// it reads.
    fn runs(&self, caller: &Workflow) -> Vec<Touched> {
        let is_run = |step: &&Step| {
            let run = step.run.as_ref();
            run.is_some_and(|run| {
                self.kind == DocumentKind::Workflow && self.names.contains(run.name.value.as_str())
            })
        };
        let steps = caller.all_steps().map(|located| located.step);
        let steps: Vec<&Step> = steps.filter(is_run).collect();
        let mut touched = Vec::new();
        for step in steps {
            for judged in self.changes {
                touched.extend(self.taken(judged, step));
                touched.extend(self.given_back(judged, step, caller));
            }
        }
        touched
    }

    /// What a change of the inputs does to a step that gives them.
    fn taken(&self, judged: &JudgedChange, step: &Step) -> Option<Touched> {
        let change = &judged.change;
        let is_input = matches!(change.kind, ChangeKind::Field(_) | ChangeKind::Values(_));
        let run = step
            .run
            .as_ref()
            .filter(|_| is_input && change.path.starts_with("trigger"))?;
        let field = change.subject.split(['.', '[']).next().unwrap_or_default();
        let given = gives(step, field);
        let must_be_given = matches!(
            change.kind,
            ChangeKind::Field(FieldChange::FieldRequiredAdded | FieldChange::FieldMadeRequired)
        );
        let status = match given {
            Given::No if must_be_given => Status::Broken,
            Given::Yes(_) if must_be_given => return None,
            Given::No => return None,
            Given::Yes(_) | Given::Unknown => Status::PotentiallyAffected,
        };
        if judged.verdict.class != Class::Breaking {
            return None;
        }
        Some(Touched {
            status,
            span: match given {
                Given::Yes(span) => span,
                Given::No | Given::Unknown => run.name.span,
            },
            reads: Some(format!("input.{}", change.subject)),
        })
    }

    /// What a change of the outputs does to a workflow that reads them.
    fn given_back(&self, judged: &JudgedChange, step: &Step, caller: &Workflow) -> Option<Touched> {
        const REMOVED: ChangeKind = ChangeKind::Workflow(WorkflowChange::OutputRemoved);
        const CHANGED: ChangeKind = ChangeKind::Workflow(WorkflowChange::OutputChanged);
        let status = match judged.change.kind {
            REMOVED => Some(Status::Broken),
            CHANGED => Some(Status::PotentiallyAffected),
            ChangeKind::Workflow(_)
            | ChangeKind::Document(_)
            | ChangeKind::Contract(_)
            | ChangeKind::Field(_)
            | ChangeKind::Values(_)
            | ChangeKind::Operation(_)
            | ChangeKind::Flow(_)
            | ChangeKind::Step(_)
            | ChangeKind::Approval(_)
            | ChangeKind::Control(_)
            | ChangeKind::Directory(_)
            | ChangeKind::Policy(_) => None,
        }?;
        let read = format!("steps.{}.{}", step.name(), judged.change.subject);
        let mentions = caller.mentions();
        let mention = mentions
            .iter()
            .find(|mention| is_below(&mention.path.to_string(), &read))?;
        Some(Touched {
            status,
            span: mention.span,
            reads: Some(read),
        })
    }
}

impl Changed<'_> {
    /// The steps that duties of a policy name and that are gone, so that nobody holds the duty.
    fn duties(&self, policy: &Policy) -> Vec<Touched> {
        if self.kind != DocumentKind::Workflow {
            return Vec::new();
        }
        let duties = policy.separate.iter().flat_map(|it| it.duties.iter());
        let duties = duties.flat_map(|duties| &duties.value);
        let selectors = duties.flat_map(|duty| duty.approve.iter().chain(&duty.task));
        let of_this = selectors
            .map(|selector| &selector.value)
            .filter(|selector| {
                let mut workflows = selector.workflow.iter();
                workflows.any(|name| self.names.contains(name.value.as_str()))
            });
        let steps = of_this.flat_map(|selector| selector.step.iter());
        steps
            .map(|step| Touched {
                status: if self.lost(&step.value) {
                    Status::Broken
                } else {
                    Status::Unaffected
                },
                span: step.span,
                reads: None,
            })
            .collect()
    }

    /// True when a step is gone, or is called otherwise.
    fn lost(&self, step: &str) -> bool {
        const REMOVED: [ChangeKind; 2] = [
            ChangeKind::Step(StepChange::StepRemoved),
            ChangeKind::Approval(ApprovalChange::ApprovalRemoved),
        ];
        const RENAMED: ChangeKind = ChangeKind::Step(StepChange::StepRenamed);
        self.changes.iter().any(|judged| {
            let change = &judged.change;
            let was = change.before.as_ref();
            let is_gone = REMOVED.contains(&change.kind) && change.subject == step;
            is_gone || (change.kind == RENAMED && was.is_some_and(|was| was.text == step))
        })
    }
}

/// Whether a step gives an input.
enum Given {
    Yes(Span),
    No,
    Unknown,
}

fn gives(step: &Step, field: &str) -> Given {
    match step.with.as_ref().map(|with| &with.value) {
        None => Given::No,
        Some(Data::Map(entries)) => {
            let mut entries = entries.iter();
            let entry = entries.find(|(key, _)| key.value == field);
            entry.map_or(Given::No, |(key, _)| Given::Yes(key.span))
        }
        Some(_) => Given::Unknown,
    }
}

/// True when a path is another one, or lies below it.
fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
