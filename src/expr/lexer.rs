//! Cuts the text of an expression into tokens, one at a time and without copying.

use super::ast::Binary;
use super::{ExpressionError, TextRange, mistakes};

/// What a token is; its characters are found by its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    End,
    Name,
    Integer,
    Decimal,
    Text,
    Operator(Binary),
    Not,
    Question,
    Colon,
    Comma,
    Point,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub range: TextRange,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Lexer { text, at: 0 }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_while(&mut self, accept: impl Fn(u8) -> bool) {
        while self.byte(0).is_some_and(&accept) {
            self.at += 1;
        }
    }

    fn skip_blank(&mut self) {
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c));
            if !self.rest().starts_with("//") {
                return;
            }
            self.skip_while(|byte| byte != b'\n');
        }
    }

    fn token(&self, kind: TokenKind, start: usize) -> Token {
        Token {
            kind,
            range: TextRange::new(start..self.at),
        }
    }

    /// The next token; at the end of the text, [`TokenKind::End`] for ever.
    pub fn next(&mut self) -> Result<Token, ExpressionError> {
        self.skip_blank();
        let start = self.at;
        let Some(byte) = self.byte(0) else {
            return Ok(self.token(TokenKind::End, start));
        };
        match byte {
            b'\'' | b'"' => self.quoted(start, false),
            b'0'..=b'9' => self.number(start),
            b'.' if self.byte(1).is_some_and(|next| next.is_ascii_digit()) => self.number(start),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.word(start),
            _ => self.punctuation(start),
        }
    }

    fn word(&mut self, start: usize) -> Result<Token, ExpressionError> {
        self.skip_while(is_name_byte);
        let word = self.text.get(start..self.at).unwrap_or_default();
        if matches!(self.byte(0), Some(b'\'' | b'"')) {
            match word {
                "r" | "R" => return self.quoted(start, true),
                "b" | "B" | "br" | "bR" | "Br" | "BR" | "rb" | "rB" | "Rb" | "RB" => {
                    let range = TextRange::new(start..self.at);
                    return Err(mistakes::bytes(range));
                }
                _ => {}
            }
        }
        let kind = if word == "in" {
            TokenKind::Operator(Binary::In)
        } else {
            TokenKind::Name
        };
        Ok(self.token(kind, start))
    }

    fn number(&mut self, start: usize) -> Result<Token, ExpressionError> {
        let hexadecimal = self.byte(0) == Some(b'0') && matches!(self.byte(1), Some(b'x' | b'X'));
        let mut kind = TokenKind::Integer;
        if hexadecimal {
            self.at += 2;
            self.skip_while(|byte| byte.is_ascii_hexdigit());
        } else {
            self.skip_while(|byte| byte.is_ascii_digit());
            if self.byte(0) == Some(b'.') && self.byte(1).is_some_and(|next| next.is_ascii_digit())
            {
                kind = TokenKind::Decimal;
                self.at += 1;
                self.skip_while(|byte| byte.is_ascii_digit());
            }
            if self.exponent() {
                kind = TokenKind::Decimal;
            }
        }
        let digits_end = self.at;
        self.skip_while(is_name_byte);
        let bare_prefix = hexadecimal && self.at == start + 2;
        if self.at > digits_end || bare_prefix {
            let range = TextRange::new(start..self.at);
            let digits = self.text.get(start..digits_end).unwrap_or_default();
            let suffix = self.text.get(digits_end..self.at).unwrap_or_default();
            return Err(mistakes::number(range, digits, suffix));
        }
        Ok(self.token(kind, start))
    }

    fn exponent(&mut self) -> bool {
        if !matches!(self.byte(0), Some(b'e' | b'E')) {
            return false;
        }
        let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
        if !self
            .byte(1 + sign)
            .is_some_and(|next| next.is_ascii_digit())
        {
            return false;
        }
        self.at += 1 + sign;
        self.skip_while(|byte| byte.is_ascii_digit());
        true
    }

    /// Reads a string from its quote on; `start` is where its prefix, if any, begins.
    fn quoted(&mut self, start: usize, raw: bool) -> Result<Token, ExpressionError> {
        let quote = self.byte(0).unwrap_or(b'\'');
        let triple = self.byte(1) == Some(quote) && self.byte(2) == Some(quote);
        let opening = self.at;
        self.at += if triple { 3 } else { 1 };
        loop {
            match self.byte(0) {
                None => break,
                Some(b'\\') if !raw => {
                    self.at += 1;
                    self.skip_character();
                }
                Some(b'\n' | b'\r') if !triple => break,
                Some(byte) if byte == quote => {
                    let closes =
                        !triple || (self.byte(1) == Some(quote) && self.byte(2) == Some(quote));
                    self.at += if closes && triple { 3 } else { 1 };
                    if closes {
                        return Ok(self.token(TokenKind::Text, start));
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        let quote_end = opening + if triple { 3 } else { 1 };
        let quotes = self.text.get(opening..quote_end).unwrap_or("'");
        let range = TextRange::new(start..self.at);
        Err(mistakes::unclosed(range, quotes))
    }

    /// Steps over the character after a backslash, which may be longer than a byte.
    fn skip_character(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    fn punctuation(&mut self, start: usize) -> Result<Token, ExpressionError> {
        let rest = self.rest();
        if let Some(mistake) = mistakes::operator(rest, start) {
            return Err(mistake);
        }
        let two = rest.get(..2).and_then(|characters| {
            [
                Binary::Or,
                Binary::And,
                Binary::Equal,
                Binary::NotEqual,
                Binary::LessOrEqual,
                Binary::GreaterOrEqual,
            ]
            .into_iter()
            .find(|operator| operator.as_str() == characters)
        });
        if let Some(operator) = two {
            self.at += 2;
            return Ok(self.token(TokenKind::Operator(operator), start));
        }
        let kind = match self.byte(0).unwrap_or_default() {
            b'<' => TokenKind::Operator(Binary::Less),
            b'>' => TokenKind::Operator(Binary::Greater),
            b'+' => TokenKind::Operator(Binary::Add),
            b'-' => TokenKind::Operator(Binary::Subtract),
            b'*' => TokenKind::Operator(Binary::Multiply),
            b'/' => TokenKind::Operator(Binary::Divide),
            b'%' => TokenKind::Operator(Binary::Remainder),
            b'!' => TokenKind::Not,
            b'?' => TokenKind::Question,
            b':' => TokenKind::Colon,
            b',' => TokenKind::Comma,
            b'.' => TokenKind::Point,
            b'(' => TokenKind::LeftParenthesis,
            b')' => TokenKind::RightParenthesis,
            b'[' => TokenKind::LeftBracket,
            b']' => TokenKind::RightBracket,
            b'{' => TokenKind::LeftBrace,
            b'}' => TokenKind::RightBrace,
            _ => {
                self.skip_character();
                let range = TextRange::new(start..self.at);
                return Err(mistakes::character(range, self.text));
            }
        };
        self.at += 1;
        Ok(self.token(kind, start))
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}
