//! The view against a second, plain implementation that walks the recorded events, and the
//! properties that hold for any history.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::MilestoneStatus;
use super::light::{Colour, Light};
use super::milestone::MilestoneWord;
use crate::code::{ActivityCode, Code, DeliverableCode};
use crate::event::Event;
use crate::event::delivery::Delivery;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::given::{Given, Post, en, evidence, form};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::delivery::{ActivityStatus, DeliverableStatus};

/// Folds a history from its beginning.
pub(super) fn fold(history: &[Recorded]) -> (Project, MilestoneStatus) {
    let mut folded = (Project::new("care-get".parse().unwrap()), MilestoneStatus::default());
    fold_on(&mut folded, history);
    folded
}

fn fold_on((project, view): &mut (Project, MilestoneStatus), history: &[Recorded]) {
    for recorded in history {
        project.evolve(recorded);
        view.apply(recorded, project);
    }
}

const DAYS: &[&str] = &[
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

/// A posting that the rules may take or refuse, and how many days after it occurred it is posted.
fn step() -> impl Strategy<Value = (Post, i64)> {
    let day = || select(DAYS);
    let forecast = proptest::option::of(day());
    let progress = proptest::option::of(select(&["not", "partly", "fully"][..]));
    let report = &["activity.started", "activity.progress_reported", "activity.completed"][..];
    let review = &["deliverable.accepted", "deliverable.returned"][..];
    let reviewer = select(&["haskovo", "mayor"][..]);
    let post = prop_oneof![
        3 => (select(ACTIVITIES), select(report), day(), progress, forecast).prop_map(
            |((subject, code), event_type, day, progress, forecast)| {
                let mut data = json!({ "code": code });
                insert(&mut data, "progress", progress);
                insert(&mut data, "forecastEnd", forecast);
                Post::new(subject, event_type, day, data)
            }
        ),
        4 => (select(DELIVERABLES), day()).prop_map(|((subject, code), day)| {
            let data = json!({ "code": code, "title": en("Report"), "evidence": evidence() });
            Post::new(subject, "deliverable.submitted", day, data)
        }),
        6 => (reviewer, select(DELIVERABLES), select(review), 1u32..4, day())
            .prop_map(|(subject, (_, code), event_type, submission, day)| {
                let data = json!({ "code": code, "submission": submission, "remark": en("Seen") });
                Post::new(subject, event_type, day, data)
            }),
        1 => (1u32..4, day(), proptest::option::of(day())).prop_map(|(number, day, date)| {
            let mut data = json!({ "number": number, "reason": en("Agreed") });
            insert(&mut data, "date", date);
            Post::new("haskovo", "milestone.met", day, data)
        }),
        1 => (2u32..4, day()).prop_map(|(version, day)| {
            Post::new("haskovo", "application_form.approved", day, other_form(version, day))
        }),
    ];
    (post, 0i64..40)
}

fn insert(data: &mut Value, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        data[name] = json!(value);
    }
}

/// A form without D 4.1.2 in which others are due on another day or on none.
fn other_form(version: u32, day: &str) -> Value {
    let mut form = form(version);
    form["validFrom"] = json!(day);
    form["deliverables"][0].as_object_mut().unwrap().remove("due");
    form["deliverables"][2]["due"] = json!(day);
    form["deliverables"].as_array_mut().unwrap().remove(1);
    form["activities"][1]["end"] = json!("2025-05-31");
    form
}

fn project() -> Given {
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
fn taken(steps: &[(Post, i64)]) -> Given {
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
fn unasked(steps: &[(Post, i64)]) -> Vec<Recorded> {
    let mut given = project();
    for (post, lag) in steps {
        let at = given.project.last_recorded_at.unwrap().checked_add((lag * 24).hours()).unwrap();
        let data = post.data.clone();
        given.record_unasked(post.subject, post.event_type, post.occurred_on, at, data);
    }
    given.history
}

fn answers((project, view): &(Project, MilestoneStatus), today: Date) -> String {
    format!(
        "{:#?}\n{:#?}\n{:#?}",
        view.deliverables(project, None, today),
        view.activities(project, None, today),
        view.milestones(project, None, today)
    )
}

fn events(history: &[Recorded]) -> impl DoubleEndedIterator<Item = (Date, &Delivery)> {
    history.iter().filter_map(|recorded| match &*recorded.event {
        Event::Delivery(event) => Some((recorded.occurred_on, event)),
        Event::Plan(_) | Event::Finance(_) | Event::Learning(_) => None,
    })
}

/// Whether a deliverable was accepted and when it was handed in, by walking the events.
fn plain_deliverable(
    history: &[Recorded],
    of: DeliverableCode,
) -> (DeliverableStatus, Option<Date>) {
    let mut submitted = Vec::new();
    let mut accepted = Vec::new();
    let mut reviewed = 0;
    for (day, event) in events(history) {
        if let Delivery::DeliverableSubmitted(data) = event
            && data.code == of
        {
            submitted.push(day);
        }
        if let Delivery::DeliverableAccepted(data) = event
            && data.code == of
        {
            accepted.push(data.submission);
            reviewed = data.submission;
        }
        if let Delivery::DeliverableReturned(data) = event
            && data.code == of
        {
            reviewed = data.submission;
        }
    }
    let count = u32::try_from(submitted.len()).unwrap();
    if let Some(first) = accepted.first() {
        let index = usize::try_from(*first).unwrap() - 1;
        (DeliverableStatus::Accepted, Some(submitted[index]))
    } else if count == 0 {
        (DeliverableStatus::Planned, None)
    } else if reviewed == count {
        (DeliverableStatus::Returned, None)
    } else {
        (DeliverableStatus::Submitted, submitted.last().copied())
    }
}

/// When an activity was completed, and its newest forecast, by walking the events backwards.
fn plain_activity(history: &[Recorded], of: ActivityCode) -> (Option<Date>, Option<Date>) {
    let mut completed = None;
    let mut forecasts = Vec::new();
    for (day, event) in events(history).rev() {
        if let Delivery::ActivityCompleted(data) = event
            && data.code == of
        {
            completed = completed.or(Some(day));
        }
        if let Delivery::ActivityStarted(data)
        | Delivery::ActivityProgressReported(data)
        | Delivery::ActivityCompleted(data) = event
            && data.code == of
        {
            forecasts.extend(data.forecast_end.map(|forecast| (day, forecast)));
        }
    }
    forecasts.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    (completed, forecasts.first().map(|(_, forecast)| *forecast))
}

/// Days after `due`, counted one by one.
fn count_late(due: Date, day: Date) -> u32 {
    let mut late = 0;
    let mut passed = due;
    while passed < day {
        passed = passed.tomorrow().unwrap();
        late += 1;
    }
    late
}

fn plain_light(
    due: Option<Date>,
    forecast: Option<Date>,
    handed_in: Option<Date>,
    done: bool,
    today: Date,
) -> (u32, Light) {
    let light = |colour, word: String| Light { colour, word };
    let plural = |n: u32| format!("{n} day{} late", if n == 1 { "" } else { "s" });
    let late = due.map_or(0, |due| count_late(due, handed_in.unwrap_or(today)));
    let ahead = due.map_or(0, |due| forecast.map_or(0, |forecast| count_late(due, forecast)));
    let found = match (handed_in.is_some(), done, late) {
        (true, true, 0) => light(Colour::Green, "done".into()),
        (true, true, _) => light(Colour::Green, "done late".into()),
        (true, false, 0) => light(Colour::Green, "waiting for review".into()),
        (true, false, late) => light(Colour::Red, format!("submitted {}", plural(late))),
        (false, _, 0) if due.is_none() => light(Colour::Green, "no due day".into()),
        (false, _, 0) if ahead == 0 => light(Colour::Green, "on time".into()),
        (false, _, 0) if ahead < 31 => light(Colour::Amber, format!("forecast {}", plural(ahead))),
        (false, _, 0) => light(Colour::Red, format!("forecast {}", plural(ahead))),
        (false, _, late) => light(Colour::Red, plural(late)),
    };
    (late, found)
}

/// Whether an item is done, and its day as forecast or due.
fn plain_item(
    history: &[Recorded],
    form: &ApplicationFormApproved,
    code: &str,
) -> (bool, Option<Date>) {
    match code.parse().unwrap() {
        Code::Deliverable(code) => {
            let done = plain_deliverable(history, code).0 == DeliverableStatus::Accepted;
            (done, form.deliverable(code).and_then(|item| item.due))
        }
        Code::Activity(code) => {
            let (completed, forecast) = plain_activity(history, code);
            let due = form.activity(code).and_then(|item| item.end);
            (completed.is_some(), forecast.or(due))
        }
        Code::WorkPackage(_) | Code::Output(_) | Code::Investment(_) => (false, None),
    }
}

fn check_items(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.deliverables(&project, Some(form), today) {
        let (status, handed_in) = plain_deliverable(&given.history, found.code);
        let due = form.deliverable(found.code).and_then(|item| item.due);
        let done = status == DeliverableStatus::Accepted;
        let (days_late, light) = plain_light(due, None, handed_in, done, today);
        assert_eq!((found.status, found.days_late), (status, days_late), "{found:#?}");
        assert_eq!((found.done_late, found.light), (done && days_late > 0, light));
    }
    for found in view.activities(&project, Some(form), today) {
        let (completed, forecast) = plain_activity(&given.history, found.code);
        let due = form.activity(found.code).and_then(|item| item.end);
        let (days_late, light) = plain_light(due, forecast, completed, true, today);
        let is_completed = found.status == ActivityStatus::Completed;
        assert_eq!((is_completed, found.days_late), (completed.is_some(), days_late), "{found:#?}");
        assert_eq!((found.forecast_end, found.light), (forecast, light));
    }
}

fn check_milestones(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.milestones(&project, Some(form), today) {
        let met = events(&given.history).find_map(|(day, event)| match event {
            Delivery::MilestoneMet(data) if data.number == found.number => {
                Some(data.date.unwrap_or(day))
            }
            Delivery::MilestoneMet(_)
            | Delivery::ActivityStarted(_)
            | Delivery::ActivityProgressReported(_)
            | Delivery::ActivityCompleted(_)
            | Delivery::DeliverableSubmitted(_)
            | Delivery::DeliverableAccepted(_)
            | Delivery::DeliverableReturned(_) => None,
        });
        let (codes, due) = match found.number {
            1 => (["A 5.1", "D 5.1.1"], "2025-06-30"),
            2 => (["D 4.1.2", "O 5.1"], "2025-04-30"),
            number => panic!("milestone {number} was never planned"),
        };
        let items = codes.map(|code| plain_item(&given.history, form, code));
        let open = items.iter().filter(|(done, _)| !done);
        let forecast = open.filter_map(|(_, day)| *day).max().filter(|_| met.is_none());
        let (days_late, light) = plain_light(due.parse().ok(), forecast, met, true, today);
        assert_eq!(found.status == MilestoneWord::Met, met.is_some());
        assert_eq!((found.forecast, found.days_late, found.light), (forecast, days_late, light));
        let done: Vec<bool> = found.items.iter().map(|item| item.status.is_done()).collect();
        assert_eq!(done, items.map(|(done, _)| done));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn statuses_and_lights_are_those_of_a_plain_walk(
        steps in proptest::collection::vec(step(), 0..40),
        today in select(DAYS),
    ) {
        let given = taken(&steps);
        let today = today.parse().unwrap();
        for form in given.project.plan.forms.values() {
            check_items(&given, form, today);
            check_milestones(&given, form, today);
        }
    }

    #[test]
    fn folding_in_pieces_is_folding_at_once(
        steps in proptest::collection::vec(step(), 0..30),
        cut in any::<proptest::sample::Index>(),
    ) {
        let history = taken(&steps).history;
        let today = "2025-07-01".parse().unwrap();
        let cut = cut.index(history.len());
        let piece = fold(&history[..cut]);
        let mut rest = piece.clone();
        fold_on(&mut rest, &history[cut..]);
        prop_assert_eq!(answers(&rest, today), answers(&fold(&history), today));
        prop_assert_eq!(answers(&piece, today), answers(&fold(&history[..cut]), today));
    }

    #[test]
    fn no_order_of_events_panics_or_loses_a_submission(
        history in proptest::collection::vec(step(), 0..30)
            .prop_flat_map(|steps| Just(unasked(&steps)).prop_shuffle()),
        numbers in proptest::collection::vec(proptest::option::of(any::<u32>()), 60),
    ) {
        let mut history = history;
        for (recorded, number) in history.iter_mut().zip(numbers) {
            recorded.completed.submission = number;
        }
        let (project, view) = fold(&history);
        for today in [Date::MIN, "2025-07-01".parse().unwrap(), Date::MAX] {
            let _ = view.milestones(&project, None, today);
            let _ = view.activities(&project, None, today);
            let deliverables = view.deliverables(&project, None, today);
            let listed: usize = deliverables.iter().map(|item| item.submissions.len()).sum();
            let submitted = events(&history)
                .filter(|(_, event)| matches!(event, Delivery::DeliverableSubmitted(_)))
                .count();
            prop_assert_eq!(listed, submitted);
        }
    }
}
