//! GraphQL over HTTP, by the draft of <https://graphql.github.io/graphql-over-http>.
//!
//! `POST` and `QUERY` carry `application/json`; `GET` carries queries only, and only when a browser
//! would have had to ask first ([`PREFLIGHT_HEADERS`]). There are no batches and no uploads.

use std::time::Duration;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Data, Executor, Request, Response, ServerError, Value, Variables};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use self::media_type::{JSON, MediaType};
use super::document::{self, DocumentFault};
use crate::caching;

mod media_type;

/// Longest time of a question: a person has gone by then, and what it stands on is old.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A document has at most 16 KiB; the rest is room for variables.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// A document with more faults than this isn't mended from an answer.
pub const REQUEST_ERRORS_MAX: usize = 20;
/// A page of another origin can't send one of these without the browser asking this server first,
/// so it can't make a visitor's browser ask questions. A bearer token is such a header itself.
pub const PREFLIGHT_HEADERS: [&str; 2] = ["graphql-require-preflight", "apollo-require-preflight"];

/// Why a request is refused before its document is looked at.
#[derive(Debug, thiserror::Error)]
enum RequestFault {
    #[error(
        "The answer is application/graphql-response+json or application/json. \
         Accept one of them."
    )]
    NotAcceptable,
    #[error("Ask by POST with a JSON body, or a query by GET.")]
    MethodNotAllowed,
    #[error("By GET only queries are executed. Send this operation by POST.")]
    NotQueryByGet,
    #[error(
        "A query by GET needs a bearer token or the header GraphQL-Require-Preflight with any \
         value. Add it, or ask by POST."
    )]
    PreflightMissing,
    #[error(
        "The body is read as application/json in UTF-8, without content encoding. \
         Send that Content-Type."
    )]
    MediaType,
    #[error("The body is larger than {BODY_BYTES_MAX} bytes. Ask in several requests.")]
    TooLarge,
    #[error("The body broke off. Send it again.")]
    BrokenOff,
    #[error(
        "There is no answer after {} seconds. Ask for less at once, or ask again later.",
        ANSWERED_WITHIN.as_secs()
    )]
    TimedOut,
    #[error("The {place} can't be read as a JSON object: {problem}.")]
    NotJson { place: &'static str, problem: String },
    #[error(
        "The parameters don't fit: {problem}. query is a string, operationName a string, variables \
         and extensions are objects; all but query may be left out."
    )]
    Parameters { problem: String },
}

impl RequestFault {
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::NotQueryByGet => (StatusCode::METHOD_NOT_ALLOWED, "NOT_QUERY_BY_GET"),
            Self::PreflightMissing => (StatusCode::BAD_REQUEST, "PREFLIGHT_MISSING"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"),
            Self::BrokenOff => (StatusCode::BAD_REQUEST, "BODY_BROKEN_OFF"),
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT"),
            Self::NotJson { .. } => (StatusCode::BAD_REQUEST, "NOT_JSON"),
            Self::Parameters { .. } => (StatusCode::BAD_REQUEST, "PARAMETERS_INVALID"),
        }
    }
}

/// Answers one question.
///
/// `caller` is what the resolvers find in their context. Without `suggestions` an answer doesn't
/// offer the names of fields that the question came near to.
pub async fn answer<E: Executor>(
    executor: &E,
    request: &HttpRequest,
    payload: web::Payload,
    caller: Data,
    suggestions: bool,
) -> HttpResponse {
    let Some(media_type) = MediaType::accepted(request) else {
        return refuse(MediaType::Json, &RequestFault::NotAcceptable);
    };
    let parameters = match Parameters::read(request, payload).await {
        Ok(parameters) => parameters,
        Err(fault) => return refuse(media_type, &fault),
    };
    let document = match document::check(&parameters.query) {
        Ok(document) => document,
        Err(fault) => return respond(media_type, &Outcome::refused(&fault)),
    };
    let operation_name = parameters.operation_name.filter(|name| !name.is_empty());
    let asked = operation_type(&document, operation_name.as_deref());
    if request.method() == Method::GET && asked.is_some_and(|asked| asked != OperationType::Query) {
        return refuse(media_type, &RequestFault::NotQueryByGet);
    }
    let variables = serde_json::Value::Object(parameters.variables.unwrap_or_default());
    let mut question = Request::new(parameters.query).variables(Variables::from_json(variables));
    question.operation_name = operation_name;
    question.data = caller;
    question.set_parsed_query(document);
    match execute(executor, question, ANSWERED_WITHIN).await {
        Ok(response) => {
            caching::tag(request, respond(media_type, &Outcome::executed(response, suggestions)))
        }
        Err(fault) => refuse(media_type, &fault),
    }
}

async fn execute<E: Executor>(
    executor: &E,
    question: Request,
    within: Duration,
) -> Result<Response, RequestFault> {
    timeout(within, executor.execute(question)).await.map_err(|_| RequestFault::TimedOut)
}

/// None when the name fits no operation or none is named among several: the library says it better.
fn operation_type(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation.node.ty),
        (DocumentOperations::Multiple(named), Some(name)) => {
            named.get(name).map(|operation| operation.node.ty)
        }
        (DocumentOperations::Multiple(named), None) => {
            let mut types = named.values().map(|operation| operation.node.ty);
            types.next().filter(|_| types.next().is_none())
        }
    }
}

/// The parameters that the draft knows; others are ignored, as it asks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// Nothing here reads them, but a value that is no object is the caller's mistake.
    #[serde(rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UrlParameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

impl Parameters {
    async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Self, RequestFault> {
        match request.method().as_str() {
            "GET" => Self::from_url(request),
            "POST" | "QUERY" => {
                check_content(request)?;
                let body = read_body(payload).await?;
                let object = parse_object("body", &body)?;
                serde_json::from_value(serde_json::Value::Object(object))
                    .map_err(|error| RequestFault::Parameters { problem: error.to_string() })
            }
            _ => Err(RequestFault::MethodNotAllowed),
        }
    }

    fn from_url(request: &HttpRequest) -> Result<Self, RequestFault> {
        let headers = request.headers();
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().get(..7))
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "));
        if !bearer && !PREFLIGHT_HEADERS.iter().any(|name| headers.contains_key(*name)) {
            return Err(RequestFault::PreflightMissing);
        }
        let url = web::Query::<UrlParameters>::from_query(request.query_string())
            .map_err(|error| RequestFault::Parameters { problem: error.to_string() })?
            .into_inner();
        let object = |place, text: Option<String>| {
            text.filter(|text| !text.is_empty() && text != "null")
                .map(|text| parse_object(place, text.as_bytes()))
                .transpose()
        };
        Ok(Self {
            query: url.query,
            operation_name: url.operation_name,
            variables: object("parameter variables", url.variables)?,
            _extensions: object("parameter extensions", url.extensions)?,
        })
    }
}

fn parse_object(
    place: &'static str,
    bytes: &[u8],
) -> Result<serde_json::Map<String, serde_json::Value>, RequestFault> {
    serde_json::from_slice(bytes)
        .map_err(|error| RequestFault::NotJson { place, problem: error.to_string() })
}

/// Judges the body by the headers alone, so that a wrong one need not be received.
fn check_content(request: &HttpRequest) -> Result<(), RequestFault> {
    let headers = request.headers();
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let media_type = request.mime_type().ok().flatten().ok_or(RequestFault::MediaType)?;
    let utf8 = media_type.get_param("charset").is_none_or(|charset| charset == "utf-8");
    let plain = text(header::CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    if media_type.essence_str() != JSON || !utf8 || !plain {
        return Err(RequestFault::MediaType);
    }
    let length = text(header::CONTENT_LENGTH).and_then(|value| value.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(RequestFault::TooLarge);
    }
    Ok(())
}

async fn read_body(mut payload: web::Payload) -> Result<Bytes, RequestFault> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| RequestFault::BrokenOff)?;
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(RequestFault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn refuse(media_type: MediaType, fault: &RequestFault) -> HttpResponse {
    let (status, code) = fault.status_and_code();
    let mut response = HttpResponse::build(status);
    match fault {
        RequestFault::MethodNotAllowed => {
            response.insert_header((header::ALLOW, "GET, POST, QUERY"));
        }
        RequestFault::NotQueryByGet => {
            response.insert_header((header::ALLOW, "POST"));
        }
        RequestFault::NotAcceptable
        | RequestFault::PreflightMissing
        | RequestFault::MediaType
        | RequestFault::TooLarge
        | RequestFault::BrokenOff
        | RequestFault::TimedOut
        | RequestFault::NotJson { .. }
        | RequestFault::Parameters { .. } => {}
    }
    write(response, media_type, &Outcome::request_error(fault.to_string(), code))
}

/// Clients that know only JSON read refusals too under 200; the other media type has a status.
fn respond(media_type: MediaType, outcome: &Outcome) -> HttpResponse {
    let status = match (media_type, &outcome.data) {
        (MediaType::GraphqlResponse, None) => StatusCode::BAD_REQUEST,
        (MediaType::GraphqlResponse, Some(_)) | (MediaType::Json, _) => StatusCode::OK,
    };
    write(HttpResponse::build(status), media_type, outcome)
}

fn write(
    mut response: HttpResponseBuilder,
    media_type: MediaType,
    outcome: &Outcome,
) -> HttpResponse {
    let body = serde_json::to_vec(outcome).expect("values with string keys are JSON");
    response
        .insert_header((header::CONTENT_TYPE, media_type.name()))
        .insert_header((header::VARY, "Accept, Authorization"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(body)
}

/// What goes out. A request that wasn't executed has no `data` at all, not even null.
#[derive(Serialize)]
struct Outcome {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

impl Outcome {
    fn request_error(message: String, code: &str) -> Self {
        let mut error = ServerError::new(message, None);
        set_code(&mut error, code);
        Self { errors: vec![error], data: None }
    }

    fn refused(fault: &DocumentFault) -> Self {
        Self::request_error(fault.to_string(), fault.code())
    }

    fn executed(response: Response, suggestions: bool) -> Self {
        let mut errors = response.errors;
        // The library finds some arguments wrong only while it executes, and marks what went wrong
        // there with a path. To the caller both are a request that doesn't fit the schema.
        let executed = errors.is_empty()
            || response.data != Value::Null
            || errors.iter().any(|error| !error.path.is_empty() && !is_argument_fault(error));
        if !executed {
            errors.truncate(REQUEST_ERRORS_MAX);
        }
        for error in &mut errors {
            if !suggestions && error.path.is_empty() {
                remove_suggestion(&mut error.message);
            }
            finish(error);
        }
        Self { errors, data: executed.then_some(response.data) }
    }
}

/// Gives an error its code. What a resolver passed on from below without one is for the log only.
fn finish(error: &mut ServerError) {
    if has_code(error) {
        return;
    }
    if error.source.is_some() {
        tracing::error!(path = ?error.path, message = %error.message, "a resolver failed");
        "The server failed at this field. Ask again later.".clone_into(&mut error.message);
        set_code(error, "INTERNAL");
    } else if is_argument_fault(error) {
        set_code(error, "ARGUMENT_INVALID");
    } else {
        set_code(error, "GRAPHQL_VALIDATION_FAILED");
    }
}

/// Resolvers give every refusal of theirs a code, and a failure from below is its own source: what
/// has neither comes from the library as it reads a value.
fn is_argument_fault(error: &ServerError) -> bool {
    !error.path.is_empty() && error.source.is_none() && !has_code(error)
}

fn has_code(error: &ServerError) -> bool {
    error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some())
}

fn set_code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_default().set("code", code);
}

/// The library can leave suggestions out for a whole schema, though not at directives and not for
/// some callers only.
fn remove_suggestion(message: &mut String) {
    if let Some(at) = message.find(" Did you mean ") {
        message.truncate(at);
    }
}

#[cfg(test)]
mod tests;
