//! Which changes only follow from another one: the ways to and from a state that is new or gone,
//! the steps inside of it and those that moved out of it, exceptions that came back to it, and
//! guards that read a step that is gone.

use super::impact::JudgedChange;
use crate::diff::kind::{ApprovalChange, FlowChange, StepChange};
use crate::diff::{Change, ChangeKind};

/// For each change the position of the change that it follows from.
pub fn causes(changes: &[JudgedChange]) -> Vec<Option<usize>> {
    let roots: Vec<(usize, Root<'_>)> = changes
        .iter()
        .enumerate()
        .filter_map(|(index, judged)| Some((index, Root::of(judged, changes)?)))
        .collect();
    let mut causes: Vec<Option<usize>> = changes
        .iter()
        .enumerate()
        .map(|(index, judged)| {
            let mut roots = roots.iter();
            let root = roots.find(|(root, cause)| *root != index && cause.explains(judged));
            root.map(|(root, _)| *root)
        })
        .collect();
    // One level: what follows from something that itself follows is told beside it.
    for index in 0..causes.len() {
        if let Some(cause) = causes[index]
            && let Some(first) = causes[cause].filter(|first| *first != index)
        {
            causes[index] = Some(first);
        }
    }
    for index in 0..causes.len() {
        if causes[index].is_some_and(|cause| causes[cause].is_some()) {
            causes[index] = None;
        }
    }
    causes
}

/// A change from which others may follow.
enum Root<'a> {
    /// A state is new or gone.
    State {
        name: &'a str,
        path: &'a str,
        /// The states from which it is or was led to: their other ways move with it.
        sources: Vec<&'a str>,
    },
    /// A step is gone.
    Step { name: &'a str },
}

impl<'a> Root<'a> {
    fn of(judged: &'a JudgedChange, changes: &'a [JudgedChange]) -> Option<Self> {
        let change = &judged.change;
        match change.kind {
            ChangeKind::Flow(FlowChange::StateAdded | FlowChange::StateRemoved) => {
                Some(Root::State {
                    name: &change.subject,
                    path: &change.path,
                    sources: changes
                        .iter()
                        .filter_map(|other| way(&other.change.path))
                        .filter(|(_, target)| *target == change.subject)
                        .map(|(source, _)| source)
                        .collect(),
                })
            }
            ChangeKind::Step(StepChange::StepRemoved)
            | ChangeKind::Approval(ApprovalChange::ApprovalRemoved) => Some(Root::Step {
                name: &change.subject,
            }),
            ChangeKind::Document(_)
            | ChangeKind::Contract(_)
            | ChangeKind::Field(_)
            | ChangeKind::Values(_)
            | ChangeKind::Workflow(_)
            | ChangeKind::Operation(_)
            | ChangeKind::Flow(_)
            | ChangeKind::Step(_)
            | ChangeKind::Approval(_)
            | ChangeKind::Control(_)
            | ChangeKind::Directory(_)
            | ChangeKind::Policy(_) => None,
        }
    }

    fn explains(&self, judged: &JudgedChange) -> bool {
        let change = &judged.change;
        match self {
            Root::State {
                name,
                path,
                sources,
            } => {
                let inside = change.path.strip_prefix(path);
                let inside = inside.is_some_and(|rest| rest.starts_with('.'));
                let moves = matches!(
                    change.kind,
                    ChangeKind::Flow(FlowChange::TransitionAdded | FlowChange::TransitionRemoved)
                );
                let leads = way(&change.path).is_some_and(|(source, target)| {
                    target == *name || (moves && sources.contains(&source))
                });
                inside || leads || came_from(change, name)
            }
            Root::Step { name } => {
                let read = format!("steps.{name}.");
                let is_guard = matches!(
                    change.kind,
                    ChangeKind::Flow(
                        FlowChange::GuardChanged
                            | FlowChange::GuardNarrowed
                            | FlowChange::GuardWidened
                    )
                );
                let before = change.before.as_ref();
                is_guard && before.is_some_and(|before| before.text.contains(&read))
            }
        }
    }
}

/// True for a step that stood in a state, and for an exception that came back to it.
fn came_from(change: &Change, state: &str) -> bool {
    let before = change
        .before
        .as_ref()
        .map_or("", |before| before.text.as_str());
    match change.kind {
        ChangeKind::Step(StepChange::StepMoved) => before == format!("`{state}`"),
        ChangeKind::Flow(FlowChange::ResumeChanged) => {
            before.split(", ").any(|target| target == state)
        }
        _ => false,
    }
}

/// The two states of `a.transitions.b.when`, whatever follows; with what stands before the first.
pub fn way(path: &str) -> Option<(&str, &str)> {
    let (source, target) = path.split_once(".transitions.")?;
    let target = target.split('.').next().unwrap_or(target);
    Some((source, target))
}
