//! The lines around marked characters, made fit to be drawn: whole lines of one place, without
//! tabs, control characters and carriage returns, and cut to the width of the screen.
//!
//! miette draws spans over the text that it is given. By giving it a clean copy, the arrows stand
//! under the right characters whatever the file holds, and no odd file can make it fail.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use textwrap::core::display_width;

use crate::report::wording::visible_character;
use crate::source::SourceFile;

/// A mark over more lines than this is drawn on its first line only.
const MOST_LINES: u32 = 5;
const TAB: usize = 4;
/// Only this many bytes before and after a mark are looked at; lines can be megabytes long.
const REACH: usize = 2_000;

/// A range of bytes of the file to be marked, with what to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) label: Option<String>,
    pub(super) primary: bool,
}

/// The place to draw on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) ellipsis: &'static str,
}

/// Clean lines and the marks on them, as ranges of bytes of these lines.
#[derive(Debug)]
pub(super) struct Excerpt {
    pub(super) text: Lines,
    pub(super) marks: Vec<Mark>,
}

/// The clean lines, as miette reads them.
#[derive(Debug)]
pub(super) struct Lines {
    name: String,
    text: String,
    first_line: u32,
    count: usize,
}

impl SourceCode for Lines {
    /// Always all lines: what belongs into one picture was decided before.
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.first_line.saturating_sub(1) as usize,
            0,
            self.count,
        )))
    }
}

impl Excerpt {
    /// The lines of `file` that hold `marks`, with one line before and after, headed `name`.
    pub(super) fn new(file: &SourceFile, name: String, marks: Vec<Mark>, canvas: Canvas) -> Self {
        let text = file.text();
        let mut marks: Vec<Mark> = marks.into_iter().map(|mark| settle(file, mark)).collect();
        marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
        let first = marks.iter().map(|mark| mark.range.start).min().unwrap_or(0);
        let last = marks.iter().map(|mark| mark.range.end).max().unwrap_or(0);
        let start = with_line_before(text, line_start(text, first));
        let end = with_line_after(text, line_end(text, last));
        let first_line = line_number(file, start);
        let count = text[start..end].split('\n').count();
        let room = room(first_line as usize + count, &marks, text, canvas);

        let mut clean = String::new();
        let mut moved = marks.clone();
        let mut offset = start;
        for line in text[start..end].split('\n') {
            let whole = offset..offset + line.len();
            let cut = CleanLine::new(
                text,
                whole.clone(),
                &marks,
                Canvas {
                    width: room,
                    ..canvas
                },
            );
            for (mark, moved) in marks.iter().zip(&mut moved) {
                if (whole.start..=whole.end).contains(&mark.range.start) {
                    moved.range.start = clean.len() + cut.position(mark.range.start);
                }
                if (whole.start..=whole.end).contains(&mark.range.end) {
                    moved.range.end = clean.len() + cut.position(mark.range.end);
                }
            }
            clean.push_str(&cut.text);
            clean.push('\n');
            offset = whole.end + 1;
        }
        for mark in &mut moved {
            wrap_label(mark, &clean, room);
        }
        Excerpt {
            text: Lines {
                name,
                text: clean,
                first_line,
                count,
            },
            marks: moved,
        }
    }
}

/// Inside the text, on character borders, without line breaks at its end, and not too tall.
fn settle(file: &SourceFile, mut mark: Mark) -> Mark {
    let text = file.text();
    let start = whole_character(text, mark.range.start);
    let mut end = whole_character(text, mark.range.end).max(start);
    if text[start..end].contains('\n') {
        end = start + text[start..end].trim_end().len();
    }
    let (first, last) = (line_number(file, start), line_number(file, end));
    if last - first >= MOST_LINES {
        end = line_end(text, start);
        end = start + text[start..end].trim_end().len();
        let label = mark.label.as_deref().unwrap_or("from here");
        mark.label = Some(format!("{label} (to line {last})"));
    }
    mark.range = start..end;
    mark
}

fn whole_character(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// The line of a byte, from 1.
pub(super) fn line_number(file: &SourceFile, byte: usize) -> u32 {
    let byte = whole_character(file.text(), byte);
    file.position(u32::try_from(byte).unwrap_or(u32::MAX)).line
}

fn line_start(text: &str, byte: usize) -> usize {
    text[..byte].rfind('\n').map_or(0, |newline| newline + 1)
}

fn line_end(text: &str, byte: usize) -> usize {
    text[byte..]
        .find('\n')
        .map_or(text.len(), |newline| byte + newline)
}

/// An empty line shows nothing, so it is not worth its row.
fn with_line_before(text: &str, start: usize) -> usize {
    if start == 0 {
        return start;
    }
    let before = line_start(text, start - 1);
    if text[before..start].trim().is_empty() {
        start
    } else {
        before
    }
}

fn with_line_after(text: &str, end: usize) -> usize {
    if end == text.len() {
        return end;
    }
    let after = line_end(text, end + 1);
    if text[end..after].trim().is_empty() {
        end
    } else {
        after
    }
}

/// The columns that are left for text beside line numbers and the arrows of tall marks.
fn room(last_line: usize, marks: &[Mark], text: &str, canvas: Canvas) -> usize {
    let tall = marks
        .iter()
        .filter(|mark| text[mark.range.clone()].contains('\n'))
        .count();
    let arrows = if tall == 0 { 0 } else { tall + 3 };
    let numbers = last_line.to_string().len() + " 1 | ".len();
    canvas.width.saturating_sub(numbers + arrows).max(20)
}

/// Long labels go on below themselves instead of beyond the edge of the screen.
fn wrap_label(mark: &mut Mark, clean: &str, room: usize) {
    let Some(label) = &mark.label else { return };
    let middle = if clean[mark.range.clone()].contains('\n') {
        0
    } else {
        let start = line_start(clean, mark.range.start);
        let before = display_width(&clean[start..mark.range.start]);
        before + display_width(&clean[mark.range.clone()]) / 2
    };
    let width = room.saturating_sub(middle + 4).max(24);
    mark.label = Some(super::wrap(label, width).join("\n"));
}

/// One character of a line as it is shown; a tab is shown as some spaces.
struct Cell {
    byte: usize,
    glyph: char,
    times: usize,
    column: usize,
    width: usize,
}

/// A line made fit to be drawn, which still knows where its characters stood in the file.
struct CleanLine {
    text: String,
    cells: Vec<Cell>,
    shown: Range<usize>,
    lead: usize,
}

impl CleanLine {
    fn new(text: &str, line: Range<usize>, marks: &[Mark], canvas: Canvas) -> Self {
        let focus = focus(text, &line, marks);
        let near = whole_character(text, focus.start.saturating_sub(REACH)).max(line.start)
            ..whole_character(text, focus.start + REACH).min(line.end);
        let cells = cells(text, near.clone());
        let is_cut = near != line;
        let shown = window(&cells, &focus, is_cut, canvas);
        let before = shown.start > 0 || near.start > line.start;
        let after = shown.end < cells.len() || near.end < line.end;
        let mut clean = String::new();
        if before {
            clean.push_str(canvas.ellipsis);
        }
        let lead = clean.len();
        for cell in &cells[shown.clone()] {
            clean.extend(std::iter::repeat_n(cell.glyph, cell.times));
        }
        if after {
            clean.push_str(canvas.ellipsis);
        }
        CleanLine {
            text: clean,
            cells,
            shown,
            lead,
        }
    }

    /// Where a byte of the file stands in the clean text; what was cut away, at the cut.
    fn position(&self, byte: usize) -> usize {
        let index = self.cells.partition_point(|cell| cell.byte < byte);
        let index = index.clamp(self.shown.start, self.shown.end);
        let before = &self.cells[self.shown.start..index];
        self.lead
            + before
                .iter()
                .map(|cell| cell.glyph.len_utf8() * cell.times)
                .sum::<usize>()
    }
}

/// What must be seen of a line: the part of its primary mark, else of its first mark.
fn focus(text: &str, line: &Range<usize>, marks: &[Mark]) -> Range<usize> {
    let on_line = |mark: &&Mark| mark.range.start <= line.end && mark.range.end >= line.start;
    let primary = marks.iter().filter(|mark| mark.primary).find(on_line);
    match primary.or_else(|| marks.iter().find(on_line)) {
        Some(mark) => mark.range.start.max(line.start)..mark.range.end.min(line.end),
        None => {
            let indent = text[line.clone()].len() - text[line.clone()].trim_start().len();
            line.start + indent..line.start + indent
        }
    }
}

fn cells(text: &str, range: Range<usize>) -> Vec<Cell> {
    let line = &text[range.clone()];
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut column = 0;
    line.char_indices()
        .map(|(index, character)| {
            let (glyph, times) = match character {
                '\t' => (' ', TAB - column % TAB),
                _ => (visible_character(character), 1),
            };
            let width = times * display_width(glyph.encode_utf8(&mut [0; 4]));
            let cell = Cell {
                byte: range.start + index,
                glyph,
                times,
                column,
                width,
            };
            column += width;
            cell
        })
        .collect()
}

/// The cells to show: all when they fit, else so many around the focus.
fn window(cells: &[Cell], focus: &Range<usize>, is_cut: bool, canvas: Canvas) -> Range<usize> {
    let columns = |index: usize| match cells.get(index) {
        Some(cell) => cell.column,
        None => cells.last().map_or(0, |cell| cell.column + cell.width),
    };
    let total = columns(cells.len());
    if total <= canvas.width && !is_cut {
        return 0..cells.len();
    }
    let ellipsis = display_width(canvas.ellipsis);
    let shown = canvas.width.saturating_sub(2 * ellipsis);
    let start = columns(cells.partition_point(|cell| cell.byte < focus.start));
    let end = columns(cells.partition_point(|cell| cell.byte < focus.end));
    let from = if end <= shown {
        0
    } else if end - start <= shown {
        let centered = start.saturating_sub((shown - (end - start)) / 2);
        centered.min(total.saturating_sub(shown))
    } else {
        start
    };
    let first = cells.partition_point(|cell| cell.column < from);
    let last = cells.partition_point(|cell| cell.column + cell.width <= from + shown);
    first..last.max(first)
}
