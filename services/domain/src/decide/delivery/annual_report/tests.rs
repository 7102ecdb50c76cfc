//! What is taken of annual reports, and what is not.

use serde_json::{Value, json};

use crate::given::{Given, Post, en, evidence};
use crate::posting::{OnBehalfOf, Prepared, ReportDigest};
use crate::project::delivery::annual_report::ReportStatus;

const LATE: &str = "2026-06-30";

/// The project, and a document that was computed for whichever version a report names.
fn given() -> Given {
    let report = ReportDigest {
        sha256: "ab".repeat(32).parse().unwrap(),
        bytes: 1_000,
        cairn: "0.1.0".parse().unwrap(),
    };
    Given { prepared: Prepared { report: Some(report) }, ..Given::project() }
}

fn report(number: u32, from: &str, to: &str, version: u64) -> Post {
    let data = json!({ "number": number, "from": from, "to": to, "version": version });
    Post::new("haskovo", "annual_report.submitted", LATE, data)
}

fn first() -> Post {
    report(1, "2024-12-01", "2025-11-30", 10)
}

fn asked(number: u32) -> Post {
    let data = json!({ "number": number, "text": en("Why so late?"), "evidence": evidence() });
    Post::new("haskovo", "annual_report.clarification_requested", LATE, data)
}

fn approved(number: u32) -> Post {
    let data = json!({ "number": number, "evidence": evidence() });
    Post::new("haskovo", "annual_report.approved", LATE, data)
}

fn with(mut post: Post, name: &str, value: Value) -> Post {
    post.data[name] = value;
    post
}

fn status(given: &Given, number: u32) -> Option<ReportStatus> {
    given.project.delivery.annual_reports.report(number)?.status()
}

#[test]
fn keeps_the_hash_that_was_computed_for_it_and_counts_the_submission() {
    let mut given = given();
    let decision = given.post(&first()).unwrap();
    assert_eq!(decision.completed.submission, Some(1));
    assert_eq!(decision.completed.report, given.prepared.report);
    assert_eq!(status(&given, 1), Some(ReportStatus::Submitted));
}

#[test]
fn is_handed_in_again_after_a_clarification_and_not_before() {
    let mut given = given();
    given.accept(&first());
    assert_eq!(given.refuse(&first()), ["report_waits"]);
    given.accept(&asked(1));
    assert_eq!(status(&given, 1), Some(ReportStatus::ClarificationRequested));
    let again = given.post(&with(first(), "version", json!(12))).unwrap();
    assert_eq!(again.completed.submission, Some(2));
    assert_eq!(status(&given, 1), Some(ReportStatus::Submitted));
}

#[test]
fn an_approved_report_takes_no_further_event() {
    let mut given = given();
    given.accept(&first());
    given.accept(&approved(1));
    assert_eq!(status(&given, 1), Some(ReportStatus::Approved));
    for post in [first(), asked(1), approved(1)] {
        assert_eq!(given.refuse(&post), ["report_approved_already"], "{post:?}");
    }
    given.accept(&report(2, "2025-12-01", "2026-06-01", 11));
}

#[test]
fn what_was_not_handed_in_is_neither_asked_about_nor_approved() {
    let mut given = given();
    assert_eq!(given.refuse(&asked(1)), ["report_not_submitted"]);
    assert_eq!(given.refuse(&approved(1)), ["report_not_submitted"]);
}

#[test]
fn one_clarification_is_open_at_a_time_and_an_approval_ends_it() {
    let mut given = given();
    given.accept(&first());
    given.accept(&asked(1));
    assert_eq!(given.refuse(&asked(1)), ["clarification_open"]);
    given.accept(&approved(1));
}

#[test]
fn a_project_has_at_most_one_report_for_each_of_its_calendar_years() {
    let mut given = given();
    let day = "2026-06-01";
    // 2024 to 2028.
    for number in [0, 6, 99, u32::MAX] {
        let found = given.refuse(&report(number, day, day, 10));
        assert_eq!(found, ["report_number_unfit"], "{number}");
    }
    for (number, day) in (1..=5).zip(["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04", day])
    {
        let day = if number == 5 { "2026-06-05" } else { day };
        given.accept(&report(number, day, day, 10));
    }
}

#[test]
fn the_numbers_have_no_gap() {
    let mut given = given();
    let third = report(3, "2026-01-01", "2026-06-01", 10);
    assert_eq!(given.refuse(&third), ["report_number_skips"]);
    given.accept(&first());
    assert_eq!(given.refuse(&third), ["report_number_skips"]);
    given.accept(&report(2, "2025-12-01", "2025-12-31", 10));
    given.accept(&third);
}

#[test]
fn a_period_is_over_and_ends_after_it_begins() {
    let mut given = given();
    let reversed = report(1, "2025-12-01", "2025-11-30", 10);
    assert_eq!(given.refuse(&reversed), ["period_reversed"]);
    // Today is 1 July 2026.
    let open = report(1, "2025-12-01", "2026-07-02", 10);
    assert_eq!(given.refuse(&open), ["occurred_in_future"]);
    given.accept(&report(1, "2025-12-01", "2026-07-01", 10));
}

#[test]
fn the_periods_follow_each_other_as_the_numbers_do() {
    let mut given = given();
    given.accept(&first());
    for (from, to) in [("2025-11-30", "2026-05-31"), ("2024-01-01", "2024-06-30")] {
        let found = given.refuse(&report(2, from, to, 10));
        assert_eq!(found, ["report_periods_out_of_order"], "{from}");
    }
    given.accept(&report(2, "2025-12-01", "2026-05-31", 10));
    // The first one, handed in again, does not reach into the second.
    given.accept(&asked(1));
    let longer = report(1, "2024-12-01", "2025-12-01", 10);
    assert_eq!(given.refuse(&longer), ["report_periods_out_of_order"]);
    given.accept(&first());
}

#[test]
fn a_version_is_recorded_before_the_report() {
    let mut given = given();
    let recorded = given.project.version;
    let next = with(first(), "version", json!(recorded + 1));
    assert_eq!(given.refuse(&next), ["report_version_unknown"]);
    let computed = std::mem::take(&mut given.prepared);
    assert_eq!(given.refuse(&first()), ["report_version_unknown"]);
    given.prepared = computed;
    given.accept(&with(first(), "version", json!(recorded)));
}

#[test]
fn the_versions_do_not_fall() {
    let mut given = given();
    given.accept(&first());
    given.accept(&asked(1));
    assert_eq!(given.refuse(&with(first(), "version", json!(9))), ["report_version_falls"]);
    let second = report(2, "2025-12-01", "2026-05-31", 9);
    assert_eq!(given.refuse(&second), ["report_version_falls"]);
    given.accept(&first());
    given.accept(&with(second, "version", json!(10)));
}

#[test]
fn warns_of_a_clarification_that_was_due_before_it_was_asked_for() {
    let mut given = given();
    given.accept(&first());
    let late = with(asked(1), "due", json!("2026-06-29"));
    assert_eq!(given.accept(&late), ["clarification_due_passed"]);
    given.accept(&with(first(), "version", json!(11)));
    assert_eq!(given.accept(&with(asked(1), "due", json!(LATE))), [""; 0]);
}

#[test]
fn the_lead_records_what_the_programme_decides_with_its_letter() {
    let mut given = given();
    given.accept(&first());
    let decided = |post: Post| post.on_behalf_of(OnBehalfOf::Programme, "by letter");
    let bare = with(approved(1), "evidence", json!([]));
    assert_eq!(given.refuse(&bare), ["evidence_missing"]);
    assert_eq!(given.refuse(&decided(bare)), ["evidence_missing"]);
    let bare = with(asked(1), "evidence", json!([]));
    assert_eq!(given.refuse(&bare), ["evidence_missing"]);
    assert_eq!(given.refuse(&decided(first())), ["nothing_to_act_on_behalf"]);
    given.accept(&decided(with(asked(1), "evidence", evidence())));
    given.accept(&decided(with(approved(1), "evidence", evidence())));
    let report = given.project.delivery.annual_reports.report(1).unwrap();
    assert!(report.approved.as_ref().unwrap().by_lead);
    assert!(report.latest().unwrap().clarifications[0].by_lead);
}

#[test]
fn only_the_lead_hands_it_in() {
    let mut given = given();
    for subject in ["trakia", "siena", "expert", "controller", "auditor"] {
        let post = Post::new(subject, "annual_report.submitted", LATE, first().data);
        assert_eq!(given.refuse(&post), ["role_may_not_post"], "{subject}");
    }
}

#[test]
fn warns_of_days_between_two_reports() {
    let mut given = given();
    given.accept(&first());
    let next = |from| report(2, from, "2026-05-31", 15);
    assert_eq!(given.clone().accept(&next("2025-12-02")), ["report_period_gap"]);
    assert_eq!(given.accept(&next("2025-12-01")), <[&str; 0]>::default());
}

#[test]
fn what_is_said_of_a_report_is_of_its_day_or_later() {
    let mut given = given();
    given.accept(&first());
    let early = |mut post: Post| {
        post.occurred_on = "2026-06-29";
        post
    };
    assert_eq!(given.refuse(&early(approved(1))), ["before_what_it_answers"]);
    assert_eq!(given.refuse(&early(asked(1))), ["before_what_it_answers"]);
    given.accept(&approved(1));
}
