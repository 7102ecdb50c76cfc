mod oversight;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::given::{Given, Post, en, evidence, form};
use crate::policy::reading::Reader;
use crate::posting::{OnBehalfOf, Prepared, ReportDigest};
use crate::view::annual_report::AnnualReports;
use crate::view::budget_use::BudgetUse;
use crate::view::learning_log::LearningLog;
use crate::view::milestone_status::MilestoneStatus;
use crate::view::milestone_status::light::Colour;
use crate::view::oversight::Oversight;
use crate::view::register::Register;

/// All that the list is read from.
#[derive(Default)]
struct Views {
    milestones: MilestoneStatus,
    learning: LearningLog,
    register: Register,
    budget_use: BudgetUse,
    annual_reports: AnnualReports,
    oversight: Oversight,
    deadlines: Deadlines,
}

/// What a test looks at of a deadline.
type Line = (DeadlineKind, String, Option<u32>, String, String);

impl Views {
    fn of(given: &Given) -> Self {
        let mut views = Self::default();
        let mut project = crate::project::Project::new(given.project.key.clone());
        for recorded in &given.history {
            project.evolve(recorded);
            views.milestones.apply(recorded, &project);
            views.learning.apply(recorded, &project);
            views.register.apply(recorded, &project);
            views.budget_use.apply(recorded, &project);
            views.annual_reports.apply(recorded);
            views.oversight.apply(recorded, &project);
            views.deadlines.apply(recorded);
        }
        views
    }

    fn list<'a>(
        &'a self,
        given: &'a Given,
        reader: &'a Reader,
        wanted: &Wanted,
        today: &str,
    ) -> Vec<Deadline<'a>> {
        let sources = Sources {
            project: &given.project,
            milestones: &self.milestones,
            learning: &self.learning,
            register: &self.register,
            annual_reports: &self.annual_reports,
            budget_use: &self.budget_use,
            oversight: &self.oversight,
            form: None,
            reader,
        };
        self.deadlines.list(&sources, wanted, today.parse().unwrap())
    }
}

fn read(given: &Given, subject: &str, wanted: &Wanted, today: &str) -> Vec<Line> {
    let views = Views::of(given);
    let day = today.parse().unwrap();
    let reader = Reader::of(&given.project, Some(&subject.parse().unwrap()), day);
    let list = views.list(given, &reader, wanted, today);
    let line = |one: &Deadline<'_>| {
        let due = one.due.to_string();
        (one.kind, name(one), one.partner, due, one.light.word.clone())
    };
    list.iter().map(line).collect()
}

/// The code of an item of the plan, otherwise what names it.
fn name(one: &Deadline<'_>) -> String {
    match one.about {
        About::Item(_) => one.code.unwrap().to_string(),
        About::Milestone(_) | About::Event(_) | About::Calendar(..) => one.about.to_string(),
    }
}

fn of_kind(kind: DeadlineKind) -> Wanted {
    Wanted { kinds: Some(BTreeSet::from([kind])), ..Wanted::default() }
}

fn line(kind: DeadlineKind, item: &str, partner: u32, due: &str, word: &str) -> Line {
    (kind, item.to_owned(), Some(partner), due.to_owned(), word.to_owned())
}

fn submit(code: &str, day: &'static str) -> Post {
    let data = json!({ "code": code, "title": en("Report"), "evidence": evidence() });
    Post::new("trakia", "deliverable.submitted", day, data)
}

fn review(event_type: &'static str, code: &str) -> Post {
    let mut data = json!({ "code": code, "submission": 1 });
    if event_type == "deliverable.returned" {
        data["remark"] = en("Add the sources");
    }
    Post::new("haskovo", event_type, "2025-03-30", data)
}

#[test]
fn a_deliverable_is_for_its_owner_then_for_the_lead_then_done() {
    let kind = DeadlineKind::Deliverable;
    let wanted = Wanted { partner: Some(3), ..of_kind(kind) };
    let all = of_kind(kind);
    let mut given = Given::project();
    let of_trakia = |given: &Given| read(given, "siena", &wanted, "2025-03-31");
    let planned = [line(kind, "D 5.1.1", 3, "2025-03-31", "on time")];
    assert_eq!(of_trakia(&given), planned);
    given.accept(&submit("D 5.1.1", "2025-03-20"));
    assert_eq!(of_trakia(&given), []);
    let waiting = line(kind, "D 5.1.1", 1, "2025-03-31", "waiting for review");
    assert!(read(&given, "siena", &all, "2025-03-31").contains(&waiting));
    let mut returned = given.clone();
    returned.accept(&review("deliverable.returned", "D 5.1.1"));
    assert_eq!(of_trakia(&returned), planned);
    given.accept(&review("deliverable.accepted", "D 5.1.1"));
    assert!(read(&given, "siena", &all, "2025-03-31").iter().all(|one| one.1 != "D 5.1.1"));
    let with_done = Wanted { include_done: true, ..all };
    let done = line(kind, "D 5.1.1", 3, "2025-03-31", "done");
    assert!(read(&given, "siena", &with_done, "2025-03-31").contains(&done));
}

#[test]
fn days_are_counted_until_the_day_that_is_asked_for() {
    let given = Given::project();
    let views = Views::of(&given);
    let reader = Reader::of(&given.project, Some(&"siena".parse().unwrap()), Date::MIN);
    let wanted = of_kind(DeadlineKind::Deliverable);
    let read = |today| {
        let list = views.list(&given, &reader, &wanted, today);
        let one = &list[0];
        (one.days_left, one.days_late, one.light.colour, one.light.word.clone())
    };
    assert_eq!(read("2025-03-30"), (Some(1), 0, Colour::Green, "on time".to_owned()));
    assert_eq!(read("2025-03-31"), (Some(0), 0, Colour::Green, "on time".to_owned()));
    assert_eq!(read("2025-04-01"), (Some(-1), 1, Colour::Red, "1 day late".to_owned()));
}

#[test]
fn milestones_are_for_the_lead_and_activities_end() {
    let mut given = Given::project();
    let milestone = json!({ "number": 1, "title": en("Ready"), "due": "2025-06-30",
        "codes": ["A 4.1"] });
    given.accept(&Post::new("haskovo", "milestone.planned", "2025-01-10", milestone));
    let kind = DeadlineKind::Milestone;
    let expected = line(kind, "1", 1, "2025-06-30", "2 days late");
    assert_eq!(read(&given, "siena", &of_kind(kind), "2025-07-02"), [expected]);
    let met = json!({ "number": 1, "reason": en("The rest is in print") });
    given.accept(&Post::new("haskovo", "milestone.met", "2025-06-30", met));
    assert_eq!(read(&given, "siena", &of_kind(kind), "2025-07-02"), []);
    let forecast = json!({ "code": "A 5.1", "forecastEnd": "2026-07-12" });
    given.accept(&Post::new("trakia", "activity.progress_reported", "2025-06-01", forecast));
    let kind = DeadlineKind::Activity;
    let activities = read(&given, "siena", &of_kind(kind), "2025-07-02");
    let expected = line(kind, "A 5.1", 3, "2026-06-30", "forecast 12 days late");
    assert_eq!((activities.len(), &activities[2]), (3, &expected));
}

#[test]
fn a_question_is_answered_within_a_fortnight_and_is_listed_to_who_may_read_it() {
    let mut given = Given::project();
    let lesson = json!({ "title": en("Start early"), "recommendation": en("Ask for staff"),
        "polarity": "mixed", "challenge": "leadership", "phase": "initiation",
        "visibility": "partner" });
    given.accept(&Post::new("trakia", "lesson.recorded", "2025-04-01", lesson).id(1));
    let hidden = json!({ "lesson": Uuid::from_u128(1), "text": en("Why?") });
    given.accept(&Post::new("haskovo", "question.asked", "2025-04-01", hidden).id(2));
    let open = json!({ "code": "D 5.1.1", "text": en("How?") });
    given.accept(&Post::new("siena", "question.asked", "2025-04-02", open).id(3));
    let kind = DeadlineKind::Question;
    let [hidden, open] = [2, 3].map(|id| Uuid::from_u128(id).to_string());
    let hidden = line(kind, &hidden, 3, "2025-04-15", "1 day late");
    let open = line(kind, &open, 3, "2025-04-16", "on time");
    let read = |given: &Given, subject| read(given, subject, &of_kind(kind), "2025-04-16");
    assert_eq!(read(&given, "haskovo"), [hidden.clone(), open.clone()]);
    assert_eq!(read(&given, "siena"), [open]);
    let answer = json!({ "question": Uuid::from_u128(3), "text": en("So") });
    given.accept(&Post::new("trakia", "question.answered", "2025-04-05", answer));
    assert_eq!(read(&given, "haskovo"), [hidden]);
    assert_eq!(read(&given, "siena"), []);
}

#[test]
fn issues_and_risks_have_their_days_until_they_are_over() {
    let mut given = Given::project();
    let issue = json!({ "title": en("No room"), "severity": "low", "due": "2025-05-01" });
    given.accept(&Post::new("siena", "issue.raised", "2025-04-01", issue).id(1));
    let risk = json!({ "title": en("Late"), "probability": 1, "impact": 1,
        "reviewOn": "2025-05-02" });
    given.accept(&Post::new("trakia", "risk.recorded", "2025-04-01", risk).id(2));
    let kinds = BTreeSet::from([DeadlineKind::Issue, DeadlineKind::RiskReview]);
    let wanted = Wanted { kinds: Some(kinds), ..Wanted::default() };
    let [issue, risk] = [1, 2].map(|id| Uuid::from_u128(id).to_string());
    let both = [
        line(DeadlineKind::Issue, &issue, 4, "2025-05-01", "1 day late"),
        line(DeadlineKind::RiskReview, &risk, 3, "2025-05-02", "on time"),
    ];
    assert_eq!(read(&given, "siena", &wanted, "2025-05-02"), both);
    let resolved = json!({ "issue": Uuid::from_u128(1), "resolution": en("Found") });
    given.accept(&Post::new("siena", "issue.resolved", "2025-05-02", resolved));
    let closed = json!({ "risk": Uuid::from_u128(2), "probability": 1, "impact": 1,
        "closed": true });
    given.accept(&Post::new("trakia", "risk.reassessed", "2025-05-01", closed));
    assert_eq!(read(&given, "siena", &wanted, "2025-05-02"), []);
    let with_done = Wanted { include_done: true, ..wanted };
    let words: Vec<_> =
        read(&given, "siena", &with_done, "2025-05-02").into_iter().map(|one| one.4).collect();
    assert_eq!(words, ["done late", "done"]);
}

#[test]
fn what_is_asked_about_a_report_is_answered_by_the_lead_and_read_by_who_sees_the_amounts() {
    let digest = ReportDigest {
        sha256: "ab".repeat(32).parse().unwrap(),
        bytes: 1_000,
        cairn: "0.1.0".parse().unwrap(),
    };
    let mut given = Given { prepared: Prepared { report: Some(digest) }, ..Given::project() };
    let data = json!({ "number": 1, "from": "2024-12-01", "to": "2025-11-30", "version": 10 });
    let submit = |day| Post::new("haskovo", "annual_report.submitted", day, data.clone());
    given.accept(&submit("2025-12-31"));
    let asked = json!({ "number": 1, "text": en("Why so late?"), "due": "2026-02-11",
        "evidence": evidence() });
    let asked = Post::new("haskovo", "annual_report.clarification_requested", "2026-01-28", asked);
    given.accept(&asked.on_behalf_of(OnBehalfOf::Programme, "by letter").id(5));
    let kind = DeadlineKind::ReportClarification;
    let id = Uuid::from_u128(5).to_string();
    let open = line(kind, &id, 1, "2026-02-11", "1 day late");
    assert_eq!(read(&given, "siena", &of_kind(kind), "2026-02-12"), [open]);
    for (subject, reads) in [("siena", false), ("trakia", true)] {
        let views = Views::of(&given);
        let day = "2026-02-01".parse().unwrap();
        let reader = Reader::of(&given.project, Some(&subject.parse().unwrap()), day);
        let list = views.list(&given, &reader, &of_kind(kind), "2026-02-01");
        assert_eq!(list[0].title.is_some(), reads, "{subject}");
    }
    given.accept(&submit("2026-02-06"));
    assert_eq!(read(&given, "siena", &of_kind(kind), "2026-02-12"), []);
}

/// The form with two dates of all, and the project that has it.
fn with_calendar(entries: Value) -> Given {
    let mut given = Given::project();
    let mut form = form(2);
    form["calendar"] = entries;
    given.accept(&Post::new("haskovo", "application_form.approved", "2025-01-10", form));
    given
}

#[test]
fn dates_of_all_are_shown_to_every_partner_until_they_are_past() {
    let given = with_calendar(json!([
        { "date": "2025-06-01", "title": en("Annual meeting") },
        { "date": "2025-06-01", "title": en("Open day") }
    ]));
    let kind = DeadlineKind::Calendar;
    let words = |partner: Option<u32>, today| {
        let wanted = Wanted { partner, ..of_kind(kind) };
        let list = read(&given, "siena", &wanted, today);
        list.into_iter().map(|one| (one.1, one.4)).collect::<Vec<_>>()
    };
    let two = |word: &str| {
        ["2025-06-01 1", "2025-06-01 2"].map(|item| (item.to_owned(), word.to_owned()))
    };
    assert_eq!(words(None, "2025-05-31"), two("to come"));
    assert_eq!(words(Some(4), "2025-06-01"), two("today"));
    assert_eq!(words(None, "2025-06-02"), []);
}

#[test]
fn the_list_goes_by_days_and_until_a_day() {
    let given = with_calendar(json!([{ "date": "2025-03-30", "title": en("Meeting") }]));
    let wanted = Wanted { until: "2025-03-31".parse().ok(), ..Wanted::default() };
    let list = read(&given, "siena", &wanted, "2025-01-15");
    let items: Vec<_> = list.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(items, ["2025-03-30 1", "D 4.1.1", "D 4.1.2", "D 5.1.1"]);
}

#[test]
fn a_deadline_is_revised_by_what_concerns_it_and_by_nothing_else() {
    let mut given = Given::project();
    let revised = |given: &Given| {
        let views = Views::of(given);
        let reader = Reader::of(&given.project, Some(&"siena".parse().unwrap()), Date::MIN);
        let wanted = of_kind(DeadlineKind::Deliverable);
        let list = views.list(given, &reader, &wanted, "2025-03-31");
        list.iter().map(|one| one.revised_at).collect::<Vec<_>>()
    };
    let before = revised(&given);
    assert_eq!(before, ["2024-12-02T08:00:00Z".parse::<Timestamp>().unwrap(); 3]);
    let forecast = json!({ "code": "A 5.1", "forecastEnd": "2026-07-12" });
    given.accept(&Post::new("trakia", "activity.progress_reported", "2025-03-01", forecast));
    assert_eq!(revised(&given), before);
    given.accept(&submit("D 5.1.1", "2025-03-20"));
    let after = revised(&given);
    assert_eq!((&after[..2], after[2]), (&before[..2], given.now));
}
