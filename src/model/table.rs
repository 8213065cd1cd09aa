//! Decision tables as conditions: what each cell says about its input, and what is wrong with rows.

use super::Model;
use super::data::cell_type;
use super::premises::limits_of;
use crate::expr::{self, Environment, ErrorKind, ExpressionError, Premises, Proven, Type};
use crate::source::{Span, Spanned};
use crate::syntax::contract::FieldEntry;
use crate::syntax::decision::{CellType, Decision, Row};
use crate::syntax::duration::Duration;
use crate::syntax::expressions::Data;
use crate::syntax::scalars::Literal;
use crate::syntax::step::Step;
use crate::syntax::workflow::Workflow;

/// The test that every value passes.
const ANYTHING: &str = "-";

/// A table, understood as far as possible.
#[derive(Debug)]
pub struct Table<'a> {
    environment: Environment,
    limits: Vec<expr::Expression>,
    lists: expr::Value,
    /// The rows with the conditions under which they match.
    pub rows: Vec<(&'a Row, expr::Expression)>,
    /// What is wrong with rows and cells; then some rows are missing.
    pub faults: Vec<Fault>,
}

/// Something wrong with a row or a cell.
#[derive(Debug)]
pub struct Fault {
    /// The characters that are wrong.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Table<'_> {
    /// What is known about the inputs.
    pub fn premises(&self) -> Premises<'_> {
        let premises = Premises::new(&self.environment).with_constant("lists", self.lists.clone());
        let limits = self.limits.iter().cloned();
        limits.fold(premises, Premises::assuming)
    }
}

impl Model {
    /// Reads a decision table. Its inputs can be what the workflows that route by it can give.
    pub fn table<'a>(&self, decision: &'a Decision, name: &str) -> Table<'a> {
        let inputs: Vec<(&str, CellType)> = decision
            .inputs
            .iter()
            .flat_map(|inputs| inputs.value.iter())
            .map(|(input, kind)| (input.value.as_str(), kind.value))
            .collect();
        let routes = self.routes(name);
        let mut environment = Environment::new().with("lists", self.lists_type());
        let mut limits = Vec::new();
        for (input, kind) in &inputs {
            environment = environment.with(input, self.cell_values(input, *kind, &routes));
            limits.extend(self.cell_limits(input, &routes));
        }
        let mut table = Table {
            environment,
            limits,
            lists: self.list_values(),
            rows: Vec::new(),
            faults: Vec::new(),
        };
        for row in decision.rules.iter().flat_map(|rules| &rules.value) {
            table.outputs(row, decision);
            if let Some(condition) = table.condition(row, &inputs) {
                table.rows.push((row, condition));
            }
        }
        table
    }

    /// The steps that route by a table.
    fn routes(&self, name: &str) -> Vec<(&Workflow, &Step)> {
        let workflows = self.project.workflows.iter();
        workflows
            .flat_map(|workflow| {
                let steps = workflow.body.all_steps().map(|place| place.step);
                steps.map(move |step| (&workflow.body, step))
            })
            .filter(|(_, step)| {
                let route = step.route.as_ref();
                route.is_some_and(|route| route.name.value == name)
            })
            .collect()
    }

    /// The type of an input; with a vocabulary when every workflow that routes by the table gives a
    /// text of one.
    fn cell_values(&self, input: &str, kind: CellType, routes: &[(&Workflow, &Step)]) -> Type {
        let declared = cell_type(kind);
        let given = routes
            .iter()
            .map(|(workflow, step)| self.given_type(input, workflow, step));
        let joined = given.reduce(|one, other| one.join(&other).unwrap_or(Type::Any));
        match (declared, joined) {
            (Type::String(_), Some(Type::String(vocabulary))) => Type::String(vocabulary),
            (declared, _) => declared,
        }
    }

    fn given_type(&self, input: &str, workflow: &Workflow, step: &Step) -> Type {
        let bound = match step.with.as_ref().map(|with| &with.value) {
            Some(Data::Map(entries)) => entries.iter().find(|(name, _)| name.value == input),
            _ => None,
        };
        let Some((_, data)) = bound else {
            let Type::Object(object) = self.input_type(workflow) else {
                return Type::Any;
            };
            let field = object.field(input);
            return field.map_or(Type::Any, |field| field.of.clone());
        };
        let Data::Text(template) = &data.value else {
            return Type::Any;
        };
        let part = template.parts().into_iter().next();
        let tree = part
            .filter(|_| template.is_one_expression())
            .and_then(|part| expr::parse(part.text).ok());
        tree.map_or(Type::Any, |tree| {
            expr::check(&tree, &self.environment(workflow), &Proven::new()).of
        })
    }

    /// The limits of an input, when one workflow routes by the table.
    fn cell_limits(&self, input: &str, routes: &[(&Workflow, &Step)]) -> Vec<expr::Expression> {
        let [(workflow, step)] = routes else {
            return Vec::new();
        };
        let triggers = workflow.trigger.iter();
        let triggers: Vec<_> = triggers.flat_map(|trigger| &trigger.value.items).collect();
        let ([trigger], None) = (&triggers[..], &step.with) else {
            return Vec::new();
        };
        let contract = trigger.contract.as_ref();
        let contract = contract.and_then(|contract| self.contract(&contract.name.value));
        let schema = contract.and_then(|contract| contract.body.schema.as_ref());
        let entry: Option<&FieldEntry> = schema
            .or(trigger.input.as_ref())
            .and_then(|fields| fields.value.get(input));
        let mut limits = Vec::new();
        if let Some(entry) = entry {
            limits_of(input, entry, &mut limits);
        }
        let limits = limits.iter();
        limits.filter_map(|text| expr::parse(text).ok()).collect()
    }
}

impl Table<'_> {
    /// The condition under which a row matches.
    fn condition(&mut self, row: &Row, inputs: &[(&str, CellType)]) -> Option<expr::Expression> {
        if row.cells.len() != inputs.len() {
            let names: Vec<String> = inputs.iter().map(|(name, _)| format!("`{name}`")).collect();
            self.faults.push(Fault {
                span: row.span,
                message: format!(
                    "the row has {} and the table has {}",
                    counted(row.cells.len(), "test"),
                    counted(inputs.len(), "input"),
                ),
                help: format!(
                    "write one test for each of {}, `-` where anything goes",
                    names.join(", ")
                ),
            });
            return None;
        }
        let mut tests = Vec::new();
        let mut is_sound = true;
        for ((input, _), cell) in inputs.iter().zip(&row.cells) {
            if cell.value.trim() == ANYTHING {
                continue;
            }
            match self.test(input, cell) {
                Ok(test) => tests.push(test),
                Err(fault) => {
                    self.faults.push(fault);
                    is_sound = false;
                }
            }
        }
        is_sound.then(|| expr::Expression::all(tests))
    }

    fn test(&self, input: &str, cell: &Spanned<String>) -> Result<expr::Expression, Fault> {
        let written = cell.value.trim();
        let fault = |message: String, help: String| Fault {
            span: cell.span,
            message,
            help,
        };
        let help =
            || "write a test such as `< 10000`, `== 'new'`, `in ['a', 'b']` or `-`".to_owned();
        let refused = |error: ExpressionError| {
            fault(
                format!("`{written}` is no test of `{input}`: {}", error.message),
                error.help.unwrap_or_else(help),
            )
        };
        let test = expr::parse(&cell_test(input, written)).map_err(refused)?;
        let own = expr::Path::root(input);
        let references = test.references();
        let other = references
            .iter()
            .find(|reference| reference.path != own && !reference.path.starts_at("lists"));
        if let Some(other) = other {
            let path = &other.path;
            let is_word =
                path.segments().count() == 1 && self.environment.root(&path.to_string()).is_none();
            let help = if is_word {
                format!("put a text in quotes: `== '{path}'`")
            } else {
                help()
            };
            return Err(fault(
                format!("the test `{written}` of `{input}` reads `{path}`"),
                help,
            ));
        }
        let outcome = expr::check_condition(&test, &self.environment, &Proven::new());
        let wrong = outcome
            .errors
            .into_iter()
            .find(|error| error.kind != ErrorKind::Constant);
        wrong.map_or(Ok(test), |error| Err(refused(error)))
    }

    fn outputs(&mut self, row: &Row, decision: &Decision) {
        let Some(outputs) = &decision.outputs else {
            return;
        };
        for (name, value) in &row.outputs {
            let Some(kind) = outputs.value.get(&name.value) else {
                let names: Vec<String> =
                    outputs.value.names().map(|it| format!("`{it}`")).collect();
                self.faults.push(Fault {
                    span: name.span,
                    message: format!("`{}` is no output of the table", name.value),
                    help: format!("its outputs are {}", names.join(", ")),
                });
                continue;
            };
            if !fits(&value.value, kind.value) {
                self.faults.push(Fault {
                    span: value.span,
                    message: format!(
                        "the output `{}` is of type {} and cannot be `{}`",
                        name.value,
                        kind.value.as_str(),
                        value.value.text()
                    ),
                    help: format!("write a value of type {}", kind.value.as_str()),
                });
            }
        }
        for missing in outputs.value.names() {
            if !row.outputs.iter().any(|(name, _)| name.value == missing) {
                self.faults.push(Fault {
                    span: row.span,
                    message: format!("the row says nothing about the output `{missing}`"),
                    help: format!("add `{missing}:` with a value to the row"),
                });
            }
        }
    }
}

/// The condition that a cell writes about its input: `< 10` is a test, a value alone is one of
/// equality.
pub fn cell_test(input: &str, written: &str) -> String {
    let begins = ["<", ">", "==", "!=", "in ", "in["];
    let is_test = begins.iter().any(|sign| written.starts_with(sign));
    if is_test {
        format!("{input} {written}")
    } else {
        format!("{input} == {written}")
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn fits(value: &Literal, kind: CellType) -> bool {
    match (kind, value) {
        (CellType::Integer, Literal::Number(text)) => text.parse::<i64>().is_ok(),
        (CellType::Decimal, Literal::Number(_)) | (CellType::Boolean, Literal::Boolean(_)) => true,
        (CellType::Date, Literal::Text(text)) => expr::parse_date(text).is_some(),
        (CellType::Duration, Literal::Text(text)) => Duration::parse(text).is_some(),
        (
            CellType::String | CellType::Queue | CellType::Person | CellType::Role | CellType::Team,
            Literal::Text(_),
        ) => true,
        (
            CellType::String
            | CellType::Integer
            | CellType::Decimal
            | CellType::Boolean
            | CellType::Date
            | CellType::Duration
            | CellType::Queue
            | CellType::Person
            | CellType::Role
            | CellType::Team,
            Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_),
        ) => false,
    }
}
