//! `POST /v1/projects/{project}/expenditure`: a list of expenditure, answered row by row.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{BytesMut, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::ids::{ProjectKey, Subject};
use cairn_domain::policy::reading::Reader;
use cairn_workbook::entry::Owner;
use cairn_workbook::grid::{self, FILE_BYTES_MAX, NotReadable};
use cairn_workbook::list::List;
use cairn_workbook::{CSV, Format, XLSX};
use futures::StreamExt;
use serde::Deserialize;
use tokio::time::Instant;

use super::rows::{self, Sender};
use crate::auth::Verifier;
use crate::ingest::LINES_UNDER_WAY_MAX;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, Rooms};
use crate::writer::{ANSWER_WITHIN, Postbox};

/// How slowly a list may come: the largest one in half an hour. Whoever sends nothing for
/// [`ANSWER_WITHIN`] is given up, however much came before.
pub const BYTES_A_SECOND_MIN: u32 = 4 * 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ListParameters {
    #[serde(default)]
    dry_run: bool,
    /// The partner whose costs they are; the caller's own where nothing is said.
    partner: Option<String>,
    /// Why the lead sends the list of another partner.
    reason: Option<String>,
}

pub async fn post(
    request: HttpRequest,
    payload: Payload,
    path: Path<String>,
    postbox: Data<Postbox>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let format = format(&request)?;
    check_length(&request)?;
    let subject = request::caller(&request, &verifier)?;
    let wanted: ListParameters = request::parameters(&request)?;
    let project: ProjectKey = path.parse().map_err(|_| Problem::not_found())?;
    check_member(&*request::newest(&ledger)?, &project, &subject)?;
    let list = read(payload, format).await?;
    let rooms = request::newest(&ledger)?;
    let known = rooms.get(project.as_str()).map(|room| &room.project);
    let partner = super::partner(known, &subject, wanted.partner.as_deref())?;
    let owner = Owner { project, partner };
    let sender = Sender::new(known, owner, subject, wanted.reason, false);
    drop(rooms);
    let answers = match wanted.dry_run {
        true => rows::judge(&list, &sender, &ledger).await?,
        false => rows::record(&list, &sender, &postbox, LINES_UNDER_WAY_MAX).await?,
    };
    Ok(HttpResponse::Ok().insert_header((POSITION_HEADER, answers.position)).json(rows::to_json(
        &list,
        &sender,
        &answers,
        wanted.dry_run,
    )))
}

/// Nothing is read of who is no member of the project.
fn check_member(rooms: &Rooms, key: &ProjectKey, subject: &Subject) -> Result<(), Problem> {
    let project = &rooms.get(key.as_str()).ok_or_else(Problem::not_found)?.project;
    match Reader::of(project, Some(subject), super::today(project)).is_member() {
        true => Ok(()),
        false => Err(Problem::not_found()),
    }
}

fn format(request: &HttpRequest) -> Result<Format, Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        _ if request.headers().contains_key(header::CONTENT_ENCODING) => Err(unsupported()),
        XLSX => Ok(Format::Xlsx),
        CSV => Ok(Format::Csv),
        _ => Err(unsupported()),
    }
}

fn unsupported() -> Problem {
    let detail = format!("Send a workbook as `{XLSX}` or CSV in UTF-8 as `{CSV}`, not encoded.");
    Problem::new(Kind::MediaTypeUnsupported, detail)
}

fn check_length(request: &HttpRequest) -> Result<(), Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > FILE_BYTES_MAX => Err(grid::too_large_file().into()),
        Some(_) | None => Ok(()),
    }
}

/// The list in a body. It is read on a thread of its own, since a workbook may take long.
async fn read(payload: Payload, format: Format) -> Result<List, Problem> {
    let body = bytes(payload).await?;
    let permit = super::one_at_a_time().await?;
    let read = tokio::task::spawn_blocking(move || List::read(&body, format)).await;
    drop(permit);
    let damaged = |_| {
        Problem::new(Kind::SheetUnreadable, "The file cannot be read. Save it anew and try again.")
    };
    Ok(read.map_err(damaged)??)
}

/// The whole body. Every byte that came gives the rest more time, but no longer a silence.
async fn bytes(mut payload: Payload) -> Result<BytesMut, Problem> {
    let begun = Instant::now();
    let mut came_last = begun;
    let mut body = BytesMut::new();
    loop {
        let came = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let until = begun + ANSWER_WITHIN + Duration::from_secs(1) * came / BYTES_A_SECOND_MIN;
        let until = until.min(came_last + ANSWER_WITHIN);
        let piece = tokio::time::timeout_at(until, payload.next()).await;
        let Some(piece) = piece.map_err(|_| too_slow(body.len()))? else { return Ok(body) };
        let piece = piece.map_err(|_| {
            Problem::new(Kind::SheetUnreadable, "The body broke off. Send it again.")
        })?;
        if body.len() + piece.len() > FILE_BYTES_MAX {
            return Err(grid::too_large_file().into());
        }
        body.extend_from_slice(&piece);
        came_last = Instant::now();
    }
}

fn too_slow(came: usize) -> Problem {
    let (seconds, least) = (ANSWER_WITHIN.as_secs(), BYTES_A_SECOND_MIN / 1024);
    let detail = format!(
        "The list was cut off: after {came} bytes too little came. At least {least} KiB a second \
         have to come, after the first {seconds} s, and something every {seconds} s. Nothing of it \
         was recorded. Send it again, in parts where the line is slow: what is recorded already is \
         not recorded twice."
    );
    Problem::new(Kind::BodyTooSlow, detail)
}

impl From<NotReadable> for Problem {
    fn from(error: NotReadable) -> Self {
        let kind = match error {
            NotReadable::NotAList(_) => Kind::SheetUnreadable,
            NotReadable::TooLarge(_) => Kind::BodyTooLarge,
        };
        Self::new(kind, error.to_string())
    }
}
