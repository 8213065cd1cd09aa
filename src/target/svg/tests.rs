//! What every picture holds.

use super::{Look, draw};
use crate::target::chart::{Chart, Edge, Mark, Node, Shape, Way};

fn chart(name: &str, count: usize) -> Chart {
    let nodes = (0..count).map(|index| Node {
        id: format!("s_{index}"),
        shape: Shape::State,
        lines: vec![name.to_owned().into()],
        lane: name.to_owned(),
        mark: Mark::Changed,
    });
    let edges = (1..count).map(|index| Edge {
        from: format!("s_{}", index - 1),
        to: format!("s_{index}"),
        way: Way::ThereAndBack,
        label: vec![name.to_owned().into()],
        mark: Mark::Removed,
    });
    Chart {
        title: name.to_owned(),
        nodes: nodes.collect(),
        edges: edges.collect(),
    }
}

/// The names of elements and the texts between them; fails when it is no XML.
fn parsed(svg: &str) -> (Vec<String>, String) {
    let mut reader = quick_xml::Reader::from_str(svg);
    let (mut names, mut texts) = (Vec::new(), String::new());
    loop {
        #[allow(clippy::wildcard_enum_match_arm, reason = "the crate's events")]
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                names.push(String::from_utf8_lossy(tag.name().as_ref()).into_owned());
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
            }
            quick_xml::events::Event::Text(text) => texts.push_str(&text.decode().unwrap()),
            quick_xml::events::Event::Eof => return (names, texts),
            _ => {}
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "</text><script>alert(1)</script>]]> \u{202e}\u{0}\n\"'&amp; <!-- x";
    for look in [Look::Lanes, Look::Column] {
        let svg = draw(&chart(hostile, 3), look);
        let (names, _) = parsed(&svg);
        assert!(!names.iter().any(|name| name == "script"), "{names:?}");
        assert!(!svg.contains('\u{202e}') && !svg.contains("]]>") && !svg.contains('\u{0}'));
    }
}

#[test]
fn a_very_long_word_does_not_make_a_very_wide_picture() {
    let svg = draw(&chart(&"x".repeat(20_000), 2), Look::Column);
    let width: i64 = svg
        .split("width=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .and_then(|number| number.parse().ok())
        .unwrap();
    assert!(width < 1_000, "{width}");
}

#[test]
fn what_happened_is_said_in_words() {
    let (_, texts) = parsed(&draw(&chart("approval", 2), Look::Column));
    assert!(
        texts.contains("CHANGED") && texts.contains("REMOVED"),
        "{texts}"
    );
}

#[test]
fn what_is_too_large_says_so() {
    let mut tangle = chart("s", 1_000);
    for index in 0..500 {
        let mut edge = tangle.edges[0].clone();
        edge.from = format!("s_{index}");
        edge.to = format!("s_{}", 999 - index);
        tangle.edges.push(edge);
    }
    assert!(draw(&tangle, Look::Column).contains("too large to show its exceptions"));
    for edge in &mut tangle.edges {
        edge.way = Way::Planned;
    }
    assert!(draw(&tangle, Look::Column).contains("1000 boxes, too many to draw"));
}
