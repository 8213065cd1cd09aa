//! What conditions say: waivers over controls, decisions of approvals, people who are excluded, and
//! conditions that exclude each other. What cannot be understood says nothing here.

use crate::expr::{self, Binary, Expression, ExpressionKind, Literal, Path, Unary};

/// True when nothing but named controls can make the waiver true: each of its alternatives
/// compares with a control. A waiver that cannot be understood is reported elsewhere.
pub fn waives_over_named_controls(waiver: &str) -> bool {
    expr::parse(waiver).map_or(true, |waiver| needs_control(&waiver))
}

fn needs_control(waiver: &Expression) -> bool {
    if let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &waiver.kind
    {
        if *operator == Binary::Or {
            return needs_control(left) && needs_control(right);
        }
        if *operator == Binary::And {
            return needs_control(left) || needs_control(right);
        }
    }
    let references = waiver.references();
    references
        .iter()
        .any(|reference| reference.path.starts_at("controls"))
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
    let condition = expr::parse(condition).ok()?;
    let decision = Path::root("steps").field(step).field("decision");
    judge(&condition, &decision, outcome)
}

fn judge(condition: &Expression, decision: &Path, outcome: Outcome) -> Option<bool> {
    if let ExpressionKind::Literal(Literal::Boolean(value)) = &condition.kind {
        return Some(*value);
    }
    if let ExpressionKind::Unary { operator, operand } = &condition.kind {
        let holds = (*operator == Unary::Not).then(|| judge(operand, decision, outcome));
        return holds.flatten().map(|holds| !holds);
    }
    let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &condition.kind
    else {
        return None;
    };
    let sides = || [left, right].map(|side| judge(side, decision, outcome));
    if *operator == Binary::Or {
        return any(sides());
    }
    if *operator == Binary::And {
        let fails = sides().map(|holds| holds.map(|holds| !holds));
        return any(fails).map(|fails| !fails);
    }
    let is_decision = |side: &Expression| side.path().is_some_and(|path| path == *decision);
    if *operator == Binary::In {
        let ExpressionKind::List(words) = &right.kind else {
            return None;
        };
        let words: Option<Vec<&str>> = words.iter().map(Expression::as_text).collect();
        let words = words.filter(|_| is_decision(left))?;
        return Some(words.contains(&outcome.as_str()));
    }
    let word = match (is_decision(left), is_decision(right)) {
        (true, false) => right.as_text()?,
        (false, true) => left.as_text()?,
        (true, true) | (false, false) => return None,
    };
    let is_same = word == outcome.as_str();
    match operator {
        Binary::Equal => Some(is_same),
        Binary::NotEqual => Some(!is_same),
        Binary::Or
        | Binary::And
        | Binary::In
        | Binary::Less
        | Binary::LessOrEqual
        | Binary::Greater
        | Binary::GreaterOrEqual
        | Binary::Add
        | Binary::Subtract
        | Binary::Multiply
        | Binary::Divide
        | Binary::Remainder => None,
    }
}

/// True when one is known to hold, false when none can.
fn any(sides: [Option<bool>; 2]) -> Option<bool> {
    if sides.contains(&Some(true)) {
        Some(true)
    } else if sides.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// Who an entry of `exclude:` keeps from deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excluded {
    /// Whoever started the case.
    Requester,
    /// Whoever decided an earlier approval.
    Approver(String),
    /// Whoever did an earlier task.
    Performer(String),
    /// A person by name.
    Person(String),
    /// Whoever the data of the case names.
    Other(String),
}

/// Reads an entry of `exclude:`.
pub fn excluded(entry: &str) -> Excluded {
    let other = || Excluded::Other(entry.trim().to_owned());
    let Ok(expression) = expr::parse(entry) else {
        return other();
    };
    if let Some(name) = expression.as_text() {
        return Excluded::Person(name.to_owned());
    }
    let path = expression.path();
    let segments: Vec<&str> = path.iter().flat_map(Path::segments).collect();
    match segments[..] {
        ["case", "requester"] => Excluded::Requester,
        ["steps", step, "approver" | "approvers"] => Excluded::Approver(step.to_owned()),
        ["steps", step, "completed_by"] => Excluded::Performer(step.to_owned()),
        _ => other(),
    }
}

/// True when an expression reads a result of the step.
pub fn reads_step(expression: &str, step: &str) -> bool {
    let Ok(expression) = expr::parse(expression) else {
        return false;
    };
    let references = expression.references();
    references.iter().any(|reference| {
        let segments: Vec<&str> = reference.path.segments().take(2).collect();
        segments == ["steps", step]
    })
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

/// Data that stays the same during a case.
const FIXED_ROOTS: [&str; 3] = ["input", "controls", "lists"];

/// The condition in a common form, when its value cannot change during a case.
pub fn fixed(condition: &str) -> Option<Fixed> {
    let condition = expr::parse(condition).ok()?;
    let references = condition.references();
    let is_fixed = |path: &Path| FIXED_ROOTS.iter().any(|root| path.starts_at(root));
    let mut paths = references.iter().map(|reference| &reference.path);
    paths.all(is_fixed).then(|| common_form(&condition))
}

fn common_form(condition: &Expression) -> Fixed {
    if let ExpressionKind::Unary {
        operator: Unary::Not,
        operand,
    } = &condition.kind
    {
        let inner = common_form(operand);
        return Fixed {
            is_denied: !inner.is_denied,
            ..inner
        };
    }
    if let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &condition.kind
        && let Some((operator, mirrored, is_denied)) = relation(*operator)
    {
        let (left, right) = (left.to_string(), right.to_string());
        let text = if left <= right {
            format!("{left} {operator} {right}")
        } else {
            format!("{right} {mirrored} {left}")
        };
        return Fixed { text, is_denied };
    }
    Fixed {
        text: condition.to_string(),
        is_denied: false,
    }
}

/// A relation or its opposite, whichever is the common form; how that one is written with the
/// sides changed; and whether it is the opposite.
fn relation(operator: Binary) -> Option<(&'static str, &'static str, bool)> {
    match operator {
        Binary::Equal => Some(("==", "==", false)),
        Binary::NotEqual => Some(("==", "==", true)),
        Binary::LessOrEqual => Some(("<=", ">=", false)),
        Binary::Greater => Some(("<=", ">=", true)),
        Binary::GreaterOrEqual => Some((">=", "<=", false)),
        Binary::Less => Some((">=", "<=", true)),
        Binary::Or
        | Binary::And
        | Binary::In
        | Binary::Add
        | Binary::Subtract
        | Binary::Multiply
        | Binary::Divide
        | Binary::Remainder => None,
    }
}

/// True when the two conditions never hold in the same case.
pub fn exclude_each_other(one: &str, other: &str) -> bool {
    match (fixed(one), fixed(other)) {
        (Some(one), Some(other)) => one.text == other.text && one.is_denied != other.is_denied,
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Excluded, Fixed, Outcome, exclude_each_other, excluded, fixed, holds_after};
    use super::{reads_step, waives_over_named_controls};

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
        let text = str::to_owned;
        assert_eq!(excluded("case.requester"), Excluded::Requester);
        assert_eq!(excluded("steps.a.approver"), Excluded::Approver(text("a")));
        assert_eq!(
            excluded("steps.b.completed_by"),
            Excluded::Performer(text("b"))
        );
        assert_eq!(excluded("'kim.berg'"), Excluded::Person(text("kim.berg")));
        let other = excluded("input.created_by");
        assert_eq!(other, Excluded::Other(text("input.created_by")));
    }

    #[test]
    fn opposite_conditions_share_a_text() {
        let text = |text: &str, is_denied| {
            Some(Fixed {
                text: text.to_owned(),
                is_denied,
            })
        };
        let limit = "controls.limit <= input.total";
        assert_eq!(fixed("input.total >= controls.limit"), text(limit, false));
        assert_eq!(fixed("controls.limit <= input.total"), text(limit, false));
        assert_eq!(fixed("(input.total  < controls.limit)"), text(limit, true));
        assert_eq!(fixed("!(input.total >= controls.limit)"), text(limit, true));
        assert_eq!(fixed("!input.vip"), text("input.vip", true));
        assert_eq!(fixed("input.a > input.b"), text("input.a <= input.b", true));
        assert!(exclude_each_other(
            "input.kind != 'new'",
            "'new' == input.kind"
        ));
        assert!(!exclude_each_other("input.vip", "input.vip"));
        assert_eq!(fixed("steps.a.total > 3"), None);
        assert_eq!(fixed("case.exceptions.size() == 0"), None);
        assert_eq!(fixed("input.total >"), None);
    }

    #[test]
    fn results_are_read_by_name() {
        assert!(reads_step("steps.a.approver", "a"));
        assert!(!reads_step("steps.ab.approver + 'steps.a.x'", "a"));
    }
}
