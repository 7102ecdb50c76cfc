//! What comes of the work: outputs, indicators, and the days by which it is now expected.

use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::Moment;
use super::history::{History, Task};
use super::texts;

/// A partner's report of an indicator that waits for its correction or validation.
pub(super) struct Reported {
    partner: usize,
    report: Uuid,
    value: i64,
}

impl History {
    /// One partner of each role achieves outputs, reports its indicator and expects a delay.
    pub(super) fn foresee_results(&mut self) {
        for partner in self.who.one_of_each_role() {
            self.add_due(self.plan.start, 60, 200, Task::Expect(partner));
            self.add_due(self.plan.start, 200, 330, Task::Achieve(partner));
            self.add_due(self.plan.start, 366, 380, Task::ReportIndicator(partner));
        }
    }

    /// A deliverable that is not handed in yet comes later; where there is none, an activity.
    pub(super) fn expect(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let open =
            self.plan.deliverables.iter().find(|item| {
                item.partner == partner && item.submissions == 0 && item.due > now.day
            });
        let (code, due) = match open {
            Some(deliverable) => (&deliverable.code, deliverable.due),
            None => {
                let activity = self.plan.activities.iter().find(|item| item.partner == partner)?;
                (&activity.code, activity.end)
            }
        };
        let language = self.who.partners[partner].country.language;
        let later = self.chance.between(5, 45).days();
        let data = json!({ "code": code, "date": due.max(now.day) + later,
            "reason": self.chance.pick(texts::PROBLEMS).written_in(language) });
        let by = self.by(partner);
        Some(self.event(now, by, "forecast.changed", now.day, data).1)
    }

    pub(super) fn achieve(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let code = self.plan.output_of(partner)?.code.clone();
        let quantity = self.chance.between(1, 3);
        if partner == 0 {
            self.add_due(now.day, 10, 30, Task::TakeBack);
        }
        let by = self.by(partner);
        let evidence = self.who.document("report", "What was tested", &format!("output:{partner}"));
        let data = json!({ "code": code, "quantity": quantity, "evidence": [evidence] });
        let day = self.lately(now, 3);
        Some(self.event(now, by, "output.achieved", day, data).1)
    }

    /// The lead counted one too many.
    pub(super) fn take_back(&mut self, now: Moment) -> Option<Value> {
        let code = self.plan.output_of(0)?.code.clone();
        let language = self.who.lead().country.language;
        let evidence = self.who.document("minutes", "What was counted", "output:recount");
        let data = json!({ "code": code, "quantity": -1,
            "reason": texts::COUNTED_TWICE.written_in(language), "evidence": [evidence] });
        let by = self.by_lead();
        Some(self.event(now, by, "output.achieved", now.day, data).1)
    }

    /// The value of the project's first year; it is corrected, and then the lead's head validates it.
    pub(super) fn report_indicator(&mut self, partner: usize, now: Moment) -> Option<Value> {
        let value = self.chance.between(20, 90);
        let language = self.who.partners[partner].country.language;
        let end = (self.plan.start + 1.year()) - 1.day();
        let women = self.chance.between(5, 15);
        let data = json!({ "code": "RCO 76", "from": self.plan.start, "to": end,
            "value": value.to_string(),
            "disaggregation": [{ "by": "women", "value": women.to_string() },
                { "by": "men", "value": (value - women).to_string() }],
            "method": texts::METHOD.written_in(language) });
        let by = self.by(partner);
        let (report, event) = self.event(now, by, "indicator.reported", now.day, data);
        let reported = Reported { partner, report, value };
        self.add_due(now.day, 2, 10, Task::CorrectIndicator(reported));
        Some(event)
    }

    pub(super) fn correct_indicator(&mut self, reported: Reported, now: Moment) -> Option<Value> {
        let Reported { partner, report, value } = reported;
        let language = self.who.partners[partner].country.language;
        let data = json!({ "report": report, "value": (value - 1).to_string(),
            "reason": texts::COUNTED_TWICE.written_in(language) });
        self.add_due(now.day, 2, 10, Task::ValidateIndicator(report));
        let by = self.by(partner);
        Some(self.event(now, by, "indicator.corrected", now.day, data).1)
    }

    pub(super) fn validate_indicator(&mut self, report: Uuid, now: Moment) -> Option<Value> {
        let by = self.by_lead();
        let data = json!({ "report": report });
        Some(self.event(now, by, "indicator.validated", now.day, data).1)
    }
}
