//! The sections below the fold: evidence for what the verdict says.

use super::Section;
use super::text::{cell, html, inline};
use crate::report::impact::{
    ImpactReport, Picture, ReportedBehaviour, ReportedBudget, Sides, TextRow, Texts,
};
use crate::report::wording::{count, visible};
use crate::target::mermaid;

pub(super) fn controls(report: &ImpactReport) -> Option<Section> {
    let (kept, moved): (Vec<_>, Vec<_>) = report
        .controls
        .iter()
        .partition(|control| control.standing == "kept");
    if moved.is_empty() {
        return None;
    }
    let mut text = String::from(
        "### Controls\n\n| control | before | after | owner | stands |\n|---|---|---|---|---|\n",
    );
    for control in moved {
        let arrow = match control.standing {
            "weaker" => "▼ **weaker**",
            _ => "▲ stronger",
        };
        text.push_str(&format!(
            "| {} {} | {} | {} | {} | {arrow} |\n",
            cell(&control.workflow),
            cell(&control.name),
            cell(control.before.as_deref().unwrap_or("–")),
            cell(control.after.as_deref().unwrap_or("–")),
            cell(control.owner.as_deref().unwrap_or("nobody")),
        ));
    }
    if !kept.is_empty() {
        text.push_str(&format!(
            "\n{} of these workflows stay as they were.\n",
            count(kept.len(), "other control")
        ));
    }
    Some(Section::new("Controls", text))
}

pub(super) fn acceptances(report: &ImpactReport) -> Option<Section> {
    if report.acceptances.is_empty() {
        return None;
    }
    let mut text = String::from(
        "### Accepted on purpose, until the next release\n\n| document | change | by | on | reason | |\n|---|---|---|---|---|---|\n",
    );
    for entry in &report.acceptances {
        let shown = |text: &Option<String>| cell(text.as_deref().unwrap_or("–"));
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            cell(&entry.name),
            cell(&entry.change),
            shown(&entry.approved_by),
            shown(&entry.date),
            shown(&entry.reason),
            entry.standing_text()
        ));
    }
    Some(Section::new("Accepted on purpose", text))
}

pub(super) fn picture(picture: &Picture) -> Section {
    let words: Vec<String> = picture
        .words
        .iter()
        .map(|words| format!("- {}\n", inline(words)))
        .collect();
    let text = format!(
        "<details open><summary><b>{}</b> as a picture: added green, removed red and dashed, changed amber</summary>\n\n```mermaid\n{}```\n\n{}\n</details>\n",
        html(&picture.workflow),
        mermaid::draw(&picture.chart),
        words.concat()
    );
    Section::new(
        &format!("The picture of {}", inline(&picture.workflow)),
        text,
    )
}

pub(super) fn reach(report: &ImpactReport) -> Option<Section> {
    if report.indirect.is_empty() {
        return None;
    }
    let mut text = String::from(
        "### Indirectly modified\n\nThese documents did not change themselves; something that they rest on did.\n\n| document | through | owner |\n|---|---|---|\n",
    );
    for reach in &report.indirect {
        text.push_str(&format!(
            "| {} {} | {} | {} |\n",
            reach.kind,
            cell(&reach.name),
            cell(&reach.through.join(", ")),
            cell(reach.owner.as_deref().unwrap_or("nobody"))
        ));
    }
    Some(Section::new("Indirectly modified", text))
}

fn sides(sides: &Sides) -> String {
    let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "–".to_owned());
    let (before, after) = (text(&sides.before), text(&sides.after));
    if before == after {
        cell(&after)
    } else {
        format!("{} → **{}**", cell(&before), cell(&after))
    }
}

/// The budget of a workflow in which a time changed.
pub(super) fn budget(budget: &ReportedBudget) -> Option<Section> {
    if !budget.is_changed() {
        return None;
    }
    let mut text = format!(
        "<details><summary><b>{}</b>: time in the worst case</summary>\n\n| state | step | work | wait | retry | together |\n|---|---|---|---|---|---|\n",
        html(&budget.workflow)
    );
    for row in &budget.rows {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            cell(&row.state),
            cell(row.step.as_deref().unwrap_or("")),
            sides(&row.work),
            sides(&row.wait),
            sides(&row.retry),
            sides(&row.total)
        ));
    }
    let totals = [
        ("together", &budget.total),
        ("promised", &budget.promised),
        ("margin", &budget.margin),
        ("with one exception", &budget.with_one_exception),
    ];
    for (name, figures) in totals {
        text.push_str(&format!(
            "| **{name}** |  |  |  |  | {} |\n",
            sides(figures)
        ));
    }
    text.push_str("\n</details>\n");
    Some(Section::new(
        &format!("Times of {}", inline(&budget.workflow)),
        text,
    ))
}

pub(super) fn in_flight(report: &ImpactReport) -> Option<Section> {
    if report.in_flight.is_empty() {
        return None;
    }
    let mut text = String::from("### Running cases\n\n");
    for plan in &report.in_flight {
        let sign = if plan.ok { "" } else { "❌ " };
        let moves: Vec<String> = plan
            .map
            .iter()
            .map(|step| format!("`{}` → `{}`", step.from, step.to))
            .collect();
        let map = if moves.is_empty() {
            String::new()
        } else {
            format!(" Map: {}.", moves.join(", "))
        };
        let sentence = format!("`{}`: {}{map}", plan.workflow, plan.meaning);
        text.push_str(&format!("- {sign}{}\n", inline(&sentence)));
    }
    Some(Section::new("Running cases", text))
}

/// What the scenarios of a workflow show.
pub(super) fn behaviour(behaviour: &ReportedBehaviour) -> Section {
    let mut text = format!(
        "<details{}><summary><b>{}</b>: {}</summary>\n\n",
        if behaviour.differing.is_empty() {
            ""
        } else {
            " open"
        },
        html(&behaviour.workflow),
        html(&behaviour.summary())
    );
    for sentence in behaviour.sentences() {
        text.push_str(&format!("- {}\n", inline(&sentence)));
    }
    text.push_str("\n</details>\n");
    Section::new(
        &format!("Scenarios of {}", inline(&behaviour.workflow)),
        text,
    )
}

pub(super) fn findings(report: &ImpactReport) -> Option<Section> {
    let delta = report.findings.as_ref()?;
    let mut text = format!(
        "<details{}><summary><b>Findings</b>: {} new, {} fixed, {} as before</summary>\n\n",
        if delta.new.is_empty() { "" } else { " open" },
        delta.new.len(),
        delta.fixed.len(),
        delta.unchanged
    );
    for (what, findings) in [("new", &delta.new), ("fixed", &delta.fixed)] {
        for finding in findings {
            let place = format!("{}:{}", finding.span.file, finding.span.start.line);
            text.push_str(&format!(
                "- **{what}** {} `{}` {} ({})\n",
                finding.level,
                finding.rule,
                inline(&finding.message),
                inline(&place)
            ));
        }
    }
    text.push_str("\n</details>\n");
    Some(Section::new("Findings", text))
}

pub(super) fn roll_back(report: &ImpactReport) -> Option<Section> {
    if report.roll_back.is_empty() {
        return None;
    }
    let mut text = String::from("<details><summary><b>Roll back</b></summary>\n\n");
    for target in &report.roll_back {
        let to = target.to.as_ref();
        let to = to.map_or("delete it".to_owned(), |to| format!("to `{to}`"));
        let sign = if target.reversible {
            ""
        } else {
            "⚠️ not without a plan: "
        };
        let sentence = format!(
            "{} `{}`, {to}. {sign}{}",
            target.kind, target.name, target.why
        );
        text.push_str(&format!("- {}\n", inline(&sentence)));
    }
    text.push_str("\n</details>\n");
    Some(Section::new("Roll back", text))
}

pub(super) fn reproduce(report: &ImpactReport) -> String {
    let reproduce = &report.reproduce;
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let (base, head) = (short(&reproduce.base_digest), short(&reproduce.head_digest));
    let sentence = format!(
        "`{}` · {} → {} · flowgate {} · files `{base}` → `{head}`",
        reproduce.command, report.base, report.head, reproduce.version
    );
    format!("<sub>{}</sub>\n", inline(&sentence))
}

/// A changed file as a difference that forges colour.
pub(super) fn texts(texts: &Texts) -> Section {
    let path = texts.after.as_ref().or(texts.before.as_ref());
    let path = path.map_or("", String::as_str);
    let mut lines: Vec<String> = Vec::new();
    for hunk in &texts.hunks {
        lines.push("@@".to_owned());
        lines.extend(hunk.iter().flat_map(diff_lines));
    }
    let longest = lines
        .iter()
        .map(|line| longest_fence(line))
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let text = format!(
        "<details><summary>{}, line by line</summary>\n\n{fence}diff\n{}\n{fence}\n\n</details>\n",
        html(path),
        lines.join("\n")
    );
    Section::new(&format!("{}, line by line", inline(path)), text)
}

fn diff_lines(row: &TextRow) -> Vec<String> {
    let line = |sign: char, side: &Option<(usize, String)>| {
        side.as_ref()
            .map(|(_, text)| format!("{sign}{}", visible(text)))
    };
    if row.is_same() {
        line(' ', &row.after).into_iter().collect()
    } else {
        let sides = [line('-', &row.before), line('+', &row.after)];
        sides.into_iter().flatten().collect()
    }
}

/// The longest run of backticks; a fence must be longer.
fn longest_fence(line: &str) -> usize {
    let runs = line.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}
