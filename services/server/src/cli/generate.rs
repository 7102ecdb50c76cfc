//! `cairn generate`: synthetic projects with valid histories, to standard output or into a ledger.
//!
//! Each project is simulated by itself, from its own seed; the histories are merged by the instant
//! at which their events are recorded. Nothing here depends on the clock.

mod beginning;
mod beside;
mod budget;
mod calendar;
mod chance;
mod changes;
mod contracts;
mod costs;
mod delivery;
mod form;
mod fund;
mod history;
mod learning;
mod money;
mod oversight;
mod partnership;
mod plan;
mod refused;
mod register;
mod reports;
mod results;
mod shares;
mod steering;
#[cfg(test)]
mod tests;
mod texts;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use cairn_domain::ids::EventId;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;

use super::progress::Progress;
use super::recording::Recording;
use crate::config::Generate;
use crate::envelope::{self, Submission};
use crate::problem::Problem;
use crate::views::Rooms;
use crate::writer::{self, Failure, Postbox, TURN_POSTINGS_MAX, UnderWay};

use history::{Attempt, History};

/// A project has at least so many events, so that every type of event occurs in it.
const PROJECT_EVENTS_MIN: u64 = 2_000;

/// Postings that are under way to the writer at a time: while one full turn is stored, the next one
/// gathers.
const UNDER_WAY_MAX: usize = 2 * TURN_POSTINGS_MAX;

pub async fn run(config: Generate) -> anyhow::Result<ExitCode> {
    let least = config.projects * PROJECT_EVENTS_MIN;
    anyhow::ensure!(
        config.events >= least,
        "{} events are too few for {} projects, each of which needs {PROJECT_EVENTS_MIN}; give \
        --events {least} or more",
        config.events,
        config.projects
    );
    let histories = Histories::new(config.seed, config.projects, config.events);
    match (&config.database, &config.data) {
        (Some(database), Some(data)) => record(histories, config.events, database, data).await?,
        _ => write(histories, config.events)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The histories of all projects, merged by time.
struct Histories {
    projects: Vec<History>,
    /// The next attempt of each project, the earliest on top.
    next: BinaryHeap<Reverse<Next>>,
}

struct Next {
    at: Timestamp,
    project: usize,
    attempt: Attempt,
}

impl Histories {
    fn new(seed: u64, projects: u64, events: u64) -> Self {
        let of = |number: u64| {
            let events = events / projects + u64::from(number <= events % projects);
            History::new(seed, number, events)
        };
        let mut histories =
            Self { projects: (1..=projects).map(of).collect(), next: BinaryHeap::new() };
        for project in 0..histories.projects.len() {
            histories.queue(project);
        }
        histories
    }

    fn queue(&mut self, project: usize) {
        if let Some(attempt) = self.projects[project].next() {
            self.next.push(Reverse(Next { at: attempt.at, project, attempt }));
        }
    }
}

impl Iterator for Histories {
    type Item = Attempt;

    fn next(&mut self) -> Option<Attempt> {
        let Reverse(Next { project, attempt, .. }) = self.next.pop()?;
        self.queue(project);
        Some(attempt)
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.project).cmp(&(other.at, other.project))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

/// The lines of a history as they are written.
#[cfg(test)]
pub(crate) fn lines(seed: u64, projects: u64, events: u64) -> Vec<String> {
    let recorded = Histories::new(seed, projects, events).filter(|a| a.refused_by.is_none());
    recorded.map(|attempt| attempt.event.to_string()).collect()
}

/// Writes a history that imports whole: what a rule would refuse is left out.
fn write(histories: Histories, events: u64) -> anyhow::Result<()> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut progress = Progress::new("Generating");
    let recorded = histories.filter(|attempt| attempt.refused_by.is_none());
    for (done, attempt) in (1..).zip(recorded) {
        serde_json::to_writer(&mut output, &attempt.event)?;
        output.write_all(b"\n")?;
        progress.reach(done, events);
    }
    output.flush()?;
    progress.finish();
    Ok(())
}

/// What came of the attempts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    recorded: u64,
    repeated: u64,
    refused: u64,
}

/// Posts everything to the writer of a ledger.
async fn record(
    histories: Histories,
    events: u64,
    database: &str,
    data: &Path,
) -> anyhow::Result<()> {
    let recording = Recording::open(database, data, false).await?;
    no_other_content(&histories, &recording.ledger.snapshot())?;
    let outcome = post(&recording.postbox, histories, events).await?;
    recording.close().await?;
    writeln!(
        std::io::stdout(),
        "{} recorded, {} repeated, {} refused as was meant",
        outcome.recorded,
        outcome.repeated,
        outcome.refused
    )?;
    Ok(())
}

/// A ledger that has a project of this name has it from the same seed and numbers, or it is
/// another project, in which these events would make no sense.
fn no_other_content(histories: &Histories, rooms: &Rooms) -> anyhow::Result<()> {
    let mut firsts: Vec<&Next> = histories.next.iter().map(|Reverse(first)| first).collect();
    firsts.sort_by_key(|first| first.project);
    for Next { attempt, .. } in firsts {
        let first = submission(attempt.event.clone())?;
        let room = rooms.get(first.project.as_str());
        anyhow::ensure!(
            room.is_none_or(|room| room.version_of(first.posting.id) == Some(1)),
            "the ledger has a project `{}` with other content; give the --projects, --events and \
            --seed that it was made with, or another --database",
            first.project
        );
    }
    Ok(())
}

fn submission(event: Value) -> anyhow::Result<Submission> {
    envelope::read_imported(event)
        .map_err(|problem| anyhow::anyhow!("an event was made that is none: {}", problem.explain()))
}

/// Makes postings in a thread of their own, some ahead of the writer.
fn made_ahead(
    histories: Histories,
) -> mpsc::Receiver<(Option<&'static str>, anyhow::Result<Submission>)> {
    let (sender, made) = mpsc::channel(UNDER_WAY_MAX);
    std::thread::spawn(move || {
        for Attempt { refused_by, event, .. } in histories {
            // Nobody waits for more once the posting has failed.
            if sender.blocking_send((refused_by, submission(event))).is_err() {
                return;
            }
        }
    });
    made
}

/// What is to come of a posting on its way.
struct Meant {
    id: EventId,
    refused_by: Option<&'static str>,
}

async fn post(postbox: &Postbox, histories: Histories, events: u64) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut progress = Progress::new("Generating");
    let mut under_way = UnderWay::new(postbox.clone(), UNDER_WAY_MAX);
    let mut made = made_ahead(histories);
    while let Some((refused_by, submission)) = made.recv().await {
        while !under_way.has_room() {
            outcome.settle(under_way.next().await)?;
            progress.reach(outcome.recorded + outcome.repeated, events);
        }
        let submission = submission?;
        let id = submission.posting.id;
        under_way.post(Meant { id, refused_by }, vec![submission]).await;
    }
    while let Some(settled) = under_way.next().await {
        outcome.settle(Some(settled))?;
    }
    progress.finish();
    let done = outcome.recorded + outcome.repeated;
    anyhow::ensure!(done == events, "only {done} of {events} events were made");
    Ok(outcome)
}

impl Outcome {
    /// Counts what became of a posting. What comes out otherwise than it was meant is a fault here.
    fn settle(&mut self, settled: Option<(Meant, Option<writer::Outcome>)>) -> anyhow::Result<()> {
        let Some((Meant { id, refused_by }, Some(posted))) = settled else { return Ok(()) };
        match (posted, refused_by) {
            (Ok(receipts), None) => {
                for receipt in receipts {
                    *(if receipt.repeated { &mut self.repeated } else { &mut self.recorded }) += 1;
                }
            }
            (Err(Failure::Rejected { .. }), Some(_)) => self.refused += 1,
            (Ok(_), Some(rule)) => {
                anyhow::bail!("`{rule}` was to refuse the event {id}, and it was taken")
            }
            (Err(Failure::Rejected { rejected, .. }), None) => {
                let why = Problem::from(rejected).explain();
                anyhow::bail!("the event {id} was to be taken, and it was refused: {why}")
            }
            (Err(failure), _) => {
                let why = failure.why();
                anyhow::bail!("it stopped: {why}. Again with the same numbers and seed it goes on")
            }
        }
        Ok(())
    }
}
