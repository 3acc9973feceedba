//! The tables of announcements: their versions, sealed one by one and never updated, and who has read them. For whom one is,
//! and who may write one, is judged by `actions/announcing`.

use std::collections::HashSet;

use jiff::civil::Date;
use prost::Message as _;

use crate::domain::announcement::{Announcement, AnnouncementVersion, AnnouncementWords, Audience};
use crate::domain::ids::{AnnouncementId, OrganisationId, PersonId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each, unread};
use super::record::{AnnouncementRecord, code_from, uuid_from};
use super::{StoreError, Tx};

const VERSION: &[u8; 16] = b"announcement/v1\0";

/// Up to which version somebody has read an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub announcement: AnnouncementId,
    pub person: PersonId,
    pub number: u32,
    pub read_at: Timestamp,
}

type Row = (Vec<u8>, Vec<u8>, i64, Vec<u8>);
type ReceiptRow = (Vec<u8>, Vec<u8>, i64, i64);

impl Tx {
    /// Keeps a new announcement with its first version. It is shown until `ends_at`.
    ///
    /// # Errors
    /// When the database fails or there is no such organisation.
    pub async fn insert_announcement(&mut self, new: &Announcement, ends_at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "insert into announcement (id, organisation, ends_at) values ($1, $2, $3)";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(new.id.0.as_bytes().as_slice())
                .bind(new.organisation.0.as_bytes().as_slice())
                .bind(ends_at.0)
                .execute(connection)
                .await?;
        });
        for version in &new.versions {
            self.append_announcement_version(new, version, ends_at).await?;
        }
        Ok(())
    }

    /// Adds a version. `false`: somebody else added one of this number meanwhile.
    ///
    /// # Errors
    /// When the database fails or there is no such announcement.
    pub async fn append_announcement_version(
        &mut self,
        of: &Announcement,
        version: &AnnouncementVersion,
        ends_at: Timestamp,
    ) -> Result<bool, StoreError> {
        const APPEND: &str = "insert into announcement_version (announcement, number, sealed) values ($1, $2, $3)
            on conflict do nothing";
        const END: &str = "update announcement set ends_at = $2 where id = $1";
        let sealed =
            self.region.board().seal(&version_aad(of.id, of.organisation, version.number), &sealed_of(version));
        let id = of.id.0.as_bytes().as_slice();
        Ok(run!(self, connection => {
            let appended = sqlx::query(APPEND)
                .bind(id)
                .bind(i64::from(version.number))
                .bind(sealed)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            if appended == 1 {
                sqlx::query(END).bind(id).bind(ends_at.0).execute(&mut *connection).await?;
            }
            appended == 1
        }))
    }

    /// Announcements with their versions, the newest first: those that end after `standing_at`, of this organisation where
    /// one is named, at most `count_max`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_announcements(
        &mut self,
        standing_at: Timestamp,
        of: Option<OrganisationId>,
        count_max: i64,
    ) -> Result<Vec<Announcement>, StoreError> {
        const SQL: &str = "select announcement.id, announcement.organisation, announcement_version.number,
            announcement_version.sealed
            from announcement join announcement_version on announcement_version.announcement = announcement.id
            where announcement.id in (
                select id from announcement where ends_at > $1 and ($2 is null or organisation = $2)
                order by id desc limit $3)
            order by announcement.id desc, announcement_version.number";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(standing_at.0)
                .bind(of.map(|organisation| organisation.0.as_bytes().to_vec()))
                .bind(count_max)
                .fetch_all(connection)
                .await?
        });
        Ok(self.announcements_from(rows))
    }

    /// An announcement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_announcement(&mut self, id: AnnouncementId) -> Result<Option<Announcement>, StoreError> {
        const SQL: &str = "select announcement.id, announcement.organisation, announcement_version.number,
            announcement_version.sealed
            from announcement join announcement_version on announcement_version.announcement = announcement.id
            where announcement.id = $1 order by announcement_version.number";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(self.announcements_from(rows).pop())
    }

    /// Keeps that somebody has read an announcement up to this version; an older one changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_receipt(&mut self, receipt: &Receipt) -> Result<(), StoreError> {
        const SQL: &str = "insert into announcement_receipt (announcement, person, number, read_at)
            values ($1, $2, $3, $4)
            on conflict (announcement, person) do update set number = excluded.number, read_at = excluded.read_at
            where excluded.number > announcement_receipt.number";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(receipt.announcement.0.as_bytes().as_slice())
                .bind(receipt.person.0.as_bytes().as_slice())
                .bind(i64::from(receipt.number))
                .bind(receipt.read_at.0)
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// What a person has read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_receipts_of(&mut self, person: PersonId) -> Result<Vec<Receipt>, StoreError> {
        const SQL: &str = "select announcement, person, number, read_at from announcement_receipt where person = $1";
        self.list_receipts(SQL, person.0.as_bytes()).await
    }

    /// Who has read an announcement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_receipts_on(&mut self, announcement: AnnouncementId) -> Result<Vec<Receipt>, StoreError> {
        const SQL: &str =
            "select announcement, person, number, read_at from announcement_receipt where announcement = $1";
        self.list_receipts(SQL, announcement.0.as_bytes()).await
    }

    async fn list_receipts(&mut self, sql: &'static str, of: &[u8]) -> Result<Vec<Receipt>, StoreError> {
        let rows: Vec<ReceiptRow> = run!(self, connection => sqlx::query_as(sql).bind(of).fetch_all(connection).await?);
        Ok(rows.into_iter().filter_map(|row| self.readable(receipt_from(row))).collect())
    }

    /// The versions and receipts that cannot be read, as table and id.
    pub(super) async fn list_unread_announcements(&mut self) -> Result<Vec<String>, StoreError> {
        const VERSIONS: &str = "select announcement.id, announcement.organisation, announcement_version.number,
            announcement_version.sealed
            from announcement join announcement_version on announcement_version.announcement = announcement.id
            order by announcement.id, announcement_version.number";
        const RECEIPTS: &str = "select announcement, person, number, read_at from announcement_receipt
            order by announcement, person";
        let (versions, receipts): (Vec<Came<Row>>, Vec<Came<ReceiptRow>>) = run!(self, connection => (
            each("announcement_version", &sqlx::query(VERSIONS).fetch_all(&mut *connection).await?),
            each("announcement_receipt", &sqlx::query(RECEIPTS).fetch_all(&mut *connection).await?),
        ));
        let mut places = unread(versions, |row| self.announcement_from(row));
        places.extend(unread(receipts, receipt_from));
        Ok(places)
    }

    /// One with a version that cannot be read is not there: what was withdrawn is not shown again by that.
    fn announcements_from(&self, rows: Vec<Row>) -> Vec<Announcement> {
        let mut found: Vec<Announcement> = Vec::new();
        let mut spoilt: HashSet<Vec<u8>> = HashSet::new();
        for row in rows {
            let id = row.0.clone();
            match self.readable(self.announcement_from(row)) {
                None => {
                    spoilt.insert(id);
                }
                Some(read) => match found.last_mut().filter(|last| last.id == read.id) {
                    Some(known) => known.versions.extend(read.versions),
                    None => found.push(read),
                },
            }
        }
        found.retain(|one| !spoilt.contains(one.id.0.as_bytes().as_slice()));
        found
    }

    /// An announcement with one version.
    fn announcement_from(&self, (id, organisation, number, sealed): Row) -> Result<Announcement, StoreError> {
        let id = AnnouncementId(uuid_from("announcement.id", &id)?);
        let place = format!("announcement {id} version {number}");
        let organisation = OrganisationId(uuid_from(&place, &organisation)?);
        let number = number_from(&place, number)?;
        let opened = self.region.board().open(&version_aad(id, organisation, number), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            AnnouncementRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        Ok(Announcement { id, organisation, versions: vec![version_from(&place, number, record)?] })
    }
}

fn receipt_from((announcement, person, number, read_at): ReceiptRow) -> Result<Receipt, StoreError> {
    let announcement = AnnouncementId(uuid_from("announcement_receipt.announcement", &announcement)?);
    let place = format!("announcement_receipt {announcement}");
    let (person, number) = (PersonId(uuid_from(&place, &person)?), number_from(&place, number)?);
    Ok(Receipt { announcement, person, number, read_at: Timestamp(read_at) })
}

/// Its place: whose announcement, for which organisation, which version. None can stand in for another.
fn version_aad(id: AnnouncementId, organisation: OrganisationId, number: u32) -> Vec<u8> {
    [VERSION.as_slice(), id.0.as_bytes(), organisation.0.as_bytes(), &number.to_be_bytes()].concat()
}

fn number_from(place: &str, number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| StoreError::inconsistent(place, error))
}

fn sealed_of(version: &AnnouncementVersion) -> Vec<u8> {
    let AnnouncementWords { title, text, until, audience } = &version.words;
    let record = AnnouncementRecord {
        by: version.by.0.as_bytes().to_vec(),
        at: version.at.0,
        is_withdrawn: version.is_withdrawn,
        reason: version.reason.clone(),
        title: title.clone(),
        text: text.clone(),
        until: until.to_string(),
        types: audience.types.iter().map(|kind| kind.code().to_owned()).collect(),
        organisations: audience.organisations.iter().map(|id| id.0.as_bytes().to_vec()).collect(),
        roles: audience.roles.iter().map(|role| role.code().to_owned()).collect(),
    };
    record.encode_to_vec()
}

fn version_from(place: &str, number: u32, record: AnnouncementRecord) -> Result<AnnouncementVersion, StoreError> {
    let until: Date = record.until.parse().map_err(|error| StoreError::inconsistent(place, error))?;
    let types = record.types.iter().map(|code| code_from(place, code, OrganisationType::from_code(code)));
    let organisations = record.organisations.iter().map(|id| uuid_from(place, id).map(OrganisationId));
    let roles = record.roles.iter().map(|code| code_from(place, code, Role::from_code(code)));
    let audience = Audience {
        types: types.collect::<Result<_, _>>()?,
        organisations: organisations.collect::<Result<_, _>>()?,
        roles: roles.collect::<Result<_, _>>()?,
    };
    Ok(AnnouncementVersion {
        number,
        by: PersonId(uuid_from(place, &record.by)?),
        at: Timestamp(record.at),
        is_withdrawn: record.is_withdrawn,
        reason: record.reason,
        words: AnnouncementWords { title: record.title, text: record.text, until, audience },
    })
}
