//! The register: risks, issues, decisions, and what was told to the public.
//!
//! Every member reads all of it, but the documents behind it: these are for the partner that
//! recorded them, and for the lead, the controller, the programme and auditors.

pub mod risk;
pub mod issue;
pub mod decision;
pub mod communication;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Object, Result};
use cairn_domain::code;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::register as view;

use super::Reading;
use crate::graphql::connection::{self, Page};
use crate::graphql::values::Code;
use communication::{ChannelReach, Communication, CommunicationFilter};
use decision::{Decision, DecisionFilter};
use issue::{Issue, IssueFilter};
use risk::{Risk, RiskFilter};

/// The items of the plan that a code names, and those below it.
type Items = BTreeSet<Item<code::Code>>;

pub struct Register(pub(super) Arc<Reading>);

#[Object]
impl Register {
    /// The risks, the highest level first; of one level the newest first. Null to the public.
    async fn risks(
        &self,
        filter: Option<RiskFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Risk>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let items = reading.named(filter.code);
        let page = || {
            let mut risks = reading.room.register.risks();
            risks.retain(|risk| filter.fits(risk, items.as_ref()));
            let name = |risk: &&view::risk::Risk| risk.entry.id.to_string();
            connection::page(risks, first, after, name, |risk| Risk::of(reading, risk))
        };
        reading.reader.is_member().then(page)
    }

    /// The issues, the newest first. Null to the public.
    async fn issues(
        &self,
        filter: Option<IssueFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Issue>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let items = reading.named(filter.code);
        let page = || {
            let issues =
                reading.room.register.issues().filter(|issue| filter.fits(issue, items.as_ref()));
            let name = |issue: &&view::issue::Issue| issue.entry.id.to_string();
            let show = |issue| Issue::of(reading, issue);
            connection::page(issues.collect(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// The decisions, the newest recorded first. Null to the public.
    async fn decisions(
        &self,
        filter: Option<DecisionFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Decision>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let items = reading.named(filter.code);
        let page = || {
            let decisions = reading.room.register.decisions();
            let decisions = decisions.filter(|decision| filter.fits(decision, items.as_ref()));
            let name = |decision: &&view::decision::Decision| decision.entry.id.to_string();
            let show = |decision| Decision::of(reading, decision);
            connection::page(decisions.collect(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// What the public was told, the newest recorded first. Null to the public.
    async fn communications(
        &self,
        filter: Option<CommunicationFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Communication>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let items = reading.named(filter.code);
        let page = || {
            let logged = reading.room.register.communications();
            let logged = logged.filter(|one| filter.fits(one, items.as_ref()));
            let name = |one: &&view::communication::Communication| one.entry.id.to_string();
            let show = |one| Communication::of(reading, one);
            connection::page(logged.collect(), first, after, name, show)
        };
        reading.reader.is_member().then(page)
    }

    /// How many people each channel reached, by channel and only those that were used. Null to
    /// the public.
    async fn communication_reach(
        &self,
        filter: Option<CommunicationFilter>,
    ) -> Option<Vec<ChannelReach>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let items = reading.named(filter.code);
        let reach = || {
            let reach = reading.room.register.reach(|one| filter.fits(one, items.as_ref()));
            reach.into_iter().map(Into::into).collect()
        };
        reading.reader.is_member().then(reach)
    }
}

impl Reading {
    /// The items that are asked for by a code.
    fn named(&self, code: Option<Code>) -> Option<Items> {
        let plan = &self.room.project.plan;
        code.map(|code| plan.items_under(code.0, self.form.as_deref()))
    }

    /// The codes of items under the form that is shown.
    fn codes_of(&self, items: &[Item<code::Code>]) -> Vec<Code> {
        items.iter().map(|item| Code(self.code(*item))).collect()
    }
}
