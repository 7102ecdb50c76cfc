//! A copy of a log while others write to it.

use std::time::Duration;

use super::{connect, unavailable};
use crate::log::LogError;

/// How often the caller is told how far the copy is.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// See [`crate::copy`]. SQLite reads one moment of the log and lets the writers go on.
pub(crate) async fn copy(
    from: &str,
    to: &str,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), LogError> {
    let readers = connect::readers_only(from).await?;
    let bytes = |path: &str| std::fs::metadata(path).map_or(0, |file| file.len());
    let total = bytes(from) + bytes(&format!("{from}-wal"));
    let copying = sqlx::query("vacuum into ?").bind(to).execute(&readers);
    let mut copying = std::pin::pin!(copying);
    let mut tick = tokio::time::interval(TELL_EVERY);
    let copied = loop {
        tokio::select! {
            copied = &mut copying => break copied,
            _ = tick.tick() => progress(bytes(to).min(total), total),
        }
    };
    readers.close().await;
    copied.map(drop).map_err(unavailable)
}
