use serde_json::{Value, json};
use uuid::Uuid;

use super::risk::Trend;
use super::*;
use crate::event::delivery::register::Channel;
use crate::given::{Given, Post, en};

fn register(given: &Given) -> Register {
    let mut register = Register::default();
    given.history.iter().for_each(|recorded| register.apply(recorded, &given.project));
    register
}

fn risk(id: u128, probability: u32, impact: u32, more: Value) -> Post {
    let mut data = json!({ "title": en("Late"), "probability": probability, "impact": impact });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new("trakia", "risk.recorded", "2025-04-01", data).id(id)
}

fn assess(risk: u128, day: &'static str, (probability, impact): (u32, u32), more: Value) -> Post {
    let mut data = json!({ "risk": Uuid::from_u128(risk), "probability": probability,
        "impact": impact });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new("trakia", "risk.reassessed", day, data)
}

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

#[test]
fn a_risk_is_what_was_assessed_last_and_moves_against_the_time_before() {
    let mut given = Given::project();
    given.accept(&risk(1, 3, 4, json!({ "mitigation": en("Ask") })));
    let read = |given: &Given| {
        let register = register(given);
        let risk = register.risk(Uuid::from_u128(1)).unwrap();
        (risk.level(), risk.trend(), risk.mitigation().unwrap().original().to_owned())
    };
    assert_eq!(read(&given), (12, None, "Ask".to_owned()));
    given.accept(&assess(1, "2025-05-01", (4, 4), json!({})));
    assert_eq!(read(&given), (16, Some(Trend::Rising), "Ask".to_owned()));
    given.accept(&assess(1, "2025-07-01", (2, 2), json!({ "mitigation": en("Sign") })));
    assert_eq!(read(&given), (4, Some(Trend::Falling), "Sign".to_owned()));
    // Recorded late, of a day between the other two.
    given.accept(&assess(1, "2025-06-01", (2, 2), json!({ "mitigation": en("Wait") })));
    assert_eq!(read(&given), (4, Some(Trend::Steady), "Sign".to_owned()));
}

#[test]
fn a_review_day_holds_until_the_risk_is_looked_at_on_it_or_later() {
    let mut given = Given::project();
    given.accept(&risk(1, 3, 4, json!({ "reviewOn": "2025-06-30" })));
    let review_on = |given: &Given| register(given).risk(Uuid::from_u128(1)).unwrap().review_on();
    given.accept(&assess(1, "2025-05-01", (3, 3), json!({})));
    assert_eq!(review_on(&given), Some(day("2025-06-30")));
    given.accept(&assess(1, "2025-06-30", (3, 2), json!({})));
    assert_eq!(review_on(&given), None);
    given.accept(&assess(1, "2025-07-01", (3, 1), json!({ "reviewOn": "2025-12-31" })));
    assert_eq!(review_on(&given), Some(day("2025-12-31")));
}

#[test]
fn the_highest_risk_is_first_and_of_one_level_the_newest() {
    let mut given = Given::project();
    for (id, impact) in [(1, 2), (2, 5), (3, 2), (4, 1)] {
        given.accept(&risk(id, 2, impact, json!({})));
    }
    let ids = |register: &Register| {
        register.risks().iter().map(|risk| risk.entry.id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&register(&given)), [2, 3, 1, 4]);
    given.accept(&assess(4, "2025-05-01", (5, 5), json!({ "closed": true })));
    let register = register(&given);
    assert_eq!(ids(&register), [4, 2, 3, 1]);
    let open = register.risks().into_iter().filter(|risk| risk.is_open()).count();
    assert_eq!(open, 3);
}

#[test]
fn an_issue_is_open_until_it_is_resolved() {
    let mut given = Given::project();
    let raised = json!({ "title": en("No room"), "severity": "low" });
    given.accept(&Post::new("siena", "issue.raised", "2025-04-01", raised).id(1));
    assert!(register(&given).issue(Uuid::from_u128(1)).unwrap().is_open());
    let resolved = json!({ "issue": Uuid::from_u128(1), "resolution": en("Found"),
        "date": "2025-04-20" });
    given.accept(&Post::new("siena", "issue.resolved", "2025-05-02", resolved));
    let register = register(&given);
    let resolution = register.issue(Uuid::from_u128(1)).unwrap().resolution.clone().unwrap();
    assert_eq!(resolution.resolved_on(), day("2025-04-20"));
}

#[test]
fn a_decision_holds_until_another_takes_its_place() {
    let mut given = Given::project();
    let decision = |id: u128, supersedes: Option<u128>| {
        let mut data = json!({ "title": en("Autumn"), "body": "Steering committee" });
        if let Some(before) = supersedes {
            data["supersedes"] = json!(Uuid::from_u128(before));
        }
        Post::new("haskovo", "decision.taken", "2025-04-01", data).id(id)
    };
    given.accept(&decision(1, None));
    assert!(register(&given).decision(Uuid::from_u128(1)).unwrap().holds());
    given.accept(&decision(2, Some(1)));
    given.accept(&decision(3, Some(1)));
    let register = register(&given);
    let holds: Vec<_> = register.decisions().map(|d| (d.entry.id.as_u128(), d.holds())).collect();
    assert_eq!(holds, [(3, true), (2, true), (1, false)]);
    assert_eq!(register.decision(Uuid::from_u128(1)).unwrap().superseded_by.len(), 2);
}

#[test]
fn reach_is_summed_by_channel() {
    let mut given = Given::project();
    for (id, channel, reach, emblem) in [
        (1, "event", Some(60), true),
        (2, "press", Some(u32::MAX), true),
        (3, "event", None, false),
        (4, "press", Some(1), true),
    ] {
        let mut data = json!({ "title": en("Day"), "channel": channel, "audience": en("All"),
            "emblemShown": emblem });
        if let Some(reach) = reach {
            data["reach"] = json!(reach);
        }
        given.accept(&Post::new("siena", "communication.logged", "2025-04-01", data).id(id));
    }
    let register = register(&given);
    let [event, press] = register.reach(|_| true).try_into().unwrap();
    assert_eq!((event.channel, event.times, event.people), (Channel::Event, 2, 60));
    assert_eq!((event.unsaid, event.without_emblem), (1, 1));
    assert_eq!((press.channel, press.people), (Channel::Press, u64::from(u32::MAX) + 1));
    let with_emblem = register.reach(|one| one.data.emblem_shown);
    assert_eq!(with_emblem[0].times, 1);
}

#[test]
fn what_speaks_of_something_that_is_not_there_is_left_aside() {
    let mut given = Given::project();
    given.accept(&risk(1, 3, 4, json!({})));
    given.accept(&assess(1, "2025-05-01", (4, 4), json!({})));
    let mut register = Register::default();
    register.apply(given.history.last().unwrap(), &given.project);
    assert!(register.risks().is_empty());
}
