//! Steps: the work done on entering a state. One key decides the kind.

use super::duration::Duration;
use super::expressions::{Data, Expression, Template};
use super::names::{FieldName, KebabName, Name, NameMap, OneOrMany, SnakeName};
use super::references::{
    AccountReference, ContractReference, DecisionReference, DynamicPerson, DynamicQueue,
    OperationReference, PartyReference, ReasonReference, RetryReference, RoleReference,
    StateReference, TeamReference, WorkflowReference,
};
use crate::source::Spanned;
use crate::{choice, mapping, vocabulary};

mapping! {
    /// One piece of work; exactly one of `check`, `match`, `route`, `call`, `task`, `approve`,
    /// `wait`, `notify`, `emit`, `run`, `parallel` and `for_each` says of which kind.
    pub struct Step as "a step" {
        /// The name by which expressions read the result, as `steps.<id>`.
        required id: Spanned<Name<SnakeName>>,
        /// What the step is for.
        optional summary: Spanned<String>,
        /// The step is skipped when this is false.
        optional condition ("if"): Expression,
        /// Assertions; the first that fails raises its reason.
        optional check: Spanned<Vec<Check>>,
        /// Compares a claim with other documents, line by line.
        optional matching ("match"): Spanned<Match>,
        /// A decision table that gives queue, owner or priority.
        optional route: DecisionReference,
        /// An operation of a system.
        optional call: OperationReference,
        /// Work for a person, in words.
        optional task: Spanned<String>,
        /// A decision by people.
        optional approve: Spanned<Approve>,
        /// Lets time pass, or waits for an event.
        optional wait: Spanned<Wait>,
        /// Tells somebody.
        optional notify: Spanned<Notify>,
        /// Publishes an event.
        optional emit: Spanned<Emit>,
        /// Runs another workflow and waits for its end.
        optional run: WorkflowReference,
        /// Branches that run at the same time.
        optional parallel: Spanned<Parallel>,
        /// Runs steps for every item of a list.
        optional for_each: Spanned<ForEach>,
        /// Who does a task.
        optional assign: Assignment,
        /// The data that is sent.
        optional with: Spanned<Data>,
        /// The contract of the data that is sent.
        optional contract: ContractReference,
        /// The contract of the data that comes back.
        optional returns: ContractReference,
        /// The service account that the operation runs as.
        optional account ("as"): AccountReference,
        /// Kinds of risk of this step.
        defaulted risk: OneOrMany<Spanned<Name<KebabName>>>,
        /// What must be attached when the work is done.
        defaulted evidence: Vec<Spanned<String>>,
        /// How long the step may take, one attempt for calls.
        optional timeout: Spanned<Duration>,
        /// What happens when it takes longer, rung by rung.
        defaulted on_timeout: Vec<LadderRung>,
        /// How often and when a failed call is tried again.
        optional retry: Spanned<Retry>,
        /// What errors raise; the first that fits wins.
        defaulted catch: Vec<Catch>,
        /// The value by which a repeated call is recognised as the same.
        optional idempotency_key: Expression,
        /// The operation that undoes this one.
        optional compensate: Spanned<Compensation>,
        /// The name before a rename.
        optional renamed_from: Spanned<Name<SnakeName>>,
    }
}

mapping! {
    /// An assertion.
    pub struct Check as "a check" {
        /// What must be true.
        required that: Expression,
        /// The reason that is raised otherwise.
        required raise: ReasonReference,
        /// What the resolver is told.
        optional message: Template,
    }
}

mapping! {
    /// An n-way match of lines by a key.
    pub struct Match as "a match" {
        /// The lines that are claimed.
        required claim: Expression,
        /// The field that pairs lines.
        required key: Spanned<Name<FieldName>>,
        /// The lines that they are matched against, by name.
        required against: NameMap<SnakeName, Expression>,
        /// The reason for a line without a partner, by name.
        defaulted missing: NameMap<SnakeName, ReasonReference>,
        /// What is compared.
        defaulted compare: Vec<Comparison>,
    }
}

mapping! {
    /// A comparison of one field of matched lines.
    pub struct Comparison as "a comparison" {
        /// The field.
        required field: Spanned<Name<FieldName>>,
        /// The other side, one of the names under `against`.
        required with: Spanned<Name<SnakeName>>,
        /// How much the values may differ.
        optional tolerance: Expression,
        /// The reason for a greater difference.
        required raise: ReasonReference,
    }
}

mapping! {
    /// A person, team, role or queue to do a task.
    pub struct Assignment as "an assignment" {
        /// A queue, whose team takes it.
        optional queue: DynamicQueue,
        /// A role.
        optional role: RoleReference,
        /// A team.
        optional team: TeamReference,
        /// A person, or an expression in `${ }`.
        optional person: DynamicPerson,
    }
}

mapping! {
    /// A role, person, team or expression that names people.
    pub struct Party as "a role, person or team" {
        /// Everybody with this role.
        optional role: RoleReference,
        /// A person, or an expression in `${ }`.
        optional person: DynamicPerson,
        /// The members of a team.
        optional team: TeamReference,
        /// An expression that gives a person.
        optional expression: Expression,
    }
}

mapping! {
    /// A decision by people.
    pub struct Approve as "an approval" {
        /// Who may decide.
        required by: OneOrMany<Party>,
        /// How many must agree, or `all`; one when absent.
        optional count: Spanned<ApprovalCount>,
        /// People who may not decide, nor their stand-ins.
        defaulted exclude: Vec<Expression>,
        /// What the approvers must see.
        defaulted evidence: Vec<Spanned<String>>,
        /// The reason that is raised when evidence is missing.
        optional missing_evidence: ReasonReference,
        /// Who decides while an approver is out.
        optional delegate: Party,
        /// How long the decision may take.
        optional timeout: Spanned<Duration>,
        /// What happens when it takes longer, rung by rung.
        defaulted on_timeout: Vec<LadderRung>,
        /// The approval is waived when this is true; over named controls only.
        optional waive_when: Expression,
        /// What is agreed to.
        optional terms: Spanned<String>,
    }
}

choice! {
    /// How many approvers must agree.
    pub enum ApprovalCount as "a number of approvers or `all`" {
        /// A number, or `all`.
        Written(Count) = scalar,
    }
}

/// A number of people, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Number(u32),
    /// Everybody named.
    All,
}

vocabulary! {
    /// A decision that time takes.
    pub enum TimedDecision as "a decision" {
        /// As if approved: an auto-approval.
        Approved = "approved",
        /// As if rejected.
        Rejected = "rejected",
        /// Expired, for a transition to handle.
        Expired = "expired",
    }
}

mapping! {
    /// What happens when a timeout passes: exactly one of `ask`, `raise`, `notify`, `to` and `decide`.
    pub struct LadderRung as "a rung of a timeout ladder" {
        /// Asks somebody else.
        optional ask: Party,
        /// How long they have.
        optional timeout: Spanned<Duration>,
        /// Raises a reason.
        optional raise: ReasonReference,
        /// Tells somebody and goes on waiting.
        optional notify: PartyReference,
        /// Moves the case.
        optional to: StateReference,
        /// Decides by the clock.
        optional decide: Spanned<TimedDecision>,
    }
}

choice! {
    /// Lets time pass, or waits for an event.
    pub enum Wait as "a length of time, or a mapping with `for` or `event`" {
        /// A length of time.
        For(Spanned<Duration>) = scalar,
        /// What is waited for.
        Until(WaitFor) = mapping,
    }
}

mapping! {
    /// What is waited for: exactly one of `for`, `until` and `event`.
    pub struct WaitFor as "a wait" {
        /// A length of time.
        optional duration ("for"): Spanned<Duration>,
        /// A point in time.
        optional until: Expression,
        /// An event.
        optional event: Spanned<String>,
        /// Which events count.
        optional filter: Expression,
        /// The contract of the event's data.
        optional contract: ContractReference,
    }
}

choice! {
    /// Tells somebody.
    pub enum Notify as "a person, team or role, or a mapping with `to` and `message`" {
        /// Who is told.
        To(PartyReference) = scalar,
        /// Who is told what.
        Message(Notification) = mapping,
    }
}

mapping! {
    /// Who is told what.
    pub struct Notification as "a notification" {
        /// Who: a person, team or role, or an expression in `${ }`.
        required to: Template,
        /// What.
        optional message: Template,
        /// By which channel.
        optional channel: Spanned<String>,
    }
}

choice! {
    /// Publishes an event.
    pub enum Emit as "the name of an event, or a mapping with `event`" {
        /// The event.
        Event(Spanned<String>) = scalar,
        /// The event with its contract.
        Published(EmittedEvent) = mapping,
    }
}

mapping! {
    /// An event with its contract.
    pub struct EmittedEvent as "an emitted event" {
        /// The event.
        required event: Spanned<String>,
        /// The contract of its data.
        optional contract: ContractReference,
        /// Its data.
        optional with: Spanned<Data>,
    }
}

vocabulary! {
    /// When parallel branches count as done.
    pub enum Join as "a way to join" {
        /// When every branch is done.
        All = "all",
        /// When the first branch is done; the others are cancelled.
        Any = "any",
    }
}

mapping! {
    /// Branches that run at the same time.
    pub struct Parallel as "parallel branches" {
        /// The steps of each branch.
        required branches: NameMap<SnakeName, Vec<Step>>,
        /// When the whole is done; `all` when absent.
        optional join: Spanned<Join>,
    }
}

mapping! {
    /// Steps that run for every item of a list.
    pub struct ForEach as "a for_each" {
        /// The list.
        required list ("in"): Expression,
        /// The name by which expressions read the item.
        required item ("as"): Spanned<Name<SnakeName>>,
        /// The steps.
        required steps: Vec<Step>,
        /// How many items are worked on at the same time; one when absent.
        optional at_once: Spanned<u32>,
        /// How many items there may be.
        optional limit: Spanned<u32>,
    }
}

choice! {
    /// How often and when a failed call is tried again.
    pub enum Retry as "the name of a retry, or a mapping with `limit`" {
        /// A retry of the project file.
        Named(RetryReference) = scalar,
        /// Written here.
        Inline(RetryPolicy) = mapping,
    }
}

vocabulary! {
    /// How pauses between attempts grow.
    pub enum Backoff as "a backoff" {
        /// They do not.
        Constant = "constant",
        /// By the first pause each time.
        Linear = "linear",
        /// They double.
        Exponential = "exponential",
    }
}

mapping! {
    /// How often and when a failed call is tried again.
    pub struct RetryPolicy as "a retry" {
        /// Retries after the first attempt.
        optional limit: Spanned<u32>,
        /// The first pause.
        optional delay: Spanned<Duration>,
        /// How pauses grow; constant when absent.
        optional backoff: Spanned<Backoff>,
        /// The longest pause.
        optional max_delay: Spanned<Duration>,
        /// Whether pauses vary at random.
        optional jitter: Spanned<bool>,
    }
}

mapping! {
    /// What an error leads to: `raise` or `to`.
    pub struct Catch as "a catch" {
        /// The error that the operation names, `timeout`, or `any`.
        required error: Spanned<String>,
        /// The reason that is raised.
        optional raise: ReasonReference,
        /// The state that the case moves to.
        optional to: StateReference,
    }
}

mapping! {
    /// The operation that undoes a step.
    pub struct Compensation as "a compensation" {
        /// The operation.
        required call: OperationReference,
        /// The data that is sent.
        optional with: Spanned<Data>,
        /// The service account that it runs as; the step's own when absent.
        optional account ("as"): AccountReference,
    }
}

mod manual {
    //! The scalar types of this document that follow none of the common forms.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::Count;
    use crate::syntax::decode::{Decode, Decoder};
    use crate::syntax::visit::{Visit, Visitor};
    use crate::yaml::NodeRef;

    impl Decode for Count {
        fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
            let written = node.scalar().map(crate::yaml::Scalar::text);
            match written {
                Some("all") => Some(Count::All),
                Some(number) if number.parse::<u32>().is_ok_and(|number| number > 0) => {
                    u32::decode(node, decoder).map(Count::Number)
                }
                _ => {
                    decoder.wrong_type(node, "a number of approvers from 1, or `all`");
                    None
                }
            }
        }
    }

    impl Visit for Count {
        fn visit<'a>(&'a self, _visitor: &mut dyn Visitor<'a>) {}
    }

    impl JsonSchema for Count {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Count".into()
        }
        fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
            json_schema!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": "all" }] })
        }
    }
}
