//! Lessons, who confirms them, and questions about them.

use cairn_domain::event::plan::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calendar::Moment;
use super::history::{By, History, Task};
use super::texts;

/// People speak of what was recorded lately.
const LESSONS_REMEMBERED: usize = 64;

/// Who speaks: a partner, or the expert.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    Partner(usize),
    Expert,
}

/// A lesson that all members may read.
pub(super) struct Lesson {
    id: Uuid,
    author: Voice,
    confirmed_by: Vec<Voice>,
}

/// A question that is going to be answered.
pub(super) struct Question {
    id: Uuid,
    /// The partner that answers.
    partner: usize,
}

impl History {
    fn voice(&mut self) -> Voice {
        let index = self.chance.below(self.who.partners.len() + 1);
        if index < self.who.partners.len() { Voice::Partner(index) } else { Voice::Expert }
    }

    fn by_voice(&self, voice: Voice) -> By {
        match voice {
            Voice::Partner(partner) => self.by(partner),
            Voice::Expert => By {
                subject: self.who.without_partner(Role::Expert),
                source: "/expert".to_owned(),
                on_behalf_of: None,
            },
        }
    }

    fn language(&self, voice: Voice) -> &'static str {
        match voice {
            Voice::Partner(partner) => self.who.partners[partner].country.language,
            Voice::Expert => "en",
        }
    }

    pub(super) fn record_lesson(&mut self, now: Moment) -> Value {
        let author = self.voice();
        let language = self.language(author);
        let (title, recommendation) = self.chance.pick(texts::LESSONS);
        let visibility = *self.chance.pick(&["public", "public", "partnership", "partner"]);
        let activity = self.chance.below(self.plan.activities.len());
        let mut data = json!({
            "title": title.written_in(language),
            "recommendation": recommendation.written_in(language),
            "polarity": self.chance.pick(&["worked", "failed", "mixed", "open_question"]),
            "challenge": self.chance.pick(&["procurement", "participation", "measurement",
                "cross_department", "technology_data", "legal_regulatory", "sustainability"]),
            "phase": self.chance.pick(&["initiation", "implementation", "piloting", "evaluation"]),
            "themes": [self.chance.pick(&["data", "health", "jobs", "housing", "energy"])],
            "codes": [self.plan.activities[activity].code],
            "visibility": visibility,
        });
        if let Voice::Partner(partner) = author
            && let Some(line) = self.newest_line[partner]
            && self.chance.between(1, 3) == 1
        {
            data["lines"] = json!([line]);
            data["evidence"] = json!([self.who.document("report", "Note", "note")]);
        }
        let (by, day) = (self.by_voice(author), self.lately(now, 10));
        let (id, event) = self.event(now, by, "lesson.recorded", day, data);
        if visibility != "partner" {
            if self.lessons.len() == LESSONS_REMEMBERED {
                self.lessons.pop_front();
            }
            self.lessons.push_back(Lesson { id, author, confirmed_by: Vec::new() });
        }
        event
    }

    /// An organisation confirms a lesson of another one, once; if there is one.
    pub(super) fn corroborate(&mut self, now: Moment) -> Option<Value> {
        let voice = self.voice();
        let all = self.lessons.iter().enumerate();
        let fresh = all.filter(|(_, of)| of.author != voice && !of.confirmed_by.contains(&voice));
        let fresh: Vec<usize> = fresh.map(|(index, _)| index).collect();
        let lesson = &mut self.lessons[self.chance.pick_of(&fresh)?];
        lesson.confirmed_by.push(voice);
        let lesson = lesson.id;
        let note = self.chance.pick(texts::NOTES).written_in(self.language(voice));
        let data = json!({ "lesson": lesson, "note": note });
        let by = self.by_voice(voice);
        Some(self.event(now, by, "lesson.corroborated", now.day, data).1)
    }

    /// A partner asks about a lesson or about an activity.
    pub(super) fn ask(&mut self, now: Moment) -> Value {
        let partner = self.chance.below(self.who.partners.len());
        let language = self.who.partners[partner].country.language;
        let text = self.chance.pick(texts::QUESTIONS).written_in(language);
        let about_lesson = !self.lessons.is_empty() && self.chance.between(1, 2) == 1;
        let (data, answers) = if about_lesson {
            let lesson = &self.lessons[self.chance.below(self.lessons.len())];
            let answers = match lesson.author {
                Voice::Partner(author) => author,
                // Experts do not answer; the lead does for them.
                Voice::Expert => 0,
            };
            (json!({ "lesson": lesson.id, "text": text }), answers)
        } else {
            let activity = self.chance.pick(&self.plan.activities);
            (json!({ "code": activity.code, "text": text }), activity.partner)
        };
        let by = self.by(partner);
        let (id, event) = self.event(now, by, "question.asked", now.day, data);
        if self.portions.answered.takes() {
            self.add_due(now.day, 2, 30, Task::Answer(Question { id, partner: answers }));
        }
        event
    }

    pub(super) fn answer(&mut self, question: &Question, now: Moment) -> Option<Value> {
        let language = self.who.partners[question.partner].country.language;
        let text = self.chance.pick(texts::ANSWERS).written_in(language);
        let data = json!({ "question": question.id, "text": text });
        let by = self.by(question.partner);
        Some(self.event(now, by, "question.answered", now.day, data).1)
    }
}
