//! Which part of a project's figures a sheet shows, and under which application form.

use cairn_domain::code::WorkPackageCode;
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::PartnerNumber;
use cairn_domain::project::Project;
use cairn_domain::project::finance::line::Line;

use crate::sheet::Value;

/// A part of the figures: all where nothing is named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The form by which codes are written and the budget is that; the newest where none is named.
    pub form: Option<&'a ApplicationFormApproved>,
    pub partner: Option<PartnerNumber>,
    pub work_package: Option<WorkPackageCode>,
    /// The number of a submitted claim.
    pub claim: Option<u32>,
}

impl<'a> Scope<'a> {
    /// The form that is looked at.
    pub(crate) fn form_of(&self, project: &'a Project) -> Option<&'a ApplicationFormApproved> {
        self.form.or(project.plan.newest_form().map(|form| &**form))
    }

    /// Whether an item of the partner is shown.
    pub(crate) fn takes(&self, project: &'a Project, line: &Line) -> bool {
        let form = self.form_of(project);
        let item = self.work_package.map(|code| project.plan.item_under(code, form));
        self.takes_partner(line.partner)
            && item.is_none_or(|item| line.work_package == item)
            && self.claim.is_none_or(|claim| line.portion(claim).is_some())
    }

    pub(crate) fn takes_partner(&self, partner: PartnerNumber) -> bool {
        self.partner.is_none_or(|wanted| wanted == partner)
    }
}

/// A partner by its number and its abbreviation.
pub(crate) fn partner_name(project: &Project, number: PartnerNumber) -> Value {
    let partner = project.plan.partners.get(&number);
    let name = partner.map(|partner| format!("{number} {}", partner.abbreviation));
    Value::text(name.unwrap_or_else(|| number.to_string()))
}
