//! Fragments of documents to documents: what a case leaves out is taken from its base.
//!
//! A document is a root key with keys below it, indented by two spaces. Keys of the fragment
//! replace those of the base's document with the same root key; a key that is `null` is left out.
//! What is written otherwise is taken as it stands.

/// A document as text: its root key and the text of each key below it.
struct Document<'t> {
    root: &'t str,
    keys: Vec<(&'t str, String)>,
    text: &'t str,
}

/// The documents of the base with those of the fragment, each as a text of its own.
pub(super) fn complete(base: &str, fragment: &str) -> Vec<String> {
    let given = documents(fragment);
    let mut result = Vec::new();
    let base = documents(base);
    for document in &base {
        match given.iter().find(|given| given.root == document.root) {
            Some(given) if given.keys.is_empty() || document.keys.is_empty() => {
                result.push(given.text.to_owned());
            }
            Some(given) => result.push(merged(document, given)),
            None => result.push(document.text.to_owned()),
        }
    }
    let others = given
        .iter()
        .filter(|given| base.iter().all(|base| base.root != given.root));
    result.extend(others.map(|given| given.text.to_owned()));
    result
}

fn merged(base: &Document<'_>, given: &Document<'_>) -> String {
    let is_given = |key: &str| given.keys.iter().any(|(given, _)| *given == key);
    let kept = base.keys.iter().filter(|(key, _)| !is_given(key));
    let is_null = |text: &str| {
        text.split_once(':')
            .is_some_and(|(_, value)| value.trim() == "null")
    };
    let added = given.keys.iter().filter(|(_, text)| !is_null(text));
    let keys: String = kept.chain(added).map(|(_, text)| text.as_str()).collect();
    let inline = ["flowgate"];
    if inline.contains(&base.root) {
        return keys;
    }
    format!("{}:\n{keys}", base.root)
}

fn documents(text: &str) -> Vec<Document<'_>> {
    let mut found = Vec::new();
    for text in text.split("---\n").filter(|text| !text.trim().is_empty()) {
        found.push(document(text));
    }
    found
}

fn document(text: &str) -> Document<'_> {
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let root = first.split(':').next().unwrap_or_default();
    // The project file has its keys at the margin.
    let margin = if root == "flowgate" { "" } else { "  " };
    let mut keys: Vec<(&str, String)> = Vec::new();
    let rest: Vec<&str> = if margin.is_empty() {
        std::iter::once(first).chain(lines).collect()
    } else {
        lines.collect()
    };
    for line in rest {
        let is_key = line
            .strip_prefix(margin)
            .is_some_and(|line| !line.starts_with([' ', '-', '#']) && line.contains(':'));
        if is_key {
            keys.push((
                line.trim()
                    .split(": ")
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(':'),
                String::new(),
            ));
        }
        match keys.last_mut() {
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {
                return Document {
                    root,
                    keys: Vec::new(),
                    text,
                };
            }
        }
    }
    Document { root, keys, text }
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn keys_of_the_fragment_replace_and_remove_those_of_the_base() {
        let base = "# A comment.\nworkflow:\n  name: a\n  stage: 2\n  states:\n    one: {}\n---\npeople:\n  ann: {}\n---\nflowgate: 1\nproject: {name: x}\n";
        let given = "workflow:\n  stage: null\n  owner: bob\n  states:\n    two: {}\n---\nqueues: {}\n---\nflowgate: 1\nversioning: {signed: true}\n";
        assert_eq!(
            complete(base, given),
            [
                "workflow:\n  name: a\n  owner: bob\n  states:\n    two: {}\n",
                "people:\n  ann: {}\n",
                "project: {name: x}\nflowgate: 1\nversioning: {signed: true}\n",
                "queues: {}\n",
            ]
        );
    }
}
