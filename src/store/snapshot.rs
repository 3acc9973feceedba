//! Snapshots of the fold: a cache that spares a load the whole timeline. One per timeline, the newest;
//! ignored when it is of another fold version or does not open, since the entries hold everything.

use std::sync::LazyLock;

use crate::codec;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::state::{FOLD_VERSION, PatientState};
use crate::vault::PatientKey;

use super::engine::run;
use super::record::{record_aad, seq_into};
use super::rows::{self, Rows};
use super::{StoreError, Tx};

/// A state sealed with its timeline's key.
#[derive(Clone, Debug)]
pub struct SealedSnapshot {
    pub timeline: TimelineId,
    pub seq: Seq,
    pub fold_version: u32,
    pub sealed: Vec<u8>,
}

impl SealedSnapshot {
    /// Encodes and seals a state. Pure computation.
    #[must_use]
    pub fn seal(key: &PatientKey, state: &PatientState) -> Self {
        let sealed = key.seal(&aad(state.timeline), &codec::encode_snapshot(state));
        Self { timeline: state.timeline, seq: state.head, fold_version: FOLD_VERSION, sealed }
    }

    /// The state, unless another version of the fold made it.
    ///
    /// # Errors
    /// When it does not open or is not a snapshot of this timeline at this seq.
    pub(super) fn open(&self, key: &PatientKey) -> Result<Option<PatientState>, StoreError> {
        let place = || format!("snapshot of timeline {}", self.timeline);
        let bytes = key.open(&aad(self.timeline), &self.sealed).map_err(StoreError::cannot_open(place()))?;
        let state = codec::decode_snapshot(&bytes).map_err(|error| StoreError::inconsistent(place(), error))?;
        match state {
            Some(state) if state.timeline != self.timeline || state.head != self.seq => {
                Err(StoreError::inconsistent(place(), "it is of another timeline or seq"))
            }
            state => Ok(state),
        }
    }
}

fn aad(timeline: TimelineId) -> [u8; 32] {
    record_aad(b"snapshot/v1\0\0\0\0\0", timeline.0)
}

impl Tx {
    /// Keeps these snapshots where they are newer than the ones kept.
    pub(super) async fn upsert_snapshots(&mut self, snapshots: &[SealedSnapshot]) -> Result<(), StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into snapshot (timeline, seq, fold_version, sealed) values ",
                4,
                " on conflict (timeline) do update
                  set seq = excluded.seq, fold_version = excluded.fold_version, sealed = excluded.sealed
                  where excluded.seq > snapshot.seq or excluded.fold_version <> snapshot.fold_version",
            )
        });
        for chunk in rows::chunks(snapshots) {
            let text = SQL.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for snapshot in chunk {
                    query = query
                        .bind(snapshot.timeline.0.as_bytes().as_slice())
                        .bind(seq_into(snapshot.seq))
                        .bind(i64::from(snapshot.fold_version))
                        .bind(snapshot.sealed.as_slice());
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// The state to fold on from. A snapshot that cannot be used is passed over and reported.
    pub(super) async fn find_snapshot(
        &mut self,
        timeline: TimelineId,
        key: &PatientKey,
    ) -> Result<Option<PatientState>, StoreError> {
        let found = match self.find_sealed_snapshot(timeline).await {
            Err(error @ StoreError::Inconsistent { .. }) => {
                tracing::warn!(%error, "a snapshot is passed over; the timeline is folded from its beginning");
                None
            }
            found => found?,
        };
        let Some(snapshot) = found else { return Ok(None) };
        if snapshot.fold_version != FOLD_VERSION {
            return Ok(None);
        }
        Ok(snapshot.open(key).unwrap_or_else(|error| {
            tracing::warn!(%error, "a snapshot is passed over; the timeline is folded from its beginning");
            None
        }))
    }

    /// The snapshot as it is kept.
    pub(super) async fn find_sealed_snapshot(
        &mut self,
        timeline: TimelineId,
    ) -> Result<Option<SealedSnapshot>, StoreError> {
        const SQL: &str = "select seq, fold_version, sealed from snapshot where timeline = $1";
        let row: Option<(i64, i64, Vec<u8>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        let place = format!("snapshot of timeline {timeline}");
        row.map(|(seq, fold_version, sealed)| {
            Ok(SealedSnapshot {
                timeline,
                seq: super::record::seq_from(&place, seq)?,
                fold_version: u32::try_from(fold_version).map_err(|error| StoreError::inconsistent(place, error))?,
                sealed,
            })
        })
        .transpose()
    }

    /// Forgets every snapshot; the next load of each timeline folds it from its beginning.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_snapshots(&mut self) -> Result<u64, StoreError> {
        const SQL: &str = "delete from snapshot";
        Ok(run!(self, connection => sqlx::query(SQL).execute(connection).await?.rows_affected()))
    }
}
