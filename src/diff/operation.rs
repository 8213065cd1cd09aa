//! Facts about how a workflow is operated: stage, success, fallback, monitoring, running cases.

use std::collections::BTreeSet;

use super::fact::{Fact, canonical_data};
use super::kind::OperationChange;
use super::pairing::{Identity, pair};
use super::recorder::{Presence, Recorder};
use crate::source::{Span, Spanned};
use crate::syntax::workflow::{
    Alert, Attestation, Cadence, ChangePlan, Fallback, FallbackMode, InFlight, Migration,
    Monitoring, Readiness, Success, Workflow,
};

/// Compares how a workflow is operated.
pub(super) fn compare(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    compare_stage(recorder, before, after);
    let kinds = Presence::new(
        OperationChange::SuccessMetricAdded,
        OperationChange::SuccessMetricRemoved,
        OperationChange::SuccessMetricChanged,
    );
    let success = |workflow: &Workflow| workflow.success.as_ref().map(success);
    recorder.compare("success", "success", kinds, success(before), success(after));
    let kinds = Presence::new(
        OperationChange::FallbackAdded,
        OperationChange::FallbackRemoved,
        OperationChange::FallbackChanged,
    );
    let fallback = |workflow: &Workflow| workflow.fallback.as_ref().map(fallback);
    recorder.compare(
        "fallback",
        "fallback",
        kinds,
        fallback(before),
        fallback(after),
    );
    compare_monitoring(recorder, &before.monitoring, &after.monitoring);
    compare_readiness(recorder, &before.readiness, &after.readiness);
    compare_plan(recorder, &before.change, &after.change);
}

/// An absent stage is stage 0.
fn compare_stage(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let stage = |workflow: &Workflow| workflow.stage.map(|stage| stage.map(|stage| stage.number));
    let (old, new) = (stage(before), stage(after));
    let number = |stage: Option<Spanned<u8>>| stage.map_or(0, |stage| stage.value);
    if number(old) == number(new) {
        return;
    }
    let kind = if number(new) > number(old) {
        OperationChange::StageRaised
    } else {
        OperationChange::StageLowered
    };
    let fact = |stage: Spanned<u8>| Fact::new(stage.value.to_string(), stage.span);
    recorder.compare(
        "stage",
        "stage",
        Presence::any(kind),
        old.map(fact),
        new.map(fact),
    );
}

fn success(success: &Spanned<Success>) -> Fact {
    let figure = &success.value;
    let metric = figure
        .metric
        .as_ref()
        .map_or("", |metric| metric.value.as_str());
    let mut text = metric.to_owned();
    let mut canonical = text.clone();
    for (word, value) in [("from", &figure.baseline), ("to", &figure.target)] {
        if let Some(value) = value {
            let fact = Fact::literal(value);
            text.push_str(&format!(" {word} {}", fact.site.text));
            canonical.push_str(&format!(" {word} {}", fact.canonical()));
        }
    }
    if let Some(by) = &figure.by {
        let day = format!(" by {}", by.value.civil);
        text.push_str(&day);
        canonical.push_str(&day);
    }
    Fact::new(text, success.span).compared_by(canonical)
}

fn fallback(fallback: &Spanned<Fallback>) -> Fact {
    let mode = fallback
        .value
        .mode
        .map_or("no mode", |mode| FallbackMode::as_str(mode.value));
    let mut text = mode.to_owned();
    if let Some(owner) = &fallback.value.owner {
        text.push_str(&format!(", led by {}", owner.name.value));
    }
    if let Some(runbook) = &fallback.value.runbook {
        text.push_str(&format!(", after {}", runbook.path.value));
    }
    Fact::new(text, fallback.span)
}

fn compare_monitoring(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<Monitoring>>,
    after: &Option<Spanned<Monitoring>>,
) {
    let part = |monitoring: &Option<Spanned<Monitoring>>| {
        let monitoring = monitoring.as_ref();
        monitoring
            .map(|monitoring| monitoring.value.clone())
            .unwrap_or_default()
    };
    let (old, new) = (part(before), part(after));
    recorder.within("monitoring", |recorder| {
        let review = |monitoring: &Monitoring| {
            let review = monitoring.review.as_ref();
            review.map(|review| Fact::word(review, Cadence::as_str))
        };
        recorder.compare(
            "review",
            "review",
            Presence::any(OperationChange::ReviewCadenceChanged),
            review(&old),
            review(&new),
        );
        let metrics = |monitoring: &Monitoring| {
            let metrics = monitoring.metrics.iter();
            metrics
                .map(|metric| Fact::new(metric.value.text.clone(), metric.span))
                .collect()
        };
        recorder.members(
            "metrics",
            None,
            OperationChange::MonitorAdded,
            OperationChange::MonitorRemoved,
            metrics(&old),
            metrics(&new),
        );
        compare_alerts(recorder, &old.alerts, &new.alerts);
    });
}

/// An alert with what it watches.
type Watched = (String, Fact);

fn alerts(recorder: &Recorder<'_>, alerts: &[Alert], old_side: bool) -> Vec<Watched> {
    let watched = alerts.iter().filter_map(|alert| {
        let kind = alert.alert.as_ref()?;
        let mut name = kind.value.as_str().to_owned();
        if let Some(state) = &alert.state {
            let state = state.name.value.as_str();
            let state = if old_side {
                recorder.renamed_state(state)
            } else {
                state
            };
            name.push_str(&format!(" in {state}"));
        }
        if let Some(queue) = &alert.queue {
            name.push_str(&format!(" in queue {}", queue.name.value));
        }
        let notify = alert
            .notify
            .as_ref()
            .map_or("nobody", |party| party.name.value.as_str());
        let mut text = format!("tell {notify}");
        let mut canonical = text.clone();
        if let Some(after) = &alert.after {
            let after = format!(" after {}", after.value);
            text.push_str(&after);
            canonical.push_str(&after);
        }
        if let Some(above) = &alert.above {
            let fact = Fact::literal(above);
            text.push_str(&format!(" above {}", fact.site.text));
            canonical.push_str(&format!(" above {}", fact.canonical()));
        }
        Some((name, Fact::new(text, kind.span).compared_by(canonical)))
    });
    watched.collect()
}

fn compare_alerts(recorder: &mut Recorder<'_>, before: &[Alert], after: &[Alert]) {
    let identity = Identity {
        name: |alert: &Watched| alert.0.as_str(),
        renamed_from: |_| None,
    };
    let (before, after) = (
        alerts(recorder, before, true),
        alerts(recorder, after, false),
    );
    recorder.within("alerts", |recorder| {
        for pair in pair(&before, &after, identity) {
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |alert| alert.0.as_str());
            let fact = |alert: Option<&Watched>| alert.map(|alert| alert.1.clone());
            let kinds = Presence::new(
                OperationChange::AlertAdded,
                OperationChange::AlertRemoved,
                OperationChange::AlertChanged,
            );
            recorder.compare(name, name, kinds, fact(pair.before), fact(pair.after));
        }
    });
}

fn attestations(readiness: &Readiness) -> [(&'static str, &Option<Attestation>); 10] {
    [
        ("single_trigger", &readiness.single_trigger),
        ("inputs_available", &readiness.inputs_available),
        ("owner_named", &readiness.owner_named),
        ("happy_path_stable", &readiness.happy_path_stable),
        ("exceptions_named", &readiness.exceptions_named),
        ("metrics_defined", &readiness.metrics_defined),
        ("records_identified", &readiness.records_identified),
        ("fallback_tried", &readiness.fallback_tried),
        ("monitoring_ready", &readiness.monitoring_ready),
        ("change_process", &readiness.change_process),
    ]
}

/// A renewed attestation is one that was added.
fn compare_readiness(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<Readiness>>,
    after: &Option<Spanned<Readiness>>,
) {
    let none = Readiness::default();
    let part = |readiness: &'_ Option<Spanned<Readiness>>| {
        readiness.as_ref().map(|readiness| readiness.value.clone())
    };
    let old = part(before).unwrap_or_else(|| none.clone());
    let new = part(after).unwrap_or(none);
    recorder.within("readiness", |recorder| {
        let pairs = attestations(&old).into_iter().zip(attestations(&new));
        for ((key, before), (_, after)) in pairs {
            let kinds = Presence::new(
                OperationChange::AttestationAdded,
                OperationChange::AttestationRemoved,
                OperationChange::AttestationAdded,
            );
            let fact = |attestation: &Option<Attestation>| attestation.as_ref().and_then(attested);
            recorder.compare(key, key, kinds, fact(before), fact(after));
        }
    });
}

fn attested(attestation: &Attestation) -> Option<Fact> {
    let by = attestation.by.as_ref()?;
    let date = attestation
        .date
        .map_or(String::new(), |date| format!(" on {}", date.value.civil));
    let evidence = attestation.evidence.as_ref();
    let evidence = evidence.map_or(String::new(), |file| format!(" with {}", file.path.value));
    Some(Fact::new(
        format!("{}{date}{evidence}", by.name.value),
        by.name.span,
    ))
}

fn compare_plan(
    recorder: &mut Recorder<'_>,
    before: &Option<Spanned<ChangePlan>>,
    after: &Option<Spanned<ChangePlan>>,
) {
    let strategy = |plan: &Option<Spanned<ChangePlan>>| {
        let strategy = plan.as_ref().and_then(|plan| plan.value.in_flight);
        strategy.map(|strategy| Fact::word(&strategy, InFlight::as_str))
    };
    let drain = |plan: &Option<Spanned<ChangePlan>>| {
        let drain = plan.as_ref().and_then(|plan| plan.value.drain_within);
        drain.map(|drain| Fact::duration(&drain))
    };
    let migration = |plan: &Option<Spanned<ChangePlan>>| {
        let migration = plan.as_ref().and_then(|plan| plan.value.migrate.as_ref());
        migration.map(migration_fact)
    };
    recorder.within("change", |recorder| {
        recorder.compare(
            "in_flight",
            "in_flight",
            Presence::any(OperationChange::InFlightChanged),
            strategy(before),
            strategy(after),
        );
        let plan = Presence::any(OperationChange::MigrationPlanChanged);
        recorder.compare(
            "drain_within",
            "drain_within",
            plan,
            drain(before),
            drain(after),
        );
        recorder.compare(
            "migrate",
            "migrate",
            plan,
            migration(before),
            migration(after),
        );
    });
}

fn migration_fact(migration: &Spanned<Migration>) -> Fact {
    let plan = &migration.value;
    let from = plan.from.as_ref().map_or("", |from| from.value.as_str());
    let mut moves: BTreeSet<String> = BTreeSet::new();
    for (old, new) in plan.states.iter() {
        moves.insert(format!("{} to {}", old.value, new.name.value));
    }
    for (old, new) in plan.reasons.iter() {
        moves.insert(format!("{} to {}", old.value, new.name.value));
    }
    for (name, value) in plan.data.iter() {
        moves.insert(format!(
            "{} from {}",
            name.value,
            canonical_data(&value.value)
        ));
    }
    let moves: Vec<String> = moves.into_iter().collect();
    let span: Span = migration.span;
    Fact::new(format!("from {from}: {}", moves.join(", ")), span)
}
