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
    /// The reference of each recorded line, also of one that was taken back.
    references: BTreeMap<EventId, String>,
    taken_back: BTreeSet<EventId>,
}

impl Known {
    pub fn of(project: &Project, partner: PartnerNumber) -> Self {
        let mut known = Self::default();
        for line in project.finance.lines.all().filter(|line| line.partner == partner) {
            let Some(data) = line.document() else { continue };
            if let Some(corrects) = data.corrects {
                known.notes.insert(line.id, corrects);
            }
            if !is_live(line) {
                known.taken_back.insert(line.id);
            }
            let Some(reference) = data.reference.as_ref().map(|text| text.as_str().to_owned())
            else {
                continue;
            };
            known.references.insert(line.id, reference.clone());
            if is_live(line) {
                known.lines.entry(reference).or_default().push(line.id);
            }
        }
        known
    }

    /// Whether a line was recorded and taken back since.
    pub fn is_taken_back(&self, line: EventId) -> bool {
        self.taken_back.contains(&line)
    }

    /// The line that a credit note named when it was recorded, if it has this reference.
    fn named_before(&self, note: EventId, reference: &str) -> Option<EventId> {
        let line = self.notes.get(&note).copied()?;
        self.references.get(&line).is_some_and(|known| known == reference).then_some(line)
    }
}

fn is_live(line: &Line) -> bool {
    line.reversed.is_none()
}

/// The lines that a credit note of a list may name.
pub(super) struct Named<'a> {
    pub(super) owner: &'a Owner,
    pub(super) known: &'a Known,
    /// The list's own rows by their references.
    pub(super) of_list: BTreeMap<String, u32>,
}

impl Named<'_> {
    /// The line that `text` names, in the row with this reference: the one that the row named when
    /// it was recorded, then a row of the same list, then a recorded line.
    pub(super) fn line(&self, text: &str, row: Option<&str>) -> Result<Uuid, String> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let of_row = |reference: &str| self.owner.id("line", &format!("reference/{reference}"));
        if let Some(before) = row.and_then(|row| self.known.named_before(of_row(row), text)) {
            return Ok(before);
        }
        if self.of_list.contains_key(text) {
            return Ok(of_row(text));
        }
        match self.known.lines.get(text).map(Vec::as_slice).unwrap_or_default() {
            [line] => Ok(*line),
            [] => Err(format!(
                "names no line: neither a row of this list nor a recorded line of the partner has \
                 the reference `{text}`. Give the reference of the line that it corrects, or its id."
            )),
            several => {
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
