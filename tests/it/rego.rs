//! Policies in Rego: findings at exact places, data, tests, and what hostile ones come to.

use std::time::{Duration, Instant};

use flowgate::check::{self, Loaded};
use flowgate::model::Surroundings;
use flowgate::policy::rego;
use flowgate::source::Sources;

use crate::shell::{Folder, TODAY};

const DOCUMENTS: &str = "workflows:
  paying:
    owner: ann.berg
    states:
      work:
        lifecycle: new
        steps:
          - {id: pay, task: Pay}
        to: done
      done: {lifecycle: completed}
---
contract:
  name: money.paid.v1
  owner: ann.berg
  fields: {amount: decimal}
";

fn load(files: &[(&str, &str)]) -> Loaded {
    let mut sources = Sources::default();
    sources.add("documents.yaml", DOCUMENTS);
    sources.add("flowgate.yaml", "flowgate: 1\npolicies: [rules/]\n");
    for (path, text) in files {
        sources.add(*path, *text);
    }
    check::load(sources, |_| Surroundings::on(jiff::civil::date(2026, 8, 1)))
}

/// Findings of Rego as `level rule path:line:column marked: message`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let loaded = load(files);
    let findings = check::check(&loaded);
    let own = findings.iter().filter(|finding| {
        let rule = &finding.diagnostic.rule.id;
        let file = loaded.sources.file(finding.diagnostic.span.source).path();
        rule.contains('/') || rule == "policy-invalid" || file.starts_with("rules/")
    });
    own.map(|finding| {
        let diagnostic = &finding.diagnostic;
        let file = loaded.sources.file(diagnostic.span.source);
        let at = file.position(diagnostic.span.start);
        let marked = loaded.sources.text(diagnostic.span);
        format!(
            "{} {} {}:{}:{} `{marked}` {}",
            diagnostic.level,
            diagnostic.rule.id,
            file.path(),
            at.line,
            at.column,
            diagnostic.message
        )
    })
    .collect()
}

/// Findings of one module.
fn found_in(rego: &str) -> Vec<String> {
    found(&[("rules/house.rego", rego)])
}

#[test]
fn findings_mark_the_element_of_their_path() {
    let rego = r#"package house.payments

deny contains {"msg": "nobody stands in", "path": sprintf("workflows.%s", [workflow.name])} if {
	some workflow in input.workflows
	workflow.backup == ""
}

warn contains {"msg": "a task", "path": ["workflows", workflow.name, "states", "work", "steps", "pay"], "id": "PAY-1"} if {
	some workflow in input.workflows
}

warn_owner contains {"msg": "an owner", "path": "/workflows/0/owner"}

violation contains {"msg": "an amount", "path": "contracts.money.paid.v1.fields.amount"}

deny contains "no path"
"#;
    assert_eq!(
        found_in(rego),
        [
            "error house.payments/deny documents.yaml:2:3 `paying` nobody stands in",
            "warning house.payments/warn_owner documents.yaml:3:12 `ann.berg` an owner",
            "warning house.payments/PAY-1 documents.yaml:8:18 `pay` a task",
            "error house.payments/violation documents.yaml:15:20 `decimal` an amount",
            "error house.payments/deny rules/house.rego:3:1 `deny` no path",
        ]
    );
}

#[test]
fn rules_that_find_nothing_are_silent() {
    let rego = "package house\n\ndeny contains \"x\" if input.workflows[_].name == \"other\"\n\nallow := true\n";
    assert_eq!(found_in(rego), Vec::<String>::new());
}

#[test]
fn a_path_that_names_nothing_is_reported_and_the_finding_stays() {
    let rego =
        "package house\n\ndeny contains {\"msg\": \"wrong\", \"path\": \"workflows.paing\"}\n";
    assert_eq!(
        found_in(rego),
        [
            "error house/deny rules/house.rego:3:1 `deny` wrong",
            "error policy-invalid rules/house.rego:3:1 `deny` the `path` of a result of `deny` names nothing: there is no `paing` among `workflows`",
        ]
    );
}

#[test]
fn modules_import_each_other_and_read_data_where_the_folders_say() {
    let rule = "package house\n\nimport data.shared\n\ndeny contains sprintf(\"%s %v %v\", [shared.greeting, data.limits.eu.amount, data.top]) if data.limits.eu.strict\n";
    let shared = "package shared\n\ngreeting := \"hello\"\n";
    let files = [
        ("rules/data.json", "{\"top\": [1, 2]}"),
        ("rules/house.rego", rule),
        ("rules/limits/eu/data.yaml", "amount: 5\nstrict: true\n"),
        ("rules/shared.rego", shared),
        // Tests are not judged.
        (
            "rules/shared_test.rego",
            "package shared\n\ndeny contains \"test\"\n",
        ),
    ];
    assert_eq!(
        found(&files),
        ["error house/deny rules/house.rego:5:1 `deny` hello 5 [1, 2]"]
    );
    let broken = [
        ("rules/house.rego", shared),
        ("rules/data.json", "{\"top\": [1,\n 2}"),
    ];
    assert_eq!(
        found(&broken),
        ["error policy-invalid rules/data.json:2:3 `` the file is not JSON: expected `,` or `]`"]
    );
}

#[test]
fn errors_have_the_place_in_the_rego_file() {
    let said = |rego: &str| found_in(rego).join("\n");
    insta::assert_snapshot!(
        [
            said("package house\n\ndeny contains msg if {\n\tmsg := \n}\n"),
            said("package house\n\ndeny contains \"é\" if input.wörkflows\n"),
            said("package house\n\ndeny contains msg if {\n\tx := unknwon(1)\n\tmsg := x\n}\n"),
            said("package house\n\ndeny contains msg if input.workflows[_].name\n"),
            said("package house\n\ndeny[msg] {\n\tmsg := \"old\"\n}\n"),
            said("package house\n\ndeny contains msg if {\n\tmsg := to_number(\"x\")\n}\n"),
            said("package house\n\ndeny contains \"a\" if warn\n\nwarn contains \"b\" if deny\n"),
            said("not rego"),
            said(""),
        ]
        .join("\n--\n")
    );
}

#[test]
fn what_depends_on_more_than_the_input_is_refused() {
    for (call, builtin) in [
        ("time.now_ns()", "time.now_ns"),
        ("rand.intn(\"a\", 5)", "rand.intn"),
        ("opa.runtime()", "opa.runtime"),
        ("uuid.rfc4122(\"a\")", "uuid.rfc4122"),
        ("http.send({\"url\": \"http://localhost\"})", "http.send"),
    ] {
        let rego = format!(
            "package house\n\ndeny contains sprintf(\"%v\", [{call}])\n\n# time.now_ns\nfine := \"time.now_ns\"\n"
        );
        let said = found_in(&rego);
        assert_eq!(said.len(), 1, "{said:?}");
        let expected = format!(
            "policy-invalid rules/house.rego:3:30 `{builtin}` `{builtin}` is not available"
        );
        assert!(said[0].contains(&expected), "{said:?}");
    }
}

/// One finding about the policy, in bounded time.
fn bounded(rego: &str, expected: &str) {
    let started = Instant::now();
    let said = found_in(rego);
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{expected}: {:?}",
        started.elapsed()
    );
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("policy-invalid rules/house.rego"),
        "{said:?}"
    );
    assert!(said[0].contains(expected), "{said:?}");
}

#[test]
fn hostile_texts_are_refused_before_they_are_parsed() {
    let rule = |value: &str| format!("package house\n\ndeny contains {value}\n");
    let nested = |opening: &str, closing: &str, depth: usize| {
        rule(&format!(
            "{}1{}",
            opening.repeat(depth),
            closing.repeat(depth)
        ))
    };
    for depth in [31, 5_000] {
        bounded(&nested("[", "]", depth), "nested too deeply");
        bounded(&nested("{", "}", depth), "nested too deeply");
        bounded(&nested("count([", "])", depth), "nested too deeply");
        bounded(
            &nested("[1 | some a, b; x := ", "]", depth),
            "nested too deeply",
        );
    }
    bounded(&nested("(\n", ")", 5_000), "nested too deeply");
    bounded(
        &rule(&format!("1{}", "\n+ 1".repeat(15_000))),
        "too many operators",
    );
    bounded(
        &rule(&format!("input{}", "\n.a".repeat(15_000))),
        "too many operators",
    );
    bounded(
        &format!("package house\n# {}", "x\n# ".repeat(400_000)),
        "more than the 1048576",
    );
}

#[test]
fn what_takes_for_ever_is_stopped() {
    let loops = "package house\n\nn := numbers.range(1, 3000)\n\ndeny contains \"x\" if {\n\tsome a in n\n\tsome b in n\n\tsome c in n\n\ta + b + c < 0\n}\n";
    bounded(loops, "longer than 5 seconds");
    let endless = "package house\n\nf(x) := f(x + 1)\n\ndeny contains \"x\" if f(1)\n";
    bounded(endless, "the function `f` calls itself");
    let mocked = "package house\n\nf(x) := x\n\ng(x) := f(x)\n\ndeny contains \"x\" if f(1) == 1 with f as g\n";
    bounded(mocked, "calls itself");
    let mut chain = String::from("package house\n\nr0 if true\n");
    for number in 1..3_000 {
        chain.push_str(&format!("r{number} if r{}\n", number - 1));
    }
    chain.push_str("deny contains \"x\" if r2999\n");
    bounded(&chain, "a chain of more than 100 rules");
    let wide = "package house\n\ndeny contains \"x\" if numbers.range(1, 100000000000000) != []\n";
    bounded(wide, "at most 100000 whole numbers");
}

/// What policies may nest and count is still read, and what only looks like recursion.
#[test]
fn functions_of_other_packages_may_have_the_same_name() {
    let other = "package other\n\nf(x) := x + 1\n";
    let rego = "package house\n\nimport data.other\n\nf(x) := other.f(x)\n\nx := 1\n\ny := x if { x := f(1); x == 2 }\n\ndeny contains sprintf(\"%v\", [y]) if f(1) == 2\n";
    assert_eq!(
        found(&[("rules/house.rego", rego), ("rules/other.rego", other)]),
        ["error house/deny rules/house.rego:11:1 `deny` 2"]
    );
}

#[test]
fn ordinary_nesting_is_read() {
    let rows = "\t{\"a\": [{\"b\": [1, 2, {\"c\": [3]}]}, {\"b\": []}]},\n".repeat(300);
    let rego = format!(
        "package house\n\ntable := [\n{rows}]\n\ndeny contains sprintf(\"%v\", [count([row | some row in table; some inner in row.a; count([x | some x in inner.b]) > 0])])\n\nranged contains x if some x in numbers.range(3, 1)\n\ndeny contains sprintf(\"%v\", [numbers.range_step(0, 10, 5)])\n"
    );
    assert_eq!(
        found_in(&rego),
        [
            "error house/deny rules/house.rego:306:1 `deny` 300",
            "error house/deny rules/house.rego:306:1 `deny` [0, 5, 10]",
        ]
    );
}

/// What is just inside the limits is evaluated, on the stack that there is.
#[test]
fn deep_trees_are_evaluated() {
    let sum = format!("1{}", "\n+ 1 + 1 + 1 + 1 + 1 + 1 + 1".repeat(70));
    let mut rego = format!("package house\n\nr0 := {sum}\n\n");
    for number in 1..95 {
        rego.push_str(&format!("r{number} := r{} + {sum}\n\n", number - 1));
    }
    rego.push_str("deny contains sprintf(\"%v\", [r94])\n");
    let said = found_in(&rego);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].ends_with(" 46645"), "{said:?}");
}

#[test]
fn a_path_without_rego_is_reported() {
    let loaded = load(&[]);
    let findings = check::check(&loaded);
    let said: Vec<&str> = findings
        .iter()
        .map(|finding| finding.diagnostic.message.as_str())
        .collect();
    assert!(
        said.contains(&"there is no Rego policy at `rules/`"),
        "{said:?}"
    );
}

#[test]
fn tests_in_rego_pass_and_fail() {
    let rule = "package house\n\ndeny contains \"late\" if input.late\n";
    let tests = "package house_test\n\nimport data.house\n\ntest_late if house.deny == {\"late\"} with input as {\"late\": true}\n\ntest_wrong if count(house.deny) == 1 with input as {\"late\": false}\n\ntest_said := count(house.deny)\n";
    let loaded = load(&[("rules/house.rego", rule), ("rules/house_test.rego", tests)]);
    let tested = rego::test(&loaded.model, &loaded.sources);
    assert_eq!(tested.len(), 1);
    let cases: Vec<String> = tested[0]
        .cases
        .iter()
        .map(|case| format!("{} {}: {:?}", case.line, case.name, case.fault))
        .collect();
    assert_eq!(
        cases,
        [
            "5 house_test.test_late: None",
            "7 house_test.test_wrong: Some(\"it is undefined, not `true`\")",
            "9 house_test.test_said: Some(\"it is `0`, not `true`\")",
        ]
    );
    let loaded = load(&[
        ("rules/house.rego", rule),
        ("rules/house_test.rego", "package x\n\ntest_a if\n"),
    ]);
    let tested = rego::test(&loaded.model, &loaded.sources);
    assert!(
        tested[0].faults[0].starts_with("rules/house_test.rego:"),
        "{tested:?}"
    );
}

const WORKFLOW: &str = "workflows/equipment-request.yaml";

/// The starter repository with the Rego of the README, and a workflow that fails it.
fn starter_with_the_module_of_the_readme() -> Folder {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, after) = readme.split_once("```rego\n").unwrap();
    let (module, _) = after.split_once("```").unwrap();
    let folder = Folder::starter();
    folder.write("policies/rego/payments.rego", module);
    folder.edit(
        "flowgate.yaml",
        "policies: [baseline, access, privacy]",
        "policies: [policies/rego/]",
    );
    folder.edit(WORKFLOW, "  backup: ben.ortiz\n", "  risk: [finance]\n");
    folder
}

/// The Rego of the README goes through everything that a rule goes through.
#[test]
fn the_example_of_the_readme_is_true() {
    let folder = starter_with_the_module_of_the_readme();
    let check = || {
        let run = folder.flowgate(&["check", "--today", TODAY, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        let own = findings
            .into_iter()
            .filter(|it| it["rule"] == "house.payments/deny");
        (run.code, own.collect::<Vec<serde_json::Value>>())
    };
    let (code, own) = check();
    assert_eq!((code, own.len()), (1, 1), "{own:#?}");
    assert_eq!(own[0]["message"], "nobody stands in for ada.lind");
    assert_eq!(own[0]["span"]["start"]["line"], 7, "{own:#?}");
    let run = folder.flowgate_with(&["check", "--today", TODAY], &[("COLUMNS", "96")]);
    let begin = run
        .stdout
        .find("error: nobody stands in for ada.lind")
        .unwrap();
    assert!(
        run.stdout[begin..].contains("help: name somebody under `backup`"),
        "{}",
        run.stdout
    );
    let run = folder.flowgate(&["explain", "house.payments/deny"]);
    assert!(
        run.stdout
            .contains("Whoever pays needs somebody who stands in"),
        "{}",
        run.stdout
    );

    folder.edit(WORKFLOW, "  risk: [finance]\n", "  risk: [finance]\n  suppress:\n    - {rule: house.payments/deny, at: owner, reason: We hire, until: \"2026-12-31\", approved_by: ben.ortiz}\n");
    let (_, own) = check();
    assert_eq!(own.len(), 1, "{own:#?}");
    assert_eq!(own[0]["suppressed"]["approved_by"], "ben.ortiz", "{own:#?}");
    folder.edit(
        "flowgate.yaml",
        "policies: [policies/rego/]",
        "policies: [policies/rego/]\nlevels: {house.payments/deny: info}",
    );
    let run = folder.flowgate(&["check", "--today", TODAY, "--format", "sarif"]);
    assert!(!run.stdout.contains("there is no rule"), "{}", run.stdout);
    assert!(run.stdout.contains("house.payments/deny"), "{}", run.stdout);

    folder.write("policies/rego/payments_test.rego", "package payments_test\n\ntest_silent if count(data.house.payments.deny) == 0 with input as {\"workflows\": []}\n\ntest_wrong if count(data.house.payments.deny) == 1 with input as {}\n");
    let run = folder.flowgate(&["policy", "test", "policies/rego"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("policies/rego/payments_test.rego: 1 of 2 cases as expected"),
        "{}",
        run.stdout
    );
}

/// A change that removes or empties the Rego that judges it is judged by the Rego of its base.
#[test]
fn a_change_is_judged_by_the_rego_of_its_base() {
    let folder = Folder::starter();
    let rule = "package house\n\ndeny contains \"nobody stands in\" if input.workflows[_].backup == \"\"\n";
    folder.write("policies/rego/house.rego", rule);
    let (without, with) = (
        "policies: [baseline, access, privacy]",
        "policies: [policies/rego/]",
    );
    folder.edit("flowgate.yaml", without, with);
    folder.commit("Rego");
    let found = || {
        let run = folder.flowgate(&[
            "check", "--today", TODAY, "--base", "HEAD", "--format", "json",
        ]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let own = findings.iter().filter(|it| it["rule"] == "house/deny");
        own.map(|it| {
            format!(
                "{}:{}",
                it["span"]["file"].as_str().unwrap(),
                it["span"]["start"]["line"]
            )
        })
        .collect::<Vec<String>>()
    };
    assert_eq!(found(), Vec::<String>::new());
    folder.edit(
        "workflows/equipment-request.yaml",
        "  backup: ben.ortiz\n",
        "",
    );
    assert_eq!(found(), ["policies/rego/house.rego:3"]);
    folder.write("policies/rego/house.rego", "package house\n");
    assert_eq!(found(), ["policies/rego/house.rego:1"]);
    folder.edit("flowgate.yaml", with, without);
    let places = found();
    assert_eq!(places.len(), 1, "{places:?}");
    assert!(places[0].starts_with("flowgate.yaml:"), "{places:?}");
}
