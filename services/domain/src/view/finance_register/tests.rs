use serde_json::{Value, json};
use uuid::Uuid;

use super::partner_report::Turn;
use super::*;
use crate::event::plan::application_form::ContributionKind;
use crate::given::{Given, Post, en, evidence};
use crate::posting::OnBehalfOf;
use crate::project::finance::given::{cents, declare, invoice, with};
use crate::project::finance::partner_report::PartnerReportStatus;

fn register(given: &Given) -> FinanceRegister {
    let mut project = Project::new("care-get".parse().unwrap());
    let mut register = FinanceRegister::default();
    for recorded in &given.history {
        project.evolve(recorded);
        register.apply(recorded, &project);
    }
    register
}

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

fn award(changes: Value) -> Post {
    let data = json!({ "reference": "14/2025", "title": en("Survey"), "procedure": "quotes",
        "date": "2025-01-10", "end": "2025-05-31", "value": "300.00", "currency": "EUR",
        "supplier": "Print Ltd", "taxId": "BG 999" });
    Post::new("trakia", "contract.awarded", "2025-01-10", with(data, changes))
}

#[test]
fn a_contract_shows_what_it_is_worth_now_and_what_was_drawn_on_it() {
    let mut given = Given::project();
    given.accept(&award(json!({})).id(1));
    let line = declare(json!({ "contract": "14/2025" }));
    given.accept(&line);
    let paid = json!({ "line": line.id, "date": "2025-03-05", "amount": "60.00" });
    given.accept(&Post::new("trakia", "expenditure.paid", "2025-03-05", paid));
    let amended = json!({ "contract": "14/ 2025", "date": "2025-04-15", "value": "400.00",
        "end": "2025-06-30", "reason": en("More") });
    given.accept(&Post::new("trakia", "contract.amended", "2025-04-15", amended));
    let passed = json!({ "contract": "14/2025", "subcontractor": "Field Ltd", "taxId": "BG 777",
        "title": en("Interviews"), "date": "2025-04-16", "value": "30.00" });
    given.accept(&Post::new("trakia", "subcontract.recorded", "2025-04-16", passed));
    let leva = json!({ "contract": "14/2025", "currency": "BGN", "document": invoice("18") });
    given.accept(&declare(leva));
    let closed = json!({ "contract": "14/2025", "date": "2025-07-04" });
    given.accept(&Post::new("trakia", "contract.closed", "2025-07-04", closed));
    let register = register(&given);
    let contracts: Vec<_> = register.contracts().collect();
    let [contract] = contracts[..] else { panic!("one contract: {contracts:?}") };
    let used = contract.used(&given.project);
    assert_eq!((used.value, used.end), (cents("400.00"), Some(day("2025-06-30"))));
    assert_eq!((used.drawn.lines, used.lines_apart), (1, 1));
    assert_eq!((used.drawn.gross, used.drawn.declared), (cents("120.00"), cents("50.00")));
    assert_eq!((used.drawn.paid, used.remaining), (cents("60.00"), cents("280.00")));
    assert_eq!((used.subcontracted, contract.subcontracts.len()), (cents("30.00"), 1));
    assert_eq!(contract.amendments.len(), 1);
    assert_eq!((contract.partner, contract.closed_on()), (3, Some(day("2025-07-04"))));
}

#[test]
fn contributions_stand_beside_what_the_form_has_of_their_source() {
    let mut given = Given::project();
    for (source, amount) in [("own", "50.00"), ("OWN ", "-10.00"), ("A bank", "5.00")] {
        let data = json!({ "source": source, "kind": "public", "date": "2025-04-01",
            "amount": amount });
        given.accept(&Post::new("trakia", "contribution.received", "2025-04-01", data));
    }
    let form = given.project.plan.newest_form().map(|form| &**form);
    let register = register(&given);
    let sources = |partner| {
        let sources = register.sources(partner, &given.project, form);
        let read = |source: &own_money::Source| {
            assert_eq!(source.kind, ContributionKind::Public);
            (source.name.to_string(), source.planned, source.received, source.missing())
        };
        sources.iter().map(read).collect::<Vec<_>>()
    };
    let nothing = cents("0.00");
    let own = ("own".to_owned(), cents("60.00"), cents("40.00"), cents("20.00"));
    let bank = ("A bank".to_owned(), nothing, cents("5.00"), nothing);
    assert_eq!(sources(3), [own, bank]);
    let untouched = ("own".to_owned(), cents("60.00"), nothing, cents("60.00"));
    assert_eq!(sources(2), [untouched]);
    assert_eq!(register.contributions().count(), 3);
}

#[test]
fn a_report_that_was_given_back_waits_for_its_partner() {
    let mut given = Given::project();
    let report = |on: &'static str, id: u128| {
        let data = json!({ "from": "2025-01-01", "to": "2025-06-30", "text": en("Late") });
        Post::new("trakia", "partner_report.submitted", on, data).id(id)
    };
    given.accept(&report("2025-07-10", 1));
    let read = |given: &Given| {
        let register = register(given);
        let today = day("2025-07-25");
        let reports = register.partner_reports(&given.project, today);
        let one = &reports[0];
        let last = one.submissions.last().unwrap();
        let remark = last.returned.map(|back| back.data.remark.original().to_owned());
        (one.status, one.turn, one.waiting_days, last.submission, remark)
    };
    let submitted = PartnerReportStatus::Submitted;
    assert_eq!(read(&given), (submitted, Turn::Nobody, None, 1, None));
    let data = json!({ "report": Uuid::from_u128(1), "remark": en("Add June") });
    given.accept(&Post::new("haskovo", "partner_report.returned", "2025-07-15", data));
    let returned = PartnerReportStatus::Returned;
    let remark = Some("Add June".to_owned());
    assert_eq!(read(&given), (returned, Turn::Partner, Some(10), 1, remark));
    given.accept(&report("2025-07-20", 2));
    assert_eq!(read(&given), (submitted, Turn::Nobody, None, 2, None));
}

#[test]
fn a_visit_is_the_controllers_or_the_leads() {
    let mut given = Given::project();
    let data = json!({ "place": en("Hospital"), "from": "2026-05-05", "to": "2026-05-06",
        "focus": en("Equipment"), "evidence": evidence() });
    let visit = |subject| Post::new(subject, "visit.recorded", "2026-05-10", data.clone());
    given.accept(&visit("controller"));
    given.accept(&visit("haskovo"));
    let for_controller = visit("haskovo").id(5);
    given.accept(&for_controller.on_behalf_of(OnBehalfOf::Controller, "its report"));
    let register = register(&given);
    let by_controller: Vec<_> = register.visits().map(|visit| visit.by_controller).collect();
    assert_eq!(by_controller, [true, false, true]);
}

#[test]
fn records_are_held_until_each_hold_is_released() {
    let mut given = Given::project();
    let started = json!({ "lastPayment": "2026-04-12" });
    given.accept(&Post::new("haskovo", "retention.started", "2026-05-01", started));
    let placed = json!({ "authority": "Court", "reason": en("Appeal"), "evidence": evidence() });
    for id in [1, 2] {
        let post = Post::new("haskovo", "hold.placed", "2026-05-02", placed.clone());
        given.accept(&post.id(id));
    }
    let read = |given: &Given| {
        let register = register(given);
        let retention = register.retention(&given.project);
        let open = register.holds().filter(|hold| hold.release.is_none()).count();
        (retention.kept_until, retention.years, retention.held, open)
    };
    let until = Some(day("2031-12-31"));
    assert_eq!(read(&given), (until, 5, true, 2));
    for (id, held) in [(1, true), (2, false)] {
        let data = json!({ "hold": Uuid::from_u128(id), "reason": en("Over") });
        given.accept(&Post::new("haskovo", "hold.released", "2026-05-03", data));
        assert_eq!(read(&given), (until, 5, held, usize::from(held)));
    }
}
