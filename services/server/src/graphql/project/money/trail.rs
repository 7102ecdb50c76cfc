//! What stands under a figure.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::ids::{EventId, PartnerNumber};
use cairn_domain::money::Cents;
use cairn_domain::project::finance::line::{Line, Reversed};
use cairn_domain::view::trail::figure::{self, Place};
use cairn_domain::view::trail::{self, Kind, Part, PartShare};
use jiff::civil;
use serde::{Deserialize, Serialize};

use super::CostCategory;
use super::line::ExpenditureLine;
use crate::graphql::Question;
use crate::graphql::connection::{self, Page};
use crate::graphql::project::Reading;
use crate::graphql::values::{Decimal, refusal};
use crate::views::past::Window;

/// An amount of budget use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum BudgetAmount {
    Planned,
    Declared,
    Provisional,
    Frozen,
    Paid,
    Claimed,
    Certified,
    Deducted,
    Parked,
    InControl,
    Remaining,
    Erdf,
    ErdfCertified,
}

impl From<BudgetAmount> for figure::BudgetAmount {
    fn from(amount: BudgetAmount) -> Self {
        match amount {
            BudgetAmount::Planned => Self::Planned,
            BudgetAmount::Declared => Self::Declared,
            BudgetAmount::Provisional => Self::Provisional,
            BudgetAmount::Frozen => Self::Frozen,
            BudgetAmount::Paid => Self::Paid,
            BudgetAmount::Claimed => Self::Claimed,
            BudgetAmount::Certified => Self::Certified,
            BudgetAmount::Deducted => Self::Deducted,
            BudgetAmount::Parked => Self::Parked,
            BudgetAmount::InControl => Self::InControl,
            BudgetAmount::Remaining => Self::Remaining,
            BudgetAmount::Erdf => Self::Erdf,
            BudgetAmount::ErdfCertified => Self::ErdfCertified,
        }
    }
}

/// An amount of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ClaimAmount {
    Declared,
    Paid,
    Certified,
    Deducted,
    Parked,
    InControl,
    TakenUp,
    Erdf,
    ErdfCertified,
}

impl From<ClaimAmount> for figure::BudgetAmount {
    fn from(amount: ClaimAmount) -> Self {
        match amount {
            ClaimAmount::Declared => Self::AsClaimed,
            ClaimAmount::Paid => Self::Paid,
            ClaimAmount::Certified => Self::Certified,
            ClaimAmount::Deducted => Self::Deducted,
            ClaimAmount::Parked => Self::AsParked,
            ClaimAmount::InControl => Self::InControl,
            ClaimAmount::TakenUp => Self::TakenUp,
            ClaimAmount::Erdf => Self::ErdfAsClaimed,
            ClaimAmount::ErdfCertified => Self::ErdfCertified,
        }
    }
}

/// What a figure's id stands for: an amount of a part of the budget, as it was known at a version
/// and had happened by a day, under a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Figure {
    version: u64,
    until: Option<civil::Date>,
    form: Option<u32>,
    amount: figure::BudgetAmount,
    place: Place,
}

/// Where the amounts of one row, or of one claim, are found again.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    version: u64,
    until: Option<civil::Date>,
    form: Option<u32>,
    place: Place,
}

impl Figures {
    pub(super) fn new(reading: &Reading, place: Place) -> Self {
        Self {
            version: reading.last_version(),
            until: reading.until,
            form: reading.form.as_ref().map(|form| form.version),
            place,
        }
    }

    pub(super) fn id(&self, amount: figure::BudgetAmount) -> ID {
        let Self { version, until, form, place } = *self;
        let figure = Figure { version, until, form, amount, place };
        let bytes = rmp_serde::to_vec(&figure).expect("a figure has no maps, and can be written");
        URL_SAFE_NO_PAD.encode(bytes).into()
    }
}

fn read(id: &ID) -> Result<Figure> {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).ok();
    bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok()).ok_or_else(|| {
        let message = "`figure` is the id that an answer gives beside its amounts. Ask for one.";
        refusal("FIGURE_INVALID", message)
    })
}

/// What a part of a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TrailKind {
    /// A budget cell of the application form.
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
    /// All parts that stand on lines of another partner, which the caller may not see one by one.
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
        }
    }
}

/// A part of a figure.
#[derive(SimpleObject)]
pub struct TrailPart {
    /// What it is.
    pub kind: TrailKind,
    /// What it adds to the figure, in euro.
    pub amount: Decimal,
    /// Number of the partner.
    pub partner: Option<u32>,
    /// Code of the work package.
    pub work_package: Option<String>,
    /// The kind of cost.
    pub category: Option<CostCategory>,
    /// Number of the submitted claim that it is in.
    pub claim: Option<u32>,
    /// The line that it stands on, with its documents, payments and rates.
    pub line: Option<ExpenditureLine>,
    /// What `amount` is a share of, in euro.
    pub base: Option<Decimal>,
    /// The share: a decimal string, or the partner's ERDF over its budget.
    pub share: Option<String>,
    /// Opaque ids of the events behind it, for `node`.
    pub events: Vec<ID>,
}

/// What stands under a figure. The parts sum to it, to the cent.
pub struct Trail {
    reading: Arc<Reading>,
    parts: Vec<Shown>,
    amount: Cents,
}

/// A part, or all those of a partner whose lines are not shown.
enum Shown {
    Part(Part),
    LinesOfPartner(PartnerNumber, Cents),
}

#[Object]
impl Trail {
    /// The figure, in euro.
    async fn amount(&self) -> Decimal {
        Decimal(self.amount)
    }

    /// The version of the project at which it is so.
    async fn version(&self) -> u64 {
        self.reading.last_version()
    }

    /// What it is the sum of.
    async fn parts(&self, first: Option<i32>, after: Option<String>) -> Result<Page<TrailPart>> {
        let parts = self.parts.iter().enumerate().collect();
        let name = |(index, _): &(usize, &Shown)| index.to_string();
        connection::page(parts, first, after, name, |(_, part)| show(&self.reading, part))
    }
}

/// The trail of a figure, at the version at which it was told.
pub(super) async fn trail(context: &Context<'_>, reading: &Arc<Reading>, id: &ID) -> Result<Trail> {
    let figure = read(id)?;
    let reading = at(context, reading, &figure).await?;
    let form = figure.form.and_then(|form| reading.room.project.plan.forms.get(&form));
    let form = form.map(|form| &**form);
    let parts = trail::trail(&reading.room.project, form, figure.amount, &figure.place);
    let amount = parts.iter().map(|part| part.amount).sum();
    let mut shown = Vec::new();
    let mut of_others = BTreeMap::<PartnerNumber, Cents>::new();
    for part in parts {
        match part.key.partner.filter(|_| part.item.is_some()) {
            Some(partner) if !reading.reader.sees_lines_of(Some(partner)) => {
                *of_others.entry(partner).or_default() += part.amount;
            }
            Some(_) | None => shown.push(Shown::Part(part)),
        }
    }
    let of_others = of_others.into_iter();
    shown.extend(of_others.map(|(partner, amount)| Shown::LinesOfPartner(partner, amount)));
    Ok(Trail { reading, parts: shown, amount })
}

/// The project as it was when the figure was told.
async fn at(
    context: &Context<'_>,
    reading: &Arc<Reading>,
    figure: &Figure,
) -> Result<Arc<Reading>> {
    if (reading.last_version(), reading.until) == (figure.version, figure.until) {
        return Ok(Arc::clone(reading));
    }
    let project = &reading.live.project;
    if figure.version > project.version {
        let message = "The figure is of a version that this project has not. Ask for it anew.";
        return Err(refusal("FIGURE_INVALID", message));
    }
    let question = context.data_unchecked::<Question>();
    let window = Window { version: Some(figure.version), until: figure.until };
    let (log, rooms) = (question.ledger.log(), &question.rooms);
    let past = question.ledger.past();
    let room = past.room(log, rooms, &project.key, project.version, window).await?;
    Ok(Arc::new(Reading {
        room,
        live: Arc::clone(&reading.live),
        reader: reading.reader.clone(),
        today: reading.today,
        as_of: Some(figure.version),
        until: figure.until,
        form: reading.form.clone(),
        costs: OnceLock::new(),
    }))
}

fn show(reading: &Reading, part: &Shown) -> TrailPart {
    let part = match part {
        Shown::Part(part) => part,
        Shown::LinesOfPartner(partner, amount) => {
            return TrailPart {
                kind: TrailKind::LinesOfPartner,
                amount: Decimal(*amount),
                partner: Some(*partner),
                work_package: None,
                category: None,
                claim: None,
                line: None,
                base: None,
                share: None,
                events: Vec::new(),
            };
        }
    };
    let room = &reading.room;
    let line = part.item.and_then(|id| room.budget_use.line(&room.project, id));
    let events = line.map(|answer| events(answer.line)).unwrap_or_default();
    TrailPart {
        kind: part.kind.into(),
        amount: Decimal(part.amount),
        partner: part.key.partner,
        work_package: part.key.work_package.map(|item| reading.code(item.any()).to_string()),
        category: part.key.category.map(Into::into),
        claim: part.key.claim,
        line: line.map(|answer| ExpenditureLine::new(reading, &answer)),
        base: part.base.map(Decimal),
        share: part.share.map(|share| match share {
            PartShare::FlatRate(rate) => rate.to_string(),
            PartShare::Fund { erdf, planned } => format!("{erdf}/{planned}"),
        }),
        events: events.into_iter().map(|id| reading.event_id(id)).collect(),
    }
}

/// Every event that made a line what it is, in the order of what they did.
fn events(line: &Line) -> Vec<EventId> {
    let mut events = vec![line.id];
    events.extend(&line.amendments);
    events.extend(line.payments.iter().map(|payment| payment.id));
    for portion in &line.portions {
        events.push(portion.submitted_by);
        if let Some(verified) = &portion.verified {
            events.push(verified.event);
            events.extend(&verified.corrections);
        }
    }
    if let Some(Reversed::CounteredBy(id)) = line.reversed {
        events.push(id);
    }
    events
}
