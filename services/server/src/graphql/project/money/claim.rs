//! Claims: what was asked for, and what control made of it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Enum, ID, Object, Result, SimpleObject};
use cairn_domain::event::finance::control as event;
use cairn_domain::ids::PartnerNumber;
use cairn_domain::project::finance::claims::{self as state, ClaimStatus as Status, Control};
use cairn_domain::view::budget_use::claim::{ClaimAmounts as Amounts, ClaimAnswer};
use cairn_domain::view::budget_use::line::LineAnswer;
use cairn_domain::view::trail::figure::Place;

use super::figure::{ClaimAmount, Figures};
use super::line::ExpenditureLine;
use crate::graphql::connection::{self, Page};
use crate::graphql::project::Reading;
use crate::graphql::values::{Date, Decimal, LocalizedText};

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum ClaimStatus {
    /// Put together, and not submitted; also after it was withdrawn.
    Assembled,
    /// Handed in; control has not begun.
    Submitted,
    InControl,
    /// Control is done.
    Closed,
}

/// How a claim is controlled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::ControlMethod")]
pub enum ControlMethod {
    Administrative,
    OnTheSpot,
    Both,
}

/// By which rule the lines are chosen that control looks at in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::SampleRule")]
pub enum SampleRule {
    /// Every line of the claim.
    All,
    /// Drawn by the seed: the lines with the smallest SHA-256 of the seed, a line feed and the id
    /// of the line.
    Random,
    /// As the controller judged the risk.
    Chosen,
}

/// The amounts of a claim as they were submitted, in euro. Flat rates are in them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ClaimAmounts {
    /// Nothing until it is submitted.
    #[graphql(skip)]
    figures: Option<Figures>,
    /// Certified, deducted, parked and in control together.
    pub declared: Decimal,
    /// The part of `declared` that a later exchange rate would change; 0.00 once it is submitted.
    pub provisional: Decimal,
    /// Payments of its lines, up to what is declared.
    pub paid: Decimal,
    pub certified: Decimal,
    /// By control, and by corrections after audits.
    pub deducted: Decimal,
    /// As it was ruled on, whatever was taken up later.
    pub parked: Decimal,
    /// Not ruled on yet.
    pub in_control: Decimal,
    /// The part of `parked` that was taken up again, for a later claim.
    pub taken_up: Decimal,
    /// The fund's part of `declared`: by partner, rounded down.
    pub erdf: Decimal,
    /// The fund's part of `certified`: by partner, rounded down.
    pub erdf_certified: Decimal,
}

#[ComplexObject]
impl ClaimAmounts {
    /// Opaque id of one of these amounts, for `trail`; null until the claim is submitted.
    async fn figure(&self, of: ClaimAmount) -> Option<ID> {
        self.figures.map(|figures| figures.id(of.into()))
    }
}

impl ClaimAmounts {
    fn of(figures: Option<Figures>, amounts: &Amounts) -> Self {
        Self {
            figures,
            declared: Decimal(amounts.declared),
            provisional: Decimal(amounts.provisional),
            paid: Decimal(amounts.paid),
            certified: Decimal(amounts.certified),
            deducted: Decimal(amounts.deducted),
            parked: Decimal(amounts.parked),
            in_control: Decimal(amounts.in_control),
            taken_up: Decimal(amounts.taken_up),
            erdf: Decimal(amounts.erdf),
            erdf_certified: Decimal(amounts.erdf_certified),
        }
    }
}

/// A partner's part of a claim.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimPartner {
    /// Number of the partner.
    pub partner: u32,
    pub amounts: ClaimAmounts,
}

/// Control of a claim.
#[derive(Clone, Debug, SimpleObject)]
pub struct ClaimControl {
    pub started_on: Date,
    pub method: ControlMethod,
    pub sample_rule: SampleRule,
    /// What a random sample was drawn by.
    pub sample_seed: Option<String>,
    /// How much of the lines was drawn: a decimal string, such as `0.20`.
    pub sample_share: Option<String>,
    /// Lines of so much euro or more are in the sample whatever was drawn.
    pub sample_at_least: Option<Decimal>,
    /// How many lines are in the sample.
    pub sample_lines: u32,
    /// `eventId` of the lines in the sample. Null to those who may not see every line.
    pub sample: Option<Vec<String>>,
    pub closed_on: Option<Date>,
    pub conclusion: Option<LocalizedText>,
    /// Reference of the certificate.
    pub certificate: Option<String>,
}

impl ClaimControl {
    fn of(reading: &Reading, control: &Control) -> Self {
        let sample = &control.data.sample;
        let closed = control.closed.as_ref();
        let ids = || control.sample.iter().map(ToString::to_string).collect();
        Self {
            started_on: Date(control.started_on),
            method: control.data.method.into(),
            sample_rule: sample.rule.into(),
            sample_seed: sample.seed.as_ref().map(ToString::to_string),
            sample_share: sample.share.map(|share| share.to_string()),
            sample_at_least: sample.at_least.map(Decimal),
            sample_lines: count(control.sample.len()),
            sample: reading.reader.sees_everything().then(ids),
            closed_on: closed.map(|(on, _)| Date(*on)),
            conclusion: closed.map(|(_, data)| LocalizedText(data.conclusion.clone())),
            certificate: closed.and_then(|(_, data)| Some(data.certificate.as_ref()?.to_string())),
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub struct Claim {
    reading: Arc<Reading>,
    claim: state::Claim,
    answer: ClaimAnswer,
}

impl Claim {
    fn figures(&self, partner: Option<PartnerNumber>) -> Option<Figures> {
        let place = Place::claim(self.claim.number, partner);
        self.claim.is_submitted().then(|| Figures::new(&self.reading, place))
    }
}

/// All claims, by number, as far as they were assembled.
pub(super) fn all(reading: &Arc<Reading>) -> Vec<Claim> {
    let room = &reading.room;
    let claim = |claim: &Arc<state::Claim>| Claim {
        reading: Arc::clone(reading),
        claim: (**claim).clone(),
        answer: room.budget_use.claim(&room.project, claim),
    };
    room.project.finance.claims.values().map(claim).collect()
}

/// A claim: the lines that the partnership asks the fund for, frozen when it goes to control.
#[Object]
impl Claim {
    /// Claims count from 1; the last is the final one.
    async fn number(&self) -> u32 {
        self.claim.number
    }

    /// Where it stands.
    async fn status(&self) -> ClaimStatus {
        self.claim.status.into()
    }

    /// The day of the submission that stands, by whose month lines in other currencies are euro.
    async fn submitted_on(&self) -> Option<Date> {
        self.claim.submission.as_ref().map(|submission| Date(submission.on))
    }

    /// How often it was submitted.
    async fn submissions(&self) -> u32 {
        self.claim.submissions
    }

    /// The application form whose flat rates and fund shares it uses; null until it is submitted.
    async fn application_form(&self) -> Option<u32> {
        self.claim.submission.as_ref().map(|submission| submission.form)
    }

    /// What the lead partner says of it.
    async fn text(&self) -> Option<LocalizedText> {
        self.claim.submission.as_ref()?.data.text.clone().map(LocalizedText)
    }

    /// In all. Until it is submitted: what it would be by the newest form and rates.
    async fn amounts(&self) -> ClaimAmounts {
        ClaimAmounts::of(self.figures(None), &self.answer.amounts)
    }

    /// By number; the amounts in all are the sums of these.
    async fn partners(&self) -> Vec<ClaimPartner> {
        let mut partners = Vec::new();
        for (partner, amounts) in &self.answer.partners {
            let amounts = ClaimAmounts::of(self.figures(Some(*partner)), amounts);
            partners.push(ClaimPartner { partner: *partner, amounts });
        }
        partners
    }

    /// Null until control has begun.
    async fn control(&self) -> Option<ClaimControl> {
        self.claim.control.as_ref().map(|control| ClaimControl::of(&self.reading, control))
    }

    /// How many lines it has, also those that the caller may not see.
    async fn line_count(&self) -> u32 {
        count(self.claim.lines.len())
    }

    /// Its lines that the caller may see, in the order in which they were declared.
    async fn lines(
        &self,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<ExpenditureLine>> {
        let room = &self.reading.room;
        let lines = self.claim.lines.iter();
        let lines = lines.filter_map(|id| room.budget_use.line(&room.project, *id));
        let sees = |partner| self.reading.reader.sees_lines_of(Some(partner));
        let seen = lines.filter(|answer| sees(answer.line.partner)).collect();
        let name = |answer: &LineAnswer| answer.line.id.to_string();
        connection::page(seen, first, after, name, |answer| {
            ExpenditureLine::new(&self.reading, &answer)
        })
    }
}
