//! One trial: a ledger, the servers on it, the clients, the follower and the oracle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use crate::clients::Crew;
use crate::entry::Entry;
use crate::follower::Follower;
use crate::oracle::{Findings, Oracle};
use crate::running_server::{LEAD, LedgerFolder, RunningServer};
use crate::stage::Stage;

/// Where every chance begins. A second trial on the same ledger posts other events.
static SEED: AtomicU64 = AtomicU64::new(2031);

/// Rounds of a trial that takes as many as it is told to; `CAIRN_FAULT_ROUNDS` tells.
pub(crate) fn rounds() -> u64 {
    let rounds = std::env::var("CAIRN_FAULT_ROUNDS").ok();
    rounds.map_or(30, |rounds| rounds.parse().expect("CAIRN_FAULT_ROUNDS is a number"))
}

/// The newest checkpoint that lies in `--data`.
pub(crate) fn newest_checkpoint(folder: &LedgerFolder) -> String {
    std::fs::read_to_string(folder.data().join("checkpoints/newest")).unwrap()
}

pub(crate) struct Trial {
    pub(crate) folder: LedgerFolder,
    pub(crate) stage: Arc<Stage>,
    crew: Crew,
    oracle: Oracle,
    follower: Follower,
    /// The size of the newest checkpoint that was seen.
    signed: u64,
}

impl Trial {
    pub(crate) fn begin(folder: LedgerFolder, servers: usize, clients: usize) -> Self {
        let servers = (0..servers).map(|_| folder.serve()).collect();
        Self::on(folder, servers, clients)
    }

    /// On servers that run already. Reads what is there.
    pub(crate) fn on(folder: LedgerFolder, servers: Vec<RunningServer>, clients: usize) -> Self {
        let seed = SEED.fetch_add(10, Ordering::Relaxed);
        println!("seed {seed}");
        let stage = Arc::new(Stage::default());
        for (slot, server) in servers.into_iter().enumerate() {
            stage.put(slot, server);
        }
        let lead = folder.token(LEAD);
        let crew = Crew::of(&folder, clients, seed);
        let oracle = Oracle::of(&stage.server(0), &lead, seed + 1);
        let follower = Follower::start(&stage, &lead, seed + 2);
        Self { folder, stage, crew, oracle, follower, signed: 0 }
    }

    /// Lets the clients post while `work` goes on.
    pub(crate) fn under_load<T>(&mut self, work: impl FnOnce(&Stage, &LedgerFolder) -> T) -> T {
        let Self { crew, stage, folder, .. } = self;
        crew.post_while(stage, || work(stage, folder))
    }

    /// All that has to hold now, and does not.
    pub(crate) fn findings(&mut self) -> Findings {
        let mut findings = self.stage.take_findings();
        findings.extend(self.oracle.check(&self.stage.servers(), &mut self.crew));
        findings.extend(self.checkpoints());
        let oracle = &self.oracle;
        findings.extend(self.follower.at(oracle.position(), |seen| oracle.compare(seen)));
        findings
    }

    pub(crate) fn assert_all_holds(&mut self) {
        let findings = self.findings();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }

    /// What each server signs when it is asked, and the newest checkpoint in `--data`, are of this
    /// log. The one in `--data` is never older than before.
    fn checkpoints(&mut self) -> Findings {
        let mut findings = Findings::new();
        for server in self.stage.servers() {
            let answer = server.get(&self.crew.token, "/v1/checkpoint");
            if answer.status == 200 {
                findings.extend(self.oracle.compare_checkpoint(&answer.body).err());
            } else {
                findings.push(format!("the log is not signed: {answer:?}"));
            }
        }
        match self.oracle.compare_checkpoint(&newest_checkpoint(&self.folder)) {
            Ok(size) if size >= self.signed => self.signed = size,
            Ok(size) => findings.push(format!("{size} came after {} as newest", self.signed)),
            Err(finding) => findings.push(finding),
        }
        findings
    }

    /// The log as it was read.
    pub(crate) fn log(&self) -> &[Entry] {
        self.oracle.log()
    }

    /// Asks the first server to end, which signs the head of the log, and starts another.
    pub(crate) fn restart(&self) {
        self.stop(0);
        self.stage.put(0, self.folder.serve());
    }

    fn stop(&self, slot: usize) {
        let server = self.stage.take(slot);
        server.signal("TERM");
        let status = server.ends_by_itself();
        assert!(status.success(), "{status}");
    }

    /// Leaves the ledger and the servers to themselves.
    pub(crate) fn leave(self) -> (LedgerFolder, Vec<RunningServer>) {
        let Self { folder, stage, follower, .. } = self;
        drop(follower);
        let servers = stage.servers();
        drop(stage);
        let alone = |server| Arc::into_inner(server).expect("nobody speaks with it any more");
        (folder, servers.into_iter().map(alone).collect())
    }

    /// When the last event was recorded, as the log says.
    pub(crate) fn newest_recorded_at(&self) -> Timestamp {
        self.oracle.newest_recorded_at()
    }

    /// Asks the servers to end, and looks at the whole log once more. The number of postings that
    /// were acknowledged.
    pub(crate) fn end(mut self) -> usize {
        self.assert_all_holds();
        println!("answers that put off a posting: {:?}", self.stage.problems());
        for slot in 0..self.stage.servers().len() {
            self.stop(slot);
        }
        let mut findings = self.checkpoints();
        findings.extend(self.oracle.compare_export(&self.folder.export()));
        assert_eq!(findings, Findings::new());
        assert_eq!(self.signed, self.oracle.position(), "the last head is signed at the end");
        let verified = self.folder.verify();
        assert_eq!(verified.code, 0, "{verified:?}");
        let log = self.folder.operator_log();
        assert!(!log.contains("panicked"), "{log}");
        self.oracle.acknowledged()
    }
}
