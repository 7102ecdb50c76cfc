//! What is recorded beside lines and work: contracts, own money, the reports of partners to the
//! lead, visits, and the keeping of records.

use cairn_domain::event::plan::Role;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::{LAST_DAY, Moment};
use super::form::amount;
use super::history::{By, History, Task};
use super::texts;

/// What is due some day.
pub(super) enum Beside {
    /// A partner awards a contract; a contract is passed on in part, amended, closed.
    Award(usize),
    PassOn(usize),
    AmendContract(usize),
    CloseContract(usize),
    /// A part of a partner's own share comes in; some of it is given back.
    Contribute(usize),
    GiveBack(usize, i64),
    BringInKind(usize),
    Earn(usize),
    /// A partner's report of a half-year is handed in, given back.
    Report(usize, u32),
    ReturnReport(Uuid, usize, u32),
    Visit(Role),
    StartRetention,
    PlaceHold,
    ReleaseHold(Uuid),
}

/// How many contributions make up a partner's own share.
const CONTRIBUTIONS: i64 = 8;

impl History {
    pub(super) fn foresee_beside(&mut self) {
        self.foresee_contracts();
        let start = self.plan.start;
        for partner in 0..self.who.partners.len() {
            self.add_due(start, 20, 90, Task::Beside(Beside::Contribute(partner)));
            for half_year in 1.. {
                let (_, to) = self.half_year(half_year);
                // What is given back is handed in again before the last day.
                if to + 60.days() > LAST_DAY {
                    break;
                }
                self.add_due(to, 5, 20, Task::Beside(Beside::Report(partner, half_year)));
            }
        }
        for partner in self.who.one_of_each_role() {
            self.add_due(start, 60, 240, Task::Beside(Beside::BringInKind(partner)));
            self.add_due(start, 90, 300, Task::Beside(Beside::Earn(partner)));
        }
        for role in [Role::Controller, Role::Lead] {
            self.add_due(start, 90, 200, Task::Beside(Beside::Visit(role)));
        }
        self.add_due(LAST_DAY - 60.days(), 0, 8, Task::Beside(Beside::StartRetention));
        self.add_due(LAST_DAY - 50.days(), 0, 8, Task::Beside(Beside::PlaceHold));
    }

    pub(super) fn record_beside(&mut self, task: Beside, now: Moment) -> Option<Value> {
        match task {
            Beside::Award(partner) => self.award(partner, now),
            Beside::PassOn(contract) => self.pass_on(contract, now),
            Beside::AmendContract(contract) => self.amend_contract(contract, now),
            Beside::CloseContract(contract) => self.close_contract(contract, now),
            Beside::Contribute(partner) => self.contribute(partner, now),
            Beside::GiveBack(partner, cents) => self.give_back(partner, cents, now),
            Beside::BringInKind(partner) => self.bring_in_kind(partner, now),
            Beside::Earn(partner) => self.earn(partner, now),
            Beside::Report(partner, half_year) => self.report_to_lead(partner, half_year, now),
            Beside::ReturnReport(report, partner, half_year) => {
                self.return_report(report, partner, half_year, now)
            }
            Beside::Visit(role) => self.visit(role, now),
            Beside::StartRetention => self.start_retention(now),
            Beside::PlaceHold => self.place_hold(now),
            Beside::ReleaseHold(hold) => self.release_hold(hold, now),
        }
    }

    /// A part of the own share comes in each half-year, now and then from a source that the form
    /// does not name, which is warned of. The first one of some is given back in part.
    fn contribute(&mut self, partner: usize, now: Moment) -> Option<Value> {
        self.add_due(now.day, 150, 200, Task::Beside(Beside::Contribute(partner)));
        let sums = self.plan.budget.by_partner();
        let (all, erdf) = sums.get(&partner).copied()?;
        let cents = (all - erdf) / CONTRIBUTIONS;
        let of_a_sponsor = self.chance.between(1, 12) == 1;
        let (source, kind) = if of_a_sponsor {
            ("Sponsor (synthetic)", "private")
        } else {
            ("Own budget", "public")
        };
        if !of_a_sponsor && self.chance.between(1, 10) == 1 {
            let back = Task::Beside(Beside::GiveBack(partner, cents / 5));
            self.add_due(now.day, 10, 60, back);
        }
        let data = json!({ "source": source, "kind": kind, "date": now.day,
            "amount": amount(cents), "proof": format!("Bank statement of {}", now.day) });
        let by = self.by(partner);
        Some(self.event(now, by, "contribution.received", now.day, data).1)
    }

    fn give_back(&mut self, partner: usize, cents: i64, now: Moment) -> Option<Value> {
        let data = json!({ "source": "Own budget", "kind": "public", "date": now.day,
            "amount": amount(-cents) });
        let by = self.by(partner);
        Some(self.event(now, by, "contribution.received", now.day, data).1)
    }

    fn bring_in_kind(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let language = self.who.partners[partner].country.language;
        let from = (now.day - self.chance.between(10, 50).days()).max(self.plan.start);
        let path = format!("valuation:{partner}");
        let data = json!({ "source": "Own premises", "kind": "public", "workPackage": "WP 2",
            "from": from, "to": now.day, "value": amount(self.chance.between(20_000, 400_000)),
            "text": texts::ROOM.written_in(language),
            "evidence": [self.who.document("report", "Valuation", &path)] });
        let by = self.by(partner);
        Some(self.event(now, by, "in_kind.recorded", now.day, data).1)
    }

    fn earn(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let language = self.who.partners[partner].country.language;
        let data = json!({ "source": "Participants", "date": now.day,
            "amount": amount(self.chance.between(5_000, 80_000)),
            "text": texts::FEES.written_in(language) });
        let by = self.by(partner);
        Some(self.event(now, by, "revenue.recorded", now.day, data).1)
    }

    /// First and last day of the project's half-year with this number.
    fn half_year(&self, number: u32) -> (Date, Date) {
        let halves = |halves: u32| Span::new().months(6 * i64::from(halves));
        (self.plan.start + halves(number - 1), self.plan.start + halves(number) - 1.day())
    }

    fn report_to_lead(&mut self, partner: usize, half_year: u32, now: Moment) -> Option<Value> {
        let (from, to) = self.half_year(half_year);
        let language = self.who.partners[partner].country.language;
        let data = json!({ "from": from, "to": to,
            "text": self.chance.pick(texts::PROGRESS).written_in(language) });
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "partner_report.submitted", now.day, data);
        if self.portions.reports_returned.takes() {
            let back = Task::Beside(Beside::ReturnReport(id, partner, half_year));
            self.add_due(now.day, 2, 10, back);
        }
        Some(event)
    }

    fn return_report(
        &mut self,
        report: Uuid,
        partner: usize,
        half_year: u32,
        now: Moment,
    ) -> Option<Value> {
        let language = self.who.lead().country.language;
        let data = json!({ "report": report,
            "remark": self.chance.pick(texts::REMARKS).written_in(language) });
        self.add_due(now.day, 3, 15, Task::Beside(Beside::Report(partner, half_year)));
        let by = self.by_lead();
        Some(self.event(now, by, "partner_report.returned", now.day, data).1)
    }

    /// The controller or the lead goes to see a partner.
    fn visit(&mut self, role: Role, now: Moment) -> Option<Value> {
        self.add_due(now.day, 120, 220, Task::Beside(Beside::Visit(role)));
        let language = self.who.lead().country.language;
        let partner = self.chance.below(self.who.partners.len());
        let path = format!("visit:{}", now.day);
        let data = json!({ "place": texts::CITY.written_in(language),
            "from": (now.day - 1.day()).max(self.plan.start), "to": now.day,
            "partner": self.who.partners[partner].number,
            "focus": self.chance.pick(texts::COSTS).written_in(language),
            "result": texts::ALL_THERE.written_in(language),
            "evidence": [self.who.document("report", "Report of the visit", &path)] });
        let by = match role {
            Role::Controller => By {
                subject: self.who.without_partner(role),
                source: format!("/{}", role.as_str()),
                on_behalf_of: None,
            },
            _ => self.by_lead(),
        };
        Some(self.event(now, by, "visit.recorded", now.day, data).1)
    }

    fn start_retention(&mut self, now: Moment) -> Option<Value> {
        let data = json!({ "lastPayment": self.lately(now, 60),
            "evidence": [self.who.document("proof_of_payment", "Bank statement", "last-payment")] });
        let by = self.by_lead();
        Some(self.event(now, by, "retention.started", now.day, data).1)
    }

    fn place_hold(&mut self, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let data = json!({ "authority": "Administrative court (synthetic), case 1",
            "reason": texts::APPEAL.written_in(language),
            "evidence": [self.who.document("letter", "Letter of the court", "court:1")] });
        let by = self.by_lead();
        let (id, event) = self.event(now, by, "hold.placed", now.day, data);
        self.add_due(now.day, 8, 20, Task::Beside(Beside::ReleaseHold(id)));
        Some(event)
    }

    fn release_hold(&mut self, hold: Uuid, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let data = json!({ "hold": hold, "reason": texts::CASE_ENDED.written_in(language),
            "evidence": [self.who.document("letter", "Judgment", "court:2")] });
        let by = self.by_lead();
        Some(self.event(now, by, "hold.released", now.day, data).1)
    }
}
