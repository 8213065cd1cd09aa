//! Who reads which contract: workflows what they are given, systems what they are sent.

use super::Model;
use crate::source::Spanned;
use crate::syntax::Entity;
use crate::syntax::contract::{Contract, Field, FieldEntry, FieldType, Format};
use crate::syntax::names::{FieldName, NameMap};
use crate::syntax::references::ContractReference;
use crate::syntax::step::{Step, Wait};
use crate::syntax::workflow::Workflow;

/// One reading of one contract.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The contract, where the reading is declared.
    pub contract: &'a Spanned<String>,
    /// The workflow or system that reads.
    pub reader: &'a str,
}

impl Model {
    /// The contracts that a workflow reads, and those that it sends to systems.
    pub fn readings<'a>(&'a self, workflow: &'a Entity<Workflow>) -> Vec<Reading<'a>> {
        let reader = workflow.name.value.as_str();
        let triggers = workflow.body.trigger.iter();
        let mut readings: Vec<Reading<'a>> = triggers
            .flat_map(|trigger| &trigger.value.items)
            .filter_map(|trigger| trigger.contract.as_ref())
            .map(|contract| reading(contract, reader))
            .collect();
        for place in workflow.body.all_steps() {
            let received = self.received(place.step).into_iter();
            readings.extend(received.map(|contract| reading(contract, reader)));
            if let Some(call) = self.call(place.step) {
                let system = call.system.name.value.as_str();
                let sent = call.takes().into_iter();
                readings.extend(sent.map(|contract| reading(contract, system)));
            }
        }
        readings
    }

    /// The contract of what a step gives to the workflow.
    pub fn received<'a>(&'a self, step: &'a Step) -> Option<&'a ContractReference> {
        if let Some(call) = self.call(step) {
            return call.returns();
        }
        let awaited = step.wait.as_ref().and_then(|wait| match &wait.value {
            Wait::Until(awaited) => awaited.contract.as_ref(),
            Wait::For(_) => None,
        });
        step.returns.as_ref().or(awaited)
    }
}

fn reading<'a>(contract: &'a ContractReference, reader: &'a str) -> Reading<'a> {
    Reading {
        contract: &contract.name,
        reader,
    }
}

/// The last words of names that people are known by.
const PERSONAL_NAMES: [&str; 12] = [
    "email",
    "phone",
    "first_name",
    "last_name",
    "full_name",
    "birth_date",
    "date_of_birth",
    "home_address",
    "national_id",
    "personal_number",
    "social_security_number",
    "passport_number",
];

impl Contract {
    /// The fields that are declared or look personal, those inside objects and lists too.
    pub fn personal_fields(&self) -> Vec<&Spanned<String>> {
        let mut fields = Vec::new();
        if let Some(schema) = &self.schema {
            collect_personal(&schema.value, &mut fields);
        }
        fields
    }

    /// True when a field says that it is personal.
    pub fn has_declared_personal_field(&self) -> bool {
        fn declares(entry: &FieldEntry) -> bool {
            let FieldEntry::Full(field) = entry else {
                return false;
            };
            let inside = field.properties.iter().flat_map(|it| it.value.iter());
            let inner = field.items.iter().chain(&field.values);
            field.pii.as_ref().is_some_and(|pii| pii.value)
                || inside.map(|(_, entry)| entry).any(declares)
                || inner.map(AsRef::as_ref).any(declares)
        }
        let fields = self.schema.iter().flat_map(|schema| schema.value.iter());
        fields.map(|(_, entry)| entry).any(declares)
    }
}

fn collect_personal<'a>(
    entries: &'a NameMap<FieldName, FieldEntry>,
    fields: &mut Vec<&'a Spanned<String>>,
) {
    for (name, entry) in entries.iter() {
        if is_personal(&name.value, entry) {
            fields.push(name);
        }
        collect_nested(entry, fields);
    }
}

fn collect_nested<'a>(entry: &'a FieldEntry, fields: &mut Vec<&'a Spanned<String>>) {
    if let FieldEntry::Full(field) = entry {
        if let Some(properties) = &field.properties {
            collect_personal(&properties.value, fields);
        }
        for inner in field.items.iter().chain(&field.values) {
            collect_nested(inner, fields);
        }
    }
}

fn is_personal(name: &str, entry: &FieldEntry) -> bool {
    let looks_personal = PERSONAL_NAMES
        .iter()
        .any(|personal| name == *personal || name.ends_with(&format!("_{personal}")));
    match entry {
        FieldEntry::Short(short) => looks_personal && short.value.kind == FieldType::String,
        FieldEntry::Full(field) => match &field.pii {
            Some(declared) => declared.value,
            None => is_text(field) && (looks_personal || is_address(field)),
        },
    }
}

fn is_text(field: &Field) -> bool {
    field.kind.as_ref().map(|kind| kind.value) == Some(FieldType::String)
}

/// True for addresses that reach one person.
fn is_address(field: &Field) -> bool {
    let format = field.format.as_ref().map(|format| format.value);
    matches!(format, Some(Format::Email | Format::Phone))
}
