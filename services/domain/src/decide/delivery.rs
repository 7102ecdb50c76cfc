//! The rules of delivery.

use super::{Case, Findings, Owners};
use crate::event::delivery::Delivery;
use crate::posting::Completed;

/// Whose item the event speaks of: the partners that may act for its code.
pub(super) fn owners(case: &Case, event: &Delivery) -> Owners {
    let owners = event
        .code()
        .map(|code| case.project.plan.owners(code, case.posting.occurred_on))
        .unwrap_or_default();
    if owners.is_empty() { Owners::Nobody } else { Owners::Partners(owners) }
}

pub(super) fn judge(case: &Case, event: &Delivery, findings: &mut Findings) -> Completed {
    let _ = (case, event, findings);
    Completed::default()
}
