//! What a long log costs: to verify it, and to start a server on it from snapshots and by replay,
//! with the memory that it then has. On both engines, with the program as its users have it.
//!
//! `cargo bench --bench starting` prints it; `cargo bench --bench starting -- --help` says what can
//! be set.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Parser;

#[path = "../../../tests/postgres_cluster.rs"]
mod postgres_cluster;
#[path = "postings/process.rs"]
mod process;

use postgres_cluster::Cluster;
use process::{Server, output};

/// As in the benchmark of postings.
const SETTINGS: [(&str, &str); 2] = [("shared_buffers", "1GB"), ("max_wal_size", "1GB")];
/// Times that each is done; the figures are medians of them.
const ROUNDS: usize = 3;

/// Measures starts and verification of a long log.
#[derive(Parser)]
struct Arguments {
    /// Events of the log.
    #[arg(long, env = "CAIRN_BENCH_EVENTS", default_value_t = 1_000_000)]
    events: u32,
    /// Projects that they are of.
    #[arg(long, env = "CAIRN_BENCH_PROJECTS", default_value_t = 20)]
    projects: u32,
    /// Folder for the databases.
    #[arg(long, env = "CAIRN_BENCH_DIR", default_value = env!("CARGO_TARGET_TMPDIR"))]
    folder: PathBuf,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout();
    if !arguments.bench {
        writeln!(out, "nothing measured: run `cargo bench --bench starting`")?;
        return Ok(());
    }
    let folder = tempfile::Builder::new().prefix("cairn-bench-").tempdir_in(&arguments.folder)?;
    tempfile::env::override_temp_dir(&arguments.folder)
        .map_err(|other| anyhow::anyhow!("temporary files are in {} already", other.display()))?;
    let cluster = Cluster::start_with(&SETTINGS);
    let addresses = [
        ("SQLite", format!("sqlite:{}", folder.path().join("log.db").display())),
        ("PostgreSQL", cluster.create_database()),
    ];
    let Arguments { events, projects, .. } = arguments;
    writeln!(out, "{events} events of {projects} projects; medians of {ROUNDS}")?;
    writeln!(out, "{:<36}{:>12}{:>12}  goal", "", addresses[0].0, addresses[1].0)?;
    let mut columns = Vec::new();
    for (name, database) in &addresses {
        let log = Log { database, data: folder.path().join(name) };
        columns.push(log.measure(events, projects)?);
    }
    for (row, (what, goal)) in ROWS.iter().enumerate() {
        writeln!(out, "{what:<36}{:>12.2}{:>12.2}  {goal}", columns[0][row], columns[1][row])?;
    }
    Ok(())
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_cairn");

const ROWS: [(&str, &str); 5] = [
    ("recorded by generate, events/s", "none"),
    ("verified, events/s", "at least 200,000"),
    ("start from snapshots, s", "under 3"),
    ("start by replay, s", "under 20"),
    ("most memory of a server, MiB", "under 1,024"),
];

struct Log<'a> {
    database: &'a str,
    data: PathBuf,
}

impl Log<'_> {
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args([name, "--database", self.database]).arg("--data").arg(&self.data);
        command
    }

    /// In the order of [`ROWS`].
    fn measure(&self, events: u32, projects: u32) -> anyhow::Result<[f64; 5]> {
        output(Command::new(PROGRAM).args(["migrate", "--database", self.database]))?;
        let of = [events, projects].map(|number| number.to_string());
        let mut generate = self.command("generate");
        generate.args(["--events", &of[0], "--projects", &of[1]]);
        let recorded = timed(|| output(&mut generate).map(drop))?;
        let verified = median(|| timed(|| output(&mut self.command("verify")).map(drop)))?;
        let mut most_memory = 0.0_f64;
        let mut start = || {
            let mut serve = self.command("serve");
            let begun = Instant::now();
            let server = Server::start(serve.args(["--listen", "127.0.0.1:0"]))?;
            let took = begun.elapsed();
            most_memory = most_memory.max(server.peak_mebibytes()?);
            Ok(took)
        };
        let from_snapshots = median(&mut start)?;
        let by_replay = median(|| {
            std::fs::remove_dir_all(self.data.join("snapshots")).context("no snapshots")?;
            std::fs::create_dir(self.data.join("snapshots"))?;
            start()
        })?;
        let a_second = |took: Duration| f64::from(events) / took.as_secs_f64();
        Ok([
            a_second(recorded),
            a_second(verified),
            from_snapshots.as_secs_f64(),
            by_replay.as_secs_f64(),
            most_memory,
        ])
    }
}

fn timed(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

fn median(mut measure: impl FnMut() -> anyhow::Result<Duration>) -> anyhow::Result<Duration> {
    let mut took = (0..ROUNDS).map(|_| measure()).collect::<Result<Vec<_>, _>>()?;
    took.sort_unstable();
    Ok(took[ROUNDS / 2])
}
