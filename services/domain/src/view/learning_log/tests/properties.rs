use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::event::plan::Role;
use crate::posting::{Actor, Completed, Part};

const SUBJECTS: [(&str, Option<u32>); 4] =
    [("haskovo", Some(1)), ("trakia", Some(3)), ("siena", Some(4)), ("expert", None)];

/// Any event of learning, about things that are there and things that are not.
fn any_recorded() -> impl Strategy<Value = Recorded> {
    (0..5_usize, 0..SUBJECTS.len(), 0..8_u128, 0..8_u128, 0..3_usize, 1..40_u64).prop_map(
        |(kind, subject, id, target, visibility, version)| {
            let target = Uuid::from_u128(target);
            let visibility = ["partner", "partnership", "public"][visibility];
            let text = en("Ask");
            let (event_type, data) = match kind {
                0 => ("lesson.recorded", lesson("", json!({ "visibility": visibility })).data),
                1 => ("lesson.corroborated", json!({ "lesson": target, "note": text })),
                2 => ("question.asked", json!({ "lesson": target, "text": text })),
                3 => ("question.asked", json!({ "text": text })),
                _ => ("question.answered", json!({ "question": target, "text": text })),
            };
            let event_type = EventType::parse(event_type).unwrap();
            let (subject, partner) = SUBJECTS[subject];
            let role = partner.map_or(Role::Expert, |_| Role::Delivery);
            Recorded {
                id: Uuid::from_u128(id),
                position: version,
                version,
                occurred_on: DAY.parse().unwrap(),
                recorded_at: "2025-04-02T08:00:00Z".parse().unwrap(),
                actor: Actor {
                    subject: subject.parse().unwrap(),
                    part: Part::Member { role, partner },
                },
                on_behalf_of: None,
                event: Arc::new(Event::parse(event_type, &data).unwrap()),
                completed: Completed::default(),
            }
        },
    )
}

proptest! {
    #[test]
    fn folding_in_pieces_is_folding_at_once(
        history in prop::collection::vec(any_recorded(), 0..40),
        cut in 0..40_usize,
    ) {
        let key: ProjectKey = "care-get".parse().unwrap();
        let at_once = fold(key.clone(), &history);
        let (first, rest) = history.split_at(cut.min(history.len()));
        let begun = fold(key, first);
        let before = format!("{begun:?}");
        let mut in_pieces = begun.clone();
        go_on(&mut in_pieces, rest);
        prop_assert_eq!(format!("{in_pieces:?}"), format!("{at_once:?}"));
        prop_assert_eq!(format!("{begun:?}"), before);
    }

    #[test]
    fn any_events_can_be_asked_about(history in prop::collection::vec(any_recorded(), 0..40)) {
        let (_, log) = fold("care-get".parse().unwrap(), &history);
        let filter = search("start");
        for reader in [Reader::Public, Reader::Everything] {
            for lesson in log.lessons(&reader, &filter) {
                prop_assert!(lesson.maturity() <= Maturity::Corroborated);
            }
            for question in log.questions(&reader, &QuestionFilter::default()) {
                prop_assert!(question.age_days(DAY.parse().unwrap()) >= 0);
            }
        }
    }

    #[test]
    fn a_lesson_is_found_by_each_word_of_its_title(title in "\\PC{0,40}[a-zа-яα-ω]") {
        let mut given = Given::project();
        let title_of_its_own = json!({ "title": { "original": "en", "en": title } });
        given.accept(&lesson("trakia", title_of_its_own).id(1));
        let log = log(&given);
        for word in title.split_whitespace() {
            prop_assert_eq!(found(&log, &search(word)), [1], "{}", word);
        }
        prop_assert_eq!(found(&log, &search(&title)), [1]);
    }
}
