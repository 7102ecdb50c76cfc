//! Activities, deliverables and milestones, as partners report and the lead reviews them.

use jiff::ToSpan;
use serde_json::{Value, json};

use super::calendar::Moment;
use super::history::{History, Task};
use super::texts;

impl History {
    pub(super) fn start(&mut self, activity: usize, now: Moment) -> Option<Value> {
        self.plan.activities[activity].started = true;
        let data = json!({ "code": self.plan.activities[activity].code });
        let by = self.by(self.plan.activities[activity].partner);
        let day = self.lately(now, 3);
        Some(self.event(now, by, "activity.started", day, data).1)
    }

    pub(super) fn complete(&mut self, activity: usize, now: Moment) -> Option<Value> {
        let item = &mut self.plan.activities[activity];
        if !item.started {
            self.add_due(now.day, 10, 30, Task::Complete(activity));
            return None;
        }
        item.completed = true;
        let data = json!({ "code": item.code, "progress": "fully" });
        let by = self.by(self.plan.activities[activity].partner);
        let day = self.lately(now, 3);
        Some(self.event(now, by, "activity.completed", day, data).1)
    }

    /// Progress of an activity that is under way, if one is.
    pub(super) fn report_progress(&mut self, now: Moment) -> Option<Value> {
        let all = self.plan.activities.iter().enumerate();
        let under_way = all.filter(|(_, item)| item.started && !item.completed);
        let under_way: Vec<usize> = under_way.map(|(index, _)| index).collect();
        let activity = self.chance.pick_of(&under_way)?;
        let item = &self.plan.activities[activity];
        let language = self.who.partners[item.partner].country.language;
        let mut data = json!({ "code": item.code,
            "text": self.chance.pick(texts::PROGRESS).written_in(language),
            "progress": "partly" });
        if self.chance.between(1, 5) == 1 {
            data["problems"] = self.chance.pick(texts::PROBLEMS).written_in(language);
            let later = now.day.max(item.end) + self.chance.between(5, 60).days();
            data["forecastEnd"] = later.to_string().into();
        }
        // Contributors report too.
        let contributor = item.contributor.filter(|_| self.chance.between(1, 4) == 1);
        let partner = contributor.unwrap_or(item.partner);
        let (by, day) = (self.for_partner(partner), self.lately(now, 3));
        Some(self.event(now, by, "activity.progress_reported", day, data).1)
    }

    /// Hands in a deliverable, unless a submission of it waits already.
    pub(super) fn submit(&mut self, deliverable: usize, now: Moment) -> Option<Value> {
        if self.plan.deliverables[deliverable].waits {
            return None;
        }
        let by = self.by(self.plan.deliverables[deliverable].partner);
        let participants = self.chance.between(12, 140);
        let item = &mut self.plan.deliverables[deliverable];
        item.submissions += 1;
        item.waits = true;
        let path = format!("deliverable:{}:{}", item.code.replace(' ', ""), item.submissions);
        let language = self.who.partners[item.partner].country.language;
        let mut data = json!({ "code": item.code, "title": item.title.written_in(language) });
        if participants % 3 == 0 {
            data["participants"] = participants.into();
        }
        data["evidence"] = json!([self.who.document("report", item.title.en, &path)]);
        let partner = item.partner;
        if self.withdraws.remove(&partner) {
            self.add_due(now.day, 0, 1, Task::Withdraw(deliverable));
        }
        self.add_due(now.day, 2, 12, Task::Review(deliverable));
        let day = self.lately(now, 2);
        Some(self.event(now, by, "deliverable.submitted", day, data).1)
    }

    /// A new edition of a deliverable that was accepted, if there is one.
    pub(super) fn submit_edition(&mut self, now: Moment) -> Option<Value> {
        let all = self.plan.deliverables.iter().enumerate();
        let accepted = all.filter(|(_, item)| item.accepted && !item.waits);
        let accepted: Vec<usize> = accepted.map(|(index, _)| index).collect();
        let deliverable = self.chance.pick_of(&accepted)?;
        self.submit(deliverable, now)
    }

    /// The lead's head accepts or returns what waits; the lead's own is handed in by its clerk.
    pub(super) fn review(&mut self, deliverable: usize, now: Moment) -> Option<Value> {
        if !self.plan.deliverables[deliverable].waits {
            return None;
        }
        let (by, returned) = (self.by_lead(), self.portions.returned.takes());
        let item = &mut self.plan.deliverables[deliverable];
        item.waits = false;
        let mut data = json!({ "code": item.code, "submission": item.submissions });
        if !returned {
            item.accepted = true;
            return Some(self.event(now, by, "deliverable.accepted", now.day, data).1);
        }
        let language = self.who.lead().country.language;
        data["remark"] = self.chance.pick(texts::REMARKS).written_in(language);
        self.add_due(now.day, 7, 30, Task::Submit(deliverable));
        Some(self.event(now, by, "deliverable.returned", now.day, data).1)
    }

    /// Who handed a wrong file in takes it back, and hands the right one in soon.
    pub(super) fn withdraw(&mut self, deliverable: usize, now: Moment) -> Option<Value> {
        let item = &mut self.plan.deliverables[deliverable];
        if !item.waits {
            return None;
        }
        item.waits = false;
        let (code, partner) = (item.code.clone(), item.partner);
        let language = self.who.partners[partner].country.language;
        let data = json!({ "code": code, "reason": texts::WRONG_FILE.written_in(language) });
        self.add_due(now.day, 1, 10, Task::Submit(deliverable));
        let by = self.by(partner);
        Some(self.event(now, by, "deliverable.withdrawn", now.day, data).1)
    }

    /// The first milestone is met in part before it is met, the second is missed before.
    pub(super) fn conclude(&mut self, milestone: usize, now: Moment) -> Option<Value> {
        let event_type = match milestone {
            0 => "milestone.partially_met",
            1 => "milestone.missed",
            _ => return self.meet(milestone, now),
        };
        self.add_due(now.day, 15, 40, Task::MeetMilestone(milestone));
        let language = self.who.lead().country.language;
        let data = json!({ "number": milestone + 1, "date": now.day,
            "reason": texts::OPEN_ITEMS.written_in(language) });
        let by = self.by_lead();
        Some(self.event(now, by, event_type, now.day, data).1)
    }

    pub(super) fn hold_review(&mut self, milestone: usize, now: Moment) -> Option<Value> {
        let language = self.who.lead().country.language;
        let action = json!({ "text": self.chance.pick(texts::REMARKS).written_in(language),
            "partner": 2, "due": now.day + 30.days() });
        let data = json!({ "date": now.day, "milestones": [milestone + 1],
            "conclusions": texts::CONCLUSIONS.written_in(language), "actions": [action] });
        let by = self.by_lead();
        Some(self.event(now, by, "milestone_review.held", now.day, data).1)
    }

    pub(super) fn meet(&mut self, milestone: usize, now: Moment) -> Option<Value> {
        self.add_due(now.day, 5, 20, Task::HoldReview(milestone));
        let mut data = json!({ "number": milestone + 1, "date": now.day });
        if !self.plan.is_reached(&self.plan.milestones[milestone]) {
            let language = self.who.lead().country.language;
            data["reason"] = texts::OPEN_ITEMS.written_in(language);
        }
        let by = self.by_lead();
        Some(self.event(now, by, "milestone.met", now.day, data).1)
    }
}
