//! The outside oracle. It knows what the clients wrote into their own ledgers and what it read
//! itself, and says what of the program's promises does not hold. It looks into no table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde_json::Value;

use crate::chance::Chance;
use crate::clients::{Client, Crew, Posting, receipts};
use crate::entry::Entry;
use crate::follower::Seen;
use crate::ledger::Acknowledgement;
use crate::running_server::{EVENTS, RunningServer};
use crate::tree::{self, Tree};

/// Recorded postings that are sent again at each check.
const SENT_AGAIN: usize = 8;
/// Threads that look up events.
const LOOKERS: usize = 4;

/// What does not hold, in sentences.
pub(crate) type Findings = Vec<String>;

pub(crate) struct Oracle {
    token: String,
    chance: Chance,
    /// The log as it was read, from position 1 on.
    log: Vec<Entry>,
    /// The position of each event.
    places: BTreeMap<String, u64>,
    tree: Tree,
    /// Events that nobody here posted: they were there before.
    imported: usize,
    /// What each event that was acknowledged got as its first receipt.
    receipts: BTreeMap<String, Value>,
    /// Acknowledged postings, each with all its events.
    recorded: Vec<Vec<Value>>,
    /// Batches that are recorded: the positions of their first and last new event.
    batches: Vec<(u64, u64)>,
}

impl Oracle {
    /// Reads what is in the log before anybody posts.
    pub(crate) fn of(server: &RunningServer, token: &str, seed: u64) -> Self {
        let mut oracle = Self {
            token: token.to_owned(),
            chance: Chance::of(seed),
            log: Vec::new(),
            places: BTreeMap::new(),
            tree: Tree::default(),
            imported: 0,
            receipts: BTreeMap::new(),
            recorded: Vec::new(),
            batches: Vec::new(),
        };
        let findings = oracle.read_on(&[server]);
        assert_eq!(findings, Findings::new());
        oracle.imported = oracle.log.len();
        oracle
    }

    pub(crate) fn log(&self) -> &[Entry] {
        &self.log
    }

    pub(crate) fn position(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn newest_recorded_at(&self) -> Timestamp {
        self.log.last().expect("the example has events").recorded_at
    }

    /// Postings that were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.recorded.len()
    }

    /// All that has to hold after a fault, once the servers are ready again.
    pub(crate) fn check(&mut self, servers: &[Arc<RunningServer>], crew: &mut Crew) -> Findings {
        let servers: Vec<&RunningServer> = servers.iter().map(Arc::as_ref).collect();
        let mut findings = self.read_on(&servers);
        findings.extend(self.take_acknowledged(servers[0], crew));
        findings.extend(self.waiting_are_whole_or_absent(&crew.clients));
        findings.extend(self.nobody_else_posted(&crew.clients));
        findings.extend(settle(servers[0], crew));
        findings.extend(self.read_on(&servers));
        findings.extend(self.take_acknowledged(servers[0], crew));
        findings.extend(self.nobody_else_posted(&crew.clients));
        findings.extend(self.send_again(&servers, &crew.token));
        findings
    }

    /// Reads what is new, and the last event that was known, which must stay: by each server, once
    /// it has seen what any of them has.
    fn read_on(&mut self, servers: &[&RunningServer]) -> Findings {
        let after = self.log.len().saturating_sub(1);
        let newest = servers.iter().map(|server| server.ready_position()).max().unwrap_or_default();
        let mut findings = Findings::new();
        for server in servers {
            match read(server, &self.token, after as u64, newest) {
                Ok(entries) => findings.extend(self.take(after, entries)),
                Err(finding) => findings.push(finding),
            }
        }
        findings
    }

    /// Takes the events after a position; what was known of them must be as it was.
    fn take(&mut self, after: usize, entries: Vec<Entry>) -> Findings {
        let mut findings = Findings::new();
        if after + entries.len() < self.log.len() {
            let end = after + entries.len();
            findings.push(format!("the log ends at {end}, and was read up to {}", self.log.len()));
        }
        for (position, entry) in (after + 1..).zip(entries) {
            match self.log.get(position - 1) {
                Some(known) if *known == entry => {}
                Some(known) => findings.push(format!("position {position}: {known:?}, {entry:?}")),
                None => findings.extend(self.push(position as u64, entry)),
            }
        }
        findings
    }

    /// An event that follows: recorded once, and no earlier than the one before it.
    fn push(&mut self, position: u64, entry: Entry) -> Findings {
        let mut findings = Findings::new();
        let hash = tree::from_hex(&entry.leaf_hash);
        self.tree.push(hash.unwrap_or_default());
        if hash.is_none() {
            findings.push(format!("no leaf hash at {position}: {entry:?}"));
        }
        if let Some(before) = self.places.insert(entry.id.clone(), position) {
            findings.push(format!("{} is recorded at {before} and {position}", entry.id));
        }
        if self.log.last().is_some_and(|last| last.recorded_at > entry.recorded_at) {
            findings.push(format!("time ran backwards at {position}: {entry:?}"));
        }
        self.log.push(entry);
        findings
    }

    /// What the clients were told since: each event is there, as it was sent, where it was said to
    /// be; each receipt for an event is the first one; a batch is there whole.
    fn take_acknowledged(&mut self, server: &RunningServer, crew: &mut Crew) -> Findings {
        let told: Vec<Acknowledgement> =
            crew.clients.iter_mut().flat_map(|client| client.ledger.read_on()).collect();
        let mut findings = Findings::new();
        let mut new_events = Vec::new();
        for Acknowledgement { sent, receipts } in told {
            let mut places = Vec::new();
            for (event, receipt) in sent.iter().zip(receipts) {
                let id = id(event);
                match self.receipts.get(id) {
                    Some(first) if *first == receipt => {}
                    Some(first) => findings.push(format!("{first} became {receipt}")),
                    None => {
                        places.push(self.places.get(id).copied());
                        self.receipts.insert(id.to_owned(), receipt.clone());
                        new_events.push((event.clone(), receipt));
                    }
                }
            }
            findings.extend(self.batch(&sent, &places));
            self.recorded.push(sent);
        }
        findings.extend(self.find_each(server, &new_events));
        findings
    }

    /// The new events of a batch stand one behind the other.
    fn batch(&mut self, sent: &[Value], places: &[Option<u64>]) -> Option<String> {
        let first = *places.first()?;
        let expected = (0..places.len() as u64).map(|n| first.map(|first| first + n));
        if !expected.eq(places.iter().copied()) {
            return Some(format!("a batch is at {places:?}: {sent:?}"));
        }
        let first = first?;
        self.batches.push((first, first + places.len() as u64 - 1));
        None
    }

    fn find_each(&self, server: &RunningServer, wanted: &[(Value, Value)]) -> Findings {
        let part = wanted.len().div_ceil(LOOKERS).max(1);
        let find = |(event, receipt): &(Value, Value)| self.find(server, event, receipt);
        std::thread::scope(|scope| {
            let lookers: Vec<_> = wanted
                .chunks(part)
                .map(|part| scope.spawn(move || part.iter().filter_map(find).collect::<Vec<_>>()))
                .collect();
            lookers.into_iter().flat_map(|looker| looker.join().unwrap()).collect()
        })
    }

    fn find(&self, server: &RunningServer, event: &Value, receipt: &Value) -> Option<String> {
        let id = id(event);
        let position = receipt["position"].as_u64().unwrap_or_default();
        let read = server.get(&self.token, &format!("{EVENTS}/{id}"));
        if read.status != 200 {
            return Some(format!("acknowledged event {id} is missing at {position}: {read:?}"));
        }
        let read = read.json();
        let as_sent = ["id", "type", "occurredon", "data"].iter().all(|n| read[n] == event[n]);
        let as_told = read["position"] == receipt["position"]
            && read["version"] == receipt["version"]
            && read["recordedat"] == receipt["recordedAt"]
            && read["leafhash"] == receipt["leafHash"]
            && self.places.get(id) == Some(&position);
        (!as_sent || !as_told).then(|| format!("{event} got {receipt} and is there as {read}"))
    }

    /// A batch without a receipt is there whole, in its order, or not at all.
    fn waiting_are_whole_or_absent(&self, clients: &[Client]) -> Findings {
        let waiting = clients.iter().filter_map(|client| client.waiting.as_ref());
        let wrong = waiting.filter_map(|posting| {
            let new = ids(&posting.events).filter(|id| !self.receipts.contains_key(*id));
            let places: Vec<_> = new.map(|id| self.places.get(id).copied()).collect();
            let first = places.first().copied().flatten();
            let whole = (0..places.len() as u64).map(|n| first.map(|first| first + n));
            (!whole.eq(places.iter().copied()))
                .then(|| format!("half a batch is recorded, at {places:?} of {:?}", posting.events))
        });
        wrong.collect()
    }

    /// Every event was there before, or was acknowledged, or waits for its receipt.
    fn nobody_else_posted(&self, clients: &[Client]) -> Findings {
        let waiting = clients.iter().filter_map(|client| client.waiting.as_ref());
        let waiting: BTreeSet<&str> = waiting.flat_map(|posting| ids(&posting.events)).collect();
        let known = |id: &str| self.receipts.contains_key(id) || waiting.contains(id);
        let unknown = self.log.iter().skip(self.imported).filter(|entry| !known(&entry.id));
        unknown.map(|entry| format!("nobody posted {entry:?}")).collect()
    }

    /// Some recorded postings, sent again to each server, get their first receipts.
    fn send_again(&mut self, servers: &[&RunningServer], token: &str) -> Findings {
        let mut findings = Findings::new();
        for server in servers {
            for _ in 0..SENT_AGAIN.min(self.recorded.len()) {
                let sent = &self.recorded[self.chance.below(self.recorded.len())];
                let Ok(answer) = Posting::again(sent).send(server, token) else {
                    findings.push("a server went away while nothing struck it".to_owned());
                    continue;
                };
                let first: Vec<_> = ids(sent).map(|id| self.receipts[id].clone()).collect();
                if answer.status != 200 || receipts(&answer, sent).as_ref() != Ok(&first) {
                    findings.push(format!("{first:?} became {answer:?}"));
                }
            }
        }
        findings
    }

    /// What the follower saw is the log, and no answer that it got stood inside a batch.
    pub(crate) fn compare(&self, seen: &mut Seen) -> Findings {
        let mut findings = std::mem::take(&mut seen.findings);
        if seen.events != self.log {
            let differs = self.log.iter().zip(&seen.events).position(|(log, seen)| log != seen);
            findings.push(format!(
                "the follower saw {} of {} events, differing at {differs:?}",
                seen.events.len(),
                self.log.len()
            ));
        }
        let stood_on: BTreeSet<u64> = seen.stood_on.drain(..).collect();
        for (first, last) in &self.batches {
            if let Some(inside) = stood_on.range(first..last).next() {
                findings.push(format!("an answer stood on {inside}, in batch {first} to {last}"));
            }
        }
        findings
    }

    /// The size of a checkpoint, when its tree head is that of the log as it was read here.
    pub(crate) fn compare_checkpoint(&self, note: &str) -> Result<u64, String> {
        let mut lines = note.lines().skip(1);
        let size = lines.next().and_then(|line| line.parse().ok());
        let root = lines.next().and_then(|line| BASE64.decode(line).ok());
        let same = size.zip(root).filter(|(size, root)| {
            self.tree.root(*size).is_some_and(|expected| expected == root.as_slice())
        });
        same.map(|(size, _)| size).ok_or_else(|| format!("not a checkpoint of this log: {note}"))
    }

    /// The whole log, as `cairn export` writes it, is what was read event by event.
    pub(crate) fn compare_export(&self, export: &str) -> Findings {
        let entry = |(position, line)| Entry::at(position, &serde_json::from_str(line).unwrap());
        let same = (1..).zip(export.lines()).map(entry).eq(self.log.iter().cloned().map(Ok));
        (!same).then(|| "the export is not the log that was read".to_owned()).into_iter().collect()
    }
}

fn id(event: &Value) -> &str {
    event["id"].as_str().expect("an event has an id")
}

fn ids(events: &[Value]) -> impl Iterator<Item = &str> {
    events.iter().map(id)
}

/// The events after a position, from a server that has seen `seen`. Positions and versions follow
/// each other without a gap.
fn read(server: &RunningServer, token: &str, after: u64, seen: u64) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    loop {
        let last = after + entries.len() as u64;
        let page = server.get_after(token, &format!("{EVENTS}?after={last}&limit=200"), seen);
        if page.status != 200 {
            return Err(format!("the log was not read: {page:?}"));
        }
        for (next, event) in (last + 1..).zip(page.json().as_array().expect("a list")) {
            entries.push(Entry::at(next, event)?);
        }
        if !page.headers.contains_key("link") {
            return Ok(entries);
        }
    }
}

/// Sends again what got no receipt: it is recorded before the fault or now. From now on its
/// client has the receipt, and every check holds it to that.
fn settle(server: &RunningServer, crew: &mut Crew) -> Findings {
    let mut findings = Findings::new();
    for client in &mut crew.clients {
        let Some(posting) = client.waiting.take() else { continue };
        let answer = posting.send(server, &crew.token);
        match answer.map(|answer| (receipts(&answer, &posting.events), answer)) {
            Ok((Ok(receipts), answer)) if matches!(answer.status, 200 | 201) => {
                client.ledger.write(&posting.events, &receipts);
            }
            other => findings.push(format!("{:?}, sent again, got {other:?}", posting.events)),
        }
    }
    findings
}
