//! Annual progress reports: one for each full year, handed in by the lead, now and then asked about
//! by the programme and handed in again.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Value, json};

use super::calendar::{LAST_DAY, Moment};
use super::history::{History, Task};
use super::texts;

impl History {
    /// Every full year of the project until the last day of all histories.
    pub(super) fn foresee_reports(&mut self) {
        for number in 1.. {
            let (_, to) = self.period(number);
            if to > LAST_DAY {
                return;
            }
            self.add_due(to, 20, 45, Task::SubmitReport(number));
        }
    }

    /// First and last day of the project's year with this number.
    fn period(&self, number: u32) -> (Date, Date) {
        let years = |years: u32| Span::new().years(i64::from(years));
        (self.plan.start + years(number - 1), self.plan.start + years(number) - 1.day())
    }

    pub(super) fn submit_report(&mut self, number: u32, now: Moment) -> Option<Value> {
        let (from, to) = self.period(number);
        let language = self.who.lead().country.language;
        let data = json!({ "number": number, "from": from, "to": to, "version": self.version(),
            "summary": self.chance.pick(texts::PROGRESS).written_in(language) });
        // The first report is always asked about, the others now and then.
        let asked_before = self.reports_asked.contains(&number);
        if !asked_before && (number == 1 || self.chance.between(1, 3) == 1) {
            self.add_due(now.day, 10, 20, Task::AskAboutReport(number));
        } else {
            self.add_due(now.day, 10, 25, Task::ApproveReport(number));
        }
        let by = self.by_lead();
        Some(self.event(now, by, "annual_report.submitted", now.day, data).1)
    }

    pub(super) fn ask_about_report(&mut self, number: u32, now: Moment) -> Option<Value> {
        self.reports_asked.push(number);
        self.add_due(now.day, 5, 15, Task::SubmitReport(number));
        let language = self.who.lead().country.language;
        let data = json!({ "number": number, "due": now.day + 20.days(),
            "text": self.chance.pick(texts::REMARKS).written_in(language) });
        Some(self.of_the_programme(now, "annual_report.clarification_requested", data))
    }

    pub(super) fn approve_report(&mut self, number: u32, now: Moment) -> Option<Value> {
        Some(self.of_the_programme(now, "annual_report.approved", json!({ "number": number })))
    }

    /// What the programme decides is recorded by the lead, with the letter.
    fn of_the_programme(&mut self, now: Moment, event_type: &str, mut data: Value) -> Value {
        let path = format!("letter:{event_type}:{}", self.version());
        let title = "Letter of the programme";
        data["evidence"] = json!([self.who.document("letter", title, &path)]);
        let by = self.by_lead();
        let mut event = self.event(now, by, event_type, now.day, data).1;
        event["onbehalfof"] = "programme".into();
        event["reason"] = "Decided by letter".into();
        event
    }
}
