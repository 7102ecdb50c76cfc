//! What a project is: names, period, contract, partners, members, plan.
//!
//! The public reads what the project itself publishes: names, period, challenges and solutions,
//! the budget's total and the fund's part of it, and who the partners are. The plan is for members;
//! who the members are is for the lead and auditors, and each knows of itself.

pub mod partner;
pub mod plan;

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::event::plan::{self as events, ProjectRegistered};

use super::Reading;
use crate::graphql::query::node;
use crate::graphql::values::{Date, Decimal, LocalizedText, Share};
use partner::{Member, Partner};
use plan::{ApplicationForm, Output, WorkPackage};

pub struct Facts(pub(super) Arc<Reading>);

/// First and last days of a project.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Date,
    /// Last day on which costs of thematic work packages can be incurred.
    pub thematic_end: Date,
}

/// A challenge that a project takes up, or a solution that it tries.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProjectFact {
    /// In a few words.
    pub title: LocalizedText,
    /// In full.
    pub text: LocalizedText,
}

/// The contract over the grant. Amounts in euro.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Contract {
    /// All that the project may cost.
    pub total: Decimal,
    /// What the European Regional Development Fund pays at most.
    pub erdf: Decimal,
    /// Highest share of the total that the fund pays.
    pub rate: Share,
    /// Day of the last signature. Null to the public, and where it is not known.
    pub signed_on: Option<Date>,
}

impl Facts {
    fn registered(&self) -> Option<&ProjectRegistered> {
        self.0.room.project.plan.registered.as_deref()
    }

    /// The form under which the plan is shown, to members.
    fn form(&self) -> Option<&ApplicationFormApproved> {
        self.0.form.as_deref().filter(|_| self.0.reader.is_member())
    }
}

fn project_facts(facts: &[events::ProjectFact]) -> Vec<ProjectFact> {
    let fact = |fact: &events::ProjectFact| ProjectFact {
        title: LocalizedText(fact.title.clone()),
        text: LocalizedText(fact.text.clone()),
    };
    facts.iter().map(fact).collect()
}

#[Object]
impl Facts {
    /// Opaque id for `node`.
    async fn id(&self) -> ID {
        node::project_id(&self.0.room.project.key)
    }

    /// What `project(acronym:)` takes, and the project's name in the path of its postings.
    async fn key(&self) -> &str {
        self.0.room.project.key.as_str()
    }

    /// The acronym, for display.
    async fn acronym(&self) -> Option<&str> {
        self.registered().map(|project| project.acronym.as_str())
    }

    /// The full name.
    async fn titles(&self) -> Option<LocalizedText> {
        self.registered().map(|project| LocalizedText(project.titles.clone()))
    }

    /// What the project is, in a paragraph.
    async fn summary(&self) -> Option<LocalizedText> {
        self.registered().and_then(|project| project.summary.clone()).map(LocalizedText)
    }

    /// The programme that pays for the project.
    async fn programme(&self) -> Option<&str> {
        self.registered().map(|project| project.programme.as_str())
    }

    /// The call under which the project was chosen.
    async fn call(&self) -> Option<&str> {
        self.registered().map(|project| project.call.as_str())
    }

    /// Where the project presents itself.
    async fn website(&self) -> Option<&str> {
        self.registered().and_then(|project| project.website.as_ref()).map(|url| url.as_str())
    }

    /// First and last days.
    async fn period(&self) -> Option<Period> {
        self.registered().map(|project| Period {
            start: Date(project.start),
            end: Date(project.end),
            thematic_end: Date(project.thematic_end),
        })
    }

    /// The zone in which the project's days begin, such as `Europe/Sofia`.
    async fn time_zone(&self) -> Option<String> {
        self.registered().map(|project| project.time_zone.to_string())
    }

    /// The languages of the project, by two small letters.
    async fn languages(&self) -> Option<Vec<String>> {
        let languages = self.registered().map(|project| project.languages.as_slice());
        languages.map(|languages| languages.iter().map(ToString::to_string).collect())
    }

    /// What the project sets out to mend.
    async fn challenges(&self) -> Option<Vec<ProjectFact>> {
        self.registered().map(|project| project_facts(&project.challenges))
    }

    /// How it means to.
    async fn solutions(&self) -> Option<Vec<ProjectFact>> {
        self.registered().map(|project| project_facts(&project.solutions))
    }

    /// The contract over the grant; null before it is signed.
    async fn contract(&self) -> Option<Contract> {
        let contract = self.0.room.project.plan.contract.as_ref()?;
        let member = self.0.reader.is_member();
        Some(Contract {
            total: Decimal(contract.total),
            erdf: Decimal(contract.erdf),
            rate: Share(contract.rate),
            signed_on: contract.date.filter(|_| member).map(Date),
        })
    }

    /// The partners by number.
    async fn partners(&self) -> Vec<Partner> {
        let reading = &self.0;
        let plan = &reading.room.project.plan;
        let partners = plan.partners.values();
        partners.map(|partner| Partner::of(partner, plan, &reading.reader)).collect()
    }

    /// Who may act in the project, by subject: all to the lead and auditors, to other members
    /// their own memberships, null to the public.
    async fn members(&self) -> Option<Vec<Member>> {
        let reading = &self.0;
        let member = reading.reader.is_member();
        member.then(|| Member::all(&reading.room.project.plan, &reading.reader))
    }

    /// The approved application forms, by version. Null to the public.
    async fn application_forms(&self) -> Option<Vec<ApplicationForm>> {
        let forms = self.0.room.project.plan.forms.values();
        let member = self.0.reader.is_member();
        member.then(|| forms.map(|form| ApplicationForm::of(form)).collect())
    }

    /// The application form under which this answer shows the plan: the one that the question
    /// names, otherwise the newest. Null to the public.
    async fn application_form(&self) -> Option<ApplicationForm> {
        self.form().map(ApplicationForm::of)
    }

    /// The work packages of the application form. Null to the public.
    async fn work_packages(&self) -> Option<Vec<WorkPackage>> {
        self.form().map(|form| form.work_packages.iter().map(WorkPackage::of).collect())
    }

    /// The outputs of the application form. Null to the public.
    async fn outputs(&self) -> Option<Vec<Output>> {
        self.form().map(|form| form.outputs.iter().map(Output::of).collect())
    }

    /// Number of the project's last event in this answer.
    async fn version(&self) -> u64 {
        self.0.room.project.version
    }

    /// Position in the log of the project's last event in this answer.
    async fn position(&self) -> u64 {
        self.0.room.project.position
    }

    /// The day that lights, days late and ages are counted to: today, or the past day that is
    /// asked for, in the project's time zone.
    async fn today(&self) -> Date {
        Date(self.0.today)
    }

    /// Up to which day facts are counted, where the question says one.
    async fn until(&self) -> Option<Date> {
        self.0.until.map(Date)
    }

    /// The version by which it was known, where the question says one.
    async fn as_of(&self) -> Option<u64> {
        self.0.as_of
    }
}
