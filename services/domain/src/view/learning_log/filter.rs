//! Which lessons and questions are asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lesson::{Lesson, Maturity};
use super::question::Question;
use crate::code::Code;
use crate::event::learning::{Challenge, Phase, Polarity};
use crate::ids::{EventId, Language, PartnerNumber};
use crate::project::plan::item::Item;
use crate::text;

/// A search takes this many words: more narrow nothing down, and each costs a look into every
/// lesson.
pub const SEARCH_WORDS_MAX: usize = 16;

/// Which lessons are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub search: Option<Search>,
    pub polarity: Option<Polarity>,
    pub challenge: Option<Challenge>,
    pub phase: Option<Phase>,
    pub theme: Option<Theme>,
    /// What came from one of these items of the plan.
    pub items: Option<Arc<BTreeSet<Item<Code>>>>,
    /// The author's partner.
    pub partner: Option<PartnerNumber>,
    /// This maturity or a higher one.
    pub maturity_at_least: Option<Maturity>,
    /// Lessons whose title and recommendation are there in this language.
    pub language: Option<Language>,
    /// Lessons recorded after this version of the project: what is new since it was read.
    pub since_version: Option<u64>,
}

/// Which questions are asked for: those that fit everything that is set.
#[derive(Clone, Debug, Default)]
pub struct QuestionFilter {
    pub lesson: Option<EventId>,
    /// Questions about the item itself.
    pub item: Option<Item<Code>>,
    pub answered: Option<bool>,
}

/// Words to look for. A lesson fits when each of them begins one of its words, in any of its
/// languages, without regard to case, accents and the ending of longer words: `пазара` finds
/// *пазар* and *пазарът*, `citta` finds *Città*.
///
/// A text without words leaves nothing out; words past [`SEARCH_WORDS_MAX`] are not looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search(Vec<String>);

/// A theme to look for, without regard to case and accents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme(String);

impl Filter {
    /// Whether a lesson fits; `since_version` is seen to by who walks the lessons.
    pub(super) fn fits(&self, lesson: &Lesson) -> bool {
        let data = &lesson.data;
        self.polarity.is_none_or(|polarity| data.polarity == polarity)
            && self.challenge.is_none_or(|challenge| data.challenge == challenge)
            && self.phase.is_none_or(|phase| data.phase == phase)
            && self.partner.is_none_or(|n| lesson.entry.organisation.partner() == Some(n))
            && self.maturity_at_least.is_none_or(|least| lesson.maturity() >= least)
            && self.items.as_ref().is_none_or(|items| lesson.came_from(items))
            && self.language.is_none_or(|language| lesson.is_in(language))
            && self.theme.as_ref().is_none_or(|theme| lesson.has_theme(&theme.0))
            && self.search.as_ref().is_none_or(|search| search.fits(lesson.words()))
    }
}

impl QuestionFilter {
    pub(super) fn fits(&self, question: &Question) -> bool {
        let data = &question.data;
        self.lesson.is_none_or(|lesson| data.lesson == Some(lesson))
            && self.item.is_none_or(|item| question.item == Some(item))
            && self.answered.is_none_or(|answered| question.is_answered() == answered)
    }
}

impl Search {
    pub fn new(text: &str) -> Self {
        let words = text::folded_words(text);
        Self(
            words
                .iter()
                .take(SEARCH_WORDS_MAX)
                .map(|word| without_ending(word).to_owned())
                .collect(),
        )
    }

    fn fits(&self, words: &Words) -> bool {
        self.0.iter().all(|word| words.any_begins_with(word))
    }
}

impl Theme {
    pub fn new(text: &str) -> Self {
        Self(text::fold(text.trim()))
    }
}

/// The words of a lesson, folded, each once, in their order and each behind a line feed: in one
/// text, since a lesson has many and each on its own would take more memory than its letters.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Words(Arc<str>);

impl Words {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut words: Vec<String> = texts.flat_map(text::folded_words).collect();
        words.sort_unstable();
        words.dedup();
        Self(words.iter().flat_map(|word| ["\n", word]).collect::<String>().into())
    }

    fn any_begins_with(&self, head: &str) -> bool {
        self.0.match_indices(head).any(|(at, _)| self.0[..at].ends_with('\n'))
    }
}

/// A word without the ending that an article, a case or a plural may change: its last letter
/// where it has five or six, its last two where it has more.
fn without_ending(word: &str) -> &str {
    let letters = word.chars().count();
    let dropped = match letters {
        0..=4 => 0,
        5..=6 => 1,
        _ => 2,
    };
    let end = word.char_indices().nth(letters - dropped).map_or(word.len(), |(at, _)| at);
    &word[..end]
}
