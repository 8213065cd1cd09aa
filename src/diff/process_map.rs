//! Facts about process maps, section by section.

use super::fact::{Fact, joined};
use super::kind::{DirectoryChange, DocumentChange};
use super::recorder::{Places, Presence, Recorder};
use crate::model::quantity::Quantity;
use crate::source::{Span, Spanned};
use crate::syntax::document::Entity;
use crate::syntax::duration::Duration;
use crate::syntax::process_map::{Evidence, ProcessMap, Score, ScoreValue};
use crate::syntax::scalars::Literal;

/// Compares two versions of a process map.
pub(super) fn compare(
    recorder: &mut Recorder<'_>,
    before: &Entity<ProcessMap>,
    after: &Entity<ProcessMap>,
) {
    let (old, new) = (&before.body, &after.body);
    recorder.text("summary", &old.summary, &new.summary);
    let owner = |map: &ProcessMap| map.owner.as_ref().map(|owner| Fact::text(&owner.name));
    recorder.compare(
        "owner",
        "owner",
        Presence::any(DocumentChange::OwnerChanged),
        owner(old),
        owner(new),
    );
    let sections = sections(old, before.key)
        .into_iter()
        .zip(sections(new, after.key));
    for ((key, old), (_, new)) in sections {
        let kind = Presence::any(DirectoryChange::DirectoryEntryChanged);
        recorder.compare(key, key, kind, old, new);
    }
    let places = Places {
        before: before.key,
        after: after.key,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn sections(map: &ProcessMap, key: Span) -> Vec<(&'static str, Option<Fact>)> {
    let stakeholders: Vec<Fact> = map
        .stakeholders
        .iter()
        .map(|person| Fact::text(&person.name))
        .collect();
    let mut sections = vec![
        (
            "workflow",
            map.workflow
                .as_ref()
                .map(|workflow| Fact::text(&workflow.name)),
        ),
        (
            "refresh",
            map.refresh
                .as_ref()
                .map(|refresh| Fact::word(refresh, |cadence| cadence.as_str())),
        ),
        ("refreshed", map.refreshed.as_ref().map(Fact::date)),
        ("stakeholders", joined(&stakeholders, key)),
        (
            "score",
            map.score
                .as_ref()
                .map(|score| Fact::new(score_text(score), key)),
        ),
    ];
    let lists = [
        (
            "evidence",
            map.evidence.iter().map(evidence).collect::<Vec<String>>(),
        ),
        ("variants", variants(map)),
        ("handoffs", handoffs(map)),
        ("waits", waits(map)),
        ("rework", rework(map)),
        ("exceptions", exceptions(map)),
    ];
    for (name, list) in lists {
        let text = list.join("; ");
        sections.push((name, (!text.is_empty()).then(|| Fact::new(text, key))));
    }
    sections
}

/// Words that are there, one after the other.
fn line(parts: impl IntoIterator<Item = Option<String>>) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

fn text(text: &Option<Spanned<String>>) -> Option<String> {
    text.as_ref().map(|text| Fact::text(text).site.text)
}

fn length(duration: &Option<Spanned<Duration>>) -> Option<String> {
    duration.map(|duration| duration.value.to_string())
}

fn value(literal: &Option<Spanned<Literal>>) -> Option<String> {
    let literal = literal.as_ref();
    literal.map(|literal| Quantity::of(&literal.value).canonical())
}

fn evidence(evidence: &Evidence) -> String {
    let source = match evidence {
        Evidence::File(file) => return file.path.value.clone(),
        Evidence::Source(source) => source,
    };
    let date = |date: &Option<Spanned<crate::syntax::scalars::Date>>| {
        date.map(|date| date.value.civil.to_string())
    };
    line([
        text(&source.source),
        source
            .system
            .as_ref()
            .map(|system| system.name.value.clone()),
        date(&source.from),
        date(&source.to),
        source.cases.map(|cases| format!("{} cases", cases.value)),
        text(&source.case_id),
        text(&source.activity),
        text(&source.timestamp),
        source.file.as_ref().map(|file| file.path.value.clone()),
    ])
}

fn variants(map: &ProcessMap) -> Vec<String> {
    let variants = map.variants.iter().map(|variant| {
        let path: Vec<&str> = variant
            .path
            .iter()
            .map(|step| step.value.as_str())
            .collect();
        line([
            text(&variant.name),
            Some(path.join(" then ")),
            value(&variant.volume),
            length(&variant.cycle_time),
        ])
    });
    variants.collect()
}

fn handoffs(map: &ProcessMap) -> Vec<String> {
    let handoffs = map.handoffs.iter().map(|handoff| {
        let rekeyed: Vec<&str> = handoff
            .rekeyed
            .iter()
            .map(|field| field.value.as_str())
            .collect();
        line([
            text(&handoff.from),
            text(&handoff.to),
            text(&handoff.proof),
            (!rekeyed.is_empty()).then(|| format!("typed again: {}", rekeyed.join(" and "))),
            length(&handoff.delay),
        ])
    });
    handoffs.collect()
}

fn waits(map: &ProcessMap) -> Vec<String> {
    let waits = map.waits.iter();
    let lines = waits.map(|wait| line([text(&wait.at), text(&wait.kind), length(&wait.duration)]));
    lines.collect()
}

fn rework(map: &ProcessMap) -> Vec<String> {
    let rework = map.rework.iter();
    let lines = rework.map(|rework| {
        line([
            text(&rework.at),
            text(&rework.trigger),
            value(&rework.share),
        ])
    });
    lines.collect()
}

fn exceptions(map: &ProcessMap) -> Vec<String> {
    let exceptions = map.exceptions.iter().map(|exception| {
        line([
            text(&exception.reason),
            exception.code.as_ref().map(|code| code.value.text.clone()),
            value(&exception.share),
            text(&exception.resolved_in),
            exception
                .queue
                .as_ref()
                .map(|queue| queue.name.value.clone()),
        ])
    });
    exceptions.collect()
}

fn score_text(score: &Score) -> String {
    let number =
        |figure: Option<Spanned<ScoreValue>>| figure.map_or(0, |figure| figure.value.number);
    let impact = score.impact.clone().unwrap_or_default();
    let effort = score.effort.clone().unwrap_or_default();
    format!(
        "impact: cost {}, errors {}, compliance {}, experience {}; effort: integration {}, data {}, change {}",
        number(impact.cost),
        number(impact.errors),
        number(impact.compliance),
        number(impact.experience),
        number(effort.integration),
        number(effort.data),
        number(effort.change),
    )
}
