//! Who reads which events of money, and how much of them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Reader, Shown};
use crate::given::{Given, Post, en, evidence};
use crate::project::finance::given::claim;

fn lead(event_type: &'static str, on: &'static str, data: Value) -> Post {
    Post::new("haskovo", event_type, on, data)
}

/// How the event with an id is shown to a subject.
fn shown(given: &Given, id: Uuid, subject: &str) -> Option<Shown> {
    let subject = subject.parse().unwrap();
    let reader = Reader::of(&given.project, Some(&subject), given.project.day_of(given.now));
    let recorded = given.history.iter().find(|recorded| recorded.id == id).unwrap();
    reader.shown(recorded, &given.project)
}

/// Whether it is shown, and with its documents.
#[track_caller]
fn check(given: &Given, id: Uuid, subjects: &[(&str, Option<bool>)]) {
    for (subject, expected) in subjects {
        let evidence = shown(given, id, subject).map(|shown| shown.evidence);
        assert_eq!(evidence, *expected, "{subject}");
    }
}

/// 100.00 sent to a partner, which confirms them, 10.00 of which it pays back.
fn with_money_of(given: &mut Given, subject: &'static str, partner: u32) -> [Uuid; 4] {
    let sent = json!({ "partner": partner, "instalment": 1, "date": "2025-03-04",
        "amount": "100.00", "proof": "Order 7", "evidence": evidence() });
    let sent = lead("payment.forwarded", "2025-03-04", sent);
    given.takes(&sent);
    let got = json!({ "payment": sent.id, "date": "2025-03-05", "amount": "100.00" });
    let got = Post::new(subject, "payment.confirmed", "2025-03-05", got);
    given.takes(&got);
    let ordered = json!({ "partner": partner, "amount": "10.00", "reason": en("Twice"),
        "evidence": evidence() });
    let ordered = lead("recovery.ordered", "2025-03-06", ordered);
    given.takes(&ordered);
    let repaid = json!({ "recovery": ordered.id, "date": "2025-03-07", "amount": "10.00" });
    let repaid = lead("recovery.repaid", "2025-03-07", repaid);
    given.takes(&repaid);
    [sent.id, got.id, ordered.id, repaid.id]
}

#[test]
fn a_transfer_partner_reads_of_the_money_that_it_got_itself() {
    let mut given = Given::project();
    let received = json!({ "instalment": 1, "date": "2025-03-03", "amount": "300.00" });
    let received = lead("payment.received", "2025-03-03", received);
    given.takes(&received);
    let of_siena = with_money_of(&mut given, "siena", 4);
    let of_trakia = with_money_of(&mut given, "trakia", 3);
    for id in of_siena {
        let readers = [("haskovo", Some(true)), ("siena", Some(true)), ("trakia", Some(false))];
        check(&given, id, &readers);
        check(&given, id, &[("expert", None), ("controller", Some(true))]);
    }
    for id in of_trakia {
        check(&given, id, &[("trakia", Some(true)), ("urbasofia", Some(false)), ("siena", None)]);
    }
    check(&given, received.id, &[("trakia", Some(false)), ("siena", None)]);
}

#[test]
fn the_owner_of_a_line_reads_the_documents_of_what_control_makes_of_it() {
    let mut given = Given::project();
    let own = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    let other = given.checked_line("urbasofia", "equipment", ("50.00", "EUR"));
    let checked = given.history[given.history.len() - 4].id;
    given.submitted(1, &[own, other], "2025-04-10");
    given.all_taken(&[claim::start(1, "2025-04-11")]);
    let verified = claim::verify(own, ["90.00", "0.00", "10.00"], "2025-04-11");
    given.takes(&verified);
    given.takes(&claim::verify(other, ["50.00", "0.00", "0.00"], "2025-04-11"));
    given.takes(&claim::close(1, "2025-04-11"));
    let unparked = claim::unpark(own, "2025-04-12");
    given.takes(&unparked);
    for id in [checked, verified.id, unparked.id] {
        check(&given, id, &[("trakia", Some(true)), ("controller", Some(true))]);
        check(&given, id, &[("urbasofia", None), ("siena", None)]);
    }
}

#[test]
fn a_correction_shows_each_partner_what_it_takes_off_its_own_lines() {
    let mut given = Given::project();
    let own = given.checked_line("trakia", "staff", ("100.00", "EUR"));
    let other = given.checked_line("urbasofia", "equipment", ("50.00", "EUR"));
    given.submitted(1, &[own, other], "2025-04-10");
    let all = ["100.00", "0.00", "0.00"];
    given.controlled(1, &[(own, all), (other, ["50.00", "0.00", "0.00"])], "2025-04-11");
    let mut post = claim::correct(own, "10.00", "2025-04-12");
    post.data["corrections"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "line": other, "amount": "5.00", "typology": "1" }));
    given.takes(&post);
    let alone = claim::correct(own, "1.00", "2025-04-13").id(77);
    given.takes(&alone);
    for (subject, left_out) in
        [("haskovo", vec![]), ("trakia", vec![1]), ("urbasofia", vec![0]), ("auditor", vec![])]
    {
        let shown = shown(&given, post.id, subject).unwrap();
        assert_eq!((shown.evidence, shown.corrections_of_others), (true, left_out), "{subject}");
    }
    check(&given, alone.id, &[("trakia", Some(true)), ("urbasofia", None), ("siena", None)]);
}

#[test]
fn a_visit_is_read_by_who_was_visited_and_by_those_who_check() {
    let mut given = Given::project();
    let visit = |partner: Value| {
        let mut data = json!({ "place": en("Hospital"), "from": "2025-03-04", "to": "2025-03-04",
            "focus": en("Equipment"), "evidence": evidence() });
        if !partner.is_null() {
            data["partner"] = partner;
        }
        Post::new("controller", "visit.recorded", "2025-03-04", data)
    };
    let (at_siena, at_trakia, anywhere) =
        (visit(json!(4)).id(1), visit(json!(3)).id(2), visit(Value::Null).id(3));
    given.all_taken(&[visit(json!(4)).id(1), visit(json!(3)).id(2), visit(Value::Null).id(3)]);
    check(&given, at_siena.id, &[("siena", Some(true)), ("trakia", None), ("haskovo", Some(true))]);
    check(&given, at_trakia.id, &[("siena", None), ("trakia", Some(true)), ("urbasofia", None)]);
    check(&given, anywhere.id, &[("siena", None), ("trakia", Some(false)), ("expert", None)]);
}
