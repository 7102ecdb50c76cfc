//! What no engine takes, so that it has no case in the contract.

use super::{Wrong, verify_rows};
use crate::contract::event;
use crate::event::{EventRow, NewEvent};
use crate::head::Head;

fn wrong(rows: Vec<Result<EventRow, String>>) -> Vec<Wrong> {
    verify_rows(rows, Vec::new(), |_row| Ok(())).wrong
}

#[test]
fn refuses_an_event_id_that_was_there_before() {
    let mut head = Head::empty();
    let first = head.seal(event("care-get", 1));
    let again = head.seal(NewEvent { event_id: first.event_id, ..event("care-get", 2) });
    let found = wrong(vec![Ok(first), Ok(again)]);
    assert_eq!(found.iter().map(|wrong| wrong.first).collect::<Vec<_>>(), [2], "{found:?}");
}

#[test]
fn tells_of_a_row_that_could_not_be_read_and_of_nothing_after_it() {
    let mut head = Head::empty();
    let mut row = |version| Ok(head.seal(event("care-get", version)));
    let rows = vec![row(1), Err("it is torn".to_owned()), row(7)];
    assert_eq!(wrong(rows), [Wrong::at(2, "it is torn")]);
}
