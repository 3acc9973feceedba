//! Rulebooks of the past, from their files in the journal: what an old ruling cites stays explainable. The book in
//! force is not kept here.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::lifecycle::Stage;
use crate::domain::time::Timestamp;
use crate::hub::rulebooks;
use crate::limits::{RULEBOOK_VERSIONS_MAX, RULEBOOKS_KEPT_MAX, RULEBOOKS_LOADED_MAX};
use crate::rulebook::Rulebook;
use crate::store::{Journal, RulebookFile, StoreError, fingerprint_of};
use crate::vault::digest;

/// From when on a book decided, by its place in a list.
pub type Reign = (Timestamp, usize);

/// Finds the rulebook that a citation is of.
#[derive(Debug)]
pub struct KeptRulebooks {
    journal: Journal,
    shelf: Mutex<Shelf>,
}

/// Which book each set of rules stands in, and the books opened last.
#[derive(Debug, Default)]
struct Shelf {
    known: HashSet<Vec<u8>>,
    /// By the hash that citations end in: fingerprint of a book with that set.
    by_hash: HashMap<String, Vec<u8>>,
    /// The one opened last stands last.
    loaded: VecDeque<(Vec<u8>, Arc<Rulebook>)>,
}

impl KeptRulebooks {
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self { journal, shelf: Mutex::default() }
    }

    /// Every book that was kept and can still be read, the last one first; and from when on which of them decided, as far
    /// as is known: since it was first kept, and since each version with its files was put in force.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<(Vec<Arc<Rulebook>>, Vec<Reign>), StoreError> {
        let reading = self.journal.read(|tx| {
            Box::pin(async move {
                let kept = tx.list_rulebooks_since(RULEBOOKS_KEPT_MAX).await?;
                Ok::<_, StoreError>((kept, tx.list_rulebook_versions(RULEBOOK_VERSIONS_MAX).await?))
            })
        });
        let (kept, versions) = reading.await?;
        let (mut books, mut reigns) = (Vec::with_capacity(kept.len()), Vec::new());
        for (fingerprint, since) in kept {
            let Some(book) = open(&files_of(&self.journal, fingerprint).await?).map(Arc::new) else { continue };
            let ruled = versions.iter().filter(|version| {
                matches!(version.stage, Stage::InForce | Stage::Retired) && version.fingerprint == book.fingerprint()
            });
            let ruled = ruled.filter_map(|version| version.effective_at);
            reigns.extend(std::iter::once(since).chain(ruled).map(|from| (from, books.len())));
            books.push(book);
        }
        Ok((books, reigns))
    }

    /// The book that holds the set of rules which this citation names. `None`: none was ever kept, or this hub no
    /// longer reads it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, citation: &str) -> Result<Option<Arc<Rulebook>>, StoreError> {
        let Some((_, hash)) = citation.rsplit_once('#') else { return Ok(None) };
        let mut shelf = self.shelf.lock().await;
        if !shelf.by_hash.contains_key(hash) {
            shelf.note_new(&self.journal).await?;
        }
        let Some(fingerprint) = shelf.by_hash.get(hash).cloned() else { return Ok(None) };
        if let Some(at) = shelf.loaded.iter().position(|(loaded, _)| *loaded == fingerprint) {
            let found = shelf.loaded.remove(at).expect("it was found there");
            let book = Arc::clone(&found.1);
            shelf.loaded.push_back(found);
            return Ok(Some(book));
        }
        let Some(book) = open(&files_of(&self.journal, fingerprint.clone()).await?) else { return Ok(None) };
        let book = Arc::new(book);
        if shelf.loaded.len() == RULEBOOKS_LOADED_MAX {
            shelf.loaded.pop_front();
        }
        shelf.loaded.push_back((fingerprint, Arc::clone(&book)));
        Ok(Some(book))
    }
}

impl Shelf {
    /// Notes the sets of the books that were kept since the last look.
    async fn note_new(&mut self, journal: &Journal) -> Result<(), StoreError> {
        let kept: Vec<Vec<u8>> =
            journal.read(|tx| Box::pin(async move { tx.list_rulebooks(RULEBOOKS_KEPT_MAX).await })).await?;
        for fingerprint in kept {
            if self.known.contains(&fingerprint) {
                continue;
            }
            for file in files_of(journal, fingerprint.clone()).await? {
                self.by_hash.entry(hash_of(&file.content)).or_insert_with(|| fingerprint.clone());
            }
            self.known.insert(fingerprint);
        }
        Ok(())
    }
}

/// The files of a book; none, where they are not those that its fingerprint names.
async fn files_of(journal: &Journal, fingerprint: Vec<u8>) -> Result<Vec<RulebookFile>, StoreError> {
    let named = String::from_utf8_lossy(&fingerprint).into_owned();
    let files = journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&fingerprint).await })).await?;
    Ok(if fingerprint_of(&files) == named { files } else { Vec::new() })
}

/// As citations end: the first six bytes of the SHA-256 in hexadecimal digits.
pub(super) fn hash_of(content: &str) -> String {
    digest(content.as_bytes())[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn open(files: &[RulebookFile]) -> Option<Rulebook> {
    rulebooks::read(files)
        .inspect_err(|problems| tracing::warn!(%problems, "a rulebook of the past can no longer be read"))
        .ok()
}
