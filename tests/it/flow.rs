//! The control-flow rules against brute force on small random workflows, and on the examples.

pub mod small;

use std::collections::{BTreeMap, BTreeSet};

use flowgate::check;
use flowgate::diagnostic::Diagnostic;
use flowgate::model::Surroundings;
use flowgate::rule::RuleId;
use flowgate::source::{Sources, Span};
use proptest::prelude::*;

use crate::examples;
use small::{Event, Place, Work, Workflow};

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// The rules that look at the flow of a workflow and at who approves what.
const RULES: [&str; 12] = [
    "unreachable-state",
    "no-path-to-end",
    "unbounded-loop",
    "parallel-escape",
    "routing-writes",
    "noisy-escalation",
    "missing-catch",
    "sensitive-step-unapproved",
    "resume-skips-approval",
    "delegate-breaks-separation",
    "approval-deadlock",
    "outcome-unhandled",
];

/// `file:line rule: message` of every finding of these rules in an example.
fn found(example: &str) -> Vec<String> {
    let loaded = examples::load(example);
    check::check(&loaded)
        .iter()
        .map(|finding| &finding.diagnostic)
        .filter(|diagnostic| RULES.contains(&diagnostic.rule.id.as_ref()))
        .map(|diagnostic| {
            let file = loaded.sources.file(diagnostic.span.source);
            let line = file.position(diagnostic.span.start).line;
            format!(
                "{}:{line} {}: {}",
                file.path(),
                diagnostic.rule.id,
                diagnostic.message
            )
        })
        .collect()
}

#[test]
fn sound_examples_have_no_flow_findings() {
    for example in ["back-office", "starter"] {
        assert_eq!(found(example), Vec::<String>::new(), "{example}");
    }
}

#[test]
fn the_faults_of_the_legacy_example_are_found() {
    insta::assert_snapshot!(found("legacy").join("\n"));
}

/// The marks, such as `s2` or `w0.1`, on the lines of the findings of every rule.
fn marked(workflow: &Workflow) -> BTreeMap<RuleId, BTreeSet<String>> {
    marks(workflow, |diagnostic| vec![diagnostic.span])
}

/// The same with every line that a finding points at.
fn marked_with_labels(workflow: &Workflow) -> BTreeMap<RuleId, BTreeSet<String>> {
    marks(workflow, |diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| label.span);
        std::iter::once(diagnostic.span).chain(labels).collect()
    })
}

fn marks(
    workflow: &Workflow,
    places: fn(&Diagnostic) -> Vec<Span>,
) -> BTreeMap<RuleId, BTreeSet<String>> {
    let text = workflow.yaml();
    let mut sources = Sources::default();
    sources.add("small.yaml", text.as_str());
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    let lines: Vec<&str> = text.lines().collect();
    let mut marks: BTreeMap<RuleId, BTreeSet<String>> = BTreeMap::new();
    for finding in check::check(&loaded) {
        let diagnostic = finding.diagnostic;
        let file = loaded.sources.file(diagnostic.span.source);
        let of_rule = marks.entry(diagnostic.rule.id.clone()).or_default();
        for place in places(&diagnostic) {
            let line = file.position(place.start).line as usize;
            let (_, mark) = lines[line - 1].split_once('#').unwrap_or_default();
            of_rule.insert(mark.to_owned());
        }
    }
    marks
}

fn of(marks: &BTreeMap<RuleId, BTreeSet<String>>, rule: &str) -> BTreeSet<String> {
    marks.get(rule).cloned().unwrap_or_default()
}

fn names(states: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    states
        .into_iter()
        .map(|state| format!("s{state}"))
        .collect()
}

/// The writes at the ends of simple paths without an approval: those without a resume, and all.
struct Unapproved<'a> {
    workflow: &'a Workflow,
    flag: bool,
    without: &'a BTreeSet<String>,
    direct: BTreeSet<String>,
    all: BTreeSet<String>,
    budget: usize,
}

impl Unapproved<'_> {
    /// Every simple path, one after the other; false when there are too many.
    fn walk(&mut self, path: &mut Vec<Place>, resumed: bool) -> bool {
        let Some(here) = path.last().copied() else {
            return true;
        };
        self.budget = self.budget.saturating_sub(1);
        if let Place::Doing(state, step) | Place::DoingBranch(state, _, step) = here
            && matches!(self.workflow.states[state].steps[step].work, Work::Write)
        {
            let write = format!("w{state}.{step}");
            if !resumed {
                self.direct.insert(write.clone());
            }
            self.all.insert(write);
        }
        for (event, next) in self.workflow.moves(here, Some(self.flag)) {
            let resume = match event {
                Event::Approved => continue,
                Event::Resumed(reason, number) => Some(format!("r{reason}.{number}")),
                Event::Nothing => None,
            };
            if path.contains(&next) || resume.as_ref().is_some_and(|it| self.without.contains(it)) {
                continue;
            }
            path.push(next);
            self.walk(path, resumed || resume.is_some());
            path.pop();
        }
        self.budget > 0
    }
}

/// Writes that are reached unapproved without resuming, and those only by resuming, when some
/// resumes are taken away. `None` when there are too many paths.
fn unapproved(
    workflow: &Workflow,
    without: &BTreeSet<String>,
) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut direct, mut all) = (BTreeSet::new(), BTreeSet::new());
    for flag in [false, true] {
        let mut search = Unapproved {
            workflow,
            flag,
            without,
            direct: BTreeSet::new(),
            all: BTreeSet::new(),
            budget: 200_000,
        };
        if !search.walk(&mut vec![Place::State(0)], false) {
            return None;
        }
        direct.extend(search.direct);
        all.extend(search.all);
    }
    let resumed = all.difference(&direct).cloned().collect();
    Some((direct, resumed))
}

/// States that lead to no end, among those that can be reached.
fn trapped(workflow: &Workflow) -> BTreeSet<usize> {
    let reached = workflow.reached_from(Place::State(0));
    (0..workflow.states.len())
        .filter(|state| reached.contains(&Place::State(*state)))
        .filter(|state| {
            let after = workflow.reached_from(Place::State(*state));
            !after.iter().any(|place| workflow.is_end(*place))
        })
        .collect()
}

/// True when a simple walk over states, without limited states and limited exceptions, comes back to
/// where it began. Exceptions that nobody can end are left to `no-way-back`.
fn comes_round(workflow: &Workflow, path: &mut Vec<Place>) -> bool {
    let (Some(first), Some(here)) = (path.first().copied(), path.last().copied()) else {
        return false;
    };
    workflow.moves(here, None).into_iter().any(|(_, next)| {
        let is_limited = matches!(next, Place::State(state) if workflow.states[state].max_visits);
        let returns = |reason| workflow.limited_returns || !workflow.has_way_out(reason);
        let closed = is_limited || matches!(next, Place::Exception(reason, _) if returns(reason));
        if closed {
            return false;
        }
        if next == first {
            return true;
        }
        if path.contains(&next) {
            return false;
        }
        path.push(next);
        let found = comes_round(workflow, path);
        path.pop();
        found
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn unreachable_states_are_those_that_no_walk_comes_to(workflow in small::workflow()) {
        let reached = workflow.reached_from(Place::State(0));
        let unreached = (0..workflow.states.len())
            .filter(|state| !reached.contains(&Place::State(*state)));
        prop_assert_eq!(of(&marked_with_labels(&workflow), "unreachable-state"), names(unreached));
    }

    #[test]
    fn states_that_cannot_finish_are_found_where_they_lead_to(workflow in small::workflow()) {
        let found = of(&marked(&workflow), "no-path-to-end");
        let trapped = trapped(&workflow);
        prop_assert!(found.is_subset(&names(trapped.iter().copied())), "{}", workflow.yaml());
        for state in trapped {
            let after = workflow.reached_from(Place::State(state));
            let leads = found.iter().any(|mark| {
                after.iter().any(|place| matches!(place, Place::State(next) if *mark == format!("s{next}")))
            });
            prop_assert!(leads, "s{} in {}", state, workflow.yaml());
        }
    }

    #[test]
    fn a_loop_is_found_when_there_is_one(workflow in small::workflow()) {
        let reached = workflow.reached_from(Place::State(0));
        let trapped = trapped(&workflow);
        let expected = (0..workflow.states.len())
            .filter(|state| !trapped.contains(state) && reached.contains(&Place::State(*state)))
            .any(|state| comes_round(&workflow, &mut vec![Place::State(state)]));
        let found = marked(&workflow).contains_key("unbounded-loop");
        prop_assert_eq!(found, expected, "{}", workflow.yaml());
    }

    #[test]
    fn unapproved_writes_are_those_at_the_end_of_a_path_without_approval(workflow in small::workflow()) {
        let Some((direct, _)) = unapproved(&workflow, &BTreeSet::new()) else {
            return Err(TestCaseError::reject("too many paths"));
        };
        let found = of(&marked(&workflow), "sensitive-step-unapproved");
        prop_assert_eq!(found, direct, "{}", workflow.yaml());
    }

    /// Without the reported resumes no write is reached unapproved by resuming, and each of them
    /// alone is enough to reach one.
    #[test]
    fn exactly_the_resumes_that_skip_an_approval_are_reported(workflow in small::workflow()) {
        let found = of(&marked(&workflow), "resume-skips-approval");
        let Some((_, left)) = unapproved(&workflow, &found) else {
            return Err(TestCaseError::reject("too many paths"));
        };
        prop_assert_eq!(left, BTreeSet::new(), "{}", workflow.yaml());
        for one in &found {
            let mut others = found.clone();
            others.remove(one);
            let reached = unapproved(&workflow, &others).map(|(_, resumed)| resumed);
            prop_assert!(reached.is_none_or(|reached| !reached.is_empty()), "{} in {}", one, workflow.yaml());
        }
    }
}

/// Every finding of the flow rules in a document, with its labels and help.
fn told(text: &str) -> String {
    let mut sources = Sources::default();
    sources.add("small.yaml", text);
    let loaded = check::load(sources, |_| Surroundings::on(TODAY));
    let findings = check::check(&loaded);
    let told = findings
        .iter()
        .map(|finding| &finding.diagnostic)
        .filter(|diagnostic| RULES.contains(&diagnostic.rule.id.as_ref()))
        .map(|diagnostic| {
            let place = |span: flowgate::source::Span| {
                let file = loaded.sources.file(span.source);
                file.position(span.start).line
            };
            let labels: Vec<String> = diagnostic
                .labels
                .iter()
                .map(|label| format!("  {}: {}\n", place(label.span), label.message))
                .collect();
            format!(
                "{}: {}: {}\n{}  help: {}\n",
                place(diagnostic.span),
                diagnostic.rule.id,
                diagnostic.message,
                labels.concat(),
                diagnostic.help.as_deref().unwrap_or_default()
            )
        });
    told.collect()
}

#[test]
fn a_way_round_an_approval_is_told_step_by_step() {
    insta::assert_snapshot!(told(
        "systems: {ERP: {operations: {post: {effect: write}, read: {effect: read}}}}
people: {ann: {roles: [lead]}}
---
workflow:
  risk: [finance]
  states:
    new:
      lifecycle: new
      steps:
        - id: known
          call: ERP.read
          catch: [{error: any, raise: DOWN}]
      to: approval
    approval:
      lifecycle: waiting
      steps:
        - id: cost_ok
          if: input.total > controls.limit
          approve: {by: {role: lead}}
      transitions:
        - {to: refused, when: steps.cost_ok.decision == 'rejected'}
        - {to: second, else: true}
    second:
      lifecycle: waiting
      steps:
        - id: more_ok
          approve: {by: {role: lead}}
          on_timeout: [{decide: approved}]
      transitions:
        - {to: refused, when: steps.more_ok.decision == 'rejected'}
        - {to: posting, else: true}
    posting:
      lifecycle: in_progress
      steps:
        - {id: post, call: ERP.post, catch: [{error: any, raise: DOWN}]}
      to: third
    third:
      lifecycle: waiting
      steps:
        - id: last_ok
          approve: {by: {role: lead}, waive_when: input.total <= controls.limit}
      transitions:
        - {to: refused, when: steps.last_ok.decision == 'rejected'}
        - {to: paying, else: true}
    paying:
      lifecycle: in_progress
      steps:
        - {id: pay, call: ERP.post, catch: [{error: any, raise: DOWN}]}
      to: done
    done: {lifecycle: done, end: completed}
    refused: {lifecycle: done, end: rejected}
  exceptions:
    DOWN: {queue: q, resume: [same, paying]}
    default: {queue: q, resume: fallback, max_returns: 3}
"
    ));
}

#[test]
fn approvals_in_parallel_branches_can_wait_for_each_other() {
    let workflow = |exclude: &str| {
        format!(
            "people: {{ann: {{roles: [lead]}}, bob: {{roles: [lead]}}, cleo: {{roles: [lead]}}}}
---
workflow:
  states:
    new:
      lifecycle: new
      steps:
        - id: both
          parallel:
            branches:
              one: [{{id: one_ok, approve: {{by: {{role: lead}}, exclude: [steps.two_ok.approver]}}}}]
              two: [{{id: two_ok, approve: {{by: {{role: lead}}, exclude: [{exclude}]}}}}]
      transitions:
        - {{to: done, when: steps.one_ok.decision == 'approved' && steps.two_ok.decision == 'approved'}}
        - {{to: refused, else: true}}
    done: {{lifecycle: done, end: completed}}
    refused: {{lifecycle: done, end: rejected}}
"
        )
    };
    insta::assert_snapshot!(told(&workflow("steps.one_ok.approver")));
    assert_eq!(told(&workflow("case.requester")), "");
}

#[test]
fn a_mistyped_state_is_not_reported_as_a_hole_in_the_flow() {
    let told = told(
        "workflow:
  states:
    new: {lifecycle: new, to: finsihed}
    finished: {lifecycle: done, end: completed}
---
workflow:
  states:
    new: {lifecycle: new, to: somewhere_else}
",
    );
    assert_eq!(told, "");
}
