//! The pictures: a sheet for the process and one for each scope inside.

use super::{Document, flow_id};
use crate::layout::{Area, Point};
use crate::target::bpmn::draw::{HEADER, Line, Shape, Sheet, sheet};
use crate::target::bpmn::process::{Kind, Node, Process, Scope};

impl Document {
    pub(super) fn diagrams(&mut self, process: &Process) {
        if let Some(drawn) = sheet(&process.scope, &process.lanes) {
            self.begin("collaboration");
            self.pool(process, &drawn);
            self.sheet(&process.scope, "", &drawn);
            self.end();
        }
        self.inside(&process.scope);
    }

    fn inside(&mut self, scope: &Scope) {
        for node in &scope.nodes {
            let Kind::Sub { scope, .. } = &node.kind else {
                continue;
            };
            if let Some(drawn) = sheet(scope, &[]) {
                self.begin(&node.id);
                self.sheet(scope, &node.id, &drawn);
                self.end();
            }
            self.inside(scope);
        }
    }

    fn begin(&mut self, of: &str) {
        let (diagram, plane) = (format!("diagram_{of}"), format!("plane_{of}"));
        self.open("bpmndi:BPMNDiagram", &[("id", &diagram)]);
        self.open("bpmndi:BPMNPlane", &[("id", &plane), ("bpmnElement", of)]);
    }

    fn end(&mut self) {
        self.close("bpmndi:BPMNPlane");
        self.close("bpmndi:BPMNDiagram");
    }

    fn pool(&mut self, process: &Process, drawn: &Sheet) {
        let area = Area {
            x: 0,
            y: 0,
            width: drawn.size.width.max(2 * HEADER),
            height: drawn.size.height,
        };
        self.band("pool", area);
        for (number, area) in drawn.lanes.iter().enumerate().take(process.lanes.len()) {
            self.band(&format!("lane_{}", number + 1), *area);
        }
    }

    fn band(&mut self, of: &str, area: Area) {
        let id = format!("shape_{of}");
        let attributes = [
            ("id", id.as_str()),
            ("bpmnElement", of),
            ("isHorizontal", "true"),
        ];
        self.open("bpmndi:BPMNShape", &attributes);
        self.bounds(area);
        self.close("bpmndi:BPMNShape");
    }

    fn sheet(&mut self, scope: &Scope, within: &str, drawn: &Sheet) {
        for (node, shape) in scope.nodes.iter().zip(&drawn.shapes) {
            self.shape(node, shape);
        }
        for (index, line) in drawn.lines.iter().enumerate() {
            self.line(&flow_id(within, index), line);
        }
    }

    fn shape(&mut self, node: &Node, shape: &Shape) {
        let id = format!("shape_{}", node.id);
        let mut attributes = vec![("id", id.as_str()), ("bpmnElement", node.id.as_str())];
        match &node.kind {
            Kind::Sub { .. } => attributes.push(("isExpanded", "false")),
            Kind::Exclusive => attributes.push(("isMarkerVisible", "true")),
            _ => {}
        }
        self.open("bpmndi:BPMNShape", &attributes);
        self.bounds(shape.area);
        self.label(shape.label);
        self.close("bpmndi:BPMNShape");
    }

    fn line(&mut self, of: &str, line: &Line) {
        let id = format!("line_{of}");
        self.open("bpmndi:BPMNEdge", &[("id", &id), ("bpmnElement", of)]);
        for Point { x, y } in &line.points {
            self.empty(
                "di:waypoint",
                &[("x", &x.to_string()), ("y", &y.to_string())],
            );
        }
        self.label(line.label);
        self.close("bpmndi:BPMNEdge");
    }

    fn label(&mut self, area: Option<Area>) {
        if let Some(area) = area {
            self.open("bpmndi:BPMNLabel", &[]);
            self.bounds(area);
            self.close("bpmndi:BPMNLabel");
        }
    }

    fn bounds(&mut self, area: Area) {
        let number = |number: i64| number.to_string();
        self.empty(
            "dc:Bounds",
            &[
                ("x", &number(area.x)),
                ("y", &number(area.y)),
                ("width", &number(area.width)),
                ("height", &number(area.height)),
            ],
        );
    }
}
