//! Where items stand, by walking the recorded events and by counting days one by one: nothing here
//! is shared with the view or the state.

use jiff::civil::Date;

use super::super::light::{Colour, Light};
use super::super::milestone::MilestoneWord;
use crate::code::{ActivityCode, Code, DeliverableCode, OutputCode};
use crate::event::Event;
use crate::event::delivery::Delivery;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::EventId;
use crate::posting::Recorded;
use crate::project::delivery::DeliverableStatus;

/// The events of delivery, each with its id and its day.
pub(super) fn events(
    history: &[Recorded],
) -> impl DoubleEndedIterator<Item = (EventId, Date, &Delivery)> {
    history.iter().filter_map(|recorded| match &*recorded.event {
        Event::Delivery(event) => Some((recorded.id, recorded.occurred_on, event)),
        Event::Plan(_) | Event::Finance(_) | Event::Learning(_) => None,
    })
}

/// What became of each submission of a deliverable, and the day on which it was handed in.
fn submissions(history: &[Recorded], of: DeliverableCode) -> Vec<(Date, DeliverableStatus)> {
    let mut all: Vec<(Date, DeliverableStatus)> = Vec::new();
    let place = |number: u32| usize::try_from(number).unwrap() - 1;
    for (_, day, event) in events(history).filter(|(.., event)| event.code() == Some(of.into())) {
        if let Delivery::DeliverableSubmitted(_) = event {
            all.push((day, DeliverableStatus::Submitted));
        }
        if let Delivery::DeliverableAccepted(data) = event {
            all[place(data.submission)].1 = DeliverableStatus::Accepted;
        }
        if let Delivery::DeliverableReturned(data) = event {
            all[place(data.submission)].1 = DeliverableStatus::Returned;
        }
        if let Delivery::DeliverableWithdrawn(_) = event {
            all.last_mut().unwrap().1 = DeliverableStatus::Withdrawn;
        }
    }
    all
}

/// Where a deliverable stands and when it was handed in.
pub(super) fn deliverable(
    history: &[Recorded],
    of: DeliverableCode,
) -> (DeliverableStatus, Option<Date>) {
    let all = submissions(history, of);
    let accepted = all.iter().find(|(_, status)| *status == DeliverableStatus::Accepted);
    match (accepted, all.last()) {
        (Some((day, _)), _) => (DeliverableStatus::Accepted, Some(*day)),
        (None, Some((day, DeliverableStatus::Submitted))) => {
            (DeliverableStatus::Submitted, Some(*day))
        }
        (None, Some((_, status))) => (*status, None),
        (None, None) => (DeliverableStatus::Planned, None),
    }
}

/// When an activity was completed, by what was said last.
pub(super) fn completed(history: &[Recorded], of: ActivityCode) -> Option<Date> {
    let mut completed = None;
    for (_, day, event) in events(history) {
        if let Delivery::ActivityCompleted(data) = event
            && data.code == of
        {
            completed = Some(day);
        }
    }
    completed
}

/// The days by which an item was expected, in the order of the days on which that was said.
pub(super) fn forecasts(history: &[Recorded], of: Code) -> Vec<Date> {
    let mut said = Vec::new();
    for (_, day, event) in events(history) {
        if let Delivery::ActivityStarted(data)
        | Delivery::ActivityProgressReported(data)
        | Delivery::ActivityCompleted(data) = event
            && of == data.code.into()
        {
            said.extend(data.forecast_end.map(|forecast| (day, forecast)));
        }
        if let Delivery::ForecastChanged(data) = event
            && of == data.code
        {
            said.push((day, data.date));
        }
    }
    said.sort_by_key(|(day, _)| *day);
    said.into_iter().map(|(_, forecast)| forecast).collect()
}

/// How many there are of an output, and since when there are as many as its target.
pub(super) fn output(
    history: &[Recorded],
    of: OutputCode,
    target: Option<u32>,
) -> (i64, Option<Date>) {
    let mut counted = Vec::new();
    for (_, day, event) in events(history) {
        if let Delivery::OutputAchieved(data) = event
            && data.code == of
        {
            counted.push((day, data));
        }
    }
    counted.sort_by_key(|(day, _)| *day);
    let mut achieved: i64 = 0;
    let mut since = None;
    for (day, data) in counted {
        achieved += i64::from(data.quantity);
        let enough = target.is_some_and(|target| achieved >= i64::from(target));
        since = if enough { since.or(Some(day)) } else { None };
    }
    (achieved, since)
}

/// A report of an indicator as it stands at the end.
pub(super) struct Value {
    pub(super) period: (Date, Date),
    pub(super) value: i64,
    pub(super) validated: bool,
}

/// The reports of an indicator, in the order in which they were recorded.
pub(super) fn values(history: &[Recorded], name: &str) -> Vec<Value> {
    let plain = |code: &str| code.replace(' ', "").to_uppercase();
    let mut all: Vec<(EventId, Value)> = Vec::new();
    for (id, _, event) in events(history) {
        if let Delivery::IndicatorReported(data) = event
            && plain(data.code.as_str()) == plain(name)
        {
            let value = data.value.to_string().parse().unwrap();
            all.push((id, Value { period: (data.from, data.to), value, validated: false }));
        }
        if let Delivery::IndicatorCorrected(data) = event {
            for (_, report) in all.iter_mut().filter(|(id, _)| *id == data.report) {
                report.value = data.value.to_string().parse().unwrap();
                report.validated = false;
            }
        }
        if let Delivery::IndicatorValidated(data) = event {
            for (_, report) in all.iter_mut().filter(|(id, _)| *id == data.report) {
                report.validated = true;
            }
        }
    }
    all.into_iter().map(|(_, value)| value).collect()
}

/// The word for a milestone, and the day on which it was met.
pub(super) fn milestone(history: &[Recorded], of: u32) -> (MilestoneWord, Option<Date>) {
    let mut word = MilestoneWord::Scheduled;
    for (_, day, event) in events(history) {
        if let Delivery::MilestoneMet(data) = event
            && data.number == of
        {
            return (MilestoneWord::Met, Some(data.date.unwrap_or(day)));
        }
        if let Delivery::MilestonePartiallyMet(data) = event
            && data.number == of
        {
            word = MilestoneWord::PartiallyMet;
        }
        if let Delivery::MilestoneMissed(data) = event
            && data.number == of
        {
            word = MilestoneWord::NotMet;
        }
    }
    (word, None)
}

/// Days after `due`, counted one by one.
pub(super) fn count_late(due: Date, day: Date) -> u32 {
    let mut late = 0;
    let mut passed = due;
    while passed < day {
        passed = passed.tomorrow().unwrap();
        late += 1;
    }
    late
}

pub(super) fn light(
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
pub(super) fn item(
    history: &[Recorded],
    form: &ApplicationFormApproved,
    code: &str,
) -> (bool, Option<Date>) {
    let code: Code = code.parse().unwrap();
    let (done, due) = match code {
        Code::Deliverable(code) => (
            deliverable(history, code).0 == DeliverableStatus::Accepted,
            form.deliverable(code).and_then(|item| item.due),
        ),
        Code::Activity(code) => {
            (completed(history, code).is_some(), form.activity(code).and_then(|item| item.end))
        }
        Code::Output(code) => {
            let target = form.output(code).map(|item| item.target);
            (output(history, code, target).1.is_some(), None)
        }
        Code::WorkPackage(_) | Code::Investment(_) => (false, None),
    };
    (done, forecasts(history, code).last().copied().or(due))
}
