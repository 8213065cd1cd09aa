//! Which files of a tree are listed: the same answer for a folder on disk and a git revision.
//!
//! Only files inside the project and its repository count. Excludes of one machine (the global
//! git configuration, `.git/info/exclude`) do not, so that everyone gets the same findings.

use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::tree::TreeError;

/// The names of ignore files; what an earlier one says about a path beats a later one.
pub(super) const IGNORE_FILES: [&str; 2] = [".ignore", ".gitignore"];

/// The ignore files in force in one folder.
#[derive(Clone, Default)]
pub(super) struct Rules(Option<Rc<Layer>>);

struct Layer {
    outer: Rules,
    folder: String,
    files: [Gitignore; IGNORE_FILES.len()],
}

impl Rules {
    /// The rules inside `folder`, given the contents of its ignore files as named in
    /// [`IGNORE_FILES`]; `folder` is empty or ends with `/`.
    ///
    /// # Errors
    /// When patterns are too large to be used. As in git, malformed ones match nothing.
    pub fn enter(
        &self,
        folder: &str,
        contents: [Option<Vec<u8>>; IGNORE_FILES.len()],
    ) -> Result<Rules, TreeError> {
        if contents.iter().all(Option::is_none) {
            return Ok(self.clone());
        }
        let [first, second] = contents;
        let files = [
            matcher(folder, IGNORE_FILES[0], first)?,
            matcher(folder, IGNORE_FILES[1], second)?,
        ];
        Ok(Rules(Some(Rc::new(Layer {
            outer: self.clone(),
            folder: folder.to_owned(),
            files,
        }))))
    }

    /// Whether a file is listed, or a folder entered; `path` starts where the outermost rules
    /// do.
    pub fn lists(&self, path: &str, is_folder: bool) -> bool {
        for kind in 0..IGNORE_FILES.len() {
            let mut layer = self.0.as_deref();
            while let Some(Layer {
                outer,
                folder,
                files,
            }) = layer
            {
                let inside = path.strip_prefix(folder.as_str()).unwrap_or(path);
                match files[kind].matched(inside, is_folder) {
                    Match::Ignore(_) => return false,
                    Match::Whitelist(_) => return true,
                    Match::None => layer = outer.0.as_deref(),
                }
            }
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        !name.starts_with('.')
    }
}

fn matcher(folder: &str, name: &str, content: Option<Vec<u8>>) -> Result<Gitignore, TreeError> {
    let mut builder = GitignoreBuilder::new("");
    let content = content.unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // One malformed pattern must not switch off the others; git says nothing about it either.
        if builder.add_line(None, line).is_err() {
            continue;
        }
    }
    builder.build().map_err(|error| {
        TreeError::new(format!(
            "cannot use the patterns of `{folder}{name}`: {error}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Option<Vec<u8>> {
        Some(text.as_bytes().to_vec())
    }

    #[test]
    fn the_nearest_file_decides_and_ignore_beats_gitignore() {
        let top = Rules::default()
            .enter("", [None, bytes("\u{feff}*.draft.yaml\n/out/\n[broken\n")])
            .unwrap();
        let inner = top
            .enter(
                "a/",
                [
                    bytes("/hidden.yaml"),
                    bytes("!keep.draft.yaml\n!hidden.yaml"),
                ],
            )
            .unwrap();
        let listed = |rules: &Rules, path: &str| rules.lists(path, false);
        assert!(!listed(&top, "x.draft.yaml"));
        assert!(!listed(&inner, "a/x.draft.yaml"));
        assert!(listed(&inner, "a/keep.draft.yaml"));
        assert!(!listed(&inner, "a/hidden.yaml"));
        assert!(!top.lists("out", true));
        assert!(listed(&top, "out"), "a pattern with a slash is for folders");
        assert!(inner.lists("a/out", true), "an anchored pattern");
    }

    #[test]
    fn hidden_names_are_left_out_unless_a_pattern_brings_them_back() {
        let rules = Rules::default();
        assert!(!rules.lists("a/.secret.yaml", false));
        assert!(!rules.lists(".github", true));
        assert!(rules.lists("a.b/c", false));
        let rules = rules.enter("", [None, bytes("!.github/")]).unwrap();
        assert!(rules.lists(".github", true));
    }
}
