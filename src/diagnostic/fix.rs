//! Repairs as byte edits, and their safe joint application to one text.

use crate::source::Span;

/// How much trust a repair deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Keeps the meaning or restores the only one possible; applied by `--fix`.
    Safe,
    /// Probably right, needs a look; applied by `--fix=unsafe`.
    Unsafe,
}

impl Applicability {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
        }
    }
}

/// Replaces the characters of a span; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The characters to replace.
    pub span: Span,
    /// The new characters.
    pub text: String,
}

/// Edits that belong together: all are applied or none. All are of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether `--fix` may apply it unseen.
    pub applicability: Applicability,
    /// The edits, in any order.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A repair that `--fix` may apply unseen.
    pub fn safe(edits: Vec<Edit>) -> Self {
        Fix {
            applicability: Applicability::Safe,
            edits,
        }
    }

    /// A repair that needs a look.
    pub fn needs_a_look(edits: Vec<Edit>) -> Self {
        Fix {
            applicability: Applicability::Unsafe,
            edits,
        }
    }

    /// Replaces the characters of one span, unseen.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Fix::safe(vec![Edit {
            span,
            text: text.into(),
        }])
    }
}

/// Applies as many fixes as fit beside each other; a fix that overlaps an earlier one is left
/// for the next round. Returns the new text and how many fixes went in.
pub fn apply<'a>(text: &str, fixes: impl IntoIterator<Item = &'a Fix>) -> (String, usize) {
    let mut accepted: Vec<&Edit> = Vec::new();
    let mut applied = 0;
    for fix in fixes {
        let fits = fix
            .edits
            .iter()
            .all(|edit| accepted.iter().all(|other| !overlaps(edit, other)));
        if fits && !fix.edits.is_empty() {
            accepted.extend(&fix.edits);
            applied += 1;
        }
    }
    accepted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = String::with_capacity(text.len());
    let mut position = 0;
    for edit in accepted {
        let range = edit.span.range();
        result.push_str(&text[position..range.start]);
        result.push_str(&edit.text);
        position = range.end;
    }
    result.push_str(&text[position..]);
    (result, applied)
}

fn overlaps(left: &Edit, right: &Edit) -> bool {
    let (left, right) = (left.span, right.span);
    let both_insert_here =
        left.start == right.start && left.start == left.end && right.start == right.end;
    both_insert_here || (left.start < right.end && right.start < left.end) || left == right
}
