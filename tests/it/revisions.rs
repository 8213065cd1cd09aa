//! Revisions of real temporary git repositories.

mod repositories;

use std::fs;
use std::path::Path;

use flowgate::source::git::{Repository, Revision};
use flowgate::source::{Reason, SourceTree, TreeError, Worktree, read};
use repositories::{Git, LINK, SUBMODULE, clone};

fn open(path: &Path) -> Repository {
    Repository::discover(path).ok().unwrap()
}

fn fails<T>(result: Result<T, TreeError>) -> (String, String) {
    let error = result.err().unwrap();
    (error.message, error.hint.unwrap_or_default())
}

fn texts(revision: &Revision) -> Vec<(String, String)> {
    let paths = revision.paths().unwrap();
    let reading = read(revision, &paths);
    assert_eq!(reading.unreadable, []);
    let files = reading.sources.iter();
    files
        .map(|(_, file)| (file.path().to_owned(), file.text().to_owned()))
        .collect()
}

fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    files.iter().map(owned).collect()
}

#[test]
fn any_way_to_write_a_revision_leads_to_its_texts() {
    let git = Git::new();
    let first = git.commit("main", &[("flow.yaml", "first")], &[]);
    let second = git.commit("main", &[("flow.yaml", "second")], &[first]);
    let third = git.commit("main", &[("flow.yaml", "third")], &[second]);
    git.tag("light", first);
    git.annotated_tag("v1", second);
    git.reference("refs/remotes/origin/feature", first);
    let repository = open(git.path());
    let id = third.to_string();
    let specs = [
        ("main", "third"),
        ("HEAD", "third"),
        (&id, "third"),
        (&id[..12], "third"),
        ("refs/heads/main", "third"),
        ("main~1", "second"),
        ("HEAD~2", "first"),
        ("light", "first"),
        ("v1", "second"),
        ("v1^", "first"),
        ("origin/feature", "first"),
    ];
    for (spec, text) in specs {
        let revision = repository.revision(spec, "").ok().unwrap();
        assert_eq!(texts(&revision), pairs(&[("flow.yaml", text)]), "{spec}");
    }
    let revision = repository.revision("v1", "").ok().unwrap();
    assert_eq!(revision.commit_id().to_string(), second.to_string());
    assert_eq!(repository.head().unwrap().to_string(), id);
}

#[test]
fn tags_are_sorted_and_lead_to_commits() {
    let git = Git::new();
    let first = git.commit("main", &[("a", "1")], &[]);
    let second = git.commit("main", &[("a", "2")], &[first]);
    git.annotated_tag("v2", second);
    git.tag("v10", first);
    git.tag("flow/v1", first);
    git.tag_of_a_blob("notes", "not a commit");
    let tags = open(git.path()).tags().unwrap();
    let found: Vec<_> = tags
        .iter()
        .map(|tag| (tag.name.as_str(), tag.commit.to_string()))
        .collect();
    let (first, second) = (first.to_string(), second.to_string());
    assert_eq!(
        found,
        [("flow/v1", first.clone()), ("v10", first), ("v2", second)]
    );
}

#[test]
fn a_revision_lists_what_the_checked_out_files_list() {
    let git = Git::new();
    let files = [
        (".gitignore", "*.draft.yaml\n/teams/a/local\n!.shown\n"),
        (".shown/a.yaml", "1"),
        (".hidden/b.yaml", "2"),
        ("forced.draft.yaml", "3"),
        ("teams/.ignore", "scratch\n"),
        ("teams/a/.gitignore", "!kept.draft.yaml\n"),
        ("teams/a/flow.yaml", "4"),
        ("teams/a/flow-b.yaml", "5"),
        ("teams/a/flow/c.yaml", "6"),
        ("teams/a/kept.draft.yaml", "7"),
        ("teams/a/local/d.yaml", "8"),
        ("teams/a/scratch/e.yaml", "9"),
        ("teams/a/x/.gitignore", "*.yaml\n"),
        ("teams/a/x/f.yaml", "10"),
    ];
    git.commit("main", &files, &[]);
    git.check_out();
    for (prefix, count) in [("", 5), ("teams", 4), ("teams/a", 4), ("teams/a/x", 0)] {
        let folder = git.path().join(prefix);
        let repository = open(&folder);
        assert_eq!(repository.prefix(&folder).unwrap(), prefix);
        let revision = repository.revision("main", prefix).ok().unwrap();
        let tree = Worktree::open(&folder).unwrap();
        assert_eq!(revision.paths(), tree.paths(), "{prefix}");
        assert_eq!(revision.paths().unwrap().len(), count, "{prefix}");
    }
    let revision = open(git.path()).revision("main", "").ok().unwrap();
    assert_eq!(revision.read(".hidden/b.yaml").unwrap(), b"2");
    assert_eq!(revision.read("teams/a/local/d.yaml").unwrap(), b"8");
    assert_eq!(revision.size("teams/a/x/f.yaml"), Ok(2));
}

#[test]
fn a_project_in_a_sub_folder_sees_only_itself() {
    let git = Git::new();
    let files = [
        ("teams/a/flow.yaml", "a"),
        ("teams/ab/flow.yaml", "ab"),
        ("top.yaml", ""),
    ];
    let first = git.commit("main", &[("top.yaml", "")], &[]);
    git.commit("main", &files, &[first]);
    let repository = open(git.path());
    for prefix in ["teams/a", "teams/a/", "./teams//a"] {
        let revision = repository.revision("main", prefix).ok().unwrap();
        assert_eq!(texts(&revision), pairs(&[("flow.yaml", "a")]), "{prefix}");
    }
    let before = repository.revision("main~1", "teams/a").ok().unwrap();
    assert_eq!(before.paths().unwrap(), Vec::<String>::new());
    let (message, _) = fails(repository.revision("main", "top.yaml"));
    assert_eq!(message, "`top.yaml` is not a folder there");
    let (message, _) = fails(repository.revision("main", "../teams"));
    assert_eq!(
        message,
        "the folder `../teams` is not inside the repository"
    );
}

#[test]
fn links_stay_inside_the_project_and_submodules_are_left_out() {
    let git = Git::new();
    let files = [
        ("project/real/flow.yaml", "flow"),
        ("project/a.yaml@", "real/flow.yaml"),
        ("project/real/b.yaml@", "../a.yaml"),
        ("project/folder@", "./real"),
        ("project/c.yaml@", "folder/flow.yaml"),
        ("project/absolute.yaml@", "/real/flow.yaml"),
        ("project/leaves.yaml@", "../outside.yaml"),
        ("project/loop.yaml@", "loop.yaml"),
        ("project/one.yaml@", "two.yaml"),
        ("project/two.yaml@", "one.yaml"),
        ("project/dangling.yaml@", "nothing.yaml"),
        ("outside.yaml", "secret"),
        ("project/module%", ""),
    ];
    assert_eq!((LINK, SUBMODULE), ('@', '%'));
    git.commit("main", &files, &[]);
    let revision = open(git.path()).revision("main", "project").ok().unwrap();
    let expected = ["a.yaml", "c.yaml", "real/b.yaml", "real/flow.yaml"];
    assert_eq!(
        texts(&revision),
        expected.map(|path| (path.into(), "flow".into()))
    );
    let flow = revision.blob_id("real/flow.yaml");
    assert!(flow.is_some());
    assert_eq!(revision.blob_id("a.yaml"), flow);
    assert_eq!(revision.blob_id("folder/b.yaml"), flow);
    for path in [
        "leaves.yaml",
        "../outside.yaml",
        "loop.yaml",
        "two.yaml",
        "module",
    ] {
        let (message, _) = fails(revision.read(path));
        assert_eq!(message, format!("there is no file `{path}`"));
    }
}

#[test]
fn changed_paths_are_those_with_other_content() {
    let git = Git::new();
    let before = [
        ("gone.yaml", "gone"),
        ("a/same.yaml", "same"),
        ("a/other.yaml", "before"),
        ("moved.yaml", "moved"),
        ("link.yaml@", "a/other.yaml"),
        ("still.yaml@", "a/same.yaml"),
    ];
    let after = [
        ("new.yaml", "new"),
        ("a/same.yaml", "same"),
        ("a/other.yaml", "after"),
        ("b/moved.yaml", "moved"),
        ("link.yaml@", "a/other.yaml"),
        ("still.yaml@", "a/same.yaml"),
    ];
    let first = git.commit("main", &before, &[]);
    git.commit("main", &after, &[first]);
    let repository = open(git.path());
    let revision = |spec| repository.revision(spec, "").ok().unwrap();
    let (before, after) = (revision("main~1"), revision("main"));
    let changed = [
        "a/other.yaml",
        "b/moved.yaml",
        "gone.yaml",
        "link.yaml",
        "moved.yaml",
        "new.yaml",
    ];
    assert_eq!(before.changed_paths(&after), changed);
    assert_eq!(after.changed_paths(&before), changed);
    assert_eq!(after.changed_paths(&after), Vec::<String>::new());
}

#[test]
fn bare_clones_and_linked_worktrees_are_read_alike() {
    let git = Git::new();
    git.commit("main", &[("a/flow.yaml", "flow")], &[]);
    let folder = tempfile::tempdir().unwrap();
    let bare = clone(git.path(), &folder.path().join("bare.git"), &["--bare"]);
    let linked = folder.path().join("linked");
    git.linked_worktree("side", &linked);
    for path in [&bare, &linked, &linked.join("a")] {
        let repository = open(path);
        let revision = repository.revision("HEAD", "").ok().unwrap();
        assert_eq!(
            texts(&revision),
            pairs(&[("a/flow.yaml", "flow")]),
            "{path:?}"
        );
    }
    assert_eq!(open(&bare).workdir(), None);
    assert_eq!(open(&bare).prefix(&bare).unwrap(), "");
    let repository = open(&linked.join("a"));
    let workdir = repository.workdir().unwrap().canonicalize().unwrap();
    assert_eq!(workdir, linked.canonicalize().unwrap());
    assert_eq!(repository.prefix(&linked.join("a")).unwrap(), "a");
    let (message, _) = fails(repository.prefix(git.path()));
    let shown = git.path().display();
    assert_eq!(
        message,
        format!("`{shown}` is not inside the checked-out files of its repository")
    );
}

#[test]
fn a_merge_base_is_where_a_branch_left() {
    let git = Git::new();
    let first = git.commit("main", &[("a", "1")], &[]);
    let fork = git.commit("main", &[("a", "2")], &[first]);
    git.commit("main", &[("a", "3")], &[fork]);
    git.commit("topic", &[("a", "4")], &[fork]);
    git.commit("island", &[("a", "5")], &[]);
    let repository = open(git.path());
    let base = repository.merge_base("topic", "main").unwrap();
    assert_eq!(base.to_string(), fork.to_string());
    assert!(!repository.is_shallow());
    assert_eq!(
        fails(repository.merge_base("island", "main")),
        (
            "`island` and `main` have no common ancestor".into(),
            "compare two revisions of the same history".into()
        )
    );
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let git = Git::new();
    let fork = git.commit("main", &[("a", "1")], &[]);
    git.commit("topic", &[("a", "2")], &[fork]);
    git.commit("main", &[("a", "3")], &[fork]);
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--depth", "1", "--no-single-branch"];
    let shallow = clone(git.path(), &folder.path().join("shallow"), &arguments);
    let linked = folder.path().join("linked");
    repositories::git(
        &shallow,
        &["worktree", "add", "-q", linked.to_str().unwrap()],
    );
    let try_this = "run `git fetch --unshallow`, \
        or set `fetch-depth: 0` for the checkout in GitHub Actions";
    for path in [shallow, linked] {
        let repository = open(&path);
        assert!(repository.is_shallow());
        let tip = repository.revision("main", "").ok().unwrap();
        assert_eq!(texts(&tip), pairs(&[("a", "3")]));
        let (message, hint) = fails(repository.merge_base("main", "origin/topic"));
        let expected = "this shallow clone lacks the common ancestor of `main` and `origin/topic`";
        assert_eq!((message.as_str(), hint.as_str()), (expected, try_this));
        let (message, hint) = fails(repository.revision("main~1", ""));
        assert_eq!(message, "there is no revision `main~1`");
        assert!(
            hint.ends_with(&format!("the clone is shallow: {try_this}")),
            "{hint}"
        );
    }
}

#[test]
fn an_unknown_revision_is_answered_with_what_to_try() {
    let git = Git::new();
    let first = git.commit("main", &[("flow.yaml", "1")], &[]);
    git.commit("release", &[("flow.yaml", "1")], &[first]);
    git.reference("refs/remotes/origin/develop", first);
    git.tag("v1.2.0", first);
    git.remote("origin");
    let repository = open(git.path());
    let cases = [
        ("relaese", "did you mean `release`?"),
        ("v1.2.1", "did you mean `v1.2.0`?"),
        ("develop", "did you mean `origin/develop`?"),
        ("origin/feature", "fetch it with `git fetch origin feature`"),
        (
            "origin/develpo",
            "did you mean `origin/develop`? otherwise fetch it with `git fetch origin develpo`",
        ),
        ("main~5", "`main` is known, only the rest leads nowhere"),
        (
            "zzz",
            "`git branch --all` and `git tag` list the known names",
        ),
        (
            "0123456789012345678901234567890123456789",
            "`git branch --all` and `git tag` list the known names",
        ),
    ];
    for (spec, hint) in cases {
        let expected = (format!("there is no revision `{spec}`"), hint.to_owned());
        assert_eq!(fails(repository.revision(spec, "")), expected);
    }
    let (message, _) = fails(repository.revision("main:flow.yaml", ""));
    assert_eq!(message, "`main:flow.yaml` is not a commit");
    let (message, _) = fails(repository.revision("main..release", ""));
    assert_eq!(message, "`main..release` is not a way to write a revision");
    let (message, _) = fails(repository.merge_base("main", "zzz"));
    assert_eq!(message, "there is no revision `zzz`");
}

#[test]
fn a_repository_without_commits_says_so() {
    let git = Git::new();
    let repository = open(git.path());
    for spec in ["HEAD", "HEAD~1", "@", "main"] {
        let (message, hint) = fails(repository.revision(spec, ""));
        assert_eq!(
            message,
            format!("there is no revision `{spec}`: nothing is committed")
        );
        assert_eq!(hint, "make a first commit");
    }
    assert!(repository.head().is_err());
    assert_eq!(repository.tags(), Ok(Vec::new()));
}

#[test]
fn a_folder_without_a_repository_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (message, hint) = fails(Repository::discover(folder.path()));
    let shown = folder.path().display();
    assert_eq!(message, format!("`{shown}` is not in a git repository"));
    assert_eq!(
        hint,
        "revisions need a clone of the repository, made with `git clone`"
    );
}

#[test]
fn damage_is_told_apart_and_spoils_only_its_own_file() {
    let git = Git::new();
    let files = [
        ("bad.yaml", "damaged"),
        ("gone.yaml", "missing"),
        ("good.yaml", "good"),
    ];
    git.commit("main", &files, &[]);
    let revision = open(git.path()).revision("main", "").ok().unwrap();
    fs::write(git.writable_object(revision.blob_id("bad.yaml")), "garbage").unwrap();
    fs::remove_file(git.writable_object(revision.blob_id("gone.yaml"))).unwrap();
    let revision = open(git.path()).revision("main", "").ok().unwrap();
    let reading = read(&revision, &revision.paths().unwrap());
    let good = reading.sources.find("good.yaml").unwrap();
    assert_eq!(reading.sources.file(good).text(), "good");
    let reasons: Vec<_> = reading
        .unreadable
        .iter()
        .map(|unreadable| {
            let Reason::Io(error) = &unreadable.reason else {
                panic!("{unreadable:?}")
            };
            (error.message.as_str(), error.hint.as_deref().unwrap())
        })
        .collect();
    assert_eq!(reasons.len(), 2);
    assert!(
        reasons[0].0.starts_with("cannot read `bad.yaml`: "),
        "{reasons:?}"
    );
    assert!(reasons[0].1.starts_with("`git fsck` shows the damage"));
    assert_eq!(
        reasons[1],
        (
            "cannot read `gone.yaml`: the clone lacks an object of it",
            "complete a partial clone with `git fetch --refetch --no-filter`; \
             in any other clone `git fsck` shows the damage"
        )
    );
}
