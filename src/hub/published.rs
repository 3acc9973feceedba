//! A committed entry on its way to its readers: encoded once, with what decides who may see it worked out once.

use crate::codec::{Content, EncodedEntry, EntryHeader};
use crate::domain::entry::{Entry, Scope};
use crate::domain::ids::{EntryId, Seq};
use crate::rulebook::{EntryClass, course_class};
use crate::store::StoredEntry;

/// Shared by all readers of an entry.
#[derive(Debug)]
pub struct Published {
    pub entry: Entry,
    pub encoded: EncodedEntry,
    pub scope: Scope,
    /// The entry whose being hidden hides this one too: the target of an entry that points back.
    pub target: Option<EntryId>,
    pub class: EntryClass,
    /// For an entry of the course of a duty: what it is by itself, when `class` is that of what opened the duty.
    pub course: Option<EntryClass>,
    /// Raised an alarm: goes out first.
    pub urgent: bool,
}

impl Published {
    /// Prepares an entry for its readers; `content` is its encoded content.
    #[must_use]
    pub fn new(entry: Entry, content: Content) -> Self {
        let scope = entry.scope();
        let class = EntryClass::of(&scope);
        let kind = entry.body.kind();
        let course = kind.is_of_a_duty().then(|| course_class(kind));
        let encoded = EncodedEntry::new(EntryHeader::of(&entry), content);
        Self { urgent: entry.is_urgent(), target: entry.body.target(), scope, class, course, encoded, entry }
    }

    /// The same for an entry read from the journal.
    #[must_use]
    pub fn of_stored(stored: StoredEntry) -> Self {
        Self::new(stored.entry, stored.content)
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
