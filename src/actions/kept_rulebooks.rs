//! Rulebooks of the past, from their files in the journal: what an old ruling cites stays explainable. The book in
//! force is not kept here.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::hub::rulebooks;
use crate::limits::{RULEBOOKS_KEPT_MAX, RULEBOOKS_LOADED_MAX};
use crate::rulebook::Rulebook;
use crate::store::{Journal, RulebookFile, StoreError};
use crate::vault::digest;

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

    /// Every book that was kept and can still be read, the last one first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<Arc<Rulebook>>, StoreError> {
        let kept = self.journal.read(|tx| Box::pin(async move { tx.list_rulebooks(RULEBOOKS_KEPT_MAX).await })).await?;
        let mut books = Vec::with_capacity(kept.len());
        for fingerprint in kept {
            books.extend(open(&files_of(&self.journal, fingerprint).await?).map(Arc::new));
        }
        Ok(books)
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

async fn files_of(journal: &Journal, fingerprint: Vec<u8>) -> Result<Vec<RulebookFile>, StoreError> {
    journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&fingerprint).await })).await
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
