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
use crate::model::shape::{FieldShape, Relation};
use crate::syntax::DocumentKind;
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

/// A payload that one version accepts and the other refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
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

/// Judges the changes of a contract's fields and of its schema; other changes, and those of other
/// documents, get nothing.
pub(super) fn of_contract(changes: &[Change], pair: &Pair<'_>) -> Vec<Option<Exact>> {
    let sides = (&pair.document.before, &pair.document.after);
    let (DocumentKind::Contract, (Some(before), Some(after))) = (pair.document.kind, sides) else {
        return changes.iter().map(|_| None).collect();
    };
    let sides = (
        Accepted::of_model(pair.before, &before.name),
        Accepted::of_model(pair.after, &after.name),
    );
    let (Some(before), Some(after)) = sides else {
        return changes.iter().map(|_| None).collect();
    };
    let mut comparison = Comparison::new(&before, &after);
    changes
        .iter()
        .map(|change| comparison.judge(change))
        .collect()
}

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
    const NOT_OF_VALUES: [ChangeKind; 4] = [
        ChangeKind::Field(FieldChange::FieldUnitAdded),
        ChangeKind::Field(FieldChange::FieldUnitChanged),
        ChangeKind::Values(ValuesChange::KeyAdded),
        ChangeKind::Values(ValuesChange::KeyRemoved),
    ];
    const UNIQUENESS: [ChangeKind; 2] = [
        ChangeKind::Values(ValuesChange::UniquenessAdded),
        ChangeKind::Values(ValuesChange::UniquenessRemoved),
    ];
    let is_of_field = matches!(change.kind, ChangeKind::Field(_) | ChangeKind::Values(_));
    let is_of_records = UNIQUENESS.contains(&change.kind) && !is_of_items;
    if !is_of_field || is_of_records || NOT_OF_VALUES.contains(&change.kind) {
        return None;
    }
    Some(change.kind != RENAMED)
}

/// Both versions of a contract as sets, each read once.
struct Comparison<'a> {
    sides: BTreeMap<Version, &'a Accepted>,
    sets: Sets,
    whole: BTreeMap<(Version, Role), SetId>,
    refusals: BTreeMap<Version, Refusal>,
    judges: Judges,
}

impl<'a> Comparison<'a> {
    fn new(before: &'a Accepted, after: &'a Accepted) -> Self {
        Comparison {
            sides: BTreeMap::from([(Version::Before, before), (Version::After, after)]),
            sets: Sets::new(),
            whole: BTreeMap::new(),
            refusals: BTreeMap::new(),
            judges: Judges::new(before, after),
        }
    }

    fn judge(&mut self, change: &Change) -> Option<Exact> {
        let decides = rests_on_values(change)?;
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
        let path = change.path.strip_prefix("schema.")?;
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
