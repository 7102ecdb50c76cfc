//! Finance as the rules need it.

use crate::event::finance::Finance;
use crate::posting::Recorded;

#[derive(Clone, Debug, Default)]
pub struct FinanceState {}

impl FinanceState {
    pub(super) fn apply(&mut self, recorded: &Recorded, event: &Finance) {
        let _ = (recorded, event);
    }
}
