//! A committed entry on its way to its readers: encoded once, with what decides who may see it worked out once.

use std::sync::Arc;

use crate::domain::entry::{Entry, Scope};
use crate::domain::ids::{EntryId, Seq};
use crate::rulebook::BaseClass;
use crate::wire::EncodedEntry;

/// Shared by all readers of an entry.
#[derive(Debug)]
pub struct Published {
    pub entry: Arc<Entry>,
    pub encoded: EncodedEntry,
    pub scope: Scope,
    /// The entry whose being hidden hides this one too: the target of an entry that points back.
    pub target: Option<EntryId>,
    pub class: BaseClass,
    /// Raised an alarm: goes out first.
    pub urgent: bool,
}

impl Published {
    /// Prepares an entry for its readers.
    #[must_use]
    pub fn new(entry: Arc<Entry>, encoded: EncodedEntry) -> Self {
        let scope = entry.scope();
        let class = BaseClass::of(scope.kind, scope.sensitivity, scope.infection);
        Self { urgent: entry.is_urgent(), target: entry.body.target(), scope, class, encoded, entry }
    }

    /// Its place on the timeline.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.entry.seq
    }

    /// What holding it in a queue costs at most, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.encoded.content_bytes()
    }
}
