//! A clock that jumps back under a running server: what it records never runs backwards.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::outside;
use crate::running_server::{Answer, LedgerFolder, RunningServer};
use crate::trial::Trial;

/// How far the clock is ahead, and then falls back by.
const AHEAD_SECONDS: i64 = 600;

/// A wall clock that the test sets, for the servers that are started with it.
struct Clock {
    library: PathBuf,
    seconds: PathBuf,
}

impl Clock {
    fn right(folder: &LedgerFolder) -> Self {
        let library = outside::library(&folder.file(""));
        let clock = Self { library, seconds: folder.file("clock") };
        clock.set(0);
        clock
    }

    /// In one step: a server never reads half of it.
    fn set(&self, ahead_seconds: i64) {
        let next = self.seconds.with_extension("next");
        std::fs::write(&next, ahead_seconds.to_string()).unwrap();
        std::fs::rename(next, &self.seconds).unwrap();
    }

    fn serve(&self, folder: &LedgerFolder) -> RunningServer {
        folder.serve_with(|command| {
            command.env("LD_PRELOAD", &self.library).env("CAIRN_TEST_CLOCK", &self.seconds);
        })
    }
}

#[test]
fn time_never_runs_backwards_when_the_clock_does() {
    let folder = LedgerFolder::with_example();
    let clock = Clock::right(&folder);
    clock.set(AHEAD_SECONDS);
    let server = clock.serve(&folder);
    let mut trial = Trial::on(folder, vec![server], 4);
    trial.under_load(|stage, _| stage.wait_for_acknowledged(20));
    trial.assert_all_holds();
    let ahead = trial.newest_recorded_at();
    assert!(ahead > Timestamp::now() + SignedDuration::from_secs(AHEAD_SECONDS - 60));

    clock.set(0);
    trial.under_load(|stage, _| stage.wait_for_acknowledged(20));
    trial.assert_all_holds();
    assert_eq!(trial.newest_recorded_at(), ahead, "time stands still until the clock is there");
    let server = trial.stage.server(0);
    let ready = Answer::of(server.client().get(server.url("/readyz"))).json();
    let behind = ready["clockBehindSeconds"].as_i64().unwrap_or_default();
    assert!((AHEAD_SECONDS - 60..=AHEAD_SECONDS).contains(&behind), "{ready}");
    drop(server);

    trial.under_load(|stage, folder| {
        stage.take(0).kill();
        stage.put(0, clock.serve(folder));
        stage.wait_for_acknowledged(20);
    });
    trial.assert_all_holds();
    assert_eq!(trial.newest_recorded_at(), ahead);

    clock.set(2 * AHEAD_SECONDS);
    trial.under_load(|stage, _| stage.wait_for_acknowledged(20));
    trial.assert_all_holds();
    assert!(trial.newest_recorded_at() > ahead, "time goes on");
    trial.end();
}
