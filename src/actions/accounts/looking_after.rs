//! Who looks after whose account: the secretariat after everybody's, an office's administrators after those who work
//! there and nowhere else. Taking people on and letting them go at one's own office goes with it.

use super::overreaching::end_overreaching;
use super::{AccountError, Accounts, Issued, NewInvitation};
use crate::actions::directory::{leave_office, put_person};
use crate::domain::account::{AccountDeed, Identity, Login, Passkey, Purpose};
use crate::domain::act::{Act, Deed, SignInEnd};
use crate::domain::directory::{Actor, Directory, Person, Position};
use crate::domain::ids::{InvitationId, OrganisationId, PersonId};
use crate::domain::patient::HumanName;
use crate::domain::plain::is_blank;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{SignIn, StoreError};

/// What whoever looks after an account sees of it.
#[derive(Debug)]
pub struct AccountSeen {
    pub login: Option<Login>,
    pub is_set_up: bool,
    /// It does not open: recovering it makes it anew.
    pub is_damaged: bool,
    /// Until when somebody may set it up.
    pub invited_until: Option<Timestamp>,
    pub sign_ins: Vec<SignIn>,
    pub has_password: bool,
    pub passkeys: Vec<Passkey>,
    pub identities: Vec<Identity>,
}

/// Somebody new at an office.
#[derive(Debug)]
pub struct TakenOn(pub Person);

impl Accounts {
    /// The person whose account this actor may look after.
    ///
    /// INVARIANT: an office's administrator never reaches somebody who also acts elsewhere, or through whom they would
    /// come to act as more than their own office.
    fn looked_after(&self, by: SignedIn, person: PersonId) -> Result<Person, AccountError> {
        let directory = self.hub.region().directory();
        let known = directory.people.get(&person).ok_or(AccountError::NotFound)?;
        if looks_after(&directory, by.actor, known) {
            return Ok(known.clone());
        }
        // Whoever keeps the office knows who works there: only that there is more is said, and neither where nor what.
        let is_theirs = |at: &Position| keeps(&directory, by.actor, at.organisation) && is_taken_on(&directory, *at);
        if known.positions.iter().any(is_theirs) {
            return Err(AccountError::Forbidden(Text::fixed(
                "この人にはほかの職務もあるため、事業所の管理者は操作できません。事務局に頼んでください",
                "this person acts in another position too, so that an office's administrator does not reach their account: ask \
                 the secretariat",
            )));
        }
        Err(AccountError::NotFound)
    }

    /// Invites somebody to set their account up.
    ///
    /// # Errors
    /// When they are not this actor's to look after, or have an account.
    pub async fn invite(&self, by: SignedIn, person: PersonId, login: Option<Login>) -> Result<Issued, AccountError> {
        let invited = self.looked_after(by, person)?;
        if self.hub.region().directory().clients.contains(&person) {
            return Err(AccountError::Conflict(Text::fixed(
                "連携システムにアカウントはありません。鍵でサインインします",
                "a connected system has no account: it signs in by its key",
            )));
        }
        if self.positions_of(invited.id).is_empty() {
            return Err(AccountError::Conflict(Text::fixed(
                "この人には職務がないか、利用が停止されています",
                "this person has no role to act in, or is suspended",
            )));
        }
        self.issue(self.invitation(by, person, Purpose::First, login, String::new())).await
    }

    /// Lets somebody set their account up again who lost password, device or authenticator.
    ///
    /// # Errors
    /// When they are not this actor's to look after, it is their own account, or no reason is given.
    pub async fn recover(&self, by: SignedIn, person: PersonId, reason: String) -> Result<Issued, AccountError> {
        self.looked_after(by, person)?;
        if by.actor.person == person {
            return Err(AccountError::Forbidden(Text::fixed(
                "自分のアカウントは再設定できません。ほかの担当者に頼んでください",
                "nobody recovers their own account: ask somebody else",
            )));
        }
        check_reason(&reason)?;
        self.issue(self.invitation(by, person, Purpose::Recovery, None, reason)).await
    }

    fn invitation(
        &self,
        by: SignedIn,
        person: PersonId,
        purpose: Purpose,
        login: Option<Login>,
        reason: String,
    ) -> NewInvitation {
        let region = self.hub.region();
        let (id, by, now) = (InvitationId(region.draw_id()), by.by(), region.now());
        NewInvitation { id, person, purpose, login, reason, by, now }
    }

    /// Voids the open invitations of somebody.
    ///
    /// # Errors
    /// When they are not this actor's to look after, or there are none.
    pub async fn withdraw_invitations(&self, by: SignedIn, person: PersonId) -> Result<(), AccountError> {
        self.looked_after(by, person)?;
        if self.void_invitations(by.by(), person).await? == 0 { Err(AccountError::NotFound) } else { Ok(()) }
    }

    /// Ends all sign-ins of somebody whose device is lost.
    ///
    /// # Errors
    /// When they are not this actor's to look after, or the store fails.
    pub async fn end_sign_ins_of(&self, by: SignedIn, person: PersonId) -> Result<usize, AccountError> {
        self.looked_after(by, person)?;
        self.end_all_of(by, person, SignInEnd::Revoked).await
    }

    /// Signs somebody out everywhere, here too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out_everywhere(&self, signed_in: SignedIn) -> Result<usize, AccountError> {
        self.end_all_of(signed_in, signed_in.actor.person, SignInEnd::Everywhere).await
    }

    /// Also whoever showed who they are and has not said yet in which role: before, and again, because somebody may have shown
    /// it meanwhile.
    async fn end_all_of(&self, by: SignedIn, person: PersonId, why: SignInEnd) -> Result<usize, AccountError> {
        self.choosing.forget(|shown| shown.person == person);
        let ended = self.sign_ins.end_all_of(by.by(), person, why, None).await?;
        self.choosing.forget(|shown| shown.person == person);
        Ok(ended)
    }

    /// What is to be seen of somebody's account.
    ///
    /// # Errors
    /// When they are not this actor's to look after, or the store fails.
    pub async fn see(&self, by: SignedIn, person: PersonId) -> Result<AccountSeen, AccountError> {
        self.looked_after(by, person)?;
        let now = self.hub.region().now();
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(async move {
                let account = (tx.find_account(person).await?, tx.has_damaged_account(person).await?);
                let passkeys = tx.list_passkeys(person).await?;
                let identities = tx.list_identities(person).await?;
                Ok::<_, StoreError>((account, tx.list_invitations(person).await?, passkeys, identities))
            })
        });
        let ((account, is_damaged), invitations, passkeys, identities) = reading.await?;
        let open = invitations.iter().filter(|one| one.is_open_at(now));
        Ok(AccountSeen {
            is_set_up: account.as_ref().is_some_and(|account| account.is_set_up()),
            is_damaged,
            has_password: account.as_ref().is_some_and(|account| account.has_password()),
            passkeys,
            identities,
            login: account.map(|account| account.login),
            invited_until: open.map(|one| one.expires_at).max(),
            sign_ins: self.sign_ins.list(person).await?,
        })
    }

    /// Takes somebody new on at an office.
    ///
    /// # Errors
    /// When this actor does not look after the office, or the office does not take on such a role by itself.
    pub async fn take_on(
        &self,
        by: SignedIn,
        organisation: OrganisationId,
        name: HumanName,
        role: Role,
    ) -> Result<TakenOn, AccountError> {
        let directory = self.hub.region().directory();
        let office = directory.organisations.get(&organisation).filter(|office| office.active);
        let office = office.filter(|_| keeps(&directory, by.actor, organisation)).ok_or(AccountError::NotFound)?;
        if by.actor.role != Role::Secretariat && !office.kind.takes_on().contains(&role) {
            let expected: Vec<&str> = office.kind.takes_on().iter().map(|role| role.code()).collect();
            return Err(Invalid::unknown_code("role", role.code(), &expected).into());
        }
        let (id, positions) = (PersonId(self.hub.region().draw_id()), vec![Position { role, organisation }]);
        let person = Person { id, name, positions, active: true };
        put_person(&self.hub, &self.sign_ins, by.by(), person.clone()).await?;
        Ok(TakenOn(person))
    }

    /// Somebody leaves an office: their positions there end, and with them what is open.
    ///
    /// # Errors
    /// When this actor does not look after the office, they do not work there, or they are the last of the secretariat.
    pub async fn let_go(
        &self,
        by: SignedIn,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<(), AccountError> {
        let directory = self.hub.region().directory();
        if !keeps(&directory, by.actor, organisation) || !directory.works_at(person, organisation) {
            return Err(AccountError::NotFound);
        }
        Ok(leave_office(&self.hub, &self.sign_ins, by.by(), organisation, person).await?)
    }

    /// Appoints somebody who looks after the people of the office they work at, or ends that. For the secretariat.
    ///
    /// # Errors
    /// When they do not work there, or nothing changes.
    pub async fn appoint(
        &self,
        by: SignedIn,
        organisation: OrganisationId,
        person: PersonId,
        appointed: bool,
    ) -> Result<(), AccountError> {
        let directory = self.hub.region().directory();
        let office = directory.organisations.get(&organisation).ok_or(AccountError::NotFound)?;
        if appointed && !directory.works_at(person, organisation) {
            let text = Text::fixed("この事業所の人ではありません", "not somebody of this organisation");
            return Err(Invalid::new("person", "not_found", text).into());
        }
        if appointed && office.kind.takes_on().is_empty() {
            let text = Text::fixed(
                "この種類の事業所には管理者を置きません",
                "this type of organisation has no administrators",
            );
            return Err(AccountError::Conflict(text));
        }
        let _turn = self.hub.region().take_directory_turn().await;
        let (now, within) = (self.hub.region().now(), self.hub.clone());
        let writing = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                tx.lock_directory().await?;
                let known = tx.find_person(person).await?.ok_or(AccountError::NotFound)?;
                if appointed && known.positions.iter().all(|at| at.organisation != organisation) {
                    return Err(AccountError::NotFound);
                }
                let changed = match appointed {
                    true => tx.insert_administrator(organisation, person).await?,
                    false => tx.delete_administrator(organisation, person).await?,
                };
                if changed {
                    let deed = AccountDeed::AdministratorKept { organisation, person, appointed };
                    tx.append_acts(now, [Act { by: by.by(), deed: Deed::Account(deed) }]).await?;
                    end_overreaching(tx, &within, by.by(), None, now).await?;
                }
                Ok(changed)
            })
        });
        if !writing.await? && !appointed {
            return Err(AccountError::NotFound);
        }
        self.hub.region().change_directory(|directory| {
            match appointed {
                true => directory.administrators.insert((organisation, person)),
                false => directory.administrators.remove(&(organisation, person)),
            };
        });
        Ok(())
    }
}

/// What is done to somebody's access is done for a reason, which the audit log keeps.
///
/// # Errors
/// When there is none, or it is too long.
pub fn check_reason(reason: &str) -> Result<(), Invalid> {
    let (chars, max) = (reason.chars().count(), limits::RECOVERY_REASON_CHARS_MAX);
    if is_blank(reason) {
        return Err(Invalid::required("reason"));
    }
    if chars > max { Err(Invalid::too_long("reason", max, ("文字", "characters"), chars)) } else { Ok(()) }
}

/// Whether the actor keeps the people of an office: the secretariat, or who was appointed there and acts there.
pub(super) fn keeps(directory: &Directory, by: Actor, organisation: OrganisationId) -> bool {
    let is_administrator = by.organisation == organisation && directory.administers(by.person, organisation);
    by.role == Role::Secretariat || is_administrator
}

pub(super) fn looks_after(directory: &Directory, by: Actor, person: &Person) -> bool {
    let is_theirs = |at: &Position| keeps(directory, by, at.organisation) && is_taken_on(directory, *at);
    by.role == Role::Secretariat || (!person.positions.is_empty() && person.positions.iter().all(is_theirs))
}

/// Whether an office may take somebody on in this position by itself.
fn is_taken_on(directory: &Directory, position: Position) -> bool {
    let office = directory.organisations.get(&position.organisation);
    office.is_some_and(|office| office.kind.takes_on().contains(&position.role))
}
