//! Which lessons and questions are asked for.

use super::lesson::{Lesson, Maturity};
use super::question::Question;
use crate::code::Code;
use crate::event::learning::{Challenge, Phase, Polarity};
use crate::ids::{EventId, Language, PartnerNumber};
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
    /// The code and everything below it.
    pub code: Option<Code>,
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
    /// Questions about the code itself.
    pub code: Option<Code>,
    pub answered: Option<bool>,
}

/// Words to look for. A lesson fits when each of them begins one of its words, in any of its
/// languages, without regard to case and accents: `пазар` finds *пазара*, `citta` finds *Città*.
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
            && self.code.is_none_or(|code| lesson.came_from(code))
            && self.language.is_none_or(|language| lesson.is_in(language))
            && self.theme.as_ref().is_none_or(|theme| lesson.has_theme(&theme.0))
            && self.search.as_ref().is_none_or(|search| search.fits(lesson.words()))
    }
}

impl QuestionFilter {
    pub(super) fn fits(&self, question: &Question) -> bool {
        let data = &question.data;
        self.lesson.is_none_or(|lesson| data.lesson == Some(lesson))
            && self.code.is_none_or(|code| data.code == Some(code))
            && self.answered.is_none_or(|answered| question.is_answered() == answered)
    }
}

impl Search {
    pub fn new(text: &str) -> Self {
        let mut words = text::folded_words(text);
        words.truncate(SEARCH_WORDS_MAX);
        Self(words)
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

/// The words of a lesson, folded, each once, in the order of their bytes. Most lessons are passed
/// over by the heads alone, which lie close together in memory.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// See [`head`].
    heads: Vec<u64>,
    /// Where in `text` each word starts.
    starts: Vec<usize>,
    /// Each word is followed by [`WORD_END`].
    text: String,
}

const HEAD_BYTES: usize = size_of::<u64>();

/// Neither a letter nor a digit, so that no search reaches from one word into the next.
const WORD_END: char = '\n';

impl Words {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut words: Vec<String> = texts.flat_map(text::folded_words).collect();
        words.sort_unstable();
        words.dedup();
        let mut packed = Self::default();
        for word in words {
            packed.heads.push(head(&word, u8::MIN));
            packed.starts.push(packed.text.len());
            packed.text.push_str(&word);
            packed.text.push(WORD_END);
        }
        packed
    }

    fn any_begins_with(&self, word: &str) -> bool {
        let (lowest, highest) = (head(word, u8::MIN), head(word, u8::MAX));
        let first = self.heads.partition_point(|head| *head < lowest);
        let near = self.heads[first..].iter().take_while(|head| **head <= highest);
        let mut starts = near.zip(&self.starts[first..]).map(|(_, start)| *start);
        starts.any(|start| word.len() <= HEAD_BYTES || self.text[start..].starts_with(word))
    }
}

/// The first bytes of a word, filled up, as a number in the order of the words.
fn head(word: &str, fill: u8) -> u64 {
    let mut bytes = [fill; HEAD_BYTES];
    let length = word.len().min(HEAD_BYTES);
    bytes[..length].copy_from_slice(&word.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}
