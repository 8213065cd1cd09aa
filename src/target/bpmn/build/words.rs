//! What surrounds the flow, in the words of properties.

use crate::plan::Plan;
use crate::plan::governance::{Start, Trigger};
use crate::plan::people::{Assignee, Party};
use crate::plan::period::Period;
use crate::plan::state::{Guard, Rung};
use crate::plan::step::Retry;
use crate::plan::value::Text;

/// What whoever watches cases must know: engines of BPMN have no word for it.
pub(super) fn promises(plan: &Plan) -> Vec<(&'static str, String)> {
    let mut properties = vec![
        ("plan", plan.digest.as_str().to_owned()),
        ("status", plan.status.as_str().to_owned()),
    ];
    let mut say = |name, value: Option<String>| properties.extend(value.map(|value| (name, value)));
    say("version", plan.version.clone());
    say("owner", plan.owner.clone());
    say("backup", plan.backup.clone());
    let sla = plan.sla.as_ref();
    let written = |promise: Option<&Period>| promise.map(period);
    say(
        "response",
        written(sla.and_then(|sla| sla.response.as_ref())),
    );
    say(
        "resolution",
        written(sla.and_then(|sla| sla.resolution.as_ref())),
    );
    let pausing = plan.queues.iter().filter(|(_, queue)| queue.pauses_sla);
    let pausing: Vec<&str> = pausing.map(|(name, _)| name).collect();
    say(
        "paused-in",
        (!pausing.is_empty()).then(|| pausing.join(", ")),
    );
    for alert in plan
        .monitoring
        .iter()
        .flat_map(|monitoring| &monitoring.alerts)
    {
        let place = alert.state.as_ref().or(alert.queue.as_ref());
        let place = place.map_or(String::new(), |place| format!(" in {place}"));
        let after = alert
            .after
            .as_ref()
            .map_or(String::new(), |after| format!(" after {}", period(after)));
        let above = alert
            .above
            .as_ref()
            .map_or(String::new(), |above| format!(" above {}", above.text()));
        let who = party(&alert.notify);
        say(
            "alert",
            Some(format!(
                "{}{place}{after}{above}: {who}",
                alert.watch.as_str()
            )),
        );
    }
    say("change", Some(plan.change.in_flight.as_str().to_owned()));
    say("audit", Some(audit(plan)));
    properties
}

fn audit(plan: &Plan) -> String {
    let mut kept = Vec::new();
    kept.extend(plan.audit.decisions.then_some("decisions".to_owned()));
    kept.extend(plan.audit.runs.then_some("runs".to_owned()));
    kept.extend(
        plan.audit
            .retention
            .as_ref()
            .map(|time| format!("for {}", period(time))),
    );
    kept.join(", ")
}

/// What a source of cases is.
pub(super) fn trigger(trigger: &Trigger) -> Vec<(&'static str, String)> {
    let mut properties = Vec::new();
    match &trigger.on {
        Start::Schedule(cron) => properties.push(("cron", cron.clone())),
        Start::Event(_) | Start::Form(_) | Start::Hand => {}
    }
    properties.extend(
        trigger
            .calendar
            .clone()
            .map(|calendar| ("calendar", calendar)),
    );
    properties
}

/// A length of time with its clock.
pub(super) fn period(period: &Period) -> String {
    match &period.calendar {
        Some(calendar) => format!("{period} in {calendar}"),
        None => period.to_string(),
    }
}

/// A length of time that simply passes, as ISO 8601 writes it.
pub(super) fn iso(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    match (days, rest) {
        (0, rest) => format!("PT{rest}S"),
        (days, 0) => format!("P{days}D"),
        (days, rest) => format!("P{days}DT{rest}S"),
    }
}

/// The seconds of a length of time that simply passes.
pub(super) fn seconds(period: &Period) -> u64 {
    (u64::from(period.weeks) * 7 + u64::from(period.days)) * 86_400 + period.seconds
}

/// How a worker tries again.
pub(super) fn retry(retry: &Retry) -> String {
    let most = retry
        .max_delay
        .as_ref()
        .map_or(String::new(), |most| format!(", at most {}", period(most)));
    let jitter = if retry.jitter { ", with jitter" } else { "" };
    let delay = period(&retry.delay);
    format!(
        "{} times after {delay}, {}{most}{jitter}",
        retry.limit,
        retry.backoff.as_str()
    )
}

/// People in a few words; expressions in FEEL have a place of their own.
pub(super) fn party(party: &Party) -> String {
    match party {
        Party::Role(role) => format!("role:{role}"),
        Party::Team(team) => format!("team:{team}"),
        Party::Person(person) => plain(person),
        Party::Expression(expression) => expression.as_str().to_owned(),
    }
}

/// The lane of whoever does something; none where only the case can say who it is.
pub(super) fn lane_of_party(party: &Party) -> Option<String> {
    match party {
        Party::Role(role) => Some(format!("role {role}")),
        Party::Team(team) => Some(format!("team {team}")),
        Party::Person(Text::Plain(person)) => Some(person.clone()),
        Party::Person(_) | Party::Expression(_) => None,
    }
}

/// The lane of whoever does a task.
pub(super) fn lane_of_assignee(assignee: &Assignee) -> Option<String> {
    match assignee {
        Assignee::Queue(Text::Plain(queue)) => Some(format!("queue {queue}")),
        Assignee::Role(role) => Some(format!("role {role}")),
        Assignee::Team(team) => Some(format!("team {team}")),
        Assignee::Person(Text::Plain(person)) => Some(person.clone()),
        Assignee::Queue(_) | Assignee::Person(_) => None,
    }
}

fn plain(text: &Text) -> String {
    match text {
        Text::Plain(text) => text.clone(),
        Text::Computed { expression } => expression.as_str().to_owned(),
        Text::Mixed { .. } => "whoever the case names".to_owned(),
    }
}

/// What stands at a way.
pub(super) fn guard(guard: &Guard) -> String {
    match guard {
        Guard::Always => String::new(),
        Guard::When(condition) => condition.as_str().to_owned(),
        Guard::Otherwise => "otherwise".to_owned(),
    }
}

/// What stands at a timer.
pub(super) fn rung(rung: &Rung) -> String {
    match rung {
        Rung::Ask(further) => format!("ask {}", party(&further.party)),
        Rung::Notify(told) => format!("tell {}", party(&told.party)),
        Rung::Raise(reason) => reason.clone(),
        Rung::To(state) => format!("to {state}"),
        Rung::Decide(decision) => decision.as_str().to_owned(),
    }
}
