//! The change-impact report as a pull-request comment: within the forge's limit, collapsed from
//! the bottom, never the verdict.

mod sections;
mod text;

use std::io::{self, Write};

use super::HumanOptions;
use super::impact::{ImpactReport, ReportedChange, ReportedImpact};
use text::{cell, code, html, inline};

/// By this line a comment is found again and updated in place.
pub const MARKER: &str = "<!-- flowgate-impact -->";

/// How long a comment may be, in characters, on GitHub.
const LIMIT: usize = 65_536;

/// A part of the comment, and what is left of it when there is no room.
struct Section {
    full: String,
    short: String,
}

impl Section {
    fn new(title: &str, full: String) -> Self {
        Section {
            full,
            short: format!("_{title}: did not fit into a comment; `flowgate diff` shows it._\n"),
        }
    }
}

/// Writes the report as Markdown.
///
/// # Errors
/// When writing fails.
pub fn write(
    report: &ImpactReport,
    _options: &HumanOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sections: Vec<Section> = Vec::new();
    sections.extend(people(report));
    sections.extend(approvals(report));
    sections.extend(report.documents.iter().map(document));
    sections.extend(sections::controls(report));
    sections.extend(sections::acceptances(report));
    sections.extend(report.pictures.iter().map(sections::picture));
    sections.extend(sections::reach(report));
    sections.extend(report.budgets.iter().filter_map(sections::budget));
    sections.extend(sections::in_flight(report));
    sections.extend(report.behaviour.iter().map(sections::behaviour));
    sections.extend(sections::findings(report));
    sections.extend(sections::roll_back(report));
    sections.extend(report.texts.iter().map(sections::texts));
    write!(
        out,
        "{}",
        fitted(&verdict(report), &sections, &sections::reproduce(report))
    )
}

/// Everything that fits; what does not is named instead, from the last section up.
fn fitted(verdict: &str, sections: &[Section], last: &str) -> String {
    let length = |text: &str| text.chars().count() + 1;
    let head = format!("{MARKER}\n{verdict}");
    let mut total: usize = length(&head)
        + length(last)
        + sections
            .iter()
            .map(|section| length(&section.full))
            .sum::<usize>();
    let mut kept = sections.len();
    while total >= LIMIT && kept > 0 {
        kept -= 1;
        let section = &sections[kept];
        total = total - length(&section.full) + length(&section.short);
    }
    // So many documents that even their names do not fit.
    let mut named = sections.len();
    while total >= LIMIT && named > 0 {
        named -= 1;
        total -= length(&sections[named].short);
    }
    let mut text = head;
    let full = sections[..kept].iter().map(|section| &section.full);
    let short = sections[kept.min(named)..named]
        .iter()
        .map(|section| &section.short);
    for part in full.chain(short) {
        text.push('\n');
        text.push_str(part);
    }
    text.push('\n');
    text.push_str(last);
    text
}

fn verdict(report: &ImpactReport) -> String {
    let sign = if report.verdict.ok { "✅" } else { "❌" };
    format!("## {sign} {}\n", inline(&report.verdict.headline))
}

fn people(report: &ImpactReport) -> Option<Section> {
    if report.people.is_empty() {
        return None;
    }
    let sentences = report.people.iter();
    let sentences: Vec<String> = sentences
        .map(|each| format!("- {}\n", inline(each)))
        .collect();
    let text = format!("### What changes for people\n\n{}", sentences.concat());
    Some(Section::new("What changes for people", text))
}

fn approvals(report: &ImpactReport) -> Option<Section> {
    if report.approvals.is_empty() {
        return None;
    }
    let mut text = String::from(
        "### Who must approve\n\n| who | by which duty | because | state |\n|---|---|---|---|\n",
    );
    for approver in report.approvers() {
        let because = approver.because_shown();
        let because: Vec<String> = because.iter().map(|reason| cell(reason)).collect();
        text.push_str(&format!(
            "| **{}** | {} | {} | {} |\n",
            cell(approver.who),
            cell(&approver.duties.join(", ")),
            because.join("<br>"),
            approver.state
        ));
    }
    Some(Section::new("Who must approve", text))
}

fn document(document: &ReportedImpact) -> Section {
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "–".to_owned());
    let (before, after) = (version(&document.before), version(&document.after));
    let sign = if document.ok { "" } else { " ❌" };
    let demand = match (&document.needed, document.ok) {
        (Some(needed), false) if !document.version_ok => {
            let name = document.needed_name.as_ref();
            let beside = name.map(|name| format!(" as `{name}`")).unwrap_or_default();
            format!(", needs **{needed}**{beside} ({})", document.required)
        }
        (_, false) => ", running cases need a plan".to_owned(),
        (_, true) => String::new(),
    };
    let mut text = format!(
        "<details{}><summary><b>{} {}</b> {} → {}: {}{sign}</summary>\n\nDeclared {}{demand}.\n\n",
        if document.ok { "" } else { " open" },
        document.kind,
        html(&document.name),
        html(&before),
        html(&after),
        document.class,
        document.declared
    );
    text.push_str("| change | what it means | before → after | class | control | running cases | place |\n|---|---|---|---|---|---|---|\n");
    for (change, consequences) in document.by_cause() {
        text.push_str(&change_row(change, ""));
        for consequence in consequences {
            text.push_str(&change_row(consequence, "↳ "));
        }
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
        let (why, at) = (inline(&stranded.why), inline(&stranded.at));
        text.push_str(&format!("\n⚠ {why} ({at})\n"));
    }
    text.push_str(&consumers(document));
    text.push_str("\n</details>\n");
    Section::new(
        &format!("{} {}", document.kind, inline(&document.name)),
        text,
    )
}

fn change_row(change: &ReportedChange, sign: &str) -> String {
    let class = if change.direction == "none" {
        change.class.to_owned()
    } else {
        format!("{} ({})", change.class, change.direction)
    };
    format!(
        "| {sign}`{}`<br><sub>{}</sub> | {} | {} | {class} | {} {} | {} | {} |\n",
        change.id,
        change.fingerprint,
        meaning(change),
        values(change),
        change.control,
        change.arrow(),
        change.in_flight,
        cell(&change.place().unwrap_or_default())
    )
}

/// What a change means, with the payload that proves it.
fn meaning(change: &ReportedChange) -> String {
    let proof = change.witness.as_ref().and_then(|witness| {
        let payload = witness.shown()?;
        Some(format!(
            "<br><code>{}</code> {}",
            cell(&payload),
            witness.outcome()
        ))
    });
    let accepted = change.accepted.as_ref();
    let accepted = accepted.map(|accepted| format!("<br>**{}**", cell(&accepted.text())));
    let suggestion = change.suggestion.as_ref();
    let suggestion = suggestion.map(|text| format!("<br>💡 {}", cell(text)));
    let proof = proof.unwrap_or_default() + &suggestion.unwrap_or_default();
    cell(&change.why) + &proof + &accepted.unwrap_or_default()
}

fn values(change: &ReportedChange) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{} → {}", code(before), code(after)),
        (None, Some(after)) => format!("added {}", code(after)),
        (Some(before), None) => format!("removed {}", code(before)),
        (None, None) => String::new(),
    }
}

fn consumers(document: &ReportedImpact) -> String {
    if document.consumers.is_empty() {
        return String::new();
    }
    let mut text =
        String::from("\n| reader | status | reads | where | owner |\n|---|---|---|---|---|\n");
    let (shown, unaffected) = document.consumers_shown();
    for consumer in shown {
        let place = consumer.at.as_deref();
        text.push_str(&format!(
            "| {} {} | {} | {} | {} | {} |\n",
            consumer.kind,
            cell(&consumer.name),
            consumer.status.replace('_', " "),
            cell(&consumer.reads_shown().join(", ")),
            cell(place.unwrap_or("outside of this repository")),
            cell(consumer.owner.as_deref().unwrap_or("unknown"))
        ));
    }
    if unaffected > 0 {
        text.push_str(&format!("\n{unaffected} readers more are unaffected.\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Section, fitted};

    fn section(length: usize) -> Section {
        Section::new("x", "é".repeat(length))
    }

    #[test]
    fn what_does_not_fit_is_named_from_the_bottom_and_the_verdict_stays() {
        let whole = fitted("## verdict\n", &[section(10), section(20)], "end\n");
        assert!(whole.contains(&"é".repeat(20)) && !whole.contains("did not fit"));
        let cut = fitted("## verdict\n", &[section(100), section(LIMIT)], "end\n");
        assert!(cut.contains(&"é".repeat(100)) && cut.contains("did not fit"));
        assert!(cut.contains("## verdict") && cut.ends_with("end\n"));
        let many: Vec<Section> = (0..5_000).map(|_| section(100)).collect();
        let cut = fitted("## verdict\n", &many, "end\n");
        assert!(cut.chars().count() < LIMIT && cut.contains("## verdict"));
    }
}
