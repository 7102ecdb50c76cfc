//! Claims: assembled, submitted, under control, closed.

use std::collections::BTreeSet;
use std::sync::Arc;

use imbl::OrdMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::FinanceState;
use super::line::{Corrected, Kept, Line, Portion, Verified};
use crate::event::finance::audit::CorrectionImposed;
use crate::event::finance::claim::{ClaimAssembled, ClaimSubmitted, ClaimWithdrawn};
use crate::event::finance::control::{ControlClosed, ControlStarted, LineUnparked, LineVerified};
use crate::ids::{EventId, Subject};
use crate::money::Cents;
use crate::posting::{FrozenClaim, Recorded};

/// The claims of a project, by number.
pub type Claims = OrdMap<u32, Arc<Claim>>;

/// A claim and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub number: u32,
    pub status: ClaimStatus,
    /// Its items, in the order in which they were declared: as it was assembled last, and as it
    /// was submitted from then on.
    pub lines: Arc<[EventId]>,
    /// The submission that stands; nothing before the first, and after it was taken back.
    pub submission: Option<Submission>,
    /// How often it was submitted.
    pub submissions: u32,
    pub control: Option<Control>,
    /// The event that last moved it on, and its day.
    pub event: EventId,
    pub moved_on: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimStatus {
    /// Put together, and not submitted; also after it was taken back.
    Assembled,
    /// Handed in; control has not begun.
    Submitted,
    InControl,
    /// Control is done.
    Closed,
}

/// How a claim went to control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub event: EventId,
    pub data: Arc<ClaimSubmitted>,
    pub on: Date,
    pub by: Subject,
    /// The form whose flat rates and fund shares are the claim's.
    pub form: u32,
}

/// How a claim is controlled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub event: EventId,
    pub data: Arc<ControlStarted>,
    pub started_on: Date,
    pub sample: Arc<[EventId]>,
    pub closed: Option<(Date, Arc<ControlClosed>)>,
}

impl Claim {
    /// Whether it was handed in and not taken back.
    pub fn is_submitted(&self) -> bool {
        self.submission.is_some()
    }
}

impl FinanceState {
    pub fn claim(&self, number: u32) -> Option<&Claim> {
        self.claims.get(&number).map(|claim| &**claim)
    }

    /// The form by which the flat rates and fund shares of a submitted claim are computed.
    pub fn form_of_claim(&self, number: u32) -> Option<u32> {
        self.claim(number)?.submission.as_ref().map(|submission| submission.form)
    }

    pub(super) fn assemble(&mut self, recorded: &Recorded, data: &ClaimAssembled) {
        let before = self.claims.get(&data.claim).cloned();
        if before.as_ref().is_some_and(|claim| claim.is_submitted()) {
            return;
        }
        for id in before.iter().flat_map(|claim| claim.lines.iter()) {
            self.lines.change(*id, |line| line.drafted = None);
        }
        let lines: Arc<[EventId]> = recorded.completed.lines.as_slice().into();
        for id in lines.iter() {
            self.lines.change(*id, |line| line.drafted = Some(data.claim));
        }
        let claim = Claim {
            number: data.claim,
            status: ClaimStatus::Assembled,
            lines,
            submission: None,
            submissions: before.map_or(0, |claim| claim.submissions),
            control: None,
            event: recorded.id,
            moved_on: recorded.occurred_on,
        };
        self.claims.insert(data.claim, Arc::new(claim));
    }

    pub(super) fn submit(&mut self, recorded: &Recorded, data: &Arc<ClaimSubmitted>) {
        let Some(frozen) = &recorded.completed.frozen else { return };
        let Some(claim) = self.claims.get(&data.claim).filter(|c| !c.is_submitted()) else {
            return;
        };
        let mut claim = (**claim).clone();
        for id in claim.lines.iter() {
            self.lines.change(*id, |line| line.drafted = None);
        }
        claim.lines = frozen.lines.iter().map(|frozen| frozen.line).collect();
        claim.submissions += 1;
        claim.status = ClaimStatus::Submitted;
        claim.event = recorded.id;
        claim.moved_on = recorded.occurred_on;
        claim.submission = Some(Submission {
            event: recorded.id,
            data: Arc::clone(data),
            on: recorded.occurred_on,
            by: recorded.actor.subject.clone(),
            form: frozen.form,
        });
        self.claims.insert(data.claim, Arc::new(claim));
        self.freeze(recorded.id, data.claim, frozen);
    }

    fn freeze(&mut self, submitted_by: EventId, claim: u32, frozen: &FrozenClaim) {
        let together: BTreeSet<EventId> = frozen.lines.iter().map(|frozen| frozen.line).collect();
        for frozen in &frozen.lines {
            let unfrozen = self.line(frozen.line).filter(|line| !line.is_locked());
            let counter = unfrozen.and_then(Line::countered_by);
            if let Some(counter) = counter.filter(|counter| !together.contains(counter)) {
                // What takes the item back is the negative of its euro, whatever they are now.
                let kept = Kept { euro: -frozen.euro, rate: frozen.rate };
                self.lines.change(counter, |line| {
                    line.kept = Some(kept).filter(|_| !line.is_locked());
                });
            }
            self.lines.change(frozen.line, |line| {
                let was_kept = line.kept.take().is_some();
                let euro = Kept { euro: frozen.euro, rate: frozen.rate };
                line.portions.push(Portion {
                    claim,
                    frozen: euro,
                    was_kept,
                    submitted_by,
                    verified: None,
                    taken_up: Cents::ZERO,
                });
            });
        }
    }

    /// What was frozen is provisional again, but for what had been kept before.
    pub(super) fn withdraw(&mut self, recorded: &Recorded, data: &ClaimWithdrawn) {
        let submitted = |claim: &&Arc<Claim>| claim.status == ClaimStatus::Submitted;
        let Some(claim) = self.claims.get(&data.claim).filter(submitted) else { return };
        let mut claim = (**claim).clone();
        for id in claim.lines.iter() {
            let mut counter = None;
            self.lines.change(*id, |line| {
                let Some(at) = line.portions.iter().position(|p| p.claim == data.claim) else {
                    return;
                };
                let portion = line.portions.remove(at);
                line.kept = portion.was_kept.then_some(portion.frozen);
                line.drafted = Some(data.claim);
                line.touch(recorded.occurred_on);
                counter = line.countered_by().filter(|_| !portion.was_kept);
            });
            if let Some(counter) = counter {
                self.lines.change(counter, |line| line.kept = None);
            }
        }
        claim.status = ClaimStatus::Assembled;
        claim.submission = None;
        claim.event = recorded.id;
        claim.moved_on = recorded.occurred_on;
        self.claims.insert(data.claim, Arc::new(claim));
    }

    pub(super) fn start_control(&mut self, recorded: &Recorded, data: &Arc<ControlStarted>) {
        let Some(claim) = self.claims.get_mut(&data.claim).map(Arc::make_mut) else { return };
        claim.status = ClaimStatus::InControl;
        claim.event = recorded.id;
        claim.moved_on = recorded.occurred_on;
        claim.control = Some(Control {
            event: recorded.id,
            data: Arc::clone(data),
            started_on: recorded.occurred_on,
            sample: recorded.completed.lines.as_slice().into(),
            closed: None,
        });
    }

    pub(super) fn close_control(&mut self, recorded: &Recorded, data: &Arc<ControlClosed>) {
        let Some(claim) = self.claims.get_mut(&data.claim).map(Arc::make_mut) else { return };
        claim.status = ClaimStatus::Closed;
        claim.event = recorded.id;
        claim.moved_on = recorded.occurred_on;
        if let Some(control) = &mut claim.control {
            control.closed = Some((recorded.occurred_on, Arc::clone(data)));
        }
    }

    pub(super) fn verify(&mut self, recorded: &Recorded, data: &Arc<LineVerified>) {
        let open = |claim: u32| {
            self.claim(claim).is_some_and(|claim| claim.status == ClaimStatus::InControl)
        };
        let Some(line) = self.lines.get(data.line) else { return };
        let Some(at) = line.portions.iter().position(|portion| open(portion.claim)) else {
            return;
        };
        self.lines.change(data.line, |line| {
            line.portions[at].verified = Some(Verified {
                event: recorded.id,
                on: recorded.occurred_on,
                data: Arc::clone(data),
                corrections: Vec::new(),
            });
        });
    }

    /// What is parked of the item is in no claim from now on.
    pub(super) fn unpark(&mut self, recorded: &Recorded, data: &LineUnparked) {
        self.lines.change(data.line, |line| {
            let parked = |portion: &&mut Portion| portion.parked() != Cents::ZERO;
            let Some(portion) = line.portions.iter_mut().rfind(parked) else { return };
            let euro = portion.parked();
            portion.taken_up += euro;
            let rate = portion.frozen.rate;
            let before = line.kept.map(|kept| kept.euro).unwrap_or_default();
            line.kept = Some(Kept { euro: before + euro, rate });
            line.touch(recorded.occurred_on);
        });
    }

    /// Certified falls and deducted rises, in the oldest portion first.
    pub(super) fn correct(&mut self, event: EventId, data: &CorrectionImposed) {
        for correction in &data.corrections {
            self.lines.change(correction.line, |line| {
                let mut left = correction.amount;
                for verified in line.portions.iter_mut().filter_map(|p| p.verified.as_mut()) {
                    let certified = verified.certified();
                    let part = if left.is_negative() {
                        left.max(certified.min(Cents::ZERO))
                    } else {
                        left.min(certified.max(Cents::ZERO))
                    };
                    if part != Cents::ZERO {
                        let typology = correction.typology;
                        verified.corrections.push(Corrected { event, typology, amount: part });
                    }
                    left -= part;
                }
            });
        }
    }
}
