//! The rules of calendar feeds.
//!
//! A feed that the caller may not know of is judged as one that is not there.

use crate::decide::{Case, Findings, Owners, partner_unknown};
use crate::event::delivery::calendar::{CalendarFeedClosed, CalendarFeedOpened};
use crate::event::plan::Role;
use crate::posting::Part;
use crate::project::delivery::calendar_feeds::CalendarFeed;
use crate::rule::{Finding, Rule};

/// Whose feed is closed.
pub(super) fn owners(case: &Case, data: &CalendarFeedClosed) -> Owners {
    feed(case, data).map_or(Owners::Nobody, |feed| Owners::Subject(feed.subject.clone()))
}

pub(super) fn judge_opening(case: &Case, data: &CalendarFeedOpened, findings: &mut Findings) {
    let partners = &case.project.plan.partners;
    if let Some(number) = data.partner.filter(|number| !partners.contains_key(number)) {
        findings.add(partner_unknown(number, "/data/partner"));
    }
}

pub(super) fn judge_closing(case: &Case, data: &CalendarFeedClosed, findings: &mut Findings) {
    let Some(feed) = feed(case, data) else {
        let message = format!(
            "No calendar feed that you may close has the id {}. Name it by the id of the event \
             that opened it.",
            data.feed
        );
        findings
            .add(Finding::new(Rule::FeedUnknown, "/data/feed", message).fact("feed", data.feed));
        return;
    };
    if let Some(closed_on) = feed.closed_on {
        let message = format!("The feed was closed on {closed_on}; it is read no more.");
        findings.add(
            Finding::new(Rule::FeedClosedAlready, "/data/feed", message)
                .fact("closedOn", closed_on),
        );
    }
}

/// The feed, for its member and for the lead.
fn feed<'a>(case: &Case<'a>, data: &CalendarFeedClosed) -> Option<&'a CalendarFeed> {
    let is_lead = match case.actor.part {
        Part::Operator => false,
        Part::Member { role, .. } => role == Role::Lead,
    };
    let feed = case.project.delivery.calendar_feeds.get(data.feed)?;
    (is_lead || feed.subject == case.actor.subject).then_some(feed)
}

#[cfg(test)]
mod tests;
