//! Approvals: who is asked, who stands in, what is decided.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Asked, Cursor, Doing};
use super::data;
use super::engine::{Engine, Trouble};
use super::evaluate;
use super::trace::{Role, What};
use super::work::asked;
use crate::expr::{Record, Value};
use crate::model::resolve::reason;
use crate::plan::people::{Count, Party};
use crate::plan::step::{Approval, Step, Work};

/// The result of an approval that nobody decided.
pub(super) fn without_people(decision: &str) -> Value {
    Record::from([
        ("decision".into(), Value::text(decision)),
        ("approver".into(), Value::Null),
        ("approvers".into(), Vec::new().into()),
    ])
    .into()
}

impl<'p> Engine<'_, 'p> {
    /// Begins an approval: it is waived, or what is attached is looked up.
    pub fn approve(
        &mut self,
        cursor: Cursor<'p>,
        step: &'p Step,
        approval: &'p Approval,
        roots: &Record,
    ) -> Result<(), Trouble> {
        if let Some(condition) = &approval.waive_when
            && evaluate::truth(self.world, condition, roots).map_err(Trouble::error)?
        {
            self.case.tell(What::Decided {
                step: step.id.clone(),
                decision: "waived".to_owned(),
                by: None,
                because: Some(condition.as_str().to_owned()),
            });
            self.finish(cursor, step, without_people("waived"), None);
            return Ok(());
        }
        if approval.evidence.is_empty() {
            return self.ask(cursor, step, approval, BTreeSet::new());
        }
        self.add(cursor, step, Doing::Gathering);
        Ok(())
    }

    /// What is attached is known.
    pub fn gathered(&mut self, id: u32, attached: &BTreeSet<String>) {
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let step = activity.step;
        let Work::Approve(approval) = &step.work else {
            return;
        };
        let missing: Vec<&str> = approval
            .evidence
            .iter()
            .filter(|evidence| !attached.contains(*evidence))
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let raised = approval.missing_evidence.as_deref();
            let message = format!("there is no {}", missing.join(", "));
            self.raise(
                raised.unwrap_or(reason::CONTRACT_VIOLATION),
                Some(&step.id),
                message,
            );
            return;
        }
        let evidence = attached.clone();
        if let Err(trouble) = self.ask(activity.cursor, step, approval, evidence) {
            self.raise(&trouble.reason, Some(&step.id), trouble.message);
        }
    }

    fn ask(
        &mut self,
        cursor: Cursor<'p>,
        step: &'p Step,
        approval: &'p Approval,
        evidence: BTreeSet<String>,
    ) -> Result<(), Trouble> {
        let roots = evaluate::roots(self.world, self.case, &cursor.scope);
        let mut excluded = BTreeSet::new();
        for expression in &approval.exclude {
            excluded.extend(self.excluded(expression, &roots)?);
        }
        let mut deciders = BTreeMap::new();
        let mut seats = Vec::new();
        for party in &approval.by {
            for person in self.party(party, &roots)? {
                if excluded.contains(&person) {
                    continue;
                }
                let seat = self.seat(&person, approval, &excluded, &roots)?;
                if !seat.is_empty() {
                    seats.push(seat.keys().cloned().collect());
                }
                for (name, role) in seat {
                    let known = deciders.entry(name).or_insert_with(|| role.clone());
                    if role == Role::Own {
                        *known = role;
                    }
                }
            }
        }
        let (needed, seats) = match approval.count {
            Count::Number(number) => (usize::try_from(number).unwrap_or(usize::MAX), None),
            Count::All => (1, Some(seats)),
        };
        if deciders.len() < needed {
            return Err(Trouble::error(format!(
                "{} can decide where {needed} must agree",
                counted(deciders.len())
            )));
        }
        let asked = Asked {
            deciders,
            excluded,
            seats,
            needed,
            agreed: Vec::new(),
        };
        self.case.tell(What::Asked {
            step: step.id.clone(),
            people: super::work::asked(&asked),
            evidence,
        });
        self.add(cursor, step, Doing::Approval(asked));
        Ok(())
    }

    /// People who may not decide. What was never provided excludes nobody: an approval that was
    /// waived has no approver, a state that was never entered nobody who worked in it.
    fn excluded(
        &self,
        expression: &crate::plan::value::Expression,
        roots: &Record,
    ) -> Result<Vec<String>, Trouble> {
        let person = expression.as_str();
        if self.world.directory.is_known(person) {
            return Ok(vec![person.to_owned()]);
        }
        if self.reads_nothing(expression, roots) {
            return Ok(Vec::new());
        }
        let value = evaluate::with_roots(self.world, expression, roots).map_err(Trouble::error)?;
        data::people(&value).ok_or_else(|| Trouble::error(format!("{value} names nobody")))
    }

    /// Whether an expression is a path that nothing has provided yet.
    fn reads_nothing(&self, expression: &crate::plan::value::Expression, roots: &Record) -> bool {
        let parsed = self.world.parsed(expression);
        let path = parsed
            .as_ref()
            .as_ref()
            .ok()
            .and_then(crate::expr::Expression::path);
        let Some(path) = path else {
            return false;
        };
        let mut value = Value::Map(std::sync::Arc::new(roots.clone()));
        for segment in path.segments() {
            let Value::Map(fields) = &value else {
                return value == Value::Null;
            };
            let Some(next) = fields.get(segment).cloned() else {
                return true;
            };
            value = next;
        }
        value == Value::Null
    }

    /// Who can speak for a person: themselves, or while they are out their stand-in, else the
    /// delegate of the approval.
    fn seat(
        &self,
        person: &str,
        approval: &Approval,
        excluded: &BTreeSet<String>,
        roots: &Record,
    ) -> Result<BTreeMap<String, Role>, Trouble> {
        let day = self.world.day(self.case.now);
        let directory = &self.world.directory;
        if !directory.is_active(person, day) {
            return Ok(BTreeMap::new());
        }
        let Some(stand_in) = directory.absence(person, day) else {
            return Ok(BTreeMap::from([(person.to_owned(), Role::Own)]));
        };
        let can = |name: &str| {
            !excluded.contains(name)
                && directory.is_active(name, day)
                && directory.absence(name, day).is_none()
        };
        let as_delegate = || Role::Delegate {
            of: person.to_owned(),
        };
        if let Some(stand_in) = stand_in.filter(|name| can(name)) {
            return Ok(BTreeMap::from([(stand_in.to_owned(), as_delegate())]));
        }
        let delegates = match &approval.delegate {
            Some(party) => self.party(party, roots)?,
            None => BTreeSet::new(),
        };
        let delegates = delegates.into_iter().filter(|name| can(name));
        Ok(delegates.map(|name| (name, as_delegate())).collect())
    }

    /// The people that a party stands for today.
    pub fn party(&self, party: &Party, roots: &Record) -> Result<BTreeSet<String>, Trouble> {
        let day = self.world.day(self.case.now);
        let directory = &self.world.directory;
        let value = match party {
            Party::Role(role) => return Ok(directory.role(role, day)),
            Party::Team(team) => return Ok(directory.team(team, day)),
            Party::Person(text) => evaluate::text(self.world, text, roots),
            Party::Expression(expression) => evaluate::with_roots(self.world, expression, roots),
        };
        let value = value.map_err(Trouble::error)?;
        let people = data::people(&value);
        let people = people.ok_or_else(|| Trouble::error(format!("{value} names nobody")))?;
        Ok(people.into_iter().collect())
    }

    /// A ladder asks further people to decide.
    pub fn ask_further(&mut self, id: u32, people: &BTreeSet<String>, rung: usize) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        let Doing::Approval(approval) = &mut activity.doing else {
            return;
        };
        for person in people {
            if !approval.excluded.contains(person) {
                let role = Role::Rung { rung };
                approval.deciders.entry(person.clone()).or_insert(role);
            }
        }
        let people = asked(approval);
        self.case.tell(What::Asked {
            step: step.id.clone(),
            people,
            evidence: BTreeSet::new(),
        });
    }

    /// A person who may decide has decided; `comment` is what they said.
    pub fn vote(&mut self, id: u32, person: &str, agrees: bool, comment: Option<&Value>) {
        let Some(activity) = self.case.activities.get_mut(&id) else {
            return;
        };
        let step = activity.step;
        let Doing::Approval(approval) = &mut activity.doing else {
            return;
        };
        let role = approval.deciders.get(person).cloned().unwrap_or(Role::Own);
        if agrees {
            approval.agreed.push(person.to_owned());
        }
        let is_decided = !agrees
            || match &approval.seats {
                None => approval.agreed.len() >= approval.needed,
                Some(seats) => seats
                    .iter()
                    .all(|seat| approval.agreed.iter().any(|person| seat.contains(person))),
            };
        let agreed = approval.agreed.clone();
        self.case.tell(What::Voted {
            step: step.id.clone(),
            person: person.to_owned(),
            role,
            agrees,
        });
        if !is_decided {
            return;
        }
        let decision = if agrees { "approved" } else { "rejected" };
        let agreed: Vec<Value> = agreed.iter().map(|person| Value::text(person)).collect();
        let mut result = Record::from([
            ("decision".into(), Value::text(decision)),
            ("approver".into(), Value::text(person)),
            ("approvers".into(), agreed.into()),
            ("decided_at".into(), Value::Timestamp(self.case.now)),
        ]);
        result.extend(comment.map(|comment| ("comment".into(), comment.clone())));
        self.decided(id, decision, result.into(), None);
    }

    /// The clock decides.
    pub fn decided_by_time(&mut self, id: u32, decision: &str) {
        let mut result = data::fields(&without_people(decision))
            .cloned()
            .unwrap_or_default();
        result.insert("decided_at".into(), Value::Timestamp(self.case.now));
        self.decided(id, decision, result.into(), Some("time ran out"));
    }

    fn decided(&mut self, id: u32, decision: &str, result: Value, because: Option<&str>) {
        let Some(activity) = self.case.activities.remove(&id) else {
            return;
        };
        let by = data::fields(&result).and_then(|result| data::name(result.get("approver")?));
        self.case.tell(What::Decided {
            step: activity.step.id.clone(),
            decision: decision.to_owned(),
            by,
            because: because.map(str::to_owned),
        });
        self.finish(activity.cursor, activity.step, result, None);
    }
}

fn counted(people: usize) -> String {
    match people {
        0 => "nobody".to_owned(),
        1 => "one person".to_owned(),
        more => format!("{more} people"),
    }
}
