//! Who takes part: partners of several countries, with their currencies, and their members.

use cairn_domain::event::plan::Role;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::chance::Chance;
use super::texts::{self, Phrase};

/// A country that partners are of.
pub(super) struct Country {
    code: &'static str,
    zone: &'static str,
    pub(super) language: &'static str,
    /// Of documents before the country took the euro.
    currency: &'static str,
    /// Hundredths of the net amount.
    pub(super) vat: i64,
}

const COUNTRIES: &[Country] = &[
    country("BG", "Europe/Sofia", "bg", "BGN", 20),
    country("RO", "Europe/Bucharest", "en", "RON", 19),
    country("PL", "Europe/Warsaw", "en", "PLN", 23),
    country("GR", "Europe/Athens", "el", "EUR", 24),
    country("IT", "Europe/Rome", "it", "EUR", 22),
    country("LT", "Europe/Vilnius", "lt", "EUR", 21),
];

const fn country(
    code: &'static str,
    zone: &'static str,
    language: &'static str,
    currency: &'static str,
    vat: i64,
) -> Country {
    Country { code, zone, language, currency, vat }
}

/// Where a lead is from: each project has costs in euro, lei and, before 2026, leva.
const LEADS: &[usize] = &[0, 1, 3, 4, 5];

/// The first country with a currency.
fn with_currency(currency: &str) -> &'static Country {
    COUNTRIES.iter().find(|country| country.currency == currency).unwrap_or(&COUNTRIES[0])
}

/// The day on which Bulgaria took the euro.
pub(super) const EURO_IN_BULGARIA: Date = date(2026, 1, 1);

/// Currencies with a rate: units for 10,000 euro, near what they were in these years.
pub(super) const RATES: &[(&str, i64)] = &[("BGN", 19_558), ("RON", 50_300), ("PLN", 42_600)];

impl Country {
    /// The currency of a document of this day.
    pub(super) fn currency_on(&self, day: Date) -> &'static str {
        if self.currency == "BGN" && day >= EURO_IN_BULGARIA { "EUR" } else { self.currency }
    }
}

/// A partner, and who posts for it now.
pub(super) struct Partner {
    pub(super) number: u32,
    pub(super) role: Role,
    pub(super) country: &'static Country,
    name: &'static Phrase,
    /// Hundredths of its VAT that it gets back.
    pub(super) vat_recovered: i64,
    /// Its members follow each other; this is the present one's number.
    pub(super) clerk: u32,
}

/// The partners, the lead first, and the project that they are in.
pub(super) struct Partnership {
    pub(super) key: String,
    pub(super) partners: Vec<Partner>,
}

impl Partnership {
    /// Four to nine partners: the lead, an associated one, delivery partners, transfer partners.
    pub(super) fn new(key: String, chance: &mut Chance) -> Self {
        let all = chance.between(4, 9);
        let transfer = if all < 6 { 1 } else { all / 3 };
        let lead = *chance.pick(LEADS);
        let mut currencies = vec!["BGN", "RON", "EUR"];
        currencies.retain(|currency| *currency != COUNTRIES[lead].currency);
        let mut partners = Vec::new();
        for index in 0..all {
            let role = match index {
                0 => Role::Lead,
                1 => Role::Associated,
                _ if index >= all - transfer => Role::Transfer,
                _ => Role::Delivery,
            };
            let abroad = (lead + 1 + chance.below(COUNTRIES.len() - 1)) % COUNTRIES.len();
            let at_home = role != Role::Transfer && (index == 0 || chance.between(1, 10) <= 6);
            // The first partners after the lead have the currencies that it has not.
            let other = if index > 0 { currencies.pop() } else { None };
            let country = match other {
                Some(currency) => with_currency(currency),
                None => &COUNTRIES[if at_home { lead } else { abroad }],
            };
            let city = matches!(role, Role::Lead | Role::Associated | Role::Transfer);
            partners.push(Partner {
                number: u32::try_from(index + 1).unwrap_or_default(),
                role,
                country,
                name: if city { &texts::CITY } else { chance.pick(texts::PARTNERS) },
                vat_recovered: *chance.pick(&[0, 0, 50, 100]),
                // The lead has a head and a clerk for finance; the others have one member.
                clerk: if index == 0 { 2 } else { 1 },
            });
        }
        Self { key, partners }
    }

    pub(super) fn lead(&self) -> &Partner {
        &self.partners[0]
    }

    /// The lead's first member, who stays to the end.
    pub(super) fn head(&self) -> String {
        format!("{}-lead-1", self.key)
    }

    /// Who posts for a partner now.
    pub(super) fn member(&self, partner: usize) -> String {
        let Partner { number, role, clerk, .. } = &self.partners[partner];
        match role {
            Role::Lead => format!("{}-lead-{clerk}", self.key),
            _ => format!("{}-{}-{number}-{clerk}", self.key, role.as_str()),
        }
    }

    /// A member that has no partner.
    pub(super) fn without_partner(&self, role: Role) -> String {
        format!("{}-{}-1", self.key, role.as_str())
    }

    /// Those who have costs.
    pub(super) fn with_costs(&self) -> impl Iterator<Item = usize> {
        let has_costs = |index: &usize| self.partners[*index].role != Role::Transfer;
        (0..self.partners.len()).filter(has_costs)
    }

    pub(super) fn transfer(&self) -> impl Iterator<Item = usize> {
        let is_transfer = |index: &usize| self.partners[*index].role == Role::Transfer;
        (0..self.partners.len()).filter(is_transfer)
    }

    /// The lead, the associated partner, a delivery partner and a transfer partner.
    pub(super) fn one_of_each_role(&self) -> Vec<usize> {
        let roles = [Role::Lead, Role::Associated, Role::Delivery, Role::Transfer];
        let first = |role| self.partners.iter().position(|partner| partner.role == role);
        roles.into_iter().filter_map(first).collect()
    }

    pub(super) fn registered(&self, start: Date, end: Date, thematic_end: Date) -> Value {
        let language = self.lead().country.language;
        let languages = if language == "en" { vec!["en"] } else { vec![language, "en"] };
        let title = &texts::PROJECTS[self.key.len() % texts::PROJECTS.len()];
        json!({
            "acronym": self.key.to_uppercase(),
            "titles": title.written_in(language),
            "programme": "Synthetic programme",
            "call": "1",
            "start": start,
            "end": end,
            "thematicEnd": thematic_end,
            "timeZone": self.lead().country.zone,
            "languages": languages,
            "retentionYears": 5,
            "evidence": [self.document("grant", "Award of the grant", "award")],
        })
    }

    pub(super) fn joined(&self, partner: &Partner) -> Value {
        let vat_recovery = match partner.vat_recovered {
            0 => "none",
            100 => "full",
            _ => "partial",
        };
        json!({
            "number": partner.number,
            "names": partner.name.written_in(partner.country.language),
            "abbreviation": format!("Partner {}", partner.number),
            "role": partner.role.as_str(),
            "country": partner.country.code,
            "currency": partner.country.currency,
            "vatId": format!("{}9{:08}", partner.country.code, partner.number),
            "vatRecovery": vat_recovery,
            "legalStatus": if partner.role == Role::Delivery { "private" } else { "public" },
        })
    }

    /// A document that lies elsewhere.
    pub(super) fn document(&self, kind: &str, name: &str, path: &str) -> Value {
        json!({ "kind": kind, "name": name, "uri": format!("urn:example:{}:{path}", self.key) })
    }
}
