//! Learning as the rules need it.

use crate::event::learning::Learning;
use crate::posting::Recorded;

#[derive(Clone, Debug, Default)]
pub struct LearningState {}

impl LearningState {
    pub(super) fn apply(&mut self, recorded: &Recorded, event: &Learning) {
        let _ = (recorded, event);
    }
}
