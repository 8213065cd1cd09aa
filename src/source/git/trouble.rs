//! What to say, and to try, when git does not give what was asked for.

use std::ffi::OsStr;
use std::path::Path;

use git2::ErrorCode;

use super::{Repository, TreeError};

const FETCH_ALL: &str = "run `git fetch --unshallow`, \
    or set `fetch-depth: 0` for the checkout in GitHub Actions";
const REPAIR: &str = "`git fsck` shows the damage, a fresh clone repairs it";
const COMPLETE: &str = "complete a partial clone with `git fetch --refetch --no-filter`; \
    in any other clone `git fsck` shows the damage";

/// How many letters may be wrong for a known name to be suggested.
const MAX_TYPOS: usize = 3;

/// `path` is what was asked for, `found` the repository's own folder when that much is known.
pub(super) fn cannot_open(path: &Path, found: Option<&Path>, error: &git2::Error) -> TreeError {
    let path = path.display();
    if let Some(found) = found
        && error.code() == ErrorCode::Owner
    {
        let is_inside = found.file_name() == Some(OsStr::new(".git"));
        let top = found.parent().filter(|_| is_inside).unwrap_or(found);
        let message = format!("the git repository of `{path}` belongs to another user");
        return TreeError::new(message).with_hint(format!(
            "if you trust it, run `git config --global --add safe.directory {}`",
            top.display()
        ));
    }
    if error.code() == ErrorCode::NotFound {
        return TreeError::new(format!("`{path}` is not in a git repository"))
            .with_hint("revisions need a clone of the repository, made with `git clone`");
    }
    let reason = error.message();
    TreeError::new(format!(
        "cannot open the git repository of `{path}`: {reason}"
    ))
}

/// `subject` is what was read, for instance `` the tag `v1` ``.
pub(super) fn damaged(subject: &str, error: &git2::Error) -> TreeError {
    if error.code() == ErrorCode::NotFound {
        let message = format!("cannot read {subject}: the clone lacks an object of it");
        return TreeError::new(message).with_hint(COMPLETE);
    }
    TreeError::new(format!("cannot read {subject}: {}", error.message())).with_hint(REPAIR)
}

pub(super) fn shallow_merge_base(one: &str, other: &str) -> TreeError {
    TreeError::new(format!(
        "this shallow clone lacks the common ancestor of `{one}` and `{other}`"
    ))
    .with_hint(FETCH_ALL)
}

pub(super) fn unrelated(one: &str, other: &str) -> TreeError {
    TreeError::new(format!("`{one}` and `{other}` have no common ancestor"))
        .with_hint("compare two revisions of the same history")
}

impl Repository {
    /// Why it cannot be told whether a tag is part of a history.
    pub fn unknown_order(&self, tag: &str) -> TreeError {
        TreeError::new(format!(
            "this shallow clone does not tell whether the change is built on `{tag}`"
        ))
        .with_hint(FETCH_ALL)
    }

    /// Why `spec` leads to nothing.
    pub(super) fn no_revision(&self, spec: &str, error: &git2::Error) -> TreeError {
        if self.is_unborn(spec) {
            return TreeError::new(format!(
                "there is no revision `{spec}`: nothing is committed"
            ))
            .with_hint("make a first commit");
        }
        let code = error.code();
        if code == ErrorCode::Ambiguous {
            return TreeError::new(format!("`{spec}` stands for several objects"))
                .with_hint("write more characters of the commit id");
        }
        if code == ErrorCode::InvalidSpec {
            return TreeError::new(format!("`{spec}` is not a way to write a revision"))
                .with_hint("give a branch, a tag or a commit id");
        }
        if code == ErrorCode::NotFound && !self.names_reference(spec) {
            return TreeError::new(format!("there is no revision `{spec}`"))
                .with_hint(self.what_to_try(spec));
        }
        damaged(&format!("the revision `{spec}`"), error)
    }

    fn is_unborn(&self, spec: &str) -> bool {
        let head = self.git.head().map_err(|error| error.code());
        let wants_head = matches!(plain_name(spec), "HEAD" | "");
        head.err() == Some(ErrorCode::UnbornBranch)
            && (wants_head || self.reference_names().is_empty())
    }

    fn names_reference(&self, spec: &str) -> bool {
        self.git.resolve_reference_from_short_name(spec).is_ok()
    }

    fn what_to_try(&self, spec: &str) -> String {
        let name = plain_name(spec);
        let mut tries = Vec::new();
        if name != spec && self.names_reference(name) {
            tries.push(format!("`{name}` is known, only the rest leads nowhere"));
        } else if let Some((remote, branch)) = name.split_once('/')
            && self.git.find_remote(remote).is_ok()
        {
            tries.push(format!("fetch it with `git fetch {remote} {branch}`"));
        }
        if self.is_shallow() {
            tries.push(format!("the clone is shallow: {FETCH_ALL}"));
        }
        let tries = tries.join("; ");
        match (self.nearest_name(name), tries.is_empty()) {
            (Some(nearest), true) => format!("did you mean `{nearest}`?"),
            (Some(nearest), false) => format!("did you mean `{nearest}`? otherwise {tries}"),
            (None, true) => "`git branch --all` and `git tag` list the known names".to_owned(),
            (None, false) => tries,
        }
    }

    /// The branch or tag that was probably meant: the same name at a remote, or a similar one.
    fn nearest_name(&self, wanted: &str) -> Option<String> {
        let allowed = MAX_TYPOS.min(wanted.chars().count() / 3);
        let distance = |name: &str| match name.split_once('/') {
            Some((_, at_remote)) if at_remote == wanted => 0,
            _ => strsim::damerau_levenshtein(name, wanted),
        };
        let names = self.reference_names().into_iter();
        names
            .filter(|name| name != wanted)
            .map(|name| (distance(&name), name))
            .filter(|(distance, _)| *distance <= allowed)
            .min()
            .map(|(_, name)| name)
    }

    /// Branches and tags as people write them; one that cannot be read is no suggestion.
    fn reference_names(&self) -> Vec<String> {
        let references = self.git.references().into_iter().flatten().flatten();
        references
            .filter_map(|reference| Some(reference.shorthand().ok()?.to_owned()))
            .collect()
    }
}

/// `main` of `main~2`, `main^{commit}` and the like.
fn plain_name(spec: &str) -> &str {
    let end = spec.find(['~', '^', '@', ':']).unwrap_or(spec.len());
    &spec[..end]
}

#[cfg(test)]
mod tests {
    use git2::ErrorClass;

    use super::*;

    #[test]
    fn a_repository_of_someone_else_says_how_to_trust_it() {
        let error = git2::Error::new(ErrorCode::Owner, ErrorClass::Config, "not owned");
        let hint = |found: &str| {
            let error = cannot_open(Path::new("."), Some(Path::new(found)), &error);
            assert_eq!(
                error.message,
                "the git repository of `.` belongs to another user"
            );
            error.hint.unwrap()
        };
        let expected =
            "if you trust it, run `git config --global --add safe.directory /srv/project`";
        assert_eq!(hint("/srv/project/.git/"), expected);
        assert_eq!(hint("/srv/project"), expected);
    }

    #[test]
    fn modifiers_are_no_part_of_a_name() {
        let names = ["main~2", "main^{commit}", "main@{1}", "main:a.yaml", "main"].map(plain_name);
        assert_eq!(names, ["main"; 5]);
    }
}
