//! A lesson, as one reader may see it, and pages of lessons.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use cairn_domain::ids::EventId;
use cairn_domain::view::learning_log::filter::QuestionFilter;
use cairn_domain::view::learning_log::lesson;

use super::entry::Entry;
use super::filter::{Challenge, LessonFilter, Maturity, Phase, Polarity, Visibility};
use super::question::Question;
use crate::graphql::connection::{self, Page};
use crate::graphql::evidence::Evidence;
use crate::graphql::node;
use crate::graphql::project::Reading;
use crate::graphql::project::money::line::ExpenditureLine;
use crate::graphql::values::{LocalizedText, refusal};

/// Name of the type of lessons in the schema.
pub const KIND: &str = "Lesson";

/// Which project something belongs to.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProjectName {
    /// What `project(acronym:)` takes.
    pub key: String,
    /// The acronym, for display.
    pub acronym: Option<String>,
}

/// A lesson, as one reader may see it.
#[derive(Clone)]
pub struct Lesson {
    reading: Arc<Reading>,
    lesson: lesson::Lesson,
}

/// What a partner or an expert learned. `eventId` names it in postings.
#[Object]
impl Lesson {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        node::id(KIND, &self.reading.room.project.key, self.lesson.entry.id)
    }

    #[graphql(flatten)]
    async fn entry(&self) -> Entry {
        Entry::of(&self.reading, &self.lesson.entry)
    }

    /// The project that it was learned in.
    async fn project(&self) -> ProjectName {
        let project = &self.reading.room.project;
        let registered = project.plan.registered.as_ref();
        ProjectName {
            key: project.key.to_string(),
            acronym: registered.map(|registered| registered.acronym.to_string()),
        }
    }

    /// What it says in a line.
    async fn title(&self) -> LocalizedText {
        LocalizedText(self.lesson.data.title.clone())
    }

    /// What was there before.
    async fn situation(&self) -> Option<LocalizedText> {
        self.lesson.data.situation.clone().map(LocalizedText)
    }

    /// What was done, and what came of it.
    async fn what_happened(&self) -> Option<LocalizedText> {
        self.lesson.data.what_happened.clone().map(LocalizedText)
    }

    /// Why it went so.
    async fn why(&self) -> Option<LocalizedText> {
        self.lesson.data.why.clone().map(LocalizedText)
    }

    /// What others are advised to do.
    async fn recommendation(&self) -> LocalizedText {
        LocalizedText(self.lesson.data.recommendation.clone())
    }

    /// How it went.
    async fn polarity(&self) -> Polarity {
        self.lesson.data.polarity.into()
    }

    /// The challenge of carrying the project out that it is about.
    async fn challenge(&self) -> Challenge {
        self.lesson.data.challenge.into()
    }

    /// The phase of the project that it comes from.
    async fn phase(&self) -> Phase {
        self.lesson.data.phase.into()
    }

    /// Its author's own words for what it is about.
    async fn themes(&self) -> Vec<&str> {
        self.lesson.data.themes.iter().map(|theme| theme.as_str()).collect()
    }

    /// Activities, deliverables and outputs that it came from, such as `A 5.1`.
    async fn codes(&self) -> Vec<String> {
        self.reading.codes(&self.lesson.items)
    }

    /// Who may read it.
    async fn visibility(&self) -> Visibility {
        self.lesson.data.visibility.into()
    }

    /// How far it is confirmed: derived from evidence and corroborations, never typed.
    async fn maturity(&self) -> Maturity {
        self.lesson.maturity().into()
    }

    /// Who confirms it, first to last. Null to the public.
    async fn corroborations(&self) -> Option<Vec<Corroboration>> {
        let reader = self.reading.reader.of_learning();
        let told = || self.lesson.corroborations(reader).map(|by| self.show(by)).collect();
        reader.is_member().then(told)
    }

    /// The questions about it, newest first. Null to the public.
    async fn questions(&self) -> Option<Vec<Question>> {
        let reader = self.reading.reader.of_learning();
        let lesson = Some(self.lesson.entry.id);
        let filter = QuestionFilter { lesson, ..QuestionFilter::default() };
        let questions = || {
            let questions = self.reading.room.learning.questions(reader, &filter);
            questions.map(|question| Question::new(&self.reading, question)).collect()
        };
        reader.is_member().then(questions)
    }

    /// Null to those who may not see the author's evidence.
    async fn evidence(&self) -> Option<Vec<Evidence>> {
        let reader = self.reading.reader.of_learning();
        let seen = self.lesson.may_see_evidence(reader);
        seen.then(|| Evidence::all(&self.lesson.data.evidence))
    }

    /// The expenditure lines that it came from and that the caller may see. Null to those who may
    /// not see the author's lines.
    async fn lines(&self) -> Option<Vec<ExpenditureLine>> {
        let Reading { room, reader, .. } = &*self.reading;
        let lines = || {
            let named = self.lesson.data.lines.iter();
            let lines = named.filter_map(|id| room.budget_use.line(&room.project, *id));
            let seen = lines.filter(|answer| reader.sees_lines_of(Some(answer.line.partner)));
            seen.map(|answer| ExpenditureLine::new(&self.reading, &answer)).collect()
        };
        self.lesson.may_see_evidence(reader.of_learning()).then(lines)
    }
}

impl Lesson {
    fn show(&self, by: &lesson::Corroboration) -> Corroboration {
        let seen = by.may_see_evidence(self.reading.reader.of_learning());
        Corroboration {
            entry: Entry::of(&self.reading, &by.entry),
            note: LocalizedText(by.data.note.clone()),
            evidence: seen.then(|| Evidence::all(&by.data.evidence)),
        }
    }
}

/// Another organisation confirms a lesson from its own experience.
#[derive(Clone, Debug, SimpleObject)]
pub struct Corroboration {
    #[graphql(flatten)]
    pub entry: Entry,
    /// What the other organisation saw itself.
    pub note: LocalizedText,
    /// Null to those who may not see the author's evidence.
    pub evidence: Option<Vec<Evidence>>,
}

/// A lesson by the id of its event, where the caller may read it.
pub fn one(reading: &Arc<Reading>, id: EventId) -> Option<Lesson> {
    let lesson = reading.room.learning.lesson(id, reading.reader.of_learning())?;
    Some(Lesson { reading: Arc::clone(reading), lesson: lesson.clone() })
}

/// Lessons of several projects, the newest recorded of all first. A lesson is found again by its
/// position in the log, whatever is recorded after it.
pub fn page(
    readings: &[Arc<Reading>],
    search: Option<String>,
    filter: LessonFilter,
    partner: Option<u32>,
    since: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Lesson>> {
    let (mut filter, code) = filter.read(search)?;
    let since = since.as_deref().map(position).transpose()?.unwrap_or_default();
    let mut found = Vec::new();
    for reading in readings {
        let plan = &reading.room.project.plan;
        filter.items = code.map(|code| plan.items_under(code, reading.form.as_deref()).into());
        let lessons = reading.room.learning.lessons(reading.reader.of_learning(), &filter);
        let new = lessons.take_while(|lesson| lesson.entry.position > since);
        let by = |lesson: &&lesson::Lesson| {
            partner.is_none_or(|number| lesson.entry.organisation.partner() == Some(number))
        };
        found.extend(new.filter(by).map(|lesson| (reading, lesson)));
    }
    found.sort_unstable_by_key(|(_, lesson)| std::cmp::Reverse(lesson.entry.position));
    let name = |(_, lesson): &(&Arc<Reading>, &lesson::Lesson)| lesson.entry.position.to_string();
    connection::page(found, first, after, name, |(reading, lesson)| Lesson {
        reading: Arc::clone(reading),
        lesson: lesson.clone(),
    })
}

/// The position of the lesson that a cursor stands for.
fn position(cursor: &str) -> Result<u64> {
    connection::key(cursor).ok().and_then(|key| key.parse().ok()).ok_or_else(|| {
        refusal("CURSOR_INVALID", "`since` is the cursor of a lesson. Ask without it.")
    })
}
