//! How changes are judged: named thresholds.

use super::declaration::{additive, review};
use crate::diff::kind::ControlChange;

super::declaration::judgements! {
    ControlChange {
        ControlAdded {
            docs: "A review sees from now on which direction is weaker.",
            why: "`{subject}` is a named control: {after}.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: ControlRemoved,
            before: r#"price_tolerance: {value: 0.02, weaker: higher}"#,
            after: r#"price_tolerance: {value: 0.02, weaker: higher}
auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
        }
        ControlRemoved {
            docs: "Whatever stands in its place, nothing shows any more which direction is \
                weaker. The control owner agrees.",
            why: "The control `{subject}` is gone; it was {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ControlAdded,
            before: r#"price_tolerance: {value: 0.02, weaker: higher}
auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"price_tolerance: {value: 0.02, weaker: higher}"#,
        }
        ControlRenamed {
            docs: "One change, not a removal and an addition, because `renamed_from` names the \
                old control.",
            why: "The control `{before}` is now called `{after}`.",
            class: additive(), lapses: false,
            control: Neutral, running: Unaffected, affects: [],
            undone_by: ControlRenamed,
            before: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"posting_limit: {renamed_from: auto_post_limit, value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
        }
        ControlWeakened {
            docs: "The control's `weaker:` says which direction controls less, and the value \
                moves that way. Requesters notice nothing; the control owner must agree.",
            why: "`{subject}` moves from {before} to {after}, so cases between the two pass that \
                were held back.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ControlStrengthened,
            before: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"auto_post_limit: {value: 2000.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
        }
        ControlStrengthened {
            docs: "The value moves against the control's `weaker:`.",
            why: "`{subject}` moves from {before} to {after}, so cases between the two are held \
                back that passed.",
            class: additive(), lapses: false,
            control: Strengthened, running: Unaffected, affects: [Requesters],
            undone_by: ControlWeakened,
            before: r#"auto_post_limit: {value: 2000.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
        }
        ControlValueChanged {
            docs: "The values have no order, so it counts as weakened until a person has judged.",
            why: "`{subject}` is {after} instead of {before}, and which of the two controls less \
                cannot be seen.",
            class: review(), lapses: false,
            control: Weakened, running: Unaffected, affects: [Requesters],
            undone_by: ControlValueChanged,
            before: r#"mode: {value: strict, weaker: lower}"#,
            after: r#"mode: {value: lenient, weaker: lower}"#,
        }
        ControlOwnerChanged {
            docs: "Whoever answers for a control may approve its weakening, so the old owner \
                agrees to the hand-over.",
            why: "{after} answers for `{subject}` instead of {before}.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ControlOwnerChanged,
            before: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: lee.chen}"#,
        }
        ControlPolarityChanged {
            docs: "What was a weakening counts as a strengthening from now on, so the control \
                owner agrees.",
            why: "A {after} value of `{subject}` counts as weaker instead of a {before} one.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ControlPolarityChanged,
            before: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: lower, owner: dana.ruiz}"#,
        }
        ControlUnitChanged {
            docs: "The values cannot be compared across units, so it counts as weakened.",
            why: "`{subject}` counts {after} instead of {before}: the same figure holds back \
                other cases.",
            class: additive(), lapses: false,
            control: Weakened, running: Unaffected, affects: [],
            undone_by: ControlUnitChanged,
            before: r#"auto_post_limit: {value: 500.00, unit: EUR, weaker: higher, owner: dana.ruiz}"#,
            after: r#"auto_post_limit: {value: 500.00, unit: SEK, weaker: higher, owner: dana.ruiz}"#,
        }
    }
}
