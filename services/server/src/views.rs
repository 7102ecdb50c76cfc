//! What is known of the log: one room a project, published as immutable snapshots.

pub mod snapshot;
mod replay;
mod versions;
mod marks;
pub mod past;

use std::sync::Arc;

use cairn_domain::event::plan::application_form::ApplicationFormApproved;
use cairn_domain::ids::{EventId, ProjectKey};
use cairn_domain::policy::reading::Reader;
use cairn_domain::posting::Recorded;
use cairn_domain::project::Project;
use cairn_domain::view::Sources;
use cairn_domain::view::annual_report::AnnualReports;
use cairn_domain::view::annual_report::document::Folds;
use cairn_domain::view::budget_use::BudgetUse;
use cairn_domain::view::deadlines::Deadlines;
use cairn_domain::view::finance_register::FinanceRegister;
use cairn_domain::view::fund::Fund;
use cairn_domain::view::learning_log::LearningLog;
use cairn_domain::view::milestone_status::MilestoneStatus;
use cairn_domain::view::origins::Origins;
use cairn_domain::view::oversight::Oversight;
use cairn_domain::view::register::Register;
use cairn_store::{EventRow, Head, Log, LogError, NewEvent};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::record::{self, Unreadable};
use crate::standing::Standing;
use marks::Marks;
use past::PastRooms;
use snapshot::Snapshots;
use versions::Versions;

/// Rows read at a time when a history is folded.
pub const PAGE_ROWS: u32 = 1_000;

/// All that is folded of one project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Room {
    pub project: Project,
    pub budget_use: BudgetUse,
    pub fund: Fund,
    pub origins: Origins,
    pub oversight: Oversight,
    pub milestones: MilestoneStatus,
    pub annual_reports: AnnualReports,
    pub learning: LearningLog,
    pub register: Register,
    pub finance_register: FinanceRegister,
    pub deadlines: Deadlines,
    versions: Versions,
    /// The last day on which something occurred.
    latest_day: Option<Date>,
}

impl Room {
    pub fn new(key: ProjectKey) -> Self {
        Self {
            project: Project::new(key),
            budget_use: BudgetUse::default(),
            fund: Fund::default(),
            origins: Origins::default(),
            oversight: Oversight::default(),
            milestones: MilestoneStatus::default(),
            annual_reports: AnnualReports::default(),
            learning: LearningLog::default(),
            register: Register::default(),
            finance_register: FinanceRegister::default(),
            deadlines: Deadlines::default(),
            versions: Versions::default(),
            latest_day: None,
        }
    }

    pub fn apply(&mut self, recorded: &Recorded) {
        self.project.evolve(recorded);
        self.budget_use.apply(recorded, &self.project);
        self.fund.apply(recorded, &self.project);
        self.origins.apply(recorded, &self.project);
        self.oversight.apply(recorded, &self.project);
        self.milestones.apply(recorded, &self.project);
        self.annual_reports.apply(recorded);
        self.learning.apply(recorded, &self.project);
        self.register.apply(recorded, &self.project);
        self.finance_register.apply(recorded, &self.project);
        self.deadlines.apply(recorded);
        self.versions.insert(recorded.id, recorded.version);
        self.latest_day = self.latest_day.max(Some(recorded.occurred_on));
    }

    /// What the document of an annual report is made of.
    pub fn folds(&self) -> Folds<'_> {
        Folds {
            project: &self.project,
            budget_use: &self.budget_use,
            milestones: &self.milestones,
            learning: &self.learning,
            register: &self.register,
        }
    }

    /// What the lists over several views are read from, by one reader under one form.
    pub fn sources<'a>(
        &'a self,
        form: Option<&'a ApplicationFormApproved>,
        reader: &'a Reader,
    ) -> Sources<'a> {
        Sources {
            project: &self.project,
            milestones: &self.milestones,
            learning: &self.learning,
            register: &self.register,
            annual_reports: &self.annual_reports,
            budget_use: &self.budget_use,
            oversight: &self.oversight,
            form,
            reader,
        }
    }

    /// The version under which an event is recorded here.
    pub fn version_of(&self, id: EventId) -> Option<u64> {
        self.versions.get(id)
    }
}

/// The rooms of all projects, and the head of the log that they were folded up to. A copy costs the
/// same however long the log is.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    head: Head,
    /// How often the log was found replaced before it was folded into these.
    history: u32,
    rooms: imbl::OrdMap<String, Arc<Room>>,
    marks: imbl::OrdMap<String, Marks>,
}

impl Rooms {
    /// The position of the last event that was folded in.
    pub fn position(&self) -> u64 {
        self.head.position
    }

    /// The head of the log after that event.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Marks these as folded from another log than `known`, which was found replaced.
    pub fn after(self, known: &Self) -> Self {
        Self { history: known.history + 1, ..self }
    }

    /// Tells the logs apart that this process has read one after the other.
    pub fn history(&self) -> u32 {
        self.history
    }

    /// The room of a project that has events.
    pub fn get(&self, key: &str) -> Option<&Arc<Room>> {
        self.rooms.get(key)
    }

    /// The newest room that is kept of a project, of those that a past one can be folded on from.
    fn mark(&self, key: &str, fits: impl Fn(&Room) -> bool) -> Option<&Arc<Room>> {
        self.marks.get(key)?.newest(fits)
    }

    /// All rooms, by key.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Room>> {
        self.rooms.values()
    }

    /// Gives an event its place and its hashes; [`Rooms::fold`] then takes it in.
    pub fn seal(&mut self, event: NewEvent) -> EventRow {
        self.head.seal(event)
    }

    /// Folds in an event that was sealed here.
    pub fn fold(&mut self, key: &ProjectKey, recorded: &Recorded) {
        let room = self.rooms.entry(key.as_str().to_owned());
        let room = room.or_insert_with(|| Arc::new(Room::new(key.clone())));
        Arc::make_mut(room).apply(recorded);
        if marks::may_be(room.project.version) {
            let room = Arc::clone(room);
            self.note(room);
        }
    }

    /// Keeps a room now and then, from which past ones are folded on.
    fn note(&mut self, room: Arc<Room>) {
        self.marks.entry(room.project.key.to_string()).or_default().note(room);
    }

    /// Folds in rows of the log that follow.
    pub fn take_rows(&mut self, rows: &[EventRow]) -> Result<(), Unreadable> {
        for row in rows {
            self.take(row, &record::recorded(row)?)?;
        }
        Ok(())
    }

    /// Folds in a row that follows and was read.
    fn take(&mut self, row: &EventRow, recorded: &Recorded) -> Result<(), Unreadable> {
        if let Some(room) = self.rooms.get_mut(&row.project) {
            Arc::make_mut(room).apply(recorded);
            if marks::may_be(room.project.version) {
                let room = Arc::clone(room);
                self.note(room);
            }
        } else {
            let no_key = |_| record::unreadable(row, "its project is no key");
            self.fold(&row.project.parse().map_err(no_key)?, recorded);
        }
        self.head.take(row);
        Ok(())
    }

    /// The log never goes back and never loses a row. If it does, a backup was restored under this
    /// process, or somebody changed it: these rooms are those of another history.
    pub fn compare(&self, found: &Head) -> Result<(), FoldError> {
        if self.head == *found {
            return Ok(());
        }
        Err(FoldError::OtherHistory { known: self.head.position, found: found.position })
    }
}

/// The rooms of a whole log: from the snapshots and the events after them, or from all events.
/// `progress` is told how many of how many events were folded.
pub async fn open(
    log: &dyn Log,
    snapshots: Option<&Snapshots>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Rooms, FoldError> {
    let unused = "the snapshots are not used; the log is folded from its first event";
    if let Some(snapshots) = snapshots {
        // Whatever these say, nothing is built on a head that has come apart from its events.
        log.head().await?;
        match snapshots.load() {
            Ok(None) => {}
            Ok(Some(rooms)) => match replay::read_on(log, rooms, &mut progress).await {
                Err(error @ FoldError::OtherHistory { .. }) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "{unused}");
                    snapshots.forget();
                }
                read => return read,
            },
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "{unused}");
                snapshots.forget();
            }
        }
    }
    replay::read_on(log, Rooms::default(), &mut progress).await
}

/// The way to what the writer has published, and to the log behind it.
#[derive(Clone)]
pub struct Ledger {
    snapshots: watch::Receiver<Arc<Rooms>>,
    standing: watch::Receiver<Standing>,
    log: Arc<dyn Log>,
    past: Arc<PastRooms>,
}

impl Ledger {
    pub fn new(
        snapshots: watch::Receiver<Arc<Rooms>>,
        standing: watch::Receiver<Standing>,
        log: Arc<dyn Log>,
    ) -> Self {
        Self { snapshots, standing, log, past: Arc::default() }
    }

    /// How the writer stands to the log now. A snapshot that was taken before this says that the
    /// log can be read is one of the log that is there.
    pub fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// The newest state of all projects.
    pub fn snapshot(&self) -> Arc<Rooms> {
        self.snapshots.borrow().clone()
    }

    pub fn log(&self) -> &dyn Log {
        &*self.log
    }

    /// Past rooms that were folded lately.
    pub fn past(&self) -> &PastRooms {
        &self.past
    }

    /// Waits until this process has seen a position, but not past a deadline.
    pub async fn seen(&self, position: u64, deadline: Instant) -> Option<Arc<Rooms>> {
        self.wait_for(|rooms| rooms.position() >= position, deadline).await
    }

    /// Waits until this process has seen a version of a project, but not past a deadline.
    pub async fn seen_version(
        &self,
        key: &str,
        version: u64,
        deadline: Instant,
    ) -> Option<Arc<Rooms>> {
        let known = |room: &Arc<Room>| room.project.version >= version;
        self.wait_for(|rooms| rooms.get(key).is_some_and(known), deadline).await
    }

    async fn wait_for(
        &self,
        is_seen: impl Fn(&Rooms) -> bool,
        deadline: Instant,
    ) -> Option<Arc<Rooms>> {
        let mut snapshots = self.snapshots.clone();
        let seen = snapshots.wait_for(|rooms| is_seen(rooms));
        let seen = tokio::time::timeout_at(deadline, seen).await;
        seen.ok()?.ok().map(|rooms| rooms.clone())
    }
}

/// Why a history could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error("the log could not be read")]
    Log(#[from] LogError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(
        "the events of the log lead to position {known}, its head says {found}, or their hashes \
         differ: it was changed, or a backup was restored under this process"
    )]
    OtherHistory { known: u64, found: u64 },
    #[error("the log has not the events any more that were read of it before")]
    Replaced,
}

#[cfg(test)]
mod tests;
