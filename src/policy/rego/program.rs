//! The modules and data of a project, loaded into the evaluator.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use regorus::unstable::{Module, Rule, RuleHead, TokenKind};
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Value};

use super::{Files, data, fault, guard, recursion};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span};

/// How long one rule may take.
pub(super) const SECONDS: u64 = 5;

/// The longest list that `numbers.range` may give.
const LONGEST_RANGE: i64 = 100_000;

/// Room for deep trees, which the evaluator walks by calling itself; only what is used is taken.
const STACK: usize = 512 * 1024 * 1024;

/// A rule of a module, as far as it is written in one place.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    /// The package as written, as `flowgate.finance`.
    pub(super) package: String,
    /// The name, as `deny`.
    pub(super) name: String,
    /// Where the name is written.
    pub(super) head: Span,
    /// The whole rule.
    pub(super) whole: Span,
}

/// Modules that were understood.
pub(super) struct Program {
    engine: Engine,
    /// Every rule that is no function, in written order.
    pub(super) definitions: Vec<Definition>,
    /// The ids that modules give to results, with the package.
    pub(super) ids: BTreeSet<(String, String)>,
}

/// Runs work that may need a deep stack; `None` when it failed altogether.
pub(super) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

impl Program {
    /// Loads modules with the data of the project.
    pub(super) fn load(
        modules: &[SourceId],
        files: &Files,
        sources: &Sources,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        for source in modules {
            let file = sources.file(*source);
            diagnostics.extend(guard::judge(*source, file.path(), file.text()));
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let mut engine = Engine::new();
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: Duration::from_secs(SECONDS),
            check_interval: NonZeroU32::MIN.saturating_add(255),
        });
        bound(&mut engine);
        for source in modules {
            let file = sources.file(*source);
            let text = guard::readable(file.text());
            if let Err(error) = engine.add_policy(file.path().to_owned(), text) {
                let start = Span::new(*source, 0..0);
                diagnostics.push(fault::finding(&error.to_string(), sources, start));
            }
        }
        for (source, folders) in &files.data {
            match data::read(*source, sources.file(*source), folders) {
                Err(found) => diagnostics.extend(found),
                Ok(value) => {
                    if let Err(error) = engine.add_data(Value::from(value)) {
                        let start = Span::new(*source, 0..0);
                        diagnostics.push(fault::finding(&error.to_string(), sources, start));
                    }
                }
            }
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let mut program = Program {
            definitions: Vec::new(),
            ids: BTreeSet::new(),
            engine,
        };
        let diagnostics = program.list(sources);
        if diagnostics.is_empty() {
            Ok(program)
        } else {
            Err(diagnostics)
        }
    }

    /// Notes what the modules define; gives what would need too much stack.
    fn list(&mut self, sources: &Sources) -> Vec<Diagnostic> {
        let mut texts = Vec::new();
        for module in self.engine.get_modules() {
            let Some(source) = sources.find(module.package.span.source.file()) else {
                continue;
            };
            let package = module.package.refr.span().text().to_owned();
            self.definitions
                .extend(definitions(module, source, &package));
            let text = recursion::text(module, source, sources.file(source).text());
            for window in text.tokens.windows(3) {
                let [key, colon, id] = window else {
                    continue;
                };
                let are_texts = key.0 == TokenKind::String && id.0 == TokenKind::String;
                if are_texts && key.1.text() == "id" && colon.1.text() == ":" {
                    self.ids.insert((package.clone(), id.1.text().to_owned()));
                }
            }
            texts.push(text);
        }
        recursion::judge(&texts)
    }

    /// What `input` is.
    pub(super) fn set_input(&mut self, facts: serde_json::Value) {
        self.engine.set_input(Value::from(facts));
    }

    /// The value of a rule as JSON, sets as lists; `None` when it is undefined.
    pub(super) fn value(
        &mut self,
        definition: &Definition,
    ) -> Result<Option<serde_json::Value>, String> {
        let path = format!("data.{}.{}", definition.package, definition.name);
        let value = self
            .engine
            .eval_rule(path)
            .map_err(|error| error.to_string())?;
        if value == Value::Undefined {
            return Ok(None);
        }
        let json = serde_json::to_value(&value);
        json.map(Some).map_err(|error| error.to_string())
    }
}

fn definitions(module: &Module, source: SourceId, package: &str) -> Vec<Definition> {
    let mut definitions = Vec::new();
    for rule in &module.policy {
        let head = match rule.as_ref() {
            Rule::Spec { head, .. } => match head {
                RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } => refr,
                RuleHead::Func { .. } => continue,
            },
            Rule::Default { .. } => continue,
        };
        let (head, whole) = (head.span(), rule.span());
        let is_part = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
        let name: String = head.text().chars().take_while(is_part).collect();
        let start = head.start as usize;
        definitions.push(Definition {
            package: package.to_owned(),
            head: Span::new(source, start..start + name.len()),
            whole: Span::new(source, whole.start as usize..whole.end as usize),
            name,
        });
    }
    definitions
}

/// An argument that would need more memory than there is.
#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`numbers.range` gives at most {LONGEST_RANGE} whole numbers"
        )
    }
}

impl std::error::Error for TooLong {}

/// The builtins that take the memory for their whole result at once, with a bound.
fn bound(engine: &mut Engine) {
    let range = |from: &Value, to: &Value, step: i64| -> Result<Value, TooLong> {
        let (from, to) = (
            from.as_i64().map_err(|_| TooLong)?,
            to.as_i64().map_err(|_| TooLong)?,
        );
        let distance = to.checked_sub(from).ok_or(TooLong)?;
        if step < 1 || distance.unsigned_abs() / step.unsigned_abs() >= LONGEST_RANGE.unsigned_abs()
        {
            return Err(TooLong);
        }
        let numbers =
            (0..=distance.abs() / step).map(|count| from + distance.signum() * step * count);
        Ok(Value::from(
            numbers.map(Value::from).collect::<Vec<Value>>(),
        ))
    };
    let whole = move |arguments: Vec<Value>| match arguments.as_slice() {
        [from, to] => Ok(range(from, to, 1)?),
        _ => Ok(Value::Undefined),
    };
    let stepped = move |arguments: Vec<Value>| match arguments.as_slice() {
        [from, to, step] => Ok(range(from, to, step.as_i64().map_err(|_| TooLong)?)?),
        _ => Ok(Value::Undefined),
    };
    // A name can be taken only when it is taken already, which it is not.
    drop(engine.add_extension("numbers.range".to_owned(), 2, Box::new(whole)));
    drop(engine.add_extension("numbers.range_step".to_owned(), 3, Box::new(stepped)));
}
