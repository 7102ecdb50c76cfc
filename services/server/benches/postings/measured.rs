//! One measurement, and what is made of several.

use std::time::{Duration, Instant};

/// How long something runs. What is done while it warms up does not count.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) warm_up: Duration,
    pub(crate) counted: Duration,
}

impl Span {
    pub(crate) fn starting_now(self) -> Window {
        let begin = Instant::now() + self.warm_up;
        Window { begin, end: begin + self.counted }
    }
}

/// The moments between which is counted.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
}

/// How long each commit took that ended in the window.
pub(crate) struct Stopwatch {
    window: Window,
    begun: Instant,
    latencies: Vec<Duration>,
}

impl Stopwatch {
    pub(crate) fn new(window: Window) -> Self {
        Self { window, begun: Instant::now(), latencies: Vec::new() }
    }

    /// A commit ended and the next one begins, if there is time for it.
    pub(crate) fn lap(&mut self) -> bool {
        let ended = Instant::now();
        if ended >= self.window.begin && ended < self.window.end {
            self.latencies.push(ended - self.begun);
        }
        self.begun = ended;
        ended < self.window.end
    }

    pub(crate) fn into_latencies(self) -> Vec<Duration> {
        self.latencies
    }
}

/// What was counted in one window.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    /// Of one commit, however many events it has.
    pub(crate) median_us: f64,
    pub(crate) p99_us: f64,
    /// Processor time of the whole machine for each event: client, server and database.
    pub(crate) processor_us: f64,
}

impl Measured {
    pub(crate) fn new(
        counted: Duration,
        mut latencies: Vec<Duration>,
        events_each: usize,
        busy: Duration,
    ) -> Self {
        latencies.sort_unstable();
        let events = (latencies.len() * events_each) as f64;
        Self {
            per_second: events / counted.as_secs_f64(),
            median_us: micros(quantile(&latencies, 0.5)),
            p99_us: micros(quantile(&latencies, 0.99)),
            processor_us: micros(busy) / events,
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

/// Not a number where there is nothing.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
