//! What a reviewer looks at for certainty: the picture of each changed workflow, and its text.

use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use crate::compat::Side;
use crate::compat::impact::DocumentImpact;
use crate::diff::ChangeKind;
use crate::diff::kind::FlowChange;
use crate::plan::{Plan, sketch};
use crate::syntax::DocumentKind;
use crate::target::chart::compared::compared;
use crate::target::chart::{Chart, Mark};

/// The picture of a changed workflow.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The workflow.
    pub workflow: String,
    /// Both versions in one.
    pub chart: Chart,
    /// What the picture shows, for those who do not see it.
    pub words: Vec<String>,
}

/// A changed workflow on both sides.
pub(super) struct Plans {
    pub before: Option<Plan>,
    pub after: Option<Plan>,
}

impl Plans {
    pub fn of(document: &DocumentImpact, before: Side<'_>, after: Side<'_>) -> Option<Plans> {
        let plan = |side: Side<'_>, name: Option<&str>| {
            let entity = side.model.workflow(name?)?;
            Some(sketch(side.model, entity, side.sources))
        };
        let facts = &document.facts;
        let name = |side: &'_ Option<crate::diff::DocumentSide>| {
            side.as_ref().map(|side| side.name.clone())
        };
        (facts.kind == DocumentKind::Workflow).then(|| Plans {
            before: plan(before, name(&facts.before).as_deref()),
            after: plan(after, name(&facts.after).as_deref()),
        })
    }

    /// The plan as it will be, or as it was when it goes.
    pub fn latest(&self) -> Option<&Plan> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// The picture of a workflow in which something that can be drawn changed.
pub(super) fn picture(document: &DocumentImpact, plans: &Plans) -> Option<Picture> {
    let chart = |plan: &Option<Plan>| plan.as_ref().map(Chart::of);
    let renamed: BTreeMap<String, String> = document
        .changes
        .iter()
        .filter(|judged| judged.change.kind == ChangeKind::Flow(FlowChange::StateRenamed))
        .filter_map(|judged| {
            let text = |site: &Option<crate::diff::Site>| {
                let text = site.as_ref()?.text.trim_matches('`');
                Some(text.to_owned())
            };
            Some((text(&judged.change.after)?, text(&judged.change.before)?))
        })
        .collect();
    let (before, after) = (chart(&plans.before), chart(&plans.after));
    let chart = compared(before.as_ref(), after.as_ref(), &renamed)?;
    let words = words(&chart);
    (!words.is_empty()).then(|| Picture {
        workflow: document.facts.name().to_owned(),
        chart,
        words,
    })
}

/// What changed in a chart, one line each.
fn words(chart: &Chart) -> Vec<String> {
    let name = |id: &str| {
        let node = chart.nodes.iter().find(|node| node.id == id);
        let line = node.and_then(|node| {
            let mut lines = node.lines.iter();
            let kept = lines.find(|line| line.mark != Mark::Removed);
            kept.or(node.lines.first())
        });
        line.map_or(String::new(), |line| {
            let text = line.text.as_str();
            let name = text.split(" · ").next().unwrap_or(text);
            format!("`{}`", name.replace('`', "'"))
        })
    };
    let is_marked = |mark: Mark| mark != Mark::Same;
    let nodes = chart.nodes.iter().filter(|node| is_marked(node.mark));
    let nodes = nodes.map(|node| format!("{}: {}", node.mark.as_str(), name(&node.id)));
    let edges = chart.edges.iter().filter(|edge| is_marked(edge.mark));
    let edges = edges.map(|edge| {
        let label: Vec<String> = edge.label.iter().map(said).collect();
        let label = if label.is_empty() {
            String::new()
        } else {
            format!(" ({})", label.join(" "))
        };
        format!(
            "{}: the way from {} to {}{label}",
            edge.mark.as_str(),
            name(&edge.from),
            name(&edge.to)
        )
    });
    nodes.chain(edges).collect()
}

fn said(line: &crate::target::chart::Line) -> String {
    let text = format!("`{}`", line.text.replace('`', "'"));
    match line.mark {
        Mark::Same | Mark::Changed => text,
        Mark::Added => format!("now {text}"),
        Mark::Removed => format!("before {text}"),
    }
}

/// The text of a changed file, side by side.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The file before; absent when it is new.
    pub before: Option<String>,
    /// The file after; absent when it is gone.
    pub after: Option<String>,
    /// What differs, with a few lines around it.
    pub hunks: Vec<Vec<TextRow>>,
}

/// One row of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// The line before, with its number from 1.
    pub before: Option<(usize, String)>,
    /// The line after, with its number from 1.
    pub after: Option<(usize, String)>,
}

impl TextRow {
    /// True when both sides are there and say the same.
    pub fn is_same(&self) -> bool {
        let text = |side: &Option<(usize, String)>| side.as_ref().map(|(_, text)| text.clone());
        self.before.is_some() && text(&self.before) == text(&self.after)
    }
}

/// Lines shown around a difference.
const AROUND: usize = 3;

/// The files of a changed document, side by side.
pub(super) fn texts(document: &DocumentImpact, before: Side<'_>, after: Side<'_>) -> Texts {
    let file = |side: Side<'_>, document: &Option<crate::diff::DocumentSide>| {
        let document = document.as_ref()?;
        let file = side.sources.file(document.key.source);
        Some((file.path().replace('\\', "/"), file.text().to_owned()))
    };
    let old = file(before, &document.facts.before);
    let new = file(after, &document.facts.after);
    let text = |side: &Option<(String, String)>| {
        side.as_ref()
            .map_or(String::new(), |(_, text)| text.clone())
    };
    let (old_text, new_text) = (text(&old), text(&new));
    Texts {
        hunks: hunks(&old_text, &new_text),
        before: old.map(|(path, _)| path),
        after: new.map(|(path, _)| path),
    }
}

fn hunks(before: &str, after: &str) -> Vec<Vec<TextRow>> {
    let difference = TextDiff::from_lines(before, after);
    let groups = difference.grouped_ops(AROUND);
    let mut hunks = Vec::with_capacity(groups.len());
    for group in &groups {
        let mut rows: Vec<TextRow> = Vec::new();
        for operation in group {
            let (mut gone, mut new) = (Vec::new(), Vec::new());
            for change in difference.iter_changes(operation) {
                let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
                let line = |index: Option<usize>| (index.unwrap_or(0) + 1, text.clone());
                match change.tag() {
                    ChangeTag::Equal => rows.push(TextRow {
                        before: Some(line(change.old_index())),
                        after: Some(line(change.new_index())),
                    }),
                    ChangeTag::Delete => gone.push(line(change.old_index())),
                    ChangeTag::Insert => new.push(line(change.new_index())),
                }
            }
            for index in 0..gone.len().max(new.len()) {
                rows.push(TextRow {
                    before: gone.get(index).cloned(),
                    after: new.get(index).cloned(),
                });
            }
        }
        hunks.push(rows);
    }
    hunks
}
