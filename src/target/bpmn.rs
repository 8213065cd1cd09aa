//! BPMN 2.0, for any engine and for Camunda 8.
//!
//! `docs.md` beside this file says how each construct of a plan is mapped, what workers must do,
//! and what BPMN cannot hold; `flowgate explain bpmn` prints it. `tests/engines` executes what
//! comes out of here on two engines and compares with the reference interpreter.
//!
//! [`build`] makes a [`process::Process`] of a plan, [`draw`] places it, [`write`] spells it.

mod build;
mod draw;
mod process;
mod write;

use super::{Artifact, Target};
use crate::diagnostic::Checked;
use crate::plan::Plan;
use write::Profile;

/// Any engine.
pub static BPMN: Target = Target {
    id: "bpmn",
    title: "BPMN 2.0 with a drawn diagram, for any engine and for readers",
    extension: "bpmn",
    docs: include_str!("bpmn/docs.md"),
    emit: emit_generic,
};

/// Camunda 8.
pub static ZEEBE: Target = Target {
    id: "zeebe",
    title: "BPMN 2.0 for Camunda 8 (Zeebe)",
    extension: "zeebe.bpmn",
    docs: include_str!("bpmn/docs.md"),
    emit: emit_zeebe,
};

fn emit_generic(plan: &Plan) -> Checked<Vec<Artifact>> {
    emit(plan, &BPMN, Profile::Generic)
}

fn emit_zeebe(plan: &Plan) -> Checked<Vec<Artifact>> {
    emit(plan, &ZEEBE, Profile::Zeebe)
}

fn emit(plan: &Plan, target: &Target, profile: Profile) -> Checked<Vec<Artifact>> {
    let process = build::process(plan);
    let content = write::document(&process.value, profile);
    let refused = !process.diagnostics.is_empty();
    let artifacts = super::single(plan, target, content).value;
    Checked {
        value: if refused { Vec::new() } else { artifacts },
        diagnostics: process.diagnostics,
    }
}

/// The identifier of the process of a workflow.
fn process_id(workflow: &str) -> String {
    let plain = workflow.chars();
    plain
        .map(|each| {
            if each.is_ascii_alphanumeric() {
                each
            } else {
                '_'
            }
        })
        .collect()
}
