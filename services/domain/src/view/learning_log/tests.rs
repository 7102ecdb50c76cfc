mod properties;

use serde_json::{Value, json};
use uuid::Uuid;

use super::filter::{Filter, QuestionFilter, Search, Theme};
use super::lesson::Maturity;
use super::*;
use crate::event::EventType;
use crate::given::{Given, Post, en, evidence};
use crate::ids::ProjectKey;
use crate::posting::OnBehalfOf;

const DAY: &str = "2025-04-01";

/// The fixture's project with an associated partner (5) and a member of the programme.
fn given() -> Given {
    let mut given = Given::project();
    let at = given.now;
    let joins = json!({ "number": 5, "names": en("region"), "abbreviation": "region",
        "role": "associated", "country": "BG" });
    let members = [
        json!({ "subject": "region", "partner": 5, "role": "associated" }),
        json!({ "subject": "programme", "role": "programme" }),
    ];
    given.record_unasked("haskovo", "partner.joined", DAY, at, joins);
    for member in members {
        given.record_unasked("haskovo", "member.granted", DAY, at, member);
    }
    given
}

fn log(given: &Given) -> LearningLog {
    fold(given.project.key.clone(), &given.history).1
}

fn fold(key: ProjectKey, history: &[Recorded]) -> (Project, LearningLog) {
    let mut folded = (Project::new(key), LearningLog::default());
    go_on(&mut folded, history);
    folded
}

fn go_on((project, log): &mut (Project, LearningLog), history: &[Recorded]) {
    for recorded in history {
        project.evolve(recorded);
        log.apply(recorded, project);
    }
}

fn reader(given: &Given, subject: &str) -> Reader {
    let subject = subject.parse().unwrap();
    let today = given.project.day_of(given.now);
    Reader::of(&subject, given.project.plan.memberships_on(&subject, today))
}

fn lesson(subject: &'static str, more: Value) -> Post {
    let mut data = json!({ "title": en("Start early"), "recommendation": en("Ask for staff"),
        "polarity": "mixed", "challenge": "leadership", "phase": "initiation",
        "visibility": "public" });
    data.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    Post::new(subject, "lesson.recorded", DAY, data)
}

fn corroborate(subject: &'static str, lesson: u128) -> Post {
    let data = json!({ "lesson": Uuid::from_u128(lesson), "note": en("Here too"),
        "evidence": evidence() });
    Post::new(subject, "lesson.corroborated", DAY, data)
}

fn ask(subject: &'static str, lesson: u128) -> Post {
    let data = json!({ "lesson": Uuid::from_u128(lesson), "text": en("How?") });
    Post::new(subject, "question.asked", DAY, data)
}

fn answer(subject: &'static str, question: u128, day: &'static str) -> Post {
    let data = json!({ "question": Uuid::from_u128(question), "text": en("So") });
    Post::new(subject, "question.answered", day, data)
}

/// The numbers of the lessons that a filter finds, in the order of the answer.
fn found(log: &LearningLog, filter: &Filter) -> Vec<u128> {
    let everything = Reader::Everything;
    log.lessons(&everything, filter).map(|lesson| lesson.entry.id.as_u128()).collect()
}

fn search(text: &str) -> Filter {
    Filter { search: Some(Search::new(text)), ..Filter::default() }
}

/// Lesson 1 in Bulgarian and English, 2 in Italian, 3 in Greek.
fn in_four_languages() -> LearningLog {
    let mut given = given();
    let labour_market = json!({
        "title": { "original": "bg", "bg": "Анализ на пазара на труда",
            "en": "Analysis of the labour market", "translatedBy": { "en": "machine" } },
        "situation": { "original": "bg", "bg": "Липса на медицински сестри" },
        "recommendation": { "original": "bg", "bg": "Актуализирайте данните ежегодно",
            "en": "Renew the data every year" },
        "themes": ["Заетост"], "codes": ["A 5.1"]
    });
    let italian = json!({
        "title": { "original": "it", "it": "Qualità dell'assistenza nelle città" },
        "recommendation": { "original": "it", "it": "Più formazione perché serve" },
        "codes": ["D 5.1.1"]
    });
    let greek = json!({
        "title": { "original": "el", "el": "Η αγορά εργασίας της Κομοτηνής" },
        "recommendation": { "original": "el", "el": "Συνεργασία με τους πολίτες" },
        "codes": ["A 4.1"]
    });
    given.accept(&lesson("trakia", labour_market).id(1));
    given.accept(&lesson("siena", italian).id(2));
    given.accept(&lesson("urbasofia", greek).id(3));
    log(&given)
}

#[test]
fn finds_words_in_every_language_without_case_and_accents() {
    let log = in_four_languages();
    let cases: &[(&str, &[u128])] = &[
        ("labour market", &[1]),
        ("MARKET labour", &[1]),
        ("пазара на труда", &[1]),
        ("ПАЗАР", &[1]),
        ("медицински", &[1]),
        ("заетост", &[1]),
        ("labour сестри", &[1]),
        ("qualita citta", &[2]),
        ("CITTÀ", &[2]),
        ("assistenza", &[2]),
        ("perche", &[2]),
        ("ΑΓΟΡΑ ΕΡΓΑΣΙΑΣ", &[3]),
        ("πολιτες", &[3]),
        ("κομοτηνης", &[3]),
        ("abour", &[]),
        ("labour città", &[]),
        ("\n", &[3, 2, 1]),
        ("…", &[3, 2, 1]),
        ("", &[3, 2, 1]),
    ];
    for (text, lessons) in cases {
        assert_eq!(found(&log, &search(text)), *lessons, "{text}");
    }
}

#[test]
fn finds_words_by_their_beginning_whatever_the_ending_of_longer_ones() {
    let mut given = given();
    given.accept(
        &lesson("trakia", json!({ "title": en("procurements procuring 2021–2023") })).id(1),
    );
    let log = log(&given);
    let cases = [
        ("p", true),
        ("procurem", true),
        ("procureme", true),
        ("procurements", true),
        ("procurementss", true),
        ("procuring", true),
        ("procurezzz", false),
        ("procurementsprocuring", false),
        ("2021", true),
        ("021", false),
        ("q", false),
    ];
    for (word, is_found) in cases {
        assert_eq!(found(&log, &search(word)) == [1], is_found, "{word}");
    }
}

#[test]
fn a_code_finds_itself_and_what_is_below_it() {
    let log = in_four_languages();
    let cases: &[(&str, &[u128])] = &[
        ("WP 5", &[2, 1]),
        ("A 5.1", &[2, 1]),
        ("D 5.1.1", &[2]),
        ("WP 4", &[3]),
        ("D 4.1.1", &[]),
        ("O 5.1", &[]),
    ];
    let plan = given().project.plan;
    for (code, lessons) in cases {
        let items = plan.items_under(code.parse().unwrap(), None);
        let filter = Filter { items: Some(items.into()), ..Filter::default() };
        assert_eq!(found(&log, &filter), *lessons, "{code}");
    }
}

#[test]
fn each_filter_narrows_the_lessons_down() {
    let mut given = given();
    let other = json!({ "polarity": "failed", "challenge": "procurement", "phase": "legacy",
        "themes": ["Équipe "], "evidence": evidence() });
    given.accept(&lesson("siena", other).id(1));
    given.accept(&lesson("trakia", json!({})).id(2));
    given.accept(&lesson("expert", json!({})).id(3));
    let log = log(&given);
    let first = log.lessons.values().next().unwrap();
    let one = |filter: Filter| assert_eq!(found(&log, &filter), [1], "{filter:?}");
    let data = &first.data;
    one(Filter { polarity: Some(data.polarity), ..Filter::default() });
    one(Filter { challenge: Some(data.challenge), ..Filter::default() });
    one(Filter { phase: Some(data.phase), ..Filter::default() });
    one(Filter { theme: Some(Theme::new("EQUIPE")), ..Filter::default() });
    one(Filter { partner: Some(4), ..Filter::default() });
    one(Filter { maturity_at_least: Some(Maturity::Supported), ..Filter::default() });
    let since_version = Some(first.entry.version);
    assert_eq!(found(&log, &Filter { since_version, ..Filter::default() }), [3, 2]);
    let language = Some("en".parse().unwrap());
    assert_eq!(found(&log, &Filter { language, ..Filter::default() }), [3, 2, 1]);
    let language = Some("bg".parse().unwrap());
    assert_eq!(found(&log, &Filter { language, ..Filter::default() }), []);
}

#[test]
fn a_lesson_is_seen_by_whom_its_visibility_names() {
    let mut given = given();
    for (id, subject, visibility) in [
        (1, "trakia", "partner"),
        (2, "trakia", "partnership"),
        (3, "trakia", "public"),
        (4, "expert", "partner"),
    ] {
        given.accept(&lesson(subject, json!({ "visibility": visibility })).id(id));
    }
    let log = log(&given);
    let table: &[(&str, &[u128])] = &[
        ("haskovo", &[4, 3, 2, 1]),
        ("controller", &[4, 3, 2, 1]),
        ("programme", &[4, 3, 2, 1]),
        ("auditor", &[4, 3, 2, 1]),
        ("trakia", &[3, 2, 1]),
        ("urbasofia", &[3, 2]),
        ("region", &[3, 2]),
        ("siena", &[3, 2]),
        ("expert", &[4, 3, 2]),
        ("stranger", &[3]),
    ];
    let filter = Filter::default();
    for (subject, sees) in table {
        let reader = reader(&given, subject);
        let lessons = log.lessons(&reader, &filter);
        let ids: Vec<_> = lessons.map(|lesson| lesson.entry.id.as_u128()).collect();
        assert_eq!(ids, *sees, "{subject}");
        for id in 1..=5 {
            let lesson = log.lesson(Uuid::from_u128(id), &reader);
            assert_eq!(lesson.is_some(), sees.contains(&id), "{subject} {id}");
        }
    }
}

#[test]
fn evidence_is_seen_by_its_owner_and_those_who_check() {
    let mut given = given();
    given.accept(&lesson("trakia", json!({ "evidence": evidence() })).id(1));
    given.accept(&corroborate("siena", 1));
    let log = log(&given);
    let lesson = log.lesson(Uuid::from_u128(1), &Reader::Public).unwrap();
    let corroboration = lesson.corroborations(&Reader::Everything).next().unwrap();
    let table = [
        ("haskovo", true, true),
        ("controller", true, true),
        ("programme", true, true),
        ("auditor", true, true),
        ("trakia", true, false),
        ("siena", false, true),
        ("urbasofia", false, false),
        ("region", false, false),
        ("expert", false, false),
        ("stranger", false, false),
    ];
    for (subject, of_lesson, of_corroboration) in table {
        let reader = reader(&given, subject);
        assert_eq!(lesson.may_see_evidence(&reader), of_lesson, "{subject}");
        assert_eq!(corroboration.may_see_evidence(&reader), of_corroboration, "{subject}");
        assert_eq!(lesson.corroborations(&reader).count(), usize::from(reader.is_member()));
    }
}

#[test]
fn a_lesson_matures_by_evidence_and_by_others() {
    let maturity = |given: &Given, id| {
        log(given).lesson(Uuid::from_u128(id), &Reader::Everything).unwrap().maturity()
    };
    let mut given = given();
    given.accept(&lesson("trakia", json!({})).id(1));
    given.accept(&lesson("trakia", json!({ "evidence": evidence() })).id(2));
    given.accept(&lesson("expert", json!({})).id(3));
    assert_eq!(maturity(&given, 1), Maturity::Observation);
    assert_eq!(maturity(&given, 2), Maturity::Supported);
    given.accept(&corroborate("expert", 1));
    given.accept(&corroborate("siena", 2));
    given.accept(&corroborate("siena", 3));
    for id in 1..=3 {
        assert_eq!(maturity(&given, id), Maturity::Corroborated);
    }
    let later = [Maturity::Observation, Maturity::Supported, Maturity::Corroborated];
    assert!(later.is_sorted());
}

#[test]
fn an_authors_own_word_is_no_corroboration() {
    let mut given = given();
    given.accept(&lesson("haskovo", json!({})).id(1));
    let mut history = given.history.clone();
    let mut recorded = history.last().unwrap().clone();
    let data = json!({ "lesson": Uuid::from_u128(1), "note": en("Indeed") });
    let event_type = EventType::parse("lesson.corroborated").unwrap();
    recorded.id = Uuid::from_u128(2);
    recorded.version += 1;
    recorded.event = Arc::new(Event::parse(event_type, &data).unwrap());
    history.push(recorded);
    let (_, log) = fold(given.project.key.clone(), &history);
    let lesson = log.lesson(Uuid::from_u128(1), &Reader::Everything).unwrap();
    assert_eq!(lesson.maturity(), Maturity::Observation);
    assert_eq!(lesson.corroborations(&Reader::Everything).count(), 1);
}

#[test]
fn a_question_ages_until_its_first_answer() {
    let mut given = given();
    given.accept(&lesson("trakia", json!({})).id(1));
    given.accept(&ask("siena", 1).id(11));
    given.accept(&ask("urbasofia", 1).id(12));
    given.accept(&answer("trakia", 11, "2025-04-21"));
    given.accept(&answer("trakia", 11, "2025-04-11"));
    let log = log(&given);
    let today = "2025-05-01".parse().unwrap();
    let ages: Vec<_> = log
        .questions(&Reader::Everything, &QuestionFilter::default())
        .map(|question| (question.entry.id.as_u128(), question.age_days(today)))
        .collect();
    assert_eq!(ages, [(12, 30), (11, 10)]);
    let waiting = QuestionFilter { answered: Some(false), ..QuestionFilter::default() };
    let ids: Vec<_> =
        log.questions(&Reader::Everything, &waiting).map(|q| q.entry.id.as_u128()).collect();
    assert_eq!(ids, [12]);
    let question = log.question(Uuid::from_u128(11), &Reader::Everything).unwrap();
    assert_eq!(question.answers.len(), 2);
    assert_eq!(question.age_days("2025-03-01".parse().unwrap()), 10);
}

#[test]
fn a_question_is_read_by_members_who_may_read_its_lesson() {
    let mut given = given();
    given.accept(&lesson("trakia", json!({ "visibility": "partner" })).id(1));
    given.accept(&lesson("trakia", json!({ "visibility": "public" })).id(2));
    given.accept(&ask("haskovo", 1).id(11));
    given.accept(&ask("siena", 2).id(12));
    let about_code = json!({ "code": "A 5.1", "text": en("When?") });
    given.accept(&Post::new("siena", "question.asked", DAY, about_code).id(13));
    let log = log(&given);
    let table: &[(&str, &[u128])] = &[
        ("haskovo", &[13, 12, 11]),
        ("trakia", &[13, 12, 11]),
        ("siena", &[13, 12]),
        ("expert", &[13, 12]),
        ("stranger", &[]),
    ];
    let filter = QuestionFilter::default();
    for (subject, reads) in table {
        let reader = reader(&given, subject);
        let ids: Vec<_> =
            log.questions(&reader, &filter).map(|question| question.entry.id.as_u128()).collect();
        assert_eq!(ids, *reads, "{subject}");
        let hidden = log.question(Uuid::from_u128(11), &reader);
        assert_eq!(hidden.is_some(), reads.contains(&11), "{subject}");
    }
}

#[test]
fn says_when_it_was_recorded_late_and_by_the_lead() {
    let mut given = given();
    given.accept(&lesson("trakia", json!({})).id(1));
    given.now = "2026-07-01T21:30:00Z".parse().unwrap();
    let for_siena = OnBehalfOf::Partner(4);
    let mut post = lesson("haskovo", json!({})).on_behalf_of(for_siena, "asked").id(2);
    post.occurred_on = "2026-06-18";
    given.accept(&post);
    let log = log(&given);
    let entry = |id| &log.lesson(Uuid::from_u128(id), &Reader::Everything).unwrap().entry;
    assert!(entry(1).is_recorded_late() && !entry(1).recorded_by_lead);
    assert!(!entry(2).is_recorded_late() && entry(2).recorded_by_lead);
    assert_eq!(entry(2).organisation, Organisation::Partner(4));
    assert_eq!(entry(2).recorded_on.to_string(), "2026-07-02");
}
