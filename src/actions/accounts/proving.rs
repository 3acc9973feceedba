//! Somebody signed in shows once more, by both factors, who they are: before grave acts. That they did is remembered for a
//! while, in memory; a hub that was started again asks again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::ceremonies::Ceremony;
use super::guesses::Trying;
use super::passkeys::{PasskeyAnswer, PasskeyAsked, wrong_passkey};
use super::{AccountError, Accounts};
use crate::domain::account::{Account, AccountDeed, Passkey, SignInWay};
use crate::domain::act::{Act, Deed};
use crate::domain::ids::SignInId;
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::StoreError;
use crate::vault::{PasskeyKey, ShownPasskey};

/// When the bearer of each sign-in last showed who they are.
#[derive(Debug)]
pub(super) struct Proofs {
    counts: Duration,
    shown: Mutex<HashMap<SignInId, Timestamp>>,
}

impl Proofs {
    pub(super) fn counting(counts: Duration) -> Self {
        Self { counts, shown: Mutex::default() }
    }

    /// How long one counts.
    pub(super) const fn counts(&self) -> Duration {
        self.counts
    }

    pub(super) fn note(&self, sign_in: SignInId, now: Timestamp) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() >= limits::PROOFS_KEPT_COUNT {
            shown.retain(|_, at| now.since(*at) < self.counts);
        }
        shown.insert(sign_in, now);
    }

    /// Another sign-in of the same bearer goes on where this one was.
    pub(super) fn carry(&self, from: SignInId, to: SignInId) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = shown.remove(&from) {
            shown.insert(to, at);
        }
    }

    /// Until when the proof counts.
    fn counts_until(&self, sign_in: SignInId) -> Option<Timestamp> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.get(&sign_in).map(|at| at.saturating_add(self.counts))
    }
}

/// By what somebody signed in can show who they are.
#[derive(Debug)]
pub struct ProofAsked {
    /// For the browser, where they have passkeys.
    pub passkey: Option<PasskeyAsked>,
    /// Whether they have a password and an authenticator.
    pub has_password: bool,
    /// The other service to which they are linked.
    pub outside: Option<String>,
}

impl Accounts {
    /// Whether the bearer of a sign-in showed a short while ago who they are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_proven(&self, signed_in: SignedIn) -> Result<bool, AccountError> {
        let until = self.proofs.counts_until(signed_in.id);
        if until.is_some_and(|until| self.hub.region().now() < until) {
            return Ok(true);
        }
        // INVARIANT: who came by a link of the demo has nothing to show; such links let people in nowhere else.
        if !self.sign_ins.takes_links() {
            return Ok(false);
        }
        let person = signed_in.actor.person;
        let account = self.hub.journal().read(move |tx| Box::pin(tx.find_account(person))).await?;
        Ok(!account.is_some_and(|account: Account| account.is_set_up()))
    }

    /// Asks somebody signed in to show who they are.
    ///
    /// # Errors
    /// When they have no account.
    pub async fn ask_for_proof(&self, signed_in: SignedIn) -> Result<ProofAsked, AccountError> {
        let (account, passkeys) = self.account_with_passkeys(signed_in).await?;
        let has_password = account.has_password();
        let keys: Vec<_> = passkeys.into_iter().map(|passkey| PasskeyKey::from_bytes(passkey.key)).collect();
        let asked = self.relying_party.as_ref().and_then(|hub| hub.ask_one(account.person.0, &keys).ok());
        let passkey =
            asked.map(|(options, asking)| self.asked(Ceremony::Prove(signed_in.id, Box::new(asking)), options));
        let outside = self.outside_name().filter(|_| account.identities_count > 0).map(str::to_owned);
        Ok(ProofAsked { passkey, has_password, outside })
    }

    /// Takes the proof by a passkey; until when it counts.
    ///
    /// # Errors
    /// When it is none, or was tried too often.
    pub async fn prove_by_passkey(
        &self,
        signed_in: SignedIn,
        answer: PasskeyAnswer<'_>,
    ) -> Result<Timestamp, AccountError> {
        let (account, _) = self.account_with_passkeys(signed_in).await?;
        self.guesses.at_account(self.trying(&account, signed_in)).await?;
        let asking = match self.ceremonies.take(answer.ceremony, self.hub.region().now()) {
            Some(Ceremony::Prove(of, asking)) if of == signed_in.id => asking,
            _ => return Err(wrong_passkey().into()),
        };
        let shown = ShownPasskey::parse(answer.credential).ok_or_else(wrong_passkey)?;
        let credential = shown.credential().to_vec();
        let finding = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_passkey(&credential).await }));
        // The question knows whose passkeys answer it.
        let passkey: Passkey = finding.await?.ok_or_else(wrong_passkey)?;
        let key = PasskeyKey::from_bytes(passkey.key.clone());
        let judged = self.relying_party()?.judge_one(&asking, &shown, &key);
        if !self.use_passkey(passkey, judged).await? {
            self.note_refused(account.person, signed_in.tried());
            return Err(wrong_passkey().into());
        }
        self.proven(signed_in, SignInWay::Passkey).await
    }

    /// Takes the proof by password and authenticator; until when it counts.
    ///
    /// # Errors
    /// When it is none, or was tried too often.
    pub async fn prove_by_password(
        &self,
        signed_in: SignedIn,
        password: &str,
        code: &str,
    ) -> Result<Timestamp, AccountError> {
        self.show_again(signed_in, "password", password, code).await?;
        self.proven(signed_in, SignInWay::Password).await
    }

    pub(super) async fn proven(&self, signed_in: SignedIn, way: SignInWay) -> Result<Timestamp, AccountError> {
        let (person, by, now) = (signed_in.actor.person, signed_in.by(), self.hub.region().now());
        let act = Act { by, deed: Deed::Account(AccountDeed::Proved { person, way }) };
        let keeping = self.hub.journal().write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await }));
        keeping.await.map_err(|error: StoreError| error)?;
        self.proofs.note(signed_in.id, now);
        Ok(now.saturating_add(self.proofs.counts))
    }

    async fn account_with_passkeys(&self, signed_in: SignedIn) -> Result<(Account, Vec<Passkey>), AccountError> {
        let person = signed_in.actor.person;
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(
                async move { Ok::<_, StoreError>((tx.find_account(person).await?, tx.list_passkeys(person).await?)) },
            )
        });
        let (account, mut passkeys) = reading.await?;
        passkeys.retain(|passkey| passkey.void.is_none());
        let account: Account = account.filter(Account::is_set_up).ok_or(AccountError::NotFound)?;
        Ok((account, passkeys))
    }

    /// Whoever found an open screen guesses no faster than a stranger, and uses up an allowance of their own.
    pub(super) fn trying(&self, account: &Account, signed_in: SignedIn) -> Trying {
        Trying::new(&self.login_digest(account.login.as_str()), Some(*signed_in.id.0.as_bytes()))
    }
}
