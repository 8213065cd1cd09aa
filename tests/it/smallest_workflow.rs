//! The smallest workflow of the language: no errors at stage 0, and warnings that say what stage 1
//! will ask for.

use std::collections::BTreeSet;

use flowgate::catalog;
use flowgate::check;
use flowgate::model::{ProjectFiles, Surroundings};
use flowgate::rule::Level;
use flowgate::source::Sources;

const WORKFLOW: &str = "\
workflow:
  name: meeting-room-request
  summary: Books a room with special set-up when the calendar cannot do it alone.
  owner: tom.okafor
  trigger: {form: room-request, input: {room: string, date: date, setup: string}}
  sla: {response: 4h, resolution: 1d, calendar: business}
  proof: [{from: ITSM, that: steps.book.ticket_state == 'closed'}]
  exceptions: {default: {queue: facilities-exceptions, resume: fallback}}
  fallback: {mode: manual, runbook: runbooks/rooms.md}
  states:
    new: {lifecycle: new, steps: [{id: book, task: Book and set up the room, assign: {queue: facilities}, returns: itsm.ticket.v1, timeout: 6h}], to: done}
    done: {lifecycle: done, end: completed}
";

const DIRECTORY: &str = "\
people:
  tom.okafor: {roles: [it_lead]}
queues:
  facilities: {kind: work, owner: tom.okafor, sla: {response: 4h, resolution: 1d}}
  facilities-exceptions: {kind: exception, owner: tom.okafor, sla: {response: 4h, resolution: 1d}}
calendars:
  business: {timezone: Europe/Stockholm, hours: {mon-fri: \"09:00-17:00\"}}
systems:
  ITSM: {owner: tom.okafor, record_of: [ticket]}
contracts:
  itsm.ticket.v1:
    version: 1.0.0
    producer: ITSM
    consumers: [meeting-room-request]
    schema:
      ticket_state: {type: string, required: true, enum: [open, closed]}
    audit: {violations: log, sample: masked, timestamp: source}
";

const RUNBOOK: &str = "\
# Rooms
## Replay
Start again from the request.
## Roll back
Cancel the booking.
## Manual mode
Book by telephone.
";

/// What stage 1 will ask for.
const WARNINGS: [&str; 5] = [
    "backup-missing",
    "version-missing",
    "summary-or-scope-missing",
    "success-metric-missing",
    "readiness-incomplete",
];

#[test]
fn has_no_errors_and_five_warnings() {
    let mut sources = Sources::default();
    sources.add("directory.yaml", DIRECTORY);
    sources.add("workflow.yaml", WORKFLOW);
    let loaded = check::load(sources, |_| {
        let mut surroundings = Surroundings::on(jiff::civil::date(2026, 8, 1));
        let path = "runbooks/rooms.md".to_owned();
        surroundings.files = ProjectFiles {
            paths: [path.clone()].into(),
            texts: [(path, RUNBOOK.to_owned())].into(),
            ..ProjectFiles::default()
        };
        surroundings
    });
    let findings = check::check(&loaded);
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.diagnostic.level == Level::Error)
        .map(|finding| finding.diagnostic.message.as_str())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let found: BTreeSet<&str> = findings
        .iter()
        .map(|finding| finding.diagnostic.rule.id.as_ref())
        .collect();
    let expected: BTreeSet<&str> = WARNINGS
        .into_iter()
        .filter(|rule| catalog::rule(rule).is_some())
        .collect();
    assert_eq!(found, expected);
}
