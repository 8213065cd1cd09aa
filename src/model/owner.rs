//! What the text of an `owner:` names: one person, or something that cannot answer.

use super::Model;
use crate::syntax::Entity;
use crate::syntax::directory::{Person, Team};

/// What a text names where one person is meant.
#[derive(Debug, Clone, Copy)]
pub enum OwnerName<'a> {
    /// A person of the directory.
    Person(&'a Entity<Person>),
    /// It looks like a person's name, but the directory does not have it.
    Unknown,
    /// A team of the directory.
    Team(&'a Entity<Team>),
    /// A role that people of the directory hold; the person, when exactly one active person does.
    Role(Option<&'a Entity<Person>>),
    /// A mail address; the person, when it is that of an active person.
    Address(Option<&'a Entity<Person>>),
    /// A channel of a chat.
    Channel,
    /// Several names.
    Several,
    /// Words for a group, as in `ops team`.
    Group,
    /// Words for a position, as in `head of finance`.
    Position,
    /// Nothing, or a word for nobody.
    Nobody,
}

/// Last words of names of groups.
const GROUP_WORDS: [&str; 22] = [
    "board",
    "committee",
    "council",
    "crew",
    "department",
    "dept",
    "desk",
    "division",
    "everybody",
    "everyone",
    "finance",
    "group",
    "helpdesk",
    "hr",
    "legal",
    "office",
    "operations",
    "ops",
    "squad",
    "staff",
    "team",
    "unit",
];

/// Last words of names of positions.
const POSITION_WORDS: [&str; 14] = [
    "accountant",
    "admin",
    "ceo",
    "cfo",
    "cio",
    "controller",
    "coo",
    "cto",
    "director",
    "head",
    "lead",
    "manager",
    "officer",
    "supervisor",
];

/// Texts that name nobody.
const NOBODY_WORDS: [&str; 10] = [
    "", "?", "-", "n/a", "nobody", "none", "tba", "tbd", "todo", "unknown",
];

impl Model {
    /// What a text names where one person is meant.
    pub fn owner_name(&self, text: &str) -> OwnerName<'_> {
        if let Some(person) = self.person(text) {
            return OwnerName::Person(person);
        }
        if let Some(team) = self.team(text) {
            return OwnerName::Team(team);
        }
        if self.role_holders(text).next().is_some() {
            return OwnerName::Role(self.only_holder(text));
        }
        let lower = text.trim().to_lowercase();
        if NOBODY_WORDS.contains(&lower.as_str()) {
            OwnerName::Nobody
        } else if is_several(&lower) {
            OwnerName::Several
        } else if lower.contains('@') {
            OwnerName::Address(self.person_of_address(&lower))
        } else if lower.starts_with('#') {
            OwnerName::Channel
        } else {
            by_words(&lower)
        }
    }

    fn only_holder(&self, role: &str) -> Option<&Entity<Person>> {
        let mut active = self
            .role_holders(role)
            .filter(|person| !self.has_left(person));
        active.next().filter(|_| active.next().is_none())
    }

    /// The active person with this address, or whose name is the part before `@`.
    fn person_of_address(&self, address: &str) -> Option<&Entity<Person>> {
        let mailbox = address.split('@').next().unwrap_or_default();
        self.project
            .people
            .iter()
            .filter(|person| !self.has_left(person))
            .find(|person| {
                let own = person.body.email.as_ref();
                own.is_some_and(|email| email.value.to_lowercase() == address)
                    || person.name.value.to_lowercase() == mailbox
            })
    }
}

fn is_several(text: &str) -> bool {
    text.contains([',', ';', '&', '/', '+']) || text.contains(" and ") || text.contains(" or ")
}

fn by_words(text: &str) -> OwnerName<'static> {
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let last = words.last().copied().unwrap_or_default();
    if GROUP_WORDS.contains(&last) {
        OwnerName::Group
    } else if POSITION_WORDS.contains(&last) || text.starts_with("head of ") {
        OwnerName::Position
    } else {
        OwnerName::Unknown
    }
}
