//! The audit pack: all events of one project with what proves them and that none is missing, to be
//! verified without this program, without the database and without the other projects.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cairn_domain::event::EventType;
use cairn_domain::ids::ProjectKey;
use cairn_store::proof::{self, ProofError, Tree};
use cairn_store::{Checkpoint, EventRow, Hash, Log, LogError};
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::pkcs8::EncodePublicKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use crate::checkpoints::{self, Signed};
use crate::cli::progress::Progress;
use crate::views::PAGE_ROWS;
use crate::{keys, record};

const VERIFIER: &str = include_str!("verify.py");

/// What is said of evidence as long as there are no uploads; the verifier says the same.
const EVIDENCE: &str = "none is held: events name their documents by address";

/// Checkpoints read at a time.
const PAGE_NOTES: u32 = 100;

/// The rights of a folder, of which the umask takes its part; a temporary one has the owner's only.
const FOR_ALL: u32 = 0o777;

/// A log that is not as it was signed: where, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("the log is altered{0}")]
pub(super) struct Altered(pub(super) String);

/// Writes the pack of a project into an empty folder, or one that is not there yet: all of it or
/// nothing. Fails with [`Altered`] where the log is.
pub(super) async fn write(
    log: &dyn Log,
    project: &ProjectKey,
    data: &Path,
    folder: &Path,
) -> anyhow::Result<Written> {
    let key = keys::read_log_verifying_key(&keys::log_public_key_path(data))?;
    let (first, newest) = signed(log, &key).await?;
    let Some(versions) = newest.checkpoint.projects.get(project.as_str()).copied() else {
        bail!("the newest checkpoint has no event of `{project}`; look at --project");
    };
    let mut files = Files::make(folder)?;
    files.add("verify.py", VERIFIER.as_bytes())?;
    files.add("log.pub", key.to_public_key_pem(LineEnding::LF)?.as_bytes())?;
    files.add("checkpoints/first", first.note.as_bytes())?;
    files.add("checkpoints/newest", newest.note.as_bytes())?;
    let (before, size) = (&first.checkpoint, newest.checkpoint.size);
    let mut tree = Tree::new(log, size);
    let proof = tree.consistency(before.size).await.map_err(not_proven)?;
    ensure!(
        proof::extends(&proof, before.size, before.root, size, newest.checkpoint.root),
        Altered(format!(
            " at positions 1 to {size}: a hash that is stored for these events is not the one that \
             was signed"
        ))
    );
    // The members of both are in the order in which the verifier writes them.
    let proof = json!({ "first": before.size, "hashes": encoded(&proof), "size": size });
    files.add("checkpoints/consistency.json", format!("{proof:#}\n").as_bytes())?;
    let types = write_events(log, project, versions, &newest.checkpoint, tree, &mut files).await?;
    for event_type in types {
        let schema = event_type.schema();
        let name = format!("schemas/{}.v{}.json", event_type.as_str(), event_type.newest_version());
        files.add(&name, format!("{:#}\n", schema.as_value()).as_bytes())?;
    }
    let manifest = json!({
        "evidence": EVIDENCE,
        "files": files.sums,
        "first": before.size,
        "format": 1,
        "log": checkpoints::origin(&key),
        "project": project.as_str(),
        "size": size,
        "versions": versions,
    });
    files.add("manifest.json", format!("{manifest:#}\n").as_bytes())?;
    files.finish()?;
    Ok(Written { versions, size })
}

/// What went into a pack.
pub(super) struct Written {
    pub(super) versions: u64,
    /// The events of the whole log under the newest checkpoint.
    pub(super) size: u64,
}

/// The earliest and the newest of the kept checkpoints that the key signed.
async fn signed(log: &dyn Log, key: &VerifyingKey) -> anyhow::Result<(Signed, Signed)> {
    let open = |note: String| {
        checkpoints::read(&note, key).ok().map(|checkpoint| Signed { note, checkpoint })
    };
    let newest = checkpoints::newest_in_log(log, key).await?;
    let newest = newest.context(
        "the log keeps no checkpoint of the key in --data; `cairn verify` says more, and a server \
         or an import signs one",
    )?;
    let mut after = 0;
    loop {
        let notes = log.checkpoints(after, PAGE_NOTES).await?;
        let Some(last) = notes.last().map(|note| note.position) else { break };
        if let Some(first) = notes.into_iter().find_map(|note| open(note.note)) {
            return Ok((first, newest));
        }
        after = last;
    }
    Ok((newest.clone(), newest))
}

/// A line of the pack: every column of the row, and the proof that it is in the log.
#[derive(Serialize)]
struct Line<'a> {
    position: u64,
    project: &'a str,
    version: u64,
    id: Uuid,
    r#type: &'a str,
    schemaversion: u32,
    occurredon: &'a str,
    /// Whole microseconds UTC since 1970.
    recordedat: i64,
    actorsubject: &'a str,
    actorpartner: Option<u32>,
    actorrole: &'a str,
    payload: &'a str,
    digest: String,
    leafhash: String,
    proof: Vec<String>,
}

async fn write_events(
    log: &dyn Log,
    project: &ProjectKey,
    versions: u64,
    newest: &Checkpoint,
    mut tree: Tree<'_>,
    files: &mut Files,
) -> anyhow::Result<BTreeSet<EventType>> {
    let mut progress = Progress::new("Packing");
    let mut types = BTreeSet::new();
    let mut output = files.begin("events.ndjson")?;
    let mut after = 0;
    while after < versions {
        let rows = log.read_project(project.as_str(), after, PAGE_ROWS).await;
        let rows = rows.map_err(|error| match error {
            LogError::DamagedRow { position, why } => altered_at(position, &why),
            other => other.into(),
        })?;
        ensure!(!rows.is_empty(), missing(project, after + 1));
        for row in &rows {
            if after == versions {
                break;
            }
            ensure!(row.version == after + 1, missing(project, after + 1));
            row.check_hashes().map_err(|why| altered_at(row.position, why))?;
            let proof = tree.inclusion(row.position).await.map_err(not_proven)?;
            ensure!(
                proof::includes(&proof, row.position, row.leaf_hash, newest.size, newest.root),
                altered_at(row.position, "it, or a hash beside it, is not the one that was signed")
            );
            serde_json::to_writer(&mut output, &line(row, &proof)?)?;
            output.write_all(b"\n")?;
            if let Ok(event_type) = EventType::parse(&row.event_type) {
                types.insert(event_type);
            }
            after = row.version;
            progress.reach(after, versions);
        }
    }
    files.end("events.ndjson", output)?;
    progress.finish();
    Ok(types)
}

fn not_proven(error: ProofError) -> anyhow::Error {
    match error {
        // The leaf of an event lies in its row.
        ProofError::NotStored { level: 0, index } => altered_at(index + 1, "the event is missing"),
        ProofError::Log(damaged @ LogError::DamagedHash { .. }) => {
            Altered(format!(": {damaged}")).into()
        }
        other => anyhow::Error::new(other).context(
            "the proof cannot be made; `cairn verify` says whether the log is unaltered, and a \
             server or an import that signs keeps what is missing",
        ),
    }
}

fn missing(project: &ProjectKey, version: u64) -> Altered {
    Altered(format!(": the event of version {version} of {project} is missing"))
}

fn altered_at(position: u64, why: &str) -> anyhow::Error {
    Altered(format!(" at position {position}: {why}")).into()
}

fn line<'a>(row: &'a EventRow, proof: &[Hash]) -> anyhow::Result<Line<'a>> {
    Ok(Line {
        position: row.position,
        project: &row.project,
        version: row.version,
        id: row.event_id,
        r#type: &row.event_type,
        schemaversion: row.schema_version,
        occurredon: &row.occurred_on,
        recordedat: row.recorded_at_us,
        actorsubject: &row.actor_subject,
        actorpartner: row.actor_partner,
        actorrole: &row.actor_role,
        payload: std::str::from_utf8(&row.payload).context("a payload is no text")?,
        digest: record::hex(&row.digest),
        leafhash: record::hex(&row.leaf_hash),
        proof: encoded(proof),
    })
}

fn encoded(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| STANDARD.encode(hash)).collect()
}

/// The files of the pack, each with its SHA-256 by name.
struct Files {
    /// Where they are until all of them are: gone with what is in it when that does not come.
    unfinished: TempDir,
    to: PathBuf,
    sums: BTreeMap<String, String>,
}

impl Files {
    fn make(to: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot make {}", to.display());
        // A folder that is there may be a mounted one, which takes no other in its place.
        let around = if to.exists() {
            let is_empty = fs::read_dir(to).with_context(cannot)?.next().is_none();
            ensure!(is_empty, "{} is not empty; name another folder with --to", to.display());
            to.to_owned()
        } else {
            // From the root, since the parent of a plain name is no path.
            std::path::absolute(to)?.parent().with_context(cannot)?.to_owned()
        };
        fs::create_dir_all(&around).with_context(cannot)?;
        let unfinished = tempfile::Builder::new()
            .prefix(".unfinished-")
            .permissions(Permissions::from_mode(FOR_ALL))
            .tempdir_in(around)
            .with_context(cannot)?;
        Ok(Self { unfinished, to: to.to_owned(), sums: BTreeMap::new() })
    }

    /// Gives the files their place.
    fn finish(self) -> anyhow::Result<()> {
        let (from, to) = (self.unfinished.path(), &self.to);
        let place = || -> std::io::Result<()> {
            if !to.exists() {
                return fs::rename(from, to);
            }
            let entries = fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()?;
            entries
                .iter()
                .try_for_each(|entry| fs::rename(entry.path(), to.join(entry.file_name())))
        };
        place().with_context(|| format!("cannot write {}", to.display()))
    }

    fn begin(&self, name: &str) -> anyhow::Result<Summed> {
        let path = self.unfinished.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        let file = File::create_new(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Summed { file: BufWriter::new(file), sum: Sha256::new() })
    }

    fn end(&mut self, name: &str, mut output: Summed) -> anyhow::Result<()> {
        output.flush()?;
        self.sums.insert(name.to_owned(), record::hex(&output.sum.finalize()));
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut output = self.begin(name)?;
        output.write_all(bytes)?;
        self.end(name, output)
    }
}

/// A file on its way to the disk.
struct Summed {
    file: BufWriter<File>,
    sum: Sha256,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
