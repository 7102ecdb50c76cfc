//! Learning: lessons, who confirms them, and questions about them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::event::evidence::Evidence;
use crate::event::family;
use crate::ids::EventId;
use crate::list::{AtMost, CODES_MAX, EVIDENCE_MAX, LINES_MAX, THEMES_MAX};
use crate::text::{LocalizedText, ShortText};

family! {
    /// What was learned.
    Learning, LearningType {
        LessonRecorded(LessonRecorded) = "lesson.recorded" v 1,
        LessonCorroborated(LessonCorroborated) = "lesson.corroborated" v 1,
        QuestionAsked(QuestionAsked) = "question.asked" v 1,
        QuestionAnswered(QuestionAnswered) = "question.answered" v 1,
    }
}

impl Learning {
    /// The one code that the event speaks of.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::LessonRecorded(data) => match data.codes.as_slice() {
                [code] => Some(*code),
                [] | [_, _, ..] => None,
            },
            Self::QuestionAsked(data) => data.code,
            Self::LessonCorroborated(_) | Self::QuestionAnswered(_) => None,
        }
    }
}

/// A lesson. It is named by the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LessonRecorded {
    pub title: LocalizedText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situation: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what_happened: Option<LocalizedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<LocalizedText>,
    pub recommendation: LocalizedText,
    pub polarity: Polarity,
    pub challenge: Challenge,
    pub phase: Phase,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub themes: AtMost<THEMES_MAX, ShortText>,
    /// Activities, deliverables and outputs that the lesson came from.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub codes: AtMost<CODES_MAX, Code>,
    /// Expenditure lines that the lesson came from.
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub lines: AtMost<LINES_MAX, EventId>,
    pub visibility: Visibility,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    Worked,
    Failed,
    Mixed,
    OpenQuestion,
}

/// The implementation challenges of Urban Innovative Actions, and four more.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    Leadership,
    Procurement,
    CrossDepartment,
    Participation,
    Measurement,
    TargetGroupCommunication,
    Upscaling,
    FinanceAdministration,
    TechnologyData,
    LegalRegulatory,
    Sustainability,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Initiation,
    Implementation,
    Piloting,
    Evaluation,
    Legacy,
}

/// Who may read a lesson.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The author's own partner, the lead, the controller, the programme and auditors.
    Partner,
    /// Every member of the project.
    Partnership,
    /// Anybody.
    Public,
}

/// Another partner or an expert confirms a lesson from its own experience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LessonCorroborated {
    pub lesson: EventId,
    pub note: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// A question about a lesson or about a code of the plan: one of the two is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuestionAsked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<EventId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}

/// The owner of the lesson or of the code answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuestionAnswered {
    pub question: EventId,
    pub text: LocalizedText,
    #[serde(default, skip_serializing_if = "AtMost::is_empty")]
    pub evidence: AtMost<EVIDENCE_MAX, Evidence>,
}
