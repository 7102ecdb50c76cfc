//! `cairn import`: charters and events from files, judged and recorded in their order.

mod list;
mod source;

use std::io::Write;
use std::process::ExitCode;

use super::progress::Progress;
use super::recording::Recording;
use crate::config::Import;
use crate::problem::Problem;
use crate::writer::{
    self, Conflict, Failure, Postbox, Receipt, Rejected, TURN_POSTINGS_MAX, UnderWay,
};
pub use source::{Item, Source, SourceError, charters, find};

/// Events that are under way to the writer at a time: while one full turn is stored, the next one
/// gathers.
const UNDER_WAY_MAX: usize = 2 * TURN_POSTINGS_MAX;

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
    if config.paths.iter().any(|path| list::format(path).is_some()) {
        return list::run(config).await;
    }
    let sources = match source::find(&config.paths) {
        Ok(sources) => sources,
        Err(error) => {
            writeln!(std::io::stderr(), "cairn: {error}")?;
            return Ok(ExitCode::from(NOT_READABLE));
        }
    };
    let recording = Recording::open(&config.database.database, &config.data.data, true).await?;
    let outcome = import(&recording.postbox, sources).await?;
    recording.close().await?;
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

/// What is known of an item on its way: its place in the file, and why it is not posted.
struct Sent {
    place: String,
    instead: Option<&'static str>,
    fault: Option<SourceError>,
}

async fn import_one(postbox: &Postbox, source: Source) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut progress = Progress::new("Importing");
    let bytes = source.bytes;
    let mut under_way = UnderWay::new(postbox.clone(), UNDER_WAY_MAX);
    for item in source.items() {
        progress.reach(item.offset, bytes);
        while !under_way.has_room() {
            outcome.settle(under_way.next().await)?;
        }
        let (place, instead) = (item.place, item.instead);
        match item.submission {
            Ok(submission) => {
                under_way.post(Sent { place, instead, fault: None }, vec![submission]).await;
            }
            Err(fault) => under_way.pass(Sent { place, instead, fault: Some(fault) }),
        }
    }
    while let Some(settled) = under_way.next().await {
        outcome.settle(Some(settled))?;
    }
    progress.finish();
    Ok(outcome)
}

impl Outcome {
    /// Counts what became of an item, and says what is to be said of it.
    fn settle(&mut self, settled: Option<(Sent, Option<writer::Outcome>)>) -> anyhow::Result<()> {
        let Some((Sent { place, instead, fault }, posted)) = settled else { return Ok(()) };
        match (posted, fault) {
            (Some(Ok(receipts)), _) => {
                for receipt in receipts {
                    tell(&place, &receipt)?;
                    *(if receipt.repeated { &mut self.repeated } else { &mut self.recorded }) += 1;
                }
            }
            (Some(Err(Failure::Rejected { rejected, .. })), _) => {
                self.refused += 1;
                let edited = matches!(rejected, Rejected::Conflict(Conflict::IdTaken));
                report(&place, &rejected.into(), instead.filter(|_| edited))?;
            }
            (Some(Err(failure)), _) => anyhow::bail!(
                "the import stopped: {}. Import again: what was recorded is not recorded twice",
                failure.why()
            ),
            (None, Some(SourceError::NotAnEvent(problem))) => {
                self.refused += 1;
                report(&place, &problem, None)?;
            }
            (None, Some(error @ (SourceError::Unreadable { .. } | SourceError::Charter(_)))) => {
                self.unreadable += 1;
                writeln!(std::io::stdout(), "{place}: not readable: {error}")?;
            }
            (None, None) => {}
        }
        Ok(())
    }
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
