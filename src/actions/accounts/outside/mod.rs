//! Signing in by another service (OpenID Connect): leaving for it, coming back, and what becomes of whom it means. Whose
//! account an identity opens is settled by linking it (`linking.rs`), never by an address of electronic mail.
//!
//! INVARIANT: what the service shows is one factor, unless it proves two and that they were shown a short while ago; for what
//! is lacking the hub asks its own (`second.rs`). Whoever is not linked is told what whoever is refused is told.

mod fetch;
mod linking;
mod provider;
mod rounds;
mod second;

pub use self::linking::IdentitiesSeen;
pub(super) use self::linking::{identity_act, known_identity};
use self::provider::Leave;
pub use self::provider::{CALLBACK_PATH, Provider, ProviderError, ProviderFileError};
use self::rounds::{Aim, Back, Departure, Failure, Rounds};
pub(super) use self::second::Seconds;
pub use self::second::{SecondAsked, SecondGiven};

use std::time::Duration;

use super::invitations::Factors;
use super::{AccountError, Accounts, Entered, From, Shown};
use crate::domain::account::{Account, Identity, SignInWay, Tried};
use crate::domain::directory::Position;
use crate::domain::ids::{IdentityId, PersonId};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::StoreError;
use crate::vault::{IdClaims, Token};

/// The other service, and who is under way to it.
#[derive(Debug)]
pub(super) struct Outside {
    provider: Provider,
    rounds: Rounds,
    seconds: Seconds,
}

/// Somebody leaves for the other service.
#[derive(Debug)]
pub struct Leaving {
    /// Where their browser goes.
    pub location: String,
    /// What it keeps meanwhile, out of reach of scripts.
    pub round: Token,
}

/// What somebody comes back with.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    pub state: String,
    pub code: String,
    /// RFC 9207: which service says so.
    pub issuer: Option<String>,
}

/// Who came back is in, or must show a second factor here.
#[derive(Debug)]
pub enum EnteredFromOutside {
    Entered(Entered),
    Second(SecondAsked),
}

impl Outside {
    pub(super) fn new(provider: Provider) -> Self {
        Self { provider, rounds: Rounds::default(), seconds: Seconds::default() }
    }
}

impl Accounts {
    /// What people call the service by which they may sign in, if there is one.
    #[must_use]
    pub fn outside_name(&self) -> Option<&str> {
        self.outside.as_ref().map(|outside| outside.provider.settings().name.as_str())
    }

    fn outside(&self) -> Result<&Outside, AccountError> {
        self.outside.as_ref().ok_or_else(|| {
            AccountError::Conflict(Text::fixed(
                "この連携ハブでは、外部サービスでのサインインを使いません",
                "nobody signs in by another service at this hub",
            ))
        })
    }

    /// Whoever is there leaves to sign in.
    ///
    /// # Errors
    /// When there is no other service, it does not answer, or too many leave from there.
    pub async fn leave_to_sign_in(&self, from: &From) -> Result<Leaving, AccountError> {
        self.guesses.at_question(from.address).await?;
        self.leave(Aim::SignIn, self.proofs.counts()).await
    }

    /// Somebody who has link and code of an invitation leaves to set their account up.
    ///
    /// # Errors
    /// [`AccountError::NoInvitation`] whatever is wrong with either.
    pub async fn leave_invited(&self, token: &str, code: &str, from: &From) -> Result<Leaving, AccountError> {
        self.guesses.at_address(from.address).await?;
        self.outside()?;
        self.find_open(token, code).await?;
        let aim = Aim::SetUp { token: token.to_owned(), code: code.to_owned() };
        self.leave(aim, self.proofs.counts()).await
    }

    async fn leave(&self, aim: Aim, max_age: Duration) -> Result<Leaving, AccountError> {
        let (outside, now) = (self.outside()?, self.hub.region().now());
        let Departure { round, state, nonce, verifier } = outside.rounds.leave(aim, now);
        let state = state.reveal();
        let leave = Leave { state: &state, nonce: &nonce, verifier: &verifier, max_age };
        let location = outside.provider.way_out(leave, now).await.map_err(|error| {
            tracing::warn!(%error, "nobody can sign in by the other service");
            AccountError::OutsideUnreachable
        })?;
        Ok(Leaving { location, round })
    }

    /// Somebody is sent back by the other service. Whatever comes of it is told when they ask for it.
    pub async fn come_back(&self, round: &str, returned: Returned) {
        let Some(outside) = &self.outside else { return };
        let now = self.hub.region().now();
        let Some(asking) = outside.rounds.come_back(round, &returned.state, now) else { return };
        let settings = outside.provider.settings();
        let is_from_there = returned.issuer.is_none_or(|issuer| issuer == settings.issuer);
        let has_code = (1..=limits::OIDC_CODE_BYTES_MAX).contains(&returned.code.len());
        let claims = if is_from_there && has_code {
            // What it says of times, it says by its own clock.
            let wall = self.hub.region().wall();
            let exchanging = outside.provider.exchange(&returned.code, &asking.verifier, &asking.nonce, wall);
            exchanging.await.map_err(|error| {
                tracing::warn!(%error, "somebody who came back from the other service is not let in");
                if error.is_passing() { Failure::Unreachable } else { Failure::Refused }
            })
        } else {
            Err(Failure::Refused)
        };
        outside.rounds.settle(round, claims);
    }

    /// Whoever is back from the other service is let in, or sets their account up.
    ///
    /// # Errors
    /// [`AccountError::OutsideRefused`] whatever is wrong about it.
    pub async fn finish_outside(
        &self,
        round: &str,
        position: Option<Position>,
        from: From,
    ) -> Result<EnteredFromOutside, AccountError> {
        self.guesses.at_address(from.address).await?;
        let (aim, since, claims) = self.back(round, |aim| matches!(aim, Aim::SignIn | Aim::SetUp { .. }))?;
        match aim {
            Aim::SetUp { token, code } => {
                let entered = self.set_up_outside((&token, &code), &claims, since, position, from).await?;
                Ok(EnteredFromOutside::Entered(entered))
            }
            _ => self.enter_from_outside(&claims, since, position, from).await,
        }
    }

    /// Ends a round: what its bearer left for, since when a proof would have been a fresh one, and whom the service means.
    fn back(&self, round: &str, is_meant: impl Fn(&Aim) -> bool) -> Result<(Aim, Timestamp, IdClaims), AccountError> {
        let back = self.outside()?.rounds.end(round, is_meant, self.hub.region().now());
        let Back { aim, begun_at, claims } = back.ok_or(AccountError::OutsideRefused)?;
        let claims = claims.map_err(|failure| match failure {
            Failure::Refused => AccountError::OutsideRefused,
            Failure::Unreachable => AccountError::OutsideUnreachable,
        })?;
        let since = match aim {
            Aim::Prove(_) => begun_at,
            _ => begun_at.saturating_sub(self.proofs.counts()),
        };
        Ok((aim, since, claims))
    }

    async fn enter_from_outside(
        &self,
        claims: &IdClaims,
        since: Timestamp,
        position: Option<Position>,
        from: From,
    ) -> Result<EnteredFromOutside, AccountError> {
        let (identity, account) =
            self.find_linked(claims, || from.tried()).await?.ok_or(AccountError::OutsideRefused)?;
        let is_fresh = was_shown_since(claims, since);
        if !(is_fresh && self.proves_two_factors(claims)) {
            return self.ask_for_second(&identity, &account, is_fresh, &from).map(EnteredFromOutside::Second);
        }
        let entered = self.enter_by_identity(&identity, &account, true, position, from).await?;
        Ok(EnteredFromOutside::Entered(entered))
    }

    /// Whose account this identity opens.
    async fn find_linked(
        &self,
        claims: &IdClaims,
        from: impl Fn() -> Tried,
    ) -> Result<Option<(Identity, Account)>, AccountError> {
        let (issuer, subject) = (self.outside()?.provider.settings().issuer.clone(), claims.subject.clone());
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(async move {
                let Some(identity) = tx.find_identity(&issuer, &subject).await? else { return Ok(None) };
                let account = tx.find_account(identity.person).await?;
                Ok::<_, StoreError>(account.map(|account| (identity, account)))
            })
        });
        let found: Option<(Identity, Account)> = reading.await?;
        let Some((identity, account)) = found else { return Ok(None) };
        if identity.voided_at.is_some() {
            self.note_refused(account.person, from());
            return Ok(None);
        }
        Ok(Some((identity, account)))
    }

    /// Both factors were shown, wherever.
    async fn enter_by_identity(
        &self,
        identity: &Identity,
        account: &Account,
        is_proof: bool,
        position: Option<Position>,
        from: From,
    ) -> Result<Entered, AccountError> {
        let (id, now) = (identity.id, self.hub.region().now());
        let using = self.hub.journal().write(move |tx| Box::pin(async move { tx.use_identity(id, now).await }));
        let is_used: bool = using.await.map_err(|error: StoreError| error)?;
        if !is_used {
            return Err(AccountError::OutsideRefused);
        }
        let (person, as_of) = (account.person, account.changed_at);
        let (login, mark) = (self.login_digest(account.login.as_str()), from.mark());
        let (way, device) = (SignInWay::Oidc, from.device);
        self.enter(Shown { person, login, as_of, way, device, mark, is_proof }, position, from.line).await
    }

    async fn set_up_outside(
        &self,
        (token, code): (&str, &str),
        claims: &IdClaims,
        since: Timestamp,
        position: Option<Position>,
        from: From,
    ) -> Result<Entered, AccountError> {
        let (invitation, account) = self.find_open(token, code).await?;
        // INVARIANT: what an account opens by is two factors; with one alone nothing is set up.
        if !(was_shown_since(claims, since) && self.proves_two_factors(claims)) {
            return Err(AccountError::Conflict(one_factor_only()));
        }
        // Before the invitation is used up: on a device that does not do, it would be used for nothing.
        self.positions_here(account.person, &from.line)?;
        let (login, person) = (self.login_digest(account.login.as_str()), account.person);
        let identity = self.identity_of(claims, person)?;
        let as_of = self.set_up(invitation, account, Factors::Identity(Box::new(identity))).await?;
        let (mark, line, way) = (from.mark(), from.line, SignInWay::Invitation);
        let shown = Shown { person, login, as_of, way, device: from.device, mark, is_proof: true };
        self.enter(shown, position, line).await
    }

    fn identity_of(&self, claims: &IdClaims, person: PersonId) -> Result<Identity, AccountError> {
        let region = self.hub.region();
        Ok(Identity {
            id: IdentityId(region.draw_id()),
            person,
            issuer: self.outside()?.provider.settings().issuer.clone(),
            subject: claims.subject.clone(),
            linked_at: region.now(),
            used_at: None,
            voided_at: None,
        })
    }

    /// Whether the service says of itself that they showed two factors, in words that the region takes for that.
    fn proves_two_factors(&self, claims: &IdClaims) -> bool {
        let Some(outside) = &self.outside else { return false };
        let settings = outside.provider.settings();
        let by_acr = claims.acr.as_ref().is_some_and(|acr| settings.acr_values.contains(acr));
        let all = |wanted: &Vec<String>| wanted.iter().all(|one| claims.amr.contains(one));
        by_acr || settings.amr_values.iter().any(all)
    }
}

/// Whether the service says that they showed it who they are, and not longer ago than that.
fn was_shown_since(claims: &IdClaims, since: Timestamp) -> bool {
    let skew = Duration::from_secs(limits::OIDC_SKEW_S.unsigned_abs());
    claims.authenticated_at.is_some_and(|at| at >= since.saturating_sub(skew))
}

fn one_factor_only() -> Text {
    Text::fixed(
        "外部サービスで二つの要素（パスワードと確認コードなど）が確かめられたことを確認できませんでした。パスキーかパスワードで設定してから、ご自身の画面で結び付けてください",
        "the other service does not show that two factors were asked for; set the account up with a passkey or a password, and link the service on your own page afterwards",
    )
}
