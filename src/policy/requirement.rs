//! Requirements, read and checked: what is demanded of which subjects, and what is said when it is
//! not met.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts;
use super::mentions::Mentions;
use super::reference;
use super::rules::POLICY_INVALID;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::expr::{
    self, Environment, Expression, ExpressionError, Outcome, Proven, TextRange, Type,
};
use crate::model::selector::Matcher;
use crate::rule::{DefaultLevel, Family, Fixable, Level, Meta};
use crate::source::{Span, Spanned};
use crate::syntax::decode::nearest;
use crate::syntax::expressions::{Expression as Written, Template};
use crate::syntax::policy::{LevelSetting, Policy, Requirement, Subject};
use crate::syntax::{DocumentKind, Entity};
use crate::yaml::Offsets;

/// A requirement that can be judged.
#[derive(Debug)]
pub struct Rule<'a> {
    /// What is known about it as a rule.
    pub meta: Arc<Meta>,
    /// What it is asked of.
    pub subject: Subject,
    pub(super) matcher: Option<Matcher<'a>>,
    pub(super) when: Option<Expression>,
    pub(super) that: Expression,
    pub(super) message: Message,
    pub(super) help: Option<Message>,
    /// False when the requirement or its policy is off.
    pub(super) in_force: bool,
    /// Where the condition is written.
    pub(super) place: Span,
}

/// Text with values in it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) parts: Vec<Part>,
}

impl Message {
    /// The values, in written order.
    pub(super) fn values(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value) => Some(value),
        })
    }
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Part {
    /// As written.
    Text(String),
    /// A value.
    Value(Expression),
}

/// Reads requirements and reports what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    environments: BTreeMap<Subject, Environment>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What the requirements of each subject mention.
    pub(super) mentions: BTreeMap<Subject, Mentions>,
}

/// The name of the rule that a requirement is.
pub fn rule_name(policy: &str, requirement: &str) -> String {
    format!("{policy}/{requirement}")
}

impl Reader {
    /// A requirement that can be judged; `None` when something is wrong with it.
    pub(super) fn read<'a>(
        &mut self,
        policy: &'a Entity<Policy>,
        requirement: &'a Requirement,
        in_force: bool,
    ) -> Option<Rule<'a>> {
        let subject = self.subject(requirement);
        self.judge_kinds(requirement, subject.as_ref());
        let subject = subject.map_or(Subject::Workflow, |subject| subject.value);
        let environment = self
            .environments
            .entry(subject)
            .or_insert_with(|| facts::environment(subject))
            .clone();
        let before = self.diagnostics.len();
        let mut proven = Proven::new();
        let when = requirement.when.as_ref().map(|when| {
            let (tree, outcome) = self.condition(when, &environment, &proven)?;
            proven = outcome.when_true;
            Some(tree)
        });
        let that = requirement.that.as_ref()?;
        let (tree, outcome) = self.condition(that, &environment, &proven)?;
        let failed = proven.and(&outcome.when_false);
        let message = self.message(requirement.message.as_ref()?, &environment, &failed);
        let help = requirement.help.as_ref();
        let help = help.map(|help| self.message(help, &environment, &failed));
        let when = match when {
            Some(None) => return None,
            Some(Some(when)) => Some(when),
            None => None,
        };
        if self.diagnostics.len() > before {
            return None;
        }
        let mentions = self.mentions.entry(subject).or_default();
        let texts = [Some(&message), help.as_ref()].into_iter().flatten();
        let values = texts
            .flat_map(|message| &message.parts)
            .filter_map(|part| match part {
                Part::Text(_) => None,
                Part::Value(value) => Some(value),
            });
        for expression in [&tree].into_iter().chain(&when).chain(values) {
            mentions.add(expression, &environment);
        }
        Some(Rule {
            meta: Arc::new(meta(policy, requirement, subject)?),
            subject,
            matcher: requirement.selector.as_ref().map(Matcher::new),
            when,
            that: tree,
            message,
            help,
            in_force: in_force && level(requirement).is_some(),
            place: that.span,
        })
    }

    /// What a requirement is asked of: what `each` says, else the kind under `match`.
    fn subject(&mut self, requirement: &Requirement) -> Option<Spanned<Subject>> {
        if let Some(each) = &requirement.each {
            return Some(*each);
        }
        let kinds = requirement
            .selector
            .as_ref()
            .map_or(&[][..], |it| &it.kind.items);
        let [kind] = kinds else {
            return None;
        };
        let subject = Subject::ALL
            .iter()
            .find(|subject| subject.as_str() == kind.value)?;
        Some(Spanned::new(*subject, kind.span))
    }

    /// A kind that is none, or that the subject never stands in, would match nothing.
    fn judge_kinds(&mut self, requirement: &Requirement, subject: Option<&Spanned<Subject>>) {
        let subject = subject.map_or(Subject::Workflow, |subject| subject.value);
        let document = facts::document_of(subject);
        let kinds = requirement
            .selector
            .as_ref()
            .map_or(&[][..], |it| &it.kind.items);
        if kinds.is_empty() || kinds.iter().any(|kind| kind.value == document.as_str()) {
            return;
        }
        let Some(kind) = kinds.first() else {
            return;
        };
        let known = DocumentKind::ALL.map(DocumentKind::as_str);
        let diagnostic = if known.contains(&kind.value.as_str()) {
            let message = format!(
                "a {} never stands in a document of the kind `{}`, so that nothing is judged",
                subject.as_str(),
                kind.value
            );
            Diagnostic::new(&POLICY_INVALID, kind.span, message).help(format!(
                "leave `kind` out, or write `{}`",
                document.as_str()
            ))
        } else {
            let message = format!("`{}` is not a kind of document", kind.value);
            let diagnostic = Diagnostic::new(&POLICY_INVALID, kind.span, message);
            match nearest(&kind.value, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("there are {}", known.join(", "))),
            }
        };
        self.diagnostics.push(diagnostic);
    }

    fn condition(
        &mut self,
        written: &Written,
        environment: &Environment,
        proven: &Proven,
    ) -> Option<(Expression, Outcome)> {
        match expr::parse(&written.text) {
            Err(error) => {
                self.report(&written.offsets, 0, error);
                None
            }
            Ok(tree) => {
                let outcome = expr::check_condition(&tree, environment, proven);
                for error in &outcome.errors {
                    self.report(&written.offsets, 0, error.clone());
                }
                outcome.errors.is_empty().then_some((tree, outcome))
            }
        }
    }

    fn message(
        &mut self,
        template: &Template,
        environment: &Environment,
        known: &Proven,
    ) -> Message {
        let mut parts = Vec::new();
        let mut at = 0;
        for part in template.parts() {
            let opening = template.text[..part.start]
                .rfind("${")
                .unwrap_or(part.start);
            parts.push(Part::Text(template.text[at..opening].to_owned()));
            let after = part.start + part.text.len();
            at = template.text[after..]
                .find('}')
                .map_or(template.text.len(), |brace| after + brace + 1);
            match expr::parse(part.text) {
                Err(error) => self.report(&template.offsets, part.start, error),
                Ok(tree) => {
                    let outcome = expr::check(&tree, environment, known);
                    for error in outcome.errors {
                        self.report(&template.offsets, part.start, error);
                    }
                    if matches!(outcome.of, Type::Object(_) | Type::Map(_)) {
                        let range = tree.range;
                        self.not_text(&template.offsets, part.start, range, part.text);
                    }
                    parts.push(Part::Value(tree));
                }
            }
        }
        parts.push(Part::Text(template.text[at..].to_owned()));
        Message { parts }
    }

    fn not_text(&mut self, offsets: &Offsets, start: usize, range: TextRange, text: &str) {
        let range = range.range();
        let span = offsets.span(start + range.start..start + range.end);
        let message = format!("`{text}` is an object, which a message cannot show");
        let diagnostic = Diagnostic::new(&POLICY_INVALID, span, message);
        self.diagnostics
            .push(diagnostic.help(format!("name one of its fields, as `{text}.name`")));
    }

    fn report(&mut self, offsets: &Offsets, start: usize, error: ExpressionError) {
        let range = error.range.range();
        let span = offsets.span(start + range.start..start + range.end);
        let diagnostic = Diagnostic::new(&POLICY_INVALID, span, error.message);
        let diagnostic = match (error.help, &error.suggestion) {
            (Some(help), _) => diagnostic.help(help),
            (None, Some(suggestion)) => diagnostic.help(format!("did you mean `{suggestion}`?")),
            (None, None) => diagnostic,
        };
        self.diagnostics.push(match error.suggestion {
            Some(text) => diagnostic.fix(Fix::needs_a_look(vec![Edit { span, text }])),
            None => diagnostic,
        });
    }
}

/// The level of findings; `None` when the requirement is off.
fn level(requirement: &Requirement) -> Option<Level> {
    match requirement.level.as_ref().map(|level| level.value) {
        Some(LevelSetting::Off) => None,
        Some(LevelSetting::Info) => Some(Level::Info),
        Some(LevelSetting::Warning) => Some(Level::Warning),
        Some(LevelSetting::Error) | None => Some(Level::Error),
    }
}

/// What is known about a requirement as a rule; `None` without a name or condition.
fn meta(policy: &Entity<Policy>, requirement: &Requirement, subject: Subject) -> Option<Meta> {
    let id = &requirement.id.as_ref()?.value.text;
    Some(Meta {
        id: rule_name(&policy.name.value, id).into(),
        summary: reference::summary(requirement).into(),
        why: reference::why(policy, requirement).into(),
        family: Family::Policy,
        level: DefaultLevel::Always(level(requirement).unwrap_or(Level::Info)),
        locked: false,
        fixable: Fixable::No,
        since: "",
        docs: reference::docs(policy, requirement, subject)?.into(),
    })
}
