//! The rules about scenarios: what cannot be played, what goes another way, what none reaches.

use crate::declare_meta;
use crate::rule::{DefaultLevel, ERROR, Meta};

declare_meta! {
    /// Finds scenarios that cannot be played as they are written: a step, state or reason that
    /// the workflow does not have, a file that is missing or holds no JSON, an action that says
    /// nothing or two things at once.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: a room is booked
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}}
    ///       do: [{at: boook, complete: tom.okafor}]
    ///       expect: {path: [new, done]}
    /// ```
    ///
    /// ```yaml,good
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: a room is booked
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}, steps: {book: {ticket_id: T-1, ticket_state: closed}}}
    ///       do: [{at: book, complete: tom.okafor}]
    ///       expect: {path: [new, done]}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Take the suggested name, or write what the message asks for.
    pub static INVALID_SCENARIO = {
        id: "invalid-scenario",
        summary: "a scenario that cannot be played",
        why: "a test that is skipped silently is worse than no test: everybody believes in it",
        family: Reliability,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds scenarios whose case goes another way than expected. `flowgate test` plays them;
    /// `flowgate check` does not.
    ///
    /// The finding marks the expectation that was not met, says what happened instead, and why the
    /// case left the expected path: the guard or check with the values that it read, or what the
    /// case still waits for.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: nobody books the room
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}}
    ///       do: [{wait: 6h}]
    ///       expect: {path: [new, done], end: completed}
    /// ```
    ///
    /// ```yaml,good
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: nobody books the room
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}}
    ///       do: [{wait: 6h}]
    ///       expect: {path: [new], raises: TIMEOUT, queue: facilities-exceptions}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// When the workflow is right, correct the expectation. When the scenario is right, correct the
    /// workflow. `flowgate test --format json` has the whole trace of a case that failed.
    pub static SCENARIO_FAILED = {
        id: "scenario-failed",
        summary: "a scenario whose case goes another way",
        why: "the workflow does something else than what was agreed on",
        family: Reliability,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds states, transitions, reason codes and timers that no scenario reaches. The scenarios
    /// of a workflow are played; what none of them has entered, taken, raised or let pass is
    /// untested. Timers are the rungs of the ladders of people and states: the limits of attempts
    /// of systems end in errors, which have reason codes. Workflows that cannot be compiled are
    /// not judged, nor are drafts; a workflow without any scenario is a fault from stage 3 on.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: a room is asked for
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}}
    ///       expect: {path: [new]}
    /// ```
    ///
    /// ```yaml,good
    /// scenarios:
    ///   workflow: room-booking
    ///   cases:
    ///     - name: a room is booked
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}, steps: {book: {ticket_id: T-1, ticket_state: closed}}}
    ///       do: [{at: book, complete: tom.okafor}]
    ///       expect: {path: [new, done], end: completed}
    ///     - name: nobody books the room
    ///       given: {input: {room: Blue, date: "2026-03-04", setup: theatre}}
    ///       do: [{wait: 6h}]
    ///       expect: {path: [new], raises: TIMEOUT}
    /// ```
    ///
    /// ## How to mend it
    ///
    /// Add a scenario that reaches the part; `flowgate test` lists all that is missing, and
    /// `flowgate test --coverage DIR` draws it.
    pub static SCENARIO_GAP = {
        id: "scenario-gap",
        summary: "a state, transition, reason or timer that no scenario reaches",
        why: "what no scenario reaches is tried out for the first time with a real case",
        family: Reliability,
        level: DefaultLevel::ErrorFrom(3),
        since: "0.1.0",
    }
}

/// The rules about scenarios, in reference order.
pub static RULES: &[&Meta] = &[&INVALID_SCENARIO, &SCENARIO_FAILED, &SCENARIO_GAP];
