//! A few connections that are made when they are needed and lent to one use at a time. Unlike a
//! pool of sqlx, this one tells at once when the server is not there: waiting and trying again is
//! for the caller to decide.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::{WAIT_MAX, answered, connect};
use crate::log::LogError;

/// A connection that nobody used for so long is asked for its settings again, and so whether it
/// still lives. The question costs a round trip or two, and the answer spares an append an unknown outcome after a quiet night.
const ASKED_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Connections {
    options: PgConnectOptions,
    writes: bool,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    /// Where the log was opened. A connection lives no longer than the runtime that it was made on,
    /// and those who ask may be on one that ends sooner, as the workers of a web server are.
    runtime: Handle,
}

struct Idle {
    connection: PgConnection,
    since: Instant,
}

impl Connections {
    pub(super) fn reading(options: PgConnectOptions, most: usize) -> Arc<Connections> {
        Connections::new(connect::reading(options), false, most)
    }

    /// One that writes, its settings read back each time that it is made anew.
    pub(super) fn writing(options: PgConnectOptions) -> Arc<Connections> {
        Connections::new(connect::writing(options), true, 1)
    }

    fn new(options: PgConnectOptions, writes: bool, most: usize) -> Arc<Connections> {
        let (permits, idle) = (Arc::new(Semaphore::new(most)), Mutex::new(Vec::new()));
        Arc::new(Connections { options, writes, permits, idle, runtime: Handle::current() })
    }

    /// Waits for those who came before, at most [`WAIT_MAX`], then [`LogError::Busy`].
    pub(super) async fn take(self: &Arc<Self>) -> Result<Lent, LogError> {
        let permit = timeout(WAIT_MAX, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|_late| LogError::Busy)?
            .map_err(|_closed| LogError::Unavailable(sqlx::Error::PoolClosed))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(idle) => self.living(idle).await?,
            None => self.made().await?,
        };
        Ok(Lent { connection, home: Arc::clone(self), _permit: permit })
    }

    async fn living(&self, mut idle: Idle) -> Result<PgConnection, LogError> {
        let fresh = idle.since.elapsed() < ASKED_AFTER;
        if fresh || connect::check_settings(&mut idle.connection, self.writes).await.is_ok() {
            return Ok(idle.connection);
        }
        self.made().await
    }

    async fn made(&self) -> Result<PgConnection, LogError> {
        let (options, writes) = (self.options.clone(), self.writes);
        let made = self.runtime.spawn(async move { connect::connect(&options, writes).await });
        made.await.map_err(|_ended| LogError::Unavailable(sqlx::Error::WorkerCrashed))?
    }

    /// Closes what is idle: one that was lent broke, and the server may have ended with all of them.
    pub(super) fn doubt(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes what is idle; what is lent is closed when it comes back.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        for Idle { connection, .. } in idle {
            if let Err(error) = answered(connection.close()).await {
                tracing::warn!(%error, "a connection of the log did not close cleanly");
            }
        }
    }
}

/// A connection in use. One that is dropped and not given back is closed: the server then undoes
/// what is open as soon as it is done with the statement at hand.
pub(super) struct Lent {
    // Closed before the permit lets the next one in.
    connection: PgConnection,
    home: Arc<Connections>,
    _permit: OwnedSemaphorePermit,
}

impl Lent {
    pub(super) fn give_back(self) {
        let Lent { connection, home, _permit } = self;
        if !home.permits.is_closed() {
            home.idle().push(Idle { connection, since: Instant::now() });
        }
    }
}

impl Deref for Lent {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
