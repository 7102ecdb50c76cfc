//! What is computed for a posting before it waits for its turn, because it takes a whole history:
//! the document of an annual report. It never changes once its version is recorded, so that no turn
//! has to stop for it.

use std::sync::Arc;
use std::time::Duration;

use cairn_domain::policy;
use cairn_domain::posting::{Prepared, Refusal};
use cairn_domain::rule::Rule;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::queue::Failure;
use crate::annual_report::{self, Computed};
use crate::envelope::{By, Submission};
use crate::views::{FoldError, Ledger, Room, Rooms};

/// How long a posting over HTTP waits for a version that this process has not yet seen: others are
/// followed many times in it.
const VERSION_SEEN_WITHIN: Duration = Duration::from_millis(500);

/// Computes for each posting what it needs. What cannot be computed is left out, and the posting is
/// then refused by the rules.
pub async fn prepare(
    ledger: &Ledger,
    submissions: &mut [Submission],
    deadline: Instant,
) -> Result<(), Failure> {
    let reports = submissions.iter_mut().filter(|one| annual_report::shown(&one.posting).is_some());
    for submission in reports {
        let computed = timeout_at(deadline, computed(ledger, submission, deadline)).await;
        submission.report = match computed {
            Ok(Ok(computed)) => computed,
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "an annual report was not computed");
                return Err(Failure::Unavailable);
            }
            Err(_too_late) => return Err(Failure::Unavailable),
        };
    }
    Ok(())
}

/// Nothing for who may not hand in a report anyway, for a version that is not there, and for a
/// report that was recorded before.
async fn computed(
    ledger: &Ledger,
    submission: &Submission,
    deadline: Instant,
) -> Result<Option<Computed>, FoldError> {
    let restored = submission.restored.as_ref();
    let is_exported = restored.is_some_and(|restored| restored.exported.is_some());
    let Some(shows) = annual_report::shown(&submission.posting).filter(|_| !is_exported) else {
        return Ok(None);
    };
    // What an import names may still wait in the queue, its members as well as its versions.
    let deadline = if submission.imported {
        deadline
    } else if may_post(ledger, submission) {
        deadline.min(Instant::now() + VERSION_SEEN_WITHIN)
    } else {
        return Ok(None);
    };
    let key = submission.project.as_str();
    if shows.version == 0 || is_recorded(ledger, submission) {
        return Ok(None);
    }
    let Some(rooms) = ledger.seen_version(key, shows.version, deadline).await else {
        return Ok(None);
    };
    let Some(live) = rooms.get(key) else { return Ok(None) };
    let rows = ledger.log().read_project(key, shows.version - 1, 1).await?;
    let last_event = rows.first().ok_or(FoldError::Replaced)?.event_id;
    if live.version_of(last_event) != Some(shows.version) {
        return Err(FoldError::Replaced);
    }
    let document = annual_report::document(ledger, &rooms, live, shows).await?;
    Ok(Some(Computed { digest: document.digest, last_event }))
}

/// Whether it is worth the while: who may not post a report is told so by the writer.
fn may_post(ledger: &Ledger, submission: &Submission) -> bool {
    let rooms = ledger.snapshot();
    let Some(room) = rooms.get(submission.project.as_str()) else { return false };
    let (project, event_type) = (&room.project, submission.posting.event_type);
    let By::Member { subject, source } = &submission.by else { return false };
    let today = project.day_of(Timestamp::now());
    let actor = project.actor(subject, *source, today, event_type);
    actor.is_ok_and(|actor| policy::posts(actor.part, event_type))
}

fn is_recorded(ledger: &Ledger, submission: &Submission) -> bool {
    let rooms = ledger.snapshot();
    let room = rooms.get(submission.project.as_str());
    room.is_some_and(|room| room.version_of(submission.posting.id).is_some())
}

/// What was computed for a posting, on the state that it is decided on. Nothing where it was
/// computed of a log that was replaced since.
pub(super) fn prepared(room: &Arc<Room>, submission: &Submission) -> Option<Prepared> {
    let shows = annual_report::shown(&submission.posting);
    let Some((shows, computed)) = shows.zip(submission.report.as_ref()) else {
        return Some(Prepared::default());
    };
    let is_there = room.version_of(computed.last_event) == Some(shows.version);
    is_there.then(|| Prepared { report: Some(computed.digest.clone()) })
}

/// Whether a report was refused only because this process saw its version too late to compute
/// anything: it was recorded before this turn. Sent again, it is taken.
pub(super) fn is_late(refusal: &Refusal, submission: &Submission, recorded: &Rooms) -> bool {
    let Refusal::Refused(findings) = refusal else { return false };
    let unknown = findings.iter().any(|finding| finding.rule == Rule::ReportVersionUnknown);
    let shows = annual_report::shown(&submission.posting).filter(|shows| shows.version > 0);
    let room = recorded.get(submission.project.as_str());
    let seen = shows.zip(room).is_some_and(|(shows, room)| shows.version <= room.project.version);
    unknown && seen && submission.report.is_none()
}

#[cfg(test)]
mod tests;
