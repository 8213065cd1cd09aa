//! What conditions say, as far as their text tells: waivers over controls, decisions of approvals,
//! people who are excluded, and conditions that exclude each other.

use crate::expr::{self, Binary, ExpressionKind};

/// True when nothing but named controls can make the waiver true: each of its alternatives
/// compares with a control.
pub fn waives_over_named_controls(waiver: &str) -> bool {
    expr::parse(waiver).is_ok_and(|waiver| demands_control(&waiver))
}

fn demands_control(waiver: &expr::Expression) -> bool {
    if let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &waiver.kind
    {
        if *operator == Binary::Or {
            return demands_control(left) && demands_control(right);
        }
        if *operator == Binary::And {
            return demands_control(left) || demands_control(right);
        }
    }
    let references = waiver.references();
    let mut paths = references.iter().map(|reference| &reference.path);
    paths.any(|path| path.starts_at("controls"))
}

/// What an approval can end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Somebody agreed.
    Approved,
    /// Somebody refused.
    Rejected,
    /// Nobody decided in time, and that is a decision.
    Expired,
    /// No decision was needed.
    Waived,
    /// The condition of the step was false.
    Skipped,
}

impl Outcome {
    /// The word that expressions compare with.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Approved => "approved",
            Outcome::Rejected => "rejected",
            Outcome::Expired => "expired",
            Outcome::Waived => "waived",
            Outcome::Skipped => "skipped",
        }
    }
}

/// Whether a condition holds when the approval `step` ended in `outcome` and nothing else is
/// known; `None` when that depends on something else.
pub fn holds_after(condition: &str, step: &str, outcome: Outcome) -> Option<bool> {
    let text = without_parentheses(condition);
    let alternatives = split(text, "||");
    if alternatives.len() > 1 {
        let judged = alternatives
            .into_iter()
            .map(|part| holds_after(part, step, outcome));
        return any(judged);
    }
    let conditions = split(text, "&&");
    if conditions.len() > 1 {
        let judged = conditions
            .into_iter()
            .map(|part| holds_after(part, step, outcome).map(|holds| !holds));
        return any(judged).map(|fails| !fails);
    }
    if let Some(denied) = text.strip_prefix('!').filter(|rest| !rest.starts_with('=')) {
        return holds_after(denied, step, outcome).map(|holds| !holds);
    }
    match text {
        "true" => return Some(true),
        "false" => return Some(false),
        _ => {}
    }
    compares_decision(text, step, outcome)
}

/// True when one is known to hold, false when all are known not to.
fn any(judged: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all_known = true;
    for next in judged {
        match next {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(false)
}

fn compares_decision(comparison: &str, step: &str, outcome: Outcome) -> Option<bool> {
    let decision = format!("steps.{step}.decision");
    let is_decision = |side: &str| without_parentheses(side) == decision;
    for operator in ["==", "!="] {
        if let [left, right] = split(comparison, operator)[..] {
            let word = match (is_decision(left), is_decision(right)) {
                (true, false) => quoted(right)?,
                (false, true) => quoted(left)?,
                (true, true) | (false, false) => return None,
            };
            return Some((word == outcome.as_str()) == (operator == "=="));
        }
    }
    let [left, right] = split(comparison, " in ")[..] else {
        return None;
    };
    let list = right.trim().strip_prefix('[')?.strip_suffix(']')?;
    if !is_decision(left) {
        return None;
    }
    let words: Option<Vec<&str>> = split(list, ",").into_iter().map(quoted).collect();
    Some(words?.contains(&outcome.as_str()))
}

/// The text between quotes.
fn quoted(text: &str) -> Option<&str> {
    let text = without_parentheses(text);
    ['\'', '"'].into_iter().find_map(|quote| {
        let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inside.contains(quote)).then_some(inside)
    })
}

/// Who an entry of `exclude:` keeps from deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excluded<'a> {
    /// Whoever started the case.
    Requester,
    /// Whoever decided an earlier approval.
    Approver(&'a str),
    /// Whoever did an earlier task.
    Performer(&'a str),
    /// A person by name.
    Person(&'a str),
    /// Whoever the data of the case names.
    Other(&'a str),
}

/// Reads an entry of `exclude:`.
pub fn excluded(expression: &str) -> Excluded<'_> {
    let text = without_parentheses(expression);
    let result = text
        .strip_prefix("steps.")
        .and_then(|rest| rest.split_once('.'));
    match (text, result) {
        ("case.requester", _) => Excluded::Requester,
        (_, Some((step, "approver" | "approvers"))) => Excluded::Approver(step),
        (_, Some((step, "completed_by"))) => Excluded::Performer(step),
        _ => quoted(text).map_or(Excluded::Other(text), Excluded::Person),
    }
}

/// True when an expression reads a result of the step.
pub fn reads_step(expression: &str, step: &str) -> bool {
    let prefix = format!("steps.{step}.");
    names(expression).any(|name| name.starts_with(&prefix))
}

/// A condition whose value cannot change during a case: it reads nothing but `input`, `controls`
/// and `lists`. Two conditions with the same `text` hold together, or exclude each other when one
/// of them is denied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fixed {
    /// The condition in a common form.
    pub text: String,
    /// True when the condition is the opposite of the text.
    pub is_denied: bool,
}

/// Opposite comparisons; the first of each pair is the common form.
const OPPOSITES: [(&str, &str); 3] = [("==", "!="), (">=", "<"), ("<=", ">")];

/// The condition in a common form, when its value cannot change during a case.
pub fn fixed(condition: &str) -> Option<Fixed> {
    let text = without_parentheses(condition);
    let is_fixed = |name: &str| {
        let root = name.split('.').next().unwrap_or_default();
        matches!(
            root,
            "input" | "controls" | "lists" | "has" | "size" | "in" | "true" | "false"
        )
    };
    if !names(text).all(is_fixed) {
        return None;
    }
    if let Some(rest) = text.strip_prefix('!').filter(|rest| !rest.starts_with('=')) {
        let simple = split(rest, "||").len() == 1 && split(rest, "&&").len() == 1;
        let inner = simple.then(|| fixed(rest)).flatten()?;
        return Some(Fixed {
            is_denied: !inner.is_denied,
            ..inner
        });
    }
    let common = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if split(text, "||").len() == 1 && split(text, "&&").len() == 1 {
        for (operator, opposite) in OPPOSITES {
            for (written, is_denied) in [(operator, false), (opposite, true)] {
                if let [left, right] = split(text, written)[..]
                    && !right.starts_with('=')
                {
                    let (left, right) = (common(left), common(right));
                    let text = format!("{left} {operator} {right}");
                    return Some(Fixed { text, is_denied });
                }
            }
        }
    }
    Some(Fixed {
        text: common(text),
        is_denied: false,
    })
}

/// True when the two conditions never hold in the same case.
pub fn exclude_each_other(one: &str, other: &str) -> bool {
    match (fixed(one), fixed(other)) {
        (Some(one), Some(other)) => one.text == other.text && one.is_denied != other.is_denied,
        (None, _) | (_, None) => false,
    }
}

/// The dotted names of an expression; what stands in quotes is text.
fn names(expression: &str) -> impl Iterator<Item = &str> {
    let is_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
    outside_quotes(expression)
        .into_iter()
        .flat_map(move |part| part.split(move |character| !is_name(character)))
        .map(|name| name.trim_matches('.'))
        .filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'))
}

fn outside_quotes(expression: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find(['\'', '"']) {
        parts.push(&rest[..start]);
        let quote = &rest[start..=start];
        let inside = &rest[start + 1..];
        match inside.find(quote) {
            Some(end) => rest = &inside[end + 1..],
            None => return parts,
        }
    }
    parts.push(rest);
    parts
}

/// Splits at an operator that stands outside quotes and brackets.
fn split<'a>(text: &'a str, operator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut depth = 0_i32;
    let mut quote = None;
    let mut start = 0;
    let mut skip_to = 0;
    for (offset, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, _)
                if depth == 0 && offset >= skip_to && text[offset..].starts_with(operator) =>
            {
                parts.push(text[start..offset].trim());
                start = offset + operator.len();
                skip_to = start;
            }
            (None, _) => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The text without parentheses around the whole of it.
fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let Some(inside) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return text;
    };
    let mut depth = 0_i32;
    for part in outside_quotes(inside) {
        for character in part.chars() {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                return text;
            }
        }
    }
    without_parentheses(inside)
}

#[cfg(test)]
mod tests {
    use super::{Excluded, Fixed, Outcome, excluded, fixed, holds_after, reads_step};
    use super::{waives_over_named_controls, without_parentheses};

    #[test]
    fn a_waiver_needs_a_control_in_every_alternative() {
        for waiver in [
            "input.total <= controls.auto_post_limit && case.exceptions.size() == 0",
            "controls.a > input.x || (controls.b > input.y)",
            "(input.total <= controls.limit)",
        ] {
            assert!(waives_over_named_controls(waiver), "{waiver}");
        }
        for waiver in [
            "true",
            "input.total <= 500",
            "input.total <= controls.limit || input.vip",
            "input.note == 'controls.limit'",
            "(input.total <= controls.limit || input.vip)",
        ] {
            assert!(!waives_over_named_controls(waiver), "{waiver}");
        }
    }

    #[test]
    fn a_condition_is_judged_by_one_decision() {
        let rejected = |condition| holds_after(condition, "ok", Outcome::Rejected);
        let approved = |condition| holds_after(condition, "ok", Outcome::Approved);
        assert_eq!(rejected("steps.ok.decision == 'rejected'"), Some(true));
        assert_eq!(approved("steps.ok.decision == 'rejected'"), Some(false));
        assert_eq!(rejected("'approved' != steps.ok.decision"), Some(true));
        assert_eq!(rejected("!(steps.ok.decision == 'rejected')"), Some(false));
        assert_eq!(
            rejected("steps.ok.decision in ['rejected', 'expired']"),
            Some(true)
        );
        assert_eq!(
            rejected("steps.ok.decision == 'rejected' || steps.other.decision == 'rejected'"),
            Some(true)
        );
        assert_eq!(
            approved("steps.ok.decision == 'rejected' || steps.other.decision == 'rejected'"),
            None
        );
        assert_eq!(
            rejected("steps.ok.decision == 'approved' && input.days <= 30"),
            Some(false)
        );
        assert_eq!(rejected("steps.okay.decision == 'rejected'"), None);
        assert_eq!(rejected("input.total > 3"), None);
    }

    #[test]
    fn exclusions_name_requesters_approvers_performers_and_people() {
        assert_eq!(excluded("case.requester"), Excluded::Requester);
        assert_eq!(excluded("steps.a.approver"), Excluded::Approver("a"));
        assert_eq!(excluded("steps.b.completed_by"), Excluded::Performer("b"));
        assert_eq!(excluded("'kim.berg'"), Excluded::Person("kim.berg"));
        assert_eq!(
            excluded("input.created_by"),
            Excluded::Other("input.created_by")
        );
    }

    #[test]
    fn opposite_conditions_share_a_text() {
        let text = |text: &str, is_denied| {
            Some(Fixed {
                text: text.to_owned(),
                is_denied,
            })
        };
        let limit = "input.total >= controls.limit";
        assert_eq!(fixed("input.total >= controls.limit"), text(limit, false));
        assert_eq!(fixed("(input.total  < controls.limit)"), text(limit, true));
        assert_eq!(fixed("!(input.total >= controls.limit)"), text(limit, true));
        assert_eq!(fixed("!input.vip"), text("input.vip", true));
        assert_eq!(
            fixed("input.kind != 'new'"),
            text("input.kind == 'new'", true)
        );
        assert_eq!(fixed("input.a > input.b"), text("input.a <= input.b", true));
        assert_eq!(fixed("steps.a.total > 3"), None);
        assert_eq!(fixed("case.exceptions.size() == 0"), None);
    }

    #[test]
    fn parentheses_and_quotes_are_respected() {
        assert_eq!(without_parentheses("((a) || (b))"), "(a) || (b)");
        assert_eq!(without_parentheses("(a) || (b)"), "(a) || (b)");
        assert!(reads_step("steps.a.approver", "a"));
        assert!(!reads_step("steps.ab.approver + 'steps.a.x'", "a"));
    }
}
