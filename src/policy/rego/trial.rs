//! Running the tests of Rego policies: rules called `test_…` in files called `…_test.rego`.

use super::program::{Definition, Program, with_room};
use super::{Files, TestedFile, TestedRule};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources};

/// Runs every test, in path and written order.
pub(super) fn test_files(files: &Files, sources: &Sources) -> Vec<TestedFile> {
    if files.tests.is_empty() {
        return Vec::new();
    }
    with_room(|| run(files, sources)).unwrap_or_else(|| {
        let faults = ["the tests cannot be evaluated".to_owned()];
        not_run(files, sources, &faults)
    })
}

fn run(files: &Files, sources: &Sources) -> Vec<TestedFile> {
    let modules: Vec<SourceId> = files.modules.iter().chain(&files.tests).copied().collect();
    let mut program = match Program::load(&modules, files, sources) {
        Ok(program) => program,
        Err(diagnostics) => {
            let faults: Vec<String> = diagnostics.iter().map(|it| fault(it, sources)).collect();
            return not_run(files, sources, &faults);
        }
    };
    let definitions = std::mem::take(&mut program.definitions);
    let tests = files.tests.iter().map(|source| {
        let own = definitions.iter().filter(|it| it.head.source == *source);
        let mut cases: Vec<TestedRule> = Vec::new();
        for definition in own.filter(|it| it.name.starts_with("test_")) {
            let case = run_one(&mut program, definition, sources);
            if !cases.iter().any(|known| known.name == case.name) {
                cases.push(case);
            }
        }
        TestedFile {
            path: sources.file(*source).path().to_owned(),
            faults: Vec::new(),
            cases,
        }
    });
    tests.collect()
}

fn run_one(program: &mut Program, test: &Definition, sources: &Sources) -> TestedRule {
    let file = sources.file(test.head.source);
    let fault = match program.value(test) {
        Ok(Some(serde_json::Value::Bool(true))) => None,
        Ok(None) => Some("it is undefined, not `true`".to_owned()),
        Ok(Some(value)) => Some(format!("it is `{value}`, not `true`")),
        Err(error) => Some(fault(
            &super::fault::finding(&error, sources, test.head),
            sources,
        )),
    };
    TestedRule {
        name: format!("{}.{}", test.package, test.name),
        line: file.position(test.head.start).line,
        fault,
    }
}

fn not_run(files: &Files, sources: &Sources, faults: &[String]) -> Vec<TestedFile> {
    let tests = files.tests.iter().map(|source| TestedFile {
        path: sources.file(*source).path().to_owned(),
        faults: faults.to_vec(),
        cases: Vec::new(),
    });
    tests.collect()
}

fn fault(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let file = sources.file(diagnostic.span.source);
    let line = file.position(diagnostic.span.start).line;
    format!("{}:{line}: {}", file.path(), diagnostic.message)
}
