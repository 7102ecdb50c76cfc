//! The routes, each with what it takes and every status that it answers with.

use serde_json::{Map, Value, json};

use super::answers::problems;
use super::{annual_report, calendar, proofs, reference, schemas, workbook};
use crate::events::PAGE_EVENTS_MAX;
use crate::graphql::{document, http};
use crate::ingest::{BATCH_EVENTS_MAX, BODY_BYTES_MAX, LINE_BYTES_MAX, LINES_UNDER_WAY_MAX};
use crate::problem::Kind;
use crate::writer::ANSWER_WITHIN;

const EVENT: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";
const LINES: &str = "application/x-ndjson";
const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

pub(super) fn paths() -> Value {
    let mut paths = json!({
        "/v1/projects/{project}/events": {
            "parameters": [reference("parameters", "project")],
            "post": post(),
            "get": list(),
        },
        "/v1/projects/{project}/events/{id}": {
            "parameters": [reference("parameters", "project"), reference("parameters", "id")],
            "get": one(),
        },
        "/v1/projects/{project}/events/{id}/proof": {
            "parameters": [reference("parameters", "project"), reference("parameters", "id")],
            "get": proofs::inclusion(),
        },
        "/v1/projects/{project}/annual-reports/{number}": {
            "parameters": [reference("parameters", "project"), reference("parameters", "number")],
            "get": annual_report::get(),
        },
        "/v1/projects/{project}/calendar/{secret}.ics": {
            "parameters": [reference("parameters", "project"), reference("parameters", "secret")],
            "get": calendar::feed(),
        },
        "/v1/checkpoint": { "get": proofs::checkpoint() },
        "/v1/proofs/consistency": { "get": proofs::consistency() },
        "/graphql": { "get": ask_by_get(), "post": ask() },
        "/v1/rules": { "get": page(
            "listRules", "Every business rule.",
            &json!({ JSON: { "schema": array(reference("schemas", "Rule")) } }), &[],
        )},
        "/v1/typology": { "get": page(
            "listTypology", "The typology of errors: every code that a deduction, a correction or a \
                finding can name.",
            &json!({ JSON: { "schema": array(reference("schemas", "TypologyEntry")) } }), &[],
        )},
        "/v1/schemas": { "get": page(
            "listSchemas", "The path of every schema of `data`.",
            &json!({ JSON: { "schema": array(json!({ "type": "string" })) } }), &[],
        )},
        "/v1/schemas/{type}/{version}.json": {
            "parameters": [reference("parameters", "type"), reference("parameters", "version")],
            "get": page(
                "getSchema", "The JSON Schema (2020-12) of the `data` of an event type.",
                &json!({ "application/schema+json": { "schema": { "type": "object" } } }),
                &[Kind::NotFound],
            ),
        },
        "/problems/{id}": {
            "parameters": [reference("parameters", "problem")],
            "get": page(
                "readProblem", "What a problem or a rule means, for people.",
                &json!({ "text/html": { "schema": { "type": "string" } } }),
                &[Kind::NotFound],
            ),
        },
        "/openapi.json": { "get": page(
            "getContract", "This document.",
            &json!({ JSON: { "schema": { "type": "object" } } }), &[],
        )},
        "/healthz": { "get": health("getHealth", "The process is alive.", false) },
        "/readyz": { "get": health("getReadiness", "Postings and questions are taken.", true) },
    });
    let paths_of_all = paths.as_object_mut().expect("the paths are an object");
    paths_of_all.extend(workbook::paths());
    paths
}

pub(super) fn parameters() -> Value {
    let in_path = |name: &str, description: &str, schema: Value| {
        json!({ "name": name, "in": "path", "required": true, "description": description,
            "schema": schema })
    };
    let text = || json!({ "type": "string" });
    let key = json!({ "type": "string", "pattern": "^[a-z0-9-]{1,63}$" });
    let uuid = json!({ "type": "string", "format": "uuid" });
    let number = json!({ "type": "integer", "minimum": 1 });
    json!({
        "project": in_path("project", "The key of the project: `care-get`.", key),
        "id": in_path("id", "The id that its poster gave the event.", uuid),
        "number": in_path("number", "The number of the annual report, or of the claim.", number.clone()),
        "type": in_path("type", "The type of the event: `deliverable.submitted`.", text()),
        "version": in_path("version", "The version of the schema.", number),
        "problem": in_path("id", "The last part of the problem's `type`.", text()),
        "secret": in_path("secret", "What only the member who opened the feed is told.", text()),
        "sheet": in_path("sheet", "What is wanted.", json!({ "enum": ["expenditure", "budget-use"] })),
        "format": in_path("format", "How it is written.", json!({ "enum": ["xlsx", "csv"] })),
        "position": {
            "name": "Cairn-Position", "in": "header",
            "description": "Answer with at least what stood at this position in the log.",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}

pub(super) fn array(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// Answers with their problems; those of success come first.
pub(super) fn answers(success: Value, kinds: &[Kind]) -> Value {
    let Value::Object(mut answers) = success else { return success };
    answers.extend(problems(kinds));
    Value::Object(answers)
}

pub(super) fn operation(
    id: &str,
    tag: &str,
    summary: &str,
    description: &str,
    responses: Value,
) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), json!(id));
    operation.insert("tags".to_owned(), json!([tag]));
    operation.insert("summary".to_owned(), json!(summary));
    if !description.is_empty() {
        operation.insert("description".to_owned(), json!(description));
    }
    operation.insert("responses".to_owned(), responses);
    Value::Object(operation)
}

/// A page about Cairn itself, for anybody.
fn page(id: &str, summary: &str, content: &Value, kinds: &[Kind]) -> Value {
    let success = json!({ "200": { "description": summary, "content": content } });
    operation(id, "contract", summary, "", answers(success, kinds))
}

fn health(id: &str, summary: &str, is_ready: bool) -> Value {
    let mut schema = json!({
        "type": "object",
        "properties": { "status": { "const": if is_ready { "ready" } else { "alive" } } },
        "required": ["status"],
    });
    let mut success = json!({ "description": summary });
    if is_ready {
        schema["properties"]["position"] = json!({ "type": "integer", "minimum": 0 });
        schema["properties"]["clockBehindSeconds"] = json!({ "type": "integer", "minimum": 1,
            "description": "How far the clock is behind the newest event, if over five minutes." });
        success["headers"] = json!({ "Cairn-Position": reference("headers", "Cairn-Position") });
    }
    success["content"] = json!({ JSON: { "schema": schema } });
    let kinds: &[Kind] = if is_ready { &[Kind::Unavailable, Kind::LogReplaced] } else { &[] };
    operation(id, "health", summary, "", answers(json!({ "200": success }), kinds))
}

fn posting_described() -> String {
    format!(
        "One event, or a batch that is recorded all or nothing. The `id` makes sending again \
         harmless: the same content gets the first answer. A body has at most {BODY_BYTES_MAX} \
         bytes, a batch at most {BATCH_EVENTS_MAX} events. The answer comes within {within} \
         seconds. Checks in this order: 415 and 413 by header, 401, 413 and 400 by body, 404, a \
         known id, 403, 422.\n\n\
         As `{LINES}`: one event a line, in any number, each on its own. The answer has a line for \
         each line that is not blank, in their order, and goes out while the body comes in: read \
         it while you send, since at most {LINES_UNDER_WAY_MAX} lines are under way. A line has at \
         most {LINE_BYTES_MAX} bytes; each read of the body may take {within} seconds. After a \
         line with status 503 no more is read: send again from that line on.",
        within = ANSWER_WITHIN.as_secs()
    )
}

fn post() -> Value {
    let receipt = || one_or_all("Receipt");
    let mut done = json!({
        "description": "Nothing new: the same events were recorded before, or it was a dry run. \
            Lines get this status as a whole, and each its own.",
        "headers": position_and("Location"),
        "content": {
            JSON: { "schema": { "anyOf": [receipt(), one_or_all("Judged")] } },
            LINES: { "schema": reference("schemas", "AnswerLine") },
        },
    });
    let mut created = done.clone();
    created["description"] = json!("Recorded, and on disk. `Location` is that of a single event.");
    created["content"] = json!({ JSON: { "schema": receipt() } });
    done["headers"]["Location"] = reference("headers", "Location");
    let kinds = [
        Kind::NotJson,
        Kind::NotAnEvent,
        Kind::AttributeUnknown,
        Kind::AttributeSetByServer,
        Kind::EventTypeUnknown,
        Kind::SchemaUnknown,
        Kind::SubjectDiffers,
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::IdTaken,
        Kind::BodyTooLarge,
        Kind::BodyTooSlow,
        Kind::BatchTooLong,
        Kind::MediaTypeUnsupported,
        Kind::Refused,
        Kind::QueueFull,
        Kind::OutcomeUnknown,
        Kind::Unavailable,
        Kind::LogReplaced,
        Kind::DiskFull,
    ];
    let responses = answers(json!({ "200": done, "201": created }), &kinds);
    let mut post =
        operation("postEvents", "postings", "Post what happened.", &posting_described(), responses);
    post["security"] = json!([{ "token": [] }]);
    post["parameters"] = json!([{
        "name": "dry-run", "in": "query",
        "description": "Make every check and record nothing.",
        "schema": { "type": "boolean", "default": false },
    }]);
    let posting = reference("schemas", "Posting");
    let batch =
        json!({ "type": "array", "items": posting, "minItems": 1, "maxItems": BATCH_EVENTS_MAX });
    let example = schemas::posting();
    post["requestBody"] = json!({
        "required": true,
        "content": {
            EVENT: { "schema": posting, "example": example },
            JSON: { "schema": posting },
            BATCH: { "schema": batch },
            LINES: { "schema": posting },
        },
    });
    post
}

/// One of a schema for a single event, an array for a batch.
fn one_or_all(schema: &str) -> Value {
    let one = reference("schemas", schema);
    json!({ "oneOf": [one, array(one.clone())] })
}

fn position_and(name: &str) -> Value {
    json!({ "Cairn-Position": reference("headers", "Cairn-Position"),
        name: reference("headers", name) })
}

fn list() -> Value {
    let description = format!(
        "The events that the caller may see, as far as it may see each, in the order of the \
         project's versions: at most {PAGE_EVENTS_MAX} at a time."
    );
    let success = json!({ "200": {
        "description": "A page of events.",
        "headers": position_and("Link"),
        "content": { BATCH: { "schema": array(reference("schemas", "RecordedEvent")) } },
    }});
    let kinds = [
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::NotFound,
        Kind::Unavailable,
        Kind::LogReplaced,
        Kind::Stale,
    ];
    let responses = answers(success, &kinds);
    let mut list =
        operation("listEvents", "postings", "Read the log of a project.", &description, responses);
    list["security"] = json!([{ "token": [] }]);
    list["parameters"] = json!([
        { "name": "after", "in": "query", "description": "The version after which to read.",
          "schema": { "type": "integer", "minimum": 0, "default": 0 } },
        { "name": "limit", "in": "query", "description": "How many events.",
          "schema": { "type": "integer", "minimum": 1, "maximum": PAGE_EVENTS_MAX } },
        reference("parameters", "position"),
    ]);
    list
}

fn one() -> Value {
    let success = json!({ "200": {
        "description": "The event.",
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": { EVENT: { "schema": reference("schemas", "RecordedEvent") } },
    }});
    let kinds = [
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::NotFound,
        Kind::Unavailable,
        Kind::LogReplaced,
        Kind::Stale,
    ];
    let mut one =
        operation("getEvent", "postings", "Read one event.", "", answers(success, &kinds));
    one["security"] = json!([{ "token": [] }]);
    one["parameters"] = json!([reference("parameters", "position")]);
    one
}

/// Both ways of asking: refusals of the question itself are GraphQL answers too.
fn question(id: &str, summary: &str, description: &str, refusals: &[(&str, &str)]) -> Value {
    let schema = json!({ "schema": reference("schemas", "GraphqlAnswer") });
    let refused =
        |why: &str| json!({ "description": why, "content": { GRAPHQL: schema, JSON: schema } });
    let mut success = json!({ "200": {
        "description": "The answer. To who takes `application/json` alone, refused documents too.",
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": { GRAPHQL: schema, JSON: schema },
    }});
    let kinds = [Kind::ParameterInvalid, Kind::Unauthenticated, Kind::LogReplaced, Kind::Stale];
    let Value::Object(problems) = answers(json!({}), &kinds) else { return success };
    let answers = success.as_object_mut().expect("answers are an object");
    answers.extend(problems);
    let malformed = "The question or a parameter cannot be read, or does not fit the schema.";
    answers["400"]["description"] = json!(malformed);
    answers["400"]["content"][GRAPHQL] = schema.clone();
    answers["400"]["content"][JSON] = schema.clone();
    answers.extend(refusals.iter().map(|(status, why)| ((*status).to_owned(), refused(why))));
    let mut question = operation(id, "questions", summary, description, success);
    // Without a token the public is answered.
    question["security"] = json!([{ "token": [] }, {}]);
    question["parameters"] = json!([reference("parameters", "position")]);
    question
}

fn ask() -> Value {
    let description = format!(
        "GraphQL over HTTP; `QUERY` is read like `POST`. A body has at most {} bytes; a document \
         at most {} bytes, {} tokens, {} root fields, {} aliases and a depth of {}. Without a \
         token what is public is answered.",
        http::BODY_BYTES_MAX,
        document::DOCUMENT_BYTES_MAX,
        document::TOKENS_MAX,
        document::ROOT_FIELDS_MAX,
        document::ALIASES_MAX,
        document::DEPTH_MAX,
    );
    let refusals = [
        ("406", "None of the media types of an answer is accepted."),
        ("413", "The body is too large."),
        ("415", "The body is not `application/json`."),
    ];
    let mut ask = question("ask", "Ask a question.", &description, &refusals);
    ask["requestBody"] = json!({ "required": true, "content": { JSON: {
        "schema": {
            "type": "object",
            "properties": {
                "query": { "type": "string" },
                "operationName": { "type": ["string", "null"] },
                "variables": { "type": ["object", "null"] },
                "extensions": { "type": ["object", "null"] },
            },
            "required": ["query"],
        },
        "example": { "query": "{ viewer { subject } }" },
    }}});
    ask
}

fn ask_by_get() -> Value {
    let description =
        format!("Queries only, with a token or with the header `{}`.", http::PREFLIGHT_HEADERS[0]);
    let refusals = [
        ("405", "The operation is not a query."),
        ("406", "None of the media types of an answer is accepted."),
    ];
    let mut ask = question("askByGet", "Ask a question by its address.", &description, &refusals);
    let parameters = ask["parameters"].as_array_mut().expect("a question has parameters");
    let names = ["query", "operationName", "variables", "extensions"];
    parameters.extend(names.map(|name| {
        json!({ "name": name, "in": "query", "required": name == "query",
            "schema": { "type": "string" } })
    }));
    parameters.push(json!({ "name": http::PREFLIGHT_HEADERS[0], "in": "header",
        "schema": { "type": "string" } }));
    ask
}
