//! Faults while clients post: what was acknowledged stays, once, where it was said to be.
//!
//! Each trial has an oracle that stands outside of the program. Every client writes each
//! acknowledgement to a ledger of its own and syncs it before it counts; a follower reads the log
//! as it grows. After every fault the oracle holds all of it against what the servers say then:
//!
//! - each acknowledged event is there under its id, as it was sent, with the position, version,
//!   instant and leaf hash that its client was told; positions and versions have no gap;
//! - a batch is there whole and in its order, or not at all; nobody else's events are there;
//! - what got no answer, sent again, is recorded once; what got one gets the first one again;
//! - a follower saw each event once and in order, also across restarts and from several servers,
//!   and no answer ever stood on a position inside a batch;
//! - the signed tree head is the one that this file computes from the leaf hashes that it read,
//!   so it extends every one before; at the end `cairn export` and `cairn verify` agree.
//!
//! The checks return what they found, in sentences, so that `control` can see them find something:
//! a PostgreSQL that forgets what it acknowledged. Without it a green run would prove nothing.
//!
//! `kill -9` comes 30 times in a run of the test command. `CAIRN_FAULT_ROUNDS=1000 cargo nextest
//! run --profile long -p cairn --test faults --no-capture kill_9` is the long run. A run of which
//! fewer than half of the rounds hit a posting in flight fails. Chance is the same at every run; what is not is how
//! the machine shares its time among the processes.
//!
//! What cannot be seen here is a power cut: after `kill -9` the kernel still has what was written
//! and not synced. That the log is opened with syncs that are, is read back at start and tested in
//! the store; `control` shows for PostgreSQL what it looks like when they are not.
//!
//! In reading order: `ledger`, `clients`, `stage` (what all threads share), `follower`, `entry`,
//! `tree`, `oracle`, `trial`; what brings the faults about: `proxy`, `outside`, `small_disk`,
//! `chance`; then the trials.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![expect(clippy::print_stdout, reason = "a trial says what it met; nextest shows it on failure")]

#[path = "faults/chance.rs"]
mod chance;
#[path = "faults/clients.rs"]
mod clients;
#[path = "faults/clock.rs"]
mod clock;
#[path = "faults/control.rs"]
mod control;
#[path = "faults/cut.rs"]
mod cut;
#[path = "faults/entry.rs"]
mod entry;
#[path = "faults/follower.rs"]
mod follower;
#[path = "faults/full_disk.rs"]
mod full_disk;
#[path = "faults/kill_postgres.rs"]
mod kill_postgres;
#[path = "faults/kill_server.rs"]
mod kill_server;
#[path = "faults/ledger.rs"]
mod ledger;
#[path = "faults/oracle.rs"]
mod oracle;
#[path = "faults/outside.rs"]
mod outside;
#[path = "faults/pause.rs"]
mod pause;
mod postgres_cluster;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/restored.rs"]
mod restored;
mod running_server;
#[path = "faults/small_disk.rs"]
mod small_disk;
#[path = "faults/stage.rs"]
mod stage;
#[path = "faults/tree.rs"]
mod tree;
#[path = "faults/trial.rs"]
mod trial;
