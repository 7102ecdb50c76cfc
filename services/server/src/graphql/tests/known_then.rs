//! A past day answers what was answered on that day.

use std::io::Cursor;

use crate::cli::import::Source;
use crate::given::{CareGet, LEAD};
use crate::record;

/// What the lead asks, then and later.
const ASKED: &str = "version position today budgetUse(by: [PARTNER, WORK_PACKAGE, CATEGORY]) {
        totals { planned declared provisional paid remaining erdf }
        rows { partner workPackage category declared } rates { currency month rate } }
    paymentTrigger { reported missing }
    deliverables(first: 200) { nodes { code status light lightWord daysLate turn waitingDays } }
    activities(first: 200) { nodes { code status light lightWord daysLate progress } }
    milestones { nodes { number status light lightWord daysLate } }
    learningLog(first: 200) { totalCount nodes { eventId maturity } }
    questions { nodes { eventId answered ageDays } }";

/// Each event of the example on its own day, from the first that a lead can ask after.
const FIRST_ASKED: usize = 13;

#[actix_web::test]
async fn what_was_answered_on_a_day_is_answered_of_that_day() {
    let later = CareGet::import().await;
    let mut then = CareGet::nothing().await;
    let rows = later.ledger.log().read(0, 1_000).await.unwrap().rows;
    for (index, row) in rows.iter().enumerate() {
        let line = serde_json::to_string(&record::cloud_event(row).unwrap()).unwrap();
        then.add(vec![Source::lines("one".to_owned(), 0, Box::new(Cursor::new(line)))]).await;
        if index < FIRST_ASKED || index % 7 != 0 {
            continue;
        }
        then.now = record::recorded_at(row).unwrap();
        let told = then.project(LEAD, ASKED).await;
        let version = row.version;
        let document = format!(
            "{{ project(acronym: \"care-get\", asOf: {{ version: {version} }}) {{ {ASKED} }} }}"
        );
        assert_eq!(later.ask(LEAD, &document).await["project"], told, "version {version}");
    }
}
