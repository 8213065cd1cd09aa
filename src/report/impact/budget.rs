//! How long a case may take, before and after, part by part, against what is promised.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Model;
use crate::model::calendar::Scale;
use crate::model::worst_path::{Cost, Timing};

/// The longest time that a case of a changed workflow may take, before and after.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReportedBudget {
    /// The workflow.
    pub workflow: String,
    /// The resolution time that is promised; null on a side without one.
    pub promised: Sides,
    /// The longest time without an exception.
    pub total: Sides,
    /// What is left of the promise; `over by …` when the longest time does not fit.
    pub margin: Sides,
    /// The longest time with one exception.
    pub with_one_exception: Sides,
    /// What takes time, in order; parts that take as long as before are among them.
    pub rows: Vec<BudgetRow>,
}

/// The same figure before and after.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Sides {
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl Sides {
    /// True when both sides say the same.
    pub fn is_same(&self) -> bool {
        self.before == self.after
    }
}

/// One part of the longest way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BudgetRow {
    /// The state.
    pub state: String,
    /// The step; null where the time limit of the state decides.
    pub step: Option<String>,
    /// Work on the longest way, before and after.
    pub work: Sides,
    /// Waiting.
    pub wait: Sides,
    /// Further attempts.
    pub retry: Sides,
    /// All of it.
    pub total: Sides,
    /// Where the part begins and how long it is, in thousandths of the longer of the two ways, as
    /// a bar of a waterfall: begin and length before, begin and length after.
    #[serde(skip)]
    pub bars: [u64; 4],
}

/// One side of a budget.
struct Side {
    scale: Scale,
    promised: Option<u64>,
    rows: Vec<(String, Option<String>, Cost)>,
    total: Cost,
    exception: Option<Cost>,
}

impl Side {
    fn of(model: &Model, workflow: &str) -> Option<Side> {
        let entity = model.workflow(workflow)?;
        let timing = Timing::of(entity, model)?;
        let path = timing.worst_path();
        let scale = timing.scale();
        Some(Side {
            scale,
            promised: timing
                .promised()
                .map(|promised| scale.seconds(promised.value)),
            rows: path
                .rows
                .iter()
                .map(|row| {
                    let step = row.step.map(|step| step.name().to_owned());
                    (row.state.value.clone(), step, row.cost)
                })
                .collect(),
            total: path.cost(),
            exception: timing.with_one_exception().map(|detour| detour.cost()),
        })
    }

    fn margin(&self) -> Option<String> {
        let promised = self.promised?;
        let total = self.total.total();
        Some(match promised.checked_sub(total) {
            Some(left) => self.scale.both(left),
            None => format!("over by {}", self.scale.both(total - promised)),
        })
    }
}

/// The budget of a changed workflow; `None` when neither side can be measured.
pub(super) fn budget(
    before: (&Model, Option<&str>),
    after: (&Model, Option<&str>),
    name: &str,
) -> Option<ReportedBudget> {
    let side = |(model, name): (&Model, Option<&str>)| Side::of(model, name?);
    let (old, new) = (side(before), side(after));
    if old.is_none() && new.is_none() {
        return None;
    }
    let sides = |text: &dyn Fn(&Side) -> Option<String>| Sides {
        before: old.as_ref().and_then(text),
        after: new.as_ref().and_then(text),
    };
    Some(ReportedBudget {
        workflow: name.to_owned(),
        promised: sides(&|side| Some(side.scale.both(side.promised?))),
        total: sides(&|side| Some(cost_text(side.scale, side.total))),
        margin: sides(&Side::margin),
        with_one_exception: sides(&|side| Some(cost_text(side.scale, side.exception?))),
        rows: rows(old.as_ref(), new.as_ref()),
    })
}

fn cost_text(scale: Scale, cost: Cost) -> String {
    match (cost.open, cost.total()) {
        (true, 0) => "no limit".to_owned(),
        (true, known) => format!("at least {}", scale.both(known)),
        (false, total) => scale.both(total),
    }
}

/// The parts of both ways: those of after in order, those that are gone where they were.
fn rows(old: Option<&Side>, new: Option<&Side>) -> Vec<BudgetRow> {
    let empty = Vec::new();
    let old_rows = old.map_or(&empty, |side| &side.rows);
    let new_rows = new.map_or(&empty, |side| &side.rows);
    let longest = |side: Option<&Side>| side.map_or(0, |side| side.total.total());
    let longest = longest(old).max(longest(new)).max(1);
    let mut order: Vec<(Option<usize>, Option<usize>)> = (0..new_rows.len())
        .map(|index| (None, Some(index)))
        .collect();
    let mut place = 0;
    for (index, (state, step, _)) in old_rows.iter().enumerate() {
        let same = order.iter().position(|(known, new)| {
            known.is_none()
                && new.is_some_and(|new| (&new_rows[new].0, &new_rows[new].1) == (state, step))
        });
        if let Some(same) = same {
            order[same].0 = Some(index);
            place = same + 1;
        } else {
            order.insert(place, (Some(index), None));
            place += 1;
        }
    }
    let (mut reached_before, mut reached_after) = (0, 0);
    order
        .into_iter()
        .map(|(before, after)| {
            let before = before.and_then(|index| Some((old?.scale, &old_rows[index])));
            let after = after.and_then(|index| Some((new?.scale, &new_rows[index])));
            let row = row(before, after);
            let share = |cost: Option<u64>| cost.unwrap_or(0).saturating_mul(1_000) / longest;
            let time = |side: Option<(Scale, &Part)>| side.map(|(_, part)| part.2.total());
            let (before, after) = (share(time(before)), share(time(after)));
            let bars = [reached_before, before, reached_after, after];
            reached_before += before;
            reached_after += after;
            BudgetRow { bars, ..row }
        })
        .filter(|row| row.bars[1] + row.bars[3] > 0 || !row.total.is_same())
        .collect()
}

type Part = (String, Option<String>, Cost);

fn row(before: Option<(Scale, &Part)>, after: Option<(Scale, &Part)>) -> BudgetRow {
    let text = |pick: &dyn Fn(Cost) -> u64| {
        let side = |side: Option<(Scale, &Part)>| {
            side.map(|(scale, part)| match pick(part.2) {
                0 => "–".to_owned(),
                seconds => scale.exact(seconds),
            })
        };
        Sides {
            before: side(before),
            after: side(after),
        }
    };
    let total = |side: Option<(Scale, &Part)>| side.map(|(scale, part)| cost_text(scale, part.2));
    let (state, step) = after.or(before).map_or((String::new(), None), |(_, part)| {
        (part.0.clone(), part.1.clone())
    });
    BudgetRow {
        state,
        step,
        work: text(&|cost| cost.work),
        wait: text(&|cost| cost.wait),
        retry: text(&|cost| cost.retry),
        total: Sides {
            before: total(before),
            after: total(after),
        },
        bars: [0; 4],
    }
}
