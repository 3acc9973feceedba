//! The tables of trainings and of who was at them. Who sees what of them is judged by `actions/training`.

use prost::Message as _;

use crate::domain::ids::{PersonId, TrainingId};
use crate::domain::time::Timestamp;
use crate::domain::training::{Attendance, AttendanceState, Training, TrainingKind};

use super::engine::run;
use super::readable::{Came, each, unread};
use super::record::{TrainingRecord, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const TRAINING: &[u8; 16] = b"training/v1\0\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>);
type AttendanceRow = (Vec<u8>, Vec<u8>, String, Vec<u8>, i64);

impl Tx {
    /// Writes a training down, or what is known of it anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_training(&mut self, training: &Training) -> Result<(), StoreError> {
        const SQL: &str = "insert into training (id, sealed) values ($1, $2)
            on conflict (id) do update set sealed = excluded.sealed";
        let record = TrainingRecord {
            title: training.title.clone(),
            kind: training.kind.code().to_owned(),
            day: training.day.to_string(),
            is_cancelled: training.is_cancelled,
            by: training.by.0.as_bytes().to_vec(),
            at: training.at.0,
        };
        let sealed = self.region.board().seal(&record_aad(TRAINING, training.id.0), &record.encode_to_vec());
        run!(self, connection => {
            sqlx::query(SQL).bind(training.id.0.as_bytes().as_slice()).bind(sealed).execute(connection).await?;
        });
        Ok(())
    }

    /// All trainings, the latest day first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_trainings(&mut self) -> Result<Vec<Training>, StoreError> {
        const SQL: &str = "select id, sealed from training";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let mut found: Vec<_> = rows.into_iter().filter_map(|row| self.readable(self.training_from(row))).collect();
        found.sort_by_key(|training| (std::cmp::Reverse(training.day), training.id));
        Ok(found)
    }

    /// Notes who is at a training, was, or was not.
    ///
    /// # Errors
    /// When the database fails, or training or person do not exist.
    pub async fn upsert_attendance(&mut self, attendance: &Attendance) -> Result<(), StoreError> {
        const SQL: &str = "insert into training_attendance (training, person, state, noted_by, noted_at)
            values ($1, $2, $3, $4, $5)
            on conflict (training, person) do update
            set state = excluded.state, noted_by = excluded.noted_by, noted_at = excluded.noted_at";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(attendance.training.0.as_bytes().as_slice())
                .bind(attendance.person.0.as_bytes().as_slice())
                .bind(attendance.state.code())
                .bind(attendance.noted_by.0.as_bytes().as_slice())
                .bind(attendance.noted_at.0)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Takes somebody off the list of a training.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_attendance(&mut self, training: TrainingId, person: PersonId) -> Result<(), StoreError> {
        const SQL: &str = "delete from training_attendance where training = $1 and person = $2";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(training.0.as_bytes().as_slice())
                .bind(person.0.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Who was where: of everybody, or of one person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_attendance(&mut self, of: Option<PersonId>) -> Result<Vec<Attendance>, StoreError> {
        const SQL: &str = "select training, person, state, noted_by, noted_at from training_attendance
            where $1 is null or person = $1 order by training, person";
        let of = of.map(|person| person.0.as_bytes().to_vec());
        let rows: Vec<Came<AttendanceRow>> = run!(self, connection => each("training_attendance", &sqlx::query(SQL).bind(of).fetch_all(connection).await?));
        Ok(self.readable_each(rows, attendance_from))
    }

    /// The trainings and rows of who was there that cannot be read, as table and id.
    pub(super) async fn list_unread_trainings(&mut self) -> Result<Vec<String>, StoreError> {
        const TRAININGS: &str = "select id, sealed from training order by id";
        const ATTENDANCE: &str = "select training, person, state, noted_by, noted_at from training_attendance
            order by training, person";
        let (trainings, attendance): (Vec<Came<Row>>, Vec<Came<AttendanceRow>>) = run!(self, connection => (
            each("training", &sqlx::query(TRAININGS).fetch_all(&mut *connection).await?),
            each("training_attendance", &sqlx::query(ATTENDANCE).fetch_all(&mut *connection).await?),
        ));
        let mut places = unread(trainings, |row| self.training_from(row));
        places.extend(unread(attendance, attendance_from));
        Ok(places)
    }

    fn training_from(&self, (id, sealed): Row) -> Result<Training, StoreError> {
        let id = TrainingId(uuid_from("training.id", &id)?);
        let place = format!("training {id}");
        let opened = self.region.board().open(&record_aad(TRAINING, id.0), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            TrainingRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        Ok(Training {
            id,
            kind: code_from(&place, &record.kind, TrainingKind::from_code(&record.kind))?,
            day: record.day.parse().map_err(|error| StoreError::inconsistent(place.as_str(), error))?,
            title: record.title,
            is_cancelled: record.is_cancelled,
            by: PersonId(uuid_from("training.by", &record.by)?),
            at: Timestamp(record.at),
        })
    }
}

fn attendance_from(row: AttendanceRow) -> Result<Attendance, StoreError> {
    let (training, person, state, noted_by, noted_at) = row;
    let training = TrainingId(uuid_from("training_attendance.training", &training)?);
    let place = format!("training_attendance {training}");
    Ok(Attendance {
        training,
        person: PersonId(uuid_from(&place, &person)?),
        state: code_from(&place, &state, AttendanceState::from_code(&state))?,
        noted_by: PersonId(uuid_from(&place, &noted_by)?),
        noted_at: Timestamp(noted_at),
    })
}
