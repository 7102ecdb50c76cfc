//! What runs Cairn on a server: the compose file is clean and keeps its promises, and its load
//! balancer's configuration hides the loss of a server. No container engine is needed.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod postgres_cluster;
mod running_server;

use std::collections::HashSet;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use reqwest::blocking::Client;
use running_server::{
    Answer, BATCH, EVENTS, Ended, LINES, LedgerFolder, ONE, RunningServer, TRAKIA, cairn, example,
    progress, run,
};
use serde_json::{Value, json};

const PASSWORDS: [&str; 2] = ["POSTGRES_PASSWORD", "CAIRN_APP_PASSWORD"];
const SERVERS: [&str; 2] = ["cairn-1", "cairn-2"];
const CLIENTS: usize = 16;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// `docker compose config` with these variables alone, whichever compose is here.
fn compose_config(variables: &[(&str, &str)]) -> Ended {
    let has = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let plugin = has(Command::new("docker").args(["compose", "version"]));
    let alone = !plugin && has(Command::new("docker-compose").arg("version"));
    assert!(plugin || alone, "Compose is missing; on Debian: apt-get install docker-compose");
    let mut compose = Command::new(if plugin { "docker" } else { "docker-compose" });
    if plugin {
        compose.arg("compose");
    }
    compose.arg("--file").arg(root().join("docker-compose.yml"));
    // A file .env of the developer's would stand in for what is missing.
    let empty = tempfile::NamedTempFile::new().unwrap();
    compose.arg("--env-file").arg(empty.path()).arg("config");
    compose.env_remove("CAIRN_PUBLISH").env_remove("RUST_LOG");
    for name in PASSWORDS {
        compose.env_remove(name);
    }
    run(compose.envs(variables.iter().copied()))
}

/// The file as Compose understands it, its anchors and variables resolved.
fn composed() -> Value {
    let ended = compose_config(&PASSWORDS.map(|name| (name, "secret")));
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    serde_saphyr::from_str(&ended.stdout).unwrap()
}

#[test]
fn compose_takes_the_file_and_asks_for_each_password() {
    let composed = composed();
    let mut names: Vec<_> = composed["services"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["balancer", "cairn-1", "cairn-2", "migrate", "postgres"]);
    for (missing, given) in [(PASSWORDS[0], PASSWORDS[1]), (PASSWORDS[1], PASSWORDS[0])] {
        let ended = compose_config(&[(given, "secret")]);
        assert_ne!(ended.code, 0, "{missing}");
        assert!(ended.stderr.contains(missing), "{ended:?}");
    }
}

#[test]
fn no_container_runs_as_root_or_changes_its_files() {
    let composed = composed();
    let services = composed["services"].as_object().unwrap();
    assert_eq!(services["cairn-1"], services["cairn-2"]);
    for (name, service) in services {
        let user = service["user"].as_str().unwrap_or_else(|| panic!("{name} runs as root"));
        assert!(!user.starts_with("root") && !user.starts_with('0'), "{name}: {user}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        for given in ["privileged", "cap_add", "network_mode", "pid", "devices"] {
            assert!(service[given].is_null(), "{name} has {given}");
        }
        let image = service["image"].as_str().unwrap();
        match service["build"].is_null() {
            true => assert!(is_pinned(image), "{name}: {image}"),
            false => assert_eq!(image, "cairn", "{name}"),
        }
        // Whatever goes on for ever says how it is, and comes back after a fault.
        let ends = name == "migrate";
        assert_eq!(service["healthcheck"].is_null(), ends, "{name}");
        assert_eq!(service["restart"], if ends { "no" } else { "unless-stopped" }, "{name}");
        // From outside only the balancer is reached, and that from this machine.
        let ports = service["ports"].to_string();
        match name.as_str() {
            "balancer" => assert!(ports.contains("127.0.0.1"), "{ports}"),
            _ => assert_eq!(ports, "null", "{name}"),
        }
    }
}

/// By a number: without a tag, or with `latest`, a rebuild may bring anything.
fn is_pinned(image: &str) -> bool {
    image
        .split_once(':')
        .is_some_and(|(_, tag)| tag.starts_with(|sign: char| sign.is_ascii_digit()))
}

#[test]
fn the_image_is_built_by_the_oldest_rust_that_is_promised_and_runs_as_a_number() {
    let dockerfile = read("Dockerfile");
    let after = |word: &str| -> Vec<String> {
        let lines = dockerfile.lines().filter_map(|line| line.strip_prefix(word));
        lines.map(|rest| rest.trim().to_owned()).collect()
    };
    let manifest = read("Cargo.toml");
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let rust = format!("rust:{}-slim-bookworm AS build", rust.trim_matches('"'));
    // Built on the Debian that it runs on: a newer C library would be missed there.
    assert_eq!(after("FROM"), [rust.as_str(), "debian:bookworm-slim"]);
    assert_eq!(after("USER"), ["10001:10001"]);
}

/// The program's own source files, without those of tests alone.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_stem().unwrap().to_str().unwrap() {
            "tests" | "benches" => {}
            _ if path.is_dir() => sources(&path, found),
            _ if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            _ => {}
        }
    }
}

#[test]
fn the_image_is_built_from_all_that_the_program_takes_in() {
    let ignore = read(".dockerignore");
    let sent: HashSet<_> = ignore.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let mut files = Vec::new();
    sources(&root().join("services"), &mut files);
    let mut taken_in = HashSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| line.contains("include_")) {
            // From the root of the repository.
            let Some((_, path)) = line.split_once("\"../../../") else { continue };
            taken_in.insert(path.split('/').find(|part| *part != "..").unwrap().to_owned());
        }
    }
    assert!(taken_in.contains("migrations"), "{taken_in:?}");
    for folder in taken_in {
        assert!(sent.contains(folder.as_str()), "{folder} is not in .dockerignore");
    }
}

#[test]
fn the_health_check_tells_a_ready_server_from_others() {
    // The compose file's own check, on another port.
    let test = composed()["services"]["cairn-1"]["healthcheck"]["test"].clone();
    let words: Vec<String> = serde_json::from_value(test).unwrap();
    assert_eq!(words[0], "CMD");
    let health_check = |port: u16| {
        let words = words.iter().map(|word| word.replace("/8080", &format!("/{port}")));
        let words: Vec<_> = words.collect();
        run(Command::new(&words[1]).args(&words[2..])).code
    };
    let ledger = LedgerFolder::empty();
    let server = ledger.serve();
    let port = server.address().rsplit_once(':').unwrap().1.parse().unwrap();
    assert_eq!(health_check(port), 0);
    drop(server);
    assert_ne!(health_check(port), 0);

    let unready = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = unready.local_addr().unwrap().port();
    let answers = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut connection, _) = unready.accept().unwrap();
        let _ = connection.read(&mut [0; 1_024]).unwrap();
        connection
            .write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
    });
    assert_ne!(health_check(port), 0);
    answers.join().unwrap();
}

/// HAProxy with the configuration of this repository, in front of servers of the test's.
struct Balancer {
    process: Child,
    address: String,
}

impl Balancer {
    fn start(folder: &LedgerFolder, servers: [&str; 2]) -> Balancer {
        // An address of its own, so that nobody takes the port before HAProxy does.
        let [.., high, low] = std::process::id().to_be_bytes();
        let free = TcpListener::bind((format!("127.{high}.{low}.7"), 0)).unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let mut config =
            read("deploy/haproxy.cfg").replace("bind :8080", &format!("bind {address}"));
        for (name, server) in SERVERS.iter().zip(servers) {
            config = config.replace(&format!("{name}:8080"), server);
        }
        let path = folder.write("haproxy.cfg", config);
        let log = File::create(folder.file("haproxy.log")).unwrap();
        let mut haproxy = Command::new("haproxy");
        haproxy.arg("-db").arg("-f").arg(path).stdin(Stdio::null());
        let haproxy = haproxy.stdout(log.try_clone().unwrap()).stderr(log).spawn();
        let mut process =
            haproxy.unwrap_or_else(|error| panic!("{error}; on Debian: apt-get install haproxy"));
        while TcpStream::connect(&address).is_err() {
            let ended = process.try_wait().unwrap();
            let log = || std::fs::read_to_string(folder.file("haproxy.log")).unwrap();
            assert!(ended.is_none(), "HAProxy ended: {}", log());
            std::thread::yield_now();
        }
        Balancer { process, address }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address of a log for the role that the compose file gives the servers: the role is made
/// when PostgreSQL starts, and the migration gives it its rights.
fn migrated_with_role() -> String {
    let owner = postgres_cluster::shared().create_database();
    let mut role = Command::new(postgres_cluster::programs().join("psql"));
    role.args([&owner, "-v", "ON_ERROR_STOP=1", "-f"]).arg(root().join("deploy/cairn_app.sql"));
    let made = run(role.env("CAIRN_APP_PASSWORD", "it's secret"));
    assert_eq!(made.code, 0, "{made:?}");
    let migrated = run(cairn().args(["migrate", "--database", &owner]));
    assert_eq!((migrated.code, migrated.stdout.contains("grant ")), (0, false), "{migrated:?}");
    owner.replace("postgres@", "cairn_app@")
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

#[test]
fn behind_the_balancer_clients_do_not_notice_that_a_server_was_killed() {
    let ledger = LedgerFolder::empty();
    let database = migrated_with_role();
    let on_log = |command: &str| {
        let mut cairn = cairn();
        cairn.args([command, "--database", &database]);
        cairn
    };
    let imported = run(on_log("import").arg("--data").arg(ledger.data()).arg(example()));
    assert_eq!(imported.code, 0, "{imported:?}");
    let token = ledger.token(TRAKIA);
    let serve = || {
        let mut serve = on_log("serve");
        serve.args(["--listen", "127.0.0.1:0", "--data"]).arg(ledger.data());
        let log = || File::options().create(true).append(true).open(ledger.file("serve.log"));
        RunningServer::start(&mut serve, || log().unwrap())
    };
    let (one, other) = (serve(), serve());
    assert_eq!(ledger.operator_log(), "", "a role with more rights would be told of");
    let before = one.position();
    let balancer = Balancer::start(&ledger, [one.address(), other.address()]);
    let client = client();
    let (killed, (acknowledged, ids)) = (AtomicBool::new(false), mpsc::channel());
    let mut posted = HashSet::new();
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (balancer, client, token) = (&balancer, &client, token.as_str());
            let (killed, acknowledged) = (&killed, acknowledged.clone());
            scope.spawn(move || {
                // Some post one event at a time, some a little and some as much as a body may have.
                let (count, rounds) = [(1, 20), (1, 20), (3, 10), (51, 5)][number % 4];
                let text = if count == 1 { "short".to_owned() } else { "long ".repeat(4_000) };
                let mut after = 0;
                while after < rounds {
                    after += usize::from(killed.load(Ordering::SeqCst));
                    let events: Vec<_> = (0..count).map(|_| progress("A 5.2", &text)).collect();
                    let (media_type, body) = match events.as_slice() {
                        [event] => (ONE, event.to_string()),
                        events => (BATCH, json!(events).to_string()),
                    };
                    let request = client.post(balancer.url(EVENTS)).bearer_auth(token);
                    let answer = Answer::of(request.header("Content-Type", media_type).body(body));
                    // The balancer asked the other server whether it was recorded.
                    assert!(matches!(answer.status, 200 | 201), "{count}: {answer:?}");
                    for event in events {
                        let _ = acknowledged.send(event["id"].as_str().unwrap().to_owned());
                    }
                }
            });
        }
        drop(acknowledged);
        posted.extend((0..1_000).map(|_| ids.recv().expect("the clients post")));
        one.kill();
        killed.store(true, Ordering::SeqCst);
    });
    posted.extend(ids);
    let count = usize::try_from(other.position() - before).unwrap();
    assert_eq!(count, posted.len(), "each is recorded once");
    let export = run(&mut on_log("export"));
    let recorded: HashSet<_> = export
        .stdout
        .lines()
        .skip(usize::try_from(before).unwrap())
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(recorded, posted);

    other.kill();
    let answer = Answer::of(self::client().get(balancer.url("/readyz")));
    assert_eq!(answer.status, 503, "{answer:?}");
}

#[test]
fn behind_the_balancer_a_line_is_answered_while_the_body_is_still_open() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let ledger = LedgerFolder::with_example();
    let (server, token) = (ledger.serve(), ledger.token(TRAKIA));
    let balancer = Balancer::start(&ledger, [server.address(); 2]);
    let mut connection = TcpStream::connect(&balancer.address).unwrap();
    let head = format!(
        "POST {EVENTS} HTTP/1.1\r\nHost: cairn\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {LINES}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut answer = BufReader::new(connection.try_clone().unwrap()).lines().map(Result::unwrap);
    for number in 1..=3 {
        let line = format!("{}\n", progress("A 5.2", &number.to_string()));
        connection.write_all(format!("{:x}\r\n{line}\r\n", line.len()).as_bytes()).unwrap();
        let told = answer.find(|line| line.starts_with('{')).expect("the line is answered");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&told["line"], &told["status"]), (&json!(number), &json!(201)), "{told}");
    }
}
