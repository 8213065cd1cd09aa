//! Texts inside a picture: measured without a font, wrapped, and harmless.

use std::fmt::Write;

use crate::layout::Size;
use crate::target::chart::{Line, Mark};

/// Widths of the printable ASCII characters of a plain sans-serif font, in thousandths of its size.
const WIDTHS: [i64; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// Other plain fonts are up to so much wider, in hundredths.
const RESERVE: i64 = 117;
/// Bold ones up to so much.
const BOLD_RESERVE: i64 = 136;
/// From one line to the next, in hundredths of the font's size.
const LEADING: i64 = 130;
/// Lines of one text; more would make a picture of one sentence.
const MOST_LINES: usize = 8;

/// How letters are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    /// The size of the font.
    pub size: i64,
    /// Whether it is bold.
    pub bold: bool,
}

/// Names of boxes.
pub(super) const NAME: Type = Type {
    size: 13,
    bold: true,
};
/// Titles.
pub(super) const TITLE: Type = Type {
    size: 15,
    bold: true,
};
/// Names of lanes.
pub(super) const LANE: Type = Type {
    size: 12,
    bold: true,
};
/// Everything in boxes.
pub(super) const BODY: Type = Type {
    size: 12,
    bold: false,
};
/// Labels and remarks.
pub(super) const SMALL: Type = Type {
    size: 11,
    bold: false,
};

/// The word for what happened.
pub(super) const BADGE: Type = Type {
    size: 11,
    bold: true,
};

/// The width of a text at least as wide as any plain font draws it.
pub(super) fn width(text: &str, set: Type) -> i64 {
    let thousandths: i64 = text.chars().map(character_width).sum();
    let reserve = if set.bold { BOLD_RESERVE } else { RESERVE };
    thousandths * set.size * reserve / 100_000 + 1
}

fn character_width(character: char) -> i64 {
    let code = u32::from(character);
    let known = code
        .checked_sub(32)
        .and_then(|index| WIDTHS.get(usize::try_from(index).ok()?));
    match (known, code) {
        (Some(width), _) => *width,
        (None, 0x300..=0x36f) => 0,
        (None, 0x1100..=0x115f | 0x2e80..) => 1_000,
        (None, _) => 720,
    }
}

/// Text in which nothing means anything to XML, everything can be seen, and nothing turns the
/// direction of writing.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            each if each.is_whitespace() => result.push(' '),
            each if is_hidden(each) => result.push(char::REPLACEMENT_CHARACTER),
            each => result.push(each),
        }
    }
    result
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
                | '\u{fffe}'
                | '\u{ffff}'
        )
}

/// Lines of text that were wrapped, with their size.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// A word for what happened, above the lines.
    head: Mark,
    lines: Vec<Line>,
    set: Type,
}

impl Words {
    /// Unmarked texts, wrapped to a width.
    pub fn wrapped<'t>(texts: impl IntoIterator<Item = &'t str>, set: Type, width: i64) -> Self {
        let lines = texts.into_iter().map(|text| Line::from(text.to_owned()));
        Words::of(&lines.collect::<Vec<_>>(), set, width)
    }

    /// Texts with what happened to them, wrapped to a width; signs say it beside the colours.
    pub fn of(texts: &[Line], set: Type, width: i64) -> Self {
        let mut lines = Vec::new();
        for text in texts {
            let sign = match text.mark {
                Mark::Same | Mark::Changed => "",
                Mark::Added => "+ ",
                Mark::Removed => "− ",
            };
            let whole = format!("{sign}{}", text.text);
            let wrapped = wrap(&whole, set, width).into_iter().map(|line| Line {
                text: line,
                mark: text.mark,
            });
            lines.extend(wrapped);
        }
        Words {
            head: Mark::Same,
            lines,
            set,
        }
    }

    /// The same below a word for what happened.
    pub fn headed(self, head: Mark) -> Self {
        Words { head, ..self }
    }

    /// How large they are.
    pub fn size(&self) -> Size {
        let head = (self.head != Mark::Same).then(|| width(&word(self.head), BADGE));
        let lines = self.lines.iter().map(|line| width(&line.text, self.set));
        let widest = lines.chain(head);
        let count = self.lines.len() + usize::from(head.is_some());
        let count = i64::try_from(count).unwrap_or(i64::MAX / 10_000);
        Size {
            width: widest.max().unwrap_or(0),
            height: count * self.leading(),
        }
    }

    /// The first line, escaped; a dot-dot-dot stands for the others.
    pub fn first(&self) -> String {
        let more = if self.lines.len() > 1 { "…" } else { "" };
        let line = self.lines.first().map(|line| escaped(&line.text));
        line.unwrap_or_default() + more
    }

    fn leading(&self) -> i64 {
        self.set.size * LEADING / 100
    }

    /// Writes the lines; `class` is that of lines that are as they were.
    pub fn draw(&self, svg: &mut String, class: &str, x: i64, top: i64) {
        let mut baseline = top + self.set.size;
        if self.head != Mark::Same {
            draw_word(svg, self.head, x, baseline);
            baseline += self.leading();
        }
        for line in &self.lines {
            let class = match line.mark {
                Mark::Same => class,
                Mark::Added => "fg-text-added",
                Mark::Removed => "fg-text-removed",
                Mark::Changed => "fg-text-changed",
            };
            let text = spans(&line.text, line.mark);
            // Lines that changed have a class of their own, which knows no size.
            let size = if line.mark == Mark::Same {
                String::new()
            } else {
                format!(r#" style="font-size:{}px""#, self.set.size)
            };
            let _infallible = writeln!(
                svg,
                r#"<text class="{class}" x="{x}" y="{baseline}"{size}>{text}</text>"#
            );
            baseline += self.leading();
        }
    }
}

/// The word for what happened to a box or line.
pub(super) fn word(mark: Mark) -> String {
    mark.as_str().to_uppercase()
}

/// Writes the word for what happened.
pub(super) fn draw_word(svg: &mut String, mark: Mark, x: i64, baseline: i64) {
    let _infallible = writeln!(
        svg,
        r#"<text class="fg-word-{}" x="{x}" y="{baseline}">{}</text>"#,
        mark.as_str(),
        word(mark)
    );
}

/// The kinds of step by which lines begin; they are drawn quieter than what follows.
const VERBS: [&str; 12] = [
    "approve", "by", "call", "check", "emit", "for", "match", "not", "route", "run", "task", "tell",
];

fn spans(text: &str, mark: Mark) -> String {
    match text.split_once(' ') {
        Some((verb, rest)) if mark == Mark::Same && VERBS.contains(&verb) => {
            format!(r#"<tspan class="fg-verb">{verb}</tspan> {}"#, escaped(rest))
        }
        Some(_) | None => escaped(text),
    }
}

/// A text in lines of at most a width. Words that are too long are broken; a text with too many
/// lines is cut.
fn wrap(text: &str, set: Type, limit: i64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&joined, set) <= limit {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = broken(word, set, limit);
        line = pieces.pop().unwrap_or_default();
        lines.extend(pieces);
        if lines.len() > MOST_LINES {
            break;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// A word in pieces of at most a width, broken after a sign where there is one.
fn broken(word: &str, set: Type, limit: i64) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut piece = String::new();
    for character in word.chars() {
        let with_next = format!("{piece}{character}");
        if !piece.is_empty() && width(&with_next, set) > limit {
            let sign = piece.rfind(['.', '-', '_', '/', ':']);
            let at = sign.filter(|at| *at > piece.len() / 3).map(|at| at + 1);
            let rest = at.map_or(String::new(), |at| piece.split_off(at));
            pieces.push(std::mem::replace(&mut piece, rest));
            if pieces.len() > MOST_LINES {
                return pieces;
            }
        }
        piece.push(character);
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::{BODY, escaped, width, wrap};

    #[test]
    fn texts_are_wrapped_and_long_words_broken() {
        assert_eq!(wrap("one two three", BODY, 60), ["one two", "three"]);
        let pieces = wrap("steps.controller.decision", BODY, 110);
        assert_eq!(pieces, ["steps.controller.", "decision"]);
        let lines = wrap(&"x".repeat(5_000), BODY, 100);
        assert!(lines.len() <= 8 && lines[7].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| width(line, BODY) <= 120));
    }

    #[test]
    fn nothing_of_a_text_is_taken_for_markup_or_turns_the_line() {
        assert_eq!(
            escaped("<script>&\"'\u{202e}x\u{0}]]>"),
            "&lt;script&gt;&amp;&quot;&#39;\u{fffd}x\u{fffd}]]&gt;"
        );
    }
}
