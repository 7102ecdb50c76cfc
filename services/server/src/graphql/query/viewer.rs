//! Who asks.

use async_graphql::SimpleObject;
use cairn_domain::ids::Subject;

use crate::graphql::Question;
use crate::graphql::values::{Date, Role};

/// Who asks, by the token of the request.
#[derive(Clone, Debug, SimpleObject)]
pub struct Viewer {
    /// Whom the token speaks of.
    pub subject: String,
    /// What the subject is today, by project.
    pub memberships: Vec<ViewerMembership>,
}

/// What a subject is in a project.
#[derive(Clone, Debug, SimpleObject)]
pub struct ViewerMembership {
    /// What `project(acronym:)` takes.
    pub project: String,
    /// The project's acronym, for display.
    pub acronym: Option<String>,
    /// What the subject may do.
    pub role: Role,
    /// Number of the subject's partner; null for expert, controller, programme and auditor.
    pub partner: Option<u32>,
    /// Last day of the membership.
    pub until: Option<Date>,
}

impl Viewer {
    pub fn of(question: &Question, subject: &Subject) -> Self {
        let memberships = question.rooms.all().flat_map(|room| {
            let project = &room.project;
            let today = project.day_of(question.now);
            project.plan.memberships_on(subject, today).map(move |membership| ViewerMembership {
                project: project.key.to_string(),
                acronym: project.plan.registered.as_ref().map(|p| p.acronym.to_string()),
                role: membership.role.into(),
                partner: membership.partner,
                until: membership.until.map(Date),
            })
        });
        Self { subject: subject.to_string(), memberships: memberships.collect() }
    }
}
