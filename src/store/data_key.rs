//! The region's data key as the database keeps it: wrapped by the region's key, and by which. Made when a store is new;
//! taken over from the region's key where records were sealed with that itself. Who changes the key is `actions/keys.rs`.

use std::sync::Arc;

use crate::domain::time::Timestamp;
use crate::vault::{DataKey, RegionKey};

use super::engine::run;
use super::meta::REGION_KEY;
use super::{Journal, OpenError, StoreError, Tx};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDataKey {
    pub wrapped: Vec<u8>,
    /// Fingerprint of the region's key that wraps it.
    pub region_key: String,
    /// When that took the place of which.
    pub rotated: Option<(Timestamp, String)>,
    /// Whether it is the region's first key itself.
    pub adopted: bool,
}

/// What a new store takes for its data key, if there may be a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Founding {
    /// There must be a store: a disk that is not mounted must not look like a region without records.
    Refused,
    /// A random one.
    Random,
    /// The region's key itself.
    Adopt,
}

/// The data key of an open database, which is made if there is none.
///
/// # Errors
/// When another key wraps it.
pub(super) async fn claim(bare: &Journal, region: &RegionKey, founding: Founding) -> Result<Arc<DataKey>, OpenError> {
    let found: Result<_, StoreError> = bare.read(|tx| Box::pin(tx.find_data_key())).await;
    let kept = match found? {
        Some(kept) => kept,
        None => bare.take_data_key(region, founding).await?,
    };
    let key = Arc::new(kept.open(region)?);
    let owner: Result<_, StoreError> = bare.read(|tx| Box::pin(tx.find_meta(REGION_KEY))).await;
    if owner?.is_some_and(|owner| owner != key.fingerprint()) {
        return Err(StoreError::inconsistent("data_key", "it is another region's").into());
    }
    if region.wraps_before_macs(&kept.wrapped) {
        let marked = region.rewrap_with_macs(&kept.wrapped).map_err(StoreError::cannot_open("data_key"))?;
        Journal::of(bare.shared.engine.clone(), Arc::clone(&key)).adopt_rows(kept.wrapped, marked).await?;
    }
    Ok(key)
}

impl Journal {
    /// Gives the rows of a region of before there were MACs theirs, and keeps that this was done.
    ///
    /// INVARIANT: both by one commit, so that no row that comes afterwards is ever taken in.
    async fn adopt_rows(&self, wrapped: Vec<u8>, marked: Vec<u8>) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                // Another hub of the region that opens it at the same moment waits here, and then has nothing to do.
                if tx.mark_data_key(&wrapped, &marked).await? {
                    let rows = tx.adopt_rows().await?;
                    tracing::info!(rows, "the rows that give power have their MACs");
                }
                Ok(())
            })
        })
        .await
    }

    /// Makes the data key of a new store, or takes it over from the region's key.
    pub(super) async fn take_data_key(&self, region: &RegionKey, founding: Founding) -> Result<KeptDataKey, OpenError> {
        let found = region.fingerprint();
        let (made, adopted) = (region.make_data_key(), region.adopt_as_data_key());
        self.write(move |tx| {
            Box::pin(async move {
                let owner = tx.find_meta(REGION_KEY).await?;
                if owner.is_none() && founding == Founding::Refused {
                    return Err(OpenError::NoStore);
                }
                let adopts = match &owner {
                    None => founding == Founding::Adopt,
                    Some(owner) if *owner == found => true,
                    Some(owner) => return Err(OpenError::ForeignKey { expected: owner.clone(), found }),
                };
                let (key, wrapped) = if adopts { adopted } else { made };
                let kept = KeptDataKey { wrapped, region_key: found, rotated: None, adopted: adopts };
                if !tx.insert_data_key(&kept).await? {
                    // Somebody else opened it at the same moment.
                    let kept = tx.find_data_key().await?;
                    return Ok(kept.ok_or_else(|| StoreError::inconsistent("data_key", "it is gone"))?);
                }
                if owner.is_none() {
                    tx.upsert_meta(REGION_KEY, &key.fingerprint()).await?;
                    tx.insert_audit_head().await?;
                }
                Ok(kept)
            })
        })
        .await
    }
}

impl KeptDataKey {
    /// The key in the clear.
    ///
    /// # Errors
    /// When another key wraps it.
    pub fn open(&self, region: &RegionKey) -> Result<DataKey, OpenError> {
        let found = region.fingerprint();
        if found != self.region_key {
            let by = self.region_key.clone();
            return Err(match &self.rotated {
                Some((at, before)) if *before == found => OpenError::ReplacedKey { found, by, at: *at },
                _ => OpenError::ForeignKey { expected: by, found },
            });
        }
        Ok(region.unwrap_data_key(&self.wrapped).map_err(StoreError::cannot_open("data_key"))?)
    }
}

impl Tx {
    /// The data key; `None` in a store that was not opened since there are data keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_data_key(&mut self) -> Result<Option<KeptDataKey>, StoreError> {
        const SQL: &str = "select wrapped, region_key, region_key_before, rotated_at, adopted from data_key";
        type Row = (Vec<u8>, String, Option<String>, Option<i64>, bool);
        let row: Option<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        Ok(row.map(|(wrapped, region_key, before, rotated_at, adopted)| KeptDataKey {
            wrapped,
            region_key,
            rotated: rotated_at.map(Timestamp).zip(before),
            adopted,
        }))
    }

    /// `false`: there is one already.
    async fn insert_data_key(&mut self, kept: &KeptDataKey) -> Result<bool, StoreError> {
        const SQL: &str = "insert into data_key (id, wrapped, region_key, adopted) values (1, $1, $2, $3)
            on conflict do nothing";
        let inserted = run!(self, connection => {
            sqlx::query(SQL)
                .bind(kept.wrapped.as_slice())
                .bind(kept.region_key.as_str())
                .bind(kept.adopted)
                .execute(connection)
                .await?
                .rows_affected()
        });
        Ok(inserted == 1)
    }

    /// Keeps the same data key wrapped anew by the same key. `false`: somebody else did.
    async fn mark_data_key(&mut self, wrapped: &[u8], marked: &[u8]) -> Result<bool, StoreError> {
        const SQL: &str = "update data_key set wrapped = $2 where wrapped = $1";
        Ok(run!(self, connection => {
            sqlx::query(SQL).bind(wrapped).bind(marked).execute(connection).await?.rows_affected()
        }) == 1)
    }

    /// Keeps the same data key wrapped by another key, if this one still wraps it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_data_key(
        &mut self,
        by: &str,
        wrapped: &[u8],
        instead_of: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "update data_key
            set wrapped = $1, region_key = $2, region_key_before = region_key, rotated_at = $3 where region_key = $4";
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(wrapped)
                .bind(by)
                .bind(now.0)
                .bind(instead_of)
                .execute(connection)
                .await?
                .rows_affected()
        });
        Ok(updated == 1)
    }

    /// Keeps the data key as a backup carried it, under the key that opened the backup.
    pub(super) async fn restore_data_key(&mut self, by: &str, wrapped: &[u8]) -> Result<(), StoreError> {
        // A backup of before there were data keys has no row; one of the moment in which the key was changed has another's.
        const SQL: &str =
            "update data_key set wrapped = $1, region_key = $2, region_key_before = null, rotated_at = null
            where region_key <> $2";
        let kept = KeptDataKey { wrapped: wrapped.to_vec(), region_key: by.to_owned(), rotated: None, adopted: true };
        if !self.insert_data_key(&kept).await? {
            run!(self, connection => { sqlx::query(SQL).bind(wrapped).bind(by).execute(connection).await?; });
        }
        Ok(())
    }
}
