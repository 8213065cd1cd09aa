//! Texts of people and expressions, made short enough for a picture.

/// The longest line of an expression before it is broken at an operator.
const LINE: usize = 44;
/// The longest text of a person's instruction.
const INSTRUCTION: usize = 60;

/// The first words of a text.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= INSTRUCTION {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(INSTRUCTION - 1).collect();
    short.truncate(short.trim_end().len());
    short + "…"
}

/// An expression in lines that break after `&&` and `||`.
pub(super) fn wrapped(expression: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in expression.split(' ') {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if matches!(word, "&&" | "||") && line.chars().count() > LINE / 2 {
            lines.push(std::mem::take(&mut line));
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{shortened, wrapped};

    #[test]
    fn long_texts_are_cut_and_long_guards_broken() {
        assert_eq!(shortened("Book the room"), "Book the room");
        assert!(shortened(&"word ".repeat(30)).ends_with("word…"));
        assert_eq!(
            wrapped(
                "steps.budget.decision == 'rejected' || steps.controller.decision == 'rejected'"
            ),
            [
                "steps.budget.decision == 'rejected' ||",
                "steps.controller.decision == 'rejected'"
            ]
        );
        assert_eq!(wrapped("a && b"), ["a && b"]);
    }
}
