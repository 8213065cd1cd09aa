//! Cadences on the calendar.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::syntax::workflow::Cadence;

impl Cadence {
    /// The day by which something is looked at again; `None` beyond the end of the calendar.
    pub fn due_after(self, looked_at: Date) -> Option<Date> {
        let length = match self {
            Cadence::Daily => 1.day(),
            Cadence::Weekly => 1.week(),
            Cadence::Biweekly => 2.weeks(),
            Cadence::Monthly => 1.month(),
            Cadence::Quarterly => 3.months(),
            Cadence::Yearly => 1.year(),
        };
        looked_at.checked_add(length).ok()
    }
}
