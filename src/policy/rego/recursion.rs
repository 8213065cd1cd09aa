//! What would need more stack than there is: functions that call themselves, which Rego forbids
//! but the evaluator does not notice, and very long chains of rules.

use std::collections::BTreeMap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use regorus::unstable::{Module, Rule, RuleHead, Token, TokenKind};

use super::guard;
use crate::diagnostic::Diagnostic;
use crate::policy::rules::POLICY_INVALID;
use crate::source::{SourceId, Span};

/// How many rules may rest on each other in one chain.
const LONGEST_CHAIN: usize = 100;

/// A module with its tokens.
pub(super) struct Text<'m> {
    pub(super) module: &'m Module,
    pub(super) source: SourceId,
    pub(super) tokens: Vec<Token>,
}

/// A rule or function, over all its definitions.
struct Node {
    name: String,
    head: Span,
    is_function: bool,
}

/// Rules and functions with what their texts name.
#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    /// By `data.package.name`.
    positions: BTreeMap<String, usize>,
    /// From, to, and whether it is a call.
    edges: Vec<(usize, usize, bool)>,
}

/// What is wrong with how the rules of modules rest on each other.
pub(super) fn judge(texts: &[Text<'_>]) -> Vec<Diagnostic> {
    let mut graph = Graph::default();
    for text in texts {
        for rule in &text.module.policy {
            graph.add(text, rule);
        }
    }
    for text in texts {
        for rule in &text.module.policy {
            graph.connect(text, rule);
        }
    }
    let mut diagnostics = graph.calling_themselves();
    diagnostics.extend(graph.too_long());
    diagnostics
}

/// Where the name of a rule is written, with the name, and whether it is a function.
fn head(rule: &Rule, source: SourceId) -> (Span, String, bool) {
    let (refr, is_function) = match rule {
        Rule::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. } => (refr, false),
            RuleHead::Func { refr, .. } => (refr, true),
        },
        Rule::Default { refr, args, .. } => (refr, !args.is_empty()),
    };
    let span = refr.span();
    let is_part = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
    let first: String = span.text().chars().take_while(is_part).collect();
    let name = if is_function {
        dotted(span.text())
    } else {
        first.clone()
    };
    let start = span.start as usize;
    (
        Span::new(source, start..start + first.len()),
        name,
        is_function,
    )
}

/// `a["b"].c` as `a.b.c`.
fn dotted(path: &str) -> String {
    path.replace("[\"", ".").replace("\"]", "")
}

fn package(module: &Module) -> String {
    format!("data.{}", dotted(module.package.refr.span().text()))
}

impl Graph {
    fn add(&mut self, text: &Text<'_>, rule: &Rule) {
        let (head, name, is_function) = head(rule, text.source);
        let full = format!("{}.{name}", package(text.module));
        let next = self.nodes.len();
        let position = *self.positions.entry(full).or_insert(next);
        if position == next {
            self.nodes.push(Node {
                name,
                head,
                is_function,
            });
        }
    }

    /// Adds what the text of a rule names.
    fn connect(&mut self, text: &Text<'_>, rule: &Rule) {
        let (_, name, _) = head(rule, text.source);
        let own = package(text.module);
        let Some(from) = self.positions.get(&format!("{own}.{name}")).copied() else {
            return;
        };
        let span = rule.span();
        let begin = text
            .tokens
            .partition_point(|token| token.1.start < span.start);
        let end = text
            .tokens
            .partition_point(|token| token.1.start < span.end);
        let tokens = text.tokens.get(begin..end).unwrap_or_default();
        let mut at = 0;
        let mut replaced: Option<usize> = None;
        while let Some(token) = tokens.get(at) {
            if token.0 != TokenKind::Ident {
                at += 1;
                continue;
            }
            let word = token.1.text();
            let (path, length) = path(&tokens[at..]);
            let is_call = tokens
                .get(at + length)
                .is_some_and(|next| next.1.text() == "(");
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            let before = before.map_or("", |token| token.1.text());
            let is_head = at == 0 || before == "default";
            let to = self.resolve(&path, &own, text.module);
            if let Some(to) = to.filter(|_| !is_head && !matches!(word, "with" | "as")) {
                self.edges.push((from, to, is_call || before == "as"));
                if before == "as"
                    && let Some(replaced) = replaced
                {
                    self.edges.push((replaced, to, true));
                }
                if before == "with" {
                    replaced = Some(to);
                }
            }
            at += length;
        }
    }

    /// The longest beginning of a path that is a rule: of the package, of an import, of `data`.
    fn resolve(&self, path: &[&str], own: &str, module: &Module) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        let imported = module.imports.iter().find_map(|import| {
            let full = dotted(import.refr.span().text());
            let last = full.rsplit('.').next().map(str::to_owned);
            let alias = import.r#as.as_ref().map(|alias| alias.text().to_owned());
            (alias.or(last).as_deref() == Some(*first)).then_some(full)
        });
        let mut full = match imported {
            Some(full) => full,
            None if *first == "data" => "data".to_owned(),
            None => format!("{own}.{first}"),
        };
        let mut found = self.positions.get(&full).copied();
        for part in rest {
            full = format!("{full}.{part}");
            found = self.positions.get(&full).copied().or(found);
        }
        found
    }

    fn graph(&self, only_calls: bool) -> DiGraph<(), ()> {
        let mut graph = DiGraph::new();
        for _ in &self.nodes {
            graph.add_node(());
        }
        for (from, to, is_call) in &self.edges {
            let are_functions = self.nodes[*from].is_function && self.nodes[*to].is_function;
            if !only_calls || (*is_call && are_functions) {
                graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), ());
            }
        }
        graph
    }

    fn calling_themselves(&self) -> Vec<Diagnostic> {
        let graph = self.graph(true);
        let mut positions: Vec<usize> = Vec::new();
        for component in kosaraju_scc(&graph) {
            let calls_itself = |node: &NodeIndex| graph.contains_edge(*node, *node);
            if component.len() > 1 || component.iter().any(calls_itself) {
                positions.extend(component.iter().map(|node| node.index()).min());
            }
        }
        positions.sort_unstable();
        let nodes = positions.iter().map(|position| &self.nodes[*position]);
        nodes
            .map(|node| {
                let message = format!(
                    "the function `{}` calls itself: recursion never ends here",
                    node.name
                );
                let diagnostic = Diagnostic::new(&POLICY_INVALID, node.head, message);
                diagnostic.help("Rego has no recursion; use `walk` or a comprehension")
            })
            .collect()
    }

    /// The first rule that rests on too many others, one behind the other.
    fn too_long(&self) -> Option<Diagnostic> {
        let graph = self.graph(false);
        let mut lengths = vec![0; self.nodes.len()];
        // What a component rests on comes before it.
        for component in kosaraju_scc(&graph) {
            let below = component.iter().flat_map(|node| graph.neighbors(*node));
            let below = below.map(|node| lengths[node.index()]).max().unwrap_or(0);
            let length = below + component.len();
            for node in &component {
                lengths[node.index()] = length;
                if length > LONGEST_CHAIN {
                    let node = &self.nodes[node.index()];
                    let message = format!(
                        "`{}` rests on a chain of more than {LONGEST_CHAIN} rules",
                        node.name
                    );
                    let diagnostic = Diagnostic::new(&POLICY_INVALID, node.head, message);
                    return Some(diagnostic.help("join rules that only name the next one"));
                }
            }
        }
        None
    }
}

/// The names of a path at the beginning of tokens, and how many tokens it has.
fn path(tokens: &[Token]) -> (Vec<&str>, usize) {
    let mut parts: Vec<&str> = tokens.iter().take(1).map(|token| token.1.text()).collect();
    let mut length = 1;
    loop {
        match tokens.get(length..) {
            Some([point, name, ..]) if point.1.text() == "." && name.0 == TokenKind::Ident => {
                parts.push(name.1.text());
                length += 2;
            }
            Some([open, name, close, ..])
                if open.1.text() == "[" && name.0 == TokenKind::String && close.1.text() == "]" =>
            {
                parts.push(name.1.text());
                length += 3;
            }
            Some(_) | None => return (parts, length),
        }
    }
}

/// The modules of an evaluator with their tokens.
pub(super) fn text<'m>(module: &'m Module, source: SourceId, text: &str) -> Text<'m> {
    Text {
        module,
        source,
        tokens: guard::tokens(module.package.span.source.file(), text),
    }
}
