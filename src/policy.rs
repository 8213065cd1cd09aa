//! Policies: what an organisation demands of its documents, as requirements over [`facts`].
//!
//! [`Policies::of`] reads every requirement of a project and checks it against the types of the
//! facts, so that one with a misspelt name is reported and never passes by accident.
//! [`judge`] asks each of them of its subjects. Evaluation is total and bounded: what needs
//! more than [`STEPS`] steps becomes a finding about the requirement itself.

pub mod facts;
mod mentions;
pub mod packs;
pub mod reference;
pub mod rego;
pub mod requirement;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::expr::{self, Budget, ErrorKind, ExpressionError, Value};
use crate::model::Model;
use crate::model::selector::Described;
use crate::source::{Sources, Span};
use crate::syntax::governance::Status;
use crate::syntax::policy::{Policy, Subject};
use crate::syntax::{DocumentKind, Entity};
use facts::{Document, Facts, Located, Roots, Selection};
use requirement::{Message, Part, Reader, Rule};
use rules::POLICY_INVALID;

/// How many steps one judgement of one subject may take.
pub const STEPS: u64 = 100_000;

/// The requirements of a project.
#[derive(Debug)]
pub struct Policies<'a> {
    /// Those that can be judged: of the repository, then of packs, in written order.
    pub rules: Vec<Rule<'a>>,
    /// What is wrong with the others.
    pub diagnostics: Vec<Diagnostic>,
    selection: Selection,
    roots: BTreeMap<Subject, Roots>,
}

impl<'a> Policies<'a> {
    /// Reads the requirements of policies.
    pub fn of(policies: impl IntoIterator<Item = &'a Entity<Policy>>) -> Self {
        let mut reader = Reader::default();
        let mut names: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut rules = Vec::new();
        for policy in policies {
            let in_force = is_in_force(&policy.body);
            for requirement in &policy.body.require {
                rules.extend(reader.read(policy, requirement, in_force));
                let Some(id) = &requirement.id else {
                    continue;
                };
                if !names.insert((&policy.name.value, &id.value.text)) {
                    let message = format!(
                        "two requirements of the policy `{}` are called `{}`",
                        policy.name.value, id.value.text
                    );
                    let diagnostic = Diagnostic::new(&POLICY_INVALID, id.span, message);
                    let help = "call one of them otherwise; suppressions and levels use the name";
                    reader.diagnostics.push(diagnostic.help(help));
                }
            }
        }
        let whole = reader.mentions.values().any(|mentions| mentions.whole);
        let names = reader
            .mentions
            .values()
            .flat_map(|mentions| &mentions.facts);
        let roots = reader.mentions.iter().map(|(subject, mentions)| {
            (
                *subject,
                Roots::of(*subject, |name| mentions.roots.contains(name)),
            )
        });
        Policies {
            selection: if whole {
                Selection::whole()
            } else {
                Selection::named(&names.cloned().collect())
            },
            roots: roots.collect(),
            rules,
            diagnostics: reader.diagnostics,
        }
    }
}

/// Drafts and retired policies are read, but nothing is demanded.
fn is_in_force(policy: &Policy) -> bool {
    !matches!(
        policy.status.as_ref().map(|status| status.value),
        Some(Status::Draft | Status::Retired)
    )
}

/// How judging one subject ended.
enum Outcome {
    Met,
    /// Not meant by `when`.
    LeftOut,
    Failed(Diagnostic),
    Undecided(ExpressionError),
}

/// What was judged, for coverage: how often each rule was met and failed, in the order of the
/// rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Subjects that met it.
    pub met: usize,
    /// Subjects that failed it.
    pub failed: usize,
}

/// Everything that judging found.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Findings, rule by rule; inside a rule in path order.
    pub diagnostics: Vec<Diagnostic>,
    /// One entry for each rule.
    pub tallies: Vec<Tally>,
}

/// Asks every requirement of its subjects.
pub fn judge(policies: &Policies<'_>, model: &Model, sources: &Sources) -> Judgement {
    if policies.rules.is_empty() {
        return Judgement::default();
    }
    let facts = Facts::new(model, sources, policies.selection.clone());
    let stopped: Vec<AtomicBool> = policies
        .rules
        .iter()
        .map(|_| AtomicBool::new(false))
        .collect();
    let mut documents: Vec<Document<'_>> = Vec::new();
    for kind in policies.kinds() {
        documents.extend(facts.documents(kind));
    }
    let judged: Vec<Vec<(usize, Outcome)>> = documents
        .par_iter()
        .map(|document| policies.judge_document(*document, &facts, (model, sources), &stopped))
        .collect();
    let mut by_rule: Vec<Vec<Outcome>> = policies.rules.iter().map(|_| Vec::new()).collect();
    for (position, outcome) in judged.into_iter().flatten() {
        by_rule[position].push(outcome);
    }
    let mut judgement = Judgement::default();
    for (rule, outcomes) in policies.rules.iter().zip(by_rule) {
        judgement.add(rule, outcomes);
    }
    judgement
}

impl Judgement {
    /// A requirement that cannot be decided somewhere is reported once, in the place of its
    /// findings: which of them were made depends on when it was stopped.
    fn add(&mut self, rule: &Rule<'_>, outcomes: Vec<Outcome>) {
        let mut tally = Tally::default();
        let mut found = Vec::new();
        let mut undecided: Option<ExpressionError> = None;
        for outcome in outcomes {
            match outcome {
                Outcome::Met => tally.met += 1,
                Outcome::LeftOut => {}
                Outcome::Failed(diagnostic) => {
                    tally.failed += 1;
                    found.push(diagnostic);
                }
                Outcome::Undecided(error) => {
                    let heavier = error.kind == ErrorKind::BudgetExhausted;
                    if undecided.is_none() || heavier {
                        undecided = Some(error);
                    }
                }
            }
        }
        match undecided {
            Some(error) => self.diagnostics.push(undecidable(rule, &error)),
            None => self.diagnostics.extend(found),
        }
        self.tallies.push(tally);
    }
}

fn undecidable(rule: &Rule<'_>, error: &ExpressionError) -> Diagnostic {
    let id = &rule.meta.id;
    let (message, help) = if error.kind == ErrorKind::BudgetExhausted {
        (
            format!("`{id}` takes more than {STEPS} steps to judge one {}", rule.subject.as_str()),
            "ask each step, approval or field on its own with `each`, in the place of macros inside macros".to_owned(),
        )
    } else {
        (
            format!("`{id}` cannot be decided: {}", error.message),
            "ask first whether the value is there, so that every subject can be judged".to_owned(),
        )
    };
    Diagnostic::new(&POLICY_INVALID, rule.place, message).help(help)
}

impl Policies<'_> {
    /// The kinds of documents that some requirement in force is about.
    fn kinds(&self) -> BTreeSet<DocumentKind> {
        let rules = self.rules.iter().filter(|rule| rule.in_force);
        rules.map(|rule| facts::document_of(rule.subject)).collect()
    }

    fn judge_document<'m>(
        &self,
        document: Document<'m>,
        facts: &Facts<'m>,
        (model, sources): (&'m Model, &'m Sources),
        stopped: &[AtomicBool],
    ) -> Vec<(usize, Outcome)> {
        let kind = document.kind();
        let (name, span) = document.name();
        let path = sources.file(span.source).path();
        let described = std::cell::OnceCell::new();
        let is_meant = |rule: &Rule<'_>| {
            rule.matcher.as_ref().is_none_or(|matcher| {
                matcher.fits(described.get_or_init(|| Described::of(model, kind, name, path)))
            })
        };
        let mut by_subject: BTreeMap<Subject, Vec<usize>> = BTreeMap::new();
        for (position, rule) in self.rules.iter().enumerate() {
            if rule.in_force && facts::document_of(rule.subject) == kind && is_meant(rule) {
                by_subject.entry(rule.subject).or_default().push(position);
            }
        }
        let view = facts.view(document);
        let mut outcomes = Vec::new();
        for (subject, positions) in by_subject {
            let Some(roots) = self.roots.get(&subject) else {
                continue;
            };
            for located in view.subjects(subject, roots) {
                for position in &positions {
                    let stop = &stopped[*position];
                    if !stop.load(Ordering::Relaxed) {
                        let outcome = self.rules[*position].judge(&located);
                        if let Outcome::Undecided(error) = &outcome {
                            let exhausted = error.kind == ErrorKind::BudgetExhausted;
                            stop.fetch_or(exhausted, Ordering::Relaxed);
                        }
                        outcomes.push((*position, outcome));
                    }
                }
            }
        }
        outcomes
    }
}

impl Rule<'_> {
    fn judge(&self, located: &Located) -> Outcome {
        let mut budget = Budget::new(STEPS);
        match self.decide(located, &mut budget) {
            Ok(None) => Outcome::LeftOut,
            Ok(Some(true)) => Outcome::Met,
            Ok(Some(false)) => match self.finding(located, &mut budget) {
                Ok(diagnostic) => Outcome::Failed(diagnostic),
                Err(error) => Outcome::Undecided(error),
            },
            Err(error) => Outcome::Undecided(error),
        }
    }

    /// Whether the subject meets the requirement; `None` when it is not meant.
    fn decide(
        &self,
        located: &Located,
        budget: &mut Budget,
    ) -> Result<Option<bool>, ExpressionError> {
        if let Some(when) = &self.when
            && expr::evaluate(when, &located.roots, budget)? != Value::Boolean(true)
        {
            return Ok(None);
        }
        let answer = expr::evaluate(&self.that, &located.roots, budget)?;
        Ok(Some(answer == Value::Boolean(true)))
    }

    fn finding(
        &self,
        located: &Located,
        budget: &mut Budget,
    ) -> Result<Diagnostic, ExpressionError> {
        let message = self.message.text(located, budget)?;
        let diagnostic = Diagnostic::new(self.meta.clone(), located.span, message);
        Ok(match &self.help {
            Some(help) => diagnostic.help(help.text(located, budget)?),
            None => diagnostic,
        })
    }

    /// Where the condition is written.
    pub fn place(&self) -> Span {
        self.place
    }
}

impl Message {
    /// The text with its values, on one line and without a full stop.
    fn text(&self, located: &Located, budget: &mut Budget) -> Result<String, ExpressionError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(written) => text.push_str(written),
                Part::Value(expression) => {
                    text.push_str(&facts::shown(&expr::evaluate(
                        expression,
                        &located.roots,
                        budget,
                    )?));
                }
            }
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(words.join(" ").trim_end_matches('.').to_owned())
    }
}
