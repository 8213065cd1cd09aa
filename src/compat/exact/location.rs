//! Where in two versions of a contract a change is, and what each accepts there.

use serde_json::{Map, Value, json};

use super::Version;
use crate::model::shape::schema::{Role, of_shape};
use crate::model::shape::{FieldShape, Shape};

/// A step down into a contract.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    /// To the field of an object, by its name on both sides.
    Field {
        before: Option<&'a FieldShape>,
        after: Option<&'a FieldShape>,
    },
    Items,
    Values,
}

/// A field of a contract, or the items of one, in both versions.
#[derive(Debug)]
pub(super) struct Location<'a> {
    steps: Vec<Step<'a>>,
    before: Option<&'a Shape>,
    after: Option<&'a Shape>,
}

impl<'a> Location<'a> {
    /// The place of a change: its path below `schema`, up to the keys of a field.
    pub fn find(path: &str, before: &'a [FieldShape], after: &'a [FieldShape]) -> Option<Self> {
        let mut segments = path.split('.').peekable();
        let mut location = Location {
            steps: Vec::new(),
            before: None,
            after: None,
        };
        location.enter_field(segments.next()?, before, after)?;
        while let Some(segment) = segments.next() {
            let (before, after) = (location.before, location.after);
            let fields =
                |shape: Option<&'a Shape>| shape.map_or(&[][..], |shape| &shape.properties);
            match segment {
                "properties" if segments.peek().is_some() => {
                    let name = segments.next()?;
                    location.enter_field(name, fields(before), fields(after))?;
                }
                "items" => location.enter(
                    Step::Items,
                    before.and_then(|shape| shape.items.as_deref()),
                    after.and_then(|shape| shape.items.as_deref()),
                ),
                "values" => location.enter(
                    Step::Values,
                    before.and_then(|shape| shape.values.as_deref()),
                    after.and_then(|shape| shape.values.as_deref()),
                ),
                _ => break,
            }
        }
        Some(location)
    }

    /// Fields are paired by the name of after, or by that of before when they are gone.
    fn enter_field(
        &mut self,
        name: &str,
        before: &'a [FieldShape],
        after: &'a [FieldShape],
    ) -> Option<()> {
        let named = |fields: &'a [FieldShape], name: &str| {
            fields.iter().find(|field| field.name.value == name)
        };
        let new = named(after, name);
        let renamed = new.and_then(|field| field.shape.renamed_from.as_ref());
        let old = named(before, name)
            .or_else(|| renamed.and_then(|earlier| named(before, &earlier.value)));
        if old.is_none() && new.is_none() {
            return None;
        }
        let step = Step::Field {
            before: old,
            after: new,
        };
        self.enter(
            step,
            old.map(|field| &field.shape),
            new.map(|field| &field.shape),
        );
        Some(())
    }

    fn enter(&mut self, step: Step<'a>, before: Option<&'a Shape>, after: Option<&'a Shape>) {
        self.steps.push(step);
        self.before = before;
        self.after = after;
    }

    /// Whether JSON Schema can say what stands here on both sides.
    pub fn fits_json_schema(&self) -> bool {
        let shapes = [self.before, self.after];
        shapes.into_iter().flatten().all(Shape::fits_json_schema)
    }

    fn shape(&self, version: Version) -> Option<&'a Shape> {
        match version {
            Version::Before => self.before,
            Version::After => self.after,
        }
    }

    /// What a version accepts here, as JSON Schema. For a field, the object around it with no
    /// other field, so that its presence counts.
    pub fn accepted(&self, version: Version, role: Role) -> Value {
        let inner = match self.shape(version) {
            Some(shape) => of_shape(shape, role),
            None => json!(true),
        };
        let Some(Step::Field { before, after }) = self.steps.last() else {
            return inner;
        };
        let field = match version {
            Version::Before => before,
            Version::After => after,
        };
        let mut properties = Map::new();
        let mut required = Vec::new();
        if let Some(field) = field {
            properties.insert(field.name.value.clone(), inner);
            required.extend(field.shape.must_be_given().then_some(&field.name.value));
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": role == Role::Reader,
        })
    }

    /// Payloads of a version in which what stands here is refused by the other version.
    pub fn refused(&self, of: Version) -> Value {
        let by = super::other(of);
        let accepted = self.accepted(by, Role::Reader);
        let denied = json!({ "not": accepted });
        let around = match self.steps.split_last() {
            Some((Step::Field { .. }, around)) => around,
            Some((Step::Items | Step::Values, _)) | None => &self.steps,
        };
        let around = around.iter().rev();
        around.fold(denied, |inner, step| step.around(&inner, of))
    }

    /// Payloads of a version in which the field is given.
    pub fn present(&self, of: Version) -> Value {
        let steps = self.steps.iter().rev();
        steps.fold(json!(true), |inner, step| step.around(&inner, of))
    }
}

impl Step<'_> {
    /// What holds a value of the given sort one step up.
    fn around(&self, inner: &Value, of: Version) -> Value {
        match self {
            Step::Items => json!({"type": "array", "contains": inner}),
            Step::Values => json!({
                "type": "object",
                "not": {"additionalProperties": {"not": inner}},
            }),
            Step::Field { before, after } => {
                let field = match of {
                    Version::Before => before,
                    Version::After => after,
                };
                let name = field.map_or("", |field| field.name.value.as_str());
                json!({"type": "object", "properties": {name: inner}, "required": [name]})
            }
        }
    }
}
