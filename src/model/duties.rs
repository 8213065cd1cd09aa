//! Who holds the duties that a policy keeps apart.
//!
//! People act in a workflow by deciding an approval, by doing a task and by moving a case. Every act
//! is held by those who may do it, as far as the directory tells: roles, teams and queues stand for
//! their active members, approvals for their stand-ins too, and whoever an approval excludes by name
//! does not hold it. People whom only a case names, such as `input.manager_id`, are not known.
//!
//! An operation is performed by the workflow, so the duty to perform it is held by those whose act
//! leads to the call with nobody else in between: a step back in the graph to every task, approval
//! and move, and no further. Exceptions are not followed, since they resume what was begun. An act
//! counts for the first duty of a separation that means it, and only otherwise for what it leads
//! to: whoever approves a payment approves it, though the payment follows at once.

mod acts;

use std::collections::BTreeSet;

use super::Model;
use super::flow::Flows;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::governance::Status;
use crate::syntax::names::matches_name;
use crate::syntax::policy::Policy;
use crate::syntax::separation::Separation;
use crate::syntax::step::Step;
use crate::syntax::workflow::{Transition, Workflow};
pub use acts::Acts;

/// What people do in a workflow.
#[derive(Debug, Clone, Copy)]
pub enum Work<'a> {
    /// They decide an approval.
    Approval(&'a Step),
    /// They do a task.
    Task(&'a Step),
    /// They move a case on from a state.
    Move(&'a str, &'a Transition),
}

impl Work<'_> {
    /// Where it is written.
    pub fn span(&self) -> Option<Span> {
        match self {
            Work::Approval(step) | Work::Task(step) => step.name_span(),
            Work::Move(_, transition) => transition.to.as_ref().map(|to| to.name.span),
        }
    }
}

/// By what people may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder<'a> {
    /// A role.
    Role(&'a str),
    /// A team, or the team of a queue.
    Team(&'a str),
    /// Their name.
    Person(&'a str),
}

/// People who may act, and where that is written.
#[derive(Debug, Clone)]
pub struct Right<'a> {
    /// By what they may act.
    pub holder: Holder<'a>,
    /// Who they are.
    pub people: BTreeSet<&'a str>,
    /// Where that is written.
    pub span: Span,
}

/// One thing that people do in one workflow.
#[derive(Debug)]
pub struct Act<'a> {
    /// The workflow.
    pub workflow: &'a Entity<Workflow>,
    /// What they do.
    pub work: Work<'a>,
    /// Who may do it.
    pub rights: Vec<Right<'a>>,
    /// Kinds of risk of the step, of the steps around it, of its state and of its workflow.
    pub risks: BTreeSet<&'a str>,
    /// The state in which it is done.
    pub state: &'a str,
    /// The operations that are called after it with nobody else in between.
    pub leads_to: BTreeSet<&'a str>,
}

/// A right that gives one of the duties of a separation.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a, 'c> {
    /// The place of the duty in the separation.
    pub duty: usize,
    /// The operation, when the duty is to perform it.
    pub operation: Option<&'a str>,
    /// What gives the duty.
    pub act: &'c Act<'a>,
    /// Who has it.
    pub right: &'c Right<'a>,
}

impl Grant<'_, '_> {
    /// True when nobody can use both in one case, because one is an approval that excludes whoever
    /// did the other; what is done in different workflows is never apart.
    pub fn is_apart_from(&self, other: &Grant<'_, '_>) -> bool {
        let same_workflow = self.act.workflow.key == other.act.workflow.key;
        same_workflow && (self.act.excludes(other.act) || other.act.excludes(self.act))
    }
}

impl Act<'_> {
    fn excludes(&self, other: &Act<'_>) -> bool {
        let Work::Approval(step) = self.work else {
            return false;
        };
        let approve = step.approve.as_ref().map(|approve| &approve.value);
        approve.is_some_and(|approve| match other.work {
            Work::Approval(other) => approve.excludes_approver(other.name()),
            Work::Task(other) => approve.excludes_performer(other.name()),
            Work::Move(..) => false,
        })
    }

    /// The name of the approval that is decided.
    pub fn approval(&self) -> Option<&str> {
        match self.work {
            Work::Approval(step) => Some(step.name()),
            Work::Task(_) | Work::Move(..) => None,
        }
    }

    /// What an approval can exclude to keep whoever did this from deciding.
    pub fn result(&self) -> Option<String> {
        match self.work {
            Work::Approval(step) => Some(format!("steps.{}.approver", step.name())),
            Work::Task(step) => Some(format!("steps.{}.completed_by", step.name())),
            Work::Move(..) => None,
        }
    }

    /// What people can do, as "decide `budget` of `invoice-match`".
    pub fn in_words(&self) -> String {
        let workflow = &self.workflow.name.value;
        match self.work {
            Work::Approval(step) => format!("decide `{}` of `{workflow}`", step.name()),
            Work::Task(step) => format!("do `{}` of `{workflow}`", step.name()),
            Work::Move(from, transition) => {
                let to = transition.to.as_ref().map_or("", |to| &to.name.value);
                format!("move `{workflow}` from `{from}` to `{to}`")
            }
        }
    }
}

impl Separation {
    /// Every right that gives one of the duties, in the order of the acts.
    pub fn grants<'a, 'c>(&self, acts: &'c Acts<'a>) -> Vec<Grant<'a, 'c>> {
        let all = acts.all.iter();
        all.flat_map(|act| {
            let duties = self.duties_of(act).into_iter();
            duties.flat_map(move |(duty, operation)| {
                act.rights.iter().map(move |right| Grant {
                    duty,
                    operation,
                    act,
                    right,
                })
            })
        })
        .collect()
    }

    fn duties_of<'a>(&self, act: &Act<'a>) -> Vec<(usize, Option<&'a str>)> {
        let duties = self.duties.iter().flat_map(|duties| &duties.value);
        let own = duties.clone().position(|duty| match act.work {
            Work::Approval(step) => act.is_meant(duty.approve.as_ref().map(|it| &it.value), step),
            Work::Task(step) => act.is_meant(duty.task.as_ref().map(|it| &it.value), step),
            Work::Move(from, transition) => duty.moves.as_ref().is_some_and(|moves| {
                let to = transition.to.as_ref().map_or("", |to| &to.name.value);
                fits(&moves.value.from, from)
                    && fits(&moves.value.to, to)
                    && act.is_of(&moves.value.workflow, &moves.value.risk)
            }),
        });
        match own {
            Some(duty) => vec![(duty, None)],
            None => duties
                .enumerate()
                .flat_map(|(place, duty)| {
                    let operations = act.leads_to.iter();
                    let meant = operations.filter(move |operation| {
                        let mut patterns = duty.perform.iter();
                        patterns.any(|pattern| matches_name(&pattern.value, operation))
                    });
                    meant.map(move |operation| (place, Some(*operation)))
                })
                .collect(),
        }
    }
}

impl Act<'_> {
    fn is_meant(
        &self,
        selector: Option<&crate::syntax::separation::StepSelector>,
        step: &Step,
    ) -> bool {
        selector.is_some_and(|selector| {
            fits(&selector.state, self.state)
                && fits(&selector.step, step.name())
                && self.is_of(&selector.workflow, &selector.risk)
        })
    }

    fn is_of<N>(&self, workflows: &Patterns, risks: &Risks<N>) -> bool {
        let mut risks_of = risks.iter();
        fits(workflows, &self.workflow.name.value)
            && (risks.is_empty()
                || risks_of.any(|risk| self.risks.contains(risk.value.text.as_str())))
    }
}

type Patterns = crate::syntax::names::OneOrMany<crate::source::Spanned<String>>;
type Risks<N> =
    crate::syntax::names::OneOrMany<crate::source::Spanned<crate::syntax::names::Name<N>>>;

fn fits(patterns: &Patterns, name: &str) -> bool {
    patterns.is_empty()
        || patterns
            .iter()
            .any(|pattern| matches_name(&pattern.value, name))
}

impl Model {
    /// The separations of duties of every policy in force.
    pub fn separations(&self) -> impl Iterator<Item = (&Entity<Policy>, &Separation)> {
        let policies = self.project.policies.iter();
        let in_force = policies.filter(|policy| match policy.body.status.map(|it| it.value) {
            Some(Status::Draft | Status::Retired) => false,
            Some(Status::Active | Status::Deprecated) | None => true,
        });
        in_force.flat_map(|policy| {
            let separations = policy.body.separate.iter();
            separations.map(move |separation| (policy, separation))
        })
    }

    /// What people do in the workflows that are in force.
    pub fn acts<'a>(&'a self, flows: &Flows<'a>) -> Acts<'a> {
        acts::of(self, flows)
    }
}
