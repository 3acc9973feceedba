//! Reading from the journal what one view shows: a look at a patient, pages of a timeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::oneshot;

use super::allowance::Asked;
use super::published::Published;
use super::sessions::SignedIn;
use super::view::View;
use super::work::{Look, Sight, Work};
use super::{Hub, Unavailable, unread};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, Seq, SignInId, TimelineId};
use crate::domain::reading::{ReadOf, ReadScope};
use crate::domain::state::{Latest, PatientState};
use crate::limits;
use crate::rulebook::Rulebook;
use crate::store::{GrantId, ReadMarker, StoreError};

/// Part of a timeline as one reader may see it.
#[derive(Debug)]
pub struct ReadPage {
    pub entries: Vec<Arc<Published>>,
    /// What a reader who read before must forget because of this page.
    pub taken_back: Vec<TakenBack>,
    /// Everything up to here was read: what is not in `entries` was passed over.
    pub through: Seq,
    /// Whether the timeline went on after this page when it was read.
    pub more: bool,
}

/// An entry that was taken back from the wrong patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub entry: EntryId,
    /// Its own place.
    pub seq: Seq,
    /// The place of the retraction.
    pub by: Seq,
}

/// Which part of a timeline is read: after `after`, up to `through`.
///
/// INVARIANT: `through` is no newer than the view the part is read with. What the journal holds beyond may have been
/// written under a change of who may see it that the view does not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub after: Seq,
    pub through: Seq,
}

/// Why a look is not answered.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The sign-in looks at more than the hub lets it.
    #[error("too many looks at once")]
    Overloaded,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Its record cannot be read; told to those who know the patient alone.
    #[error("the record is damaged")]
    Damaged,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Hub {
    /// A look at a patient: the state, and the view to page with. `None`: unknown or hidden.
    /// Recorded as a read of the entries after `after`, up to `through` or the head; `of` says what is shown of them.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn look(
        &self,
        actor: Actor,
        sign_in: SignInId,
        timeline: TimelineId,
        after: Seq,
        through: Option<Seq>,
        of: impl Into<ReadOf>,
    ) -> Result<Option<Sight>, LookError> {
        if !self.region().spend(sign_in.0, Asked::Look, 1).await {
            return Err(LookError::Overloaded);
        }
        let (reply, sight) = oneshot::channel();
        let grant = GrantId(self.region().draw_id());
        let of = of.into();
        self.give(Work::Look(Box::new(Look { actor, sign_in, timeline, after, through, of, grant, reply }))).await?;
        match sight.await {
            Ok(sight) => Ok(sight),
            Err(_closed) if !self.journal().is_damaged(timeline) => Err(Unavailable.into()),
            // Whoever is not known to it is told no more than of a patient who is nobody.
            Err(_closed) if self.may_know_of(&actor, timeline).await? => Err(LookError::Damaged),
            Err(_closed) => Ok(None),
        }
    }

    /// Whether the actor may know that there is this timeline, whose state cannot be asked: by the projection of its team.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn may_know_of(&self, actor: &Actor, timeline: TimelineId) -> Result<bool, StoreError> {
        unread::may_know_of(self.journal(), actor, timeline).await
    }

    /// A look at several patients' cards, without any entry. Unknown and hidden ones are left out, and those whose record
    /// cannot be read: one of them takes nobody the others.
    /// The looks queue together, so that they are recorded with one commit or two, not with one each.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn look_at_cards(
        &self,
        actor: Actor,
        sign_in: SignInId,
        timelines: impl IntoIterator<Item = TimelineId>,
        scope: ReadScope,
    ) -> Result<Vec<Sight>, LookError> {
        let look = async |timeline| match self.look(actor, sign_in, timeline, Seq::ZERO, Some(Seq::ZERO), scope).await {
            Err(LookError::Damaged) => Ok(None),
            looked => looked,
        };
        let sights = try_join_all(timelines.into_iter().map(look)).await?;
        Ok(sights.into_iter().flatten().collect())
    }

    /// The newest value of each vital sign that `sight` shows the entry of. Where the reader may not see the newest
    /// entry, the newest of the older ones; of [`limits::VITALS_STANDING_MAX`] at most, else the sign is left out.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn latest_vitals(&self, sight: &Sight) -> Result<Vec<Latest>, StoreError> {
        let mut shown: BTreeMap<Seq, bool> = BTreeMap::new();
        let mut found = Vec::new();
        for sign in sight.state.vitals.keys() {
            for latest in sight.state.newest_first(*sign) {
                let seq = latest.measured.seq;
                let is_shown = match shown.get(&seq) {
                    Some(known) => *known,
                    None => self.is_shown(sight, seq).await?,
                };
                shown.insert(seq, is_shown);
                if is_shown {
                    found.push(latest);
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn is_shown(&self, sight: &Sight, seq: Seq) -> Result<bool, StoreError> {
        let span = Span { after: Seq(seq.0.saturating_sub(1)), through: seq };
        let page = self.read_page(sight.state.timeline, &sight.view, span, 1).await?;
        Ok(page.entries.iter().any(|entry| entry.seq() == seq))
    }

    /// What `actor` could see when the timeline ended at `at` and its last entry was new, by the rules of today.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn view_at(&self, timeline: TimelineId, actor: &Actor, at: Seq) -> Result<Option<View>, StoreError> {
        let state = self.state_at(timeline, at).await?;
        Ok(View::of(&state, &self.region().rulebook(), actor, state.recorded_at))
    }

    async fn state_at(&self, timeline: TimelineId, at: Seq) -> Result<PatientState, StoreError> {
        let mut state = PatientState::empty_of(self.region().directory().subject_of(timeline), timeline);
        while state.head < at {
            let left = usize::try_from(at.0 - state.head.0).unwrap_or(usize::MAX);
            let limit = left.min(limits::FOLD_PAGE_ENTRIES);
            let page = self.journal().page(timeline, state.head, limit, limits::READER_PAGE_BYTES_MAX).await?;
            if page.entries.is_empty() {
                break;
            }
            page.entries.iter().for_each(|stored| state.apply(&stored.entry));
        }
        Ok(state)
    }

    /// Whether a reader that was sent the timeline up to `at` may hold what other rules showed it: it was away while the
    /// rulebook changed, has not started over since, and by one of the rulebooks of that time saw other parts than `now`.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn was_shown_by_other_rules(
        &self,
        reader: &SignedIn,
        timeline: TimelineId,
        at: Seq,
        now: &View,
    ) -> Result<bool, StoreError> {
        let (since, sign_in) = (self.region().rules_since(), reader.id);
        let last = self.journal().page(timeline, Seq(at.0.saturating_sub(1)), 1, limits::READER_PAGE_BYTES_MAX).await?;
        // What is newer than the rules was sent under them, and all before it was settled then.
        let Some(sent) = last.entries.first().map(|stored| stored.entry.recorded_at).filter(|sent| *sent < since)
        else {
            return Ok(false);
        };
        let has_started_over = self
            .journal()
            .read(move |tx| Box::pin(async move { tx.has_started_over(sign_in, timeline, since).await }))
            .await?;
        if has_started_over {
            return Ok(false);
        }
        let former = self.region().rules_after(sent);
        if former.is_empty() {
            // Nobody knows any more what they showed.
            return Ok(true);
        }
        let state = self.state_at(timeline, at).await?;
        let showed_the_same = |book: &Arc<Rulebook>| {
            let then = View::of(&state, book, &reader.actor, state.recorded_at);
            then.is_some_and(|then| then.goes_on_as(now))
        };
        Ok(!former.iter().all(showed_the_same))
    }

    /// How far everybody has read this timeline.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read_markers(&self, timeline: TimelineId) -> Result<Vec<ReadMarker>, StoreError> {
        self.journal().read(move |tx| Box::pin(async move { tx.list_read_markers(timeline).await })).await
    }

    /// The next entries of `span` that `view` shows.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read_page(
        &self,
        timeline: TimelineId,
        view: &View,
        span: Span,
        entries_max: usize,
    ) -> Result<ReadPage, StoreError> {
        // Timelines have no gaps: so many entries end at `span.through`.
        let left = usize::try_from(span.through.0.saturating_sub(span.after.0)).unwrap_or(usize::MAX);
        let limit = entries_max.min(limits::READER_PAGE_ENTRIES_MAX).min(left);
        let mut read = ReadPage { entries: Vec::new(), taken_back: Vec::new(), through: span.after, more: false };
        if limit == 0 {
            return Ok(read);
        }
        let page = self.journal().page(timeline, span.after, limit, limits::READER_PAGE_BYTES_MAX).await?;
        for entry in page.entries.into_iter().map(Published::of_stored) {
            read.through = entry.seq();
            if view.shows(&entry) {
                read.entries.push(Arc::new(entry));
            } else if let Some(target) = view.takes_back(&entry) {
                read.taken_back.extend(self.find_taken_back(view, target, entry.seq()).await?);
            }
        }
        read.more = read.through < span.through.min(page.head);
        Ok(read)
    }

    /// The entry that the retraction at `by` took back, if this reader could see it before.
    async fn find_taken_back(&self, view: &View, target: EntryId, by: Seq) -> Result<Option<TakenBack>, StoreError> {
        let found = self.journal().find_entry(target).await?.map(Published::of_stored);
        let seen = found.filter(|found| view.reaches(found));
        Ok(seen.map(|found| TakenBack { entry: target, seq: found.seq(), by }))
    }
}
