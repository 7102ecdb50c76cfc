//! Clients that post events and batches to whichever server is up, and keep what got no receipt,
//! to send it again.

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::ledger::OwnLedger;
use crate::running_server::{Answer, BATCH, LedgerFolder, ONE, RunningServer, TRAKIA, progress};
use crate::stage::Stage;

/// New events of a batch, at most.
const BATCH_EVENTS_MAX: usize = 6;

/// What a client sends at once, again and again until it has a receipt.
#[derive(Clone, Debug)]
pub(crate) struct Posting {
    pub(crate) events: Vec<Value>,
    is_batch: bool,
    tries: u32,
}

impl Posting {
    pub(crate) fn send(&self, server: &RunningServer, token: &str) -> reqwest::Result<Answer> {
        let (media_type, body) = match self.is_batch {
            true => (BATCH, json!(self.events)),
            false => (ONE, self.events[0].clone()),
        };
        Answer::try_of(server.posting(token, media_type, body.to_string().into_bytes()))
    }

    /// What was sent before, as it was sent.
    pub(crate) fn again(events: &[Value]) -> Self {
        Self { is_batch: events.len() > 1, events: events.to_vec(), tries: 1 }
    }
}

/// The receipts of an answer, when it acknowledges what was sent.
pub(crate) fn receipts(answer: &Answer, sent: &[Value]) -> Result<Vec<Value>, String> {
    let receipts = match answer.json() {
        Value::Array(receipts) => receipts,
        receipt => vec![receipt],
    };
    let ids = |events: &[Value]| events.iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    if ids(&receipts) != ids(sent) {
        return Err(format!("{:?} were sent, and {answer:?} came back", ids(sent)));
    }
    Ok(receipts)
}

pub(crate) struct Client {
    number: usize,
    token: String,
    chance: Chance,
    pub(crate) ledger: OwnLedger,
    /// What got no receipt yet.
    pub(crate) waiting: Option<Posting>,
    /// The last event that was acknowledged.
    last: Option<Value>,
    posted: u64,
}

impl Client {
    /// Posts until the round is over. What has no receipt by then waits for the next round.
    fn run(&mut self, stage: &Stage) {
        while let Some((slot, server)) = stage.server_for_client(self.number, &mut self.chance) {
            let mut posting = self.waiting.take().unwrap_or_else(|| self.next());
            posting.tries += 1;
            let before_fault = !stage.struck();
            match posting.send(&server, &self.token) {
                Ok(answer) if matches!(answer.status, 200 | 201) => {
                    if let Err(finding) = self.acknowledge(&posting, &answer) {
                        return stage.find(finding);
                    }
                    stage.acknowledged(slot);
                    continue;
                }
                Ok(answer) if answer.status == 503 => {
                    if before_fault {
                        stage.in_flight();
                    }
                    stage.put_off(answer.problem(503));
                }
                // A server that stood still gives up a request that it did not hear to its end.
                Ok(answer) if answer.status == 408 => {}
                Ok(answer) => return stage.find(format!("{:?} got {answer:?}", posting.events)),
                Err(error) => {
                    if before_fault && !error.is_connect() {
                        stage.in_flight();
                    }
                }
            }
            self.waiting = Some(posting);
        }
    }

    fn acknowledge(&mut self, posting: &Posting, answer: &Answer) -> Result<(), String> {
        if answer.status == 200 && posting.tries == 1 {
            return Err(format!("{:?} are new, and were found to be recorded", posting.events));
        }
        let receipts = receipts(answer, &posting.events)?;
        self.ledger.write(&posting.events, &receipts);
        self.last = posting.events.last().cloned();
        Ok(())
    }

    /// An event, or now and then a batch. Every other batch also has one that is recorded.
    fn next(&mut self) -> Posting {
        let is_batch = self.chance.below(3) == 0;
        let count = if is_batch { 1 + self.chance.below(BATCH_EVENTS_MAX) } else { 1 };
        let mut events: Vec<Value> = (0..count).map(|_| self.event()).collect();
        if let Some(last) = self.last.clone().filter(|_| is_batch && self.chance.below(2) == 0) {
            let place = self.chance.below(events.len() + 1);
            events.insert(place, last);
        }
        Posting { events, is_batch, tries: 0 }
    }

    fn event(&mut self) -> Value {
        self.posted += 1;
        let mut event = progress("A 5.2", &format!("{} of client {}", self.posted, self.number));
        let random = u128::from(self.chance.next()) << 64 | u128::from(self.chance.next());
        event["id"] = json!(uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid());
        event
    }
}

/// All clients of a trial.
pub(crate) struct Crew {
    pub(crate) clients: Vec<Client>,
    pub(crate) token: String,
}

impl Crew {
    pub(crate) fn of(folder: &LedgerFolder, count: usize, seed: u64) -> Self {
        let token = folder.token(TRAKIA);
        let client = |number: usize| Client {
            number,
            token: token.clone(),
            chance: Chance::of(seed.wrapping_mul(1_000) + number as u64),
            ledger: OwnLedger::open(&folder.file(&format!("client-{number}"))),
            waiting: None,
            last: None,
            posted: 0,
        };
        Self { clients: (0..count).map(client).collect(), token }
    }

    /// Lets all clients post while `work` goes on, and waits until each has ended.
    pub(crate) fn post_while<T>(&mut self, stage: &Stage, work: impl FnOnce() -> T) -> T {
        stage.begin_round();
        std::thread::scope(|scope| {
            for client in &mut self.clients {
                scope.spawn(|| client.run(stage));
            }
            let round = EndsRound(stage);
            let done = work();
            drop(round);
            done
        })
    }
}

/// Ends the round also when the work panics: the clients would post for ever.
struct EndsRound<'a>(&'a Stage);

impl Drop for EndsRound<'_> {
    fn drop(&mut self) {
        self.0.end_round();
    }
}
