//! Workbooks and CSV: the template that a partner fills in, what comes of a list that is sent, and
//! lists and figures on their way out. What a file says is read and written by [`cairn_workbook`];
//! here rows become postings, each judged on its own as every posting is.

pub mod rows;
pub mod post;
pub mod template;
pub mod sheets;

use std::str::FromStr;

use cairn_domain::ids::{PartnerNumber, Subject};
use cairn_domain::project::Project;
use cairn_workbook::tongue::Tongue;
use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::{Kind, Problem};
use crate::writer::ANSWER_WITHIN;

/// Workbooks are read and written one at a time in a process: each takes some hundred megabytes at
/// its largest, and a second one would only share the time.
static WORKBOOKS: Semaphore = Semaphore::const_new(1);

/// Waits until no other workbook is read or written, so long as an answer may take.
async fn one_at_a_time() -> Result<SemaphorePermit<'static>, Problem> {
    let waited = tokio::time::timeout(ANSWER_WITHIN, WORKBOOKS.acquire()).await;
    let permit = waited.map_err(|_| {
        Problem::new(
            Kind::WorkbooksBusy,
            "Other workbooks are read or written now, one after another. Nothing of this request \
             was done. Send it again in a moment.",
        )
    })?;
    Ok(permit.expect("the semaphore is never closed"))
}

/// The partner that a request names, otherwise the one that the caller is a member of.
pub fn partner(
    project: Option<&Project>,
    subject: &Subject,
    named: Option<&str>,
) -> Result<PartnerNumber, Problem> {
    if let Some(named) = named {
        return PartnerNumber::from_str(named).map_err(|_| {
            Problem::new(Kind::ParameterInvalid, "`partner` is the number of a partner: `5`.")
        });
    }
    let project = project.ok_or_else(Problem::not_found)?;
    let own = own_partners(project, subject);
    match own.as_slice() {
        [one] => Ok(*one),
        [] if project.plan.memberships_on(subject, today(project)).next().is_none() => {
            Err(Problem::not_found())
        }
        [] | [_, ..] => Err(Problem::new(
            Kind::ParameterInvalid,
            "Say whose costs they are: `partner` is the number of the partner, as in `?partner=5`.",
        )),
    }
}

pub fn today(project: &Project) -> jiff::civil::Date {
    project.day_of(Timestamp::now())
}

/// The partners that a subject is a member of today.
fn own_partners(project: &Project, subject: &Subject) -> Vec<PartnerNumber> {
    let memberships = project.plan.memberships_on(subject, today(project));
    let mut own: Vec<_> = memberships.filter_map(|membership| membership.partner).collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// The language that a request names.
fn tongue(named: Option<&str>) -> Result<Tongue, Problem> {
    let Some(code) = named else { return Ok(Tongue::default()) };
    Tongue::parse(code).ok_or_else(|| {
        let codes: Vec<_> = Tongue::ALL.iter().map(|tongue| tongue.code()).collect();
        let detail = format!("`language` is one of {}.", codes.join(", "));
        Problem::new(Kind::ParameterInvalid, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_for_another_workbook_is_told_to_come_again() {
        let first = one_at_a_time().await.unwrap();
        let busy = one_at_a_time().await.unwrap_err();
        assert_eq!((busy.status().as_u16(), busy.id()), (503, "workbooks_busy"));
        drop(first);
        assert!(one_at_a_time().await.is_ok());
    }
}
