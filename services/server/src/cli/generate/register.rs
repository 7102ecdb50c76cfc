//! Risks, issues, decisions and what the public is told, and the calendar feeds of members.

use cairn_domain::event::plan::Role;
use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::Moment;
use super::history::{By, History, Task};
use super::texts;

/// What is recorded from time to time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    Risk,
    Issue,
    Decision,
    Communication,
}

impl Entry {
    pub(super) const ALL: [Self; 4] =
        [Self::Risk, Self::Issue, Self::Decision, Self::Communication];

    /// Days between two of them: risks are seen each quarter, the steering committee meets each
    /// quarter, and the public is told something every other month.
    fn pause_days(self) -> (i64, i64) {
        match self {
            Self::Risk => (50, 100),
            Self::Issue => (60, 120),
            Self::Decision => (60, 130),
            Self::Communication => (40, 80),
        }
    }
}

/// A risk that is going to be looked at again.
pub(super) struct Risk {
    id: Uuid,
    /// The partner that owns it.
    partner: usize,
    assessments: u32,
}

/// How often a risk is looked at again before it is closed.
const ASSESSMENTS: u32 = 2;

/// Those who are members and have no partner.
const WITHOUT_PARTNER: [Role; 4] = [Role::Expert, Role::Controller, Role::Programme, Role::Auditor];

impl History {
    pub(super) fn foresee_register(&mut self) {
        for entry in Entry::ALL {
            self.add_due(self.plan.start, 5, 40, Task::Enter(entry));
        }
        for member in 0..self.who.partners.len() + WITHOUT_PARTNER.len() {
            self.add_due(self.plan.start, 5, 20, Task::OpenFeed(member));
        }
    }

    pub(super) fn enter(&mut self, entry: Entry, now: Moment) -> Option<Value> {
        let (low, high) = entry.pause_days();
        self.add_due(now.day, low, high, Task::Enter(entry));
        Some(match entry {
            Entry::Risk => self.record_risk(now),
            Entry::Issue => self.raise_issue(now),
            Entry::Decision => self.take_decision(now),
            Entry::Communication => self.log_communication(now),
        })
    }

    /// A partner of each role has a turn first, then anybody.
    fn next_partner(&mut self, entry: Entry) -> usize {
        let last = self.who.partners.len() - 1;
        let turns = self.turns.entry(entry).or_insert_with(|| vec![2, last, 1, 0]);
        turns.pop().unwrap_or_else(|| self.chance.below(last + 1))
    }

    fn record_risk(&mut self, now: Moment) -> Value {
        let partner = self.next_partner(Entry::Risk);
        let language = self.who.partners[partner].country.language;
        let (title, mitigation) = self.chance.pick(texts::RISKS);
        let activity = self.chance.below(self.plan.activities.len());
        let data = json!({
            "title": title.written_in(language),
            "category": self.chance.pick(&["financial", "delivery", "partnership", "procurement",
                "legal", "external", "technical"]),
            "probability": self.chance.between(1, 5),
            "impact": self.chance.between(1, 5),
            "response": self.chance.pick(&["avoid", "reduce", "transfer", "accept"]),
            "mitigation": mitigation.written_in(language),
            "codes": [self.plan.activities[activity].code],
            "reviewOn": now.day + self.chance.between(30, 90).days(),
        });
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "risk.recorded", now.day, data);
        let risk = Risk { id, partner, assessments: 0 };
        self.add_due(now.day, 20, 60, Task::Reassess(risk));
        event
    }

    /// The owner looks at its risk again; the lead does at the last one of another, which it closes.
    pub(super) fn reassess(&mut self, risk: Risk, now: Moment) -> Option<Value> {
        let closed = risk.assessments == ASSESSMENTS;
        let mut data = json!({ "risk": risk.id, "probability": self.chance.between(1, 5),
            "impact": self.chance.between(1, 5) });
        let by = if closed && self.chance.between(1, 3) == 1 {
            self.by_lead()
        } else {
            self.by(risk.partner)
        };
        if closed {
            data["closed"] = true.into();
        } else {
            data["reviewOn"] = (now.day + self.chance.between(30, 90).days()).to_string().into();
        }
        let id = risk.id;
        if !closed {
            let risk = Risk { assessments: risk.assessments + 1, ..risk };
            self.add_due(now.day, 30, 90, Task::Reassess(risk));
        } else {
            self.closed_risk = Some(id);
        }
        Some(self.event(now, by, "risk.reassessed", now.day, data).1)
    }

    fn raise_issue(&mut self, now: Moment) -> Value {
        let partner = self.next_partner(Entry::Issue);
        let language = self.who.partners[partner].country.language;
        let title = self.chance.pick(texts::ISSUES).written_in(language);
        let activity = self.chance.below(self.plan.activities.len());
        let data = json!({
            "title": title,
            "severity": self.chance.pick(&["low", "medium", "high"]),
            "codes": [self.plan.activities[activity].code],
            "due": now.day + self.chance.between(10, 60).days(),
        });
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "issue.raised", now.day, data);
        self.add_due(now.day, 5, 70, Task::Resolve(id, partner));
        event
    }

    pub(super) fn resolve(&mut self, issue: Uuid, partner: usize, now: Moment) -> Option<Value> {
        let language = self.who.partners[partner].country.language;
        let resolution = self.chance.pick(texts::RESOLUTIONS).written_in(language);
        let data = json!({ "issue": issue, "resolution": resolution });
        let by = self.by(partner);
        Some(self.event(now, by, "issue.resolved", now.day, data).1)
    }

    fn take_decision(&mut self, now: Moment) -> Value {
        let partner = self.next_partner(Entry::Decision);
        let language = self.who.partners[partner].country.language;
        let title = self.chance.pick(texts::DECISIONS).written_in(language);
        let activity = self.chance.below(self.plan.activities.len());
        let mut data = json!({ "title": title, "body": "Steering committee",
            "codes": [self.plan.activities[activity].code], "milestones": [1] });
        // One's own decision, and the lead any.
        let supersedes = self.chance.between(1, 4) == 1;
        let before = self.newest_decision.filter(|(by, _)| partner == 0 || *by == partner);
        if let Some((_, before)) = before.filter(|_| supersedes) {
            data["supersedes"] = before.to_string().into();
        }
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "decision.taken", now.day, data);
        self.newest_decision = Some((partner, id));
        event
    }

    /// Now and then the emblem is forgotten, which is warned of.
    fn log_communication(&mut self, now: Moment) -> Value {
        let partner = self.next_partner(Entry::Communication);
        let language = self.who.partners[partner].country.language;
        let (title, audience) = self.chance.pick(texts::COMMUNICATIONS);
        let mut data = json!({
            "title": title.written_in(language),
            "channel": self.chance.pick(&["event", "press", "website", "social_media",
                "newsletter", "publication", "video", "other"]),
            "audience": audience.written_in(language),
            "emblemShown": self.chance.between(1, 12) > 1,
            "codes": ["WP 4"],
        });
        if self.chance.between(1, 4) > 1 {
            data["reach"] = self.chance.between(20, 4_000).into();
        }
        let (by, day) = (self.by(partner), self.lately(now, 10));
        self.event(now, by, "communication.logged", day, data).1
    }

    /// A member tries how its calendar shows the deadlines, and closes the feed again.
    pub(super) fn open_feed(&mut self, member: usize, now: Moment) -> Option<Value> {
        let partner = self.who.partners.get(member);
        let data = match partner {
            Some(partner) => json!({ "partner": partner.number,
                "language": partner.country.language }),
            None => json!({}),
        };
        let by = self.by_any(member);
        let subject = by.subject.clone();
        let (id, event) = self.event(now, by, "calendar_feed.opened", now.day, data);
        self.add_due(now.day, 2, 30, Task::CloseFeed(id, member, subject));
        Some(event)
    }

    /// A member closes its feed; the lead does for one who left meanwhile.
    pub(super) fn close_feed(
        &mut self,
        feed: Uuid,
        member: usize,
        opened_by: &str,
        now: Moment,
    ) -> Option<Value> {
        let own = self.by_any(member);
        let by = if own.subject == opened_by { own } else { self.by_lead() };
        let data = json!({ "feed": feed });
        Some(self.event(now, by, "calendar_feed.closed", now.day, data).1)
    }

    /// A partner's member, or past the last partner one who has none.
    fn by_any(&self, member: usize) -> By {
        if member < self.who.partners.len() {
            return self.by(member);
        }
        let role = WITHOUT_PARTNER[member - self.who.partners.len()];
        By {
            subject: self.who.without_partner(role),
            source: format!("/{}", role.as_str()),
            on_behalf_of: None,
        }
    }
}
