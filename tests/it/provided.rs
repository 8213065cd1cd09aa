//! What a case has when something is read, against brute force on small random workflows: every
//! outcome of every step with every set of data that a case can have by then.
//!
//! Conditions may come out either way each time, and data that was provided stays; so a reading is
//! wrong when some path comes to it without the data.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flowgate::check;
use flowgate::model::Surroundings;
use flowgate::source::Sources;
use proptest::prelude::*;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);
const STATES: usize = 4;

/// Results of tasks by their number; the optional field of the input comes first.
type Facts = u64;
const INPUT: usize = 0;

#[derive(Debug, Clone)]
enum Item {
    /// A task, perhaps with a condition, a reason that is raised too late, and a state that a timeout
    /// leads to.
    Task {
        number: usize,
        conditional: bool,
        raises: Option<usize>,
        jumps: Option<usize>,
    },
    /// Raises a reason where the optional field is absent.
    Ask(usize),
    Read {
        number: usize,
        what: usize,
    },
    Parallel(bool, Vec<Vec<Item>>),
    Each(Vec<Item>),
}

#[derive(Debug, Clone)]
struct Guard {
    number: usize,
    /// The optional field is asked for, or a result is read.
    what: usize,
    target: usize,
}

#[derive(Debug, Clone)]
enum Exit {
    End,
    To(usize),
    Choice(Vec<Guard>, usize),
}

#[derive(Debug, Clone)]
struct Workflow {
    states: Vec<(Vec<Item>, Exit)>,
    /// For every reason the states that it comes back to; nothing stands for the same state.
    reasons: Vec<Vec<Option<usize>>>,
    /// How many tasks and readings there are.
    tasks: usize,
    readings: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done,
    Raised(usize),
    Jumped(usize),
}

type Outcomes = BTreeSet<(Outcome, Facts)>;

/// Goes through a workflow with every set of data.
struct Brute<'w> {
    workflow: &'w Workflow,
    wrong: BTreeSet<usize>,
}

impl Brute<'_> {
    fn wrong(workflow: &Workflow) -> BTreeSet<usize> {
        let mut brute = Brute {
            workflow,
            wrong: BTreeSet::new(),
        };
        let mut seen: BTreeSet<(usize, Facts)> = BTreeSet::from([(0, 0)]);
        let mut open = vec![(0, 0)];
        while let Some((state, facts)) = open.pop() {
            for (outcome, facts) in brute.all(&workflow.states[state].0, facts) {
                let next = match outcome {
                    Outcome::Done => brute.leave(state, facts),
                    Outcome::Jumped(target) => vec![(target, facts)],
                    Outcome::Raised(reason) => {
                        let back = workflow.reasons[reason].iter();
                        back.map(|target| (target.unwrap_or(state), facts))
                            .collect()
                    }
                };
                open.extend(next.into_iter().filter(|next| seen.insert(*next)));
            }
        }
        brute.wrong
    }

    fn read(&mut self, number: usize, what: usize, facts: Facts) {
        if facts & 1 << what == 0 {
            self.wrong.insert(number);
        }
    }

    fn leave(&mut self, state: usize, facts: Facts) -> Vec<(usize, Facts)> {
        match &self.workflow.states[state].1 {
            Exit::End => Vec::new(),
            Exit::To(target) => vec![(*target, facts)],
            Exit::Choice(guards, otherwise) => {
                let mut next = vec![(*otherwise, facts)];
                for guard in guards {
                    if guard.what == INPUT {
                        next.push((guard.target, facts | 1 << INPUT));
                    } else {
                        self.read(guard.number, guard.what, facts);
                        next.push((guard.target, facts));
                    }
                }
                next
            }
        }
    }

    fn all(&mut self, items: &[Item], facts: Facts) -> Outcomes {
        let mut outcomes = Outcomes::from([(Outcome::Done, facts)]);
        for item in items {
            let before = std::mem::take(&mut outcomes);
            for (outcome, facts) in before {
                match outcome {
                    Outcome::Done => outcomes.extend(self.one(item, facts)),
                    Outcome::Raised(_) | Outcome::Jumped(_) => {
                        outcomes.insert((outcome, facts));
                    }
                }
            }
        }
        outcomes
    }

    fn one(&mut self, item: &Item, facts: Facts) -> Outcomes {
        match item {
            Item::Task {
                number,
                conditional,
                raises,
                jumps,
            } => {
                let mut outcomes = Outcomes::from([(Outcome::Done, facts | 1 << number)]);
                if *conditional {
                    outcomes.insert((Outcome::Done, facts));
                }
                outcomes.extend(raises.map(|reason| (Outcome::Raised(reason), facts)));
                outcomes.extend(jumps.map(|target| (Outcome::Jumped(target), facts)));
                outcomes
            }
            Item::Ask(reason) => Outcomes::from([
                (Outcome::Done, facts | 1 << INPUT),
                (Outcome::Raised(*reason), facts),
            ]),
            Item::Read { number, what } => {
                self.read(*number, *what, facts);
                Outcomes::from([(Outcome::Done, facts)])
            }
            Item::Each(items) => {
                let mut outcomes = self.all(items, facts);
                outcomes.insert((Outcome::Done, facts));
                outcomes
            }
            Item::Parallel(any, branches) => self.branches(*any, branches, facts),
        }
    }

    /// What goes wrong in a branch leaves while the others may not have begun. Of branches of which
    /// any is enough, the others may have brought nothing.
    fn branches(&mut self, any: bool, branches: &[Vec<Item>], facts: Facts) -> Outcomes {
        let mut joined: BTreeSet<Facts> = BTreeSet::from([facts]);
        let mut outcomes = Outcomes::new();
        for branch in branches {
            let (done, trouble): (Outcomes, Outcomes) = self
                .all(branch, facts)
                .into_iter()
                .partition(|(outcome, _)| *outcome == Outcome::Done);
            outcomes.extend(trouble);
            if any {
                outcomes.extend(done);
            } else {
                joined = joined
                    .iter()
                    .flat_map(|one| done.iter().map(move |(_, other)| one | other))
                    .collect();
            }
        }
        if !any {
            outcomes.extend(joined.into_iter().map(|facts| (Outcome::Done, facts)));
        }
        outcomes
    }
}

impl Workflow {
    /// The document; every reading has a line of its own that ends in its number.
    fn yaml(&self) -> String {
        let mut text = String::from(
            "contract:\n  name: r.v1\n  producer: S\n  schema: {v: string}\n---\nworkflow:\n  name: small\n  trigger: {form: f, input: {a: string?, list: {type: list, items: string, required: true}}}\n  states:\n",
        );
        for (number, (items, exit)) in self.states.iter().enumerate() {
            writeln!(text, "    s{number}:\n      lifecycle: new").unwrap();
            if !items.is_empty() {
                writeln!(text, "      steps:").unwrap();
                let mut group = number * 100;
                write_items(items, 8, &mut group, &mut text);
            }
            match exit {
                Exit::End => writeln!(text, "      end: completed").unwrap(),
                Exit::To(target) => writeln!(text, "      to: s{target}").unwrap(),
                Exit::Choice(guards, otherwise) => {
                    writeln!(text, "      transitions:").unwrap();
                    for guard in guards {
                        let (target, when) = (guard.target, condition(guard.what));
                        writeln!(
                            text,
                            "        - {{to: s{target}, when: {when}}} #{}",
                            guard.number
                        )
                        .unwrap();
                    }
                    writeln!(text, "        - {{to: s{otherwise}, else: true}}").unwrap();
                }
            }
        }
        text.push_str("  exceptions:\n");
        for (number, back) in self.reasons.iter().enumerate() {
            let back: Vec<String> = back
                .iter()
                .map(|target| target.map_or("same".to_owned(), |target| format!("s{target}")))
                .collect();
            writeln!(
                text,
                "    R{number}: {{queue: q, resume: [{}]}}",
                back.join(", ")
            )
            .unwrap();
        }
        text.push_str("    default: {queue: q, resume: fallback, max_returns: 3}\n");
        text
    }
}

fn condition(what: usize) -> String {
    if what == INPUT {
        "has(input.a)".to_owned()
    } else {
        format!("steps.t{what}.v == 'x'")
    }
}

fn write_task(item: &Item, space: &str, text: &mut String) {
    let Item::Task {
        number,
        conditional,
        raises,
        jumps,
    } = item
    else {
        return;
    };
    writeln!(
        text,
        "{space}- id: t{number}\n{space}  task: Work\n{space}  returns: r.v1"
    )
    .unwrap();
    if *conditional {
        writeln!(text, "{space}  if: case.exceptions.size() == 0").unwrap();
    }
    match (raises, jumps) {
                    (Some(reason), None) => writeln!(text, "{space}  on_timeout: [{{raise: R{reason}}}]").unwrap(),
                    (None, Some(target)) => writeln!(text, "{space}  on_timeout: [{{to: s{target}}}]").unwrap(),
                    (None, None) => {}
                    (Some(reason), Some(target)) => writeln!(
                        text,
                        "{space}  on_timeout: [{{raise: R{reason}}}]\n{space}  catch: [{{error: any, to: s{target}}}]"
                    )
                    .unwrap(),
                }
}

fn write_items(items: &[Item], indent: usize, group: &mut usize, text: &mut String) {
    let space = " ".repeat(indent);
    if items.is_empty() {
        *group += 1;
        writeln!(text, "{space}- {{id: n{group}, notify: somebody}}").unwrap();
    }
    for item in items {
        *group += 1;
        match item {
            Item::Task { .. } => write_task(item, &space, text),
            Item::Ask(reason) => writeln!(
                text,
                "{space}- {{id: n{group}, check: [{{that: has(input.a), raise: R{reason}}}]}}"
            )
            .unwrap(),
            Item::Read { number, what } => {
                let read = if *what == INPUT {
                    "input.a".to_owned()
                } else {
                    format!("steps.t{what}.v")
                };
                writeln!(
                    text,
                    "{space}- {{id: n{group}, notify: {{to: somebody, message: \"${{ {read} }}\"}}}} #{number}"
                )
                .unwrap();
            }
            Item::Parallel(any, branches) => {
                let join = if *any { "any" } else { "all" };
                writeln!(text, "{space}- id: n{group}\n{space}  parallel:\n{space}    join: {join}\n{space}    branches:").unwrap();
                for (place, branch) in branches.iter().enumerate() {
                    writeln!(text, "{space}      b{place}:").unwrap();
                    write_items(branch, indent + 8, group, text);
                }
            }
            Item::Each(items) => {
                writeln!(text, "{space}- id: n{group}\n{space}  for_each:\n{space}    in: input.list\n{space}    as: item{group}\n{space}    steps:").unwrap();
                write_items(items, indent + 6, group, text);
            }
        }
    }
}

fn item() -> impl Strategy<Value = Item> {
    let task = (
        prop::bool::weighted(0.25),
        proptest::option::weighted(0.3, 0..2_usize),
        proptest::option::weighted(0.15, 0..STATES),
    )
        .prop_map(|(conditional, raises, jumps)| Item::Task {
            number: 0,
            conditional,
            raises,
            jumps,
        });
    let read = (0..100_usize).prop_map(|what| Item::Read { number: 0, what });
    let single = prop_oneof![4 => task, 1 => (0..2_usize).prop_map(Item::Ask), 4 => read];
    let branch = |single: BoxedStrategy<Item>| prop::collection::vec(single, 0..3);
    single.prop_recursive(2, 8, 3, move |inner| {
        let inner = inner.boxed();
        prop_oneof![
            (
                any::<bool>(),
                prop::collection::vec(branch(inner.clone()), 2..4)
            )
                .prop_map(|(any, branches)| Item::Parallel(any, branches)),
            branch(inner).prop_map(Item::Each),
        ]
    })
}

fn exit() -> impl Strategy<Value = Exit> {
    let guard =
        (prop_oneof![Just(INPUT), 0..100_usize], 0..STATES).prop_map(|(what, target)| Guard {
            number: 0,
            what,
            target,
        });
    prop_oneof![
        1 => Just(Exit::End),
        3 => (0..STATES).prop_map(Exit::To),
        2 => (prop::collection::vec(guard, 1..3), 0..STATES)
            .prop_map(|(guards, otherwise)| Exit::Choice(guards, otherwise)),
    ]
}

fn workflow() -> impl Strategy<Value = Workflow> {
    let state = (prop::collection::vec(item(), 0..4), exit());
    let back = prop_oneof![1 => Just(None), 2 => (0..STATES).prop_map(Some)];
    (
        prop::collection::vec(state, STATES),
        prop::collection::vec(prop::collection::vec(back, 1..3), 2),
    )
        .prop_map(|(states, reasons)| {
            let mut workflow = Workflow {
                states,
                reasons,
                tasks: 0,
                readings: 0,
            };
            workflow.number();
            workflow
        })
}

impl Workflow {
    /// Gives every task and reading its number, and lets readings mean tasks that there are.
    fn number(&mut self) {
        let mut states = std::mem::take(&mut self.states);
        for (items, _) in &mut states {
            self.number_tasks(items);
        }
        for (items, exit) in &mut states {
            self.number_readings(items);
            if let Exit::Choice(guards, _) = exit {
                for guard in guards {
                    guard.what %= self.tasks + 1;
                    guard.number = self.readings;
                    self.readings += 1;
                }
            }
        }
        self.states = states;
    }

    fn number_tasks(&mut self, items: &mut [Item]) {
        for item in items {
            match item {
                // More would not fit into a set.
                Item::Task { number, .. } => {
                    self.tasks = (self.tasks + 1).min(60);
                    *number = self.tasks;
                }
                Item::Ask(_) | Item::Read { .. } => {}
                Item::Parallel(_, branches) => {
                    branches.iter_mut().for_each(|it| self.number_tasks(it))
                }
                Item::Each(items) => self.number_tasks(items),
            }
        }
    }

    fn number_readings(&mut self, items: &mut [Item]) {
        for item in items {
            match item {
                Item::Read { number, what } => {
                    *what %= self.tasks + 1;
                    *number = self.readings;
                    self.readings += 1;
                }
                Item::Ask(_) | Item::Task { .. } => {}
                Item::Parallel(_, branches) => {
                    branches.iter_mut().for_each(|it| self.number_readings(it))
                }
                Item::Each(items) => self.number_readings(items),
            }
        }
    }
}

/// The numbers of the readings that are reported.
fn reported(workflow: &Workflow) -> BTreeSet<usize> {
    let text = workflow.yaml();
    let mut sources = Sources::default();
    sources.add("small.yaml", text.as_str());
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    let lines: Vec<&str> = text.lines().collect();
    let findings = check::check(&loaded).into_iter();
    let readings = findings.filter(|finding| {
        ["used-before-provided", "optional-unguarded"]
            .contains(&finding.diagnostic.rule.id.as_ref())
    });
    readings
        .map(|finding| {
            let span = finding.diagnostic.span;
            let line = loaded.sources.file(span.source).position(span.start).line as usize;
            let (_, number) = lines[line - 1]
                .split_once('#')
                .unwrap_or_else(|| panic!("{text}"));
            number.parse().unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn readings_are_reported_that_some_path_comes_to_without_the_data(workflow in workflow()) {
        prop_assert_eq!(reported(&workflow), Brute::wrong(&workflow), "{}", workflow.yaml());
    }
}
