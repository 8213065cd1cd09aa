//! The clocks of the promise: when somebody must have looked, when the case must have ended.

use jiff::Timestamp;

use super::trace::Promise;
use super::world::World;
use crate::plan::period::{Period, Sla};

/// The clocks of one case.
#[derive(Debug, Clone, Default)]
pub(super) struct Promises {
    /// When somebody must have acted; nothing once somebody has, or once it was missed.
    pub response: Option<Timestamp>,
    /// When the case must have ended; nothing while the clock stands still, or once it was missed.
    pub resolution: Option<Timestamp>,
    /// What is left of the resolution time in seconds, while the clock stands still.
    left: Option<u64>,
    /// Seconds that ran up to the last stop.
    used: u64,
    /// Since when the clock runs.
    running: Option<Timestamp>,
}

fn calendar(sla: &Sla) -> Option<&str> {
    let period = sla.resolution.as_ref().or(sla.response.as_ref())?;
    period.calendar.as_deref()
}

impl Promises {
    /// Starts both clocks.
    pub fn start(world: &World<'_>, now: Timestamp) -> Self {
        let sla = world.plan.sla.as_ref();
        let due = |period: Option<&Period>| period.map(|period| world.after(now, period));
        Promises {
            response: due(sla.and_then(|sla| sla.response.as_ref())),
            resolution: due(sla.and_then(|sla| sla.resolution.as_ref())),
            left: None,
            used: 0,
            running: Some(now),
        }
    }

    /// Somebody has looked at the case.
    pub fn respond(&mut self) {
        self.response = None;
    }

    /// The resolution clock stands still.
    pub fn pause(&mut self, world: &World<'_>, now: Timestamp) {
        let calendar = world.plan.sla.as_ref().and_then(calendar);
        if let Some(since) = self.running.take() {
            self.used += world.between(calendar, since, now);
        }
        if let Some(due) = self.resolution.take() {
            self.left = Some(world.between(calendar, now, due));
        }
    }

    /// The resolution clock goes on.
    pub fn go_on(&mut self, world: &World<'_>, now: Timestamp) {
        if self.running.is_some() {
            return;
        }
        self.running = Some(now);
        let calendar = world.plan.sla.as_ref().and_then(calendar);
        if let Some(left) = self.left.take() {
            let period = Period {
                weeks: 0,
                days: 0,
                seconds: left,
                calendar: calendar.map(str::to_owned),
            };
            self.resolution = Some(world.after(now, &period));
        }
    }

    /// The case has ended, or is led by people: nothing ticks any more.
    pub fn stop(&mut self, world: &World<'_>, now: Timestamp) {
        self.pause(world, now);
        *self = Promises {
            used: self.used,
            ..Promises::default()
        };
    }

    /// The seconds of the promise that are used up, pauses left out.
    pub fn used(&self, world: &World<'_>, now: Timestamp) -> u64 {
        let calendar = world.plan.sla.as_ref().and_then(calendar);
        let running = self
            .running
            .map(|since| world.between(calendar, since, now));
        self.used + running.unwrap_or(0)
    }

    /// The next promise that is missed, and when.
    pub fn next(&self) -> Option<(Timestamp, Promise)> {
        let response = self.response.map(|due| (due, Promise::Response));
        let resolution = self.resolution.map(|due| (due, Promise::Resolution));
        response.into_iter().chain(resolution).min()
    }

    /// The promise was missed.
    pub fn missed(&mut self, promise: Promise) {
        match promise {
            Promise::Response => self.response = None,
            Promise::Resolution => self.resolution = None,
        }
    }
}
