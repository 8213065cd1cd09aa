//! Rules as data: everything a user can be told has a [`Meta`], and so a name, a level and an
//! explanation.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text of a [`Meta`]: written in the program, or read from a policy.
pub type Text = Cow<'static, str>;

/// The stable name of a rule, as users write it in `levels:` and `suppress:`: kebab-case words,
/// or `policy/requirement`.
pub type RuleId = Text;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; never fails a run.
    Info,
    /// Should be mended; fails a run under `--fail-on warning`.
    Warning,
    /// Must be mended; fails a run.
    Error,
}

impl Level {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The rollout stage of a workflow, 0 (baseline) to 4 (operated product).
pub type Stage = u8;

/// The level that a rule has before any configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultLevel {
    /// The same level at every rollout stage.
    Always(Level),
    /// A warning before this stage and an error from it on.
    ErrorFrom(Stage),
}

impl DefaultLevel {
    /// The level at a rollout stage.
    pub fn at(self, stage: Stage) -> Level {
        match self {
            DefaultLevel::Always(level) => level,
            DefaultLevel::ErrorFrom(from) if stage >= from => Level::Error,
            DefaultLevel::ErrorFrom(_) => Level::Warning,
        }
    }
}

/// The twelve families of the catalogue, in reference order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// YAML, keys, references and the shape of the state machine.
    Structure,
    /// Who is accountable.
    Ownership,
    /// Promised times.
    Sla,
    /// Exceptions, queues and ways back.
    Exceptions,
    /// Human decisions and separation of duties.
    Approvals,
    /// Contracts and records.
    Data,
    /// Retries, idempotency, compensation.
    Reliability,
    /// Secrets and accounts.
    Security,
    /// Versions and migrations.
    Versioning,
    /// Documentation that operations rest on.
    Docs,
    /// Metrics and alerts.
    Observability,
    /// Suppressions and policies themselves.
    Policy,
}

impl Family {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Structure => "structure",
            Family::Ownership => "ownership",
            Family::Sla => "sla",
            Family::Exceptions => "exceptions",
            Family::Approvals => "approvals",
            Family::Data => "data",
            Family::Reliability => "reliability",
            Family::Security => "security",
            Family::Versioning => "versioning",
            Family::Docs => "docs",
            Family::Observability => "observability",
            Family::Policy => "policy",
        }
    }
}

/// Whether flowgate can repair what a rule reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixable {
    /// Nothing to apply.
    No,
    /// Every finding with a fix has a safe one, applied by `--fix`.
    Safe,
    /// The fix needs a look; applied by `--fix=unsafe` only.
    Unsafe,
}

/// What flowgate knows about a rule, declared once beside its check or in a policy.
#[derive(Debug, Clone)]
pub struct Meta {
    /// The name users write.
    pub id: RuleId,
    /// What is wrong, in a few words without a full stop.
    pub summary: Text,
    /// Why it matters, in one sentence; shown with every finding.
    pub why: Text,
    /// The family it is listed under.
    pub family: Family,
    /// The level before configuration.
    pub level: DefaultLevel,
    /// A locked rule may be suppressed only with the control owner's approval.
    pub locked: bool,
    /// Whether findings carry repairs.
    pub fixable: Fixable,
    /// The version of flowgate that brought it.
    pub since: &'static str,
    /// The reference text in Markdown: what it finds, why, examples, the way to mend it.
    pub docs: Text,
}

/// The rule of a finding, wherever it was declared. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Declared {
    /// By flowgate itself.
    BuiltIn(&'static Meta),
    /// By a policy, so that it is known only at run time.
    ByPolicy(Arc<Meta>),
}

impl Deref for Declared {
    type Target = Meta;

    fn deref(&self) -> &Meta {
        match self {
            Declared::BuiltIn(meta) => meta,
            Declared::ByPolicy(meta) => meta,
        }
    }
}

impl From<&'static Meta> for Declared {
    fn from(meta: &'static Meta) -> Self {
        Declared::BuiltIn(meta)
    }
}

impl From<Arc<Meta>> for Declared {
    fn from(meta: Arc<Meta>) -> Self {
        Declared::ByPolicy(meta)
    }
}

/// Declares one [`Meta`] from a doc comment and its facts.
///
/// The doc comment is the reference text that `flowgate explain` prints; its
/// `yaml,bad` and `yaml,good` fences are executed by the tests.
#[macro_export]
macro_rules! declare_meta {
    (
        $(#[doc = $doc:literal])*
        pub static $name:ident = { $($facts:tt)* }
    ) => {
        $(#[doc = $doc])*
        pub static $name: $crate::rule::Meta = $crate::meta!([$($doc)*] $($facts)*);
    };
}

/// The value of one [`Meta`]; use `declare_meta!` or `declare_rule!`.
#[macro_export]
macro_rules! meta {
    (
        [$($doc:literal)*]
        id: $id:literal,
        summary: $summary:literal,
        why: $why:literal,
        family: $family:ident,
        level: $level:expr,
        $(locked: $locked:literal,)?
        $(fixable: $fixable:ident,)?
        since: $since:literal $(,)?
    ) => {
        $crate::rule::Meta {
            id: ::std::borrow::Cow::Borrowed($id),
            summary: ::std::borrow::Cow::Borrowed($summary),
            why: ::std::borrow::Cow::Borrowed($why),
            family: $crate::rule::Family::$family,
            level: $level,
            locked: false $(|| $locked)?,
            fixable: $crate::meta!(@fixable $($fixable)?),
            since: $since,
            docs: ::std::borrow::Cow::Borrowed(concat!($($doc, "\n",)*)),
        }
    };
    (@fixable) => { $crate::rule::Fixable::No };
    (@fixable $fixable:ident) => { $crate::rule::Fixable::$fixable };
}

/// A fixed level; short for rule declarations.
pub const ERROR: DefaultLevel = DefaultLevel::Always(Level::Error);
/// A fixed level; short for rule declarations.
pub const WARNING: DefaultLevel = DefaultLevel::Always(Level::Warning);
/// A fixed level; short for rule declarations.
pub const INFO: DefaultLevel = DefaultLevel::Always(Level::Info);

/// A warning before `stage` and an error from it on; short for rule declarations.
pub const fn error_from(stage: Stage) -> DefaultLevel {
    DefaultLevel::ErrorFrom(stage)
}
