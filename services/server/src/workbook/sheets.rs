//! `GET /v1/projects/{project}/sheets/{sheet}.{format}`: lists and figures as a workbook or CSV,
//! with what the caller may see.

mod wanted;

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::policy::reading::Reader;
use cairn_store::Log;
use cairn_workbook::Format;
use cairn_workbook::sheet::{Book, Separated};

use crate::auth::Verifier;
use crate::events;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::past::PastRooms;
use crate::views::{Ledger, Room, Rooms};
pub use wanted::{SheetParameters, Wanted};

/// `…/sheets/{sheet}.{format}`.
pub async fn get(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let (project, sheet, format) = path.into_inner();
    answer(&request, &project, &sheet, &format, &ledger, &verifier).await
}

/// `…/sheets/claims/{number}.{format}`.
pub async fn get_claim(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let (project, number, format) = path.into_inner();
    let sheet = format!("claims/{number}");
    answer(&request, &project, &sheet, &format, &ledger, &verifier).await
}

async fn answer(
    request: &HttpRequest,
    project: &str,
    sheet: &str,
    format: &str,
    ledger: &Ledger,
    verifier: &Verifier,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(request, verifier)?;
    let parameters: SheetParameters = request::parameters(request)?;
    let rooms = request::rooms(request, ledger).await?;
    let live = rooms.get(project).ok_or_else(Problem::not_found)?;
    let reader = Reader::of(&live.project, Some(&subject), super::today(&live.project));
    if !reader.is_member() {
        return Err(Problem::not_found());
    }
    let format = Format::of_ending(format).ok_or_else(no_sheet)?;
    let separated = separated(format, parameters.separator.as_deref(), parameters.bom)?;
    let wanted = Wanted::parse(sheet, parameters)?;
    wanted.check_rights(&reader)?;
    let name = format!("{project}-{}.{}", wanted.name(), format.ending());
    let room = room(&wanted, live, ledger.log(), &rooms, ledger.past()).await?;
    // A list of many thousand items takes as long as many questions.
    let permit = super::one_at_a_time().await?;
    let written = tokio::task::spawn_blocking(move || {
        let book = wanted.book(&room, |partner| reader.sees_lines_of(Some(partner)))?;
        write(&book, format, separated)
    });
    let bytes = written.await.map_err(|_| not_written())??;
    drop(permit);
    Ok(HttpResponse::Ok()
        .insert_header((POSITION_HEADER, rooms.position()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(format.media_type())
        .body(bytes))
}

/// The project as it was known by a version, and with what had happened by a day; as it is now where
/// neither is named. Rights are those of now.
pub async fn room(
    wanted: &Wanted,
    live: &Arc<Room>,
    log: &dyn Log,
    rooms: &Rooms,
    past: &PastRooms,
) -> Result<Arc<Room>, Problem> {
    let (newest, window) = (live.project.version, wanted.window());
    if window.version.is_some_and(|version| version > newest) {
        let detail = format!("The project has {newest} events: `version` is at most that.");
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    if window == Default::default() {
        return Ok(Arc::clone(live));
    }
    let found = past.room(log, rooms, &live.project.key, newest, window).await;
    found.map_err(|error| events::unreadable(&error))
}

fn no_sheet() -> Problem {
    Problem::new(
        Kind::NotFound,
        "There is no such sheet. There are `expenditure`, `budget-use` and `claims/N`, each as \
         `.xlsx` and `.csv`.",
    )
}

fn not_written() -> Problem {
    Problem::new(Kind::Internal, "The sheet could not be written.")
}

/// How CSV is to be written.
pub fn separated(
    format: Format,
    separator: Option<&str>,
    mark: bool,
) -> Result<Separated, Problem> {
    if format != Format::Csv && (separator.is_some() || mark) {
        let detail = "`separator` and `bom` are of CSV. Leave them out, or ask for `.csv`.";
        return Err(Problem::new(Kind::ParameterInvalid, detail));
    }
    let separator = match separator {
        None | Some("comma") => b',',
        Some("semicolon") => b';',
        Some(_) => {
            let detail = "`separator` is `comma` or `semicolon`.";
            return Err(Problem::new(Kind::ParameterInvalid, detail));
        }
    };
    Ok(Separated { separator, mark })
}

pub fn write(book: &Book, format: Format, separated: Separated) -> Result<Vec<u8>, Problem> {
    book.write(format, separated).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a workbook was not written");
        not_written()
    })
}
