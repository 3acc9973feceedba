//! The table of entries: appended by the commit, read by pages, asked for known ids. Never updated.

use std::sync::LazyLock;

use futures_util::TryStreamExt as _;

use crate::codec::{self, Content};
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits::PAGE_ENTRIES_MAX;
use crate::vault::chain::Link;
use crate::vault::{Mac, PatientKey};

use super::engine::run;
use super::record::{link_from, seq_from, seq_into, uuid_from};
use super::rows::{self, Rows};
use super::{ClearHeader, SealedEntry, StoreError, Tx};

/// Where an id is stored, and the fingerprint of what was sent under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownId {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub mac: Mac,
}

/// An entry read from the journal.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    pub entry: Entry,
    /// The encoded content as it goes over the wire.
    pub content: Content,
}

/// Some entries of a timeline in order.
#[derive(Clone, Debug)]
pub struct Page {
    pub entries: Vec<StoredEntry>,
    /// Where the timeline ended when the page was read.
    pub head: Seq,
}

/// Id, timeline, seq, mac.
type KnownRow = (Vec<u8>, Vec<u8>, i64, Vec<u8>);

/// Id, seq, recorded at, mac, sealed, chain.
pub(super) type Row = (Vec<u8>, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>);

impl Tx {
    /// Appends entries; returns how many ids (and seqs) were new.
    pub(super) async fn insert_entries(&mut self, entries: &[SealedEntry]) -> Result<u64, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into entry (id, timeline, seq, recorded_at, mac, sealed, chain) values ",
                7,
                " on conflict do nothing",
            )
        });
        let mut inserted = 0;
        for chunk in rows::chunks(entries) {
            let text = SQL.text(self.marks(), chunk.len());
            inserted += run!(self, connection => {
                let mut query = sqlx::query(text);
                for SealedEntry { header, sealed, chain } in chunk {
                    query = query
                        .bind(header.id.0.as_bytes().as_slice())
                        .bind(header.timeline.0.as_bytes().as_slice())
                        .bind(seq_into(header.seq))
                        .bind(header.recorded_at.0)
                        .bind(header.mac.as_bytes().as_slice())
                        .bind(sealed.as_slice())
                        .bind(chain.as_slice());
                }
                query.execute(connection).await?.rows_affected()
            });
        }
        Ok(inserted)
    }

    /// Which of these ids are stored.
    pub(super) async fn find_known_ids(&mut self, ids: &[EntryId]) -> Result<Vec<KnownId>, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "with asked (id) as (values ",
                1,
                ") select entry.id, entry.timeline, entry.seq, entry.mac
                  from entry where entry.id in (select asked.id from asked)",
            )
        });
        let mut known = Vec::new();
        for chunk in rows::padded(ids) {
            let text = SQL.text(self.marks(), chunk.len());
            let found: Vec<KnownRow> = run!(self, connection => {
                let mut query = sqlx::query_as(text);
                for id in &chunk {
                    query = query.bind(id.0.as_bytes().as_slice());
                }
                query.fetch_all(connection).await?
            });
            for (id, timeline, seq, mac) in found {
                known.push(KnownId {
                    id: EntryId(uuid_from("entry.id", &id)?),
                    timeline: TimelineId(uuid_from("entry.timeline", &timeline)?),
                    seq: seq_from("entry.seq", seq)?,
                    mac: Mac::from_slice(&mac).ok_or_else(|| StoreError::inconsistent("entry.mac", "wrong length"))?,
                });
            }
        }
        Ok(known)
    }

    /// See `Journal::page`.
    pub(super) async fn page(
        &mut self,
        timeline: TimelineId,
        after: Seq,
        limit: usize,
        bytes_max: usize,
    ) -> Result<Page, StoreError> {
        let page = self.page_of(timeline, (after, limit, bytes_max)).await;
        if let Err(error @ StoreError::Inconsistent { .. }) = &page {
            self.note_damage(timeline, error);
        }
        page
    }

    async fn page_of(
        &mut self,
        timeline: TimelineId,
        (after, limit, bytes_max): (Seq, usize, usize),
    ) -> Result<Page, StoreError> {
        let Some(head) = self.find_head(timeline).await? else {
            return Ok(Page { entries: Vec::new(), head: Seq::ZERO });
        };
        if head.seq <= after {
            return Ok(Page { entries: Vec::new(), head: head.seq });
        }
        let Some(key) = self.find_key(timeline).await? else {
            return Ok(Page { entries: Vec::new(), head: Seq::ZERO });
        };
        let limit = limit.clamp(1, PAGE_ENTRIES_MAX);
        let entries = self.list_entries(timeline, after, limit, bytes_max, &key).await?;
        Ok(Page { entries, head: head.seq })
    }

    /// Entries after `after`, opened and decoded: at most `limit`, and none after the one that takes the
    /// sealed bytes over `bytes_max`.
    pub(super) async fn list_entries(
        &mut self,
        timeline: TimelineId,
        after: Seq,
        limit: usize,
        bytes_max: usize,
        key: &PatientKey,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let sealed = self.list_sealed(timeline, after, limit, bytes_max).await?;
        sealed.iter().map(|sealed| sealed.open(key)).collect()
    }

    /// As [`Self::list_entries`], but still sealed.
    pub(super) async fn list_sealed(
        &mut self,
        timeline: TimelineId,
        after: Seq,
        limit: usize,
        bytes_max: usize,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        const SQL: &str = "select id, seq, recorded_at, mac, sealed, chain from entry
            where timeline = $1 and seq > $2 order by seq limit $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut entries = Vec::new();
        let mut bytes = 0;
        run!(self, connection => {
            let mut rows = sqlx::query_as::<_, Row>(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(seq_into(after))
                .bind(limit)
                .fetch(connection);
            while let Some(row) = rows.try_next().await? {
                let entry = sealed_from(timeline, row)?;
                bytes += entry.sealed.len();
                entries.push(entry);
                if bytes > bytes_max {
                    break;
                }
            }
        });
        Ok(entries)
    }

    /// See `Journal::find_entry`.
    pub(super) async fn find_entry(&mut self, id: EntryId) -> Result<Option<StoredEntry>, StoreError> {
        const SQL: &str = "select timeline, seq from entry where id = $1";
        let row: Option<(Vec<u8>, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        let Some((timeline, seq)) = row else { return Ok(None) };
        let timeline = TimelineId(uuid_from("entry.timeline", &timeline)?);
        let before = seq_from("entry.seq", seq.saturating_sub(1))?;
        let Some(key) = self.find_key(timeline).await? else { return Ok(None) };
        Ok(self.list_entries(timeline, before, 1, usize::MAX, &key).await?.pop())
    }
}

impl SealedEntry {
    /// The entry that [`Self::seal`] sealed.
    pub(super) fn open(&self, key: &PatientKey) -> Result<StoredEntry, StoreError> {
        let header = &self.header;
        let bytes = key
            .open(&header.to_bytes(), &self.sealed)
            .map_err(|error| StoreError::inconsistent(header.place(), error))?;
        let header = codec::EntryHeader {
            id: header.id,
            timeline: header.timeline,
            seq: header.seq,
            recorded_at: header.recorded_at,
        };
        let (entry, content) = codec::decode_stored(header, bytes.into())
            .map_err(|error| StoreError::inconsistent(self.header.place(), error))?;
        Ok(StoredEntry { entry, content })
    }
}

pub(super) fn sealed_from(timeline: TimelineId, row: Row) -> Result<SealedEntry, StoreError> {
    let (id, seq, recorded_at, mac, sealed, chain) = row;
    let place = || format!("timeline {timeline} seq {seq}");
    let link: Link = link_from(&place(), &chain)?;
    let header = ClearHeader {
        id: EntryId(uuid_from(&place(), &id)?),
        timeline,
        seq: seq_from(&place(), seq)?,
        recorded_at: Timestamp(recorded_at),
        mac: Mac::from_slice(&mac).ok_or_else(|| StoreError::inconsistent(place(), "mac of a wrong length"))?,
    };
    Ok(SealedEntry { header, sealed, chain: link })
}
