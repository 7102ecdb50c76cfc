//! Any postings that people may try, and what the rules take of them.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::given::{Given, Post, en, evidence, form};
use crate::posting::Recorded;

pub(super) const DAYS: &[&str] = &[
    "2024-11-30",
    "2024-12-01",
    "2025-03-01",
    "2025-03-30",
    "2025-03-31",
    "2025-04-01",
    "2025-04-30",
    "2025-05-01",
    "2025-05-31",
    "2025-06-29",
    "2025-06-30",
    "2025-07-01",
    "2026-06-30",
    "2026-07-01",
];
const DELIVERABLES: &[(&str, &str)] =
    &[("haskovo", "D 4.1.1"), ("mayor", "Д 4.1.2"), ("trakia", "Δ 5.1.1"), ("urbasofia", "d5.1.1")];
const ACTIVITIES: &[(&str, &str)] = &[("haskovo", "A 4.1"), ("trakia", "А 5.1")];
const EXPECTED: &[(&str, &str)] =
    &[("trakia", "A 5.1"), ("mayor", "D 4.1.2"), ("urbasofia", "Δ 5.1.1"), ("trakia", "О 5.1")];
const INDICATORS: &[(&str, &str)] =
    &[("trakia", "RCO 76"), ("haskovo", "rco76"), ("urbasofia", "RCR 11")];
const QUARTERS: &[(&str, &str)] =
    &[("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30"), ("2025-03-01", "2025-04-30")];

/// A posting, and how many days after it occurred it is posted.
pub(super) type Step = (Post, i64);

/// A posting that the rules may take or refuse. It is known by its place in the list, by which
/// later ones name it.
pub(super) fn step() -> impl Strategy<Value = Step> {
    let post = prop_oneof![
        12 => of_deliverables(),
        3 => of_activities(),
        3 => forecast(),
        2 => output(),
        4 => of_indicators(),
        2 => of_milestones(),
        1 => (2u32..4, day()).prop_map(|(version, day)| {
            Post::new("haskovo", "application_form.approved", day, other_form(version, day))
        }),
    ];
    (post, 0i64..40)
}

fn day() -> impl Strategy<Value = &'static str> {
    select(DAYS)
}

fn of_activities() -> impl Strategy<Value = Post> {
    let report = &["activity.started", "activity.progress_reported", "activity.completed"][..];
    let progress = proptest::option::of(select(&["not", "partly", "fully"][..]));
    let forecast = proptest::option::of(day());
    (select(ACTIVITIES), select(report), day(), progress, forecast).prop_map(
        |((subject, code), event_type, day, progress, forecast)| {
            let mut data = json!({ "code": code });
            insert(&mut data, "progress", progress);
            insert(&mut data, "forecastEnd", forecast);
            Post::new(subject, event_type, day, data)
        },
    )
}

fn of_deliverables() -> impl Strategy<Value = Post> {
    let review = &["deliverable.accepted", "deliverable.returned"][..];
    let reviewer = select(&["haskovo", "mayor"][..]);
    prop_oneof![
        4 => (select(DELIVERABLES), day()).prop_map(|((subject, code), day)| {
            let data = json!({ "code": code, "title": en("Report"), "evidence": evidence() });
            Post::new(subject, "deliverable.submitted", day, data)
        }),
        6 => (reviewer, select(DELIVERABLES), select(review), 1u32..4, day())
            .prop_map(|(subject, (_, code), event_type, submission, day)| {
                let data = json!({ "code": code, "submission": submission, "remark": en("Seen") });
                Post::new(subject, event_type, day, data)
            }),
        2 => (select(DELIVERABLES), day()).prop_map(|((subject, code), day)| {
            let data = json!({ "code": code, "reason": en("A wrong file") });
            Post::new(subject, "deliverable.withdrawn", day, data)
        }),
    ]
}

fn forecast() -> impl Strategy<Value = Post> {
    (select(EXPECTED), day(), day()).prop_map(|((subject, code), date, day)| {
        let data = json!({ "code": code, "date": date, "reason": en("The supplier is late") });
        Post::new(subject, "forecast.changed", day, data)
    })
}

fn output() -> impl Strategy<Value = Post> {
    (-2i32..4, day()).prop_map(|(quantity, day)| {
        let data = json!({ "code": "Ο 5.1", "quantity": quantity, "reason": en("Counted twice"),
            "evidence": evidence() });
        Post::new("trakia", "output.achieved", day, data)
    })
}

fn of_indicators() -> impl Strategy<Value = Post> {
    let named = || (0u128..12).prop_map(uuid::Uuid::from_u128);
    let lead = select(&["haskovo", "mayor"][..]);
    prop_oneof![
        3 => (select(INDICATORS), select(QUARTERS), 0u32..60, day()).prop_map(
            |((subject, code), (from, to), value, day)| {
                let data = json!({ "code": code, "from": from, "to": to,
                    "value": value.to_string(), "method": en("Counted") });
                Post::new(subject, "indicator.reported", day, data)
            }
        ),
        1 => (lead.clone(), named(), 0u32..60, day()).prop_map(|(subject, report, value, day)| {
            let data = json!({ "report": report, "value": value.to_string(),
                "reason": en("Counted twice") });
            Post::new(subject, "indicator.corrected", day, data)
        }),
        2 => (lead, named(), day()).prop_map(|(subject, report, day)| {
            Post::new(subject, "indicator.validated", day, json!({ "report": report }))
        }),
    ]
}

fn of_milestones() -> impl Strategy<Value = Post> {
    let said = &["milestone.met", "milestone.partially_met", "milestone.missed"][..];
    (1u32..4, select(said), day(), proptest::option::of(day())).prop_map(
        |(number, event_type, day, date)| {
            let mut data = json!({ "number": number, "reason": en("Agreed") });
            insert(&mut data, "date", date);
            Post::new("haskovo", event_type, day, data)
        },
    )
}

fn insert(data: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        data[name] = json!(value);
    }
}

/// A form without D 4.1.2 in which others are due on another day or on none, and more is to be
/// achieved.
fn other_form(version: u32, day: &str) -> Value {
    let mut form = form(version);
    form["validFrom"] = json!(day);
    form["deliverables"][0].as_object_mut().unwrap().remove("due");
    form["deliverables"][2]["due"] = json!(day);
    form["deliverables"].as_array_mut().unwrap().remove(1);
    form["activities"][1]["end"] = json!("2025-05-31");
    form["outputs"][0]["target"] = json!(version);
    form["indicators"][0]["target"] = json!("80");
    form
}

pub(super) fn project() -> Given {
    let mut given = Given::project();
    let at = given.project.last_recorded_at.unwrap();
    let mayor = json!({ "subject": "mayor", "partner": 1, "role": "lead" });
    given.record_unasked("haskovo", "member.granted", "2024-12-01", at, mayor);
    for (number, codes, due) in
        [(1, ["A 5.1", "D 5.1.1"], "2025-06-30"), (2, ["D 4.1.2", "O 5.1"], "2025-04-30")]
    {
        let data = json!({ "number": number, "title": en("M"), "codes": codes, "due": due });
        given.record_unasked("haskovo", "milestone.planned", "2024-12-01", at, data);
    }
    given
}

/// The history of what the rules take of these postings; forms are recorded as they are.
pub(super) fn taken(steps: &[Step]) -> Given {
    let mut given = project();
    for (index, (post, lag)) in steps.iter().enumerate() {
        let day: Date = post.occurred_on.parse().unwrap();
        let posted_on = day.checked_add(lag.days()).unwrap();
        given.now = posted_on.at(9, 0, 0, 0).in_tz("UTC").unwrap().timestamp();
        if post.event_type == "application_form.approved" {
            let at = given.project.last_recorded_at.unwrap().max(given.now);
            let data = post.data.clone();
            given.record_unasked("haskovo", post.event_type, post.occurred_on, at, data);
        } else {
            let id = u128::try_from(index).unwrap();
            let _ = given.post(&post.clone().id(id));
        }
    }
    given
}

/// The history of all these postings, whatever the rules say of them.
pub(super) fn unasked(steps: &[Step]) -> Vec<Recorded> {
    let mut given = project();
    for (post, lag) in steps {
        let at = given.project.last_recorded_at.unwrap().checked_add((lag * 24).hours()).unwrap();
        let data = post.data.clone();
        given.record_unasked(post.subject, post.event_type, post.occurred_on, at, data);
    }
    given.history
}
