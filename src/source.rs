//! Texts and places in them: what every later stage points at.
//!
//! A [`Span`] is a small `Copy` value (file id plus byte range); turning it into lines and
//! columns happens only in `report`, through [`Sources`].

pub mod git;
mod ignored;
mod memory;
mod read;
mod tree;
mod worktree;

use std::ops::Range;

pub use memory::Memory;
pub use read::{MAX_FILE_BYTES, Reading, Reason, Unreadable, read};
pub use tree::{SourceTree, TreeError};
pub use worktree::Worktree;

/// Identifies one file of a [`Sources`] collection; only meaningful together with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// The position of the file in [`Sources::iter`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte, counted from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; files are limited to far less than 4 GiB (see `yaml::limits`).
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span {
            source,
            start: clamp(range.start),
            end: clamp(range.end.max(range.start)),
        }
    }

    /// The byte range, for slicing the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// True when `other` lies inside this span, borders included.
    pub fn contains(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both; `other` must be of the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The empty span at the start of this one.
    #[must_use]
    pub fn before(self) -> Span {
        Span {
            end: self.start,
            ..self
        }
    }

    /// The empty span at the end of this one.
    #[must_use]
    pub fn after(self) -> Span {
        Span {
            start: self.end,
            ..self
        }
    }
}

/// A value together with the characters that the author wrote for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a place on a value.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }

    /// Borrows the value, keeping the place.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned {
            value: &self.value,
            span: self.span,
        }
    }
}

/// One file: its path relative to the project root (with `/`) and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    path: String,
    text: String,
    line_starts: Vec<u32>,
    is_read: bool,
    is_document: bool,
}

/// A position for people: line and column start at 1, columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
    /// Byte offset in the file, from 0.
    pub byte: u32,
}

impl SourceFile {
    fn new(path: String, text: String) -> Self {
        let line_starts = std::iter::once(0).chain(memchr_newlines(&text)).collect();
        SourceFile {
            path,
            text,
            line_starts,
            is_read: true,
            is_document: true,
        }
    }

    /// Whether documents of the project are read from it; false for files that documents refer to
    /// and in which findings can stand.
    pub fn is_document(&self) -> bool {
        self.is_document
    }

    /// A file whose text could not be had, with an empty one in its place.
    fn unread(path: String) -> Self {
        SourceFile {
            is_read: false,
            ..SourceFile::new(path, String::new())
        }
    }

    /// True when the text is that of the file.
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// Path relative to the project root, with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text, a leading byte-order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same file with `*` for every byte of the ranges, so that lines and offsets stay.
    #[must_use]
    pub fn masked(&self, ranges: &[Range<usize>]) -> SourceFile {
        let mut text = String::with_capacity(self.text.len());
        for (offset, character) in self.text.char_indices() {
            if character != '\n' && ranges.iter().any(|range| range.contains(&offset)) {
                text.extend(std::iter::repeat_n('*', character.len_utf8()));
            } else {
                text.push(character);
            }
        }
        SourceFile {
            text,
            ..self.clone()
        }
    }

    /// The position of a byte offset; offsets past the end give the end.
    pub fn position(&self, byte: u32) -> Position {
        let length = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let byte = byte.min(length);
        let line = self.line_starts.partition_point(|start| *start <= byte) - 1;
        let line_start = self.line_starts[line] as usize;
        let before = &self.text[line_start..byte as usize];
        // Editors do not show a byte-order mark, so it takes no column.
        let has_mark = line == 0 && before.starts_with('\u{feff}');
        let column = before.chars().count() - usize::from(has_mark);
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1),
            column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
            byte,
        }
    }
}

fn memchr_newlines(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.bytes()
        .enumerate()
        .filter(|(_, byte)| *byte == b'\n')
        .map(|(index, _)| u32::try_from(index + 1).unwrap_or(u32::MAX))
}

/// All texts of one project state, in path order.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and gives its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.push(SourceFile::new(path.into(), text.into()))
    }

    /// Adds a file that documents refer to.
    pub fn add_beside(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.push(SourceFile {
            is_document: false,
            ..SourceFile::new(path.into(), text.into())
        })
    }

    fn push(&mut self, file: SourceFile) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(file);
        id
    }

    /// The file of an id handed out by this collection.
    pub fn file(&self, id: SourceId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// The characters of a span.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.source).text[span.range()]
    }

    /// Every file with its id, in path order.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (SourceId(u32::try_from(index).unwrap_or(u32::MAX)), file))
    }

    /// The id of the file at `path`, when there is one.
    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.iter()
            .find(|(_, file)| file.path == path)
            .map(|(id, _)| id)
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True when nothing was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
