//! Impact against effort: what a process map says that automating the process would win and cost.

use crate::source::Spanned;
use crate::syntax::process_map::{Score, ScoreValue};

/// The quarter of the matrix that a score lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quadrant {
    /// Much impact, little effort.
    QuickWin,
    /// Much impact, much effort.
    MajorProject,
    /// Little impact, little effort.
    FillIn,
    /// Little impact, much effort.
    Avoid,
}

impl Quadrant {
    /// Every quadrant, best first.
    pub const ALL: [Quadrant; 4] = [
        Quadrant::QuickWin,
        Quadrant::MajorProject,
        Quadrant::FillIn,
        Quadrant::Avoid,
    ];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Quadrant::QuickWin => "quick win",
            Quadrant::MajorProject => "major project",
            Quadrant::FillIn => "fill-in",
            Quadrant::Avoid => "avoid",
        }
    }
}

/// A score of which every figure is written; figures are from 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// Cost, errors, compliance and experience.
    pub impact: [u32; 4],
    /// Integration, data and change.
    pub effort: [u32; 3],
}

/// From this mean on impact and effort are high: the middle of the scale.
pub const HIGH: u32 = 3;

impl Scored {
    /// The figures of a process map; `None` while one of them is missing.
    pub fn of(score: &Score) -> Option<Self> {
        let figure = |value: &Option<Spanned<ScoreValue>>| value.map(|value| value.value.number);
        let (impact, effort) = (score.impact.as_ref()?, score.effort.as_ref()?);
        Some(Scored {
            impact: [
                figure(&impact.cost)?,
                figure(&impact.errors)?,
                figure(&impact.compliance)?,
                figure(&impact.experience)?,
            ],
            effort: [
                figure(&effort.integration)?,
                figure(&effort.data)?,
                figure(&effort.change)?,
            ],
        })
    }

    /// The quadrant, without rounding.
    pub fn quadrant(self) -> Quadrant {
        let high_impact = self.impact.iter().sum::<u32>() >= HIGH * 4;
        let high_effort = self.effort.iter().sum::<u32>() >= HIGH * 3;
        match (high_impact, high_effort) {
            (true, false) => Quadrant::QuickWin,
            (true, true) => Quadrant::MajorProject,
            (false, false) => Quadrant::FillIn,
            (false, true) => Quadrant::Avoid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Quadrant, Scored};

    fn quadrant(impact: [u32; 4], effort: [u32; 3]) -> Quadrant {
        Scored { impact, effort }.quadrant()
    }

    #[test]
    fn the_middle_of_the_scale_is_high() {
        assert_eq!(quadrant([3; 4], [3; 3]), Quadrant::MajorProject);
        assert_eq!(quadrant([3; 4], [3, 3, 2]), Quadrant::QuickWin);
        assert_eq!(quadrant([3, 3, 3, 2], [3; 3]), Quadrant::Avoid);
        assert_eq!(quadrant([2, 3, 3, 3], [2, 3, 3]), Quadrant::FillIn);
        assert_eq!(quadrant([5; 4], [1; 3]), Quadrant::QuickWin);
        assert_eq!(quadrant([1; 4], [5; 3]), Quadrant::Avoid);
    }

    #[test]
    fn strength_in_one_dimension_makes_up_for_weakness_in_another() {
        assert_eq!(quadrant([5, 5, 1, 1], [1, 1, 5]), Quadrant::QuickWin);
    }
}
