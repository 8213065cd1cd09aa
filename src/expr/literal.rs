//! What the characters of a literal stand for.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::ast::Literal;
use super::{ErrorKind, ExpressionError, TextRange};

/// The value of a number literal; `digits` are its characters without the sign.
pub(super) fn decode_number(
    digits: &str,
    negative: bool,
    range: TextRange,
) -> Result<Literal, ExpressionError> {
    let sign = if negative { "-" } else { "" };
    let hexadecimal = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    if hexadecimal.is_none() && digits.contains(['.', 'e', 'E']) {
        return decimal(digits, negative)
            .map(Literal::Decimal)
            .ok_or_else(|| {
                let message = format!("`{sign}{digits}` is beyond what a decimal can hold");
                ExpressionError::new(ErrorKind::Overflow, range, message)
                    .help("decimals have up to 28 digits, before and after the point together")
            });
    }
    let value = match hexadecimal {
        Some(hexadecimal) => i64::from_str_radix(&format!("{sign}{hexadecimal}"), 16),
        None => format!("{sign}{digits}").parse(),
    };
    value.map(Literal::Integer).map_err(|_| {
        let message = format!("`{sign}{digits}` is beyond what an integer can hold");
        ExpressionError::new(ErrorKind::Overflow, range, message)
            .help(format!("integers go up to {}", i64::MAX))
    })
}

/// The exact value of a decimal; `None` when it cannot be represented without rounding.
fn decimal(text: &str, negative: bool) -> Option<Decimal> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!(
        "{sign}{whole}{fraction}",
        sign = if negative { "-" } else { "" }
    );
    if digits.bytes().all(|digit| matches!(digit, b'0' | b'-')) {
        return Some(Decimal::ZERO);
    }
    let mut scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent.parse::<i32>().ok()?);
    while scale > 0 && digits.ends_with('0') {
        digits.pop();
        scale -= 1;
    }
    if scale < 0 {
        let zeros = usize::try_from(-scale).ok().filter(|zeros| *zeros <= 28)?;
        digits.push_str(&"0".repeat(zeros));
        scale = 0;
    }
    Decimal::try_from_i128_with_scale(digits.parse().ok()?, u32::try_from(scale).ok()?).ok()
}

/// The text that a string literal stands for; `range` is the literal with its quotes.
pub(super) fn decode_text(source: &str, range: TextRange) -> Result<Arc<str>, ExpressionError> {
    let literal = range.of(source);
    let raw = literal.starts_with(['r', 'R']);
    let quoted = literal.trim_start_matches(['r', 'R']);
    let width = if quoted.len() >= 6 && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""))
    {
        3
    } else {
        1
    };
    let start = literal.len() - quoted.len() + width;
    let body = literal
        .get(start..literal.len() - width)
        .unwrap_or_default();
    if raw || !body.contains('\\') {
        return Ok(body.into());
    }
    let body_start = range.start as usize + start;
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(backslash) = rest.find('\\') {
        let (before, escape) = rest.split_at(backslash);
        text.push_str(before);
        let Some((character, length)) = decode_escape(escape) else {
            let at = body_start + body.len() - escape.len();
            return Err(bad_escape(escape, at));
        };
        text.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    text.push_str(rest);
    Ok(text.into())
}

fn bad_escape(escape: &str, at: usize) -> ExpressionError {
    let named = escape.chars().nth(1);
    let length = 1 + named.map_or(0, char::len_utf8);
    let range = TextRange::new(at..at + length);
    let written = escape.get(..length).unwrap_or_default();
    let error = |what: &str| {
        let message = format!("`{written}` is {what}");
        ExpressionError::new(ErrorKind::Syntax, range, message)
    };
    match named {
        Some('x' | 'X') => error("an incomplete escape").help("`\\x` takes two hexadecimal digits"),
        Some('u') => error("an incomplete escape")
            .help("`\\u` takes the four hexadecimal digits of a character"),
        Some('U') => error("an incomplete escape")
            .help("`\\U` takes the eight hexadecimal digits of a character"),
        Some('0'..='7') => {
            error("an incomplete escape").help("an octal escape has three digits, up to `\\377`")
        }
        Some(_) | None => error("no escape")
            .help(format!(
                "write `\\{written}` for a backslash, or a raw text such as `r'\\d+'`"
            ))
            .suggest(Some(format!("\\{written}"))),
    }
}

/// The character that an escape stands for and how many bytes the escape has.
fn decode_escape(escape: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match escape.as_bytes().get(1)? {
        b'a' => simple('\u{7}'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'v' => simple('\u{b}'),
        byte @ (b'\\' | b'?' | b'"' | b'\'' | b'`') => simple(char::from(*byte)),
        b'x' | b'X' => decode_digits(escape, 2, 2, 16),
        b'u' => decode_digits(escape, 2, 4, 16),
        b'U' => decode_digits(escape, 2, 8, 16),
        b'0'..=b'3' => decode_digits(escape, 1, 3, 8),
        _ => None,
    }
}

fn decode_digits(escape: &str, start: usize, count: usize, radix: u32) -> Option<(char, usize)> {
    let digits = escape.get(start..start + count)?;
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some((char::from_u32(code)?, start + count))
}
