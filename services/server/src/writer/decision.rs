//! One turn's decisions: each posting in its order, on a fork that carries what was accepted
//! before it.

use std::sync::Arc;

use cairn_domain::decide::decide;
use cairn_domain::event::EventType;
use cairn_domain::event::plan::PlanType;
use cairn_domain::ids::{EventId, ProjectKey};
use cairn_domain::posting::{
    Actor, Completed, Decision, Part, Prepared, Recorded, Refusal, Warning,
};
use cairn_domain::project::Project;
use cairn_domain::rule::{Finding, Rule};
use cairn_store::{EventRow, Log, NewEvent};
use jiff::Timestamp;
use serde_json::Value;

use super::{Failure, preparing};
use crate::envelope::{By, Restored, Submission};
use crate::record;
use crate::views::{Room, Rooms};

/// What a poster gets for a recorded event, the first time and every time after.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub id: EventId,
    pub project: ProjectKey,
    pub position: u64,
    pub version: u64,
    pub recorded_at: Timestamp,
    pub leaf_hash: [u8; 32],
    pub warnings: Vec<Warning>,
    /// Where in the event each of them is; nothing where the event had been recorded before.
    pub warned_at: Vec<String>,
    /// Whether the event had been recorded before.
    pub repeated: bool,
    /// Rules that would refuse a restored event today.
    pub refused_today: Vec<Finding>,
}

/// Why a posting was not taken.
#[derive(Clone, Debug)]
pub enum Rejected {
    /// By the domain.
    Refusal(Refusal),
    /// By what is recorded under its id or before it.
    Conflict(Conflict),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The id belongs to an event with other content.
    IdTaken,
    /// A restored event lies before the project's last one or after now.
    RecordedOutOfOrder,
}

/// What is decided of a posting that is new.
struct Verdict {
    actor: Actor,
    recorded_at: Timestamp,
    decision: Decision,
    refused_today: Vec<Finding>,
}

/// The state of a turn in the making.
pub(super) struct Draft {
    pub(super) rooms: Rooms,
    pub(super) rows: Vec<EventRow>,
    /// Whether the log did not answer, so that it is not asked again in this turn: each time may
    /// take seconds.
    pub(super) cannot_read: bool,
    /// What was recorded before this turn.
    recorded: Rooms,
    now: Timestamp,
}

impl Draft {
    pub(super) fn new(rooms: Rooms, now: Timestamp) -> Self {
        let (recorded, now) = (rooms.clone(), whole_microseconds(now));
        Self { rooms, rows: Vec::new(), cannot_read: false, recorded, now }
    }

    /// Decides a posting or a whole batch. What is refused leaves no trace.
    pub(super) async fn take(
        &mut self,
        log: &dyn Log,
        submissions: &[Submission],
    ) -> Result<Vec<Receipt>, Failure> {
        let before = (submissions.len() > 1).then(|| (self.rooms.clone(), self.rows.len()));
        let mut receipts = Vec::with_capacity(submissions.len());
        for (index, submission) in submissions.iter().enumerate() {
            match self.take_one(log, submission).await {
                Ok(receipt) => receipts.push(receipt),
                Err(failure) => {
                    if let Some((rooms, rows)) = before {
                        self.rooms = rooms;
                        self.rows.truncate(rows);
                    }
                    return Err(failure.at(index));
                }
            }
        }
        Ok(receipts)
    }

    async fn take_one(
        &mut self,
        log: &dyn Log,
        submission: &Submission,
    ) -> Result<Receipt, TakeError> {
        let room = self.rooms.get(submission.project.as_str());
        let nothing = || Arc::new(Room::new(submission.project.clone()));
        let room = room.cloned().unwrap_or_else(nothing);
        let known = room.version_of(submission.posting.id);
        // Who can open the database may know what is in it, also after a membership ended.
        let judged = actor(&room.project, submission, self.now);
        let actor = match known {
            Some(version) if submission.imported || judged != Err(Refusal::NotAMember) => {
                let row = self.find(log, submission, version).await?;
                return repeat(&row, submission);
            }
            Some(_) | None => judged?,
        };
        let prepared = preparing::prepared(&room, submission).ok_or(TakeError::Unavailable)?;
        let verdict = verdict(&room.project, submission, &prepared, actor, self.now);
        let verdict = match verdict {
            Err(TakeError::Rejected(Rejected::Refusal(refusal)))
                if preparing::is_late(&refusal, submission, &self.recorded) =>
            {
                return Err(TakeError::Unavailable);
            }
            other => other?,
        };
        drop(room);
        Ok(self.record(submission, verdict))
    }

    /// The row of an event that is recorded, or accepted earlier in this turn.
    async fn find(
        &mut self,
        log: &dyn Log,
        submission: &Submission,
        version: u64,
    ) -> Result<EventRow, TakeError> {
        let project = submission.project.as_str();
        let in_turn = self.rows.iter().find(|row| row.project == project && row.version == version);
        if let Some(row) = in_turn {
            return Ok(row.clone());
        }
        let rows = log.read_project(project, version - 1, 1).await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "a first answer was not read");
            self.cannot_read = true;
            TakeError::Unavailable
        })?;
        rows.into_iter().next().ok_or(TakeError::Unavailable)
    }

    fn record(&mut self, submission: &Submission, verdict: Verdict) -> Receipt {
        let posting = &submission.posting;
        let project = submission.project.as_str();
        let version = self.rooms.get(project).map_or(0, |room| room.project.version) + 1;
        let findings = verdict.decision.warnings.into_iter();
        let (warnings, warned_at): (Vec<Warning>, Vec<String>) = findings.map(warning).unzip();
        let exported = submission.restored.as_ref().and_then(|r| r.exported.as_ref());
        let (completed_json, warnings_json) = match exported {
            Some(exported) => (exported.completed.clone(), exported.warnings.clone()),
            None => (record::completed_json(&verdict.decision.completed), warnings_json(&warnings)),
        };
        let row = self.rooms.seal(NewEvent {
            project: project.to_owned(),
            version,
            event_id: posting.id,
            event_type: posting.event_type.as_str().to_owned(),
            schema_version: posting.schema_version,
            occurred_on: posting.occurred_on.to_string(),
            recorded_at_us: verdict.recorded_at.as_microsecond(),
            actor_subject: verdict.actor.subject.as_str().to_owned(),
            actor_partner: verdict.actor.part.partner(),
            actor_role: verdict.actor.part.as_str().to_owned(),
            payload: record::payload(posting, &submission.data, completed_json, warnings_json),
            digest: submission.digest,
        });
        let event = posting.event.clone().expect("`decide` takes no event whose data is malformed");
        let recorded = Recorded {
            id: posting.id,
            position: row.position,
            version,
            occurred_on: posting.occurred_on,
            recorded_at: verdict.recorded_at,
            actor: verdict.actor,
            on_behalf_of: posting.on_behalf_of,
            event,
            completed: verdict.decision.completed,
        };
        self.rooms.fold(&submission.project, &recorded);
        let receipt = Receipt {
            id: posting.id,
            project: submission.project.clone(),
            position: row.position,
            version,
            recorded_at: verdict.recorded_at,
            leaf_hash: row.leaf_hash,
            warnings,
            warned_at,
            repeated: false,
            refused_today: verdict.refused_today,
        };
        self.rows.push(row);
        receipt
    }
}

/// Judges postings on a state without recording them: the dry run. It is no promise.
pub async fn dry_run(
    rooms: &Rooms,
    log: &dyn Log,
    submissions: &[Submission],
) -> Result<Vec<Receipt>, Failure> {
    Draft::new(rooms.clone(), Timestamp::now()).take(log, submissions).await
}

/// Judges several postings, each on its own, on a state that carries those before it which would
/// be taken. Nothing is recorded.
pub async fn dry_run_each(
    rooms: &Rooms,
    log: &dyn Log,
    postings: &[Vec<Submission>],
) -> Vec<Result<Vec<Receipt>, Failure>> {
    let mut draft = Draft::new(rooms.clone(), Timestamp::now());
    let mut judged = Vec::with_capacity(postings.len());
    for submissions in postings {
        judged.push(draft.take(log, submissions).await);
        // Others on this thread get their turn in between.
        tokio::task::yield_now().await;
    }
    judged
}

/// In which part the poster acts. An exported event keeps the part that it was recorded with.
fn actor(project: &Project, submission: &Submission, now: Timestamp) -> Result<Actor, Refusal> {
    let restored = submission.restored.as_ref();
    let exported = restored.and_then(|restored| restored.exported.as_ref());
    let (subject, source) = match &submission.by {
        By::Operator { subject } => {
            return Ok(Actor { subject: subject.clone(), part: Part::Operator });
        }
        By::Member { subject, source } => (subject, *source),
    };
    if let Some(exported) = exported {
        return Ok(Actor { subject: subject.clone(), part: exported.part });
    }
    let today = project.day_of(restored.map_or(now, |restored| restored.recorded_at));
    let actor = project.actor(subject, source, today, submission.posting.event_type);
    let registers = submission.posting.event_type == EventType::Plan(PlanType::ProjectRegistered);
    match actor {
        // Whoever tries to register a project is told how one begins, whether it is there or not.
        Err(Refusal::NotAMember) if registers => {
            let rule = Rule::ProjectBeginsByImport;
            Err(Refusal::Forbidden(Box::new(Finding::new(rule, "/type", rule.sentence()))))
        }
        other => other,
    }
}

fn verdict(
    project: &Project,
    submission: &Submission,
    prepared: &Prepared,
    actor: Actor,
    now: Timestamp,
) -> Result<Verdict, TakeError> {
    let posting = &submission.posting;
    let Some(restored) = &submission.restored else {
        let decision = decide(project, posting, prepared, &actor, now)?;
        let recorded_at = project.last_recorded_at.map_or(now, |last| last.max(now));
        return Ok(Verdict { actor, recorded_at, decision, refused_today: Vec::new() });
    };
    let recorded_at = whole_microseconds(restored.recorded_at);
    if recorded_at > now || project.last_recorded_at.is_some_and(|last| recorded_at < last) {
        return Err(TakeError::Rejected(Rejected::Conflict(Conflict::RecordedOutOfOrder)));
    }
    restore(project, submission, restored, prepared, actor, recorded_at)
}

/// What today's rules would refuse of an exported event is restored and reported, never dropped.
/// Data that cannot be read at all cannot be folded, and is refused.
fn restore(
    project: &Project,
    submission: &Submission,
    restored: &Restored,
    prepared: &Prepared,
    actor: Actor,
    recorded_at: Timestamp,
) -> Result<Verdict, TakeError> {
    let completed = restored.exported.as_ref().and_then(|e| e.completed.clone());
    let completed = completed.and_then(|json| serde_json::from_value(json).ok());
    let completed: Completed = completed.unwrap_or_default();
    // What was computed when the event was recorded is kept, and not computed anew.
    let kept = Prepared { report: completed.report.clone() };
    let prepared = if restored.exported.is_some() { &kept } else { prepared };
    let decided = decide(project, &submission.posting, prepared, &actor, recorded_at);
    let refused_today = match decided {
        Ok(decision) if restored.exported.is_none() => {
            return Ok(Verdict { actor, recorded_at, decision, refused_today: Vec::new() });
        }
        Err(refusal) if submission.posting.event.is_err() || restored.exported.is_none() => {
            return Err(refusal.into());
        }
        Ok(_) | Err(Refusal::NotAMember) => Vec::new(),
        Err(Refusal::Forbidden(finding)) => vec![*finding],
        Err(Refusal::Refused(findings)) => findings,
    };
    let decision = Decision { completed, warnings: Vec::new() };
    Ok(Verdict { actor, recorded_at, decision, refused_today })
}

/// The first answer again, if the content is the same.
fn repeat(row: &EventRow, submission: &Submission) -> Result<Receipt, TakeError> {
    if row.digest != submission.digest {
        return Err(TakeError::Rejected(Rejected::Conflict(Conflict::IdTaken)));
    }
    let read = || Some((record::recorded_at(row).ok()?, record::warnings(row).ok()?));
    let (recorded_at, warnings) = read().ok_or(TakeError::Unavailable)?;
    Ok(Receipt {
        id: row.event_id,
        project: submission.project.clone(),
        position: row.position,
        version: row.version,
        recorded_at,
        leaf_hash: row.leaf_hash,
        warnings,
        warned_at: Vec::new(),
        repeated: true,
        refused_today: Vec::new(),
    })
}

enum TakeError {
    Rejected(Rejected),
    Unavailable,
}

impl TakeError {
    fn at(self, index: usize) -> Failure {
        match self {
            Self::Rejected(rejected) => Failure::Rejected { index, rejected },
            Self::Unavailable => Failure::Unavailable,
        }
    }
}

impl From<Refusal> for TakeError {
    fn from(refusal: Refusal) -> Self {
        Self::Rejected(Rejected::Refusal(refusal))
    }
}

/// A warning as it is recorded, and where it is.
fn warning(finding: Finding) -> (Warning, String) {
    let warning = Warning { rule: finding.rule.id().to_owned(), message: finding.message };
    (warning, finding.pointer)
}

fn warnings_json(warnings: &[Warning]) -> Option<Value> {
    let json = || serde_json::to_value(warnings).expect("a warning has string keys only");
    (!warnings.is_empty()).then(json)
}

fn whole_microseconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond())
        .expect("the microseconds of an instant are an instant")
}
