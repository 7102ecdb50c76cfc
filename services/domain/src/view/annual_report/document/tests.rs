//! What a document shows, against figures worked out by hand.

use serde_json::{Value, json};

use super::{Folds, document};
use crate::given::{Given, Post, en, evidence, form};
use crate::posting::Recorded;
use crate::project::Project;
use crate::project::delivery::annual_report::Shown;
use crate::view::budget_use::BudgetUse;
use crate::view::learning_log::LearningLog;
use crate::view::milestone_status::MilestoneStatus;
use crate::view::register::Register;

/// A project with its views.
struct Folded {
    project: Project,
    budget_use: BudgetUse,
    milestones: MilestoneStatus,
    learning: LearningLog,
    register: Register,
}

impl Folded {
    fn of(history: &[Recorded]) -> Self {
        let mut folded = Self {
            project: Project::new("care-get".parse().unwrap()),
            budget_use: BudgetUse::default(),
            milestones: MilestoneStatus::default(),
            learning: LearningLog::default(),
            register: Register::default(),
        };
        for recorded in history {
            folded.project.evolve(recorded);
            folded.budget_use.apply(recorded, &folded.project);
            folded.milestones.apply(recorded, &folded.project);
            folded.learning.apply(recorded, &folded.project);
            folded.register.apply(recorded, &folded.project);
        }
        folded
    }

    fn folds(&self) -> Folds<'_> {
        Folds {
            project: &self.project,
            budget_use: &self.budget_use,
            milestones: &self.milestones,
            learning: &self.learning,
            register: &self.register,
        }
    }
}

fn shown(number: u32, from: &str, to: &str, version: u64) -> Shown {
    Shown { number, from: from.parse().unwrap(), to: to.parse().unwrap(), version }
}

/// A document of the history, with the report before it.
fn read(given: &Given, shows: Shown, before: Option<Shown>) -> Value {
    let folded = |shows: Shown| {
        let version = usize::try_from(shows.version).unwrap();
        Folded::of(&given.history[..version])
    };
    let now = folded(shows);
    let then = before.map(|shows| (shows, folded(shows)));
    let then = then.as_ref().map(|(shows, folded)| (*shows, folded.folds()));
    document(shows, now.folds(), then)
}

fn post(
    given: &mut Given,
    subject: &'static str,
    event: &'static str,
    day: &'static str,
    data: Value,
) {
    given.accept(&Post::new(subject, event, day, data).id(given.project.version.into()));
}

fn cost(category: &str, currency: &str, declared: &str, day: &'static str, number: &str) -> Value {
    json!({ "category": category, "workPackage": "WP 5", "incurredFrom": day, "incurredTo": day,
        "document": { "invoice": { "number": number, "date": day,
            "supplier": "Print shop", "taxId": "BG999" } },
        "net": declared, "vat": "0.00", "vatRecoverable": "0.00", "share": "1.00",
        "declared": declared, "currency": currency, "evidence": evidence() })
}

/// D 5.1.1 is due on 31 March 2025: handed in on 5 April, returned, handed in on 20 April and
/// accepted; A 5.1 goes on; 50.00 euro and 100.00 lei (20.00 euro) are declared in the first year,
/// and in the second 260.00 euro, with which partner 3 is above its 300.00.
fn history() -> Given {
    let mut given = Given::project();
    let handed_in = json!({ "code": "D 5.1.1", "title": en("Report"), "evidence": evidence() });
    let reviewed = |n: u32| json!({ "code": "D 5.1.1", "submission": n, "remark": en("Sign it") });
    post(&mut given, "trakia", "deliverable.submitted", "2025-04-05", handed_in.clone());
    post(&mut given, "haskovo", "deliverable.returned", "2025-04-10", reviewed(1));
    let report = json!({ "code": "A 5.1", "text": en("Half the nurses"), "progress": "partly",
        "problems": en("No room"), "forecastEnd": "2026-07-20" });
    post(&mut given, "trakia", "activity.progress_reported", "2025-09-01", report);
    let euro = cost("external_expertise", "EUR", "50.00", "2025-05-01", "1");
    post(&mut given, "trakia", "expenditure.declared", "2025-05-01", euro);
    let lei = cost("equipment", "RON", "100.00", "2025-05-02", "2");
    post(&mut given, "urbasofia", "expenditure.declared", "2025-05-02", lei);
    for (title, visibility) in [("Shared", "partnership"), ("Ours", "partner"), ("All", "public")] {
        let lesson = json!({ "title": en(title), "recommendation": en("Begin early"),
            "polarity": "worked", "challenge": "procurement", "phase": "implementation",
            "codes": ["A 5.1"], "visibility": visibility });
        post(&mut given, "trakia", "lesson.recorded", "2025-06-01", lesson);
    }
    given
}

/// What is posted after the first report.
fn second_year(given: &mut Given) {
    let handed_in = json!({ "code": "D 5.1.1", "title": en("Report"), "evidence": evidence() });
    post(given, "trakia", "deliverable.submitted", "2026-04-20", handed_in);
    let accepted = json!({ "code": "D 5.1.1", "submission": 2 });
    post(given, "haskovo", "deliverable.accepted", "2026-04-22", accepted);
    let more = cost("external_expertise", "EUR", "260.00", "2026-03-01", "3");
    post(given, "trakia", "expenditure.declared", "2026-03-01", more);
    let achieved = json!({ "code": "O 5.1", "quantity": 1, "evidence": evidence() });
    post(given, "trakia", "output.achieved", "2026-05-05", achieved);
    let value = json!({ "code": "RCR 11", "from": "2025-12-01", "to": "2026-05-31",
        "value": "60", "method": en("Counted") });
    post(given, "urbasofia", "indicator.reported", "2026-06-05", value);
    let mut second = form(2);
    second["validFrom"] = json!("2026-01-01");
    second["deliverables"].as_array_mut().unwrap().remove(1);
    let added = json!({ "code": "D 5.1.2", "titles": en("Plan"), "partner": 3,
        "due": "2026-12-31" });
    second["deliverables"].as_array_mut().unwrap().push(added);
    // D 4.1.1 goes on as D 4.1.3.
    second["deliverables"][0]["code"] = json!("D 4.1.3");
    second["deliverables"][0]["was"] = json!("D 4.1.1");
    post(given, "haskovo", "application_form.approved", "2026-01-01", second);
}

fn first_report(given: &Given) -> Shown {
    shown(1, "2024-12-01", "2025-11-30", given.project.version)
}

fn item<'a>(section: &'a Value, code: &str) -> &'a Value {
    let mut items = section.as_array().unwrap().iter();
    items.find(|item| item["code"] == code).unwrap_or_else(|| panic!("{code} in {section}"))
}

#[test]
fn shows_the_work_as_it_stood_on_the_last_day_of_the_period() {
    let given = history();
    let report = read(&given, first_report(&given), None);
    assert_eq!(report["project"]["acronym"], "CARE-GET");
    assert_eq!(report["project"]["applicationForm"], 1);
    let deliverable = item(&report["deliverables"], "D 5.1.1");
    // 31 March to 30 November.
    for (name, value) in [
        ("status", json!("returned")),
        ("daysLate", json!(244)),
        ("light", json!("red")),
        ("lightWord", json!("244 days late")),
        ("submissions", json!(1)),
        ("returned", json!(1)),
        ("submissionsInPeriod", json!(1)),
    ] {
        assert_eq!(deliverable[name], value, "{name}");
    }
    let activity = item(&report["activities"], "A 5.1");
    for (name, value) in [
        ("status", json!("started")),
        ("progress", json!("partly")),
        ("reports", json!(1)),
        ("text", en("Half the nurses")),
        ("problems", en("No room")),
        ("lightWord", json!("forecast 20 days late")),
    ] {
        assert_eq!(activity[name], value, "{name}");
    }
    assert_eq!(item(&report["outputs"], "O 5.1")["target"], 1);
}

#[test]
fn counts_the_money_and_says_what_is_provisional() {
    let given = history();
    let money = &read(&given, first_report(&given), None)["money"];
    // 50.00 euro, and 100.00 lei at 5.
    for (name, value) in
        [("planned", "1000.00"), ("declared", "70.00"), ("provisional", "20.00"), ("paid", "0.00")]
    {
        assert_eq!(money["totals"][name], value, "{name}");
    }
    assert_eq!(money["isProvisional"], true);
    assert_eq!(money["rates"], json!([{ "currency": "RON", "month": "2025-01", "rate": "5" }]));
    let partners = money["byPartner"].as_array().unwrap();
    let declared: Vec<_> = partners.iter().map(|row| (&row["partner"], &row["declared"])).collect();
    let wanted = [(1, "0.00"), (2, "20.00"), (3, "50.00"), (4, "0.00")];
    let wanted: Vec<_> = wanted.iter().map(|(p, d)| (json!(p), json!(d))).collect();
    assert!(declared.into_iter().eq(wanted.iter().map(|(p, d)| (p, d))), "{partners:?}");
    let work_packages = money["byWorkPackage"].as_array().unwrap().iter();
    let declared: Vec<_> =
        work_packages.map(|row| (&row["workPackage"], &row["declared"])).collect();
    assert!(declared.contains(&(&json!("WP 5"), &json!("70.00"))), "{declared:?}");
    let categories = money["byCategory"].as_array().unwrap().iter();
    let declared: Vec<_> = categories.map(|row| (&row["category"], &row["declared"])).collect();
    assert!(declared.contains(&(&json!("equipment"), &json!("20.00"))), "{declared:?}");
    // 35 % of 1,000.00 less 70.00.
    assert_eq!(money["paymentTrigger"]["missing"], "280.00");
}

#[test]
fn counts_outputs_and_indicators_against_their_targets() {
    let mut given = history();
    let first = read(&given, first_report(&given), None);
    assert_eq!(item(&first["outputs"], "O 5.1")["achieved"], 0);
    second_year(&mut given);
    let version = given.project.version;
    let second = read(&given, shown(2, "2025-12-01", "2026-06-30", version), None);
    let output = item(&second["outputs"], "O 5.1");
    for (name, value) in [
        ("target", json!(1)),
        ("achieved", json!(1)),
        ("achievedInPeriod", json!(1)),
        ("percent", json!("100")),
        ("status", json!("achieved")),
        ("reachedOn", json!("2026-05-05")),
    ] {
        assert_eq!(output[name], value, "{name}");
    }
    let indicator = item(&second["indicators"], "RCR 11");
    let value = json!({ "partner": 2, "from": "2025-12-01", "to": "2026-05-31", "value": "60",
        "corrected": false, "validated": false });
    // From 10 to 110, 60 is half the way.
    for (name, value) in [
        ("kind", json!("result")),
        ("baseline", json!("10")),
        ("target", json!("110")),
        ("achieved", json!("60")),
        ("percent", json!("50")),
        ("values", json!([value])),
    ] {
        assert_eq!(indicator[name], value, "{name}");
    }
    // Periods that end before or after the report's are not of it.
    let other = read(&given, shown(2, "2025-12-01", "2026-05-04", version), None);
    assert_eq!(item(&other["indicators"], "RCR 11")["values"], json!([]));
    assert_eq!(item(&other["outputs"], "O 5.1")["achievedInPeriod"], 0);
}

#[test]
fn tells_the_deviations() {
    let mut given = history();
    let first = read(&given, first_report(&given), None);
    let deviations = &first["deviations"];
    let late = |code: &str, days: u32| json!({ "code": code, "daysLate": days });
    let all = json!([late("D 4.1.1", 244), late("D 4.1.2", 244), late("D 5.1.1", 244)]);
    assert_eq!(deviations["late"], all);
    assert_eq!(deviations["returned"], json!([{ "code": "D 5.1.1", "times": 1 }]));
    let forecast = json!([{ "code": "A 5.1", "due": "2026-06-30", "forecast": "2026-07-20" }]);
    assert_eq!(deviations["forecasts"], forecast);
    assert_eq!(deviations["aboveBudget"], json!([]));
    assert_eq!(deviations["notInForm"], json!([]));

    second_year(&mut given);
    let shows = shown(2, "2025-12-01", "2026-06-30", given.project.version);
    let second = read(&given, shows, None);
    // Handed in 385 days after 31 March 2025.
    assert_eq!(second["deviations"]["doneLate"], json!([late("D 5.1.1", 385)]));
    // 50.00 and 260.00 of 300.00.
    let above = second["deviations"]["aboveBudget"].as_array().unwrap();
    let above: Vec<_> = above.iter().map(|row| (&row["partner"], &row["remaining"])).collect();
    assert_eq!(above, [(&json!(3), &json!("-10.00"))]);
}

#[test]
fn has_the_lessons_of_the_period_that_every_member_may_read() {
    let given = history();
    let titles = |shows: Shown| -> Vec<Value> {
        let report = read(&given, shows, None);
        let lessons = report["lessons"].as_array().unwrap();
        lessons.iter().map(|lesson| lesson["title"]["en"].clone()).collect()
    };
    assert_eq!(titles(first_report(&given)), ["Shared", "All"]);
    let version = given.project.version;
    assert_eq!(titles(shown(1, "2025-06-02", "2025-11-30", version)), [""; 0]);
    assert_eq!(titles(shown(1, "2025-06-01", "2025-06-01", version)), ["Shared", "All"]);
}

#[test]
fn tells_what_was_decided_and_told_and_what_is_open() {
    let mut given = history();
    let decision = |title: &str| json!({ "title": en(title), "body": "Committee" });
    post(&mut given, "haskovo", "decision.taken", "2025-10-01", decision("Begin"));
    post(&mut given, "haskovo", "decision.taken", "2024-12-01", decision("Before"));
    post(&mut given, "haskovo", "decision.taken", "2026-02-01", decision("Later"));
    let told = json!({ "title": en("Open day"), "channel": "event", "audience": en("All"),
        "reach": 85, "emblemShown": true });
    post(&mut given, "siena", "communication.logged", "2025-10-02", told);
    let risk = json!({ "title": en("Delay"), "probability": 3, "impact": 4 });
    post(&mut given, "trakia", "risk.recorded", "2025-10-03", risk);
    let issue = json!({ "title": en("No room"), "severity": "high" });
    post(&mut given, "trakia", "issue.raised", "2025-10-03", issue);
    let change = json!({ "number": 1, "class": "minor", "title": en("A shift"), "deltas": [
        { "partner": 2, "workPackage": "WP 5", "category": "equipment", "amount": "-40.00" },
        { "partner": 3, "workPackage": "WP 5", "category": "external_expertise",
            "amount": "40.00" }] });
    post(&mut given, "haskovo", "change.notified", "2025-10-04", change);
    let version = given.project.version;
    let document = read(&given, shown(1, "2025-01-01", "2025-11-30", version), None);
    let register = &document["register"];
    assert_eq!(register["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(register["decisions"][0]["title"]["en"], "Begin");
    let reach = json!([{ "channel": "event", "times": 1, "people": 85, "withoutEmblem": 0 }]);
    assert_eq!(register["communication"], reach);
    assert_eq!(
        (&register["risks"][0]["level"], &register["risks"][0]["partner"]),
        (&json!(12), &json!(3))
    );
    assert_eq!(register["issues"][0]["severity"], "high");
    let changes = &document["planChanges"];
    assert_eq!((&changes[0]["moved"], &changes[0]["requested"]), (&json!("40.00"), &json!(false)));
}

#[test]
fn says_what_changed_since_the_report_before() {
    let mut given = history();
    let first = first_report(&given);
    assert_eq!(read(&given, first, None)["changes"], Value::Null);
    second_year(&mut given);
    let second = shown(2, "2025-12-01", "2026-06-30", given.project.version);
    let changes = &read(&given, second, Some(first))["changes"];
    assert_eq!(
        changes["since"],
        json!({ "number": 1, "to": "2025-11-30", "version": first.version })
    );
    assert_eq!(changes["added"], json!(["D 5.1.2"]));
    assert_eq!(changes["removed"], json!(["D 4.1.2"]));
    assert_eq!(changes["renamed"], json!([{ "code": "D 4.1.3", "was": "D 4.1.1" }]));
    assert_eq!(changes["done"], json!(["D 5.1.1", "O 5.1"]));
    assert_eq!(changes["newlyLate"], json!([]));
    // D 4.1.2 is not planned any more, and what is not planned is not late.
    assert_eq!(changes["noLongerLate"], json!(["D 4.1.2", "D 5.1.1"]));
    let moved = |partner: Option<u32>, declared: &str| {
        let mut moved = json!({ "planned": "0.00", "declared": declared, "paid": "0.00" });
        if let Some(partner) = partner {
            moved["partner"] = json!(partner);
        }
        moved
    };
    assert_eq!(changes["money"], json!([moved(None, "260.00"), moved(Some(3), "260.00")]));
}

#[test]
fn names_nobody_and_no_document() {
    let mut given = history();
    second_year(&mut given);
    let second = shown(2, "2025-12-01", "2026-06-30", given.project.version);
    let report = read(&given, second, Some(shown(1, "2024-12-01", "2025-11-30", 25)));
    let text = report.to_string();
    for word in ["Print shop", "example.org", "\"evidence\"", "\"subject\"", "Ours"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn what_comes_later_changes_nothing() {
    let mut given = history();
    let first = first_report(&given);
    let before = read(&given, first, None);
    second_year(&mut given);
    assert_eq!(read(&given, first, None), before);
}
