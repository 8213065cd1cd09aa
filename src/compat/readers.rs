//! Which fields of a contract a workflow reads, as far as its text shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{self, Path};
use crate::model::Model;
use crate::source::Span;
use crate::syntax::expressions::{Data, Expression};
use crate::syntax::step::{Emit, Step};
use crate::syntax::workflow::Workflow;

/// How a workflow uses a contract.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// The fields it reads, as dotted paths, with the first place of each.
    pub reads: BTreeMap<String, Span>,
    /// Where it takes the data as a whole, so that every field may be read.
    pub whole: Option<Span>,
    /// Where it sends data under the contract.
    pub sends: Option<Span>,
    /// Where it names the contract.
    pub named: Option<Span>,
}

/// How a workflow uses a contract; `None` when it does not. What calls give and take counts, whether
/// the step says so or the operation.
pub(super) fn uses(model: &Model, workflow: &Workflow, contract: &str) -> Option<Uses> {
    let mut uses = Uses::default();
    let mut holders: Vec<Path> = Vec::new();
    let triggers = workflow
        .trigger
        .iter()
        .flat_map(|triggers| triggers.value.iter());
    for reference in triggers.filter_map(|trigger| trigger.contract.as_ref()) {
        if reference.name.value == contract {
            holders.push(Path::root("input"));
            uses.named.get_or_insert(reference.name.span);
        }
    }
    for located in workflow.all_steps() {
        let step = located.step;
        let place = step.name_span();
        let received = model.received(step);
        if received.is_some_and(|reference| reference.name.value == contract) {
            holders.push(Path::root("steps").field(step.name()));
            let own = step.returns.as_ref().map(|returns| returns.name.span);
            uses.named = uses.named.or(own).or(place);
        }
        if let Some(span) = sent(model, step, contract) {
            uses.sends.get_or_insert(span);
            uses.named.get_or_insert(span);
        }
    }
    uses.named?;
    let aliases = aliases(workflow);
    for mention in workflow.mentions() {
        note(
            &resolved(&mention.path, &aliases),
            mention.span,
            &holders,
            &mut uses,
        );
    }
    for (path, span) in matched_fields(workflow) {
        note(&resolved(&path, &aliases), span, &holders, &mut uses);
    }
    for (path, span) in decided_fields(model, workflow) {
        note(&resolved(&path, &aliases), span, &holders, &mut uses);
    }
    Some(uses)
}

/// The inputs that decision tables take by their names, where the step does not say otherwise.
fn decided_fields(model: &Model, workflow: &Workflow) -> Vec<(Path, Span)> {
    let mut fields = Vec::new();
    for located in workflow.all_steps() {
        let step = located.step;
        let Some(route) = &step.route else { continue };
        let decision = model.decision(&route.name.value);
        let inputs = decision.and_then(|decision| decision.body.inputs.as_ref());
        let given: BTreeSet<&str> = match step.with.as_ref().map(|with| &with.value) {
            Some(Data::Map(entries)) => entries.iter().map(|(key, _)| key.value.as_str()).collect(),
            Some(_) | None => BTreeSet::new(),
        };
        let inputs = inputs.iter().flat_map(|inputs| inputs.value.iter());
        let by_name = inputs.filter(|(name, _)| !given.contains(name.value.as_str()));
        fields.extend(by_name.map(|(name, _)| {
            let path = Path::root("input").field(&name.value);
            (path, route.name.span)
        }));
    }
    fields
}

fn sent(model: &Model, step: &Step, contract: &str) -> Option<Span> {
    let emitted = step.emit.as_ref().and_then(|emit| match &emit.value {
        Emit::Event(_) => None,
        Emit::Published(published) => published.contract.as_ref(),
    });
    let references = [step.contract.as_ref(), emitted];
    let written = references
        .into_iter()
        .flatten()
        .find(|reference| reference.name.value == contract);
    let run = step.run.as_ref().filter(|run| {
        let workflow = model.workflow(&run.name.value);
        workflow.is_some_and(|workflow| {
            let triggers = workflow.body.trigger.iter();
            let triggers = triggers.flat_map(|triggers| triggers.value.iter());
            let mut contracts = triggers.filter_map(|trigger| trigger.contract.as_ref());
            contracts.any(|reference| reference.name.value == contract)
        })
    });
    if let Some(run) = run {
        return Some(run.name.span);
    }
    let declared = model.call(step).and_then(|call| call.takes());
    let declared = declared.filter(|reference| reference.name.value == contract);
    written
        .map(|reference| reference.name.span)
        .or_else(|| declared.and_then(|_| step.name_span()))
}

/// Notes what is read of the data that the holders hold: a field, or the data as a whole.
fn note(path: &[String], span: Span, holders: &[Path], uses: &mut Uses) {
    for holder in holders {
        let names: Vec<&str> = holder.segments().collect();
        let is_held = path.len() >= names.len() && path.iter().zip(&names).all(|(a, b)| a == b);
        if !is_held {
            continue;
        }
        match path[names.len()..].join(".") {
            field if field.is_empty() => {
                uses.whole.get_or_insert(span);
            }
            field => {
                uses.reads.entry(field).or_insert(span);
            }
        }
    }
}

/// The names of items with the lists that they are taken from.
fn aliases(workflow: &Workflow) -> BTreeMap<String, Path> {
    let loops = workflow
        .all_steps()
        .filter_map(|located| located.step.for_each.as_ref());
    let aliases = loops.filter_map(|for_each| {
        let item = for_each.value.item.as_ref()?;
        let list = expr::parse(&for_each.value.list.as_ref()?.text).ok()?;
        Some((item.value.text.clone(), list.path()?))
    });
    aliases.collect()
}

/// The names of a path, with items named by their lists and places in lists left out.
fn resolved(path: &Path, aliases: &BTreeMap<String, Path>) -> Vec<String> {
    let mut names: Vec<String> = path.segments().map(str::to_owned).collect();
    let mut known = BTreeSet::new();
    while let Some(list) = names.first().and_then(|root| aliases.get(root)) {
        if !known.insert(names[0].clone()) {
            break;
        }
        let list = list.segments().map(str::to_owned);
        names = list.chain(names[1..].iter().cloned()).collect();
    }
    names.retain(|name| !name.starts_with('['));
    names
}

/// The fields of lines that matches compare, on the sides that they stand on.
fn matched_fields(workflow: &Workflow) -> Vec<(Path, Span)> {
    let mut fields = Vec::new();
    let matches = workflow
        .all_steps()
        .filter_map(|located| located.step.matching.as_ref());
    for matching in matches.map(|matching| &matching.value) {
        let side = |expression: &Expression| expr::parse(&expression.text).ok()?.path();
        let claim = matching.claim.as_ref().and_then(side);
        let against = |name: Option<&str>| {
            let sides = matching.against.iter().flat_map(|against| against.iter());
            let sides = sides.filter(move |(side, _)| name.is_none_or(|name| side.value == name));
            sides
                .filter_map(|(_, expression)| side(expression))
                .collect::<Vec<Path>>()
        };
        if let Some(key) = &matching.key {
            let lists = against(None).into_iter().chain(claim.clone());
            fields.extend(lists.map(|list| (list.field(&key.value.text), key.span)));
        }
        for comparison in &matching.compare {
            let Some(field) = &comparison.field else {
                continue;
            };
            let other = comparison
                .with
                .as_ref()
                .map(|with| with.value.text.as_str());
            let lists = against(other).into_iter().chain(claim.clone());
            fields.extend(lists.map(|list| (list.field(&field.value.text), field.span)));
        }
    }
    fields
}
