//! Two versions of a contract compared as sets of values, with a payload as proof.
//!
//! What a change of one key means for a field is a matter of the whole field: a pattern that goes
//! away means nothing while a list of values says more. So every change of a field is judged by
//! what the old and the new field accept, and refused data is shown as a payload of the whole
//! contract in which everything else is in order.

mod judgement;
mod judges;
mod location;
pub(super) mod released;

use std::collections::BTreeMap;

use serde_json::Value;

use super::declaration::ClassRule;
use super::meta;
use super::verdict::Pair;
use crate::diff::kind::{ContractChange, FieldChange, ValuesChange};
use crate::diff::{Change, ChangeKind};
use crate::model::Model;
use crate::model::json_schema::SchemaFile;
use crate::model::shape::schema::{Role, of_fields};
use crate::model::shape::{FieldShape, Relation, Shape};
use crate::syntax::Lasting;
use crate::value_set::schema::{read, read_value};
use crate::value_set::{Budget, Found, SetId, Sets};
pub(super) use judgement::Judgement;
use judges::Judges;
use location::Location;

/// One of two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The old one.
    Before,
    /// The new one.
    After,
}

impl Version {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::Before => "before",
            Version::After => "after",
        }
    }
}

/// How a payload proves a broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// One version accepts it, the other refuses it.
    Refused,
    /// It is a list of two records: each is fine, but one version refuses them together.
    Together,
    /// Both versions accept it and mean something else by it.
    Misread,
}

impl Proof {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Proof::Refused => "refused",
            Proof::Together => "refused_together",
            Proof::Misread => "misread",
        }
    }
}

/// A payload that one version accepts and the other refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// How it proves that.
    pub proof: Proof,
    /// The payload.
    pub payload: Value,
    /// The version that accepts it.
    pub accepted_by: Version,
    /// The version that refuses it.
    pub rejected_by: Version,
}

/// What one version of a contract accepts.
pub(super) struct Accepted {
    /// The fields; of a schema file, what fields can say of it.
    fields: Vec<FieldShape>,
    /// The file that says what is accepted, instead of the fields.
    schema: Option<SchemaFile>,
}

impl Accepted {
    /// What those who start a workflow give it; `None` when there is no such workflow, or it has
    /// several triggers.
    fn of_trigger(model: &Model, name: &str) -> Option<Self> {
        let triggers = model.workflow(name)?.body.trigger.as_ref()?;
        let mut triggers = triggers.value.iter();
        let input = triggers.next()?.input.as_ref()?;
        triggers.next().is_none().then(|| Accepted {
            fields: Shape::of_fields(&input.value),
            schema: None,
        })
    }

    /// `None` when there is no such contract, or its schema file cannot be read.
    fn of_model(model: &Model, name: &str) -> Option<Self> {
        let contract = &model.contract(name)?.body;
        let schema = SchemaFile::of(contract, &model.surroundings.files);
        if contract.json_schema.is_some() && schema.is_none() {
            return None;
        }
        Some(Accepted {
            fields: contract.fields(),
            schema,
        })
    }
}

/// Whether data of one version is refused by the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    /// None is.
    Never,
    /// Some is; with the proof, where one could be made.
    Some(Option<Witness>),
    /// Not decided.
    Undecided(String),
}

/// What a change of a field means by the values that the field accepts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Exact {
    /// Whether the new version refuses old data.
    pub backward: Refusal,
    /// Whether the old version refuses new data.
    pub forward: Refusal,
    /// False when the relation follows from the kind of change alone, and only payloads are added.
    pub decides: bool,
}

/// Judges the changes of a contract's fields and of its schema, and those of a workflow's inputs;
/// other changes, and those of other documents, get nothing.
pub(super) fn of_document(changes: &[Change], pair: &Pair<'_>) -> Vec<Option<Exact>> {
    let nothing = || changes.iter().map(|_| None).collect();
    let names = (&pair.document.before, &pair.document.after);
    let (Some(before), Some(after)) = names else {
        return nothing();
    };
    type Read = fn(&Model, &str) -> Option<Accepted>;
    let read: Option<(Read, &'static str)> = match pair.document.kind.lasting() {
        Some(Lasting::Contract) => Some((Accepted::of_model, "schema.")),
        Some(Lasting::Workflow) => Some((Accepted::of_trigger, "trigger.input.")),
        Some(Lasting::Policy) | None => None,
    };
    let Some((read, prefix)) = read else {
        return nothing();
    };
    let sides = (
        read(pair.before, &before.name),
        read(pair.after, &after.name),
    );
    let (Some(before), Some(after)) = sides else {
        return nothing();
    };
    let mut comparison = Comparison::new(&before, &after, prefix);
    changes
        .iter()
        .map(|change| comparison.judge(change))
        .collect()
}

/// What a number counts.
const UNITS: [ChangeKind; 2] = [
    ChangeKind::Field(FieldChange::FieldUnitAdded),
    ChangeKind::Field(FieldChange::FieldUnitChanged),
];

/// What records may have in common.
const RECORDS: [ChangeKind; 4] = [
    ChangeKind::Values(ValuesChange::KeyAdded),
    ChangeKind::Values(ValuesChange::KeyRemoved),
    ChangeKind::Values(ValuesChange::UniquenessAdded),
    ChangeKind::Values(ValuesChange::UniquenessRemoved),
];

/// Whether the kind of a change is about accepted values of a field; with whether those decide.
fn rests_on_values(change: &Change) -> Option<bool> {
    if change.kind == ChangeKind::Contract(ContractChange::SchemaFileChanged) {
        return Some(true);
    }
    if !matches!(meta(change.kind).class, ClassRule::Data(_)) {
        return None;
    }
    let is_of_items = change.path.ends_with(".unique_items");
    const RENAMED: ChangeKind = ChangeKind::Field(FieldChange::FieldRenamed);
    let is_of_field = matches!(change.kind, ChangeKind::Field(_) | ChangeKind::Values(_));
    let is_of_records = RECORDS.contains(&change.kind) && !is_of_items;
    if !is_of_field || is_of_records || UNITS.contains(&change.kind) {
        return None;
    }
    Some(change.kind != RENAMED)
}

/// Both versions of a contract as sets, each read once.
struct Comparison<'a> {
    sides: BTreeMap<Version, &'a Accepted>,
    /// What the paths of fields begin with.
    prefix: &'static str,
    sets: Sets,
    whole: BTreeMap<(Version, Role), SetId>,
    refusals: BTreeMap<Version, Refusal>,
    judges: Judges,
}

impl<'a> Comparison<'a> {
    fn new(before: &'a Accepted, after: &'a Accepted, prefix: &'static str) -> Self {
        Comparison {
            prefix,
            sides: BTreeMap::from([(Version::Before, before), (Version::After, after)]),
            sets: Sets::new(),
            whole: BTreeMap::new(),
            refusals: BTreeMap::new(),
            judges: Judges::new(before, after),
        }
    }

    fn judge(&mut self, change: &Change) -> Option<Exact> {
        let Some(decides) = rests_on_values(change) else {
            return self.judge_records(change);
        };
        let (narrower, wider) = match meta(change.kind).class {
            ClassRule::Always(..) => (true, true),
            ClassRule::Data(Relation::Narrower) => (true, false),
            ClassRule::Data(Relation::Wider) => (false, true),
            ClassRule::Data(Relation::Incomparable) => (true, true),
            ClassRule::Data(Relation::Same) | ClassRule::Promise(_) => return None,
        };
        let mut exact = self.judge_fully(change)?;
        exact.decides = decides;
        if !narrower {
            exact.backward = Refusal::Never;
        }
        if !wider {
            exact.forward = Refusal::Never;
        }
        Some(exact)
    }

    /// Units, keys and uniqueness say nothing about single values: the kind of the change decides,
    /// and a payload only shows what that means.
    fn judge_records(&mut self, change: &Change) -> Option<Exact> {
        let proof = if UNITS.contains(&change.kind) {
            Proof::Misread
        } else if RECORDS.contains(&change.kind) {
            Proof::Together
        } else {
            return None;
        };
        let (before, after) = (self.sides[&Version::Before], self.sides[&Version::After]);
        if before.schema.is_some() || after.schema.is_some() {
            return None;
        }
        let path = change.path.strip_prefix(self.prefix)?;
        let location = Location::find(path, &before.fields, &after.fields)?;
        Some(Exact {
            backward: Refusal::Some(self.record(&location, Version::Before, proof)),
            forward: Refusal::Some(self.record(&location, Version::After, proof)),
            decides: false,
        })
    }

    /// A record of a version in which a field is given; twice, where only two of them are refused.
    fn record(&mut self, location: &Location<'_>, of: Version, proof: Proof) -> Option<Witness> {
        let whole = self.whole(of, Role::Writer);
        let present = self.read(&location.present(of));
        let found = self
            .sets
            .smallest(&[whole, present], &[], Budget::default());
        let Found::Member(record) = found else {
            return None;
        };
        self.judges
            .accepts((of, Role::Writer), &record)
            .filter(|it| *it)?;
        let payload = match proof {
            Proof::Together => Value::Array(vec![record.clone(), record]),
            Proof::Misread | Proof::Refused => record,
        };
        Some(Witness {
            proof,
            payload,
            accepted_by: of,
            rejected_by: other(of),
        })
    }

    /// Both directions: of the field that a change is in, or of the schema where fields are only
    /// what can be said of it.
    fn judge_fully(&mut self, change: &Change) -> Option<Exact> {
        let (before, after) = (self.sides[&Version::Before], self.sides[&Version::After]);
        if before.schema.is_some() || after.schema.is_some() {
            return Some(Exact {
                backward: self.whole_refusal(Version::Before),
                forward: self.whole_refusal(Version::After),
                decides: true,
            });
        }
        let path = change.path.strip_prefix(self.prefix)?;
        let location = Location::find(path, &before.fields, &after.fields)?;
        location.fits_json_schema().then(|| Exact {
            backward: self.refusal(&location, Version::Before),
            forward: self.refusal(&location, Version::After),
            decides: true,
        })
    }

    /// Whether data of a version is refused by the other one.
    fn whole_refusal(&mut self, of: Version) -> Refusal {
        if let Some(known) = self.refusals.get(&of) {
            return known.clone();
        }
        let inner = self.whole(of, Role::Writer);
        let outer = self.whole(other(of), Role::Reader);
        let refusal = match self.sets.smallest(&[inner], &[outer], Budget::default()) {
            Found::Nothing => Refusal::Never,
            Found::Undecided(reason) => Refusal::Undecided(reason.0),
            Found::Member(payload) => Refusal::Some(self.confirmed(payload, of)),
        };
        self.refusals.insert(of, refusal.clone());
        refusal
    }

    /// Whether data of a version is refused by the other version at a place.
    fn refusal(&mut self, location: &Location<'_>, of: Version) -> Refusal {
        let by = other(of);
        let inner = self.read(&location.accepted(of, Role::Writer));
        let outer = self.read(&location.accepted(by, Role::Reader));
        match self.sets.smallest(&[inner], &[outer], Budget::default()) {
            Found::Nothing => Refusal::Never,
            Found::Undecided(reason) => Refusal::Undecided(reason.0),
            Found::Member(_) => Refusal::Some(self.witness(location, of)),
        }
    }

    /// A payload of the whole contract that is refused at a place.
    fn witness(&mut self, location: &Location<'_>, of: Version) -> Option<Witness> {
        let whole = self.whole(of, Role::Writer);
        let refused = self.read(&location.refused(of));
        match self
            .sets
            .smallest(&[whole, refused], &[], Budget::default())
        {
            Found::Member(payload) => self.confirmed(payload, of),
            Found::Nothing | Found::Undecided(_) => None,
        }
    }

    /// The payload as a witness when the judges agree.
    fn confirmed(&mut self, payload: Value, of: Version) -> Option<Witness> {
        let judged = self.judges.confirm(&payload, of);
        debug_assert!(judged != Some(false), "{payload} is no witness");
        (judged == Some(true)).then_some(Witness {
            proof: Proof::Refused,
            payload,
            accepted_by: of,
            rejected_by: other(of),
        })
    }

    fn whole(&mut self, version: Version, role: Role) -> SetId {
        if let Some(set) = self.whole.get(&(version, role)) {
            return *set;
        }
        let side = self.sides[&version];
        let set = match &side.schema {
            Some(schema) => read(&mut self.sets, &schema.documents, &schema.root, role).set,
            None => self.read(&of_fields(&side.fields, role)),
        };
        self.whole.insert((version, role), set);
        set
    }

    fn read(&mut self, schema: &Value) -> SetId {
        read_value(&mut self.sets, schema, Role::Reader).set
    }
}

fn other(version: Version) -> Version {
    match version {
        Version::Before => Version::After,
        Version::After => Version::Before,
    }
}
