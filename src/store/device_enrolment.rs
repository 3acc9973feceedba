//! The table of enrolments: by which link a device may get its certificate, until when. Only the link's hash is kept. How
//! many wrong codes an enrolment bears is counted in `link.rs`.

use prost::Message as _;

use crate::domain::device::Enrolment;
use crate::domain::ids::{DeviceId, EnrolmentId};
use crate::domain::time::Timestamp;
use crate::vault::TokenHash;

use super::engine::run;
use super::guarded::{self, Value};
use super::issuer::{issuer_from, kept_issuer};
use super::readable::{Came, each};
use super::record::{InvitationRecord, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const ENROLMENT: &[u8; 16] = b"enrolment/v1\0\0\0\0";

type Row = (Vec<u8>, Vec<u8>, Vec<u8>, i64, i64, Option<i64>, Vec<u8>, Option<Vec<u8>>);

impl Tx {
    /// Adds an enrolment that bears this many wrong codes.
    ///
    /// # Errors
    /// When the database fails or there is no such device.
    pub async fn insert_enrolment(
        &mut self,
        enrolment: &Enrolment,
        token: &TokenHash,
        tries: u32,
    ) -> Result<(), StoreError> {
        const SQL: &str =
            "insert into device_enrolment (id, token_hash, device, sealed, issued_at, expires_at, tries_left, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let Enrolment { id, device, issued_at, expires_at, .. } = enrolment;
        let record = InvitationRecord {
            code: enrolment.code.clone(),
            issuer: kept_issuer(enrolment.issuer),
            ..InvitationRecord::default()
        };
        let sealed = self.region.accounts().seal(&record_aad(ENROLMENT, id.0), &record.encode_to_vec());
        let mac = guarded::ENROLMENT.mac(&self.region, &enrolment_row(enrolment, token.as_bytes()));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(token.as_bytes().as_slice())
                .bind(device.0.as_bytes().as_slice())
                .bind(sealed)
                .bind(issued_at.0)
                .bind(expires_at.0)
                .bind(i64::from(tries))
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// The enrolment whose link has this hash, open or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_enrolment(&mut self, token: &TokenHash) -> Result<Option<Enrolment>, StoreError> {
        const SQL: &str = "select id, device, sealed, issued_at, expires_at, ended_at, token_hash, mac
            from device_enrolment
            where token_hash = $1";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("device_enrolment", &sqlx::query(SQL).bind(token.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.enrolments_from(rows).pop())
    }

    /// The enrolments of all devices that have not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_open_enrolments(&mut self) -> Result<Vec<Enrolment>, StoreError> {
        const SQL: &str = "select id, device, sealed, issued_at, expires_at, ended_at, token_hash, mac
            from device_enrolment
            where ended_at is null order by issued_at";
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("device_enrolment", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(self.enrolments_from(rows))
    }

    /// Ends every link of a device that has not ended, whatever stands in its row; which those were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_enrolments_of(
        &mut self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Vec<EnrolmentId>, StoreError> {
        const SQL: &str = "update device_enrolment set ended_at = $2, mac = null
            where device = $1 and ended_at is null returning id";
        const STILL: &str =
            "select count(*) from device_enrolment where device = $1 and ended_at is null and issued_at <= $2";
        let rows: Vec<Came<(Vec<u8>,)>> = run!(self, connection => {
            let device = device.0.as_bytes().as_slice();
            each("device_enrolment", &sqlx::query(SQL).bind(device).bind(now.0).fetch_all(connection).await?)
        });
        self.check_ended(STILL, device.0.as_bytes(), now.0).await?;
        Ok(self.readable_each(rows, |(id,)| uuid_from("device_enrolment.id", &id).map(EnrolmentId)))
    }

    fn enrolments_from(&self, rows: Vec<Came<Row>>) -> Vec<Enrolment> {
        self.readable_each(rows, |row| self.enrolment_from(row)).into_iter().flatten().collect()
    }

    /// `None`: it is open, and nobody with the region's key made it for this device.
    fn enrolment_from(&self, row: Row) -> Result<Option<Enrolment>, StoreError> {
        let (id, device, sealed, issued_at, expires_at, ended_at, token, mac) = row;
        let id = EnrolmentId(uuid_from("device_enrolment.id", &id)?);
        let place = format!("device_enrolment {id}");
        let opened = self.region.accounts().open(&record_aad(ENROLMENT, id.0), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            InvitationRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let enrolment = Enrolment {
            id,
            device: DeviceId(uuid_from(&place, &device)?),
            code: record.code,
            issuer: issuer_from(&place, record.issuer)?,
            issued_at: Timestamp(issued_at),
            expires_at: Timestamp(expires_at),
            ended_at: ended_at.map(Timestamp),
        };
        let counts = enrolment.ended_at.is_some()
            || self.is_genuine(&guarded::ENROLMENT, &enrolment_row(&enrolment, &token), mac.as_deref());
        Ok(counts.then_some(enrolment))
    }
}

fn enrolment_row(enrolment: &Enrolment, token: &[u8]) -> [Value; 5] {
    let Enrolment { id, device, issued_at, expires_at, .. } = enrolment;
    [id.0.into(), token.into(), device.0.into(), (*issued_at).into(), (*expires_at).into()]
}
