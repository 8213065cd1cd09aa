//! The requirements of shipped packs as rules, with examples from their own test files.

use std::sync::{Arc, LazyLock};

use crate::policy::Policies;
use crate::policy::packs::{PACKS, Pack, ShippedPolicy};
use crate::policy::reference::as_documentation;
use crate::rule::Meta;
use crate::source::Sources;
use crate::syntax::Project;
use crate::syntax::decode::Decoder;
use crate::syntax::policy_test::{self, Expectation, PolicyTest, Silence};
use crate::yaml;

/// A requirement of a pack.
#[derive(Debug)]
pub struct Shipped {
    /// The pack.
    pub pack: &'static Pack,
    /// The requirement as a rule; its reference text has examples.
    pub meta: Arc<Meta>,
}

static SHIPPED: LazyLock<Vec<Shipped>> = LazyLock::new(|| {
    let packs = PACKS
        .iter()
        .flat_map(|pack| pack.policies.iter().map(move |file| (pack, file)));
    packs.flat_map(|(pack, file)| read(pack, file)).collect()
});

/// Every requirement of every pack, in reference order.
pub fn shipped() -> &'static [Shipped] {
    &SHIPPED
}

fn read(pack: &'static Pack, file: &ShippedPolicy) -> Vec<Shipped> {
    let mut sources = Sources::default();
    let id = sources.add(file.path, file.text);
    let mut project = Project::default();
    for document in &yaml::parse(id, file.text).value.documents {
        project.add(document, file.text, &mut Decoder::new());
    }
    let test_id = sources.add("test", file.test);
    let test = policy_test::read(test_id, file.test).value;
    let policies = Policies::of(&project.policies);
    let rules = policies.rules.iter();
    rules
        .map(|rule| Shipped {
            pack,
            meta: Arc::new(with_examples(&rule.meta, &test)),
        })
        .collect()
}

/// The rule with the first case that fails and the first that passes as examples.
pub fn with_examples(meta: &Meta, test: &PolicyTest) -> Meta {
    let mut meta = meta.clone();
    let mut examples = String::new();
    for (fails, title) in [(true, "fails"), (false, "passes")] {
        if let Some((name, given)) = example(&meta, test, fails) {
            let given = given.trim_end();
            examples.push_str(&format!(
                "This {title} ({name}):\n\n```yaml\n{given}\n```\n\n"
            ));
        }
    }
    if !examples.is_empty() {
        let mend = "## How to mend it";
        let section = as_documentation(&format!("## Example\n\n{examples}{mend}"));
        let text = meta.docs.replacen(&format!(" {mend}\n"), &section, 1);
        meta.docs = text.into();
    }
    meta
}

fn example<'t>(meta: &Meta, test: &'t PolicyTest, fails: bool) -> Option<(&'t str, &'t str)> {
    let mut cases = test.cases.iter().flatten().filter(|case| {
        let requirement = case.requirement.as_ref().map(|id| id.value.text.as_str());
        let is_fit = match &case.expect {
            Some(Expectation::Fails(_)) => fails,
            Some(Expectation::Silent(silence)) => !fails && silence.value == Silence::Pass,
            None => false,
        };
        is_fit && requirement == meta.id.rsplit('/').next() && case.given.is_some()
    });
    let case = cases.next()?;
    Some((&case.name.as_ref()?.value, &case.given.as_ref()?.value))
}
