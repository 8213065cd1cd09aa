//! Functions that keep *undefined* apart from false, written in JSONata and put before an
//! expression that needs them.

/// Each function with its definition, in an order in which later ones may use earlier ones.
const HELPERS: &[(&str, &str)] = &[
    (
        "eq",
        "function($a, $b) {$exists($a) and $exists($b) ? $a = $b}",
    ),
    (
        "ne",
        "function($a, $b) {$exists($a) and $exists($b) ? $a != $b}",
    ),
    (
        "and",
        "function($a, $b) {$a = false or $b = false ? false : $a = true and $b = true ? true}",
    ),
    (
        "or",
        "function($a, $b) {$a = true or $b = true ? true : $a = false and $b = false ? false}",
    ),
    (
        "in",
        "function($a, $b) {$exists($a) and $exists($b) ? $a in $b}",
    ),
    (
        "has",
        "function($a, $b) {$type($a) = 'object' and $exists($b) ? $b in $keys($a)}",
    ),
    (
        "alike",
        "function($a, $b) {$type($a) = $type($b) and $type($a) in ['number', 'string']}",
    ),
    (
        "text",
        "function($a, $b) {$type($a) = 'string' and $type($b) = 'string' ? $a & $b}",
    ),
    (
        "joined",
        "function($a, $b) {$exists($a) and $exists($b) ? $append($a, $b)}",
    ),
    (
        "plus",
        "function($a, $b) {$type($a) = 'number' and $type($b) = 'number' ? $round($a + $b, 9) : $type($a) = 'string' and $type($b) = 'string' ? $a & $b : $type($a) = 'array' and $type($b) = 'array' ? $append($a, $b)}",
    ),
    (
        "at",
        "function($a, $b) {$type($a) = 'array' and $type($b) = 'number' ? ($b >= 0 and $b < $count($a) ? $a[$b])}",
    ),
    (
        "get",
        "function($a, $b) {$type($a) = 'array' and $type($b) = 'number' ? ($b >= 0 and $b < $count($a) ? $a[$b]) : $type($a) = 'object' and $type($b) = 'string' ? $lookup($a, $b)}",
    ),
    (
        "ratio",
        "function($a, $b) {$exists($a) and $exists($b) ? ($b != 0 ? $round($a / $b, 9))}",
    ),
    (
        "quotient",
        "function($a, $b) {$exists($a) and $exists($b) ? ($b != 0 ? ($a / $b < 0 ? $ceil($a / $b) : $floor($a / $b)))}",
    ),
    (
        "rest",
        "function($a, $b) {$exists($a) and $exists($b) ? ($b != 0 ? $a - $b * ($a / $b < 0 ? $ceil($a / $b) : $floor($a / $b)))}",
    ),
    (
        "later",
        "function($a, $b) {$exists($a) and $exists($b) ? $fromMillis($toMillis($a) + $b * 1000)}",
    ),
    (
        "day",
        "function($a, $b) {$exists($a) and $exists($b) ? ($b % 86400 = 0 ? $substring($fromMillis($toMillis($a) + $b * 1000), 0, 10))}",
    ),
    (
        "all",
        "function($l, $f) {$exists($l) ? ($r := $reduce($l, function($a, $x) {($b := $f($x); $a = false or $b = false ? false : $a = true and $b = true ? true : null)}, true); $r != null ? $r)}",
    ),
    (
        "any",
        "function($l, $f) {$exists($l) ? ($r := $reduce($l, function($a, $x) {($b := $f($x); $a = true or $b = true ? true : $a = false and $b = false ? false : null)}, false); $r != null ? $r)}",
    ),
    (
        "sure",
        "function($l, $f) {$exists($l) and $count($filter($l, function($x) {$exists($f($x))})) = $count($l)}",
    ),
    (
        "one",
        "function($l, $f) {$sure($l, $f) ? $count($filter($l, $f)) = 1}",
    ),
    (
        "keep",
        "function($l, $f) {$sure($l, $f) ? [$filter($l, $f)]}",
    ),
    ("each", "function($l, $f) {$sure($l, $f) ? [$map($l, $f)]}"),
    (
        "size",
        "function($a) {$type($a) = 'string' ? $length($a) : $type($a) = 'array' ? $count($a) : $type($a) = 'object' ? $count($keys($a))}",
    ),
    ("count", "function($a) {$exists($a) ? $count($a)}"),
    (
        "part",
        "function($a, $b, $c) {$exists($a) and $exists($b) and $exists($c) ? ($b >= 0 and $b <= $c and $c <= $length($a) ? $substring($a, $b, $c - $b))}",
    ),
    (
        "begins",
        "function($a, $b) {$exists($a) and $exists($b) ? $substring($a, 0, $length($b)) = $b}",
    ),
    (
        "ends",
        "function($a, $b) {$exists($a) and $exists($b) ? ($length($b) <= $length($a) and ($length($b) = 0 or $substring($a, $length($a) - $length($b)) = $b))}",
    ),
    (
        "find",
        "function($a, $b) {$exists($a) and $exists($b) ? ($contains($a, $b) ? $length($substringBefore($a, $b)) : -1)}",
    ),
    (
        "least",
        "function($l) {$exists($l) ? ($count($l) > 0 ? $sort($l)[0])}",
    ),
    (
        "most",
        "function($l) {$exists($l) ? ($count($l) > 0 ? $sort($l)[$count($l) - 1])}",
    ),
    (
        "trunc",
        "function($a) {$exists($a) ? ($a < 0 ? $ceil($a) : $floor($a))}",
    ),
    (
        "like",
        "function($a, $p) {$exists($a) ? ($contains($a, $p) ? $a)}",
    ),
    (
        "told",
        "function($a) {$exists($a) ? ($a != null ? $string($a))}",
    ),
];

/// The functions that another one calls.
fn needs(name: &str) -> &'static [&'static str] {
    match name {
        "one" | "keep" | "each" => &["sure"],
        _ => &[],
    }
}

/// The expression with the functions that it calls before it.
pub(super) fn with_helpers(used: &[&'static str], text: String) -> String {
    let is_needed = |name: &str| {
        used.iter()
            .any(|each| *each == name || needs(each).contains(&name))
    };
    let definitions: Vec<String> = HELPERS
        .iter()
        .filter(|(name, _)| is_needed(name))
        .map(|(name, definition)| format!("${name} := {definition}; "))
        .collect();
    if definitions.is_empty() {
        return text;
    }
    format!("({}{text})", definitions.concat())
}
