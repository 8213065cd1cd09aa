//! The flat arena of one YAML document: every node with the bytes it was written in.

use std::borrow::Cow;

use super::offsets::Offsets;
use crate::source::{SourceId, Span};

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|` or `>`.
    Block,
}

/// How a mapping or sequence is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionStyle {
    /// Indented lines.
    Block,
    /// `{…}` or `[…]`.
    Flow,
}

/// The index of a node in its [`Document`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// The text of a scalar: most equal the characters in the source, so only others are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ScalarText {
    AsWritten,
    Decoded(Box<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar {
        style: ScalarStyle,
        text: ScalarText,
        forced_text: bool,
    },
    Sequence {
        style: CollectionStyle,
        children: ChildRange,
    },
    Mapping {
        style: CollectionStyle,
        children: ChildRange,
    },
    Alias(NodeId),
}

/// Children of a collection in [`Document::children`]; keys and values alternate in a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ChildRange {
    pub(super) first: u32,
    pub(super) length: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) kind: Kind,
}

/// One document of a YAML stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub(super) source: SourceId,
    pub(super) nodes: Vec<Node>,
    pub(super) children: Vec<NodeId>,
    pub(super) root: NodeId,
}

impl Document {
    /// The outermost node; `text` is the text of the file that the document was parsed from.
    pub fn root<'a>(&'a self, text: &'a str) -> NodeRef<'a> {
        NodeRef {
            document: self,
            text,
            written: self.root,
            id: self.root,
        }
        .resolved()
    }

    /// The file that the document was parsed from.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// From the first to the last character of the document's content.
    pub fn span(&self) -> Span {
        let node = &self.nodes[self.root.index()];
        Span::new(self.source, node.start as usize..node.end as usize)
    }
}

/// One node of a document; aliases have been followed already.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'a> {
    document: &'a Document,
    text: &'a str,
    written: NodeId,
    id: NodeId,
}

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Text, a number, a boolean or nothing.
    Scalar(Scalar<'a>),
    /// A list.
    Sequence(Sequence<'a>),
    /// Keys with values.
    Mapping(Mapping<'a>),
}

impl<'a> NodeRef<'a> {
    fn at(self, id: NodeId) -> Self {
        NodeRef {
            written: id,
            id,
            ..self
        }
        .resolved()
    }

    fn resolved(mut self) -> Self {
        while let Kind::Alias(target) = self.node().kind {
            self.id = target;
        }
        self
    }

    fn node(self) -> &'a Node {
        &self.document.nodes[self.id.index()]
    }

    /// Where the node is written; for an alias, where the alias is written.
    pub fn span(self) -> Span {
        let node = &self.document.nodes[self.written.index()];
        Span::new(self.document.source, node.start as usize..node.end as usize)
    }

    /// True when the node was reached through an alias (`*name`).
    pub fn is_alias(self) -> bool {
        self.written != self.id
    }

    /// What the node is.
    pub fn content(self) -> Content<'a> {
        match &self.node().kind {
            Kind::Scalar {
                style,
                text,
                forced_text,
            } => Content::Scalar(Scalar {
                node: self,
                style: *style,
                decoded: text,
                forced_text: *forced_text,
            }),
            Kind::Sequence { style, children } => Content::Sequence(Sequence {
                node: self,
                style: *style,
                children: *children,
            }),
            Kind::Mapping { style, children } => Content::Mapping(Mapping {
                node: self,
                style: *style,
                children: *children,
            }),
            Kind::Alias(target) => self.at(*target).content(),
        }
    }

    /// The scalar, when the node is one.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        match self.content() {
            Content::Scalar(scalar) => Some(scalar),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    /// The mapping, when the node is one.
    pub fn mapping(self) -> Option<Mapping<'a>> {
        match self.content() {
            Content::Mapping(mapping) => Some(mapping),
            Content::Sequence(_) | Content::Scalar(_) => None,
        }
    }

    /// The sequence, when the node is one.
    pub fn sequence(self) -> Option<Sequence<'a>> {
        match self.content() {
            Content::Sequence(sequence) => Some(sequence),
            Content::Mapping(_) | Content::Scalar(_) => None,
        }
    }

    /// True for an empty value, `~` or `null`.
    pub fn is_null(self) -> bool {
        self.scalar()
            .is_some_and(|scalar| scalar.resolve() == Resolved::Null)
    }

    fn children(self, range: ChildRange) -> impl ExactSizeIterator<Item = NodeRef<'a>> {
        let first = range.first as usize;
        self.document.children[first..first + range.length as usize]
            .iter()
            .map(move |id| self.at(*id))
    }
}

/// A scalar node.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'a> {
    node: NodeRef<'a>,
    /// How it is written.
    pub style: ScalarStyle,
    decoded: &'a ScalarText,
    forced_text: bool,
}

/// The meaning of a scalar under the YAML 1.2 core schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// Empty, `~`, `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, decimal, `0x…` or `0o…`.
    Integer,
    /// A number with a point or exponent, `.inf`, `.nan`.
    Number,
    /// Anything else, and everything quoted.
    Text,
}

impl<'a> Scalar<'a> {
    /// The value with escapes and folding undone.
    pub fn text(self) -> &'a str {
        match self.decoded {
            ScalarText::Decoded(text) => text,
            ScalarText::AsWritten => {
                let node = self.node.node();
                let written = &self.node.text[node.start as usize..node.end as usize];
                match self.style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => written
                        .get(1..written.len().saturating_sub(1))
                        .unwrap_or(""),
                    ScalarStyle::Plain | ScalarStyle::Block => written,
                }
            }
        }
    }

    /// The characters in the source, quotes included.
    pub fn written(self) -> &'a str {
        let node = self.node.node();
        &self.node.text[node.start as usize..node.end as usize]
    }

    /// Where the bytes of the value stand in the source.
    pub fn offsets(self) -> Offsets {
        let node = self.node.node();
        let source = self.node.document.source;
        let quote = u32::from(matches!(
            self.style,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
        ));
        match self.decoded {
            ScalarText::AsWritten => Offsets::verbatim(source, node.start + quote),
            ScalarText::Decoded(text) => {
                Offsets::decoded(source, node.start, self.written(), self.style, text)
            }
        }
    }

    /// The meaning under the core schema.
    pub fn resolve(self) -> Resolved {
        if self.style != ScalarStyle::Plain || self.forced_text {
            return Resolved::Text;
        }
        resolve_plain(self.text())
    }
}

fn resolve_plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Boolean(true),
        "false" | "False" | "FALSE" => return Resolved::Boolean(false),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned.as_bytes().first() {
        Some(b'0'..=b'9' | b'.') => resolve_number(text, unsigned),
        _ => Resolved::Text,
    }
}

fn resolve_number(text: &str, unsigned: &str) -> Resolved {
    let all = |digits: &str, accept: fn(&u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|byte| accept(&byte))
    };
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return if all(hexadecimal, u8::is_ascii_hexdigit) {
            Resolved::Integer
        } else {
            Resolved::Text
        };
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return if all(octal, |byte| (b'0'..=b'7').contains(byte)) {
            Resolved::Integer
        } else {
            Resolved::Text
        };
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Resolved::Number;
    }
    if all(unsigned, u8::is_ascii_digit) {
        return Resolved::Integer;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        ),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_ok =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_ok = exponent.is_none_or(|exponent| all(exponent, u8::is_ascii_digit));
    if mantissa_ok && exponent_ok {
        Resolved::Number
    } else {
        Resolved::Text
    }
}

/// A sequence node.
#[derive(Debug, Clone, Copy)]
pub struct Sequence<'a> {
    node: NodeRef<'a>,
    /// How it is written.
    pub style: CollectionStyle,
    children: ChildRange,
}

impl<'a> Sequence<'a> {
    /// The items in order.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'a>> {
        self.node.children(self.children)
    }

    /// How many items.
    pub fn len(self) -> usize {
        self.children.length as usize
    }

    /// True for `[]`.
    pub fn is_empty(self) -> bool {
        self.children.length == 0
    }
}

/// A mapping node; merge keys have been resolved, keys are unique scalars.
#[derive(Debug, Clone, Copy)]
pub struct Mapping<'a> {
    node: NodeRef<'a>,
    /// How it is written.
    pub style: CollectionStyle,
    children: ChildRange,
}

/// One key with its value.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The key's text.
    pub name: &'a str,
    /// The key.
    pub key: NodeRef<'a>,
    /// The value.
    pub value: NodeRef<'a>,
}

impl<'a> Mapping<'a> {
    /// The node itself.
    pub fn node(self) -> NodeRef<'a> {
        self.node
    }

    /// The entries in written order; merged ones follow.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let first = self.children.first as usize;
        self.node.document.children[first..first + self.children.length as usize]
            .chunks_exact(2)
            .map(move |pair| {
                let key = self.node.at(pair[0]);
                Entry {
                    name: key.scalar().map_or("", Scalar::text),
                    key,
                    value: self.node.at(pair[1]),
                }
            })
    }

    /// The entry with this key.
    pub fn get(self, name: &str) -> Option<Entry<'a>> {
        self.entries().find(|entry| entry.name == name)
    }

    /// True for `{}`.
    pub fn is_empty(self) -> bool {
        self.children.length == 0
    }
}

/// A comment with its place; the text excludes `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text after `#`.
    pub text: Box<str>,
    /// The whole comment, `#` included.
    pub span: Span,
}

/// The text of a scalar event, kept only where it differs from the source.
pub(super) fn scalar_text(value: &str, written: &str, style: ScalarStyle) -> ScalarText {
    let as_written = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => written
            .get(1..written.len().saturating_sub(1))
            .is_some_and(|inner| inner == value),
        ScalarStyle::Plain | ScalarStyle::Block => written == value,
    };
    if as_written {
        ScalarText::AsWritten
    } else {
        ScalarText::Decoded(Cow::Borrowed(value).into())
    }
}

impl Document {
    pub(super) fn node_at<'a>(&'a self, text: &'a str, id: NodeId) -> NodeRef<'a> {
        NodeRef {
            document: self,
            text,
            written: id,
            id,
        }
        .resolved()
    }

    pub(super) fn child_ids(&self, range: ChildRange) -> &[NodeId] {
        let first = range.first as usize;
        &self.children[first..first + range.length as usize]
    }
}
