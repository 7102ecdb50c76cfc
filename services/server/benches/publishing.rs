//! What the size of a project costs its postings: a posting of one event into a project without
//! expenditure and one into a project with 20,000 lines, in turns on one server, so that the
//! machine is the same for both. What counts is the difference.
//!
//! `cargo bench --bench publishing` prints it.

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use cairn_server::cli::import::{self, Source};
use cairn_server::envelope::{Submission, read_imported};
use cairn_server::writer::{self, Postbox};
use clap::Parser;
use serde_json::{Value, json};
use uuid::Uuid;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CHARTERS: [&str; 2] = [
    include_str!("../../../examples/care-get/care-get.yaml"),
    include_str!("../../../examples/care-get/illustrative-plan.yaml"),
];

/// Measures what 20,000 expenditure lines add to a posting of one event.
#[derive(Parser)]
struct Arguments {
    /// Expenditure lines of the large project.
    #[arg(long, env = "CAIRN_BENCH_LINES", default_value_t = 20_000)]
    lines: usize,
    /// Postings into each of the two projects; the figures are medians of them.
    #[arg(long, env = "CAIRN_BENCH_POSTINGS", default_value_t = 2_000)]
    postings: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        writeln!(std::io::stdout(), "nothing measured: run `cargo bench --bench publishing`")?;
        return Ok(());
    }
    tokio::runtime::Runtime::new()?.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let address = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&address).await?;
    let started = writer::start(log.clone(), None, |_, _| {}).await?;
    let (empty, large) = ("care-empty", "care-large");
    for key in [empty, large] {
        let charter = |text: &&str| {
            (key.to_owned(), text.replace("project: care-get", &format!("project: {key}")))
        };
        take(&started.postbox, import::charters(CHARTERS.iter().map(charter).collect())?).await?;
    }
    let lines: Vec<_> =
        (0..arguments.lines).map(|number| line(large, number).to_string()).collect();
    let lines = Box::new(Cursor::new(lines.join("\n")));
    take(&started.postbox, vec![Source::lines("lines".to_owned(), 0, lines)]).await?;

    let (mut taken, mut dry) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
    for number in 0..arguments.postings {
        for (index, key) in [empty, large].into_iter().enumerate() {
            let posted = read(line(key, arguments.lines + number))?;
            let rooms = started.ledger.snapshot();
            let begun = Instant::now();
            let judged = writer::dry_run(&rooms, &*log, std::slice::from_ref(&posted)).await;
            dry[index].push(begun.elapsed());
            anyhow::ensure!(judged.is_ok(), "a line was refused: {judged:?}");
            let begun = Instant::now();
            let answer = started.postbox.post(vec![posted]).await;
            taken[index].push(begun.elapsed());
            anyhow::ensure!(answer.is_ok(), "a line was not taken: {answer:?}");
        }
    }
    let mut out = std::io::stdout();
    writeln!(out, "medians of {} postings of one event each, in µs", arguments.postings)?;
    writeln!(
        out,
        "{:38}{:>10}{:>14}{:>12}",
        "",
        "no lines",
        format!("{} lines", arguments.lines),
        "difference"
    )?;
    for (name, [empty, large]) in
        [("decided and folded into a fork", dry), ("posted: on disk and published", taken)]
    {
        let (empty, large) = (median(empty), median(large));
        writeln!(out, "{name:38}{empty:>10.1}{large:>14.1}{:>12.1}", large - empty)?;
    }
    Ok(())
}

async fn take(postbox: &Postbox, sources: Vec<Source>) -> anyhow::Result<()> {
    let outcome = import::import(postbox, sources).await?;
    anyhow::ensure!(outcome.refused + outcome.unreadable == 0, "not all was taken: {outcome:?}");
    Ok(())
}

fn read(event: Value) -> anyhow::Result<Submission> {
    read_imported(event).map_err(|problem| anyhow::anyhow!("{}", problem.explain()))
}

fn posting(key: &str, event_type: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": Uuid::now_v7(), "source": "/partners/5", "type": event_type,
        "project": key, "actorsubject": "trakia-university", "occurredon": "2025-03-03",
        "data": data })
}

fn line(key: &str, number: usize) -> Value {
    posting(
        key,
        "expenditure.declared",
        json!({
        "category": "external_expertise", "workPackage": "WP 5",
        "incurredFrom": "2025-02-01", "incurredTo": "2025-02-28",
        "document": { "invoice": { "number": number.to_string(), "date": "2025-03-03",
            "supplier": "Print Ltd", "taxId": "BG 999" } },
        "net": "1.00", "vat": "0.20", "vatRecoverable": "0.00", "share": "1", "declared": "0.50",
        "currency": "EUR",
        "evidence": [{ "kind": "invoice", "name": "Invoice", "uri": "urn:example:invoice" }] }),
    )
}

fn median(mut all: Vec<Duration>) -> f64 {
    all.sort_unstable();
    all.get(all.len() / 2).map_or(0.0, |median| median.as_secs_f64() * 1e6)
}
