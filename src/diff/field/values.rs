//! Facts about which values a field allows: a closed or open list, a format, a pattern.

use super::Sides;
use crate::diff::fact::{Fact, joined};
use crate::diff::kind::ValuesChange;
use crate::diff::recorder::{Presence, Recorder};
use crate::model::shape::{Members, Shape};
use crate::syntax::contract::Format;

impl Sides<'_> {
    pub(super) fn members(&self, recorder: &mut Recorder<'_>) {
        use ValuesChange::{
            EnumAdded, EnumClosed, EnumOpened, EnumRemoved, EnumValueAdded, EnumValueRemoved,
            OpenEnumValueAdded, OpenEnumValueRemoved,
        };
        let closed = |members: Option<&Members>| members.is_some_and(|members| !members.open.value);
        let (before, after) = (self.before.members.as_ref(), self.after.members.as_ref());
        let values = |members: Option<&Members>| -> Vec<Fact> {
            let values = members.map(|members| members.values.as_slice());
            values
                .unwrap_or_default()
                .iter()
                .map(Fact::literal)
                .collect()
        };
        let list = |members: Option<&Members>| {
            members.and_then(|members| joined(&values(Some(members)), members.span))
        };
        let kind = match (closed(before), closed(after)) {
            (false, true) if before.is_some() => EnumClosed,
            (false, true) => EnumAdded,
            (true, false) if after.is_some() => EnumOpened,
            (true, false) => EnumRemoved,
            (true, true) => {
                let (before, after) = (values(before), values(after));
                recorder.members(
                    "enum",
                    Some(self.subject),
                    EnumValueAdded,
                    EnumValueRemoved,
                    before,
                    after,
                );
                return;
            }
            (false, false) => {
                let (before, after) = (values(before), values(after));
                recorder.members(
                    "enum",
                    Some(self.subject),
                    OpenEnumValueAdded,
                    OpenEnumValueRemoved,
                    before,
                    after,
                );
                return;
            }
        };
        recorder.within("enum", |recorder| {
            recorder.record(kind, self.subject, list(before), list(after));
        });
    }

    pub(super) fn texts(&self, recorder: &mut Recorder<'_>) {
        use ValuesChange::{
            FormatAdded, FormatChanged, FormatRemoved, PatternAdded, PatternChanged, PatternRemoved,
        };
        let format = |shape: &Shape| {
            let format = shape.format.as_ref();
            format.map(|format| Fact::word(format, Format::as_str))
        };
        recorder.compare(
            "format",
            self.subject,
            Presence::new(FormatAdded, FormatRemoved, FormatChanged),
            format(self.before),
            format(self.after),
        );
        // A pattern is compared as written: white space means something in it.
        let pattern = |shape: &Shape| {
            let pattern = shape.pattern.as_ref();
            pattern.map(|pattern| Fact::new(pattern.value.clone(), pattern.span))
        };
        recorder.compare(
            "pattern",
            self.subject,
            Presence::new(PatternAdded, PatternRemoved, PatternChanged),
            pattern(self.before),
            pattern(self.after),
        );
    }
}
