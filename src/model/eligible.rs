//! Who may decide: the people that roles, teams and names stand for, without those who have left
//! and those who are excluded, and who stands in for them.

use std::collections::BTreeSet;

use super::Model;
use super::guard::{Excluded, excluded};
use super::walk::party_span;
use crate::source::Span;
use crate::syntax::Entity;
use crate::syntax::directory::Person;
use crate::syntax::expressions::Expression;
use crate::syntax::step::{ApprovalCount, Approve, Assignment, Count, Party, Step};

/// People who may do something, as far as the directory tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group<'a> {
    /// Active people, by name.
    pub people: BTreeSet<&'a str>,
    /// Expressions, each of which gives one person when a case is run.
    pub expressions: BTreeSet<&'a str>,
    /// True when a name means nothing, so that nobody can tell who belongs to the group.
    pub is_unknown: bool,
}

impl<'a> Group<'a> {
    /// True when every member is known by name.
    pub fn is_closed(&self) -> bool {
        self.expressions.is_empty() && !self.is_unknown
    }

    /// The most people that the group can have.
    pub fn size(&self) -> usize {
        self.people.len() + self.expressions.len()
    }

    /// Both groups.
    #[must_use]
    pub fn with(mut self, other: Group<'a>) -> Self {
        self.people.extend(other.people);
        self.expressions.extend(other.expressions);
        self.is_unknown |= other.is_unknown;
        self
    }

    /// People who are known to be in both groups, by name; then expressions that are.
    pub fn shared(&self, other: &Group<'a>) -> Vec<&'a str> {
        let people = self.people.intersection(&other.people);
        let expressions = self.expressions.intersection(&other.expressions);
        people.chain(expressions).copied().collect()
    }
}

/// Why somebody decides in the place of an approver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandInKind<'a> {
    /// `delegate:` of the approval.
    Delegate,
    /// `ask:` after a timeout.
    Secondary,
    /// The stand-in of a person who is out.
    Absence(&'a str),
}

/// Who decides in the place of an approver.
#[derive(Debug, Clone)]
pub struct StandIn<'a> {
    /// Why.
    pub kind: StandInKind<'a>,
    /// How the approval names them; nothing for those who stand in for somebody who is out.
    pub party: Option<&'a Party>,
    /// Who, without those whom the approval excludes by name.
    pub group: Group<'a>,
    /// Whom the approval excludes by name although the place below names them.
    pub refused: BTreeSet<&'a str>,
    /// Where that is written.
    pub span: Span,
}

impl Model {
    /// The active people that a party stands for.
    pub fn group<'a>(&'a self, party: &'a Party) -> Group<'a> {
        let mut group = Group::default();
        if let Some(role) = &party.role {
            let holders: Vec<&Entity<Person>> = self.role_holders(&role.name.value).collect();
            group.is_unknown |= holders.is_empty();
            self.add(holders, &mut group);
        }
        if let Some(team) = &party.team {
            self.add_team(&team.name.value, &mut group);
        }
        if let Some(person) = &party.person {
            if person.is_dynamic() {
                group.expressions.extend(person.expressions());
            } else {
                let found = self.person(&person.name.value);
                group.is_unknown |= found.is_none();
                self.add(found, &mut group);
            }
        }
        let expression = party.expression.as_ref();
        group
            .expressions
            .extend(expression.map(|expression| expression.text.trim()));
        group
    }

    /// The active people who may do a task: those of a queue are the team that works on it.
    pub fn doers<'a>(&'a self, assignment: &'a Assignment) -> Group<'a> {
        let mut group = Group::default();
        if let Some(role) = &assignment.role {
            self.add(self.role_holders(&role.name.value), &mut group);
        }
        if let Some(team) = &assignment.team {
            self.add_team(&team.name.value, &mut group);
        }
        if let Some(person) = &assignment.person {
            if person.is_dynamic() {
                group.expressions.extend(person.expressions());
            } else {
                self.add(self.person(&person.name.value), &mut group);
            }
        }
        if let Some(queue) = &assignment.queue {
            let team = self
                .queue(&queue.name.value)
                .and_then(|queue| queue.body.team.as_ref());
            match team {
                Some(team) => self.add_team(&team.name.value, &mut group),
                None => group.is_unknown = true,
            }
        }
        group
    }

    fn add<'a>(&self, people: impl IntoIterator<Item = &'a Entity<Person>>, group: &mut Group<'a>) {
        let active = people.into_iter().filter(|person| !self.has_left(person));
        group
            .people
            .extend(active.map(|person| person.name.value.as_str()));
    }

    /// The active members of a team, its lead included; unknown when there is no such team.
    pub fn members<'a>(&'a self, team: &str) -> Group<'a> {
        let mut group = Group::default();
        self.add_team(team, &mut group);
        group
    }

    fn add_team<'a>(&'a self, name: &str, group: &mut Group<'a>) {
        let Some(team) = self.team(name) else {
            group.is_unknown = true;
            return;
        };
        let members = team.body.members.iter().chain(&team.body.lead);
        let people = members.filter_map(|member| self.person(&member.name.value));
        self.add(people, group);
    }

    /// The person whom an entry of `exclude` names, whether in quotes or not.
    fn excluded_person<'a>(&'a self, expression: &'a Expression) -> Option<&'a str> {
        match excluded(&expression.text) {
            Excluded::Person(name) | Excluded::Other(name) => {
                self.person(&name).map(|person| person.name.value.as_str())
            }
            Excluded::Requester | Excluded::Approver(_) | Excluded::Performer(_) => None,
        }
    }

    /// Everybody whom an approval excludes by name.
    pub fn excluded_people<'a>(&'a self, approve: &'a Approve) -> BTreeSet<&'a str> {
        let entries = approve.exclude.iter();
        entries
            .filter_map(|expression| self.excluded_person(expression))
            .collect()
    }

    /// Everybody who is asked, those whom the approval excludes too.
    pub fn asked<'a>(&'a self, approve: &'a Approve) -> Group<'a> {
        let parties = approve.by.iter().flat_map(|by| by.iter());
        parties.fold(Group::default(), |group, party| {
            group.with(self.group(party))
        })
    }

    /// Who may decide an approval, stand-ins aside: its parties without those who are excluded by
    /// name or by the same expression.
    pub fn deciders<'a>(&'a self, approve: &'a Approve) -> Group<'a> {
        self.without_excluded(self.asked(approve), approve).0
    }

    /// The group without those whom the approval excludes, and those, by name or expression.
    fn without_excluded<'a>(
        &'a self,
        mut group: Group<'a>,
        approve: &'a Approve,
    ) -> (Group<'a>, BTreeSet<&'a str>) {
        let people = self.excluded_people(approve);
        let expressions: BTreeSet<&str> = approve
            .exclude
            .iter()
            .map(|expression| expression.text.trim())
            .collect();
        let mut refused: BTreeSet<&'a str> = group.people.intersection(&people).copied().collect();
        refused.extend(group.expressions.intersection(&expressions));
        group.people.retain(|name| !refused.contains(name));
        group.expressions.retain(|text| !refused.contains(text));
        (group, refused)
    }

    /// Who may decide in the place of the approvers, in written order; then the stand-ins of
    /// approvers who are out today or later.
    pub fn stand_ins<'a>(&'a self, step: &'a Step) -> Vec<StandIn<'a>> {
        let Some(approve) = step.approve.as_ref().map(|approve| &approve.value) else {
            return Vec::new();
        };
        let delegate = approve.delegate.iter();
        let delegate = delegate.map(|party| (StandInKind::Delegate, party));
        let rungs = approve.on_timeout.iter().chain(&step.on_timeout);
        let asked = rungs.filter_map(|rung| rung.ask.as_ref());
        let asked = asked.map(|party| (StandInKind::Secondary, party));
        let mut stand_ins: Vec<StandIn<'a>> = delegate
            .chain(asked)
            .filter_map(|(kind, party)| {
                let (group, refused) = self.without_excluded(self.group(party), approve);
                Some(StandIn {
                    kind,
                    party: Some(party),
                    group,
                    refused,
                    span: party_span(party)?,
                })
            })
            .collect();
        for name in self.deciders(approve).people {
            stand_ins.extend(self.absences(name, approve));
        }
        stand_ins
    }

    fn absences<'a>(&'a self, name: &'a str, approve: &'a Approve) -> Vec<StandIn<'a>> {
        let today = self.surroundings.today;
        let out = self
            .person(name)
            .into_iter()
            .flat_map(|person| &person.body.out);
        let ahead = out.filter(|absence| {
            let last = absence.to.as_ref().map(|to| to.value.civil);
            last.is_some_and(|last| last >= today)
        });
        ahead
            .filter_map(|absence| absence.delegate.as_ref())
            .map(|delegate| {
                let mut group = Group::default();
                self.add(self.person(&delegate.name.value), &mut group);
                let (group, refused) = self.without_excluded(group, approve);
                StandIn {
                    kind: StandInKind::Absence(name),
                    party: None,
                    group,
                    refused,
                    span: delegate.name.span,
                }
            })
            .collect()
    }

    /// Everybody who may decide an approval, stand-ins included.
    pub fn all_deciders<'a>(&'a self, step: &'a Step) -> Group<'a> {
        let approve = step.approve.as_ref().map(|approve| &approve.value);
        let deciders = approve.map(|approve| self.deciders(approve));
        let stand_ins = self.stand_ins(step).into_iter();
        stand_ins.fold(deciders.unwrap_or_default(), |all, stand_in| {
            all.with(stand_in.group)
        })
    }

    /// People who may do the task and decide the approval, stand-ins included, although they
    /// should be two: the performer is not excluded.
    pub fn performers_who_decide<'a>(&'a self, task: &'a Step, step: &'a Step) -> Vec<&'a str> {
        let (Some(assignment), Some(approve)) = (&task.assign, &step.approve) else {
            return Vec::new();
        };
        if approve.value.excludes_performer(task.name()) {
            return Vec::new();
        }
        self.all_deciders(step).shared(&self.doers(assignment))
    }
}

impl Approve {
    /// How many people must agree; for `all`, at least one.
    pub fn needed(&self) -> usize {
        match self.count.as_ref().map(|count| &count.value) {
            Some(ApprovalCount::Written(Count::Number(number))) => {
                usize::try_from(*number).unwrap_or(usize::MAX)
            }
            Some(ApprovalCount::Written(Count::All)) | None => 1,
        }
    }

    /// True when whoever decided the approval `step` may not decide this one.
    pub fn excludes_approver(&self, step: &str) -> bool {
        self.exclude
            .iter()
            .any(|expression| excluded(&expression.text) == Excluded::Approver(step.to_owned()))
    }

    /// True when whoever did the task `step` may not decide.
    pub fn excludes_performer(&self, step: &str) -> bool {
        self.exclude
            .iter()
            .any(|expression| excluded(&expression.text) == Excluded::Performer(step.to_owned()))
    }

    /// True when whoever started the case may not decide.
    pub fn excludes_requester(&self) -> bool {
        self.exclude
            .iter()
            .any(|expression| excluded(&expression.text) == Excluded::Requester)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Model, Surroundings};
    use crate::source::Sources;
    use crate::syntax::document::decode;
    use crate::syntax::step::Step;
    use crate::yaml;

    const DIRECTORY: &str = "
people:
  ann: {roles: [lead, director]}
  bob: {roles: [lead], out: [{from: '2026-08-01', to: '2026-08-20', delegate: eve}]}
  cleo: {roles: [lead], left: '2026-01-31'}
  dan: {roles: [clerk], out: [{from: '2026-01-01', to: '2026-01-20', delegate: eve}]}
  eve: {roles: [clerk]}
teams:
  desk: {lead: ann, members: [dan, eve, cleo]}
queues:
  work: {owner: ann, team: desk}
workflows:
  request:
    states:
      new:
        lifecycle: new
        steps:
";

    fn model(steps: &str) -> Model {
        let indented: String = steps
            .trim()
            .lines()
            .map(|line| format!("          {}\n", line.trim()))
            .collect();
        let mut sources = Sources::default();
        let text = format!("{DIRECTORY}{indented}        to: new\n");
        let id = sources.add("directory.yaml", text.clone());
        let streams = [(id, yaml::parse(id, &text).value)];
        let project = decode(&sources, &streams).value;
        Model::new(project, Surroundings::on(jiff::civil::date(2026, 8, 3)))
    }

    fn step<'a>(model: &'a Model, id: &str) -> &'a Step {
        let steps = model.project.workflows[0].body.all_steps();
        let mut steps = steps.map(|place| place.step);
        steps.find(|step| step.name() == id).unwrap()
    }

    fn deciders(approve: &str) -> Vec<String> {
        let model = model(&format!("- {{id: ok, approve: {approve}}}"));
        let group = model.deciders(&step(&model, "ok").approve.as_ref().unwrap().value);
        group
            .people
            .iter()
            .chain(&group.expressions)
            .map(|name| (*name).to_owned())
            .collect()
    }

    #[test]
    fn roles_teams_and_names_stand_for_active_people() {
        assert_eq!(deciders("{by: {role: lead}}"), ["ann", "bob"]);
        assert_eq!(deciders("{by: {team: desk}}"), ["ann", "dan", "eve"]);
        assert_eq!(deciders("{by: {person: cleo}}"), Vec::<String>::new());
        assert_eq!(
            deciders("{by: [{person: ann}, {person: '${ input.boss }'}]}"),
            ["ann", "input.boss"]
        );
    }

    #[test]
    fn whoever_is_excluded_does_not_decide() {
        assert_eq!(
            deciders("{by: {role: lead}, exclude: [\"'ann'\", case.requester]}"),
            ["bob"]
        );
        assert_eq!(deciders("{by: {role: lead}, exclude: [bob]}"), ["ann"]);
        assert_eq!(
            deciders("{by: {expression: input.boss}, exclude: [input.boss]}"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn stand_ins_are_delegates_secondaries_and_those_of_absent_people() {
        let model = model(
            "- {id: ok, approve: {by: {role: lead}, exclude: [\"'dan'\"], delegate: {role: clerk}, on_timeout: [{ask: {role: director}}]}}",
        );
        let stand_ins = model.stand_ins(step(&model, "ok"));
        let people: Vec<Vec<&str>> = stand_ins
            .iter()
            .map(|stand_in| stand_in.group.people.iter().copied().collect())
            .collect();
        assert_eq!(people, [vec!["eve"], vec!["ann"], vec!["eve"]]);
        assert!(stand_ins[0].refused.contains("dan"));
        let everybody = model.all_deciders(step(&model, "ok"));
        assert_eq!(everybody.people.len(), 3);
    }

    #[test]
    fn performers_are_found_through_teams_and_queues() {
        let who = |exclude: &str| {
            let model = model(&format!(
                "- {{id: do, task: Work, assign: {{queue: work}}}}\n- {{id: ok, approve: {{by: {{role: lead}}, exclude: [{exclude}]}}}}"
            ));
            let decide = model.performers_who_decide(step(&model, "do"), step(&model, "ok"));
            decide
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        // Eve is no lead, but stands in for Bob.
        assert_eq!(who("case.requester"), ["ann", "eve"]);
        assert_eq!(who("steps.do.completed_by"), Vec::<String>::new());
    }

    #[test]
    fn counts_and_exclusions_are_read() {
        let model = model(
            "- {id: a, approve: {by: {role: lead}, count: 3}}\n- {id: b, approve: {by: {role: lead}, count: all, exclude: [steps.a.approver, case.requester]}}",
        );
        let approve = |id| &step(&model, id).approve.as_ref().unwrap().value;
        assert_eq!((approve("a").needed(), approve("b").needed()), (3, 1));
        assert!(approve("b").excludes_approver("a") && approve("b").excludes_requester());
        assert!(!approve("a").excludes_requester());
    }
}
