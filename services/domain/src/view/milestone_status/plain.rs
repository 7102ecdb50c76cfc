//! The view against a second, plain implementation that walks the recorded events, and the
//! properties that hold for any history.

mod moved;
mod steps;
mod walk;

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;

use super::MilestoneStatus;
use super::light::Colour;
use super::milestone::MilestoneWord;
use crate::event::delivery::Delivery;
use crate::event::plan::application_form::{ApplicationFormApproved, IndicatorKind};
use crate::given::Given;
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::delivery::output::OutputStatus;
use crate::project::delivery::{ActivityStatus, DeliverableStatus};
use steps::{DAYS, step, taken, unasked};

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

fn answers((project, view): &(Project, MilestoneStatus), today: Date) -> String {
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
        view.deliverables(project, None, today),
        view.activities(project, None, today),
        view.outputs(project, None, today),
        view.indicators(project, None, today),
        view.milestones(project, None, today),
        view.critical_list(project, None, today),
    )
}

fn check_deliverables(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.deliverables(&project, Some(form), today) {
        let (status, handed_in) = walk::deliverable(&given.history, found.code);
        let forecasts = walk::forecasts(&given.history, found.code.into());
        let forecast = forecasts.last().copied();
        let due = form.deliverable(found.code).and_then(|item| item.due);
        let done = status == DeliverableStatus::Accepted;
        let (days_late, light) = walk::light(due, forecast, handed_in, done, today);
        let on_forecast = forecast.map(|day| walk::count_late(day, handed_in.unwrap_or(today)));
        assert_eq!((found.status, found.days_late), (status, days_late), "{found:#?}");
        assert_eq!((found.done_late, found.light), (done && days_late > 0, light));
        assert_eq!((found.forecast, found.days_late_on_forecast), (forecast, on_forecast));
        let stated: Vec<Date> = found.forecasts.iter().map(|entry| entry.to).collect();
        assert_eq!(stated, forecasts);
    }
}

fn check_activities(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.activities(&project, Some(form), today) {
        let completed = walk::completed(&given.history, found.code);
        let forecast = walk::forecasts(&given.history, found.code.into()).last().copied();
        let due = form.activity(found.code).and_then(|item| item.end);
        let (days_late, light) = walk::light(due, forecast, completed, true, today);
        let is_completed = found.status == ActivityStatus::Completed;
        assert_eq!((is_completed, found.days_late), (completed.is_some(), days_late), "{found:#?}");
        assert_eq!((found.forecast_end, found.light), (forecast, light));
    }
}

fn check_outputs(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.outputs(&project, Some(form), today) {
        let target = form.output(found.code).map(|item| item.target);
        let (achieved, reached_on) = walk::output(&given.history, found.code, target);
        assert_eq!((found.target, found.achieved), (target, achieved));
        assert_eq!(found.status == OutputStatus::Achieved, reached_on.is_some(), "{found:#?}");
        assert_eq!(found.reached_on, reached_on);
        // In tenths of a percent; no quantity here is negative.
        let tenths = target.map(|target| {
            let doubled = 2 * achieved * 1_000 + i64::from(target);
            doubled / (2 * i64::from(target))
        });
        let percent = tenths.map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
        let percent = percent.map(|percent| percent.trim_end_matches(".0").to_owned());
        assert_eq!(found.percent.map(|percent| percent.to_string()), percent);
        let forecast = walk::forecasts(&given.history, found.code.into()).last().copied();
        let (_, light) = walk::light(None, forecast, reached_on, true, today);
        assert_eq!((found.forecast, found.light), (forecast, light));
    }
}

fn check_indicators(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    for found in view.indicators(&project, Some(form), today) {
        let all = walk::values(&given.history, found.code.as_str());
        let sum = |only: bool| all.iter().filter(|v| v.validated || !only).map(|v| v.value).sum();
        let newest = |only: bool| {
            let fit = all.iter().filter(|v| v.validated || !only);
            fit.max_by_key(|v| (v.period.1, v.period.0)).map_or(0, |v| v.value)
        };
        let (achieved, validated): (i64, i64) = match found.kind.unwrap() {
            IndicatorKind::Output => (sum(false), sum(true)),
            IndicatorKind::Result => (newest(false), newest(true)),
        };
        let shown = found.achieved.map(|a| (a.value.to_string(), a.validated.to_string()));
        let expected = (achieved.to_string(), validated.to_string());
        assert_eq!(shown, (!all.is_empty()).then_some(expected), "{found:#?}");
    }
}

fn check_milestones(given: &Given, form: &ApplicationFormApproved, today: Date) {
    let (project, view) = fold(&given.history);
    let mut held = Vec::new();
    for found in view.milestones(&project, Some(form), today) {
        let (word, met) = walk::milestone(&given.history, found.number);
        let (codes, due) = match found.number {
            1 => (["A 5.1", "D 5.1.1"], "2025-06-30"),
            2 => (["D 4.1.2", "O 5.1"], "2025-04-30"),
            number => panic!("milestone {number} was never planned"),
        };
        let items = codes.map(|code| walk::item(&given.history, form, code));
        let open = || codes.iter().zip(&items).filter(|(_, (done, _))| !done);
        let forecast = open().filter_map(|(_, (_, day))| *day).max().filter(|_| met.is_none());
        let (days_late, light) = walk::light(due.parse().ok(), forecast, met, true, today);
        assert_eq!(found.status, word);
        assert_eq!((found.forecast, found.days_late, found.light), (forecast, days_late, light));
        let done: Vec<bool> = found.items.iter().map(|item| item.status.is_done()).collect();
        assert_eq!(done, items.map(|(done, _)| done));
        let mut critical: Vec<_> = found.critical.iter().map(|i| i.code.to_string()).collect();
        critical.sort();
        let holding = open().map(|(code, _)| (*code).to_owned());
        let holding: Vec<String> = holding.filter(|_| word != MilestoneWord::Met).collect();
        assert_eq!(critical, holding);
        held.extend(holding);
    }
    let all = view.critical_list(&project, Some(form), today);
    let severity =
        |colour| [Colour::Red, Colour::Amber, Colour::Green].iter().position(|c| *c == colour);
    assert!(all.is_sorted_by_key(|item| {
        (severity(item.light.colour), std::cmp::Reverse(item.days_late))
    }));
    let mut critical: Vec<_> = all.iter().map(|item| item.code.to_string()).collect();
    critical.sort();
    held.sort();
    assert_eq!(critical, held);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn statuses_counts_and_lights_are_those_of_a_plain_walk(
        steps in proptest::collection::vec(step(), 0..60),
        today in select(DAYS),
    ) {
        let given = taken(&steps);
        let today = today.parse().unwrap();
        for form in given.project.plan.forms.values() {
            check_deliverables(&given, form, today);
            check_activities(&given, form, today);
            check_outputs(&given, form, today);
            check_indicators(&given, form, today);
            check_milestones(&given, form, today);
        }
    }

    #[test]
    fn a_form_that_moves_items_changes_nothing_but_their_codes(
        steps in proptest::collection::vec((step(), any::<bool>()), 0..50),
        today in select(DAYS),
    ) {
        let (stayed, taken) = moved::lived(&steps, false);
        let (moved, taken_too) = moved::lived(&steps, true);
        prop_assert_eq!(taken, taken_too);
        for form in [1, 2] {
            let expected = moved::standing(&stayed, form, today);
            prop_assert_eq!(moved::standing(&moved, form, today), expected);
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
        let folded = fold(&history);
        for today in [Date::MIN, "2025-07-01".parse().unwrap(), Date::MAX] {
            let _ = answers(&folded, today);
            let (project, view) = &folded;
            let deliverables = view.deliverables(project, None, today);
            let listed: usize = deliverables.iter().map(|item| item.submissions.len()).sum();
            let submitted = walk::events(&history)
                .filter(|(.., event)| matches!(event, Delivery::DeliverableSubmitted(_)))
                .count();
            prop_assert_eq!(listed, submitted);
        }
    }
}
