//! Text of authors inside Markdown: it stays text.

use crate::report::wording::one_line;

/// The longest text in a cell or sentence.
const LONGEST: usize = 600;

/// Text in which only pairs of backticks mean something: code.
pub(super) fn inline(text: &str) -> String {
    let text = shortened(&one_line(text));
    let pieces: Vec<&str> = text.split('`').collect();
    // An even number of backticks makes pairs.
    if pieces.len().is_multiple_of(2) {
        return plain(&text);
    }
    let mut result = String::with_capacity(text.len() + 16);
    for (index, piece) in pieces.iter().enumerate() {
        if index % 2 == 0 {
            result.push_str(&plain(piece));
        } else if !piece.is_empty() {
            result.push_str(&format!("`{piece}`"));
        }
    }
    result
}

/// The same in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    let text = inline(text);
    let mut result = String::with_capacity(text.len());
    let mut last = ' ';
    for character in text.chars() {
        if character == '|' && last != '\\' {
            result.push('\\');
        }
        result.push(character);
        last = character;
    }
    result
}

/// A value of an author as code; text with backticks is not.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else if text.contains('`') {
        cell(text)
    } else {
        cell(&format!("`{}`", shortened(&one_line(text))))
    }
}

/// Text in an HTML element, where Markdown is not read.
pub(super) fn html(text: &str) -> String {
    let text = shortened(&one_line(text));
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '@' => result.push_str("<span>@</span>"),
            '*' | '_' | '`' | '[' | ']' | '~' | '\\' => {
                result.push_str(&format!("&#{};", u32::from(character)));
            }
            other => result.push(other),
        }
    }
    result
}

/// Nothing begins markup, and nobody is called.
fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '@' => result.push_str("<span>@</span>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '|' | '$' => {
                result.push('\\');
                result.push(character);
            }
            other => result.push(other),
        }
    }
    result
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{cell, code, html, inline};

    #[test]
    fn only_code_is_markup() {
        assert_eq!(inline("`a_b` is *new*"), r"`a_b` is \*new\*");
        assert_eq!(inline("one ` only [x](y)"), r"one \` only \[x\](y)");
        assert_eq!(
            inline("<!-- x --> @team"),
            "&lt;!-- x --&gt; <span>@</span>team"
        );
        assert_eq!(inline("a\n# b\r\n- c"), r"a \# b - c");
    }

    #[test]
    fn cells_keep_their_columns() {
        assert_eq!(cell("a | `b | c`"), r"a \| `b \| c`");
        assert_eq!(code("x || y"), r"`x \|\| y`");
        assert_eq!(code("x ` y"), r"x \` y");
        assert_eq!(
            html("</summary><b>`x`"),
            "&lt;/summary&gt;&lt;b&gt;&#96;x&#96;"
        );
    }
}
