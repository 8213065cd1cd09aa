//! Credentials that are known by their form.

use super::Secret;

/// A kind of token: a fixed beginning and what follows it.
struct Form {
    what: &'static str,
    prefix: &'static str,
    follows: fn(char) -> bool,
    least: usize,
}

fn alphanumeric(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

fn upper_or_digit(character: char) -> bool {
    character.is_ascii_uppercase() || character.is_ascii_digit()
}

fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn dotted_word(character: char) -> bool {
    word(character) || character == '.'
}

fn path(character: char) -> bool {
    word(character) || character == '/'
}

const fn form(
    what: &'static str,
    prefix: &'static str,
    follows: fn(char) -> bool,
    least: usize,
) -> Form {
    Form {
        what,
        prefix,
        follows,
        least,
    }
}

static FORMS: &[Form] = &[
    form("an AWS access key", "AKIA", upper_or_digit, 16),
    form("an AWS access key", "ASIA", upper_or_digit, 16),
    form("a GitHub token", "ghp_", alphanumeric, 36),
    form("a GitHub token", "gho_", alphanumeric, 36),
    form("a GitHub token", "ghu_", alphanumeric, 36),
    form("a GitHub token", "ghs_", alphanumeric, 36),
    form("a GitHub token", "ghr_", alphanumeric, 36),
    form("a GitHub token", "github_pat_", word, 40),
    form("a GitLab token", "glpat-", word, 20),
    form("a Slack token", "xoxb-", word, 20),
    form("a Slack token", "xoxp-", word, 20),
    form("a Slack token", "xoxa-", word, 20),
    form("a Slack token", "xoxs-", word, 20),
    form("a Slack web hook", "hooks.slack.com/services/T", path, 30),
    form("a Stripe key", "sk_live_", alphanumeric, 20),
    form("a Stripe key", "rk_live_", alphanumeric, 20),
    form("a Stripe key", "sk_test_", alphanumeric, 20),
    form("a Google API key", "AIza", word, 35),
    form("an npm token", "npm_", alphanumeric, 36),
    form("a PyPI token", "pypi-AgEI", word, 40),
    form("a DigitalOcean token", "dop_v1_", alphanumeric, 64),
    form("a Hugging Face token", "hf_", alphanumeric, 34),
    form("an Anthropic key", "sk-ant-", word, 40),
    form("an OpenAI key", "sk-proj-", word, 40),
    form("a SendGrid key", "SG.", dotted_word, 60),
    form("a signed web token", "eyJ", dotted_word, 40),
];

/// Every credential of a known form in a text.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut secrets: Vec<Secret> = FORMS
        .iter()
        .flat_map(|form| find_form(text, form))
        .collect();
    secrets.extend(find_private_key(text));
    secrets.extend(find_in_address(text));
    secrets
}

fn find_form(text: &str, form: &Form) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for (start, prefix) in text.match_indices(form.prefix) {
        let is_inside_word = text[..start].chars().next_back().is_some_and(word);
        let rest = &text[start + prefix.len()..];
        let length = rest
            .find(|character| !(form.follows)(character))
            .unwrap_or(rest.len());
        let token = &text[start..start + prefix.len() + length];
        if !is_inside_word && length >= form.least && is_real(token, form) {
            secrets.push(Secret {
                what: form.what.to_owned(),
                range: start..start + token.len(),
            });
        }
    }
    secrets
}

/// Tokens of documentation are none, and a signed web token has three parts.
fn is_real(token: &str, form: &Form) -> bool {
    let lower = token.to_ascii_lowercase();
    let is_sample = ["example", "xxxxx", "00000", "your"]
        .iter()
        .any(|sample| lower.contains(sample));
    let parts = token.split('.').filter(|part| part.len() > 8).count();
    !is_sample && (form.prefix != "eyJ" || (parts == 3 && token.contains(".eyJ")))
}

fn find_private_key(text: &str) -> Option<Secret> {
    let start = text.find("-----BEGIN ")?;
    let header = text[start..].lines().next()?;
    if !header.contains("PRIVATE KEY-----") {
        return None;
    }
    let end = text[start..]
        .find("-----END ")
        .map_or(start + header.len(), |end| start + end);
    Some(Secret {
        what: "a private key".to_owned(),
        range: start..end,
    })
}

/// The password in `https://user:password@host`.
fn find_in_address(text: &str) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for (scheme_end, separator) in text.match_indices("://") {
        let start = scheme_end + separator.len();
        let rest = &text[start..];
        let authority = rest
            .find(|character: char| {
                character.is_whitespace() || matches!(character, '/' | '?' | '#' | '"' | '\'')
            })
            .map_or(rest, |end| &rest[..end]);
        let Some((credentials, _host)) = authority.rsplit_once('@') else {
            continue;
        };
        let Some((user, password)) = credentials.split_once(':') else {
            continue;
        };
        if super::assignment::is_literal(password) && password.len() >= 4 {
            let begin = start + user.len() + 1;
            secrets.push(Secret {
                what: "a password in an address".to_owned(),
                range: begin..begin + password.len(),
            });
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::find;

    fn found(text: &str) -> Vec<String> {
        let secrets = find(text);
        let shown = secrets
            .iter()
            .map(|secret| text[secret.range.clone()].to_owned());
        shown.collect()
    }

    #[test]
    fn knows_tokens_by_their_form() {
        // Split, so that scanners of other people do not stop at this file.
        let github = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        assert_eq!(found(&format!("token {github}, please")), [github]);
        let web = format!(
            "eyJ{}.eyJ{}.{}",
            "hbGciOiJIUzI1NiJ9", "zdWIiOiIxMjM0NTY3", "dozjgNryP4J3jVmN"
        );
        assert_eq!(found(&web), [web]);
        assert_eq!(found("amqp://rooms:tY7-pQ2@queue.local/x"), ["tY7-pQ2"]);
    }

    #[test]
    fn leaves_samples_and_references_alone() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "https://user:${ secrets.mail }@host",
            "https://host:8443/path@v2",
            "https://user:<password>@host",
            "eyJust a word",
            "npm_config_registry",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
