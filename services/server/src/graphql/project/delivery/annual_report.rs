//! Annual progress reports: every member sees number, dates and status; what a report says is for
//! those who may see the amounts of every partner.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Json, Result, SimpleObject};
use cairn_domain::project::delivery::annual_report::{ReportStatus, Shown};
use cairn_domain::view::annual_report::{self as view, ReportReading, SubmissionReading};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::annual_report::{self, Document};
use crate::graphql::Question;
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Instant, LocalizedText};

/// Where an annual report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ReportStatus")]
pub enum AnnualReportStatus {
    /// Handed in; the programme has not answered yet.
    Submitted,
    ClarificationRequested,
    Approved,
}

/// Who has to act next for an annual report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "view::Turn")]
pub enum AnnualReportTurn {
    /// The programme: to approve the report or to ask about it.
    Programme,
    /// The lead partner: to hand it in again.
    Lead,
    Nobody,
}

/// An annual progress report.
#[derive(Clone, SimpleObject)]
pub struct AnnualReport {
    /// Counts from 1 in the project.
    pub number: u32,
    /// Where it stands.
    pub status: AnnualReportStatus,
    /// Who has to act next.
    pub who_must_act: AnnualReportTurn,
    /// Days since that one's turn began; null once the report is approved.
    pub days_waiting: Option<u32>,
    /// The day by which the clarification that is asked for is due, where one was named.
    pub due: Option<Date>,
    /// In the order in which they were recorded.
    pub submissions: Vec<AnnualReportSubmission>,
    /// What the programme said at last.
    pub approved: Option<AnnualReportApproval>,
}

/// A submission of an annual report.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct AnnualReportSubmission {
    /// Counts from 1 in each report.
    pub submission: u32,
    /// Opaque id of the event, for `node`.
    pub event: ID,
    /// What the event is named by in postings.
    pub event_id: String,
    /// The day on which it was handed in.
    pub occurred_on: Date,
    /// When the log took it.
    pub recorded_at: Instant,
    /// The version of the project that the report shows.
    pub version: u64,
    /// First day of the period.
    pub from: Date,
    /// Last day of the period; lateness in the document is that of this day.
    pub to: Date,
    /// What the lead partner said of the year. Null to who may not see the amounts of every
    /// partner.
    pub summary: Option<LocalizedText>,
    /// The SHA-256 of the document as it was recorded when the report was handed in, in
    /// hexadecimal. Null to who may not see the amounts of every partner.
    pub sha256: Option<String>,
    /// Bytes of that document.
    pub bytes: Option<u64>,
    /// The Cairn that computed that document: its version, and the name of its rules and folds.
    pub computed_by: Option<String>,
    /// What the programme asked about it, in the order in which it was recorded.
    pub clarifications: Vec<AnnualReportClarification>,
    #[graphql(skip)]
    shows: Shown,
    #[graphql(skip)]
    reading: Arc<Reading>,
    #[graphql(skip)]
    document: Arc<OnceCell<Document>>,
}

/// The programme asked about a submission.
#[derive(Clone, Debug, SimpleObject)]
pub struct AnnualReportClarification {
    /// The day on which it was asked for.
    pub on: Date,
    /// The day by which the report is to be handed in again.
    pub due: Option<Date>,
    /// What is to be made clear. Null to who may not see the amounts of every partner.
    pub text: Option<LocalizedText>,
    /// Whether the lead partner recorded it on behalf of the programme.
    pub recorded_by_lead: bool,
}

/// The programme approved a report.
#[derive(Clone, Debug, SimpleObject)]
pub struct AnnualReportApproval {
    /// The day of the approval.
    pub on: Date,
    /// Null to who may not see the amounts of every partner.
    pub remark: Option<LocalizedText>,
    /// Whether the lead partner recorded it on behalf of the programme.
    pub recorded_by_lead: bool,
}

/// Computed for who asks: the first of these fields that is asked for folds the project up to the
/// version of the report. They are null to who may not see the amounts of every partner.
#[ComplexObject]
impl AnnualReportSubmission {
    /// The SHA-256 of the document as it is computed now.
    async fn sha256_now(&self, context: &Context<'_>) -> Option<Result<String>> {
        let document = self.document(context).await?;
        Some(document.map(|document| document.digest.sha256.to_string()))
    }

    /// Whether the document that is computed now is the one that was handed in, byte for byte.
    async fn same(&self, context: &Context<'_>) -> Option<Result<bool>> {
        let document = self.document(context).await?;
        let is_same = |now: &Document| self.sha256 == Some(now.digest.sha256.to_string());
        Some(document.map(is_same))
    }

    /// The document as it is computed now: canonical JSON, whose UTF-8 bytes are what is hashed.
    #[graphql(name = "document")]
    async fn document_text(&self, context: &Context<'_>) -> Option<Result<String>> {
        let document = self.document(context).await?;
        Some(document.map(|document| document.text.to_string()))
    }

    /// The part of the document that tells what changed since the report before. Null in the first
    /// report.
    async fn changes_since_last(&self, context: &Context<'_>) -> Option<Result<Json<Value>>> {
        let document = self.document(context).await?;
        let changes = document.map(|document| document.json["changes"].clone());
        changes.map(|changes| Some(changes).filter(|c| !c.is_null()).map(Json)).transpose()
    }
}

impl AnnualReportSubmission {
    async fn document(&self, context: &Context<'_>) -> Option<Result<&Document>> {
        if !self.reading.reader.sees_amounts() {
            return None;
        }
        let question = context.data_unchecked::<Question>();
        let (ledger, rooms, live) = (&question.ledger, &question.rooms, &self.reading.live);
        let compute = || annual_report::document(ledger, rooms, live, self.shows);
        Some(self.document.get_or_try_init(compute).await.map_err(Into::into))
    }

    fn of(reading: &Arc<Reading>, item: &SubmissionReading<'_>) -> Self {
        let whole = reading.reader.sees_amounts();
        let digest = item.digest.filter(|_| whole);
        let clarifications = item.clarifications.iter();
        let clarifications = clarifications.map(|asked| AnnualReportClarification {
            on: Date(asked.said.on),
            due: asked.due.map(Date),
            text: asked.text.filter(|_| whole).cloned().map(LocalizedText),
            recorded_by_lead: asked.said.by_lead,
        });
        Self {
            submission: item.submission,
            event: reading.event_id(item.event_id),
            event_id: item.event_id.to_string(),
            occurred_on: Date(item.occurred_on),
            recorded_at: Instant(item.recorded_at),
            version: item.shows.version,
            from: Date(item.shows.from),
            to: Date(item.shows.to),
            summary: item.summary.filter(|_| whole).cloned().map(LocalizedText),
            sha256: digest.map(|digest| digest.sha256.to_string()),
            bytes: digest.map(|digest| digest.bytes),
            computed_by: digest.map(|digest| digest.cairn.as_str().to_owned()),
            clarifications: clarifications.collect(),
            shows: item.shows,
            reading: Arc::clone(reading),
            document: Arc::default(),
        }
    }
}

impl AnnualReport {
    pub fn of(reading: &Arc<Reading>, item: &ReportReading<'_>) -> Self {
        let whole = reading.reader.sees_amounts();
        let submissions = item.submissions.iter();
        Self {
            number: item.number,
            status: item.status.into(),
            who_must_act: item.turn.into(),
            days_waiting: item.waiting_days,
            due: item.due.map(Date),
            submissions: submissions.map(|one| AnnualReportSubmission::of(reading, one)).collect(),
            approved: item.approved.as_ref().map(|approved| AnnualReportApproval {
                on: Date(approved.said.on),
                remark: approved.remark.filter(|_| whole).cloned().map(LocalizedText),
                recorded_by_lead: approved.said.by_lead,
            }),
        }
    }
}
