//! Names that a workflow gave up for others, so that what mentions them has not changed.

use crate::source::Spanned;
use crate::syntax::names::{Name, NameMap, NamePattern};
use crate::syntax::workflow::Workflow;

/// Old mentions with the new ones, as they stand in what facts are compared by: `state:work`,
/// `reason:LATE`, `steps.post`, `controls.limit`.
#[derive(Debug, Default, Clone)]
pub(super) struct Renames {
    mentions: Vec<(String, String)>,
}

impl Renames {
    /// The renames between two versions of a workflow.
    pub fn of(before: &Workflow, after: &Workflow) -> Self {
        let mut renames = Renames::default();
        if let (Some(before), Some(after)) = (&before.states, &after.states) {
            renames.map("state:", &before.value, &after.value, |state| {
                &state.renamed_from
            });
        }
        if let (Some(before), Some(after)) = (&before.exceptions, &after.exceptions) {
            renames.map("reason:", &before.value, &after.value, |route| {
                &route.renamed_from
            });
        }
        renames.map("controls.", &before.controls, &after.controls, |control| {
            &control.renamed_from
        });
        for step in after.all_steps() {
            let Some(old) = &step.step.renamed_from else {
                continue;
            };
            let known = |workflow: &Workflow, name: &str| {
                workflow.all_steps().any(|step| step.step.name() == name)
            };
            let (old, new) = (old.value.text.as_str(), step.step.name());
            if known(before, old) && !known(after, old) && !known(before, new) {
                renames.add("steps.", old, new);
            }
        }
        renames
    }

    fn map<P, T, Q: NamePattern>(
        &mut self,
        prefix: &str,
        before: &NameMap<P, T>,
        after: &NameMap<P, T>,
        renamed_from: fn(&T) -> &Option<Spanned<Name<Q>>>,
    ) {
        for (name, value) in after.iter() {
            let Some(old) = renamed_from(value) else {
                continue;
            };
            let old = old.value.text.as_str();
            let counts = before.get(old).is_some()
                && after.get(old).is_none()
                && before.get(&name.value).is_none();
            if counts {
                self.add(prefix, old, &name.value);
            }
        }
    }

    /// Adds one, as `state:`, `work`, `handling`.
    pub fn add(&mut self, prefix: &str, old: &str, new: &str) {
        self.mentions
            .push((format!("{prefix}{old}"), format!("{prefix}{new}")));
    }

    /// What a mention of before is called after.
    pub fn apply(&self, text: &str) -> String {
        self.mentions
            .iter()
            .fold(text.to_owned(), |text, (old, new)| {
                replaced(&text, old, new)
            })
    }

    /// The name after of a state that was called so before.
    pub fn state<'n>(&'n self, name: &'n str) -> &'n str {
        self.mentions
            .iter()
            .find(|(old, _)| old.strip_prefix("state:") == Some(name))
            .and_then(|(_, new)| new.strip_prefix("state:"))
            .unwrap_or(name)
    }
}

/// Replaces whole words only.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(old) {
        let (before, found) = rest.split_at(start);
        let after = &found[old.len()..];
        let inside = before.chars().next_back().or(result.chars().next_back());
        let continues = after.chars().next().is_some_and(is_word);
        result.push_str(before);
        if continues || inside.is_some_and(|character| is_word(character) || character == '.') {
            result.push_str(old);
        } else {
            result.push_str(new);
        }
        rest = after;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn only_whole_mentions_are_replaced() {
        assert_eq!(
            replaced("steps.a.x && steps.ab && my.steps.a", "steps.a", "steps.b"),
            "steps.b.x && steps.ab && my.steps.a"
        );
    }
}
