//! Versions: what the changes of a document demand, and what the document declares.

use semver::Version;

use super::declaration::Class;
use super::history::Released;
use crate::diff::{DocumentChanges, DocumentSide};
use crate::model::Model;
use crate::model::versioned::first_of_major;
use crate::syntax::config::VersionSource;
use crate::syntax::governance::Status;
use crate::syntax::{DocumentKind, Lasting};

/// Which part of a version goes up. Ordered by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// None.
    None,
    /// The third.
    Patch,
    /// The second.
    Minor,
    /// The first.
    Major,
}

impl Bump {
    /// The word that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Bump::None => "none",
            Bump::Patch => "patch",
            Bump::Minor => "minor",
            Bump::Major => "major",
        }
    }

    /// The bump that a class demands. What a person must judge is at least a minor one.
    pub fn of(class: Class) -> Self {
        match class {
            Class::None => Bump::None,
            Class::Patch => Bump::Patch,
            Class::Additive | Class::Review => Bump::Minor,
            Class::Breaking => Bump::Major,
        }
    }

    /// The bump that a version demands: below 1.0.0 the scale drops by one.
    #[must_use]
    pub fn at(self, version: &Version) -> Self {
        if version.major > 0 {
            return self;
        }
        match self {
            Bump::None => Bump::None,
            Bump::Patch | Bump::Minor => Bump::Patch,
            Bump::Major => Bump::Minor,
        }
    }

    /// The bump from one version to another; none when it does not go up. What follows a
    /// pre-release may be anything that its version number stands for.
    pub fn between(before: &Version, after: &Version) -> Self {
        if after <= before {
            return Bump::None;
        }
        let (old, new) = (
            (before.major, before.minor, before.patch),
            (after.major, after.minor, after.patch),
        );
        if old == new {
            return match (new.1, new.2) {
                (0, 0) => Bump::Major,
                (_, 0) => Bump::Minor,
                _ => Bump::Patch,
            };
        }
        if new.0 != old.0 {
            Bump::Major
        } else if new.1 != old.1 {
            Bump::Minor
        } else {
            Bump::Patch
        }
    }

    /// The next version after one.
    pub fn next(self, version: &Version) -> Version {
        match self {
            Bump::None => version.clone(),
            Bump::Patch => Version::new(version.major, version.minor, version.patch + 1),
            Bump::Minor => Version::new(version.major, version.minor + 1, 0),
            Bump::Major => Version::new(version.major + 1, 0, 0),
        }
    }
}

/// What a document declares against what its changes demand: those since its last release, or
/// those since the base where it was never released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The version before, written or implied.
    pub before: Option<Version>,
    /// The version after, written or implied.
    pub after: Option<Version>,
    /// The last released version, with its tag.
    pub released: Option<(Version, String)>,
    /// What the changes demand.
    pub required: Bump,
    /// What the versions say.
    pub declared: Bump,
    /// Whether the demand counts: the document had a version, was no draft, and is still there.
    pub enforced: bool,
}

impl Declaration {
    /// Compares the versions of a document with the heaviest class of its changes, which are those
    /// since `released` where there is one.
    pub fn of(
        document: &DocumentChanges,
        class: Class,
        (before, after): (&Model, &Model),
        released: Option<&Released<'_>>,
    ) -> Self {
        let old = document
            .before
            .as_ref()
            .and_then(|side| version(document.kind, side));
        let new = document
            .after
            .as_ref()
            .and_then(|side| version(document.kind, side));
        let released = released.map(|release| (release.version.clone(), release.tag.clone()));
        let from = released
            .as_ref()
            .map(|(version, _)| version)
            .or(old.as_ref());
        let required = match (&document.before, from) {
            (None, None) => Bump::None,
            (_, Some(version)) => Bump::of(class).at(version),
            (Some(_), None) => Bump::of(class),
        };
        let declared = match (from, &new) {
            (Some(old), Some(new)) => Bump::between(old, new),
            (Some(_) | None, None) | (None, Some(_)) => Bump::None,
        };
        let written = after
            .config()
            .and_then(|config| config.versioning.as_ref())
            .and_then(|versioning| versioning.source)
            .is_none_or(|source| source.value == VersionSource::File);
        let enforced =
            written && from.is_some() && document.after.is_some() && !was_draft(document, before);
        Declaration {
            before: old,
            after: new,
            released,
            required,
            declared,
            enforced,
        }
    }

    /// False when the demand counts and is not met.
    pub fn ok(&self) -> bool {
        !self.enforced || self.declared >= self.required
    }

    /// The version that the demand counts from: the last released one, else that of before.
    pub fn from(&self) -> Option<&Version> {
        let released = self.released.as_ref().map(|(version, _)| version);
        released.or(self.before.as_ref())
    }

    /// The name under which a new major version of a contract is published, beside the old one.
    pub fn new_name(&self, document: &DocumentChanges) -> Option<String> {
        let is_released = self.from().is_some_and(|version| version.major > 0);
        let breaks = document.kind == DocumentKind::Contract && self.required == Bump::Major;
        let (family, _) = document.name().rsplit_once(".v")?;
        let needed = self.needed()?;
        (is_released && breaks && !self.ok()).then(|| format!("{family}.v{}", needed.major))
    }

    /// The lowest version that meets the demand.
    pub fn needed(&self) -> Option<Version> {
        self.from().map(|version| self.required.next(version))
    }
}

/// A contract without a version begins its major, which stands in its name.
fn version(kind: DocumentKind, side: &DocumentSide) -> Option<Version> {
    let written = side.version.clone();
    written.or_else(|| first_of_major(kind, &side.name))
}

/// True when the document bound nobody before.
pub(super) fn was_draft(document: &DocumentChanges, before: &Model) -> bool {
    let Some(name) = document.before.as_ref().map(|side| side.name.as_str()) else {
        return false;
    };
    let status = match document.kind.lasting() {
        Some(Lasting::Workflow) => before.workflow(name).and_then(|entity| entity.body.status),
        Some(Lasting::Contract) => before.contract(name).and_then(|entity| entity.body.status),
        Some(Lasting::Policy) => before
            .project
            .policies
            .iter()
            .find(|entity| entity.name.value == name)
            .and_then(|entity| entity.body.status),
        None => None,
    };
    status.is_some_and(|status| status.value == Status::Draft)
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::Bump;

    fn between(before: &str, after: &str) -> Bump {
        let version = |text: &str| Version::parse(text).unwrap();
        Bump::between(&version(before), &version(after))
    }

    #[test]
    fn reads_the_part_that_goes_up() {
        assert_eq!(between("1.2.3", "2.0.0"), Bump::Major);
        assert_eq!(between("1.2.3", "1.3.0"), Bump::Minor);
        assert_eq!(between("1.2.3", "1.2.4"), Bump::Patch);
        assert_eq!(between("1.2.3", "1.2.3"), Bump::None);
        assert_eq!(between("1.2.3", "1.1.9"), Bump::None);
        assert_eq!(between("2.0.0-rc.1", "2.0.0"), Bump::Major);
        assert_eq!(between("2.1.0-rc.1", "2.1.0-rc.2"), Bump::Minor);
    }

    #[test]
    fn the_scale_drops_below_one() {
        let early = Version::new(0, 4, 1);
        assert_eq!(Bump::Major.at(&early), Bump::Minor);
        assert_eq!(Bump::Minor.at(&early), Bump::Patch);
        assert_eq!(
            Bump::Major.next(&Version::new(1, 2, 3)),
            Version::new(2, 0, 0)
        );
    }
}
