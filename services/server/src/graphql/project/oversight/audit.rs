//! An audit, and what it found.

use async_graphql::{Enum, SimpleObject};
use cairn_domain::event::finance::audit;
use cairn_domain::view::oversight::audit as view;

use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::statement::Statement;
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// Who audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::AuditBody")]
pub enum AuditBody {
    AuditAuthority,
    ManagingAuthority,
    Commission,
    CourtOfAuditors,
    AntiFraudOffice,
    NationalAuthority,
    Other,
}

/// Where an audit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AuditStatus {
    /// Findings may follow.
    Open,
    /// It is done.
    Closed,
}

/// An audit of the project.
#[derive(Clone, Debug, SimpleObject)]
pub struct Audit {
    #[graphql(flatten)]
    pub statement: Statement,
    /// The reference of the body that audits.
    pub reference: String,
    /// Who audits.
    pub body: AuditBody,
    /// What is looked at.
    pub scope: LocalizedText,
    /// First day on the spot, where it is known.
    pub from: Option<Date>,
    /// Last day on the spot, where it is known.
    pub to: Option<Date>,
    /// Where it stands.
    pub status: AuditStatus,
    /// The findings that the caller may read, in the order in which they were recorded: those about
    /// lines of its partner, and all to who sees everything.
    pub findings: Vec<AuditFinding>,
    /// How it was closed.
    pub closed: Option<AuditClosing>,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

/// What an audit found.
#[derive(Clone, Debug, SimpleObject)]
pub struct AuditFinding {
    #[graphql(flatten)]
    pub statement: Statement,
    /// The number in the report of the audit.
    pub number: String,
    /// Number of the partner of its lines; null where it is about no line.
    pub partner: Option<u32>,
    /// Event ids of the lines that it is about.
    pub lines: Vec<String>,
    /// Code of the typology of errors, such as `2.1`.
    pub typology: Option<String>,
    /// What was found.
    pub text: LocalizedText,
    /// What is at stake, in euro.
    pub amount: Option<Decimal>,
    /// The day by which an answer is due.
    pub due: Option<Date>,
    /// The documents of the finding.
    pub evidence: Option<Vec<Evidence>>,
}

/// How an audit was closed.
#[derive(Clone, Debug, SimpleObject)]
pub struct AuditClosing {
    #[graphql(flatten)]
    pub statement: Statement,
    /// What came of it.
    pub conclusion: LocalizedText,
    /// Null to those who may not see the partner's documents.
    pub evidence: Option<Vec<Evidence>>,
}

impl Audit {
    pub(super) fn of(reading: &Reading, one: &view::Audit) -> Self {
        let (data, recorder) = (&one.data, one.entry.organisation.partner());
        let may_read =
            |finding: &&view::AuditFinding| reading.reader.sees_lines_of(finding.partner);
        let findings = one.findings.iter().map(|finding| &**finding).filter(may_read);
        let closing = one.closing.as_deref().map(|closing| AuditClosing {
            statement: Statement::of(reading, &closing.entry),
            conclusion: LocalizedText(closing.data.conclusion.clone()),
            evidence: reading.evidence_of(recorder, &closing.data.evidence),
        });
        Self {
            statement: Statement::of(reading, &one.entry),
            reference: data.reference.to_string(),
            body: data.body.into(),
            scope: LocalizedText(data.scope.clone()),
            from: data.from.map(Date),
            to: data.to.map(Date),
            status: if one.is_open() { AuditStatus::Open } else { AuditStatus::Closed },
            findings: findings.map(|finding| AuditFinding::of(reading, finding)).collect(),
            closed: closing,
            evidence: reading.evidence_of(recorder, &data.evidence),
        }
    }
}

impl AuditFinding {
    fn of(reading: &Reading, finding: &view::AuditFinding) -> Self {
        let data = &finding.data;
        Self {
            statement: Statement::of(reading, &finding.entry),
            number: data.number.to_string(),
            partner: finding.partner,
            lines: data.lines.iter().map(ToString::to_string).collect(),
            typology: data.typology.map(|code| code.to_string()),
            text: LocalizedText(data.text.clone()),
            amount: data.amount.map(Decimal),
            due: data.due.map(Date),
            evidence: reading.evidence_of(finding.partner, &data.evidence),
        }
    }
}
