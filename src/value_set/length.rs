//! How many: the counts that assertions about characters, items and properties leave.

/// The least and the greatest count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    pub least: u64,
    pub most: Option<u64>,
}

impl Length {
    pub const ANY: Length = Length {
        least: 0,
        most: None,
    };

    /// With "at least", or its denial.
    pub fn at_least(&mut self, count: u64, holds: bool) {
        if holds {
            self.least = self.least.max(count);
        } else {
            match count.checked_sub(1) {
                Some(most) => self.cap(most),
                None => self.never(),
            }
        }
    }

    /// With "at most", or its denial.
    pub fn at_most(&mut self, count: u64, holds: bool) {
        if holds {
            self.cap(count);
        } else {
            match count.checked_add(1) {
                Some(least) => self.least = self.least.max(least),
                None => self.never(),
            }
        }
    }

    fn cap(&mut self, most: u64) {
        self.most = Some(self.most.map_or(most, |known| known.min(most)));
    }

    fn never(&mut self) {
        self.least = 1;
        self.most = Some(0);
    }

    pub fn is_empty(&self) -> bool {
        self.most.is_some_and(|most| most < self.least)
    }

    pub fn allows(&self, count: u64) -> bool {
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}
