//! Parser events to the arena of one document, with duplicate keys, aliases and merge keys.

use std::collections::HashMap;

use granit_parser::{Event, ScalarStyle as ParsedStyle, StructureStyle, Tag};

use super::node::{
    ChildRange, CollectionStyle, Document, Kind, Node, NodeId, ScalarStyle, scalar_text,
};
use super::{invalid, limits};
use crate::diagnostic::{Checked, Diagnostic};
use crate::source::{SourceId, Span};

/// Anchor id that the parser gives to nodes without an anchor.
const NO_ANCHOR: usize = 0;

pub(super) struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    document: Document,
    /// Nodes below each node with every alias followed, and the height of the tree below it.
    extents: Vec<Extent>,
    open: Vec<OpenCollection>,
    anchors: HashMap<usize, NodeId>,
    has_root: bool,
    full: bool,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, Copy)]
struct Extent {
    nodes: u64,
    height: usize,
}

struct OpenCollection {
    mapping: bool,
    style: CollectionStyle,
    start: u32,
    anchor: usize,
    children: Vec<NodeId>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: SourceId, text: &'a str) -> Self {
        Builder {
            source,
            text,
            document: Document {
                source,
                nodes: Vec::new(),
                children: Vec::new(),
                root: NodeId(0),
            },
            extents: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            has_root: false,
            full: false,
            diagnostics: Vec::new(),
        }
    }

    /// What was found wrong before a syntax error ended the document.
    pub(super) fn abandon(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub(super) fn finish(self) -> Checked<Option<Document>> {
        let usable = self.has_root && !self.full;
        Checked {
            value: usable.then_some(self.document),
            diagnostics: self.diagnostics,
        }
    }

    pub(super) fn event(&mut self, event: &Event<'_>, span: Span) {
        if self.full {
            return;
        }
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let forced_text = self.tag_means_text(tag.as_deref(), span);
                let style = scalar_style(*style);
                let mut span = self.scalar_span(span, style);
                let mut text = scalar_text(value, &self.text[span.range()], style);
                let is_plain = style == ScalarStyle::Plain;
                if let Some(tag) = tag.as_deref().filter(|tag| is_plain && is_foreign(tag)) {
                    // `when: !done` is an expression to its author, not a tag.
                    span = self.written_before(&tag.original(), span).to(span);
                    text = super::node::ScalarText::AsWritten;
                } else if is_plain && span.start == span.end {
                    text = scalar_text("", "", style);
                }
                self.add(
                    span,
                    Kind::Scalar {
                        style,
                        text,
                        forced_text,
                    },
                    Extent {
                        nodes: 1,
                        height: 0,
                    },
                    *anchor,
                );
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(false, *style, *anchor, tag.as_deref(), span)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(true, *style, *anchor, tag.as_deref(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(*anchor, span),
            Event::UnresolvedAlias(name) => {
                self.diagnostics.push(
                    invalid(
                        span,
                        format!(
                            "the alias `*{name}` has no anchor `&{name}` before it in this document"
                        ),
                    )
                    .help(format!(
                        "write `&{name}` before the value that is meant, or repeat the value here"
                    )),
                );
                self.add_null(span);
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Comment(..)
            | Event::Anchor(..) => {}
            _ => {}
        }
    }

    fn open(
        &mut self,
        mapping: bool,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) {
        self.tag_means_text(tag, span);
        self.open.push(OpenCollection {
            mapping,
            style: match style {
                StructureStyle::Block => CollectionStyle::Block,
                StructureStyle::Flow => CollectionStyle::Flow,
            },
            start: span.start,
            anchor,
            children: Vec::new(),
        });
    }

    fn close(&mut self, end: Span) {
        let Some(mut collection) = self.open.pop() else {
            return;
        };
        let mut extent = Extent {
            nodes: 1,
            height: 0,
        };
        if collection.mapping {
            collection.children = self.check_entries(&collection.children);
        }
        for child in &collection.children {
            let below = self.extents[child.0 as usize];
            extent.nodes = extent.nodes.saturating_add(below.nodes);
            extent.height = extent.height.max(below.height + 1);
        }
        let end = self.collection_end(&collection, end);
        let span = Span {
            source: self.source,
            start: collection.start,
            end: end.max(collection.start),
        };
        let first = index(self.document.children.len());
        let children = ChildRange {
            first,
            length: index(collection.children.len()),
        };
        self.document.children.extend(&collection.children);
        let style = collection.style;
        let kind = if collection.mapping {
            Kind::Mapping { style, children }
        } else {
            Kind::Sequence { style, children }
        };
        self.add(span, kind, extent, collection.anchor);
    }

    /// A flow collection ends at its bracket, a block collection with its last child.
    fn collection_end(&self, collection: &OpenCollection, end: Span) -> u32 {
        match (collection.style, collection.children.last()) {
            (CollectionStyle::Flow, _) => end.end,
            (CollectionStyle::Block, None) => collection.start,
            (CollectionStyle::Block, Some(_)) => collection
                .children
                .iter()
                .map(|child| self.node(*child).end)
                .filter(|child_end| *child_end <= end.end)
                .max()
                .unwrap_or(collection.start),
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        if let Some(target) = self.anchors.get(&anchor).copied() {
            let extent = self.extents[target.0 as usize];
            self.add(span, Kind::Alias(target), extent, NO_ANCHOR);
        } else {
            self.diagnostics.push(
                invalid(span, "this alias stands inside the value that it refers to, so the value would never end")
                    .help("write the value out instead of the alias"),
            );
            self.add_null(span);
        }
    }

    fn add_null(&mut self, span: Span) {
        let kind = Kind::Scalar {
            style: ScalarStyle::Plain,
            text: super::node::ScalarText::Decoded("".into()),
            forced_text: false,
        };
        self.add(
            span,
            kind,
            Extent {
                nodes: 1,
                height: 0,
            },
            NO_ANCHOR,
        );
    }

    fn add(&mut self, span: Span, kind: Kind, extent: Extent, anchor: usize) {
        let id = NodeId(index(self.document.nodes.len()));
        self.document.nodes.push(Node {
            start: span.start,
            end: span.end,
            kind,
        });
        self.extents.push(extent);
        if anchor != NO_ANCHOR {
            self.anchors.insert(anchor, id);
        }
        self.check_limits(span, extent);
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(id);
        } else if !self.has_root {
            self.document.root = id;
            self.has_root = true;
        }
    }

    fn check_limits(&mut self, span: Span, extent: Extent) {
        let broken = if extent.nodes > limits::EXPANDED_NODES {
            Some(format!(
                "aliases expand to more than the limit of {} values",
                limits::EXPANDED_NODES
            ))
        } else if extent.height + self.open.len() > limits::NESTING {
            Some(format!(
                "values nest deeper than the limit of {} levels",
                limits::NESTING
            ))
        } else if self.document.nodes.len() + self.document.children.len() > 2 * limits::NODES {
            Some(format!(
                "the document has more than the limit of {} values",
                limits::NODES
            ))
        } else {
            None
        };
        if let Some(message) = broken {
            self.full = true;
            self.diagnostics.push(
                invalid(span, message).help("split the file, or write out what is really meant"),
            );
        }
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.document.nodes[id.0 as usize]
    }

    fn followed(&self, mut id: NodeId) -> NodeId {
        while let Kind::Alias(target) = self.node(id).kind {
            id = target;
        }
        id
    }

    fn span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span {
            source: self.source,
            start: node.start,
            end: node.end,
        }
    }

    /// The text of a scalar node, `None` for collections.
    fn text_of(&self, id: NodeId) -> Option<&str> {
        self.document
            .node_at(self.text, self.followed(id))
            .scalar()
            .map(super::Scalar::text)
    }

    /// Drops faulty entries and appends those of merge keys; the written ones win.
    fn check_entries(&mut self, children: &[NodeId]) -> Vec<NodeId> {
        let mut entries: Vec<NodeId> = Vec::with_capacity(children.len());
        let mut seen: HashMap<String, NodeId> = HashMap::new();
        let mut merges = Vec::new();
        for pair in children.chunks_exact(2) {
            let (key, value) = (pair[0], pair[1]);
            let Some(text) = self.text_of(key).map(str::to_owned) else {
                self.diagnostics.push(
                    invalid(
                        self.span(key),
                        "a key must be text, not a list or a mapping",
                    )
                    .help("a value such as `${ … }` that begins with a bracket needs quotes"),
                );
                continue;
            };
            if text == "<<"
                && matches!(
                    self.node(key).kind,
                    Kind::Scalar {
                        style: ScalarStyle::Plain,
                        ..
                    }
                )
            {
                merges.push(value);
                continue;
            }
            if let Some(first) = seen.get(&text).copied() {
                self.diagnostics.push(
                    invalid(
                        self.span(key),
                        format!("the key `{text}` is written twice in this mapping"),
                    )
                    .note("written again here")
                    .label(self.span(first), "first written here")
                    .help("keep one of the two; readers disagree about which one counts"),
                );
                continue;
            }
            seen.insert(text, key);
            entries.extend([key, value]);
        }
        for merged in merges {
            self.merge(merged, &mut seen, &mut entries);
        }
        entries
    }

    fn merge(
        &mut self,
        value: NodeId,
        seen: &mut HashMap<String, NodeId>,
        entries: &mut Vec<NodeId>,
    ) {
        let target = self.followed(value);
        let sources = match self.node(target).kind {
            Kind::Mapping { .. } => vec![target],
            Kind::Sequence { children, .. } => self.document.child_ids(children).to_vec(),
            Kind::Scalar { .. } | Kind::Alias(_) => Vec::new(),
        };
        let mappings: Vec<ChildRange> = sources
            .iter()
            .filter_map(|source| match self.node(self.followed(*source)).kind {
                Kind::Mapping { children, .. } => Some(children),
                Kind::Sequence { .. } | Kind::Scalar { .. } | Kind::Alias(_) => None,
            })
            .collect();
        if mappings.is_empty() || mappings.len() != sources.len() {
            self.diagnostics.push(
                invalid(
                    self.span(value),
                    "the merge key `<<` takes a mapping or a list of mappings",
                )
                .help("write `<<: *name`, where `&name` stands before a mapping"),
            );
        }
        for children in mappings {
            for pair in self.document.child_ids(children).to_vec().chunks_exact(2) {
                let text = self.text_of(pair[0]).unwrap_or_default().to_owned();
                if let std::collections::hash_map::Entry::Vacant(free) = seen.entry(text) {
                    free.insert(pair[0]);
                    entries.extend_from_slice(pair);
                }
            }
        }
    }

    /// Trims what the parser counts to a block scalar beyond its content.
    fn scalar_span(&self, span: Span, style: ScalarStyle) -> Span {
        if style != ScalarStyle::Block {
            return span;
        }
        let written = &self.text[span.range()];
        let trimmed = written.trim_end_matches([' ', '\t', '\r', '\n']);
        Span {
            end: span.start + index(trimmed.len()),
            ..span
        }
    }

    /// Where a tag or anchor stands that the parser read with the value at `span`.
    fn written_before(&self, written: &str, span: Span) -> Span {
        match self.text[..span.start as usize].rfind(written) {
            Some(start) => Span::new(self.source, start..start + written.len()),
            None => span,
        }
    }

    /// Core-schema tags are understood, `!!str` forces text; any other tag is reported.
    fn tag_means_text(&mut self, tag: Option<&Tag>, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        if is_foreign(tag) {
            let written = tag.original();
            let place = self.written_before(&written, span);
            self.diagnostics.push(
                invalid(place, format!("the tag `{written}` has no meaning here"))
                    .help("put the whole value in quotes if it is text that begins with `!`, or remove the tag"),
            );
        }
        tag.core_suffix() == Some("str")
    }
}

/// True for a tag that is not one of the core schema.
fn is_foreign(tag: &Tag) -> bool {
    !matches!(
        tag.core_suffix(),
        Some("str" | "map" | "seq" | "int" | "float" | "bool" | "null")
    )
}

fn scalar_style(style: ParsedStyle) -> ScalarStyle {
    match style {
        ParsedStyle::Plain => ScalarStyle::Plain,
        ParsedStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        ParsedStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        ParsedStyle::Literal | ParsedStyle::Folded => ScalarStyle::Block,
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
