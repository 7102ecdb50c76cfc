//! What is done for the whole project, most of it by the lead: members and rates.

use cairn_domain::event::plan::Role;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::calendar::Moment;
use super::history::{By, History, Task};
use super::partnership::EURO_IN_BULGARIA;

impl History {
    /// A partner's member is followed by another one, which it lets in itself; the lead's clerk
    /// is let in by the head.
    pub(super) fn grant(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let leaves = self.who.member(partner);
        let by = self.for_own_members(partner);
        self.who.partners[partner].clerk += 1;
        let data = self.membership(partner, &self.who.member(partner));
        self.add_due(now.day, 2, 10, Task::Revoke(partner, leaves));
        Some(self.event(now, by, "member.granted", now.day, data).1)
    }

    pub(super) fn revoke(&mut self, partner: usize, leaves: &str, now: Moment) -> Option<Value> {
        let by = self.for_own_members(partner);
        let data = self.membership(partner, leaves);
        Some(self.event(now, by, "member.revoked", now.day, data).1)
    }

    fn for_own_members(&self, partner: usize) -> By {
        match self.who.partners[partner].role {
            Role::Lead => self.by_lead(),
            _ => self.by(partner),
        }
    }

    fn membership(&self, partner: usize, subject: &str) -> Value {
        let partner = &self.who.partners[partner];
        json!({ "subject": subject, "partner": partner.number, "role": partner.role.as_str() })
    }

    pub(super) fn import_rates(&mut self, month: Date, now: Moment) -> Option<Value> {
        let (mut rates, mut known) = (Vec::new(), Vec::new());
        for (currency, units) in &mut self.rates {
            // The lev was pegged, and has no rate once it is gone.
            if *currency != "BGN" {
                *units += self.chance.between(-300, 300);
            } else if month >= EURO_IN_BULGARIA {
                continue;
            }
            known.push((*currency, *units));
            let value = format!("{}.{:04}", *units / 10_000, *units % 10_000);
            rates.push(json!({ "currency": currency, "value": value }));
        }
        self.money.import_rates(month, known);
        let data = json!({ "year": month.year(), "month": month.month(), "rates": rates,
            "source": "Synthetic accounting rates" });
        let by = self.by(0);
        Some(self.event(now, by, "exchange_rates.imported", month, data).1)
    }

    pub(super) fn set_irrevocable_rate(&mut self, now: Moment) -> Option<Value> {
        let data = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
            "validFrom": EURO_IN_BULGARIA,
            "legalSource": "Council Regulation (EC) No 2866/98 as amended for Bulgaria" });
        let by = self.by_lead();
        Some(self.event(now, by, "rate_policy.set", now.day, data).1)
    }
}
