//! What must hold for any input.

use flowgate::check;
use flowgate::model::Surroundings;
use flowgate::source::Sources;
use flowgate::yaml;
use proptest::prelude::*;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Characters and words that YAML and the language care about.
fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "workflow:",
        "contract:",
        "queues:",
        "flowgate: 1",
        "states:",
        "steps:",
        "schema:",
        "name:",
        "- ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|",
        ">",
        "&a ",
        "*a",
        "<<: ",
        "---\n",
        "...\n",
        "# c",
        "\t",
        "\r\n",
        "\u{feff}",
        "é",
        "🦀",
        "${ ",
        "!x ",
        "!!str ",
        "? ",
        "%YAML 1.2\n",
        "null",
        "1d",
        "\\",
        ",",
        "\u{0}",
        "\u{85}",
    ];
    prop_oneof![
        6 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..60).prop_map(|fragments| fragments.concat())
}

/// A real document, cut and pasted at random places.
fn damaged_document() -> impl Strategy<Value = String> {
    let document = include_str!("../lint/base.yaml");
    (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        fragment(),
    )
        .prop_map(move |(one, two, patch)| {
            let (one, two) = (one.index(document.len()), two.index(document.len()));
            let start = document.floor_char_boundary(one.min(two));
            let end = document.floor_char_boundary(one.max(two));
            if start % 2 == 0 {
                format!("{}{patch}{}", &document[..start], &document[end..])
            } else {
                format!("{}{patch}{}", &document[..start], &document[start..])
            }
        })
}

fn check_everything(text: &str) {
    let mut sources = Sources::default();
    let id = sources.add("file.yaml", text);
    let parsed = yaml::parse(id, text);
    for comment in &parsed.value.comments {
        assert!(text.is_char_boundary(comment.span.start as usize));
        assert!(text.is_char_boundary(comment.span.end as usize));
    }
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    for finding in check::check(&loaded) {
        let diagnostic = finding.diagnostic;
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let edits = diagnostic
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.span);
        for span in std::iter::once(diagnostic.span).chain(labels).chain(edits) {
            assert!(
                span.start <= span.end && span.end as usize <= text.len(),
                "{}",
                diagnostic.message
            );
            assert!(
                text.is_char_boundary(span.start as usize),
                "{}",
                diagnostic.message
            );
            assert!(
                text.is_char_boundary(span.end as usize),
                "{}",
                diagnostic.message
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_without_panic_and_spans_lie_on_characters(text in text()) {
        check_everything(&text);
    }

    #[test]
    fn a_damaged_document_is_read_without_panic(text in damaged_document()) {
        check_everything(&text);
    }

    #[test]
    fn what_the_card_crate_writes_is_read_back(value in data()) {
        let text = serde_yaml::to_string(&value).unwrap();
        let mut sources = Sources::default();
        let id = sources.add("file.yaml", text.as_str());
        let parsed = yaml::parse(id, &text);
        prop_assert!(parsed.diagnostics.is_empty(), "{text}");
        let [document] = &parsed.value.documents[..] else {
            panic!("one document: {text}");
        };
        prop_assert_eq!(flowgate::syntax::scalars::json(document.root(&text)), value, "{}", text);
    }
}

/// Data as people write it, with texts that are awkward in YAML.
fn data() -> impl Strategy<Value = serde_json::Value> {
    let awkward = [
        "",
        "no",
        "1.10",
        "09:00",
        "null",
        "a: b",
        "- x",
        "# c",
        "a\nb\n",
        " a ",
        "'",
        "\"",
        "é🦀",
        "${ input.x }",
        "<<",
    ];
    let scalar = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        prop::sample::select(awkward.to_vec()).prop_map(serde_json::Value::from),
        "[a-zA-Z0-9 :,#-]{0,12}".prop_map(serde_json::Value::from),
    ];
    let tree = scalar.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map("[a-z]{1,5}", inner, 0..5)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-z]{1,5}", tree, 1..5)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

/// Edits of the starter's documents, each of one meaning.
const EDITS: &[(&str, &str)] = &[
    ("resolution: 5d", "resolution: 6d"),
    ("value: 500.00", "value: 900.00"),
    ("exclude: [case.requester]", "exclude: []"),
    ("evidence: [quote]", "evidence: [quote, offer]"),
    ("backup: ben.ortiz", "backup: fay.moore"),
    ("review: monthly", "review: weekly"),
    ("stage: 1", "stage: 2"),
    ("max_returns: 3", "max_returns: 5"),
    ("timeout: 1m", "timeout: 2m"),
    (
        "price: {type: decimal, required: true, min: 0, unit: EUR}",
        "price: {type: decimal, required: false, min: 0, unit: EUR}",
    ),
    ("max_length: 2000", "max_length: 500"),
    (
        "enum: [assigned, released]",
        "enum: [assigned, released, lost]",
    ),
    (
        "employee_id: {type: string, required: true, pii: true",
        "employee_id: {type: string, required: true, pii: false",
    ),
    (
        "scopes: [asset.assign]",
        "scopes: [asset.assign, asset.read]",
    ),
    (
        "SYSTEM_DOWN: {class: system, queue: replay, resume: same}",
        "SYSTEM_DOWN: {class: system, queue: replay, resume: fallback}",
    ),
];

/// The starter's documents with some of the edits.
fn edited(chosen: &[bool]) -> flowgate::check::Loaded {
    let mut sources = Sources::default();
    for (path, text) in flowgate::cli::STARTER
        .iter()
        .filter(|(path, _)| path.ends_with(".yaml") && !path.starts_with('.'))
    {
        let edits = EDITS
            .iter()
            .zip(chosen)
            .filter(|(_, is_chosen)| **is_chosen);
        let text = edits.fold((*text).to_owned(), |text, ((from, to), _)| {
            text.replace(from, to)
        });
        sources.add(*path, text);
    }
    check::load(sources, |_| Surroundings::on(TODAY))
}

/// The changes between two projects: document, path and id, and those that would undo them.
fn changes(
    before: &flowgate::check::Loaded,
    after: &flowgate::check::Loaded,
) -> [Vec<(String, String, &'static str)>; 2] {
    let mut found = Vec::new();
    let mut undone = Vec::new();
    for document in flowgate::diff::diff(&before.model, &after.model) {
        for change in &document.changes {
            let meta = flowgate::compat::meta(change.kind);
            let place = (document.name().to_owned(), change.path.clone());
            found.push((place.0.clone(), place.1.clone(), meta.id));
            undone.push((place.0, place.1, flowgate::compat::meta(meta.undone_by).id));
        }
    }
    found.sort();
    undone.sort();
    [found, undone]
}

#[test]
fn every_edit_of_the_property_is_a_change() {
    let none = edited(&vec![false; EDITS.len()]);
    for (index, (from, _)) in EDITS.iter().enumerate() {
        let mut chosen = vec![false; EDITS.len()];
        chosen[index] = true;
        let [found, _] = changes(&none, &edited(&chosen));
        assert!(!found.is_empty(), "{from}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_difference_mirrors_the_way_back(
        before in prop::collection::vec(any::<bool>(), EDITS.len()),
        after in prop::collection::vec(any::<bool>(), EDITS.len()),
    ) {
        let (before, after) = (edited(&before), edited(&after));
        let [_, undone] = changes(&before, &after);
        let [back, _] = changes(&after, &before);
        prop_assert_eq!(undone, back);
        let [same, _] = changes(&after, &after);
        prop_assert!(same.is_empty());
    }
}
