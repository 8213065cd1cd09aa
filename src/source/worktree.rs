//! A project in a folder on disk.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ignored::{IGNORE_FILES, Rules};
use super::tree::{SourceTree, TreeError};

/// A project in a folder on disk; nothing outside the folder is read or written, whatever
/// symbolic links say.
///
/// Folders that are linked are not entered. Inside a git repository, nested repositories
/// (submodules, other clones) are left out, as they are in a revision.
#[derive(Debug, Clone)]
pub struct Worktree {
    root: PathBuf,
    /// The nearest folder with a `.git`, whose ignore files hold for the project too.
    repository: Option<PathBuf>,
}

struct Entry {
    name: String,
    /// Differs from the name when that is not Unicode.
    location: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, socket or device: reading one may never end.
    Special,
}

impl Worktree {
    /// Opens the project at `root`.
    ///
    /// # Errors
    /// When `root` is not a folder that can be entered.
    pub fn open(root: &Path) -> Result<Self, TreeError> {
        let shown = root.display();
        let root = root.canonicalize().map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return TreeError::new(format!("there is no folder `{shown}`"));
            }
            TreeError::new(format!("cannot open `{shown}`: {}", error.kind()))
        })?;
        if !root.is_dir() {
            return Err(TreeError::new(format!("`{shown}` is not a folder")));
        }
        let repository = root.ancestors().find(|folder| is_repository(folder));
        Ok(Worktree {
            repository: repository.map(Path::to_owned),
            root,
        })
    }

    /// The project's folder, absolute and without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Replaces the text of a file: at any moment, also after a crash, the file holds either the
    /// old or the new text. Its permissions stay; a symbolic link stays and its target changes.
    ///
    /// # Errors
    /// When the file does not exist, is read-only, lies outside the root or cannot be written.
    pub fn write(&self, path: &str, text: &str) -> Result<(), TreeError> {
        let target = self.locate(path)?;
        let permissions = regular_file(&target, path)?.permissions();
        if permissions.readonly() {
            return Err(TreeError::new(format!("`{path}` is read-only"))
                .with_hint("make the file writable, or change it by hand"));
        }
        replace(&target, permissions, text)
            .map_err(|error| TreeError::new(format!("cannot write `{path}`: {}", error.kind())))
    }

    /// The file that a path leads to, existing and inside the root.
    fn locate(&self, path: &str) -> Result<PathBuf, TreeError> {
        let asked = self.root.join(path);
        let target = asked
            .canonicalize()
            .map_err(|error| cannot_read(path, &error))?;
        if target.starts_with(&self.root) {
            return Ok(target);
        }
        let leaves_lexically =
            Path::new(path).is_absolute() || path.split('/').any(|name| name == "..");
        if leaves_lexically {
            return Err(TreeError::new(format!("`{path}` lies outside the project")));
        }
        Err(TreeError::new(format!(
            "`{path}` is a symbolic link that leaves the project"
        ))
        .with_hint("replace the link with a copy of the file"))
    }

    /// The project's path inside its repository, empty or with `/` at the end, and the rules
    /// that the folders above the project lay down for it.
    fn surroundings(&self) -> Result<(String, Rules), TreeError> {
        let mut rules = Rules::default();
        let mut prefix = String::new();
        let Some(repository) = &self.repository else {
            return Ok((prefix, rules));
        };
        let below = self.root.strip_prefix(repository).unwrap_or(Path::new(""));
        let mut folder = repository.clone();
        for component in below {
            let (entries, _) = entries(&folder).map_err(|error| cannot_list(&folder, &error))?;
            rules = enter(&rules, &prefix, &folder, &entries)?;
            folder.push(component);
            prefix.push_str(&component.to_string_lossy());
            prefix.push('/');
        }
        Ok((prefix, rules))
    }
}

impl SourceTree for Worktree {
    fn paths(&self) -> Result<Vec<String>, TreeError> {
        let (prefix, rules) = self.surroundings()?;
        let mut paths = Vec::new();
        let mut pending = vec![(self.root.clone(), prefix.clone(), rules)];
        while let Some((folder, inside, rules)) = pending.pop() {
            let at_root = inside.len() == prefix.len();
            let (entries, is_repository) = match entries(&folder) {
                Ok(found) => found,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !at_root => continue,
                Err(error) => return Err(cannot_list(&folder, &error)),
            };
            if is_repository && !at_root && self.repository.is_some() {
                continue;
            }
            let rules = enter(&rules, &inside, &folder, &entries)?;
            for Entry {
                name,
                location,
                kind,
            } in entries
            {
                let path = format!("{inside}{name}");
                if !rules.lists(&path, kind == Kind::Folder) {
                    continue;
                }
                let below_root = &path[prefix.len()..];
                match kind {
                    Kind::Folder => {
                        pending.push((location, format!("{path}/"), rules.clone()));
                    }
                    Kind::File => paths.push(below_root.to_owned()),
                    Kind::Link if self.size(below_root).is_ok() => {
                        paths.push(below_root.to_owned());
                    }
                    Kind::Link | Kind::Special => {}
                }
            }
        }
        paths.sort_unstable();
        Ok(paths)
    }

    fn size(&self, path: &str) -> Result<u64, TreeError> {
        let target = self.locate(path)?;
        regular_file(&target, path).map(|metadata| metadata.len())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        let target = self.locate(path)?;
        regular_file(&target, path)?;
        fs::read(&target).map_err(|error| cannot_read(path, &error))
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The entries of a folder without `.git`, and whether that was among them.
fn entries(folder: &Path) -> io::Result<(Vec<Entry>, bool)> {
    let mut found = Vec::new();
    let mut is_repository = false;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".git" {
            is_repository = true;
            continue;
        }
        let file_type = entry.file_type()?;
        let kind = if file_type.is_symlink() {
            Kind::Link
        } else if file_type.is_dir() {
            Kind::Folder
        } else if file_type.is_file() {
            Kind::File
        } else {
            Kind::Special
        };
        found.push(Entry {
            name,
            location: entry.path(),
            kind,
        });
    }
    Ok((found, is_repository))
}

fn enter(
    rules: &Rules,
    inside: &str,
    folder: &Path,
    entries: &[Entry],
) -> Result<Rules, TreeError> {
    let mut contents = [const { None }; IGNORE_FILES.len()];
    for (content, wanted) in contents.iter_mut().zip(IGNORE_FILES) {
        let is_wanted = |entry: &Entry| entry.name == wanted && entry.kind == Kind::File;
        if entries.iter().any(is_wanted) {
            let bytes = fs::read(folder.join(wanted))
                .map_err(|error| cannot_read(&format!("{inside}{wanted}"), &error))?;
            *content = Some(bytes);
        }
    }
    rules.enter(inside, contents)
}

fn regular_file(target: &Path, path: &str) -> Result<fs::Metadata, TreeError> {
    let metadata = fs::metadata(target).map_err(|error| cannot_read(path, &error))?;
    if metadata.is_dir() {
        return Err(TreeError::new(format!("`{path}` is a folder, not a file")));
    }
    if !metadata.is_file() {
        return Err(TreeError::new(format!("`{path}` is not a regular file")));
    }
    Ok(metadata)
}

fn replace(target: &Path, permissions: fs::Permissions, text: &str) -> io::Result<()> {
    let folder = target.parent().unwrap_or(target);
    let mut file = tempfile::Builder::new()
        .prefix(".flowgate-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

fn cannot_read(path: &str, error: &io::Error) -> TreeError {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound || kind == io::ErrorKind::NotADirectory {
        return TreeError::no_such_file(path);
    }
    TreeError::new(format!("cannot read `{path}`: {kind}"))
}

fn cannot_list(folder: &Path, error: &io::Error) -> TreeError {
    TreeError::new(format!(
        "cannot list the folder `{}`: {}",
        folder.display(),
        error.kind()
    ))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn open(folder: &TempDir) -> Worktree {
        Worktree::open(folder.path()).unwrap()
    }

    fn message<T: std::fmt::Debug>(result: Result<T, TreeError>) -> String {
        result.unwrap_err().message
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn lists_bytewise_relative_to_the_root_without_hidden_files() {
        let folder = folder(&[
            ("b.yaml", ""),
            ("a/z.yaml", ""),
            ("a-b.yaml", ""),
            ("a/\u{fc}.yaml", ""),
            (".flowgate/cache", ""),
            (".env", ""),
        ]);
        let expected = ["a-b.yaml", "a/z.yaml", "a/\u{fc}.yaml", "b.yaml"];
        assert_eq!(open(&folder).paths().unwrap(), expected);
    }

    #[test]
    fn nested_ignore_files_hold_without_a_repository() {
        let folder = folder(&[
            (".gitignore", "*.tmp.yaml\n/out/\n"),
            ("x.tmp.yaml", ""),
            ("out/plan.yaml", ""),
            ("flows/out/kept.yaml", ""),
            ("flows/.gitignore", "!keep.tmp.yaml\n"),
            ("flows/keep.tmp.yaml", ""),
            ("flows/lost.tmp.yaml", ""),
            ("flows/.ignore", "vendor\n"),
            ("flows/vendor/a.yaml", ""),
            ("vendor/a.yaml", ""),
        ]);
        let expected = [
            "flows/keep.tmp.yaml",
            "flows/out/kept.yaml",
            "vendor/a.yaml",
        ];
        assert_eq!(open(&folder).paths().unwrap(), expected);
    }

    #[test]
    fn lists_what_the_walker_of_ripgrep_lists() {
        let folder = folder(&[
            (
                ".gitignore",
                "# none\n*.log\n!/keep.log\nbuild/\n/a/*/deep\n\\#x\n!.shown\n",
            ),
            (".ignore", "!b.log\nc/**/skip\n"),
            ("keep.log", ""),
            ("b.log", ""),
            ("other.log", ""),
            (".shown", ""),
            (".unshown", ""),
            ("#x", ""),
            ("build/x", ""),
            ("a/build/x", ""),
            ("a/b/deep/x", ""),
            ("a/b/c/deep/x.yaml", ""),
            ("a/.gitignore", "\u{feff}*\n!*/\n!*.yaml\n"),
            ("a/x.yaml", ""),
            ("a/x.json", ""),
            ("a/b/x.yaml", ""),
            ("c/skip", ""),
            ("c/d/skip/x", ""),
            ("c/d/other", ""),
        ]);
        let mut walker = ignore::WalkBuilder::new(folder.path());
        walker.require_git(false).git_global(false).parents(false);
        let mut expected: Vec<_> = walker
            .build()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| {
                let below = entry.path().strip_prefix(folder.path()).unwrap();
                below.to_str().unwrap().replace('\\', "/")
            })
            .collect();
        expected.sort();
        assert!(expected.len() > 5, "{expected:?}");
        assert_eq!(open(&folder).paths().unwrap(), expected);
    }

    #[test]
    fn a_project_in_a_sub_folder_minds_its_repository_but_nothing_above() {
        let folder = folder(&[
            (".gitignore", "*\n"),
            ("repository/.git/HEAD", ""),
            ("repository/.gitignore", "*.draft\n/teams/a/local\n"),
            ("repository/teams/.ignore", "scratch\n"),
            ("repository/teams/a/flow.yaml", ""),
            ("repository/teams/a/flow.draft", ""),
            ("repository/teams/a/local/x.yaml", ""),
            ("repository/teams/a/scratch/x.yaml", ""),
            ("repository/teams/b/other.yaml", ""),
            ("repository/teams/a/module/.git", "gitdir: elsewhere"),
            ("repository/teams/a/module/foreign.yaml", ""),
        ]);
        let project = folder.path().join("repository/teams/a");
        let tree = Worktree::open(&project).unwrap();
        assert_eq!(tree.paths().unwrap(), ["flow.yaml"]);
        assert_eq!(tree.root(), project.canonicalize().unwrap());
    }

    #[test]
    fn reads_also_what_is_not_listed_but_nothing_outside() {
        let folder = folder(&[
            ("outside.yaml", "secret"),
            ("root/.gitignore", "ignored.yaml"),
            ("root/.hidden/a.yaml", "hidden"),
            ("root/ignored.yaml", "ignored"),
        ]);
        let tree = Worktree::open(&folder.path().join("root")).unwrap();
        assert_eq!(tree.read(".hidden/a.yaml").unwrap(), b"hidden");
        assert_eq!(tree.read("ignored.yaml").unwrap(), b"ignored");
        assert_eq!(tree.size("ignored.yaml").unwrap(), 7);
        let absolute = folder.path().join("outside.yaml");
        for path in ["../outside.yaml", absolute.to_str().unwrap()] {
            let expected = format!("`{path}` lies outside the project");
            assert_eq!(message(tree.read(path)), expected);
            assert_eq!(message(tree.size(path)), expected);
            assert_eq!(message(tree.write(path, "x")), expected);
        }
        assert_eq!(fs::read_to_string(absolute).unwrap(), "secret");
    }

    #[test]
    fn says_why_something_is_no_file() {
        let folder = folder(&[("folder/x.yaml", "")]);
        let tree = open(&folder);
        for path in ["no.yaml", "folder/x.yaml/y"] {
            let expected = format!("there is no file `{path}`");
            assert_eq!(message(tree.read(path)), expected);
        }
        let expected = "`folder` is a folder, not a file";
        assert_eq!(message(tree.read("folder")), expected);
    }

    #[test]
    fn a_root_must_be_a_folder() {
        let folder = folder(&[("file.yaml", "")]);
        let missing = folder.path().join("missing");
        let expected = format!("there is no folder `{}`", missing.display());
        assert_eq!(message(Worktree::open(&missing)), expected);
        let file = folder.path().join("file.yaml");
        let expected = format!("`{}` is not a folder", file.display());
        assert_eq!(message(Worktree::open(&file)), expected);
    }

    #[test]
    fn a_write_replaces_the_text_and_leaves_nothing_behind() {
        let folder = folder(&[("a/flow.yaml", "a much longer old text")]);
        open(&folder).write("a/flow.yaml", "new").unwrap();
        assert_eq!(names(&folder.path().join("a")), ["flow.yaml"]);
        assert_eq!(open(&folder).read("a/flow.yaml").unwrap(), b"new");
    }

    #[test]
    fn a_write_that_cannot_be_done_changes_nothing() {
        let folder = folder(&[("flow.yaml", "old"), ("folder/x", "")]);
        let tree = open(&folder);
        let flow = folder.path().join("flow.yaml");
        let mut permissions = fs::metadata(&flow).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&flow, permissions).unwrap();
        let refused = [
            ("flow.yaml", "`flow.yaml` is read-only"),
            ("new.yaml", "there is no file `new.yaml`"),
            ("folder", "`folder` is a folder, not a file"),
        ];
        for (path, expected) in refused {
            assert_eq!(message(tree.write(path, "new")), expected);
        }
        assert_eq!(names(folder.path()), ["flow.yaml", "folder"]);
        assert_eq!(fs::read_to_string(flow).unwrap(), "old");
    }

    #[test]
    fn the_temporary_file_vanishes_when_the_last_step_fails() {
        let folder = folder(&[("occupied/x", "")]);
        let inner = fs::metadata(folder.path().join("occupied/x")).unwrap();
        let target = folder.path().join("occupied");
        replace(&target, inner.permissions(), "text").unwrap_err();
        assert_eq!(names(folder.path()), ["occupied"]);
    }

    #[cfg(unix)]
    mod links {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn loops_end_and_linked_folders_are_not_entered() {
            let folder = folder(&[("a/flow.yaml", "flow")]);
            symlink("..", folder.path().join("a/up")).unwrap();
            symlink("self", folder.path().join("self")).unwrap();
            symlink("a", folder.path().join("twin")).unwrap();
            let tree = open(&folder);
            assert_eq!(tree.paths().unwrap(), ["a/flow.yaml"]);
            assert_eq!(tree.read("twin/flow.yaml").unwrap(), b"flow");
            assert_eq!(tree.read("a/up/a/up/a/flow.yaml").unwrap(), b"flow");
            assert!(message(tree.read("self")).starts_with("cannot read `self`: "));
        }

        #[test]
        fn a_link_is_followed_inside_the_root_and_refused_outside() {
            let folder = folder(&[
                ("outside/secret.yaml", "secret"),
                ("root/real.yaml", "real"),
            ]);
            let root = folder.path().join("root");
            symlink("real.yaml", root.join("inside.yaml")).unwrap();
            symlink("../outside/secret.yaml", root.join("leaves.yaml")).unwrap();
            symlink("../outside", root.join("folder")).unwrap();
            symlink("nothing", root.join("dangling.yaml")).unwrap();
            let tree = Worktree::open(&root).unwrap();
            assert_eq!(tree.paths().unwrap(), ["inside.yaml", "real.yaml"]);
            assert_eq!(tree.read("inside.yaml").unwrap(), b"real");
            for path in ["leaves.yaml", "folder/secret.yaml"] {
                let expected = format!("`{path}` is a symbolic link that leaves the project");
                assert_eq!(message(tree.read(path)), expected);
                assert_eq!(message(tree.size(path)), expected);
                assert_eq!(message(tree.write(path, "changed")), expected);
            }
            let secret = folder.path().join("outside/secret.yaml");
            assert_eq!(fs::read_to_string(secret).unwrap(), "secret");
            let dangling = message(tree.write("dangling.yaml", ""));
            assert_eq!(dangling, "there is no file `dangling.yaml`");
        }

        #[test]
        fn a_folder_whose_name_starts_like_the_root_is_outside() {
            let folder = folder(&[("root-2/secret.yaml", "secret"), ("root/a.yaml", "")]);
            let tree = Worktree::open(&folder.path().join("root")).unwrap();
            let expected = "`../root-2/secret.yaml` lies outside the project";
            assert_eq!(message(tree.read("../root-2/secret.yaml")), expected);
        }

        #[test]
        fn a_write_keeps_permissions_and_links() {
            let folder = folder(&[("real.yaml", "old")]);
            let real = folder.path().join("real.yaml");
            fs::set_permissions(&real, fs::Permissions::from_mode(0o751)).unwrap();
            symlink("real.yaml", folder.path().join("link.yaml")).unwrap();
            open(&folder).write("link.yaml", "new").unwrap();
            assert_eq!(fs::read_to_string(&real).unwrap(), "new");
            let mode = fs::metadata(&real).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o751);
            let link = fs::symlink_metadata(folder.path().join("link.yaml")).unwrap();
            assert!(link.is_symlink());
        }

        #[test]
        fn a_name_that_is_not_unicode_is_listed_and_explained() {
            let folder = folder(&[]);
            let name = std::ffi::OsStr::from_bytes(b"caf\xe9.yaml");
            if fs::write(folder.path().join(name), "").is_err() {
                return; // Some file systems take no such names.
            }
            let tree = open(&folder);
            assert_eq!(tree.paths().unwrap(), ["caf\u{fffd}.yaml"]);
            let hint = tree.read("caf\u{fffd}.yaml").unwrap_err().hint;
            let expected = "rename the file, its name is not valid UTF-8";
            assert_eq!(hint.as_deref(), Some(expected));
        }

        #[test]
        fn a_socket_is_neither_listed_nor_read() {
            let folder = folder(&[]);
            let path = folder.path().join("pipe.yaml");
            let _listener = std::os::unix::net::UnixListener::bind(path).unwrap();
            let tree = open(&folder);
            assert_eq!(tree.paths().unwrap(), Vec::<String>::new());
            let expected = "`pipe.yaml` is not a regular file";
            assert_eq!(message(tree.read("pipe.yaml")), expected);
        }
    }
}
