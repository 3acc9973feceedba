//! The table of invitations: who may set an account up, by which link, until when, and who said so. Only the link's hash is
//! kept. How many wrong codes an invitation bears is counted in `link.rs`; ending them is `invitation_end.rs`.

use prost::Message as _;

use crate::domain::account::{Invitation, Purpose};
use crate::domain::ids::{InvitationId, PersonId};
use crate::domain::time::Timestamp;
use crate::vault::TokenHash;

use super::engine::run;
use super::guarded::{self, Value};
use super::issuer::{issuer_from, kept_issuer};
use super::readable::{Came, each};
use super::record::{InvitationRecord, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const INVITATION: &[u8; 16] = b"invitation/v1\0\0\0";

type Row = (Vec<u8>, Vec<u8>, String, Vec<u8>, i64, i64, Option<i64>, Vec<u8>, Option<Vec<u8>>);

impl Tx {
    /// Adds an invitation that bears this many wrong codes.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn insert_invitation(
        &mut self,
        invitation: &Invitation,
        token: &TokenHash,
        tries: u32,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into invitation
            (id, token_hash, person, purpose, sealed, issued_at, expires_at, tries_left, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let Invitation { id, person, purpose, issued_at, expires_at, .. } = invitation;
        let record = InvitationRecord {
            code: invitation.code.clone(),
            authenticator: invitation.authenticator.clone(),
            issuer: kept_issuer(invitation.issuer),
        };
        let sealed = self.region.accounts().seal(&record_aad(INVITATION, id.0), &record.encode_to_vec());
        let mac = guarded::INVITATION.mac(&self.region, &invitation_row(invitation, token.as_bytes()));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(token.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .bind(purpose.code())
                .bind(sealed)
                .bind(issued_at.0)
                .bind(expires_at.0)
                .bind(i64::from(tries))
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// The invitation whose link has this hash, open or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_invitation(&mut self, token: &TokenHash) -> Result<Option<Invitation>, StoreError> {
        const SQL: &str = "select id, person, purpose, sealed, issued_at, expires_at, ended_at, token_hash, mac
            from invitation
            where token_hash = $1";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("invitation", &sqlx::query(SQL).bind(token.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.invitations_from(rows).pop())
    }

    /// The invitations of a person that have not ended, newest first; some of them may have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_invitations(&mut self, person: PersonId) -> Result<Vec<Invitation>, StoreError> {
        const SQL: &str = "select id, person, purpose, sealed, issued_at, expires_at, ended_at, token_hash, mac
            from invitation
            where person = $1 and ended_at is null order by issued_at desc";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("invitation", &sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.invitations_from(rows))
    }

    /// The invitations of everybody that are open, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_open_invitations(&mut self, now: Timestamp) -> Result<Vec<Invitation>, StoreError> {
        const SQL: &str = "select id, person, purpose, sealed, issued_at, expires_at, ended_at, token_hash, mac
            from invitation
            where ended_at is null and expires_at > $1 order by issued_at, id";
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("invitation", &sqlx::query(SQL).bind(now.0).fetch_all(connection).await?));
        Ok(self.invitations_from(rows))
    }

    fn invitations_from(&self, rows: Vec<Came<Row>>) -> Vec<Invitation> {
        self.readable_each(rows, |row| self.invitation_from(row)).into_iter().flatten().collect()
    }

    /// `None`: it is open, and nobody with the region's key made it out to this person.
    fn invitation_from(&self, row: Row) -> Result<Option<Invitation>, StoreError> {
        let (id, person, purpose, sealed, issued_at, expires_at, ended_at, token, mac) = row;
        let id = InvitationId(uuid_from("invitation.id", &id)?);
        let place = format!("invitation {id}");
        let bytes = self
            .region
            .accounts()
            .open(&record_aad(INVITATION, id.0), &sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            InvitationRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let invitation = Invitation {
            id,
            person: PersonId(uuid_from(&place, &person)?),
            purpose: code_from(&place, &purpose, Purpose::from_code(&purpose))?,
            code: record.code,
            authenticator: record.authenticator,
            issuer: issuer_from(&place, record.issuer)?,
            issued_at: Timestamp(issued_at),
            expires_at: Timestamp(expires_at),
            ended_at: ended_at.map(Timestamp),
        };
        let counts = invitation.ended_at.is_some()
            || self.is_genuine(&guarded::INVITATION, &invitation_row(&invitation, &token), mac.as_deref());
        Ok(counts.then_some(invitation))
    }
}

fn invitation_row(invitation: &Invitation, token: &[u8]) -> [Value; 6] {
    let Invitation { id, person, purpose, issued_at, expires_at, .. } = invitation;
    [id.0.into(), token.into(), person.0.into(), purpose.code().into(), (*issued_at).into(), (*expires_at).into()]
}
