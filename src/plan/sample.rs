//! Plans from texts, for tests.

use crate::diagnostic::Diagnostic;
use crate::model::resolve::resolve;
use crate::model::{Judged, Model, NotSound, Surroundings};
use crate::plan::{Plan, lower};
use crate::source::Sources;
use crate::syntax::decode;
use crate::yaml;

/// A project of one file with its findings.
pub(crate) struct Sample {
    pub(crate) sources: Sources,
    pub(crate) model: Model,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Sample {
    pub(crate) fn at(path: &str, text: &str) -> Self {
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let stream = yaml::parse(id, text);
        let mut diagnostics = stream.diagnostics;
        let project = decode(&sources, &[(id, stream.value)]);
        diagnostics.extend(project.diagnostics);
        let model = resolve(
            project.value,
            Surroundings::on(jiff::civil::date(2026, 11, 20)),
        );
        diagnostics.extend(model.diagnostics);
        // No file exists beside the text.
        diagnostics.retain(|each| !each.message.starts_with("there is no file"));
        Sample {
            sources,
            model: model.value,
            diagnostics,
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        let name = &self.model.project.workflows[0].name.value;
        match self
            .model
            .sound(name, self.diagnostics.iter().map(Judged::from))
        {
            Ok(sound) => lower(sound, &self.sources),
            Err(NotSound::Unknown) => panic!("no workflow"),
            Err(NotSound::Findings(findings)) => {
                let texts: Vec<(&str, &str)> = findings
                    .iter()
                    .map(|each| (each.message.as_str(), self.sources.text(each.span)))
                    .collect();
                panic!("not sound: {texts:#?}")
            }
        }
    }
}

/// The plan of the first workflow of a text.
pub(crate) fn plan(text: &str) -> Plan {
    Sample::at("workflow.yaml", text).plan()
}
