//! The offices of the region as their timelines tell of them: for whoever starts a hub, or asks who may use the system.
//!
//! INVARIANT: a page that cannot be read keeps nobody from starting. What is known of it is what can be read, and it is said of
//! it that nobody can tell more: see `Offices::miss`.

use std::sync::Arc;

use crate::domain::ids::{Subject, TimelineId};
use crate::domain::offices::Offices;
use crate::domain::state::{Office, PatientState};
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::PatientKey;

use super::engine::run;
use super::record::seq_into;
use super::timeline::RawHead;
use super::{StoreError, Tx};

impl Tx {
    /// What is known of all organisations that have a timeline, or had one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_offices(&mut self) -> Result<Offices, StoreError> {
        let mut offices = Offices::default();
        for timeline in self.list_office_pages().await? {
            let (office, read) = self.read_office(timeline).await;
            match read {
                Ok(()) => offices.extend(timeline.as_organisation(), office),
                Err(error @ (StoreError::Inconsistent { .. } | StoreError::KeyDestroyed(_))) => {
                    self.note_damage(timeline, &error);
                    offices.miss(timeline.as_organisation(), office);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(offices)
    }

    /// Whatever says that it is an office's page, or should be one by the directory, or was.
    async fn list_office_pages(&mut self) -> Result<Vec<TimelineId>, StoreError> {
        const SQL: &str = "select timeline.id from timeline left join organisation on organisation.id = timeline.id
            where timeline.subject = $1 or organisation.id is not null
            union select organisation.id from organisation
            where exists (select 1 from entry where entry.timeline = organisation.id) order by 1";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(Subject::Organisation.code()).fetch_all(connection).await?
        });
        Ok(rows.iter().filter_map(|(id,)| uuid::Uuid::from_slice(id).ok().map(TimelineId)).collect())
    }

    /// What the page tells of the office as far as it can be read, and whether that is all.
    async fn read_office(&mut self, timeline: TimelineId) -> (Option<Arc<Office>>, Result<(), StoreError>) {
        let (head, key) = match self.find_office(timeline).await {
            Ok(found) => found,
            Err(error) => return (None, Err(error)),
        };
        let mut state = match self.find_snapshot(timeline, &key).await {
            Ok(state) => state.unwrap_or_else(|| PatientState::empty_of(Subject::Organisation, timeline)),
            Err(error) => return (None, Err(error)),
        };
        let mut folded = self.fold_on(&mut state, &key, FOLD_PAGE_ENTRIES, |_, _| {}).await;
        if matches!(folded, Err(StoreError::Inconsistent { .. })) {
            // A page of entries opens whole or not at all: those before the damage one by one.
            folded = self.fold_on(&mut state, &key, 1, |_, _| {}).await;
        }
        let is_whole = seq_into(state.head) == head.seq;
        let folded = folded.and_then(|()| {
            let what = || format!("its entries end at seq {}, its head is {}", state.head, head.seq);
            if is_whole { Ok(()) } else { Err(StoreError::inconsistent(format!("timeline {timeline}"), what())) }
        });
        if folded.is_ok()
            && let Err(error) = head.whole()
        {
            // All it says is known, though nobody is shown it.
            self.note_damage(timeline, &error);
        }
        (state.office, folded)
    }

    async fn find_office(&mut self, timeline: TimelineId) -> Result<(RawHead, Arc<PatientKey>), StoreError> {
        let gone =
            || StoreError::inconsistent(format!("timeline {timeline}"), "its row is gone, and its entries are not");
        let head = self.find_raw_head(timeline).await?.ok_or_else(gone)?;
        let key = self.find_key(timeline).await?.ok_or_else(gone)?;
        Ok((head, key))
    }
}
