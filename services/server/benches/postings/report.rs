//! The figures, side by side.

use std::collections::BTreeMap;
use std::io::Write;

use crate::case::{BATCH, Case, Engine, FEW, Ids, MANY, ONE, Size, System};
use crate::measured::{Measured, median};

/// What each case gave in each round.
pub(crate) struct Results {
    pub(crate) rounds: Vec<BTreeMap<Case, Measured>>,
    /// Events in the large tables.
    pub(crate) events: u64,
}

impl Results {
    fn figure(&self, case: Case, of: fn(&Measured) -> f64) -> f64 {
        median(self.rounds.iter().filter_map(|round| round.get(&case)).map(of))
    }

    fn size(&self, size: Size) -> String {
        match size {
            Size::Small => "tables empty at first".to_owned(),
            Size::Large => format!("tables of {} events", thousands(self.events)),
        }
    }
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

fn each(events: usize) -> String {
    if events == 1 { "one event a commit".to_owned() } else { format!("batches of {events}") }
}

pub(crate) fn print(out: &mut impl Write, results: &Results) -> std::io::Result<()> {
    print_rates(out, results)?;
    print_ratios(out, results)
}

/// A number with as many digits as matter; a dash where nothing was measured.
fn number(figure: f64) -> String {
    if figure.is_nan() { "–".to_owned() } else { format!("{figure:.0}") }
}

fn print_rates(out: &mut impl Write, results: &Results) -> std::io::Result<()> {
    let Some(first) = results.rounds.first() else { return Ok(()) };
    writeln!(
        out,
        "\nmedians of {} rounds, in turns{:>39}{:>36}{:>16}",
        results.rounds.len(),
        "events a second, by writers",
        "µs of a commit, median / p99",
        "CPU µs an event"
    )?;
    let mut heading = None;
    for case in first.keys() {
        let Case { size, events_each, system, .. } = *case;
        if heading != Some((size, events_each)) {
            let title = format!("{}, {}", results.size(size), each(events_each));
            writeln!(
                out,
                "{title:<42}{:>9}{:>9}{:>9}{:>18}{:>18}{:>8}{:>8}",
                ONE, FEW, MANY, "1 writer", "64 writers", "1", "64"
            )?;
            heading = Some((size, events_each));
        }
        let of = |writers| Case { writers, ..*case };
        let is_first_of_line = first.keys().find(|other| of(other.writers) == **other);
        if is_first_of_line != Some(case) {
            continue;
        }
        let rate = |writers| number(results.figure(of(writers), |m| m.per_second));
        let latency = |writers| {
            let median = number(results.figure(of(writers), |m| m.median_us));
            format!("{median} / {}", number(results.figure(of(writers), |m| m.p99_us)))
        };
        let processor = |writers| number(results.figure(of(writers), |m| m.processor_us));
        writeln!(
            out,
            "  {:<40}{:>9}{:>9}{:>9}{:>18}{:>18}{:>8}{:>8}",
            system.name(),
            rate(ONE),
            rate(FEW),
            rate(MANY),
            latency(ONE),
            latency(MANY),
            processor(ONE),
            processor(MANY),
        )?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Goal {
    fn judge(self, ratio: f64) -> String {
        let met = |met: bool| if met { "met" } else { "NOT MET" };
        match self {
            _ if ratio.is_nan() => "not measured".to_owned(),
            Self::AtLeast(least) => format!("at least {least}: {}", met(ratio >= least)),
            Self::AtMost(most) => format!("at most {most}: {}", met(ratio <= most)),
            Self::None => "none".to_owned(),
        }
    }
}

/// The figures of one round.
struct Round<'a>(&'a BTreeMap<Case, Measured>);

impl Round<'_> {
    /// Not a number where it was not measured.
    fn rate(&self, size: Size, system: System, events_each: usize, writers: usize) -> f64 {
        let case = Case { size, events_each, system, writers };
        self.0.get(&case).map_or(f64::NAN, |measured| measured.per_second)
    }

    fn latency(&self, system: System) -> f64 {
        let case = Case { size: Size::Small, events_each: 1, system, writers: ONE };
        self.0.get(&case).map_or(f64::NAN, |measured| measured.median_us)
    }

    /// The rate at many events by that at few.
    fn growth(&self, log: System) -> f64 {
        self.rate(Size::Large, log, BATCH, ONE) / self.rate(Size::Small, log, BATCH, ONE)
    }

    /// With as many writers as suit it best.
    fn best(&self, system: System) -> f64 {
        let rates = [ONE, FEW, MANY].map(|writers| self.rate(Size::Small, system, 1, writers));
        rates.into_iter().fold(f64::NAN, f64::max)
    }
}

struct Ratio {
    name: String,
    goal: Goal,
    of: fn(&Round) -> f64,
}

fn ratios(events: u64) -> Vec<Ratio> {
    use Size::{Large, Small};
    let large = format!("{} events", thousands(events));
    let ratio = |name: &str, goal, of| Ratio { name: name.replace("LARGE", &large), goal, of };
    vec![
        ratio(
            "rate, HTTP on PostgreSQL, 64 connections / pgbench, 64 clients",
            Goal::AtLeast(0.9),
            |r| r.rate(Small, HTTP_POSTGRES, 1, MANY) / r.rate(Small, PGBENCH, 1, MANY),
        ),
        ratio("the same, LARGE", Goal::AtLeast(0.9), |r| {
            r.rate(Large, HTTP_POSTGRES, 1, MANY) / r.rate(Large, PGBENCH, 1, MANY)
        }),
        ratio(
            "rate, HTTP on PostgreSQL, 64 connections / Message DB, its best",
            Goal::AtLeast(4.0),
            |r| r.rate(Small, HTTP_POSTGRES, 1, MANY) / r.best(System::MessageDb),
        ),
        ratio("the same, LARGE, 64 clients", Goal::AtLeast(4.0), |r| {
            r.rate(Large, HTTP_POSTGRES, 1, MANY) / r.rate(Large, System::MessageDb, 1, MANY)
        }),
        ratio(
            "rate, log on PostgreSQL, batches of 100 / pgbench, its best",
            Goal::AtLeast(2.5),
            |r| r.rate(Small, LOG_POSTGRES, BATCH, ONE) / r.best(PGBENCH),
        ),
        ratio("latency, log on PostgreSQL, 1 writer / pgbench, 1 client", Goal::AtMost(1.6), |r| {
            r.latency(LOG_POSTGRES) / r.latency(PGBENCH)
        }),
        ratio("rate, log on PostgreSQL, LARGE / 10,000 events", Goal::AtLeast(0.9), |r| {
            r.growth(System::Log(Engine::Postgres, Ids::InOrder))
        }),
        ratio("rate, log on SQLite, LARGE / 10,000 events", Goal::AtLeast(0.9), |r| {
            r.growth(System::Log(Engine::Sqlite, Ids::InOrder))
        }),
        ratio("the same on PostgreSQL, random ids", Goal::None, |r| r.growth(LOG_POSTGRES)),
        ratio("the same on SQLite, random ids", Goal::None, |r| {
            r.growth(System::Log(Engine::Sqlite, Ids::Random))
        }),
        ratio("rate, HTTP on SQLite, 64 connections / one-row commits", Goal::AtLeast(1.5), |r| {
            r.rate(Small, HTTP_SQLITE, 1, MANY) / r.rate(Small, SQLITE_ROWS, 1, ONE)
        }),
        ratio("the same, LARGE", Goal::AtLeast(1.5), |r| {
            r.rate(Large, HTTP_SQLITE, 1, MANY) / r.rate(Large, SQLITE_ROWS, 1, ONE)
        }),
        ratio("latency, HTTP on SQLite, 1 connection / one-row commits", Goal::AtMost(4.0), |r| {
            r.latency(HTTP_SQLITE) / r.latency(SQLITE_ROWS)
        }),
        ratio("latency, HTTP on PostgreSQL, 1 connection / pgbench, 1 client", Goal::None, |r| {
            r.latency(HTTP_POSTGRES) / r.latency(PGBENCH)
        }),
        ratio("rate, HTTP on PostgreSQL / Message DB in 64 categories", Goal::None, |r| {
            r.rate(Small, HTTP_POSTGRES, 1, MANY) / r.rate(Small, System::MessageDbApart, 1, MANY)
        }),
        ratio("rate, HTTP on PostgreSQL / bare HTTP answers, 64 connections", Goal::None, |r| {
            r.rate(Small, HTTP_POSTGRES, 1, MANY) / r.rate(Small, System::BareHttp, 1, MANY)
        }),
        ratio("rate, HTTP on PostgreSQL / HTTP on SQLite, 64 connections", Goal::None, |r| {
            r.rate(Small, HTTP_POSTGRES, 1, MANY) / r.rate(Small, HTTP_SQLITE, 1, MANY)
        }),
    ]
}

const HTTP_POSTGRES: System = System::Http(Engine::Postgres);
const HTTP_SQLITE: System = System::Http(Engine::Sqlite);
const LOG_POSTGRES: System = System::Log(Engine::Postgres, Ids::Random);
const PGBENCH: System = System::Floor(Engine::Postgres);
const SQLITE_ROWS: System = System::Floor(Engine::Sqlite);

fn print_ratios(out: &mut impl Write, results: &Results) -> std::io::Result<()> {
    writeln!(
        out,
        "\n{:<66}{:>8}{:>16}  goal",
        "ratios, each within a round", "median", "lowest–highest"
    )?;
    for Ratio { name, goal, of } in ratios(results.events) {
        let ratios = || results.rounds.iter().map(|round| of(&Round(round)));
        let lowest = ratios().fold(f64::INFINITY, f64::min);
        let highest = ratios().fold(0.0, f64::max);
        let ratio = median(ratios());
        let range = format!("{lowest:.2}–{highest:.2}");
        writeln!(out, "{name:<66}{ratio:>8.2}{range:>16}  {}", goal.judge(ratio))?;
    }
    Ok(())
}
