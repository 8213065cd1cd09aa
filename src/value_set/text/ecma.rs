//! Patterns of JSON Schema are ECMA-262 expressions; here they become expressions of the regular
//! expression crates, which mean other things by `\d`, `\w`, `\s`, `\b` and `.`.
//!
//! What has no equal there is refused, in words that complete "the pattern …".

use std::iter::Peekable;
use std::str::Chars;

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
/// What ECMA-262 calls white space and line ends.
const SPACE: &str =
    r"\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
/// Everything but ECMA-262's four line ends.
const DOT: &str = r"[^\n\r\u{2028}\u{2029}]";

const LOOKS: &str = "looks around, which no regular language can";
const REFERS_BACK: &str = "refers back to a group, which no regular language can";
const INVALID: &str = "is not a valid ECMA-262 expression";

/// The same language as an expression of the regular expression crates.
pub(in crate::value_set) fn translate(pattern: &str) -> Result<String, &'static str> {
    let mut translation = Translation {
        rest: pattern.chars().peekable(),
        written: String::with_capacity(pattern.len() + 16),
    };
    translation.outside()?;
    Ok(translation.written)
}

struct Translation<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
}

/// What an escape stands for.
enum Escape {
    /// One character.
    Character(char),
    /// A set of characters, as the inside of a class, and whether it is denied.
    Set(String, bool),
}

impl Translation<'_> {
    fn outside(&mut self) -> Result<(), &'static str> {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape_outside()?,
                '[' => self.class()?,
                '.' => self.written.push_str(DOT),
                '(' => self.group()?,
                '{' => self.repetition()?,
                '*' | '+' | '?' => self.quantifier(character)?,
                '#' | '&' | '-' | '~' | ' ' | ']' | '}' => self.literal(character),
                other => self.written.push(other),
            }
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        let mut buffer = [0_u8; 4];
        let text: &str = character.encode_utf8(&mut buffer);
        self.written.push_str(&regex_syntax::escape(text));
    }

    /// A second quantifier would repeat a repetition; ECMA-262 has no such thing.
    fn quantifier(&mut self, character: char) -> Result<(), &'static str> {
        self.written.push(character);
        if self.rest.next_if_eq(&'?').is_some() {
            self.written.push('?');
        }
        match self.rest.peek() {
            Some('*' | '+' | '?') => Err(INVALID),
            Some(_) | None => Ok(()),
        }
    }

    fn repetition(&mut self) -> Result<(), &'static str> {
        let mut inside = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(character) if character.is_ascii_digit() || character == ',' => {
                    inside.push(character);
                }
                Some(_) | None => return Err(INVALID),
            }
        }
        let starts_with_digit = inside.starts_with(|character: char| character.is_ascii_digit());
        if !starts_with_digit || inside.matches(',').count() > 1 {
            return Err(INVALID);
        }
        self.written.push('{');
        self.written.push_str(&inside);
        self.quantifier('}')
    }

    fn group(&mut self) -> Result<(), &'static str> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.written.push_str("(?:");
            return Ok(());
        }
        match self.rest.next() {
            Some(':') => {}
            Some('=' | '!') => return Err(LOOKS),
            Some('<') => {
                if matches!(self.rest.peek(), Some('=' | '!')) {
                    return Err(LOOKS);
                }
                if !self.rest.by_ref().any(|character| character == '>') {
                    return Err(INVALID);
                }
            }
            Some(_) | None => return Err(INVALID),
        }
        self.written.push_str("(?:");
        Ok(())
    }

    fn escape_outside(&mut self) -> Result<(), &'static str> {
        match self.rest.peek() {
            Some('b') => self.written.push_str(r"(?-u:\b)"),
            Some('B') => self.written.push_str(r"(?-u:\B)"),
            Some(_) | None => {
                match self.escape()? {
                    Escape::Character(character) => self.literal(character),
                    Escape::Set(inside, false) => self.written.push_str(&format!("[{inside}]")),
                    Escape::Set(inside, true) => self.written.push_str(&format!("[^{inside}]")),
                }
                return Ok(());
            }
        }
        self.rest.next();
        Ok(())
    }

    fn escape(&mut self) -> Result<Escape, &'static str> {
        let character = self.rest.next().ok_or(INVALID)?;
        let set = |inside: &str, denied| Ok(Escape::Set(inside.to_owned(), denied));
        match character {
            'd' => set(DIGIT, false),
            'D' => set(DIGIT, true),
            'w' => set(WORD, false),
            'W' => set(WORD, true),
            's' => set(SPACE, false),
            'S' => set(SPACE, true),
            't' => Ok(Escape::Character('\t')),
            'n' => Ok(Escape::Character('\n')),
            'v' => Ok(Escape::Character('\u{b}')),
            'f' => Ok(Escape::Character('\u{c}')),
            'r' => Ok(Escape::Character('\r')),
            'c' => match self.rest.next() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    Ok(Escape::Character(char::from(letter as u8 % 32)))
                }
                Some(_) | None => Err(INVALID),
            },
            'x' => self.hexadecimal(2).map(Escape::Character),
            'u' if self.rest.next_if_eq(&'{').is_some() => self.braced().map(Escape::Character),
            'u' => self.hexadecimal(4).map(Escape::Character),
            'p' | 'P' => self.property(character),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => {
                Ok(Escape::Character('\0'))
            }
            'k' | '0'..='9' => Err(REFERS_BACK),
            other if other.is_ascii_alphabetic() => Err(INVALID),
            other => Ok(Escape::Character(other)),
        }
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<char, &'static str> {
        let text: String = self.rest.by_ref().take(digits).collect();
        let whole = text.len() == digits;
        let code = u32::from_str_radix(&text, 16).ok().filter(|_| whole);
        code.and_then(char::from_u32).ok_or(INVALID)
    }

    fn braced(&mut self) -> Result<char, &'static str> {
        let text: String = self.rest.by_ref().take_while(|next| *next != '}').collect();
        let code = u32::from_str_radix(&text, 16).ok();
        code.and_then(char::from_u32).ok_or(INVALID)
    }

    fn property(&mut self, letter: char) -> Result<Escape, &'static str> {
        if self.rest.next_if_eq(&'{').is_none() {
            return Err(INVALID);
        }
        let name: String = self.rest.by_ref().take_while(|next| *next != '}').collect();
        let plain = |character: char| character.is_ascii_alphanumeric() || "_=".contains(character);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(INVALID);
        }
        Ok(Escape::Set(format!(r"\p{{{name}}}"), letter == 'P'))
    }

    fn class(&mut self) -> Result<(), &'static str> {
        let denied = self.rest.next_if_eq(&'^').is_some();
        let mut parts = String::new();
        loop {
            let left = match self.class_member()? {
                None => break,
                Some(member) => member,
            };
            let Escape::Character(from) = left else {
                parts.push_str(&written_member(&left));
                continue;
            };
            if self.rest.next_if_eq(&'-').is_none() {
                parts.push_str(&written_member(&left));
                continue;
            }
            match self.class_member()? {
                None => {
                    parts.push_str(&written_member(&left));
                    parts.push_str(r"\-");
                    break;
                }
                Some(Escape::Character(to)) if from <= to => {
                    parts.push_str(&format!("{}-{}", code(from), code(to)));
                }
                Some(Escape::Character(_)) => return Err(INVALID),
                Some(set @ Escape::Set(..)) => {
                    parts.push_str(&written_member(&left));
                    parts.push_str(r"\-");
                    parts.push_str(&written_member(&set));
                }
            }
        }
        self.written.push_str(&match (denied, parts.is_empty()) {
            (false, true) => r"[^\s\S]".to_owned(),
            (true, true) => r"[\s\S]".to_owned(),
            (false, false) => format!("[{parts}]"),
            (true, false) => format!("[^{parts}]"),
        });
        Ok(())
    }

    /// The next member of a class; `None` at its end.
    fn class_member(&mut self) -> Result<Option<Escape>, &'static str> {
        match self.rest.next() {
            None => Err(INVALID),
            Some(']') => Ok(None),
            Some('\\') if self.rest.next_if_eq(&'b').is_some() => {
                Ok(Some(Escape::Character('\u{8}')))
            }
            Some('\\') if self.rest.next_if_eq(&'-').is_some() => Ok(Some(Escape::Character('-'))),
            Some('\\') => self.escape().map(Some),
            Some(other) => Ok(Some(Escape::Character(other))),
        }
    }
}

fn written_member(member: &Escape) -> String {
    match member {
        Escape::Character(character) => code(*character),
        Escape::Set(inside, false) => format!("[{inside}]"),
        Escape::Set(inside, true) => format!("[^{inside}]"),
    }
}

fn code(character: char) -> String {
    format!("\\u{{{:x}}}", character as u32)
}

#[cfg(test)]
mod tests {
    use super::translate;

    fn matches(pattern: &str, text: &str) -> bool {
        let translated = translate(pattern).unwrap();
        regex::Regex::new(&translated).unwrap().is_match(text)
    }

    #[test]
    fn classes_mean_what_they_mean_in_ecma_262() {
        assert!(matches(r"^\d$", "7"));
        assert!(!matches(r"^\d$", "\u{661}"));
        assert!(!matches(r"^\w$", "é"));
        assert!(matches(r"^\s$", "\u{feff}"));
        assert!(!matches("^.$", "\r"));
        assert!(matches(r"^[^]$", "\n"));
        assert!(matches(r"^[\w-]+$", "a-b"));
        assert!(matches(r"^[a&&b]$", "&"));
        assert!(matches(r"^[+--]$", ","));
        assert!(matches(r"^\u{1F600}\x41\u0042$", "😀AB"));
        assert!(matches(r"^\/\-$", "/-"));
        assert!(matches(r"^(?<year>[0-9]{4})$", "2026"));
    }

    #[test]
    fn what_no_regular_language_has_is_refused() {
        for pattern in [r"(?=a)", r"(?!a)", r"(?<=a)b", r"(a)\1", r"\k<a>"] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
        for pattern in ["a**", "{", "a{,3}", "(?i)a", "[b-a]", "[a", r"\q", "\\"] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
    }
}
