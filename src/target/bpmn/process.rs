//! What a BPMN process consists of, without its spelling: scopes of nodes and flows.

/// A process with its lanes.
#[derive(Debug)]
pub(super) struct Process {
    /// The name of the workflow.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// What the workflow does.
    pub summary: Option<String>,
    /// What surrounds the flow, by name.
    pub properties: Vec<(&'static str, String)>,
    /// Who works on it; the nodes of the scope name them by position.
    pub lanes: Vec<String>,
    /// The flow.
    pub scope: Scope,
}

/// Nodes and the flows between them: the process itself, or what is inside a sub-process.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The flows.
    pub flows: Vec<Flow>,
}

/// A flow from one node to another of the same scope, by position.
#[derive(Debug)]
pub(super) struct Flow {
    /// The node that it leaves.
    pub from: usize,
    /// The node that it leads to.
    pub to: usize,
    /// What people read.
    pub name: String,
    /// The condition in FEEL; the default of a gateway has none.
    pub condition: Option<String>,
    /// True for exceptions and ways back, which make room for the planned way.
    pub is_aside: bool,
}

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    /// Unique in the process.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Its form.
    pub kind: Kind,
    /// The lane, for nodes of the process itself.
    pub lane: usize,
    /// What engines and workers need to know.
    pub facts: Facts,
}

/// The form of a node.
#[derive(Debug)]
pub(super) enum Kind {
    /// Where a case begins.
    Start(Event),
    /// Where one ends.
    End(Event),
    /// What is waited for between two activities.
    Catch(Event),
    /// An event at the edge of an activity.
    Boundary {
        /// The activity, by position.
        host: usize,
        /// The event.
        on: Event,
        /// Whether the activity stops.
        interrupts: bool,
    },
    /// A piece of work.
    Task(Task),
    /// A choice, or the end of one.
    Exclusive,
    /// Where branches begin or come together.
    Parallel,
    /// A scope of its own.
    Sub {
        /// What is inside.
        scope: Scope,
        /// For each item of a list.
        each: Option<Each>,
    },
    /// Another process, by its identifier.
    Call(String),
}

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    /// A worker does it.
    Service,
    /// A worker sends something.
    Send,
    /// People do it.
    User,
    /// An expression.
    Script,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Nothing in particular.
    None,
    /// An error of this code.
    Error(String),
    /// Everything in the scope ends.
    Terminate,
    /// A moment.
    Timer(Time),
    /// A message to this one case, by name.
    Message {
        /// The name.
        name: String,
        /// What tells the case apart, in FEEL; absent where a message starts one.
        key: Option<String>,
    },
    /// A message to whoever waits for it.
    Signal(String),
}

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Time {
    /// After so long, as ISO 8601 says it.
    After(String),
    /// At a moment, in FEEL.
    At(String),
}

/// A list that is worked through.
#[derive(Debug)]
pub(super) struct Each {
    /// One after the other.
    pub in_order: bool,
    /// The list, in FEEL.
    pub list: String,
    /// The name of an item.
    pub item: String,
    /// Where results are collected.
    pub results: String,
    /// The result of an item, in FEEL.
    pub result: String,
    /// What ends it early, in FEEL.
    pub until: Option<String>,
}

/// What engines, workers and the task list need to know about a node.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The type of job that workers ask for.
    pub job: Option<String>,
    /// How often an attempt is made at most; once when 0.
    pub attempts: u32,
    /// An expression and the variable for its value.
    pub script: Option<(String, String)>,
    /// Variables of the work, in FEEL.
    pub inputs: Vec<(String, String)>,
    /// Variables of the case, in FEEL.
    pub outputs: Vec<(String, String)>,
    /// Groups that may take it, in FEEL.
    pub groups: Option<String>,
    /// People who may take it, in FEEL.
    pub people: Option<String>,
    /// Everything else, by name.
    pub properties: Vec<(&'static str, String)>,
    /// What is to be done.
    pub documentation: Option<String>,
}

impl Facts {
    /// A job for workers.
    pub fn job(kind: impl Into<String>) -> Self {
        Facts {
            job: Some(kind.into()),
            ..Facts::default()
        }
    }

    /// An expression.
    pub fn script(expression: impl Into<String>, variable: impl Into<String>) -> Self {
        Facts {
            script: Some((expression.into(), variable.into())),
            ..Facts::default()
        }
    }

    /// With one more property, when there is something to say.
    #[must_use]
    pub fn property(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.properties.push((name, value));
        }
        self
    }

    /// With a variable of the work.
    #[must_use]
    pub fn input(mut self, name: &str, value: impl Into<String>) -> Self {
        self.inputs.push((name.to_owned(), value.into()));
        self
    }

    /// With a variable of the case.
    #[must_use]
    pub fn output(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.outputs.push((name.into(), value.into()));
        self
    }
}

/// A way that leads nowhere yet.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// The node that it leaves.
    pub from: usize,
    /// What people read.
    pub name: String,
    /// When it is taken.
    pub condition: Option<String>,
    /// True for exceptions and ways back.
    pub is_aside: bool,
}

impl Open {
    /// The only way from a node, or the one that is taken when no other is.
    pub fn from(node: usize) -> Self {
        Open {
            from: node,
            name: String::new(),
            condition: None,
            is_aside: false,
        }
    }

    /// A way that is taken when a condition holds.
    pub fn when(node: usize, name: impl Into<String>, condition: impl Into<String>) -> Self {
        Open {
            from: node,
            name: name.into(),
            condition: Some(condition.into()),
            is_aside: false,
        }
    }

    /// As an exception or a way back.
    #[must_use]
    pub fn aside(mut self) -> Self {
        self.is_aside = true;
        self
    }

    /// With words for people.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

/// A scope that is being made, with the ways that are still open.
#[derive(Debug, Default)]
pub(super) struct Sketch {
    /// What there is.
    pub scope: Scope,
    /// Where the next node is joined on.
    pub open: Vec<Open>,
}

impl Sketch {
    /// Adds a node that nothing leads to.
    pub fn add(&mut self, node: Node) -> usize {
        self.scope.nodes.push(node);
        self.scope.nodes.len() - 1
    }

    /// Adds a node that all open ways lead to, and goes on from there.
    pub fn then(&mut self, node: Node) -> usize {
        let to = self.add(node);
        for open in std::mem::take(&mut self.open) {
            self.connect(open, to);
        }
        self.open.push(Open::from(to));
        to
    }

    /// Adds a node that one way leads to and that nothing leaves.
    pub fn end(&mut self, open: Open, node: Node) {
        let to = self.add(node);
        self.connect(open, to);
    }

    /// Leads a way to a node.
    pub fn connect(&mut self, open: Open, to: usize) {
        self.scope.flows.push(Flow {
            from: open.from,
            to,
            name: open.name,
            condition: open.condition,
            is_aside: open.is_aside,
        });
    }
}
