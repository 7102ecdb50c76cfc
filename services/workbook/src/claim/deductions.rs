//! What was deducted of a claim: by partner, and by the typology of errors.

use std::collections::BTreeMap;

use cairn_domain::ids::PartnerNumber;
use cairn_domain::money::Cents;
use cairn_domain::project::Project;
use cairn_domain::project::finance::line::Verified;
use cairn_domain::typology::TypologyCode;

use super::column;
use crate::scope::partner_name;
use crate::sheet::{Heading, Sheet, Shows, Value};

const HEADINGS: [Heading; 5] = [
    column("Partner", Shows::Text, 20),
    column("Typology of errors", Shows::Text, 12),
    column("What it is", Shows::Text, 60),
    column("Deductions", Shows::Count, 12),
    column("Deducted in EUR", Shows::Euro, 16),
];

/// Why something was deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// By control, by this code.
    Control(TypologyCode),
    /// By a correction after an audit, by this code.
    Correction(TypologyCode),
    /// Flat rates on what was deducted.
    FlatRates,
    /// Of a partner whose items may not be seen.
    Unseen,
}

/// How often and how much.
#[derive(Clone, Copy, Debug, Default)]
struct Deducted {
    number: u32,
    euro: Cents,
}

/// The deductions of a claim. Their sum is what the claim has as deducted.
#[derive(Clone, Debug, Default)]
pub(super) struct Deductions(BTreeMap<(PartnerNumber, Cause), Deducted>);

impl Deductions {
    pub(super) fn add_item(&mut self, partner: PartnerNumber, verified: Option<&Verified>) {
        let Some(verified) = verified else { return };
        for deduction in verified.data.deductions.iter() {
            self.add(partner, Cause::Control(deduction.typology), deduction.amount);
        }
        for correction in &verified.corrections {
            self.add(partner, Cause::Correction(correction.typology), correction.amount);
        }
    }

    /// What a partner has beside its items, or in all where they may not be seen.
    pub(super) fn add_rest(&mut self, partner: PartnerNumber, sees: bool, euro: Cents) {
        self.add(partner, if sees { Cause::FlatRates } else { Cause::Unseen }, euro);
    }

    fn add(&mut self, partner: PartnerNumber, cause: Cause, euro: Cents) {
        if euro != Cents::ZERO {
            let deducted = self.0.entry((partner, cause)).or_default();
            deducted.number += 1;
            deducted.euro += euro;
        }
    }

    pub(super) fn sheet(self, project: &Project) -> Sheet {
        let row = |((partner, cause), deducted): ((PartnerNumber, Cause), Deducted)| {
            let title = |code: TypologyCode| code.entry().map_or("", |entry| &entry.title);
            let counted = Value::Count(deducted.number);
            let (code, title, number) = match cause {
                Cause::Control(code) => (Value::text(code), title(code).to_owned(), counted),
                Cause::Correction(code) => {
                    let title = format!("After an audit: {}", title(code));
                    (Value::text(code), title, counted)
                }
                Cause::FlatRates => (Value::Empty, "Flat rates".to_owned(), Value::Empty),
                Cause::Unseen => {
                    let title = "All items and flat rates of the partner".to_owned();
                    (Value::Empty, title, Value::Empty)
                }
            };
            let partner = partner_name(project, partner);
            vec![partner, code, Value::text(title), number, Value::Amount(deducted.euro)]
        };
        Sheet {
            name: "Deductions".to_owned(),
            headings: HEADINGS.to_vec(),
            rows: self.0.into_iter().map(row).collect(),
        }
    }
}
