//! The PostgreSQL of this run: a cluster of its own, with full durability.

use std::process::Command;

use crate::postgres_cluster::Cluster;
use crate::process::output;

/// As much of the memory as PostgreSQL's manual advises on a small server, its own default for the
/// log, and room for 64 clients beside all that is connected.
const SETTINGS: [(&str, &str); 3] =
    [("shared_buffers", "1GB"), ("max_wal_size", "1GB"), ("max_connections", "200")];
const ROLE: &str = "postgres";
/// The database that every cluster has.
const FIRST: &str = "postgres";

pub(crate) struct Postgres {
    cluster: Cluster,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        Self { cluster: Cluster::start_with(&SETTINGS) }
    }

    pub(crate) fn address(&self, database: &str) -> String {
        self.cluster.address(database)
    }

    /// A new database, empty or a copy of one that nobody is connected to.
    pub(crate) fn create(&self, name: &str, template: Option<&str>) -> anyhow::Result<String> {
        let mut sql = format!("create database {name}");
        if let Some(template) = template {
            sql += &format!(" template {template}");
            // Since 15 a copy goes through the write-ahead log unless it is told otherwise.
            let version = self.run(&self.address(FIRST), "show server_version_num")?;
            if version.trim().parse::<u32>()? >= 150_000 {
                sql += " strategy file_copy";
            }
        }
        self.run(&self.address(FIRST), &sql)?;
        Ok(self.address(name))
    }

    /// What a statement says, bare.
    pub(crate) fn run(&self, address: &str, sql: &str) -> anyhow::Result<String> {
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        output(psql.args(["-v", "ON_ERROR_STOP=1", "-c", sql, address]))
    }

    /// What programs of PostgreSQL take from their environment.
    pub(crate) fn variables(&self) -> [(&'static str, String); 3] {
        [
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", self.cluster.port().to_string()),
            ("PGUSER", ROLE.to_owned()),
        ]
    }

    /// What filling left behind is done now, and not while something is measured.
    pub(crate) fn settle(&self) -> anyhow::Result<()> {
        let databases = "select datname from pg_database where datallowconn";
        for database in self.run(&self.address(FIRST), databases)?.lines() {
            self.run(&self.address(database), "vacuum analyze")?;
        }
        self.run(&self.address(FIRST), "checkpoint").map(drop)
    }

    /// The settings that decide what a commit costs, read back.
    pub(crate) fn shape(&self) -> anyhow::Result<String> {
        let said = self.run(
            &self.address(FIRST),
            "select current_setting('server_version') || ', ' || string_agg(name || '=' || \
             current_setting(name), ', ' order by name) from pg_settings where name in ('fsync', \
             'full_page_writes', 'synchronous_commit', 'shared_buffers', 'max_wal_size')",
        )?;
        Ok(said.trim().to_owned())
    }
}
