//! The tables of registered devices: the authority, the devices with their certificates, and who may do without one for a
//! while. Names are sealed, and the authority's key with a key of its own. What they allow is judged by the hub.

use prost::Message as _;
use zeroize::Zeroizing;

use crate::domain::device::{Device, DeviceCertificate, DeviceException, Serial};
use crate::domain::ids::{DeviceId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::guarded::{self, Value};
use super::record::{DeviceRecord, UNREADABLE, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const DEVICE: &[u8; 16] = b"device/v1\0\0\0\0\0\0\0";
pub(super) const AUTHORITY: &[u8] = b"device-authority/v1";

/// The authority as it is kept.
pub struct KeptAuthority {
    /// 1 for the first; who comes later has a higher one.
    pub number: i64,
    pub certificate: Vec<u8>,
    /// In PKCS#8.
    pub key: Zeroizing<Vec<u8>>,
}

/// An authority as it is listed: without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoritySeen {
    pub number: i64,
    pub certificate: Vec<u8>,
    pub made_at: Timestamp,
    pub retired_at: Option<Timestamp>,
    /// Certificates of it that stand.
    pub certificates: i64,
    /// Devices that stand and have no certificate of a later authority.
    pub devices_left: i64,
}

/// What the hub holds in memory to judge connections by: no names.
#[derive(Debug, Default)]
pub struct DeviceLists {
    /// Whose each is, and whether it was revoked.
    pub devices: Vec<(DeviceId, OrganisationId, bool)>,
    pub certificates: Vec<DeviceCertificate>,
    pub exceptions: Vec<DeviceException>,
    /// Certificates of the authorities that are trusted.
    pub authorities: Vec<Vec<u8>>,
}

type DeviceRow = (Vec<u8>, Vec<u8>, Vec<u8>, i64, Option<i64>, Option<i64>);
type CertificateRow = (Vec<u8>, Vec<u8>, i64, i64, Option<i64>, i64, Option<Vec<u8>>);

impl Tx {
    /// The authority that issues: of those that are trusted and whose key opens, the one made last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_device_authority(&mut self) -> Result<Option<KeptAuthority>, StoreError> {
        const SQL: &str = "select id, certificate, made_at, mac, sealed from device_authority
            where retired_at is null order by id desc";
        type Row = (i64, Vec<u8>, i64, Option<Vec<u8>>, Vec<u8>);
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let is_genuine = |row: &Row| {
            let values: [Value; 3] = [row.0.into(), row.1.as_slice().into(), row.2.into()];
            self.is_genuine(&guarded::AUTHORITY, &values, row.3.as_deref())
        };
        let kept = |(number, certificate, _, _, sealed): Row| {
            let opened = self.region.device_authority().open(AUTHORITY, &sealed);
            let opened = opened.map_err(StoreError::cannot_open(format!("device_authority {number}")));
            Some(KeptAuthority { number, certificate, key: Zeroizing::new(self.readable(opened)?) })
        };
        Ok(rows.into_iter().filter(is_genuine).find_map(kept))
    }

    /// Keeps an authority. `false`: there is one of its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_device_authority(&mut self, kept: &KeptAuthority, now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "insert into device_authority (id, certificate, sealed, made_at, mac)
            values ($1, $2, $3, $4, $5) on conflict do nothing";
        let values: [Value; 3] = [kept.number.into(), kept.certificate.as_slice().into(), now.into()];
        let mac = guarded::AUTHORITY.mac(&self.region, &values);
        let sealed = self.region.device_authority().seal(AUTHORITY, &kept.key);
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(kept.number)
                .bind(kept.certificate.as_slice())
                .bind(sealed)
                .bind(now.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// All authorities that there ever were, the first first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_device_authorities(&mut self) -> Result<Vec<AuthoritySeen>, StoreError> {
        const SQL: &str = "select id, certificate, made_at, retired_at,
            (select count(*) from device_certificate where authority = device_authority.id and ended_at is null),
            (select count(*) from device where revoked_at is null
                and exists (select 1 from device_certificate where device = device.id
                    and authority = device_authority.id and ended_at is null)
                and not exists (select 1 from device_certificate where device = device.id
                    and authority > device_authority.id and ended_at is null))
            from device_authority order by id";
        type Row = (i64, Vec<u8>, i64, Option<i64>, i64, i64);
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let seen = |(number, certificate, made_at, retired_at, certificates, devices_left): Row| AuthoritySeen {
            number,
            certificate,
            made_at: Timestamp(made_at),
            retired_at: retired_at.map(Timestamp),
            certificates,
            devices_left,
        };
        Ok(rows.into_iter().map(seen).collect())
    }

    /// From now on nothing that an authority issued counts; how many certificates ended. `None`: there is none of this
    /// number that is trusted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retire_device_authority(&mut self, number: i64, now: Timestamp) -> Result<Option<u64>, StoreError> {
        const SQL: &str =
            "update device_authority set retired_at = $2, mac = null where id = $1 and retired_at is null";
        const CERTIFICATES: &str =
            "update device_certificate set ended_at = $2, mac = null where authority = $1 and ended_at is null";
        const STILL: &str = "select (select count(*) from device_authority where id = $1 and retired_at is null)
            + (select count(*) from device_certificate where authority = $1 and ended_at is null)";
        let ended = run!(self, connection => {
            let retired = sqlx::query(SQL).bind(number).bind(now.0).execute(&mut *connection).await?.rows_affected();
            if retired == 0 {
                None
            } else {
                let ended = sqlx::query(CERTIFICATES).bind(number).bind(now.0).execute(&mut *connection).await?;
                Some(ended.rows_affected())
            }
        });
        if ended.is_some() {
            let (still,): (i64,) =
                run!(self, connection => sqlx::query_as(STILL).bind(number).fetch_one(connection).await?);
            StoreError::check_rows("retiring an authority that stands", 0, still.unsigned_abs())?;
        }
        Ok(ended)
    }

    /// Adds a device.
    ///
    /// # Errors
    /// When the database fails or there is no such organisation.
    pub async fn insert_device(&mut self, device: &Device) -> Result<(), StoreError> {
        const SQL: &str = "insert into device (id, organisation, sealed, registered_at, mac)
            values ($1, $2, $3, $4, $5)";
        let values: [Value; 3] = [device.id.0.into(), device.organisation.0.into(), device.registered_at.into()];
        let mac = guarded::DEVICE.mac(&self.region, &values);
        let record = DeviceRecord { name: device.name.clone() };
        let sealed = self.region.names().seal(&record_aad(DEVICE, device.id.0), &record.encode_to_vec());
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(device.id.0.as_bytes().as_slice())
                .bind(device.organisation.0.as_bytes().as_slice())
                .bind(sealed)
                .bind(device.registered_at.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// A device, revoked or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_device(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        const SQL: &str =
            "select id, organisation, sealed, registered_at, seen_at, revoked_at from device where id = $1";
        let row: Option<DeviceRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        Ok(row.and_then(|row| self.readable(self.device_from(row))))
    }

    /// All devices, the latest registered first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_devices(&mut self) -> Result<Vec<Device>, StoreError> {
        const SQL: &str = "select id, organisation, sealed, registered_at, seen_at, revoked_at from device
            order by registered_at desc, id desc";
        let rows: Vec<DeviceRow> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.readable(self.device_from(row))).collect())
    }

    /// Revokes a device, and ends its certificates. `false`: there is none, or it was revoked before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_device(&mut self, id: DeviceId, now: Timestamp) -> Result<bool, StoreError> {
        const DEVICE: &str = "update device set revoked_at = $2, mac = null where id = $1 and revoked_at is null";
        const CERTIFICATES: &str =
            "update device_certificate set ended_at = $2, mac = null where device = $1 and ended_at is null";
        const STILL: &str = "select
            (select count(*) from device where id = $1 and revoked_at is null and registered_at <= $2)
            + (select count(*) from device_certificate where device = $1 and ended_at is null and issued_at <= $2)";
        let revoked = run!(self, connection => {
            let bytes = id.0.as_bytes().as_slice();
            let revoked = sqlx::query(DEVICE).bind(bytes).bind(now.0).execute(&mut *connection).await?.rows_affected();
            sqlx::query(CERTIFICATES).bind(bytes).bind(now.0).execute(&mut *connection).await?;
            revoked
        });
        self.check_ended(STILL, id.0.as_bytes(), now.0).await?;
        Ok(revoked == 1)
    }

    /// Notes that a device was seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_device_seen(&mut self, id: DeviceId, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update device set seen_at = $2 where id = $1 and (seen_at is null or seen_at < $2)";
        run!(self, connection => {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).bind(at.0).execute(connection).await?;
        });
        Ok(())
    }

    /// Adds a certificate that the authority of this number issued.
    ///
    /// # Errors
    /// When the database fails or there is no such device.
    pub async fn insert_device_certificate(
        &mut self,
        certificate: &DeviceCertificate,
        authority: i64,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into device_certificate (serial, device, issued_at, expires_at, authority, mac)
            values ($1, $2, $3, $4, $5, $6)";
        let mac = guarded::CERTIFICATE.mac(&self.region, &certificate_row(certificate, authority));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(certificate.serial.0.as_slice())
                .bind(certificate.device.0.as_bytes().as_slice())
                .bind(certificate.issued_at.0)
                .bind(certificate.expires_at.0)
                .bind(authority)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// All certificates, in the order they were issued.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_device_certificates(&mut self) -> Result<Vec<DeviceCertificate>, StoreError> {
        const SQL: &str = "select serial, device, issued_at, expires_at, ended_at, authority, mac
            from device_certificate order by issued_at, serial";
        let rows: Vec<CertificateRow> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.readable(self.certificate_from(row))?).collect())
    }

    /// Ends the certificates of a device that were issued before this one; returns which.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_older_certificates(
        &mut self,
        newer: &DeviceCertificate,
        now: Timestamp,
    ) -> Result<Vec<Serial>, StoreError> {
        const SQL: &str = "update device_certificate set ended_at = $3, mac = null
            where device = $1 and issued_at < $2 and ended_at is null returning serial";
        const STILL: &str =
            "select count(*) from device_certificate where device = $1 and issued_at < $2 and ended_at is null";
        let rows: Vec<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(newer.device.0.as_bytes().as_slice())
                .bind(newer.issued_at.0)
                .bind(now.0)
                .fetch_all(connection)
                .await?
        });
        self.check_ended(STILL, newer.device.0.as_bytes(), newer.issued_at.0).await?;
        Ok(rows.into_iter().filter_map(|(serial,)| self.readable(serial_from(&serial))).collect())
    }

    /// Lets somebody do without a registered device until then, instead of what they were granted before.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn put_device_exception(&mut self, exception: &DeviceException) -> Result<(), StoreError> {
        const SQL: &str = "insert into device_exception (person, granted_at, until_at, mac) values ($1, $2, $3, $4)
            on conflict (person) do update
            set granted_at = excluded.granted_at, until_at = excluded.until_at, mac = excluded.mac";
        let mac = guarded::EXCEPTION.mac(&self.region, &exception_row(exception));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(exception.person.0.as_bytes().as_slice())
                .bind(exception.granted_at.0)
                .bind(exception.until.0)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Ends somebody's exception. `false`: there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_device_exception(&mut self, person: PersonId) -> Result<bool, StoreError> {
        const SQL: &str = "delete from device_exception where person = $1";
        const STILL: &str = "select count(*) from device_exception where person = $1";
        let deleted = run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?.rows_affected()
        });
        self.check_gone(STILL, &[person.0.as_bytes()]).await?;
        Ok(deleted == 1)
    }

    /// Everything that connections are judged by.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_device_lists(&mut self) -> Result<DeviceLists, StoreError> {
        const DEVICES: &str = "select id, organisation, registered_at, revoked_at, mac from device";
        const EXCEPTIONS: &str = "select person, granted_at, until_at, mac from device_exception";
        const AUTHORITIES: &str = "select id, certificate, made_at, mac from device_authority
            where retired_at is null order by id";
        type Mac = Option<Vec<u8>>;
        type Devices = Vec<(Vec<u8>, Vec<u8>, i64, Option<i64>, Mac)>;
        type Rows = (Devices, Vec<(Vec<u8>, i64, i64, Mac)>, Vec<(i64, Vec<u8>, i64, Mac)>);
        let certificates = self.list_device_certificates().await?;
        let (devices, exceptions, authorities): Rows = run!(self, connection => (
            sqlx::query_as(DEVICES).fetch_all(&mut *connection).await?,
            sqlx::query_as(EXCEPTIONS).fetch_all(&mut *connection).await?,
            sqlx::query_as(AUTHORITIES).fetch_all(&mut *connection).await?,
        ));
        // INVARIANT: a row that was not written with the region's key lets nobody in: the device counts as revoked.
        let mut lists = DeviceLists { certificates, ..DeviceLists::default() };
        for (id, organisation, registered_at, revoked_at, mac) in devices {
            let id = self.readable(uuid_from("device.id", &id)).map(DeviceId);
            let organisation = self.readable(uuid_from("device.organisation", &organisation)).map(OrganisationId);
            let (Some(id), Some(organisation)) = (id, organisation) else { continue };
            let values: [Value; 3] = [id.0.into(), organisation.0.into(), registered_at.into()];
            let stands = revoked_at.is_none() && self.is_genuine(&guarded::DEVICE, &values, mac.as_deref());
            lists.devices.push((id, organisation, !stands));
        }
        for (person, granted_at, until, mac) in exceptions {
            let person = self.readable(uuid_from("device_exception.person", &person)).map(PersonId);
            let Some(person) = person else { continue };
            let exception = DeviceException { person, granted_at: Timestamp(granted_at), until: Timestamp(until) };
            if self.is_genuine(&guarded::EXCEPTION, &exception_row(&exception), mac.as_deref()) {
                lists.exceptions.push(exception);
            }
        }
        for (number, certificate, made_at, mac) in authorities {
            let values: [Value; 3] = [number.into(), certificate.as_slice().into(), made_at.into()];
            if self.is_genuine(&guarded::AUTHORITY, &values, mac.as_deref()) {
                lists.authorities.push(certificate);
            }
        }
        Ok(lists)
    }

    /// `None`: it has not ended, and nobody with the region's key issued it to this device.
    fn certificate_from(&self, row: CertificateRow) -> Result<Option<DeviceCertificate>, StoreError> {
        let (serial, device, issued_at, expires_at, ended_at, authority, mac) = row;
        let certificate = DeviceCertificate {
            serial: serial_from(&serial)?,
            device: DeviceId(uuid_from("device_certificate.device", &device)?),
            issued_at: Timestamp(issued_at),
            expires_at: Timestamp(expires_at),
            ended_at: ended_at.map(Timestamp),
        };
        let values = certificate_row(&certificate, authority);
        let counts = ended_at.is_some() || self.is_genuine(&guarded::CERTIFICATE, &values, mac.as_deref());
        Ok(counts.then_some(certificate))
    }

    fn device_from(&self, row: DeviceRow) -> Result<Device, StoreError> {
        let (id, organisation, sealed, registered_at, seen_at, revoked_at) = row;
        let id = DeviceId(uuid_from("device.id", &id)?);
        let place = format!("device {id}");
        let opened = self.region.names().open(&record_aad(DEVICE, id.0), &sealed).ok();
        let record = opened.and_then(|bytes| DeviceRecord::decode(&bytes[..]).ok());
        // A name is a label. What a device may do hangs on nothing of it, and one that nobody sees is revoked by nobody.
        let unreadable = || {
            if revoked_at.is_none() {
                self.note_unopened(&place);
            }
            UNREADABLE.to_owned()
        };
        let name = record.map_or_else(unreadable, |record| record.name);
        Ok(Device {
            id,
            organisation: OrganisationId(uuid_from(&place, &organisation)?),
            name,
            registered_at: Timestamp(registered_at),
            seen_at: seen_at.map(Timestamp),
            revoked_at: revoked_at.map(Timestamp),
        })
    }
}

fn serial_from(bytes: &[u8]) -> Result<Serial, StoreError> {
    let serial = Serial::from_certificate(bytes);
    serial.ok_or_else(|| StoreError::inconsistent("device_certificate.serial", "not of 16 bytes"))
}

fn certificate_row(certificate: &DeviceCertificate, authority: i64) -> [Value; 5] {
    let DeviceCertificate { serial, device, issued_at, expires_at, .. } = certificate;
    [serial.0.as_slice().into(), device.0.into(), (*issued_at).into(), (*expires_at).into(), authority.into()]
}

fn exception_row(exception: &DeviceException) -> [Value; 3] {
    [exception.person.0.into(), exception.granted_at.into(), exception.until.into()]
}
