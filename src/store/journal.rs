//! The journal: the one handle on the store that the rest of the hub holds. Cheap to clone.
//! It opens the database, runs work in tasks of its own and keeps the health; what is written and
//! read stands in the other files of this folder.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::patient::Registration;
use crate::domain::time::Timestamp;
use crate::vault::{DataKey, RegionKey};

use super::alone::Hold;
use super::connect::Steps;
use super::damaged::Damaged;
use super::data_key::{self, Founding};
use super::engine::{Engine, EngineTx};
use super::guarded::Forgeries;
use super::health::{Health, Watch};
use super::own_history::OwnHistory;
use super::{Batch, CommitError, KnownId, Loaded, OpenError, Page, Queued, StoreError, StoredEntry, Tx, connect};

/// See the module. All its futures may be cancelled: the work then ends in its own task.
#[derive(Clone, Debug)]
pub struct Journal {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) engine: Engine,
    pub(super) region: Arc<DataKey>,
    pub(super) watch: Watch,
    pub(super) forgeries: Arc<Forgeries>,
    pub(super) damaged: Arc<Damaged>,
    pub(super) history: Arc<OwnHistory>,
    /// See `foreign.rs`.
    pub(super) is_acted_on: AtomicBool,
    /// The right to serve this database, once it was taken.
    pub(super) hold: tokio::sync::Mutex<Option<Hold>>,
    #[cfg(test)]
    pub(super) faults: super::fault::Faults,
}

impl Journal {
    /// Opens and migrates the store at `sqlite://path` or `postgres://…`. A new SQLite file is made if
    /// there is none; its folder must exist.
    ///
    /// # Errors
    /// When the database cannot be reached or is not safe to use (version, durability, TLS), was written
    /// by a later hub, or belongs to another region's key.
    pub async fn open(url: &str, region: &RegionKey) -> Result<Self, OpenError> {
        Self::open_founding(url, region, Founding::Random, Steps::Taken).await
    }

    /// The same; a new store takes the region's key itself for its data key, as all did once. For tests that need the same
    /// ids each time.
    #[doc(hidden)]
    pub async fn open_as_once(url: &str, region: &RegionKey) -> Result<Self, OpenError> {
        Self::open_founding(url, region, Founding::Adopt, Steps::Taken).await
    }

    /// The same for a store that is there, in whose tables nothing is changed: none is made where it is missing, and one of
    /// an earlier version, that a hub of that version may be serving, is left to it.
    ///
    /// # Errors
    /// [`OpenError::NoStore`] where there is none, [`OpenError::Earlier`]; else as [`Journal::open`].
    pub async fn open_existing(url: &str, region: &RegionKey) -> Result<Self, OpenError> {
        Self::open_founding(url, region, Founding::Refused, Steps::Refused).await
    }

    /// The same for whoever will serve it, and brings it on to this version: not while another hub serves it.
    ///
    /// # Errors
    /// [`OpenError::NoStore`] where there is none; else as [`Journal::open`].
    pub async fn open_to_serve(url: &str, region: &RegionKey) -> Result<Self, OpenError> {
        Self::open_founding(url, region, Founding::Refused, Steps::Taken).await
    }

    async fn open_founding(url: &str, region: &RegionKey, founding: Founding, steps: Steps) -> Result<Self, OpenError> {
        let engine = Box::pin(connect::connect(url, founding, steps)).await?;
        let key = Box::pin(data_key::claim(&Self::bare(engine.clone()), region, founding)).await?;
        Ok(Self::of(engine, key))
    }

    /// On a database whose data key is not known yet: nothing that is sealed opens.
    pub(super) fn bare(engine: Engine) -> Self {
        Self::of(engine, Arc::new(DataKey::of_nothing()))
    }

    pub(super) fn of(engine: Engine, region: Arc<DataKey>) -> Self {
        let watch = Watch::new();
        Self {
            shared: Arc::new(Shared {
                engine,
                region,
                watch,
                forgeries: Arc::default(),
                damaged: Arc::default(),
                history: Arc::default(),
                is_acted_on: AtomicBool::default(),
                hold: tokio::sync::Mutex::default(),
                #[cfg(test)]
                faults: super::fault::Faults::default(),
            }),
        }
    }

    /// The region's data key, from which all others are derived.
    #[must_use]
    pub fn region(&self) -> &Arc<DataKey> {
        &self.shared.region
    }

    /// Stores the whole batch durably, or nothing of it.
    ///
    /// # Errors
    /// See [`CommitError`]; only `Unknown` leaves it open whether the batch is stored.
    pub async fn commit(&self, batch: Batch) -> Result<(), CommitError> {
        let journal = self.clone();
        #[cfg(test)]
        return in_own_task(async move { journal.commit_or_fail(&batch).await }).await;
        #[cfg(not(test))]
        in_own_task(async move { journal.commit_batch(&batch).await }).await
    }

    /// Which of these ids are stored, and where. In no particular order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_known_ids(&self, ids: &[EntryId]) -> Result<Vec<KnownId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (journal, ids) = (self.clone(), ids.to_vec());
        // Asked for every batch: each id is a question of its own, so the transaction's two hops are saved.
        in_own_task(async move {
            let looking = async {
                let mut tx = journal.tx(journal.shared.engine.begin_look().await?);
                let found = tx.find_known_ids(&ids).await?;
                tx.look_away().await?;
                Ok::<_, StoreError>(found)
            };
            journal.noticing(Box::pin(looking)).await
        })
        .await
    }

    /// A timeline's key, head and state (last snapshot and the entries since). `None`: no such timeline.
    ///
    /// # Errors
    /// When the database fails, or what is stored does not fold.
    pub async fn load(&self, timeline: TimelineId) -> Result<Option<Loaded>, StoreError> {
        #[cfg(test)]
        self.faults().check_readable(timeline)?;
        self.read(move |tx| Box::pin(tx.load(timeline))).await
    }

    /// The entries after `after` in order: at most `limit`, and no more once their content is over
    /// `bytes_max` (but at least one, so that a reader always gets on).
    ///
    /// # Errors
    /// When the database fails, or an entry does not open.
    pub async fn page(
        &self,
        timeline: TimelineId,
        after: Seq,
        limit: usize,
        bytes_max: usize,
    ) -> Result<Page, StoreError> {
        self.read(move |tx| Box::pin(tx.page(timeline, after, limit, bytes_max))).await
    }

    /// The entry with this id.
    ///
    /// # Errors
    /// When the database fails, or the entry does not open.
    pub async fn find_entry(&self, id: EntryId) -> Result<Option<StoredEntry>, StoreError> {
        self.read(move |tx| Box::pin(tx.find_entry(id))).await
    }

    /// The timelines on whose team this person of this organisation is, by the projection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines_of(
        &self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<Vec<TimelineId>, StoreError> {
        self.read(move |tx| Box::pin(tx.list_timelines_of(organisation, person))).await
    }

    /// Every registered patient, for the search index in memory.
    ///
    /// # Errors
    /// When the database fails, or a registration does not open.
    pub async fn registrations(&self) -> Result<Vec<(TimelineId, Registration)>, StoreError> {
        self.read(|tx| Box::pin(tx.list_registrations())).await
    }

    /// The posts about one timeline that wait in the linking queue, oldest first.
    ///
    /// # Errors
    /// When the database fails, or a post does not open.
    pub async fn list_queued(&self, timeline: TimelineId) -> Result<Vec<Queued>, StoreError> {
        self.read(move |tx| Box::pin(tx.list_queued(timeline))).await
    }

    /// The newest time on record, of entries and acts: the floor for the clock at start. One that is ahead of `wall`, which the
    /// machine's clock shows, counts only as it was sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_recorded_at(&self, wall: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |tx| Box::pin(tx.newest_recorded_at(wall))).await
    }

    /// Runs `work` on one moment of the store.
    ///
    /// ```ignore
    /// let directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    /// ```
    ///
    /// # Errors
    /// What `work` returns, or that the database fails.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let journal = self.clone();
        in_own_task(async move { journal.noticing(Box::pin(journal.read_now(work))).await }).await
    }

    async fn read_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        let mut tx = self.tx(self.shared.engine.begin_read().await.map_err(StoreError::from)?);
        let found = work(&mut tx).await;
        if let Err(error) = tx.roll_back().await {
            tracing::debug!(%error, "a reading transaction had ended by itself");
        }
        found
    }

    /// Runs `work` in a transaction and makes it durable; an error of `work` rolls back. For actions;
    /// entries go through [`Self::commit`].
    ///
    /// # Errors
    /// What `work` returns, that the database fails, or [`StoreError::ReadOnly`].
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let journal = self.clone();
        in_own_task(async move { journal.noticing(Box::pin(journal.write_now(work))).await }).await
    }

    async fn write_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    {
        self.check_writable()?;
        let mut tx = self.begin_write().await?;
        match work(&mut tx).await {
            Ok(done) => {
                tx.commit().await.map_err(|error| self.note_failure(error))?;
                Ok(done)
            }
            Err(error) => {
                // The error is the caller's own type; what became of the transaction tells of the disk.
                if let Err(ended) = tx.roll_back().await {
                    self.become_read_only(&ended);
                }
                Err(error)
            }
        }
    }

    /// Whether the journal takes writes, and since when and why not.
    #[must_use]
    pub fn health(&self) -> Health {
        self.shared.watch.health()
    }

    /// Whether since its start this process met a row that gives power and was not written with the region's key. It counted
    /// for nothing; the log names it.
    #[must_use]
    pub fn met_forged_rows(&self) -> bool {
        self.shared.forgeries.were_met()
    }

    /// The health as it changes.
    #[must_use]
    pub fn watch_health(&self) -> watch::Receiver<Health> {
        self.shared.watch.subscribe()
    }

    /// Ends all connections. Work that still runs is waited for.
    pub async fn close(&self) {
        self.let_go().await;
        self.shared.engine.close().await;
    }

    pub(super) async fn begin_write(&self) -> Result<Tx, StoreError> {
        let engine = self.shared.engine.begin_write().await.map_err(|error| self.note_failure(error.into()))?;
        Ok(self.tx(engine))
    }

    pub(super) fn tx(&self, engine: EngineTx) -> Tx {
        let (region, forgeries) = (Arc::clone(&self.shared.region), Arc::clone(&self.shared.forgeries));
        let Shared { damaged, history, .. } = &*self.shared;
        Tx { engine, region, forgeries, damaged: Arc::clone(damaged), history: Arc::clone(history) }
    }
}

/// A task of its own: when the caller's future is dropped, a transaction that is being begun or
/// committed still ends properly instead of staying open on its connection.
async fn in_own_task<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Nobody aborts it, so the runtime is shutting down and this future is about to be dropped too.
            Err(_cancelled) => std::future::pending().await,
        },
    }
}
