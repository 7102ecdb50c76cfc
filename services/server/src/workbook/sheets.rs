//! `GET /v1/projects/{project}/sheets/{sheet}.{format}`: lists and figures as a workbook or CSV,
//! with what the caller may see.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::policy::reading::Reader;
use cairn_domain::view::budget_use::axes::Axis;
use cairn_workbook::sheet::{Book, Separated};
use cairn_workbook::{Format, budget_use, claim, expenditure_list};
use serde::Deserialize;

use crate::auth::Verifier;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::{Ledger, Room};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetParameters {
    /// Of the list of expenditure: the items of one partner.
    partner: Option<String>,
    /// Of budget use: the axes, between commas.
    by: Option<String>,
    /// Of CSV: `comma` or `semicolon`.
    separator: Option<String>,
    /// Of CSV: whether it begins with the byte order mark.
    #[serde(default)]
    bom: bool,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Expenditure { partner: Option<PartnerNumber> },
    BudgetUse { by: Vec<Axis> },
    Claim { number: u32 },
}

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
    let room = Arc::clone(rooms.get(project).ok_or_else(Problem::not_found)?);
    let reader = Reader::of(&room.project, Some(&subject), super::today(&room.project));
    if !reader.is_member() {
        return Err(Problem::not_found());
    }
    let format = Format::of_ending(format).ok_or_else(no_sheet)?;
    let wanted = Wanted::parse(sheet, parameters.partner.as_deref(), parameters.by.as_deref())?;
    let separated = separated(parameters.separator.as_deref(), parameters.bom)?;
    wanted.check_rights(&reader)?;
    // A list of many thousand items takes as long as many questions.
    let permit = super::one_at_a_time().await;
    let written = tokio::task::spawn_blocking(move || {
        let book = wanted.book(&room, |partner| reader.sees_lines_of(Some(partner)))?;
        write(&book, format, separated)
    });
    let bytes = written.await.map_err(|_| not_written())??;
    drop(permit);
    let name = format!("{project}-{}.{}", sheet.replace('/', "-"), format.ending());
    Ok(HttpResponse::Ok()
        .insert_header((POSITION_HEADER, rooms.position()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(format.media_type())
        .body(bytes))
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
pub fn separated(separator: Option<&str>, mark: bool) -> Result<Separated, Problem> {
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

impl Wanted {
    /// A sheet by its name, as in its path: `claims/1`.
    pub fn parse(name: &str, partner: Option<&str>, by: Option<&str>) -> Result<Self, Problem> {
        let wrong = |detail: &str| Err(Problem::new(Kind::ParameterInvalid, detail));
        let number = name.strip_prefix("claims/").map(str::parse::<u32>);
        let wanted = match (name, number) {
            ("expenditure", _) => match partner.map(str::parse).transpose() {
                Ok(partner) => Self::Expenditure { partner },
                Err(_) => return wrong("`partner` is the number of a partner: `5`."),
            },
            ("budget-use", _) => Self::BudgetUse { by: axes(by)? },
            (_, Some(Ok(number))) => Self::Claim { number },
            (_, Some(Err(_)) | None) => return Err(no_sheet()),
        };
        match &wanted {
            Self::BudgetUse { .. } | Self::Claim { .. } if partner.is_some() => {
                wrong("`partner` is of the list of expenditure.")
            }
            Self::Expenditure { .. } | Self::Claim { .. } if by.is_some() => {
                wrong("`by` is of budget use.")
            }
            Self::Expenditure { .. } | Self::BudgetUse { .. } | Self::Claim { .. } => Ok(wanted),
        }
    }

    fn check_rights(&self, reader: &Reader) -> Result<(), Problem> {
        match self {
            // Of it everybody gets the items that it may see, which may be none.
            Self::Expenditure { .. } => Ok(()),
            Self::BudgetUse { .. } | Self::Claim { .. } if reader.sees_amounts() => Ok(()),
            Self::BudgetUse { .. } | Self::Claim { .. } => Err(Problem::new(
                Kind::Forbidden,
                "This sheet is for those who may see the amounts of every partner.",
            )),
        }
    }

    /// The sheets, with the single items of the partners that may be seen.
    pub fn book(
        &self,
        room: &Room,
        may_see: impl Fn(PartnerNumber) -> bool,
    ) -> Result<Book, Problem> {
        let (project, figures) = (&room.project, &room.budget_use);
        let sheets = match self {
            Self::Expenditure { partner } => {
                vec![expenditure_list::sheet(project, figures, *partner, may_see)]
            }
            Self::BudgetUse { by } => vec![budget_use::sheet(project, figures, by)],
            Self::Claim { number } => {
                let found = project.finance.claim(*number).ok_or_else(|| {
                    Problem::new(Kind::NotFound, "The project has no such claim. Look at `claims`.")
                })?;
                claim::sheets(project, figures, found, may_see).into()
            }
        };
        let registered = project.plan.registered.as_ref();
        let title = registered.map_or(project.key.as_str(), |data| data.acronym.as_str());
        let made_at = project.last_recorded_at.unwrap_or_default();
        Ok(Book { title: title.to_owned(), made_on: project.day_of(made_at), sheets })
    }
}

/// Axes between commas, each once; those of the budget where nothing is said.
fn axes(named: Option<&str>) -> Result<Vec<Axis>, Problem> {
    let Some(named) = named else { return Ok(Axis::OF_BUDGET.to_vec()) };
    let mut axes = Vec::new();
    for word in named.split(',') {
        match budget_use::axis(word.trim()).filter(|axis| !axes.contains(axis)) {
            Some(axis) => axes.push(axis),
            None => {
                let detail = "`by` has some of these between commas, each once: partner, \
                    work-package, category, activity, deliverable, currency, month, claim.";
                return Err(Problem::new(Kind::ParameterInvalid, detail));
            }
        }
    }
    Ok(axes)
}
