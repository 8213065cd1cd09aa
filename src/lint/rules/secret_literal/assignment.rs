//! Credentials that are known by the name they are given to: `password: …`, `token=…`.

use super::Secret;

/// How a name marks its value as secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    /// People choose it, so a short one is one, too.
    Password,
    /// A machine made it, so it is long.
    Key,
}

/// The last words of names whose values are secret, as they are written without separators.
const NAMES: [(&str, Marker); 15] = [
    ("password", Marker::Password),
    ("passwd", Marker::Password),
    ("pwd", Marker::Password),
    ("passphrase", Marker::Password),
    ("secret", Marker::Key),
    ("token", Marker::Key),
    ("apikey", Marker::Key),
    ("accesskey", Marker::Key),
    ("accountkey", Marker::Key),
    ("secretkey", Marker::Key),
    ("privatekey", Marker::Key),
    ("credential", Marker::Key),
    ("credentials", Marker::Key),
    ("authorization", Marker::Key),
    ("bearer", Marker::Key),
];

/// What the value of a name is, when it is a credential.
pub(super) fn judge(name: &str, value: &str) -> Option<String> {
    let marker = marker(name)?;
    let value = value.trim();
    let value = ["Bearer ", "bearer ", "Basic "]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))
        .unwrap_or(value);
    let is_secret = is_literal(value)
        && match marker {
            Marker::Password => value.chars().count() >= 6 && is_mixed(value),
            Marker::Key => value.len() >= 16 && is_mixed(value) && bits_per_character(value) >= 3.0,
        };
    is_secret.then(|| format!("a credential, the value of `{name}`,"))
}

/// Every `name: value` and `name=value` in a text whose value is a credential.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for (position, separator) in text.char_indices() {
        if !matches!(separator, ':' | '=') {
            continue;
        }
        let before = text[..position].trim_end_matches([' ', '"', '\'', '\\']);
        let name = before
            .rfind(|character: char| !is_name(character))
            .map_or(before, |end| &before[end..])
            .trim_start_matches(|character: char| !is_name(character));
        let after = &text[position + 1..];
        let value = after.trim_start_matches([' ', '"', '\'', '\\']);
        let value = ["Bearer ", "bearer ", "Basic "]
            .iter()
            .find_map(|scheme| value.strip_prefix(scheme))
            .unwrap_or(value);
        let start = text.len() - value.len();
        let length = value.find(ends_value).unwrap_or(value.len());
        if let Some(what) = judge(name, &value[..length]) {
            secrets.push(Secret {
                what,
                range: start..start + length,
            });
        }
    }
    secrets
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn ends_value(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | ',' | ';' | '&' | '}' | ']' | ')')
}

fn marker(name: &str) -> Option<Marker> {
    let plain = name.to_ascii_lowercase().replace(['_', '-', '.', ' '], "");
    NAMES
        .iter()
        .find(|(ending, _)| plain.ends_with(ending))
        .map(|(_, marker)| *marker)
}

/// True unless the value refers to a secret, stands for one, or is a path or name.
pub(super) fn is_literal(value: &str) -> bool {
    const REFERENCES: [&str; 14] = [
        "${", "$(", "{{", "<", "%", "*", "vault:", "env:", "secret:", "secrets.", "arn:", "op://",
        "file:", "https://",
    ];
    const PLACEHOLDERS: [&str; 9] = [
        "changeme",
        "change-me",
        "change_me",
        "example",
        "placeholder",
        "redacted",
        "dummy",
        "xxxx",
        "your",
    ];
    let lower = value.to_ascii_lowercase();
    let refers = REFERENCES.iter().any(|start| lower.starts_with(start))
        || (value.starts_with('$') && value[1..].chars().all(is_name));
    let stands_in = PLACEHOLDERS.iter().any(|word| lower.contains(word));
    !value.is_empty() && !value.contains("${") && !refers && !stands_in && !is_named(value)
}

/// True for words joined by `-`, `_`, `.`, `/` or `:`, with a number at the end of a word at most:
/// `input.token`, `svc-rooms/mail-password-v2`.
fn is_named(value: &str) -> bool {
    let is_word = |word: &str| {
        let letters = word.trim_end_matches(|last: char| last.is_ascii_digit());
        let digits = word.len() - letters.len();
        let one_case = letters.chars().all(|letter| letter.is_ascii_lowercase())
            || letters.chars().all(|letter| letter.is_ascii_uppercase())
            || letters.starts_with(|first: char| first.is_ascii_uppercase())
                && letters
                    .chars()
                    .skip(1)
                    .all(|letter| letter.is_ascii_lowercase());
        one_case && digits <= 2 && (digits == 0 || letters.len() <= 1)
    };
    let mut words = value.split(['-', '_', '.', '/', ':', '@', ' ']);
    words.all(is_word)
}

/// True when the value has letters, and digits or signs between them.
fn is_mixed(value: &str) -> bool {
    let has_letter = value
        .chars()
        .any(|character| character.is_ascii_alphabetic());
    let has_digit = value.chars().any(|character| character.is_ascii_digit());
    has_letter && has_digit && !value.contains(char::is_whitespace)
}

/// Shannon entropy: how surprising each character is on average.
fn bits_per_character(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{find, judge};

    #[test]
    fn knows_made_up_values() {
        for (name, value) in [
            ("password", "hunter2"),
            ("db_password", "Sommar-2026!x"),
            ("client_secret", "q7Zf0pW2mX9rT4vB8nKd"),
            ("apiKey", "0f47ac10b58cc4372a5670e02b2c3d479"),
        ] {
            assert!(judge(name, value).is_some(), "{name}: {value}");
        }
    }

    #[test]
    fn leaves_words_names_and_references_alone() {
        for (name, value) in [
            ("password", "string"),
            ("password", "string?"),
            ("password", "required"),
            ("password", "changeme1"),
            ("password", "vault:rooms/mail-password-v2"),
            ("password", "${ secrets.mail }"),
            ("password", "$MAIL_PASSWORD_2"),
            ("token", "input.approval_token_v2"),
            ("secret", "prod-database-password-v2"),
            ("next_page_token", "steps.search.next_page_token"),
            ("token", "sha256"),
            ("room", "q7Zf0pW2mX9rT4vB8nKd"),
            ("secret", "true"),
        ] {
            assert!(judge(name, value).is_none(), "{name}: {value}");
        }
    }

    #[test]
    fn reads_assignments_in_texts() {
        let found = |text: &str| {
            let secrets = find(text);
            let shown = secrets
                .iter()
                .map(|secret| text[secret.range.clone()].to_owned());
            shown.collect::<Vec<_>>()
        };
        assert_eq!(found("# the old password: hunter2, until May"), ["hunter2"]);
        assert_eq!(found("Server=db;Password=Qw3-rTy9;"), ["Qw3-rTy9"]);
        assert_eq!(
            found("{\"api_key\": \"q7Zf0pW2mX9rT4vB8nKd\"}"),
            ["q7Zf0pW2mX9rT4vB8nKd"]
        );
        assert_eq!(found("the password: see the vault"), Vec::<String>::new());
        assert_eq!(found("token=${ input.token }"), Vec::<String>::new());
    }
}
