//! `GET /v1/projects/{project}/annual-reports/{number}`: the bytes that were hashed.

use actix_web::http::header::{self, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::delivery::annual_report::{ReportFacts, ReportSubmission};
use jiff::Timestamp;
use serde::Deserialize;

use super::document;
use crate::auth::Verifier;
use crate::events;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, Room};

/// Header with the SHA-256 that was recorded when the report was handed in.
pub const RECORDED_HEADER: &str = "cairn-report-sha256";
/// Header with the SHA-256 of the bytes of the answer, where it is another one.
pub const NOW_HEADER: &str = "cairn-report-sha256-now";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportParameters {
    /// The number of a submission; the one that was handed in last where nothing is said.
    submission: Option<u32>,
}

/// The document of a report, for who may see the amounts of every partner.
pub async fn get(
    request: HttpRequest,
    path: Path<(String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let wanted: ReportParameters = request::parameters(&request)?;
    let (project, number) = path.into_inner();
    let rooms = request::rooms(&request, &ledger).await?;
    let room = rooms.get(&project).ok_or_else(Problem::not_found)?;
    let reader = Reader::of(&room.project, Some(&subject), room.project.day_of(Timestamp::now()));
    check_rights(&reader)?;
    let submission = number.parse().ok().and_then(|number| find(room, number, wanted.submission));
    let submission = submission.ok_or_else(|| {
        Problem::new(Kind::NotFound, "The project has no such report. Look at `annualReports`.")
    })?;
    let document = document(&ledger, &rooms, room, submission.shows).await;
    let document = document.map_err(|error| events::unreadable(&error))?;
    let now = document.digest.sha256;
    let tag = EntityTag::new_strong(now.to_string());
    let mut response = HttpResponse::Ok();
    response
        .insert_header((POSITION_HEADER, rooms.position()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization"))
        .insert_header(ETag(tag.clone()));
    let recorded = submission.digest.as_ref().map(|digest| digest.sha256);
    if let Some(recorded) = recorded {
        response.insert_header((RECORDED_HEADER, recorded.to_string()));
    }
    if recorded != Some(now) {
        response.insert_header((NOW_HEADER, now.to_string()));
    }
    if has(&request, &tag) {
        response.status(actix_web::http::StatusCode::NOT_MODIFIED);
        return Ok(response.finish());
    }
    response.content_type("application/json; charset=utf-8");
    Ok(response.body(document.text.to_string()))
}

fn check_rights(reader: &Reader) -> Result<(), Problem> {
    if !reader.is_member() {
        return Err(Problem::not_found());
    }
    if !reader.sees_amounts() {
        let detail = "The document of a report is for those who may see the amounts of every \
            partner. Its number, dates and status are in `annualReports`.";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    Ok(())
}

fn find(room: &Room, number: u32, submission: Option<u32>) -> Option<&ReportSubmission> {
    let report: &ReportFacts = room.project.delivery.annual_reports.report(number)?;
    match submission {
        None => report.latest(),
        Some(submission) => report.submissions.iter().find(|one| one.submission == submission),
    }
}

fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}
