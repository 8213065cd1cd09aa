//! Approvals: a service asks, people decide.
//!
//! Who is asked, and who may not be, depends on the directory at that moment: exclusions, absences,
//! delegates, evidence. A service task (`flowgate.ask`) looks it up and gives `asked`, the people,
//! and `votes`, how many must agree. One vote is a user task; several are as many user tasks at the
//! same time, which a rejection ends. The task list must offer them to `asked` only, and to nobody
//! twice.

use super::super::process::{Each, Event, Facts, Kind, Sketch, Task};
use super::rules::with_origin;
use super::{Builder, variable, words};
use crate::model::resolve::reason;
use crate::plan::people::Count;
use crate::plan::step::{Approval, Step};
use crate::target::feel::quoted;

impl Builder<'_> {
    pub(super) fn approve(&mut self, sketch: &mut Sketch, step: &Step, approval: &Approval) {
        self.ask(sketch, step, approval);
        let due = self.due(sketch, &step.id, step.timeout.as_ref());
        let host = match approval.count {
            Count::Number(1) => self.one_vote(sketch, step, approval),
            Count::Number(_) | Count::All => self.votes(sketch, step, approval),
        };
        self.ladder(sketch, &step.id, host, step.timeout.as_ref(), &due);
    }

    fn ask(&mut self, sketch: &mut Sketch, step: &Step, approval: &Approval) {
        let by: Vec<String> = approval
            .by
            .iter()
            .map(|party| self.party_feel(&step.origin, party))
            .collect();
        let excluded: Vec<String> = approval
            .exclude
            .iter()
            .map(|person| self.feel(&step.origin, person))
            .collect();
        let count = match approval.count {
            Count::Number(number) => number.to_string(),
            Count::All => "all".to_owned(),
        };
        let evidence: Vec<&str> = approval.evidence.iter().map(String::as_str).collect();
        let mut facts = Facts::job("flowgate.ask")
            .property("asks", &step.id)
            .property("count", count)
            .property("evidence", evidence.join(", "))
            .input("by", format!("[{}]", by.join(", ")))
            .input("exclude", format!("[{}]", excluded.join(", ")))
            .output(variable("asked", step), "asked")
            .output(variable("votes", step), "votes");
        if let Some(delegate) = &approval.delegate {
            let delegate = self.party_feel(&step.origin, delegate);
            facts = facts.input("delegate", delegate);
        }
        let id = format!("ask_{}", step.id);
        let node = self.task(
            &id,
            format!("Who decides {}?", step.id),
            Task::Service,
            facts,
        );
        let host = sketch.then(node);
        let mut errors = vec![reason::ERROR];
        if !approval.evidence.is_empty() {
            let missing = approval.missing_evidence.as_deref();
            errors.insert(0, missing.unwrap_or(reason::CONTRACT_VIOLATION));
        }
        for error in errors {
            let open = self.boundary(sketch, &id, host, Event::Error(error.to_owned()), error);
            let end = self.thrown(&id, error);
            sketch.end(open, end);
        }
    }

    fn decision(&self, step: &Step, approval: &Approval) -> Facts {
        let by: Vec<String> = approval.by.iter().map(words::party).collect();
        let mut facts = Facts::default()
            .property("by", by.join(", "))
            .property("terms", approval.terms.as_deref().unwrap_or_default());
        facts.people = Some(variable("asked", step));
        facts.documentation = approval.terms.clone().or_else(|| step.summary.clone());
        facts
    }

    fn one_vote(&mut self, sketch: &mut Sketch, step: &Step, approval: &Approval) -> usize {
        let facts = self
            .decision(step, approval)
            .output(format!("steps.{}", step.id), "result")
            .output("case.data", "context merge([case.data, data])");
        let node = self.described(step, Task::User, facts);
        sketch.then(node)
    }

    fn votes(&mut self, sketch: &mut Sketch, step: &Step, approval: &Approval) -> usize {
        let mut inner = Sketch::default();
        let vote = format!("vote_{}", step.id);
        self.begin(&mut inner, &vote);
        let facts = self
            .decision(step, approval)
            .property("vote-of", &step.id)
            .output("vote", "result")
            .output("case.data", "context merge([case.data, data])");
        let node = self.task(&vote, format!("Vote on {}", step.id), Task::User, facts);
        inner.then(node);
        self.finish(&mut inner, &vote);
        let votes = variable("votes", step);
        let given = variable("given", step);
        let rejected = quoted("rejected");
        let each = Each {
            in_order: false,
            list: format!("for number in 1..{votes} return number"),
            item: "number".to_owned(),
            results: given.clone(),
            result: "vote".to_owned(),
            until: Some(format!("vote.decision = {rejected}")),
        };
        let kind = Kind::Sub {
            scope: inner.scope,
            each: Some(each),
        };
        let approvers = format!(
            "flatten(for vote in {given} return if vote.decision = \"approved\" then [vote.approver] else [])"
        );
        let last = format!("flatten({given})[-1]");
        let decided = super::object(
            [
                (
                    "decision",
                    format!("if some vote in {given} satisfies vote.decision = {rejected} then {rejected} else \"approved\""),
                ),
                ("approver", format!("{last}.approver")),
                ("approvers", approvers),
                ("decided_at", format!("{last}.decided_at")),
                ("comment", format!("{last}.comment")),
            ]
            .into_iter(),
        );
        let facts = with_origin(step, Facts::default());
        let facts = facts.output(format!("steps.{}", step.id), decided);
        let name = self.step_name(step);
        let node = self.node(&format!("step_{}", step.id), name, kind, facts);
        sketch.then(node)
    }
}
