//! The tree of an expression. Two trees are equal when they say the same, wherever they stand.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::TextRange;

/// An expression and the characters that were written for it.
///
/// Equality and hash ignore places, so that a reformatted expression is no change.
#[derive(Debug, Clone)]
pub struct Expression {
    /// What it says.
    pub kind: ExpressionKind,
    /// Where it stands, without surrounding parentheses.
    pub range: TextRange,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Expression {}

impl Hash for Expression {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExpressionKind {
    /// A value written out.
    Literal(Literal),
    /// `input`, or the variable of a macro.
    Name(Box<str>),
    /// `object.field`
    Member {
        /// What is left of the point.
        object: Box<Expression>,
        /// The field.
        field: Name,
    },
    /// `object[index]`
    Index {
        /// What is left of the bracket.
        object: Box<Expression>,
        /// What is inside.
        index: Box<Expression>,
    },
    /// `!operand` or `-operand`
    Unary {
        /// Which of them.
        operator: Unary,
        /// What it applies to.
        operand: Box<Expression>,
    },
    /// `left operator right`
    Binary {
        /// Which operator.
        operator: Binary,
        /// The left side.
        left: Box<Expression>,
        /// The right side.
        right: Box<Expression>,
    },
    /// `condition ? then : otherwise`
    Conditional {
        /// What decides.
        condition: Box<Expression>,
        /// The value when it is true.
        then: Box<Expression>,
        /// The value when it is false.
        otherwise: Box<Expression>,
    },
    /// `function(arguments)`
    Call {
        /// The function.
        function: Name,
        /// What it is given.
        arguments: Vec<Expression>,
    },
    /// `receiver.method(arguments)`
    Method {
        /// What is left of the point.
        receiver: Box<Expression>,
        /// The method.
        method: Name,
        /// What it is given.
        arguments: Vec<Expression>,
    },
    /// `has(object.field)`
    Has {
        /// The object that may have the field.
        object: Box<Expression>,
        /// The field.
        field: Name,
    },
    /// `list.all(variable, body)` and the other macros.
    Comprehension(Box<Comprehension>),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{key: value}`
    Map(Vec<(Expression, Expression)>),
}

/// The name of a field, function or variable, with its place. Equality ignores the place.
#[derive(Debug, Clone)]
pub struct Name {
    /// The name.
    pub text: Box<str>,
    /// Where it stands.
    pub range: TextRange,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// A value written out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// `42` or `0x2a`
    Integer(i64),
    /// `0.02`
    Decimal(Decimal),
    /// `'text'`
    Text(Arc<str>),
}

/// A prefix operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
}

impl Unary {
    /// The characters of the operator.
    pub fn as_str(self) -> &'static str {
        match self {
            Unary::Not => "!",
            Unary::Minus => "-",
        }
    }
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Binary {
    /// The characters of the operator.
    pub fn as_str(self) -> &'static str {
        match self {
            Binary::Or => "||",
            Binary::And => "&&",
            Binary::Equal => "==",
            Binary::NotEqual => "!=",
            Binary::Less => "<",
            Binary::LessOrEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterOrEqual => ">=",
            Binary::In => "in",
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Remainder => "%",
        }
    }

    /// How tightly it binds; operators of one strength group from the left.
    pub(super) fn strength(self) -> u8 {
        match self {
            Binary::Or => 1,
            Binary::And => 2,
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::In => 3,
            Binary::Add | Binary::Subtract => 4,
            Binary::Multiply | Binary::Divide | Binary::Remainder => 5,
        }
    }

    /// True for the operators whose answer is true or false and whose operands are values.
    pub fn is_relation(self) -> bool {
        self.strength() == 3
    }
}

/// One of the list macros over a list, or over the keys of a map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Comprehension {
    /// Which macro.
    pub name: Macro,
    /// The list or map.
    pub over: Expression,
    /// The name of an element inside `filter` and `body`.
    pub variable: Name,
    /// The middle argument of `map(variable, filter, body)`.
    pub filter: Option<Expression>,
    /// What is asked of, or made of, each element.
    pub body: Expression,
}

/// The list macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Macro {
    /// True when the body is true for every element.
    All,
    /// True when the body is true for at least one element.
    Exists,
    /// True when the body is true for exactly one element.
    ExistsOne,
    /// The values of the body.
    Map,
    /// The elements for which the body is true.
    Filter,
}

impl Macro {
    /// Every macro.
    pub const ALL: [Macro; 5] = [
        Macro::All,
        Macro::Exists,
        Macro::ExistsOne,
        Macro::Map,
        Macro::Filter,
    ];

    /// The name that authors write.
    pub fn as_str(self) -> &'static str {
        match self {
            Macro::All => "all",
            Macro::Exists => "exists",
            Macro::ExistsOne => "exists_one",
            Macro::Map => "map",
            Macro::Filter => "filter",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Macro> {
        Macro::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// A chain of names from a root, such as `input.address.city`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Box<str>>);

impl Path {
    /// The path that is only a root.
    pub fn root(name: &str) -> Self {
        Path(vec![name.into()])
    }

    /// The path one field further down.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(name.into());
        Path(segments)
    }

    /// The names, root first.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// True when the first name of the path is `name`.
    pub fn starts_at(&self, name: &str) -> bool {
        self.segments().next() == Some(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments().enumerate() {
            if index > 0 && !segment.starts_with('[') {
                formatter.write_str(".")?;
            }
            formatter.write_str(segment)?;
        }
        Ok(())
    }
}

/// A place where an expression reads data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is read: the longest chain of names.
    pub path: Path,
    /// Where.
    pub range: TextRange,
}

impl Expression {
    /// The chain of names that the expression is, when it is nothing else; `x['y']` counts as `x.y`,
    /// and the number in `x[0]` as the name `[0]`.
    pub fn path(&self) -> Option<Path> {
        let mut names = Vec::new();
        let mut at = self;
        loop {
            match &at.kind {
                ExpressionKind::Name(name) => {
                    names.push(name.clone());
                    names.reverse();
                    return Some(Path(names));
                }
                ExpressionKind::Member { object, field } => {
                    names.push(field.text.clone());
                    at = object;
                }
                ExpressionKind::Index { object, index } => {
                    names.push(index.as_segment()?);
                    at = object;
                }
                ExpressionKind::Literal(_)
                | ExpressionKind::Unary { .. }
                | ExpressionKind::Binary { .. }
                | ExpressionKind::Conditional { .. }
                | ExpressionKind::Call { .. }
                | ExpressionKind::Method { .. }
                | ExpressionKind::Has { .. }
                | ExpressionKind::Comprehension(_)
                | ExpressionKind::List(_)
                | ExpressionKind::Map(_) => return None,
            }
        }
    }

    fn as_segment(&self) -> Option<Box<str>> {
        let ExpressionKind::Literal(literal) = &self.kind else {
            return None;
        };
        match literal {
            Literal::Text(text) => Some(text.as_ref().into()),
            Literal::Integer(index) => Some(format!("[{index}]").into()),
            Literal::Null | Literal::Boolean(_) | Literal::Decimal(_) => None,
        }
    }

    /// The text of a string literal.
    pub fn as_text(&self) -> Option<&str> {
        if let ExpressionKind::Literal(Literal::Text(text)) = &self.kind {
            Some(text)
        } else {
            None
        }
    }

    /// Everything the expression reads outside itself, in reading order; variables of macros are
    /// not outside. A `has()` counts as reading its field.
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        self.collect_references(&mut Vec::new(), &mut found);
        found
    }

    fn collect_references<'a>(&'a self, bound: &mut Vec<&'a str>, found: &mut Vec<Reference>) {
        if let Some(path) = self.path() {
            if !bound.iter().any(|name| path.starts_at(name)) {
                let range = self.range;
                found.push(Reference { path, range });
            }
            return;
        }
        if let ExpressionKind::Has { object, field } = &self.kind
            && let Some(path) = object.path()
        {
            if !bound.iter().any(|name| path.starts_at(name)) {
                found.push(Reference {
                    path: path.field(&field.text),
                    range: object.range.to(field.range),
                });
            }
            return;
        }
        if let ExpressionKind::Comprehension(comprehension) = &self.kind {
            comprehension.over.collect_references(bound, found);
            bound.push(&comprehension.variable.text);
            for inner in comprehension.filter.iter().chain([&comprehension.body]) {
                inner.collect_references(bound, found);
            }
            bound.pop();
            return;
        }
        for child in self.children() {
            child.collect_references(bound, found);
        }
    }

    /// The expressions directly inside, in reading order.
    pub fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Name(_) => Vec::new(),
            ExpressionKind::Member { object, .. } | ExpressionKind::Has { object, .. } => {
                vec![object]
            }
            ExpressionKind::Index { object, index } => vec![object, index],
            ExpressionKind::Unary { operand, .. } => vec![operand],
            ExpressionKind::Binary { left, right, .. } => vec![left, right],
            ExpressionKind::Conditional {
                condition,
                then,
                otherwise,
            } => vec![condition, then, otherwise],
            ExpressionKind::Call { arguments, .. } => arguments.iter().collect(),
            ExpressionKind::Method {
                receiver,
                arguments,
                ..
            } => [&**receiver].into_iter().chain(arguments).collect(),
            ExpressionKind::Comprehension(comprehension) => [&comprehension.over]
                .into_iter()
                .chain(&comprehension.filter)
                .chain([&comprehension.body])
                .collect(),
            ExpressionKind::List(elements) => elements.iter().collect(),
            ExpressionKind::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::expr::parse;

    fn references(text: &str) -> Vec<String> {
        let found = parse(text).unwrap().references();
        found
            .iter()
            .map(|reference| format!("{} <- {}", reference.path, reference.range.of(text)))
            .collect()
    }

    #[test]
    fn references_are_the_longest_chains_outside_the_expression() {
        assert_eq!(
            references("has(input.a) && input['b'].c[0].d > steps.x.size()"),
            [
                "input.a <- input.a",
                "input.b.c[0].d <- input['b'].c[0].d",
                "steps.x <- steps.x"
            ]
        );
        assert_eq!(
            references("input.lines.all(line, line.a in lists.b && has(line.c)) || line"),
            [
                "input.lines <- input.lines",
                "lists.b <- lists.b",
                "line <- line"
            ]
        );
        assert_eq!(
            references("input[case.key].total"),
            ["input <- input", "case.key <- case.key"]
        );
    }

    #[test]
    fn trees_that_say_the_same_are_equal_wherever_they_stand() {
        let tree = |text: &str| parse(text).unwrap();
        assert_eq!(tree("a.b==  \"x\""), tree("((a.b) == 'x') // same"));
        assert_eq!(tree("x >= 500.00"), tree("x >= 500.0"));
        assert_ne!(tree("x >= 500"), tree("x >= 500.0"));
        assert_ne!(tree("a.b"), tree("a['b']"));
        let distinct: HashSet<_> = ["a + b", "(a)+(b)", "b + a"].map(tree).into();
        assert_eq!(distinct.len(), 2);
    }
}
