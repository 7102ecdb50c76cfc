//! What a durable posting costs: Cairn through HTTP and through its log, beside floors that only
//! commit rows and a peer on the same PostgreSQL. All in one run, in turns, so that the machine is
//! the same for each; what counts are the ratios.
//!
//! `cargo bench --bench postings` prints them; `cargo bench --bench postings -- --help` says what
//! can be set.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

#[path = "postings/case.rs"]
mod case;
#[path = "postings/contenders.rs"]
mod contenders;
#[path = "postings/cairn.rs"]
mod cairn;
#[path = "postings/client.rs"]
mod client;
#[path = "postings/appends.rs"]
mod appends;
#[path = "postings/floor.rs"]
mod floor;
#[path = "postings/pgbench.rs"]
mod pgbench;
#[path = "postings/message_db.rs"]
mod message_db;
#[path = "postings/bare.rs"]
mod bare;
#[path = "postings/postgres.rs"]
mod postgres;
#[path = "../../../tests/postgres_cluster.rs"]
mod postgres_cluster;
#[path = "postings/process.rs"]
mod process;
#[path = "postings/machine.rs"]
mod machine;
#[path = "postings/measured.rs"]
mod measured;
#[path = "postings/report.rs"]
mod report;

use contenders::Contenders;
use measured::Span;
use report::Results;

/// As in the program, so that the bare answer and the floor have it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What each measurement runs before it counts: connections, caches and the processor's clock take
/// a moment.
const WARM_UP: Duration = Duration::from_millis(400);

/// Measures durable postings over HTTP and through the log beside bare commits and a peer.
#[derive(Parser)]
struct Arguments {
    /// Rounds; the figures are medians of them.
    #[arg(long, env = "CAIRN_BENCH_ROUNDS", default_value_t = 5, value_parser = at_least_one)]
    rounds: u64,
    /// Seconds that are counted of each measurement.
    #[arg(long, env = "CAIRN_BENCH_SECONDS", default_value_t = 1.0)]
    seconds: f64,
    /// Events in the large tables.
    #[arg(long, env = "CAIRN_BENCH_EVENTS", default_value_t = 1_000_000)]
    events: u64,
    /// Measures only what has this in its name, as it stands in the table of rates.
    #[arg(long, default_value = "")]
    only: String,
    /// Folder for the databases, on the disk that is to be measured.
    #[arg(long, env = "CAIRN_BENCH_DIR", default_value = env!("CARGO_TARGET_TMPDIR"))]
    folder: PathBuf,
    /// Answers with so many bytes and does nothing else; the benchmark starts itself so.
    #[arg(long, hide = true)]
    bare_answer_bytes: Option<usize>,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn at_least_one(text: &str) -> Result<u64, String> {
    let count = text.parse::<u64>().map_err(|error| error.to_string())?;
    if count == 0 { Err("at least 1".to_owned()) } else { Ok(count) }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(bytes) = arguments.bare_answer_bytes {
        return bare::serve(bytes);
    }
    if !arguments.bench {
        writeln!(std::io::stdout(), "nothing measured: run `cargo bench --bench postings`")?;
        return Ok(());
    }
    let folder = tempfile::Builder::new().prefix("cairn-bench-").tempdir_in(&arguments.folder);
    let folder = folder.with_context(|| {
        format!("cannot write in {}; choose another --folder", arguments.folder.display())
    })?;
    // The cluster of PostgreSQL makes its own folder, on the same disk.
    tempfile::env::override_temp_dir(&arguments.folder)
        .map_err(|other| anyhow::anyhow!("temporary files are in {} already", other.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Whichever way it ends, what it started ends with it.
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            measured = measure(&arguments, folder.path()) => measured,
            _ = terminate.recv() => bail!("stopped"),
            _ = tokio::signal::ctrl_c() => bail!("stopped"),
        }
    })
}

async fn measure(arguments: &Arguments, folder: &Path) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut out = std::io::stdout();
    machine::describe(&mut out, folder).await?;
    let counted = Duration::try_from_secs_f64(arguments.seconds).context("--seconds")?;
    let span = Span { warm_up: WARM_UP, counted };
    let mut contenders = Contenders::set_up(&mut out, folder, arguments.events).await?;
    writeln!(out, "set up   in {} s", begun.elapsed().as_secs())?;

    let mut results = Results { events: arguments.events, rounds: Vec::new() };
    for round in 1..=arguments.rounds {
        contenders.begin_round(round).await?;
        let mut measured = BTreeMap::new();
        for case in case::all() {
            if !case.system.name().contains(&arguments.only) {
                continue;
            }
            if let Some(figures) = contenders.measure(case, span).await? {
                measured.insert(case, figures);
            }
        }
        results.rounds.push(measured);
        writeln!(out, "round {round}  ended after {} s", begun.elapsed().as_secs())?;
    }
    report::print(&mut out, &results)?;
    Ok(())
}
