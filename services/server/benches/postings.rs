//! What a durable posting costs: Cairn over HTTP beside a floor that only commits rows, and
//! beside a server that only answers. All three in one run, in turns, so that the machine is the
//! same for each; what counts are the ratios.
//!
//! `cargo bench --bench postings` prints them; `cargo bench --bench postings -- --help` says what
//! can be set.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;

#[path = "postings/cairn.rs"]
mod cairn;
#[path = "postings/floor.rs"]
mod floor;
#[path = "postings/bare.rs"]
mod bare;
#[path = "postings/client.rs"]
mod client;
#[path = "postings/process.rs"]
mod process;
#[path = "postings/machine.rs"]
mod machine;
#[path = "postings/report.rs"]
mod report;

use report::{Measured, Round};

/// As in the program, so that the bare answer and the floor have it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures durable postings over HTTP beside bare commits and bare answers.
#[derive(Parser)]
struct Arguments {
    /// Rounds; the figures are medians of them.
    #[arg(long, env = "CAIRN_BENCH_ROUNDS", default_value_t = 5, value_parser = at_least_one)]
    rounds: usize,
    /// Seconds of each measured rate; a latency takes half of it.
    #[arg(long, env = "CAIRN_BENCH_SECONDS", default_value_t = 2.0)]
    seconds: f64,
    /// Connections that post at once where the rate is measured.
    #[arg(long, env = "CAIRN_BENCH_CONNECTIONS", default_value_t = 64, value_parser = at_least_one)]
    connections: usize,
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

fn at_least_one(text: &str) -> Result<usize, String> {
    let count = text.parse::<usize>().map_err(|error| error.to_string())?;
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("cairn-bench-").tempdir_in(&arguments.folder);
    let folder = folder.with_context(|| {
        format!("cannot write in {}; choose another --folder", arguments.folder.display())
    })?;
    let mut out = std::io::stdout();
    machine::describe(&mut out, folder.path()).await?;

    let cairn = cairn::start(folder.path()).await?;
    let request = cairn.request()?;
    let first = client::ask_once(cairn.server.address, &request).await?;
    let row = cairn.last_row().await?;
    let mut floor = floor::Floor::open(&folder.path().join("floor.db"), row).await?;
    let bare = bare::start(first.body_bytes)?;
    writeln!(
        out,
        "posting  {} bytes of body, {} bytes of answer; stored: {}",
        request.body_bytes,
        first.body_bytes,
        floor.shape()
    )?;

    let long = Duration::try_from_secs_f64(arguments.seconds).context("--seconds")?;
    let short = long / 2;
    let many = arguments.connections;
    // Caches, pools and the processor's clock take a moment.
    client::load(&cairn.server, &request, many, short).await?;
    client::load(&bare, &request, many, short).await?;
    floor.commit_for(short).await?;

    let mut rounds = Vec::with_capacity(arguments.rounds);
    for number in 1..=arguments.rounds {
        let round = Round {
            cairn_many: client::load(&cairn.server, &request, many, long).await?,
            floor: floor.commit_for(long).await?,
            bare_many: client::load(&bare, &request, many, short).await?,
            cairn_one: client::load(&cairn.server, &request, 1, short).await?,
            bare_one: client::load(&bare, &request, 1, short).await?,
        };
        writeln!(out, "round {number}  {}", round.in_short())?;
        rounds.push(round);
    }
    report::print(&mut out, many, &rounds)?;
    Ok(())
}
