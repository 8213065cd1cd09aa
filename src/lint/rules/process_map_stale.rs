//! `process-map-stale`: maps that were to be renewed by now.

use crate::declare_rule;
use crate::lint::{Context, On};
use crate::rule::WARNING;

declare_rule! {
    /// Finds process maps whose `refresh` cadence has passed since the day in `refreshed`.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// process_map:
    ///   name: room-requests
    ///   owner: tom.okafor
    ///   refresh: monthly
    ///   refreshed: "2026-05-04"
    /// ```
    ///
    /// ```yaml,good
    /// process_map:
    ///   name: room-requests
    ///   owner: tom.okafor
    ///   refresh: monthly
    ///   refreshed: "2026-07-20"
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Look at the evidence again, correct the map, and write the day into `refreshed`.
    pub static RULE = {
        check: On::Project(check),
        id: "process-map-stale",
        summary: "a process map that was to be renewed by now",
        why: "people decide by a map of a process that may no longer exist",
        family: Docs,
        level: WARNING,
        since: "0.1.0",
    }
}

fn check(context: &mut Context<'_>) {
    let today = context.model.surroundings.today;
    for map in &context.model.project.process_maps {
        let (Some(refresh), Some(refreshed)) = (&map.body.refresh, &map.body.refreshed) else {
            continue;
        };
        let Some(due) = refresh.value.due_after(refreshed.value.civil) else {
            continue;
        };
        if due < today {
            let message = format!(
                "the process map `{}` was to be renewed by {due}",
                map.name.value
            );
            context.report(
                context
                    .finding(refreshed.span, message)
                    .label(refresh.span, "renewed this often")
                    .help("look at the evidence again, and write the day here"),
            );
        }
    }
}
