//! `GET /v1/projects/{project}/templates/expenditure.xlsx`: the empty list of a partner.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::Project;
use cairn_domain::rule::Rule;
use cairn_workbook::tongue::Tongue;
use cairn_workbook::{XLSX, template};
use serde::Deserialize;

use crate::auth::Verifier;
use crate::problem::{Kind, Problem};
use crate::request::{self, POSITION_HEADER};
use crate::views::Ledger;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateParameters {
    /// The partner whose list it is; the caller's own where nothing is said.
    partner: Option<String>,
    /// The language of the headings.
    language: Option<String>,
}

/// The template, for the members of the partner and of the lead.
pub async fn get(
    request: HttpRequest,
    path: Path<String>,
    ledger: Data<Ledger>,
    verifier: Data<Verifier>,
) -> Result<HttpResponse, Problem> {
    let subject = request::caller(&request, &verifier)?;
    let wanted: TemplateParameters = request::parameters(&request)?;
    let rooms = request::rooms(&request, &ledger).await?;
    let room = rooms.get(&path).ok_or_else(Problem::not_found)?;
    let project = &room.project;
    let reader = Reader::of(project, Some(&subject), super::today(project));
    if !reader.is_member() {
        return Err(Problem::not_found());
    }
    let tongue = super::tongue(wanted.language.as_deref())?;
    let partner = super::partner(Some(project), &subject, wanted.partner.as_deref())?;
    check_rights(project, &reader, partner)?;
    let bytes = write(project, partner, tongue)?;
    let name = format!("expenditure-{}-{partner}-{}.xlsx", project.key, tongue.code());
    Ok(HttpResponse::Ok()
        .insert_header((POSITION_HEADER, rooms.position()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .content_type(XLSX)
        .body(bytes))
}

fn check_rights(project: &Project, reader: &Reader, partner: PartnerNumber) -> Result<(), Problem> {
    let own = reader
        .parts()
        .iter()
        .any(|(role, of)| *of == Some(partner) || *role == cairn_domain::event::plan::Role::Lead);
    if !own {
        let detail = "The list of a partner is for its own members and for the lead partner.";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    check_partner(project, partner)
}

/// Only partners that have costs have a list of them.
pub fn check_partner(project: &Project, partner: PartnerNumber) -> Result<(), Problem> {
    if !project.plan.partners.contains_key(&partner) {
        let detail = format!("The project has no partner {partner}. Look at `partners`.");
        return Err(Problem::new(Kind::NotFound, detail));
    }
    if project.plan.is_transfer_partner(partner) {
        let detail = Rule::TransferPartnerHasNoCosts.sentence();
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    Ok(())
}

/// The workbook, by the application form in force today.
pub fn write(
    project: &Project,
    partner: PartnerNumber,
    tongue: Tongue,
) -> Result<Vec<u8>, Problem> {
    template::write(project, partner, tongue, super::today(project)).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a workbook was not written");
        Problem::new(Kind::Internal, "The workbook could not be written.")
    })
}
