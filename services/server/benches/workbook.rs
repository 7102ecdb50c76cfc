//! What a list of expenditure costs: a workbook of 5,000 rows, of which every hundredth has a
//! fault, is read, judged and recorded on SQLite, with the example project as it is.
//!
//! `cargo bench --bench workbook` prints it.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use cairn_server::cli::import;
use cairn_server::workbook::rows::{self, Became, Sender};
use cairn_server::writer;
use cairn_workbook::Format;
use cairn_workbook::entry::Owner;
use cairn_workbook::list::List;
use clap::Parser;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PROJECT: &str = "care-get";
const SENDER: &str = "trakia-university";
const PARTNER: &str = "5";
const FAULTY_EVERY: usize = 100;
const HEADINGS: [&str; 16] = [
    "reference",
    "category",
    "workPackage",
    "documentKind",
    "documentNumber",
    "supplier",
    "taxId",
    "currency",
    "net",
    "vat",
    "declared",
    "share",
    "documentDate",
    "incurredFrom",
    "incurredTo",
    "text.bg",
];

/// Measures a list of expenditure.
#[derive(Parser)]
struct Arguments {
    /// Rows of the list.
    #[arg(long, env = "CAIRN_BENCH_ROWS", default_value_t = 5_000)]
    rows: usize,
    /// How often it is measured, each time on a fresh ledger.
    #[arg(long, env = "CAIRN_BENCH_ROUNDS", default_value_t = 5)]
    rounds: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        writeln!(std::io::stdout(), "nothing measured: run `cargo bench --bench workbook`")?;
        return Ok(());
    }
    let list = list(arguments.rows)?;
    let runtime = tokio::runtime::Runtime::new()?;
    for _ in 0..arguments.rounds {
        runtime.block_on(measure(&list, arguments.rows))?;
    }
    Ok(())
}

async fn measure(bytes: &[u8], rows: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let address = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&address).await?;
    let started = writer::start(log, None, |_, _| {}).await?;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/care-get");
    import::import(&started.postbox, import::find(&[example])?).await?;

    let begun = Instant::now();
    let list = List::read(bytes, Format::Xlsx)?;
    let read = begun.elapsed();
    let rooms = started.ledger.snapshot();
    let project = rooms.get(PROJECT).map(|room| &room.project);
    let owner = Owner { project: PROJECT.parse()?, partner: PARTNER.parse()? };
    let sender = Sender::new(project, owner, SENDER.parse()?, None, false);
    let answers = rows::record(&list, &sender, &started.postbox, 64).await?;
    let taken = begun.elapsed();
    let refused = answers.rows.iter().filter(|row| row.became == Became::Refused);
    let cells: Vec<_> = refused.flat_map(|row| &row.findings).map(|found| &found.cell).collect();
    anyhow::ensure!(cells.len() == rows / FAULTY_EVERY, "{} cells were named", cells.len());
    let recorded = answers.count(Became::Recorded) + answers.count(Became::Warned);
    anyhow::ensure!(recorded + cells.len() == rows, "only {recorded} rows were recorded");
    writeln!(
        std::io::stdout(),
        "{rows} rows, {} kB: read in {:.2} s, recorded in {:.2} s in all; {recorded} recorded, {} \
         faulty cells named, from {} to {}",
        bytes.len() / 1_000,
        read.as_secs_f64(),
        taken.as_secs_f64(),
        cells.len(),
        cells.first().map_or("none", |cell| cell),
        cells.last().map_or("none", |cell| cell)
    )?;
    Ok(())
}

/// A workbook of rows, of which every hundredth declares more than its invoice bears, or has a
/// word in the place of a number.
fn list(rows: usize) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = CellFormat::new().set_num_format("dd.mm.yyyy");
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write_string(0, column, heading)?;
    }
    for (row, number) in (1..).zip(0..rows) {
        let is_faulty = number % FAULTY_EVERY == FAULTY_EVERY / 2;
        let texts = [
            format!("R-{number}"),
            "external_expertise".to_owned(),
            "WP 5".to_owned(),
            "invoice".to_owned(),
            format!("INV-{number}"),
            "Фирма за обучения ЕООД".to_owned(),
            "BG000000117".to_owned(),
            "EUR".to_owned(),
        ];
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text)?;
        }
        let declared = if is_faulty { 500.0 } else { 120.0 };
        for (column, amount) in (8..).zip([100.0, 20.0, declared, 1.0]) {
            sheet.write_number(row, column, amount)?;
        }
        if is_faulty && number % (2 * FAULTY_EVERY) == FAULTY_EVERY / 2 {
            sheet.write_string(row, 8, "сто")?;
        }
        for column in 12..15 {
            let date = ExcelDateTime::from_ymd(2025, 3, u8::try_from(1 + number % 28)?)?;
            sheet.write_datetime_with_format(row, column, &date, &day)?;
        }
        sheet.write_string(row, 15, "Обучение")?;
    }
    Ok(workbook.save_to_buffer()?)
}
