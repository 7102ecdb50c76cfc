//! A peer on the same PostgreSQL: Message DB, an event store that is a table and functions. Its
//! files come from npm when the benchmark runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use cairn_store::EventRow;

use crate::pgbench::Script;
use crate::postgres::Postgres;
use crate::process::output;

const PACKAGE: &str = include_str!("message_db/package.json");
const LOCK: &str = include_str!("message_db/package-lock.json");

/// Its functions name one another and the table without the schema.
const OPTIONS: &str = "-c search_path=message_store,public";

/// Brings the package into the folder, where it is not there yet.
pub(crate) fn fetch(folder: &Path) -> anyhow::Result<Package> {
    let folder = folder.join("message-db");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("package.json"), PACKAGE)?;
    std::fs::write(folder.join("package-lock.json"), LOCK)?;
    let scripts = folder.join("node_modules/@eventide/message-db/database");
    if !scripts.join("install.sh").exists() {
        let mut npm = Command::new("npm");
        output(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    Ok(Package { scripts })
}

pub(crate) struct Package {
    scripts: PathBuf,
}

impl Package {
    /// Makes a database of it with its own installer.
    pub(crate) fn install(&self, postgres: &Postgres, name: &str) -> anyhow::Result<String> {
        let database = postgres.create(name, None)?;
        let mut install = Command::new("bash");
        install.arg(self.scripts.join("install.sh"));
        install.env("DATABASE_NAME", name).env("CREATE_DATABASE", "off");
        output(install.envs(postgres.variables()))?;
        Ok(database)
    }
}

/// Which stream a writer writes to; what stands before the first hyphen is the category.
pub(crate) const ONE_CATEGORY: &str = "'careGet-' || :client_id";
pub(crate) const CATEGORY_EACH: &str = "'careGet' || :client_id || '-1'";

/// Writes the payload of `row` as the data of a message.
pub(crate) fn script(
    file: PathBuf,
    database: String,
    stream: &str,
    row: &EventRow,
) -> anyhow::Result<Script> {
    let data = std::str::from_utf8(&row.payload)?;
    let statement = format!(
        "select write_message(gen_random_uuid()::varchar, {stream}, '{}', '{data}'::jsonb)",
        row.event_type
    );
    Script::new(file, &statement, database, OPTIONS)
}

/// Fills the streams of so many writers, each as long as the others.
pub(crate) fn fill(events: u64, writers: usize, row: &EventRow) -> anyhow::Result<String> {
    let data = std::str::from_utf8(&row.payload)?;
    Ok(format!(
        "insert into message_store.messages (stream_name, position, type, data) \
         select 'careGet-' || n % {writers}, n / {writers}, '{}', '{data}'::jsonb \
         from generate_series(0, {events} - 1) as n",
        row.event_type
    ))
}
