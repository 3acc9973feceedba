//! The quarantine: posts that came in envelopes, sealed by the region until their author releases them, and the private keys
//! that envelopes are opened with. What became of a post empties its row; the row stays, so that an id comes once.

use prost::Message;
use zeroize::Zeroizing;

use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, SignInId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::quarantine::QuarantineStep;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each};
use super::record::{code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const POST: &[u8; 16] = b"quarantine/v1\0\0\0";
pub(super) const KEY: &[u8] = b"envelope-key/v1";
const WAITING: &str = "waiting";

/// A post that waits for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    pub id: EntryId,
    /// As whom it was written, by the pass in its envelope.
    pub author: Actor,
    /// Under which sign-in.
    pub sign_in: SignInId,
    pub timeline: TimelineId,
    pub kind: Kind,
    /// Claimed by the device, as is `synced_at`: when it was last as the hub was.
    pub written_at: Timestamp,
    pub synced_at: Option<Timestamp>,
    pub received_at: Timestamp,
    pub expires_at: Timestamp,
    /// The post as it came, in JSON.
    pub content: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(string, tag = "1")]
    role: String,
    #[prost(string, tag = "2")]
    organisation_type: String,
    #[prost(bytes = "vec", tag = "3")]
    sign_in: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    timeline: Vec<u8>,
    #[prost(string, tag = "5")]
    kind: String,
    #[prost(int64, tag = "6")]
    written_at_us: i64,
    #[prost(int64, optional, tag = "7")]
    synced_at_us: Option<i64>,
    #[prost(bytes = "vec", tag = "8")]
    content: Vec<u8>,
}

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, i64, i64, Vec<u8>);

impl Tx {
    /// The private keys of envelopes, the newest first. One that does not open is passed over, and that is told: whoever writes one
    /// row closes the quarantine to nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_envelope_keys(&mut self) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        const SQL: &str = "select sealed from envelope_key order by made_at desc, name";
        let rows: Vec<Came<(Vec<u8>,)>> = run!(self, connection => {
            each("envelope_key", &sqlx::query(SQL).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |(sealed,)| {
            let opened = self.region.queue().open(KEY, &sealed).map(Zeroizing::new);
            opened.map_err(StoreError::cannot_open("envelope_key"))
        }))
    }

    /// Keeps a private key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_envelope_key(&mut self, name: &str, private: &[u8], now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "insert into envelope_key (name, sealed, made_at) values ($1, $2, $3)";
        let sealed = self.region.queue().seal(KEY, private);
        run!(self, connection => {
            sqlx::query(SQL).bind(name).bind(sealed).bind(now.0).execute(connection).await?;
        });
        Ok(())
    }

    /// Takes a post in. `false`: one of this id came before, or is an entry: its device did not hear the answer.
    ///
    /// # Errors
    /// When the database fails, or its author or their organisation is not in the directory.
    pub async fn insert_quarantined(&mut self, post: &Quarantined) -> Result<bool, StoreError> {
        const SQL: &str = "insert into quarantine (id, person, organisation, received_at, expires_at, sealed, state)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing";
        if !self.find_known_ids(&[post.id]).await?.is_empty() {
            return Ok(false);
        }
        let record = Record {
            role: post.author.role.code().to_owned(),
            organisation_type: post.author.organisation_type.code().to_owned(),
            sign_in: post.sign_in.0.as_bytes().to_vec(),
            timeline: post.timeline.0.as_bytes().to_vec(),
            kind: post.kind.code().to_owned(),
            written_at_us: post.written_at.0,
            synced_at_us: post.synced_at.map(|at| at.0),
            content: post.content.clone(),
        };
        let sealed = self.region.queue().seal(&record_aad(POST, post.id.0), &record.encode_to_vec());
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(post.id.0.as_bytes().as_slice())
                .bind(post.author.person.0.as_bytes().as_slice())
                .bind(post.author.organisation.0.as_bytes().as_slice())
                .bind(post.received_at.0)
                .bind(post.expires_at.0)
                .bind(sealed)
                .bind(WAITING)
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// How many posts of this author wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_quarantined(&mut self, author: PersonId) -> Result<u64, StoreError> {
        const SQL: &str = "select count(*) from quarantine where person = $1 and state = 'waiting'";
        let (count,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(author.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(count.unsigned_abs())
    }

    /// What waits for this author, the oldest first, at most `limit`. A post that does not open is left out, and that is told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_quarantined_of(
        &mut self,
        author: PersonId,
        limit: usize,
    ) -> Result<Vec<Quarantined>, StoreError> {
        const SQL: &str = "select id, person, organisation, received_at, expires_at, sealed from quarantine
            where person = $1 and state = 'waiting' order by received_at, id limit $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let author = author.0.as_bytes().as_slice();
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("quarantine", &sqlx::query(SQL).bind(author).bind(limit).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |row| self.open_quarantined(row)))
    }

    /// All that waits, the oldest first, at most `limit`. A post that does not open is left out, and that is told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_quarantined(&mut self, limit: usize) -> Result<Vec<Quarantined>, StoreError> {
        const SQL: &str = "select id, person, organisation, received_at, expires_at, sealed from quarantine
            where state = 'waiting' order by received_at, id limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("quarantine", &sqlx::query(SQL).bind(limit).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |row| self.open_quarantined(row)))
    }

    /// A post that waits.
    ///
    /// # Errors
    /// When the database fails or the post does not open.
    pub async fn find_quarantined(&mut self, id: EntryId) -> Result<Option<Quarantined>, StoreError> {
        const SQL: &str = "select id, person, organisation, received_at, expires_at, sealed from quarantine
            where id = $1 and state = 'waiting'";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|row| self.open_quarantined(row)).transpose()
    }

    /// Notes what became of a post, and empties it. `false`: it does not wait, or no longer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_quarantined(
        &mut self,
        id: EntryId,
        step: QuarantineStep,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str =
            "update quarantine set state = $2, resolved_at = $3, sealed = $4 where id = $1 and state = 'waiting'";
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(step.code())
                .bind(now.0)
                .bind([0_u8; 0].as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// The posts whose time is over, with their authors.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_quarantine_over(&mut self, now: Timestamp) -> Result<Vec<(EntryId, PersonId)>, StoreError> {
        const SQL: &str = "select id, person from quarantine where state = 'waiting' and expires_at <= $1 order by id";
        let rows: Vec<Came<(Vec<u8>, Vec<u8>)>> = run!(self, connection => {
            each("quarantine", &sqlx::query(SQL).bind(now.0).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |(id, person)| {
            Ok((EntryId(uuid_from("quarantine.id", &id)?), PersonId(uuid_from("quarantine.person", &person)?)))
        }))
    }

    fn open_quarantined(&self, row: Row) -> Result<Quarantined, StoreError> {
        let (id, person, organisation, received_at, expires_at, sealed) = row;
        let id = EntryId(uuid_from("quarantine.id", &id)?);
        let opened = self.region.queue().open(&record_aad(POST, id.0), &sealed);
        let opened = Zeroizing::new(opened.map_err(StoreError::cannot_open("quarantine"))?);
        let record =
            Record::decode(opened.as_slice()).map_err(|error| StoreError::inconsistent("quarantine", error))?;
        let role = code_from("quarantine.role", &record.role, Role::from_code(&record.role))?;
        let of_type = OrganisationType::from_code(&record.organisation_type);
        let author = Actor {
            person: PersonId(uuid_from("quarantine.person", &person)?),
            role,
            organisation: OrganisationId(uuid_from("quarantine.organisation", &organisation)?),
            organisation_type: code_from("quarantine.organisation_type", &record.organisation_type, of_type)?,
        };
        Ok(Quarantined {
            id,
            author,
            sign_in: SignInId(uuid_from("quarantine.sign_in", &record.sign_in)?),
            timeline: TimelineId(uuid_from("quarantine.timeline", &record.timeline)?),
            kind: code_from("quarantine.kind", &record.kind, Kind::from_code(&record.kind))?,
            written_at: Timestamp(record.written_at_us),
            synced_at: record.synced_at_us.map(Timestamp),
            received_at: Timestamp(received_at),
            expires_at: Timestamp(expires_at),
            content: record.content,
        })
    }
}
