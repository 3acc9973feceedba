//! What somebody does with their own account: another password, another authenticator, an end of all sign-ins.

use super::{AccountError, Accounts};
use crate::domain::account::{Account, AccountChange, AccountDeed};
use crate::domain::act::{Act, Deed, SignInEnd};
use crate::hub::sessions::SignedIn;
use crate::store::StoreError;

impl Accounts {
    /// Changes the password of somebody who knows the present one and has the authenticator. Their other sign-ins end.
    ///
    /// # Errors
    /// When either is wrong, was tried too often, or the new password is not taken.
    pub async fn change_password(
        &self,
        signed_in: SignedIn,
        present: &str,
        code: &str,
        new: &str,
    ) -> Result<(), AccountError> {
        let account = self.show_again(signed_in, "present", present, code).await?;
        let about = self.known_of(account.person, account.login.as_str());
        let password = Some(self.passwords.hash_new(new, about).await?.map_err(|invalid| invalid.within("new"))?);
        let now = self.hub.region().now();
        let (as_of, person, by) = (account.changed_at, account.person, signed_in.by());
        let changing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                if tx.find_account(person).await?.is_none_or(|known| known.changed_at != as_of) {
                    return Ok(None);
                }
                tx.update_account(&Account { password, changed_at: now, ..account }).await?;
                let deed = AccountDeed::Changed { person, what: AccountChange::Password };
                tx.append_acts(now, [Act { by, deed: Deed::Account(deed) }]).await?;
                let (why, but) = (SignInEnd::AccountChanged, Some(signed_in.id));
                crate::actions::sign_in::end_all(tx, by, person, why, but, now).await.map(Some)
            })
        });
        let ended = changing.await.map_err(|error: StoreError| error)?.ok_or(AccountError::Refused)?;
        self.choosing.forget(|shown| shown.person == person);
        self.sign_ins.end(&ended);
        Ok(())
    }

    /// Somebody signed in shows once more, by both factors, who they are.
    pub(super) async fn show_again(
        &self,
        signed_in: SignedIn,
        field: &str,
        password: &str,
        code: &str,
    ) -> Result<Account, AccountError> {
        let person = signed_in.actor.person;
        let account = self.hub.journal().read(move |tx| Box::pin(tx.find_account(person))).await?;
        let account: Account = account.filter(Account::has_password).ok_or(AccountError::NotFound)?;
        self.guesses.at_account(self.trying(&account, signed_in)).await?;
        let fits = self.passwords.fits(password, account.password.clone()).await?;
        let step = self.step_of(Some(&account), code).filter(|_| fits);
        let is_shown = match step {
            Some(step) => self.use_code(person, step).await?,
            None => false,
        };
        if is_shown {
            return Ok(account);
        }
        self.note_refused(person, signed_in.tried());
        Err(Self::wrong_password(field).into())
    }
}
