//! How changes are judged: how a workflow is operated: stage, fallback, monitoring, running cases.

use super::declaration::{additive, patch};
use crate::diff::kind::OperationChange;

super::declaration::judgements! {
    OperationChange {
        SuccessMetricAdded {
            docs: "A figure shows whether the workflow does its work.",
            why: "{document} is judged by {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: SuccessMetricRemoved,
            before: r#"tags: []"#,
            after: r#"success: {metric: cycle_time, target: 4d}"#,
        }
        SuccessMetricRemoved {
            docs: "Nobody sees any more whether the workflow does its work.",
            why: "{document} is no longer judged by {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: SuccessMetricAdded,
            before: r#"success: {metric: cycle_time, target: 4d}"#,
            after: r#"tags: []"#,
        }
        SuccessMetricChanged {
            docs: "The metric, baseline or target is another one.",
            why: "{document} is judged by {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: SuccessMetricChanged,
            before: r#"success: {metric: cycle_time, target: 4d}"#,
            after: r#"success: {metric: cycle_time, target: 6d}"#,
        }
        FallbackAdded {
            docs: "A way to work by hand is named.",
            why: "When {document} cannot run, work goes on by {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: FallbackRemoved,
            before: r#"tags: []"#,
            after: r#"fallback: {mode: manual, runbook: runbooks/refund.md}"#,
        }
        FallbackChanged {
            docs: "The leader or the instructions are others.",
            why: "When {document} cannot run, work goes on by {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: FallbackChanged,
            before: r#"fallback: {mode: manual, runbook: runbooks/refund.md}"#,
            after: r#"fallback: {mode: manual, runbook: runbooks/refunds.md}"#,
        }
        FallbackRemoved {
            docs: "The rule `fallback-missing` is locked: the control owner agrees.",
            why: "When {document} cannot run, nothing says how work goes on.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: FallbackAdded,
            before: r#"fallback: {mode: manual, runbook: runbooks/refund.md}"#,
            after: r#"tags: []"#,
        }
        MonitorAdded {
            docs: "More of what happens can be seen.",
            why: "The figure {subject} of {document} is kept.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: MonitorRemoved,
            before: r#"monitoring: {metrics: [success_rate]}"#,
            after: r#"monitoring: {metrics: [success_rate, data_quality]}"#,
        }
        MonitorRemoved {
            docs: "Less of what happens can be seen.",
            why: "The figure {subject} of {document} is no longer kept.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: MonitorAdded,
            before: r#"monitoring: {metrics: [success_rate, data_quality]}"#,
            after: r#"monitoring: {metrics: [success_rate]}"#,
        }
        ReviewCadenceChanged {
            docs: "How often somebody looks at the figures is another.",
            why: "The figures of {document} are reviewed {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: ReviewCadenceChanged,
            before: r#"monitoring: {review: weekly}"#,
            after: r#"monitoring: {review: monthly}"#,
        }
        AlertAdded {
            docs: "A fault is noticed that was not.",
            why: "Somebody is told of {subject}: {after}.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: AlertRemoved,
            before: r#"monitoring: {alerts: []}"#,
            after: r#"monitoring: {alerts: [{alert: sla_breach, notify: people-ops}]}"#,
        }
        AlertRemoved {
            docs: "A fault goes unnoticed that was noticed before.",
            why: "Nobody is told of {subject} any more: it was {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: AlertAdded,
            before: r#"monitoring: {alerts: [{alert: sla_breach, notify: people-ops}]}"#,
            after: r#"monitoring: {alerts: []}"#,
        }
        AlertChanged {
            docs: "Who is told, or after how long, is another.",
            why: "The alert for {subject} is {after} instead of {before}.",
            class: patch(), lapses: false,
            control: Neutral, running: Unaffected, affects: [Operators],
            undone_by: AlertChanged,
            before: r#"monitoring: {alerts: [{alert: stuck, state: new, after: 1h, notify: people-ops}]}"#,
            after: r#"monitoring: {alerts: [{alert: stuck, state: new, after: 2h, notify: people-ops}]}"#,
        }
        StageRaised {
            docs: "Rules that warned before fail from the new stage on.",
            why: "{document} goes from stage {before} to stage {after}, so more rules fail.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [],
            undone_by: StageLowered,
            before: r#"stage: 2"#,
            after: r#"stage: 3"#,
        }
        StageLowered {
            docs: "This change is still judged at the old stage.",
            why: "{document} goes from stage {before} to stage {after}, so rules that failed only \
                warn.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: StageRaised,
            before: r#"stage: 3"#,
            after: r#"stage: 2"#,
        }
        InFlightChanged {
            docs: "The strategy decides whether running cases finish under the old version, move \
                by a map, or end first.",
            why: "Running cases are treated by `{after}` instead of `{before}` when {document} \
                changes.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases, Requesters],
            undone_by: InFlightChanged,
            before: r#"change: {in_flight: pin, drain_within: 30d}"#,
            after: r#"change: {in_flight: drain, drain_within: 30d}"#,
        }
        MigrationPlanChanged {
            docs: "The drain period or the map of states, reasons and data is another.",
            why: "The plan for running cases goes from {before} to {after}.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [RunningCases],
            undone_by: MigrationPlanChanged,
            before: r#"change: {in_flight: pin, drain_within: 30d}"#,
            after: r#"change: {in_flight: pin, drain_within: 14d}"#,
        }
        AttestationAdded {
            docs: "A readiness check has evidence.",
            why: "{after} vouches for `{subject}`.",
            class: patch(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Operators],
            undone_by: AttestationRemoved,
            before: r#"readiness: {}"#,
            after: r#"readiness: {happy_path_stable: {by: priya.shah, date: "2026-05-04", evidence: evidence/pilot.md}}"#,
        }
        AttestationRemoved {
            docs: "A readiness check has lost its evidence.",
            why: "Nobody vouches for `{subject}` any more; it was {before}.",
            class: patch(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Operators],
            undone_by: AttestationAdded,
            before: r#"readiness: {happy_path_stable: {by: priya.shah, date: "2026-05-04", evidence: evidence/pilot.md}}"#,
            after: r#"readiness: {}"#,
        }
    }
}
