//! The rules of the reports that partners hand to the lead partner.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{check, refused, taken, warned};
use crate::given::{Given, Post, en};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::with;

fn submit(subject: &'static str, day: &'static str, changes: Value) -> Post {
    let data = json!({ "from": "2025-01-01", "to": "2025-06-30", "text": en("Late") });
    Post::new(subject, "partner_report.submitted", day, with(data, changes))
}

fn give_back(report: u128, day: &'static str) -> Post {
    let data = json!({ "report": Uuid::from_u128(report), "remark": en("Add June") });
    Post::new("haskovo", "partner_report.returned", day, data)
}

/// Report 1 of trakia, of the first half of 2025.
fn given() -> Given {
    let mut given = Given::project();
    given.accept(&submit("trakia", "2025-07-10", json!({})).id(1));
    given
}

/// The number of the submission that an event made.
fn submission(given: &Given) -> Option<u32> {
    given.history.last().unwrap().completed.submission
}

#[test]
fn refuses_a_report_of_days_to_come_or_in_the_wrong_order() {
    let mut given = Given::project();
    let reversed = json!({ "from": "2025-07-01" });
    check(&mut given, &submit("trakia", "2025-07-10", reversed), &refused("period_reversed"));
    let future = json!({ "to": "2026-07-02" });
    check(&mut given, &submit("trakia", "2025-07-10", future), &refused("occurred_in_future"));
    check(&mut given, &submit("trakia", "2025-07-10", json!({})), &taken());
}

#[test]
fn a_report_is_handed_in_again_once_it_was_given_back_and_is_numbered() {
    let mut given = given();
    assert_eq!(submission(&given), Some(1));
    let again = submit("trakia", "2025-07-20", json!({})).id(2);
    check(&mut given, &again, &refused("partner_report_waits"));
    check(&mut given, &give_back(1, "2025-07-15"), &taken());
    let early = submit("trakia", "2025-07-14", json!({})).id(3);
    check(&mut given, &early, &refused("before_what_it_answers"));
    check(&mut given, &again, &taken());
    assert_eq!(submission(&given), Some(2));
    let of_another = submit("urbasofia", "2025-07-20", json!({}));
    check(&mut given, &of_another, &taken());
    assert_eq!(submission(&given), Some(1));
}

#[test]
fn warns_of_reports_with_days_in_common() {
    let mut given = given();
    let common = json!({ "from": "2025-06-30", "to": "2025-12-31" });
    let common = submit("trakia", "2026-01-10", common);
    check(&mut given.clone(), &common, &warned("partner_reports_overlap"));
    let next = json!({ "from": "2025-07-01", "to": "2025-12-31" });
    check(&mut given, &submit("trakia", "2026-01-10", next), &taken());
}

#[test]
fn the_lead_gives_back_the_latest_submission_that_was_not_its_own_hand() {
    let mut given = given();
    check(&mut given, &give_back(9, "2025-07-15"), &refused("partner_report_unknown"));
    check(&mut given, &give_back(1, "2025-07-09"), &refused("before_what_it_answers"));
    check(&mut given, &give_back(1, "2025-07-15"), &taken());
    let twice = give_back(1, "2025-07-16");
    check(&mut given, &twice, &refused("not_the_latest_submission"));
    given.accept(&submit("trakia", "2025-07-20", json!({})).id(2));
    let earlier = give_back(1, "2025-07-21");
    check(&mut given, &earlier, &refused("not_the_latest_submission"));
    check(&mut given, &give_back(2, "2025-07-21"), &taken());
    let by_lead = submit("haskovo", "2025-07-22", json!({})).id(3);
    given.accept(&by_lead.on_behalf_of(OnBehalfOf::Partner(3), "asked"));
    check(&mut given, &give_back(3, "2025-07-23"), &refused("own_submission_reviewed"));
    let by_partner = Post { subject: "trakia", ..give_back(3, "2025-07-23") };
    check(&mut given, &by_partner, &refused("role_may_not_post"));
}
