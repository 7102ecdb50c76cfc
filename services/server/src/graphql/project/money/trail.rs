//! What stands under a figure.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::money::Cents;
use cairn_domain::view::fund::Payment;
use cairn_domain::view::trail::behind::{documents, events};
use cairn_domain::view::trail::figure::{CashAmount, Figure};
use cairn_domain::view::trail::{self, Books, Kind, Part, PartShare};

use super::CostCategory;
use super::figure::{Told, read};
use super::line::ExpenditureLine;
use crate::graphql::Question;
use crate::graphql::connection::{self, Page};
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::values::{Decimal, refusal};
use crate::views::past::Window;

/// Figures that one request opens, at most: each looks at every line of its project.
pub const TRAILS_MAX: usize = 16;

/// How many figures a request has opened.
#[derive(Debug, Default)]
pub struct Opened(AtomicUsize);

impl Opened {
    fn one_more(&self) -> Result<()> {
        if self.0.fetch_add(1, Ordering::Relaxed) < TRAILS_MAX {
            return Ok(());
        }
        let message =
            format!("A request opens {TRAILS_MAX} figures at most. Ask in several requests.");
        Err(refusal("TRAILS_TOO_MANY", message))
    }
}

/// What a part of a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TrailKind {
    /// A budget cell of the application form, or a source of a partner's own share in it.
    Planned,
    /// An expenditure line, or what of it is in one claim.
    Line,
    /// A flat rate on a line.
    FlatRate,
    /// The fund's part of a line.
    Fund,
    /// The fund's part of a flat rate.
    FundOfFlatRate,
    /// What is left when the parts are rounded one by one.
    Rounding,
    /// A payment of the fund, or what a partner got of it; a recovery, or what was paid back of it.
    Payment,
    /// What a partner brings for its own share, or what it earns.
    OwnMoney,
    /// The value of a contract with a supplier, a change of it, or what is passed on of it.
    Contract,
    /// What a line draws on a contract with a supplier.
    Drawn,
    /// An amount of the subsidy contract.
    SubsidyContract,
    /// A share, by the subsidy contract, of an amount of it or of the application form.
    Share,
    /// What another part brings of the second payment.
    SecondPayment,
    /// What is put on so that the figure is not less than nothing, or taken off so that it is not
    /// more than the whole.
    Limit,
    /// All parts that stand on lines or own money of another partner, which the caller may not see
    /// one by one. Of a month and of the cost of a deliverable those of all such partners together,
    /// with no partner.
    LinesOfPartner,
}

impl From<Kind> for TrailKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Planned => Self::Planned,
            Kind::Item => Self::Line,
            Kind::FlatRate => Self::FlatRate,
            Kind::Fund => Self::Fund,
            Kind::FundOfFlatRate => Self::FundOfFlatRate,
            Kind::Rounding => Self::Rounding,
            Kind::Payment => Self::Payment,
            Kind::OwnMoney => Self::OwnMoney,
            Kind::Contract => Self::Contract,
            Kind::Drawn => Self::Drawn,
            Kind::SubsidyContract => Self::SubsidyContract,
            Kind::Share => Self::Share,
            Kind::SecondPayment => Self::SecondPayment,
            Kind::Limit => Self::Limit,
        }
    }
}

/// A part of a figure.
#[derive(SimpleObject)]
pub struct TrailPart {
    /// What it is.
    pub kind: TrailKind,
    /// What it adds to the figure, in the figure's currency; negative where it is taken off.
    pub amount: Decimal,
    /// Number of the partner.
    pub partner: Option<u32>,
    /// Code of the work package.
    pub work_package: Option<String>,
    /// The kind of cost.
    pub category: Option<CostCategory>,
    /// Number of the submitted claim that it is in.
    pub claim: Option<u32>,
    /// Version of the application form by which it is so.
    pub application_form: Option<u32>,
    /// The line that it stands on, with its documents, payments and rates.
    pub line: Option<ExpenditureLine>,
    /// What `amount` is a share of, in the figure's currency.
    pub base: Option<Decimal>,
    /// The share: a decimal string, the partner's ERDF over its budget, or the second payment over
    /// its trigger.
    pub share: Option<String>,
    /// Opaque ids of the events behind it that the caller may see, for `node`: those of the form,
    /// the subsidy contract, the line with its checks, payments and documents, the rates, and what
    /// claims, control and audits made of it.
    pub events: Vec<ID>,
    /// The documents of its line and of the line's payments, or of the event that states it; a
    /// reversal has those of the line that it takes back too. Null to those who may not see the
    /// partner's documents.
    pub documents: Option<Vec<Evidence>>,
}

/// What stands under a figure. The parts sum to it, to the cent.
pub struct Trail {
    reading: Arc<Reading>,
    told: Told,
    currency: String,
    parts: Vec<Shown>,
    amount: Cents,
}

/// A part, or all those of a partner whose lines are not shown; of all such partners together,
/// where the figure is of everybody.
enum Shown {
    Part(Part),
    LinesOfPartner(Option<PartnerNumber>, Cents),
}

#[Object]
impl Trail {
    /// The figure.
    async fn amount(&self) -> Decimal {
        Decimal(self.amount)
    }

    /// What it is in: `EUR`, but for a contract in another currency.
    async fn currency(&self) -> &str {
        &self.currency
    }

    /// The version of the project at which it is so.
    async fn version(&self) -> u64 {
        self.told.version
    }

    /// What it is the sum of.
    async fn parts(&self, first: Option<i32>, after: Option<String>) -> Result<Page<TrailPart>> {
        let parts = self.parts.iter().enumerate().collect();
        let name = |(index, _): &(usize, &Shown)| index.to_string();
        let books = books(&self.reading, &self.told);
        connection::page(parts, first, after, name, |(_, part)| show(&self.reading, &books, part))
    }
}

/// The trail of a figure, at the version at which it was told; nothing where the caller may not see
/// it.
pub(super) async fn trail(
    context: &Context<'_>,
    reading: &Arc<Reading>,
    id: &ID,
) -> Option<Result<Trail>> {
    match read(id) {
        Ok((told, figure)) if sees(reading, &figure) => {
            Some(open(context, reading, told, &figure).await)
        }
        Ok(_) => None,
        Err(error) => reading.reader.is_member().then_some(Err(error)),
    }
}

/// Contracts and the sources of the own share are the affair of their partner and of those who
/// check. A partner sees what it brings and earns also where it sees only the project's totals.
fn sees(reading: &Reading, figure: &Figure) -> bool {
    let (reader, fund) = (&reading.reader, &reading.live.fund);
    let (amounts, of_partner) = (reader.sees_amounts(), |one| reader.sees_lines_of(Some(one)));
    match figure {
        Figure::Contract(_, partner, _) => amounts && of_partner(*partner),
        Figure::Source(_, partner, _, _) => of_partner(*partner),
        Figure::Payment(id) => {
            let to = fund.payment(*id).and_then(Payment::forwarded_to);
            reader.sees_amounts_of(to)
        }
        Figure::Recovery(_, id) => {
            reader.sees_amounts_of(fund.recovery(*id).map(|recovery| recovery.data.partner))
        }
        Figure::Cash(amount, partner) => match amount {
            CashAmount::Contributions | CashAmount::InKind | CashAmount::Revenue => {
                amounts || of_partner(*partner)
            }
            CashAmount::Received
            | CashAmount::Confirmed
            | CashAmount::Forwarded
            | CashAmount::Repaid
            | CashAmount::Recovered
            | CashAmount::ToRepay
            | CashAmount::Spent
            | CashAmount::OwnShare
            | CashAmount::Held
            | CashAmount::Gap => amounts,
        },
        Figure::Budget(_, _)
        | Figure::Deliverable(_, _)
        | Figure::Months(_)
        | Figure::Trigger(_)
        | Figure::PartnerTrigger(_, _) => amounts,
    }
}

async fn open(
    context: &Context<'_>,
    reading: &Arc<Reading>,
    told: Told,
    figure: &Figure,
) -> Result<Trail> {
    context.data_unchecked::<Question>().opened.one_more()?;
    let reading = at(context, reading, told).await?;
    let detail = reading.detail();
    let books = books(&reading, &told).with_detail(&detail);
    let trail = trail::trail(&books, figure).ok_or_else(|| {
        let message = "The project has no such figure. Ask for it anew.";
        refusal("FIGURE_INVALID", message)
    })?;
    let amount = trail.parts.iter().map(|part| part.amount).sum();
    let mut shown = Vec::new();
    let mut of_others = BTreeMap::<Option<PartnerNumber>, Cents>::new();
    for part in trail.parts {
        let of_partner = part.item.is_some() || part.kind.is_of_partner();
        match part.key.partner.filter(|_| of_partner) {
            Some(partner) if !reading.reader.sees_lines_of(Some(partner)) => {
                let partner = Some(partner).filter(|_| !figure.is_of_all());
                *of_others.entry(partner).or_default() += part.amount;
            }
            Some(_) | None => shown.push(Shown::Part(part)),
        }
    }
    let of_others = of_others.into_iter();
    shown.extend(of_others.map(|(partner, amount)| Shown::LinesOfPartner(partner, amount)));
    Ok(Trail { reading, told, currency: trail.currency.to_string(), parts: shown, amount })
}

fn books<'a>(reading: &'a Reading, told: &Told) -> Books<'a> {
    let room = &reading.room;
    let form = told.form.and_then(|form| room.project.plan.forms.get(&form));
    Books::new(&room.project, &room.fund, &room.finance_register, form.map(|form| &**form))
}

/// The project as it was when the figure was told.
async fn at(context: &Context<'_>, reading: &Arc<Reading>, told: Told) -> Result<Arc<Reading>> {
    if (reading.last_version(), reading.until) == (told.version, told.until) {
        return Ok(Arc::clone(reading));
    }
    let project = &reading.live.project;
    if told.version > project.version {
        let message = "The figure is of a version that this project has not. Ask for it anew.";
        return Err(refusal("FIGURE_INVALID", message));
    }
    let question = context.data_unchecked::<Question>();
    let window = Window { version: Some(told.version), until: told.until };
    let (log, rooms) = (question.ledger.log(), &question.rooms);
    let past = question.ledger.past();
    let room = past.room(log, rooms, &project.key, project.version, window).await?;
    Ok(Arc::new(Reading {
        room,
        live: Arc::clone(&reading.live),
        reader: reading.reader.clone(),
        today: reading.today,
        as_of: Some(told.version),
        until: told.until,
        form: reading.form.clone(),
        costs: OnceLock::new(),
    }))
}

fn show(reading: &Reading, books: &Books, part: &Shown) -> TrailPart {
    let part = match part {
        Shown::Part(part) => part,
        Shown::LinesOfPartner(partner, amount) => return of_another(*partner, *amount),
    };
    let (room, reader) = (&reading.room, &reading.reader);
    let line = part.item.and_then(|id| room.budget_use.line(&room.project, id));
    let behind = events(books, &room.origins, part).into_iter();
    let seen = behind.filter(|behind| !behind.of_every_partner || reader.sees_everything());
    let documents = documents(books, part);
    let sees_documents = documents.is_empty() || reader.sees_lines_of(part.key.partner);
    TrailPart {
        kind: part.kind.into(),
        amount: Decimal(part.amount),
        partner: part.key.partner,
        work_package: part.key.work_package.map(|item| reading.code(item.any()).to_string()),
        category: part.key.category.map(Into::into),
        claim: part.key.claim,
        application_form: part.form,
        line: line.map(|answer| ExpenditureLine::new(reading, &answer)),
        base: part.base.map(Decimal),
        share: part.share.map(|share| match share {
            PartShare::Rate(rate) => rate.to_string(),
            PartShare::Fraction { of, whole } => format!("{of}/{whole}"),
        }),
        events: seen.map(|behind| reading.event_id(behind.event)).collect(),
        documents: sees_documents.then(|| documents.into_iter().map(Evidence::from).collect()),
    }
}

fn of_another(partner: Option<PartnerNumber>, amount: Cents) -> TrailPart {
    TrailPart {
        kind: TrailKind::LinesOfPartner,
        amount: Decimal(amount),
        partner,
        work_package: None,
        category: None,
        claim: None,
        application_form: None,
        line: None,
        base: None,
        share: None,
        events: Vec::new(),
        documents: None,
    }
}

#[cfg(test)]
mod tests;
