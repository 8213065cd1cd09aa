//! Quality checks of the standard as quality rules of the language.

use super::Writer;
use super::field::{at, items, whole_pattern};
use super::text_of;
use crate::source::Span;
use crate::yaml::rewrite::Part;
use crate::yaml::{Mapping, NodeRef};

impl Writer<'_> {
    /// Checks of one property. `nullValues`, `duplicateValues` and `invalidValues` that must not
    /// occur say something of the field itself.
    pub(super) fn quality_of_field(&mut self, checks: NodeRef<'_>, field: &mut Part, path: &str) {
        let name = path.rsplit('.').next().unwrap_or(path);
        for check in items(checks).filter_map(NodeRef::mapping) {
            let span = check.node().span();
            let forbidden = must_be_none(check);
            let metric = text_of(check, "metric").or_else(|| text_of(check, "rule"));
            match metric.filter(|_| forbidden) {
                Some("duplicateValues" | "duplicateCount") => {
                    field.put(span, "unique", Part::literal(span, "true"));
                }
                Some("invalidValues") if self.allowed_values(check, field, span) => {}
                _ => self.one_check(check, Some(name), path),
            }
        }
    }

    fn allowed_values(&mut self, check: Mapping<'_>, field: &mut Part, span: Span) -> bool {
        let arguments = check
            .get("arguments")
            .and_then(|entry| entry.value.mapping());
        let valid = arguments.and_then(|arguments| arguments.get("validValues"));
        let pattern = arguments.and_then(|arguments| arguments.get("pattern"));
        if let Some(valid) = valid.filter(|valid| valid.value.sequence().is_some()) {
            field.put(valid.key.span(), "enum", Part::of(valid.value));
            return true;
        }
        let Some(text) = pattern.and_then(|pattern| pattern.value.scalar()) else {
            return false;
        };
        let value = Part::text(at(pattern, span), whole_pattern(text.text()));
        field.put(span, "pattern", value);
        true
    }

    /// Checks of an object, or those of a property that say nothing of the field alone.
    pub(super) fn quality(&mut self, checks: NodeRef<'_>, field: Option<&str>, path: &str) {
        for check in items(checks).filter_map(NodeRef::mapping) {
            self.one_check(check, field, path);
        }
    }

    fn one_check(&mut self, check: Mapping<'_>, field: Option<&str>, path: &str) {
        let span = check.node().span();
        let own = check
            .get("implementation")
            .filter(|_| text_of(check, "engine") == Some("flowgate"));
        if let Some(rule) = own {
            self.body
                .append(span, "quality_rules", Part::of(rule.value));
            return;
        }
        let described = check
            .get("description")
            .filter(|entry| !entry.value.is_null());
        let is_prose = matches!(text_of(check, "type"), Some("text") | None);
        match described.filter(|_| is_prose || field.is_some()) {
            Some(description) if is_prose => {
                let sentence = Part::of(description.value);
                self.body.append(span, "quality_rules", sentence);
            }
            Some(_) | None => self.leave_out(span, format!("{path}.quality")),
        }
    }
}

/// True for a check that demands that something never occurs.
fn must_be_none(check: Mapping<'_>) -> bool {
    let is_zero = |key: &str| text_of(check, key).is_some_and(|value| value == "0");
    is_zero("mustBe") || is_zero("mustBeLessOrEqualTo")
}
