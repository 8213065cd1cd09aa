//! What conditions read: data by its path, with its type, and whether it can be absent.

use super::formula::Variable;
use crate::expr::ast::{Expression, ExpressionKind, Path};
use crate::expr::environment::{Environment, Type};

/// Data that a path leads to.
pub(super) struct Data {
    pub of: Type,
    /// True when it has a place of its own: nothing else decides what it is.
    pub is_free: bool,
    pub is_required: bool,
}

/// What a path leads to; `None` when that is nothing.
pub(super) fn data(environment: &Environment, path: &Path) -> Option<Data> {
    let mut segments = path.segments();
    let mut data = Data {
        of: environment.root(segments.next()?)?.clone(),
        is_free: true,
        is_required: true,
    };
    for segment in segments {
        data = match data.of {
            Type::Object(object) => {
                let field = object.field(segment)?;
                Data {
                    of: field.of.clone(),
                    is_free: data.is_free,
                    is_required: field.is_certain(),
                }
            }
            Type::List(of) | Type::Map(of) => Data {
                of: (*of).clone(),
                is_free: false,
                is_required: false,
            },
            Type::Any => Data {
                of: Type::Any,
                is_free: false,
                is_required: false,
            },
            Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Decimal
            | Type::Date
            | Type::Timestamp
            | Type::Duration
            | Type::String(_) => return None,
        };
    }
    Some(data)
}

/// True when neither the data nor what it is part of can be absent.
pub(super) fn is_always_there(environment: &Environment, path: &Path) -> bool {
    prefixes(path)
        .iter()
        .all(|prefix| data(environment, prefix).is_some_and(|data| data.is_required))
}

impl Variable {
    /// A variable about which nothing is known.
    pub(super) fn named(subject: String, path: Option<Path>) -> Self {
        Variable {
            subject,
            scale: None,
            is_free: false,
            is_presence: false,
            path,
            needs: Vec::new(),
            vocabulary: None,
            minimum: None,
            is_asked_about: false,
        }
    }
}

/// The list in `list.size()` or `size(list)`.
pub(super) fn counted(expression: &Expression) -> Option<Path> {
    if let ExpressionKind::Method {
        receiver,
        method,
        arguments,
    } = &expression.kind
    {
        return (&*method.text == "size" && arguments.is_empty())
            .then(|| receiver.path())
            .flatten();
    }
    let ExpressionKind::Call {
        function,
        arguments,
    } = &expression.kind
    else {
        return None;
    };
    match &arguments[..] {
        [list] if &*function.text == "size" => list.path(),
        _ => None,
    }
}

/// A path and everything that it is part of, root first.
pub(super) fn prefixes(path: &Path) -> Vec<Path> {
    let mut segments = path.segments();
    let mut prefixes: Vec<Path> = segments.next().map(Path::root).into_iter().collect();
    for segment in segments {
        if let Some(last) = prefixes.last() {
            prefixes.push(last.field(segment));
        }
    }
    prefixes
}
