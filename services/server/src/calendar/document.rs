//! Deadlines as an iCalendar document (RFC 5545): an event of a whole day for each.
//!
//! The document says only what was recorded, so it is the same until something is: days late and
//! lights, which change at midnight, are not in it.

use cairn_domain::ids::Language;
use cairn_domain::project::Project;
use cairn_domain::text::LocalizedText;
use cairn_domain::view::about::About;
use cairn_domain::view::deadlines::{Deadline, DeadlineKind};
use icalendar::{Calendar, Component as _, Event, Property};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Letters of a title, at most: calendars show a line.
const TITLE_LETTERS_MAX: usize = 200;

pub(super) fn write(
    project: &Project,
    language: Option<Language>,
    deadlines: &[Deadline<'_>],
) -> String {
    let registered = project.plan.registered.as_ref();
    let acronym = registered.map_or(project.key.as_str(), |project| project.acronym.as_str());
    let mut calendar = Calendar::empty();
    for (name, value) in
        [("VERSION", "2.0"), ("PRODID", "-//Cairn//Deadlines//EN"), ("CALSCALE", "GREGORIAN")]
    {
        calendar.append_property(Property::new(name, value));
    }
    calendar.name(&one_line(acronym));
    calendar.extend(deadlines.iter().map(|deadline| event(project, acronym, language, deadline)));
    calendar.to_string()
}

fn event(
    project: &Project,
    acronym: &str,
    language: Option<Language>,
    deadline: &Deadline<'_>,
) -> Event {
    let kind = kind(deadline.kind);
    let about = deadline.about.to_string().replace([' ', '@'], "-");
    let mut event = Event::new();
    event
        .uid(&format!("{}-{about}@{}.cairn", kind.to_lowercase().replace(' ', "-"), project.key))
        .summary(&summary(language, deadline))
        .description(&description(project, acronym, deadline))
        .append_property(day("DTSTART", deadline.due))
        .append_property(Property::new("DTSTAMP", instant(deadline.revised_at)))
        .append_property(Property::new("LAST-MODIFIED", instant(deadline.revised_at)))
        .append_property(Property::new("TRANSP", "TRANSPARENT"))
        .append_property(Property::new("CATEGORIES", kind.to_uppercase()));
    event.done()
}

/// The code and the title, in the language asked for where it is there.
fn summary(language: Option<Language>, deadline: &Deadline<'_>) -> String {
    let name = match deadline.about {
        About::Item(_) => deadline.code.map(|code| code.to_string()),
        About::Milestone(number) => Some(format!("M{number}")),
        About::Event(_) | About::Calendar(..) => None,
    };
    let title = deadline.title.map(|title| in_language(title, language));
    let parts: Vec<String> = name.into_iter().chain(title).collect();
    one_line(&parts.join(" "))
}

fn description(project: &Project, acronym: &str, deadline: &Deadline<'_>) -> String {
    let partner = deadline.partner.and_then(|number| project.plan.partners.get(&number));
    let mut lines = vec![format!("{}: {}", one_line(acronym), kind(deadline.kind))];
    if let (About::Event(_), Some(code)) = (deadline.about, deadline.code) {
        lines.push(format!("About: {code}"));
    }
    if let Some(partner) = partner {
        lines.push(format!("Partner: {}", one_line(partner.abbreviation.as_str())));
    }
    if let Some(forecast) = deadline.forecast {
        lines.push(format!("Forecast: {forecast}"));
    }
    lines.join("\n")
}

fn kind(kind: DeadlineKind) -> &'static str {
    match kind {
        DeadlineKind::Deliverable => "Deliverable",
        DeadlineKind::Milestone => "Milestone",
        DeadlineKind::Activity => "End of activity",
        DeadlineKind::Question => "Question",
        DeadlineKind::Issue => "Issue",
        DeadlineKind::RiskReview => "Risk review",
        DeadlineKind::ReportClarification => "Question about an annual report",
        DeadlineKind::Clarification => "Question of the controller",
        DeadlineKind::AuditFinding => "Finding of an audit",
        DeadlineKind::Calendar => "Calendar",
    }
}

fn in_language(text: &LocalizedText, language: Option<Language>) -> String {
    let translated = language.and_then(|language| text.in_language(language));
    translated.unwrap_or(text.original()).to_owned()
}

/// What stands in one line of a calendar: without breaks and control characters, and cut where it
/// is too long.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(TITLE_LETTERS_MAX) {
        None => line,
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
    }
}

fn day(name: &str, day: Date) -> Property {
    Property::new(name, day.strftime("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
}

fn instant(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}
