//! A lesson, and how far it is confirmed.

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::Vector;
use serde::{Deserialize, Serialize};

use super::Entry;
use super::filter::Words;
use crate::code::Code;
use crate::event::learning::{LessonCorroborated, LessonRecorded};
use crate::ids::Language;
use crate::project::learning::Reader;
use crate::project::plan::PlanState;
use crate::project::plan::item::Item;
use crate::text::{self, LocalizedText};

/// How far a lesson is confirmed: derived, never typed. Every stage counts as more than the one
/// before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Maturity {
    /// Its author says so.
    Observation,
    /// There is evidence behind it.
    Supported,
    /// A second partner or an expert confirms it.
    Corroborated,
}

/// A lesson with those who confirm it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// Its author, and when it was recorded.
    pub entry: Entry,
    /// As its author told it. Its `evidence` and `lines` are for those whom
    /// [`Lesson::may_see_evidence`] lets see them.
    pub data: Arc<LessonRecorded>,
    /// What its codes meant when it was recorded.
    pub items: Arc<[Item<Code>]>,
    corroborations: Vector<Arc<Corroboration>>,
    words: Words,
    folded_themes: Arc<[String]>,
}

/// Another organisation confirms a lesson.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Corroboration {
    /// Who confirms it, and when.
    pub entry: Entry,
    /// Its `evidence` is for those whom [`Corroboration::may_see_evidence`] lets see it.
    pub data: Arc<LessonCorroborated>,
}

impl Lesson {
    pub(super) fn new(entry: Entry, data: Arc<LessonRecorded>, plan: &PlanState) -> Self {
        let themes = data.themes.iter().map(|theme| theme.as_str());
        let texts = texts(&data).flat_map(LocalizedText::all).map(|(_, text)| text);
        let words = Words::of(texts.chain(themes.clone()));
        let folded_themes = themes.map(|theme| text::fold(theme.trim())).collect();
        let items = data.codes.iter().map(|code| plan.item(*code, entry.occurred_on)).collect();
        Self { entry, data, items, corroborations: Vector::new(), words, folded_themes }
    }

    pub(super) fn corroborate(&mut self, corroboration: Corroboration) {
        self.corroborations.push_back(Arc::new(corroboration));
    }

    pub fn may_be_read_by(&self, reader: &Reader) -> bool {
        reader.may_read(&self.entry.organisation, self.data.visibility)
    }

    /// Whether the reader may see the evidence and the expenditure lines that stand behind the
    /// lesson.
    pub fn may_see_evidence(&self, reader: &Reader) -> bool {
        reader.may_see_evidence_of(&self.entry.organisation)
    }

    pub fn maturity(&self) -> Maturity {
        let author = &self.entry.organisation;
        if self.corroborations.iter().any(|by| by.entry.organisation != *author) {
            Maturity::Corroborated
        } else if self.data.evidence.is_empty() {
            Maturity::Observation
        } else {
            Maturity::Supported
        }
    }

    /// Who confirms the lesson, in the order of the log. Members are told; what a partner says
    /// of another's public lesson it has not published.
    pub fn corroborations(&self, reader: &Reader) -> impl Iterator<Item = &Corroboration> {
        let told = reader.is_member() && self.may_be_read_by(reader);
        self.corroborations.iter().map(|by| &**by).filter(move |_| told)
    }

    /// Whether the lesson came from one of these items of the plan.
    pub(super) fn came_from(&self, items: &BTreeSet<Item<Code>>) -> bool {
        self.items.iter().any(|item| items.contains(item))
    }

    /// Whether it can be read in a language: what it is about and what it recommends.
    pub fn is_in(&self, language: Language) -> bool {
        let needed = [&self.data.title, &self.data.recommendation];
        needed.iter().all(|text| text.in_language(language).is_some())
    }

    pub(super) fn has_theme(&self, folded: &str) -> bool {
        self.folded_themes.iter().any(|theme| theme == folded)
    }

    pub(super) fn words(&self) -> &Words {
        &self.words
    }
}

impl Corroboration {
    pub fn may_see_evidence(&self, reader: &Reader) -> bool {
        reader.may_see_evidence_of(&self.entry.organisation)
    }
}

fn texts(data: &LessonRecorded) -> impl Iterator<Item = &LocalizedText> {
    [
        Some(&data.title),
        data.situation.as_ref(),
        data.what_happened.as_ref(),
        data.why.as_ref(),
        Some(&data.recommendation),
    ]
    .into_iter()
    .flatten()
}
