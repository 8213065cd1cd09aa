//! Schedules: five fields of cron, each judged on its own, so that the wrong one can be shown.

use std::ops::Range;
use std::str::FromStr;

use croner::Cron;

use super::part;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::syntax::rules::INVALID_VALUE;

/// One field of a schedule: its name, and what may stand there.
struct Field {
    name: &'static str,
    values: &'static str,
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        values: "0 to 59",
        words: &[],
    },
    Field {
        name: "hour",
        values: "0 to 23",
        words: &[],
    },
    Field {
        name: "day of the month",
        values: "1 to 31",
        words: &[],
    },
    Field {
        name: "month",
        values: "1 to 12, or `jan` to `dec`",
        words: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "weekday",
        values: "0 to 7 from Sunday to Sunday, or `mon` to `sun`",
        words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// What is wrong with a schedule, and where in its text.
struct Fault {
    range: Range<usize>,
    message: String,
    help: String,
}

/// Reports the schedules of triggers at which nothing can start.
pub(super) fn report(model: &Model, diagnostics: &mut Vec<Diagnostic>) {
    let workflows = model.project.workflows.iter();
    let triggers = workflows.flat_map(|workflow| &workflow.body.trigger);
    for schedule in triggers
        .flat_map(|triggers| &triggers.value.items)
        .filter_map(|trigger| trigger.schedule.as_ref())
    {
        diagnostics.extend(judge(&schedule.value).map(|fault| {
            let place = part(schedule, fault.range);
            Diagnostic::new(&INVALID_VALUE, place, fault.message).help(fault.help)
        }));
    }
}

fn judge(schedule: &str) -> Option<Fault> {
    let fields: Vec<Range<usize>> = schedule
        .split_whitespace()
        .map(|field| {
            let start = field.as_ptr().addr() - schedule.as_ptr().addr();
            start..start + field.len()
        })
        .collect();
    if fields.len() != FIELDS.len() {
        return Some(Fault {
            range: 0..schedule.len(),
            message: format!(
                "a schedule has five fields, and `{schedule}` has {}",
                fields.len()
            ),
            help: "write minute, hour, day of the month, month and weekday, as `0 7 * * 1` for Mondays at 07:00"
                .to_owned(),
        });
    }
    let faults = fields.iter().enumerate();
    let mut faults = faults.filter_map(|(position, field)| in_field(schedule, position, field));
    faults.next().or_else(|| never(schedule, &fields))
}

fn in_field(schedule: &str, position: usize, field: &Range<usize>) -> Option<Fault> {
    let mut start = field.start;
    for item in schedule[field.clone()].split(',') {
        let range = start..start + item.len();
        if !is_valid(item, position) {
            let Field { name, values, .. } = FIELDS[position];
            return Some(Fault {
                // An empty item is shown by the comma that makes it one.
                range: if item.is_empty() {
                    field.clone()
                } else {
                    range
                },
                message: format!("`{item}` is no {name} of a schedule"),
                help: format!(
                    "write {values}; `*` means every one, `1-5` a range, `*/15` every fifteenth, and commas separate several"
                ),
            });
        }
        start = range.end + 1;
    }
    None
}

/// True for an item that every engine reads in the same way; some know more, such as `L` and `#`.
fn is_valid(item: &str, position: usize) -> bool {
    let is_known = |word: &str| {
        word == "*"
            || (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
            || FIELDS[position].words.contains(&&*word.to_lowercase())
    };
    let pattern: Vec<&str> = (0..FIELDS.len())
        .map(|other| if other == position { item } else { "*" })
        .collect();
    item.split(['-', '/']).all(is_known) && Cron::from_str(&pattern.join(" ")).is_ok()
}

/// A schedule of valid fields on a day that no year has.
fn never(schedule: &str, fields: &[Range<usize>]) -> Option<Fault> {
    let start = jiff::civil::date(2024, 1, 1)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()?;
    let cron = Cron::from_str(schedule).ok()?;
    cron.find_next_occurrence(&start, true)
        .err()
        .map(|_| Fault {
            range: fields[2].start..fields[3].end,
            message: "no year has such a day, so this schedule starts nothing".to_owned(),
            help: "correct the day or the month".to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn what_cron_knows_is_accepted() {
        for schedule in [
            "0 7 * * 1",
            "*/15 8-17 * * mon-fri",
            "0 0 1,15 jan,JUL *",
            "5 4 29 2 *",
            "30 6 * * 7",
            "  0   7 *\t* 1 ",
            "0-30/10 * 31 * sun,tue",
        ] {
            assert!(judge(schedule).is_none(), "{schedule}");
        }
    }

    #[test]
    fn the_wrong_item_is_shown() {
        for (schedule, wrong) in [
            ("61 7 * * 1", "61"),
            ("0 7,25 * * 1", "25"),
            ("0 7 0 * 1", "0"),
            ("0 7 * 13 1", "13"),
            ("0 7 * * funday", "funday"),
            ("0 7 * * 8", "8"),
            ("0 7 mon * *", "mon"),
            ("0 7 L * *", "L"),
            ("0 7 * * 1#2", "1#2"),
            ("0 17-9 * * *", "17-9"),
            ("0 7 * * 1,", "1,"),
            ("*/0 7 * * 1", "*/0"),
            ("0 7 30 2 *", "30 2"),
            ("0 7 31 apr,jun *", "31 apr,jun"),
            ("0 7 * * ", "0 7 * * "),
            ("@daily", "@daily"),
            ("0 0 7 * * 1", "0 0 7 * * 1"),
            ("every monday at 7", "every monday at 7"),
            ("ä ö ü ß x", "ä"),
        ] {
            let fault = judge(schedule).map(|fault| schedule[fault.range].to_owned());
            assert_eq!(fault.as_deref(), Some(wrong), "{schedule}");
        }
    }
}
