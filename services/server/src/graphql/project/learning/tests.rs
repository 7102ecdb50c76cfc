//! Lessons and questions, asked of CARE-GET as people ask.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::cli::import::{Source, charters};
use crate::given::{
    AUDITOR, CONTROLLER, CareGet, EXPERT, LEAD, PROGRAMME, PUBLIC, SIENA, TRAKIA, nodes,
};

macro_rules! example {
    ($name:literal) => {
        include_str!(concat!("../../../../../../examples/care-get/", $name))
    };
}

fn titles(connection: &Value) -> Vec<String> {
    let title = |node: Value| node["title"]["text"].as_str().unwrap().to_owned();
    nodes(connection).into_iter().map(title).collect()
}

#[tokio::test]
async fn siena_finds_the_labour_market_in_bulgarian_and_in_english() {
    let given = CareGet::import().await;
    let ask = async |search: &str| {
        let document = format!(
            r#"{{ lessons(search: "{search}") {{ totalCount edges {{ node {{ codes
                project {{ key acronym }}
                title {{ original text(language: "en") all {{ language original translatedBy }} }}
            }} }} }} }}"#
        );
        given.ask(SIENA, &document).await["lessons"].clone()
    };
    let (bulgarian, english) = (ask("пазара на труда").await, ask("labour market").await);
    for found in [&bulgarian, &english] {
        let coordination = "Coordination and analysis of the labour market.".to_owned();
        assert!(titles(found).contains(&coordination), "{found}");
        for lesson in nodes(found) {
            assert_eq!(lesson["codes"][0], "A 5.1", "{lesson}");
            assert_eq!(lesson["project"], json!({ "key": "care-get", "acronym": "CARE-GET" }));
        }
    }
    let title = &nodes(&english)[0]["title"];
    assert_eq!(title["original"], "bg");
    let all = json!([{ "language": "bg", "original": true, "translatedBy": null },
        { "language": "en", "original": false, "translatedBy": "MACHINE" }]);
    assert_eq!(title["all"], all);
    assert_eq!(ask("ПАЗАРА ТРУДА").await, bulgarian);
    assert_eq!(ask("nothing like it").await["totalCount"], 0);
}

#[tokio::test]
async fn the_public_reads_public_lessons_only() {
    let given = CareGet::import().await;
    let fields = "totalCount edges { node { visibility recordedBy corroborations { note { text } }
        questions { id } evidence { name } lines { id } } }";
    for nobody in [PUBLIC, "stranger"] {
        let answer = given.ask(nobody, &format!("{{ lessons {{ {fields} }} }}")).await;
        assert_eq!(answer["lessons"]["totalCount"], 18);
        for lesson in nodes(&answer["lessons"]) {
            let hidden = json!({ "visibility": "PUBLIC", "recordedBy": null, "evidence": null,
                "corroborations": null, "questions": null, "lines": null });
            assert_eq!(lesson, hidden);
        }
        let fields = format!("learningLog {{ {fields} }} questions {{ totalCount }}");
        let project = given.project(nobody, &fields).await;
        assert_eq!(project["learningLog"], answer["lessons"]);
        assert_eq!(project["questions"], Value::Null);
    }
    for member in [SIENA, EXPERT, TRAKIA, LEAD, CONTROLLER, PROGRAMME, AUDITOR] {
        let answer = given.ask(member, "{ lessons { totalCount } }").await;
        assert_eq!(answer["lessons"]["totalCount"], 25, "{member}");
    }
}

#[tokio::test]
async fn evidence_and_lines_are_for_their_owner_and_those_who_check() {
    let given = CareGet::import().await;
    let fields = r#"lines: learningLog(partner: 5, filter: { search: "survey" }) { edges { node {
            author { kind partner abbreviation names { text } } evidence { name }
            lines { partner declared document { reference } } } } }
        corroborated: learningLog(partner: 2) { edges { node {
            maturity corroborations { author { partner } evidence { name } } } } }"#;
    let lines = async |subject| {
        let answer = given.project(subject, fields).await;
        nodes(&answer["lines"])[0].clone()
    };
    for subject in [TRAKIA, LEAD, CONTROLLER, PROGRAMME, AUDITOR] {
        let lesson = lines(subject).await;
        assert_eq!(lesson["lines"][0]["partner"], 5, "{subject}");
        assert_eq!(lesson["evidence"], json!([]));
        assert_eq!(
            (&lesson["author"]["kind"], &lesson["author"]["partner"]),
            (&json!("PARTNER"), &json!(5))
        );
    }
    for subject in [SIENA, EXPERT, "urbasofia"] {
        let lesson = lines(subject).await;
        assert_eq!((&lesson["lines"], &lesson["evidence"]), (&Value::Null, &Value::Null));
    }
}

#[tokio::test]
async fn subjects_are_named_to_the_lead_auditors_and_oneself() {
    let given = CareGet::import().await;
    let fields = r#"learningLog(partner: 5) { edges { node { recordedBy } } }
        questions { edges { node { recordedBy author { partner } } } }"#;
    for subject in [LEAD, AUDITOR, TRAKIA] {
        let answer = given.project(subject, fields).await;
        assert_eq!(nodes(&answer["learningLog"])[0]["recordedBy"], TRAKIA, "{subject}");
    }
    for subject in [SIENA, EXPERT, CONTROLLER, PROGRAMME] {
        let answer = given.project(subject, fields).await;
        assert_eq!(nodes(&answer["learningLog"])[0]["recordedBy"], Value::Null, "{subject}");
        for question in nodes(&answer["questions"]) {
            let own = subject == SIENA && question["author"]["partner"] == 10;
            let expected = if own { json!(SIENA) } else { Value::Null };
            assert_eq!(question["recordedBy"], expected, "{subject}");
        }
    }
}

#[tokio::test]
async fn an_expert_is_told_from_partners_and_not_named() {
    let given = CareGet::import().await;
    let document = r#"{ lessons(search: "weekly half hour") { edges { node { recordedLate
        recordedByLead author { kind partner names { original } abbreviation } recordedBy } } } }"#;
    let expected = json!({ "recordedLate": false, "recordedByLead": false, "recordedBy": null,
        "author": { "kind": "EXPERT", "partner": null, "names": null, "abbreviation": null } });
    for subject in [PUBLIC, SIENA, CONTROLLER] {
        let answer = given.ask(subject, document).await;
        assert_eq!(nodes(&answer["lessons"]), std::slice::from_ref(&expected), "{subject}");
    }
    let answer = given.ask(EXPERT, document).await;
    assert_eq!(nodes(&answer["lessons"])[0]["recordedBy"], EXPERT);
}

#[tokio::test]
async fn filters_narrow_lessons_down() {
    let given = CareGet::import().await;
    let count = async |filter: &str| {
        let document = format!("{{ lessons(filter: {{ {filter} }}) {{ totalCount }} }}");
        given.ask(SIENA, &document).await["lessons"]["totalCount"].as_u64().unwrap()
    };
    assert_eq!(count("").await, 25);
    assert_eq!(count("polarity: OPEN_QUESTION, maturityAtLeast: SUPPORTED").await, 14);
    assert_eq!(count(r#"code: "А 5.1""#).await, 15);
    assert_eq!(count(r#"code: "D 5.1.1""#).await, 1);
    for (language, lessons) in [("en", 25), ("bg", 20), ("it", 1), ("sv", 0)] {
        assert_eq!(count(&format!("language: {language:?}")).await, lessons, "{language}");
    }
    assert_eq!(count("maturityAtLeast: CORROBORATED").await, 5);
    assert_eq!(count(r#"theme: "ILLUSTRATIVE""#).await, 11);
    assert_eq!(count("partner: 5").await, 1);
    for (filter, code) in
        [(r#"code: "X 1""#, "ARGUMENT_INVALID"), (r#"language: "Welsh""#, "ARGUMENT_INVALID")]
    {
        let fields = format!("learningLog(filter: {{ {filter} }}) {{ totalCount }}");
        assert_eq!(given.fault(SIENA, &fields).await, code, "{filter}");
    }
}

#[tokio::test]
async fn questions_stand_at_their_lesson_with_answers_and_age() {
    let given = CareGet::import().await;
    let fields = "questions { totalCount edges { node { id answered ageDays code
        lesson { id title { text } codes } answers { text { text } author { partner }
        evidence { name } occurredOn recordedLate recordedByLead } } } }
        waiting: questions(filter: { answered: false }) { totalCount }";
    let answer = given.project(SIENA, fields).await;
    assert_eq!(answer["questions"]["totalCount"], 3);
    assert_eq!(answer["waiting"]["totalCount"], 1);
    let questions = nodes(&answer["questions"]);
    assert_eq!((&questions[0]["answered"], &questions[0]["ageDays"]), (&json!(false), &json!(31)));
    let about = questions.iter().find(|question| !question["lesson"].is_null()).unwrap();
    let lesson = &about["lesson"]["id"];
    let fields = format!(
        "questions(filter: {{ lesson: {lesson} }}) {{ edges {{ node {{ id }} }} }}
            learningLog {{ edges {{ node {{ id questions {{ id }} }} }} }}"
    );
    let answer = given.project(SIENA, &fields).await;
    let at_lesson = nodes(&answer["learningLog"]);
    let at_lesson = at_lesson.iter().find(|node| node["id"] == *lesson).unwrap();
    assert_eq!(at_lesson["questions"], json!(nodes(&answer["questions"])));
    let fields = r#"questions(filter: { lesson: "x" }) { totalCount }"#;
    assert_eq!(given.fault(SIENA, fields).await, "ARGUMENT_INVALID");
}

/// A second project of the same partners but Siena, with one public lesson and several of the
/// partnership.
fn another_project() -> Vec<Source> {
    let named = |text: &str| {
        text.replace("care-get", "warm-homes").replace("CARE-GET", "WARM").replace("siena", "milan")
    };
    let files =
        [("a.yaml", example!("care-get.yaml")), ("b.yaml", example!("illustrative-plan.yaml"))];
    let files = files.map(|(name, text)| (name.to_owned(), named(text))).to_vec();
    let public =
        example!("care-get-1.ndjson").lines().filter(|line| line.contains("пазар на труда."));
    let partnership = example!("illustrative-history.ndjson").lines().filter(|line| {
        line.contains("lesson.recorded") && line.contains("partnership") && !line.contains("lines")
    });
    let lines: String = public.take(1).chain(partnership).map(|line| named(line) + "\n").collect();
    let mut sources = charters(files).unwrap();
    sources.push(Source::lines("lessons".to_owned(), 0, Box::new(Cursor::new(lines))));
    sources
}

#[tokio::test]
async fn lessons_of_all_projects_come_newest_first_by_the_rights_in_each() {
    let given = CareGet::import().await;
    let ask = async |subject: &str, arguments: &str| {
        let document = format!(
            "{{ lessons{arguments} {{ totalCount pageInfo {{ startCursor endCursor hasNextPage }}
                edges {{ cursor node {{ project {{ key acronym }} visibility title {{ text }} }} }}
            }} }}"
        );
        given.ask(subject, &document).await["lessons"].clone()
    };
    let before = ask(LEAD, "").await;
    let cursor = &before["pageInfo"]["startCursor"];
    assert_eq!(ask(LEAD, &format!("(since: {cursor})")).await["totalCount"], 0);
    given.add(another_project()).await;

    let public = ask(SIENA, &format!("(since: {cursor})")).await;
    assert_eq!(nodes(&public).len(), 1);
    assert_eq!(nodes(&public)[0]["visibility"], "PUBLIC");
    let new = ask(LEAD, &format!("(since: {cursor})")).await;
    assert!(nodes(&new).len() > 1);
    let all = ask(LEAD, "").await;
    assert_eq!(
        all["edges"].as_array().unwrap(),
        &[new["edges"].as_array().unwrap().as_slice(), before["edges"].as_array().unwrap()]
            .concat()
    );
    for lesson in nodes(&new) {
        assert_eq!(lesson["project"], json!({ "key": "warm-homes", "acronym": "WARM" }));
    }
    for lesson in nodes(&ask(PUBLIC, "").await) {
        assert_eq!(lesson["visibility"], "PUBLIC");
    }

    let first = ask(LEAD, "(first: 3)").await;
    let rest = ask(LEAD, &format!("(first: 200, after: {})", first["pageInfo"]["endCursor"])).await;
    let paged = [nodes(&first), nodes(&rest)].concat();
    assert_eq!(paged, nodes(&all));
    assert_eq!(first["totalCount"], all["totalCount"]);
}

#[tokio::test]
async fn a_wrong_cursor_is_refused_with_a_code() {
    let given = CareGet::import().await;
    for arguments in [r#"since: "?""#, r#"after: "?""#, r#"since: "bm8=""#] {
        let fields = format!("learningLog({arguments}) {{ totalCount }}");
        assert_eq!(given.fault(SIENA, &fields).await, "CURSOR_INVALID", "{arguments}");
    }
    assert_eq!(
        given.fault(SIENA, "learningLog(first: 1000) { totalCount }").await,
        "PAGE_TOO_LONG"
    );
}
