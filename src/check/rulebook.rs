//! The rules that levels and suppressions may name: those of flowgate, and the requirements of the
//! project's policies.

use std::collections::BTreeSet;

use crate::catalog;
use crate::model::Model;
use crate::policy::rego::Judged;
use crate::policy::requirement::rule_name;
use crate::syntax::decode::nearest;

/// The names of the rules of a project.
#[derive(Debug)]
pub(super) struct Rulebook {
    /// `policy/requirement`, those that cannot be judged too, and `package/rule` of Rego.
    requirements: BTreeSet<String>,
    /// False when Rego policies were not understood, so that they may have any rule.
    is_complete: bool,
}

impl Rulebook {
    pub(super) fn of(model: &Model, rego: &Judged) -> Self {
        let policies = model.project.all_policies();
        let names = policies.flat_map(|policy| {
            let ids = policy.body.require.iter().filter_map(|it| it.id.as_ref());
            ids.map(|id| rule_name(&policy.name.value, &id.value.text))
        });
        Rulebook {
            requirements: names
                .chain(rego.rules.iter().map(|rule| rule.id.to_string()))
                .collect(),
            is_complete: rego.is_complete,
        }
    }

    /// True when a rule of this name exists.
    pub(super) fn knows(&self, name: &str) -> bool {
        catalog::rule(name).is_some()
            || self.requirements.contains(name)
            || (!self.is_complete && name.contains('/'))
    }

    /// The rule that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        let built_in = catalog::rules().map(|rule| rule.id.as_ref());
        nearest(
            name,
            built_in.chain(self.requirements.iter().map(String::as_str)),
        )
    }
}
