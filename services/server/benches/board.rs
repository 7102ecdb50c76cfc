//! What the milestone board of a large project costs: 200 deliverables and 20,000 events, half of
//! them of deliverables, activities and outputs. The question goes through the schema as the
//! program puts it, and its answer is written as JSON; nothing is kept between two of them.
//!
//! `cargo bench --bench board` prints it.

use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};

use async_graphql::Request;
use cairn_server::cli::import::{self, Source};
use cairn_server::graphql::project::money::trail::Opened;
use cairn_server::graphql::{self, Question};
use cairn_server::keys::{FeedKey, Keys};
use cairn_server::views::Ledger;
use cairn_server::writer;
use clap::Parser;
use serde_json::{Value, json};
use uuid::Uuid;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTNERS: usize = 8;
const ACTIVITIES: usize = 40;
const OUTPUTS: usize = 20;
const MILESTONES: usize = 7;

/// All that the board shows: every milestone with its items and what holds it, every deliverable,
/// activity and output.
const BOARD: &str = r#"{ project(acronym: "board") {
    milestones(first: 200) { totalCount edges { node { number title { text } due status forecast
        daysLate light lightWord items { code status light lightWord inForm }
        criticalList { code partner status due forecast daysLate light lightWord }
        decisions { status on } reviews { date conclusions { text } } } } }
    deliverables(first: 200) { totalCount edges { node { code titles { text } partner due forecast
        status turn waitingDays daysLate daysLateOnForecast light lightWord } } }
    activities(first: 200) { edges { node { code titles { text } partner due forecast status
        progress daysLate light lightWord } } }
    outputProgress(first: 200) { edges { node { code titles { text } partner target achieved percent
        status forecast deliverables } } }
} }"#;

/// Measures the answer of the milestone board.
#[derive(Parser)]
struct Arguments {
    /// Deliverables of the project.
    #[arg(long, env = "CAIRN_BENCH_DELIVERABLES", default_value_t = 200)]
    deliverables: usize,
    /// Events of the project.
    #[arg(long, env = "CAIRN_BENCH_EVENTS", default_value_t = 20_000)]
    events: usize,
    /// How often the board is asked for.
    #[arg(long, env = "CAIRN_BENCH_QUESTIONS", default_value_t = 1_000)]
    questions: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        writeln!(std::io::stdout(), "nothing measured: run `cargo bench --bench board`")?;
        return Ok(());
    }
    tokio::runtime::Runtime::new()?.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let address = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&address).await?;
    let started = writer::start(log, None, |_, _| {}).await?;
    let mut events = beginning(arguments.deliverables);
    let begun = events.len();
    let rest = arguments.events.saturating_sub(begun);
    events.extend((0..rest).map(|number| work(number, arguments.deliverables)));
    let lines: Vec<_> = events.iter().map(Value::to_string).collect();
    let lines = Box::new(Cursor::new(lines.join("\n")));
    let source = Source::lines("board".to_owned(), 0, lines);
    let outcome = import::import(&started.postbox, vec![source]).await?;
    anyhow::ensure!(outcome.refused + outcome.unreadable == 0, "not all was taken: {outcome:?}");

    let schema = graphql::schema();
    let feeds = Keys::open_or_create(folder.path())?.feeds;
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for _ in 0..arguments.questions {
        let question = question(&started.ledger, &feeds)?;
        let begun = Instant::now();
        let answer = schema.execute(Request::new(BOARD).data(question)).await;
        bytes = serde_json::to_vec(&answer)?.len();
        taken.push(begun.elapsed());
        anyhow::ensure!(answer.errors.is_empty(), "{:?}", answer.errors);
    }
    taken.sort_unstable();
    let (median, p95) = (at(&taken, 50), at(&taken, 95));
    writeln!(
        std::io::stdout(),
        "the milestone board of {} deliverables and {} events, {} times, {bytes} bytes each: \
        median {median:.2} ms, 95 of 100 within {p95:.2} ms",
        arguments.deliverables,
        arguments.events,
        arguments.questions
    )?;
    Ok(())
}

fn question(ledger: &Ledger, feeds: &FeedKey) -> anyhow::Result<Question> {
    Ok(Question {
        ledger: ledger.clone(),
        rooms: ledger.snapshot(),
        subject: Some("partner-1".parse()?),
        now: "2026-07-01T09:00:00Z".parse()?,
        feeds: feeds.clone(),
        opened: Opened::default(),
    })
}

/// Milliseconds within which so many percent of the sorted times are.
fn at(sorted: &[Duration], percent: usize) -> f64 {
    let found = sorted.get(sorted.len() * percent / 100);
    found.map_or(0.0, |taken| taken.as_secs_f64() * 1e3)
}

fn event(actor: &str, event_type: &str, day: &str, data: Value) -> Value {
    let mut event = json!({ "specversion": "1.0", "id": Uuid::now_v7(), "type": event_type,
        "project": "board", "occurredon": day, "recordedat": "2026-06-30T08:00:00Z",
        "actorsubject": actor, "data": data });
    if actor == "operator" {
        event["actorrole"] = "operator".into();
    }
    event
}

fn en(text: &str) -> Value {
    json!({ "original": "en", "en": text })
}

fn document() -> Value {
    json!([{ "kind": "report", "name": "Report", "uri": "urn:example:report" }])
}

/// The project, its partners and members, its form and its milestones.
fn beginning(deliverables: usize) -> Vec<Value> {
    let operator = |event_type, data| event("operator", event_type, "2024-12-01", data);
    let lead = |event_type, data| event("partner-1", event_type, "2024-12-01", data);
    let role = |number| if number == 1 { "lead" } else { "delivery" };
    let joined = |number: usize| {
        json!({ "number": number, "names": en(&format!("Partner {number}")),
            "abbreviation": format!("P {number}"), "role": role(number), "country": "BG",
            "currency": "EUR", "vatId": format!("BG{number:09}") })
    };
    let member = |number: usize| json!({ "subject": format!("partner-{number}"), "partner": number, "role": role(number) });
    let registered = json!({ "acronym": "BOARD", "titles": en("Board"), "programme": "EUI",
        "call": "2", "start": "2024-12-01", "end": "2028-05-31", "thematicEnd": "2027-11-30",
        "timeZone": "Europe/Sofia", "languages": ["en"] });
    let mut events = vec![operator("project.registered", registered)];
    events.extend((1..=PARTNERS).map(|number| operator("partner.joined", joined(number))));
    events.push(operator("member.granted", member(1)));
    events.extend((2..=PARTNERS).map(|number| lead("member.granted", member(number))));
    events.push(lead("subsidy_contract.signed", contract()));
    events.push(lead("application_form.approved", form(deliverables)));
    events.extend((0..MILESTONES).map(|at| lead("milestone.planned", milestone(at, deliverables))));
    events
}

fn contract() -> Value {
    json!({ "date": "2024-12-01", "total": format!("{}.00", 1_000 * PARTNERS),
        "erdf": format!("{}.00", 800 * PARTNERS), "rate": "0.80",
        "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.35" })
}

fn deliverable_code(at: usize) -> String {
    format!("D 1.{}.{}", at % ACTIVITIES + 1, at / ACTIVITIES + 1)
}

/// The partner that owns what stands at a place in a list; the lead partner owns nothing.
fn owner(at: usize) -> usize {
    at % (PARTNERS - 1) + 2
}

fn form(deliverables: usize) -> Value {
    let activities = (0..ACTIVITIES).map(|at| {
        json!({ "code": format!("A 1.{}", at + 1), "titles": en(&format!("Activity {at}")),
            "partner": owner(at), "start": "2024-12-01", "end": "2027-06-30" })
    });
    let deliverables = (0..deliverables).map(|at| {
        json!({ "code": deliverable_code(at), "titles": en(&format!("Deliverable {at}")),
            "partner": owner(at), "due": format!("202{}-0{}-15", 5 + at % 3, 1 + at % 9),
            "outputs": [format!("O 1.{}", at % OUTPUTS + 1)] })
    });
    let outputs = (0..OUTPUTS).map(|at| {
        json!({ "code": format!("O 1.{}", at + 1), "titles": en(&format!("Output {at}")),
            "partner": owner(at), "target": 150, "unit": "people" })
    });
    let cells = (1..=PARTNERS).map(|partner| {
        json!({ "partner": partner, "workPackage": "WP 1", "category": "external_expertise",
            "amount": "1000.00" })
    });
    let financing = (1..=PARTNERS).map(|partner| {
        json!({ "partner": partner, "erdf": "800.00",
            "contributions": [{ "source": "own", "kind": "public", "amount": "200.00" }] })
    });
    json!({ "version": 1, "validFrom": "2024-12-01",
        "workPackages": [{ "code": "WP 1", "type": "management", "titles": en("Work") }],
        "activities": activities.collect::<Vec<_>>(),
        "deliverables": deliverables.collect::<Vec<_>>(),
        "outputs": outputs.collect::<Vec<_>>(),
        "budget": { "cells": cells.collect::<Vec<_>>(),
            "partners": financing.collect::<Vec<_>>() } })
}

/// Each deliverable is an item of one milestone, and so are the activities and the outputs.
fn milestone(number: usize, deliverables: usize) -> Value {
    let mine = |at: &usize| at % MILESTONES == number;
    let codes = (0..deliverables).filter(mine).map(deliverable_code);
    let activities = (0..ACTIVITIES).filter(mine).map(|at| format!("A 1.{}", at + 1));
    let outputs = (0..OUTPUTS).filter(mine).map(|at| format!("O 1.{}", at + 1));
    json!({ "number": number + 1, "title": en(&format!("Milestone {number}")),
        "codes": codes.chain(activities).chain(outputs).collect::<Vec<_>>(),
        "due": format!("202{}-0{}-30", 5 + number / 2, 5 + number % 2 * 4) })
}

/// Of ten events, two hand deliverables in and review them, one forecasts, four report activities,
/// one counts outputs, and two declare costs. The last round leaves half of the submissions
/// without a review.
fn work(number: usize, deliverables: usize) -> Value {
    let (kind, nth) = (number % 10, number / 10);
    let (deliverable, round) = (nth % deliverables, nth / deliverables + 1);
    let by = |at: usize| format!("partner-{}", owner(at));
    let code = deliverable_code(deliverable);
    match kind {
        0 => {
            let data = json!({ "code": code, "title": en("Report"), "evidence": document() });
            event(&by(deliverable), "deliverable.submitted", "2025-11-03", data)
        }
        1 if deliverable % 2 == 0 => {
            let data = json!({ "code": code, "submission": round, "remark": en("Add the list") });
            event("partner-1", "deliverable.returned", "2025-11-10", data)
        }
        1 | 2 => {
            let data = json!({ "code": code, "date": "2026-09-30", "reason": en("Late") });
            event(&by(deliverable), "forecast.changed", "2025-11-11", data)
        }
        3..=6 => {
            let at = number % ACTIVITIES;
            let data = json!({ "code": format!("A 1.{}", at + 1), "text": en("Going on"),
                "progress": "partly", "forecastEnd": "2027-07-15" });
            event(&by(at), "activity.progress_reported", "2025-11-12", data)
        }
        7 => {
            let at = nth % OUTPUTS;
            let data = json!({ "code": format!("O 1.{}", at + 1), "quantity": 2,
                "evidence": document() });
            event(&by(at), "output.achieved", "2025-11-13", data)
        }
        _ => event("partner-2", "expenditure.declared", "2025-11-14", line(number)),
    }
}

fn line(number: usize) -> Value {
    json!({ "category": "external_expertise", "workPackage": "WP 1",
        "incurredFrom": "2025-10-01", "incurredTo": "2025-10-31",
        "document": { "invoice": { "number": number.to_string(), "date": "2025-11-14",
            "supplier": "Print Ltd", "taxId": "BG 999" } },
        "net": "1.00", "vat": "0.20", "vatRecoverable": "0.00", "share": "1",
        "declared": "0.50", "currency": "EUR", "evidence": document() })
}
