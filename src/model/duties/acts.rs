//! Collects what people do in workflows: who may do it, and which operations follow.

use std::collections::BTreeSet;

use super::{Act, Holder, Right, Work};
use crate::expr;
use crate::model::Model;
use crate::model::flow::{Flow, Flows, Move, Node, Place, Way};
use crate::source::{Span, Spanned};
use crate::syntax::Entity;
use crate::syntax::decision::CellType;
use crate::syntax::expressions::Template;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::step::{Assignment, Party, Step};
use crate::syntax::workflow::{Mover, State, Transition, Workflow};

/// What people do in the workflows of a project.
#[derive(Debug)]
pub struct Acts<'a> {
    /// In the order of workflows, states, steps and transitions.
    pub all: Vec<Act<'a>>,
}

type RiskNames = OneOrMany<Spanned<Name<KebabName>>>;

pub(super) fn of<'a>(model: &'a Model, flows: &Flows<'a>) -> Acts<'a> {
    let mut all = Vec::new();
    let workflows = model.project.workflows.iter();
    for workflow in workflows.filter(|workflow| workflow.body.is_in_force()) {
        let mut collector = Collector {
            model,
            workflow,
            acts: Vec::new(),
        };
        collector.workflow();
        if let Some(flow) = flows.get(workflow) {
            follow(flow, &mut collector.acts);
        }
        all.extend(collector.acts);
    }
    Acts { all }
}

struct Collector<'a> {
    model: &'a Model,
    workflow: &'a Entity<Workflow>,
    acts: Vec<Act<'a>>,
}

impl<'a> Collector<'a> {
    fn workflow(&mut self) {
        let mut risks = BTreeSet::new();
        add_risks(&self.workflow.body.risk, &mut risks);
        for (name, state) in self.workflow.body.all_states() {
            let mut risks = risks.clone();
            add_risks(&state.risk, &mut risks);
            for step in &state.steps {
                self.step(&name.value, step, &risks);
            }
            self.moves(&name.value, state, &risks);
        }
    }

    fn step(&mut self, state: &'a str, step: &'a Step, around: &BTreeSet<&'a str>) {
        let mut risks = around.clone();
        add_risks(&step.risk, &mut risks);
        if step.approve.is_some() {
            let rights = self.deciders(step);
            self.add(state, Work::Approval(step), rights, &risks);
        } else if step.task.is_some() {
            let rights = step.assign.as_ref().map(|assign| self.doers(assign));
            self.add(state, Work::Task(step), rights.unwrap_or_default(), &risks);
        }
        for nested in step.nested() {
            self.step(state, nested, &risks);
        }
    }

    fn moves(&mut self, name: &'a str, state: &'a State, risks: &BTreeSet<&'a str>) {
        for transition in state.transitions.iter().flat_map(|list| &list.value) {
            let movers = transition.by.iter();
            let rights: Vec<Right<'a>> = movers.flat_map(|mover| self.movers(mover)).collect();
            if !rights.is_empty() {
                self.add(name, Work::Move(name, transition), rights, risks);
            }
        }
    }

    fn add(
        &mut self,
        state: &'a str,
        work: Work<'a>,
        rights: Vec<Right<'a>>,
        risks: &BTreeSet<&'a str>,
    ) {
        self.acts.push(Act {
            workflow: self.workflow,
            work,
            rights,
            risks: risks.clone(),
            state,
            leads_to: BTreeSet::new(),
        });
    }

    fn deciders(&self, step: &'a Step) -> Vec<Right<'a>> {
        let Some(approve) = step.approve.as_ref().map(|approve| &approve.value) else {
            return Vec::new();
        };
        let refused = self.model.excluded_people(approve);
        let parties = approve.by.iter().flat_map(|by| by.iter());
        let mut rights: Vec<Right<'a>> = parties.flat_map(|party| self.party(party)).collect();
        for right in &mut rights {
            right.people.retain(|name| !refused.contains(name));
        }
        for stand_in in self.model.stand_ins(step) {
            let people = stand_in.group.people;
            let named = stand_in.party.map(|party| self.party(party));
            for mut right in named.unwrap_or_else(|| by_name(&people, stand_in.span)) {
                right.people.retain(|name| people.contains(name));
                rights.push(right);
            }
        }
        rights
    }

    /// What a party gives, a right for each of its keys.
    fn party(&self, party: &'a Party) -> Vec<Right<'a>> {
        let role = party.role.as_ref();
        let team = party.team.as_ref();
        let role = role.map(|role| self.role(&role.name.value, role.name.span));
        let team = team.map(|team| self.team(&team.name.value, team.name.span));
        let person = party.person.as_ref().filter(|it| !it.is_dynamic());
        let person = person.and_then(|it| self.person(&it.name.value, it.name.span));
        role.into_iter().chain(team).chain(person).collect()
    }

    fn doers(&self, assignment: &'a Assignment) -> Vec<Right<'a>> {
        let role = assignment.role.as_ref();
        let team = assignment.team.as_ref();
        let role = role.map(|role| self.role(&role.name.value, role.name.span));
        let team = team.map(|team| self.team(&team.name.value, team.name.span));
        let person = assignment.person.as_ref().filter(|it| !it.is_dynamic());
        let person = person.and_then(|it| self.person(&it.name.value, it.name.span));
        let queues = assignment.queue.iter().flat_map(|queue| {
            let names = if queue.is_dynamic() {
                self.queues_of(queue)
            } else {
                BTreeSet::from([queue.name.value.as_str()])
            };
            let teams = names.into_iter().filter_map(|name| {
                let team = self.model.queue(name)?.body.team.as_ref()?;
                Some(self.team(&team.name.value, queue.name.span))
            });
            teams.collect::<Vec<_>>()
        });
        let named = role.into_iter().chain(team).chain(person);
        named.chain(queues).collect()
    }

    /// The queues that `${ steps.<route>.<output> }` can give: those in the cells of the table.
    fn queues_of(&self, queue: &'a Template) -> BTreeSet<&'a str> {
        let expression = queue.expressions().next();
        let path = expression.and_then(|text| expr::parse(text).ok()?.path());
        let segments: Vec<&str> = path.iter().flat_map(expr::Path::segments).collect();
        let ["steps", id, _] = segments[..] else {
            return BTreeSet::new();
        };
        let mut steps = self.workflow.body.all_steps().map(|place| place.step);
        let route = steps.find(|step| step.name() == id);
        let table = route.and_then(|step| self.model.decision(&step.route.as_ref()?.name.value));
        let cells = table
            .into_iter()
            .flat_map(|table| table.body.cells_of(CellType::Queue));
        cells.map(|(name, _)| name).collect()
    }

    fn movers(&self, mover: &'a Mover) -> Vec<Right<'a>> {
        match mover {
            Mover::Party(party) => self.party(party),
            Mover::Named(name) => {
                let (text, span) = (name.value.as_str(), name.span);
                if text == "system" {
                    Vec::new()
                } else if self.model.person(text).is_some() {
                    self.person(text, span).into_iter().collect()
                } else if self.model.team(text).is_some() {
                    vec![self.team(text, span)]
                } else {
                    vec![self.role(text, span)]
                }
            }
        }
    }

    fn role(&self, name: &'a str, span: Span) -> Right<'a> {
        let holders = self.model.role_holders(name);
        let active = holders.filter(|person| !self.model.has_left(person));
        Right {
            holder: Holder::Role(name),
            people: active.map(|person| person.name.value.as_str()).collect(),
            span,
        }
    }

    fn team(&self, name: &'a str, span: Span) -> Right<'a> {
        Right {
            holder: Holder::Team(name),
            people: self.model.members(name).people,
            span,
        }
    }

    fn person(&self, name: &'a str, span: Span) -> Option<Right<'a>> {
        let is_active = self.model.is_active_person(name);
        is_active.then(|| Right {
            holder: Holder::Person(name),
            people: BTreeSet::from([name]),
            span,
        })
    }
}

fn by_name<'a>(people: &BTreeSet<&'a str>, span: Span) -> Vec<Right<'a>> {
    let people = people.iter().copied();
    people
        .map(|name| Right {
            holder: Holder::Person(name),
            people: BTreeSet::from([name]),
            span,
        })
        .collect()
}

fn add_risks<'a>(names: &'a RiskNames, risks: &mut BTreeSet<&'a str>) {
    risks.extend(names.iter().map(|risk| risk.value.text.as_str()));
}

/// Goes back from every call to the acts before it.
fn follow<'a>(flow: &Flow<'a>, acts: &mut [Act<'a>]) {
    let before = ways_in(flow);
    for (call, node) in flow.places() {
        let Node::Step(place) = node else { continue };
        let Some(operation) = &place.step.call else {
            continue;
        };
        let found = acts_before(flow, &before, call);
        for act in &mut *acts {
            if act.work.span().is_some_and(|span| found.contains(&span)) {
                act.leads_to.insert(&operation.name.value);
            }
        }
    }
}

fn ways_in<'a>(flow: &Flow<'a>) -> Vec<Vec<Move<'a>>> {
    let mut before = vec![Vec::new(); flow.places().count()];
    for (place, _) in flow.places() {
        for step in flow.moves(place) {
            before[step.to.index()].push(*step);
        }
    }
    before
}

/// Where the nearest acts before a call are written.
fn acts_before<'a>(flow: &Flow<'a>, before: &[Vec<Move<'a>>], call: Place) -> BTreeSet<Span> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([call]);
    let mut open = vec![call];
    while let Some(place) = open.pop() {
        for step in &before[place.index()] {
            if let Some(act) = act_of(flow, step) {
                found.extend(act.span());
            } else if !matches!(flow.node(step.from), Node::Exception { .. })
                && seen.insert(step.from)
            {
                open.push(step.from);
            }
        }
    }
    found
}

/// What people do by making a move, or have done before it.
fn act_of<'a>(flow: &Flow<'a>, step: &Move<'a>) -> Option<Work<'a>> {
    match (step.way, flow.node(step.from)) {
        (Way::Transition(transition), Node::Leave(name, _)) if is_by_people(transition) => {
            Some(Work::Move(&name.value, transition))
        }
        (_, Node::Done(place)) if place.step.approve.is_some() => Some(Work::Approval(place.step)),
        (_, Node::Done(place)) if place.step.task.is_some() => Some(Work::Task(place.step)),
        _ => None,
    }
}

fn is_by_people(transition: &Transition) -> bool {
    transition.by.iter().any(|mover| match mover {
        Mover::Named(name) => name.value != "system",
        Mover::Party(_) => true,
    })
}
