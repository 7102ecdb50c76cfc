//! Credit notes of a list that correct another row of it.

use std::collections::BTreeMap;

use cairn_workbook::column::Column;
use cairn_workbook::entry::Entry;

use super::{Became, RowAnswer};
use crate::problem::Kind;

/// The rows with those behind the others that correct one of them, wherever they stand.
pub(super) fn last(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| entry.corrects.is_some());
    entries
}

/// The row that each row corrects.
pub(super) fn named(entries: &[Entry]) -> BTreeMap<u32, u32> {
    entries.iter().filter_map(|entry| Some((entry.row, entry.corrects?))).collect()
}

/// Says of a note that was refused with its line which row that is.
pub(super) fn explain(rows: &mut [RowAnswer], named: &BTreeMap<u32, u32>) {
    // A row that was recorded before and says something else now has its line.
    let is_there =
        |row: &RowAnswer| row.findings.iter().any(|finding| finding.rule == Kind::IdTaken.id());
    let refused = rows.iter().filter(|row| row.became == Became::Refused && !is_there(row));
    let refused: BTreeMap<_, _> = refused.map(|row| (row.row, row.reference.clone())).collect();
    for row in rows.iter_mut().filter(|row| row.became == Became::Refused) {
        let Some((number, reference)) =
            named.get(&row.row).and_then(|number| refused.get_key_value(number))
        else {
            continue;
        };
        let of_line = |column| column == Some(Column::Corrects.name());
        for finding in row.findings.iter_mut().filter(|finding| of_line(finding.column)) {
            let reference = reference.as_deref().unwrap_or_default();
            finding.message = format!(
                "Row {number} (`{reference}`), which this row corrects, was refused. Mend that row \
                 and send both again."
            );
        }
    }
}
