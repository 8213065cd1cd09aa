//! What `flowgate readiness` says: the ten checks of each workflow, then impact against effort.
//!
//! The gate comes first and the score second: a workflow that fails a check is not ready, whatever
//! its score.

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::Place;
use super::view::place;
use crate::check::Loaded;
use crate::model::readiness::{Outcome, judge, maps_of};
use crate::model::score::{Quadrant, Scored};
use crate::published;
use crate::rule::Stage;
use crate::syntax::Entity;
use crate::syntax::governance::Status;
use crate::syntax::process_map::ProcessMap;
use crate::syntax::workflow::{Attestation, Workflow};

/// The name and version of the shape of [`ReadinessReport`].
pub const READINESS_SCHEMA: &str = "flowgate/readiness/v1";

/// Which workflows are ready to be automated, and which are worth it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReadinessReport {
    /// The name and version of this shape.
    #[schemars(extend("const" = READINESS_SCHEMA))]
    pub schema: &'static str,
    /// The workflows, in path order.
    pub workflows: Vec<WorkflowReadiness>,
    /// Process maps with a score that no workflow has come of yet, in path order.
    pub candidates: Vec<Candidate>,
    /// How many workflows there are, and how many of them are ready.
    pub summary: ReadinessSummary,
}

/// How many workflows pass the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReadinessSummary {
    /// All of them.
    pub workflows: usize,
    /// Those that pass every check.
    pub ready: usize,
    /// Those that do not, and should: not drafts, unless they were named.
    pub failing: usize,
}

/// One workflow at the gate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorkflowReadiness {
    /// The name.
    pub workflow: String,
    /// Where it is defined.
    pub span: Place,
    /// Where the document is in its life.
    #[schemars(with = "String")]
    pub status: &'static str,
    /// The rollout stage.
    #[schemars(range(max = 4))]
    pub stage: Stage,
    /// Whether it must pass: not a draft, or named on the command line.
    pub required: bool,
    /// Whether it passes every check.
    pub ready: bool,
    /// The ten checks, in reference order.
    pub checks: Vec<ReadinessCheck>,
    /// Impact and effort; null when no process map of the workflow has a complete score.
    pub score: Option<ReportedScore>,
}

/// One of the ten checks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReadinessCheck {
    /// The key by which it is attested under `readiness:`.
    #[schemars(with = "String")]
    pub id: &'static str,
    /// What is asked.
    #[schemars(with = "String")]
    pub title: &'static str,
    /// Whether it passes.
    pub passes: bool,
    /// What it passes by; null when it fails.
    pub basis: Option<Basis>,
    /// What people say about it, whether it counts or not.
    pub attestation: Option<ReportedAttestation>,
    /// What is wrong; null when it passes.
    pub fault: Option<String>,
    /// What to write; null when it passes.
    pub remedy: Option<String>,
}

/// What a check passes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The definition says so itself.
    Derived,
    /// A person says so, with evidence.
    Attested,
}

/// Somebody's word.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedAttestation {
    /// Who attests.
    pub by: Option<String>,
    /// When.
    pub date: Option<String>,
    /// The file that shows it.
    pub evidence: Option<String>,
    /// Why it does not count; empty when it does.
    pub faults: Vec<String>,
}

/// Impact and effort as the process map has them, from 1 (little) to 5 (much).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedScore {
    /// The process map.
    pub map: String,
    /// What would be won.
    pub impact: ReportedImpactScore,
    /// What it would cost.
    pub effort: ReportedEffortScore,
    /// The quarter of the matrix; the middle of the scale, 3, counts as much.
    pub quadrant: QuadrantWord,
}

/// What would be won.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ReportedImpactScore {
    /// Money.
    pub cost: u32,
    /// Fewer errors.
    pub errors: u32,
    /// Compliance.
    pub compliance: u32,
    /// The experience of the people.
    pub experience: u32,
    /// The mean, to two decimals.
    pub mean: f64,
}

/// What it would cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ReportedEffortScore {
    /// Connecting systems.
    pub integration: u32,
    /// Cleaning data.
    pub data: u32,
    /// Changing habits.
    pub change: u32,
    /// The mean, to two decimals.
    pub mean: f64,
}

/// The quarter of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuadrantWord {
    /// Much impact, little effort.
    QuickWin,
    /// Much impact, much effort.
    MajorProject,
    /// Little impact, little effort.
    FillIn,
    /// Little impact, much effort.
    Avoid,
}

/// A process that is mapped and scored, and not automated yet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Candidate {
    /// The score, with the name of the map.
    #[serde(flatten)]
    pub score: ReportedScore,
    /// Where the map is.
    pub span: Place,
}

/// The published JSON Schema of [`ReadinessReport`], as it is written.
pub fn schema() -> Schema {
    published::schema::<ReadinessReport>()
}

/// The report on the named workflows; on all that are not retired when none is named.
pub fn readiness_report(loaded: &Loaded, names: &[String]) -> ReadinessReport {
    let workflows: Vec<WorkflowReadiness> = loaded
        .model
        .project
        .workflows
        .iter()
        .filter(|workflow| match names {
            [] => status(&workflow.body) != Status::Retired,
            names => names.contains(&workflow.name.value),
        })
        .map(|workflow| workflow_readiness(workflow, loaded, !names.is_empty()))
        .collect();
    let candidates = match names {
        [] => candidates(loaded),
        _ => Vec::new(),
    };
    let count = |wanted: fn(&&WorkflowReadiness) -> bool| workflows.iter().filter(wanted).count();
    ReadinessReport {
        schema: READINESS_SCHEMA,
        summary: ReadinessSummary {
            workflows: workflows.len(),
            ready: count(|workflow| workflow.ready),
            failing: count(|workflow| workflow.required && !workflow.ready),
        },
        workflows,
        candidates,
    }
}

fn status(workflow: &Workflow) -> Status {
    workflow
        .status
        .map_or(Status::Active, |status| status.value)
}

fn workflow_readiness(
    workflow: &Entity<Workflow>,
    loaded: &Loaded,
    is_named: bool,
) -> WorkflowReadiness {
    let outcomes = judge(workflow, &loaded.model);
    let mut maps = maps_of(&workflow.name.value, &loaded.model);
    let status = status(&workflow.body);
    WorkflowReadiness {
        workflow: workflow.name.value.clone(),
        span: place(&loaded.sources, workflow.name.span),
        status: status.as_str(),
        stage: workflow.body.rollout_stage(),
        required: is_named || status != Status::Draft,
        ready: outcomes.iter().all(Outcome::passes),
        checks: outcomes.iter().map(check).collect(),
        score: maps.find_map(score),
    }
}

fn check(outcome: &Outcome<'_>) -> ReadinessCheck {
    let passes = outcome.passes();
    let basis = if outcome.is_derived {
        Basis::Derived
    } else {
        Basis::Attested
    };
    ReadinessCheck {
        id: outcome.check.key(),
        title: outcome.check.title(),
        passes,
        basis: passes.then_some(basis),
        attestation: outcome
            .attestation
            .map(|written| attestation(written, outcome)),
        fault: (!passes).then(|| outcome.fault()),
        remedy: (!passes).then(|| outcome.remedy()),
    }
}

fn attestation(written: &Attestation, outcome: &Outcome<'_>) -> ReportedAttestation {
    ReportedAttestation {
        by: written.by.as_ref().map(|person| person.name.value.clone()),
        date: written.date.map(|date| date.value.civil.to_string()),
        evidence: written
            .evidence
            .as_ref()
            .map(|file| file.path.value.clone()),
        faults: outcome
            .weaknesses
            .iter()
            .map(|weakness| weakness.fault())
            .collect(),
    }
}

fn score(map: &Entity<ProcessMap>) -> Option<ReportedScore> {
    let scored = Scored::of(map.body.score.as_ref()?)?;
    let [cost, errors, compliance, experience] = scored.impact;
    let [integration, data, change] = scored.effort;
    Some(ReportedScore {
        map: map.name.value.clone(),
        impact: ReportedImpactScore {
            cost,
            errors,
            compliance,
            experience,
            mean: mean(&scored.impact),
        },
        effort: ReportedEffortScore {
            integration,
            data,
            change,
            mean: mean(&scored.effort),
        },
        quadrant: QuadrantWord::of(scored.quadrant()),
    })
}

/// To two decimals, rounded half up.
fn mean(figures: &[u32]) -> f64 {
    let sum: u32 = figures.iter().sum();
    let number = u32::try_from(figures.len()).unwrap_or(1).max(1);
    f64::from((sum * 200 + number) / (number * 2)) / 100.0
}

fn candidates(loaded: &Loaded) -> Vec<Candidate> {
    let maps = loaded.model.project.process_maps.iter();
    maps.filter(|map| map.body.workflow.is_none())
        .filter_map(|map| {
            Some(Candidate {
                score: score(map)?,
                span: place(&loaded.sources, map.name.span),
            })
        })
        .collect()
}

impl QuadrantWord {
    fn of(quadrant: Quadrant) -> Self {
        match quadrant {
            Quadrant::QuickWin => QuadrantWord::QuickWin,
            Quadrant::MajorProject => QuadrantWord::MajorProject,
            Quadrant::FillIn => QuadrantWord::FillIn,
            Quadrant::Avoid => QuadrantWord::Avoid,
        }
    }

    /// The quadrant itself.
    pub fn quadrant(self) -> Quadrant {
        match self {
            QuadrantWord::QuickWin => Quadrant::QuickWin,
            QuadrantWord::MajorProject => Quadrant::MajorProject,
            QuadrantWord::FillIn => Quadrant::FillIn,
            QuadrantWord::Avoid => Quadrant::Avoid,
        }
    }
}

impl ReportedScore {
    /// The means and the quadrant in words.
    pub fn line(&self) -> String {
        format!(
            "{}, impact {:.2}, effort {:.2}",
            self.quadrant.quadrant().title(),
            self.impact.mean,
            self.effort.mean
        )
    }
}

impl WorkflowReadiness {
    /// How many checks fail.
    pub fn failing(&self) -> usize {
        self.checks.iter().filter(|check| !check.passes).count()
    }

    /// The gate first, the score second.
    pub fn verdict(&self) -> String {
        let score = self.score.as_ref();
        match (self.ready, score) {
            (true, Some(score)) => format!("ready: {}", score.line()),
            (true, None) => "ready, no score".to_owned(),
            (false, Some(score)) => format!(
                "not ready, {} of {} checks fail; would be: {}",
                self.failing(),
                self.checks.len(),
                score.line()
            ),
            (false, None) => format!(
                "not ready, {} of {} checks fail",
                self.failing(),
                self.checks.len()
            ),
        }
    }
}

/// Something with a place in the matrix.
#[derive(Debug, Clone, Copy)]
pub struct ScoredItem<'a> {
    /// The workflow, or the process map without one.
    pub name: &'a str,
    /// The score.
    pub score: &'a ReportedScore,
    /// How it stands at the gate.
    pub gate: GateState,
}

/// How something stands at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GateState {
    /// It passes.
    Ready,
    /// So many checks fail.
    NotReady(usize),
    /// There is no workflow yet.
    NoWorkflow,
}

impl ScoredItem<'_> {
    /// What keeps it from being taken at its score; nothing when it is ready.
    pub fn remark(&self) -> Option<String> {
        match self.gate {
            GateState::Ready => None,
            GateState::NotReady(1) => Some("not ready: 1 check fails".to_owned()),
            GateState::NotReady(number) => Some(format!("not ready: {number} checks fail")),
            GateState::NoWorkflow => Some("no workflow yet".to_owned()),
        }
    }
}

impl ReadinessReport {
    /// Everything with a place in the matrix: workflows, then process maps without one.
    pub fn scored(&self) -> impl Iterator<Item = ScoredItem<'_>> {
        let workflows = self.workflows.iter().filter_map(|workflow| {
            Some(ScoredItem {
                name: &workflow.workflow,
                score: workflow.score.as_ref()?,
                gate: match workflow.failing() {
                    0 => GateState::Ready,
                    number => GateState::NotReady(number),
                },
            })
        });
        let candidates = self.candidates.iter().map(|candidate| ScoredItem {
            name: &candidate.score.map,
            score: &candidate.score,
            gate: GateState::NoWorkflow,
        });
        workflows.chain(candidates)
    }
}
