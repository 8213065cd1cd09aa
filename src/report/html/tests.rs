//! What the page is made of: safe words, and colours that everybody can read.

use super::words;

#[test]
fn sentences_have_code_and_nothing_else() {
    assert_eq!(words("`a<b>` is").to_string(), "<code>a&lt;b&gt;</code> is");
    assert_eq!(words("one ` only <b>").to_string(), "one ` only &lt;b&gt;");
}

/// The relative luminance of `#rrggbb` or `#rgb`, after WCAG.
fn luminance(color: &str) -> f64 {
    let digits: Vec<u32> = color
        .chars()
        .skip(1)
        .map(|digit| digit.to_digit(16).unwrap())
        .collect();
    let channel = |index: usize| {
        let value = if digits.len() == 3 {
            digits[index] * 17
        } else {
            digits[2 * index] * 16 + digits[2 * index + 1]
        };
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}

fn contrast(left: &str, right: &str) -> f64 {
    let (left, right) = (luminance(left), luminance(right));
    (left.max(right) + 0.05) / (left.min(right) + 0.05)
}

/// The value of a custom property in a block of declarations.
fn property<'a>(block: &'a str, name: &str) -> &'a str {
    let start = block
        .find(&format!("--{name}:"))
        .unwrap_or_else(|| panic!("no {name}"));
    let value = &block[start + name.len() + 3..];
    value.split([';', '}']).next().unwrap()
}

/// The three blocks of properties: light, dark, print.
fn blocks<'a>(css: &'a str, selector: &str) -> Vec<&'a str> {
    let opening = format!("{selector}{{--");
    let blocks = css.split(&opening).skip(1);
    let found: Vec<&str> = blocks
        .map(|block| block.split('}').next().unwrap())
        .collect();
    assert_eq!(found.len(), 3, "light, dark and print");
    found
}

#[test]
fn every_text_of_the_page_can_be_read() {
    let pairs = [
        ("ink", "ground"),
        ("ink", "panel"),
        ("ink", "code"),
        ("soft", "ground"),
        ("soft", "panel"),
        ("link", "ground"),
        ("link", "panel"),
        ("bad", "bad-ground"),
        ("good", "good-ground"),
        ("note", "note-ground"),
        ("ink", "bad-ground"),
        ("ink", "good-ground"),
        ("soft", "code"),
    ];
    for block in blocks(include_str!("../page.html"), ":root") {
        let block = format!("--{block}");
        for (text, ground) in pairs {
            let found = contrast(property(&block, text), property(&block, ground));
            assert!(found >= 4.5, "{text} on {ground}: {found:.2} in {block}");
        }
    }
}

#[test]
fn every_text_of_a_picture_can_be_read() {
    let pairs = [
        ("ink", "ground"),
        ("ink", "lane-a"),
        ("ink", "box"),
        ("soft", "ground"),
        ("soft", "lane-a"),
        ("soft", "box"),
        ("ink", "gate"),
        ("soft", "gate"),
        ("ink", "queue"),
        ("soft", "queue"),
        ("ink", "end"),
        ("soft", "end"),
        ("added", "added-box"),
        ("removed", "removed-box"),
        ("changed", "changed-box"),
        ("added", "ground"),
        ("removed", "ground"),
        ("changed", "ground"),
        ("soft", "added-box"),
        ("soft", "removed-box"),
        ("soft", "changed-box"),
        ("added", "changed-box"),
        ("removed", "changed-box"),
    ];
    for block in blocks(crate::target::svg::style_sheet(), ".fg-picture") {
        let block = format!("--{block}");
        for (text, ground) in pairs {
            let (text, ground) = (format!("fg-{text}"), format!("fg-{ground}"));
            let found = contrast(property(&block, &text), property(&block, &ground));
            assert!(found >= 4.5, "{text} on {ground}: {found:.2} in {block}");
        }
    }
}
