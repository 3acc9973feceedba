//! What somebody does with their own identities at the other service: linking one, which is a grave act, unlinking it, and
//! showing by it once more who they are.

use std::time::Duration;

use super::rounds::Aim;
use super::{Leaving, was_shown_since};
use crate::actions::accounts::{AccountError, Accounts};
use crate::domain::account::{Account, AccountDeed, Identity, IdentityStep, SignInWay};
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::ids::{IdentityId, PersonId, SignInId};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::StoreError;

/// My identities, and what the service is called.
#[derive(Debug)]
pub struct IdentitiesSeen {
    pub service: Option<String>,
    pub identities: Vec<Identity>,
}

impl Accounts {
    /// My identities at another service.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn my_identities(&self, signed_in: SignedIn) -> Result<IdentitiesSeen, AccountError> {
        let person = signed_in.actor.person;
        let identities = self.hub.journal().read(move |tx| Box::pin(tx.list_identities(person))).await?;
        Ok(IdentitiesSeen { service: self.outside_name().map(str::to_owned), identities })
    }

    /// Somebody signed in leaves to link an identity.
    ///
    /// # Errors
    /// When there is no other service, or they have no account.
    pub async fn leave_to_link(&self, signed_in: SignedIn) -> Result<Leaving, AccountError> {
        self.outside()?;
        let person = signed_in.actor.person;
        let account = self.hub.journal().read(move |tx| Box::pin(tx.find_account(person))).await?;
        let _: Account = account.filter(Account::is_set_up).ok_or(AccountError::NotFound)?;
        self.leave(Aim::Link(signed_in.id), self.proofs.counts()).await
    }

    /// Links whom the service means to the account of the one who left for that.
    ///
    /// # Errors
    /// When the service knows nobody, or whom it means is linked to somebody.
    pub async fn link_identity(&self, signed_in: SignedIn, round: &str) -> Result<Identity, AccountError> {
        let meant = signed_in.id;
        let (_, _, claims) = self.back(round, |aim| matches!(aim, Aim::Link(of) if *of == meant))?;
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let identity = self.identity_of(&claims, person)?;
        let linked = identity.clone();
        let linking = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if tx.list_identities(person).await?.len() >= limits::IDENTITIES_PER_PERSON_MAX {
                    return Ok(Err(too_many()));
                }
                if !tx.insert_identity(&identity).await? {
                    return Ok(Err(known_identity()));
                }
                tx.append_acts(now, [identity_act(by, person, identity.id, IdentityStep::Linked)]).await?;
                Ok::<_, StoreError>(Ok(()))
            })
        });
        linking.await??;
        Ok(linked)
    }

    /// Unlinks one of my identities. My other sign-ins end.
    ///
    /// # Errors
    /// When there is none, or nothing else would let me in.
    pub async fn unlink_identity(&self, signed_in: SignedIn, id: IdentityId) -> Result<(), AccountError> {
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let removing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let Some(account) = tx.find_account(person).await? else { return Ok(Err(AccountError::NotFound)) };
                if !tx.list_identities(person).await?.iter().any(|one| one.id == id) {
                    return Ok(Err(AccountError::NotFound));
                }
                // INVARIANT: nobody takes the last way in away from themselves.
                if !account.has_password() && account.passkeys_count == 0 {
                    return Ok(Err(last_way_in()));
                }
                tx.delete_identity(person, id).await?;
                tx.update_account(&Account { changed_at: now, ..account }).await?;
                tx.append_acts(now, [identity_act(by, person, id, IdentityStep::Unlinked)]).await?;
                let (why, but) = (SignInEnd::AccountChanged, Some(signed_in.id));
                let ended: Vec<SignInId> = crate::actions::sign_in::end_all(tx, by, person, why, but, now).await?;
                Ok::<_, StoreError>(Ok(ended))
            })
        });
        let ended = removing.await??;
        self.choosing.forget(|shown| shown.person == person);
        self.sign_ins.end(&ended);
        Ok(())
    }

    /// Somebody signed in leaves to show once more who they are: the service asks them anew.
    ///
    /// # Errors
    /// When there is no other service, or it does not answer.
    pub async fn leave_to_prove(&self, signed_in: SignedIn) -> Result<Leaving, AccountError> {
        self.leave(Aim::Prove(signed_in.id), Duration::ZERO).await
    }

    /// Takes the proof of the other service; until when it counts.
    ///
    /// # Errors
    /// When it means somebody else, or does not prove two factors that were shown since they left.
    pub async fn prove_by_identity(&self, signed_in: SignedIn, round: &str) -> Result<Timestamp, AccountError> {
        let meant = signed_in.id;
        let (_, since, claims) = self.back(round, |aim| matches!(aim, Aim::Prove(of) if *of == meant))?;
        let found = self.find_linked(&claims, || signed_in.tried()).await?;
        let is_they = found.is_some_and(|(identity, _)| identity.person == signed_in.actor.person);
        if !is_they || !was_shown_since(&claims, since) || !self.proves_two_factors(&claims) {
            self.note_refused(signed_in.actor.person, signed_in.tried());
            return Err(AccountError::OutsideRefused);
        }
        self.proven(signed_in, SignInWay::Oidc).await
    }
}

pub(in crate::actions::accounts) const fn identity_act(
    by: By,
    person: PersonId,
    identity: IdentityId,
    what: IdentityStep,
) -> Act {
    Act { by, deed: Deed::Account(AccountDeed::Identity { person, identity, what }) }
}

pub(in crate::actions::accounts) fn known_identity() -> AccountError {
    AccountError::Conflict(Text::fixed(
        "外部サービスのこの利用者は、すでに結び付けられています",
        "whom the other service means is linked already",
    ))
}

fn too_many() -> AccountError {
    let max = limits::IDENTITIES_PER_PERSON_MAX;
    AccountError::Conflict(Text::new(
        format!("結び付けられるのは 1 人 {max} 個までです。使わないものを解除してください"),
        format!("at most {max} of one person: unlink one that is not used"),
    ))
}

fn last_way_in() -> AccountError {
    AccountError::Conflict(Text::fixed(
        "これを解除するとサインインできなくなります。先にパスキーを追加してください",
        "nothing would let you in without it: add a passkey first",
    ))
}
