//! Ending invitations: of a person, of everybody at an office, and of those whom a suspension on record shuts out. Each says
//! so in the audit log, in the transaction that ends it. Whether whoever issued one still may is asked by the actions.
//!
//! INVARIANT: an end needs nothing that a row says: one that cannot be read ends like every other.

use uuid::Uuid;

use crate::domain::account::{AccountDeed, Invitation, InvitationEnd};
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::{InvitationId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::issuer::is_shut_out;
use super::readable::{Came, each};
use super::record::uuid_from;
use super::{Link, ShutOut, StoreError, Tx};

type Row = (Vec<u8>, Vec<u8>, i64);

impl Tx {
    /// Ends the invitations of a person; how many had not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_invitations_of(
        &mut self,
        person: PersonId,
        by: By,
        why: InvitationEnd,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        const SQL: &str = "update invitation set ended_at = $2, mac = null where person = $1 and ended_at is null
            returning id, person, expires_at";
        const STILL: &str =
            "select count(*) from invitation where person = $1 and ended_at is null and issued_at <= $2";
        self.end_invitations((SQL, STILL), person.0, by, why, now).await
    }

    /// The same of everybody who has a position at an office.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_invitations_at(
        &mut self,
        organisation: OrganisationId,
        by: By,
        why: InvitationEnd,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        const SQL: &str = "update invitation set ended_at = $2, mac = null where ended_at is null
            and person in (select person from person_position where organisation = $1)
            returning id, person, expires_at";
        const STILL: &str = "select count(*) from invitation where ended_at is null and issued_at <= $2
            and person in (select person from person_position where organisation = $1)";
        self.end_invitations((SQL, STILL), organisation.0, by, why, now).await
    }

    /// Ends these, whose issuer may no longer invite.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_invitations_by_former(
        &mut self,
        ended: &[Invitation],
        by: By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for &Invitation { id: invitation, person, .. } in ended {
            self.end_link(Link::Invitation(invitation), now).await?;
            let deed = AccountDeed::InvitationEnded { person, invitation, why: InvitationEnd::IssuerEnded };
            self.append_acts(now, [Act { by, deed: Deed::Account(deed) }]).await?;
        }
        Ok(())
    }

    /// What a suspension on record ends: whoever is shut out is let in by no link when it is over, nor do theirs let anybody in.
    pub(super) async fn end_invitations_shut_out(&mut self, shut_out: &ShutOut) -> Result<(), StoreError> {
        let &ShutOut { organisation, person, by, at } = shut_out;
        let (by, why) = (By::Person(by), InvitationEnd::PersonChanged);
        match person {
            Some(person) => self.end_invitations_of(person, by, why, at).await?,
            None => self.end_invitations_at(organisation, by, why, at).await?,
        };
        let mut theirs = self.list_open_invitations(at).await?;
        theirs.retain(|one| is_shut_out(one.issuer, shut_out));
        self.end_invitations_by_former(&theirs, by, at).await
    }

    async fn end_invitations(
        &mut self,
        (sql, still): (&'static str, &'static str),
        of: Uuid,
        by: By,
        why: InvitationEnd,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("invitation", &sqlx::query(sql).bind(of.as_bytes().as_slice()).bind(now.0).fetch_all(connection).await?)
        });
        self.check_ended(still, of.as_bytes(), now.0).await?;
        let open = rows.iter().flatten().filter(|(.., expires_at)| now.0 < *expires_at).count();
        let ended = self.readable_each(rows, |(id, person, _)| {
            let invitation = InvitationId(uuid_from("invitation.id", &id)?);
            let person = PersonId(uuid_from(&format!("invitation {invitation}"), &person)?);
            Ok(AccountDeed::InvitationEnded { person, invitation, why })
        });
        self.append_acts(now, ended.into_iter().map(|deed| Act { by, deed: Deed::Account(deed) })).await?;
        Ok(open)
    }
}
