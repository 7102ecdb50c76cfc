//! Learning as the rules need it: whose a lesson is, who may read it, who confirmed it, and what
//! was asked.

use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::learning::{Learning, Visibility};
use crate::event::plan::Role;
use crate::ids::{EventId, PartnerNumber, Subject};
use crate::posting::Recorded;
use crate::project::plan::Membership;

/// The lessons and questions of a project.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LearningState {
    pub lessons: OrdMap<EventId, Lesson>,
    pub questions: OrdMap<EventId, Question>,
}

/// A lesson, as far as the rules need it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lesson {
    pub author: Organisation,
    pub visibility: Visibility,
    pub corroborated_by: OrdSet<Organisation>,
}

/// What a question is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Question {
    pub lesson: Option<EventId>,
    pub code: Option<Code>,
}

/// Who speaks from experience: a partner, or a member without a partner, such as an expert, who
/// counts as an organisation of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Organisation {
    Partner(PartnerNumber),
    Subject(Subject),
}

/// Who reads, as far as learning goes. What one may read is judged by one's rights of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The lead, the controller, the programme, an auditor: everything.
    Everything,
    /// Any other member; without a partner it is an expert.
    Member { subject: Subject, partners: Vec<PartnerNumber> },
    /// Anybody else.
    Public,
}

impl LearningState {
    pub(super) fn apply(&mut self, recorded: &Recorded, event: &Learning) {
        match event {
            Learning::LessonRecorded(data) => {
                let lesson = Lesson {
                    author: Organisation::of(recorded),
                    visibility: data.visibility,
                    corroborated_by: OrdSet::new(),
                };
                self.lessons.insert(recorded.id, lesson);
            }
            Learning::LessonCorroborated(data) => {
                if let Some(lesson) = self.lessons.get_mut(&data.lesson) {
                    lesson.corroborated_by.insert(Organisation::of(recorded));
                }
            }
            Learning::QuestionAsked(data) => {
                let question = Question { lesson: data.lesson, code: data.code };
                self.questions.insert(recorded.id, question);
            }
            // Further answers are taken, so no rule asks whether there is one.
            Learning::QuestionAnswered(_) => {}
        }
    }

    /// The lesson with this id, for those who may know of it.
    pub fn lesson(&self, id: EventId, reader: &Reader) -> Option<&Lesson> {
        self.lessons.get(&id).filter(|lesson| reader.may_read(&lesson.author, lesson.visibility))
    }

    /// The question with this id, for those who may know of it: every member, and of a question
    /// about a lesson those who may read the lesson.
    pub fn question(&self, id: EventId, reader: &Reader) -> Option<&Question> {
        self.questions.get(&id).filter(|question| {
            let subject_is_known =
                question.lesson.is_none_or(|lesson| self.lesson(lesson, reader).is_some());
            reader.is_member() && subject_is_known
        })
    }
}

impl Organisation {
    /// The organisation whose act an event is.
    pub fn of(recorded: &Recorded) -> Self {
        Self::acting(recorded.partner(), &recorded.actor.subject)
    }

    /// The organisation for which a subject acts.
    pub(crate) fn acting(partner: Option<PartnerNumber>, subject: &Subject) -> Self {
        partner.map_or_else(|| Self::Subject(subject.clone()), Self::Partner)
    }

    /// The partner that it is, if it is one.
    pub fn partner(&self) -> Option<PartnerNumber> {
        match self {
            Self::Partner(number) => Some(*number),
            Self::Subject(_) => None,
        }
    }
}

impl Reader {
    /// The reader that a subject is by all its memberships that hold today.
    pub fn of<'a>(
        subject: &Subject,
        memberships: impl IntoIterator<Item = &'a Membership>,
    ) -> Self {
        let mut reader = Self::Public;
        for membership in memberships {
            let everything = match membership.role {
                Role::Lead | Role::Controller | Role::Programme | Role::Auditor => true,
                Role::Associated | Role::Delivery | Role::Transfer | Role::Expert => false,
            };
            if everything {
                return Self::Everything;
            }
            match &mut reader {
                Self::Member { partners, .. } => partners.extend(membership.partner),
                Self::Public | Self::Everything => {
                    let partners = membership.partner.into_iter().collect();
                    reader = Self::Member { subject: subject.clone(), partners };
                }
            }
        }
        reader
    }

    pub fn is_member(&self) -> bool {
        match self {
            Self::Everything | Self::Member { .. } => true,
            Self::Public => false,
        }
    }

    pub fn sees_everything(&self) -> bool {
        match self {
            Self::Everything => true,
            Self::Member { .. } | Self::Public => false,
        }
    }

    /// Whether the reader may know of a lesson of `author`.
    pub fn may_read(&self, author: &Organisation, visibility: Visibility) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Partnership => self.is_member(),
            Visibility::Partner => self.may_see_evidence_of(author),
        }
    }

    /// Whether the reader may see the evidence and the expenditure lines of `owner`: the owner,
    /// the lead, the controller, the programme and auditors may.
    pub fn may_see_evidence_of(&self, owner: &Organisation) -> bool {
        match (self, owner) {
            (Self::Everything, _) => true,
            (Self::Public, _) => false,
            (Self::Member { partners, .. }, Organisation::Partner(number)) => {
                partners.contains(number)
            }
            (Self::Member { subject, .. }, Organisation::Subject(owner)) => subject == owner,
        }
    }
}
