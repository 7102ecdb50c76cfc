//! What to run for a backup of a log on PostgreSQL. Its own tools copy it as of one moment, and
//! can do more than this program could: compress, stream, send elsewhere.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{CHECKPOINT, beside, nothing_is_there};
use crate::config::Backup;
use crate::{checkpoints, keys};

/// Parameters of an address that PostgreSQL's tools know as well as this program does.
const SHARED_PARAMETERS: [&str; 7] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "user"];

pub(super) fn print_commands(config: &Backup) -> anyhow::Result<()> {
    let place = Place::parse(&config.database.database, |name| std::env::var(name).ok())?;
    // Both would be written over, and a dump that breaks off would leave neither.
    nothing_is_there(&[config.to.clone(), beside(&config.to, CHECKPOINT)])?;
    let text = commands(&place, &config.to, &InData::of(config.data.as_deref()));
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// What there is in `--data` for the commands to name.
#[derive(Default)]
struct InData {
    newest: Option<PathBuf>,
    /// The folder itself, where the key of the log is in it.
    folder: Option<PathBuf>,
}

impl InData {
    fn of(data: Option<&Path>) -> InData {
        let there = |path: &Path| path.try_exists().unwrap_or(false);
        let newest = data.map(checkpoints::path).filter(|path| there(path));
        let folder = data.filter(|data| there(&keys::log_public_key_path(data)));
        InData { newest, folder: folder.map(Path::to_owned) }
    }
}

fn commands(place: &Place, to: &Path, data: &InData) -> String {
    let word = |path: &Path| quoted(&path.display().to_string());
    let file = word(to);
    let restored = format!("{}_restored", place.database);
    let (tools, cairn) = (|name: &str| place.for_tools(name), |name: &str| place.for_cairn(name));
    let mut text = String::new();
    text.push_str("# To back up, while servers write. PGPASSWORD or ~/.pgpass has the password.\n");
    if let Some(newest) = &data.newest {
        let _ = writeln!(text, "cp {} {}", word(newest), word(&beside(to, CHECKPOINT)));
    }
    let _ = writeln!(text, "pg_dump --format=custom --file={file} {}", tools(&place.database));
    text.push_str("\n# To restore into a new database, as the role that is to own the tables.\n");
    let _ = write!(
        text,
        "createdb --template=template0 --encoding=UTF8 --maintenance-db={} {}\n\
         pg_restore --no-owner --no-privileges --single-transaction --dbname={} {file}\n\
         cairn migrate --database {}\n\
         cairn verify --database {}",
        tools("postgres"),
        quoted(&restored),
        tools(&restored),
        cairn(&restored),
        cairn(&restored),
    );
    if let Some(folder) = &data.folder {
        let _ = write!(text, " --data {}", word(folder));
    }
    text.push_str(
        "\n\n# The keys in --data are in no dump. Keep a copy of them in another place: whoever has \
         both\n# can rewrite the log and sign it.\n",
    );
    text
}

/// An address in its parts, without its password.
struct Place {
    /// `postgres://USER@HOST:PORT`
    server: String,
    database: String,
    parameters: Vec<String>,
}

impl Place {
    /// Parts that the address leaves out come from PostgreSQL's variables, as for a server.
    fn parse(address: &str, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Place> {
        let (scheme, rest) = address.split_once("://").unwrap_or((address, ""));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        // A password with such a sign in it would be taken for a part that is printed.
        anyhow::ensure!(
            authority.matches('@').count() <= 1 && !rest.contains(['@', '#']),
            "--database cannot be read; signs such as @ : / ? # in a password are written %40 %3A \
             %2F %3F %23"
        );
        let (who, host) = authority.split_once('@').unwrap_or(("", authority));
        let owner = who.split(':').next().unwrap_or_default();
        let at = if owner.is_empty() { "" } else { "@" };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (mut user, mut database) = (owner, path.trim_start_matches('/'));
        let mut parameters = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=').unwrap_or((parameter, "")) {
                ("password", _) => {}
                ("dbname", name) => database = name,
                (name, value) => {
                    if name == "user" {
                        user = value;
                    }
                    parameters.push(parameter.to_owned());
                }
            }
        }
        // PostgreSQL's own rule: a database that nobody names is the one named as the user.
        let given = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        let database = given(database).or_else(|| variable("PGDATABASE"));
        let database = database.or_else(|| given(user)).or_else(|| variable("PGUSER")).context(
            "--database names neither a database nor a user; write \
             postgres://USER@HOST:PORT/DATABASE",
        )?;
        Ok(Place { server: format!("{scheme}://{owner}{at}{host}"), database, parameters })
    }

    fn for_cairn(&self, database: &str) -> String {
        self.address(database, |_name| true)
    }

    fn for_tools(&self, database: &str) -> String {
        self.address(database, |name| SHARED_PARAMETERS.contains(&name))
    }

    fn address(&self, database: &str, takes: impl Fn(&str) -> bool) -> String {
        let name = |parameter: &str| parameter.split('=').next().is_some_and(&takes);
        let parameters: Vec<_> =
            self.parameters.iter().map(String::as_str).filter(|known| name(known)).collect();
        let sign = if parameters.is_empty() { "" } else { "?" };
        quoted(&format!("{}/{database}{sign}{}", self.server, parameters.join("&")))
    }
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_-./:@%+=,".contains(sign);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{InData, Place, commands, quoted};

    fn place(address: &str) -> anyhow::Result<Place> {
        Place::parse(address, |_unset| None)
    }

    #[test]
    fn no_command_has_the_password() {
        let addresses = [
            "postgres://owner:s3cret@db:5433/cairn?sslmode=require",
            "postgres://owner:s3c%40ret@db/cairn?password=s3cret",
            "postgres://db/cairn?user=owner&password=s3cret&options[search_path]=log",
            "postgresql://owner:s3cret@%2Frun%2Fpostgresql",
        ];
        for address in addresses {
            let place = place(address).unwrap();
            let text = commands(&place, Path::new("cairn.dump"), &InData::default());
            assert!(!text.contains("s3c") && text.contains("_restored"), "{text}");
        }
        for unreadable in [
            "postgres://owner:s3/cret@db/cairn",
            "postgres://owner:s3@cret@db/cairn",
            "postgres://owner:s3?cret@db/cairn",
            "postgres://owner:s3#cret@db/cairn",
        ] {
            let refused = place(unreadable).err().unwrap().to_string();
            assert!(!refused.contains("cret") && refused.contains("%40"), "{refused}");
        }
    }

    #[test]
    fn each_program_gets_the_parameters_that_it_knows() {
        let address = "postgres://owner@db/cairn?sslmode=require&options[search_path]=log";
        let place = place(address).unwrap();
        assert_eq!(place.for_tools("new"), "'postgres://owner@db/new?sslmode=require'");
        assert_eq!(
            place.for_cairn("new"),
            "'postgres://owner@db/new?sslmode=require&options[search_path]=log'"
        );
    }

    #[test]
    fn a_database_that_is_not_named_is_the_one_that_a_server_takes() {
        let set = |name: &str, value: &str| {
            let (name, value) = (name.to_owned(), value.to_owned());
            move |asked: &str| (asked == name).then(|| value.clone())
        };
        let by = |address: &str| place(address).unwrap().for_tools("new");
        assert_eq!(place("postgres://owner@db").unwrap().database, "owner");
        assert_eq!(place("postgres://db/?user=owner").unwrap().database, "owner");
        assert_eq!(place("postgres://db/cairn?user=owner").unwrap().database, "cairn");
        assert_eq!(by("postgres://db/cairn?user=owner"), "'postgres://db/new?user=owner'");
        assert_eq!(by("postgres://db/?user=owner"), "'postgres://db/new?user=owner'");
        let parse = |name, value| Place::parse("postgres://owner@db", set(name, value)).unwrap();
        assert_eq!(parse("PGDATABASE", "cairn").database, "cairn");
        assert_eq!(parse("PGUSER", "other").database, "owner");
        let unnamed = Place::parse("postgres://db", set("PGUSER", "other")).unwrap();
        assert_eq!(unnamed.database, "other");
        let refused = place("postgres://db").err().unwrap().to_string();
        assert!(refused.contains("postgres://USER@HOST:PORT/DATABASE"), "{refused}");
    }

    #[test]
    fn a_file_name_stays_one_word() {
        assert_eq!(quoted("backups/cairn.dump"), "backups/cairn.dump");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }
}
