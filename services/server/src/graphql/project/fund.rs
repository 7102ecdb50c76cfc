//! The fund's money: cash by partner, payments and recoveries. Who sees the amounts of every partner
//! sees all of it, any other partner what it got and is to pay back itself; documents and references
//! of the bank are for the partner itself and for those who check.

pub mod cash;
pub mod payment;
pub mod recovery;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Object, Result};
use cairn_domain::view;

use super::Reading;
use super::money::figure::Told;
use crate::graphql::connection::{self, Page};
use cash::PartnerCash;
use payment::{Payment, PaymentFilter};
use recovery::Recovery;

pub struct Fund(pub(super) Arc<Reading>);

#[Object]
impl Fund {
    /// What each partner got, spent and pays in advance, by number. All amounts are euro, and the
    /// fund's part is that of the application form that is asked for.
    ///
    /// Null to who may not see the amounts of every partner.
    async fn cash(&self) -> Option<Vec<PartnerCash>> {
        let reading = &*self.0;
        let cash = || {
            let room = &reading.room;
            let form = reading.form.as_deref();
            let all = view::cash::cash(&room.project, &room.budget_use, form);
            let told = Told::of(reading);
            all.iter().map(|one| PartnerCash::of(told, one)).collect()
        };
        reading.reader.sees_amounts().then(cash)
    }

    /// Money of the fund on its way, the newest recorded first. Transfer partners see what was sent
    /// to them. Null to experts and the public.
    async fn payments(
        &self,
        filter: Option<PaymentFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Payment>>> {
        let reading = &*self.0;
        let filter = filter.unwrap_or_default();
        let page = || {
            let payments = reading.room.fund.payments().filter(|payment| filter.fits(payment));
            let payments = payments
                .filter(|payment| reading.reader.sees_amounts_of(payment::partner_of(payment)));
            let name = |payment: &&view::fund::Payment| payment.entry.id.to_string();
            let show = |payment| Payment::of(reading, payment);
            connection::page(payments.collect(), first, after, name, show)
        };
        reading.reader.sees_lines_of_some().then(page)
    }

    /// What is to be paid back to the fund, the newest recorded first. `partner` is the number of
    /// the partner that pays. Transfer partners see what they are to pay back themselves. Null to
    /// experts and the public.
    async fn recoveries(
        &self,
        partner: Option<u32>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Option<Result<Page<Recovery>>> {
        let reading = &*self.0;
        let page = || {
            let of_partner = |recovery: &&view::fund::Recovery| {
                partner.is_none_or(|partner| partner == recovery.data.partner)
            };
            let seen = |recovery: &&view::fund::Recovery| {
                reading.reader.sees_amounts_of(Some(recovery.data.partner))
            };
            let recoveries = reading.room.fund.recoveries().filter(of_partner).filter(seen);
            let name = |recovery: &&view::fund::Recovery| recovery.entry.id.to_string();
            let show = |recovery| Recovery::of(reading, recovery);
            connection::page(recoveries.collect(), first, after, name, show)
        };
        reading.reader.sees_lines_of_some().then(page)
    }
}
