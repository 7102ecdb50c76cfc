//! `cairn import`: charters and events from files, judged and recorded in their order.

mod source;

use std::collections::VecDeque;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use super::progress::Progress;
use super::serve;
use crate::checkpoints;
use crate::config::Import;
use crate::keys::Keys;
use crate::problem::Problem;
use crate::writer::{Answer, Conflict, Failure, Postbox, Receipt, Rejected, Started};
pub use source::{Item, Source, SourceError, charters, find};

/// Events that are under way to the writer at a time: enough to fill its turns.
const UNDER_WAY_MAX: usize = 256;

/// Bytes of `data` that are under way, well below what the queue of the writer takes.
const UNDER_WAY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Something was refused.
const REFUSED: u8 = 1;
/// Something could not be read.
const NOT_READABLE: u8 = 2;

/// What came of an import.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub recorded: u64,
    pub repeated: u64,
    pub refused: u64,
    pub unreadable: u64,
}

pub async fn run(config: Import) -> anyhow::Result<ExitCode> {
    let sources = match source::find(&config.paths) {
        Ok(sources) => sources,
        Err(error) => {
            writeln!(std::io::stderr(), "cairn: {error}")?;
            return Ok(ExitCode::from(NOT_READABLE));
        }
    };
    let keys = Keys::open_or_create(&config.data.data)?;
    let log = cairn_store::open(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let Started { postbox, ledger, task } = serve::start(log).await?;
    let outcome = import(&postbox, sources).await?;
    // Without a way to post the writer ends, and with it whatever would read on.
    drop(postbox);
    task.await??;
    checkpoints::keep(&ledger, &config.data.data, &keys.log).await?;
    ledger.log().close().await;
    Ok(match outcome {
        Outcome { unreadable: 1.., .. } => ExitCode::from(NOT_READABLE),
        Outcome { refused: 1.., .. } => ExitCode::from(REFUSED),
        Outcome { .. } => ExitCode::SUCCESS,
    })
}

/// Records everything of the sources, in their order, and prints what became of it.
pub async fn import(postbox: &Postbox, sources: Vec<Source>) -> anyhow::Result<Outcome> {
    let mut total = Outcome::default();
    for source in sources {
        let name = source.name.clone();
        let outcome = import_one(postbox, source).await?;
        writeln!(
            std::io::stdout(),
            "{name}: {} recorded, {} repeated, {} refused, {} not readable",
            outcome.recorded,
            outcome.repeated,
            outcome.refused,
            outcome.unreadable
        )?;
        total.recorded += outcome.recorded;
        total.repeated += outcome.repeated;
        total.refused += outcome.refused;
        total.unreadable += outcome.unreadable;
    }
    Ok(total)
}

/// An item on its way: its place in the file, and its answer to come.
struct UnderWay {
    place: String,
    instead: Option<&'static str>,
    bytes: usize,
    answer: Answer,
}

async fn import_one(postbox: &Postbox, source: Source) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut progress = Progress::new("Importing");
    let bytes = source.bytes;
    let mut under_way = VecDeque::new();
    let mut waiting_bytes = 0;
    for item in source.items() {
        progress.reach(item.offset, bytes);
        match item.submission {
            Ok(submission) => {
                let bytes = submission.data.get().len();
                while under_way.len() >= UNDER_WAY_MAX || waiting_bytes > UNDER_WAY_BYTES_MAX {
                    waiting_bytes -= settle(&mut under_way, &mut outcome).await?;
                }
                waiting_bytes += bytes;
                let answer = postbox.send(vec![submission]).map_err(stopped)?;
                let (place, instead) = (item.place, item.instead);
                under_way.push_back(UnderWay { place, instead, bytes, answer });
            }
            Err(SourceError::NotAnEvent(problem)) => {
                outcome.refused += 1;
                report(&item.place, &problem, None)?;
            }
            Err(error @ (SourceError::Unreadable { .. } | SourceError::Charter(_))) => {
                outcome.unreadable += 1;
                writeln!(std::io::stdout(), "{}: not readable: {error}", item.place)?;
            }
        }
    }
    while !under_way.is_empty() {
        settle(&mut under_way, &mut outcome).await?;
    }
    progress.finish();
    Ok(outcome)
}

/// Waits for the oldest answer, counts it, and says how many bytes are no longer under way.
async fn settle(
    under_way: &mut VecDeque<UnderWay>,
    outcome: &mut Outcome,
) -> anyhow::Result<usize> {
    let Some(UnderWay { place, instead, bytes, answer }) = under_way.pop_front() else {
        return Ok(0);
    };
    match answer.await.unwrap_or(Err(Failure::OutcomeUnknown)) {
        Ok(receipts) => {
            for receipt in receipts {
                tell(&place, &receipt)?;
                let count =
                    if receipt.repeated { &mut outcome.repeated } else { &mut outcome.recorded };
                *count += 1;
            }
        }
        Err(Failure::Rejected { rejected, .. }) => {
            outcome.refused += 1;
            let edited = matches!(rejected, Rejected::Conflict(Conflict::IdTaken));
            report(&place, &rejected.into(), instead.filter(|_| edited))?;
        }
        Err(failure) => return Err(stopped(failure)),
    }
    Ok(bytes)
}

/// Says of a restored event what today's rules would refuse of it.
fn tell(place: &str, receipt: &Receipt) -> anyhow::Result<()> {
    for finding in &receipt.refused_today {
        let (rule, message) = (finding.rule.id(), &finding.message);
        writeln!(std::io::stdout(), "{place}: restored, refused today: {rule}: {message}")?;
    }
    Ok(())
}

fn report(place: &str, problem: &Problem, instead: Option<&str>) -> anyhow::Result<()> {
    match instead {
        Some(instead) => writeln!(
            std::io::stdout(),
            "{place}: refused: the charter was edited after this was recorded. {instead}"
        )?,
        None => writeln!(std::io::stdout(), "{place}: refused: {}", problem.explain())?,
    }
    Ok(())
}

fn stopped(failure: Failure) -> anyhow::Error {
    let why = match failure {
        Failure::DiskFull => "the disk is full; make room",
        Failure::OutcomeUnknown => "it is not known whether the last events were recorded",
        Failure::QueueFull | Failure::Unavailable | Failure::Rejected { .. } => {
            "the log cannot be written now"
        }
    };
    anyhow::anyhow!(
        "the import stopped: {why}. Import again: what was recorded is not recorded twice"
    )
}
