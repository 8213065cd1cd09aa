//! The precondition of a plan: a workflow whose findings leave no hole in what would run.
//!
//! A workflow is sound when nothing is found wrong with it or with the documents that it rests on.
//! Which findings count:
//!
//! - **Every finding at error level**, of whatever family: a plan without an accountable owner or
//!   with an approval that somebody can give to himself would run, and should not. Findings that
//!   the author accepted for a while (`suppress:`) and findings that the configuration lowered to a
//!   warning do not count.
//! - **Every finding of reading, decoding and resolving that is an error by default** (invalid
//!   YAML, unknown and missing keys, wrong types and values, unresolved and duplicate names,
//!   exclusive keys), even where it was accepted or lowered: such a finding means that something
//!   the author wrote was not understood, and the plan would be silently without it.
//!
//! Which documents count: the workflow, the project file, which holds retries and lists, and the
//! [`Closure`] of the workflow. What stands in the workflow's file and belongs to no document that
//! could be read counts too, since it may be a part of the workflow; so does what stands in a file
//! of which something could not be read, when the workflow names what that file may declare.

use super::Model;
use super::closure::Closure;
use crate::diagnostic::Diagnostic;
use crate::rule::{DefaultLevel, Level};
use crate::source::{SourceId, Span};
use crate::syntax::workflow::Workflow;
use crate::syntax::{DocumentKind, Entity, Project};

/// A workflow of a model that can be lowered to a plan; made by [`Model::sound`] only.
#[derive(Debug, Clone, Copy)]
pub struct Sound<'m> {
    model: &'m Model,
    workflow: &'m Entity<Workflow>,
}

impl<'m> Sound<'m> {
    /// The resolved project.
    pub fn model(self) -> &'m Model {
        self.model
    }

    /// The workflow.
    pub fn workflow(self) -> &'m Entity<Workflow> {
        self.workflow
    }
}

/// A finding at its final level, with the author's word about it.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'d> {
    /// The finding, at the level that the configuration gives it.
    pub diagnostic: &'d Diagnostic,
    /// True when the author accepted it for a while.
    pub accepted: bool,
}

impl<'d> From<&'d Diagnostic> for Judged<'d> {
    fn from(diagnostic: &'d Diagnostic) -> Self {
        Judged {
            diagnostic,
            accepted: false,
        }
    }
}

/// Why there is no plan.
#[derive(Debug)]
pub enum NotSound<'d> {
    /// The project has no workflow of that name.
    Unknown,
    /// What must be mended first, in the order in which it was given.
    Findings(Vec<&'d Diagnostic>),
}

impl Model {
    /// The workflow of a name, when nothing is found wrong with what would run; see the
    /// [module](self) for what counts. Pass every finding of the project, those of reading and
    /// decoding included.
    ///
    /// # Errors
    /// When there is no such workflow, or with the findings that stand in the way.
    pub fn sound<'d>(
        &self,
        workflow: &str,
        findings: impl IntoIterator<Item = Judged<'d>>,
    ) -> Result<Sound<'_>, NotSound<'d>> {
        let Some(entity) = self.workflow(workflow) else {
            return Err(NotSound::Unknown);
        };
        let places = Places::of(self, entity);
        let blocking: Vec<&Diagnostic> = findings
            .into_iter()
            .filter(|finding| blocks(*finding) && places.concern(finding.diagnostic.span))
            .map(|finding| finding.diagnostic)
            .collect();
        if blocking.is_empty() {
            Ok(Sound {
                model: self,
                workflow: entity,
            })
        } else {
            Err(NotSound::Findings(blocking))
        }
    }
}

fn blocks(finding: Judged<'_>) -> bool {
    let rule = &finding.diagnostic.rule;
    let leaves_a_hole = rule.level == DefaultLevel::Always(Level::Error)
        && [
            crate::yaml::rules::RULES,
            crate::syntax::rules::RULES,
            super::rules::RULES,
        ]
        .iter()
        .any(|rules| rules.iter().any(|known| known.id == rule.id));
    leaves_a_hole || (finding.diagnostic.level == Level::Error && !finding.accepted)
}

/// The places whose findings concern one workflow.
struct Places {
    inside: Vec<Span>,
    documents: Vec<Span>,
    unread: Vec<SourceId>,
}

impl Places {
    fn of(model: &Model, workflow: &Entity<Workflow>) -> Self {
        let closure = Closure::of(model, workflow);
        let documents = places(&model.project);
        let mut inside: Vec<Span> = documents
            .iter()
            .filter(|(kind, name, _)| {
                *kind == DocumentKind::Project || closure.contains(*kind, name)
            })
            .map(|(_, _, span)| *span)
            .collect();
        let unread = model
            .suspended
            .iter()
            .filter(|(reference, _)| inside.iter().any(|span| span.contains(*reference)))
            .map(|(_, file)| *file)
            .chain([workflow.span.source])
            .collect();
        let documents: Vec<Span> = documents.into_iter().map(|(_, _, span)| span).collect();
        let misspelt = model.project.misspelt.iter().map(|(key, _)| *key);
        let roots: Vec<Span> = misspelt
            .filter(|key| inside.iter().any(|span| span.source == key.source))
            .filter(|key| !documents.iter().any(|span| span.contains(*key)))
            .collect();
        inside.extend(roots);
        Places {
            inside,
            documents,
            unread,
        }
    }

    fn concern(&self, place: Span) -> bool {
        let covered_by = |spans: &[Span]| spans.iter().any(|span| span.contains(place));
        covered_by(&self.inside)
            || (self.unread.contains(&place.source) && !covered_by(&self.documents))
    }
}

/// Every named document with its kind and place.
fn places(project: &Project) -> Vec<(DocumentKind, &str, Span)> {
    fn of<T>(
        kind: DocumentKind,
        entities: &[Entity<T>],
    ) -> impl Iterator<Item = (DocumentKind, &str, Span)> {
        entities
            .iter()
            .map(move |entity| (kind, entity.name.value.as_str(), entity.span))
    }
    of(DocumentKind::Workflow, &project.workflows)
        .chain(of(DocumentKind::Contract, &project.contracts))
        .chain(of(DocumentKind::Queue, &project.queues))
        .chain(of(DocumentKind::Team, &project.teams))
        .chain(of(DocumentKind::Person, &project.people))
        .chain(of(DocumentKind::System, &project.systems))
        .chain(of(DocumentKind::Calendar, &project.calendars))
        .chain(of(DocumentKind::Decision, &project.decisions))
        .chain(of(DocumentKind::Policy, &project.policies))
        .chain(of(DocumentKind::Scenarios, &project.scenarios))
        .chain(of(DocumentKind::ProcessMap, &project.process_maps))
        .chain(of(DocumentKind::Project, &project.configs))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Judged, Model, NotSound};
    use crate::diagnostic::Diagnostic;
    use crate::model::resolve::resolve;
    use crate::model::{Closure, Surroundings};
    use crate::rule::{DefaultLevel, ERROR, Family, Fixable, Level, Meta, Text, WARNING};
    use crate::source::{Sources, Span};
    use crate::syntax::{DocumentKind, decode};
    use crate::yaml;

    static GOVERNANCE: Meta = rule("sample-governance", ERROR);
    static ADVICE: Meta = rule("sample-advice", WARNING);

    const fn rule(id: &'static str, level: DefaultLevel) -> Meta {
        Meta {
            id: Text::Borrowed(id),
            summary: Text::Borrowed(""),
            why: Text::Borrowed(""),
            family: Family::Ownership,
            level,
            locked: false,
            fixable: Fixable::No,
            since: "0.1.0",
            docs: Text::Borrowed(""),
        }
    }

    const WORKFLOW: &str = "workflow:
  name: one
  owner: ada.lind
  trigger: {form: one}
  states:
    begin: {lifecycle: new, steps: [{id: a, call: Store.get}, {id: b, route: sizes}, {id: c, task: Do it, assign: {role: keeper}}], to: done}
    done: {lifecycle: done, end: completed}
  exceptions: {default: {queue: odd, resume: same}}
";
    const DIRECTORY: &str = "
workflows: {two: {owner: bo.ek, states: {begin: {lifecycle: new, end: completed}}}}
queues: {odd: {owner: cy.ray, sla: {calendar: office}}, big: {team: crew}, unused: {}}
people: {ada.lind: {}, bo.ek: {}, cy.ray: {}, di.fox: {roles: [keeper]}}
teams: {crew: {}, others: {}}
calendars: {office: {timezone: UTC, hours: {mon: '09:00-17:00'}}, night: {timezone: UTC, hours: {mon: '20:00-21:00'}}}
systems: {Store: {operations: {get: {effect: read, returns: x.v1}, put: {effect: write, returns: y.v1}}}, Other: {}}
contracts: {x.v1: {producer: Store}, y.v1: {producer: Store}}
decisions: {sizes: {inputs: {n: integer}, outputs: {q: queue}, rules: [['> 1', {q: big}]]}}
---
flowgate: 1
";

    struct Sample {
        sources: Sources,
        model: Model,
        diagnostics: Vec<Diagnostic>,
    }

    fn sample(workflow: &str, directory: &str) -> Sample {
        let mut sources = Sources::default();
        let texts = [
            ("workflows/one.yaml", workflow),
            ("directory.yaml", directory),
        ];
        let mut diagnostics = Vec::new();
        let mut streams = Vec::new();
        for (path, text) in texts {
            let id = sources.add(path, text);
            let stream = yaml::parse(id, text);
            diagnostics.extend(stream.diagnostics);
            streams.push((id, stream.value));
        }
        let project = decode(&sources, &streams);
        diagnostics.extend(project.diagnostics);
        let today = jiff::civil::date(2026, 11, 20);
        let model = resolve(project.value, Surroundings::on(today));
        diagnostics.extend(model.diagnostics);
        Sample {
            sources,
            model: model.value,
            diagnostics,
        }
    }

    impl Sample {
        /// The place of a text that stands once in the two files.
        fn place(&self, text: &str) -> Span {
            let (source, start) = self
                .sources
                .iter()
                .find_map(|(source, file)| Some((source, file.text().find(text)?)))
                .expect("the text");
            Span::new(source, start..start + text.len())
        }

        fn is_sound_with(&self, rule: &'static Meta, at: &str) -> bool {
            let diagnostic = Diagnostic::new(rule, self.place(at), "");
            self.model.sound("one", [Judged::from(&diagnostic)]).is_ok()
        }

        fn is_sound(&self) -> bool {
            let findings = self.diagnostics.iter().map(Judged::from);
            self.model.sound("one", findings).is_ok()
        }
    }

    #[test]
    fn what_the_workflow_rests_on_must_be_without_errors() {
        let sample = sample(WORKFLOW, DIRECTORY);
        assert!(sample.is_sound());
        for inside in [
            "to: done",
            "odd:",
            "big:",
            "ada.lind: {}",
            "cy.ray: {}",
            "di.fox",
            "crew: {}",
            "office:",
            "Store:",
            "x.v1: {",
            "sizes:",
            "flowgate: 1",
        ] {
            assert!(!sample.is_sound_with(&GOVERNANCE, inside), "{inside}");
            assert!(sample.is_sound_with(&ADVICE, inside), "{inside}");
        }
        for outside in [
            "two:",
            "unused:",
            "bo.ek: {}",
            "others:",
            "night:",
            "Other:",
            "y.v1: {",
        ] {
            assert!(sample.is_sound_with(&GOVERNANCE, outside), "{outside}");
        }
    }

    #[test]
    fn only_what_was_understood_can_be_accepted() {
        let sample = sample(WORKFLOW, DIRECTORY);
        let judge = |rule: &'static Meta, level: Level, accepted: bool| {
            let diagnostic = Diagnostic::new(rule, sample.place("to: done"), "").with_level(level);
            let finding = Judged {
                diagnostic: &diagnostic,
                accepted,
            };
            sample.model.sound("one", [finding]).is_ok()
        };
        assert!(judge(&GOVERNANCE, Level::Error, true));
        assert!(judge(&GOVERNANCE, Level::Warning, false));
        assert!(judge(&ADVICE, Level::Warning, false));
        assert!(!judge(&ADVICE, Level::Error, false));
        let unknown_key = &crate::syntax::rules::UNKNOWN_KEY;
        assert!(!judge(unknown_key, Level::Warning, true));
        assert!(judge(
            &crate::syntax::rules::AMBIGUOUS_SCALAR,
            Level::Warning,
            false
        ));
    }

    #[test]
    fn faults_of_the_texts_themselves_stand_in_the_way() {
        let misspelt = WORKFLOW.replace("owner:", "ownr:");
        assert!(!sample(&misspelt, DIRECTORY).is_sound());
        assert!(!sample(&WORKFLOW.replace("odd", "od"), DIRECTORY).is_sound());
        // A document that cannot be read may have belonged to the workflow.
        assert!(!sample(&format!("{WORKFLOW}---\nqueues: [\n"), DIRECTORY).is_sound());
        assert!(sample(WORKFLOW, &format!("{DIRECTORY}---\nqueues: [\n")).is_sound());
        let twice = format!("{DIRECTORY}---\nqueues: {{odd: {{}}}}\n");
        assert!(!sample(WORKFLOW, &twice).is_sound());
    }

    #[test]
    fn there_is_no_plan_of_nothing() {
        let sample = sample(WORKFLOW, DIRECTORY);
        let nothing = sample.model.sound("three", []);
        assert!(matches!(nothing, Err(NotSound::Unknown)));
    }

    #[test]
    fn the_closure_ends_at_what_is_named() {
        let sample = sample(WORKFLOW, DIRECTORY);
        let workflow = sample.model.workflow("one").expect("the workflow");
        let closure = Closure::of(&sample.model, workflow);
        let names = |kind| closure.names(kind).collect::<Vec<_>>();
        assert_eq!(names(DocumentKind::Workflow), ["one"]);
        assert_eq!(names(DocumentKind::Queue), ["big", "odd"]);
        assert_eq!(
            names(DocumentKind::Person),
            ["ada.lind", "cy.ray", "di.fox"]
        );
        assert_eq!(names(DocumentKind::Contract), ["x.v1"]);
        assert_eq!(names(DocumentKind::Calendar), ["office"]);
        assert_eq!(names(DocumentKind::Team), ["crew"]);
    }
}
