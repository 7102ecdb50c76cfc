//! Delivery as the rules need it.

use crate::event::delivery::Delivery;
use crate::posting::Recorded;

#[derive(Clone, Debug, Default)]
pub struct DeliveryState {}

impl DeliveryState {
    pub(super) fn apply(&mut self, recorded: &Recorded, event: &Delivery) {
        let _ = (recorded, event);
    }
}
