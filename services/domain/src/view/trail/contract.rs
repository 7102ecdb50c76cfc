//! The parts of a contract's value and use, in its currency.

use std::collections::BTreeMap;

use super::figure::ContractAmount;
use super::{Books, Kind, Part, less, rounding};
use crate::money::{Cents, Currency};
use crate::project::finance::contract::{ContractKey, Drawn, convert};
use crate::project::finance::document::DocumentKey;
use crate::project::finance::line::Line;
use crate::view::budget_use::axes::Key;
use crate::view::finance_register::contract::Contract;

pub(super) fn parts(books: &Books, amount: ContractAmount, contract: &Contract) -> Vec<Part> {
    match amount {
        ContractAmount::Value => value(contract),
        ContractAmount::Documents => documents(books, contract),
        ContractAmount::Declared => {
            drawn(books, contract, |all| each(all, |drawn| drawn.data.declared))
        }
        ContractAmount::Paid => drawn(books, contract, |all| each(all, |drawn| drawn.paid)),
        ContractAmount::Remaining => less(value(contract), documents(books, contract)),
        ContractAmount::Subcontracted => subcontracted(contract),
    }
}

/// As it was awarded, and what each amendment made of it more or less.
fn value(contract: &Contract) -> Vec<Part> {
    let (partner, awarded) = (Some(contract.partner), &contract.data);
    let id = contract.entry.id;
    let mut parts =
        vec![Part::stated(Kind::Contract, awarded.value, partner, id, &awarded.evidence)];
    let mut before = awarded.value;
    for amendment in &contract.amendments {
        let (id, data) = (amendment.entry.id, &amendment.data);
        if let Some(value) = data.value {
            let more = value - before;
            parts.push(Part::stated(Kind::Contract, more, partner, id, &data.evidence));
            before = value;
        }
    }
    parts
}

fn subcontracted(contract: &Contract) -> Vec<Part> {
    let part = |id, value, evidence| {
        Part::stated(Kind::Contract, value, Some(contract.partner), id, evidence)
    };
    let subcontracts = contract.subcontracts.iter();
    subcontracts.map(|one| part(one.entry.id, one.data.value, &one.data.evidence)).collect()
}

/// A line that names the contract, with what it draws.
type Drawing<'a> = (&'a Line, Drawn);

/// Each document once: the line that states most of it.
fn documents(books: &Books, contract: &Contract) -> Vec<Part> {
    drawn(books, contract, |all| {
        let mut stated = BTreeMap::<_, &Drawing>::new();
        for drawing in all {
            let data = &drawing.1.data;
            let key = (DocumentKey::of(&data.document), data.declared.is_negative());
            let farther = |other: &&Drawing| {
                let (one, other) = (drawing.1.gross(), other.1.gross());
                if key.1 { one < other } else { one > other }
            };
            if stated.get(&key).is_none_or(farther) {
                stated.insert(key, drawing);
            }
        }
        let mut stated: Vec<_> = stated.into_values().collect();
        stated.sort_by_key(|(line, _)| line.version);
        stated.into_iter().map(|(line, drawn)| (*line, drawn.gross())).collect()
    })
}

fn each<'a>(all: &[Drawing<'a>], amount: impl Fn(&Drawn) -> Cents) -> Vec<(&'a Line, Cents)> {
    all.iter().map(|(line, drawn)| (*line, amount(drawn))).collect()
}

/// What the lines of each currency draw that is tied to the contract's. Each currency is converted
/// as a whole: what its lines are more or less, converted one by one, is a part of its own.
fn drawn<'a>(
    books: &Books<'a>,
    contract: &Contract,
    amounts: impl for<'b> Fn(&'b [Drawing<'a>]) -> Vec<(&'a Line, Cents)>,
) -> Vec<Part> {
    let key = ContractKey::of(contract.partner, &contract.data.reference);
    let mut by_currency = BTreeMap::<Currency, Vec<Drawing>>::new();
    let lines = books.project.finance.lines.all().filter(|line| line.partner == key.partner);
    for (line, drawn) in lines.filter_map(|line| Some((line, Drawn::of(line)?))) {
        if drawn.key().as_ref() == Some(&key) {
            by_currency.entry(drawn.data.currency).or_default().push((line, drawn));
        }
    }
    let mut parts = Vec::new();
    for (currency, mut lines) in by_currency {
        lines.sort_by_key(|(line, _)| line.version);
        let amounts = amounts(&lines);
        let to = |amount| convert(amount, currency, contract.data.currency, &books.project.plan);
        let converted: Option<Vec<Part>> =
            amounts.iter().map(|(line, amount)| Some(part(line, to(*amount)?))).collect();
        let whole = to(amounts.iter().map(|(_, amount)| *amount).sum());
        let (Some(converted), Some(whole)) = (converted, whole) else { continue };
        let key = Key { partner: Some(contract.partner), ..Key::default() };
        let left = rounding(whole, &converted, key);
        parts.extend(converted);
        parts.push(left);
    }
    parts
}

fn part(line: &Line, amount: Cents) -> Part {
    let key = Key {
        partner: Some(line.partner),
        work_package: Some(line.work_package),
        category: Some(line.category),
        ..Key::default()
    };
    Part { item: Some(line.id), ..Part::new(Kind::Drawn, amount, key) }
}
