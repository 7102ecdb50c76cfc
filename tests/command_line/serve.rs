//! `cairn serve`: its first line, its port, and several servers of one log.

use std::collections::BTreeSet;
use std::sync::Barrier;

use serde_json::Value;

use crate::running_server::{
    Answer, EVENTS, LEAD, LedgerFolder, RunningServer, TRAKIA, progress, run,
};

#[test]
fn the_first_line_says_where_the_server_takes_postings() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let port = server.first_line.strip_prefix("listening on http://127.0.0.1:");
    let port: u16 = port.and_then(|port| port.strip_suffix('\n')).unwrap().parse().unwrap();
    assert_ne!(port, 0, "the port that was taken, not the one that was asked for");
    assert_eq!(server.position(), 210, "ready with all that was imported");
    assert_eq!(server.post(&ledger.token(TRAKIA), &progress("A 5.2", "at once")).status, 201);
    let (status, rest) = server.stop();
    assert!(status.success(), "{status}");
    assert_eq!(rest, "", "nothing but the first line is on standard output");
    // Stopping signs what was recorded.
    let verified = ledger.verify();
    assert!(
        verified.stdout.contains("Checked against the signed checkpoint at 211."),
        "{verified:?}"
    );
}

#[test]
fn an_address_that_is_taken_is_refused_with_advice() {
    let ledger = LedgerFolder::empty();
    let server = ledger.serve();
    let second = run(ledger.command("serve").args(["--listen", server.address()]));
    assert_eq!((second.code, second.stdout.as_str()), (2, ""), "{second:?}");
    assert!(second.stderr.contains("--listen"), "{second:?}");
    assert_eq!(server.position(), 0);
}

#[test]
fn a_server_of_an_empty_log_is_ready_and_knows_nobody() {
    let ledger = LedgerFolder::empty();
    let server = ledger.serve();
    let lead = ledger.token(LEAD);
    assert_eq!(server.position(), 0);
    assert_eq!(server.get(&lead, EVENTS).problem(404), "not_found");
    assert_eq!(server.post(&lead, &progress("A 5.2", "early")).problem(404), "not_found");
    assert_eq!(server.position(), 0);
}

/// All events as one server shows them, by position.
fn order(server: &RunningServer, token: &str, until: u64) -> Vec<(u64, String)> {
    let mut events = Vec::new();
    while (events.len() as u64) < until {
        let path = format!("{EVENTS}?limit=200&after={}", events.len());
        let page = server.get_after(token, &path, until);
        assert_eq!(page.status, 200, "{page:?}");
        for event in page.json().as_array().unwrap() {
            let position = event["position"].as_u64().unwrap();
            events.push((position, event["id"].as_str().unwrap().to_owned()));
        }
    }
    events
}

#[test]
fn two_servers_that_start_at_once_on_nothing_keep_one_order() {
    let ledger = LedgerFolder::empty();
    let start = Barrier::new(2);
    let servers: Vec<RunningServer> = std::thread::scope(|scope| {
        let serve = || {
            start.wait();
            ledger.serve()
        };
        let starting = [scope.spawn(serve), scope.spawn(serve)];
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    assert_eq!(ledger.import_first_years().code, 0);
    let (trakia, lead) = (ledger.token(TRAKIA), ledger.token(LEAD));
    let imported = 210;
    for server in &servers {
        assert_eq!(server.get_after(&lead, EVENTS, imported).status, 200, "{}", server.address());
    }

    // Each has postings of its own, and some that both get.
    let shared: Vec<Value> = (0..20).map(|n| progress("A 5.2", &format!("shared {n}"))).collect();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let post = |server| {
            let (shared, trakia) = (&shared, &trakia);
            move || {
                let own = (0..20).map(|n| progress("A 5.2", &format!("own {n}")));
                let postings = shared.iter().cloned().zip(own).flat_map(|(a, b)| [a, b]);
                let post = |posting| RunningServer::post(server, trakia, &posting);
                postings.map(post).collect::<Vec<_>>()
            }
        };
        let clients: Vec<_> =
            servers.iter().cycle().take(8).map(|server| scope.spawn(post(server))).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let recorded = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(recorded, 20 + 8 * 20, "what both got is recorded once");
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)));
    let told: BTreeSet<_> = answers
        .iter()
        .map(|answer| {
            let receipt = answer.json();
            (receipt["position"].as_u64().unwrap(), receipt["id"].as_str().unwrap().to_owned())
        })
        .collect();

    let last = imported + recorded as u64;
    let here = order(&servers[0], &lead, last);
    assert_eq!(here, order(&servers[1], &lead, last), "both show the same order");
    assert!(here.iter().map(|(position, _)| *position).eq(1..=last), "without a gap");
    assert!(told.iter().all(|place| here.contains(place)), "each where its poster was told");
    for server in servers {
        let (status, _) = server.stop();
        assert!(status.success(), "{status}");
    }
    assert_eq!(ledger.verify().code, 0);
}
