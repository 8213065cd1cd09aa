//! The scenarios of the shipped repositories: all of them pass, and together they reach every
//! state, transition, reason code, timer and decision row.

use flowgate::check::{self, scenarios};

use crate::examples::load;

#[test]
fn every_scenario_of_the_examples_passes_and_they_reach_everything() {
    let mut count = 0;
    let mut faults = Vec::new();
    for example in ["back-office", "starter"] {
        let loaded = load(example);
        let findings = check::check(&loaded);
        for workflow in &loaded.model.project.workflows {
            let name = &workflow.name.value;
            let sound = scenarios::sound(&loaded, &findings, name).unwrap();
            let tested = scenarios::test(&loaded, sound);
            faults.extend(tested.invalid.iter().map(|found| found.message.clone()));
            for case in &tested.cases {
                count += 1;
                for failure in &case.failures {
                    faults.push(format!(
                        "{name}: {}: {} [{}]\n    {:?}\n    expected {}\n    actual   {}",
                        case.name,
                        failure.message,
                        failure.note,
                        failure.why,
                        case.expected.join(" "),
                        case.path.join(" "),
                    ));
                }
            }
            let missing = tested.coverage.missing();
            faults.extend(missing.map(|item| format!("{name}: nothing reaches {}", item.words)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 60, "{count} scenarios");
}
