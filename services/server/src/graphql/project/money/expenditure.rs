//! The expenditure lines that a reader may see.

use async_graphql::{InputObject, Result};
use cairn_domain::code::WorkPackageCode;
use cairn_domain::event::finance::expenditure::Precheck;
use cairn_domain::event::plan::application_form::Category;
use cairn_domain::money::{Cents, Currency};
use cairn_domain::project::finance::document;
use cairn_domain::project::finance::line::Line;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::budget_use::line::LineAnswer;

use super::line::ExpenditureLine;
use super::{CostCategory, read};
use crate::graphql::connection::{self, Page};
use crate::graphql::project::Reading;

/// Which lines are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ExpenditureFilter {
    /// Number of the partner whose cost it is.
    pub partner: Option<u32>,
    /// Code of a work package, such as `WP 5`.
    pub work_package: Option<String>,
    /// A kind of cost.
    pub category: Option<CostCategory>,
    /// Currency of the document, such as `RON`.
    pub currency: Option<String>,
    /// Whether something of the line is not paid yet; a reversed line is never unpaid.
    pub unpaid: Option<bool>,
    /// Whether the lead partner's newest check found it in order, since it was last amended.
    pub prechecked: Option<bool>,
    /// Whether something of it is in a submitted claim.
    pub claimed: Option<bool>,
    /// The partner's own number of the line, or the number of its document; spaces, case and leading
    /// zeros of a number do not matter.
    pub reference: Option<String>,
}

struct Wanted {
    work_package: Option<Item<WorkPackageCode>>,
    category: Option<Category>,
    currency: Option<Currency>,
    unpaid: Option<bool>,
    prechecked: Option<bool>,
    claimed: Option<bool>,
    /// As numbers of documents are compared.
    reference: Option<Box<str>>,
}

impl Wanted {
    fn fits(&self, answer: &LineAnswer) -> bool {
        let line = answer.line;
        let unpaid = line.reversed.is_none() && answer.unpaid != Cents::ZERO;
        self.work_package.is_none_or(|item| line.work_package == item)
            && self.category.is_none_or(|category| line.category == category)
            && self.currency.is_none_or(|currency| line.currency == currency)
            && self.unpaid.is_none_or(|wanted| wanted == unpaid)
            && self.prechecked.is_none_or(|wanted| wanted == (line.precheck == Some(Precheck::Ok)))
            && self.claimed.is_none_or(|wanted| wanted == line.is_locked())
            && self.reference.as_ref().is_none_or(|wanted| has_reference(line, wanted))
    }
}

fn has_reference(line: &Line, wanted: &str) -> bool {
    let Some(data) = line.document() else { return false };
    let references = data.reference.iter().chain([data.document.reference()]);
    references.into_iter().any(|known| *document::number(known.as_str()) == *wanted)
}

pub(super) fn page(
    reading: &Reading,
    filter: ExpenditureFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<ExpenditureLine>> {
    let work_package: Option<WorkPackageCode> =
        read("workPackage", filter.work_package.as_deref())?;
    let plan = &reading.room.project.plan;
    let wanted = Wanted {
        work_package: work_package.map(|code| plan.item_under(code, reading.form.as_deref())),
        category: filter.category.map(Into::into),
        currency: read("currency", filter.currency.as_deref())?,
        unpaid: filter.unpaid,
        prechecked: filter.prechecked,
        claimed: filter.claimed,
        reference: filter.reference.as_deref().map(document::number),
    };
    let lines = reading.room.budget_use.lines(&reading.room.project, filter.partner);
    let seen = lines.filter(|answer| reading.reader.sees_lines_of(Some(answer.line.partner)));
    let fitting = seen.filter(|line| wanted.fits(line)).collect();
    let show = |answer: LineAnswer| ExpenditureLine::new(reading, &answer);
    connection::page(fitting, first, after, |answer: &LineAnswer| answer.line.id.to_string(), show)
}
