//! What nodes state beside their flow: in elements of our own, or in those of Camunda 8.

use super::{Document, Profile};
use crate::target::bpmn::process::{Each, Facts, Kind, Task};

impl Document {
    pub(super) fn each(&mut self, each: &Each) {
        let in_order = each.in_order.to_string();
        self.open(
            "bpmn:multiInstanceLoopCharacteristics",
            &[("isSequential", &in_order)],
        );
        self.open("bpmn:extensionElements", &[]);
        let (list, result) = (self.feel(&each.list), self.feel(&each.result));
        match self.profile {
            Profile::Zeebe => self.empty(
                "zeebe:loopCharacteristics",
                &[
                    ("inputCollection", &list),
                    ("inputElement", &each.item),
                    ("outputCollection", &each.results),
                    ("outputElement", &result),
                ],
            ),
            Profile::Generic => self.empty(
                "flowgate:each",
                &[
                    ("list", &list),
                    ("item", &each.item),
                    ("results", &each.results),
                    ("result", &result),
                ],
            ),
        }
        self.close("bpmn:extensionElements");
        let count = self.feel(&format!("count({})", each.list));
        self.expression("bpmn:loopCardinality", &count);
        if let Some(until) = &each.until {
            let until = self.feel(until);
            self.expression("bpmn:completionCondition", &until);
        }
        self.close("bpmn:multiInstanceLoopCharacteristics");
    }

    /// What people read, and what workers need.
    pub(super) fn facts(&mut self, facts: &Facts, kind: Option<&Kind>) {
        if let Some(documentation) = &facts.documentation {
            self.text("bpmn:documentation", &[], documentation);
        }
        let is_human = matches!(kind, Some(Kind::Task(Task::User)));
        let called = if let Some(Kind::Call(process)) = kind {
            Some(process.as_str())
        } else {
            None
        };
        let has_facts = facts.job.is_some()
            || facts.script.is_some()
            || !facts.inputs.is_empty()
            || !facts.outputs.is_empty()
            || !facts.properties.is_empty()
            || is_human
            || called.is_some();
        if !has_facts {
            return;
        }
        self.open("bpmn:extensionElements", &[]);
        match self.profile {
            Profile::Generic => self.own_facts(facts),
            Profile::Zeebe => self.zeebe_facts(facts, is_human, called),
        }
        self.close("bpmn:extensionElements");
    }

    fn own_facts(&mut self, facts: &Facts) {
        if let Some(job) = &facts.job {
            let attempts = facts.attempts.max(1).to_string();
            self.empty("flowgate:job", &[("type", job), ("attempts", &attempts)]);
        }
        if let Some((_, variable)) = &facts.script {
            self.empty("flowgate:result", &[("variable", variable)]);
        }
        if let Some(groups) = &facts.groups {
            self.empty("flowgate:groups", &[("expression", groups)]);
        }
        if let Some(people) = &facts.people {
            self.empty("flowgate:people", &[("expression", people)]);
        }
        for (name, value) in &facts.inputs {
            self.empty(
                "flowgate:input",
                &[("variable", name), ("expression", value)],
            );
        }
        for (name, value) in &facts.outputs {
            self.empty(
                "flowgate:output",
                &[("variable", name), ("expression", value)],
            );
        }
        for (name, value) in &facts.properties {
            self.empty("flowgate:property", &[("name", name), ("value", value)]);
        }
    }

    fn zeebe_facts(&mut self, facts: &Facts, is_human: bool, called: Option<&str>) {
        if let Some(job) = &facts.job {
            let attempts = facts.attempts.max(1).to_string();
            self.empty(
                "zeebe:taskDefinition",
                &[("type", job), ("retries", &attempts)],
            );
        }
        if let Some((script, variable)) = &facts.script {
            let script = self.feel(script);
            self.empty(
                "zeebe:script",
                &[("expression", &script), ("resultVariable", variable)],
            );
        }
        if let Some(process) = called {
            let attributes = [
                ("processId", process),
                ("propagateAllChildVariables", "false"),
            ];
            self.empty("zeebe:calledElement", &attributes);
        }
        if is_human {
            self.empty("zeebe:userTask", &[]);
            let groups = facts.groups.as_ref().map(|groups| self.feel(groups));
            let people = facts.people.as_ref().map(|people| self.feel(people));
            let mut attributes = Vec::new();
            attributes.extend(groups.as_deref().map(|groups| ("candidateGroups", groups)));
            attributes.extend(people.as_deref().map(|people| ("candidateUsers", people)));
            if !attributes.is_empty() {
                self.empty("zeebe:assignmentDefinition", &attributes);
            }
        }
        if !facts.inputs.is_empty() || !facts.outputs.is_empty() {
            self.open("zeebe:ioMapping", &[]);
            for (name, value) in &facts.inputs {
                let value = self.feel(value);
                self.empty("zeebe:input", &[("source", &value), ("target", name)]);
            }
            for (name, value) in &facts.outputs {
                let value = self.feel(value);
                self.empty("zeebe:output", &[("source", &value), ("target", name)]);
            }
            self.close("zeebe:ioMapping");
        }
        if !facts.properties.is_empty() {
            self.open("zeebe:properties", &[]);
            for (name, value) in &facts.properties {
                self.empty("zeebe:property", &[("name", name), ("value", value)]);
            }
            self.close("zeebe:properties");
        }
    }
}
