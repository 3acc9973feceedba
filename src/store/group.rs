//! The table of groups: what each is and who is in it. Each row is sealed with a key of the region's and bound to its place.
//! What was written there is in `group_message`; who sees and does what is judged by `actions/groups`.

use prost::Message;

use crate::domain::group::{Group, GroupWords};
use crate::domain::ids::{GroupId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;

use super::engine::{EngineTx, run};
use super::readable::{Came, each, unread};
use super::record::uuid_from;
use super::{StoreError, Tx};

const GROUP: &[u8; 16] = b"group/v1\0\0\0\0\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>, Vec<u8>);

#[derive(Clone, PartialEq, Message)]
struct GroupRecord {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    about: String,
    #[prost(bytes = "vec", repeated, tag = "3")]
    members: Vec<Vec<u8>>,
    #[prost(bool, tag = "4")]
    is_closed: bool,
    #[prost(bytes = "vec", tag = "5")]
    by: Vec<u8>,
    #[prost(int64, tag = "6")]
    at: i64,
}

impl Tx {
    /// Keeps a group, or what is known of it anew.
    ///
    /// # Errors
    /// When the database fails or there is no such organisation.
    pub async fn upsert_group(&mut self, group: &Group) -> Result<(), StoreError> {
        const SQL: &str = "insert into talk_group (id, organisation, sealed) values ($1, $2, $3)
            on conflict (id) do update set sealed = excluded.sealed";
        let record = GroupRecord {
            name: group.words.name.clone(),
            about: group.words.about.clone(),
            members: group.words.members.iter().map(|person| person.0.as_bytes().to_vec()).collect(),
            is_closed: group.is_closed,
            by: group.by.0.as_bytes().to_vec(),
            at: group.at.0,
        };
        let sealed = self.region.board().seal(&group_aad(group.id, group.organisation), &record.encode_to_vec());
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(group.id.0.as_bytes().as_slice())
                .bind(group.organisation.0.as_bytes().as_slice())
                .bind(sealed)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// All groups, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_groups(&mut self) -> Result<Vec<Group>, StoreError> {
        const SQL: &str = "select id, organisation, sealed from talk_group order by id desc";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.readable(self.group_from(row))).collect())
    }

    /// The groups that cannot be read, as table and id.
    pub(super) async fn list_unread_groups(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select id, organisation, sealed from talk_group order by id";
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("talk_group", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(unread(rows, |row| self.group_from(row)))
    }

    /// A group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_group(&mut self, id: GroupId) -> Result<Option<Group>, StoreError> {
        const SQL: &str = "select id, organisation, sealed from talk_group where id = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.and_then(|row| self.readable(self.group_from(row))))
    }

    /// Waits until no other transaction changes this group or writes in it, so that numbers follow each other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_group(&mut self, id: GroupId) -> Result<(), StoreError> {
        const SQL: &str = "select id from talk_group where id = $1 for update";
        // SQLite has one writer at a time, and this is it from its first statement on.
        if let EngineTx::Postgres(tx) = &mut self.engine {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).execute(&mut **tx).await?;
        }
        Ok(())
    }

    fn group_from(&self, (id, organisation, sealed): Row) -> Result<Group, StoreError> {
        let id = GroupId(uuid_from("talk_group.id", &id)?);
        let place = format!("talk_group {id}");
        let organisation = OrganisationId(uuid_from(&place, &organisation)?);
        let opened = self.region.board().open(&group_aad(id, organisation), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            GroupRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let members = record.members.iter().map(|person| uuid_from(&place, person).map(PersonId));
        Ok(Group {
            id,
            organisation,
            words: GroupWords { name: record.name, about: record.about, members: members.collect::<Result<_, _>>()? },
            is_closed: record.is_closed,
            by: PersonId(uuid_from(&place, &record.by)?),
            at: Timestamp(record.at),
        })
    }
}

/// Which group, and who looks after it.
fn group_aad(id: GroupId, organisation: OrganisationId) -> Vec<u8> {
    [GROUP.as_slice(), id.0.as_bytes(), organisation.0.as_bytes()].concat()
}
