//! A trace for people: one line for each thing that happened, with its time.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::run::trace::{Addressed, Entry, Pause, Place, Promise, Role, What};

/// The line of an entry: the time of day in a time zone, and what happened.
pub fn line(entry: &Entry, zone: &TimeZone) -> String {
    let at = entry.at.to_zoned(zone.clone());
    format!(
        "{}  {}",
        at.strftime("%Y-%m-%d %H:%M:%S"),
        words(&entry.what)
    )
}

/// What happened, in words.
fn words(what: &What) -> String {
    match what {
        What::Arrived { trigger, .. } => match trigger {
            Some(trigger) => format!("the case begins, by trigger {}", trigger + 1),
            None => "the case begins".to_owned(),
        },
        What::TurnedAway { because } => format!("no case begins: {because}"),
        What::Entered { state, visit: 1 } => format!("→ {state}"),
        What::Entered { state, visit } => format!("→ {state} (visit {visit})"),
        What::Raised {
            reason,
            place,
            message,
        } => format!("! {reason} at {}: {message}", at(place)),
        What::FellBack { because, owner } => match owner {
            Some(owner) => format!("! manual mode, led by {owner}: {because}"),
            None => format!("! manual mode: {because}"),
        },
        What::PromiseMissed { promise } => match promise {
            Promise::Response => "! the promised response is missed".to_owned(),
            Promise::Resolution => "! the promised resolution is missed".to_owned(),
        },
        What::Ended { end, outputs } if outputs.is_null() => format!("■ {}", end.as_str()),
        What::Ended { end, outputs } => format!("■ {}: {outputs}", end.as_str()),
        What::Refused { message, .. } => format!("✗ refused: {message}"),
        What::Stopped { limit } => format!("! stopped after {limit}"),
        What::Attempted { .. }
        | What::Answered { .. }
        | What::AttemptFailed { .. }
        | What::Caught { .. }
        | What::Undone { .. } => format!("  {}", of_a_request(what)),
        What::Guarded { .. }
        | What::Held { .. }
        | What::Moved { .. }
        | What::Queued { .. }
        | What::Corrected { .. }
        | What::Resolved { .. }
        | What::Proved { .. }
        | What::TimerFired { .. }
        | What::Told { .. } => format!("  {}", of_a_way(what)),
        What::Begun { .. }
        | What::Skipped { .. }
        | What::Routed { .. }
        | What::Asked { .. }
        | What::Voted { .. }
        | What::Decided { .. }
        | What::Waiting { .. }
        | What::Elapsed { .. }
        | What::Received { .. }
        | What::Done { .. }
        | What::Cancelled { .. } => format!("  {}", of_a_step(what)),
    }
}

/// How a case gets on between steps.
fn of_a_way(what: &What) -> String {
    if let What::Guarded { guard, held, .. } = what {
        return format!("`{guard}` is {held}");
    }
    if let What::Held { missing, .. } = what {
        return if missing.is_empty() {
            "somebody has to move the case".to_owned()
        } else {
            format!("the case waits for {}", listed(missing))
        };
    }
    if let What::Moved { by, .. } = what {
        return format!("{by} moves the case");
    }
    if let What::Queued { queue, .. } = what {
        return format!("waits in {queue}");
    }
    if let What::Corrected { by, fields } = what {
        return format!("{by} gives {}", listed(fields));
    }
    if let What::Resolved { by, to, .. } = what {
        return format!("{by} resolves it: {to}");
    }
    if let What::Proved { from, that, holds } = what {
        return format!("{from}: `{that}` is {holds}");
    }
    if let What::TimerFired { place, rung } = what {
        return match rung {
            Some(rung) => format!("time is up at {} (rung {})", at(place), rung + 1),
            None => format!("time is up for the attempt of {}", at(place)),
        };
    }
    if let What::Told { people, .. } = what {
        return format!("told: {}", listed(people));
    }
    String::new()
}

/// What systems were asked, and what they answered.
fn of_a_request(what: &What) -> String {
    if let What::Attempted {
        step,
        item,
        attempt,
        to,
        with,
        ..
    } = what
    {
        let with = if with.is_null() {
            String::new()
        } else {
            format!(" with {with}")
        };
        return format!("{step}{} asks {to}, attempt {attempt}{with}", of(*item));
    }
    if let What::Answered { step, item, .. } = what {
        return format!("{step}{} is answered", of(*item));
    }
    if let What::AttemptFailed {
        step,
        item,
        attempt,
        error,
        pause,
        ..
    } = what
    {
        let pause = pause.map_or_else(String::new, pausing);
        return format!(
            "{step}{}: attempt {attempt} fails, {error}{pause}",
            of(*item)
        );
    }
    if let What::Caught { step, error, by } = what {
        return if error == by {
            format!("{step}: {error} is caught")
        } else {
            format!("{step}: {error} is caught as {by}")
        };
    }
    if let What::Undone { step, operation } = what {
        return format!("{step} is undone by {operation}");
    }
    String::new()
}

/// What happened to a step and to the people who work on it.
fn of_a_step(what: &What) -> String {
    if let What::Begun { step, item } = what {
        return format!("{step}{} begins", of(*item));
    }
    if let What::Skipped { step, condition } = what {
        return format!("{step} is skipped: `{condition}` is false");
    }
    if let What::Routed { step, rows } = what {
        let rows: Vec<String> = rows.iter().map(|row| (row + 1).to_string()).collect();
        return format!("{step} takes row {}", rows.join(", "));
    }
    if let What::Asked { step, people, .. } = what {
        return format!("{step} is for {}", addressed(people));
    }
    if let What::Voted {
        step,
        person,
        agrees,
        ..
    } = what
    {
        let verb = if *agrees { "approves" } else { "rejects" };
        return format!("{person} {verb} {step}");
    }
    if let What::Decided {
        step,
        decision,
        because,
        ..
    } = what
    {
        let because = because.as_ref().map(|because| format!(": {because}"));
        return format!("{step} is {decision}{}", because.unwrap_or_default());
    }
    if let What::Waiting { step, until } = what {
        return format!("{step} waits for {until}");
    }
    if let What::Elapsed { step } = what {
        return format!("{step}: the moment has come");
    }
    if let What::Received { step, event } = what {
        return format!("{step} receives {event}");
    }
    if let What::Done { step, by, result } = what {
        let by = by
            .as_ref()
            .map(|by| format!(" by {by}"))
            .unwrap_or_default();
        let result = Some(result).filter(|result| !result.is_null());
        let result = result
            .map(|result| format!(": {result}"))
            .unwrap_or_default();
        return format!("{step} is done{by}{result}");
    }
    if let What::Cancelled { step } = what {
        return format!("{step} is cancelled");
    }
    String::new()
}

fn of(item: Option<usize>) -> String {
    item.map_or_else(String::new, |item| format!(" (item {})", item + 1))
}

fn at(place: &Place) -> &str {
    place.step.as_ref().unwrap_or(&place.state)
}

fn pausing(pause: Pause) -> String {
    if pause.least == pause.most {
        format!("; again in {} s", pause.most)
    } else {
        format!("; again in {} to {} s", pause.least, pause.most)
    }
}

fn listed(words: &BTreeSet<String>) -> String {
    words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

fn addressed(people: &[Addressed]) -> String {
    if people.is_empty() {
        return "anybody".to_owned();
    }
    let people: Vec<String> = people
        .iter()
        .map(|addressed| match &addressed.role {
            Role::Own => addressed.person.clone(),
            Role::Delegate { of } => format!("{} (for {of})", addressed.person),
            Role::Rung { .. } => format!("{} (asked since time ran out)", addressed.person),
        })
        .collect();
    people.join(", ")
}
