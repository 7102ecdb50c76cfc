//! What changed since the report before: what came and went, what was done, what became late, and
//! how the money moved. Both are read as their reports show them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::money::Amounts;
use super::{At, activities, deliverables, milestones, money, outputs};
use crate::code::Code;
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::project::delivery::DeliverableStatus;
use crate::project::delivery::output::OutputStatus;
use crate::project::plan::item::Item;
use crate::view::budget_use::axes::Axis;
use crate::view::milestone_status::deliverable::DeliverableReading;
use crate::view::milestone_status::milestone::MilestoneWord;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changes {
    since: Since,
    /// Items that the form has now and had not then, by their codes of now.
    added: Vec<Code>,
    /// Items that the form had then and has not now, by their last codes.
    removed: Vec<Code>,
    /// Items that the form has under another code now.
    renamed: Vec<Renamed>,
    /// Completed, accepted or achieved since.
    done: Vec<Code>,
    /// Late now, and not then.
    newly_late: Vec<Code>,
    /// Late then, and not now, or done.
    no_longer_late: Vec<Code>,
    milestones_met: Vec<u32>,
    money: Vec<Moved>,
}

/// The report that is compared with.
#[derive(Serialize)]
struct Since {
    number: u32,
    to: Date,
    version: u64,
}

/// An item under another code.
#[derive(Serialize)]
struct Renamed {
    code: Code,
    was: Code,
}

/// How the amounts of a partner differ from those of the report before; of all partners where none
/// is named.
#[derive(Serialize)]
struct Moved {
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<PartnerNumber>,
    planned: Cents,
    declared: Cents,
    paid: Cents,
}

/// How an item of the plan stands in a report.
#[derive(Clone, Copy)]
struct Standing {
    code: Code,
    in_form: bool,
    is_done: bool,
    is_late: bool,
}

/// Whether a deliverable is delivered for good.
pub(super) fn is_accepted(item: &DeliverableReading<'_>) -> bool {
    item.status == DeliverableStatus::Accepted
}

pub(super) fn section(at: &At<'_>, before: &At<'_>) -> Changes {
    let both = Both::of(standings(at), standings(before));
    Changes {
        since: Since {
            number: before.shows.number,
            to: before.shows.to,
            version: before.shows.version,
        },
        added: both.became(|standing| standing.in_form),
        removed: both.ceased(|standing| standing.in_form),
        renamed: both.renamed(),
        done: both.became(|standing| standing.is_done),
        newly_late: both.became(|standing| standing.is_late),
        no_longer_late: both.ceased(|standing| standing.is_late),
        milestones_met: milestones_met(at, before),
        money: moved(at, before),
    }
}

/// Every item of either report, as it stands now and as it stood then.
struct Both(Vec<(Option<Standing>, Option<Standing>)>);

impl Both {
    fn of(now: BTreeMap<Item<Code>, Standing>, mut then: BTreeMap<Item<Code>, Standing>) -> Self {
        let mut both: Vec<_> =
            now.into_iter().map(|(item, now)| (Some(now), then.remove(&item))).collect();
        both.extend(then.into_values().map(|then| (None, Some(then))));
        Self(both)
    }

    /// The codes of what is so now and was not then.
    fn became(&self, is: fn(&Standing) -> bool) -> Vec<Code> {
        self.codes(|now, then| now.is_some_and(is) && !then.is_some_and(is))
    }

    /// The codes of what was so then and is not now.
    fn ceased(&self, is: fn(&Standing) -> bool) -> Vec<Code> {
        self.codes(|now, then| then.is_some_and(is) && !now.is_some_and(is))
    }

    fn codes(&self, fits: impl Fn(Option<&Standing>, Option<&Standing>) -> bool) -> Vec<Code> {
        let fitting = self.0.iter().filter(|(now, then)| fits(now.as_ref(), then.as_ref()));
        let codes = fitting.filter_map(|(now, then)| Some(now.or(*then)?.code));
        let mut codes: Vec<Code> = codes.collect();
        codes.sort();
        codes
    }

    fn renamed(&self) -> Vec<Renamed> {
        let renamed = self.0.iter().filter_map(|(now, then)| renamed((*now)?, (*then)?));
        let mut renamed: Vec<Renamed> = renamed.collect();
        renamed.sort_by_key(|renamed| renamed.code);
        renamed
    }
}

fn renamed(now: Standing, then: Standing) -> Option<Renamed> {
    let is_renamed = now.in_form && then.in_form && now.code != then.code;
    is_renamed.then_some(Renamed { code: now.code, was: then.code })
}

fn standings(at: &At<'_>) -> BTreeMap<Item<Code>, Standing> {
    let activities = activities::readings(at).into_iter().map(|item| {
        let (code, in_form, is_done) =
            (item.code.into(), item.in_form, item.completed_on.is_some());
        let is_late = item.days_late > 0 && !is_done;
        (item.item.any(), Standing { code, in_form, is_done, is_late })
    });
    let deliverables = deliverables::readings(at).into_iter().map(|item| {
        let (code, in_form, is_done) = (item.code.into(), item.in_form, is_accepted(&item));
        let is_late = item.days_late > 0 && !is_done;
        (item.item.any(), Standing { code, in_form, is_done, is_late })
    });
    let outputs = outputs::readings(at).into_iter().map(|item| {
        let (code, in_form) = (item.code.into(), item.in_form);
        let is_done = item.status == OutputStatus::Achieved;
        (item.item.any(), Standing { code, in_form, is_done, is_late: false })
    });
    activities.chain(deliverables).chain(outputs).collect()
}

fn milestones_met(at: &At<'_>, before: &At<'_>) -> Vec<u32> {
    let met = |at: &At<'_>| -> Vec<u32> {
        let all = milestones::readings(at).into_iter();
        all.filter(|item| item.status == MilestoneWord::Met).map(|item| item.number).collect()
    };
    let then = met(before);
    met(at).into_iter().filter(|number| !then.contains(number)).collect()
}

/// The whole project first, then every partner whose amounts are others.
fn moved(at: &At<'_>, before: &At<'_>) -> Vec<Moved> {
    let amounts = |at: &At<'_>| -> BTreeMap<Option<PartnerNumber>, Amounts> {
        let whole = (None, Amounts::of(&money::answer(at, &[]).totals));
        let rows = money::rows(at, Axis::Partner);
        rows.into_iter().map(|row| (row.partner, row.amounts)).chain([whole]).collect()
    };
    let (now, then) = (amounts(at), amounts(before));
    let partners = now.keys().chain(then.keys().filter(|partner| !now.contains_key(partner)));
    let mut moved: Vec<Moved> = partners
        .map(|partner| {
            let difference = |of: fn(&Amounts) -> Cents| {
                let amount = |amounts: &BTreeMap<_, Amounts>| amounts.get(partner).map(of);
                amount(&now).unwrap_or_default() - amount(&then).unwrap_or_default()
            };
            Moved {
                partner: *partner,
                planned: difference(|amounts| amounts.planned),
                declared: difference(|amounts| amounts.declared),
                paid: difference(|amounts| amounts.paid),
            }
        })
        .filter(|moved| {
            let amounts = [moved.planned, moved.declared, moved.paid];
            moved.partner.is_none() || amounts.iter().any(|amount| *amount != Cents::ZERO)
        })
        .collect();
    moved.sort_by_key(|moved| moved.partner);
    moved
}
