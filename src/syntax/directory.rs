//! The directory: people, teams, queues, systems and calendars that workflows rest on.

use super::duration::Duration;
use super::names::{FreeName, KebabName, Name, NameMap, SnakeName};
use super::references::{
    ContractReference, FilePath, PartyReference, PersonReference, TeamReference,
};
use super::scalars::Date;
use super::workflow::Sla;
use crate::source::Spanned;
use crate::{mapping, vocabulary};

mapping! {
    /// A person.
    pub struct Person as "a person" {
        /// The name by which documents refer to the person; only in the singular form.
        optional name: Spanned<String>,
        /// The e-mail address.
        optional email: Spanned<String>,
        /// The account on GitHub.
        optional github: Spanned<String>,
        /// The account on GitLab.
        optional gitlab: Spanned<String>,
        /// The roles that the person holds.
        defaulted roles: Vec<Spanned<Name<SnakeName>>>,
        /// The public key by which approvals are proved.
        optional signing_key: FilePath,
        /// When the person is out, and who stands in.
        defaulted out: Vec<Absence>,
        /// The day on which the person left.
        optional left: Spanned<Date>,
    }
}

mapping! {
    /// A time in which a person is out.
    pub struct Absence as "an absence" {
        /// The first day.
        required from: Spanned<Date>,
        /// The last day.
        required to: Spanned<Date>,
        /// Who stands in.
        optional delegate: PersonReference,
    }
}

mapping! {
    /// A team.
    pub struct Team as "a team" {
        /// The name; only in the singular form.
        optional name: Spanned<Name<KebabName>>,
        /// What the team does.
        optional summary: Spanned<String>,
        /// Who leads it.
        optional lead: PersonReference,
        /// Who is in it.
        defaulted members: Vec<PersonReference>,
        /// Where to reach it.
        optional contact: Spanned<String>,
    }
}

vocabulary! {
    /// What waits in a queue.
    pub enum QueueKind as "a kind of queue" {
        /// Ordinary work.
        Work = "work",
        /// Exceptions that somebody must judge.
        Exception = "exception",
        /// Cases that lack information.
        NeedsInfo = "needs_info",
        /// Failed calls that must be replayed.
        DeadLetter = "dead_letter",
    }
}

mapping! {
    /// A queue: where work and exceptions wait for people.
    pub struct Queue as "a queue" {
        /// The name; only in the singular form.
        optional name: Spanned<Name<KebabName>>,
        /// The name that the queue had before; what waits in it moves along.
        optional renamed_from: Spanned<Name<KebabName>>,
        /// What waits here; `work` when absent.
        optional kind: Spanned<QueueKind>,
        /// What the queue is for.
        optional summary: Spanned<String>,
        /// The person who answers for it.
        optional owner: PersonReference,
        /// The team that works on it.
        optional team: TeamReference,
        /// The promise.
        optional sla: Spanned<Sla>,
        /// Whether the resolution clock of the case stops here.
        optional pauses_sla: Spanned<bool>,
        /// How dead letters are replayed.
        optional replay: FilePath,
        /// Where to ask.
        optional contact: Spanned<String>,
    }
}

vocabulary! {
    /// What an operation does to its system.
    pub enum Effect as "an effect" {
        /// Nothing.
        Read = "read",
        /// It changes an object.
        Write = "write",
        /// It makes a new object.
        Create = "create",
        /// It answers from a model, with a `confidence`.
        Model = "model",
    }
}

mapping! {
    /// A system.
    pub struct System as "a system" {
        /// The name; only in the singular form.
        optional name: Spanned<Name<FreeName>>,
        /// What the system is.
        optional summary: Spanned<String>,
        /// The person who answers for it.
        optional owner: PersonReference,
        /// The team that runs it.
        optional team: TeamReference,
        /// Where to ask.
        optional contact: Spanned<String>,
        /// The business objects whose truth it holds.
        defaulted record_of: Vec<Spanned<Name<SnakeName>>>,
        /// The service accounts that workflows use.
        defaulted accounts: NameMap<FreeName, Account>,
        /// What workflows may call.
        defaulted operations: NameMap<SnakeName, Operation>,
    }
}

mapping! {
    /// A service account.
    pub struct Account as "a service account" {
        /// What it may do.
        defaulted scopes: Vec<Spanned<String>>,
        /// How often its credential changes.
        optional rotate_every: Spanned<Duration>,
        /// When it changed last.
        optional rotated: Spanned<Date>,
        /// Who answers for it.
        optional owner: PersonReference,
        /// The workflows that may use it.
        defaulted used_by: Vec<Spanned<String>>,
    }
}

mapping! {
    /// An operation of a system.
    pub struct Operation as "an operation" {
        /// What it does to the system.
        required effect: Spanned<Effect>,
        /// What it does, in words.
        optional summary: Spanned<String>,
        /// The scope that an account needs.
        optional scope: Spanned<String>,
        /// The business object that it is about.
        optional object: Spanned<Name<SnakeName>>,
        /// The errors that callers can catch.
        defaulted errors: Vec<Spanned<Name<SnakeName>>>,
        /// Whether repeating it changes nothing more.
        optional idempotent: Spanned<bool>,
        /// The contract of what it takes.
        optional takes: ContractReference,
        /// The contract of what it returns.
        optional returns: ContractReference,
    }
}

mapping! {
    /// A working calendar.
    pub struct Calendar as "a calendar" {
        /// The name; only in the singular form.
        optional name: Spanned<Name<KebabName>>,
        /// The time zone of the IANA database, as `Europe/Stockholm`.
        required timezone: Spanned<String>,
        /// Working hours by day or range of days, as `mon-fri: "09:00-17:00"`.
        required hours: NameMap<DayRange, Spanned<WorkingHours>>,
        /// Days without work, as an iCalendar file.
        optional holidays: FilePath,
        /// Who keeps it.
        optional contact: PartyReference,
    }
}

/// The days of the week, as calendars name them.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A day or a range of days of the week: `mon`, `mon-fri`.
#[derive(Debug, Clone, Copy)]
pub struct DayRange;

/// Hours of a day, as `09:00-17:00`; several spans are separated by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// From and to in minutes since midnight, in order, without overlap; 1,440 is the next midnight.
    pub spans: Vec<(u32, u32)>,
}

mod manual {
    //! The scalar types of the directory that follow none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::{DAYS, DayRange, WorkingHours};
    use crate::syntax::decode::{Decode, Decoder, pattern_schema, text};
    use crate::syntax::names::NamePattern;
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::NodeRef;

    impl NamePattern for DayRange {
        const PATTERN: &'static str =
            "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$";
        const FORM: &'static str = "a day or a range of days, as `sat` or `mon-fri`";
        fn accepts(name: &str) -> bool {
            let (first, last) = name.split_once('-').unwrap_or((name, name));
            DAYS.contains(&first) && DAYS.contains(&last)
        }
    }

    impl WorkingHours {
        fn parse(text: &str) -> Option<Self> {
            let mut spans: Vec<(u32, u32)> = Vec::new();
            for part in text.split(',') {
                let (from, to) = part.trim().split_once('-')?;
                let (from, to) = (clock(from)?, clock(to)?);
                let follows = spans.last().is_none_or(|(_, before)| *before <= from);
                if from >= to || !follows {
                    return None;
                }
                spans.push((from, to));
            }
            Some(WorkingHours { spans })
        }
    }

    /// Minutes since midnight; `24:00` is the end of the day.
    fn clock(text: &str) -> Option<u32> {
        let (hour, minute) = text.trim().split_once(':')?;
        let two_digits = |text: &str| -> Option<u32> {
            let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| fits)
        };
        match (two_digits(hour)?, two_digits(minute)?) {
            (hour @ 0..24, minute @ 0..60) => Some(hour * 60 + minute),
            (24, 0) => Some(24 * 60),
            _ => None,
        }
    }

    impl Decode for WorkingHours {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let scalar = text(node, decoder, "hours, as \"09:00-17:00\"")?;
            let hours = WorkingHours::parse(scalar.text());
            if hours.is_none() {
                decoder.invalid_value(
                    node.span(),
                    format!("`{}` are not hours of a day", scalar.text()),
                    "write from and to, as \"09:00-17:00\", \"08:00-12:00, 13:00-17:00\" or \"00:00-24:00\"; hours after midnight belong to the next day"
                        .to_owned(),
                );
            }
            hours
        }
    }

    impl Visit for WorkingHours {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for WorkingHours {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "WorkingHours".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            pattern_schema(
                "^ *([01][0-9]|2[0-3]):[0-5][0-9] *- *(([01][0-9]|2[0-3]):[0-5][0-9]|24:00) *(, *([01][0-9]|2[0-3]):[0-5][0-9] *- *(([01][0-9]|2[0-3]):[0-5][0-9]|24:00) *)*$",
                "Hours of a day, as \"09:00-17:00\".",
            )
        }
    }
}
