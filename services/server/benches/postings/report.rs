//! The figures, side by side.

use std::io::Write;
use std::time::Duration;

/// How many times the floor's rate Cairn should reach where many post at once.
const RATE_GOAL: f64 = 1.5;
/// How many times the floor's latency Cairn may take where one posts.
const LATENCY_GOAL: f64 = 4.0;

/// One measurement.
pub(crate) struct Measured {
    per_second: f64,
    median_us: f64,
    p99_us: f64,
    /// Processor time of the server, or of the floor, for each.
    processor_us: Option<f64>,
}

impl Measured {
    pub(crate) fn new(
        elapsed: Duration,
        mut latencies: Vec<Duration>,
        spent: Option<Duration>,
    ) -> Self {
        latencies.sort_unstable();
        let count = latencies.len() as f64;
        Self {
            per_second: count / elapsed.as_secs_f64(),
            median_us: micros(quantile(&latencies, 0.5)),
            p99_us: micros(quantile(&latencies, 0.99)),
            processor_us: spent.map(|spent| micros(spent) / count),
        }
    }
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// Of durations that are sorted; zero where there are none.
pub(crate) fn quantile(sorted: &[Duration], part: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a length is a length"
    )]
    let index = (sorted.len() as f64 * part) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Each measurement once, one shortly after the other.
pub(crate) struct Round {
    pub(crate) cairn_many: Measured,
    pub(crate) floor: Measured,
    pub(crate) bare_many: Measured,
    pub(crate) cairn_one: Measured,
    pub(crate) bare_one: Measured,
}

impl Round {
    pub(crate) fn in_short(&self) -> String {
        format!(
            "Cairn {:.0}/s, floor {:.0}/s, bare answers {:.0}/s; one at a time {:.0} µs, {:.0} µs, \
             {:.0} µs",
            self.cairn_many.per_second,
            self.floor.per_second,
            self.bare_many.per_second,
            self.cairn_one.median_us,
            self.floor.median_us,
            self.bare_one.median_us
        )
    }
}

pub(crate) fn print(
    out: &mut impl Write,
    connections: usize,
    rounds: &[Round],
) -> std::io::Result<()> {
    writeln!(out, "\nmedians of {} rounds, in turns", rounds.len())?;
    writeln!(
        out,
        "{:<40}{:>10}{:>12}{:>12}{:>12}",
        "", "a second", "median µs", "p99 µs", "CPU µs each"
    )?;
    let many = format!("{connections} connections");
    let mut line = |name: String, of: fn(&Round) -> &Measured| {
        let figure = |take: fn(&Measured) -> f64| median(rounds.iter().map(|r| take(of(r))));
        let processor = rounds.iter().filter_map(|round| of(round).processor_us);
        writeln!(
            out,
            "{name:<40}{:>10.0}{:>12.0}{:>12.0}{:>12.1}",
            figure(|m| m.per_second),
            figure(|m| m.median_us),
            figure(|m| m.p99_us),
            median(processor)
        )
    };
    line(format!("Cairn, {many}"), |round| &round.cairn_many)?;
    line("Cairn, 1 connection".to_owned(), |round| &round.cairn_one)?;
    line("floor: one row a commit".to_owned(), |round| &round.floor)?;
    line(format!("bare actix answer, {many}"), |round| &round.bare_many)?;
    line("bare actix answer, 1 connection".to_owned(), |round| &round.bare_one)?;
    print_ratios(out, &many, rounds)
}

fn print_ratios(out: &mut impl Write, many: &str, rounds: &[Round]) -> std::io::Result<()> {
    writeln!(
        out,
        "\n{:<40}{:>10}{:>18}  goal",
        "ratio, median of the rounds", "", "lowest–highest"
    )?;
    let mut line = |name: String, of: fn(&Round) -> f64, goal: &dyn Fn(f64) -> String| {
        let ratios = || rounds.iter().map(of);
        let lowest = ratios().fold(f64::INFINITY, f64::min);
        let highest = ratios().fold(0.0, f64::max);
        let ratio = median(ratios());
        let range = format!("{lowest:.2}–{highest:.2}");
        writeln!(out, "{name:<40}{ratio:>10.2}{range:>18}  {}", goal(ratio))
    };
    let at_least = |ratio| format!("at least {RATE_GOAL}: {}", met(ratio >= RATE_GOAL));
    let at_most = |ratio| format!("at most {LATENCY_GOAL}: {}", met(ratio <= LATENCY_GOAL));
    let none = |_| "none".to_owned();
    line(
        format!("rate, Cairn / floor, {many}"),
        |round| round.cairn_many.per_second / round.floor.per_second,
        &at_least,
    )?;
    line(
        "latency, Cairn / floor, 1 connection".to_owned(),
        |round| round.cairn_one.median_us / round.floor.median_us,
        &at_most,
    )?;
    line(
        format!("rate, Cairn / bare actix, {many}"),
        |round| round.cairn_many.per_second / round.bare_many.per_second,
        &none,
    )?;
    line(
        "latency, Cairn / bare actix, 1 connection".to_owned(),
        |round| round.cairn_one.median_us / round.bare_one.median_us,
        &none,
    )
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}

/// Not a number where there is nothing.
fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
