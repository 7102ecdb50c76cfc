//! Cash, the second payment, contracts, own money, the profile and the cost of a deliverable.

use super::*;
use crate::event::plan::application_form::ContributionKind;
use crate::project::finance::given::{declare, record};
use crate::view::cash::cash;
use crate::view::trail::figure::{
    CashAmount, ContractAmount, Months, PartnerTriggerAmount, RecoveryAmount, SourceAmount,
    TriggerAmount,
};

const DAY: &str = "2026-06-28";

/// What takes back a mistyped amount says why.
fn because(post: Post) -> Post {
    Post { reason: Some("Mistyped"), ..post }
}

/// The history of the lines, with payments of the fund, a recovery, own money and a contract.
fn with_money() -> Given {
    let mut given = history();
    let received = json!({ "instalment": 1, "date": DAY, "amount": "400.00" });
    post(&mut given, "haskovo", "payment.received", DAY, received);
    let forward =
        |amount: &str| json!({ "partner": 3, "instalment": 1, "date": DAY, "amount": amount });
    let sent = post(&mut given, "haskovo", "payment.forwarded", DAY, forward("100.00"));
    post(&mut given, "haskovo", "payment.forwarded", DAY, forward("30.00"));
    for amount in ["98.00", "99.50"] {
        let confirmed = json!({ "payment": sent, "date": DAY, "amount": amount });
        post(&mut given, "trakia", "payment.confirmed", DAY, confirmed);
    }
    let mistyped = json!({ "partner": 3, "instalment": 1, "date": DAY, "amount": "-7.00",
        "corrects": sent });
    given.accept(&because(Post::new("haskovo", "payment.forwarded", DAY, mistyped)));
    let order = json!({ "partner": 3, "amount": "20.00", "reason": en("Not eligible"),
        "evidence": evidence() });
    let recovery = post(&mut given, "haskovo", "recovery.ordered", DAY, order);
    let repaid = json!({ "recovery": recovery, "date": DAY, "amount": "15.00" });
    post(&mut given, "haskovo", "recovery.repaid", DAY, repaid);
    let mistyped = json!({ "partner": 3, "amount": "-2.00", "reason": en("Mistyped"),
        "corrects": recovery });
    given.accept(&because(Post::new("haskovo", "recovery.ordered", DAY, mistyped)));
    for (source, amount) in [("own", "50.00"), ("OWN", "-10.00"), ("A bank", "5.00")] {
        let data = json!({ "source": source, "kind": "public", "date": DAY, "amount": amount });
        given.accept(&because(Post::new("trakia", "contribution.received", DAY, data)));
    }
    let in_kind = json!({ "source": "own", "kind": "public", "workPackage": "WP 5",
        "from": DAY, "to": DAY, "value": "7.00", "text": en("A room"), "evidence": evidence() });
    post(&mut given, "trakia", "in_kind.recorded", DAY, in_kind);
    let revenue = json!({ "source": "Visitors", "date": DAY, "amount": "3.00",
        "text": en("Tickets") });
    post(&mut given, "trakia", "revenue.recorded", DAY, revenue);
    given
}

#[test]
fn every_amount_of_cash_is_a_sum() {
    let given = with_money();
    let read = Read::of(&given);
    let all = cash(&given.project, &read.budget_use, None);
    let mut opened = 0;
    for one in &all {
        let figures = [
            (CashAmount::Received, one.received),
            (CashAmount::Confirmed, one.confirmed),
            (CashAmount::Forwarded, one.forwarded),
            (CashAmount::Repaid, one.repaid),
            (CashAmount::Recovered, one.recovered),
            (CashAmount::ToRepay, one.to_repay),
            (CashAmount::Spent, one.spent),
            (CashAmount::OwnShare, one.own_share),
            (CashAmount::Contributions, one.own.contributions),
            (CashAmount::InKind, one.own.in_kind),
            (CashAmount::Revenue, one.own.revenue),
            (CashAmount::Held, one.held()),
            (CashAmount::Gap, one.gap()),
        ];
        for (amount, figure) in figures {
            read.check(Figure::Cash(amount, one.partner), figure);
            opened += usize::from(figure != Cents::ZERO);
        }
    }
    assert!(opened >= 15, "{opened}");
    let gap = read.parts(&Figure::Cash(CashAmount::Gap, 3));
    let parts: Vec<_> = gap.iter().map(|part| (part.kind, part.amount)).collect();
    let paid = (Kind::Item, cents("10.23"));
    let money = ["-100.00", "7.00", "-30.00", "15.00"].map(|amount| (Kind::Payment, cents(amount)));
    assert_eq!(parts, [&[paid][..], &money].concat());
}

#[test]
fn a_payment_is_what_was_sent_less_what_was_taken_back() {
    let given = with_money();
    let read = Read::of(&given);
    let taken_back = read.fund.payments().filter(|payment| payment.taken_back() != Cents::ZERO);
    assert_eq!(taken_back.count(), 1);
    for payment in read.fund.payments() {
        read.check(Figure::Payment(payment.entry.id), payment.amount());
    }
}

#[test]
fn what_is_left_of_a_recovery_is_its_order_less_what_was_paid_back() {
    let given = with_money();
    let read = Read::of(&given);
    let recovery = read.fund.recoveries().next().unwrap();
    let id = recovery.entry.id;
    read.check(Figure::Recovery(RecoveryAmount::Ordered, id), recovery.amount());
    read.check(Figure::Recovery(RecoveryAmount::Repaid, id), recovery.repaid());
    read.check(Figure::Recovery(RecoveryAmount::Left, id), recovery.left());
    assert_eq!(trail(&read.books(), &Figure::Recovery(RecoveryAmount::Left, Uuid::nil())), None);
}

fn check_trigger(given: &Given) {
    let read = Read::of(given);
    let trigger = read.budget_use.payment_trigger(&given.project).unwrap();
    let figures = [
        (TriggerAmount::Base, trigger.base),
        (TriggerAmount::Trigger, trigger.trigger),
        (TriggerAmount::Reported, trigger.reported),
        (TriggerAmount::Claimed, trigger.claimed),
        (TriggerAmount::Provisional, trigger.provisional),
        (TriggerAmount::Missing, trigger.missing),
        (TriggerAmount::SecondPayment, trigger.second_payment),
        (TriggerAmount::Validated, trigger.validated),
        (TriggerAmount::ProRataValidated, trigger.pro_rata_validated),
        (TriggerAmount::ProRataReported, trigger.pro_rata_reported),
    ];
    for (amount, figure) in figures {
        read.check(Figure::Trigger(amount), figure);
    }
    for partner in &trigger.partners {
        let figures = [
            (PartnerTriggerAmount::Reported, partner.reported),
            (PartnerTriggerAmount::Planned, partner.planned),
            (PartnerTriggerAmount::Trigger, partner.trigger),
            (PartnerTriggerAmount::Missing, partner.missing),
        ];
        for (amount, figure) in figures {
            read.check(Figure::PartnerTrigger(amount, partner.partner), figure);
        }
    }
}

fn limit(given: &Given, amount: TriggerAmount) -> Option<Cents> {
    let parts = Read::of(given).parts(&Figure::Trigger(amount));
    parts.iter().find(|part| part.kind == Kind::Limit).map(|part| part.amount)
}

#[test]
fn the_way_to_the_second_payment_is_a_sum_before_and_after_it_is_reached() {
    let mut given = with_money();
    check_trigger(&given);
    assert_eq!(limit(&given, TriggerAmount::Missing), None);
    bought(&mut given, "trakia", "99", "400.01", "EUR");
    check_trigger(&given);
    let reported = Read::of(&given).budget_use.payment_trigger(&given.project).unwrap().reported;
    let above = Some(reported - cents("350.00"));
    assert_eq!(limit(&given, TriggerAmount::Missing), above, "reported beyond the trigger");
    assert!(limit(&given, TriggerAmount::ProRataReported) < Some(Cents::ZERO), "at most the whole");
}

#[test]
fn a_trigger_of_the_grant_is_a_sum_too() {
    let mut given = with_money();
    let signed = json!({ "total": "1000.00", "erdf": "800.00", "rate": "0.80",
        "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.333",
        "triggerBase": "erdf" });
    record(&mut given, 1, "subsidy_contract.signed", &signed);
    check_trigger(&given);
}

#[test]
fn a_figure_of_the_trigger_is_none_before_the_contract() {
    let given = Given::nothing();
    let read = Read::of(&given);
    assert_eq!(trail(&read.books(), &Figure::Trigger(TriggerAmount::Missing)), None);
}

#[test]
fn the_sources_of_the_own_share_are_sums() {
    let given = with_money();
    let read = Read::of(&given);
    let form = given.project.plan.newest_form().map(|form| &**form);
    for source in read.register.sources(3, &given.project, form) {
        let figure =
            |amount| Figure::Source(amount, 3, ContributionKind::Public, source.name.clone());
        read.check(figure(SourceAmount::Planned), source.planned);
        read.check(figure(SourceAmount::Received), source.received);
        read.check(figure(SourceAmount::Missing), source.missing());
    }
}

/// A contract in lei: an invoice on two lines, one with a credit note, a part passed on, an
/// amendment; and, from the day on which leva are fixed, one in leva with lines in euro.
fn with_contracts() -> Given {
    let mut given = Given::project();
    let award = |reference: &str, currency: &str| {
        json!({ "reference": reference, "title": en("Survey"), "procedure": "quotes",
            "date": "2025-01-10", "value": "300.00", "currency": currency,
            "supplier": "Print Ltd", "taxId": "BG 999" })
    };
    post(&mut given, "trakia", "contract.awarded", "2025-01-10", award("1", "EUR"));
    post(&mut given, "trakia", "contract.awarded", "2025-01-10", award("2", "BGN"));
    let changed = json!({ "contract": "1", "date": "2025-04-15", "value": "280.00",
        "reason": en("Less") });
    post(&mut given, "trakia", "contract.amended", "2025-04-15", changed);
    let passed = json!({ "contract": "1", "subcontractor": "Field Ltd", "taxId": "BG 777",
        "title": en("Interviews"), "date": "2025-04-16", "value": "30.00" });
    post(&mut given, "trakia", "subcontract.recorded", "2025-04-16", passed);
    let line = declare(json!({ "contract": "1" }));
    given.accept(&line);
    let again = json!({ "contract": "1", "category": "equipment", "declared": "20.00" });
    record(&mut given, 3, "expenditure.declared", &with(cost(), again));
    let paid = json!({ "line": line.id, "date": "2025-03-05", "amount": "60.00" });
    post(&mut given, "trakia", "expenditure.paid", "2025-03-05", paid);
    for (number, amount) in [("21", "10.01"), ("22", "10.02"), ("23", "10.03")] {
        let data = json!({ "contract": "2", "net": amount, "vat": "0.00", "declared": amount,
            "document": dated_invoice(number, "2025-03-03") });
        given.accept(&declare(data));
    }
    let fixed = json!({ "currency": "BGN", "policy": "irrevocable", "value": "1.95583",
        "validFrom": "2026-01-01", "legalSource": "Regulation (EU) 2025/1409" });
    record(&mut given, 1, "rate_policy.set", &fixed);
    given
}

#[test]
fn what_is_drawn_on_a_contract_is_a_sum_in_its_currency() {
    let given = with_contracts();
    let read = Read::of(&given);
    let mut currencies = Vec::new();
    for contract in read.register.contracts() {
        let used = contract.used(&given.project);
        let figure = |amount| Figure::Contract(amount, 3, contract.entry.id);
        let figures = [
            (ContractAmount::Value, used.value),
            (ContractAmount::Documents, used.drawn.gross),
            (ContractAmount::Declared, used.drawn.declared),
            (ContractAmount::Paid, used.drawn.paid),
            (ContractAmount::Remaining, used.remaining),
            (ContractAmount::Subcontracted, used.subcontracted),
        ];
        for (amount, expected) in figures {
            read.check(figure(amount), expected);
        }
        assert!(used.drawn.gross > Cents::ZERO);
        currencies.push(trail(&read.books(), &figure(ContractAmount::Value)).unwrap().currency);
        let of_another = Figure::Contract(ContractAmount::Value, 2, contract.entry.id);
        assert_eq!(trail(&read.books(), &of_another), None);
    }
    assert_eq!(currencies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["BGN", "EUR"]);
}

/// 30.06 euro are 58.79 leva; 10.01, 10.02 and 10.03 are 19.58, 19.60 and 19.62.
#[test]
fn what_a_contract_leaves_when_lines_are_converted_one_by_one_is_a_part() {
    let given = with_contracts();
    let read = Read::of(&given);
    let contract = read.register.contracts().next().unwrap().entry.id;
    let parts = read.parts(&Figure::Contract(ContractAmount::Declared, 3, contract));
    let parts: Vec<_> = parts.iter().map(|part| (part.kind, part.amount)).collect();
    let lines = ["19.58", "19.60", "19.62"].map(|amount| (Kind::Drawn, cents(amount)));
    assert_eq!(parts, [lines[0], lines[1], lines[2], (Kind::Rounding, cents("-0.01"))]);
}

#[test]
fn the_profile_and_the_cost_of_a_deliverable_are_sums() {
    let mut given = with_money();
    let of_deliverable = json!({ "deliverable": "D 5.1.1", "currency": "RON" });
    given.accept(&declare(of_deliverable));
    let read = Read::of(&given);
    let profile = read.budget_use.profile(&given.project, None, "2026-07-01".parse().unwrap());
    assert!(profile.months.len() > 10 && profile.flat_rates > Cents::ZERO);
    for spent in &profile.months {
        read.check(Figure::Months(Months::One(spent.month)), spent.declared);
        read.check(Figure::Months(Months::UpTo(spent.month)), spent.up_to);
    }
    read.check(Figure::Months(Months::None), profile.flat_rates);
    let by = [Axis::Deliverable];
    let costs = read.budget_use.budget_use(&given.project, None, &by, &Filter::default());
    let row = costs.rows.iter().find(|row| row.key.deliverable.is_some()).unwrap();
    let of_deliverable = |amount| Figure::Deliverable(amount, row.key.deliverable.unwrap());
    read.check(of_deliverable(BudgetAmount::Declared), row.amounts.declared);
    read.check(of_deliverable(BudgetAmount::Provisional), row.amounts.provisional);
    assert_eq!(row.amounts.provisional, cents("9.86"));
}
