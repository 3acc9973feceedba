//! Up to where somebody has read each group, by the numbers of messages.

use std::collections::HashMap;

use crate::domain::ids::{GroupId, PersonId};

use super::engine::run;
use super::readable::{Came, each, unread};
use super::record::uuid_from;
use super::{StoreError, Tx};

impl Tx {
    /// The number of the last message of each group that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_last_messages(&mut self) -> Result<HashMap<GroupId, u32>, StoreError> {
        const SQL: &str = "select talk_group, max(number) from group_message group by talk_group";
        let rows: Vec<(Vec<u8>, i64)> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.iter().filter_map(|row| self.readable(numbered("group_message", row))).collect())
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
        Ok(rows.iter().filter_map(|row| self.readable(numbered("group_receipt", row))).collect())
    }

    /// The receipts that cannot be read, as table and group.
    pub(super) async fn list_unread_receipts(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select talk_group, number from group_receipt order by talk_group, person";
        let rows: Vec<Came<(Vec<u8>, i64)>> =
            run!(self, connection => each("group_receipt", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(unread(rows, |row| numbered("group_receipt", &row)))
    }
}

fn numbered(table: &str, (group, number): &(Vec<u8>, i64)) -> Result<(GroupId, u32), StoreError> {
    let group = GroupId(uuid_from(table, group)?);
    let number = u32::try_from(*number).map_err(|error| StoreError::inconsistent(format!("{table} {group}"), error))?;
    Ok((group, number))
}
