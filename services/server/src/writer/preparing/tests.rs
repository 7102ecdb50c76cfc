use serde_json::{Value, json};

use super::*;
use crate::envelope;
use crate::given::{CareGet, LEAD, SIENA};
use crate::writer::{Rejected, dry_run};

/// A report of the first year, posted over HTTP.
fn posted(subject: &str, version: u64) -> Submission {
    let event = json!({ "id": "0197d000-0000-7000-8000-000000000001",
        "type": "annual_report.submitted", "occurredon": "2026-11-20",
        "data": { "number": 1, "from": "2024-12-01", "to": "2025-11-30", "version": version } });
    envelope::read_posted(event, &"care-get".parse().unwrap(), &subject.parse().unwrap()).unwrap()
}

async fn prepared(given: &CareGet, mut submission: Submission) -> Submission {
    let deadline = Instant::now() + Duration::from_secs(10);
    prepare(&given.ledger, std::slice::from_mut(&mut submission), deadline).await.unwrap();
    submission
}

/// What comes of a submission: nothing where it is taken.
async fn fault(given: &CareGet, submission: Submission) -> Option<String> {
    let rooms = given.ledger.snapshot();
    match dry_run(&rooms, given.ledger.log(), &[submission]).await {
        Ok(_) => None,
        Err(Failure::Rejected { rejected: Rejected::Refusal(refusal), .. }) => {
            Some(match refusal {
                Refusal::NotAMember => "not_a_member".to_owned(),
                Refusal::Forbidden(finding) => finding.rule.id().to_owned(),
                Refusal::Refused(findings) => findings[0].rule.id().to_owned(),
            })
        }
        Err(failure) => Some(format!("{failure:?}")),
    }
}

#[tokio::test]
async fn who_may_not_hand_in_a_report_has_none_computed() {
    let given = CareGet::first_years().await;
    assert!(prepared(&given, posted(LEAD, 150)).await.report.is_some());
    for (subject, wanted) in [(SIENA, "role_may_not_post"), ("stranger", "not_a_member")] {
        let submission = prepared(&given, posted(subject, 150)).await;
        assert!(submission.report.is_none(), "{subject}");
        assert_eq!(fault(&given, submission).await.as_deref(), Some(wanted));
    }
}

#[tokio::test]
async fn the_newest_version_needs_no_fold_and_gives_what_a_fold_gives() {
    let given = CareGet::first_years().await;
    let rooms = given.ledger.snapshot();
    let live = rooms.get("care-get").unwrap();
    let newest = live.project.version;
    let at_once = prepared(&given, posted(LEAD, newest)).await.report.unwrap();
    let window = crate::views::past::Window { version: Some(newest), until: None };
    let (log, key) = (given.ledger.log(), &live.project.key);
    let folded = Arc::new(crate::views::past::fold(log, key, newest, window).await.unwrap());
    let shows = annual_report::shown(&posted(LEAD, newest).posting).unwrap();
    let again = annual_report::document(&given.ledger, &rooms, &folded, shows).await.unwrap();
    assert_eq!(at_once.digest, again.digest);
}

#[tokio::test]
async fn a_version_that_was_seen_too_late_is_to_be_sent_again() {
    let given = CareGet::first_years().await;
    assert_eq!(fault(&given, posted(LEAD, 150)).await.as_deref(), Some("Unavailable"));
    assert_eq!(fault(&given, prepared(&given, posted(LEAD, 150)).await).await, None);
    let unknown = fault(&given, posted(LEAD, 100_000)).await;
    assert_eq!(unknown.as_deref(), Some("report_version_unknown"));
}

#[tokio::test]
async fn what_was_computed_of_another_log_is_not_recorded() {
    let given = CareGet::first_years().await;
    let mut submission = prepared(&given, posted(LEAD, 150)).await;
    let computed = submission.report.as_mut().unwrap();
    computed.last_event = uuid::Uuid::nil();
    assert_eq!(fault(&given, submission).await.as_deref(), Some("Unavailable"));
}

#[tokio::test]
async fn other_events_are_left_as_they_are() {
    let given = CareGet::first_years().await;
    let event = json!({ "id": "0197d000-0000-7000-8000-000000000002",
        "type": "activity.progress_reported", "occurredon": "2026-11-20",
        "data": { "code": "A 2.1" } });
    let read = |event: Value| {
        envelope::read_posted(event, &"care-get".parse().unwrap(), &LEAD.parse().unwrap()).unwrap()
    };
    assert!(prepared(&given, read(event)).await.report.is_none());
}
