//! Small random workflows: as YAML for the rules, and as a list of moves for brute force.

use std::collections::BTreeSet;

use proptest::prelude::*;

/// When something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Flag,
    NoFlag,
    /// Nothing is known about it, and it is different every time.
    Free,
}

impl Condition {
    fn text(self) -> &'static str {
        match self {
            Condition::Flag => "input.flag",
            Condition::NoFlag => "\"!input.flag\"",
            Condition::Free => "case.exceptions.size() == 0",
        }
    }

    fn can_be(self, holds: bool, flag: Option<bool>) -> bool {
        match (self, flag) {
            (Condition::Flag, Some(flag)) => flag == holds,
            (Condition::NoFlag, Some(flag)) => flag != holds,
            (Condition::Free, _) | (_, None) => true,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Work {
    Approve,
    /// Approves by itself when a field of the input is true.
    WeakApprove,
    Write,
    Idle,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub work: Work,
    pub condition: Option<Condition>,
    pub raises: Option<usize>,
    /// Where an error of the call moves the case.
    pub jumps: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    InOrder,
    AllBranches,
    AnyBranch,
}

#[derive(Debug, Clone)]
pub enum Exit {
    End,
    To(usize),
    Choice(Vec<(Condition, usize)>, usize),
}

#[derive(Debug, Clone)]
pub struct State {
    pub steps: Vec<Step>,
    pub shape: Shape,
    pub exit: Exit,
    pub max_visits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    Same,
    Fallback,
    State(usize),
}

#[derive(Debug, Clone)]
pub struct Workflow {
    pub states: Vec<State>,
    pub reasons: Vec<Vec<Resume>>,
    /// Whether cases come back only so often.
    pub limited_returns: bool,
}

/// A place in the life of a case; of branches, the mask says which are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    State(usize),
    Before(usize, usize),
    Doing(usize, usize),
    Branches(usize, u8),
    DoingBranch(usize, u8, usize),
    Leave(usize),
    Exception(usize, usize),
    Fallback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Nothing,
    Approved,
    /// The resume of a reason, by its place in the list.
    Resumed(usize, usize),
}

impl Workflow {
    /// Every move from a place, when the flag is known or not.
    pub fn moves(&self, place: Place, flag: Option<bool>) -> Vec<(Event, Place)> {
        match place {
            Place::State(state) => vec![(Event::Nothing, self.first(state))],
            Place::Before(state, step) => {
                let next = self.after(state, step);
                self.begin(state, step, Place::Doing(state, step), next, flag)
            }
            Place::Doing(state, step) => self.work(state, step, self.after(state, step)),
            Place::Branches(state, done) => self.branches(state, done, flag),
            Place::DoingBranch(state, done, step) => {
                self.work(state, step, Place::Branches(state, done | 1 << step))
            }
            Place::Leave(state) => self.leave(state, flag),
            Place::Exception(reason, state) => self.resumes(reason, state),
            Place::Fallback => Vec::new(),
        }
    }

    fn first(&self, state: usize) -> Place {
        match self.states[state].shape {
            Shape::InOrder if self.states[state].steps.is_empty() => Place::Leave(state),
            Shape::InOrder => Place::Before(state, 0),
            Shape::AllBranches | Shape::AnyBranch => Place::Branches(state, 0),
        }
    }

    fn after(&self, state: usize, step: usize) -> Place {
        if step + 1 < self.states[state].steps.len() {
            Place::Before(state, step + 1)
        } else {
            Place::Leave(state)
        }
    }

    fn begin(
        &self,
        state: usize,
        step: usize,
        doing: Place,
        next: Place,
        flag: Option<bool>,
    ) -> Vec<(Event, Place)> {
        let condition = self.states[state].steps[step].condition;
        let may = |holds| condition.is_some_and(|condition| condition.can_be(holds, flag));
        let begins = condition.is_none() || may(true);
        let done = begins.then_some((Event::Nothing, doing));
        let skipped = may(false).then_some((Event::Nothing, next));
        done.into_iter().chain(skipped).collect()
    }

    fn work(&self, state: usize, step: usize, next: Place) -> Vec<(Event, Place)> {
        let step = &self.states[state].steps[step];
        let event = match step.work {
            Work::Approve => Event::Approved,
            Work::WeakApprove | Work::Write | Work::Idle => Event::Nothing,
        };
        let raised = step.raises.map(|reason| Place::Exception(reason, state));
        let jumped = step.jumps.map(Place::State);
        let trouble = raised.into_iter().chain(jumped);
        std::iter::once((event, next))
            .chain(trouble.map(|place| (Event::Nothing, place)))
            .collect()
    }

    fn branches(&self, state: usize, done: u8, flag: Option<bool>) -> Vec<(Event, Place)> {
        let count = self.states[state].steps.len();
        let mut moves: Vec<(Event, Place)> = (0..count)
            .filter(|step| done & 1 << step == 0)
            .flat_map(|step| {
                let doing = Place::DoingBranch(state, done, step);
                self.begin(
                    state,
                    step,
                    doing,
                    Place::Branches(state, done | 1 << step),
                    flag,
                )
            })
            .collect();
        let is_joined = match self.states[state].shape {
            Shape::AnyBranch => done != 0,
            Shape::AllBranches | Shape::InOrder => usize::try_from(done.count_ones()) == Ok(count),
        };
        if is_joined {
            moves.push((Event::Nothing, Place::Leave(state)));
        }
        moves
    }

    fn leave(&self, state: usize, flag: Option<bool>) -> Vec<(Event, Place)> {
        let mut targets = Vec::new();
        match &self.states[state].exit {
            Exit::End => {}
            Exit::To(target) => targets.push(*target),
            Exit::Choice(choices, otherwise) => {
                let mut is_decided = false;
                for (condition, target) in choices {
                    if !is_decided && condition.can_be(true, flag) {
                        targets.push(*target);
                    }
                    is_decided |= !condition.can_be(false, flag);
                }
                if !is_decided {
                    targets.push(*otherwise);
                }
            }
        }
        targets
            .into_iter()
            .map(|target| (Event::Nothing, Place::State(target)))
            .collect()
    }

    fn resumes(&self, reason: usize, state: usize) -> Vec<(Event, Place)> {
        let resumes = self.reasons[reason].iter().enumerate();
        resumes
            .map(|(number, resume)| {
                let place = match resume {
                    Resume::Same => Place::State(state),
                    Resume::Fallback => Place::Fallback,
                    Resume::State(target) => Place::State(*target),
                };
                (Event::Resumed(reason, number), place)
            })
            .collect()
    }

    pub fn is_end(&self, place: Place) -> bool {
        match place {
            Place::State(state) => matches!(self.states[state].exit, Exit::End),
            Place::Fallback => true,
            Place::Before(..)
            | Place::Doing(..)
            | Place::Branches(..)
            | Place::DoingBranch(..)
            | Place::Leave(_)
            | Place::Exception(..) => false,
        }
    }

    /// Every place that a case can come to.
    pub fn reached_from(&self, start: Place) -> BTreeSet<Place> {
        let mut reached = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(place) = open.pop() {
            for (_, next) in self.moves(place, None) {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// The document, in which every state, write and resume has a line of its own that a comment
    /// names: `#s2`, `#w0.1`, `#r1.0`.
    pub fn yaml(&self) -> String {
        let mut text = String::from(
            "systems:\n  ERP:\n    operations: {post: {effect: write}}\n---\nworkflow:\n  name: small\n  risk: [finance]\n  states:\n",
        );
        for (number, state) in self.states.iter().enumerate() {
            text.push_str(&format!(
                "    s{number}: #s{number}\n      lifecycle: new\n"
            ));
            if state.max_visits {
                text.push_str("      max_visits: 3\n");
            }
            self.steps(number, &mut text);
            match &state.exit {
                Exit::End => text.push_str("      end: completed\n"),
                Exit::To(target) => text.push_str(&format!("      to: s{target}\n")),
                Exit::Choice(choices, otherwise) => {
                    text.push_str("      transitions:\n");
                    for (condition, target) in choices {
                        let when = condition.text();
                        text.push_str(&format!("        - {{to: s{target}, when: {when}}}\n"));
                    }
                    text.push_str(&format!("        - {{to: s{otherwise}, else: true}}\n"));
                }
            }
        }
        text.push_str("  exceptions:\n");
        for (number, resumes) in self.reasons.iter().enumerate() {
            text.push_str(&format!("    R{number}:\n      queue: q\n      resume:\n"));
            for (place, resume) in resumes.iter().enumerate() {
                let target = match resume {
                    Resume::Same => "same".to_owned(),
                    Resume::Fallback => "fallback".to_owned(),
                    Resume::State(state) => format!("s{state}"),
                };
                text.push_str(&format!("        - {target} #r{number}.{place}\n"));
            }
        }
        let limit = if self.limited_returns {
            ", max_returns: 3"
        } else {
            ""
        };
        text.push_str(&format!(
            "    default: {{queue: q, resume: fallback{limit}}}\n"
        ));
        text
    }

    /// True when whoever resolves the reason may end the case.
    pub fn has_way_out(&self, reason: usize) -> bool {
        self.reasons[reason].iter().any(|resume| match resume {
            Resume::Same => false,
            Resume::Fallback => true,
            Resume::State(state) => matches!(self.states[*state].exit, Exit::End),
        })
    }

    fn steps(&self, number: usize, text: &mut String) {
        let state = &self.states[number];
        if state.steps.is_empty() {
            return;
        }
        text.push_str("      steps:\n");
        let is_parallel = state.shape != Shape::InOrder;
        if is_parallel {
            let join = if state.shape == Shape::AnyBranch {
                "any"
            } else {
                "all"
            };
            text.push_str(&format!(
                "        - id: p{number}\n          parallel:\n            join: {join}\n            branches:\n"
            ));
        }
        for (place, step) in state.steps.iter().enumerate() {
            let name = format!("{number}_{place}");
            if is_parallel {
                text.push_str(&format!("              b{place}:\n"));
            }
            let indent = if is_parallel {
                "                "
            } else {
                "        "
            };
            for line in step.lines(&name) {
                text.push_str(&format!("{indent}{line}\n"));
            }
        }
    }
}

impl Step {
    fn lines(&self, name: &str) -> Vec<String> {
        let mut lines = vec![format!("- id: t{name}")];
        if let Some(condition) = self.condition {
            lines.push(format!("  if: {}", condition.text()));
        }
        let raise = self.raises.map(|reason| format!("R{reason}"));
        match self.work {
            Work::Approve | Work::WeakApprove => {
                let waiver = match self.work {
                    Work::WeakApprove => ", waive_when: input.trusted",
                    Work::Approve | Work::Write | Work::Idle => "",
                };
                let missing = raise.map_or(String::new(), |raise| {
                    format!(", missing_evidence: {raise}")
                });
                lines.push(format!(
                    "  approve: {{by: [{{role: lead}}]{waiver}{missing}}}"
                ));
            }
            Work::Write => {
                lines.push(format!("  call: ERP.post #w{}", name.replace('_', ".")));
                lines.push("  risk: finance".to_owned());
                let raise = raise.map(|raise| format!("{{error: broken, raise: {raise}}}"));
                let jump = self
                    .jumps
                    .map(|state| format!("{{error: any, to: s{state}}}"));
                let catches: Vec<String> = raise.into_iter().chain(jump).collect();
                lines.push(format!("  catch: [{}]", catches.join(", ")));
            }
            Work::Idle => match raise {
                Some(raise) => lines.push(format!("  check: [{{that: input.ok, raise: {raise}}}]")),
                None => lines.push("  notify: somebody".to_owned()),
            },
        }
        lines
    }
}

const MOST_STATES: usize = 6;

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        Just(Condition::Flag),
        Just(Condition::NoFlag),
        Just(Condition::Free)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let work = prop_oneof![
        3 => Just(Work::Approve),
        1 => Just(Work::WeakApprove),
        2 => Just(Work::Write),
        2 => Just(Work::Idle)
    ];
    (
        work,
        proptest::option::weighted(0.3, condition()),
        proptest::option::weighted(0.4, 0..3_usize),
        proptest::option::weighted(0.15, 0..MOST_STATES),
    )
        .prop_map(|(work, condition, raises, jumps)| Step {
            work,
            condition,
            raises,
            jumps: jumps.filter(|_| matches!(work, Work::Write)),
        })
}

fn state() -> impl Strategy<Value = State> {
    let shape = prop_oneof![
        4 => Just(Shape::InOrder),
        1 => Just(Shape::AllBranches),
        1 => Just(Shape::AnyBranch)
    ];
    let target = 0..MOST_STATES;
    let exit = prop_oneof![
        2 => Just(Exit::End),
        4 => target.clone().prop_map(Exit::To),
        2 => (prop::collection::vec((condition(), target.clone()), 1..3), target)
            .prop_map(|(choices, otherwise)| Exit::Choice(choices, otherwise)),
    ];
    (
        prop::collection::vec(step(), 0..3),
        shape,
        exit,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(steps, shape, exit, max_visits)| {
            let ends = matches!(exit, Exit::End);
            let steps = if ends { Vec::new() } else { steps };
            let shape = if steps.len() < 2 {
                Shape::InOrder
            } else {
                shape
            };
            State {
                steps,
                shape,
                exit,
                max_visits,
            }
        })
}

fn resume() -> impl Strategy<Value = Resume> {
    prop_oneof![
        2 => Just(Resume::Same),
        1 => Just(Resume::Fallback),
        3 => (0..MOST_STATES).prop_map(Resume::State),
    ]
}

/// Workflows of up to six states; targets beyond the last state are taken round.
pub fn workflow() -> impl Strategy<Value = Workflow> {
    (
        prop::collection::vec(state(), 2..=MOST_STATES),
        prop::collection::vec(prop::collection::vec(resume(), 1..3), 3),
        any::<bool>(),
    )
        .prop_map(|(mut states, mut reasons, limited_returns)| {
            let count = states.len();
            for state in &mut states {
                for step in &mut state.steps {
                    step.jumps = step.jumps.map(|target| target % count);
                }
                match &mut state.exit {
                    Exit::End => {}
                    Exit::To(target) => *target %= count,
                    Exit::Choice(choices, otherwise) => {
                        *otherwise %= count;
                        for (_, target) in choices {
                            *target %= count;
                        }
                    }
                }
            }
            for resume in reasons.iter_mut().flatten() {
                if let Resume::State(target) = resume {
                    *target %= count;
                }
            }
            Workflow {
                states,
                reasons,
                limited_returns,
            }
        })
}
