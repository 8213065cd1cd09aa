//! Texts inside a diagram.

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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_of_a_text_is_taken_for_syntax() {
        assert_eq!(
            escaped("a \"b\" <c> & #d; `e` %%{f}%% 50% *g* style:h\n\ti\\n"),
            "a #quot;b#quot; #lt;c#gt; #amp; #35;d; #96;e#96; #37;#37;{f}#37;#37; 50#37; \
             #42;g#42; style#58;h  i#92;n"
        );
    }
}
