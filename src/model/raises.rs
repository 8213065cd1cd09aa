//! The reasons that the steps and timeouts of a workflow raise, and where.

use crate::source::Spanned;
use crate::syntax::visit::{ReferenceKind, Visit, Visitor};
use crate::syntax::workflow::{ExceptionRoute, Resume, Workflow};

/// A place that raises a reason.
#[derive(Debug, Clone, Copy)]
pub struct Raise<'a> {
    /// The state in which it happens.
    pub state: &'a Spanned<String>,
    /// The reason, as written.
    pub reason: &'a Spanned<String>,
}

struct Collector<'a> {
    state: &'a Spanned<String>,
    raises: Vec<Raise<'a>>,
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn reference(&mut self, kind: ReferenceKind, name: &'a Spanned<String>) {
        if kind == ReferenceKind::Reason {
            self.raises.push(Raise {
                state: self.state,
                reason: name,
            });
        }
    }
}

impl Workflow {
    /// True when the resolver of an exception may end the case: in manual mode, or in a state that
    /// ends it.
    pub fn has_way_out(&self, route: &ExceptionRoute) -> bool {
        let ways = route.resume.iter().flat_map(|resume| resume.value.iter());
        ways.into_iter().any(|way| match way {
            Resume::Fallback(_) => true,
            Resume::Same(_) => false,
            Resume::State(target) => self
                .all_states()
                .any(|(name, state)| name.value == target.name.value && state.end.is_some()),
        })
    }

    /// Every place that raises a reason, in written order.
    pub fn raises(&self) -> Vec<Raise<'_>> {
        self.all_states()
            .flat_map(|(name, state)| {
                let mut collector = Collector {
                    state: name,
                    raises: Vec::new(),
                };
                state.visit(&mut collector);
                collector.raises
            })
            .collect()
    }
}
