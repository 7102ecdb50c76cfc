//! Progress of work that takes over a second, on standard error.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is done before this shows no bar.
const QUIET_FOR: Duration = Duration::from_secs(1);

/// A bar that appears once the work has taken over a second.
pub(super) struct Progress {
    started: Instant,
    bar: ProgressBar,
    what: &'static str,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Self {
        Self { started: Instant::now(), bar: ProgressBar::hidden(), what }
    }

    /// Says how much of how much is done.
    pub(super) fn reach(&mut self, done: u64, of: u64) {
        if self.bar.is_hidden() && self.started.elapsed() > QUIET_FOR {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.set_style(style());
            self.bar.set_message(self.what);
        }
        self.bar.set_length(of.max(done));
        self.bar.set_position(done);
    }

    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
        .expect("the template is a constant that is tried by a test")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_of_the_bar_is_valid() {
        super::style();
    }
}
