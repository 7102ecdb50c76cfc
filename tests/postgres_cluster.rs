//! A cluster of PostgreSQL that a test starts for itself, and that ends with the test, however
//! that ends.
//!
//! It needs the server's programs (Debian: `postgresql`) and nothing else: no service, no rights.
//! The cluster lives in a temporary folder, listens on a free port of 127.0.0.1, lets anybody in
//! as `postgres`, and keeps what it is told as a real one does. Tests that only want a database
//! share the one cluster of their process with [`shared`].

#![allow(dead_code, reason = "every test target takes this in, and each uses a part of it")]
#![allow(clippy::unwrap_used, reason = "only tests take this in")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, lchown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How to get what is missing.
const INSTALL: &str = "PostgreSQL's programs (initdb, postgres) are neither on PATH nor under \
     /usr/lib/postgresql. On Debian: apt-get install postgresql. `tests/run` does it.";

/// For what takes no time on a machine that is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ports that were free and are taken by the time that PostgreSQL wants them.
const PORTS_TRIED_MAX: u32 = 5;

/// Starts PostgreSQL, says so, and stops it when standard input ends: then the test has said so
/// or is gone. The folder goes too, unless the test wants to start the cluster again. What was
/// killed needs no stopping.
const KEEPER: &str = r#"
folder=$1 programs=$2 settings=$3
"$programs/pg_ctl" -s -w -D "$folder/data" -l "$folder/log" -o "$settings" start || exit 1
echo ready
read -r word
if [ "$word" != killed ]; then "$programs/pg_ctl" -s -D "$folder/data" -m immediate stop; fi
if [ -z "$word" ]; then rm -rf "$folder"; fi
"#;

/// Large enough for any test and small enough for many clusters. Whatever keeps events safe is at
/// its default, which is on.
const SETTINGS: [(&str, &str); 5] = [
    ("listen_addresses", "127.0.0.1"),
    ("unix_socket_directories", ""),
    ("max_connections", "100"),
    ("shared_buffers", "64MB"),
    ("log_line_prefix", "%m_[%p]_%q%u@%d_"),
];

pub(crate) struct Cluster {
    /// Removed by the keeper where this process cannot.
    folder: TempDir,
    settings: Vec<(String, String)>,
    environment: Vec<(String, PathBuf)>,
    port: u16,
    /// The shell that keeps PostgreSQL; none while the cluster is down.
    keeper: Option<Child>,
    databases: AtomicU32,
}

/// The cluster that all tests of this process share.
pub(crate) fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

impl Cluster {
    /// A cluster that keeps what it says it stored.
    pub(crate) fn start() -> Cluster {
        Cluster::start_with(&[])
    }

    /// A cluster with settings of the test's own, none of which may have a space in it.
    pub(crate) fn start_with(settings: &[(&str, &str)]) -> Cluster {
        Cluster::start_in(&std::env::temp_dir(), settings, &[])
    }

    /// A cluster in a folder of the test's own, with variables for its programs.
    pub(crate) fn start_in(
        parent: &Path,
        settings: &[(&str, &str)],
        environment: &[(&str, &Path)],
    ) -> Cluster {
        let folder = tempfile::Builder::new().prefix("cairn-postgres-").tempdir_in(parent).unwrap();
        copy_folder(&template(), &folder.path().join("data"));
        give_to_unprivileged(folder.path());
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut settings: Vec<_> = SETTINGS.iter().chain(settings).map(owned).collect();
        // After a kill it syncs its thousand files one by one, where it cannot do it in one go.
        let release = release();
        let major = release.split(|sign: char| !sign.is_ascii_digit()).next().unwrap();
        if major.parse::<u32>().unwrap() >= 14 {
            settings.push(("recovery_init_sync_method".to_owned(), "syncfs".to_owned()));
        }
        let owned = |(name, value): &(&str, &Path)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(owned).collect();
        let databases = AtomicU32::new(0);
        let mut cluster =
            Cluster { folder, settings, environment, port: 0, keeper: None, databases };
        for _ in 0..PORTS_TRIED_MAX {
            cluster.port = free_port();
            if cluster.run() {
                return cluster;
            }
        }
        panic!("PostgreSQL does not start:\n{}", cluster.server_log());
    }

    /// Starts a cluster that is down, on the same data and the same port.
    pub(crate) fn start_again(&mut self) {
        assert!(self.keeper.is_none(), "the cluster is up");
        let deadline = Instant::now() + PATIENCE;
        while !self.run() {
            assert!(Instant::now() < deadline, "PostgreSQL does not start:\n{}", self.server_log());
        }
    }

    /// Starts PostgreSQL and waits until it takes connections; false when it ended instead.
    fn run(&mut self) -> bool {
        let settings = self.settings.iter().map(|(name, value)| format!("-c {name}='{value}' "));
        let settings = settings.chain([format!("-p {}", self.port)]).collect::<String>();
        let log = fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        give_to_unprivileged(&self.log_file());
        let mut command = unprivileged("sh");
        command.args(["-c", KEEPER, "keeper"]).args([self.folder.path(), &programs()]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.arg(settings).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        // A group of its own: a signal that stops the test must not stop the keeper before.
        let mut keeper = command.process_group(0).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        if said == "ready\n" {
            self.keeper = Some(keeper);
            return true;
        }
        keeper.wait().unwrap();
        false
    }

    /// `kill -9` of PostgreSQL with all its processes; waits until they are gone.
    pub(crate) fn kill_9(&mut self) {
        let account = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let postmaster: u32 = account.lines().next().unwrap().parse().unwrap();
        let mut processes = vec![postmaster];
        processes.extend(children_of(postmaster));
        let numbers = processes.iter().map(u32::to_string);
        // One of them may have ended by itself meanwhile.
        Command::new("kill").arg("-9").args(numbers).stderr(Stdio::null()).status().unwrap();
        let deadline = Instant::now() + PATIENCE;
        while !processes.iter().all(|process| is_gone(*process)) {
            assert!(Instant::now() < deadline, "one of {processes:?} is still there");
            std::thread::yield_now();
        }
        self.end(b"killed\n");
    }

    /// Starts PostgreSQL again if it has ended by itself.
    pub(crate) fn start_if_ended(&mut self) {
        if !self.folder.path().join("data/postmaster.pid").exists() {
            self.end(b"killed\n");
            self.start_again();
        }
    }

    /// Stops PostgreSQL as it is stopped every day: what is open is undone.
    pub(crate) fn stop(&mut self) {
        let mut stop = unprivileged(programs().join("pg_ctl"));
        stop.args(["-s", "-m", "fast", "stop", "-D"]).arg(self.folder.path().join("data"));
        assert!(stop.status().unwrap().success());
        self.end(b"keep\n");
    }

    fn end(&mut self, word: &[u8]) {
        if let Some(mut keeper) = self.keeper.take() {
            // Its standard input closes with this, also when it is gone already.
            let _ = keeper.stdin.take().unwrap().write_all(word);
            keeper.wait().unwrap();
        }
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database, empty, that no other test uses.
    pub(crate) fn create_database(&self) -> String {
        let name = match self.databases.fetch_add(1, Ordering::Relaxed) {
            // This one is there already, and most processes want no other.
            0 => return self.address("postgres"),
            number => format!("cairn_{number}"),
        };
        let mut create = unprivileged(programs().join("createdb"));
        create.args(["-h", "127.0.0.1", "-U", "postgres", "-p"]).arg(self.port.to_string());
        assert!(create.arg(&name).status().unwrap().success());
        self.address(&name)
    }

    /// Does something in a database as its owner; whether that worked.
    pub(crate) fn execute(&self, address: &str, sql: &str) -> bool {
        let mut psql = unprivileged(programs().join("psql"));
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", sql]);
        psql.stdout(Stdio::null()).status().unwrap().success()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What PostgreSQL told its operator.
    pub(crate) fn server_log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end(b"");
    }
}

/// The folder of PostgreSQL's programs; the newest release where there are several.
pub(crate) fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut releases: Vec<_> = installed.map(|release| release.unwrap().path()).collect();
    releases.sort_by_key(|release| {
        let number = release.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(number)
    });
    let folders = std::env::split_paths(&on_path);
    let mut folders = folders.chain(releases.into_iter().map(|release| release.join("bin")));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_ctl"].iter().all(|program| folder.join(program).exists())
    };
    let found = folders.find(has_all).expect(INSTALL).join("initdb");
    // The others lie beside the program itself and not always beside a link to it.
    found.canonicalize().unwrap().parent().unwrap().to_owned()
}

/// Such as 15.18, or 19beta1.
fn release() -> String {
    let version = unprivileged(programs().join("initdb")).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    version.split_whitespace().nth(2).unwrap().to_owned()
}

/// A fresh data folder, made once a build: `initdb` takes a second and a copy takes none.
fn template() -> PathBuf {
    let release = release();
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().unwrap();
    let template = folder.join(format!("postgres-template-{release}"));
    if template.exists() {
        return template;
    }
    let made = tempfile::Builder::new().prefix("cairn-initdb-").tempdir().unwrap();
    give_to_unprivileged(made.path());
    let data = made.path().join("data");
    let mut initdb = unprivileged(programs().join("initdb"));
    initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"]);
    // Less to copy than with the usual sixteen.
    initdb.args(["--wal-segsize", "1"]);
    let output = initdb.arg("-D").arg(&data).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let staged = TempDir::new_in(folder).unwrap();
    copy_folder(&data, &staged.path().join("data"));
    // Of several tests that make one at once, the first wins; the others' is as good.
    if let Err(error) = fs::rename(staged.path().join("data"), &template) {
        assert!(template.exists(), "{error}");
    }
    template
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
}

/// Whom PostgreSQL runs as where the test runs as root, which it refuses.
fn unprivileged_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let is_wanted = |fields: &Vec<&str>| fields[0] == name;
        let user = users.lines().map(|line| line.split(':').collect()).find(is_wanted)?;
        Some((user[2].parse().unwrap(), user[3].parse().unwrap()))
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("a user without rights"))
}

fn unprivileged(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
    if let Some((user, group)) = unprivileged_user() {
        command.uid(user).gid(group);
    }
    command
}

fn give_to_unprivileged(path: &Path) {
    let Some((user, group)) = unprivileged_user() else { return };
    lchown(path, Some(user), Some(group)).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_to_unprivileged(&entry.unwrap().path());
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The state of a process and its parent, from `/proc`; none when it is gone.
fn state_of(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name, which stands in brackets and may have any sign in it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_gone(process: u32) -> bool {
    state_of(process).is_none_or(|(state, _parent)| state == 'Z')
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        entry.unwrap().file_name().to_str().and_then(|name| name.parse::<u32>().ok())
    });
    let is_child = |process: &u32| state_of(*process).is_some_and(|(_, of)| of == parent);
    processes.filter(is_child).collect()
}
