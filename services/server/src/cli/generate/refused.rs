//! Postings that a rule refuses: people mistype, mistake their role, or are early.

use cairn_domain::rule::Rule;
use jiff::ToSpan;
use serde_json::{Value, json};

use super::calendar::Moment;
use super::history::{Attempt, By, History};
use super::texts;

/// What the ledger answers to somebody who is no member: no rule, since it reveals nothing.
pub(super) const NOT_A_MEMBER: &str = "not_a_member";

/// The ways in which postings go wrong here.
const WAYS: usize = 21;

impl History {
    pub(super) fn refused(&mut self, now: Moment) -> Attempt {
        let way = self.chance.below(WAYS);
        let (refused_by, event) = match way {
            0 => (NOT_A_MEMBER, self.by_a_stranger(now)),
            1..=4 => self.with_a_wrong_cost(way, now),
            13 => self.with_a_report_that_is_not_there(now),
            14 => self.with_a_wrong_risk(now),
            15 => self.with_a_wrong_feed(now),
            16..=18 => self.with_something_wrong_beside(way, now),
            19 => self.with_too_much_forwarded(now),
            20 => self.with_an_answer_to_no_question(now),
            _ => self.with_wrong_work(way, now),
        };
        Attempt { at: now.at, refused_by: Some(refused_by), event }
    }

    fn by_a_stranger(&mut self, now: Moment) -> Value {
        let subject = format!("{}-stranger-1", self.who.key);
        let by = By { subject, ..self.by(1) };
        let data = json!({ "code": self.plan.activities[0].code });
        self.event(now, by, "activity.progress_reported", now.day, data).1
    }

    fn with_a_wrong_cost(&mut self, way: usize, now: Moment) -> (&'static str, Value) {
        let cost = |declared: &str| {
            json!({ "category": "travel_and_accommodation", "workPackage": "WP 2",
                "incurredFrom": now.day, "incurredTo": now.day,
                "document": { "travel": { "reference": "Journey" } }, "net": "120.00",
                "vat": "0.00", "vatRecoverable": "0.00", "share": "1.00", "declared": declared,
                "currency": "EUR" })
        };
        let (rule, partner, event_type, data) = match way {
            1 => {
                let partner = self.who.transfer().next().unwrap_or_default();
                let rule = Rule::TransferPartnerHasNoCosts;
                (rule, partner, "expenditure.declared", cost("120.00"))
            }
            2 => (Rule::DeclaredAboveEligible, 1, "expenditure.declared", cost("210.00")),
            3 => (Rule::SignsDisagree, 1, "expenditure.declared", {
                let mut credit = cost("-120.00");
                credit["net"] = "-120.00".into();
                credit
            }),
            _ => {
                let line = self.chance.id(now.at);
                let payment = json!({ "line": line, "date": now.day, "amount": "10.00" });
                (Rule::LineUnknown, 1, "expenditure.paid", payment)
            }
        };
        let by = self.by(partner);
        (rule.id(), self.event(now, by, event_type, now.day, data).1)
    }

    fn with_a_report_that_is_not_there(&mut self, now: Moment) -> (&'static str, Value) {
        // No history is as long as four years.
        let letter = self.who.document("letter", "Letter of the programme", "approval");
        let (by, data) = (self.by_lead(), json!({ "number": 4, "evidence": [letter] }));
        let event = self.event(now, by, "annual_report.approved", now.day, data).1;
        (Rule::ReportNotSubmitted.id(), event)
    }

    /// A closed risk is assessed again; while none is closed, one that nobody recorded.
    fn with_a_wrong_risk(&mut self, now: Moment) -> (&'static str, Value) {
        let unknown = self.chance.id(now.at);
        let (rule, risk) = match self.closed_risk {
            Some(closed) => (Rule::RiskClosed, closed),
            None => (Rule::RiskUnknown, unknown),
        };
        let data = json!({ "risk": risk, "probability": 2, "impact": 2 });
        let by = self.by_lead();
        (rule.id(), self.event(now, by, "risk.reassessed", now.day, data).1)
    }

    fn with_a_wrong_feed(&mut self, now: Moment) -> (&'static str, Value) {
        let data = json!({ "feed": self.chance.id(now.at) });
        let by = self.by(1);
        (Rule::FeedUnknown.id(), self.event(now, by, "calendar_feed.closed", now.day, data).1)
    }

    /// A contract that nobody awarded, more given back than came in, a report that is not there.
    fn with_something_wrong_beside(&mut self, way: usize, now: Moment) -> (&'static str, Value) {
        let language = self.who.lead().country.language;
        let (rule, by, event_type, data) = match way {
            16 => {
                let data = json!({ "contract": "0/1999", "date": now.day });
                (Rule::ContractNotAwarded, self.by(1), "contract.closed", data)
            }
            17 => {
                let data = json!({ "source": "Own budget", "kind": "public", "date": now.day,
                    "amount": "-900000000.00" });
                (Rule::GivenBackAboveReceived, self.by(1), "contribution.received", data)
            }
            _ => {
                let data = json!({ "report": self.chance.id(now.at),
                    "remark": self.chance.pick(texts::REMARKS).written_in(language) });
                (Rule::PartnerReportUnknown, self.by_lead(), "partner_report.returned", data)
            }
        };
        (rule.id(), self.event(now, by, event_type, now.day, data).1)
    }

    fn with_too_much_forwarded(&mut self, now: Moment) -> (&'static str, Value) {
        let (by, data) = (self.by_lead(), self.too_much_forwarded(now.day));
        let event = self.event(now, by, "payment.forwarded", now.day, data).1;
        (Rule::ForwardedAboveReceived.id(), event)
    }

    fn with_an_answer_to_no_question(&mut self, now: Moment) -> (&'static str, Value) {
        let language = self.who.partners[1].country.language;
        let data = json!({ "clarification": self.chance.id(now.at),
            "text": self.chance.pick(texts::ANSWERS).written_in(language) });
        let by = self.by(1);
        let event = self.event(now, by, "clarification.answered", now.day, data).1;
        (Rule::ClarificationUnknown.id(), event)
    }

    fn with_wrong_work(&mut self, way: usize, now: Moment) -> (&'static str, Value) {
        let (activity, deliverable) = (&self.plan.activities[0], &self.plan.deliverables[0]);
        let progress = json!({ "code": activity.code, "progress": "partly" });
        let language = self.who.lead().country.language;
        let (rule, partner, event_type, day, data) = match way {
            5 => {
                let data = json!({ "code": "A 99.1", "progress": "partly" });
                (Rule::CodeUnknown, 1, "activity.progress_reported", now.day, data)
            }
            6 => {
                let tomorrow = now.day + 1.day();
                (Rule::OccurredInFuture, 0, "activity.progress_reported", tomorrow, progress)
            }
            7 => {
                let before = self.plan.start - 40.days();
                let management = self.plan.activities.iter().find(|a| a.work_package == 2);
                let data = json!({ "code": management.map(|a| &a.code) });
                (Rule::BeforeProjectStart, 0, "activity.started", before, data)
            }
            8 => {
                let data = json!({ "code": deliverable.code,
                    "title": deliverable.title.written_in(language) });
                (Rule::EvidenceMissing, 0, "deliverable.submitted", now.day, data)
            }
            10 => {
                let data = json!({ "code": "RCO 99", "from": self.plan.start, "to": now.day,
                    "value": "12", "method": texts::METHOD.written_in(language) });
                (Rule::IndicatorUnknown, 0, "indicator.reported", now.day, data)
            }
            11 => {
                let data = json!({ "code": "WP 2", "date": now.day,
                    "reason": texts::WRONG_FILE.written_in(language) });
                (Rule::ForecastOfNoItem, 0, "forecast.changed", now.day, data)
            }
            12 => {
                let data = json!({ "number": 99,
                    "reason": texts::OPEN_ITEMS.written_in(language) });
                (Rule::MilestoneUnknown, 0, "milestone.missed", now.day, data)
            }
            _ => {
                let data = json!({ "code": deliverable.code, "submission": 1 });
                (Rule::RoleMayNotPost, 1, "deliverable.accepted", now.day, data)
            }
        };
        let by = if partner == 0 { self.by_lead() } else { self.by(partner) };
        (rule.id(), self.event(now, by, event_type, day, data).1)
    }
}
