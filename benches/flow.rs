//! How long the control-flow rules take, and how that grows: workflows of 125 to 2,000 states with
//! four transitions each, a call, a task or an approval in each, and exceptions that come back
//! anywhere. Twice the states should take about twice the time.

use flowgate::check::{self, Loaded};
use flowgate::lint;
use flowgate::model::Surroundings;
use flowgate::model::flow::Flows;
use flowgate::model::flow::risk::RiskWrites;
use flowgate::source::Sources;

const SIZES: [usize; 5] = [125, 250, 500, 1000, 2000];
const WAYS: usize = 4;
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

fn main() {
    divan::main();
}

/// The same states on every run; the targets spread over the whole workflow.
fn document(states: usize) -> String {
    let mut text = String::from(
        "people: {ann: {roles: [lead]}, bob: {roles: [lead]}}\nsystems: {ERP: {operations: {post: {effect: write, errors: [closed]}}}}\n---\nworkflow:\n  name: large\n  risk: [finance]\n  states:\n",
    );
    for state in 0..states {
        text.push_str(&format!(
            "    s{state}:\n      lifecycle: in_progress\n      steps:\n"
        ));
        let step = match state % 5 {
            3 => format!(
                "{{id: a{state}, approve: {{by: {{role: lead}}, exclude: [case.requester]}}}}"
            ),
            1 => format!(
                "{{id: c{state}, call: ERP.post, catch: [{{error: closed, raise: R{}}}, {{error: any, raise: R0}}]}}",
                state % 20
            ),
            _ => format!(
                "{{id: t{state}, task: Work, if: input.f{} > 3, timeout: 1d, on_timeout: [{{raise: R{}}}]}}",
                state % 9,
                state % 20
            ),
        };
        text.push_str(&format!("        - {step}\n      transitions:\n"));
        for way in 1..WAYS {
            let target = (state * 7 + way * 131) % states;
            text.push_str(&format!(
                "        - {{to: s{target}, when: input.f{} > {way}}}\n",
                (state + way) % 9
            ));
        }
        text.push_str(&format!(
            "        - {{to: s{}, else: true}}\n",
            (state + 1) % (states + 1)
        ));
    }
    text.push_str(&format!(
        "    s{states}: {{lifecycle: done, end: completed}}\n  exceptions:\n"
    ));
    for reason in 0..20 {
        let target = reason * 17 % states;
        text.push_str(&format!(
            "    R{reason}: {{queue: q, resume: [same, s{target}, s{}]}}\n",
            (target + 250) % states
        ));
    }
    text.push_str("    default: {queue: q, resume: fallback, max_returns: 3}\n");
    text
}

fn loaded(states: usize) -> Loaded {
    let mut sources = Sources::default();
    sources.add("large.yaml", document(states));
    check::load(sources, |_| Surroundings::on(TODAY))
}

#[divan::bench(args = SIZES)]
fn graph(bencher: divan::Bencher<'_, '_>, states: usize) {
    let loaded = loaded(states);
    bencher.bench_local(|| {
        Flows::of(&loaded.model)
            .get(&loaded.model.project.workflows[0])
            .is_some()
    });
}

#[divan::bench(args = SIZES)]
fn approvals(bencher: divan::Bencher<'_, '_>, states: usize) {
    let loaded = loaded(states);
    let workflow = &loaded.model.project.workflows[0];
    let flows = Flows::of(&loaded.model);
    let writes = RiskWrites::of(&loaded.model, &workflow.body);
    bencher.bench_local(|| {
        let flow = flows.get(workflow);
        flow.map(|flow| flow.skipping_resumes(&writes).len())
    });
}

#[divan::bench(args = SIZES)]
fn every_rule(bencher: divan::Bencher<'_, '_>, states: usize) {
    let loaded = loaded(states);
    bencher.bench_local(|| lint::run(&loaded.model, &loaded.sources, &loaded.streams).len());
}
