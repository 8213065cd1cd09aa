//! Targets: a plan in the form of an engine or a reader.

pub mod asl;
pub mod bpmn;
pub mod chart;
pub mod feel;
pub mod jsonata;
pub mod kinds;
pub mod mermaid;
pub mod rules;
pub mod surroundings;
pub mod svg;

use crate::diagnostic::Checked;
use crate::plan::Plan;

/// A file that a target makes of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The name of the file, without folders.
    pub file_name: String,
    /// The content.
    pub content: String,
}

/// A form that plans can be compiled to.
#[derive(Debug)]
pub struct Target {
    /// The word for `--target`.
    pub id: &'static str,
    /// What it is, in a few words without a full stop.
    pub title: &'static str,
    /// How the names of its files end, without the leading dot.
    pub extension: &'static str,
    /// The reference text in Markdown.
    pub docs: &'static str,
    /// Makes the files; what the target cannot express is a finding at the author's place.
    pub emit: fn(&Plan) -> Checked<Vec<Artifact>>,
}

/// Every target, in reference order.
pub static TARGETS: &[&Target] = &[
    &PLAN,
    &asl::TARGET,
    &bpmn::BPMN,
    &bpmn::ZEEBE,
    &mermaid::TARGET,
    &svg::TARGET,
];

/// The target of a word.
pub fn find(id: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.id == id).copied()
}

/// The plan itself.
pub static PLAN: Target = Target {
    id: "plan",
    title: "the plan as JSON, which every other target is made of",
    extension: "plan.json",
    docs: "The engine-neutral plan of a workflow as one JSON document, `flowgate/plan/v1`. Its \
           `digest` changes exactly when the meaning can: two plans with one digest run alike. The \
           file is laid out for people and in the order in which the workflow is written; the \
           digest is that of the canonical form, which has neither layout nor order.",
    emit: emit_plan,
};

fn emit_plan(plan: &Plan) -> Checked<Vec<Artifact>> {
    single(plan, &PLAN, plan.to_json())
}

/// The one file of a target, named after the workflow.
fn single(plan: &Plan, target: &Target, content: String) -> Checked<Vec<Artifact>> {
    Checked {
        value: vec![Artifact {
            file_name: format!("{}.{}", plan.name, target.extension),
            content,
        }],
        diagnostics: Vec::new(),
    }
}
