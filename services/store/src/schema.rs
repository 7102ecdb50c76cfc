//! The migrations: one list for both engines, so that a number means the same on each. A
//! migration is never edited once it was applied somewhere; a change is a further one at the end.

use std::cmp::Ordering;

use crate::log::LogError;

pub(crate) struct Migration {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

macro_rules! migration {
    ($file:literal) => {
        Migration {
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../../migrations/postgres/", $file)),
        }
    };
}

const MIGRATIONS: &[Migration] = &[migration!("0001_log.sql"), migration!("0002_subtree.sql")];

/// The number of the newest migration.
pub(crate) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The migrations that a log at schema `found` lacks, in order.
pub(crate) fn missing(found: i64) -> &'static [Migration] {
    usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found..)).unwrap_or_default()
}

/// Refuses a log of another schema than this program's.
pub(crate) fn check(found: i64) -> Result<(), LogError> {
    match found.cmp(&newest()) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(LogError::NeedsMigration { found, wanted: newest() }),
        Ordering::Greater => Err(newer(found)),
    }
}

/// Refuses a log that only a newer program may migrate.
pub(crate) fn check_not_newer(found: i64) -> Result<(), LogError> {
    if found > newest() { Err(newer(found)) } else { Ok(()) }
}

fn newer(found: i64) -> LogError {
    let why = format!("its schema {found} is newer than {}, the one known here", newest());
    LogError::NotOurs { why }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::MIGRATIONS;

    #[test]
    fn lists_every_migration_of_both_engines_under_its_number() {
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        for (engine, text_of) in [
            ("sqlite", (|migration| migration.sqlite) as fn(&super::Migration) -> &'static str),
            ("postgres", |migration| migration.postgres),
        ] {
            let files = std::fs::read_dir(migrations.join(engine)).unwrap();
            let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
            files.sort();
            assert_eq!(files.len(), MIGRATIONS.len(), "{engine}: {files:?}");
            for ((number, migration), file) in (1..).zip(MIGRATIONS).zip(&files) {
                let name = file.file_name().unwrap().to_str().unwrap();
                assert!(name.starts_with(&format!("{number:04}_")), "{engine}: {name}");
                assert_eq!(std::fs::read_to_string(file).unwrap(), text_of(migration), "{name}");
            }
        }
    }
}
