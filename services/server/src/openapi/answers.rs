//! Answers: problems with their headers and examples.

use cairn_domain::ids::{ProjectKey, Subject};
use cairn_domain::posting::Refusal;
use cairn_domain::rule::{Finding, Rule};
use serde_json::{Map, Value, json};

use super::{reference, schemas};
use crate::auth::TokenFault;
use crate::envelope;
use crate::problem::{Kind, Problem};

/// Kinds of problems that some route of the document answers with.
pub(super) fn problems(kinds: &[Kind]) -> Map<String, Value> {
    let mut answers = Map::new();
    for kind in kinds {
        let status = kind.status();
        let answer = answers.entry(status.as_str()).or_insert_with(|| {
            let mut answer = json!({
                "description": status.canonical_reason().unwrap_or_default(),
                "content": { "application/problem+json": {
                    "schema": reference("schemas", "Problem"), "examples": {},
                }},
            });
            let header = match status.as_u16() {
                401 => Some("WWW-Authenticate"),
                503 => Some("Retry-After"),
                _ => None,
            };
            if let Some(name) = header {
                answer["headers"] = json!({ name: reference("headers", name) });
            }
            answer
        });
        let examples = &mut answer["content"]["application/problem+json"]["examples"];
        examples[kind.id()] = reference("examples", kind.id());
    }
    answers
}

pub(super) fn headers() -> Value {
    let header =
        |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    let path = json!({ "type": "string", "format": "uri-reference" });
    let seconds = json!({ "type": "integer", "minimum": 0 });
    json!({
        "Cairn-Position": header(
            "The position in the whole log that the answer stands on. Sent with a later read, it \
             makes any server answer with at least this much.",
            json!({ "type": "integer", "minimum": 0 })
        ),
        "Location": header("The path of the recorded event.", path),
        "Link": header("The next page (`rel=\"next\"`), where there is one.", text()),
        "Retry-After": header("Seconds after which to send again.", seconds),
        "WWW-Authenticate": header("What is wrong with the token (RFC 6750).", text()),
    })
}

/// One problem of each kind that the document names.
pub(super) fn examples() -> Map<String, Value> {
    let shown = Kind::ALL.iter().filter(|kind| match kind {
        Kind::MethodNotAllowed | Kind::Internal | Kind::CellInvalid => false,
        Kind::NotJson
        | Kind::NotAnEvent
        | Kind::AttributeUnknown
        | Kind::AttributeSetByServer
        | Kind::EventTypeUnknown
        | Kind::SchemaUnknown
        | Kind::SubjectDiffers
        | Kind::ParameterInvalid
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::NotFound
        | Kind::IdTaken
        | Kind::BodyTooLarge
        | Kind::BodyTooSlow
        | Kind::BatchTooLong
        | Kind::SheetUnreadable
        | Kind::MediaTypeUnsupported
        | Kind::Refused
        | Kind::NotSigned
        | Kind::QueueFull
        | Kind::OutcomeUnknown
        | Kind::Unavailable
        | Kind::LogReplaced
        | Kind::DiskFull
        | Kind::WorkbooksBusy
        | Kind::Stale => true,
    });
    shown
        .map(|kind| {
            let example = json!({ "summary": kind.title(), "value": example(*kind).to_json() });
            (kind.id().to_owned(), example)
        })
        .collect()
}

/// A problem of this kind: where it comes from reading an event, the one that is answered.
fn example(kind: Kind) -> Problem {
    match kind {
        Kind::NotAnEvent => unreadable("occurredon", json!("20.03.2025")),
        Kind::AttributeUnknown => unreadable("occuredon", json!("2025-03-20")),
        Kind::AttributeSetByServer => unreadable("position", json!(7)),
        Kind::EventTypeUnknown => unreadable("type", json!("deliverable.submited")),
        Kind::SchemaUnknown => unreadable("dataschema", json!("/v1/schemas/other/9.json")),
        Kind::SubjectDiffers => unreadable("subject", json!("D 4.1.1")),
        Kind::Unauthenticated => TokenFault::Missing.into(),
        Kind::NotFound => Problem::not_found(),
        Kind::Forbidden => {
            let rule = Rule::TransferPartnerHasNoCosts;
            let finding = Finding::new(rule, "/type", rule.sentence());
            Problem::refused(Refusal::Forbidden(Box::new(finding)))
        }
        Kind::Refused => {
            let rule = Rule::EvidenceMissing;
            let finding = Finding::new(rule, "/data/evidence", rule.sentence());
            Problem::refused(Refusal::Refused(vec![finding]))
        }
        Kind::NotJson
        | Kind::ParameterInvalid
        | Kind::MethodNotAllowed
        | Kind::CellInvalid
        | Kind::IdTaken
        | Kind::BodyTooLarge
        | Kind::BodyTooSlow
        | Kind::BatchTooLong
        | Kind::SheetUnreadable
        | Kind::MediaTypeUnsupported
        | Kind::NotSigned
        | Kind::Internal
        | Kind::QueueFull
        | Kind::OutcomeUnknown
        | Kind::Unavailable
        | Kind::LogReplaced
        | Kind::DiskFull
        | Kind::WorkbooksBusy
        | Kind::Stale => Problem::new(kind, format!("{}.", kind.title())),
    }
}

/// What is said of the sample posting with one attribute changed.
fn unreadable(name: &str, value: Value) -> Problem {
    let mut posting = schemas::posting();
    posting[name] = value;
    let project: ProjectKey = "care-get".parse().expect("a slug is a project's key");
    let subject: Subject = "haskovo-lead".parse().expect("a word is a subject");
    envelope::read_posted(posting, &project, &subject)
        .expect_err("the attribute was changed to one that is refused")
}
