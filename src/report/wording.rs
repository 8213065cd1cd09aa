//! Words that several formats share: counts, durations, and text that is safe to show.

use std::time::Duration;

use crate::report::{CheckReport, CheckSummary, Place};

/// `1 error`, `2 errors`.
pub fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// The findings by level, worst first, levels without findings left out.
pub(super) fn by_level(summary: &CheckSummary) -> String {
    let parts: Vec<String> = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.infos, "info"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, noun)| count(number, noun))
    .collect();
    if parts.is_empty() {
        "nothing to report".to_owned()
    } else {
        parts.join(", ")
    }
}

/// One plain line about the whole report.
pub(super) fn summary_line(report: &CheckReport, elapsed: Option<Duration>) -> String {
    let summary = &report.summary;
    let time = elapsed.map_or_else(String::new, |elapsed| format!(" in {}", duration(elapsed)));
    let known = report.baseline.as_ref().map_or(0, |baseline| baseline.left);
    let uncounted: Vec<String> = [
        (summary.suppressed as u64, "suppressed"),
        (known, "known from the baseline"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, which)| format!("{number} {which}"))
    .collect();
    let uncounted = match &uncounted[..] {
        [] => String::new(),
        parts => format!(" (not counting {})", parts.join(", ")),
    };
    let preview = report.preview.as_ref().map_or_else(String::new, |preview| {
        format!(" as if at rollout stage {}", preview.stage)
    });
    let judged = report
        .judged_under
        .as_ref()
        .map_or_else(String::new, |base| {
            format!(" Judged under the policies of {base}.")
        });
    format!(
        "Checked {}{preview}{time}: {}{uncounted}.{judged}",
        count(summary.documents, "document"),
        by_level(summary),
    )
}

fn duration(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0 => format!("{} ms", elapsed.as_millis()),
        1..60 => format!("{:.1} s", elapsed.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// `file:line:column`, as editors and terminals open it.
pub(super) fn clickable(place: &Place) -> String {
    let (file, start) = (visible(&place.file), place.start);
    format!("{file}:{}:{}", start.line, start.column)
}

/// The reference text of a rule as Markdown that every reader understands: without the space that
/// doc comments leave before each line, and with examples announced in words.
pub(super) fn reference_text(docs: &str) -> String {
    let lines: Vec<&str> = docs
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
        .collect();
    lines
        .join("\n")
        .replace("```yaml,bad", "Not like this:\n\n```yaml")
        .replace("```yaml,good", "But like this:\n\n```yaml")
}

/// Text from files and messages in which every character can be seen and none steers a terminal.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(visible_character).collect()
}

/// The same on one line.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible(&words.join(" "))
}

/// Control characters get their picture; invisible ones and those that turn the direction of
/// writing, with which text can be made to look like other text, a replacement character.
pub(super) fn visible_character(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..='\u{1f}' => {
            char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}
