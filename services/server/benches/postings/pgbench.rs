//! PostgreSQL's own load generator, with scripts of one prepared statement.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use crate::measured::Span;

/// Threads of the generator; with more than one it takes the processor from the server.
const THREADS: usize = 1;
/// Runs, each a second longer than the one before, until one was long enough.
const TRIED_MAX: u32 = 10;

/// A statement to be repeated, and where.
#[derive(Clone)]
pub(crate) struct Script {
    file: PathBuf,
    database: String,
    options: &'static str,
}

impl Script {
    /// `options` are settings of the session, as in `PGOPTIONS`.
    pub(crate) fn new(
        file: PathBuf,
        statement: &str,
        database: String,
        options: &'static str,
    ) -> anyhow::Result<Self> {
        ensure!(!statement.contains('\n'), "a line of a script is a statement of its own");
        std::fs::write(&file, format!("{statement};\n"))?;
        Ok(Self { file, database, options })
    }

    /// How long each transaction took that ended in the last part of the run, which is as long as
    /// is to be counted.
    pub(crate) async fn run(&self, clients: usize, span: Span) -> anyhow::Result<Vec<Duration>> {
        let script = self.clone();
        tokio::task::spawn_blocking(move || script.run_here(clients, span)).await?
    }

    /// The time that pgbench is given begins before it has connected, which takes long where much
    /// else runs: then it is given more.
    fn run_here(&self, clients: usize, span: Span) -> anyhow::Result<Vec<Duration>> {
        let needed = span.warm_up + span.counted;
        for longer in (0..TRIED_MAX).map(f64::from) {
            let transactions = self.run_for(clients, needed.as_secs_f64().ceil() + longer)?;
            let ended = || transactions.iter().map(|(ended, _)| *ended);
            let Some((first, last)) = ended().min().zip(ended().max()) else { continue };
            if last - first >= micros(needed)? {
                let begin = last - micros(span.counted)?;
                let within = transactions.iter().filter(|(ended, _)| *ended > begin);
                return Ok(within.map(|(_, took)| Duration::from_micros(*took)).collect());
            }
        }
        bail!("pgbench with {clients} clients had not the time to connect; the machine is too busy")
    }

    fn run_for(&self, clients: usize, seconds: f64) -> anyhow::Result<Vec<Transaction>> {
        let log = tempfile::tempdir_in(self.file.parent().context("a script is in a folder")?)?;
        let output = Command::new("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--log"])
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={THREADS}"))
            .arg(format!("--time={seconds}"))
            .arg(format!("--log-prefix={}", log.path().join("log").display()))
            .arg(format!("--file={}", self.file.display()))
            .arg(&self.database)
            .env("PGOPTIONS", self.options)
            .output()
            .context("cannot start pgbench; on Debian: apt-get install postgresql")?;
        // Clients that fail one by one do not make it fail.
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || said.contains("error:") {
            bail!("pgbench: {said}");
        }
        read_log(log.path())
    }
}

/// When a transaction ended and how long it took, in microseconds.
type Transaction = (u64, u64);

fn read_log(folder: &Path) -> anyhow::Result<Vec<Transaction>> {
    let mut transactions = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(file?.path())?;
        for line in text.lines() {
            let parsed = transaction(line);
            transactions.push(parsed.with_context(|| format!("pgbench logged {line:?}"))?);
        }
    }
    Ok(transactions)
}

fn micros(duration: Duration) -> anyhow::Result<u64> {
    Ok(duration.as_micros().try_into()?)
}

/// A line is: client, number, microseconds it took, script, second it ended, microseconds of it.
fn transaction(line: &str) -> Option<Transaction> {
    let mut words = line.split(' ').skip(2);
    let took = words.next()?.parse().ok()?;
    let mut ended = words.skip(1).map(|word| word.parse::<u64>().ok());
    Some((ended.next()?? * 1_000_000 + ended.next()??, took))
}
