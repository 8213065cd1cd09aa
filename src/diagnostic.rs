//! Findings about the user's files, collected and never thrown.

pub mod fix;

use crate::rule::{Declared, Level, Stage};
use crate::source::Span;
pub use fix::{Applicability, Edit, Fix};

/// A place that helps to understand a finding, with what to see there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What to see there, lower case, no full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// One finding: what is wrong, where, and what to write instead.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: Declared,
    /// The level before configuration, with the rollout stage taken into account.
    pub level: Level,
    /// What is wrong, in this file's own words.
    pub message: String,
    /// The characters that are wrong.
    pub span: Span,
    /// What the marked characters are, shown under them; the message alone is shown when absent.
    pub note: Option<String>,
    /// Related places.
    pub labels: Vec<Label>,
    /// What to write instead, in one sentence.
    pub help: Option<String>,
    /// The repair, when there is one.
    pub fix: Option<Fix>,
    /// True when the marked characters are a secret: whoever shows the place must mask them.
    pub confidential: bool,
}

impl Diagnostic {
    /// A finding of `rule` at stage 0.
    pub fn new(rule: impl Into<Declared>, span: Span, message: impl Into<String>) -> Self {
        let rule = rule.into();
        Diagnostic {
            level: rule.level.at(0),
            rule,
            message: message.into(),
            span,
            note: None,
            labels: Vec::new(),
            help: None,
            fix: None,
            confidential: false,
        }
    }

    /// Judges the finding at the rollout stage of the workflow it is about.
    #[must_use]
    pub fn at_stage(mut self, stage: Stage) -> Self {
        self.level = self.rule.level.at(stage);
        self
    }

    /// Replaces the level, for rules whose documentation names an exception to their default.
    #[must_use]
    pub fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Says what the marked characters are.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            message: message.into(),
            span,
        });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that the marked characters are a secret, which no output may show.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    /// Adds the repair.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// A value that was understood as far as possible, with everything found wrong on the way.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    /// What was understood.
    pub value: T,
    /// What was found wrong.
    pub diagnostics: Vec<Diagnostic>,
}
