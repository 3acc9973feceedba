//! Who may ask why: about an entry or a duty, whoever may see it; about a refusal, its author and the secretariat; about
//! what somebody else may see, the secretariat, and the members of a team about each other. Anything else is not found.

use super::{Explained, Explainer, Record};
use crate::domain::directory::Actor;
use crate::domain::duties::Duty;
use crate::domain::duty::DutyId;
use crate::domain::ids::{EntryId, PatientId, PersonId, Seq};
use crate::domain::kind::Kind;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::hub::published::Published;
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight};
use crate::store::StoreError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such thing, or none that this person may know of.
    #[error("nothing that may be asked about")]
    NotFound,
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A duty that is explained, and of its cause what this reader may know.
#[derive(Clone, Debug)]
pub struct Told {
    pub duty: Duty,
    pub cause: Option<EntryId>,
    pub explained: Explained,
}

/// Somebody who asks.
#[derive(Debug)]
pub struct Asker<'a> {
    pub hub: &'a Hub,
    pub signed_in: SignedIn,
    pub explainer: Explainer<'a>,
}

impl Asker<'_> {
    /// About an entry.
    ///
    /// # Errors
    /// When this person may not see it.
    pub async fn entry(&self, id: EntryId) -> Result<Explained, AskError> {
        let (sight, entry) = self.entry_seen(id).await?;
        if !sight.view.shows(&entry) {
            return Err(AskError::NotFound);
        }
        Ok(self.explainer.entry(&entry.entry).await?)
    }

    /// An entry, and what this person sees of its timeline. On record as a look at it.
    async fn entry_seen(&self, id: EntryId) -> Result<(Sight, Published), AskError> {
        let stored = self.hub.journal().find_entry(id).await?.ok_or(AskError::NotFound)?;
        let (timeline, seq) = (stored.entry.timeline, stored.entry.seq);
        let before = Seq(seq.0.saturating_sub(1));
        let SignedIn { actor, id: sign_in, .. } = self.signed_in;
        let sight = self.hub.look(actor, sign_in, timeline, before, Some(seq), ReadScope::Explanation).await?;
        Ok((sight.ok_or(AskError::NotFound)?, Published::of_stored(stored)))
    }

    /// About a refusal, by the number of its audit record.
    ///
    /// # Errors
    /// When there is none, it was no matter of the rules, or this person neither made the post nor is the secretariat.
    pub async fn refusal(&self, seq: u64) -> Result<Explained, AskError> {
        let before = seq.checked_sub(1).ok_or(AskError::NotFound)?;
        let page = self.hub.journal().read(move |tx| Box::pin(tx.list_refused(before, 1))).await?;
        let post = page.posts.into_iter().find(|post| post.seq == seq).ok_or(AskError::NotFound)?;
        let actor = self.signed_in.actor;
        // Why nothing was found would tell what there is.
        let is_told = post.author.person == actor.person && post.code != "not_found";
        if actor.role != Role::Secretariat && !is_told {
            return Err(AskError::NotFound);
        }
        // What was wanted on whose record is told, to somebody else than its author.
        if let Some(timeline) = post.timeline.filter(|_| post.author.person != actor.person) {
            let (id, nothing) = (self.signed_in.id, Some(Seq::ZERO));
            self.hub.look(actor, id, timeline, Seq::ZERO, nothing, ReadScope::Explanation).await?;
        }
        self.explainer.refusal(&post).await?.ok_or(AskError::NotFound)
    }

    /// About a duty of a patient. The secretariat, which sees how it stands and no chart, is told all but its cause.
    ///
    /// # Errors
    /// When this person may see neither what opened it nor how it stands.
    pub async fn duty(&self, patient: PatientId, id: DutyId) -> Result<Told, AskError> {
        let sight = self.card(patient).await?;
        let duty = sight.state.duties.find(id).ok_or(AskError::NotFound)?;
        let sees_cause = sight.view.shows_cause_of(duty);
        if !sees_cause && !sight.view.shows_duty(duty) {
            return Err(AskError::NotFound);
        }
        let explained = self.explainer.duty(duty, sees_cause).await?;
        Ok(Told { cause: duty.cause.filter(|_| sees_cause), duty: duty.clone(), explained })
    }

    /// About what somebody may see of a patient: records of a kind.
    ///
    /// # Errors
    /// When this person may see neither the patient nor, being on the team, ask about somebody who is not.
    pub async fn view(
        &self,
        patient: PatientId,
        person: PersonId,
        kind: Kind,
    ) -> Result<Vec<(Actor, bool, Explained)>, AskError> {
        self.views(&self.card(patient).await?, person, Record::Ordinary(kind)).await
    }

    /// About whether somebody sees this entry, which whoever asks sees, or is the secretariat.
    ///
    /// # Errors
    /// When this person may not ask.
    pub async fn view_of(&self, id: EntryId, person: PersonId) -> Result<Vec<(Actor, bool, Explained)>, AskError> {
        let (sight, entry) = self.entry_seen(id).await?;
        let is_asked = self.signed_in.actor.role == Role::Secretariat || sight.view.shows(&entry);
        if !is_asked {
            return Err(AskError::NotFound);
        }
        self.views(&sight, person, Record::This(&entry.entry)).await
    }

    async fn views(
        &self,
        sight: &Sight,
        person: PersonId,
        record: Record<'_>,
    ) -> Result<Vec<(Actor, bool, Explained)>, AskError> {
        let (asker, state) = (self.signed_in.actor, &sight.state);
        let answers = self.explainer.view(state, (person, record)).await?;
        let is_team_mate = |actor: &Actor| state.membership(&asker).is_some() && state.membership(actor).is_some();
        let may_ask = |(actor, ..): &(Actor, bool, Explained)| {
            asker.role == Role::Secretariat || asker.person == person || is_team_mate(actor)
        };
        let answers: Vec<_> = answers.into_iter().filter(may_ask).collect();
        if answers.is_empty() { Err(AskError::NotFound) } else { Ok(answers) }
    }

    async fn card(&self, patient: PatientId) -> Result<Sight, AskError> {
        let SignedIn { actor, id, .. } = self.signed_in;
        let sight =
            self.hub.look(actor, id, patient.into(), Seq::ZERO, Some(Seq::ZERO), ReadScope::Explanation).await?;
        sight.ok_or(AskError::NotFound)
    }
}
