//! The parts of a source of a partner's own share.

use super::figure::SourceAmount;
use super::{Books, Kind, Part, at_least_nothing, cash, less};
use crate::event::plan::application_form::ContributionKind;
use crate::ids::PartnerNumber;
use crate::project::finance::own_money::SourceKey;
use crate::text::ShortText;
use crate::view::budget_use::axes::Key;

pub(super) fn parts(
    books: &Books,
    amount: SourceAmount,
    partner: PartnerNumber,
    kind: ContributionKind,
    name: &ShortText,
) -> Vec<Part> {
    let key = SourceKey::of(name, kind);
    match amount {
        SourceAmount::Planned => planned(books, partner, &key),
        SourceAmount::Received => received(books, partner, &key),
        SourceAmount::Missing => {
            let missing = less(planned(books, partner, &key), received(books, partner, &key));
            at_least_nothing(missing)
        }
    }
}

fn planned(books: &Books, partner: PartnerNumber, key: &SourceKey) -> Vec<Part> {
    let financing = books.form.into_iter().flat_map(|form| form.budget.partners.iter());
    let of_partner = financing.filter(|financing| financing.partner == partner);
    let sources = of_partner.flat_map(|financing| financing.contributions.iter());
    let wanted = sources.filter(|source| SourceKey::of(&source.source, source.kind) == *key);
    let part = |amount| {
        let key = Key { partner: Some(partner), ..Key::default() };
        let form = books.form.map(|form| form.version);
        Part { form, ..Part::new(Kind::Planned, amount, key) }
    };
    wanted.map(|source| part(source.amount)).collect()
}

fn received(books: &Books, partner: PartnerNumber, key: &SourceKey) -> Vec<Part> {
    let all = books.register.contributions();
    let wanted = all.filter(|one| SourceKey::of(&one.data.source, one.data.kind) == *key);
    cash::own(partner, wanted, |one| (&one.entry, one.data.amount, &one.data.evidence))
}
