//! Which workflows use which queues, accounts and contracts, found out once for a project.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;

type Users<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The names of workflows by what they use.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    queues: Users<'a>,
    accounts: Users<'a>,
    contracts: Users<'a>,
}

impl<'a> Uses<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let mut uses = Uses::default();
        let queues = model.queue_uses();
        for queue in &model.project.queues {
            let users = uses.queues.entry(queue.name.value.as_str()).or_default();
            let places = queues.of(&queue.name.value).iter();
            users.extend(places.map(|place| place.workflow.name.value.as_str()));
        }
        for workflow in &model.project.workflows {
            let name = workflow.name.value.as_str();
            for contract in workflow.body.contracts_read() {
                uses.contracts
                    .entry(contract.value.as_str())
                    .or_default()
                    .insert(name);
            }
            for place in workflow.body.all_steps() {
                let compensation = place.step.compensate.as_ref();
                let undoing = compensation.and_then(|it| it.value.account.as_ref());
                for account in place.step.account.iter().chain(undoing) {
                    uses.accounts
                        .entry(account.name.value.as_str())
                        .or_default()
                        .insert(name);
                }
                if let Some(returned) = model.call(place.step).and_then(|call| call.returns()) {
                    uses.contracts
                        .entry(returned.name.value.as_str())
                        .or_default()
                        .insert(name);
                }
            }
        }
        uses
    }

    pub(super) fn of_queue(&self, queue: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        users(&self.queues, queue)
    }

    pub(super) fn of_account(&self, account: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        users(&self.accounts, account)
    }

    pub(super) fn of_contract(&self, contract: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        users(&self.contracts, contract)
    }
}

fn users<'a>(users: &Users<'a>, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let found: Vec<&'a str> = users.get(name).into_iter().flatten().copied().collect();
    found.into_iter()
}
