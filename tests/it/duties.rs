//! Who holds duties that a policy keeps apart, across workflows.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::fmt::Write as _;

use flowgate::check::{self, Loaded};
use flowgate::model::Surroundings;
use flowgate::source::Sources;

use crate::examples;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 8, 1);

/// Every finding of the rule, with its labels as `characters: what is said`.
fn told(loaded: &Loaded) -> String {
    let mut told = String::new();
    for finding in check::check(loaded) {
        let diagnostic = finding.diagnostic;
        if diagnostic.rule.id != "toxic-role-pair" {
            continue;
        }
        let text =
            |span: flowgate::source::Span| &loaded.sources.file(span.source).text()[span.range()];
        writeln!(told, "{}: {}", text(diagnostic.span), diagnostic.message).unwrap();
        for label in &diagnostic.labels {
            writeln!(told, "  {}: {}", text(label.span), label.message).unwrap();
        }
        writeln!(told, "  note: {}", diagnostic.note.unwrap_or_default()).unwrap();
        writeln!(told, "  help: {}", diagnostic.help.unwrap_or_default()).unwrap();
    }
    told
}

const PEOPLE: &str = "people:
  ann: {roles: [clerk]}
  bob: {roles: [lead], out: [{from: '2026-08-10', to: '2026-08-20', delegate: eve}]}
  cleo: {roles: [clerk, lead], left: '2026-01-31'}
  dan: {roles: [director]}
  eve: {roles: [auditor]}
teams: {desk: {lead: dan, members: [ann]}}
queues: {incoming: {owner: ann, team: desk}}
decisions:
  routing: {hit: first, inputs: {size: integer}, outputs: {queue: queue}, rules: [['-', {queue: incoming}]]}
systems:
  ERP: {operations: {create_vendor: {effect: create}, post: {effect: write}, read: {effect: read}}}
";

/// Two workflows: vendors are set up by `setting_up`, and invoices paid after `paying`.
fn project(setting_up: &str, paying: &str, duties: &str) -> String {
    let mut sources = Sources::default();
    sources.add(
        "project.yaml",
        format!(
            "{PEOPLE}---
workflow:
  name: vendor
  states:
    a: {{lifecycle: new, steps: [{{id: route, route: routing}}, {setting_up}, {{id: create, call: ERP.create_vendor, catch: [{{error: any, raise: DOWN}}]}}], to: z}}
    z: {{lifecycle: done, end: completed}}
  exceptions: {{DOWN: {{queue: incoming, resume: same}}}}
---
workflow:
  name: invoice
  risk: [finance]
  states:
    a: {{lifecycle: new, steps: [{paying}, {{id: look, call: ERP.read}}, {{id: post, call: ERP.post}}], to: z}}
    z: {{lifecycle: done, end: completed}}
---
policy:
  name: finance
  separate: [{{id: vendor-and-payment, duties: [{duties}], reason: One person could invent a vendor and pay it.}}]
"
        ),
    );
    told(&check::load(sources, |_| Surroundings::on(TODAY)))
}

const OPERATIONS: &str = "{perform: ERP.create_vendor}, {perform: 'ERP.p*'}";

#[test]
fn whoever_acts_last_performs_what_follows() {
    let enter = "{id: enter, task: Enter, assign: {role: clerk}}";
    let pay = |by: &str| format!("{{id: paid_ok, approve: {{by: {by}}}}}");
    insta::assert_snapshot!(project(enter, &pay("{team: desk}"), OPERATIONS));
    assert_eq!(project(enter, &pay("{role: lead}"), OPERATIONS), "");
    // Somebody else acts in between.
    let checked = format!("{enter}, {{id: vendor_ok, approve: {{by: {{role: director}}}}}}");
    assert_eq!(project(&checked, &pay("{role: clerk}"), OPERATIONS), "");
}

#[test]
fn an_act_counts_for_the_duty_that_means_it() {
    let checked = "{id: vendor_ok, approve: {by: {role: lead}}}";
    let paid = "{id: paid_ok, approve: {by: {role: lead}}}";
    let duties = "{perform: ERP.create_vendor}, {approve: {risk: finance}}, {perform: ERP.post}";
    insta::assert_snapshot!(project(checked, paid, duties));
    let task = "{id: enter, task: Enter, assign: {role: clerk}}";
    assert_eq!(project(task, paid, duties), "");
}

#[test]
fn stand_ins_and_routed_queues_hold_duties() {
    let duties = "{task: {workflow: 'vend*'}}, {approve: {step: paid_ok, state: a}}";
    let routed = "{id: enter, task: Enter, assign: {queue: '${ steps.route.queue }'}}";
    let paid = |more: &str| format!("{{id: paid_ok, approve: {{by: {{role: lead}}{more}}}}}");
    assert_eq!(project(routed, &paid(""), duties), "");
    insta::assert_snapshot!(project(
        routed,
        &paid(", delegate: {person: dan}, on_timeout: [{ask: {role: clerk}}]"),
        duties
    ));
    // Whoever is excluded by name does not decide.
    assert_eq!(
        project(
            routed,
            &paid(", exclude: [\"'dan'\"], delegate: {person: dan}"),
            duties
        ),
        ""
    );
    // Eve stands in for Bob.
    let audited = "{id: enter, task: Enter, assign: {role: auditor}}";
    insta::assert_snapshot!(project(audited, &paid(""), duties));
}

#[test]
fn an_exclusion_keeps_duties_of_one_workflow_apart() {
    let pay = |exclude: &str| {
        format!(
            "{{id: check, task: Check, assign: {{role: clerk}}}}, {{id: paid_ok, approve: {{by: {{role: clerk}}, exclude: [{exclude}]}}}}"
        )
    };
    let duties = "{task: {step: check}}, {approve: {}}";
    let none = "{id: none, notify: ann}";
    insta::assert_snapshot!(project(none, &pay("case.requester"), duties));
    assert_eq!(project(none, &pay("steps.check.completed_by"), duties), "");
}

/// The separation of the shipped policy is about people who are there.
#[test]
fn a_buyer_who_becomes_a_budget_owner_is_found_in_the_back_office() {
    let loaded = examples::load("back-office");
    assert_eq!(told(&loaded), "");
    let mut sources = Sources::default();
    for (_, file) in loaded.sources.iter() {
        let text = file.text().replace(
            "roles: [buyer]}\n  pia",
            "roles: [buyer, budget_owner]}\n  pia",
        );
        sources.add(file.path(), text);
    }
    let surroundings = loaded.model.surroundings.clone();
    let changed = check::load(sources, |_| surroundings);
    insta::assert_snapshot!(told(&changed));
}
