//! What `mapping!` does with keys: decode known values, report unknown and missing keys.
//!
//! A misspelt key is one fault and gives one finding: its value is read as that of the key which
//! was meant, so that nobody is told that this one is missing.

use super::decode::{Decode, DecodeMapping, Decoder, nearest};
use super::rules;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::yaml::{Entry, Mapping, NodeRef};

/// Reads the value of a known key; an empty value is reported where it means nothing.
pub fn decode_value<T: Decode>(entry: Entry<'_>, decoder: &mut Decoder) -> Option<T> {
    if entry.value.is_null() && !T::ACCEPTS_NULL {
        decoder.report(
            Diagnostic::new(
                &rules::WRONG_TYPE,
                entry.key.span(),
                format!("`{}` has no value", entry.name),
            )
            .note("nothing follows this key")
            .help("give it a value, or remove the key"),
        );
        return None;
    }
    T::decode(entry.value, decoder)
}

/// Reads the value of a key that was `meant`. Where the key is only a guess, a value that does not
/// fit it says nothing but that the guess was wrong.
pub fn decode_key<T: Decode>(entry: Entry<'_>, meant: &str, decoder: &mut Decoder) -> Option<T> {
    if entry.name == meant {
        return decode_value(entry, decoder);
    }
    let mut trial = Decoder::new();
    decode_value(entry, &mut trial).filter(|_| trial.finish().is_empty())
}

/// The key of the language that an entry has, or that its author most probably meant; a key that
/// the language does not have is reported.
pub fn meant(
    entry: Entry<'_>,
    mapping: Mapping<'_>,
    keys: &'static [&'static str],
    label: &str,
    decoder: &mut Decoder,
) -> Option<&'static str> {
    let known = keys.iter().find(|key| **key == entry.name);
    if known.is_some() || entry.name.starts_with("x-") {
        return known.copied();
    }
    report_unknown(entry, mapping, keys, label, decoder);
    let near = nearest(entry.name, keys.iter().copied())?;
    mapping.get(near).is_none().then(|| {
        decoder.read_as(entry.key.span(), near);
        near
    })
}

/// Reads a node that must be a mapping.
pub fn decode_mapping_node<T: DecodeMapping>(
    node: NodeRef<'_>,
    label: &str,
    decoder: &mut Decoder,
) -> Option<T> {
    let Some(mapping) = node.mapping() else {
        let sample = T::KEYS
            .iter()
            .take(3)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        decoder.wrong_type(
            node,
            &format!("{label}: a mapping with keys such as {sample}"),
        );
        return None;
    };
    Some(T::decode_mapping(mapping, decoder))
}

/// Reports a key that the language does not have, with the nearest one that it has and that is not
/// written yet.
fn report_unknown(
    entry: Entry<'_>,
    mapping: Mapping<'_>,
    keys: &[&str],
    label: &str,
    decoder: &mut Decoder,
) {
    let mut diagnostic = Diagnostic::new(
        &rules::UNKNOWN_KEY,
        entry.key.span(),
        format!("{label} has no key `{}`", entry.name),
    );
    let near = nearest(entry.name, keys.iter().copied());
    if let Some(written) = near.and_then(|near| mapping.get(near)) {
        diagnostic = diagnostic
            .label(
                written.key.span(),
                format!("`{}` is written here", written.name),
            )
            .help("remove one of the two");
    } else if let Some(near) = near {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        if !entry.key.is_alias() {
            diagnostic = diagnostic.fix(Fix::needs_a_look(vec![Edit {
                span: entry.key.span(),
                text: near.to_owned(),
            }]));
        }
    } else {
        diagnostic = diagnostic.help(format!(
            "remove it, or name it `x-{}` if another tool reads it; the keys here are {}",
            entry.name.to_lowercase().replace([' ', '_'], "-"),
            keys.join(", ")
        ));
    }
    decoder.report(diagnostic);
}

/// Reports a key that must be there and is not. A misspelt key is reported as such, so nothing is
/// said of the key that it was meant to be.
pub fn require(mapping: Mapping<'_>, key: &str, keys: &[&str], label: &str, decoder: &mut Decoder) {
    let is_meant = |entry: &Entry<'_>| {
        !keys.contains(&entry.name) && nearest(entry.name, keys.iter().copied()) == Some(key)
    };
    if mapping
        .entries()
        .any(|entry| entry.name == key || is_meant(&entry))
    {
        return;
    }
    let place = mapping
        .entries()
        .next()
        .map_or(mapping.node().span(), |entry| entry.key.span());
    decoder.report(
        Diagnostic::new(
            &rules::MISSING_KEY,
            place,
            format!("{label} needs the key `{key}`"),
        )
        .note(format!("`{key}` is missing beside this key"))
        .help(format!("add `{key}: …`")),
    );
}
