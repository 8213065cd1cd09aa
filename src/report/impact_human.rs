//! The change-impact report for a terminal: the verdict first, then what decides.

use std::io::{self, Write};

use super::HumanOptions;
use super::impact::{ImpactReport, ReportedChange, ReportedImpact};

/// Terminal colours, or nothing.
struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn class(&self, class: &str) -> String {
        match class {
            "breaking" => self.with("31;1", class),
            "review" => self.with("33;1", class),
            "additive" => self.with("32", class),
            _ => self.dim(class),
        }
    }

    fn arrow(&self, arrow: &str) -> String {
        match arrow {
            "▼" => self.with("31;1", "▼ weakened"),
            "▲" => self.with("32", "▲ strengthened"),
            _ => String::new(),
        }
    }
}

/// Writes the report for people.
///
/// # Errors
/// When writing fails.
pub fn write(report: &ImpactReport, options: &HumanOptions, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { on: options.color };
    writeln!(out, "{}", paint.bold(&report.verdict.headline))?;
    writeln!(
        out,
        "{}",
        paint.dim(&format!("{} → {}", report.base, report.head))
    )?;
    if report.documents.is_empty() {
        return Ok(());
    }
    for document in &report.documents {
        write_document(document, options, &paint, out)?;
    }
    indirect(report, &paint, out)?;
    behaviour(report, options, &paint, out)?;
    controls(report, &paint, out)?;
    acceptances(report, &paint, out)?;
    approvals(report, &paint, out)?;
    writeln!(out)?;
    let verdict = if report.verdict.ok {
        "Versions and running cases are taken care of.".to_owned()
    } else {
        next_step(report)
    };
    writeln!(out, "{verdict}")
}

fn next_step(report: &ImpactReport) -> String {
    let mut steps = Vec::new();
    for document in report.documents.iter().filter(|document| !document.ok) {
        if document.plan_missing {
            steps.push(format!(
                "`{}` needs a plan for running cases: `change: {{in_flight: pin, drain_within: 30d}}`, or a map under `migrate`.",
                document.name
            ));
        }
        if let Some(needed) = &document.needed
            && !document.version_ok
        {
            let name = &document.name;
            steps.push(match &document.needed_name {
                Some(new_name) => format!(
                    "Publish the change as `{new_name}`, version {needed}, beside `{name}`, and give `{name}` a `sunset`."
                ),
                None => format!("`{name}` needs `version: {needed}`."),
            });
        }
    }
    steps.join("\n")
}

/// What the scenarios show, where they were played.
fn behaviour(
    report: &ImpactReport,
    options: &HumanOptions,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    for behaviour in &report.behaviour {
        let title = format!("Scenarios of {}", behaviour.workflow);
        writeln!(out, "\n{}: {}", paint.bold(&title), behaviour.summary())?;
        for sentence in behaviour.sentences() {
            for line in textwrap::wrap(&sentence, options.width.saturating_sub(2).max(40)) {
                writeln!(out, "  {line}")?;
            }
        }
    }
    Ok(())
}

/// Documents that did not change themselves.
fn indirect(report: &ImpactReport, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if report.indirect.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Indirectly modified"))?;
    for reach in &report.indirect {
        let through = reach.through.join(", ");
        writeln!(out, "  {} {} through {through}", reach.kind, reach.name)?;
    }
    Ok(())
}

/// Entries that accept nothing are shown too, so that nobody relies on them.
fn acceptances(report: &ImpactReport, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if report.acceptances.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Accepted on purpose"))?;
    for entry in &report.acceptances {
        let (standing, name, change) = (entry.standing_text(), &entry.name, &entry.change);
        writeln!(out, "  {standing:<9} {name}: {change} at {}", entry.at)?;
    }
    Ok(())
}

fn approvals(report: &ImpactReport, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if report.approvals.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Who must approve"))?;
    for approver in report.approvers() {
        let who = paint.bold(&format!("{:<24}", approver.who));
        writeln!(out, "  {who} {}", approver.duties.join(", "))?;
        for reason in approver.because {
            writeln!(out, "  {:<24} {}", "", paint.dim(reason))?;
        }
    }
    Ok(())
}

fn write_document(
    document: &ReportedImpact,
    options: &HumanOptions,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let versions = match (&document.before, &document.after) {
        (Some(before), Some(after)) if before == after => before.clone(),
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (None, Some(after)) => format!("new, {after}"),
        (Some(before), None) => format!("was {before}"),
        (None, None) => "without a version".to_owned(),
    };
    let title = format!("{} {} ({versions})", document.kind, document.name);
    let demand = if document.ok {
        String::new()
    } else {
        match &document.needed {
            Some(needed) if !document.version_ok => match &document.needed_name {
                Some(name) => format!(": needs {}, {needed} as {name}", document.required),
                None => format!(": needs {}, {needed}", document.required),
            },
            _ => ": running cases need a plan".to_owned(),
        }
    };
    writeln!(
        out,
        "\n{}{}",
        paint.bold(&title),
        paint.with("31;1", &demand)
    )?;
    for (change, follows) in document.by_cause() {
        write_change(change, options, paint, out)?;
        for change in follows {
            write_consequence(change, options, paint, out)?;
        }
    }
    consequences(document, options, paint, out)?;
    consumers(document, paint, out)
}

/// What a document inherits, and the states whose running cases it leaves behind.
fn consequences(
    document: &ReportedImpact,
    options: &HumanOptions,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    for inherited in &document.inherited {
        writeln!(
            out,
            "  {} {} {}",
            paint.bold(inherited.id),
            paint.dim("·"),
            paint.class("breaking")
        )?;
        let why = format!(
            "{} Its trigger takes `{}`.",
            inherited.why, inherited.contract
        );
        for line in textwrap::wrap(&why, options.width.saturating_sub(6).max(40)) {
            writeln!(out, "      {line}")?;
        }
        let place = format!(
            "{} of {} at {}",
            inherited.path, inherited.contract, inherited.at
        );
        writeln!(out, "      {}", paint.dim(&place))?;
    }
    for stranded in &document.stranded {
        let why = format!("{} ({})", stranded.why, stranded.at);
        for line in textwrap::wrap(&why, options.width.saturating_sub(2).max(40)) {
            writeln!(out, "  {}", paint.with("31", &line))?;
        }
    }
    Ok(())
}

fn consumers(document: &ReportedImpact, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let (shown, unaffected) = document.consumers_shown();
    for consumer in shown {
        let reads = consumer.reads_shown();
        let reads = if reads.is_empty() {
            String::new()
        } else {
            format!(", reads {}", reads.join(", "))
        };
        // Fields are shown with places of their own.
        let at = consumer.at.as_ref().filter(|_| consumer.lineage.is_empty());
        let at = at.map_or(String::new(), |at| format!(" at {at}"));
        let status = consumer.status.replace('_', " ");
        writeln!(
            out,
            "  reader {} {}: {status}{reads}{at}",
            consumer.kind,
            paint.bold(&consumer.name)
        )?;
    }
    if unaffected > 0 {
        writeln!(out, "  {unaffected} readers more: unaffected")?;
    }
    Ok(())
}

fn write_change(
    change: &ReportedChange,
    options: &HumanOptions,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let axes: Vec<String> = [
        paint.class(change.class),
        paint.arrow(change.arrow()),
        if change.direction == "none" {
            String::new()
        } else {
            change.direction.to_owned()
        },
        if change.in_flight == "none" {
            String::new()
        } else {
            format!("running cases: {}", change.in_flight)
        },
    ]
    .into_iter()
    .filter(|axis| !axis.is_empty())
    .collect();
    writeln!(
        out,
        "  {} {} {}",
        paint.bold(change.id),
        paint.dim("·"),
        axes.join(" · ")
    )?;
    let width = options.width.saturating_sub(6).max(40);
    for line in textwrap::wrap(&change.why, width) {
        writeln!(out, "      {line}")?;
    }
    let values = change.values();
    if !values.is_empty() {
        writeln!(out, "      {}", shortened(&values, width))?;
    }
    if let Some(witness) = &change.witness
        && let Some(payload) = witness.shown()
    {
        writeln!(out, "      {payload}")?;
        writeln!(out, "      {}", paint.dim(witness.outcome()))?;
    }
    if let Some(suggestion) = &change.suggestion {
        for line in textwrap::wrap(suggestion, width) {
            writeln!(out, "      {}", paint.bold(&line))?;
        }
    }
    if let Some(accepted) = &change.accepted {
        let text = accepted.text();
        for line in textwrap::wrap(&text, width) {
            writeln!(out, "      {}", paint.bold(&line))?;
        }
    }
    let place = change.place().unwrap_or_default();
    let path = match change.path.as_str() {
        "" => String::new(),
        path => format!("{path} "),
    };
    writeln!(
        out,
        "      {}",
        paint.dim(&format!("{}at {place} [{}]", path, change.fingerprint))
    )
}

/// What follows from a change: one paragraph beneath it, with all that decides.
fn write_consequence(
    change: &ReportedChange,
    options: &HumanOptions,
    paint: &Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let arrow = paint.arrow(change.arrow());
    let arrow = if arrow.is_empty() {
        arrow
    } else {
        format!(" · {arrow}")
    };
    let class = paint.class(change.class);
    writeln!(out, "      ↳ {} · {class}{arrow}", paint.bold(change.id))?;
    let width = options.width.saturating_sub(10).max(40);
    for line in textwrap::wrap(&change.why, width) {
        writeln!(out, "        {line}")?;
    }
    let place = format!(
        "{} at {} [{}]",
        change.path,
        change.place().unwrap_or_default(),
        change.fingerprint
    );
    writeln!(out, "        {}", paint.dim(&place))
}

/// A value on one line, cut where it would run on.
fn shortened(text: &str, width: usize) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= width {
        return line;
    }
    line.chars()
        .take(width.saturating_sub(1))
        .chain(['…'])
        .collect()
}

fn controls(report: &ImpactReport, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if report
        .controls
        .iter()
        .all(|control| control.standing == "kept")
    {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("Controls"))?;
    for control in &report.controls {
        let none = || "none".to_owned();
        let (before, after) = (
            control.before.clone().unwrap_or_else(none),
            control.after.clone().unwrap_or_else(none),
        );
        let owner = control.owner.as_deref().unwrap_or("nobody");
        writeln!(
            out,
            "  {:<9} {}.{}: {before} → {after} ({owner})",
            control.standing, control.workflow, control.name
        )?;
    }
    Ok(())
}
