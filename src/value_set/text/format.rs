//! Named formats, each between two regular languages: what is surely in it, and what may be.
//!
//! Whoever validates a format is free in the details (leap seconds, quoted mail boxes), so only
//! what every validator accepts, or every validator refuses, is ever relied upon.

/// What is known about one format, as expressions that whole texts match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    name: &'static str,
    /// Every validator accepts these.
    pub inner: &'static str,
    /// Every validator refuses all others.
    pub outer: &'static str,
}

const fn exactly(name: &'static str, expression: &'static str) -> Bounds {
    Bounds {
        name,
        inner: expression,
        outer: expression,
    }
}

const fn between(name: &'static str, inner: &'static str, outer: &'static str) -> Bounds {
    Bounds { name, inner, outer }
}

const ANYTHING: &str = "(?s:.)*";
const MAIL: &str = r"[a-z0-9]{1,20}@[a-z0-9]{1,20}\.[a-z]{2,6}";
const ADDRESS: &str = r"https?://[a-z]{1,20}\.[a-z]{2,6}(?:/[a-z0-9]{1,20})*";
const SCHEME: &str = r"[A-Za-z][A-Za-z0-9+.\-]*:(?s:.)*";

const FORMATS: &[Bounds] = &[
    exactly(
        "uuid",
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    ),
    exactly(
        "ipv4",
        r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])",
    ),
    exactly("json-pointer", "(?s:/(?:[^~/]|~[01])*)*"),
    between(
        "date",
        "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
        "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
    ),
    between(
        "time",
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])",
        r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:[zZ]|[+-][0-9]{2}:?[0-9]{2})",
    ),
    between(
        "date-time",
        r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])",
        r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:[zZ]|[+-][0-9]{2}:?[0-9]{2})",
    ),
    between(
        "duration",
        "P(?:[0-9]{1,4}[YMWD]|T[0-9]{1,4}[HMS])",
        "[-+]?P[0-9YMWDTHS.,]+",
    ),
    between("email", MAIL, "(?s:.)+@(?s:.)+"),
    between("idn-email", MAIL, "(?s:.)+@(?s:.)+"),
    between(
        "hostname",
        r"[a-z][a-z0-9]{0,20}(?:\.[a-z][a-z0-9]{0,20}){0,2}",
        r"[A-Za-z0-9._\-]+",
    ),
    between(
        "idn-hostname",
        r"[a-z][a-z0-9]{0,20}(?:\.[a-z][a-z0-9]{0,20}){0,2}",
        "(?s:.)+",
    ),
    between(
        "ipv6",
        "(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|::[0-9a-f]{0,4}",
        "[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*",
    ),
    between("uri", ADDRESS, SCHEME),
    between("iri", ADDRESS, SCHEME),
    between(
        "uri-reference",
        "(?:/[a-z0-9]{1,20})*|https?://[a-z]{1,20}",
        ANYTHING,
    ),
    between(
        "iri-reference",
        "(?:/[a-z0-9]{1,20})*|https?://[a-z]{1,20}",
        ANYTHING,
    ),
    between("uri-template", "(?:/[a-z0-9]{1,20})*", ANYTHING),
    between(
        "relative-json-pointer",
        "(?:0|[1-9][0-9]{0,2})#?",
        "[0-9]+(?s:.)*",
    ),
    between("regex", "[a-z]*", ANYTHING),
    between(
        "iban",
        "DE89370400440532013000|GB82WEST12345698765432",
        "[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{8,42}",
    ),
    between("iso-currency", "EUR|GBP|SEK|USD", "[A-Z]{3}"),
    between("iso-country", "DE|FR|GB|SE|US", "[A-Z]{2}"),
    between("phone", r"\+[1-9][0-9]{7,13}", r"[+0-9 ().\-/]+"),
];

/// Formats that lie within others by what their standards say.
const WITHIN: &[(&str, &str)] = &[
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("ipv4", "hostname"),
    ("ipv4", "idn-hostname"),
    ("uri", "iri"),
    ("uri", "uri-reference"),
    ("uri", "iri-reference"),
    ("iri", "iri-reference"),
    ("uri-reference", "iri-reference"),
];

impl Bounds {
    /// What is known about a format; `None` for one that nobody here knows.
    pub fn of(name: &str) -> Option<&'static Bounds> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

/// Whether a format is one regular language.
pub(super) fn is_exact(name: &str) -> bool {
    Bounds::of(name).is_some_and(|bounds| bounds.inner == bounds.outer)
}

/// Whether every text of one format is of the other.
pub(super) fn lies_within(inner: &str, outer: &str) -> bool {
    inner == outer || WITHIN.contains(&(inner, outer))
}
