//! Scenarios: a case of a `scenarios:` document is prepared, played on the interpreter with stubs
//! in the place of systems and people, and compared with what it expects.
//!
//! The clock is virtual. Systems answer at once; only pauses between attempts and attempts that
//! nobody answers take time on their own, everything else waits until the scenario says so.

mod judge;
mod prepare;
pub mod replay;
mod script;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::event::{Event, Refusal, WaitingFor};
use super::{Arrival, World, apply, start};
use crate::expr::{Record, Value};
use crate::plan::step::{Step, TIMEOUT_ERROR, Work};
pub use judge::{Failure, Judged, judge, path};
pub use prepare::{blank, prepare};
use replay::Happened;
pub use script::{Act, Answer, Performed, Script, Stub};
pub use write::written;

/// A scenario that was played to its end.
#[derive(Debug, Clone)]
pub struct Played<'p> {
    /// The case as it is at the end, with its trace.
    pub case: Case<'p>,
    /// The actions that were refused, by their number.
    pub refused: Vec<(usize, Refusal)>,
    /// A step that was asked for although the scenario gives no answer for it.
    pub unanswered: Option<String>,
    /// Everything that was done to the case, in order.
    pub events: Vec<Happened>,
}

/// Plays a script.
pub fn play<'p>(world: &World<'p>, script: &Script) -> Played<'p> {
    let arrival = Arrival {
        trigger: script.trigger,
        input: script.input.clone(),
        id: script.id.clone(),
        requester: script.requester.clone(),
        at: script.at,
    };
    let case = start(world, arrival);
    let mut player = Player {
        world,
        script,
        steps: steps_of(world),
        played: Played {
            case,
            refused: Vec::new(),
            unanswered: None,
            events: Vec::new(),
        },
        failing: BTreeMap::new(),
        asked: BTreeMap::new(),
        silent: BTreeSet::new(),
        next: 0,
        acting: None,
    };
    player.expect_failures();
    player.settle();
    while let Some(performed) = script.actions.get(player.next) {
        if player.played.unanswered.is_some() {
            break;
        }
        let number = player.next;
        player.next += 1;
        player.acting = Some(number);
        let done = player.act(&performed.act);
        player.acting = None;
        if let Err(refusal) = done {
            player.played.refused.push((number, refusal));
        }
        player.settle();
    }
    player.played
}

fn steps_of<'p>(world: &World<'p>) -> BTreeMap<&'p str, &'p Step> {
    let states = world.plan.states.values();
    let steps = states.flat_map(crate::plan::state::State::all_steps);
    steps.map(|step| (step.id.as_str(), step)).collect()
}

/// An error that answers the next requests of a step.
struct Failing {
    error: String,
    /// How many attempts fail; all of the next execution when absent.
    left: Option<u32>,
    has_begun: bool,
}

struct Player<'w, 'p> {
    world: &'w World<'p>,
    script: &'w Script,
    steps: BTreeMap<&'p str, &'p Step>,
    played: Played<'p>,
    failing: BTreeMap<String, Failing>,
    /// How often each step was asked for.
    asked: BTreeMap<String, usize>,
    /// The attempts that nobody answers, by piece of work.
    silent: BTreeSet<(u32, u32)>,
    /// The number of the next action.
    next: usize,
    /// The number of the action that is done now; none while systems answer.
    acting: Option<usize>,
}

/// How a request is answered.
enum Reply {
    Now(Result<Value, String>),
    /// Nobody answers, so that the time of the attempt passes.
    Never,
    /// The scenario does not say.
    Unknown,
}

impl<'p> Player<'_, 'p> {
    fn apply(&mut self, event: &Event) -> Result<(), Refusal> {
        let case = &mut self.played.case;
        let mut happened = Happened::before(case, event, self.acting);
        let done = apply(self.world, case, event);
        happened.refused = done.as_ref().err().map(replay::Refused::from);
        self.played.events.push(happened);
        done
    }

    /// Failures that stand before everything else are there when the case begins.
    fn expect_failures(&mut self) {
        while let Some(performed) = self.script.actions.get(self.next) {
            let Act::Fail { step, error, times } = &performed.act else {
                return;
            };
            self.fail(step, error, *times);
            self.next += 1;
        }
    }

    fn fail(&mut self, step: &str, error: &str, times: Option<u32>) {
        let failing = Failing {
            error: error.to_owned(),
            left: times,
            has_begun: false,
        };
        self.failing.insert(step.to_owned(), failing);
    }

    /// Lets systems answer until only people, events and time are waited for.
    fn settle(&mut self) {
        while self.played.unanswered.is_none() && (self.answer_one() || self.wait_for_machines()) {}
    }

    /// Answers one request; false when there is none that is answered now.
    fn answer_one(&mut self) -> bool {
        for waiting in self.played.case.waiting() {
            let (activity, step) = (waiting.activity, waiting.step.as_str());
            let reply = match &waiting.wanted {
                WaitingFor::Answer(request) => {
                    let attempt = (activity, request.attempt);
                    if self.silent.contains(&attempt) {
                        continue;
                    }
                    let reply = self.reply(step, request.attempt);
                    if matches!(reply, Reply::Never) {
                        self.silent.insert(attempt);
                        let silence = Happened::silence(&self.played.case, activity);
                        self.played.events.push(silence);
                    }
                    reply
                }
                WaitingFor::Undoing { attempt, .. } => self.undo_reply(step, *attempt),
                WaitingFor::Evidence(wanted) => {
                    let evidence = self.evidence(step, wanted);
                    let event = Event::Attached { activity, evidence };
                    return self.apply(&event).is_ok();
                }
                WaitingFor::Task(_)
                | WaitingFor::Decision(_)
                | WaitingFor::Time(_)
                | WaitingFor::Event(_) => continue,
            };
            match reply {
                Reply::Now(answer) => {
                    let event = Event::Answered { activity, answer };
                    return self.apply(&event).is_ok();
                }
                Reply::Never => {}
                Reply::Unknown => {
                    self.played.unanswered = Some(step.to_owned());
                    return false;
                }
            }
        }
        false
    }

    /// Lets the time pass that systems need; false when nothing waits for them.
    fn wait_for_machines(&mut self) -> bool {
        let Some(due) = self.played.case.next_machine_timer() else {
            return false;
        };
        self.apply(&Event::Passed(due)).is_ok()
    }

    fn reply(&mut self, step: &str, attempt: u32) -> Reply {
        if let Some(error) = self.failure(step, attempt) {
            return self.error(step, error);
        }
        let asked = self.asked.entry(step.to_owned()).or_default();
        let number = *asked;
        *asked += 1;
        let answer = self
            .script
            .stubs
            .get(step)
            .and_then(|stub| stub.answer(number));
        match answer {
            Some(Answer::Result(value)) => Reply::Now(Ok(value.clone())),
            Some(Answer::Error(error)) => {
                let error = error.clone();
                self.error(step, error)
            }
            None => self.unstubbed(step),
        }
    }

    /// Messages need no answer, nor does a call whose result nothing promises.
    fn unstubbed(&self, step: &str) -> Reply {
        let Some(step) = self.steps.get(step) else {
            return Reply::Unknown;
        };
        match &step.work {
            Work::Notify(_) | Work::Emit(_) => Reply::Now(Ok(Value::Null)),
            Work::Call(_) if step.returns.is_none() => Reply::Now(Ok(Value::Null)),
            Work::Run(_) if step.returns.is_none() => Reply::Now(Ok(Record::new().into())),
            Work::Call(_)
            | Work::Run(_)
            | Work::Check(_)
            | Work::Match(_)
            | Work::Route(_)
            | Work::Task(_)
            | Work::Approve(_)
            | Work::Wait(_)
            | Work::Parallel(_)
            | Work::ForEach(_) => Reply::Unknown,
        }
    }

    fn error(&self, step: &str, error: String) -> Reply {
        let has_limit = self
            .steps
            .get(step)
            .is_some_and(|step| step.timeout.is_some());
        if error == TIMEOUT_ERROR && has_limit {
            Reply::Never
        } else {
            Reply::Now(Err(error))
        }
    }

    fn undo_reply(&mut self, step: &str, attempt: u32) -> Reply {
        match self.failure(step, attempt) {
            Some(error) => Reply::Now(Err(error)),
            None => Reply::Now(Ok(Value::Null)),
        }
    }

    /// The error that was ordered for this attempt.
    fn failure(&mut self, step: &str, attempt: u32) -> Option<String> {
        let failing = self.failing.get_mut(step)?;
        let is_over = match failing.left {
            Some(left) => left == 0,
            None => failing.has_begun && attempt == 1,
        };
        if is_over {
            self.failing.remove(step);
            return None;
        }
        failing.has_begun = true;
        failing.left = failing.left.map(|left| left.saturating_sub(1));
        Some(failing.error.clone())
    }

    /// What is attached when an approval begins: what the next decision about it says, else what
    /// the scenario gives, else everything.
    fn evidence(&self, step: &str, wanted: &BTreeSet<String>) -> BTreeSet<String> {
        let coming = self.script.actions.iter().skip(self.next);
        let mut decisions = coming.filter_map(|performed| performed.act.evidence_for(step));
        let told = decisions.next().flatten();
        told.or_else(|| self.script.evidence.get(step))
            .unwrap_or(wanted)
            .clone()
    }

    fn act(&mut self, act: &Act) -> Result<(), Refusal> {
        if let Act::Fail { step, error, times } = act {
            self.fail(step, error, *times);
            return Ok(());
        }
        if let Act::Decide { step, evidence, .. } = act
            && evidence.is_some()
            && self.was_refused_for_evidence(step)
        {
            return Ok(());
        }
        let event = match act.clone() {
            Act::Wait(length) => Event::Passed(self.world.later(self.played.case.now, length)),
            Act::Fail { .. } => return Ok(()),
            Act::Complete {
                step,
                person,
                with,
                evidence,
            } => Event::Completed {
                result: self.given(&step, with.as_ref()),
                evidence: evidence.unwrap_or_else(|| self.wanted_evidence(&step)),
                step,
                person,
            },
            Act::Decide {
                step,
                person,
                agrees,
                data,
                ..
            } => Event::Decided {
                step,
                person,
                agrees,
                data,
            },
            Act::Resolve {
                queue,
                person,
                to,
                data,
            } => Event::Resolved {
                queue,
                person,
                to,
                data,
            },
            Act::Move { person, to, data } => Event::Moved { person, to, data },
            Act::Close { person, end } => Event::Closed { person, end },
            Act::Arrive { name, step, with } => Event::Arrived {
                data: match step {
                    Some(step) => self.given(&step, with.as_ref()),
                    None => self.awaited(&name, with.as_ref()),
                },
                name,
            },
        };
        self.apply(&event)
    }

    /// The data of a task or an event: what comes with the action, over what the scenario gives.
    fn given(&mut self, step: &str, with: Option<&Record>) -> Value {
        let asked = self.asked.entry(step.to_owned()).or_default();
        let number = *asked;
        *asked += 1;
        let stub = self
            .script
            .stubs
            .get(step)
            .and_then(|stub| stub.answer(number));
        let stub = match stub {
            Some(Answer::Result(value)) => value.clone(),
            Some(Answer::Error(_)) | None => Record::new().into(),
        };
        match (stub, with) {
            (Value::Map(fields), Some(with)) => {
                let mut fields = fields.as_ref().clone();
                fields.extend(
                    with.iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
                fields.into()
            }
            (_, Some(with)) => with.clone().into(),
            (stub, None) => stub,
        }
    }

    /// The data of an event, from the step that waits for it.
    fn awaited(&mut self, name: &str, with: Option<&Record>) -> Value {
        let wanted = WaitingFor::Event(name.to_owned());
        let mut waiting = self.played.case.waiting().into_iter();
        match waiting.find(|waiting| waiting.wanted == wanted) {
            Some(waiting) => self.given(&waiting.step, with),
            None => with.cloned().unwrap_or_default().into(),
        }
    }

    fn wanted_evidence(&self, step: &str) -> BTreeSet<String> {
        self.steps
            .get(step)
            .map_or_else(BTreeSet::new, |step| step.evidence.clone())
    }

    /// Whether the evidence that comes with a decision was why nobody was asked for it.
    fn was_refused_for_evidence(&self, step: &str) -> bool {
        let Some(Work::Approve(approval)) = self.steps.get(step).map(|step| &step.work) else {
            return false;
        };
        let raised = approval.missing_evidence.as_deref();
        let last = self.played.case.exceptions.last();
        last.is_some_and(|last| Some(last.reason.as_str()) == raised && last.resolved_by.is_none())
    }
}
