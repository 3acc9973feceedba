//! What says that a file may go off the shelf: neither the table's word that no entry names it nor its word of whose it is, for
//! whoever writes the database could write both. Called by the sweep of the actions, and where a record is destroyed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::ids::{EntryId, OrganisationId, Seq, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::{DataKey, Mac, PatientKey};

use super::engine::run;
use super::entry::StoredEntry;
use super::file::{FileName, UnnamedFile, aad};
use super::record::seq_into;
use super::{Journal, StoreError, Tx};

/// The files that the entries of a timeline name: by which entry of each organisation first.
pub type Claims = BTreeMap<(FileName, OrganisationId), EntryId>;

/// What is known of the files of one timeline.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// By all its entries; and the key under which its files are sealed.
    Entries(Claims, Arc<PatientKey>),
    /// Its record was destroyed: see [`Tx::was_let_go`].
    Destroyed,
    /// There is no such timeline, nor anything of one.
    Nobody,
    /// Not all of its entries can be read: any file may be named by those.
    Unknown,
}

impl Claimed {
    /// The entry of this organisation that names the file.
    #[must_use]
    pub fn entry(&self, file: UnnamedFile) -> Option<EntryId> {
        let Self::Entries(claims, _) = self else { return None };
        claims.get(&(file.name, file.organisation)).copied()
    }

    /// Whether any organisation's entry names it.
    #[must_use]
    pub fn names(&self, name: FileName) -> bool {
        matches!(self, Self::Entries(claims, _) if claims.keys().any(|(named, _)| *named == name))
    }
}

/// Whether this was sealed as the file of that name of this timeline.
#[must_use]
pub fn is_file_of(key: &PatientKey, timeline: TimelineId, name: FileName, sealed: &[u8]) -> bool {
    key.open(&aad(timeline, name), sealed).is_ok()
}

impl Journal {
    /// Asks all entries of a timeline what they name, a page at a time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_claims(&self, timeline: TimelineId) -> Result<Claimed, StoreError> {
        let key = match self.read(move |tx| Box::pin(tx.find_key(timeline))).await {
            Ok(Some(key)) => key,
            Ok(None) => {
                let has_entries = self.read(move |tx| Box::pin(tx.list_sealed(timeline, Seq::ZERO, 1, 0))).await;
                return Ok(if readable(has_entries)?.is_some_and(|found| found.is_empty()) {
                    Claimed::Nobody
                } else {
                    Claimed::Unknown
                });
            }
            Err(StoreError::KeyDestroyed(_)) => {
                let stone = self.read(move |tx| Box::pin(tx.find_destroyed(timeline.as_patient()))).await?;
                return Ok(if stone.is_some() { Claimed::Destroyed } else { Claimed::Unknown });
            }
            unreadable => {
                readable(unreadable)?;
                return Ok(Claimed::Unknown);
            }
        };
        let (mut claims, mut last) = (Claims::new(), Seq::ZERO);
        loop {
            let (after, key) = (last, Arc::clone(&key));
            let page = self.read(move |tx| {
                Box::pin(async move { tx.list_entries(timeline, after, FOLD_PAGE_ENTRIES, usize::MAX, &key).await })
            });
            let Some(page) = readable(page.await)? else { return Ok(Claimed::Unknown) };
            for stored in &page {
                if stored.entry.seq != last.next() {
                    return Ok(Claimed::Unknown);
                }
                last = stored.entry.seq;
                gather(&mut claims, self.region(), stored);
            }
            if page.len() < FOLD_PAGE_ENTRIES {
                break;
            }
        }
        let head = self.read(move |tx| Box::pin(tx.find_raw_head(timeline))).await?;
        let is_whole = head.is_some_and(|head| head.seq <= seq_into(last));
        Ok(if is_whole { Claimed::Entries(claims, key) } else { Claimed::Unknown })
    }
}

fn gather(claims: &mut Claims, region: &DataKey, stored: &StoredEntry) {
    let entry = &stored.entry;
    for attachment in entry.body.attachments() {
        let name = FileName::of(region, entry.timeline, attachment);
        claims.entry((name, entry.author.organisation)).or_insert(entry.id);
    }
}

/// `None`: what is there does not read.
fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(StoreError::Inconsistent { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Tx {
    /// Notes anew which entry names a file, where the table forgot it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_file(&mut self, file: UnnamedFile, entry: EntryId, now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update file set entry = $4, kept_at = coalesce(kept_at, $5)
            where timeline = $1 and name = $2 and organisation = $3 and entry is null";
        self.note_unproven(&format!("file {} of timeline {}", file.name, file.timeline));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(file.timeline.0.as_bytes().as_slice())
                .bind(file.name.as_bytes().as_slice())
                .bind(file.organisation.0.as_bytes().as_slice())
                .bind(entry.0.as_bytes().as_slice())
                .bind(now.0)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// The record of this timeline is being destroyed: what its entries name may go off the shelf.
    pub(super) async fn let_files_go(&mut self, timeline: TimelineId) -> Result<(), StoreError> {
        const LIST: &str = "select name, organisation from file where timeline = $1";
        const SQL: &str = "update file set let_go = $4 where timeline = $1 and name = $2 and organisation = $3";
        let id = timeline.0.as_bytes().as_slice();
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            run!(self, connection => sqlx::query_as(LIST).bind(id).fetch_all(connection).await?);
        if rows.is_empty() {
            return Ok(());
        }
        let claims = self.claims_as_far(timeline).await?;
        for (name, organisation) in rows {
            let Some(file) =
                FileName::from_slice(&name).ok().filter(|file| claims.keys().any(|(named, _)| named == file))
            else {
                continue;
            };
            let mac = self.let_go_mac(timeline, file);
            run!(self, connection => {
                let marking = sqlx::query(SQL).bind(id).bind(name.as_slice()).bind(organisation.as_slice());
                marking.bind(mac.as_bytes().as_slice()).execute(connection).await?;
            });
        }
        Ok(())
    }

    /// What the entries name, up to the first that does not read.
    async fn claims_as_far(&mut self, timeline: TimelineId) -> Result<Claims, StoreError> {
        let mut claims = Claims::new();
        let Some(Some(key)) = readable(self.find_key(timeline).await.or_else(gone))? else { return Ok(claims) };
        let mut last = Seq::ZERO;
        loop {
            let page = self.list_entries(timeline, last, FOLD_PAGE_ENTRIES, usize::MAX, &key).await;
            let Some(page) = readable(page)? else { return Ok(claims) };
            page.iter().for_each(|stored| gather(&mut claims, &self.region, stored));
            match page.last() {
                Some(stored) if page.len() == FOLD_PAGE_ENTRIES => last = stored.entry.seq,
                _ => return Ok(claims),
            }
        }
    }

    /// Whether the destruction of its record let this file go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_let_go(&mut self, file: UnnamedFile) -> Result<bool, StoreError> {
        const SQL: &str = "select let_go from file where timeline = $1 and name = $2 and organisation = $3";
        let row: Option<(Option<Vec<u8>>,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(file.timeline.0.as_bytes().as_slice())
                .bind(file.name.as_bytes().as_slice())
                .bind(file.organisation.0.as_bytes().as_slice())
                .fetch_optional(connection)
                .await?
        });
        let mark = row.and_then(|(mark,)| mark);
        Ok(mark.as_deref().and_then(Mac::from_slice) == Some(self.let_go_mac(file.timeline, file.name)))
    }

    fn let_go_mac(&self, timeline: TimelineId, name: FileName) -> Mac {
        self.region.destroyed().mac(&[b"file", timeline.0.as_bytes(), name.as_bytes()])
    }
}

/// A record without a key has nothing more to ask.
fn gone(error: StoreError) -> Result<Option<Arc<PatientKey>>, StoreError> {
    if matches!(error, StoreError::KeyDestroyed(_)) { Ok(None) } else { Err(error) }
}
