//! The tables of groups: what each is and who is in it, what was written there, up to where somebody has read it. Each row is
//! sealed with a key of the region's and bound to its place. Who sees and does what is judged by `actions/groups`.

use std::collections::HashMap;

use prost::Message;

use crate::domain::directory::Position;
use crate::domain::group::{Group, GroupMessage, GroupWords, MessageWithdrawn};
use crate::domain::ids::{GroupId, OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

use super::engine::{EngineTx, run};
use super::record::{code_from, uuid_from};
use super::{StoreError, Tx};

const GROUP: &[u8; 16] = b"group/v1\0\0\0\0\0\0\0\0";
const MESSAGE: &[u8; 16] = b"group-message/v1";

type Row = (Vec<u8>, Vec<u8>, Vec<u8>);
type MessageRow = (i64, Vec<u8>);

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

#[derive(Clone, PartialEq, Message)]
struct MessageRecord {
    #[prost(bytes = "vec", tag = "1")]
    by: Vec<u8>,
    #[prost(string, tag = "2")]
    role: String,
    #[prost(bytes = "vec", tag = "3")]
    organisation: Vec<u8>,
    #[prost(int64, tag = "4")]
    at: i64,
    #[prost(string, tag = "5")]
    text: String,
    #[prost(message, optional, tag = "6")]
    withdrawn: Option<WithdrawnRecord>,
}

#[derive(Clone, PartialEq, Message)]
struct WithdrawnRecord {
    #[prost(bytes = "vec", tag = "1")]
    by: Vec<u8>,
    #[prost(int64, tag = "2")]
    at: i64,
    #[prost(string, tag = "3")]
    reason: String,
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
    /// When the database fails or what it holds does not open.
    pub async fn list_groups(&mut self) -> Result<Vec<Group>, StoreError> {
        const SQL: &str = "select id, organisation, sealed from talk_group order by id desc";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        rows.into_iter().map(|row| self.group_from(row)).collect()
    }

    /// A group.
    ///
    /// # Errors
    /// When the database fails or what it holds does not open.
    pub async fn find_group(&mut self, id: GroupId) -> Result<Option<Group>, StoreError> {
        const SQL: &str = "select id, organisation, sealed from talk_group where id = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|row| self.group_from(row)).transpose()
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

    /// The number of the last message of each group that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_last_messages(&mut self) -> Result<HashMap<GroupId, u32>, StoreError> {
        const SQL: &str = "select talk_group, max(number) from group_message group by talk_group";
        let rows: Vec<(Vec<u8>, i64)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        rows.into_iter().map(|row| numbered("group_message", &row)).collect()
    }

    /// Keeps a message, and that of one that is there already what became of it.
    ///
    /// # Errors
    /// When the database fails or there is no such group.
    pub async fn upsert_group_message(&mut self, of: GroupId, message: &GroupMessage) -> Result<(), StoreError> {
        const SQL: &str = "insert into group_message (talk_group, number, sealed) values ($1, $2, $3)
            on conflict (talk_group, number) do update set sealed = excluded.sealed";
        let sealed = self.region.board().seal(&message_aad(of, message.number), &sealed_of(message));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(of.0.as_bytes().as_slice())
                .bind(i64::from(message.number))
                .bind(sealed)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Deletes the messages of a group before this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_group_messages(&mut self, of: GroupId, before: u32) -> Result<(), StoreError> {
        const SQL: &str = "delete from group_message where talk_group = $1 and number < $2";
        run!(self, connection => {
            sqlx::query(SQL).bind(of.0.as_bytes().as_slice()).bind(i64::from(before)).execute(connection).await?;
        });
        Ok(())
    }

    /// At most so many messages of a group before this one, the newest first.
    ///
    /// # Errors
    /// When the database fails or what it holds does not open.
    pub async fn list_group_messages(
        &mut self,
        of: GroupId,
        before: u32,
        count_max: usize,
    ) -> Result<Vec<GroupMessage>, StoreError> {
        const SQL: &str = "select number, sealed from group_message where talk_group = $1 and number < $2
            order by number desc limit $3";
        let count_max = i64::try_from(count_max).unwrap_or(i64::MAX);
        let rows: Vec<MessageRow> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(of.0.as_bytes().as_slice())
                .bind(i64::from(before))
                .bind(count_max)
                .fetch_all(connection)
                .await?
        });
        rows.into_iter().map(|row| self.message_from(of, row)).collect()
    }

    /// Keeps that somebody has read a group up to this message; an older one changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_group_receipt(&mut self, of: GroupId, person: PersonId, number: u32) -> Result<(), StoreError> {
        const SQL: &str = "insert into group_receipt (talk_group, person, number) values ($1, $2, $3)
            on conflict (talk_group, person) do update set number = excluded.number
            where excluded.number > group_receipt.number";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(of.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .bind(i64::from(number))
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Up to where a person has read each group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_group_receipts(&mut self, person: PersonId) -> Result<HashMap<GroupId, u32>, StoreError> {
        const SQL: &str = "select talk_group, number from group_receipt where person = $1";
        let rows: Vec<(Vec<u8>, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.into_iter().map(|row| numbered("group_receipt", &row)).collect()
    }

    fn group_from(&self, (id, organisation, sealed): Row) -> Result<Group, StoreError> {
        let id = GroupId(uuid_from("talk_group.id", &id)?);
        let organisation = OrganisationId(uuid_from("talk_group.organisation", &organisation)?);
        let place = format!("group {id}");
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

    fn message_from(&self, of: GroupId, (number, sealed): MessageRow) -> Result<GroupMessage, StoreError> {
        let place = format!("group {of} message {number}");
        let number = u32::try_from(number).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let opened = self.region.board().open(&message_aad(of, number), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            MessageRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let withdrawn = record.withdrawn.map(|withdrawn| {
            let by = PersonId(uuid_from(&place, &withdrawn.by)?);
            Ok::<_, StoreError>(MessageWithdrawn { by, at: Timestamp(withdrawn.at), reason: withdrawn.reason })
        });
        Ok(GroupMessage {
            number,
            by: PersonId(uuid_from(&place, &record.by)?),
            position: Position {
                role: code_from(&place, &record.role, Role::from_code(&record.role))?,
                organisation: OrganisationId(uuid_from(&place, &record.organisation)?),
            },
            at: Timestamp(record.at),
            text: record.text,
            withdrawn: withdrawn.transpose()?,
        })
    }
}

/// Which group, and who looks after it.
fn group_aad(id: GroupId, organisation: OrganisationId) -> Vec<u8> {
    [GROUP.as_slice(), id.0.as_bytes(), organisation.0.as_bytes()].concat()
}

/// Its place: in which group, which message. None can stand in for another.
fn message_aad(of: GroupId, number: u32) -> Vec<u8> {
    [MESSAGE.as_slice(), of.0.as_bytes(), &number.to_be_bytes()].concat()
}

fn numbered(table: &str, (group, number): &(Vec<u8>, i64)) -> Result<(GroupId, u32), StoreError> {
    let number = u32::try_from(*number).map_err(|error| StoreError::inconsistent(table, error))?;
    Ok((GroupId(uuid_from(table, group)?), number))
}

fn sealed_of(message: &GroupMessage) -> Vec<u8> {
    let withdrawn = message.withdrawn.as_ref().map(|withdrawn| WithdrawnRecord {
        by: withdrawn.by.0.as_bytes().to_vec(),
        at: withdrawn.at.0,
        reason: withdrawn.reason.clone(),
    });
    let record = MessageRecord {
        by: message.by.0.as_bytes().to_vec(),
        role: message.position.role.code().to_owned(),
        organisation: message.position.organisation.0.as_bytes().to_vec(),
        at: message.at.0,
        text: message.text.clone(),
        withdrawn,
    };
    record.encode_to_vec()
}
