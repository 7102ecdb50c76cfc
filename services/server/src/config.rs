//! The command line: every flag, with its variable and what it is for.

mod help;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use jiff::SignedDuration;

/// The reporting ledger of EU-funded partnerships.
///
/// Partners post what happened: a deliverable, an activity, an invoice, a lesson. Cairn keeps
/// every fact in order, provably unaltered, and answers where the money, the milestones and the
/// lessons stand, today or on any past day.
#[derive(Debug, Parser)]
#[command(name = "cairn", version, propagate_version = true, after_help = help::EXAMPLES)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,
}

impl Config {
    /// Reads the command line, and the variables where a flag is not given. What cannot be read
    /// ends the process with its explanation.
    pub fn read() -> Self {
        let matches = Self::command().get_matches();
        let mut config = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        if let (Command::Verify(verify), Some((_, flags))) =
            (&mut config.command, matches.subcommand())
            && verify.key.is_some()
        {
            // Which key counts would be a guess where both are typed. CAIRN_DATA, which may be set
            // for all commands, only says where the key is when nobody says otherwise.
            if flags.value_source("data") == Some(ValueSource::CommandLine) {
                let conflict = "--key cannot be used with --data; give the one or the other";
                Self::command().error(ErrorKind::ArgumentConflict, conflict).exit();
            }
            verify.data = None;
        }
        config
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a fresh ledger with the example project and print requests to paste
    #[command(after_help = help::DEMO)]
    Demo(Demo),
    /// Take postings and answer questions over HTTP
    #[command(after_help = help::SERVE)]
    Serve(Serve),
    /// Create the tables of the log, or bring them up to date
    #[command(after_help = help::MIGRATE)]
    Migrate(Migrate),
    /// Record charters (*.yaml), events (*.ndjson) and lists of expenditure (*.xlsx, *.csv);
    /// repeating it records nothing
    #[command(after_help = help::IMPORT)]
    Import(Import),
    /// Record the Commission's monthly exchange rates from a file or an address
    #[command(after_help = help::RATES)]
    Rates(Rates),
    /// Write the empty list of expenditure of a partner as a workbook
    #[command(after_help = help::TEMPLATE)]
    Template(Template),
    /// Write the list of expenditure, budget use or a claim as a workbook or CSV
    #[command(after_help = help::SHEET)]
    Sheet(Sheet),
    /// Write the events of the log as NDJSON to standard output, or the audit pack of a project
    #[command(after_help = help::EXPORT)]
    Export(Export),
    /// Copy the log while servers write to it, and verify the copy
    #[command(after_help = help::BACKUP)]
    Backup(Backup),
    /// Make synthetic projects with valid histories, for trials and measurements
    #[command(after_help = help::GENERATE)]
    Generate(Generate),
    /// Print a token for a subject, signed with the key in --data
    #[command(after_help = help::TOKEN)]
    Token(Token),
    /// Recompute the whole log and say whether it is unaltered
    #[command(after_help = help::VERIFY)]
    Verify(Verify),
}

/// Where the log is.
#[derive(Debug, Args)]
pub struct Database {
    /// The database that holds the log: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE
    ///
    /// For PostgreSQL 13 and newer, `cairn migrate` comes first. The usual options may follow, as
    /// in ?sslmode=verify-full&sslrootcert=FILE; ?host=/run/postgresql names a socket, and
    /// `?options[search_path]=NAME` a schema. A password is read from PGPASSWORD or ~/.pgpass as well
    /// as from the address, where other users of the machine can see it.
    #[arg(long, env = "CAIRN_DATABASE", value_name = "ADDRESS", hide_env_values = true)]
    pub database: String,
}

/// Where the keys are.
#[derive(Debug, Args)]
pub struct DataFolder {
    /// Folder with the keys, the checkpoints, the snapshots and the evidence; made on first run,
    /// may be shared by several servers of one log
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub data: PathBuf,
}

fn listen(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| {
        "write an address in numbers and a port, such as 127.0.0.1:8080 for this machine alone or \
         0.0.0.0:8080 for others too"
    })
}

fn duration(text: &str) -> Result<SignedDuration, &'static str> {
    text.parse().map_err(|_| "write hours and minutes, such as 8h, 90m or 1h 30m")
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the database and the keys; a new temporary one where nothing is named
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "CAIRN_LISTEN", default_value = "127.0.0.1:8080", value_parser = listen)]
    pub listen: SocketAddr,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on; port 0 takes a free one, and the first line of output names it
    #[arg(long, env = "CAIRN_LISTEN", default_value = "127.0.0.1:8080", value_parser = listen)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub data: DataFolder,
}

#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Folders, charters (*.yaml) and event files (*.ndjson), in the order given; or lists of
    /// expenditure (*.xlsx, *.csv) of one partner
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Key of the project that the lists belong to, such as care-get
    #[arg(long, value_name = "KEY", requires = "subject")]
    pub project: Option<String>,
    /// Who sends the lists: the subject of a membership
    #[arg(long = "as", value_name = "SUBJECT", requires = "project", id = "subject")]
    pub subject: Option<String>,
    /// Number of the partner whose costs they are; that of the sender where nothing is said
    #[arg(long, value_name = "NUMBER", requires = "subject")]
    pub partner: Option<String>,
    /// Why the lead sends the lists of another partner
    #[arg(long, value_name = "TEXT", requires = "subject")]
    pub reason: Option<String>,
    /// Judge every row of the lists and record nothing
    #[arg(long, requires = "subject")]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub data: DataFolder,
}

#[derive(Debug, Args)]
pub struct Rates {
    /// File with the list, as InforEuro gives it in JSON; it comes before --url
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Address of the list, over HTTPS; {year} and {month} in it stand for those of --month
    #[arg(long, env = "CAIRN_RATES_URL", value_name = "ADDRESS")]
    pub url: Option<String>,
    /// The month of the list, such as 2026-11; of a list with several, the one that is wanted
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// Key of a project, such as care-get; may be given again
    #[arg(long = "project", value_name = "KEY", required = true)]
    pub projects: Vec<String>,
    /// The member of the lead partner who records them
    #[arg(long = "as", value_name = "SUBJECT")]
    pub subject: String,
    /// Record every currency of the list, not only those that the project has a policy for
    #[arg(long)]
    pub all_currencies: bool,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub data: DataFolder,
}

#[derive(Debug, Args)]
pub struct Template {
    /// Key of the project, such as care-get
    #[arg(long, value_name = "KEY")]
    pub project: String,
    /// Number of the partner whose list it is
    #[arg(long, value_name = "NUMBER")]
    pub partner: String,
    /// Language of the headings: en, bg, it, lt, el or ro
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub language: String,
    /// The workbook to write (*.xlsx); it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub struct Sheet {
    /// expenditure, budget-use, or claims/N
    #[arg(value_name = "SHEET")]
    pub name: String,
    /// Key of the project, such as care-get
    #[arg(long, value_name = "KEY")]
    pub project: String,
    /// Only what belongs to this partner
    #[arg(long, value_name = "NUMBER")]
    pub partner: Option<String>,
    /// Only what belongs to this work package, such as 'WP 5'; not of a claim
    #[arg(long, value_name = "CODE")]
    pub work_package: Option<String>,
    /// Only what is in this submitted claim: of the list its items, of budget use its amounts
    #[arg(long, value_name = "NUMBER")]
    pub claim: Option<String>,
    /// As it was known by this version of the project
    #[arg(long, value_name = "VERSION")]
    pub at_version: Option<String>,
    /// With what had happened by this day, such as 2025-03-31
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Under this application form; the newest where nothing is said
    #[arg(long, value_name = "NUMBER")]
    pub application_form: Option<String>,
    /// Of budget use: its axes between commas, such as partner,category; partner, work package and
    /// category where nothing is said
    #[arg(long, value_name = "AXES")]
    pub by: Option<String>,
    /// Of CSV: comma or semicolon; between semicolons decimals have a comma
    #[arg(long, value_name = "SEPARATOR")]
    pub separator: Option<String>,
    /// Of CSV: begin with the byte order mark, by which some programs know UTF-8
    #[arg(long)]
    pub bom: bool,
    /// The file to write (*.xlsx or *.csv); it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Key of one project, such as care-get; all projects where nothing is named
    #[arg(long, value_name = "KEY")]
    pub project: Option<String>,
    #[command(flatten)]
    pub database: Database,
    /// Write the audit pack of the project: all its events as they are under the newest
    /// checkpoint, with proofs that they are and that none is missing
    #[arg(long, requires_all = ["project", "data", "to"])]
    pub proofs: bool,
    /// Folder for the audit pack; made where it is not there, and empty
    #[arg(long, value_name = "FOLDER", requires = "proofs")]
    pub to: Option<PathBuf>,
    /// Folder with the log's public key, for the audit pack
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: Database,
    /// The file to make; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Folder with the log's key and its newest checkpoint
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// How many projects; their keys are synthetic-001, synthetic-002 and so on
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=999))]
    pub projects: u64,
    /// How many events in all, divided evenly among the projects
    #[arg(long, value_name = "NUMBER")]
    pub events: u64,
    /// Another seed gives other projects
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub seed: u64,
    /// The database to record them in: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE; standard
    /// output where nothing is named
    // Not from CAIRN_DATABASE: nobody should find synthetic projects in a ledger by surprise.
    #[arg(long, value_name = "ADDRESS", requires = "data")]
    pub database: Option<String>,
    /// Folder with the keys of that database, as for `cairn serve`
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Token {
    /// Whom the token speaks of: the subject of a membership
    #[arg(long)]
    pub subject: String,
    #[command(flatten)]
    pub data: DataFolder,
    /// How long the token is valid, at most 24h
    #[arg(long, default_value = "8h", value_name = "DURATION", value_parser = duration)]
    pub ttl: SignedDuration,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// The database that holds the log: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE
    #[arg(
        long,
        env = "CAIRN_DATABASE",
        value_name = "ADDRESS",
        hide_env_values = true,
        required_unless_present = "export"
    )]
    pub database: Option<String>,
    /// An export of the whole log to verify in place of a database
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Folder with the log's key and its newest checkpoint
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// File with the log's public key, in place of --data
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere, to compare the log with; may be given again
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
}
