//! What the budget's use of a large project costs to ask for: 20,000 expenditure lines, each paid,
//! in two currencies, recorded over two years. The questions go through the schema as the program
//! puts them, and their answers are written as JSON. Nothing is kept between two of them: each of a
//! past day names another instant, and another last version.
//!
//! `cargo bench --bench budget` prints it.

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use async_graphql::Request;
use cairn_domain::event::plan::application_form::{ApplicationFormApproved, Category};
use cairn_server::cli::import::{self, Source};
use cairn_server::graphql::project::money::trail::Opened;
use cairn_server::graphql::{self, Question};
use cairn_server::keys::{FeedKey, Keys};
use cairn_server::views::Ledger;
use cairn_server::writer::{self, Postbox};
use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CHARTERS: [&str; 2] = [
    include_str!("../../../examples/care-get/care-get.yaml"),
    include_str!("../../../examples/care-get/illustrative-plan.yaml"),
];
const KEY: &str = "care-get";
/// One line and its payment are recorded in so many minutes.
const MINUTES_APART: i64 = 50;

/// Measures questions about the use of a budget.
#[derive(Parser)]
struct Arguments {
    /// Expenditure lines of the project; each has a payment too.
    #[arg(long, env = "CAIRN_BENCH_LINES", default_value_t = 20_000)]
    lines: usize,
    /// How often each question is put.
    #[arg(long, env = "CAIRN_BENCH_QUESTIONS", default_value_t = 200)]
    questions: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        writeln!(std::io::stdout(), "nothing measured: run `cargo bench --bench budget`")?;
        return Ok(());
    }
    tokio::runtime::Runtime::new()?.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let address = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&address).await?;
    let started = writer::start(log, None, |_, _| {}).await?;
    let charters = CHARTERS.iter().map(|text| (KEY.to_owned(), (*text).to_owned())).collect();
    take(&started.postbox, import::charters(charters)?).await?;
    let rooms = started.ledger.snapshot();
    let form = rooms.get(KEY).and_then(|room| room.project.plan.newest_form().cloned());
    let form = form.ok_or_else(|| anyhow::anyhow!("the charter has no application form"))?;
    let begun = Timestamp::now() - SignedDuration::from_mins(MINUTES_APART) * lines_i32(arguments);
    let lines: Vec<_> =
        (0..arguments.lines).flat_map(|number| line(&form, begun, number)).collect();
    let lines = Box::new(Cursor::new(lines.join("\n")));
    take(&started.postbox, vec![Source::lines("lines".to_owned(), 0, lines)]).await?;

    let feeds = Keys::open_or_create(folder.path())?.feeds;
    let asked = Asked { ledger: started.ledger, feeds, begun, lines: arguments.lines };
    let axes = "PARTNER, WORK_PACKAGE, CATEGORY";
    let fine = "ACTIVITY, CURRENCY, MONTH";
    let mut out = std::io::stdout();
    writeln!(
        out,
        "budget use of {} lines, each question {} times: median and 95 of 100 within, in ms",
        arguments.lines, arguments.questions
    )?;
    for (name, by, time) in [
        ("along partner, work package, category", axes, Time::Now),
        ("along activity, currency, month", fine, Time::Now),
        ("as of a past instant", axes, Time::AsOf),
        ("until a past day, as of a past instant", axes, Time::Until),
    ] {
        let (median, p95) = asked.measure(by, time, arguments.questions).await?;
        writeln!(out, "{name:42}{median:>10.2}{p95:>10.2}")?;
    }
    Ok(())
}

fn lines_i32(arguments: &Arguments) -> i32 {
    i32::try_from(arguments.lines).unwrap_or(i32::MAX)
}

/// Of which time it is asked.
#[derive(Clone, Copy)]
enum Time {
    Now,
    AsOf,
    Until,
}

struct Asked {
    ledger: Ledger,
    feeds: FeedKey,
    begun: Timestamp,
    lines: usize,
}

impl Asked {
    async fn measure(&self, by: &str, time: Time, questions: usize) -> anyhow::Result<(f64, f64)> {
        let schema = graphql::schema();
        let mut taken = Vec::new();
        for number in 0..questions {
            let document = format!(
                "{{ project(acronym: \"{KEY}\"{}) {{ budgetUse(by: [{by}]) {{ totals {{ declared }}
                    rows {{ partner workPackage category activity currency month planned declared
                        provisional frozen paid claimed certified deducted parked remaining }} }} }} }}",
                self.when(time, number)
            );
            let question = self.question()?;
            let begun = Instant::now();
            let answer = schema.execute(Request::new(document).data(question)).await;
            let written = serde_json::to_vec(&answer)?;
            taken.push(begun.elapsed());
            anyhow::ensure!(answer.errors.is_empty(), "{:?}", answer.errors);
            anyhow::ensure!(!written.is_empty(), "the answer is empty");
        }
        taken.sort_unstable();
        Ok((at(&taken, 50), at(&taken, 95)))
    }

    /// An instant, and a day before it, that no other question names; in no order.
    fn when(&self, time: Time, number: usize) -> String {
        let line = (number * 7_919 + 13) % self.lines;
        let minutes = i64::try_from(line).unwrap_or_default() * MINUTES_APART + 1;
        let instant = self.begun + SignedDuration::from_mins(minutes);
        let day = (instant - SignedDuration::from_hours(24 * 30)).to_string();
        match time {
            Time::Now => String::new(),
            Time::AsOf => format!(", asOf: {{ instant: \"{instant}\" }}"),
            Time::Until => {
                format!(", asOf: {{ instant: \"{instant}\" }}, until: \"{}\"", &day[..10])
            }
        }
    }

    fn question(&self) -> anyhow::Result<Question> {
        Ok(Question {
            ledger: self.ledger.clone(),
            rooms: self.ledger.snapshot(),
            subject: Some("haskovo-lead".parse()?),
            now: Timestamp::now(),
            feeds: self.feeds.clone(),
            opened: Opened::default(),
        })
    }
}

async fn take(postbox: &Postbox, sources: Vec<Source>) -> anyhow::Result<()> {
    let outcome = import::import(postbox, sources).await?;
    anyhow::ensure!(outcome.refused + outcome.unreadable == 0, "not all was taken: {outcome:?}");
    Ok(())
}

/// Milliseconds within which so many percent of the sorted times are.
fn at(sorted: &[Duration], percent: usize) -> f64 {
    let found = sorted.get(sorted.len() * percent / 100);
    found.map_or(0.0, |taken| taken.as_secs_f64() * 1e3)
}

/// A line in one of the form's budget cells, and its payment.
fn line(form: &ApplicationFormApproved, begun: Timestamp, number: usize) -> [String; 2] {
    let computed = |category| form.budget.flat_rates.iter().any(|rate| rate.category == category);
    let posted = |category| category != Category::LumpSum && !computed(category);
    let cells: Vec<_> = form.budget.cells.iter().filter(|cell| posted(cell.category)).collect();
    let cell = cells[number % cells.len()];
    let minutes = i64::try_from(number).unwrap_or_default() * MINUTES_APART;
    let recorded = begun + SignedDuration::from_mins(minutes);
    let day = recorded.to_string()[..10].to_owned();
    let envelope = |event_type: &str, id: Uuid, data: Value| {
        json!({ "specversion": "1.0", "id": id, "source": "/partners/1",
            "type": event_type, "project": KEY, "actorsubject": "haskovo-lead",
            "actorrole": "lead", "onbehalfof": cell.partner.to_string(), "reason": "Measured",
            "actorpartner": 1, "occurredon": day, "recordedat": recorded, "data": data })
        .to_string()
    };
    let id = Uuid::now_v7();
    let declared = json!({ "category": cell.category, "workPackage": cell.work_package,
        "incurredFrom": day, "incurredTo": day,
        "document": { "internal": { "reference": number.to_string() } },
        "net": "1.00", "vat": "0.20", "vatRecoverable": "0.00", "share": "1", "declared": "0.50",
        "currency": if number.is_multiple_of(3) { "RON" } else { "EUR" } });
    let paid = json!({ "line": id, "date": day, "amount": "1.20", "proof": "Statement" });
    [
        envelope("expenditure.declared", id, declared),
        envelope("expenditure.paid", Uuid::now_v7(), paid),
    ]
}
