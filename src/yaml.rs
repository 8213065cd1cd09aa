//! Text to [`Document`]s: YAML 1.2 with a byte span on every node, comments kept, anchors and
//! merge keys resolved, and hard limits. The only module that names the YAML parser.
//!
//! Offset 0 of a span is the first byte of the file, a byte-order mark included.

mod builder;
pub mod edit;
mod message;
mod node;
mod offsets;
pub mod path;
pub mod rewrite;
pub mod rules;

use granit_parser::{Event, Options, Parser};

use crate::diagnostic::{Checked, Diagnostic};
use crate::source::{SourceId, Span};
use builder::Builder;
pub use node::{
    CollectionStyle, Comment, Content, Document, Entry, Mapping, NodeRef, Resolved, Scalar,
    ScalarStyle, Sequence,
};
pub use offsets::Offsets;

/// Hard limits; crossing one is a finding that names it.
pub mod limits {
    /// How deep collections may nest, aliases followed.
    pub const NESTING: usize = 128;
    /// How many nodes one document may have, written ones only.
    pub const NODES: usize = 2_000_000;
    /// How many nodes one document may have once every alias is followed.
    pub const EXPANDED_NODES: u64 = 1_000_000;
}

/// All documents of one file, in order, with every comment.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The documents that could be read.
    pub documents: Vec<Document>,
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// False when a document could not be read, so that what it says is unknown.
    pub is_whole: bool,
}

/// Reads one file. Never fails: what is broken becomes a finding, and reading goes on with the
/// next document.
pub fn parse(source: SourceId, text: &str) -> Checked<Stream> {
    let mut stream = Stream {
        documents: Vec::new(),
        comments: Vec::new(),
        is_whole: true,
    };
    let mut diagnostics = Vec::new();
    let mut options = Options::default();
    options.strict_indentation = true;
    options.block_nesting_limit = limits::NESTING;
    options.flow_nesting_limit = limits::NESTING;
    options.max_buffered_comment_events = 100_000;
    options.emit_unresolved_aliases = true;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::new(source, text);
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((Event::DocumentStart(..), _))) => builder = Builder::new(source, text),
            Some(Ok((Event::DocumentEnd, _))) => {
                let checked = std::mem::replace(&mut builder, Builder::new(source, text)).finish();
                stream.is_whole &= checked.value.is_some();
                stream.documents.extend(checked.value);
                diagnostics.extend(checked.diagnostics);
            }
            Some(Ok((Event::Comment(comment, _), span))) => stream.comments.push(Comment {
                text: comment.as_ref().into(),
                span: range(source, text, &span),
            }),
            Some(Ok((event, span))) => builder.event(&event, range(source, text, &span)),
            Some(Err(error)) => {
                stream.is_whole = false;
                let error = message::syntax_error(source, text, &error);
                let abandoned = builder.abandon();
                let follows = abandoned
                    .last()
                    .is_some_and(|last| are_on_one_line(text, last.span, error.span));
                diagnostics.extend(abandoned);
                diagnostics.extend((!follows).then_some(error));
                builder = Builder::new(source, text);
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    Checked {
        value: stream,
        diagnostics,
    }
}

fn range(source: SourceId, text: &str, span: &granit_parser::Span) -> Span {
    let range = span.byte_range().unwrap_or(0..0);
    let start = floor_boundary(text, range.start);
    let end = floor_boundary(text, range.end);
    Span::new(source, start..end.max(start))
}

/// True when nothing but characters of one line stands between the two.
fn are_on_one_line(text: &str, first: Span, second: Span) -> bool {
    let between = text.get(first.start as usize..second.start as usize);
    between.is_some_and(|between| !between.contains('\n'))
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

/// A finding of `invalid-yaml` at a span.
fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&rules::INVALID_YAML, span, message)
}
