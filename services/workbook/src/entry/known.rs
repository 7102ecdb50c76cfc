//! Which line a credit note names: by its id, or by the partner's own reference of it.

use std::collections::{BTreeMap, BTreeSet};

use cairn_domain::ids::{EventId, PartnerNumber};
use cairn_domain::project::Project;
use cairn_domain::project::finance::line::Line;
use uuid::Uuid;

use super::Owner;

/// The recorded lines of a partner by its own references of them, however they were posted.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Those that were not taken back.
    lines: BTreeMap<String, Vec<EventId>>,
    /// What each recorded credit note corrects.
    notes: BTreeMap<EventId, EventId>,
}

impl Known {
    pub fn of(project: &Project, partner: PartnerNumber) -> Self {
        let mut known = Self::default();
        for line in project.finance.lines.all().filter(|line| line.partner == partner) {
            let Some(data) = line.document() else { continue };
            if let Some(corrects) = data.corrects {
                known.notes.insert(line.id, corrects);
            }
            if let Some(reference) = data.reference.as_ref().filter(|_| is_live(line)) {
                known.lines.entry(reference.as_str().to_owned()).or_default().push(line.id);
            }
        }
        known
    }
}

fn is_live(line: &Line) -> bool {
    line.reversed.is_none()
}

/// The lines that a credit note of a list may name.
pub(super) struct Named<'a> {
    pub(super) owner: &'a Owner,
    pub(super) known: &'a Known,
    /// The references of the list's own rows.
    pub(super) of_list: BTreeSet<String>,
}

impl Named<'_> {
    /// The line that `text` names, in the row with this reference. A row of the same list comes
    /// first, as it did when the list was sent before.
    pub(super) fn line(&self, text: &str, row: Option<&str>) -> Result<Uuid, String> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let of_row = |reference: &str| self.owner.id("line", &format!("reference/{reference}"));
        if self.of_list.contains(text) {
            return Ok(of_row(text));
        }
        let lines = self.known.lines.get(text).map(Vec::as_slice).unwrap_or_default();
        let before = row.and_then(|row| self.known.notes.get(&of_row(row)));
        match (lines, before) {
            ([line], _) => Ok(*line),
            (_, Some(before)) => Ok(*before),
            ([], None) => Err(format!(
                "names no line: neither a row of this list nor a recorded line of the partner has \
                 the reference `{text}`. Give the reference of the line that it corrects, or its id."
            )),
            (several, None) => {
                let ids: Vec<_> = several.iter().map(ToString::to_string).collect();
                Err(format!(
                    "names several lines with the reference `{text}`. Give the id of the one that \
                     it corrects: {}.",
                    ids.join(", ")
                ))
            }
        }
    }
}
