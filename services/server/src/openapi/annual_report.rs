//! The route of an annual report's document.

use serde_json::{Value, json};

use super::reference;
use super::routes::{answers, operation};
use crate::annual_report::answer::{NOW_HEADER, RECORDED_HEADER};
use crate::problem::Kind;

pub(super) fn get() -> Value {
    let description = "The document as it is computed now from the project at the version that \
        the report names: canonical JSON (RFC 8785) in UTF-8 without a final newline. The SHA-256 \
        of the body is its `ETag`; that of the document that was handed in is in \
        `Cairn-Report-Sha256`. For who may see the amounts of every partner.";
    let hash = |description: &str| {
        json!({ "description": description,
            "schema": { "type": "string", "pattern": "^[0-9a-f]{64}$" } })
    };
    let mut headers = json!({ "Cairn-Position": reference("headers", "Cairn-Position") });
    headers[RECORDED_HEADER] = hash("As it was recorded when the report was handed in.");
    headers[NOW_HEADER] = hash("Of this body, where it is not the recorded one.");
    headers["ETag"] = json!({ "description": "The SHA-256 of the body, in quotation marks.",
        "schema": { "type": "string" } });
    let success = json!({
        "200": {
            "description": "The document.",
            "headers": headers,
            "content": { "application/json": { "schema": { "type": "object" } } },
        },
        "304": { "description": "The caller named this `ETag` in `If-None-Match`." },
    });
    let kinds = [
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Unavailable,
        Kind::LogReplaced,
        Kind::Stale,
    ];
    let summary = "Read the document of an annual report.";
    let responses = answers(success, &kinds);
    let mut get = operation("getAnnualReport", "questions", summary, description, responses);
    get["security"] = json!([{ "token": [] }]);
    get["parameters"] = json!([
        { "name": "submission", "in": "query",
          "description": "The number of a submission; the last one where nothing is said.",
          "schema": { "type": "integer", "minimum": 1 } },
        reference("parameters", "position"),
    ]);
    get
}
