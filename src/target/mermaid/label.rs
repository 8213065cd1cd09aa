//! Texts inside a diagram.

/// The longest line of an expression before it is broken at an operator.
const LINE: usize = 44;
/// The longest text of a person's instruction.
const INSTRUCTION: usize = 60;

/// Text in which nothing means anything to Mermaid, to Markdown or to HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '"' => result.push_str("#quot;"),
            '<' => result.push_str("#lt;"),
            '>' => result.push_str("#gt;"),
            '&' => result.push_str("#amp;"),
            // Entities, styles, comments, Markdown and escapes begin with these.
            '#' | ':' | '%' | '*' | '`' | '\\' => {
                result.push_str(&format!("#{};", u32::from(each)));
            }
            each if each.is_whitespace() => result.push(' '),
            each if each.is_control() => {}
            each => result.push(each),
        }
    }
    result
}

/// The first words of a text, escaped.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= INSTRUCTION {
        return escaped(text);
    }
    let mut short: String = text.chars().take(INSTRUCTION - 1).collect();
    short.truncate(short.trim_end().len());
    escaped(&short) + "…"
}

/// An expression, escaped, in lines that break after `&&` and `||`.
pub(super) fn wrapped(expression: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in expression.split(' ') {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if matches!(word, "&&" | "||") && line.chars().count() > LINE / 2 {
            lines.push(escaped(&std::mem::take(&mut line)));
        }
    }
    if !line.is_empty() {
        lines.push(escaped(&line));
    }
    lines
}

/// Lines of a label.
pub(super) fn joined(lines: &[String]) -> String {
    lines.join("<br/>")
}

#[cfg(test)]
mod tests {
    use super::{escaped, shortened, wrapped};

    #[test]
    fn nothing_of_a_text_is_taken_for_syntax() {
        assert_eq!(
            escaped("a \"b\" <c> & #d; `e` %%{f}%% 50% *g* style:h\n\ti\\n"),
            "a #quot;b#quot; #lt;c#gt; #amp; #35;d; #96;e#96; #37;#37;{f}#37;#37; 50#37; \
             #42;g#42; style#58;h  i#92;n"
        );
    }

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
        assert_eq!(wrapped("a && b"), ["a #amp;#amp; b"]);
    }
}
