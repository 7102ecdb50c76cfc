//! Under which version each event of a project is recorded: what the writer asks of every posting.

use std::sync::Arc;

use cairn_domain::ids::EventId;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Entries that are searched one by one before they are sorted in: few enough that a fork copies
/// little when it adds one.
const NEWEST_MAX: usize = 64;

type Entry = (EventId, u64);

/// The version of every event, by its id: 24 bytes an event. Each run is sorted by id and is never
/// altered, so that forks share it; a run that is added joins the earlier ones that are not twice
/// as long, which leaves about log₂(events / 64) of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    runs: Arc<Vec<Arc<[Entry]>>>,
    newest: Arc<Vec<Entry>>,
}

impl Versions {
    pub(super) fn get(&self, id: EventId) -> Option<u64> {
        let newest = self.newest.iter().find(|(known, _)| *known == id);
        let found = newest.or_else(|| {
            self.runs.iter().find_map(|run| {
                let at = run.binary_search_by_key(&id, |(known, _)| *known).ok()?;
                run.get(at)
            })
        });
        found.map(|(_, version)| *version)
    }

    pub(super) fn insert(&mut self, id: EventId, version: u64) {
        let newest = Arc::make_mut(&mut self.newest);
        newest.push((id, version));
        if newest.len() < NEWEST_MAX {
            return;
        }
        let mut run = std::mem::take(newest);
        let runs = Arc::make_mut(&mut self.runs);
        while let Some(last) = runs.pop_if(|last| last.len() < 2 * run.len()) {
            run.extend_from_slice(&last);
        }
        // Sorted pieces one behind the other: merging them is what a stable sort does best.
        run.sort();
        runs.push(run.into());
    }

    pub(super) fn len(&self) -> usize {
        self.newest.len() + self.runs.iter().map(|run| run.len()).sum::<usize>()
    }
}

/// As bytes: the ids with their versions, in the order of the versions.
impl Serialize for Versions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.runs.iter().flat_map(|run| run.iter()).chain(&*self.newest);
        let mut entries: Vec<_> = all.copied().collect();
        entries.sort_unstable_by_key(|(_, version)| *version);
        let bytes = |(id, version): Entry| (id.as_u128(), version);
        let entries = entries.into_iter().map(bytes);
        let bytes: Vec<u8> = entries
            .flat_map(|(id, version)| id.to_be_bytes().into_iter().chain(version.to_be_bytes()))
            .collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        let (entries, []) = bytes.as_chunks::<24>() else {
            return Err(D::Error::custom("ids and versions of 24 bytes each"));
        };
        let mut run: Vec<Entry> = entries.iter().filter_map(entry).collect();
        run.sort_unstable();
        let runs = Arc::new(vec![run.into()]);
        Ok(Self { runs, newest: Arc::default() })
    }
}

fn entry(bytes: &[u8; 24]) -> Option<Entry> {
    let (id, version) = bytes.split_first_chunk::<16>()?;
    Some((EventId::from_bytes(*id), u64::from_be_bytes(version.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u64) -> EventId {
        // Neither rising nor falling.
        EventId::from_u64_pair(number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number)
    }

    fn first(count: u64) -> Versions {
        let mut versions = Versions::default();
        (1..=count).for_each(|version| versions.insert(id(version), version));
        versions
    }

    proptest! {
        #[test]
        fn every_event_is_found_under_its_version_and_no_other_is(count in 0_u64..2_000) {
            let versions = first(count);
            prop_assert_eq!(versions.len() as u64, count);
            for version in 1..=count {
                prop_assert_eq!(versions.get(id(version)), Some(version));
            }
            prop_assert_eq!(versions.get(id(count + 1)), None);
        }

        #[test]
        fn a_fork_leaves_no_trace_in_what_it_was_taken_from(
            count in 0_u64..500, added in 1_u64..300,
        ) {
            let versions = first(count);
            let mut fork = versions.clone();
            (1..=added).for_each(|number| fork.insert(id(1_000_000 + number), count + number));
            let mut other = versions.clone();
            (1..=added).for_each(|number| other.insert(id(2_000_000 + number), count + number));
            for number in 1..=added {
                let (of_fork, of_other) = (id(1_000_000 + number), id(2_000_000 + number));
                prop_assert_eq!(versions.get(of_fork), None);
                prop_assert_eq!(fork.get(of_fork), Some(count + number));
                prop_assert_eq!(fork.get(of_other), None);
                prop_assert_eq!(other.get(of_fork), None);
            }
            prop_assert_eq!(fork.len() as u64, count + added);
        }

        #[test]
        fn what_is_written_down_is_read_back(count in 0_u64..500) {
            let written = rmp_serde::to_vec_named(&first(count)).unwrap();
            let read: Versions = rmp_serde::from_slice(&written).unwrap();
            prop_assert_eq!(read.len() as u64, count);
            prop_assert!((1..=count).all(|version| read.get(id(version)) == Some(version)));
            prop_assert_eq!(rmp_serde::to_vec_named(&read).unwrap(), written);
        }
    }

    #[test]
    fn there_are_few_runs() {
        assert!(first(100_000).runs.len() <= 11);
    }
}
