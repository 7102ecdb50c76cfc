//! What all threads of a trial share: the servers that are up, and how far the round has come.
//! Nobody sleeps: who waits is woken by what it waits for.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::chance::Chance;
use crate::running_server::RunningServer;

/// How often somebody who waits sees to what may have ended by itself.
const SEEN_TO_EVERY: Duration = Duration::from_millis(20);

#[derive(Default)]
pub(crate) struct Stage {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// One slot for each server; empty while it is down.
    servers: Vec<Option<Arc<RunningServer>>>,
    /// Postings that were acknowledged in all rounds, by each server.
    acknowledged: Vec<u64>,
    /// Whether the clients end what they do.
    round_over: bool,
    /// Whether the follower ends too.
    closed: bool,
    /// Whether the fault of this round has begun.
    struck: bool,
    /// Whether that fault is over.
    mended: bool,
    /// Postings sent before the fault that got no receipt.
    in_flight: u64,
    /// How often each problem was answered, and how often before the fault.
    problems: BTreeMap<String, u64>,
    problems_before: BTreeMap<String, u64>,
    findings: Vec<String>,
}

impl State {
    fn some_server_is_up(&self) -> bool {
        self.servers.iter().any(Option::is_some)
    }

    /// One that is up, where there is any.
    fn any_server(&self, chance: &mut Chance) -> (usize, Arc<RunningServer>) {
        let slots = self.servers.iter().enumerate();
        let up: Vec<_> =
            slots.filter_map(|(slot, server)| Some((slot, server.as_ref()?))).collect();
        let (slot, server) = up[chance.below(up.len())];
        (slot, server.clone())
    }
}

impl Stage {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.notify_all();
        changed
    }

    fn wait(&self, done: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.changed.wait_while(self.state(), |state| !done(state)).unwrap()
    }

    /// Puts a server into its slot, in place of the one before.
    pub(crate) fn put(&self, slot: usize, server: RunningServer) {
        self.change(|state| {
            if state.servers.len() <= slot {
                state.servers.resize_with(slot + 1, || None);
                state.acknowledged.resize(slot + 1, 0);
            }
            state.servers[slot] = Some(Arc::new(server));
        });
    }

    /// Takes a server out, so that nobody turns to it any more. Who speaks with it goes on.
    pub(crate) fn take(&self, slot: usize) -> Arc<RunningServer> {
        self.change(|state| state.servers[slot].take()).expect("the server is up")
    }

    pub(crate) fn server(&self, slot: usize) -> Arc<RunningServer> {
        self.state().servers[slot].clone().expect("the server is up")
    }

    /// The servers that are up.
    pub(crate) fn servers(&self) -> Vec<Arc<RunningServer>> {
        self.state().servers.iter().flatten().cloned().collect()
    }

    /// The server that a client turns to, and its slot: always the same one, or any while that is
    /// down. Waits for one; none when the round is over.
    pub(crate) fn server_for_client(
        &self,
        client: usize,
        chance: &mut Chance,
    ) -> Option<(usize, Arc<RunningServer>)> {
        let state = self.wait(|state| state.round_over || state.some_server_is_up());
        if state.round_over {
            return None;
        }
        let own = client % state.servers.len();
        Some(match &state.servers[own] {
            Some(server) => (own, server.clone()),
            None => state.any_server(chance),
        })
    }

    /// A server for the follower, waiting for one; none when the trial is over.
    pub(crate) fn server_for_follower(&self, chance: &mut Chance) -> Option<Arc<RunningServer>> {
        let state = self.wait(|state| state.closed || state.some_server_is_up());
        (!state.closed).then(|| state.any_server(chance).1)
    }

    pub(crate) fn begin_round(&self) {
        self.change(|state| {
            (state.round_over, state.struck, state.mended) = (false, false, false);
        });
    }

    pub(crate) fn end_round(&self) {
        self.change(|state| state.round_over = true);
    }

    pub(crate) fn close(&self) {
        self.change(|state| (state.round_over, state.closed) = (true, true));
    }

    /// From here on a posting without a receipt may never have reached the server.
    pub(crate) fn strike(&self) {
        self.change(|state| {
            state.struck = true;
            state.problems_before = state.problems.clone();
        });
    }

    pub(crate) fn struck(&self) -> bool {
        self.state().struck
    }

    /// What struck is over: all clients send again what was put off.
    pub(crate) fn mend(&self) {
        self.change(|state| state.mended = true);
    }

    /// A posting was put off. Its client sends it again at once, or, where a fault was brought
    /// about, when that is over.
    pub(crate) fn put_off(&self, problem: String) {
        self.change(|state| *state.problems.entry(problem).or_default() += 1);
        drop(self.wait(|state| !state.struck || state.mended || state.round_over));
    }

    pub(crate) fn acknowledged(&self, slot: usize) {
        self.change(|state| state.acknowledged[slot] += 1);
    }

    /// Waits until the clients have got `more` receipts than now.
    pub(crate) fn wait_for_acknowledged(&self, more: u64) {
        let count = |state: &State| state.acknowledged.iter().sum::<u64>();
        let wanted = count(&self.state()) + more;
        self.wait_for(|state| count(state) >= wanted);
    }

    /// Waits as [`Self::wait_for_acknowledged`] does, and sees to something now and then.
    pub(crate) fn see_to_until_acknowledged(&self, more: u64, mut see_to: impl FnMut()) {
        let count = |state: &State| state.acknowledged.iter().sum::<u64>();
        let wanted = count(&self.state()) + more;
        let mut is_done = false;
        while !is_done {
            see_to();
            let goes_on = |state: &mut State| count(state) < wanted && state.findings.is_empty();
            let state = self.state();
            let waited = self.changed.wait_timeout_while(state, SEEN_TO_EVERY, goes_on);
            is_done = !waited.unwrap().1.timed_out();
        }
        assert_eq!(self.state().findings, Vec::<String>::new());
    }

    /// Waits until the clients have got `more` receipts than now from one server.
    pub(crate) fn wait_for_acknowledged_by(&self, slot: usize, more: u64) {
        let wanted = self.state().acknowledged[slot] + more;
        self.wait_for(|state| state.acknowledged[slot] >= wanted);
    }

    /// Waits until a posting was put off with one of these problems since the fault began.
    pub(crate) fn wait_for_problem(&self, ids: &[&str]) {
        let is_new =
            |state: &State, id: &str| state.problems.get(id) > state.problems_before.get(id);
        self.wait_for(|state| ids.iter().any(|id| is_new(state, id)));
    }

    /// Waits for something that a client brings about. One that found a fault posts no more.
    fn wait_for(&self, done: impl Fn(&State) -> bool) {
        let state = self.wait(|state| done(state) || !state.findings.is_empty());
        let findings = state.findings.clone();
        drop(state);
        assert_eq!(findings, Vec::<String>::new());
    }

    pub(crate) fn in_flight(&self) {
        self.change(|state| state.in_flight += 1);
    }

    /// How many postings the fault has hit, since this was asked last.
    pub(crate) fn take_in_flight(&self) -> u64 {
        self.change(|state| std::mem::take(&mut state.in_flight))
    }

    /// How often each problem was answered to a posting.
    pub(crate) fn problems(&self) -> BTreeMap<String, u64> {
        self.state().problems.clone()
    }

    pub(crate) fn find(&self, finding: String) {
        self.change(|state| state.findings.push(finding));
    }

    pub(crate) fn take_findings(&self) -> Vec<String> {
        self.change(|state| std::mem::take(&mut state.findings))
    }
}
