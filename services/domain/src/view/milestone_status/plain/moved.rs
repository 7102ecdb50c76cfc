//! A form that only gives items other codes changes nothing but the codes: a history is lived
//! through twice, once with such a form and once with one that leaves the codes as they are.

use serde_json::{Value, json};

use super::fold;
use super::steps::{Step, project};
use crate::given::{Given, form};

/// From this day on the second form is in force.
const MOVED_ON: &str = "2025-05-01";

/// Codes of the first form, and of the second one where it moves them.
const MOVES: &[(&str, &str)] = &[
    ("A 4.1", "A 4.7"),
    ("D 4.1.1", "D 4.7.1"),
    ("D 4.1.2", "D 4.7.9"),
    ("D 5.1.1", "D 5.1.7"),
    ("O 5.1", "O 5.7"),
];

fn second(moves: bool) -> Value {
    let mut second = form(2);
    second["validFrom"] = json!(MOVED_ON);
    for list in ["activities", "deliverables", "outputs"] {
        for item in second[list].as_array_mut().unwrap() {
            let moved = MOVES.iter().find(|(was, _)| item["code"] == *was).filter(|_| moves);
            if let Some((was, code)) = moved {
                item["code"] = json!(code);
                item["was"] = json!(was);
            }
        }
    }
    for indicator in second["indicators"].as_array_mut().unwrap() {
        if moves && indicator["outputs"] == json!(["O 5.1"]) {
            indicator["outputs"] = json!(["O 5.7"]);
        }
    }
    second
}

/// The code of a posting as the second form has it.
fn moved(code: &str) -> Option<&'static str> {
    let code: crate::code::Code = code.parse().ok()?;
    MOVES.iter().find(|(was, _)| *was == code.to_string()).map(|(_, now)| *now)
}

/// What the rules take of these steps under the two forms. With moves, who posts of the second
/// form's time uses its codes where `uses_new` says so, otherwise the old ones.
pub(super) fn lived(steps: &[(Step, bool)], moves: bool) -> (Given, Vec<bool>) {
    let mut given = project();
    let at = given.project.last_recorded_at.unwrap();
    let form = second(moves);
    given.record_unasked("haskovo", "application_form.approved", "2024-12-01", at, form);
    let mut taken = Vec::new();
    for (index, ((post, lag), uses_new)) in steps.iter().enumerate() {
        if post.event_type == "application_form.approved" {
            continue;
        }
        let day: jiff::civil::Date = post.occurred_on.parse().unwrap();
        let posted_on = day.checked_add(jiff::ToSpan::days(*lag)).unwrap();
        given.now = posted_on.at(9, 0, 0, 0).in_tz("UTC").unwrap().timestamp();
        let mut post = post.clone().id(u128::try_from(index).unwrap());
        let now = post.data["code"].as_str().and_then(moved);
        if moves
            && *uses_new
            && post.occurred_on >= MOVED_ON
            && let Some(now) = now
        {
            post.data["code"] = json!(now);
        }
        taken.push(given.post(&post).is_ok());
    }
    (given, taken)
}

/// Where everything stands under a form, by items and not by codes.
pub(super) fn standing(given: &Given, version: u32, today: &str) -> Vec<String> {
    let (project, view) = fold(&given.history);
    let form = project.plan.forms.get(&version).map(|form| &**form);
    let today = today.parse().unwrap();
    let deliverables = view.deliverables(&project, form, today).into_iter().map(|item| {
        format!(
            "{} {:?} {:?} {} {:?} {:?} {:?} {}",
            item.item,
            item.status,
            item.due,
            item.days_late,
            item.light,
            item.forecast,
            item.turn,
            item.submissions.len()
        )
    });
    let activities = view.activities(&project, form, today).into_iter().map(|item| {
        format!("{} {:?} {:?} {:?}", item.item, item.status, item.light, item.forecast_end)
    });
    let outputs = view.outputs(&project, form, today).into_iter().map(|item| {
        format!("{} {} {:?} {:?}", item.item, item.achieved, item.status, item.reached_on)
    });
    let milestones = view.milestones(&project, form, today).into_iter().map(|item| {
        let done: Vec<_> = item.items.iter().map(|item| item.status.is_done()).collect();
        format!("{} {:?} {:?} {:?} {done:?}", item.number, item.status, item.light, item.forecast)
    });
    deliverables.chain(activities).chain(outputs).chain(milestones).collect()
}
