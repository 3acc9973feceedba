//! Counts over the tables, for the secretariat's statistics. No name is read. Who is registered for training counts nowhere.

use crate::domain::account::Account;
use crate::domain::ids::{PersonId, Subject};
use crate::domain::team::ConsentState;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each};
use super::record::{code_from, uuid_from};
use super::{StoreError, Tx};

const DAY_US: i64 = 86_400_000_000;

/// How somebody's account is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountUse {
    pub person: PersonId,
    pub is_set_up: bool,
    /// It does not open: recovering it makes it anew.
    pub is_damaged: bool,
    /// When a sign-in of theirs was used last.
    pub used_at: Option<Timestamp>,
    /// Until when an open invitation lets them set it up.
    pub invited_until: Option<Timestamp>,
}

/// Entries of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    pub subject: Subject,
    /// Days of the region since 1 January 1970.
    pub day: i64,
    pub entries: u64,
}

/// People by the patients they are linked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingCount {
    /// Pairs of a patient and somebody linked.
    pub linked: u64,
    /// Of those, who has read something lately.
    pub read: u64,
}

impl Tx {
    /// How everybody's account is used, without an order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_account_uses(&mut self, now: Timestamp) -> Result<Vec<AccountUse>, StoreError> {
        const SQL: &str = "select p.id,
            (select max(coalesce(s.used_at, s.issued_at)) from sign_in s where s.person = p.id),
            (select max(i.expires_at) from invitation i
                where i.person = p.id and i.ended_at is null and i.expires_at > $1)
            from person p";
        let accounts = self.list_accounts().await?;
        let rows: Vec<(Vec<u8>, Option<i64>, Option<i64>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(now.0).fetch_all(connection).await?
        });
        let read = |(person, used, invited): (Vec<u8>, Option<i64>, Option<i64>)| {
            let person = PersonId(self.readable(uuid_from("person.id", &person))?);
            let (used_at, invited_until) = (used.map(Timestamp), invited.map(Timestamp));
            let account = accounts.get(&person);
            let is_set_up = account.is_some_and(|account| account.as_ref().is_some_and(Account::is_set_up));
            Some(AccountUse {
                person,
                is_set_up,
                is_damaged: account.is_some_and(Option::is_none),
                used_at,
                invited_until,
            })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// How many patients consent to what.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_consents(&mut self) -> Result<Vec<(ConsentState, u64)>, StoreError> {
        const SQL: &str = "select coalesce(c.state, 'none'), count(*)
            from patient p left join patient_consent c on c.timeline = p.timeline where p.for_training = 0
            group by 1 order by 1";
        let rows: Vec<Came<(String, i64)>> =
            run!(self, connection => each("patient_consent", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(self.readable_each(rows, |(state, count)| {
            Ok((code_from("patient_consent.state", &state, ConsentState::from_code(&state))?, count.cast_unsigned()))
        }))
    }

    /// How many entries were recorded on each day since a moment, those of the hub's own included. `offset_s`: how far the
    /// region's days begin before those of UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_entries(&mut self, since: Timestamp, offset_s: i32) -> Result<Vec<DayCount>, StoreError> {
        const SQL: &str = "select t.subject, (e.recorded_at + $2) / $3, count(*)
            from entry e join timeline t on t.id = e.timeline where e.recorded_at >= $1
            and not exists (select 1 from patient p where p.timeline = t.id and p.for_training = 1) group by 1, 2 order by 2, 1";
        let offset_us = i64::from(offset_s) * 1_000_000;
        let rows: Vec<Came<(String, i64, i64)>> = run!(self, connection => {
            each("timeline", &sqlx::query(SQL).bind(since.0).bind(offset_us).bind(DAY_US).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |(subject, day, count)| {
            let subject = code_from("timeline.subject", &subject, Subject::from_code(&subject))?;
            Ok(DayCount { subject, day, entries: count.cast_unsigned() })
        }))
    }

    /// How many of those who are linked to patients have read of them since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_reading(&mut self, since: Timestamp) -> Result<ReadingCount, StoreError> {
        const SQL: &str = "select count(*), count(m.person) from (
                select distinct t.timeline, w.person
                from team_member t join person_position w on w.organisation = t.organisation
                join person p on p.id = w.person
                where p.active and (t.person is null or t.person = w.person)
                and not exists (select 1 from patient o where o.timeline = t.timeline and o.for_training = 1)
            ) linked
            left join read_marker m
                on m.timeline = linked.timeline and m.person = linked.person and m.read_at >= $1";
        let (linked, read): (i64, i64) =
            run!(self, connection => sqlx::query_as(SQL).bind(since.0).fetch_one(connection).await?);
        Ok(ReadingCount { linked: linked.cast_unsigned(), read: read.cast_unsigned() })
    }
}
