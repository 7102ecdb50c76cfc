//! What a partner brings for its own share, and what it earns.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, Object, Result, SimpleObject};
use cairn_domain::event::finance::own_money;
use cairn_domain::event::plan::application_form;
use cairn_domain::text::ShortText;
use cairn_domain::view::finance_register::own_money as view;
use cairn_domain::view::trail::figure::Figure;

use crate::graphql::connection::{self, Page};
use crate::graphql::evidence::Evidence;
use crate::graphql::project::Reading;
use crate::graphql::project::learning::entry::Entry;
use crate::graphql::project::money::figure::{OwnAmount, SourceAmount, Told};
use crate::graphql::values::{Code, Date, Decimal, LocalizedText};

/// Whether a source is public or private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "application_form::ContributionKind")]
pub enum ContributionKind {
    Public,
    Private,
}

/// A partner's own money.
#[derive(Clone)]
pub struct OwnMoney {
    partner: u32,
    reading: Arc<Reading>,
}

/// A source of a partner's own share: what the form has of it, and what came in. In euro.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct OwnSource {
    #[graphql(skip)]
    told: Told,
    #[graphql(skip)]
    partner: u32,
    #[graphql(skip)]
    name: ShortText,
    /// As the form that is shown names it; where it does not, as it was recorded.
    pub source: String,
    /// Whether it is public or private.
    pub kind: ContributionKind,
    /// 0.00 for a source that the form does not name.
    pub planned: Decimal,
    /// Less what was given back.
    pub received: Decimal,
    /// `planned` less `received`; 0.00 once all of it has come in.
    pub missing: Decimal,
}

#[ComplexObject]
impl OwnSource {
    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: SourceAmount) -> ID {
        let (kind, name) = (self.kind.into(), self.name.clone());
        self.told.id(&Figure::Source(of.into(), self.partner, kind, name))
    }
}

/// Money for the own share came in. In euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct OwnContribution {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Who gives it.
    pub source: String,
    /// Whether the source is public or private.
    pub kind: ContributionKind,
    /// The day on which it came in.
    pub date: Date,
    /// Negative where some of it was given back.
    pub amount: Decimal,
    /// Reference of the bank statement or order.
    pub proof: Option<String>,
    /// Documents behind it.
    pub evidence: Vec<Evidence>,
}

/// Work, land, buildings, equipment or services were brought without payment (Regulation (EU)
/// 2021/1060, Article 67(1)). In euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct InKind {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Who gives it.
    pub source: String,
    /// Whether the source is public or private.
    pub kind: ContributionKind,
    /// Code of the work package that it was brought to.
    pub work_package: Code,
    /// First day on which it was brought.
    pub from: Date,
    /// Last day on which it was brought.
    pub to: Date,
    /// Its value.
    pub value: Decimal,
    /// What was brought, and how its value was found.
    pub text: LocalizedText,
    /// Documents behind it and its value.
    pub evidence: Vec<Evidence>,
}

/// The project earned something. No cost is less for it. In euro.
#[derive(Clone, Debug, SimpleObject)]
pub struct Revenue {
    #[graphql(flatten)]
    pub entry: Entry,
    /// Who pays.
    pub source: String,
    /// The day on which it came in.
    pub date: Date,
    /// Negative where some of it was given back.
    pub amount: Decimal,
    /// What it was for.
    pub text: LocalizedText,
    /// Documents behind it.
    pub evidence: Vec<Evidence>,
}

impl OwnMoney {
    /// Whether the partner's money may be seen is judged by who makes this.
    pub(super) fn of(reading: &Arc<Reading>, partner: u32) -> Self {
        Self { partner, reading: Arc::clone(reading) }
    }

    /// One page of what the partner recorded of a kind.
    fn page<'a, S: 'a, T: async_graphql::OutputType>(
        &self,
        all: impl Iterator<Item = &'a S>,
        entry: fn(&S) -> &cairn_domain::view::learning_log::Entry,
        (first, after): (Option<i32>, Option<String>),
        show: impl Fn(&'a S) -> T,
    ) -> Result<Page<T>> {
        let own = |one: &&S| entry(one).organisation.partner() == Some(self.partner);
        let name = |one: &&S| entry(one).id.to_string();
        connection::page(all.filter(own).collect(), first, after, name, show)
    }
}

/// What a partner brings for its own share, and what it earns. All amounts are euro.
#[Object]
impl OwnMoney {
    /// Number of the partner.
    async fn partner(&self) -> u32 {
        self.partner
    }

    /// The sources of the own share: those of the form that is shown in its order, then the others.
    async fn sources(&self) -> Vec<OwnSource> {
        let (room, form) = (&self.reading.room, self.reading.form.as_deref());
        let sources = room.finance_register.sources(self.partner, &room.project, form);
        let told = Told::of(&self.reading);
        sources.into_iter().map(|source| OwnSource::of(told, self.partner, source)).collect()
    }

    /// Opaque id of one of these amounts, for `trail`.
    async fn figure(&self, of: OwnAmount) -> ID {
        Told::of(&self.reading).id(&Figure::Cash(of.into(), self.partner))
    }

    /// All contributions that came in, less what was given back.
    async fn received(&self) -> Decimal {
        Decimal(self.reading.room.project.finance.own_money.of(self.partner).contributions)
    }

    /// The value of all that was brought in kind.
    async fn in_kind_value(&self) -> Decimal {
        Decimal(self.reading.room.project.finance.own_money.of(self.partner).in_kind)
    }

    /// All that was earned, less what was given back. No cost is less for it.
    async fn earned(&self) -> Decimal {
        Decimal(self.reading.room.project.finance.own_money.of(self.partner).revenue)
    }

    /// What came in, the newest recorded first.
    async fn contributions(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<OwnContribution>> {
        let all = self.reading.room.finance_register.contributions();
        let show = |one| OwnContribution::of(&self.reading, one);
        self.page(all, |one| &one.entry, (first, after), show)
    }

    /// What was brought in kind, the newest recorded first.
    async fn in_kind(&self, first: Option<i32>, after: Option<String>) -> Result<Page<InKind>> {
        let all = self.reading.room.finance_register.in_kind();
        let show = |one| InKind::of(&self.reading, one);
        self.page(all, |one| &one.entry, (first, after), show)
    }

    /// What was earned, the newest recorded first.
    async fn revenue(&self, first: Option<i32>, after: Option<String>) -> Result<Page<Revenue>> {
        let all = self.reading.room.finance_register.revenue();
        let show = |one| Revenue::of(&self.reading, one);
        self.page(all, |one| &one.entry, (first, after), show)
    }
}

impl OwnSource {
    fn of(told: Told, partner: u32, source: view::Source) -> Self {
        Self {
            told,
            partner,
            source: source.name.to_string(),
            kind: source.kind.into(),
            planned: Decimal(source.planned),
            received: Decimal(source.received),
            missing: Decimal(source.missing()),
            name: source.name,
        }
    }
}

impl OwnContribution {
    fn of(reading: &Reading, one: &view::Noted<own_money::ContributionReceived>) -> Self {
        let data = &one.data;
        Self {
            entry: Entry::of(reading, &one.entry),
            source: data.source.to_string(),
            kind: data.kind.into(),
            date: Date(data.date),
            amount: Decimal(data.amount),
            proof: data.proof.as_ref().map(ToString::to_string),
            evidence: Evidence::all(&data.evidence),
        }
    }
}

impl InKind {
    fn of(reading: &Reading, one: &view::InKind) -> Self {
        let data = &one.data;
        Self {
            entry: Entry::of(reading, &one.entry),
            source: data.source.to_string(),
            kind: data.kind.into(),
            work_package: Code(reading.code(one.work_package.any())),
            from: Date(data.from),
            to: Date(data.to),
            value: Decimal(data.value),
            text: LocalizedText(data.text.clone()),
            evidence: Evidence::all(&data.evidence),
        }
    }
}

impl Revenue {
    fn of(reading: &Reading, one: &view::Noted<own_money::RevenueRecorded>) -> Self {
        let data = &one.data;
        Self {
            entry: Entry::of(reading, &one.entry),
            source: data.source.to_string(),
            date: Date(data.date),
            amount: Decimal(data.amount),
            text: LocalizedText(data.text.clone()),
            evidence: Evidence::all(&data.evidence),
        }
    }
}
