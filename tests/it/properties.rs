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
