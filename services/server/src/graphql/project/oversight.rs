//! Who looks at the money: questions of the controller, and audits with their findings.

pub mod clarification;
pub mod audit;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Object, Result};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::view::oversight as view;

use super::Reading;
use crate::graphql::connection::{self, Page};
use audit::Audit;
use clarification::{Clarification, ClarificationFilter};

pub struct Oversight(pub(super) Arc<Reading>);

#[Object]
impl Oversight {
    /// The controller's questions that the caller may read, the newest recorded first: those to its
    /// partner, and all to who sees everything. Others are absent, and not in `totalCount`.
    ///
    /// Null to the public and to experts.
    async fn clarifications(
        &self,
        filter: Option<ClarificationFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Clarification>>> {
        let reading = &*self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let may_read = |asked: &&view::clarification::Clarification| {
                let answering = reading.answering(asked.partner);
                reading.reader.sees_lines_of(answering) && filter.fits(asked, answering)
            };
            let asked = reading.room.oversight.clarifications().filter(may_read);
            let name = |asked: &&view::clarification::Clarification| asked.entry.id.to_string();
            let show = |asked| Clarification::of(reading, asked);
            connection::page(asked.collect(), first, after, name, show)
        };
        let partner = reading.reader.parts().iter().any(|(_, partner)| partner.is_some());
        (partner || reading.reader.sees_everything()).then(page)
    }

    /// The audits, the newest recorded first. `open` is whether they are still open. Null to who
    /// may not see the amounts of every partner.
    async fn audits(
        &self,
        open: Option<bool>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Audit>>> {
        let reading = &*self.0;
        let page = || {
            let fits =
                |audit: &&view::audit::Audit| open.is_none_or(|open| open == audit.is_open());
            let audits = reading.room.oversight.audits().filter(fits);
            let name = |audit: &&view::audit::Audit| audit.entry.id.to_string();
            connection::page(audits.collect(), first, after, name, |one| Audit::of(reading, one))
        };
        reading.reader.sees_amounts().then(page)
    }
}

impl Reading {
    /// Who answers for lines of a partner, and for what is about no line: the lead partner.
    fn answering(&self, partner: Option<PartnerNumber>) -> Option<PartnerNumber> {
        partner.or_else(|| self.room.project.plan.lead_partner().map(|lead| lead.number))
    }
}
