//! Policies: the shipped packs keep what their tests say, users' policies are judged and explained.

use flowgate::check::trial::{self, Suite};
use flowgate::policy::packs::PACKS;

/// Every case of every pack, and every requirement seen both failing and met.
#[test]
fn every_pack_passes_its_own_tests() {
    let mut faults = Vec::new();
    for file in PACKS.iter().flat_map(|pack| pack.policies) {
        let result = trial::run(&Suite::shipped(file));
        faults.extend(result.faults.iter().cloned());
        for case in &result.cases {
            let shown = case.faults.iter();
            faults.extend(shown.map(|fault| format!("{}: {}: {fault}", file.path, case.name)));
        }
        for missed in result.uncovered() {
            faults.push(format!("{}: {missed:?} is not covered", file.path));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
