//! The table of what was written in groups. Each message is sealed with a key of the region's and bound to its place.
//! Who sees and does what is judged by `actions/groups`.

use prost::Message;

use crate::domain::directory::Position;
use crate::domain::group::{GroupMessage, MessageWithdrawn};
use crate::domain::ids::{GroupId, OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each, unread};
use super::record::{code_from, uuid_from};
use super::{StoreError, Tx};

const MESSAGE: &[u8; 16] = b"group-message/v1";

type MessageRow = (i64, Vec<u8>);

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
    /// When the database fails.
    pub async fn list_group_messages(
        &mut self,
        of: GroupId,
        before: u32,
        count_max: usize,
    ) -> Result<Vec<GroupMessage>, StoreError> {
        const SQL: &str = "select number, sealed from group_message where talk_group = $1 and number < $2
            order by number desc limit $3";
        let (mut found, mut before) = (Vec::new(), i64::from(before));
        // What cannot be read must not take the place of what can.
        while found.len() < count_max {
            let missing = i64::try_from(count_max - found.len()).unwrap_or(i64::MAX);
            let rows: Vec<MessageRow> = run!(self, connection => {
                sqlx::query_as(SQL)
                    .bind(of.0.as_bytes().as_slice())
                    .bind(before)
                    .bind(missing)
                    .fetch_all(connection)
                    .await?
            });
            let Some((last, _)) = rows.last() else { break };
            before = *last;
            found.extend(rows.into_iter().filter_map(|row| self.readable(self.message_from(of, row))));
        }
        Ok(found)
    }

    /// The number that the next message of a group gets: after the last that can be read, and nowhere where something stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_next_message_number(&mut self, of: GroupId) -> Result<u32, StoreError> {
        const SQL: &str = "select number from group_message where talk_group = $1";
        let last = self.list_group_messages(of, u32::MAX, 1).await?.first().map_or(0, |last| last.number);
        let rows: Vec<(i64,)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(of.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        let is_free = |number: &u32| !rows.contains(&(i64::from(*number),));
        let free = (last.saturating_add(1)..u32::MAX).find(is_free);
        free.ok_or_else(|| StoreError::inconsistent(format!("group_message {of}"), "no number is left"))
    }

    /// The messages that cannot be read, as table, group and number.
    pub(super) async fn list_unread_messages(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select talk_group, number, sealed from group_message order by talk_group, number";
        type Row = (Vec<u8>, i64, Vec<u8>);
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("group_message", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(unread(rows, |(group, number, sealed)| {
            let group = GroupId(uuid_from("group_message.talk_group", &group)?);
            self.message_from(group, (number, sealed))
        }))
    }

    fn message_from(&self, of: GroupId, (number, sealed): MessageRow) -> Result<GroupMessage, StoreError> {
        let place = format!("group_message {of} number {number}");
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

/// Its place: in which group, which message. None can stand in for another.
fn message_aad(of: GroupId, number: u32) -> Vec<u8> {
    [MESSAGE.as_slice(), of.0.as_bytes(), &number.to_be_bytes()].concat()
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
