//! How this process stands to its log, apart from the events in it.

use tokio::time::Instant;

use crate::problem::{Kind, Problem};

/// Told by the writer, asked by whoever takes postings or questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Ready,
    /// Nothing can be recorded; what was read before can be asked for.
    Unreachable {
        since: Instant,
    },
    /// The log is not the one that was read before: a backup was restored, a standby that lacked
    /// the newest events took over, or somebody changed it. Until it is read anew, nothing can be
    /// recorded and no question has an answer.
    Replaced {
        since: Instant,
    },
}

impl Standing {
    /// What is told to who asks while the log is read anew.
    pub fn check_readable(self) -> Result<(), Problem> {
        match self {
            Self::Ready | Self::Unreachable { .. } => Ok(()),
            Self::Replaced { .. } => Err(Problem::new(
                Kind::LogReplaced,
                "What is recorded was put back to another state, and this server reads it anew. \
                 Ask again in a moment.",
            )),
        }
    }

    /// Whether postings and questions are taken; otherwise why not, and for how long.
    pub fn check_ready(self) -> Result<(), Problem> {
        let (kind, what, since) = match self {
            Self::Ready => return Ok(()),
            Self::Unreachable { since } => {
                let what = "Nothing can be recorded: the log was lost";
                (Kind::Unavailable, what, since)
            }
            Self::Replaced { since } => {
                let what = "Nothing can be recorded or read: the log was found in another state";
                (Kind::LogReplaced, what, since)
            }
        };
        let seconds = since.elapsed().as_secs();
        let detail = format!(
            "{what} {seconds} s ago. The server tries again by itself; what it \
             meets stands in its operator's log."
        );
        Err(Problem::new(kind, detail))
    }
}
