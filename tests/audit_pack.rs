//! `cairn export --proofs`: a pack that proves itself to who has Python and nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod postgres_cluster;
mod running_server;
#[path = "audit_pack/forged.rs"]
mod forged;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use running_server::{Ended, LedgerFolder, TRAKIA, example, progress, run};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;

/// A pack that can be spoiled.
struct Pack {
    folder: TempDir,
}

impl Pack {
    fn of(ledger: &LedgerFolder, project: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let ended = write(ledger, project, folder.path());
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.stdout.contains("python3 "), "{ended:?}");
        Self { folder }
    }

    fn copy(&self) -> Self {
        let folder = TempDir::new().unwrap();
        for name in self.files() {
            let to = folder.path().join(&name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(self.path(&name), to).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    fn manifest(&self) -> Value {
        serde_json::from_slice(&self.read("manifest.json")).unwrap()
    }

    /// All files, the manifest too.
    fn files(&self) -> Vec<String> {
        let manifest = self.manifest();
        let named = manifest["files"].as_object().unwrap().keys().cloned();
        named.chain(["manifest.json".to_owned()]).collect()
    }

    fn verify(&self, key: Option<&Path>) -> Ended {
        run(Command::new("python3").arg(self.path("verify.py")).args(key))
    }

    /// Other content for a file, with a manifest that belongs to it: what somebody makes who wants
    /// to deceive.
    fn forge(&self, name: &str, content: impl AsRef<[u8]>) {
        let manifest = self.text("manifest.json");
        let forged = manifest.replace(&sha256(&self.read(name)), &sha256(content.as_ref()));
        assert_ne!(manifest, forged, "{name}");
        fs::write(self.path(name), content).unwrap();
        fs::write(self.path("manifest.json"), forged).unwrap();
    }

    /// A file more, which the manifest names in its place.
    fn add(&self, name: &str, content: &str) {
        let mut manifest = self.manifest();
        let files = manifest["files"].as_object_mut().unwrap();
        files.insert(name.to_owned(), sha256(content.as_bytes()).into());
        files.sort_keys();
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), content).unwrap();
        fs::write(self.path("manifest.json"), format!("{manifest:#}\n")).unwrap();
    }

    fn assert_refused(&self, what: &str, why: &str) {
        let refused = self.verify(None);
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{what}: {refused:?}");
        assert!(refused.stderr.starts_with("NOT VERIFIED: "), "{what}: {refused:?}");
        assert_eq!(refused.stderr.lines().count(), 1, "a sentence, {what}: {refused:?}");
        assert!(refused.stderr.contains(why), "{what}: {refused:?}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a pack has that no signature covers.
fn is_unsigned(name: &str) -> bool {
    name == "verify.py" || name.starts_with("schemas/")
}

fn export(ledger: &LedgerFolder, project: &str, folder: &Path) -> Command {
    let mut command = ledger.command("export");
    command.args(["--proofs", "--project", project, "--to"]).arg(folder);
    command.arg("--data").arg(ledger.data());
    command
}

fn write(ledger: &LedgerFolder, project: &str, folder: &Path) -> Ended {
    run(&mut export(ledger, project, folder))
}

/// A log of two projects that was signed twice.
fn two_projects() -> LedgerFolder {
    let ledger = LedgerFolder::with_example();
    for name in ["care-get.yaml", "illustrative-plan.yaml"] {
        let text = fs::read_to_string(example().join(name)).unwrap();
        ledger.write(name, text.replace("project: care-get\n", "project: care-two\n"));
    }
    let two = [ledger.file("care-get.yaml"), ledger.file("illustrative-plan.yaml")];
    assert_eq!(ledger.import(&[&two[0], &two[1]]).code, 0);
    ledger
}

#[test]
fn a_pack_proves_itself_and_has_nothing_of_the_other_projects() {
    let ledger = two_projects();
    for (project, versions) in [("care-get", 210), ("care-two", 35)] {
        let pack = Pack::of(&ledger, project);
        let verified = pack.verify(Some(&ledger.data().join("keys/log.pub")));
        assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{verified:?}");
        let told = format!("VERIFIED: all {versions} events of {project}, ");
        assert!(verified.stdout.starts_with(&told), "{verified:?}");

        let other = if project == "care-get" { "care-two" } else { "care-get" };
        for name in pack.files().iter().filter(|name| !name.starts_with("checkpoints/")) {
            // CARE-GET is the other's acronym too: it is a copy.
            let text = pack.text(name).replace("urn:example:care-get", "");
            assert!(!text.contains(&format!("\"{other}\"")), "{name} speaks of {other}");
        }
        let manifest = pack.manifest();
        assert_eq!((&manifest["first"], &manifest["size"]), (&210.into(), &245.into()));
        assert!(manifest["evidence"].as_str().unwrap().starts_with("none is held"));
        // Byte for byte what the log has.
        let exported = run(ledger.command("export").args(["--project", project]));
        let mut types = BTreeSet::new();
        for (packed, line) in pack.text("events.ndjson").lines().zip(exported.stdout.lines()) {
            let (packed, line): (Value, Value) =
                (serde_json::from_str(packed).unwrap(), serde_json::from_str(line).unwrap());
            for name in ["position", "version", "id", "type", "leafhash"] {
                assert_eq!(packed[name], line[name], "{name}");
            }
            types.insert(format!("schemas/{}.v1.json", packed["type"].as_str().unwrap()));
        }
        assert_eq!(pack.text("events.ndjson").lines().count(), versions);
        let files = pack.files();
        let schemas = files.iter().filter(|name| name.starts_with("schemas/")).cloned();
        assert_eq!(schemas.collect::<BTreeSet<_>>(), types);
    }
}

#[test]
fn the_program_of_a_release_verifies_a_pack_and_says_what_nobody_signed() {
    let good = Pack::of(&two_projects(), "care-get");
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let release = source.join("src/cli/export/verify.py");
    // As a mail program may leave it.
    let elsewhere = TempDir::new().unwrap();
    let key = elsewhere.path().join("log.pub");
    fs::write(&key, good.text("log.pub").replace('\n', "\r\n")).unwrap();
    let arguments = [release.as_path(), &key, good.folder.path()];
    let verified = run(Command::new("python3").args(arguments));
    assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{verified:?}");
    let mut told = verified.stdout.lines().skip_while(|line| !line.starts_with("Nobody signs "));
    assert!(told.next().unwrap().contains("SHA-256"), "{verified:?}");
    let mut names = Vec::new();
    for line in told {
        let (sum, name) = line.split_once("  ").unwrap();
        let of_release = match name.strip_prefix("schemas/") {
            Some(schema) => source.join("../../schema/events").join(schema),
            None => release.clone(),
        };
        assert_eq!(sum, sha256(&fs::read(of_release).unwrap()), "{name}");
        names.push(name.to_owned());
    }
    let mut unsigned = good.files();
    unsigned.retain(|name| is_unsigned(name));
    unsigned.sort();
    assert_eq!(names, unsigned);
}

/// Works on the file as somebody would who has it.
fn execute(ledger: &LedgerFolder, sql: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(ledger.database_file());
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

#[test]
fn an_altered_log_is_not_packed() {
    let ledger = two_projects();
    let folder = TempDir::new().unwrap();
    let free = "drop trigger event_is_never_updated; drop trigger event_is_never_deleted;";
    execute(&ledger, free);
    for (what, sql, why) in [
        (
            "a column",
            "update event set actor_role = 'lead-partner' where position = 105",
            "ALTERED at position 105: one of its columns is not the one that was recorded.\n",
        ),
        (
            "a payload",
            "update event set payload = cast(replace(payload, ':', ' :') as blob)
             where position = 105",
            "ALTERED at position 105: its payload is not the one that was recorded.\n",
        ),
        (
            "a leaf hash",
            "update event set leaf_hash = zeroblob(32) where position = 105",
            "ALTERED at positions 1 to 245: a hash that is stored for these events is not ",
        ),
        (
            "a length",
            "pragma ignore_check_constraints = 1;
             update event set payload_hash = zeroblob(31) where position = 105",
            "ALTERED at position 105: its payload_hash has 31 bytes",
        ),
        (
            "a project",
            "update event set project = 'care-two', version = 36 where position = 105",
            "ALTERED: the event of version 105 of care-get is missing.\n",
        ),
        (
            "the last version",
            "update event set version = 300 where position = 210",
            "ALTERED: the event of version 210 of care-get is missing.\n",
        ),
        (
            "a row",
            "delete from event where position = 105",
            "ALTERED at position 105: the event is missing.\n",
        ),
    ] {
        let altered = LedgerFolder::empty();
        fs::copy(ledger.database_file(), altered.database_file()).unwrap();
        fs::create_dir_all(altered.data().join("keys")).unwrap();
        let key = "keys/log.pub";
        fs::copy(ledger.data().join(key), altered.data().join(key)).unwrap();
        execute(&altered, sql);
        for to in [folder.path().to_owned(), folder.path().join("new/pack")] {
            let refused = write(&altered, "care-get", &to);
            assert_eq!(refused.code, 1, "{what}: {refused:?}");
            assert!(refused.stdout.starts_with(why), "{what}: {refused:?}");
            assert!(refused.stdout.contains("cairn verify"), "{what}: {refused:?}");
            assert!(!to.join("manifest.json").exists());
        }
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0, "{what}");
        fs::remove_dir(folder.path().join("new")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{what}");
    }
    // A failed try is in nobody's way.
    let written = write(&ledger, "care-get", folder.path());
    assert_eq!(written.code, 0, "{written:?}");
}

#[test]
fn a_pack_has_what_is_signed_and_says_so() {
    let ledger = LedgerFolder::with_example();
    let server = ledger.serve();
    let posted = server.post(&ledger.token(TRAKIA), &progress("A 5.2", "not signed yet"));
    assert_eq!(posted.status, 201, "{posted:?}");
    server.kill();
    drop(server);
    let folder = TempDir::new().unwrap();
    let ended = write(&ledger, "care-get", folder.path());
    assert!(ended.stdout.starts_with("210 events of care-get, "), "{ended:?}");
    assert_eq!(Pack { folder }.verify(None).code, 0);
}

#[test]
fn an_export_that_is_stopped_leaves_nothing_behind() {
    let ledger = LedgerFolder::with_example_on(postgres_cluster::shared().create_database());
    let folder = TempDir::new().unwrap();
    let is_begun = || fs::read_dir(folder.path()).unwrap().count() > 0;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut lock = runtime.block_on(PgConnection::connect(&ledger.database())).unwrap();
    // While the events are locked, the export waits for them.
    let sql = "begin; lock table event in access exclusive mode";
    runtime.block_on(sqlx::raw_sql(sql).execute(&mut lock)).unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut command = export(&ledger, "care-get", folder.path());
        let mut export = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        while !is_begun() && export.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let id = export.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let ended = export.wait_with_output().unwrap();
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("nothing was written"), "{stderr}");
        assert!(!is_begun(), "{signal}");
    }
}

#[test]
fn a_pack_that_cannot_be_made_says_why() {
    let ledger = LedgerFolder::with_example();
    let folder = TempDir::new().unwrap();
    let none = write(&ledger, "care-three", folder.path());
    assert_eq!((none.code, none.stdout.as_str()), (2, ""), "{none:?}");
    assert!(none.stderr.contains("--project"), "{none:?}");
    fs::write(folder.path().join("letter"), "of somebody").unwrap();
    let full = write(&ledger, "care-get", folder.path());
    assert_eq!(full.code, 2, "{full:?}");
    assert!(full.stderr.contains("--to"), "{full:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was put there");
    let without = run(ledger.command("export").args(["--proofs", "--project", "care-get"]));
    assert_eq!(without.code, 2, "{without:?}");
    assert!(without.stderr.contains("--to"), "{without:?}");
    let alone = run(ledger.command("export").args(["--to", "x"]));
    assert_eq!(alone.code, 2, "{alone:?}");
}
