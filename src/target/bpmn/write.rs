//! BPMN as XML, in one of two profiles.

mod diagram;
mod facts;

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event as Xml};

use super::process::{Event, Facts, Kind, Node, Process, Scope, Task, Time};
use super::process_id;

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// Any engine; what BPMN has no word for stands in elements of our own.
    Generic,
    /// Camunda 8.
    Zeebe,
}

/// Attributes in order.
type Attributes<'a> = &'a [(&'a str, &'a str)];

/// The file of a process.
pub(super) fn document(process: &Process, profile: Profile) -> String {
    let mut document = Document {
        writer: Writer::new_with_indent(Vec::new(), b' ', 2),
        profile,
        events: Events::default(),
    };
    document.events.collect(&process.scope);
    document.events.number();
    document.write(process);
    let mut text = String::from_utf8(document.writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

/// Errors, messages and signals, which stand beside the process, with their identifiers.
#[derive(Debug, Default)]
struct Events {
    errors: BTreeMap<String, String>,
    messages: BTreeMap<(String, Option<String>), String>,
    signals: BTreeMap<String, String>,
}

impl Events {
    fn collect(&mut self, scope: &Scope) {
        for node in &scope.nodes {
            match &node.kind {
                Kind::Start(event)
                | Kind::End(event)
                | Kind::Catch(event)
                | Kind::Boundary { on: event, .. } => self.note(event),
                Kind::Sub { scope, .. } => self.collect(scope),
                Kind::Task(_) | Kind::Exclusive | Kind::Parallel | Kind::Call(_) => {}
            }
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Error(code) => {
                self.errors.entry(code.clone()).or_default();
            }
            Event::Message { name, key } => {
                self.messages
                    .entry((name.clone(), key.clone()))
                    .or_default();
            }
            Event::Signal(name) => {
                self.signals.entry(name.clone()).or_default();
            }
            Event::None | Event::Terminate | Event::Timer(_) => {}
        }
    }

    /// Numbers follow the names, so that the order of the flow changes none.
    fn number(&mut self) {
        for (index, id) in self.errors.values_mut().enumerate() {
            *id = format!("error_{}", index + 1);
        }
        for (index, id) in self.messages.values_mut().enumerate() {
            *id = format!("message_{}", index + 1);
        }
        for (index, id) in self.signals.values_mut().enumerate() {
            *id = format!("signal_{}", index + 1);
        }
    }
}

struct Document {
    writer: Writer<Vec<u8>>,
    profile: Profile,
    events: Events,
}

impl Document {
    /// Writing into memory cannot fail.
    fn emit(&mut self, event: Xml<'_>) {
        drop(self.writer.write_event(event));
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        let mut start = BytesStart::new(name);
        start.extend_attributes(attributes.iter().map(|(name, value)| (*name, *value)));
        self.emit(Xml::Start(start));
    }

    fn close(&mut self, name: &str) {
        self.emit(Xml::End(BytesEnd::new(name)));
    }

    fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        let mut start = BytesStart::new(name);
        start.extend_attributes(attributes.iter().map(|(name, value)| (*name, *value)));
        self.emit(Xml::Empty(start));
    }

    fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.emit(Xml::Text(BytesText::new(text)));
        self.close(name);
    }

    /// An expression as the profile marks it.
    fn feel(&self, expression: &str) -> String {
        match self.profile {
            Profile::Generic => expression.to_owned(),
            Profile::Zeebe => format!("={expression}"),
        }
    }

    fn expression(&mut self, name: &str, text: &str) {
        self.text(name, &[("xsi:type", "bpmn:tFormalExpression")], text);
    }

    fn write(&mut self, process: &Process) {
        self.emit(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let id = process_id(&process.name);
        self.open_definitions(&id);
        self.shared();
        self.open("bpmn:collaboration", &[("id", "collaboration")]);
        let pool = [
            ("id", "pool"),
            ("name", process.title.as_str()),
            ("processRef", id.as_str()),
        ];
        self.empty("bpmn:participant", &pool);
        self.close("bpmn:collaboration");
        let executable = [
            ("id", id.as_str()),
            ("name", process.title.as_str()),
            ("isExecutable", "true"),
        ];
        self.open("bpmn:process", &executable);
        let facts = Facts {
            properties: process.properties.clone(),
            documentation: process.summary.clone(),
            ..Facts::default()
        };
        self.facts(&facts, None);
        self.lanes(process);
        self.scope(&process.scope, "");
        self.close("bpmn:process");
        self.diagrams(process);
        self.close("bpmn:definitions");
    }

    fn open_definitions(&mut self, id: &str) {
        let own = match self.profile {
            Profile::Generic => ("xmlns:flowgate", "https://flowgate.dev/schema/bpmn/v1"),
            Profile::Zeebe => ("xmlns:zeebe", "http://camunda.org/schema/zeebe/1.0"),
        };
        let definitions = format!("definitions_{id}");
        let mut attributes = vec![
            ("xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL"),
            ("xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI"),
            ("xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC"),
            ("xmlns:di", "http://www.omg.org/spec/DD/20100524/DI"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            own,
        ];
        match self.profile {
            Profile::Generic => attributes.push((
                "expressionLanguage",
                "https://www.omg.org/spec/DMN/20191111/FEEL/",
            )),
            Profile::Zeebe => attributes.extend([
                ("xmlns:modeler", "http://camunda.org/schema/modeler/1.0"),
                ("modeler:executionPlatform", "Camunda Cloud"),
                ("modeler:executionPlatformVersion", "8.6.0"),
            ]),
        }
        attributes.extend([
            ("id", definitions.as_str()),
            ("targetNamespace", "https://flowgate.dev/bpmn"),
            ("exporter", "flowgate"),
        ]);
        self.open("bpmn:definitions", &attributes);
    }

    fn shared(&mut self) {
        let events = std::mem::take(&mut self.events);
        for (code, id) in &events.errors {
            self.empty(
                "bpmn:error",
                &[("id", id), ("name", code), ("errorCode", code)],
            );
        }
        for ((name, key), id) in &events.messages {
            let attributes = [("id", id.as_str()), ("name", name.as_str())];
            match key {
                None => self.empty("bpmn:message", &attributes),
                Some(key) => {
                    let key = self.feel(key);
                    self.open("bpmn:message", &attributes);
                    self.open("bpmn:extensionElements", &[]);
                    let element = match self.profile {
                        Profile::Generic => "flowgate:subscription",
                        Profile::Zeebe => "zeebe:subscription",
                    };
                    self.empty(element, &[("correlationKey", &key)]);
                    self.close("bpmn:extensionElements");
                    self.close("bpmn:message");
                }
            }
        }
        for (name, id) in &events.signals {
            self.empty("bpmn:signal", &[("id", id), ("name", name)]);
        }
        self.events = events;
    }

    fn lanes(&mut self, process: &Process) {
        self.open("bpmn:laneSet", &[("id", "lanes")]);
        for (number, lane) in process.lanes.iter().enumerate() {
            let id = format!("lane_{}", number + 1);
            self.open("bpmn:lane", &[("id", &id), ("name", lane)]);
            for node in process
                .scope
                .nodes
                .iter()
                .filter(|node| node.lane == number)
            {
                self.text("bpmn:flowNodeRef", &[], &node.id);
            }
            self.close("bpmn:lane");
        }
        self.close("bpmn:laneSet");
    }

    fn scope(&mut self, scope: &Scope, within: &str) {
        for (index, node) in scope.nodes.iter().enumerate() {
            self.node(scope, within, index, node);
        }
        for (index, flow) in scope.flows.iter().enumerate() {
            let id = flow_id(within, index);
            let mut attributes = vec![("id", id.as_str())];
            if !flow.name.is_empty() {
                attributes.push(("name", flow.name.as_str()));
            }
            attributes.push(("sourceRef", scope.nodes[flow.from].id.as_str()));
            attributes.push(("targetRef", scope.nodes[flow.to].id.as_str()));
            match &flow.condition {
                None => self.empty("bpmn:sequenceFlow", &attributes),
                Some(condition) => {
                    let condition = self.feel(condition);
                    self.open("bpmn:sequenceFlow", &attributes);
                    self.expression("bpmn:conditionExpression", &condition);
                    self.close("bpmn:sequenceFlow");
                }
            }
        }
    }

    fn node(&mut self, scope: &Scope, within: &str, index: usize, node: &Node) {
        let element = element(&node.kind);
        let mut attributes = vec![("id", node.id.as_str())];
        if !node.name.is_empty() {
            attributes.push(("name", node.name.as_str()));
        }
        let default = default_of(scope, within, index);
        if let Some(default) = &default {
            attributes.push(("default", default.as_str()));
        }
        if let Kind::Boundary {
            host, interrupts, ..
        } = &node.kind
        {
            attributes.push(("attachedToRef", scope.nodes[*host].id.as_str()));
            if !interrupts {
                attributes.push(("cancelActivity", "false"));
            }
        }
        if self.profile == Profile::Generic {
            if let Kind::Call(process) = &node.kind {
                attributes.push(("calledElement", process.as_str()));
            }
            if matches!(node.kind, Kind::Task(Task::Script)) {
                attributes.push(("scriptFormat", "application/feel"));
            }
        }
        self.open(element, &attributes);
        self.facts(&node.facts, Some(&node.kind));
        self.ways(scope, within, index);
        self.content(node);
        self.close(element);
    }

    /// The flows that come to a node, and those that leave it.
    fn ways(&mut self, scope: &Scope, within: &str, index: usize) {
        let flows = || scope.flows.iter().enumerate();
        for (flow, _) in flows().filter(|(_, flow)| flow.to == index) {
            self.text("bpmn:incoming", &[], &flow_id(within, flow));
        }
        for (flow, _) in flows().filter(|(_, flow)| flow.from == index) {
            self.text("bpmn:outgoing", &[], &flow_id(within, flow));
        }
    }

    /// What stands inside a node.
    fn content(&mut self, node: &Node) {
        match &node.kind {
            Kind::Start(event) | Kind::End(event) | Kind::Catch(event) => {
                self.event(&node.id, event)
            }
            Kind::Boundary { on, .. } => self.event(&node.id, on),
            Kind::Task(Task::Script) if self.profile == Profile::Generic => {
                let script = node.facts.script.as_ref().map_or("", |(script, _)| script);
                self.text("bpmn:script", &[], script);
            }
            Kind::Task(_) | Kind::Exclusive | Kind::Parallel | Kind::Call(_) => {}
            Kind::Sub { scope, each } => {
                if let Some(each) = each {
                    self.each(each);
                }
                self.scope(scope, &node.id);
            }
        }
    }

    fn event(&mut self, id: &str, event: &Event) {
        let definition = format!("on_{id}");
        let own = ("id", definition.as_str());
        match event {
            Event::None => {}
            Event::Error(code) => {
                let error = self.events.errors.get(code).cloned().unwrap_or_default();
                self.empty("bpmn:errorEventDefinition", &[own, ("errorRef", &error)]);
            }
            Event::Terminate => self.empty("bpmn:terminateEventDefinition", &[own]),
            Event::Timer(time) => {
                self.open("bpmn:timerEventDefinition", &[own]);
                match time {
                    Time::After(duration) => self.expression("bpmn:timeDuration", duration),
                    Time::At(moment) => {
                        let moment = self.feel(moment);
                        self.expression("bpmn:timeDate", &moment);
                    }
                }
                self.close("bpmn:timerEventDefinition");
            }
            Event::Message { name, key } => {
                let message = self.events.messages.get(&(name.clone(), key.clone()));
                let message = message.cloned().unwrap_or_default();
                self.empty(
                    "bpmn:messageEventDefinition",
                    &[own, ("messageRef", &message)],
                );
            }
            Event::Signal(name) => {
                let signal = self.events.signals.get(name).cloned().unwrap_or_default();
                self.empty("bpmn:signalEventDefinition", &[own, ("signalRef", &signal)]);
            }
        }
    }
}

fn element(kind: &Kind) -> &'static str {
    match kind {
        Kind::Start(_) => "bpmn:startEvent",
        Kind::End(_) => "bpmn:endEvent",
        Kind::Catch(_) => "bpmn:intermediateCatchEvent",
        Kind::Boundary { .. } => "bpmn:boundaryEvent",
        Kind::Task(Task::Service) => "bpmn:serviceTask",
        Kind::Task(Task::Send) => "bpmn:sendTask",
        Kind::Task(Task::User) => "bpmn:userTask",
        Kind::Task(Task::Script) => "bpmn:scriptTask",
        Kind::Exclusive => "bpmn:exclusiveGateway",
        Kind::Parallel => "bpmn:parallelGateway",
        Kind::Sub { .. } => "bpmn:subProcess",
        Kind::Call(_) => "bpmn:callActivity",
    }
}

fn flow_id(within: &str, index: usize) -> String {
    if within.is_empty() {
        format!("flow_{}", index + 1)
    } else {
        format!("flow_{within}_{}", index + 1)
    }
}

/// The flow that a choice takes when no condition holds.
fn default_of(scope: &Scope, within: &str, index: usize) -> Option<String> {
    if !matches!(scope.nodes[index].kind, Kind::Exclusive) {
        return None;
    }
    let mut ways = scope
        .flows
        .iter()
        .enumerate()
        .filter(|(_, flow)| flow.from == index);
    let has_choice = ways.clone().any(|(_, flow)| flow.condition.is_some());
    let default = ways.find(|(_, flow)| flow.condition.is_none());
    default
        .filter(|_| has_choice)
        .map(|(flow, _)| flow_id(within, flow))
}
