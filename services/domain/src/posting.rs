//! The envelope: a posting on its way in, and an event as it was recorded.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::plan::Role;
use crate::event::{Event, EventType};
use crate::form::Fault;
use crate::ids::{EventId, PartnerNumber, Sha256, Subject};
use crate::money::{Cents, Currency, Rate};
use crate::period::Month;
use crate::rule::{Finding, Rule};
use crate::text::ShortText;

/// A claim of a fact, as its poster made it. Whether its `data` has the right form is part of
/// it, since that is judged after the caller's rights.
#[derive(Clone, Debug)]
pub struct Posting {
    pub id: EventId,
    pub event_type: EventType,
    pub schema_version: u32,
    pub event: Result<Arc<Event>, Fault>,
    /// Business date in the project's time zone.
    pub occurred_on: Date,
    pub on_behalf_of: Option<OnBehalfOf>,
    pub reason: Option<ShortText>,
    pub correlation_id: Option<Uuid>,
    pub causation_id: Option<Uuid>,
}

/// For whom the lead acts: a partner, or the controller or the programme whose decision it
/// records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OnBehalfOf {
    Partner(PartnerNumber),
    Controller,
    Programme,
}

/// Why a text does not name one to act for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`onbehalfof` is a partner's number, `controller` or `programme`")]
pub struct NotSomebody;

impl fmt::Display for OnBehalfOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partner(number) => number.fmt(f),
            Self::Controller => f.write_str("controller"),
            Self::Programme => f.write_str("programme"),
        }
    }
}

impl FromStr for OnBehalfOf {
    type Err = NotSomebody;

    fn from_str(text: &str) -> Result<Self, NotSomebody> {
        match text {
            "controller" => Ok(Self::Controller),
            "programme" => Ok(Self::Programme),
            number => number.parse().map(Self::Partner).map_err(|_| NotSomebody),
        }
    }
}

/// Who posts: a member in one of its roles, or the operator who can open the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub subject: Subject,
    pub part: Part,
}

/// In which part an actor acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Operator,
    Member { role: Role, partner: Option<PartnerNumber> },
}

impl Part {
    /// Whether it is a member of the lead partner.
    pub fn is_lead(self) -> bool {
        matches!(self, Self::Member { role: Role::Lead, .. })
    }

    pub fn partner(self) -> Option<PartnerNumber> {
        match self {
            Self::Operator => None,
            Self::Member { partner, .. } => partner,
        }
    }

    /// The part as it is written in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Member { role, .. } => role.as_str(),
        }
    }

    /// Reads a part as it is written in the log.
    pub fn parse(role: &str, partner: Option<PartnerNumber>) -> Option<Self> {
        match role {
            "operator" => Some(Self::Operator),
            role => Some(Self::Member { role: Role::parse(role)?, partner }),
        }
    }
}

/// What `decide` adds to a posting: never a claim of the poster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Completed {
    /// The number of a submission: of a deliverable, or of an annual report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<u32>,
    /// The document of an annual report, as it was computed when it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportDigest>,
    /// The amount in euro of a lump sum or of the units of a unit cost, by the form in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// The lines of a claim that was assembled, in the order in which they were declared; the
    /// lines of the sample of a control.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<EventId>,
    /// What a submitted claim holds fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<FrozenClaim>,
}

/// What a claim holds fixed from its submission on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FrozenClaim {
    /// The application form in force on the day: its flat rates and its shares of the fund are the
    /// claim's.
    pub form: u32,
    /// Each line's euro, in the order in which the lines were declared.
    pub lines: Vec<FrozenLine>,
}

/// What a claim declares of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FrozenLine {
    pub line: EventId,
    pub euro: Cents,
    /// The rate behind it; none for a line in euro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<FrozenRate>,
}

/// A rate as it was on the day of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FrozenRate {
    pub currency: Currency,
    pub month: Month,
    /// Units of the currency for one euro.
    pub value: Rate,
}

/// What is kept of the document of an annual report: its hash tells whether the same document
/// comes of the same events later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportDigest {
    pub sha256: Sha256,
    /// How long the document is.
    pub bytes: u64,
    /// The Cairn that computed it: its version, and the name of its rules and folds.
    pub cairn: ShortText,
}

/// What was computed for a posting before it is decided on, because it takes the whole history:
/// it depends on the posting and on what was recorded long before, and on nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// The document of an annual report at the version that the posting names; none where no such
    /// version was known.
    pub report: Option<ReportDigest>,
}

impl Completed {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A warning as it stands in a recorded event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The rule's id; kept as text, so that an event of an older Cairn stays readable.
    pub rule: String,
    pub message: String,
}

/// An event as it was recorded: what the folds read.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub id: EventId,
    /// Number of the event in the whole log.
    pub position: u64,
    /// Number of the event in its project.
    pub version: u64,
    pub occurred_on: Date,
    pub recorded_at: Timestamp,
    pub actor: Actor,
    pub on_behalf_of: Option<OnBehalfOf>,
    pub event: Arc<Event>,
    pub completed: Completed,
}

impl Recorded {
    /// The partner whose act this is: the one acted for, otherwise the actor's own.
    pub fn partner(&self) -> Option<PartnerNumber> {
        match self.on_behalf_of {
            Some(OnBehalfOf::Partner(number)) => Some(number),
            Some(OnBehalfOf::Controller | OnBehalfOf::Programme) => None,
            None => self.actor.part.partner(),
        }
    }
}

/// What comes of a posting that is taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub completed: Completed,
    pub warnings: Vec<Finding>,
}

/// Why a posting is not taken. A refusal is a value, not a program error.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The caller is nobody here; that the project exists is not revealed.
    NotAMember,
    /// Not the caller's to do.
    Forbidden(Box<Finding>),
    /// Rules that block, all of them.
    Refused(Vec<Finding>),
}

impl Refusal {
    pub(crate) fn forbidden(rule: Rule, pointer: &str) -> Self {
        Self::Forbidden(Box::new(Finding::new(rule, pointer, rule.sentence())))
    }
}
