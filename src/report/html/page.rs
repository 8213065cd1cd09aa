//! What the page shows, in the order in which it shows it.

use serde::Serialize;

use crate::report::impact::{
    BudgetRow, DifferingCase, ImpactReport, ReportedBehaviour, ReportedBudget, ReportedChange,
    ReportedImpact, ReportedInheritance, ReportedStranding, Sides, Texts,
};
use crate::report::witness::ReportedWitness;
use crate::report::{ReportedFinding, wording::clickable};
use crate::rule::Level;
use crate::target::svg::{self, Look};

/// Everything that the template reads.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    report: &'a ImpactReport,
    headline: Vec<&'a str>,
    contents: Vec<Entry>,
    approvers: Vec<Approver<'a>>,
    documents: Vec<Document<'a>>,
    pictures: Vec<Picture<'a>>,
    readers: Vec<Reader<'a>>,
    budgets: Vec<Budget<'a>>,
    behaviours: Vec<Behaviour<'a>>,
    findings: Vec<Findings<'a>>,
    texts: Vec<File>,
}

/// A line of the table of contents.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
}

#[derive(Serialize)]
struct Approver<'a> {
    who: &'a str,
    duties: Vec<String>,
    because: Vec<String>,
    state: &'static str,
}

#[derive(Serialize)]
struct Document<'a> {
    kind: &'static str,
    name: &'a str,
    before: &'a Option<String>,
    after: &'a Option<String>,
    class: &'static str,
    tone: &'static str,
    declared: &'static str,
    demand: Option<String>,
    groups: Vec<Group<'a>>,
    inherited: &'a [ReportedInheritance],
    stranded: &'a [ReportedStranding],
}

/// A change with those that follow from it.
#[derive(Serialize)]
struct Group<'a> {
    change: Change<'a>,
    consequences: Vec<Change<'a>>,
    /// True when something among the consequences must not be overlooked.
    open: bool,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    change: &'a ReportedChange,
    /// A payload that proves the verdict, on one line.
    payload: Option<String>,
    outcome: Option<&'static str>,
    tone: &'static str,
    place: String,
    /// False when the sentence says the only value already.
    shows_values: bool,
}

#[derive(Serialize)]
struct Picture<'a> {
    workflow: &'a str,
    svg: String,
    words: &'a [String],
    /// With the exceptions that stay as they were, when there are any.
    whole: Option<String>,
    left_out: usize,
}

#[derive(Serialize)]
struct Reader<'a> {
    kind: &'a str,
    name: &'a str,
    of: &'a str,
    status: String,
    tone: &'static str,
    reads: Vec<String>,
    at: &'a Option<String>,
    owner: &'a Option<String>,
}

#[derive(Serialize)]
struct Budget<'a> {
    workflow: &'a str,
    rows: Vec<Row<'a>>,
    totals: Vec<Total<'a>>,
}

/// What the scenarios of a workflow show.
#[derive(Serialize)]
struct Behaviour<'a> {
    workflow: &'a str,
    summary: String,
    differing: Vec<Difference<'a>>,
    remarks: Vec<&'a String>,
}

/// Scenarios that go another way, with the same difference.
#[derive(Serialize)]
struct Difference<'a> {
    case: &'a DifferingCase,
    others: Vec<&'a str>,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    row: &'a BudgetRow,
    was: [String; 2],
    is: [String; 2],
}

#[derive(Serialize)]
struct Total<'a> {
    name: &'static str,
    figures: &'a Sides,
}

#[derive(Serialize)]
struct Findings<'a> {
    title: &'static str,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    level: String,
    tone: &'static str,
    rule: &'a str,
    message: &'a str,
    place: String,
}

/// A changed file.
#[derive(Serialize)]
struct File {
    title: String,
    hunks: Vec<Vec<Line>>,
}

/// A row of two texts.
#[derive(Serialize)]
struct Line {
    before: Option<String>,
    before_line: Option<usize>,
    after: Option<String>,
    after_line: Option<usize>,
    differs: bool,
}

/// The page of a report.
pub(super) fn page(report: &ImpactReport) -> Page<'_> {
    let readers = readers(report);
    let budgets = report.budgets.iter().filter(|budget| budget.is_changed());
    let budgets: Vec<Budget<'_>> = budgets.map(budget).collect();
    let contents = contents(report, !readers.is_empty(), !budgets.is_empty());
    Page {
        report,
        headline: report.verdict.headline.split(" · ").collect(),
        contents,
        approvers: approvers(report),
        documents: report.documents.iter().map(document).collect(),
        pictures: report.pictures.iter().map(picture).collect(),
        readers,
        budgets,
        behaviours: report.behaviour.iter().map(behaviour).collect(),
        findings: findings(report),
        texts: report.texts.iter().map(file).collect(),
    }
}

fn contents(report: &ImpactReport, readers: bool, budgets: bool) -> Vec<Entry> {
    let sections = [
        (
            "people",
            "What changes for people",
            !report.people.is_empty(),
        ),
        (
            "approvals",
            "Who must approve",
            !report.approvals.is_empty(),
        ),
        ("changes", "Changes", true),
        ("controls", "Controls", !report.controls.is_empty()),
        (
            "accepted",
            "Accepted on purpose",
            !report.acceptances.is_empty(),
        ),
        ("pictures", "Pictures", !report.pictures.is_empty()),
        (
            "reach",
            "Who else is affected",
            readers || !report.indirect.is_empty(),
        ),
        ("budgets", "Time", budgets),
        ("running", "Running cases", !report.in_flight.is_empty()),
        ("behaviour", "Scenarios", !report.behaviour.is_empty()),
        ("findings", "Findings", report.findings.is_some()),
        ("back", "Roll back", !report.roll_back.is_empty()),
        ("texts", "Line by line", !report.texts.is_empty()),
    ];
    let shown = sections.into_iter().filter(|(_, _, shown)| *shown);
    shown.map(|(id, title, _)| Entry { id, title }).collect()
}

fn approvers(report: &ImpactReport) -> Vec<Approver<'_>> {
    let approvers = report.approvers().into_iter();
    approvers
        .map(|approver| Approver {
            because: approver.because_shown(),
            who: approver.who,
            state: approver.state,
            duties: approver.duties,
        })
        .collect()
}

/// The colour of a class; its word says the same.
fn tone(class: &str) -> &'static str {
    match class {
        "breaking" | "broken" => "bad",
        "review" | "potentially_affected" => "note",
        "additive" | "unaffected" => "good",
        _ => "plain",
    }
}

fn document(document: &ReportedImpact) -> Document<'_> {
    let needed = document.needed.as_ref();
    let needed = needed.filter(|_| !document.version_ok);
    let mut demands: Vec<String> = Vec::new();
    demands.extend(needed.map(|needed| match &document.needed_name {
        Some(name) => format!("needs {} ({needed} as {name})", document.required),
        None => format!("needs {} ({needed})", document.required),
    }));
    if document.plan_missing && !document.ok {
        demands.push("running cases need a plan".to_owned());
    }
    let groups = document.by_cause().into_iter();
    Document {
        kind: document.kind,
        name: &document.name,
        before: &document.before,
        after: &document.after,
        class: document.class,
        tone: tone(document.class),
        declared: document.declared,
        inherited: &document.inherited,
        stranded: &document.stranded,
        demand: (!demands.is_empty()).then(|| demands.join(", ")),
        groups: groups
            .map(|(root, consequences)| Group {
                open: consequences
                    .iter()
                    .any(|change| change.class == "breaking" || change.control == "weakened"),
                change: change(root),
                consequences: consequences.into_iter().map(change).collect(),
            })
            .collect(),
    }
}

fn change(change: &ReportedChange) -> Change<'_> {
    let witness = change.witness.as_ref();
    let payload = witness.and_then(ReportedWitness::shown);
    Change {
        change,
        outcome: witness
            .filter(|_| payload.is_some())
            .map(ReportedWitness::outcome),
        payload,
        tone: tone(change.class),
        place: change.place().unwrap_or_default(),
        shows_values: match (&change.before, &change.after) {
            (Some(_), Some(_)) => true,
            (Some(only), None) | (None, Some(only)) => !change.why.contains(only.as_str()),
            (None, None) => false,
        },
    }
}

/// First what changed, on the planned way; then everything.
fn picture(picture: &crate::report::impact::Picture) -> Picture<'_> {
    let focused = picture.chart.focused();
    let left_out = picture.chart.edges.len() - focused.edges.len();
    Picture {
        workflow: &picture.workflow,
        svg: svg::draw(&focused, Look::Column),
        words: &picture.words,
        whole: (left_out > 0).then(|| svg::draw(&picture.chart, Look::Column)),
        left_out,
    }
}

fn readers(report: &ImpactReport) -> Vec<Reader<'_>> {
    let each = report.documents.iter().flat_map(|document| {
        let (consumers, _) = document.consumers_shown();
        consumers
            .into_iter()
            .map(move |consumer| (document, consumer))
    });
    each.map(|(document, consumer)| Reader {
        name: &consumer.name,
        kind: consumer.kind,
        of: &document.name,
        status: consumer.status.replace('_', " "),
        tone: tone(consumer.status),
        reads: consumer.reads_shown(),
        at: &consumer.at,
        owner: &consumer.owner,
    })
    .collect()
}

fn budget(budget: &ReportedBudget) -> Budget<'_> {
    let percent = |thousandths: u64| format!("{}.{}", thousandths / 10, thousandths % 10);
    let rows = budget.rows.iter().map(|row| {
        let [was, was_long, is, is_long] = row.bars;
        Row {
            row,
            was: [percent(was), percent(was_long)],
            is: [percent(is), percent(is_long)],
        }
    });
    let totals = [
        ("together", &budget.total),
        ("promised", &budget.promised),
        ("margin", &budget.margin),
        ("together with one exception", &budget.with_one_exception),
    ];
    let totals = totals
        .into_iter()
        .map(|(name, figures)| Total { name, figures });
    Budget {
        workflow: &budget.workflow,
        rows: rows.collect(),
        totals: totals.collect(),
    }
}

fn behaviour(behaviour: &ReportedBehaviour) -> Behaviour<'_> {
    let remarks = behaviour.obstacle.iter().chain(&behaviour.untried);
    Behaviour {
        workflow: &behaviour.workflow,
        summary: behaviour.summary(),
        differing: behaviour
            .alike()
            .into_iter()
            .map(|(case, others)| Difference {
                case,
                others: others.iter().map(|other| other.scenario.as_str()).collect(),
            })
            .collect(),
        remarks: remarks.collect(),
    }
}

fn findings(report: &ImpactReport) -> Vec<Findings<'_>> {
    let Some(delta) = &report.findings else {
        return Vec::new();
    };
    let groups = [("New", &delta.new), ("Fixed", &delta.fixed)];
    let groups = groups.into_iter().map(|(title, findings)| Findings {
        title,
        findings: findings.iter().map(finding).collect(),
    });
    groups.collect()
}

fn finding(finding: &ReportedFinding) -> Finding<'_> {
    Finding {
        level: finding.level.to_string(),
        tone: match finding.level {
            Level::Error => "bad",
            Level::Warning => "note",
            Level::Info => "plain",
        },
        rule: &finding.rule,
        message: &finding.message,
        place: clickable(&finding.span),
    }
}

fn file(texts: &Texts) -> File {
    let title = match (&texts.before, &texts.after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (_, Some(after)) => after.clone(),
        (Some(before), None) => format!("{before} (gone)"),
        (None, None) => String::new(),
    };
    let hunks = texts.hunks.iter().map(|hunk| {
        let rows = hunk.iter().map(|row| {
            let text = |side: &Option<(usize, String)>| side.as_ref().map(|(_, text)| text.clone());
            let line = |side: &Option<(usize, String)>| side.as_ref().map(|(line, _)| *line);
            Line {
                before: text(&row.before),
                before_line: line(&row.before),
                after: text(&row.after),
                after_line: line(&row.after),
                differs: !row.is_same(),
            }
        });
        rows.collect()
    });
    File {
        title,
        hunks: hunks.collect(),
    }
}
