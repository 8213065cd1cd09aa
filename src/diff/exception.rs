//! Facts about reason codes: who resolves them, and how a case comes back.

use super::fact::{Fact, joined};
use super::kind::FlowChange;
use super::lookalike::Likeness;
use super::pairing::{Identity, pair};
use super::recorder::{Named, Places, Presence, Recorder, named};
use crate::syntax::workflow::{ExceptionClass, ExceptionRoute, Resume, Workflow};

/// Compares the exceptions of a workflow.
pub(super) fn compare_all(recorder: &mut Recorder<'_>, before: &Workflow, after: &Workflow) {
    let identity = Identity {
        name: |route: &Named<'_, ExceptionRoute>| route.name.value.as_str(),
        renamed_from: |route: &Named<'_, ExceptionRoute>| {
            let old = route.value.renamed_from.as_ref();
            old.map(|name| name.value.text.as_str())
        },
    };
    let (before, after) = (routes(before), routes(after));
    recorder.within("exceptions", |recorder| {
        for pair in pair(&before, &after, identity) {
            let name = pair
                .after
                .or(pair.before)
                .map_or("", |route| route.name.value.as_str());
            match (pair.before, pair.after) {
                (Some(old), Some(new)) => recorder.within(name, |recorder| {
                    if old.name.value != new.name.value {
                        let names = (Some(old.fact()), Some(new.fact()));
                        recorder.record(FlowChange::ReasonRenamed, name, names.0, names.1);
                    }
                    compare(recorder, old, new);
                }),
                (before, after) => {
                    let kinds = Presence::new(
                        FlowChange::ReasonAdded,
                        FlowChange::ReasonRemoved,
                        FlowChange::ReasonRenamed,
                    );
                    let fact = |route: Option<&Named<'_, ExceptionRoute>>| route.map(described);
                    recorder.compare(name, name, kinds, fact(before), fact(after));
                }
            }
        }
        let likeness = Likeness {
            identity,
            span: |route: &Named<'_, ExceptionRoute>| route.name.span,
            mention: "reason:",
            anywhere: false,
            compare: &|recorder, old, new| {
                compare(recorder, old, new);
                true
            },
        };
        recorder.compare_lonely((&before, &after), &likeness);
    });
}

fn routes(workflow: &Workflow) -> Vec<Named<'_, ExceptionRoute>> {
    let routes = workflow.exceptions.as_ref();
    routes
        .map(|routes| named(&routes.value))
        .unwrap_or_default()
}

fn described(route: &Named<'_, ExceptionRoute>) -> Fact {
    let queue = route.value.queue.as_ref();
    let queue = queue.map_or("no queue".to_owned(), |queue| {
        format!("queue {}", queue.name.value)
    });
    Fact::new(queue, route.name.span)
}

fn compare(
    recorder: &mut Recorder<'_>,
    before: &Named<'_, ExceptionRoute>,
    after: &Named<'_, ExceptionRoute>,
) {
    let (old, new) = (before.value, after.value);
    let name = after.name.value.as_str();
    let class = |route: &ExceptionRoute| {
        let class = route.class.as_ref();
        class.map(|class| Fact::word(class, ExceptionClass::as_str))
    };
    recorder.compare(
        "class",
        name,
        Presence::any(FlowChange::ExceptionClassChanged),
        class(old),
        class(new),
    );
    let old_queue = old.queue.as_ref().map(|queue| {
        let now = recorder.renamed_queue(&queue.name.value).to_owned();
        Fact::text(&queue.name).compared_by(now)
    });
    recorder.compare(
        "queue",
        name,
        Presence::any(FlowChange::ExceptionRerouted),
        old_queue,
        new.queue.as_ref().map(|queue| Fact::text(&queue.name)),
    );
    recorder.compare(
        "resume",
        name,
        Presence::any(FlowChange::ResumeChanged),
        resume(old),
        resume(new),
    );
    recorder.compare(
        "max_returns",
        name,
        Presence::any(FlowChange::LoopLimitChanged),
        old.max_returns.as_ref().map(Fact::number),
        new.max_returns.as_ref().map(Fact::number),
    );
    recorder.text("summary", &old.summary, &new.summary);
    let places = Places {
        before: before.name.span,
        after: after.name.span,
    };
    recorder.extensions(places, &old.extensions, &new.extensions);
}

fn resume(route: &ExceptionRoute) -> Option<Fact> {
    let written = route.resume.as_ref()?;
    let ways: Vec<Fact> = written
        .value
        .iter()
        .map(|resume| match resume {
            Resume::Same(span) => Fact::new("same", *span),
            Resume::Fallback(span) => Fact::new("fallback", *span),
            Resume::State(state) => {
                let name = &state.name;
                Fact::text(name).compared_by(format!("state:{}", name.value))
            }
        })
        .collect();
    joined(&ways, written.span)
}
