//! Taking a submission back.

use serde_json::json;

use super::{accepted, project, returned, submitted};
use crate::given::{Post, en};

fn withdrawn(subject: &'static str, day: &'static str) -> Post {
    let data = json!({ "code": "D 5.1.1", "reason": en("A wrong file") });
    Post::new(subject, "deliverable.withdrawn", day, data)
}

#[test]
fn what_waits_or_was_returned_is_withdrawn_and_the_next_number_follows() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    let first = given.post(&withdrawn("trakia", "2025-03-21")).unwrap();
    assert_eq!(first.completed.submission, Some(1));
    let again = given.post(&submitted("trakia", "D 5.1.1", "2025-03-22")).unwrap();
    assert_eq!(again.completed.submission, Some(2));
    given.accept(&returned("D 5.1.1", 2));
    let second = given.post(&withdrawn("urbasofia", "2025-04-11")).unwrap();
    assert_eq!((second.completed.submission, second.warnings.len()), (Some(2), 0));
}

#[test]
fn refuses_to_withdraw_what_was_not_submitted_or_was_withdrawn() {
    let mut given = project();
    assert_eq!(given.refuse(&withdrawn("trakia", "2025-03-21")), ["nothing_to_withdraw"]);
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    given.accept(&withdrawn("trakia", "2025-03-21"));
    assert_eq!(given.refuse(&withdrawn("trakia", "2025-03-22")), ["nothing_to_withdraw"]);
}

#[test]
fn what_was_accepted_stays_and_a_new_edition_of_it_may_be_withdrawn() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    given.accept(&accepted("haskovo", "D 5.1.1", 1));
    assert_eq!(given.refuse(&withdrawn("trakia", "2025-04-11")), ["accepted_stays"]);
    given.accept(&submitted("trakia", "D 5.1.1", "2025-04-20"));
    let edition = given.post(&withdrawn("trakia", "2025-04-21")).unwrap();
    assert_eq!(edition.completed.submission, Some(2));
    let item = given.project.plan.item("D 5.1.1".parse().unwrap(), "2025-04-21".parse().unwrap());
    assert!(given.project.status_of(item, None).is_done());
}

#[test]
fn nobody_reviews_what_was_withdrawn() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    given.accept(&withdrawn("trakia", "2025-03-21"));
    for review in [accepted("haskovo", "D 5.1.1", 1), returned("D 5.1.1", 1)] {
        assert_eq!(given.refuse(&review), ["not_the_latest_submission"]);
    }
}

#[test]
fn another_partner_withdraws_nothing_and_the_lead_in_its_own_right() {
    let mut given = project();
    given.accept(&submitted("trakia", "D 5.1.1", "2025-03-20"));
    assert_eq!(given.refuse(&withdrawn("siena", "2025-03-21")), ["item_of_another_partner"]);
    given.accept(&withdrawn("haskovo", "2025-03-21"));
}
