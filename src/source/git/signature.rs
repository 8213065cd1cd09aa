//! Whose signature something carries, by the keys that a directory names.

use std::fs;
use std::path::Path;

use super::log::Signed;
use super::program::Program;
use crate::source::tree::TreeError;

/// A key with the person whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The person.
    pub person: String,
    /// The type and the key itself, as `ssh-ed25519 AAAA…`.
    pub text: String,
}

/// Who signed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The person.
    pub person: String,
    /// The fingerprint of the key, as `SHA256:…`.
    pub key: String,
}

/// The SSH keys in the text of a key file, one on a line. What follows a key is a comment.
pub fn keys(person: &str, text: &str) -> Vec<Key> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (kind, body) = (words.next()?, words.next()?);
        let is_kind = ["ssh-", "ecdsa-", "sk-"]
            .iter()
            .any(|start| kind.starts_with(start));
        let is_body = body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        (is_kind && is_body).then(|| Key {
            person: person.to_owned(),
            text: format!("{kind} {body}"),
        })
    });
    lines.collect()
}

/// Whose signature it is; `None` when it is of none of these keys, or of something else.
///
/// # Errors
/// When `ssh-keygen` cannot be run or no temporary file be written.
pub fn signer(signed: &Signed, keys: &[Key]) -> Result<Option<Signer>, TreeError> {
    if keys.is_empty()
        || !signed
            .signature
            .starts_with(b"-----BEGIN SSH SIGNATURE-----")
    {
        return Ok(None);
    }
    let cannot = |error: std::io::Error| {
        TreeError::new(format!("cannot write a temporary file: {}", error.kind()))
    };
    let folder = tempfile::tempdir().map_err(cannot)?;
    let allowed = folder.path().join("allowed");
    let signature = folder.path().join("signature");
    // Names may hold characters that mean something there, so people go by numbers.
    let lines = keys.iter().enumerate();
    let lines = lines.map(|(number, key)| format!("p{number} namespaces=\"git\" {}\n", key.text));
    fs::write(&allowed, lines.collect::<String>()).map_err(cannot)?;
    fs::write(&signature, &signed.signature).map_err(cannot)?;
    let found = keygen("find-principals", &allowed, &signature).run(b"")?;
    let names = String::from_utf8_lossy(&found.stdout).into_owned();
    for name in names.lines() {
        let number = name
            .strip_prefix('p')
            .and_then(|number| number.parse().ok());
        let Some(key) = number.and_then(|number: usize| keys.get(number)) else {
            continue;
        };
        let verified = keygen("verify", &allowed, &signature)
            .arguments(["-n", "git", "-I", name])
            .run(&signed.payload)?;
        if verified.succeeded {
            let said = String::from_utf8_lossy(&verified.stdout);
            let fingerprint = said
                .split_whitespace()
                .find(|word| word.starts_with("SHA256:"));
            return Ok(Some(Signer {
                person: key.person.clone(),
                key: fingerprint.unwrap_or_default().to_owned(),
            }));
        }
    }
    Ok(None)
}

fn keygen(verb: &str, allowed: &Path, signature: &Path) -> Program {
    Program::new("ssh-keygen")
        .arguments(["-Y", verb, "-f"])
        .argument(allowed)
        .argument("-s")
        .argument(signature)
}
