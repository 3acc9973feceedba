//! What invitations and enrolments have in common: links that bear a few wrong codes, and end with their use, their time or
//! the last wrong code. The statement that allows a try counts it.

use uuid::Uuid;

use crate::domain::ids::{EnrolmentId, InvitationId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::{StoreError, Tx};

/// A link that works with a code told apart from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Invitation(InvitationId),
    Enrolment(EnrolmentId),
}

impl Link {
    const fn id(&self) -> &Uuid {
        match self {
            Self::Invitation(id) => &id.0,
            Self::Enrolment(id) => &id.0,
        }
    }

    /// The statement for the table that it stands in.
    const fn pick(&self, invitation: &'static str, enrolment: &'static str) -> &'static str {
        match self {
            Self::Invitation(_) => invitation,
            Self::Enrolment(_) => enrolment,
        }
    }
}

impl Tx {
    /// Takes one try of a link. `false`: there is none left, or it ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_try(&mut self, link: Link) -> Result<bool, StoreError> {
        // INVARIANT: taken before the code is looked at, so that many at once guess no more often than one.
        const INVITATION: &str = "update invitation set tries_left = tries_left - 1
            where id = $1 and tries_left > 0 and ended_at is null";
        const ENROLMENT: &str = "update device_enrolment set tries_left = tries_left - 1
            where id = $1 and tries_left > 0 and ended_at is null";
        self.change_link(link.pick(INVITATION, ENROLMENT), link).await
    }

    /// Gives the try back: the code was right.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_try_back(&mut self, link: Link) -> Result<(), StoreError> {
        const INVITATION: &str = "update invitation set tries_left = tries_left + 1 where id = $1";
        const ENROLMENT: &str = "update device_enrolment set tries_left = tries_left + 1 where id = $1";
        self.change_link(link.pick(INVITATION, ENROLMENT), link).await.map(drop)
    }

    /// Whether a link bears another wrong code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_tries(&mut self, link: Link) -> Result<bool, StoreError> {
        const INVITATION: &str = "select tries_left from invitation where id = $1";
        const ENROLMENT: &str = "select tries_left from device_enrolment where id = $1";
        let sql = link.pick(INVITATION, ENROLMENT);
        let row: Option<(i64,)> = run!(self, connection => {
            sqlx::query_as(sql).bind(link.id().as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.is_some_and(|(left,)| left > 0))
    }

    async fn change_link(&mut self, sql: &'static str, link: Link) -> Result<bool, StoreError> {
        Ok(run!(self, connection => {
            sqlx::query(sql).bind(link.id().as_bytes().as_slice()).execute(connection).await?.rows_affected()
        }) == 1)
    }

    /// Ends a link. `false`: there is none, or it had ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_link(&mut self, link: Link, now: Timestamp) -> Result<bool, StoreError> {
        const INVITATION: &str = "update invitation set ended_at = $2, mac = null where id = $1 and ended_at is null";
        const ENROLMENT: &str =
            "update device_enrolment set ended_at = $2, mac = null where id = $1 and ended_at is null";
        const INVITATION_STILL: &str =
            "select count(*) from invitation where id = $1 and ended_at is null and issued_at <= $2";
        const ENROLMENT_STILL: &str =
            "select count(*) from device_enrolment where id = $1 and ended_at is null and issued_at <= $2";
        let sql = link.pick(INVITATION, ENROLMENT);
        let ended = run!(self, connection => {
            sqlx::query(sql)
                .bind(link.id().as_bytes().as_slice())
                .bind(now.0)
                .execute(connection)
                .await?
                .rows_affected()
        });
        self.check_ended(link.pick(INVITATION_STILL, ENROLMENT_STILL), link.id().as_bytes(), now.0).await?;
        Ok(ended == 1)
    }
}
