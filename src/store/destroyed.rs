//! Destroying a record, and what is left of it. The key goes, and with it everything sealed under it, in the audit log too;
//! projections, what waits in the linking queue and markers are deleted; entries stay as ciphertext, so that the chains hold.
//! Whether it may be is the actions' to say.

use jiff::civil::Date;
use uuid::Uuid;

use crate::codec::{self, Audited};
use crate::domain::act::{Act, Deed};
use crate::domain::audit::AuditKind;
use crate::domain::ids::{PatientId, PersonId, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::retention::{Kept, Tombstone};
use crate::domain::role::OrganisationType;
use crate::domain::time::Timestamp;

use super::engine::{Engine, EngineTx, run};
use super::record::{code_from, uuid_from};
use super::{Journal, StoreError, Tx, audit};

/// Each takes the timeline. The order keeps to the references between tables.
const FORGET: &[&str] = &[
    "delete from snapshot where timeline = $1",
    "delete from patient where timeline = $1",
    "delete from team_member where timeline = $1",
    "delete from patient_consent where timeline = $1",
    "delete from emergency_access where timeline = $1",
    "delete from duty where timeline = $1",
    "delete from timeline_due where timeline = $1",
    "delete from advice where timeline = $1",
    "delete from pair_meeting where timeline = $1",
    "delete from read_marker where timeline = $1",
    "delete from linking_queue where timeline = $1",
    // As given up: the next sweep takes them off the shelf, and then their rows.
    "update file set entry = null, kept_at = null, uploaded_at = 0 where timeline = $1 and let_go is not null",
];

impl Tx {
    /// Destroys the record of this tombstone. `false`: there is none with a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn destroy_record(&mut self, stone: &Tombstone) -> Result<bool, StoreError> {
        const KEY: &str = "update timeline set wrapped_key = null where id = $1 and wrapped_key is not null";
        // A stone that was there while the record was is nobody's of this region.
        const STONE: &str = "insert into destroyed_record
            (timeline, destroyed_at, person, ended_on, until_on, kind, years) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (timeline) do update set destroyed_at = excluded.destroyed_at, person = excluded.person,
            ended_on = excluded.ended_on, until_on = excluded.until_on, kind = excluded.kind, years = excluded.years";
        self.overwrite_deleted(true).await?;
        let timeline = TimelineId::from(stone.patient);
        let id = timeline.0.as_bytes().as_slice();
        // While its entries can still be asked what they name.
        self.let_files_go(timeline).await?;
        let destroyed = run!(self, connection => {
            sqlx::query(KEY).bind(id).execute(&mut *connection).await?.rows_affected()
        });
        if destroyed == 1 {
            run!(self, connection => {
                for sql in FORGET {
                    sqlx::query(*sql).bind(id).execute(&mut *connection).await?;
                }
                sqlx::query(STONE)
                    .bind(id)
                    .bind(stone.destroyed_at.0)
                    .bind(stone.by.as_ref().map(|person| person.0.as_bytes().as_slice()))
                    .bind(stone.kept.ended_on.to_string())
                    .bind(stone.kept.until.to_string())
                    .bind(stone.kept.of.code())
                    .bind(i64::from(stone.kept.years))
                    .execute(&mut *connection)
                    .await?;
            });
        }
        self.overwrite_deleted(false).await?;
        Ok(destroyed == 1)
    }

    /// Has SQLite write zeros over what it deletes: the wrapped key would else stay in the file for whoever looks there.
    async fn overwrite_deleted(&mut self, on: bool) -> Result<(), StoreError> {
        let EngineTx::Sqlite(tx) = &mut self.engine else { return Ok(()) };
        let sql = if on { "pragma secure_delete = on" } else { "pragma secure_delete = off" };
        sqlx::query(sql).fetch_all(&mut **tx).await?;
        Ok(())
    }

    /// What is left of this patient's record, if it was destroyed: a stone of which the audit log tells nothing is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_destroyed(&mut self, patient: PatientId) -> Result<Option<Tombstone>, StoreError> {
        const SQL: &str = "select timeline, destroyed_at, person, ended_on, until_on, kind, years
            from destroyed_record where timeline = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(patient.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        match row {
            Some(row) => self.proven(row).await,
            None => Ok(None),
        }
    }

    /// Whether there is a stone, be it true or not.
    pub(super) async fn has_stone(&mut self, timeline: TimelineId) -> Result<bool, StoreError> {
        const SQL: &str = "select count(*) from destroyed_record where timeline = $1";
        let (count,): (i64,) = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        Ok(count > 0)
    }

    /// How many records were destroyed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_destroyed(&mut self) -> Result<u64, StoreError> {
        Ok(self.list_destroyed(usize::MAX).await?.len() as u64)
    }

    /// The records that were destroyed, the last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_destroyed(&mut self, limit: usize) -> Result<Vec<Tombstone>, StoreError> {
        const SQL: &str = "select timeline, destroyed_at, person, ended_on, until_on, kind, years
            from destroyed_record order by destroyed_at desc, timeline";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let mut stones = Vec::new();
        for row in rows {
            if stones.len() == limit {
                break;
            }
            stones.extend(self.proven(row).await?);
        }
        Ok(stones)
    }

    /// The stone, if the audit log has the destruction that it tells of, which nobody adds there without the region's key.
    ///
    /// INVARIANT: no other stone is listed beside the backups, so that no restore destroys by it.
    async fn proven(&mut self, row: Row) -> Result<Option<Tombstone>, StoreError> {
        let Some(stone) = self.readable(stone_from(row)) else { return Ok(None) };
        if self.tells_of_destruction(&stone).await? {
            return Ok(Some(stone));
        }
        self.note_unproven(&format!("destroyed_record {}", stone.patient));
        Ok(None)
    }

    async fn tells_of_destruction(&mut self, stone: &Tombstone) -> Result<bool, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where timeline = $1 and kind = $2 order by seq desc";
        let rows: Vec<audit::Row> = run!(self, connection => {
            let asked = sqlx::query_as(SQL).bind(stone.patient.0.as_bytes().as_slice());
            asked.bind(AuditKind::Keeping.code()).fetch_all(connection).await?
        });
        for row in rows {
            // What does not open proves nothing: `audit verify` names it.
            let Ok(row) = audit::audit_row_from(row) else { continue };
            let record = match self.open_audit(row).await {
                Err(error @ StoreError::Driver(_)) => return Err(error),
                opened => opened.ok().and_then(|opened| opened.record),
            };
            let audited = record.and_then(|bytes| codec::decode_audited(&bytes).ok());
            if let Some(Audited::Act(Act { deed: Deed::Keeping(KeepingDeed::Destroyed { patient, kept, .. }), .. })) =
                audited
                && (patient, kept) == (stone.patient, stone.kept)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Forgets stones that stand beside a record which is there.
    pub(super) async fn delete_untrue_stones(&mut self) -> Result<(), StoreError> {
        const SQL: &str = "delete from destroyed_record where timeline = $1";
        const LIST: &str = "select destroyed_record.timeline from destroyed_record
            join timeline on timeline.id = destroyed_record.timeline where timeline.wrapped_key is not null";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(LIST).fetch_all(connection).await?);
        for (id,) in rows {
            let Some(timeline) = Uuid::from_slice(&id).ok().map(TimelineId) else { continue };
            // A record that was destroyed and is there again is told of by its stone.
            if self.find_destroyed(timeline.as_patient()).await?.is_none() && self.find_key(timeline).await.is_ok() {
                run!(self, connection => {
                    sqlx::query(SQL).bind(id.as_slice()).execute(connection).await?;
                });
            }
        }
        Ok(())
    }

    /// Patients whose record is there and on which somebody last wrote before `before`, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_quiet_patients(
        &mut self,
        before: Timestamp,
        after: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PatientId, Timestamp)>, StoreError> {
        const SQL: &str = "select timeline.id, timeline.written_at from timeline
            join patient on patient.timeline = timeline.id
            where timeline.wrapped_key is not null and timeline.written_at < $1 and timeline.written_at >= $2
            order by timeline.written_at, timeline.id limit $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<(Vec<u8>, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(before.0).bind(after.0).bind(limit).fetch_all(connection).await?
        });
        rows.iter().map(|(id, at)| Ok((PatientId(uuid_from("timeline.id", id)?), Timestamp(*at)))).collect()
    }
}

/// Timeline, destroyed at, person, ended on, until, type, years.
type Row = (Vec<u8>, i64, Option<Vec<u8>>, String, String, String, i64);

fn stone_from((timeline, destroyed_at, person, ended_on, until, kind, years): Row) -> Result<Tombstone, StoreError> {
    let day = |column: &str, text: &str| text.parse::<Date>().map_err(|error| StoreError::inconsistent(column, error));
    Ok(Tombstone {
        patient: PatientId(uuid_from("destroyed_record.timeline", &timeline)?),
        destroyed_at: Timestamp(destroyed_at),
        by: person.map(|id| Ok::<_, StoreError>(PersonId(uuid_from("destroyed_record.person", &id)?))).transpose()?,
        kept: Kept {
            ended_on: day("destroyed_record.ended_on", &ended_on)?,
            until: day("destroyed_record.until_on", &until)?,
            of: code_from("destroyed_record.kind", &kind, OrganisationType::from_code(&kind))?,
            years: u8::try_from(years).map_err(|error| StoreError::inconsistent("destroyed_record.years", error))?,
        },
    })
}

impl Journal {
    /// After a record was destroyed: gets its key out of where the database keeps what it no longer needs, as far as it can.
    ///
    /// # Errors
    /// When the database fails, or somebody reads for so long that it cannot; a later one does it then.
    pub async fn purge(&self) -> Result<(), StoreError> {
        match &self.shared.engine {
            // Pages of before lie in the WAL until it starts over.
            Engine::Sqlite { checkpointer, .. } => checkpointer.truncate().await?,
            Engine::Postgres(pool) => {
                for sql in ["vacuum timeline", "vacuum patient", "vacuum snapshot", "vacuum linking_queue"] {
                    sqlx::query(sql).execute(pool).await?;
                }
            }
        }
        Ok(())
    }
}
