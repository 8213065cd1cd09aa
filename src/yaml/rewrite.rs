//! Documents made from the nodes of another document: every part keeps the place of its origin.
//!
//! This is how a file of a foreign form is read by the decoders of the language: it is put into
//! the form of the language first, and whatever is found wrong points at the author's characters.

use super::node::{
    ChildRange, CollectionStyle, Document, Kind, Node, NodeId, NodeRef, ScalarStyle, ScalarText,
};
use super::{Content, Resolved};
use crate::source::{SourceId, Span};

/// A node to be, with the place that it stands for.
#[derive(Debug, Clone)]
pub struct Part {
    span: Span,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Scalar {
        style: ScalarStyle,
        forced_text: bool,
        text: String,
    },
    Sequence(Vec<Part>),
    Mapping(Vec<(Part, Part)>),
}

impl Part {
    /// A node as it is, with everything below it.
    pub fn of(node: NodeRef<'_>) -> Part {
        let form = match node.content() {
            Content::Scalar(scalar) => Form::Scalar {
                style: scalar.style,
                forced_text: scalar.resolve() == Resolved::Text,
                text: scalar.text().to_owned(),
            },
            Content::Sequence(sequence) => Form::Sequence(sequence.items().map(Part::of).collect()),
            Content::Mapping(mapping) => Form::Mapping(
                mapping
                    .entries()
                    .map(|entry| {
                        let key = Part::text(entry.key.span(), entry.name);
                        (key, Part::of(entry.value))
                    })
                    .collect(),
            ),
        };
        Part {
            span: node.span(),
            form,
        }
    }

    /// Text.
    pub fn text(span: Span, text: impl Into<String>) -> Part {
        // Not quoted: the characters of the origin need not be those of the text.
        let style = ScalarStyle::Block;
        Part::scalar(span, style, text.into())
    }

    /// A number or boolean, as it is written without quotes.
    pub fn literal(span: Span, text: impl Into<String>) -> Part {
        Part::scalar(span, ScalarStyle::Plain, text.into())
    }

    fn scalar(span: Span, style: ScalarStyle, text: String) -> Part {
        let forced_text = false;
        let form = Form::Scalar {
            style,
            forced_text,
            text,
        };
        Part { span, form }
    }

    /// A list.
    pub fn list(span: Span, items: Vec<Part>) -> Part {
        Part {
            span,
            form: Form::Sequence(items),
        }
    }

    /// A mapping without entries.
    pub fn mapping(span: Span) -> Part {
        Part {
            span,
            form: Form::Mapping(Vec::new()),
        }
    }

    /// Where the part comes from.
    pub fn span(&self) -> Span {
        self.span
    }

    /// True for a list or mapping without anything in it.
    pub fn is_empty(&self) -> bool {
        match &self.form {
            Form::Scalar { .. } => false,
            Form::Sequence(items) => items.is_empty(),
            Form::Mapping(entries) => entries.is_empty(),
        }
    }

    /// Adds an entry to a mapping, unless the key is there already; nothing happens elsewhere.
    pub fn put(&mut self, key_span: Span, key: &str, value: Part) {
        let Form::Mapping(entries) = &mut self.form else {
            return;
        };
        let is_there = entries.iter().any(|(known, _)| known.is_text(key));
        if !is_there {
            entries.push((Part::text(key_span, key), value));
        }
    }

    /// Adds an item to the list under a key of a mapping; the list begins with its first item.
    pub fn append(&mut self, key_span: Span, key: &str, item: Part) {
        let Form::Mapping(entries) = &mut self.form else {
            return;
        };
        let list = entries.iter_mut().find(|(known, _)| known.is_text(key));
        match list.map(|(_, value)| &mut value.form) {
            Some(Form::Sequence(items)) => items.push(item),
            Some(Form::Scalar { .. } | Form::Mapping(_)) => {}
            None => {
                let list = Part::list(item.span, vec![item]);
                entries.push((Part::text(key_span, key), list));
            }
        }
    }

    fn is_text(&self, wanted: &str) -> bool {
        matches!(&self.form, Form::Scalar { text, .. } if text == wanted)
    }

    /// The document with this part as its root.
    pub fn into_document(self, source: SourceId) -> Document {
        let mut document = Document {
            source,
            nodes: Vec::new(),
            children: Vec::new(),
            root: NodeId(0),
        };
        document.root = add(&mut document, self);
        document
    }
}

fn add(document: &mut Document, part: Part) -> NodeId {
    let kind = match part.form {
        Form::Scalar {
            style,
            forced_text,
            text,
        } => Kind::Scalar {
            style,
            text: ScalarText::Decoded(text.into_boxed_str()),
            forced_text,
        },
        Form::Sequence(items) => {
            let children = items.into_iter().map(|item| add(document, item)).collect();
            Kind::Sequence {
                style: CollectionStyle::Block,
                children: keep(document, children),
            }
        }
        Form::Mapping(entries) => {
            let mut children = Vec::with_capacity(entries.len() * 2);
            for (key, value) in entries {
                children.push(add(document, key));
                children.push(add(document, value));
            }
            Kind::Mapping {
                style: CollectionStyle::Block,
                children: keep(document, children),
            }
        }
    };
    let id = NodeId(u32::try_from(document.nodes.len()).unwrap_or(u32::MAX));
    document.nodes.push(Node {
        start: part.span.start,
        end: part.span.end,
        kind,
    });
    id
}

fn keep(document: &mut Document, children: Vec<NodeId>) -> ChildRange {
    let clamp = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let range = ChildRange {
        first: clamp(document.children.len()),
        length: clamp(children.len()),
    };
    document.children.extend(children);
    range
}
