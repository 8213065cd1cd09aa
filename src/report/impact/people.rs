//! The approvals of a report by person.

use super::ImpactReport;

/// Somebody who must approve, with every duty and reason.
#[derive(Debug)]
pub struct Approver<'a> {
    /// A person, or a role.
    pub who: &'a str,
    /// The duties, in the order of their weight.
    pub duties: Vec<String>,
    /// The changes, as `document: change-id`.
    pub because: Vec<&'a str>,
}

impl ImpactReport {
    /// The approvals by person, in the order in which they are first asked.
    pub fn approvers(&self) -> Vec<Approver<'_>> {
        let mut approvers: Vec<Approver<'_>> = Vec::new();
        for approval in &self.approvals {
            let known = approvers
                .iter()
                .position(|approver| approver.who == approval.who);
            let index = known.unwrap_or_else(|| {
                approvers.push(Approver {
                    who: &approval.who,
                    duties: Vec::new(),
                    because: Vec::new(),
                });
                approvers.len() - 1
            });
            let approver = &mut approvers[index];
            let duty = match &approval.count {
                Some(count) => format!("{} ({count} of them)", approval.gate),
                None => approval.gate.to_owned(),
            };
            if !approver.duties.contains(&duty) {
                approver.duties.push(duty);
            }
            // The policy's own words are in the JSON; people look for the changes.
            for reason in approval
                .because
                .iter()
                .filter(|reason| reason.contains(": "))
            {
                if !approver.because.contains(&reason.as_str()) {
                    approver.because.push(reason);
                }
            }
        }
        approvers
    }
}
