//! JSON Schema as sets of values: drafts 7, 2019-09 and 2020-12, and what draft 4 and 6 share
//! with them.
//!
//! `format` is an assertion here, for every format that is known: a contract that names a format
//! promises it. Two unknown formats are equal when their names are. References reach every given
//! file, by pointer, `$id` and `$anchor`; nothing is fetched.

mod documents;
mod evaluated;
mod keywords;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::atom::{Atom, Kind, Textual};
use super::sets::{SetId, Sets};
pub use documents::{Documents, Place};
use documents::{Draft, Target};

/// How a schema is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What it accepts.
    Reader,
    /// What a producer emits that keeps to it: an object that lists properties and says nothing
    /// about others has no others.
    Writer,
}

/// Something that a schema says and that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to do.
    pub help: String,
    /// False when the schema is right and only comparing it is not possible.
    pub is_fault: bool,
}

/// A schema as a set.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The set.
    pub set: SetId,
    /// What was not understood; questions about such parts are undecided.
    pub problems: Vec<Problem>,
}

/// Reads the schema at a place.
pub fn read(sets: &mut Sets, documents: &Documents, place: &Place, role: Role) -> Reading {
    let mut reader = Reader {
        sets,
        documents,
        role,
        slots: BTreeMap::new(),
        problems: Vec::new(),
        depth: 0,
    };
    let set = reader.schema(place, Position::Value);
    let mut problems = reader.problems;
    problems.sort();
    problems.dedup();
    Reading { set, problems }
}

/// Reads one schema that stands alone.
pub fn read_value(sets: &mut Sets, schema: &Value, role: Role) -> Reading {
    let documents = Documents::of([("schema.json".to_owned(), schema.clone())]);
    read(sets, &documents, &Place::root("schema.json"), role)
}

/// What a schema is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    /// A value of its own.
    Value,
    /// The same value as the schema around it.
    InPlace,
}

/// How deep schemas are read within schemas.
const DEEPEST: u32 = 120;

struct Reader<'s, 'd> {
    sets: &'s mut Sets,
    documents: &'d Documents,
    role: Role,
    slots: BTreeMap<(Place, Position), Slot>,
    problems: Vec<Problem>,
    depth: u32,
}

#[derive(Debug, Clone, Copy)]
enum Slot {
    Open { id: SetId, used: bool },
    Done(SetId),
}

impl Reader<'_, '_> {
    /// The set of the schema at a place.
    fn schema(&mut self, place: &Place, position: Position) -> SetId {
        let key = (place.clone(), position);
        match self.slots.get_mut(&key) {
            Some(Slot::Done(set)) => return *set,
            Some(Slot::Open { id, used }) => {
                *used = true;
                return *id;
            }
            None => {}
        }
        if self.depth >= DEEPEST {
            return self.undecidable(place, "schemas are nested too deep to be compared");
        }
        let (slot, id) = self.sets.announce();
        self.slots
            .insert(key.clone(), Slot::Open { id, used: false });
        self.depth += 1;
        let set = self.plain(place, position);
        self.depth -= 1;
        let was_used = matches!(self.slots.get(&key), Some(Slot::Open { used: true, .. }));
        self.sets.define(slot, set);
        let set = if !was_used {
            set
        } else if self.sets.is_circular(slot) {
            self.fault(
                place,
                "the schema is defined by itself, so nothing says what it accepts",
                "let the reference stand below a property or an item",
            )
        } else {
            id
        };
        self.slots.insert(key, Slot::Done(set));
        set
    }

    fn plain(&mut self, place: &Place, position: Position) -> SetId {
        match self.documents.value(place) {
            Some(Value::Bool(true)) => self.sets.everything(),
            Some(Value::Bool(false)) => self.sets.nothing(),
            Some(Value::Object(keywords)) => self.object_schema(place, keywords, position),
            Some(_) => self.fault(
                place,
                "a schema is a mapping, or `true` or `false`",
                "write a schema, or leave the keyword out",
            ),
            None => self.fault(place, "there is no schema here", "correct the reference"),
        }
    }

    fn object_schema(
        &mut self,
        place: &Place,
        keywords: &Map<String, Value>,
        position: Position,
    ) -> SetId {
        let draft = self.documents.draft(place);
        if draft <= Draft::Seven && keywords.contains_key("$ref") {
            return self.reference(place, "$ref", keywords, position);
        }
        let mut parts = Vec::new();
        for keyword in ["$ref", "$recursiveRef", "$dynamicRef"] {
            if keywords.contains_key(keyword) {
                parts.push(self.reference(place, keyword, keywords, Position::InPlace));
            }
        }
        self.values(place, keywords, &mut parts);
        self.numbers(place, keywords, draft, &mut parts);
        self.texts(place, keywords, &mut parts);
        self.arrays(place, keywords, draft, &mut parts);
        self.objects(place, keywords, draft, &mut parts);
        self.combinations(place, keywords, &mut parts);
        self.unevaluated(place, keywords, draft, position, &mut parts);
        self.sets.intersection(parts)
    }

    fn reference(
        &mut self,
        place: &Place,
        keyword: &str,
        keywords: &Map<String, Value>,
        position: Position,
    ) -> SetId {
        let at = place.below(keyword);
        let Some(Value::String(written)) = keywords.get(keyword) else {
            return self.fault(&at, "a reference is a text", "write `\"#/$defs/name\"`");
        };
        let target = match keyword {
            "$ref" => self.documents.resolve(place, written),
            _ => self.documents.resolve_dynamic(place, written),
        };
        match target {
            Target::Found(target) => self.schema(&target, position),
            Target::Ambiguous => self.undecidable(
                &at,
                "which schema the reference means depends on where the reading began",
            ),
            Target::Remote(address) => self.fault(
                &at,
                &format!("`{address}` is on another machine, and nothing is fetched"),
                "put the file into the repository and refer to it by its path",
            ),
            Target::Missing(what) => self.fault(
                &at,
                &format!("`{written}` leads nowhere: {what}"),
                "correct the reference",
            ),
        }
    }

    /// Reports a fault; what stands there is unknown.
    fn fault(&mut self, place: &Place, message: &str, help: &str) -> SetId {
        self.problem(place, message, help, true)
    }

    /// Notes that something cannot be compared.
    fn undecidable(&mut self, place: &Place, message: &str) -> SetId {
        self.problem(place, message, "", false)
    }

    fn problem(&mut self, place: &Place, message: &str, help: &str, is_fault: bool) -> SetId {
        self.problems.push(Problem {
            place: place.clone(),
            message: message.to_owned(),
            help: help.to_owned(),
            is_fault,
        });
        self.opaque(None, format!("{message} (`{}`)", place.pointer))
    }

    fn opaque(&mut self, kind: Option<Kind>, words: String) -> SetId {
        self.sets.atom(Atom::Opaque(kind, words))
    }
}

/// Whether a text may be of a named format; true for a format that is not known.
pub fn may_have_format(name: &str, text: &str) -> bool {
    let mut sets = Sets::new();
    let set = sets.atom(Textual::Format(name.to_owned()));
    sets.contains(set, &Value::String(text.to_owned())) != Some(false)
}
