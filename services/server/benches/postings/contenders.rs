//! Everything that is measured, set up: databases, tables, servers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use cairn_store::EventRow;

use crate::appends::Appends;
use crate::cairn::{Cairn, Served};
use crate::case::{Case, Engine, MANY, ONE, Size, System};
use crate::floor::{self, SqliteFloor};
use crate::measured::{Measured, Span};
use crate::pgbench::Script;
use crate::postgres::Postgres;
use crate::process::Server;
use crate::{bare, client, machine, message_db};

/// Events in the small logs to which the log alone appends.
const SMALL_EVENTS: u64 = 10_000;

/// Names of databases.
const SMALL: &str = "small";
const LARGE: &str = "large";
const SMALL_FLOOR: &str = "small_floor";
const LARGE_FLOOR: &str = "large_floor";

pub(crate) struct Contenders {
    row: EventRow,
    http: BTreeMap<(Engine, Size), Served>,
    logs: BTreeMap<(Engine, Size), Appends>,
    sqlite_floors: BTreeMap<Size, SqliteFloor>,
    scripts: BTreeMap<(System, Size), Script>,
    bare: Server,
    /// Last, so that it outlives those who are connected to it.
    databases: Databases,
}

impl Contenders {
    /// The large tables get so many events.
    pub(crate) async fn set_up(
        out: &mut impl Write,
        folder: &Path,
        events: u64,
    ) -> anyhow::Result<Self> {
        let databases = Databases { folder: folder.to_owned(), postgres: Postgres::start() };
        writeln!(out, "         PostgreSQL {}", databases.postgres.shape()?)?;
        writeln!(out, "         SQLite {}, WAL, synchronous=FULL", floor::sqlite_version().await?)?;
        for engine in Engine::ALL {
            databases.import(engine, LARGE).await?;
        }
        let mut http = BTreeMap::new();
        let mut answer_bytes = 0;
        for engine in Engine::ALL {
            databases.import(engine, SMALL).await?;
            let served = databases.cairn(engine, SMALL).serve()?;
            answer_bytes = served.post_one().await?;
            http.insert((engine, Size::Small), served);
        }
        let row = databases.cairn(Engine::Postgres, SMALL).last_row().await?;

        let fill = |engine| databases.fill(engine, LARGE, events, &row);
        futures::future::try_join_all(Engine::ALL.map(fill)).await?;
        let mut logs = BTreeMap::new();
        for engine in Engine::ALL {
            databases.copy(engine, LARGE, LARGE_FLOOR)?;
            let log = databases.copy(engine, LARGE, "large_log")?;
            logs.insert((engine, Size::Large), Appends::open(&log, row.clone()).await?);
        }
        let mut scripts = databases.pgbench_floors(&row).await?;
        match databases.message_db(&row, events) {
            Ok(peer) => scripts.extend(peer),
            Err(error) => writeln!(out, "         Message DB is not measured: {error:#}")?,
        }
        let sqlite_floors = databases.sqlite_floors(&row).await?;
        databases.postgres.settle()?;
        for (engine, served) in databases.serve_all(LARGE)? {
            http.insert((engine, Size::Large), served);
        }
        let bare = bare::start(answer_bytes)?;
        Ok(Self { row, http, logs, sqlite_floors, scripts, bare, databases })
    }

    /// Small logs of this round's own, so that each round finds them small.
    pub(crate) async fn begin_round(&mut self, round: u64) -> anyhow::Result<()> {
        for engine in Engine::ALL {
            let name = format!("small_log_{round}");
            let log = self.databases.new_log(engine, &name).await?;
            let mut appends = Appends::open(&log, self.row.clone()).await?;
            appends.fill(SMALL_EVENTS).await?;
            if let Some(before) = self.logs.insert((engine, Size::Small), appends) {
                before.close().await;
            }
        }
        Ok(())
    }

    /// What a case gives; nothing where its system is not there.
    pub(crate) async fn measure(
        &mut self,
        case: Case,
        span: Span,
    ) -> anyhow::Result<Option<Measured>> {
        let busy = tokio::spawn(machine::busy_during(span.starting_now()));
        let Some(latencies) = self.run(case, span).await? else { return Ok(None) };
        Ok(Some(Measured::new(span.counted, latencies, case.events_each, busy.await??)))
    }

    async fn run(&mut self, case: Case, span: Span) -> anyhow::Result<Option<Vec<Duration>>> {
        const NOT_SET_UP: &str = "a case has its system";
        let Case { size, events_each, system, writers } = case;
        let window = span.starting_now();
        let latencies = match system {
            System::Http(engine) => {
                let served = self.http.get(&(engine, size)).context(NOT_SET_UP)?;
                let request = served.request(events_each);
                client::load(served.server.address, &request, writers, window).await?
            }
            System::BareHttp => {
                let served = self.http.get(&(Engine::Postgres, size)).context(NOT_SET_UP)?;
                let request = served.request(events_each);
                client::load(self.bare.address, &request, writers, window).await?
            }
            System::Log(engine, ids) => {
                let log = self.logs.get_mut(&(engine, size)).context(NOT_SET_UP)?.with_ids(ids);
                match writers {
                    ONE => log.alone_until(window, events_each).await?,
                    _ => log.in_turns_until(window, events_each, writers).await?,
                }
            }
            System::Floor(Engine::Sqlite) => {
                let floor = self.sqlite_floors.get_mut(&size).context(NOT_SET_UP)?;
                floor.commit_until(window).await?
            }
            System::Floor(Engine::Postgres) | System::MessageDb | System::MessageDbApart => {
                let Some(script) = self.scripts.get(&(system, size)) else { return Ok(None) };
                script.run(writers, span).await?
            }
        };
        Ok(Some(latencies))
    }
}

/// Where the tables are.
struct Databases {
    folder: PathBuf,
    postgres: Postgres,
}

type Scripts = BTreeMap<(System, Size), Script>;

impl Databases {
    fn sqlite_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    fn address(&self, engine: Engine, name: &str) -> String {
        match engine {
            Engine::Postgres => self.postgres.address(name),
            Engine::Sqlite => format!("sqlite:{}", self.sqlite_file(name).display()),
        }
    }

    /// A log without events.
    async fn new_log(&self, engine: Engine, name: &str) -> anyhow::Result<String> {
        if engine == Engine::Postgres {
            self.postgres.create(name, None)?;
        }
        let address = self.address(engine, name);
        cairn_store::migrate(&address).await?;
        Ok(address)
    }

    fn cairn(&self, engine: Engine, name: &str) -> Cairn {
        let keys = match engine {
            Engine::Postgres => "postgres",
            Engine::Sqlite => "sqlite",
        };
        let data = self.folder.join(format!("data_{keys}_{name}"));
        Cairn { data, database: self.address(engine, name) }
    }

    /// A log with the example project in it.
    async fn import(&self, engine: Engine, name: &str) -> anyhow::Result<()> {
        self.new_log(engine, name).await?;
        self.cairn(engine, name).import_example()
    }

    /// The program on both engines: it reads a whole log before it listens.
    fn serve_all(&self, name: &str) -> anyhow::Result<Vec<(Engine, Served)>> {
        std::thread::scope(|scope| {
            let serve = |engine| scope.spawn(move || self.cairn(engine, name).serve());
            let started = Engine::ALL.map(|engine| (engine, serve(engine)));
            let served = started.map(|(engine, thread)| {
                let served = thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??;
                Ok((engine, served))
            });
            served.into_iter().collect()
        })
    }

    async fn fill(
        &self,
        engine: Engine,
        name: &str,
        events: u64,
        row: &EventRow,
    ) -> anyhow::Result<()> {
        let mut appends = Appends::open(&self.address(engine, name), row.clone()).await?;
        appends.fill(events).await?;
        appends.close().await;
        Ok(())
    }

    /// A copy of a log that nobody has open.
    fn copy(&self, engine: Engine, from: &str, to: &str) -> anyhow::Result<String> {
        match engine {
            Engine::Postgres => self.postgres.create(to, Some(from)).map(drop)?,
            Engine::Sqlite => {
                std::fs::copy(self.sqlite_file(from), self.sqlite_file(to)).map(drop)?;
            }
        }
        Ok(self.address(engine, to))
    }

    async fn pgbench_floors(&self, row: &EventRow) -> anyhow::Result<Scripts> {
        self.new_log(Engine::Postgres, SMALL_FLOOR).await?;
        let statement = floor::insert_for_pgbench(row);
        let script = |(size, name)| {
            let database = self.postgres.address(name);
            self.postgres.run(&database, &floor::prepare_for_pgbench())?;
            let file = self.folder.join(format!("{name}.sql"));
            let script = Script::new(file, &statement, database, "")?;
            Ok(((System::Floor(Engine::Postgres), size), script))
        };
        [(Size::Small, SMALL_FLOOR), (Size::Large, LARGE_FLOOR)].map(script).into_iter().collect()
    }

    async fn sqlite_floors(&self, row: &EventRow) -> anyhow::Result<BTreeMap<Size, SqliteFloor>> {
        self.new_log(Engine::Sqlite, SMALL_FLOOR).await?;
        let mut floors = BTreeMap::new();
        for (size, name) in [(Size::Small, SMALL_FLOOR), (Size::Large, LARGE_FLOOR)] {
            let floor = SqliteFloor::open(&self.sqlite_file(name), row.clone()).await?;
            floors.insert(size, floor);
        }
        Ok(floors)
    }

    fn message_db(&self, row: &EventRow, events: u64) -> anyhow::Result<Scripts> {
        let package = message_db::fetch(&self.folder)?;
        let small = package.install(&self.postgres, "message_db_small")?;
        let large = package.install(&self.postgres, "message_db_large")?;
        self.postgres.run(&large, &message_db::fill(events, MANY, row)?)?;
        let script = |system, size, database: &str, stream, name: &str| {
            let file = self.folder.join(name);
            let script = message_db::script(file, database.to_owned(), stream, row)?;
            anyhow::Ok(((system, size), script))
        };
        use message_db::{CATEGORY_EACH, ONE_CATEGORY};
        Ok(BTreeMap::from([
            script(System::MessageDb, Size::Small, &small, ONE_CATEGORY, "message.sql")?,
            script(System::MessageDb, Size::Large, &large, ONE_CATEGORY, "message_large.sql")?,
            script(System::MessageDbApart, Size::Small, &small, CATEGORY_EACH, "message_each.sql")?,
        ]))
    }
}
