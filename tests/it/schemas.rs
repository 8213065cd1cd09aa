//! The published schemas and the decoder agree about the shape of documents.

use std::fs;
use std::path::{Path, PathBuf};

use flowgate::catalog::schema;
use flowgate::source::Sources;
use flowgate::syntax::decode::Decoder;
use flowgate::syntax::scalars::json;
use flowgate::syntax::{DocumentKind, Project};
use flowgate::yaml;

/// Rules that both sides know: keys, types and missing keys.
const SHAPE: &[&str] = &["unknown-key", "missing-key", "wrong-type"];
/// Forms of scalars, which the schemas know in part.
const FORM: &[&str] = &["invalid-value", "ambiguous-scalar"];

fn yaml_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
}

fn repository_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests", "examples"] {
        if root.join(folder).is_dir() {
            yaml_files(&root.join(folder), &mut files);
        }
    }
    files.sort();
    files
}

#[test]
fn schemas_and_decoder_agree_on_every_file() {
    let validator = jsonschema::draft202012::new(&schema::file()).unwrap();
    let mut documents = 0;
    let mut faults = Vec::new();
    for path in repository_files() {
        let text = fs::read_to_string(&path).unwrap();
        let mut sources = Sources::default();
        let id = sources.add("file.yaml", text.as_str());
        for document in yaml::parse(id, &text).value.documents {
            documents += 1;
            let mut decoder = Decoder::new();
            Project::default().add(&document, &text, &mut decoder);
            let findings = decoder.finish();
            let rules: Vec<&str> = findings
                .iter()
                .map(|finding| finding.rule.id.as_ref())
                .collect();
            if rules.contains(&"flattened-document") {
                continue;
            }
            let value = json(document.root(&text));
            let accepted = validator.is_valid(&value);
            let shape_fault = rules.iter().any(|rule| SHAPE.contains(rule));
            let form_fault = rules.iter().any(|rule| FORM.contains(rule));
            if accepted && shape_fault {
                faults.push(format!(
                    "{}: the decoder reports {rules:?}, the schema nothing",
                    path.display()
                ));
            }
            if !accepted && !shape_fault && !form_fault {
                let errors: Vec<String> = validator
                    .iter_errors(&value)
                    .map(|error| format!("{} at {}", error, error.instance_path()))
                    .collect();
                faults.push(format!(
                    "{}: only the schema complains: {errors:#?}",
                    path.display()
                ));
            }
        }
    }
    assert!(documents > 10, "too few documents were compared");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_kind_has_a_schema_that_accepts_its_own_documents_only() {
    let queue = serde_json::json!({ "queues": { "desk": { "owner": "tom.okafor" } } });
    for kind in DocumentKind::ALL {
        let validator = jsonschema::draft202012::new(&schema::document(kind)).unwrap();
        assert_eq!(
            validator.is_valid(&queue),
            kind == DocumentKind::Queue,
            "{}",
            kind.as_str()
        );
    }
}

#[test]
fn every_key_has_a_text_for_editors() {
    fn visit(schema: &serde_json::Value, place: &str, missing: &mut Vec<String>) {
        let Some(object) = schema.as_object() else {
            return;
        };
        for (keyword, value) in object {
            let members = value.as_object().into_iter().flatten();
            match keyword.as_str() {
                "properties" => {
                    for (key, property) in members {
                        if place.starts_with("/$defs") && property.get("description").is_none() {
                            missing.push(format!("{place}/{key}"));
                        }
                        visit(property, &format!("{place}/{key}"), missing);
                    }
                }
                "$defs" | "patternProperties" => {
                    for (key, child) in members {
                        visit(child, &format!("{place}/{keyword}/{key}"), missing);
                    }
                }
                _ => visit(value, &format!("{place}/{keyword}"), missing),
            }
        }
    }
    let mut missing = Vec::new();
    visit(&schema::file(), "", &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
}
