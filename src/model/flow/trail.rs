//! A path through the graph in words and places, so that people can follow it.

use super::{Flow, Move, Node, Place, Way, Weakness};
use crate::source::{Span, Spanned};

/// A way of a case through the graph.
#[derive(Debug, Clone)]
pub struct Path<'a> {
    /// Where it begins.
    pub start: Place,
    /// How it goes on.
    pub moves: Vec<Move<'a>>,
}

impl<'a> Path<'a> {
    /// Goes on with another path, which begins where this one ends.
    #[must_use]
    pub fn then(mut self, next: Path<'a>) -> Self {
        self.moves.extend(next.moves);
        self
    }

    /// Goes one move further.
    #[must_use]
    pub fn and(mut self, next: Move<'a>) -> Self {
        self.moves.push(next);
        self
    }

    /// Every place, in order.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        std::iter::once(self.start).chain(self.moves.iter().map(|step| step.to))
    }

    /// The names of the states, in order.
    pub fn states(&self, flow: &Flow<'a>) -> Vec<&'a Spanned<String>> {
        let mut states = Vec::new();
        for place in self.places() {
            if let Node::State(name, _) = flow.node(place) {
                states.push(name);
            }
        }
        states
    }

    /// `received → matching → posting`
    pub fn route(&self, flow: &Flow<'a>) -> String {
        let states = self.states(flow);
        let names: Vec<&str> = states.iter().map(|name| name.value.as_str()).collect();
        format!("`{}`", names.join(" → "))
    }

    /// What happens on the way, at the places where it is written.
    pub fn labels(&self, flow: &Flow<'a>) -> Vec<(Span, String)> {
        let mut labels: Vec<(Span, String)> = Vec::new();
        if let Node::State(name, _) = flow.node(self.start) {
            labels.push((name.span, format!("a case is in `{}`", name.value)));
        }
        for step in &self.moves {
            let label = flow.label(step).filter(|label| !labels.contains(label));
            labels.extend(label);
        }
        labels
    }
}

impl<'a> Flow<'a> {
    /// What a move does, where it is written.
    fn label(&self, step: &Move<'a>) -> Option<(Span, String)> {
        let text = match (step.way, self.node(step.to)) {
            (Way::Skip, _) => return self.skip_label(step.from),
            (Way::Next, Node::State(name, _)) => {
                return Some((name.span, format!("a case begins in `{}`", name.value)));
            }
            (Way::Next, Node::Done(place)) => {
                return match place.step.weakness()? {
                    Weakness::ApprovedByTime(span) => {
                        Some((span, "time alone approves here".to_owned()))
                    }
                    Weakness::FreeWaiver(span) => {
                        Some((span, "this waiver needs no named control".to_owned()))
                    }
                };
            }
            (Way::Raise(_) | Way::BuiltIn, Node::Exception { reason, .. }) => {
                format!("raises `{reason}`")
            }
            (Way::Resume(_), Node::State(name, _)) => format!("comes back to `{}`", name.value),
            (Way::Jump(_) | Way::To(_) | Way::Transition(_), Node::State(name, _)) => {
                format!("goes on to `{}`", name.value)
            }
            (Way::TimedDecision(_), _) => "time decides here".to_owned(),
            (
                Way::Next
                | Way::To(_)
                | Way::Transition(_)
                | Way::Raise(_)
                | Way::BuiltIn
                | Way::Resume(_)
                | Way::GiveUp(_)
                | Way::Jump(_),
                _,
            ) => return None,
        };
        Some((step.way.span()?, text))
    }

    fn skip_label(&self, from: Place) -> Option<(Span, String)> {
        let node = self.node(from);
        if let Node::If(place, condition) = node {
            let text = format!("`{}` is skipped when this is false", place.step.name());
            return Some((condition.span, text));
        }
        let Node::Step(place) = node else {
            return None;
        };
        let list = place.step.for_each.as_ref()?.value.list.as_ref()?;
        Some((
            list.span,
            "nothing is done when this list is empty".to_owned(),
        ))
    }
}
