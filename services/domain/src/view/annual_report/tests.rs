//! Where reports stand, and whose turn it is.

use jiff::civil::Date;
use serde_json::json;

use super::{AnnualReports, ReportReading, Turn};
use crate::given::{Given, Post, en, evidence};
use crate::posting::{OnBehalfOf, Prepared, ReportDigest};
use crate::project::delivery::annual_report::ReportStatus;

fn given() -> Given {
    let report = ReportDigest {
        sha256: "ab".repeat(32).parse().unwrap(),
        bytes: 1_000,
        cairn: "0.1.0".parse().unwrap(),
    };
    Given { prepared: Prepared { report: Some(report) }, ..Given::project() }
}

fn view(given: &Given) -> AnnualReports {
    let mut view = AnnualReports::default();
    given.history.iter().for_each(|recorded| view.apply(recorded));
    view
}

fn submitted(day: &'static str, id: u128) -> Post {
    let data = json!({ "number": 1, "from": "2024-12-01", "to": "2025-11-30", "version": 10,
        "summary": en("A good year") });
    Post::new("haskovo", "annual_report.submitted", day, data).id(id)
}

fn asked(day: &'static str, due: &str, id: u128) -> Post {
    let data = json!({ "number": 1, "text": en("Why so late?"), "due": due,
        "evidence": evidence() });
    let post = Post::new("haskovo", "annual_report.clarification_requested", day, data).id(id);
    post.on_behalf_of(OnBehalfOf::Programme, "by letter")
}

/// Status, whose turn it is, for how many days, and until when.
type Standing = (ReportStatus, Turn, Option<u32>, Option<Date>);

#[track_caller]
fn check(given: &Given, today: &str, wanted: Standing) {
    let view = view(given);
    let reports = view.reports(&given.project, today.parse().unwrap());
    let [report]: &[ReportReading<'_>] = &reports else { panic!("{reports:?}") };
    let found = (report.status, report.turn, report.waiting_days, report.due);
    assert_eq!(found, wanted, "{today}");
}

#[test]
fn the_turn_goes_from_the_programme_to_the_lead_and_back() {
    let mut given = given();
    assert!(view(&given).reports(&given.project, "2026-01-01".parse().unwrap()).is_empty());
    given.accept(&submitted("2026-01-10", 1));
    let waits = |days| (ReportStatus::Submitted, Turn::Programme, Some(days), None);
    check(&given, "2026-01-10", waits(0));
    check(&given, "2026-02-01", waits(22));
    given.accept(&asked("2026-02-02", "2026-02-20", 2));
    let due = Some("2026-02-20".parse().unwrap());
    let asked = |days| (ReportStatus::ClarificationRequested, Turn::Lead, Some(days), due);
    check(&given, "2026-02-05", asked(3));
    given.accept(&submitted("2026-02-10", 3));
    check(&given, "2026-02-12", waits(2));
    let approved = json!({ "number": 1, "remark": en("Well told"), "evidence": evidence() });
    given.accept(&Post::new("haskovo", "annual_report.approved", "2026-03-01", approved).id(4));
    check(&given, "2026-06-01", (ReportStatus::Approved, Turn::Nobody, None, None));
}

#[test]
fn every_submission_keeps_what_was_said_of_it() {
    let mut given = given();
    given.accept(&submitted("2026-01-10", 1));
    given.accept(&asked("2026-02-02", "2026-02-20", 2));
    given.accept(&submitted("2026-02-10", 3));
    let view = view(&given);
    let reports = view.reports(&given.project, "2026-03-01".parse().unwrap());
    let [first, second] = &reports[0].submissions[..] else { panic!("{reports:?}") };
    assert_eq!((first.submission, second.submission), (1, 2));
    assert_eq!(first.summary.unwrap().original(), "A good year");
    assert_eq!(first.digest, given.prepared.report.as_ref());
    assert_eq!(first.clarifications[0].text.unwrap().original(), "Why so late?");
    assert!(first.clarifications[0].said.by_lead);
    assert!(second.clarifications.is_empty());
}
