//! Scenarios of sound workflows, played: what fails, what cannot be played, what none reaches.

use crate::check::levels::Selection;
use crate::check::place::Places;
use crate::check::{Finding, Loaded, number_equal_fingerprints, order};
use crate::diagnostic::Diagnostic;
use crate::model::{Judged, NotSound, Sound};
use crate::plan::{Plan, lower};
use crate::run::World;
use crate::run::coverage::{Coverage, Part};
use crate::run::rules::{RULES, SCENARIO_FAILED, SCENARIO_GAP};
use crate::run::scenario::replay::Replay;
use crate::run::scenario::{self, Failure};
use crate::run::trace::Entry;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::scenarios::{Case, Scenarios};
use crate::syntax::workflow::Workflow;

/// A workflow whose scenarios were played.
#[derive(Debug)]
pub struct Tested {
    /// The workflow.
    pub workflow: String,
    /// The plan that they were played on.
    pub plan: Plan,
    /// The scenarios, in written order.
    pub cases: Vec<TestedCase>,
    /// What they reach.
    pub coverage: Coverage,
    /// What cannot be played.
    pub invalid: Vec<Diagnostic>,
}

/// A scenario that was played.
#[derive(Debug)]
pub struct TestedCase {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// The states that were expected; empty when the scenario does not say.
    pub expected: Vec<String>,
    /// The states that were entered.
    pub path: Vec<String>,
    /// Everything that happened.
    pub trace: Vec<Entry>,
    /// What is needed to play it once more.
    pub replay: Replay,
    /// What differs from what was expected.
    pub failures: Vec<Failure>,
}

/// The workflow of a name when it can be compiled. Findings about its scenarios are no obstacle:
/// they say nothing about what would run.
///
/// # Errors
/// As [`crate::model::Model::sound`].
pub fn sound<'m, 'f>(
    loaded: &'m Loaded,
    findings: &'f [Finding],
    name: &str,
) -> Result<Sound<'m>, NotSound<'f>> {
    let of_the_workflow = findings.iter().filter(|finding| {
        let id = &finding.diagnostic.rule.id;
        RULES.iter().all(|rule| rule.id != *id)
    });
    let judged = of_the_workflow.map(|finding| Judged {
        diagnostic: &finding.diagnostic,
        accepted: finding.suppressed.is_some(),
    });
    loaded.model.sound(name, judged)
}

/// Plays the scenarios of a sound workflow.
pub fn test(loaded: &Loaded, sound: Sound<'_>) -> Tested {
    let plan = lower(sound, &loaded.sources);
    let name = sound.workflow().name.value.clone();
    let mut coverage = Coverage::of(&plan);
    let mut invalid = Vec::new();
    let mut cases = Vec::new();
    let files = &loaded.model.surroundings.files;
    let world = World::new(&plan, &loaded.model);
    for case in cases_of(loaded, &name) {
        let (Some(written_name), Some(_)) = (&case.name, &case.expect) else {
            continue;
        };
        let prepared = scenario::prepare(&world, files, case);
        invalid.extend(prepared.diagnostics);
        let Some(script) = prepared.value else {
            continue;
        };
        let changed = (!script.controls.is_empty()).then(|| {
            let mut world = World::new(&plan, &loaded.model);
            world.set_controls(script.controls.clone());
            world
        });
        let world = changed.as_ref().unwrap_or(&world);
        let played = scenario::play(world, &script);
        let judged = scenario::judge(world, &script, case, &played);
        coverage.add(&played.case.trace);
        let replay = Replay::of(&name, &script, &played.case, &played.events);
        cases.push(TestedCase {
            name: written_name.value.clone(),
            span: written_name.span,
            expected: judged.expected,
            path: judged.path,
            trace: played.case.trace,
            replay,
            failures: judged.failures,
        });
    }
    Tested {
        workflow: name,
        plan,
        cases,
        coverage,
        invalid,
    }
}

/// The documents with scenarios of a workflow.
pub fn documents<'l>(
    loaded: &'l Loaded,
    workflow: &str,
) -> impl Iterator<Item = &'l Entity<Scenarios>> {
    let all = loaded.model.project.scenarios.iter();
    all.filter(move |entity| entity.name.value == workflow)
}

pub(super) fn cases_of<'l>(loaded: &'l Loaded, workflow: &str) -> impl Iterator<Item = &'l Case> {
    documents(loaded, workflow).flat_map(|entity| entity.body.cases.iter().flatten())
}

/// What the scenarios of all workflows leave to be wished for; `findings` are those of the
/// project so far.
pub fn check(loaded: &Loaded, findings: &[Finding]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for entity in &loaded.model.project.workflows {
        let name = &entity.name.value;
        if !entity.body.is_in_force() {
            continue;
        }
        if documents(loaded, name).next().is_none() {
            found.extend(untested(entity));
            continue;
        }
        let Ok(sound) = sound(loaded, findings, name) else {
            continue;
        };
        let tested = test(loaded, sound);
        found.extend(tested.invalid.iter().cloned());
        found.extend(gaps(entity, &tested));
    }
    found
}

/// From this stage on a workflow without any scenario is a fault; before, nobody promised tests.
const TESTED_FROM: u8 = 3;

fn untested(entity: &Entity<Workflow>) -> Option<Diagnostic> {
    let stage = entity.body.rollout_stage();
    let name = &entity.name.value;
    (stage >= TESTED_FROM).then(|| {
        let message = format!(
            "`{name}` has no scenarios, so no state, transition or reason of it was ever tried"
        );
        Diagnostic::new(&SCENARIO_GAP, entity.name.span, message)
            .at_stage(stage)
            .help("add a `scenarios:` document for it, with the expected path, a refusal and each exception")
    })
}

/// What no scenario reaches. What lies in a state that none enters is not told apart.
fn gaps(entity: &Entity<Workflow>, tested: &Tested) -> Vec<Diagnostic> {
    let missing: Vec<_> = tested.coverage.missing().collect();
    let is_entered = |state: &str| {
        !missing
            .iter()
            .any(|item| matches!(&item.part, Part::State(name) if name == state))
    };
    let told = missing.iter().filter(|item| match &item.part {
        Part::State(_) | Part::Reason(_) => true,
        Part::Transition(state, _) | Part::Timer(state, ..) => is_entered(state),
        Part::Row(..) => false,
    });
    told.map(|item| {
        let message = format!("no scenario reaches {}", item.words);
        Diagnostic::new(&SCENARIO_GAP, item.span, message)
            .at_stage(entity.body.rollout_stage())
            .help(format!(
                "add a scenario that does; `flowgate test {}` lists all that is not reached",
                tested.workflow
            ))
    })
    .collect()
}

/// What failed and what cannot be played, as findings in the order of reports.
pub fn findings(loaded: &Loaded, tested: &[Tested]) -> Vec<Finding> {
    let places = Places::new(loaded);
    let levels = Selection::new(&loaded.model, &loaded.model, &loaded.sources);
    let invalid = tested
        .iter()
        .flat_map(|tested| tested.invalid.iter().cloned());
    let cases = tested.iter().flat_map(|tested| &tested.cases);
    let failed = cases.flat_map(|case| case.failures.iter().map(|failed| failure(case, failed)));
    let mut findings: Vec<Finding> = invalid
        .chain(failed)
        .map(|diagnostic| places.locate(diagnostic))
        .filter_map(|finding| levels.apply(finding))
        .collect();
    findings.sort_by(|left, right| order(left).cmp(&order(right)));
    number_equal_fingerprints(&mut findings);
    findings
}

fn failure(case: &TestedCase, failure: &Failure) -> Diagnostic {
    let message = format!("{}: {}", case.name, failure.message);
    let finding = Diagnostic::new(&SCENARIO_FAILED, failure.span, message).note(&failure.note);
    match &failure.why {
        Some(why) => finding.help(why),
        None => finding,
    }
}
