//! Fields: known ones, optional ones and their guards.

use crate::expr::ast::{Expression, Name, Path};
use crate::expr::environment::{Field, Proven, Type};
use crate::expr::{ErrorKind, ExpressionError, TextRange};

use super::{Checker, Seen, names, shown};

impl<'a> Checker<'a> {
    /// Judges `object.field`, which stands at `range`; `seen` is what `object` is.
    pub(super) fn member(
        &mut self,
        seen: Seen,
        object: &Expression,
        field: &str,
        field_range: TextRange,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        match seen.of {
            Type::Any => Seen::new(Type::Any),
            Type::Map(value) => Seen::new((*value).clone()),
            Type::Object(fields) => match fields.field(field) {
                Some(found) => {
                    self.guard(found, object, field, range, known);
                    Seen {
                        declared: found.place,
                        ..Seen::new(found.of.clone())
                    }
                }
                None => {
                    self.report(names::unknown_field(object, &fields, field, field_range));
                    Seen::new(Type::Any)
                }
            },
            of @ (Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_)
            | Type::List(_)) => {
                self.report(names::no_fields(object, &of, field, field_range));
                Seen::new(Type::Any)
            }
        }
    }

    /// Reports an optional field that is read without being known to be present.
    fn guard(
        &mut self,
        field: &Field,
        object: &Expression,
        name: &str,
        range: TextRange,
        known: &Proven,
    ) {
        if field.is_certain() {
            return;
        }
        let path = path_of(object, name);
        if known.contains(&path) || !self.reported.insert(path) {
            return;
        }
        let read = format!("{object}.{name}");
        let error = ExpressionError::new(
            ErrorKind::Unguarded,
            range,
            format!("`{read}` may be absent here"),
        );
        self.report(
            error
                .help(format!("ask first: `has({read}) && …`"))
                .declared(field.place),
        );
    }

    pub(super) fn index(
        &mut self,
        object: &'a Expression,
        index: &'a Expression,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        let collection = self.visit(object, known);
        let position = self.visit(index, known).of;
        let (of, wanted) = match &collection.of {
            Type::List(element) => ((**element).clone(), Type::Integer),
            Type::Map(value) => ((**value).clone(), Type::string()),
            Type::Object(_) => {
                if let Some(field) = index.as_text() {
                    return self.member(collection, object, field, index.range, range, known);
                }
                (Type::Any, Type::string())
            }
            Type::Any => return Seen::new(Type::Any),
            of @ (Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_)) => {
                let message = format!("{} is {of} and has no elements", shown(object));
                self.report(ExpressionError::new(ErrorKind::WrongType, range, message));
                return Seen::new(Type::Any);
            }
        };
        if std::mem::discriminant(&position) != std::mem::discriminant(&wanted)
            && position != Type::Any
        {
            let message = format!("{} is indexed by {wanted}", collection.of);
            let error = ExpressionError::new(ErrorKind::WrongType, index.range, message);
            self.report(error);
        }
        Seen::new(of)
    }

    pub(super) fn has(
        &mut self,
        object: &'a Expression,
        field: &Name,
        range: TextRange,
        known: &Proven,
    ) -> Seen {
        let holder = self.visit(object, known).of;
        let mut seen = Seen::new(Type::Boolean);
        match holder {
            Type::Object(fields) => match fields.field(&field.text) {
                None => {
                    let error = names::unknown_field(object, &fields, &field.text, field.range);
                    self.report(error);
                }
                Some(found) if found.is_certain() => {
                    let message = format!("`{object}.{field}` is always present");
                    let error = ExpressionError::new(ErrorKind::NeedlessGuard, range, message);
                    self.report(
                        error
                            .help("leave the `has()` out, or make the field optional")
                            .declared(found.place),
                    );
                }
                Some(_) => seen.when_true.insert(path_of(object, &field.text)),
            },
            Type::Any | Type::Map(_) => {}
            of @ (Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_)
            | Type::List(_)) => {
                self.report(names::no_fields(object, &of, &field.text, field.range));
            }
        }
        seen
    }
}

/// The path under which the presence of a field is remembered.
fn path_of(object: &Expression, field: &str) -> Path {
    object
        .path()
        .unwrap_or_else(|| Path::root(&object.to_string()))
        .field(field)
}
