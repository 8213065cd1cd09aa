//! The shipped packs, selected by name under `policies:` of the project file.

/// A set of policies for one concern.
#[derive(Debug)]
pub struct Pack {
    /// The name that project files use.
    pub name: &'static str,
    /// What it is for, without a full stop.
    pub summary: &'static str,
    /// Its policies, in reference order.
    pub policies: &'static [ShippedPolicy],
}

/// A shipped policy with its test file.
#[derive(Debug)]
pub struct ShippedPolicy {
    /// The path below `policies/`, as `finance/dual-control.yaml`.
    pub path: &'static str,
    /// The policy.
    pub text: &'static str,
    /// The test file beside it.
    pub test: &'static str,
}

macro_rules! policies {
    ($($path:literal),* $(,)?) => {
        &[$(ShippedPolicy {
            path: concat!($path, ".yaml"),
            text: include_str!(concat!("../../policies/", $path, ".yaml")),
            test: include_str!(concat!("../../policies/", $path, ".test.yaml")),
        }),*]
    };
}

/// Every pack, in reference order.
pub static PACKS: &[Pack] = &[
    Pack {
        name: "baseline",
        summary: "what every workflow needs: an owner, a promise, a fallback, staffed exception queues, and the readiness gate",
        policies: policies!["baseline/four-musts", "baseline/readiness"],
    },
    Pack {
        name: "finance",
        summary: "money: three-way match, dual control, segregation of duties, owners of controls",
        policies: policies![
            "finance/three-way-match",
            "finance/dual-control",
            "finance/segregation-of-duties",
            "finance/control-owners",
        ],
    },
    Pack {
        name: "access",
        summary: "access: least privilege, rotated credentials, joiners, movers and leavers, approval before a grant",
        policies: policies![
            "access/least-privilege",
            "access/rotation",
            "access/joiner-mover-leaver",
            "access/approval-before-grant",
        ],
    },
    Pack {
        name: "privacy",
        summary: "personal data: classification, masking, minimisation, retention",
        policies: policies![
            "privacy/classification",
            "privacy/masking",
            "privacy/minimisation",
            "privacy/retention",
        ],
    },
    Pack {
        name: "sox",
        summary: "change control as auditors of financial reporting ask for it",
        policies: policies!["sox/change-control", "sox/releases"],
    },
];
