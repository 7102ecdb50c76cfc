//! Pages about Cairn itself: rules, schemas, problems, health.

use std::fmt::Write;
use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use cairn_domain::event::EventType;
use cairn_domain::rule::{Rule, Severity};
use cairn_domain::typology::{self, TypologyEntry};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::openapi;
use crate::problem::{Kind, Problem};
use crate::record;
use crate::request::POSITION_HEADER;
use crate::views::{Ledger, Rooms};
use crate::writer::Postbox;

pub async fn healthy() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "alive" }))
}

/// A clock that is this far behind would give instants that puzzle whoever reads them.
const CLOCK_BEHIND_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Ready to take postings and questions, and up to which position.
pub async fn ready(postbox: Data<Postbox>, ledger: Data<Ledger>) -> Result<HttpResponse, Problem> {
    if !postbox.is_open() {
        return Err(Problem::new(Kind::Unavailable, "The writer has ended."));
    }
    ledger.standing().check_ready()?;
    let rooms = ledger.snapshot();
    let position = rooms.position();
    let mut body = json!({ "status": "ready", "position": position });
    if let Some(behind) = clock_behind(&rooms, Timestamp::now()) {
        body["clockBehindSeconds"] = json!(behind.as_secs());
    }
    Ok(HttpResponse::Ok().insert_header((POSITION_HEADER, position)).json(body))
}

/// How far the clock is behind the newest event, where that is too far.
fn clock_behind(rooms: &Rooms, now: Timestamp) -> Option<SignedDuration> {
    let newest = rooms.all().filter_map(|room| room.project.last_recorded_at).max()?;
    Some(newest.duration_since(now)).filter(|behind| *behind > CLOCK_BEHIND_MAX)
}

/// Every business rule.
pub fn rules_json() -> Value {
    let rule = |rule: &Rule| json!({ "id": rule.id(), "severity": rule.severity(), "sentence": rule.sentence() });
    Rule::ALL.iter().map(rule).collect()
}

pub async fn rules() -> HttpResponse {
    HttpResponse::Ok().json(rules_json())
}

/// Every code of the typology of errors.
pub async fn typology() -> HttpResponse {
    let entry = |entry: &TypologyEntry| {
        let (code, title) = (entry.code().to_string(), &entry.title);
        match &entry.source {
            Some(source) => json!({ "code": code, "title": title, "source": source }),
            None => json!({ "code": code, "title": title }),
        }
    };
    HttpResponse::Ok().json(typology::entries().map(entry).collect::<Vec<_>>())
}

pub async fn schemas() -> HttpResponse {
    let paths: Vec<String> = EventType::all()
        .flat_map(|t| (1..=t.newest_version()).map(move |v| record::schema_path(t.as_str(), v)))
        .collect();
    HttpResponse::Ok().json(paths)
}

pub async fn schema(path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (event_type, version) = path.into_inner();
    let event_type = EventType::parse(&event_type).map_err(|_| Problem::not_found())?;
    if version != event_type.newest_version().to_string() {
        return Err(Problem::not_found());
    }
    Ok(HttpResponse::Ok().content_type("application/schema+json").json(event_type.schema()))
}

pub async fn openapi() -> HttpResponse {
    /// It says the same as long as the program runs, and takes a while to make.
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi::document().to_string());
    HttpResponse::Ok().content_type("application/json").body(DOCUMENT.as_str())
}

/// Every problem that an answer may name, with its status and what it means.
pub fn problems_json() -> Value {
    let kinds = Kind::ALL.iter().map(|kind| {
        json!({ "type": format!("/problems/{}", kind.id()), "status": kind.status().as_u16(),
            "title": kind.title() })
    });
    let refusing = Rule::ALL.iter().filter_map(|rule| Some((rule, status(rule.severity())?)));
    let rules = refusing.map(|(rule, status)| {
        json!({ "type": format!("/problems/{}", rule.id()), "status": status,
            "title": rule.sentence() })
    });
    kinds.chain(rules).collect()
}

fn status(severity: Severity) -> Option<u16> {
    match severity {
        Severity::Forbid => Some(403),
        Severity::Block => Some(422),
        Severity::Warn => None,
    }
}

/// `GET /problems/{id}`: what a problem or a rule means, for people.
pub async fn problem(path: Path<String>) -> Result<HttpResponse, Problem> {
    let kind = Kind::ALL.iter().find(|kind| kind.id() == path.as_str());
    let rule = Rule::ALL.iter().find(|rule| rule.id() == path.as_str());
    let (title, consequence) = match (kind, rule) {
        (Some(kind), _) => (kind.title(), format!("Answered with status {}.", kind.status())),
        (None, Some(rule)) => (
            rule.sentence(),
            match status(rule.severity()) {
                Some(status) => format!("An event that breaks this rule is refused with {status}."),
                None => {
                    "An event that breaks this rule is recorded with a warning in it.".to_owned()
                }
            },
        ),
        (None, None) => return Err(Problem::not_found()),
    };
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{path}</title>\
         <h1>{path}</h1><p>{}</p><p>{consequence}</p><p>The answer itself says where the problem \
         is (<code>errors[].pointer</code>) and how to mend it (<code>detail</code>).</p></html>",
        title.replace('<', "&lt;")
    );
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page))
}

pub async fn nothing_here() -> HttpResponse {
    Problem::not_found().error_response()
}

pub fn method_not_allowed(request: &HttpRequest, allowed: &'static str) -> HttpResponse {
    let detail = format!("`{}` has no meaning here. Use {allowed}.", request.method());
    let mut response = Problem::new(Kind::MethodNotAllowed, detail).error_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::CareGet;

    #[tokio::test]
    async fn a_clock_more_than_five_minutes_behind_the_log_is_told() {
        let rooms = CareGet::import().await.ledger.snapshot();
        let newest = rooms.get("care-get").unwrap().project.last_recorded_at.unwrap();
        let behind = |seconds| {
            let now = newest - SignedDuration::from_secs(seconds);
            clock_behind(&rooms, now).map(|behind| behind.as_secs())
        };
        assert_eq!(behind(-60), None);
        assert_eq!(behind(300), None);
        assert_eq!(behind(301), Some(301));
        assert_eq!(clock_behind(&Rooms::default(), Timestamp::UNIX_EPOCH), None, "an empty log");
    }
}
