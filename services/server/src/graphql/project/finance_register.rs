//! What partners record of money beside their lines, and what is recorded of visits and of the
//! keeping of records.
//!
//! Contracts, own money, reports and visits are seen by their partner and by those who check; visits
//! at no partner in particular and the keeping of records by all who see the amounts of every
//! partner.

pub mod contract;
pub mod own_money;
pub mod partner_report;
pub mod visit;
pub mod retention;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Object, Result, SimpleObject};
use cairn_domain::view::finance_register as view;
use cairn_domain::view::learning_log;

use super::Reading;
use crate::graphql::connection::{self, Page};
use crate::graphql::values::{Date, Instant};
use contract::SupplierContract;
use own_money::OwnMoney;
use partner_report::{PartnerReport, PartnerReportFilter};
use retention::Retention;
use visit::Visit;

/// When something was recorded that is no partner's word, and by whom.
#[derive(Clone, Debug, SimpleObject)]
pub struct Record {
    /// Id of the event that recorded it; other events name it by that.
    pub event_id: String,
    /// The business day of the event.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// Whether it was recorded more than 14 days after it happened.
    pub recorded_late: bool,
    /// Whether the lead recorded it for the controller or the programme.
    pub recorded_by_lead: bool,
    /// Subject that recorded it. Null but to the lead, to auditors and to that subject.
    pub recorded_by: Option<String>,
}

impl Record {
    fn of(reading: &Reading, entry: &learning_log::Entry) -> Self {
        let reader = &reading.reader;
        let sees_subject = reader.sees_members() || reader.subject() == Some(&entry.subject);
        Self {
            event_id: entry.id.to_string(),
            occurred_on: Date(entry.occurred_on),
            recorded_at: Instant(entry.recorded_at),
            recorded_late: entry.is_recorded_late(),
            recorded_by_lead: entry.recorded_by_lead,
            recorded_by: sees_subject.then(|| entry.subject.to_string()),
        }
    }
}

pub struct FinanceRegister(pub(super) Arc<Reading>);

#[Object]
impl FinanceRegister {
    /// The contracts with suppliers that the caller may see, the newest recorded first. Contracts
    /// of others are absent, and not in `totalCount`.
    ///
    /// Null to who may see no contract at all: transfer partners, experts and the public.
    async fn contracts(
        &self,
        partner: Option<u32>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<SupplierContract>>> {
        let reading = &self.0;
        let page = || {
            let contracts = reading.room.finance_register.contracts();
            let asked = contracts.filter(|one| partner.is_none_or(|number| one.partner == number));
            let seen = asked.filter(|one| reading.reader.sees_lines_of(Some(one.partner)));
            let name = |one: &&view::contract::Contract| one.entry.id.to_string();
            let show = |one| SupplierContract::of(reading, one);
            connection::page(seen.collect(), first, after, name, show)
        };
        reading.reader.sees_amounts().then(page)
    }

    /// What partners bring for their own share and what they earn, by number: the partners of which
    /// the caller may see it. All amounts are euro.
    ///
    /// Null to who may see it of no partner: experts and the public.
    async fn own_money(&self, partner: Option<u32>) -> Option<Vec<OwnMoney>> {
        let reading = &self.0;
        let partners = || {
            let all = reading.room.project.plan.partners.keys().copied();
            let asked = all.filter(|number| partner.is_none_or(|partner| *number == partner));
            let seen = asked.filter(|number| reading.reader.sees_lines_of(Some(*number)));
            seen.map(|number| OwnMoney::of(reading, number)).collect()
        };
        reading.reader.sees_lines_of_some().then(partners)
    }

    /// The reports that partners have handed to the lead partner, those of the latest periods
    /// first. Reports of others are absent, and not in `totalCount`.
    ///
    /// Null to who may see the reports of no partner: experts and the public.
    async fn partner_reports(
        &self,
        filter: Option<PartnerReportFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<PartnerReport>>> {
        let reading = &self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let (room, today) = (&reading.room, reading.today);
            let mut reports = room.finance_register.partner_reports(&room.project, today);
            reports.retain(|report| {
                filter.fits(report) && reading.reader.sees_lines_of(Some(report.reported.partner))
            });
            let name = |report: &view::partner_report::ReportReading| {
                let reported = report.reported;
                format!("{}:{}:{}", reported.partner, reported.from, reported.to)
            };
            let show = |report| PartnerReport::of(reading, &report);
            connection::page(reports, first, after, name, show)
        };
        reading.reader.sees_lines_of_some().then(page)
    }

    /// Visits of the controller and of the lead partner that the caller may see, the newest recorded
    /// first. Visits at others are absent, and not in `totalCount`. Null to experts and the public.
    async fn visits(
        &self,
        partner: Option<u32>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Visit>>> {
        let reading = &self.0;
        let page = || {
            let visits = reading.room.finance_register.visits();
            let asked = visits.filter(|one| partner.is_none() || one.data.partner == partner);
            let seen = asked.filter(|one| reading.reader.sees_visit(one.data.partner));
            let name = |one: &&view::visit::Visit| one.entry.id.to_string();
            connection::page(seen.collect(), first, after, name, |one| Visit::of(reading, one))
        };
        reading.reader.sees_lines_of_some().then(page)
    }

    /// How long the records are kept. Null to transfer partners, experts and the public.
    async fn retention(&self) -> Option<Retention> {
        let reading = &self.0;
        reading.reader.sees_amounts().then(|| Retention::of(reading))
    }
}
