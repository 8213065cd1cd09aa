//! A written case to a script: files are read, names looked up, moments made instants.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{DateTime, datetime};

use super::script::{Act, Answer, Performed, Script, Stub};
use crate::diagnostic::{Checked, Diagnostic};
use crate::expr::{Record, Value};
use crate::model::ProjectFiles;
use crate::plan::state::State;
use crate::plan::step::Work;
use crate::run::rules::INVALID_SCENARIO;
use crate::run::{World, data};
use crate::source::{Span, Spanned};
use crate::syntax::decode::{listing, nearest};
use crate::syntax::expressions::Data;
use crate::syntax::scenarios::{Action, Case, Expectation, FileOrData, Given};
use crate::syntax::workflow::Ending;
use crate::yaml;

/// When cases begin where the scenario does not say: a Monday morning.
const BEGINNING: DateTime = datetime(2026, 3, 2, 9, 0, 0, 0);
/// The name of a case where the scenario gives none.
const FIRST_CASE: &str = "case-1";
/// The most attempts that a stub answers one by one.
const MOST_ANSWERS: u32 = 1_000;

/// Reads a case; what cannot be played is reported, and then there is no script.
pub fn prepare(world: &World<'_>, files: &ProjectFiles, case: &Case) -> Checked<Option<Script>> {
    let mut reader = Reader {
        world,
        files,
        steps: world
            .plan
            .states
            .values()
            .flat_map(State::all_steps)
            .map(|step| (step.id.as_str(), &step.work))
            .collect(),
        diagnostics: Vec::new(),
    };
    let script = reader.script(case);
    let is_sound = reader.diagnostics.is_empty();
    Checked {
        value: script.filter(|_| is_sound),
        diagnostics: reader.diagnostics,
    }
}

/// A script in which nothing happens, at the moment when cases begin that do not say.
pub fn blank(world: &World<'_>) -> Script {
    let zoned = BEGINNING.to_zoned(world.zone());
    Script {
        trigger: (!world.plan.triggers.is_empty()).then_some(0),
        id: FIRST_CASE.to_owned(),
        input: Record::new().into(),
        requester: Value::Null,
        at: zoned.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp()),
        controls: BTreeMap::new(),
        stubs: BTreeMap::new(),
        evidence: BTreeMap::new(),
        actions: Vec::new(),
    }
}

struct Reader<'w, 'p> {
    world: &'w World<'p>,
    files: &'w ProjectFiles,
    steps: BTreeMap<&'p str, &'p Work>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    fn report(&mut self, span: Span, message: String, help: String) {
        let finding = Diagnostic::new(&INVALID_SCENARIO, span, message).help(help);
        self.diagnostics.push(finding);
    }

    fn unknown(&mut self, what: &str, name: &Spanned<String>, known: &BTreeSet<&str>) {
        let workflow = &self.world.plan.name;
        let message = format!("`{workflow}` has no {what} `{}`", name.value);
        let help = match nearest(&name.value, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("the workflow has no {what}"),
            None => format!(
                "it has {}",
                listing(&known.iter().copied().collect::<Vec<_>>())
            ),
        };
        self.report(name.span, message, help);
    }

    fn script(&mut self, case: &Case) -> Option<Script> {
        let empty = Given::default();
        let given = case.given.as_ref().unwrap_or(&empty);
        let facts = self.facts(given);
        let at = given.at.as_ref().map_or(BEGINNING, |at| at.value.clock);
        let input = match &given.input {
            None => Some(Record::new().into()),
            Some(input) => self.input(input),
        };
        let requester = facts.get("requester").cloned().unwrap_or(Value::Null);
        let id = facts.get("id").map_or(FIRST_CASE.to_owned(), data::text);
        let script = Script {
            trigger: (!self.world.plan.triggers.is_empty()).then_some(0),
            id,
            input: input.unwrap_or(Value::Null),
            requester,
            at: self.instant(at),
            controls: self.controls(given),
            stubs: self.stubs(given),
            evidence: self.evidence(given),
            actions: case
                .actions
                .iter()
                .filter_map(|action| self.action(action))
                .collect(),
        };
        if let Some(expected) = &case.expect {
            self.expectation(expected);
        }
        Some(script)
    }

    fn instant(&self, clock: DateTime) -> Timestamp {
        let zoned = clock.to_zoned(self.world.zone());
        zoned.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
    }

    fn facts(&mut self, given: &Given) -> Record {
        let Some(facts) = &given.case else {
            return Record::new();
        };
        let fields = data::fields(&data::written(&facts.value)).cloned();
        if fields.is_none() {
            self.report(
                facts.span,
                "the facts of the case are no mapping".to_owned(),
                "write them as `{requester: ada.byron}`".to_owned(),
            );
        }
        fields.unwrap_or_default()
    }

    fn controls(&mut self, given: &Given) -> BTreeMap<String, Value> {
        let known: BTreeSet<&str> = self.world.plan.controls.names().collect();
        let mut controls = BTreeMap::new();
        for (name, value) in given.controls.iter() {
            if !known.contains(name.value.as_str()) {
                self.unknown("control", name, &known);
            }
            controls.insert(name.value.clone(), data::written(&value.value));
        }
        controls
    }

    fn input(&mut self, input: &Spanned<FileOrData>) -> Option<Value> {
        match &input.value {
            FileOrData::File(file) => self.file(&file.path),
            FileOrData::Map(fields) => Some(data::written(fields)),
            FileOrData::List(_) => {
                self.report(
                    input.span,
                    "the input is a list".to_owned(),
                    "write one object, or the path of a JSON file that holds one".to_owned(),
                );
                None
            }
        }
    }

    /// The content of a JSON file of the project.
    fn file(&mut self, path: &Spanned<String>) -> Option<Value> {
        // A file that does not exist is reported as an unresolved reference.
        let Some(text) = self.files.text(path) else {
            let message = format!("the file `{}` cannot be read", path.value);
            let help = "paths are relative to this file or to the root of the project";
            self.report(path.span, message, help.to_owned());
            return None;
        };
        let parsed = yaml::parse(path.span.source, text);
        if let Some(trouble) = parsed.diagnostics.first() {
            let message = format!("the file `{}` is no JSON: {}", path.value, trouble.message);
            self.report(path.span, message, "correct the file".to_owned());
            return None;
        }
        let document = parsed.value.documents.first();
        let value = document.map(|document| data::node(document.root(text)));
        if value.is_none() {
            let message = format!("the file `{}` is empty", path.value);
            self.report(path.span, message, "write an object into it".to_owned());
        }
        value
    }

    fn stubs(&mut self, given: &Given) -> BTreeMap<String, Stub> {
        let mut stubs = BTreeMap::new();
        for (name, answers) in given.steps.iter() {
            self.step(name, |_| true, "step");
            let answers = match &answers.value {
                FileOrData::File(file) => self
                    .file(&file.path)
                    .map(Answer::Result)
                    .into_iter()
                    .collect(),
                FileOrData::Map(fields) => self.answers(fields, answers.span),
                FileOrData::List(items) => items
                    .iter()
                    .flat_map(|item| self.answers(&item.value, item.span))
                    .collect(),
            };
            stubs.insert(name.value.clone(), Stub { answers });
        }
        stubs
    }

    /// What one entry answers: `{fail: error, times: n}`, or data.
    fn answers(&mut self, entry: &Data, span: Span) -> Vec<Answer> {
        let value = data::written(entry);
        let Value::Map(fields) = &value else {
            return vec![Answer::Result(value)];
        };
        let is_failure = fields.contains_key("fail")
            && fields.keys().all(|key| matches!(&**key, "fail" | "times"));
        if !is_failure {
            return vec![Answer::Result(value)];
        }
        let times = fields.get("times").map_or(Some(1), |times| {
            let times: Option<u32> = data::text(times).parse().ok();
            times.filter(|times| *times <= MOST_ANSWERS)
        });
        let error = fields.get("fail").and_then(data::name);
        let (Some(error), Some(times)) = (error, times) else {
            self.report(
                span,
                "this failure has no error, or no number of times".to_owned(),
                "write it as `{fail: timeout, times: 2}`".to_owned(),
            );
            return Vec::new();
        };
        (0..times).map(|_| Answer::Error(error.clone())).collect()
    }

    fn evidence(&mut self, given: &Given) -> BTreeMap<String, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for (name, evidence) in given.evidence.iter() {
            self.step(name, |work| matches!(work, Work::Approve(_)), "approval");
            all.insert(name.value.clone(), words(evidence));
        }
        all
    }

    /// Looks a step up; `what` says in words which steps are meant.
    fn step(&mut self, name: &Spanned<String>, fits: fn(&Work) -> bool, what: &str) -> bool {
        let steps = self.steps.iter().filter(|(_, work)| fits(work));
        let known: BTreeSet<&str> = steps.map(|(name, _)| *name).collect();
        let is_known = known.contains(name.value.as_str());
        if !is_known {
            self.unknown(what, name, &known);
        }
        is_known
    }

    fn action(&mut self, written: &Spanned<Action>) -> Option<Performed> {
        let action = &written.value;
        let span = written.span;
        let verbs: Vec<&str> = verbs(action).into_iter().flatten().collect();
        if verbs.len() != 1 {
            let message = match &verbs[..] {
                [] => "this action does nothing".to_owned(),
                several => format!("this action does {} things at once", several.len()),
            };
            let help = "write exactly one of `approve`, `reject`, `complete`, `resolve`, `move`, `close`, `wait`, `fail` and `event`";
            self.report(span, message, help.to_owned());
            return None;
        }
        let act = self.act(action, span)?;
        Some(Performed { act, span })
    }

    fn act(&mut self, action: &Action, span: Span) -> Option<Act> {
        if let Some(length) = &action.wait {
            return Some(Act::Wait(length.value));
        }
        if let Some(person) = &action.moves {
            let (person, to) = (person.value.clone(), self.target(action));
            return Some(Act::Move {
                person,
                to,
                data: self.with(action)?,
            });
        }
        if let Some(person) = &action.close {
            let end = self.ending(action, span)?;
            return Some(Act::Close {
                person: person.value.clone(),
                end,
            });
        }
        if let Some(event) = &action.event {
            return self.event(action, event);
        }
        let at = self.at(action, span)?;
        if let Some(error) = &action.fail {
            self.step(
                &at,
                |work| !matches!(work, Work::Check(_) | Work::Match(_) | Work::Route(_)),
                "step",
            );
            return Some(Act::Fail {
                step: at.value,
                error: error.value.clone(),
                times: action.times.as_ref().map(|times| times.value),
            });
        }
        if let Some(person) = &action.resolve {
            let known: BTreeSet<&str> = self.world.plan.queues.names().collect();
            if !known.contains(at.value.as_str()) {
                self.unknown("queue", &at, &known);
            }
            let (queue, person, to) = (at.value, person.value.clone(), self.way_back(action));
            return Some(Act::Resolve {
                queue,
                person,
                to,
                data: self.with(action)?,
            });
        }
        self.work(action, at)
    }

    /// What people do at steps.
    fn work(&mut self, action: &Action, at: Spanned<String>) -> Option<Act> {
        let evidence = (!action.evidence.is_empty()).then(|| words(&action.evidence));
        if let Some(person) = &action.complete {
            self.step(&at, |work| matches!(work, Work::Task(_)), "task");
            let with = match &action.with {
                Some(_) => Some(self.with(action)?),
                None => None,
            };
            let (step, person) = (at.value, person.value.clone());
            return Some(Act::Complete {
                step,
                person,
                with,
                evidence,
            });
        }
        self.step(&at, |work| matches!(work, Work::Approve(_)), "approval");
        let person = action.approve.as_ref().or(action.reject.as_ref())?;
        Some(Act::Decide {
            step: at.value,
            person: person.value.clone(),
            agrees: action.approve.is_some(),
            data: self.with(action)?,
            evidence,
        })
    }

    fn event(&mut self, action: &Action, event: &Spanned<String>) -> Option<Act> {
        if let Some(at) = &action.at {
            self.step(at, |work| matches!(work, Work::Wait(_)), "wait");
        }
        let with = match &action.with {
            Some(_) => Some(self.with(action)?),
            None => None,
        };
        Some(Act::Arrive {
            name: event.value.clone(),
            step: action.at.as_ref().map(|at| at.value.clone()),
            with,
        })
    }

    fn at(&mut self, action: &Action, span: Span) -> Option<Spanned<String>> {
        if action.at.is_none() {
            let message = "this action does not say where".to_owned();
            let help = "add `at:` with the step, or with the queue that is resolved";
            self.report(span, message, help.to_owned());
        }
        action.at.clone()
    }

    fn with(&mut self, action: &Action) -> Option<Record> {
        let Some(with) = &action.with else {
            return Some(Record::new());
        };
        let fields = data::fields(&data::written(&with.value)).cloned();
        if fields.is_none() {
            let message = "the data of this action is no mapping".to_owned();
            let help = "write it as `{field: value}`";
            self.report(with.span, message, help.to_owned());
        }
        fields
    }

    fn target(&mut self, action: &Action) -> Option<String> {
        let to = action.to.as_ref()?;
        self.state(to);
        Some(to.value.clone())
    }

    fn way_back(&mut self, action: &Action) -> Option<String> {
        let to = action.to.as_ref()?;
        if !["same", "fallback"].contains(&to.value.as_str()) {
            self.state(to);
        }
        Some(to.value.clone())
    }

    fn ending(&mut self, action: &Action, span: Span) -> Option<Ending> {
        let endings = [
            Ending::Completed,
            Ending::Rejected,
            Ending::Cancelled,
            Ending::Failed,
        ];
        let to = action.to.as_ref();
        let end = endings
            .into_iter()
            .find(|end| to.is_some_and(|to| to.value == end.as_str()));
        if end.is_none() {
            let span = to.map_or(span, |to| to.span);
            let message = "a case is closed with one of the ends".to_owned();
            let help = format!("add `to:` with {}", listing(Ending::WORDS));
            self.report(span, message, help);
        }
        end
    }

    fn state(&mut self, name: &Spanned<String>) {
        let known: BTreeSet<&str> = self.world.plan.states.names().collect();
        if !known.contains(name.value.as_str()) {
            self.unknown("state", name, &known);
        }
    }

    /// Every name that an expectation mentions.
    fn expectation(&mut self, expected: &Expectation) {
        for state in &expected.path {
            self.state(state);
        }
        let reasons: BTreeSet<&str> = self.world.plan.exceptions.names().collect();
        for reason in expected.raises.iter() {
            if !reasons.contains(reason.value.as_str()) {
                self.unknown("reason", reason, &reasons);
            }
        }
        for (step, _) in expected.decisions.iter() {
            self.step(step, |work| matches!(work, Work::Approve(_)), "approval");
        }
        for (step, _) in expected.attempts.iter() {
            self.step(step, |_| true, "step");
        }
        let outputs: BTreeSet<&str> = self.world.plan.outputs.names().collect();
        for (output, _) in expected.outputs.iter() {
            if !outputs.contains(output.value.as_str()) {
                self.unknown("output", output, &outputs);
            }
        }
    }
}

/// The verbs of an action that are written.
fn verbs(action: &Action) -> [Option<&'static str>; 9] {
    let written = |is_written: bool, verb| is_written.then_some(verb);
    [
        written(action.approve.is_some(), "approve"),
        written(action.reject.is_some(), "reject"),
        written(action.complete.is_some(), "complete"),
        written(action.resolve.is_some(), "resolve"),
        written(action.moves.is_some(), "move"),
        written(action.close.is_some(), "close"),
        written(action.wait.is_some(), "wait"),
        written(action.fail.is_some(), "fail"),
        written(action.event.is_some(), "event"),
    ]
}

fn words(written: &[Spanned<String>]) -> BTreeSet<String> {
    written.iter().map(|word| word.value.clone()).collect()
}
