//! What judging policies costs: 10,000 workflows under twenty requirements on one core. The goal is
//! less than one second.

use std::time::Instant;

use flowgate::check::{self, Loaded};
use flowgate::model::Surroundings;
use flowgate::policy::{self, Policies};
use flowgate::source::Sources;

const WORKFLOWS: usize = 10_000;
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Requirements as packs have them; each stands twice, with different names.
const REQUIREMENTS: [&str; 10] = [
    "{id: ID, that: workflow.owner != '', message: nobody}",
    "{id: ID, that: workflow.backup == '' || workflow.backup != workflow.owner, message: same}",
    "{id: ID, match: {risk: finance}, that: 'workflow.controls.all(one, one.owner != workflow.owner)', message: same}",
    "{id: ID, match: {stage: 2}, that: has(workflow.sla), message: no promise}",
    "{id: ID, each: step, when: step.writes, that: step.as != '', message: no account}",
    "{id: ID, each: step, match: {risk: finance}, when: step.risky, that: step.approvals.size() >= 1, message: unapproved}",
    "{id: ID, each: approval, that: approval.excludes_requester, message: own}",
    "{id: ID, each: state, that: state.lifecycle != 'blocked', message: blocked}",
    "{id: ID, each: exception, that: exception.queue != '', message: no queue}",
    "{id: ID, match: {risk: finance}, when: has(workflow.fallback), that: workflow.fallback.owner != workflow.owner, message: same}",
];

fn load() -> Loaded {
    let mut sources = Sources::default();
    let mut policy = String::from("policy:\n  name: bench\n  owner: ann\n  require:\n");
    for (number, requirement) in REQUIREMENTS.iter().chain(&REQUIREMENTS).enumerate() {
        policy.push_str(&format!(
            "    - {}\n",
            requirement.replace("ID", &format!("r{number}"))
        ));
    }
    sources.add("policy.yaml", policy);
    sources.add(
        "directory.yaml",
        "people: {ann: {roles: [lead]}, bob: {roles: [lead]}}\nqueues: {desk: {owner: ann}}\nsystems: {ERP: {owner: ann, accounts: {svc: {scopes: [post]}}, operations: {get: {effect: read}, post: {effect: write, scope: post}}}}\n",
    );
    for number in 0..WORKFLOWS {
        sources.add(format!("workflows/w{number}.yaml"), workflow(number));
    }
    check::load(sources, |_| Surroundings::on(TODAY))
}

fn workflow(number: usize) -> String {
    let risk = if number.is_multiple_of(4) {
        "[finance]"
    } else {
        "[]"
    };
    format!(
        "workflow:
  name: w{number}
  stage: 3
  owner: ann
  backup: bob
  risk: {risk}
  sla: {{response: 4h, resolution: 3d}}
  controls: {{limit: {{value: 100, weaker: higher, owner: bob}}}}
  states:
    new:
      lifecycle: new
      steps:
        - {{id: complete, check: [{{that: input.total > 0, raise: BAD}}]}}
        - {{id: get, call: ERP.get, timeout: 1m, catch: [{{error: any, raise: DOWN}}]}}
        - {{id: look, task: Look at it, assign: {{queue: desk}}, timeout: 1d}}
      to: deciding
    deciding:
      lifecycle: waiting
      steps:
        - {{id: ok, approve: {{by: [{{role: lead}}], exclude: [case.requester], timeout: 1d, on_timeout: [{{raise: STALLED}}]}}}}
      transitions:
        - {{to: refused, when: \"steps.ok.decision == 'rejected'\"}}
        - {{to: doing, else: true}}
    doing:
      lifecycle: in_progress
      steps:
        - {{id: post, call: ERP.post, as: svc, timeout: 1m, catch: [{{error: any, raise: DOWN}}]}}
        - {{id: tell, notify: ann}}
      to: done
    done: {{lifecycle: done, end: completed}}
    refused: {{lifecycle: done, end: rejected}}
  exceptions:
    BAD: {{class: data_quality, queue: desk, resume: new}}
    DOWN: {{class: system, queue: desk, resume: same}}
    STALLED: {{class: stalled, queue: desk, resume: same}}
    default: {{queue: desk, resume: fallback}}
  fallback: {{mode: manual, owner: bob}}
"
    )
}

#[expect(clippy::print_stdout, reason = "the figure is the result")]
fn main() {
    // Arguments of `cargo bench` and `cargo test --benches` do not matter here.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let Ok(pool) = pool else {
        return;
    };
    let loaded = load();
    let started = Instant::now();
    let policies = Policies::of(loaded.model.project.all_policies());
    let compiled = started.elapsed();
    assert!(
        policies.diagnostics.is_empty(),
        "{:?}",
        policies.diagnostics
    );
    let mut best = None;
    for _ in 0..3 {
        let started = Instant::now();
        let judgement = pool.install(|| policy::judge(&policies, &loaded.model, &loaded.sources));
        let elapsed = started.elapsed();
        assert!(judgement.diagnostics.is_empty());
        best = Some(best.map_or(elapsed, |best: std::time::Duration| best.min(elapsed)));
    }
    let best = best.unwrap_or_default();
    let pairs = (WORKFLOWS * policies.rules.len()) as f64;
    println!(
        "{} requirements read in {compiled:?}; {WORKFLOWS} workflows judged in {best:?} on one core: {:.2} µs for each requirement and workflow",
        policies.rules.len(),
        best.as_secs_f64() * 1e6 / pairs
    );
}
