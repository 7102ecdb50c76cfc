//! A follower reads the log as it grows, now from one server, now from another, across restarts.
//! It asks for the position after the last that it saw, and the server answers once that is there.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

use serde_json::json;

use crate::chance::Chance;
use crate::entry::Entry;
use crate::running_server::{Answer, EVENTS, RunningServer};
use crate::stage::Stage;

const QUESTION: &str = r#"{ project(acronym: "care-get") { position version } }"#;

/// What the follower saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// The events in their order, from the first on.
    pub(crate) events: Vec<Entry>,
    /// The positions that answers stood on, since this was looked at last.
    pub(crate) stood_on: Vec<u64>,
    pub(crate) findings: Vec<String>,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

pub(crate) struct Follower {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    stage: Arc<Stage>,
}

impl Follower {
    pub(crate) fn start(stage: &Arc<Stage>, token: &str, seed: u64) -> Self {
        let shared = Arc::new(Shared::default());
        let following = Following {
            shared: shared.clone(),
            stage: stage.clone(),
            token: token.to_owned(),
            chance: Chance::of(seed),
        };
        let thread = std::thread::spawn(|| following.run());
        Self { shared, thread: Some(thread), stage: stage.clone() }
    }

    /// Waits until it has seen a position, and hands out what it saw.
    pub(crate) fn at<T>(&self, position: u64, look: impl FnOnce(&mut Seen) -> T) -> T {
        let behind =
            |seen: &mut Seen| (seen.events.len() as u64) < position && seen.findings.is_empty();
        let seen = self.shared.seen.lock().unwrap();
        look(&mut self.shared.changed.wait_while(seen, behind).unwrap())
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.stage.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Following {
    shared: Arc<Shared>,
    stage: Arc<Stage>,
    token: String,
    chance: Chance,
}

impl Following {
    fn run(mut self) {
        while let Some(server) = self.stage.server_for_follower(&mut self.chance) {
            // A server that goes away, or that has not seen the position in time, is asked again.
            if let Err(finding) = self.page(&server).and_then(|()| self.question(&server)) {
                self.shared.seen.lock().unwrap().findings.push(finding);
                self.shared.changed.notify_all();
                return;
            }
        }
    }

    fn page(&self, server: &RunningServer) -> Result<(), String> {
        let after = self.shared.seen.lock().unwrap().events.len() as u64;
        let url = server.url(&format!("{EVENTS}?after={after}&limit=200"));
        let request = server.client().get(url).bearer_auth(&self.token);
        let Ok(answer) = Answer::try_of(request.header("Cairn-Position", after + 1)) else {
            return Ok(());
        };
        match answer.status {
            200 => self.take(after, &answer),
            // A server that stood still gives up a request that it did not hear to its end.
            503 | 408 => Ok(()),
            _ => Err(format!("the follower got {answer:?}")),
        }
    }

    /// The log has one project, so that its positions are the project's versions. An answer stands
    /// on the position that its header names: it has all events up to there or a next page.
    fn take(&self, after: u64, answer: &Answer) -> Result<(), String> {
        let stands_on = stands_on(answer)?;
        let events = answer.json();
        let events = events.as_array().ok_or("the page is no list")?;
        let mut seen = self.shared.seen.lock().unwrap();
        for event in events {
            let next = seen.events.len() as u64 + 1;
            let entry = Entry::at(next, event).map_err(|why| format!("the follower saw {why}"))?;
            seen.events.push(entry);
        }
        let last = seen.events.len() as u64;
        let has_more = answer.headers.contains_key("link");
        if last > stands_on || (last < stands_on && !has_more) || last == after {
            return Err(format!(
                "a page after {after} ended with {last} where it stood on {stands_on}"
            ));
        }
        seen.stood_on.push(stands_on);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// The other door stands on one position too, in all that it says.
    fn question(&self, server: &RunningServer) -> Result<(), String> {
        let request = server.client().post(server.url("/graphql")).bearer_auth(&self.token);
        let Ok(answer) = Answer::try_of(request.json(&json!({ "query": QUESTION }))) else {
            return Ok(());
        };
        if matches!(answer.status, 503 | 408) {
            return Ok(());
        }
        let stands_on = stands_on(&answer)?;
        let said = &answer.json()["data"]["project"];
        if said["position"] != stands_on || said["version"] != stands_on {
            return Err(format!("an answer that stands on {stands_on} is {answer:?}"));
        }
        self.shared.seen.lock().unwrap().stood_on.push(stands_on);
        Ok(())
    }
}

fn stands_on(answer: &Answer) -> Result<u64, String> {
    let header = answer.headers.get("cairn-position").and_then(|value| value.to_str().ok());
    header.and_then(|text| text.parse().ok()).ok_or_else(|| format!("no position: {answer:?}"))
}
