//! Branches and items: what runs at the same time, and how it comes together.

use super::case::{Cursor, Doing, Owner, Then};
use super::engine::{Engine, Job};
use super::trace::What;
use crate::expr::{Record, Value};
use crate::plan::step::{ForEach, Parallel, Work};
use crate::syntax::step::Join;

impl<'p> Engine<'_, 'p> {
    /// A branch came to its end.
    pub fn branch_done(&mut self, id: u32, branch: usize, done: Cursor<'p>) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        let (Doing::Parallel(branches), Work::Parallel(parallel)) =
            (&mut activity.doing, &step.work)
        else {
            return;
        };
        branches.open.remove(&branch);
        if let (Some(local), Some(found)) = (&mut branches.local, done.scope.local) {
            local.extend(found);
        }
        match parallel.join {
            Join::All if branches.open.is_empty() => self.joined(id, Value::Null),
            Join::All => {}
            Join::Any => self.first(id, branch, parallel),
        }
    }

    /// All branches are done.
    fn joined(&mut self, id: u32, result: Value) {
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let mut cursor = activity.cursor;
        if let Doing::Parallel(branches) = activity.doing {
            cursor.scope.local = branches.local;
        }
        self.finish(cursor, activity.step, result, None);
    }

    /// The first branch is done: its siblings are cancelled, and what they completed is undone.
    fn first(&mut self, id: u32, branch: usize, parallel: &'p Parallel) {
        let is_sibling = |owner: &Owner| matches!(owner, Owner::Branch(activity, other) if *activity == id && *other != branch);
        let inside = |around: &[Owner]| around.iter().any(is_sibling);
        let stopped: Vec<u32> = self
            .case
            .activities
            .iter()
            .filter(|(_, activity)| inside(&self.case.around(activity.cursor.owner)))
            .map(|(id, _)| *id)
            .collect();
        let case = &*self.case;
        self.jobs.retain(|job| match job {
            Job::Begin(cursor) => !inside(&case.around(cursor.owner)),
            Job::Enter(_) | Job::Leave(_) => true,
        });
        for stopped in stopped {
            if let Some(activity) = self.case.activities.remove(&stopped) {
                self.case.tell(What::Cancelled {
                    step: activity.step.id.clone(),
                });
            }
        }
        let completed = std::mem::take(&mut self.case.completed);
        let (mut undone, kept): (Vec<_>, Vec<_>) = completed
            .into_iter()
            .partition(|completed| inside(&completed.within));
        self.case.completed = kept;
        let name = parallel.branches.names().nth(branch).unwrap_or_default();
        let result: Value = Record::from([("first".into(), Value::text(name))]).into();
        if undone.is_empty() {
            self.joined(id, result);
            return;
        }
        undone.reverse();
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let mut cursor = activity.cursor;
        if let Doing::Parallel(branches) = activity.doing {
            cursor.scope.local = branches.local;
        }
        self.undo(undone, Then::Finish(cursor, result));
    }

    /// Begins as many items as may be worked on at the same time.
    pub fn begin_items(&mut self, id: u32, for_each: &'p ForEach) {
        let at_once = usize::try_from(for_each.at_once.max(1)).unwrap_or(usize::MAX);
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let scope = activity.cursor.scope.clone();
        let Doing::ForEach(items) = &mut activity.doing else {
            return;
        };
        while items.running < at_once {
            let Some(item) = items.list.get(items.next) else {
                return;
            };
            let mut scope = scope.with(&for_each.item, item.clone());
            scope.local = Some(scope.local.unwrap_or_default());
            self.jobs.push_back(Job::Begin(Cursor {
                steps: &for_each.steps,
                index: 0,
                owner: Owner::Item(id, items.next),
                scope,
            }));
            items.next += 1;
            items.running += 1;
        }
    }

    /// An item is done.
    pub fn item_done(&mut self, id: u32, item: usize, done: Cursor<'p>) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        let (Doing::ForEach(items), Work::ForEach(for_each)) = (&mut activity.doing, &step.work)
        else {
            return;
        };
        let local = done.scope.local.unwrap_or_default();
        let last = for_each
            .steps
            .last()
            .and_then(|last| local.get(last.id.as_str()));
        items
            .results
            .insert(item, last.cloned().unwrap_or(Value::Null));
        items.running -= 1;
        if items.last.as_ref().is_none_or(|(latest, _)| *latest < item) {
            items.last = Some((item, local));
        }
        if items.running > 0 || items.next < items.list.len() {
            self.begin_items(id, for_each);
            return;
        }
        let results: Vec<Value> = items.results.values().cloned().collect();
        let local = items
            .last
            .take()
            .map(|(_, local)| local)
            .unwrap_or_default();
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let mut cursor = activity.cursor;
        // Later steps read what was done for the item that is last in the list.
        match &mut cursor.scope.local {
            Some(outer) => outer.extend(local),
            None => std::sync::Arc::make_mut(&mut self.case.results).extend(local),
        }
        self.finish(cursor, step, results.into(), None);
    }
}
