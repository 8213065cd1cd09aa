//! `flowgate run`: walks one case of a workflow, from an events file or by questions.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::chosen;
use super::failure::Failure;
use super::opening::{Location, ProjectArguments};
use super::output::{OutputArguments, Status, Writable};
use crate::check;
use crate::expr::{Record, Value};
use crate::model::ProjectFiles;
use crate::plan::{Plan, lower};
use crate::report::walk::{
    WALK_SCHEMA, WalkReport, place_text, write_entries, write_json, write_outcome,
};
use crate::report::{Format, HumanOptions};
use crate::run::scenario::replay::Outcome;
use crate::run::scenario::{Played, Script, blank, path, play, prepare};
use crate::run::walk::{Choice, Question, Walk};
use crate::run::{World, from_json, json, node};
use crate::source::Sources;
use crate::syntax::decode::{Decode, Decoder};
use crate::syntax::scenarios::{Case, Events, FileOrData, Given};
use crate::yaml;

/// Walks one case of a workflow on its plan, with a virtual clock: asks on the terminal what
/// systems, people and time do, or reads it from a file.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// The workflow.
    #[arg(value_name = "NAME")]
    name: String,
    /// The data that the case starts with, JSON or YAML.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// What happens to the case, as `given` and `do` of a scenario; no questions are asked then.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Who wants it, for `case.requester`.
    #[arg(long, value_name = "PERSON")]
    requester: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
///
/// # Errors
/// When the project or a file cannot be read, or the name is unknown.
pub fn run(arguments: &RunArguments, out: &mut dyn Write) -> Result<Status, Failure> {
    let location = arguments.project.locate(None)?;
    let loaded = chosen::load(&arguments.project, &location)?;
    let names = [arguments.name.clone()];
    let names = chosen::workflows(&loaded, &names, "to run")?;
    let findings = check::check(&loaded);
    let sound = match chosen::sound(&loaded, &findings, &names) {
        Ok(sound) => sound,
        Err(blocking) => {
            return chosen::refuse((&arguments.output, "run"), &loaded, &blocking, out);
        }
    };
    let Some(sound) = sound.into_iter().next() else {
        return Err(Failure::new(format!(
            "there is no workflow `{}`",
            arguments.name
        )));
    };
    let plan = lower(sound, &loaded.sources);
    let mut world = World::new(&plan, &loaded.model);
    let mut script = match &arguments.events {
        Some(file) => events(&world, file, &location)?,
        None => blank(&world),
    };
    script.input = input(&arguments.input)?;
    if let Some(requester) = &arguments.requester {
        script.requester = Value::text(requester);
    }
    world.set_controls(script.controls.clone());
    let is_human = arguments.output.format.as_deref().unwrap_or("human") == "human";
    let walked = match &arguments.events {
        Some(_) => {
            let played = play(&world, &script);
            if is_human {
                write_entries(&played.case.trace, &world.zone(), out)?;
            }
            of_played(&plan, &script, &played)
        }
        None => {
            let mut input = io::stdin().lock();
            let walk = ask(
                Walk::start(&world, &script),
                &world,
                is_human,
                &mut input,
                out,
            )?;
            of_walk(&plan, &walk)
        }
    };
    let is_failed = walked.fails();
    arguments
        .output
        .write(&Shown { report: walked }, None, out)?;
    Ok(Status::of(is_failed))
}

struct Shown {
    report: WalkReport,
}

impl Writable for Shown {
    fn supports(&self, format: &Format) -> bool {
        ["human", "json"].contains(&format.id)
    }

    fn write(
        &self,
        format: &Format,
        _options: &HumanOptions,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if format.id == "json" {
            write_json(&self.report, out)
        } else {
            write_outcome(&self.report, out)
        }
    }
}

fn of_played(plan: &Plan, script: &Script, played: &Played<'_>) -> WalkReport {
    let done = played.events.iter().filter_map(|happened| happened.action);
    let done = done.max().map_or(0, |last| last + 1);
    let is_cut = played.unanswered.is_some();
    WalkReport {
        left: if is_cut {
            script.actions.len().saturating_sub(done)
        } else {
            0
        },
        unanswered: played.unanswered.clone(),
        events: played.events.clone(),
        ..report(plan, &played.case)
    }
}

fn of_walk(plan: &Plan, walk: &Walk<'_, '_>) -> WalkReport {
    WalkReport {
        events: walk.events.clone(),
        ..report(plan, &walk.case)
    }
}

fn report(plan: &Plan, case: &crate::run::Case<'_>) -> WalkReport {
    WalkReport {
        schema: WALK_SCHEMA,
        workflow: plan.name.clone(),
        plan: plan.digest.as_str().to_owned(),
        path: path(&case.trace),
        outcome: Outcome::of(case),
        events: Vec::new(),
        trace: case.trace.clone(),
        left: 0,
        unanswered: None,
    }
}

fn text_of(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {error}", file.display())))
}

fn broken(file: &Path, message: &str) -> Failure {
    Failure::new(format!("`{}` cannot be used: {message}", file.display()))
}

/// The data that the case starts with.
fn input(file: &Path) -> Result<Value, Failure> {
    let text = text_of(file)?;
    let mut sources = Sources::default();
    let source = sources.add(file.display().to_string(), text.as_str());
    let parsed = yaml::parse(source, &text);
    if let Some(trouble) = parsed.diagnostics.first() {
        let at = place_text(&sources, trouble.span);
        return Err(broken(file, &trouble.message).hint(format!("look at {at}")));
    }
    match parsed
        .value
        .documents
        .first()
        .map(|document| node(document.root(&text)))
    {
        Some(value @ Value::Map(_)) => Ok(value),
        Some(_) | None => Err(broken(file, "it holds no object")
            .hint("write the fields of the workflow's input, as `{\"name\": \"…\"}`")),
    }
}

/// What happens, read from a file.
fn events(world: &World<'_>, file: &Path, location: &Location) -> Result<Script, Failure> {
    let text = text_of(file)?;
    let mut sources = Sources::default();
    let source = sources.add(file.display().to_string(), text.as_str());
    let parsed = yaml::parse(source, &text);
    let mut decoder = Decoder::new();
    let document = parsed.value.documents.first();
    let read = document.and_then(|document| Events::decode(document.root(&text), &mut decoder));
    let found = decoder.finish_after(parsed.diagnostics);
    let mut faults = found;
    let read = read.unwrap_or_default();
    let files = files(read.given.as_ref(), file, location);
    let case = Case {
        given: read.given,
        actions: read.actions,
        ..Case::default()
    };
    let prepared = prepare(world, &files, &case);
    faults.extend(prepared.diagnostics);
    match (faults.first(), prepared.value) {
        (None, Some(script)) => Ok(script),
        (Some(fault), _) => {
            let at = place_text(&sources, fault.span);
            let help = fault.help.as_deref().unwrap_or("correct it");
            Err(Failure::new(format!("{at}: {}", fault.message)).hint(help))
        }
        (None, None) => Err(broken(file, "it says nothing")),
    }
}

/// The files that the events name: beside the events file, or from the root of the project.
fn files(given: Option<&Given>, events: &Path, location: &Location) -> ProjectFiles {
    let mut files = ProjectFiles::default();
    let Some(given) = given else {
        return files;
    };
    let beside = events.parent().unwrap_or(Path::new(""));
    let named = given.steps.iter().map(|(_, value)| &value.value);
    for named in named.chain(given.input.iter().map(|input| &input.value)) {
        let FileOrData::File(named) = named else {
            continue;
        };
        let path = &named.path.value;
        let folders = [location.root.as_path(), beside];
        let mut texts = folders
            .iter()
            .filter_map(|folder| fs::read_to_string(folder.join(path)).ok());
        if let Some(text) = texts.next() {
            files.paths.insert(path.clone());
            files.texts.insert(path.clone(), text);
        }
    }
    files
}

/// Walks a case by questions on standard error and answers from `input`, until nothing more can
/// happen or no answer comes.
fn ask<'w, 'p>(
    mut walk: Walk<'w, 'p>,
    world: &World<'p>,
    is_human: bool,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Walk<'w, 'p>, Failure> {
    let mut shown = 0;
    loop {
        if is_human {
            write_entries(&walk.case.trace[shown..], &world.zone(), out)?;
            out.flush()?;
        }
        shown = walk.case.trace.len();
        let Some(question) = walk.question() else {
            return Ok(walk);
        };
        put(&question)?;
        let Some(choice) = chosen_of(&question, input)? else {
            return Ok(walk);
        };
        let data = match &choice.data {
            None => Value::Null,
            Some(offer) => match data(offer, input)? {
                Some(data) => data,
                None => return Ok(walk),
            },
        };
        if let Err(refusal) = walk.happen(&choice.event(&data)) {
            writeln!(io::stderr(), "that cannot be: {}", refusal.message)?;
        }
    }
}

fn put(question: &Question) -> Result<(), Failure> {
    let mut screen = io::stderr().lock();
    writeln!(screen)?;
    for waits in &question.waits {
        writeln!(screen, "{waits}")?;
    }
    for (number, choice) in question.choices.iter().enumerate() {
        writeln!(screen, "  {:>2}  {}", number + 1, choice.words)?;
    }
    Ok(())
}

/// A line of the answer; nothing when there is no more.
fn answer(prompt: &str, input: &mut dyn BufRead) -> Result<Option<String>, Failure> {
    let mut screen = io::stderr().lock();
    write!(screen, "{prompt} ")?;
    screen.flush()?;
    let mut line = String::new();
    let read = input
        .read_line(&mut line)
        .map_err(|error| Failure::new(format!("the answer cannot be read: {error}")))?;
    if read == 0 {
        writeln!(screen)?;
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}

/// The choice that is taken; nothing when the walk ends here.
fn chosen_of<'q>(
    question: &'q Question,
    input: &mut dyn BufRead,
) -> Result<Option<&'q Choice>, Failure> {
    let count = question.choices.len();
    loop {
        let prompt = format!("what happens? [1-{count}, q to stop]");
        let Some(said) = answer(&prompt, input)?.filter(|said| said != "q") else {
            return Ok(None);
        };
        let number = said.parse::<usize>().ok();
        let choice = number.and_then(|number| question.choices.get(number.checked_sub(1)?));
        if choice.is_some() {
            return Ok(choice);
        }
        writeln!(io::stderr(), "`{said}` is none of 1 to {count}")?;
    }
}

/// The data that comes with a choice: what is offered when the line is empty. Texts that are
/// asked for by name may be written as they are.
fn data(offer: &Value, input: &mut dyn BufRead) -> Result<Option<Value>, Failure> {
    let mut fields = match offer {
        Value::Map(fields) => fields.as_ref().clone(),
        other => return Ok(Some(other.clone())),
    };
    let is_blank = |value: &Value| *value == Value::text("");
    let blank: Vec<_> = fields
        .iter()
        .filter(|(_, value)| is_blank(value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in &blank {
        let Some(said) = answer(&format!("{name}:"), input)? else {
            return Ok(None);
        };
        fields.insert(name.clone(), Value::text(&said));
    }
    if !blank.is_empty() {
        return Ok(Some(fields.into()));
    }
    loop {
        let prompt = format!("with, as JSON [{}]", json(offer));
        let Some(said) = answer(&prompt, input)? else {
            return Ok(None);
        };
        if said.is_empty() {
            return Ok(Some(offer.clone()));
        }
        match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&said) {
            Ok(said) => {
                let said = said.iter();
                let said = said.map(|(name, value)| (name.as_str().into(), from_json(value)));
                return Ok(Some(said.collect::<Record>().into()));
            }
            Err(error) => writeln!(io::stderr(), "that is no JSON object: {error}")?,
        }
    }
}
