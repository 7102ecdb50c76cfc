//! A project, as one reader may see it, at one version: its parts, one file each.

pub mod facts;
pub mod changes;
pub mod delivery;
pub mod money;
pub mod statement;
pub mod fund;
pub mod oversight;
pub mod learning;
pub mod register;
pub mod finance_register;
pub mod deadlines;
pub mod data_quality;
pub mod log;

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID, MergedObject, Result};
use cairn_domain::code::Code;
use cairn_domain::event::evidence;
use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::{EventId, PartnerNumber};
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::plan::item::Item;
use cairn_domain::view::Sources;
use cairn_domain::view::budget_use::axes::Detail;

use crate::graphql::Question;
use crate::graphql::evidence::Evidence;
use crate::graphql::node;
use crate::views::Room;

/// What all parts of an answer about a project stand on. The rights are those of now.
pub struct Reading {
    /// The project as it was known, or had happened, by the time that is asked for.
    pub room: Arc<Room>,
    /// The project as it is now, for the log's events and their rights.
    pub live: Arc<Room>,
    pub reader: Reader,
    /// The day that the answer stands on: today, or the past day that is asked for.
    pub today: jiff::civil::Date,
    /// The version by which it was known, where the question says a time.
    pub as_of: Option<u64>,
    /// Up to which day facts are counted, where the question says one.
    pub until: Option<jiff::civil::Date>,
    /// The form under which the plan is shown.
    pub form: Option<Arc<ApplicationFormApproved>>,
    /// What each deliverable has cost, once it was asked for.
    pub costs: OnceLock<money::cost::Costs>,
}

/// A project at one version.
#[derive(MergedObject)]
pub struct Project(
    facts::Facts,
    changes::Changes,
    delivery::Delivery,
    money::Money,
    fund::Fund,
    oversight::Oversight,
    learning::Learning,
    register::Register,
    finance_register::FinanceRegister,
    deadlines::Deadlines,
    data_quality::Quality,
    log::Log,
);

impl Reading {
    /// A project as it is now, by the caller's rights in it.
    pub fn now(question: &Question, room: &Arc<Room>) -> Self {
        let today = room.project.day_of(question.now);
        Self {
            room: Arc::clone(room),
            live: Arc::clone(room),
            reader: Reader::of(&room.project, question.subject.as_ref(), today),
            today,
            as_of: None,
            until: None,
            form: room.project.plan.newest_form().cloned(),
            costs: OnceLock::new(),
        }
    }

    /// The code by which people know an item of the plan under the form that is shown.
    fn code(&self, item: Item<Code>) -> Code {
        self.room.project.plan.code_of(item, self.form.as_deref())
    }

    fn codes(&self, items: &[Item<Code>]) -> Vec<String> {
        items.iter().map(|item| self.code(*item).to_string()).collect()
    }

    /// The documents behind what a partner did, for those who may see them.
    fn evidence_of(
        &self,
        partner: Option<PartnerNumber>,
        evidence: &[evidence::Evidence],
    ) -> Option<Vec<Evidence>> {
        self.reader.sees_lines_of(partner).then(|| Evidence::all(evidence))
    }

    /// How far amounts of partners are told along axes that would tell single lines.
    fn detail(&self) -> Detail {
        Detail::of(&self.room.project.plan, |partner| self.reader.sees_lines_of(Some(partner)))
    }

    fn event_id(&self, event: EventId) -> ID {
        node::id(log::KIND, &self.room.project.key, event)
    }

    /// What the lists over several views are read from.
    fn sources(&self) -> Sources<'_> {
        self.room.sources(self.form.as_deref(), &self.reader)
    }

    /// The last version of the log that this answer stands on.
    fn last_version(&self) -> u64 {
        self.as_of.unwrap_or(self.live.project.version)
    }
}

impl Project {
    pub fn new(reading: Reading) -> Self {
        let reading = Arc::new(reading);
        Self(
            facts::Facts(reading.clone()),
            changes::Changes(reading.clone()),
            delivery::Delivery(reading.clone()),
            money::Money(reading.clone()),
            fund::Fund(reading.clone()),
            oversight::Oversight(reading.clone()),
            learning::Learning(reading.clone()),
            register::Register(reading.clone()),
            finance_register::FinanceRegister(reading.clone()),
            deadlines::Deadlines(reading.clone()),
            data_quality::Quality(reading.clone()),
            log::Log(reading),
        )
    }
    /// For the interface `Node`.
    pub async fn id(&self, _context: &Context<'_>) -> Result<ID> {
        Ok(super::query::node::project_id(&self.0.0.room.project.key))
    }
}
