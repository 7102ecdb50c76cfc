//! What stands under a figure: the items, flat rates, budget cells and events whose sum it is, to
//! the cent. What is taken off is negative.
//!
//! What rounding leaves over, and what a limit takes off or puts on, are entries of their own,
//! never hidden.

pub mod figure;
pub mod behind;
mod budget;
mod cash;
mod trigger;
mod contract;
mod source;
#[cfg(test)]
mod tests;

use crate::event::evidence::Evidence;
use crate::event::plan::application_form::ApplicationFormApproved;
use crate::ids::{EventId, PartnerNumber};
use crate::money::{Cents, Currency, Share};
use crate::project::Project;
use crate::view::budget_use::axes::{Detail, Key};
use crate::view::finance_register::FinanceRegister;
use crate::view::fund::Fund;
use figure::{BudgetAmount, Figure, Place};

/// What figures are opened with.
#[derive(Clone, Copy)]
pub struct Books<'a> {
    pub project: &'a Project,
    pub fund: &'a Fund,
    pub register: &'a FinanceRegister,
    /// The form under which the figure was told.
    form: Option<&'a ApplicationFormApproved>,
    /// In which detail budget use was told.
    detail: &'a Detail,
}

static OF_ALL: Detail = Detail::OfAll;

impl<'a> Books<'a> {
    /// Under a form; the newest one where none is named. In all detail.
    pub fn new(
        project: &'a Project,
        fund: &'a Fund,
        register: &'a FinanceRegister,
        form: Option<&'a ApplicationFormApproved>,
    ) -> Self {
        let form = form.or(project.plan.newest_form().map(|form| &**form));
        Self { project, fund, register, form, detail: &OF_ALL }
    }

    pub fn with_detail(self, detail: &'a Detail) -> Self {
        Self { detail, ..self }
    }
}

/// The parts of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// What the amounts are in: the euro, but for a contract in another currency.
    pub currency: Currency,
    pub parts: Vec<Part>,
}

/// A part of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: Kind,
    /// What it adds to the figure.
    pub amount: Cents,
    /// Where it stands along the axes of the budget.
    pub key: Key,
    /// The item that it comes from.
    pub item: Option<EventId>,
    /// The event that states it, where no item does, and those before it that it stands on.
    pub stated_by: Vec<EventId>,
    /// The documents of that event.
    pub evidence: Vec<Evidence>,
    /// Version of the application form by which it is so.
    pub form: Option<u32>,
    /// What `amount` is a share of.
    pub base: Option<Cents>,
    pub share: Option<PartShare>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A budget cell of the application form, or a source of a partner's own share in it.
    Planned,
    /// An item of expenditure, or what of it is in one claim.
    Item,
    /// A flat rate on an item.
    FlatRate,
    /// The fund's part of an item.
    Fund,
    /// The fund's part of a flat rate.
    FundOfFlatRate,
    /// What is left when the parts are rounded one by one.
    Rounding,
    /// A payment of the fund or what a partner got of it; a recovery, or what was paid back of it.
    Payment,
    /// What a partner brings for its own share, or what it earns.
    OwnMoney,
    /// The value of a contract with a supplier, a change of it, or what is passed on of it.
    Contract,
    /// What an item draws on a contract with a supplier.
    Drawn,
    /// An amount of the subsidy contract.
    SubsidyContract,
    /// A share, by the subsidy contract, of an amount of it or of the form.
    Share,
    /// What another part brings of the second payment.
    SecondPayment,
    /// What is put on so that the figure is not less than nothing, or taken off so that it is not
    /// more than the whole.
    Limit,
}

impl Kind {
    /// Whether only its partner and those who check see it one by one.
    pub fn is_of_partner(self) -> bool {
        match self {
            Self::OwnMoney | Self::Contract => true,
            Self::Planned
            | Self::Item
            | Self::FlatRate
            | Self::Fund
            | Self::FundOfFlatRate
            | Self::Rounding
            | Self::Payment
            | Self::Drawn
            | Self::SubsidyContract
            | Self::Share
            | Self::SecondPayment
            | Self::Limit => false,
        }
    }
}

/// Which share of its base a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartShare {
    Rate(Share),
    /// The partner's ERDF over its budget; the second payment over its trigger.
    Fraction {
        of: Cents,
        whole: Cents,
    },
}

impl Part {
    fn new(kind: Kind, amount: Cents, key: Key) -> Self {
        Self {
            kind,
            amount,
            key,
            item: None,
            stated_by: Vec::new(),
            evidence: Vec::new(),
            form: None,
            base: None,
            share: None,
        }
    }

    /// An amount that an event states of a partner.
    fn stated(
        kind: Kind,
        amount: Cents,
        partner: Option<PartnerNumber>,
        event: EventId,
        evidence: &[Evidence],
    ) -> Self {
        let key = Key { partner, ..Key::default() };
        let (stated_by, evidence) = (vec![event], evidence.to_vec());
        Self { stated_by, evidence, ..Self::new(kind, amount, key) }
    }

    fn taken_off(self) -> Self {
        Self { amount: -self.amount, base: self.base.map(|base| -base), ..self }
    }
}

/// The parts of a figure; nothing where there is no such figure.
pub fn trail(books: &Books, figure: &Figure) -> Option<Trail> {
    let mut currency = Currency::EUR;
    let mut parts = match figure {
        Figure::Budget(amount, place) => budget::parts(books, *amount, place),
        Figure::Deliverable(amount, deliverable) => {
            let books = books.with_detail(&OF_ALL);
            budget::parts(&books, *amount, &Place::deliverable(*deliverable))
        }
        Figure::Months(months) => {
            let books = books.with_detail(&OF_ALL);
            budget::parts(&books, BudgetAmount::Declared, &Place::months(*months))
        }
        Figure::Cash(amount, partner) => cash::parts(books, *amount, *partner),
        Figure::Payment(payment) => cash::of_payment(books.fund.payment(*payment)?),
        Figure::Recovery(amount, recovery) => cash::of_recovery(books, *amount, *recovery)?,
        Figure::Trigger(amount) => trigger::parts(books, *amount)?,
        Figure::PartnerTrigger(amount, partner) => trigger::of_partner(books, *amount, *partner)?,
        Figure::Contract(amount, partner, contract) => {
            let contract = books.register.contract(*contract)?;
            let contract = Some(contract).filter(|contract| contract.partner == *partner)?;
            currency = contract.data.currency;
            contract::parts(books, *amount, contract)
        }
        Figure::Source(amount, partner, kind, name) => {
            source::parts(books, *amount, *partner, *kind, name)
        }
    };
    parts.retain(|part| part.amount != Cents::ZERO);
    Some(Trail { currency, parts })
}

fn sum(parts: &[Part]) -> Cents {
    parts.iter().map(|part| part.amount).sum()
}

/// One figure less another.
fn less(mut parts: Vec<Part>, taken_off: Vec<Part>) -> Vec<Part> {
    parts.extend(taken_off.into_iter().map(Part::taken_off));
    parts
}

/// The same, with what is missing to nothing where it is less.
fn at_least_nothing(mut parts: Vec<Part>) -> Vec<Part> {
    let below = Cents::ZERO - sum(&parts).min(Cents::ZERO);
    parts.push(Part::new(Kind::Limit, below, Key::default()));
    parts
}

/// What rounding one by one leaves of a whole.
fn rounding(whole: Cents, parts: &[Part], key: Key) -> Part {
    Part::new(Kind::Rounding, whole - sum(parts), key)
}
