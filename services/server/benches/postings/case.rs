//! What is measured: which system takes events, how many at a time, from how many writers, into
//! how large a table.

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Engine {
    Postgres,
    Sqlite,
}

impl Engine {
    pub(crate) const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// What the ids of events look like to the index that finds one sent again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ids {
    /// Version 7, as the README advises who posts: each is larger than the one before.
    InOrder,
    /// Version 4, as of every other system here: each belongs somewhere else in the index.
    Random,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum System {
    /// The program: token, rules, hashes, head, answer.
    Http(Engine),
    /// The log alone: hashes and head.
    Log(Engine, Ids),
    /// The same row into the same table, one a commit.
    Floor(Engine),
    /// A peer; all writers in one project, which keeps them in one order.
    MessageDb,
    /// Each writer in a project of its own, with no order among them.
    MessageDbApart,
    /// The same web server reads the same request and gives a fixed answer.
    BareHttp,
}

impl System {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Http(engine) => format!("Cairn over HTTP, {}", engine.name()),
            Self::Log(engine, Ids::Random) => format!("Cairn's log alone, {}", engine.name()),
            Self::Log(engine, Ids::InOrder) => {
                format!("Cairn's log alone, {}, ids in order", engine.name())
            }
            Self::Floor(Engine::Postgres) => "floor: pgbench, one row a commit".to_owned(),
            Self::Floor(Engine::Sqlite) => "floor: SQLite, one row a commit".to_owned(),
            Self::MessageDb => "Message DB, one category".to_owned(),
            Self::MessageDbApart => "Message DB, a category each".to_owned(),
            Self::BareHttp => "bare HTTP answer, nothing stored".to_owned(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Size {
    Small,
    Large,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Case {
    pub(crate) size: Size,
    pub(crate) events_each: usize,
    pub(crate) system: System,
    pub(crate) writers: usize,
}

pub(crate) const ONE: usize = 1;
pub(crate) const FEW: usize = 16;
pub(crate) const MANY: usize = 64;
pub(crate) const BATCH: usize = 100;

/// In the order in which they take their turns: what is compared stands close together.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |size, events_each, system, writers: &[usize]| {
        let case = |&writers| Case { size, events_each, system, writers };
        cases.extend(writers.iter().map(case));
    };
    for engine in Engine::ALL {
        add(Size::Small, 1, System::Http(engine), &[MANY, FEW, ONE]);
        // SQLite has one writer at a time, so that more of them only wait.
        let writers = if engine == Engine::Postgres { &[MANY, FEW, ONE][..] } else { &[ONE] };
        add(Size::Small, 1, System::Floor(engine), writers);
        add(Size::Small, 1, System::Log(engine, Ids::Random), &[ONE]);
        add(Size::Small, BATCH, System::Log(engine, Ids::Random), &[FEW, MANY]);
        add(Size::Small, BATCH, System::Http(engine), &[MANY, FEW, ONE]);
        for ids in [Ids::InOrder, Ids::Random] {
            add(Size::Small, BATCH, System::Log(engine, ids), &[ONE]);
            add(Size::Large, BATCH, System::Log(engine, ids), &[ONE]);
        }
        add(Size::Large, 1, System::Http(engine), &[MANY, ONE]);
        add(Size::Large, 1, System::Floor(engine), &writers[..1]);
    }
    add(Size::Small, 1, System::MessageDb, &[MANY, FEW, ONE]);
    add(Size::Small, 1, System::MessageDbApart, &[MANY]);
    add(Size::Large, 1, System::MessageDb, &[MANY]);
    add(Size::Small, 1, System::BareHttp, &[MANY, ONE]);
    cases
}
