//! The command line: every flag, with its variable and what it is for.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;

/// The reporting ledger of EU-funded partnerships.
///
/// Partners post what happened: a deliverable, an activity, an invoice, a lesson. Cairn keeps
/// every fact in order, provably unaltered, and answers where the money, the milestones and the
/// lessons stand, today or on any past day.
#[derive(Debug, Parser)]
#[command(name = "cairn", version, propagate_version = true, after_help = EXAMPLES)]
pub struct Config {
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
First steps:
  cairn demo
      A fresh ledger with the project CARE-GET, served, with requests to paste.

  cairn import examples/care-get --database sqlite:cairn.db --data data
  cairn serve --database sqlite:cairn.db --data data
  cairn token --subject haskovo-lead --data data
      A project begins by importing its charter; then partners post over HTTP.

  cairn verify --database sqlite:cairn.db --data data
      Recomputes every hash and names the first position that is wrong.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a fresh ledger with the example project and print requests to paste
    Demo(Demo),
    /// Take postings and answer questions over HTTP
    #[command(after_help = LIMITS)]
    Serve(Serve),
    /// Create the tables of the log, or bring them up to date
    #[command(after_help = MIGRATE)]
    Migrate(Migrate),
    /// Record charters (*.yaml) and events (*.ndjson); repeating it records nothing
    #[command(after_help = IMPORT)]
    Import(Import),
    /// Write the events of the log as NDJSON to standard output, or the audit pack of a project
    #[command(after_help = EXPORT)]
    Export(Export),
    /// Copy the log while servers write to it, and verify the copy
    #[command(after_help = BACKUP)]
    Backup(Backup),
    /// Make synthetic projects with valid histories, for trials and measurements
    #[command(after_help = GENERATE)]
    Generate(Generate),
    /// Print a token for a subject, signed with the key in --data
    Token(Token),
    /// Recompute the whole log and say whether it is unaltered
    #[command(after_help = VERIFY)]
    Verify(Verify),
}

const MIGRATE: &str = "\
On SQLite `serve` and `import` create a new file by themselves. On PostgreSQL:

  createdb cairn
  cairn migrate --database postgres://OWNER@HOST/cairn
      Prints the SQL for a role that can add events, and neither alter nor remove one. Where the
      role cairn_app is there, it is given these rights instead.
  cairn serve --database postgres://cairn_app@HOST/cairn --data data

A newer program may need it again, on both. All of it is applied or nothing, and repeating it does
no harm.";

const IMPORT: &str = "\
A folder is read in this order: its charters (*.yaml), as one charter for each project, then its
*.ndjson files by name. Each line of NDJSON is an event:
  without `recordedat`  a posting: judged by every rule and recorded now
  with `recordedat`     recorded before: restored at that instant, in the project's order
Every line names its project and who did it (`project`, `actorsubject`).

Exit status: 0 all recorded or recorded before, 1 something was refused, 2 something could not be
read.";

const GENERATE: &str = "\
Nobody and nothing in a synthetic project is real. The same numbers and seed give the same events,
byte for byte, on every machine and every day. Each history is recorded between the project's
start and 31 October 2026; projects alternate as in a real ledger. Every type of event occurs, and
every role posts what it may.

Shares:
  of what partners begin    60 % expenditure lines, 19 % progress of activities, 7 % lessons,
                            5 % corroborations, 5 % questions, 4 % new editions of deliverables,
                            while there are enough; payments, reviews, answers, rates and the like follow from it
  of expenditure lines      15 % paid in two parts, 4 % corrected by a credit note,
                            3 % reversed and declared anew, 1 % incurred in part before the
                            project, which is warned of
  of invoices               10 % divided between two lines
  of reviews                20 % return the deliverable
  of questions              85 % are answered
  of other partners' costs and progress
                            3 % are posted for them by the lead
  of all postings           1 % are refused; they leave no trace, and are not counted in --events

Examples:
  cairn generate --projects 3 --events 3000 > synthetic.ndjson
      Three projects of 1,000 events each, to be read or imported.

  cairn generate --projects 20 --events 1000000 --database sqlite:big.db --data data
      A million events in a ledger; postings that a rule refuses are posted too, and counted.
      Again with the same numbers and seed it records nothing.

Exit status: 0 all recorded, or recorded before, 2 it could not be done.";

const EXPORT: &str = "\
Examples:
  cairn export --database sqlite:cairn.db > cairn.ndjson
      Every event as it was recorded: `cairn import` restores them, `cairn verify --export` checks
      them.
  cairn export --project care-get --proofs --to pack --database sqlite:cairn.db --data data
  python3 verify.py log.pub pack
      The audit pack: the exact bytes of every event of the project, proofs that they are in the
      log, two signed checkpoints, schemas, the log's public key, and a verifier that needs Python
      alone. It proves that no event of the project is missing, and needs nothing of the others.
      Take verify.py from a release and the key from elsewhere: nobody signs those in the pack.

Exit status: 0 written, 1 the log is altered and no pack was written, 2 it could not be done.";

const VERIFY: &str = "\
Only reads. Checks that positions and versions have no gap, that every payload, digest and leaf
hash is that of its event, and that the tree of all of them is the one at the head of the log.
Who recomputes all of this after a change leaves a log that fits together. With a key (--data or
--key) it is held against every signed checkpoint that the log keeps, and the newest in --data:
a history that was rewritten is named as the positions between the last checkpoint that holds and
the first that does not, and a tail that was cut off by the checkpoint that has more events.
Snapshots in --data that were altered are named too; no server answers from one.

  cairn export --database sqlite:cairn.db > cairn.ndjson
  cairn verify --export cairn.ndjson --key log.pub --checkpoint newest
      The same of an export of the whole log, on any machine.

Exit status: 0 unaltered, 1 altered (with the first wrong position and why), 2 not readable.";

const BACKUP: &str = "\
SQLite: the copy holds the log as of one moment. It appears under its name only once every hash in
it was recomputed, and never replaces a file. With --data the newest signed checkpoint is written
beside it (FILE.checkpoint): `cairn verify --checkpoint` then shows that the copy is not behind.
To restore, stop the servers, move the database aside with its -wal and -shm files, and copy back
with this same command, from the copy to the place of the database.

PostgreSQL: nothing is copied. The commands that dump and restore are printed; pg_dump writes FILE.

The keys in --data are in no copy. Keep them apart: with log and keys in one hand, history can be
rewritten and signed anew.

Exit status: 0 done, 1 the log is altered and nothing was written, 2 could not be done.";

const LIMITS: &str = "\
Limits:
  body of a posting or batch     1 MiB; documents are linked
  batch                          1,000 events, recorded in one turn
  lines (application/x-ndjson)   256 KiB each, in any number, 64 of a body under way
  page of events                 200
  waiting postings               4,096, then 503 with Retry-After
  posting or question            10 s
  GraphQL document               16 KiB, 1,000 tokens, depth 12, 15 aliases, 10 root fields,
                                 10,000 fields once fragments are expanded
  token                          8 KiB, valid for at most 24 h";

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

#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the database and the keys; a new temporary one where nothing is named
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "CAIRN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on; port 0 takes a free one, and the first line of output names it
    #[arg(long, env = "CAIRN_LISTEN", default_value = "127.0.0.1:8080")]
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
    /// Folders, charters (*.yaml) and event files (*.ndjson), in the order given
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    #[command(flatten)]
    pub data: DataFolder,
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
    /// The database to record them in, sqlite:PATH or postgres://…; standard output where nothing is named
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
    #[arg(long, default_value = "8h", value_name = "DURATION")]
    pub ttl: SignedDuration,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// The database that holds the log: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE
    #[arg(
        long,
        env = "CAIRN_DATABASE",
        value_name = "ADDRESS",
        required_unless_present = "export"
    )]
    pub database: Option<String>,
    /// An export of the whole log to verify in place of a database
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Folder with the log's key and its newest checkpoint
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR", conflicts_with = "key")]
    pub data: Option<PathBuf>,
    /// File with the log's public key
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere, to compare the log with; may be given again
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
}
