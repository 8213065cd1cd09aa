//! Reasons: where a case waits when one is raised, how it comes back, and manual mode.

use super::case::{Case, Position, Raised};
use super::engine::Engine;
use super::trace::{Place, What};
use crate::plan::exception::{ExceptionRoute, Resume};
use crate::syntax::workflow::Lifecycle;

/// The route of reasons without one.
const DEFAULT: &str = "default";

impl<'p> Engine<'_, 'p> {
    /// The route of a reason.
    pub fn route_of(&self, reason: &str) -> Option<&'p ExceptionRoute> {
        let routes = &self.world.plan.exceptions;
        routes.get(reason).or_else(|| routes.get(DEFAULT))
    }

    /// Raises a reason: everything that runs is cancelled, the case waits in the queue.
    pub fn raise(&mut self, reason: &str, step: Option<&str>, message: String) {
        let Some(state) = self.case.state() else {
            return;
        };
        self.cancel_all();
        self.case.tell(What::Raised {
            reason: reason.to_owned(),
            place: Place {
                state: state.to_owned(),
                step: step.map(str::to_owned),
            },
            message,
        });
        let queue = self
            .route_of(reason)
            .and_then(|route| route.queue.as_deref());
        self.case.exceptions.push(Raised {
            reason: reason.to_owned(),
            state: state.to_owned(),
            queue: queue.unwrap_or_default().to_owned(),
            resolved_by: None,
        });
        let Some(queue) = queue else {
            self.fall_back(format!("`{reason}` has no queue"));
            return;
        };
        self.case.tell(What::Queued {
            queue: queue.to_owned(),
            reason: reason.to_owned(),
        });
        self.case.position = Position::Queued {
            reason: reason.to_owned(),
            state,
            queue,
        };
        let Some(entry) = self.world.plan.queues.get(queue) else {
            return;
        };
        if entry.shown_as != Lifecycle::New {
            self.case.promises.respond();
        }
        if entry.pauses_sla {
            self.case.promises.pause(self.world, self.case.now);
        }
    }

    /// The case leaves the automation.
    pub fn fall_back(&mut self, because: String) {
        self.cancel_all();
        let fallback = self.world.plan.fallback.as_ref();
        self.case.position = Position::Manual;
        self.case.tell(What::FellBack {
            because,
            owner: fallback.and_then(|fallback| fallback.owner.clone()),
        });
        self.case.promises.respond();
    }

    /// An exception was resolved: the case goes on.
    pub fn resume(&mut self, reason: &str, state: &'p str, to: &Resume, person: &str) {
        if let Some(raised) = self.case.exceptions.last_mut() {
            raised.resolved_by = Some(person.to_owned());
        }
        self.case.tell(What::Resolved {
            reason: reason.to_owned(),
            by: person.to_owned(),
            to: word(to).to_owned(),
        });
        self.case.promises.respond();
        self.case.promises.go_on(self.world, self.case.now);
        // From here on the case is back, so that what goes wrong is raised where it goes.
        self.case.position = Position::Working(state);
        let returns = self.case.returns.entry(reason.to_owned()).or_default();
        match to {
            Resume::Fallback => self.fall_back(format!("`{reason}` was resolved by hand")),
            Resume::Same => {
                *returns += 1;
                self.go(state);
            }
            Resume::State(target) => {
                *returns += 1;
                self.go(target);
            }
        }
    }
}

/// The ways back from a reason that are left.
pub(super) fn choices(case: &Case<'_>, reason: &str, route: &ExceptionRoute) -> Vec<Resume> {
    let returns = case.returns.get(reason).copied().unwrap_or(0);
    if returns >= route.max_returns {
        return vec![Resume::Fallback];
    }
    route.resume.clone()
}

/// The word for a way back.
pub fn word(to: &Resume) -> &str {
    match to {
        Resume::Same => "same",
        Resume::Fallback => "fallback",
        Resume::State(state) => state,
    }
}
