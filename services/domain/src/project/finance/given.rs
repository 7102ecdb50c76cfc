//! For tests: expenditure lines, posted or recorded without asking the rules.

pub(crate) mod claim;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::event::plan::Role;
use crate::event::{Event, EventType};
use crate::given::{Given, Post};
use crate::ids::PartnerNumber;
use crate::money::Cents;
use crate::posting::{Actor, Completed, Part, Recorded};
use crate::project::Project;
use crate::view::budget_use::BudgetUse;

/// Invoice 17 over 100.00 and 20.00 VAT euro, of which 50.00 are declared in WP 5.
pub(crate) fn cost() -> Value {
    json!({
        "category": "external_expertise", "workPackage": "WP 5",
        "incurredFrom": "2025-02-01", "incurredTo": "2025-02-28", "document": invoice("17"),
        "net": "100.00", "vat": "20.00", "vatRecoverable": "0.00", "share": "1",
        "declared": "50.00", "currency": "EUR"
    })
}

pub(crate) fn invoice(number: &str) -> Value {
    dated_invoice(number, "2025-03-03")
}

pub(crate) fn dated_invoice(number: &str, date: &str) -> Value {
    json!({ "invoice": { "number": number, "date": date, "supplier": "Print Ltd",
        "taxId": "BG 999" } })
}

/// The data with some fields replaced.
pub(crate) fn with(mut data: Value, changes: Value) -> Value {
    let (Value::Object(fields), Value::Object(changes)) = (&mut data, changes) else {
        panic!("data and changes are objects")
    };
    fields.extend(changes);
    data
}

/// A line of trakia (partner 3) that differs from [`cost`].
pub(crate) fn declare(changes: Value) -> Post {
    Post::new("trakia", "expenditure.declared", "2025-03-03", with(cost(), changes))
}

/// Records an event of a partner whatever the rules say.
pub(crate) fn record(
    given: &mut Given,
    partner: PartnerNumber,
    event_type: &str,
    data: &Value,
) -> Uuid {
    record_on(given, partner, "2025-03-03", event_type, data)
}

/// The same of a day.
pub(crate) fn record_on(
    given: &mut Given,
    partner: PartnerNumber,
    day: &str,
    event_type: &str,
    data: &Value,
) -> Uuid {
    record_with(given, partner, (day, Completed::default()), event_type, data)
}

/// The same as [`record`], with what `decide` would have added.
pub(crate) fn record_completed(
    given: &mut Given,
    partner: PartnerNumber,
    event_type: &str,
    data: &Value,
    completed: Completed,
) -> Uuid {
    record_with(given, partner, ("2025-03-03", completed), event_type, data)
}

fn record_with(
    given: &mut Given,
    partner: PartnerNumber,
    (day, completed): (&str, Completed),
    event_type: &str,
    data: &Value,
) -> Uuid {
    let event_type = EventType::parse(event_type).unwrap();
    let version = given.project.version + 1;
    let part = Part::Member { role: Role::Delivery, partner: Some(partner) };
    let recorded = Recorded {
        id: Uuid::from_u128(version.into()),
        position: version,
        version,
        occurred_on: day.parse().unwrap(),
        recorded_at: given.now,
        actor: Actor { subject: "somebody".parse().unwrap(), part },
        on_behalf_of: None,
        event: Event::parse(event_type, data).unwrap().into(),
        completed,
    };
    given.project.evolve(&recorded);
    given.history.push(recorded);
    Uuid::from_u128(version.into())
}

pub(crate) fn rates(given: &mut Given, year: i16, month: i8, currency: &str, value: &str) {
    let data = json!({ "year": year, "month": month, "source": "test",
        "rates": [{ "currency": currency, "value": value }] });
    record(given, 1, "exchange_rates.imported", &data);
}

/// Folds a history from its first event on.
pub(crate) fn fold(history: &[Recorded]) -> (Project, BudgetUse) {
    let mut project = Project::new("care-get".parse().unwrap());
    let mut view = BudgetUse::default();
    for recorded in history {
        project.evolve(recorded);
        view.apply(recorded, &project);
    }
    (project, view)
}

pub(crate) fn cents(text: &str) -> Cents {
    text.parse().unwrap()
}
