//! One fixed project state with findings of every sort, for the tests of all formats.

use crate::check::finding::{DocumentName, Finding, Suppressed};
use crate::declare_meta;
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::report::{CheckReport, HumanOptions, WriteCheck, view};
use crate::rule::{ERROR, INFO, Meta, WARNING, error_from};
use crate::source::{SourceId, Sources, Span};

declare_meta! {
    /// Finds workflows without an accountable person.
    ///
    /// ## Example
    ///
    /// ```yaml,bad
    /// workflow: {name: a, owner: ""}
    /// ```
    ///
    /// ```yaml,good
    /// workflow: {name: a, owner: priya.shah}
    /// ```
    pub static OWNER_MISSING = {
        id: "owner-missing",
        summary: "a workflow without an owner",
        why: "when it breaks at night, nobody knows who decides",
        family: Ownership,
        level: error_from(1),
        fixable: Unsafe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds states that wait in a queue nobody watches.
    pub static QUEUE_UNWATCHED = {
        id: "queue-unwatched",
        summary: "a queue without members",
        why: "cases that arrive there wait until somebody happens to ask for them, and the promised time runs on meanwhile",
        family: Exceptions,
        level: ERROR,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds plain text that YAML 1.1 readers take for something else.
    pub static AMBIGUOUS_SCALAR = {
        id: "ambiguous-scalar",
        summary: "unquoted text that other YAML readers take for something else",
        why: "the same file means different things to different tools",
        family: Structure,
        level: WARNING,
        fixable: Safe,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds approvals that wait for ever.
    pub static APPROVAL_CAN_STALL = {
        id: "approval-can-stall",
        summary: "an approval without a way on",
        why: "one absent person stops the case",
        family: Approvals,
        level: WARNING,
        since: "0.1.0",
    }
}

declare_meta! {
    /// Finds workflows without a runbook.
    pub static RUNBOOK_MISSING = {
        id: "runbook-missing",
        summary: "no runbook",
        why: "people on call start from nothing",
        family: Docs,
        level: INFO,
        since: "0.1.0",
    }
}

pub(super) const WORKFLOW: &str = "\
workflow:
  name: employee-onboarding
  version: 2.1.0
  owner: \"\"
  backup: tom.okafor
  locale: no

  states:
    intake:
      note: Größe prüfen, 確認 ✓
      queue: hr-mailbox
      to: approval
    approval:
      steps:
        - id: manager_ok
          approve: {by: manager}
      on_timeout: intake
    done: {end: true}
";

const QUEUES: &str = "\
queues:
  - name: it-desk
    members: [tom.okafor]
  - name: hr-mailbox
    members: []
";

fn find(sources: &Sources, file: SourceId, needle: &str) -> Span {
    let start = sources.file(file).text().find(needle).expect("needle");
    Span::new(file, start..start + needle.len())
}

fn finding(diagnostic: Diagnostic, path: &str, fingerprint: &str) -> Finding {
    Finding {
        diagnostic,
        document: Some(DocumentName {
            kind: "workflow",
            name: "employee-onboarding".to_owned(),
        }),
        path: path.to_owned(),
        fingerprint: fingerprint.to_owned(),
        suppressed: None,
    }
}

/// Two files and five findings, in no order.
pub(super) fn sample() -> (Sources, CheckReport) {
    let mut sources = Sources::default();
    let queues = sources.add("directory/queues.yaml", QUEUES);
    let workflow = sources.add("workflows/on boarding.yaml", WORKFLOW);
    let at = |needle: &str| find(&sources, workflow, needle);
    let approval = at("approval:\n").to(at("manager}\n"));
    let unwatched = Diagnostic::new(
        &QUEUE_UNWATCHED,
        at("hr-mailbox"),
        "state `intake` waits in `hr-mailbox`, which has no members",
    )
    .note("cases of `確認` wait here")
    .label(at("on_timeout: intake"), "late cases come back here")
    .label(find(&sources, queues, "members: []"), "nobody is a member")
    .help("add people to the queue, or name another queue");
    let runbook = Diagnostic::new(
        &RUNBOOK_MISSING,
        approval,
        "100% of approvals: no runbook,\nnobody knows \"why\" <yet>",
    );
    let missing = owner_missing(at("\"\""), at("tom.okafor"));
    let findings = [
        finding(runbook, "states.approval", "5a5a5a5a5a5a"),
        suppressed(approval),
        finding(unwatched, "states.intake.queue", "333333333333"),
        finding(missing, "owner", "111111111111"),
        finding(ambiguous(at("no\n")), "locale", "222222222222"),
    ];
    let report = view::check_report(&sources, &findings, 2);
    (sources, report)
}

fn owner_missing(owner: Span, backup: Span) -> Diagnostic {
    let edit = Edit {
        span: owner,
        text: "tom.okafor".to_owned(),
    };
    Diagnostic::new(&OWNER_MISSING, owner, "nobody owns `employee-onboarding`")
        .at_stage(3)
        .note("empty")
        .label(backup, "the backup, who could take over")
        .help("name the accountable person: `owner: tom.okafor`")
        .fix(Fix::needs_a_look(vec![edit]))
}

fn ambiguous(line: Span) -> Diagnostic {
    let scalar = Span {
        end: line.end - 1,
        ..line
    };
    Diagnostic::new(
        &AMBIGUOUS_SCALAR,
        scalar,
        "`no` is false to YAML 1.1 readers",
    )
    .help("put it in quotes: `\"no\"`")
    .fix(Fix::replace(scalar, "\"no\""))
}

fn suppressed(approval: Span) -> Finding {
    let stalls = Diagnostic::new(
        &APPROVAL_CAN_STALL,
        approval,
        "`manager_ok` waits for one person",
    );
    Finding {
        suppressed: Some(Suppressed {
            reason: "One HR lead until the Q4 hire".to_owned(),
            until: Some("2026-12-31".to_owned()),
            approved_by: Some("nadia.karim".to_owned()),
            days_left: Some(18),
        }),
        ..finding(stalls, "states.approval.steps.manager_ok", "444444444444")
    }
}

/// One finding of `rule` from each start byte to its end byte of a file with this text.
pub(super) fn findings_in(
    text: &str,
    rule: &'static Meta,
    places: impl IntoIterator<Item = (usize, usize)>,
) -> (Sources, CheckReport) {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml", text);
    let findings: Vec<Finding> = places
        .into_iter()
        .map(|(start, end)| {
            let diagnostic = Diagnostic::new(rule, Span::new(file, start..end), "this is wrong");
            finding(diagnostic.note("here"), "", "000000000000")
        })
        .collect();
    let report = view::check_report(&sources, &findings, 1);
    (sources, report)
}

/// What a format writes.
pub(super) fn written(
    write: Option<WriteCheck>,
    (sources, report): &(Sources, CheckReport),
    options: &HumanOptions,
) -> String {
    let mut bytes = Vec::new();
    let write = write.expect("writes check reports");
    write(report, sources, options, &mut bytes).expect("no error on memory");
    String::from_utf8(bytes).expect("UTF-8")
}
