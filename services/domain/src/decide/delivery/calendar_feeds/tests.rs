use serde_json::{Value, json};
use uuid::Uuid;

use crate::given::{Given, Post};
use crate::posting::OnBehalfOf;

const DAY: &str = "2025-04-01";
const FEED: u128 = 7;

fn open(subject: &'static str, data: Value) -> Post {
    Post::new(subject, "calendar_feed.opened", DAY, data)
}

fn close(subject: &'static str, feed: u128) -> Post {
    let data = json!({ "feed": Uuid::from_u128(feed) });
    Post::new(subject, "calendar_feed.closed", DAY, data)
}

/// Feed 7 of Trakia.
fn given() -> Given {
    let mut given = Given::project();
    given.accept(&open("trakia", json!({})).id(FEED));
    given
}

#[test]
fn every_member_opens_a_feed_for_itself() {
    for subject in ["haskovo", "urbasofia", "siena", "expert", "controller", "auditor"] {
        given().accept(&open(subject, json!({ "language": "bg" })));
    }
    let for_another = open("haskovo", json!({})).on_behalf_of(OnBehalfOf::Partner(3), "asked");
    assert_eq!(given().refuse(&for_another), ["nothing_to_act_on_behalf"]);
    assert_eq!(given().refuse(&open("stranger", json!({}))), ["not_a_member"]);
}

#[test]
fn a_feed_is_of_a_partner_that_joined() {
    given().accept(&open("siena", json!({ "partner": 3 })));
    assert_eq!(given().refuse(&open("siena", json!({ "partner": 9 }))), ["partner_unknown"]);
}

#[test]
fn its_member_and_the_lead_close_a_feed() {
    given().accept(&close("trakia", FEED));
    given().accept(&close("haskovo", FEED));
    for subject in ["trakia", "haskovo", "siena", "auditor"] {
        assert_eq!(given().refuse(&close(subject, 99)), ["feed_unknown"], "{subject}");
    }
}

#[test]
fn a_feed_of_another_is_refused_as_one_that_is_not_there() {
    for subject in ["siena", "urbasofia", "expert", "auditor", "controller"] {
        assert_eq!(given().refuse(&close(subject, FEED)), ["feed_unknown"], "{subject}");
    }
}

#[test]
fn a_feed_is_closed_once() {
    let mut given = given();
    given.accept(&close("trakia", FEED));
    assert_eq!(given.refuse(&close("haskovo", FEED)), ["feed_closed_already"]);
}

#[test]
fn a_feed_ends_for_good_with_its_membership() {
    let mut given = given();
    let member = json!({ "subject": "trakia", "partner": 3, "role": "delivery" });
    given.accept(&Post::new("haskovo", "member.revoked", DAY, member.clone()));
    given.accept(&Post::new("haskovo", "member.granted", DAY, member).id(8));
    let feed = given.project.delivery.calendar_feeds.get(Uuid::from_u128(FEED)).unwrap();
    assert_eq!(feed.closed_on.unwrap().to_string(), DAY);
}
