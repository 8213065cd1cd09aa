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
use crate::diff::kind::{FieldChange, ValuesChange};
use crate::diff::{Change, ChangeKind};
use crate::model::shape::schema::{Role, of_fields};
use crate::model::shape::{FieldShape, Relation};
use crate::syntax::DocumentKind;
use crate::value_set::schema::read_value;
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

/// Judges the changes of a contract's fields; other changes, and those of other documents, get
/// nothing.
pub(super) fn of_contract(changes: &[Change], pair: &Pair<'_>) -> Vec<Option<Exact>> {
    let nothing = || changes.iter().map(|_| None).collect();
    let (Some(before), Some(after)) = (&pair.document.before, &pair.document.after) else {
        return nothing();
    };
    let contracts = (
        pair.before.contract(&before.name),
        pair.after.contract(&after.name),
    );
    let (Some(before), Some(after)) = contracts else {
        return nothing();
    };
    if pair.document.kind != DocumentKind::Contract {
        return nothing();
    }
    let (before, after) = (before.body.fields(), after.body.fields());
    let mut comparison = Comparison::new(&before, &after);
    changes
        .iter()
        .map(|change| comparison.judge(change))
        .collect()
}

/// Whether the kind of a change is about accepted values of a field; with whether those decide.
fn rests_on_values(change: &Change) -> Option<bool> {
    let is_data = matches!(meta(change.kind).class, ClassRule::Data(_));
    let key = change.path.rsplit('.').next().unwrap_or_default();
    let decides = match change.kind {
        ChangeKind::Field(kind) => match kind {
            FieldChange::FieldRenamed => Some(false),
            FieldChange::FieldUnitAdded | FieldChange::FieldUnitChanged => None,
            _ => Some(true),
        },
        ChangeKind::Values(kind) => match kind {
            ValuesChange::KeyAdded | ValuesChange::KeyRemoved => None,
            ValuesChange::UniquenessAdded | ValuesChange::UniquenessRemoved => {
                (key == "unique_items").then_some(true)
            }
            _ => Some(true),
        },
        _ => None,
    };
    decides.filter(|_| is_data)
}

/// Both versions of a contract as sets, each read once.
struct Comparison<'a> {
    fields: BTreeMap<Version, &'a [FieldShape]>,
    sets: Sets,
    whole: BTreeMap<Version, SetId>,
    judges: Judges,
}

impl<'a> Comparison<'a> {
    fn new(before: &'a [FieldShape], after: &'a [FieldShape]) -> Self {
        Comparison {
            fields: BTreeMap::from([(Version::Before, before), (Version::After, after)]),
            sets: Sets::new(),
            whole: BTreeMap::new(),
            judges: Judges::new(before, after),
        }
    }

    fn judge(&mut self, change: &Change) -> Option<Exact> {
        let decides = rests_on_values(change)?;
        let ClassRule::Data(relation) = meta(change.kind).class else {
            return None;
        };
        let (narrower, wider) = match relation {
            Relation::Same => return None,
            Relation::Narrower => (true, false),
            Relation::Wider => (false, true),
            Relation::Incomparable => (true, true),
        };
        let mut exact = self.judge_whole(change)?;
        exact.decides = decides;
        if !narrower {
            exact.backward = Refusal::Never;
        }
        if !wider {
            exact.forward = Refusal::Never;
        }
        Some(exact)
    }

    /// Both directions of the field as a whole.
    fn judge_whole(&mut self, change: &Change) -> Option<Exact> {
        let path = change.path.strip_prefix("schema.")?;
        let (before, after) = (self.fields[&Version::Before], self.fields[&Version::After]);
        let location = Location::find(path, before, after)?;
        if !location.fits_json_schema() {
            return None;
        }
        Some(Exact {
            backward: self.refusal(&location, Version::Before),
            forward: self.refusal(&location, Version::After),
            decides: true,
        })
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
        let whole = self.whole(of);
        let refused = self.read(&location.refused(of));
        let found = self
            .sets
            .smallest(&[whole, refused], &[], Budget::default());
        let Found::Member(payload) = found else {
            return None;
        };
        let confirmed = self.judges.confirm(&payload, of);
        debug_assert!(confirmed, "{payload} is no witness at {location:?}");
        confirmed.then_some(Witness {
            payload,
            accepted_by: of,
            rejected_by: other(of),
        })
    }

    fn whole(&mut self, of: Version) -> SetId {
        if let Some(set) = self.whole.get(&of) {
            return *set;
        }
        let set = self.read(&of_fields(self.fields[&of], Role::Writer));
        self.whole.insert(of, set);
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
