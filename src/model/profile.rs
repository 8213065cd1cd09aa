//! What is known of a document as a whole: who answers for it, which teams, what risk.

use std::collections::BTreeSet;

use super::Model;
use crate::source::Spanned;
use crate::syntax::names::{KebabName, Name, OneOrMany};
use crate::syntax::references::PersonReference;
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Lasting};

/// The kind of risk of everything that reads personal data.
const PERSONAL: &str = "pii";

impl Model {
    /// The person who answers for a document.
    pub fn accountable(&self, kind: DocumentKind, name: &str) -> Option<&str> {
        let project = &self.project;
        match kind {
            DocumentKind::Workflow | DocumentKind::Scenarios => {
                let owner = self.workflow(name)?.body.owner.as_ref();
                owner.map(|owner| owner.value.as_str())
            }
            DocumentKind::Contract => {
                let contract = &self.contract(name)?.body;
                let producer = contract.producer.as_ref();
                let system = producer.and_then(|producer| self.system(&producer.name.value));
                text(contract.owner.as_ref())
                    .or_else(|| text(system.and_then(|system| system.body.owner.as_ref())))
            }
            DocumentKind::Queue => text(self.queue(name)?.body.owner.as_ref()),
            DocumentKind::Team => text(self.team(name)?.body.lead.as_ref()),
            DocumentKind::System => text(self.system(name)?.body.owner.as_ref()),
            DocumentKind::Decision => text(self.decision(name)?.body.owner.as_ref()),
            DocumentKind::Calendar => {
                let contact = self.calendar(name)?.body.contact.as_ref();
                contact.map(|contact| contact.name.value.as_str())
            }
            DocumentKind::Policy => {
                let mut policies = project.policies.iter();
                let policy = policies.find(|policy| policy.name.value == name)?;
                text(policy.body.owner.as_ref())
            }
            DocumentKind::ProcessMap => {
                let mut maps = project.process_maps.iter();
                let map = maps.find(|map| map.name.value == name)?;
                text(map.body.owner.as_ref())
            }
            DocumentKind::Person | DocumentKind::Project => None,
        }
    }

    /// The teams that the accountable person is in, and the one that the document names.
    pub fn teams_of(&self, kind: DocumentKind, name: &str) -> BTreeSet<&str> {
        let mut teams = BTreeSet::new();
        if let Some(owner) = self.accountable(kind, name) {
            for team in &self.project.teams {
                let mut people = team.body.lead.iter().chain(&team.body.members);
                if people.any(|person| person.name.value == owner) {
                    teams.insert(team.name.value.as_str());
                }
            }
        }
        let queue = self.queue(name).filter(|_| kind == DocumentKind::Queue);
        let queue = queue.and_then(|queue| queue.body.team.as_ref());
        let system = self.system(name).filter(|_| kind == DocumentKind::System);
        let system = system.and_then(|system| system.body.team.as_ref());
        teams.extend(queue.or(system).map(|team| team.name.value.as_str()));
        teams
    }

    /// The kinds of risk of a document. Reading personal data is a risk whether it is named or
    /// not.
    pub fn risks(&self, kind: DocumentKind, name: &str) -> BTreeSet<&str> {
        match kind.lasting() {
            Some(Lasting::Workflow) => self
                .workflow(name)
                .map(|workflow| self.workflow_risks(&workflow.body))
                .unwrap_or_default(),
            Some(Lasting::Contract) => {
                let personal = self.has_personal_data(name).then_some(PERSONAL);
                personal.into_iter().collect()
            }
            Some(Lasting::Policy) | None => BTreeSet::new(),
        }
    }

    /// The kinds of risk that a workflow, its states and its steps carry, and `pii` when it reads
    /// personal data.
    pub fn workflow_risks<'a>(&self, workflow: &'a Workflow) -> BTreeSet<&'a str> {
        let mut risks: BTreeSet<&str> = labels(&workflow.risk).collect();
        for (_, state) in workflow.all_states() {
            risks.extend(labels(&state.risk));
        }
        for located in workflow.all_steps() {
            risks.extend(labels(&located.step.risk));
        }
        if workflow
            .contracts_read()
            .any(|contract| self.has_personal_data(&contract.value))
        {
            risks.insert(PERSONAL);
        }
        risks
    }

    fn has_personal_data(&self, contract: &str) -> bool {
        self.contract(contract)
            .is_some_and(|contract| contract.body.has_declared_personal_field())
    }
}

impl Workflow {
    /// The contracts of what the workflow is given, by triggers and by the results of steps.
    pub fn contracts_read(&self) -> impl Iterator<Item = &Spanned<String>> {
        let triggers = self
            .trigger
            .iter()
            .flat_map(|triggers| triggers.value.iter());
        let triggers = triggers.filter_map(|trigger| trigger.contract.as_ref());
        let steps = self
            .all_steps()
            .filter_map(|located| located.step.returns.as_ref());
        triggers.chain(steps).map(|contract| &contract.name)
    }
}

/// The texts of labels of risk.
pub fn labels(labels: &OneOrMany<Spanned<Name<KebabName>>>) -> impl Iterator<Item = &str> {
    labels.iter().map(|label| label.value.text.as_str())
}

fn text(person: Option<&PersonReference>) -> Option<&str> {
    person.map(|person| person.name.value.as_str())
}
