//! Files of which something could not be read. What they declare is unknown, so a name that leads
//! nowhere may lead there: one broken file must not turn every mention of its documents into a
//! finding, and even less into a repair.

use crate::source::SourceId;

/// A file of which at least one document could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub source: SourceId,
    /// Its text; `None` when not even that can be made out.
    pub text: Option<String>,
}

impl Unread {
    /// True when the name stands in the text as a word of its own, or the text is unknown.
    pub fn may_declare(&self, name: &str) -> bool {
        let Some(text) = &self.text else {
            return true;
        };
        let belongs_to_a_name =
            |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
        text.match_indices(name).any(|(start, _)| {
            !text[..start].ends_with(belongs_to_a_name)
                && !text[start + name.len()..].starts_with(belongs_to_a_name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Unread;
    use crate::source::Sources;

    fn unread(text: Option<&str>) -> Unread {
        Unread {
            source: Sources::default().add("broken.yaml", ""),
            text: text.map(str::to_owned),
        }
    }

    #[test]
    fn whole_names_count_and_parts_of_names_do_not() {
        let file = unread(Some("queues:\n  it-desk: {owner: [\n  \"übung\": {}\n"));
        assert!(file.may_declare("it-desk"));
        assert!(file.may_declare("übung"));
        assert!(!file.may_declare("it"));
        assert!(!file.may_declare("desk"));
        assert!(!file.may_declare("it-desk-2"));
    }

    #[test]
    fn a_file_without_text_may_declare_anything() {
        assert!(unread(None).may_declare("it-desk"));
    }
}
