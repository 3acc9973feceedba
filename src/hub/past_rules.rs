//! The rulebooks that were in force before, the newest few, and since when the one in force is: what duties of the past
//! cite, and by what readers were shown who were away since. Read from the journal at the start and after each change.

use std::sync::Arc;

use super::rulebooks;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::Rulebook;
use crate::store::{Journal, StoreError, fingerprint_of};

/// Under this name the journal keeps which rulebook is in force and since when: `FINGERPRINT MICROSECONDS`.
const IN_FORCE: &str = "rulebook_in_force_since";

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct PastRules {
    /// Of the rulebook in force.
    since: Timestamp,
    /// Oldest first, each with when it was first in force.
    former: Vec<(Timestamp, Arc<Rulebook>)>,
}

impl PastRules {
    /// What the journal tells of the past of `current`, which is in force now; if it was not when the journal was last
    /// asked, it is since now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recall(journal: &Journal, current: &Rulebook, now: Timestamp) -> Result<Self, StoreError> {
        let (noted, mut kept) = journal
            .read(|tx| {
                Box::pin(async move {
                    let noted = tx.find_meta(IN_FORCE).await?;
                    Ok::<_, StoreError>((noted, tx.list_rulebooks_since(limits::FORMER_RULEBOOKS_MAX + 1).await?))
                })
            })
            .await?;
        let noted = noted.as_deref().and_then(read_note);
        let own = |fingerprint: &[u8]| fingerprint == current.fingerprint().as_bytes();
        let since = match noted {
            Some((fingerprint, since)) if fingerprint == current.fingerprint() => since,
            Some(_) => now,
            // Never noted: since it was first kept.
            None => kept.iter().find(|(fingerprint, _)| own(fingerprint)).map_or(now, |(_, first)| *first),
        };
        let note = format!("{} {}", current.fingerprint(), since.as_micros());
        journal.write(move |tx| Box::pin(async move { tx.upsert_meta(IN_FORCE, &note).await })).await?;
        kept.retain(|(fingerprint, _)| !own(fingerprint));
        kept.sort_by_key(|(_, first)| *first);
        let mut former = Vec::with_capacity(kept.len());
        for (fingerprint, first) in kept {
            let named = String::from_utf8_lossy(&fingerprint).into_owned();
            let files = journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&fingerprint).await })).await?;
            if fingerprint_of(&files) != named {
                tracing::error!(named, "the kept files of a rulebook of the past were changed: it is passed over");
                continue;
            }
            match rulebooks::read(&files) {
                Ok(book) => former.push((first, Arc::new(book))),
                Err(problems) => tracing::warn!(%problems, "a rulebook of the past can no longer be read"),
            }
        }
        Ok(Self { since, former })
    }

    /// Since when the rulebook in force is.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// The former rulebooks, the newest first, each with when it was first in force.
    pub fn newest_first(&self) -> impl Iterator<Item = (Timestamp, &Rulebook)> {
        self.former.iter().rev().map(|(first, book)| (*first, &**book))
    }

    /// The former rulebook that this citation is of.
    #[must_use]
    pub fn citing(&self, citation: &str) -> Option<&Arc<Rulebook>> {
        self.former.iter().rev().map(|(_, book)| book).find(|book| book.in_words(citation).is_some())
    }

    /// The former rulebooks that may have been in force at `at` or after it.
    pub fn in_force_after(&self, at: Timestamp) -> impl Iterator<Item = &Arc<Rulebook>> {
        let first = self.former.iter().rposition(|(first, _)| *first <= at).unwrap_or(0);
        self.former[first..].iter().map(|(_, book)| book)
    }
}

fn read_note(note: &str) -> Option<(&str, Timestamp)> {
    let (fingerprint, since) = note.split_once(' ')?;
    Some((fingerprint, Timestamp(since.parse().ok()?)))
}
