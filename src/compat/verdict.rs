//! The verdict on one change.

use sha2::{Digest, Sha256};

use super::declaration::{
    ChangeMeta, Class, ClassRule, ControlEffect, Direction, InFlightEffect, RunningRule,
};
use super::exact::{Exact, Judgement, Witness, released};
use super::position::{Position, derive};
use super::propagation::of_move;
use super::{Bump, heeded, meta};
use crate::diff::kind::{FlowChange, WorkflowChange};
use crate::diff::{Change, ChangeKind, DocumentChanges, Site};
use crate::model::Model;
use crate::model::shape::{FieldShape, Relation, Shape};
use crate::source::Spanned;
use crate::syntax::contract::Compatibility;
use crate::syntax::governance::Status;
use crate::syntax::scalars::Date;
use crate::syntax::workflow::{ChangePlan, InFlight};
use crate::syntax::{DocumentKind, Lasting};

/// What surrounds a change: its document, on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The project before.
    pub before: &'a Model,
    /// The project after.
    pub after: &'a Model,
    /// The document.
    pub document: &'a DocumentChanges,
}

/// What one change means.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What it demands of those who rely on the document.
    pub class: Class,
    /// Which readers meet data that they refuse.
    pub direction: Direction,
    /// What it does to a control.
    pub control: ControlEffect,
    /// What it does to running cases.
    pub in_flight: InFlightEffect,
    /// Running cases need a plan, and the document has none for them.
    pub plan_missing: bool,
    /// The bump that the change demands, from 1.0.0 on.
    pub required: Bump,
    /// One sentence in the words of this change.
    pub why: String,
    /// Twelve hexadecimal digits over kind, document, path and values; no line numbers, so that an
    /// approval survives a rebase.
    pub fingerprint: String,
    /// A payload that proves a broken promise of a contract.
    pub witness: Option<Witness>,
}

/// Judges a change; `exact` tells what it means by the values that the whole field accepts.
pub(super) fn judge(change: &Change, pair: &Pair<'_>, exact: Option<&Exact>) -> Verdict {
    let meta = meta(change.kind);
    let judged = match moved(change, pair) {
        Some(judged) => judged,
        None => class(meta, change, pair, exact),
    };
    let (class, direction) = (judged.class, judged.direction);
    let (in_flight, plan_missing) = in_flight(meta, change, pair);
    let (control, heeded) =
        heeded::effect(change, pair).unwrap_or_else(|| (meta.control, String::new()));
    Verdict {
        class,
        direction,
        control,
        in_flight,
        plan_missing,
        required: Bump::of(class),
        why: sentence(meta.why, change, pair.document.name()) + &heeded + &judged.because,
        fingerprint: fingerprint(meta.id, change, pair.document),
        witness: judged.witness,
    }
}

/// A trigger that takes another contract is judged by the fields of the two.
fn moved(change: &Change, pair: &Pair<'_>) -> Option<Judgement> {
    let is_trigger = change.kind == ChangeKind::Workflow(WorkflowChange::ContractMoved)
        && change.path.starts_with("trigger");
    let (old, new) = change.before.as_ref().zip(change.after.as_ref())?;
    let sides = (
        (pair.before, old.text.as_str()),
        (pair.after, new.text.as_str()),
    );
    let found = is_trigger.then(|| of_move(sides.0, sides.1)).flatten()?;
    let (class, direction, because) = found;
    let mut judged = Judgement::of(class, direction);
    if let Some(because) = because.filter(|_| class == Class::Breaking) {
        let id = meta(because.kind).id;
        judged.because = format!(" It accepts less: `{id}` at `{}`.", because.path);
    }
    Some(judged)
}

fn class(meta: &ChangeMeta, change: &Change, pair: &Pair<'_>, exact: Option<&Exact>) -> Judgement {
    if meta.lapses && sunset_is_past(change, pair) {
        return Judgement::of(Class::Additive, Direction::None);
    }
    let (class, direction) = match meta.class {
        ClassRule::Always(class, direction) => match exact {
            // A schema as a whole: nothing but its values tells what its change means.
            Some(exact) => {
                let position = position(pair);
                let judged = exact.class(Relation::Incomparable, position);
                return released::also(judged, change, pair, position);
            }
            None => (class, direction),
        },
        ClassRule::Data(relation) => {
            let position = position(pair);
            let judged = match exact {
                Some(exact) => exact.class(relation, position),
                None => {
                    let (class, direction) = derive(relation, position);
                    let mut judgement = Judgement::of(class, direction);
                    judgement.because = without_payload(class, change, pair);
                    judgement
                }
            };
            return released::also(judged, change, pair, position);
        }
        ClassRule::Promise(relation) => derive(relation, Position::Promise),
    };
    Judgement::of(class, direction)
}

/// Why a break of a contract that stays is shown without a payload.
fn without_payload(class: Class, change: &Change, pair: &Pair<'_>) -> String {
    let stays = pair.document.before.is_some() && pair.document.after.is_some();
    let is_contract = pair.document.kind == DocumentKind::Contract;
    if class != Class::Breaking || !is_contract || !stays || change.path.is_empty() {
        return String::new();
    }
    " No payload is shown, since JSON Schema cannot say what is accepted here.".to_owned()
}

/// The promise of before counts: a change may not relax it and use that at once.
fn position(pair: &Pair<'_>) -> Position {
    if pair.document.kind != DocumentKind::Contract {
        return Position::Input;
    }
    let before = pair.document.before.as_ref();
    let contract = before.and_then(|side| pair.before.contract(&side.name));
    let promise = contract.and_then(|contract| contract.body.compatibility);
    Position::Contract(promise.map_or(Compatibility::Full, |promise| promise.value))
}

fn sunset_is_past(change: &Change, pair: &Pair<'_>) -> bool {
    let today = pair.after.surroundings.today;
    let is_past =
        |sunset: &Option<Spanned<Date>>| sunset.is_some_and(|day| day.value.civil <= today);
    if matches!(change.kind, ChangeKind::Field(_)) {
        return field_before(change, pair)
            .is_some_and(|shape| shape.deprecated.value && is_past(&shape.sunset));
    }
    let Some(name) = pair.document.before.as_ref().map(|side| side.name.as_str()) else {
        return false;
    };
    let life = match pair.document.kind.lasting() {
        Some(Lasting::Workflow) => pair
            .before
            .workflow(name)
            .map(|workflow| (&workflow.body.status, &workflow.body.sunset)),
        Some(Lasting::Contract) => pair
            .before
            .contract(name)
            .map(|contract| (&contract.body.status, &contract.body.sunset)),
        Some(Lasting::Policy) | None => None,
    };
    life.is_some_and(|(status, sunset)| match status.map(|status| status.value) {
        Some(Status::Retired) => true,
        Some(Status::Deprecated) => is_past(sunset),
        Some(Status::Draft | Status::Active) | None => false,
    })
}

/// The field that a change of a contract is about, as it was.
fn field_before(change: &Change, pair: &Pair<'_>) -> Option<Shape> {
    let side = pair.document.before.as_ref()?;
    let contract = pair.before.contract(&side.name)?;
    let mut fields = contract.body.fields();
    let mut found: Option<Shape> = None;
    for segment in change.path.strip_prefix("schema.")?.split('.') {
        match (segment, &found) {
            ("properties", Some(shape)) => fields = shape.properties.clone(),
            ("items", Some(shape)) => found = shape.items.clone().map(|shape| *shape),
            ("values", Some(shape)) => found = shape.values.clone().map(|shape| *shape),
            (name, _) => found = take(&fields, name),
        }
    }
    found
}

fn take(fields: &[FieldShape], name: &str) -> Option<Shape> {
    let field = fields.iter().find(|field| field.name.value == name);
    field.map(|field| field.shape.clone())
}

fn in_flight(meta: &ChangeMeta, change: &Change, pair: &Pair<'_>) -> (InFlightEffect, bool) {
    match meta.running {
        RunningRule::Unaffected => (InFlightEffect::None, false),
        RunningRule::MapFollows => (InFlightEffect::Migrate, false),
        RunningRule::Pinned => (InFlightEffect::Pin, false),
        RunningRule::NeedsPlan => planned(change, pair),
    }
}

/// Cases finish under the old version within a time, or are mapped; anything else is no plan.
/// Documents that have no cases of their own leave the plan to those that do.
fn planned(change: &Change, pair: &Pair<'_>) -> (InFlightEffect, bool) {
    let after = pair.document.after.as_ref();
    let workflow = after.and_then(|side| pair.after.workflow(&side.name));
    if pair.document.kind != DocumentKind::Workflow {
        return (InFlightEffect::Migrate, false);
    }
    let Some(plan) = workflow.and_then(|workflow| workflow.body.change.as_ref()) else {
        return (InFlightEffect::Migrate, true);
    };
    match plan.value.in_flight.map(|strategy| strategy.value) {
        Some(InFlight::Pin | InFlight::Drain) => {
            (InFlightEffect::Pin, plan.value.drain_within.is_none())
        }
        Some(InFlight::Migrate) | None => {
            (InFlightEffect::Migrate, !is_mapped(change, &plan.value))
        }
    }
}

fn is_mapped(change: &Change, plan: &ChangePlan) -> bool {
    let Some(map) = plan.migrate.as_ref().map(|map| &map.value) else {
        return false;
    };
    let text = |site: &Option<Site>| {
        site.as_ref()
            .map(|site| site.text.clone())
            .unwrap_or_default()
    };
    match change.kind {
        ChangeKind::Flow(FlowChange::ReasonRemoved) => map.reasons.get(&change.subject).is_some(),
        ChangeKind::Flow(FlowChange::RequiredDataAdded) => {
            map.data.get(&text(&change.after)).is_some()
        }
        ChangeKind::Field(_) | ChangeKind::Values(_) => {
            let root = change.subject.split(['.', '[']).next().unwrap_or_default();
            map.data.get(root).is_some()
        }
        ChangeKind::Flow(_)
        | ChangeKind::Document(_)
        | ChangeKind::Contract(_)
        | ChangeKind::Workflow(_)
        | ChangeKind::Operation(_)
        | ChangeKind::Step(_)
        | ChangeKind::Approval(_)
        | ChangeKind::Control(_)
        | ChangeKind::Directory(_)
        | ChangeKind::Policy(_) => map.states.get(&change.subject).is_some(),
    }
}

/// Fills the names and values of a change into the sentence of its kind.
pub(super) fn sentence(template: &str, change: &Change, document: &str) -> String {
    let text = |site: &Option<Site>| {
        let text = site.as_ref().map(|site| site.text.clone());
        text.unwrap_or_else(|| "nothing".to_owned())
    };
    let mut result = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((plain, tail)) = rest.split_once('{') {
        result.push_str(plain);
        let Some((hole, tail)) = tail.split_once('}') else {
            rest = tail;
            break;
        };
        match hole {
            "document" => result.push_str(&format!("`{document}`")),
            "subject" => result.push_str(&change.subject),
            "before" => result.push_str(&text(&change.before)),
            "after" => result.push_str(&text(&change.after)),
            other => result.push_str(other),
        }
        rest = tail;
    }
    result.push_str(rest);
    if let Some(example) = &change.example {
        result.push_str(&format!(" For instance when {example}."));
    }
    capitalised(&result)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if text.split(' ').next().is_some_and(is_plain_word) => {
            first.to_uppercase().chain(characters).collect()
        }
        Some(_) | None => text.to_owned(),
    }
}

/// Names such as `priya.shah` keep their small letter at the beginning of a sentence.
fn is_plain_word(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

fn fingerprint(id: &str, change: &Change, document: &DocumentChanges) -> String {
    let text = |site: &Option<Site>| {
        site.as_ref()
            .map_or("\u{0}", |site| site.text.as_str())
            .to_owned()
    };
    let parts = [
        id.to_owned(),
        document.kind.as_str().to_owned(),
        document.name().to_owned(),
        change.path.clone(),
        text(&change.before),
        text(&change.after),
    ];
    let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
