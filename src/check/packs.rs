//! The shipped packs that a project file selects, read as files beside those of the repository.

use crate::diagnostic::Diagnostic;
use crate::model::rules::UNRESOLVED_REFERENCE;
use crate::policy::packs::{PACKS, Pack};
use crate::policy::rego;
use crate::source::{SourceId, Sources, Spanned};
use crate::syntax::Project;
use crate::syntax::decode::nearest;

/// What the paths of shipped files begin with; no path of a repository does.
pub(super) const SHIPPED: &str = "flowgate:";

/// True for the files of packs.
pub fn is_shipped(path: &str) -> bool {
    path.starts_with(SHIPPED)
}

fn selected(project: &Project) -> impl Iterator<Item = (&Spanned<String>, Option<&'static Pack>)> {
    let configs = project.configs.iter().take(1);
    let names = configs.flat_map(|config| &config.body.policies);
    let names = names.filter(|name| !rego::is_path(&name.value));
    names.map(|name| (name, PACKS.iter().find(|pack| pack.name == name.value)))
}

/// Adds the files of the selected packs to the texts, unless they are there already.
pub(super) fn select(project: &Project, sources: &mut Sources) -> Vec<SourceId> {
    let packs = selected(project).filter_map(|(_, pack)| pack);
    let mut ids: Vec<SourceId> = Vec::new();
    for file in packs.flat_map(|pack| pack.policies) {
        let path = format!("{SHIPPED}{}", file.path);
        let known = sources.iter().find(|(_, known)| known.path() == path);
        let id = known.map(|(id, _)| id);
        let id = id.unwrap_or_else(|| sources.add(path, file.text));
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// A name that is no pack would select nothing, and nobody would notice.
pub(super) fn unknown(project: &Project) -> Vec<Diagnostic> {
    let unknown = selected(project).filter(|(_, pack)| pack.is_none());
    unknown
        .map(|(name, _)| {
            let message = format!("there is no policy pack `{}`", name.value);
            let diagnostic = Diagnostic::new(&UNRESOLVED_REFERENCE, name.span, message);
            let names: Vec<&str> = PACKS.iter().map(|pack| pack.name).collect();
            diagnostic.help(match nearest(&name.value, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "there are {}; the path of a Rego folder ends in `/`",
                    names.join(", ")
                ),
            })
        })
        .collect()
}
