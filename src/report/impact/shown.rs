//! What several formats show of a report: approvers with all their duties, changes with what
//! follows from them, places and values.

use super::{
    DifferingCase, ImpactReport, ReportedAcceptance, ReportedAcceptanceEntry, ReportedBehaviour,
    ReportedBudget, ReportedChange, ReportedConsumer, ReportedImpact,
};
use crate::report::wording::count;

/// Somebody who must approve, with every duty and reason.
#[derive(Debug)]
pub struct Approver<'a> {
    /// A person, or a role.
    pub who: &'a str,
    /// The duties, in the order of their weight.
    pub duties: Vec<String>,
    /// The changes, as `document: change-id`.
    pub because: Vec<&'a str>,
    /// `missing`, `given` or `stale`.
    pub state: &'static str,
}

/// So many reasons are shown beside a person.
const REASONS: usize = 5;

impl Approver<'_> {
    /// The first reasons, and how many more there are.
    pub fn because_shown(&self) -> Vec<String> {
        let shown = self.because.iter().take(REASONS);
        let mut shown: Vec<String> = shown.map(|reason| (*reason).to_owned()).collect();
        let more = self.because.len().saturating_sub(REASONS);
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        shown
    }
}

impl ImpactReport {
    /// The approvals by person, in the order in which they are first asked.
    pub fn approvers(&self) -> Vec<Approver<'_>> {
        let mut approvers: Vec<Approver<'_>> = Vec::new();
        for approval in &self.approvals {
            let known = approvers
                .iter()
                .position(|approver| approver.who == approval.who);
            let index = known.unwrap_or_else(|| {
                approvers.push(Approver {
                    who: &approval.who,
                    duties: Vec::new(),
                    because: Vec::new(),
                    state: approval.state,
                });
                approvers.len() - 1
            });
            let approver = &mut approvers[index];
            let duty = match &approval.count {
                Some(count) => format!("{} ({count} of them)", approval.gate),
                None => approval.gate.to_owned(),
            };
            if !approver.duties.contains(&duty) {
                approver.duties.push(duty);
            }
            // The policy's own words are in the JSON; people look for the changes.
            for reason in approval
                .because
                .iter()
                .filter(|reason| reason.contains(": "))
            {
                if !approver.because.contains(&reason.as_str()) {
                    approver.because.push(reason);
                }
            }
        }
        approvers
    }
}

impl ReportedAcceptance {
    /// `accepted by nadia.karim on 2026-11-20: Agreed with sales`
    pub fn text(&self) -> String {
        format!(
            "accepted by {} on {}: {}",
            self.approved_by, self.date, self.reason
        )
    }
}

impl ReportedAcceptanceEntry {
    /// `in force`, `incomplete`, `unused` or `forbidden`.
    pub fn standing_text(&self) -> String {
        self.standing.replace('_', " ")
    }
}

/// So many readers are shown that nothing happens to; of more only the number.
const UNAFFECTED: usize = 5;

impl ReportedImpact {
    /// The readers that are shown, and how many more there are to whom nothing happens.
    pub fn consumers_shown(&self) -> (Vec<&ReportedConsumer>, usize) {
        let is_unaffected = |consumer: &&ReportedConsumer| consumer.status == "unaffected";
        let unaffected = self.consumers.iter().filter(is_unaffected).count();
        if unaffected <= UNAFFECTED {
            return (self.consumers.iter().collect(), 0);
        }
        let consumers = self.consumers.iter();
        let affected = consumers.filter(|consumer| !is_unaffected(consumer));
        (affected.collect(), unaffected)
    }

    /// The changes that stand for themselves, each with those that follow from it, the group with
    /// the worst change first.
    pub fn by_cause(&self) -> Vec<(&ReportedChange, Vec<&ReportedChange>)> {
        let mut groups: Vec<(&ReportedChange, Vec<&ReportedChange>)> = Vec::new();
        for change in &self.changes {
            let own = change.follows_from.as_ref().unwrap_or(&change.fingerprint);
            let mut known = groups.iter_mut();
            let known = known.find(|(root, _)| root.fingerprint == *own);
            let follows = change.follows_from.is_some();
            match known {
                Some((_, consequences)) if follows => consequences.push(change),
                Some(_) => {}
                None => {
                    let mut changes = self.changes.iter();
                    let root = changes.find(|root| root.fingerprint == *own);
                    let consequences = follows.then_some(change).into_iter().collect();
                    groups.push((root.unwrap_or(change), consequences));
                }
            }
        }
        groups
    }
}

impl ReportedBehaviour {
    /// The scenarios that go another way, those with the same difference together.
    pub fn alike(&self) -> Vec<(&DifferingCase, Vec<&DifferingCase>)> {
        let mut groups: Vec<(&DifferingCase, Vec<&DifferingCase>)> = Vec::new();
        for case in &self.differing {
            let known = groups
                .iter_mut()
                .find(|(first, _)| first.differs_like(case));
            match known {
                Some((_, others)) => others.push(case),
                None => groups.push((case, Vec::new())),
            }
        }
        groups
    }

    /// `5 scenarios go as before, 2 go another way`
    pub fn summary(&self) -> String {
        if self.obstacle.is_some() {
            return "its scenarios cannot be played on both versions".to_owned();
        }
        let differing = self.differing.len();
        let same = self.played - differing;
        match (same, differing) {
            (same, 0) => format!("{} as before", goes(same)),
            (0, differing) => format!("{} another way", goes(differing)),
            (same, differing) => format!("{} as before, {differing} another way", goes(same)),
        }
    }

    /// What differs, what nobody tried, and what stands in the way.
    pub fn sentences(&self) -> Vec<String> {
        let differing = self.alike().into_iter().map(|(first, others)| {
            let others: Vec<String> = others
                .iter()
                .map(|case| format!("`{}`", case.scenario))
                .collect();
            match &others[..] {
                [] => first.sentence.clone(),
                others => format!(
                    "{} The same holds for {}.",
                    first.sentence,
                    others.join(", ")
                ),
            }
        });
        let untried = self.untried.iter().cloned();
        self.obstacle
            .iter()
            .cloned()
            .chain(differing)
            .chain(untried)
            .collect()
    }
}

fn goes(number: usize) -> String {
    let verb = if number == 1 { "goes" } else { "go" };
    format!("{} {verb}", count(number, "scenario"))
}

impl ReportedConsumer {
    /// What it reads, changed fields with their places.
    pub fn reads_shown(&self) -> Vec<String> {
        if self.lineage.is_empty() {
            return self.reads.clone();
        }
        let lineage = self.lineage.iter();
        lineage
            .map(|reading| format!("{} at {}", reading.field, reading.at))
            .collect()
    }
}

impl ReportedBudget {
    /// True when a time or a promise is another one.
    pub fn is_changed(&self) -> bool {
        let figures = [
            &self.promised,
            &self.total,
            &self.margin,
            &self.with_one_exception,
        ];
        figures.iter().any(|figure| !figure.is_same())
            || self.rows.iter().any(|row| !row.total.is_same())
    }
}

impl ReportedChange {
    /// Where it stands: in the head, or in the base when it is gone.
    pub fn place(&self) -> Option<String> {
        let place = self.span.head.as_ref().or(self.span.base.as_ref())?;
        let gone = if self.span.head.is_none() {
            " (base)"
        } else {
            ""
        };
        Some(format!("{}:{}{gone}", place.file, place.start.line))
    }

    /// `500 → 2000`, `added 5`, `removed 5`; empty when there is nothing to show.
    pub fn values(&self) -> String {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("{before} → {after}"),
            (None, Some(after)) => format!("added {after}"),
            (Some(before), None) => format!("removed {before}"),
            (None, None) => String::new(),
        }
    }

    /// An arrow for what it does to a control.
    pub fn arrow(&self) -> &'static str {
        match self.control {
            "weakened" => "▼",
            "strengthened" => "▲",
            _ => "",
        }
    }
}
