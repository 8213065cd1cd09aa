//! Names that refer to something declared elsewhere.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::decode::{Decode, Decoder, text};
use super::expressions::Template;
use super::visit::{ReferenceKind, Visit, Visitor};
use crate::source::Spanned;
use crate::yaml::NodeRef;

macro_rules! references {
    ($( $(#[doc = $doc:literal])* $name:ident => $kind:ident, $expected:literal; )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name {
                /// The name as written.
                pub name: Spanned<String>,
            }

            impl Decode for $name {
                fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
                    let scalar = text(node, decoder, $expected)?;
                    Some($name { name: Spanned::new(scalar.text().to_owned(), node.span()) })
                }
            }

            impl Visit for $name {
                fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
                    visitor.reference(ReferenceKind::$kind, &self.name);
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string" })
                }
            }
        )*
    };
}

references! {
    /// A person of the directory.
    PersonReference => Person, "the name of a person";
    /// A role that people hold.
    RoleReference => Role, "the name of a role";
    /// A team of the directory.
    TeamReference => Team, "the name of a team";
    /// A person, team or role.
    PartyReference => Party, "the name of a person, team or role";
    /// A queue.
    QueueReference => Queue, "the name of a queue";
    /// A system.
    SystemReference => System, "the name of a system";
    /// An operation, written `System.operation`.
    OperationReference => Operation, "an operation, as `System.operation`";
    /// A service account of a system.
    AccountReference => Account, "the name of a service account";
    /// A contract.
    ContractReference => Contract, "the name of a contract";
    /// A system or workflow that reads a contract.
    ConsumerReference => Consumer, "the name of a system or workflow";
    /// A working calendar.
    CalendarReference => Calendar, "the name of a calendar";
    /// A decision table.
    DecisionReference => Decision, "the name of a decision table";
    /// A named retry of the project file.
    RetryReference => RetryPolicy, "the name of a retry";
    /// Another workflow.
    WorkflowReference => Workflow, "the name of a workflow";
    /// A state of the same workflow.
    StateReference => State, "the name of a state";
    /// A reason code of the same workflow.
    ReasonReference => Reason, "a reason code";
}

/// The path of a file of the repository, relative to the project root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePath {
    /// The path as written.
    pub path: Spanned<String>,
}

impl Decode for FilePath {
    fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
        let scalar = text(node, decoder, "the path of a file")?;
        Some(FilePath {
            path: Spanned::new(scalar.text().to_owned(), node.span()),
        })
    }
}

impl Visit for FilePath {
    fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
        visitor.file(&self.path);
    }
}

impl JsonSchema for FilePath {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "FilePath".into()
    }
    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

macro_rules! dynamic_references {
    ($( $(#[doc = $doc:literal])* $name:ident => $kind:ident, $expected:literal; )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $name {
                /// The name or template as written.
                pub name: Spanned<String>,
                template: Template,
            }

            impl std::ops::Deref for $name {
                type Target = Template;
                fn deref(&self) -> &Template {
                    &self.template
                }
            }

            impl Decode for $name {
                fn decode(node: NodeRef<'_>, decoder: &mut Decoder) -> Option<Self> {
                    let template = Template::decode(node, decoder)?;
                    Some($name { name: Spanned::new(template.text.clone(), node.span()), template })
                }
            }

            impl Visit for $name {
                fn visit<'a>(&'a self, visitor: &mut dyn Visitor<'a>) {
                    if self.template.is_dynamic() {
                        visitor.template(&self.template);
                    } else {
                        visitor.reference(ReferenceKind::$kind, &self.name);
                    }
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "description": $expected })
                }
            }
        )*
    };
}

dynamic_references! {
    /// A person of the directory, or an expression in `${ }` that gives one.
    DynamicPerson => Person, "A person, or an expression in `${ }` that gives one.";
    /// A queue, or an expression in `${ }` that gives one.
    DynamicQueue => Queue, "A queue, or an expression in `${ }` that gives one.";
}
