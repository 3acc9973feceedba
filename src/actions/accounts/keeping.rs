//! What somebody does with their own passkeys: adding, naming, removing; and what the hub tells of those that were copied.

use super::ceremonies::Ceremony;
use super::passkeys::{NewPasskey, PasskeyAnswer, PasskeyAsked, known_passkey, passkey_act, wrong_passkey};
use super::{AccountError, Accounts};
use crate::domain::account::{Account, Passkey, PasskeyStep};
use crate::domain::act::SignInEnd;
use crate::domain::directory::Actor;
use crate::domain::ids::{PasskeyId, SignInId};
use crate::domain::role::Role;
use crate::domain::text::Text;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::StoreError;
use crate::vault::PasskeyKey;

impl Accounts {
    /// My passkeys, void ones too; and whether a password opens my account besides.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn my_passkeys(&self, signed_in: SignedIn) -> Result<(Vec<Passkey>, bool), AccountError> {
        let person = signed_in.actor.person;
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(
                async move { Ok::<_, StoreError>((tx.list_passkeys(person).await?, tx.find_account(person).await?)) },
            )
        });
        let (passkeys, account) = reading.await?;
        Ok((passkeys, account.is_some_and(|account: Account| account.has_password())))
    }

    /// Asks my device to make a passkey.
    ///
    /// # Errors
    /// When I have no account, or too many passkeys.
    pub async fn ask_to_make_passkey(&self, signed_in: SignedIn) -> Result<PasskeyAsked, AccountError> {
        let person = signed_in.actor.person;
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(
                async move { Ok::<_, StoreError>((tx.find_account(person).await?, tx.list_passkeys(person).await?)) },
            )
        });
        let (account, passkeys) = reading.await?;
        let account = account.filter(Account::is_set_up).ok_or(AccountError::NotFound)?;
        if passkeys.len() >= limits::PASSKEYS_PER_PERSON_MAX {
            return Err(too_many());
        }
        let known: Vec<_> = passkeys.into_iter().map(|passkey| PasskeyKey::from_bytes(passkey.key)).collect();
        let asked = self.relying_party()?.make(person.0, account.login.as_str(), &self.name_of(person), &known);
        let (options, making) = asked.map_err(|_| wrong_passkey())?;
        Ok(self.asked(Ceremony::Add(signed_in.id, Box::new(making)), options))
    }

    /// Adds a passkey.
    ///
    /// # Errors
    /// When my device made none that is taken, or somebody has it already.
    pub async fn add_passkey(
        &self,
        signed_in: SignedIn,
        answer: PasskeyAnswer<'_>,
        name: &str,
    ) -> Result<Passkey, AccountError> {
        let name = Passkey::read_name("name", name)?;
        let making = match self.ceremonies.take(answer.ceremony, self.hub.region().now()) {
            Some(Ceremony::Add(of, making)) if of == signed_in.id => making,
            _ => return Err(wrong_passkey().into()),
        };
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let NewPasskey(passkey, credential) = self.made(&making, answer.credential, person, name)?;
        let added = passkey.clone();
        let adding = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if tx.list_passkeys(person).await?.len() >= limits::PASSKEYS_PER_PERSON_MAX {
                    return Ok(Err(too_many()));
                }
                if !tx.insert_passkey(&passkey, &credential).await? {
                    return Ok(Err(known_passkey()));
                }
                tx.append_acts(now, [passkey_act(by, person, passkey.id, PasskeyStep::Added)]).await?;
                Ok::<_, StoreError>(Ok(()))
            })
        });
        adding.await??;
        Ok(added)
    }

    /// Calls one of my passkeys something else.
    ///
    /// # Errors
    /// When there is none, or the name is too long.
    pub async fn rename_passkey(&self, signed_in: SignedIn, id: PasskeyId, name: &str) -> Result<(), AccountError> {
        let name = Passkey::read_name("name", name)?;
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let renaming = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let mine = tx.list_passkeys(person).await?.into_iter().find(|one| one.id == id);
                let Some(mine) = mine else { return Ok(false) };
                tx.rename_passkey(&Passkey { name, ..mine }).await?;
                tx.append_acts(now, [passkey_act(by, person, id, PasskeyStep::Named)]).await?;
                Ok::<_, StoreError>(true)
            })
        });
        if renaming.await? { Ok(()) } else { Err(AccountError::NotFound) }
    }

    /// Removes one of my passkeys. My other sign-ins end: whoever has that device is out.
    ///
    /// # Errors
    /// When there is none, or it is the last way in.
    pub async fn remove_passkey(&self, signed_in: SignedIn, id: PasskeyId) -> Result<(), AccountError> {
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let removing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let passkeys = tx.list_passkeys(person).await?;
                let (Some(account), true) = (tx.find_account(person).await?, passkeys.iter().any(|one| one.id == id))
                else {
                    return Ok(Err(AccountError::NotFound));
                };
                // INVARIANT: nobody takes the last way in away from themselves.
                let stays = |one: &Passkey| one.id != id && one.void.is_none();
                if !account.has_password() && !passkeys.iter().any(stays) {
                    return Ok(Err(last_way_in()));
                }
                tx.delete_passkey(id).await?;
                tx.update_account(&Account { changed_at: now, ..account }).await?;
                tx.append_acts(now, [passkey_act(by, person, id, PasskeyStep::Removed)]).await?;
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

    /// Passkeys that seem to have been copied, as far as this actor is told: their own; the secretariat everybody's.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn copied_passkeys(&self, actor: Actor) -> Result<Vec<Passkey>, AccountError> {
        let mut copied = self.hub.journal().read(|tx| Box::pin(tx.list_copied_passkeys())).await?;
        copied.retain(|one: &Passkey| actor.role == Role::Secretariat || one.person == actor.person);
        Ok(copied)
    }
}

fn too_many() -> AccountError {
    let max = limits::PASSKEYS_PER_PERSON_MAX;
    AccountError::Conflict(Text::new(
        format!("パスキーは 1 人 {max} 個までです。使わないものを削除してください"),
        format!("at most {max} passkeys: remove one that is not used"),
    ))
}

fn last_way_in() -> AccountError {
    AccountError::Conflict(Text::fixed(
        "これを削除するとサインインできなくなります。先に別のパスキーを追加してください",
        "nothing would let you in without it: add another passkey first",
    ))
}
