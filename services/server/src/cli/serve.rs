//! `cairn serve`: takes postings and answers questions over HTTP.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use cairn_store::Log;

use super::progress::Progress;
use crate::app;
use crate::checkpoints::{self, SignError, Signer};
use crate::config::Serve;
use crate::keys::Keys;
use crate::views::snapshot::Snapshots;
use crate::writer::{self, Started};

pub async fn run(config: Serve) -> anyhow::Result<ExitCode> {
    let listener = listen(config.listen)?;
    let log = cairn_store::open(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let keys = checkpoints::folder::keys_for(&*log, &config.data.data).await?;
    let snapshots = Snapshots::new(&config.data.data, keys.snapshots.clone());
    let started = start(log, &snapshots).await?;
    serve(listener, keys, &config.data.data, started, |_| Ok(())).await
}

pub(super) fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; choose another address with --listen, or port 0")
    })
}

/// Folds the log and starts its writer, showing progress.
pub(super) async fn start(log: Arc<dyn Log>, snapshots: &Snapshots) -> anyhow::Result<Started> {
    let mut progress = Progress::new("Folding the log");
    let started = writer::start(log, Some(snapshots), |done, of| progress.reach(done, of)).await;
    progress.finish();
    started.context("the log cannot be folded; `cairn verify` says whether it is unaltered")
}

/// How long the writer gets for its last turn once the server has stopped.
const WRITER_ENDS_WITHIN: Duration = Duration::from_secs(5);

/// Serves until it is told to stop, or until the writer ends: without it nothing can be recorded,
/// so the process ends too.
pub(super) async fn serve(
    listener: TcpListener,
    keys: Keys,
    data: &Path,
    started: Started,
    greet: impl FnOnce(SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let Started { postbox, ledger, mut task } = started;
    let address = listener.local_addr()?;
    let signer = Arc::new(Signer::new(ledger.clone(), data, &keys.log));
    let mut server = app::server(listener, &keys, postbox, ledger.clone(), signer.clone())?;
    writeln!(std::io::stdout(), "listening on http://{address}")?;
    greet(address)?;
    let handle = server.handle();
    let snapshots = Snapshots::new(data, keys.snapshots.clone());
    let ended = tokio::select! {
        () = signer.keep_on() => Ok(()),
        () = snapshots.keep_on(&ledger) => Ok(()),
        stopped = &mut server => stopped.context("the server stopped"),
        ended = &mut task => {
            let (_, _) = tokio::join!(handle.stop(false), &mut server);
            match ended {
                Ok(()) => Err(anyhow::anyhow!("the writer ended; start again")),
                Err(panic) => Err(panic).context("the writer failed; start again"),
            }
        }
    };
    ended?;
    drop(server);
    if tokio::time::timeout(WRITER_ENDS_WITHIN, &mut task).await.is_err() {
        task.abort();
    }
    match signer.sign().await {
        Ok(_) => {}
        Err(error) if matches!(*error, SignError::Empty) => {}
        Err(error) => return Err(error).context("the head of the log was not signed"),
    }
    snapshots.keep(&ledger);
    ledger.log().close().await;
    Ok(ExitCode::SUCCESS)
}
