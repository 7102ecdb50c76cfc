//! Who looks at the money: the controller's questions, and an audit with its findings.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::Moment;
use super::history::{History, Task};
use super::texts;

/// Codes of the typology of errors that findings have.
const TYPOLOGY: &[&str] = &["1.5", "2.1", "2.3", "2.18", "6.2", "7.1"];
/// Findings of the audit.
const FINDINGS: u32 = 3;

/// A question of the controller, and the partner that answers it.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    id: Uuid,
    partner: usize,
}

/// What those who look at the money do some day.
pub(super) enum OversightTask {
    /// The controller asks a partner about a claim.
    AskPartner(u32, usize),
    AnswerController(Asked),
    CloseQuestion(Uuid),
    OpenAudit,
    /// An audit, and the number of the finding.
    RecordFinding(Uuid, u32),
    CloseAudit(Uuid),
}

impl History {
    pub(super) fn oversee(&mut self, task: OversightTask, now: Moment) -> Option<Value> {
        match task {
            OversightTask::AskPartner(claim, partner) => self.ask_partner(claim, partner, now),
            OversightTask::AnswerController(asked) => self.answer_controller(asked, now),
            OversightTask::CloseQuestion(question) => self.close_question(question, now),
            OversightTask::OpenAudit => self.open_audit(now),
            OversightTask::RecordFinding(audit, number) => self.record_finding(audit, number, now),
            OversightTask::CloseAudit(audit) => self.close_audit(audit, now),
        }
    }

    pub(super) fn foresee_oversight(&mut self) {
        self.add_due(self.plan.start, 400, 430, Task::Oversight(OversightTask::OpenAudit));
    }

    /// While it controls a claim, the controller asks a partner of each role about an item; the lead
    /// about the first claim as a whole. Who had an item in the first claim is not asked about the
    /// second.
    pub(super) fn foresee_questions(&mut self, claim: u32, control: Date) {
        for partner in self.who.one_of_each_role() {
            let asked = partner == 0 || self.money.newest_in(1, partner).is_some();
            if claim == 1 || !asked {
                let ask = OversightTask::AskPartner(claim, partner);
                self.add_due(control, 1, 12, Task::Oversight(ask));
            }
        }
    }

    /// Who has no item in the claim is not asked about it.
    fn ask_partner(&mut self, claim: u32, partner: usize, now: Moment) -> Option<Value> {
        let line = self.money.newest_in(claim, partner).filter(|_| partner > 0);
        if partner > 0 && line.is_none() {
            return None;
        }
        let language = self.who.lead().country.language;
        let data = json!({ "claim": claim, "lines": line.into_iter().collect::<Vec<_>>(),
            "due": now.day + 14.days(),
            "text": self.chance.pick(texts::QUESTIONS).written_in(language) });
        let by = self.by_controller();
        let (id, event) = self.event(now, by, "clarification.requested", now.day, data);
        self.add_due(
            now.day,
            4,
            25,
            Task::Oversight(OversightTask::AnswerController(Asked { id, partner })),
        );
        Some(event)
    }

    fn answer_controller(&mut self, asked: Asked, now: Moment) -> Option<Value> {
        let language = self.who.partners[asked.partner].country.language;
        let data = json!({ "clarification": asked.id,
            "text": self.chance.pick(texts::ANSWERS).written_in(language) });
        self.add_due(now.day, 3, 20, Task::Oversight(OversightTask::CloseQuestion(asked.id)));
        let by = self.by(asked.partner);
        Some(self.event(now, by, "clarification.answered", now.day, data).1)
    }

    fn close_question(&mut self, question: Uuid, now: Moment) -> Option<Value> {
        let data = json!({ "clarification": question });
        let by = self.by_controller();
        Some(self.event(now, by, "clarification.closed", now.day, data).1)
    }

    fn open_audit(&mut self, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let data = json!({ "reference": format!("AA/{}", now.day.year()),
            "body": "audit_authority", "scope": texts::MANAGEMENT.written_in(language),
            "from": now.day + 10.days(), "to": now.day + 14.days(),
            "evidence": [self.who.document("letter", "Announcement of the audit", "audit")] });
        let by = self.by_lead();
        let (id, event) = self.event(now, by, "audit.opened", now.day, data);
        for number in 1..=FINDINGS {
            self.add_due(
                now.day,
                20,
                40,
                Task::Oversight(OversightTask::RecordFinding(id, number)),
            );
        }
        self.add_due(now.day, 60, 90, Task::Oversight(OversightTask::CloseAudit(id)));
        Some(event)
    }

    /// A finding about a line of some partner, or about no line.
    fn record_finding(&mut self, audit: Uuid, number: u32, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let partners: Vec<usize> = self.who.with_costs().collect();
        let partner = *self.chance.pick(&partners);
        let mut data = json!({ "audit": audit, "number": number.to_string(),
            "typology": self.chance.pick(TYPOLOGY),
            "text": self.chance.pick(texts::REMARKS).written_in(language),
            "due": now.day + 30.days(),
            "evidence": [self.who.document("report", "Report of the audit", "audit-report")] });
        if let Some(line) = self.money.newest_of(partner).filter(|_| number > 1) {
            data["lines"] = json!([line]);
            data["amount"] = format!("{}.00", self.chance.between(20, 2_000)).into();
        }
        let by = self.by_lead();
        Some(self.event(now, by, "finding.recorded", now.day, data).1)
    }

    fn close_audit(&mut self, audit: Uuid, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let data = json!({ "audit": audit, "conclusion": texts::CONCLUSIONS.written_in(language) });
        let by = self.by_lead();
        Some(self.event(now, by, "audit.closed", now.day, data).1)
    }
}
