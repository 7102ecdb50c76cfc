//! The rules of finance. None of them says that a cost is ineligible: only the controller does.

mod declared;
mod budget;
mod settled;
#[cfg(test)]
mod tests;

use super::{Case, Findings, Owners};
use crate::event::finance::Finance;
use crate::event::plan::Role;
use crate::ids::EventId;
use crate::posting::{Completed, Part};

/// Whose item the event speaks of. A new line is the acting partner's own.
pub(super) fn owners(case: &Case, event: &Finance) -> Owners {
    match event {
        Finance::ExpenditureDeclared(_) => Owners::Nobody,
        Finance::ExpenditurePaid(data) => owner_of_line(case, data.line),
        Finance::ExpenditureReversed(data) => owner_of_line(case, data.line),
    }
}

/// Only the lead may see the lines of others; to all the rest they are as unknown as lines that
/// were never declared, and the rules say so.
fn owner_of_line(case: &Case, id: EventId) -> Owners {
    let sees_all = matches!(case.actor.part, Part::Member { role: Role::Lead, .. });
    let line = case.project.finance.line(id);
    match line.filter(|line| sees_all || case.actor.part.partner() == Some(line.partner)) {
        Some(line) => Owners::Partners(vec![line.partner]),
        None => Owners::Nobody,
    }
}

pub(super) fn judge(case: &Case, event: &Finance, findings: &mut Findings) -> Completed {
    match event {
        Finance::ExpenditureDeclared(data) => declared::judge(case, data, findings),
        Finance::ExpenditurePaid(data) => settled::judge_paid(case, data, findings),
        Finance::ExpenditureReversed(data) => settled::judge_reversed(case, data, findings),
    }
    Completed::default()
}
