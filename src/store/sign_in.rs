//! The table of sign-ins: which token lets whom act, in which role and organisation, until when. Only the
//! token's hash is kept. What an expired or revoked sign-in may do (nothing) is judged by the caller.

use uuid::Uuid;

use crate::domain::account::SignInWay;
use crate::domain::act::{Act, By, Deed, SignInEnd};
use crate::domain::client::{ClientGrant, Scopes};
use crate::domain::directory::Position;
use crate::domain::ids::{DeviceId, OrganisationId, PersonId, SignInId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::vault::TokenHash;

use super::engine::run;
use super::guarded::{self, Value};
use super::readable::{Came, each};
use super::record::{code_from, uuid_from};
use super::{ShutOut, StoreError, Tx};

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub id: SignInId,
    pub token_hash: TokenHash,
    pub person: PersonId,
    pub position: Position,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// What the device calls itself.
    pub device: String,
    /// `None`: from before there were accounts.
    pub way: Option<SignInWay>,
    /// When it was last used, as far as that was noted; a use just now is not.
    pub used_at: Timestamp,
    /// The registered device that it began on, and counts on alone.
    pub registered: Option<DeviceId>,
    /// Of a system client's token: what it allows. `None`: a person's, who may do what the rules let them.
    pub client: Option<ClientGrant>,
}

/// A sign-in that has just been revoked: whose it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSignIn {
    pub id: SignInId,
    pub person: PersonId,
    pub position: Position,
}

impl SignIn {
    /// Whether it lets its bearer in at this moment.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

type Row = (
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    String,
    Vec<u8>,
    i64,
    i64,
    Option<i64>,
    String,
    String,
    Option<i64>,
    Option<Vec<u8>>,
    Option<String>,
    Option<String>,
    Option<Vec<u8>>,
);

/// What is told of one that ended.
type EndedRow = (Vec<u8>, Vec<u8>, String, Vec<u8>);

impl Tx {
    /// Adds a sign-in.
    ///
    /// # Errors
    /// When the database fails, or person or organisation do not exist.
    pub async fn insert_sign_in(&mut self, sign_in: &SignIn) -> Result<(), StoreError> {
        const SQL: &str = "insert into sign_in
            (id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at, device, way,
            registered_device, scopes, client_key, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        let mac = guarded::SIGN_IN.mac(&self.region, &guarded_of(sign_in));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(sign_in.id.0.as_bytes().as_slice())
                .bind(sign_in.token_hash.as_bytes().as_slice())
                .bind(sign_in.person.0.as_bytes().as_slice())
                .bind(sign_in.position.role.code())
                .bind(sign_in.position.organisation.0.as_bytes().as_slice())
                .bind(sign_in.issued_at.0)
                .bind(sign_in.expires_at.0)
                .bind(sign_in.revoked_at.map(|at| at.0))
                .bind(sign_in.device.as_str())
                .bind(sign_in.way.map_or("", SignInWay::code))
                .bind(sign_in.registered.map(|device| device.0.as_bytes().to_vec()))
                .bind(sign_in.client.as_ref().map(|client| client.scopes.to_string()))
                .bind(sign_in.client.as_ref().map(|client| client.key.as_str()))
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// The sign-in whose token has this hash, valid or not; not one that nobody with the region's key wrote.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sign_in(&mut self, token_hash: &TokenHash) -> Result<Option<SignIn>, StoreError> {
        const SQL: &str =
            "select id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at, device, way,
            used_at, registered_device, scopes, client_key, mac from sign_in where token_hash = $1";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("sign_in", &sqlx::query(SQL).bind(token_hash.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.sign_ins_from(rows).pop())
    }

    /// All sign-ins of a person, newest first; of a system client those tokens that nobody ended, of which it had many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_sign_ins(&mut self, person: PersonId) -> Result<Vec<SignIn>, StoreError> {
        const SQL: &str =
            "select id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at, device, way,
            used_at, registered_device, scopes, client_key, mac from sign_in
            where person = $1 and (client_key is null or revoked_at is null) order by issued_at desc, id desc";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("sign_in", &sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.sign_ins_from(rows))
    }

    /// The tokens of a system client that nobody ended, in no order. Those whose time is over are closed first, without an
    /// act: they lasted as long as was said when they were issued.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_client_tokens(&mut self, client: PersonId, now: Timestamp) -> Result<Vec<SignIn>, StoreError> {
        const CLOSE: &str = "update sign_in set revoked_at = expires_at, mac = null
            where person = $1 and client_key is not null and revoked_at is null and expires_at <= $2";
        const LIST: &str =
            "select id, token_hash, person, role, organisation, issued_at, expires_at, revoked_at, device, way,
            used_at, registered_device, scopes, client_key, mac from sign_in
            where person = $1 and client_key is not null and revoked_at is null";
        let id = client.0.as_bytes().as_slice();
        let rows: Vec<Came<Row>> = run!(self, connection => {
            sqlx::query(CLOSE).bind(id).bind(now.0).execute(&mut *connection).await?;
            each("sign_in", &sqlx::query(LIST).bind(id).fetch_all(connection).await?)
        });
        Ok(self.sign_ins_from(rows))
    }

    /// Notes that a sign-in was used; an older use than the one on record changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_sign_in_used(&mut self, id: SignInId, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update sign_in set used_at = $2
            where id = $1 and revoked_at is null and (used_at is null or used_at < $2)";
        run!(self, connection => {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
        });
        Ok(())
    }

    /// Revokes a sign-in. `None`: there is none, or it was revoked before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sign_in(&mut self, id: SignInId, now: Timestamp) -> Result<Option<EndedSignIn>, StoreError> {
        const SQL: &str = "update sign_in set revoked_at = $2, mac = null where id = $1 and revoked_at is null
            returning id, person, role, organisation";
        const STILL: &str = "select count(*) from sign_in where id = $1 and revoked_at is null and issued_at <= $2";
        Ok(self.revoke(SQL, STILL, id.0, None, now).await?.pop())
    }

    /// Revokes every sign-in of a person that is not; returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sign_ins_of(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        const SQL: &str = "update sign_in set revoked_at = $2, mac = null where person = $1 and revoked_at is null
            returning id, person, role, organisation";
        const STILL: &str = "select count(*) from sign_in where person = $1 and revoked_at is null and issued_at <= $2";
        self.revoke(SQL, STILL, person.0, None, now).await
    }

    /// The same, all but one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_other_sign_ins_of(
        &mut self,
        person: PersonId,
        but: SignInId,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        const SQL: &str =
            "update sign_in set revoked_at = $2, mac = null where person = $1 and revoked_at is null and id <> $3
            returning id, person, role, organisation";
        // The one that goes on stands rightly.
        const STILL: &str = "select case when count(*) > 1 then count(*) else 0 end from sign_in
            where person = $1 and revoked_at is null and issued_at <= $2";
        self.revoke(SQL, STILL, person.0, Some(but), now).await
    }

    /// Revokes every sign-in at an organisation that is not; returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sign_ins_at(
        &mut self,
        organisation: OrganisationId,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        const SQL: &str =
            "update sign_in set revoked_at = $2, mac = null where organisation = $1 and revoked_at is null
            returning id, person, role, organisation";
        const STILL: &str =
            "select count(*) from sign_in where organisation = $1 and revoked_at is null and issued_at <= $2";
        self.revoke(SQL, STILL, organisation.0, None, now).await
    }

    /// Revokes every sign-in on a registered device that is not; returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sign_ins_on(
        &mut self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        const SQL: &str =
            "update sign_in set revoked_at = $2, mac = null where registered_device = $1 and revoked_at is null
            returning id, person, role, organisation";
        const STILL: &str =
            "select count(*) from sign_in where registered_device = $1 and revoked_at is null and issued_at <= $2";
        self.revoke(SQL, STILL, device.0, None, now).await
    }

    /// Revokes every sign-in of a person that began without a registered device; returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sign_ins_without_device(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        const SQL: &str = "update sign_in set revoked_at = $2, mac = null
            where person = $1 and registered_device is null and revoked_at is null
            returning id, person, role, organisation";
        const STILL: &str = "select count(*) from sign_in
            where person = $1 and registered_device is null and revoked_at is null and issued_at <= $2";
        self.revoke(SQL, STILL, person.0, None, now).await
    }

    /// Ends the sign-ins of those who are shut out, with an act for each.
    pub(super) async fn end_shut_out(&mut self, shut_out: &[ShutOut]) -> Result<(), StoreError> {
        for all in shut_out {
            let &ShutOut { organisation, person, by, at } = all;
            let ended = match person {
                Some(person) => self.revoke_sign_ins_of(person, at).await?,
                None => self.revoke_sign_ins_at(organisation, at).await?,
            };
            match person {
                Some(person) => self.delete_bells_of(person, None).await?,
                None => self.delete_bells_at(organisation).await?,
            }
            let act = |&EndedSignIn { id, person, position }: &EndedSignIn| Act {
                by: By::Person(by),
                deed: Deed::SignInEnded { sign_in: id, person, position, why: SignInEnd::Suspended },
            };
            self.append_acts(at, ended.iter().map(act)).await?;
            self.end_invitations_shut_out(all).await?;
            self.end_enrolments_shut_out(all).await?;
        }
        Ok(())
    }

    /// By a statement that takes the moment twice.
    pub(super) async fn revoke_valid(
        &mut self,
        sql: &'static str,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        let rows: Vec<Came<EndedRow>> = run!(self, connection => {
            each("sign_in", &sqlx::query(sql).bind(now.0).bind(now.0).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, ended_from))
    }

    fn sign_ins_from(&self, rows: Vec<Came<Row>>) -> Vec<SignIn> {
        self.readable_each(rows, |row| self.sign_in_from(row)).into_iter().flatten().collect()
    }

    /// `None`: it stands, and nobody with the region's key wrote it so.
    fn sign_in_from(&self, row: Row) -> Result<Option<SignIn>, StoreError> {
        let (sign_in, mac) = sign_in_of(row)?;
        // INVARIANT: what ended has no MAC any more, so that clearing the column does not undo the end.
        let stands = sign_in.revoked_at.is_none();
        let counts = !stands || self.is_genuine(&guarded::SIGN_IN, &guarded_of(&sign_in), mac.as_deref());
        Ok(counts.then_some(sign_in))
    }

    async fn revoke(
        &mut self,
        sql: &'static str,
        still: &'static str,
        of: Uuid,
        but: Option<SignInId>,
        now: Timestamp,
    ) -> Result<Vec<EndedSignIn>, StoreError> {
        let mut rows: Vec<Came<EndedRow>> = Vec::new();
        // Twice: on PostgreSQL one that was begun before and committed meanwhile stands after the first.
        for _ in 0..2 {
            let ended = run!(self, connection => {
                let mut update = sqlx::query(sql).bind(of.as_bytes().as_slice()).bind(now.0);
                if let Some(but) = &but {
                    update = update.bind(but.0.as_bytes().as_slice());
                }
                each("sign_in", &update.fetch_all(connection).await?)
            });
            rows.extend(ended);
            if self.count_standing(still, of.as_bytes(), now.0).await? == 0 {
                break;
            }
        }
        self.check_ended(still, of.as_bytes(), now.0).await?;
        // INVARIANT: whatever stands in a row, it has ended by now; one that says nothing only has no act of its own.
        Ok(self.readable_each(rows, ended_from))
    }
}

fn ended_from((id, person, role, organisation): EndedRow) -> Result<EndedSignIn, StoreError> {
    let id = SignInId(uuid_from("sign_in.id", &id)?);
    let place = format!("sign_in {id}");
    Ok(EndedSignIn {
        id,
        person: PersonId(uuid_from(&place, &person)?),
        position: position_from(&place, &role, &organisation)?,
    })
}

fn position_from(place: &str, role: &str, organisation: &[u8]) -> Result<Position, StoreError> {
    Ok(Position {
        role: code_from(place, role, Role::from_code(role))?,
        organisation: OrganisationId(uuid_from(place, organisation)?),
    })
}

/// All of a sign-in that decides.
fn guarded_of(sign_in: &SignIn) -> [Value; 12] {
    [
        sign_in.id.0.into(),
        sign_in.token_hash.as_bytes().as_slice().into(),
        sign_in.person.0.into(),
        sign_in.position.role.code().into(),
        sign_in.position.organisation.0.into(),
        sign_in.issued_at.into(),
        sign_in.expires_at.into(),
        sign_in.device.as_str().into(),
        sign_in.way.map_or("", SignInWay::code).into(),
        sign_in.registered.map(|device| device.0).into(),
        sign_in.client.as_ref().map_or(Value::Missing, |client| client.scopes.to_string().as_str().into()),
        sign_in.client.as_ref().map(|client| client.key.as_str()).into(),
    ]
}

fn sign_in_of(row: Row) -> Result<(SignIn, Option<Vec<u8>>), StoreError> {
    let (
        id,
        token_hash,
        person,
        role,
        organisation,
        issued_at,
        expires_at,
        revoked_at,
        device,
        way,
        used_at,
        registered,
        scopes,
        key,
        mac,
    ) = row;
    let id = SignInId(uuid_from("sign_in.id", &id)?);
    let place = format!("sign_in {id}");
    let sign_in = SignIn {
        id,
        token_hash: TokenHash::from_slice(&token_hash)
            .ok_or_else(|| StoreError::inconsistent(place.as_str(), "a token's hash of the wrong length"))?,
        person: PersonId(uuid_from(&place, &person)?),
        position: position_from(&place, &role, &organisation)?,
        issued_at: Timestamp(issued_at),
        expires_at: Timestamp(expires_at),
        revoked_at: revoked_at.map(Timestamp),
        device,
        way: match way.as_str() {
            "" => None,
            way => Some(code_from(&place, way, SignInWay::from_code(way))?),
        },
        used_at: Timestamp(used_at.unwrap_or(issued_at)),
        registered: registered.map(|id| uuid_from(&place, &id).map(DeviceId)).transpose()?,
        client: match (scopes, key) {
            (None, None) => None,
            (Some(scopes), Some(key)) => {
                let scopes = Scopes::parse("scopes", &scopes);
                let scopes = scopes.map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
                Some(ClientGrant { key, scopes })
            }
            _ => return Err(StoreError::inconsistent(place, "scopes without a key, or a key without")),
        },
    };
    Ok((sign_in, mac))
}
