//! The newest few records of one sort that stand, so that a fold knows what counts again when the newest is taken
//! back. Used by `state`; what it dropped is still on the timeline.

/// Records in the order of `At`, at most as many as [`Standing::put`] is told to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<At, Record> {
    /// Oldest first.
    kept: Vec<(At, Record)>,
    /// INVARIANT: every standing record after this is in `kept`, so the newest kept is the newest there is, or
    /// nothing is kept and nothing is claimed.
    dropped: Option<At>,
}

impl<At, Record> Default for Standing<At, Record> {
    fn default() -> Self {
        Self { kept: Vec::new(), dropped: None }
    }
}

impl<At: Copy + Ord, Record> Standing<At, Record> {
    /// What [`Self::kept`] and [`Self::dropped`] gave.
    #[must_use]
    pub fn of(mut kept: Vec<(At, Record)>, dropped: Option<At>) -> Self {
        kept.sort_by_key(|(at, _)| *at);
        kept.dedup_by_key(|(at, _)| *at);
        kept.retain(|(at, _)| dropped.is_none_or(|dropped| *at > dropped));
        Self { kept, dropped }
    }

    /// Takes a record in, in place of the one at the same place. Beyond `max` the oldest is dropped.
    pub fn put(&mut self, at: At, record: Record, max: usize) {
        if self.dropped.is_some_and(|dropped| at <= dropped) {
            return;
        }
        let place = self.kept.partition_point(|(known, _)| *known < at);
        match self.kept.get_mut(place) {
            Some((known, old)) if *known == at => *old = record,
            _ => self.kept.insert(place, (at, record)),
        }
        if self.kept.len() > max {
            self.dropped = Some(self.kept.remove(0).0);
        }
    }

    /// Takes back what was put at a place that matches.
    pub fn take_back(&mut self, is_meant: impl Fn(At) -> bool) {
        self.kept.retain(|(at, _)| !is_meant(*at));
    }

    /// Changes what was put at this place, if it is kept.
    pub fn change(&mut self, at: At, change: impl FnOnce(&mut Record)) {
        if let Ok(place) = self.kept.binary_search_by_key(&at, |(known, _)| *known) {
            change(&mut self.kept[place].1);
        }
    }

    /// The newest record.
    #[must_use]
    pub fn newest(&self) -> Option<&(At, Record)> {
        self.kept.last()
    }

    /// Oldest first.
    #[must_use]
    pub fn kept(&self) -> &[(At, Record)] {
        &self.kept
    }

    /// The newest that is no longer kept.
    #[must_use]
    pub const fn dropped(&self) -> Option<At> {
        self.dropped
    }
}
