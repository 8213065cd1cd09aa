//! The change-impact report as a pull-request comment: within the forge's limit, collapsed from
//! the bottom, never the verdict.

use std::io::{self, Write};

use super::HumanOptions;
use super::impact::{ImpactReport, ReportedChange, ReportedImpact};

/// By this line a comment is found again and updated in place.
pub const MARKER: &str = "<!-- flowgate:impact -->";

/// How long a comment may be, in characters, on GitHub.
const LIMIT: usize = 65_536;

/// What people read first: at most so many sentences.
const SENTENCES: usize = 7;

/// Writes the report as Markdown.
///
/// # Errors
/// When writing fails.
pub fn write(
    report: &ImpactReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sections = vec![verdict(report)];
    sections.extend(sentences(report));
    sections.extend(approvals(report));
    sections.extend(report.documents.iter().map(document));
    sections.extend(controls(report));
    sections.extend(acceptances(report));
    sections.push(reproduce(report));
    write!(out, "{}", fitted(&sections))
}

/// As many sections as fit; what does not is counted at the end.
fn fitted(sections: &[String]) -> String {
    const RESERVED: usize = 200;
    let mut text = format!("{MARKER}\n");
    let mut length = text.chars().count();
    for (index, section) in sections.iter().enumerate() {
        let added = section.chars().count() + 1;
        if length + added + RESERVED > LIMIT {
            let left_out = sections.len() - index;
            text.push_str(&format!("\n_{left_out} more sections did not fit into a comment; `flowgate diff` shows them._\n"));
            return text;
        }
        text.push_str(section);
        text.push('\n');
        length += added;
    }
    text
}

fn verdict(report: &ImpactReport) -> String {
    let sign = if report.verdict.ok { "✅" } else { "❌" };
    format!("## {sign} {}\n", escaped(&report.verdict.headline))
}

/// The changes that decide, as sentences.
fn sentences(report: &ImpactReport) -> Option<String> {
    let mut changes: Vec<&ReportedChange> = report
        .documents
        .iter()
        .flat_map(|document| &document.changes)
        .collect();
    changes.retain(|change| change.class != "patch" || change.control != "neutral");
    changes.sort_by_key(|change| (change.control != "weakened", rank(change.class)));
    if changes.is_empty() {
        return None;
    }
    let mut text = String::from("**What changes**\n\n");
    for change in changes.iter().take(SENTENCES) {
        text.push_str(&format!("- {}{}\n", escaped(&change.why), arrow(change)));
    }
    if changes.len() > SENTENCES {
        text.push_str(&format!(
            "- … and {} more below\n",
            changes.len() - SENTENCES
        ));
    }
    Some(text)
}

fn rank(class: &str) -> u8 {
    match class {
        "breaking" => 0,
        "review" => 1,
        "additive" => 2,
        _ => 3,
    }
}

fn arrow(change: &ReportedChange) -> &'static str {
    match change.control {
        "weakened" => " ▼",
        "strengthened" => " ▲",
        _ => "",
    }
}

fn approvals(report: &ImpactReport) -> Option<String> {
    if report.approvals.is_empty() {
        return None;
    }
    let mut text = String::from(
        "**Who must approve** (nobody has yet)\n\n| who | duty | because |\n|---|---|---|\n",
    );
    for approver in report.approvers() {
        let because: Vec<String> = approver.because.iter().map(|reason| cell(reason)).collect();
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            cell(approver.who),
            cell(&approver.duties.join(", ")),
            because.join("<br>")
        ));
    }
    Some(text)
}

fn document(document: &ReportedImpact) -> String {
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "–".to_owned());
    let versions = format!(
        "{} → {}",
        version(&document.before),
        version(&document.after)
    );
    let sign = if document.ok { "" } else { " ❌" };
    let demand = match (&document.needed, document.ok) {
        (Some(needed), false) if !document.version_ok => {
            format!(", needs **{needed}** ({})", document.required)
        }
        (_, false) => ", running cases need a plan".to_owned(),
        (_, true) => String::new(),
    };
    let mut text = format!(
        "<details{}><summary><b>{} {}</b> {versions}: {}{sign}</summary>\n\nDeclared {}{demand}.\n\n",
        if document.ok { "" } else { " open" },
        document.kind,
        escaped(&document.name),
        document.class,
        document.declared
    );
    text.push_str("| change | what it means | before → after | class | control | running cases | place |\n|---|---|---|---|---|---|---|\n");
    for change in &document.changes {
        let class = if change.direction == "none" {
            change.class.to_owned()
        } else {
            format!("{} ({})", change.class, change.direction)
        };
        let control = format!("{}{}", change.control, arrow(change));
        text.push_str(&format!(
            "| `{}`<br><sub>{}</sub> | {} | {} | {class} | {control} | {} | {} |\n",
            change.id,
            change.fingerprint,
            meaning(change),
            cell(&change.values()),
            change.in_flight,
            cell(&change.place().unwrap_or_default())
        ));
    }
    for inherited in &document.inherited {
        text.push_str(&format!(
            "| `{}`<br><sub>from {}</sub> | {} |  | breaking |  |  | {} |\n",
            inherited.id,
            cell(&inherited.contract),
            cell(&inherited.why),
            cell(&inherited.at)
        ));
    }
    for stranded in &document.stranded {
        let (why, at) = (escaped(&stranded.why), escaped(&stranded.at));
        text.push_str(&format!("\n⚠ {why} ({at})\n"));
    }
    text.push_str(&consumers(document));
    text.push_str("\n</details>\n");
    text
}

fn consumers(document: &ReportedImpact) -> String {
    if document.consumers.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n| reader | status | reads | where |\n|---|---|---|---|\n");
    for consumer in &document.consumers {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            cell(&consumer.name),
            consumer.status.replace('_', " "),
            cell(&consumer.reads.join(", ")),
            cell(
                consumer
                    .at
                    .as_deref()
                    .unwrap_or("outside of this repository")
            )
        ));
    }
    text
}

fn controls(report: &ImpactReport) -> Option<String> {
    if report.controls.is_empty() {
        return None;
    }
    let mut text = String::from(
        "**Controls**\n\n| control | before | after | owner | |\n|---|---|---|---|---|\n",
    );
    for control in &report.controls {
        text.push_str(&format!(
            "| {}.{} | {} | {} | {} | {} |\n",
            cell(&control.workflow),
            cell(&control.name),
            cell(control.before.as_deref().unwrap_or("–")),
            cell(control.after.as_deref().unwrap_or("–")),
            cell(control.owner.as_deref().unwrap_or("nobody")),
            control.standing
        ));
    }
    Some(text)
}

fn meaning(change: &ReportedChange) -> String {
    let why = cell(&change.why);
    match &change.accepted {
        Some(accepted) => format!("{why}<br>**{}**", cell(&accepted.text())),
        None => why,
    }
}

fn acceptances(report: &ImpactReport) -> Option<String> {
    if report.acceptances.is_empty() {
        return None;
    }
    let mut text = String::from(
        "**Accepted on purpose**, until the next release\n\n| document | change | by | on | reason | |\n|---|---|---|---|---|---|\n",
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
    Some(text)
}

fn reproduce(report: &ImpactReport) -> String {
    format!(
        "<sub>`flowgate diff`, {} → {}</sub>\n",
        escaped(&report.base),
        escaped(&report.head)
    )
}

/// Text that cannot end a table cell or begin markup.
fn cell(text: &str) -> String {
    escaped(text).replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// Text that is shown as it is. Code spans stay.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
