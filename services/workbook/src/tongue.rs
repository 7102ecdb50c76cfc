//! The languages in which a list can be filled in.

use cairn_domain::ids::Language;

/// A language of the words in this crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tongue {
    #[default]
    English,
    Bulgarian,
    Italian,
    Lithuanian,
    Greek,
    Romanian,
}

/// One word or sentence in every language, in the order of [`Tongue::ALL`].
pub type Words = [&'static str; 6];

impl Tongue {
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::Bulgarian,
        Self::Italian,
        Self::Lithuanian,
        Self::Greek,
        Self::Romanian,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bulgarian => "bg",
            Self::Italian => "it",
            Self::Lithuanian => "lt",
            Self::Greek => "el",
            Self::Romanian => "ro",
        }
    }

    pub fn language(self) -> Language {
        self.code().parse().expect("two small letters are a language")
    }

    /// The language by its code: `bg`.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tongue| tongue.code() == code)
    }

    pub const fn of(self, words: &Words) -> &'static str {
        words[self as usize]
    }
}

/// What is compared of words that people type: without regard to case, to white space around and
/// between them, and to the mark of a column that has to be filled in.
pub fn plain(text: &str) -> String {
    let words: Vec<_> = text.trim_end_matches('*').split_whitespace().collect();
    words.join(" ").to_lowercase()
}
