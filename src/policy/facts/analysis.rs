//! What is found out about one workflow, once for all facts and only when somebody asks.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::expr;
use crate::model::Model;
use crate::model::flow::risk::RiskWrites;
use crate::model::flow::{Flow, Move, Node, Way};
use crate::model::guard::waives_over_named_controls;
use crate::model::walk::StepInState;
use crate::model::worst_path::{Cost, Timing};
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::expressions::{Data, Template};
use crate::syntax::step::{Emit, Notify, Step, Wait};
use crate::syntax::workflow::Workflow;

/// A workflow with what was found out about it.
#[derive(Debug)]
pub(super) struct Analysis<'a> {
    pub workflow: &'a Entity<Workflow>,
    model: &'a Model,
    steps: OnceCell<Vec<StepInState<'a>>>,
    flow: OnceCell<Flow<'a>>,
    writes: OnceCell<RiskWrites>,
    unapproved: OnceCell<BTreeSet<Span>>,
    guards: OnceCell<Vec<Guard<'a>>>,
    personal: OnceCell<Vec<PersonalRecord<'a>>>,
    worst: OnceCell<Option<Cost>>,
}

/// An approval with the steps that no case reaches round it.
#[derive(Debug)]
struct Guard<'a> {
    approval: &'a str,
    steps: BTreeSet<&'a str>,
}

/// Data that a workflow reads, with the names of its personal fields.
#[derive(Debug)]
struct PersonalRecord<'a> {
    /// `input`, or `steps.<id>`.
    root: Vec<&'a str>,
    fields: BTreeSet<&'a str>,
}

/// Personal data that leaves with a step.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// Personal fields, as `input.email`, each once.
    pub fields: BTreeSet<String>,
    /// Whole records with personal fields in them, as `input`.
    pub records: BTreeSet<String>,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(workflow: &'a Entity<Workflow>, model: &'a Model) -> Self {
        Analysis {
            workflow,
            model,
            steps: OnceCell::new(),
            flow: OnceCell::new(),
            writes: OnceCell::new(),
            unapproved: OnceCell::new(),
            guards: OnceCell::new(),
            personal: OnceCell::new(),
            worst: OnceCell::new(),
        }
    }

    /// Every step, those inside branches and items too, in written order.
    pub(super) fn steps(&self) -> &[StepInState<'a>] {
        self.steps
            .get_or_init(|| self.workflow.body.all_steps().collect())
    }

    fn flow(&self) -> &Flow<'a> {
        self.flow.get_or_init(|| Flow::of(&self.workflow.body))
    }

    fn writes(&self) -> &RiskWrites {
        self.writes
            .get_or_init(|| RiskWrites::of(self.model, &self.workflow.body))
    }

    /// True for a write that carries risk, by its own label, that of its state, or that of the
    /// workflow where nothing else is labelled.
    pub(super) fn is_risky_write(&self, place: StepInState<'a>) -> bool {
        self.writes().contains(Node::Step(place))
    }

    /// True for a risky write that a case reaches without an approval.
    pub(super) fn is_unapproved(&self, step: &Step) -> bool {
        let unapproved = self.unapproved.get_or_init(|| {
            let bypasses = self.flow().unapproved(self.writes()).into_iter();
            let calls = bypasses.filter_map(|bypass| bypass.write.step.call.as_ref());
            calls.map(|call| call.name.span).collect()
        });
        step.call
            .as_ref()
            .is_some_and(|call| unapproved.contains(&call.name.span))
    }

    /// The approvals that no case can go round on its way to a step. An approval below or above a
    /// named control counts, because the control says when it is needed.
    pub(super) fn approvals_before(&self, step: &Step) -> Vec<&'a str> {
        let guards = self.guards().iter();
        let before = guards.filter(|guard| guard.steps.contains(step.name()));
        before.map(|guard| guard.approval).collect()
    }

    /// The steps that no case reaches round an approval.
    pub(super) fn guarded_by(&self, approval: &Step) -> Vec<&'a str> {
        let mut guards = self.guards().iter();
        let guard = guards.find(|guard| guard.approval == approval.name());
        guard
            .map(|guard| guard.steps.iter().copied().collect())
            .unwrap_or_default()
    }

    fn guards(&self) -> &[Guard<'a>] {
        self.guards.get_or_init(|| {
            let approvals = self
                .steps()
                .iter()
                .filter(|place| place.step.is_effective_approval());
            let approvals = approvals.map(|place| place.step);
            approvals.map(|approval| self.guard(approval)).collect()
        })
    }

    fn guard(&self, approval: &'a Step) -> Guard<'a> {
        let flow = self.flow();
        let name = approval.name();
        let passes = |step: &Move<'a>| matches!(flow.node(step.to), Node::Done(place) if place.step.name() == name);
        let skips = |step: &Move<'a>| {
            let skipped = matches!(step.way, Way::Skip);
            skipped
                && matches!(flow.node(step.from), Node::If(place, condition)
                    if place.step.name() == name && waives_over_named_controls(&condition.text))
        };
        let resumes = |step: &Move<'a>| matches!(step.way, Way::Resume(_));
        let all = flow.reach([flow.start()], |step| !resumes(step));
        let round = flow.reach([flow.start()], |step| {
            !passes(step) && !skips(step) && !resumes(step)
        });
        let places = flow
            .places()
            .filter(|(place, _)| all.contains(*place) && !round.contains(*place));
        let steps = places.filter_map(|(_, node)| match node {
            Node::Step(place) => Some(place.step.name()),
            Node::Start
            | Node::State(..)
            | Node::If(..)
            | Node::Done(_)
            | Node::Leave(..)
            | Node::Exception { .. }
            | Node::BranchEnd
            | Node::Fallback
            | Node::Elsewhere => None,
        });
        Guard {
            approval: name,
            steps: steps.collect(),
        }
    }

    /// The longest time that a case may take, by the calendar of the promise.
    pub(super) fn worst(&self) -> Option<Cost> {
        *self.worst.get_or_init(|| {
            let timing = Timing::of(self.workflow, self.model)?;
            Some(timing.worst_path().cost())
        })
    }

    /// The longest time as a share of the promise, in hundredths.
    pub(super) fn share_of_promise(&self) -> Option<u64> {
        let timing = Timing::of(self.workflow, self.model)?;
        let promised = timing.scale().seconds(timing.promised()?.value).max(1);
        let share = u128::from(self.worst()?.total()) * 100 / u128::from(promised);
        Some(u64::try_from(share).unwrap_or(u64::MAX))
    }

    /// Personal data that a step sends to a system, publishes or writes into a message.
    pub(super) fn leaving(&self, step: &'a Step) -> Leaving {
        let mut texts = Vec::new();
        let sent = step.with.iter().chain(emitted(step));
        for data in sent {
            collect(&data.value, &mut texts);
        }
        if let Some(Notify::Message(message)) = step.notify.as_ref().map(|notify| &notify.value) {
            texts.extend(message.message.iter().flat_map(Template::expressions));
        }
        let mut leaving = Leaving::default();
        for text in texts {
            self.add_leaving(text, &mut leaving);
        }
        leaving
    }

    fn add_leaving(&self, text: &str, leaving: &mut Leaving) {
        let Ok(expression) = expr::parse(text) else {
            return;
        };
        for reference in expression.references() {
            let segments: Vec<&str> = reference.path.segments().collect();
            for record in self.personal_records() {
                let Some(rest) = segments.strip_prefix(&record.root[..]) else {
                    continue;
                };
                if rest.is_empty() {
                    leaving.records.insert(reference.path.to_string());
                } else if rest.iter().any(|name| record.fields.contains(name)) {
                    leaving.fields.insert(reference.path.to_string());
                }
            }
        }
    }

    fn personal_records(&self) -> &[PersonalRecord<'a>] {
        self.personal.get_or_init(|| {
            let mut contracts: BTreeMap<Vec<&'a str>, &'a str> = BTreeMap::new();
            for trigger in self
                .workflow
                .body
                .trigger
                .iter()
                .flat_map(|it| it.value.iter())
            {
                if let Some(contract) = &trigger.contract {
                    contracts.insert(vec!["input"], &contract.name.value);
                }
            }
            for place in self.steps() {
                if let Some(contract) = self.given_by(place.step) {
                    contracts.insert(vec!["steps", place.step.name()], contract);
                }
            }
            let records = contracts.into_iter().filter_map(|(root, contract)| {
                let contract = self.model.contract(contract)?;
                let fields = contract.body.personal_fields();
                let fields: BTreeSet<&str> =
                    fields.iter().map(|name| name.value.as_str()).collect();
                (!fields.is_empty()).then_some(PersonalRecord { root, fields })
            });
            records.collect()
        })
    }

    /// The contract of what a step gives to the workflow.
    fn given_by(&self, step: &'a Step) -> Option<&'a str> {
        let of_call = self.model.call(step).and_then(|call| call.returns());
        let awaited = step.wait.as_ref().and_then(|wait| match &wait.value {
            Wait::Until(awaited) => awaited.contract.as_ref(),
            Wait::For(_) => None,
        });
        let contract = of_call.or(step.returns.as_ref()).or(awaited);
        contract.map(|contract| contract.name.value.as_str())
    }
}

fn emitted(step: &Step) -> Option<&crate::source::Spanned<Data>> {
    match &step.emit.as_ref()?.value {
        Emit::Event(_) => None,
        Emit::Published(event) => event.with.as_ref(),
    }
}

/// The expressions inside data.
fn collect<'d>(data: &'d Data, texts: &mut Vec<&'d str>) {
    match data {
        Data::Null | Data::Boolean(_) | Data::Number(_) => {}
        Data::Text(template) => texts.extend(template.expressions()),
        Data::List(items) => items.iter().for_each(|item| collect(&item.value, texts)),
        Data::Map(entries) => entries
            .iter()
            .for_each(|(_, value)| collect(&value.value, texts)),
    }
}
