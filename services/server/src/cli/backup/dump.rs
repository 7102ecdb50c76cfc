//! What to run for a backup of a log on PostgreSQL. Its own tools copy it as of one moment, and
//! can do more than this program could: compress, stream, send elsewhere.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::checkpoints;
use crate::config::Backup;

/// Parameters of an address that PostgreSQL's tools know as well as this program does.
const SHARED_PARAMETERS: [&str; 6] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port"];

pub(super) fn print_commands(config: &Backup) -> anyhow::Result<()> {
    let place = Place::parse(&config.database.database)?;
    let text = commands(&place, &config.to, config.data.as_deref());
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

fn commands(place: &Place, to: &Path, data: Option<&Path>) -> String {
    let file = quoted(&to.display().to_string());
    let restored = format!("{}_restored", place.database);
    let (tools, cairn) = (|name: &str| place.for_tools(name), |name: &str| place.for_cairn(name));
    let mut text = String::new();
    text.push_str("# To back up, while servers write. PGPASSWORD or ~/.pgpass has the password.\n");
    if let Some(data) = data {
        let newest = quoted(&checkpoints::path(data).display().to_string());
        let _ = writeln!(text, "cp {newest} {}", quoted(&format!("{}.checkpoint", to.display())));
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
    if let Some(data) = data {
        let _ = write!(text, " --data {}", quoted(&data.display().to_string()));
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
    fn parse(address: &str) -> anyhow::Result<Place> {
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
        let user = who.split(':').next().unwrap_or_default();
        let at = if user.is_empty() { "" } else { "@" };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let named = path.trim_start_matches('/');
        let mut database = if named.is_empty() { user } else { named }.to_owned();
        let mut parameters = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=').unwrap_or((parameter, "")) {
                ("password", _) => {}
                ("dbname", name) => name.clone_into(&mut database),
                (_, _) => parameters.push(parameter.to_owned()),
            }
        }
        Ok(Place { server: format!("{scheme}://{user}{at}{host}"), database, parameters })
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

    use super::{Place, commands, quoted};

    #[test]
    fn no_command_has_the_password() {
        let addresses = [
            "postgres://owner:s3cret@db:5433/cairn?sslmode=require",
            "postgres://owner:s3c%40ret@db/cairn?password=s3cret",
            "postgres://db/cairn?user=owner&password=s3cret&options[search_path]=log",
            "postgresql://owner:s3cret@%2Frun%2Fpostgresql",
        ];
        for address in addresses {
            let place = Place::parse(address).unwrap();
            let text = commands(&place, Path::new("cairn.dump"), Some(Path::new("data")));
            assert!(!text.contains("s3c") && text.contains("_restored"), "{text}");
        }
        for unreadable in [
            "postgres://owner:s3/cret@db/cairn",
            "postgres://owner:s3@cret@db/cairn",
            "postgres://owner:s3?cret@db/cairn",
            "postgres://owner:s3#cret@db/cairn",
        ] {
            let refused = Place::parse(unreadable).err().unwrap().to_string();
            assert!(!refused.contains("cret") && refused.contains("%40"), "{refused}");
        }
    }

    #[test]
    fn each_program_gets_the_parameters_that_it_knows() {
        let address = "postgres://owner@db/cairn?sslmode=require&options[search_path]=log";
        let place = Place::parse(address).unwrap();
        assert_eq!(place.for_tools("new"), "'postgres://owner@db/new?sslmode=require'");
        assert_eq!(
            place.for_cairn("new"),
            "'postgres://owner@db/new?sslmode=require&options[search_path]=log'"
        );
    }

    #[test]
    fn a_file_name_stays_one_word() {
        assert_eq!(quoted("backups/cairn.dump"), "backups/cairn.dump");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }
}
