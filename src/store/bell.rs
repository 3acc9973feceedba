//! The tables of bells: which devices are rung, where (sealed: whoever has the address can ring it), and who wants quiet
//! when. Found by a keyed digest of the address. Who is rung, and when, is judged by `actions/bells`.

use prost::Message as _;
use zeroize::Zeroizing;

use crate::domain::bell::{Bell, QuietHours, Weight};
use crate::domain::directory::Position;
use crate::domain::ids::{BellId, DeviceId, OrganisationId, PersonId, SignInId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each};
use super::record::{BellRecord, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const BELL: &[u8; 16] = b"bell/v1\0\0\0\0\0\0\0\0\0";
pub(super) const PUSH_KEY: &[u8] = b"push-key/v1";

/// A bell as far as it matters for whom something wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BellAwake {
    pub id: BellId,
    pub person: PersonId,
    pub position: Position,
    pub registered: Option<DeviceId>,
    pub wish: Weight,
    pub quiet: Option<QuietHours>,
}

/// Somebody for whom something waits until their quiet hours end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub person: PersonId,
    pub quiet: QuietHours,
    pub since: Timestamp,
}

type Row = (Vec<u8>, Vec<u8>, String, Vec<u8>, Vec<u8>, Option<Vec<u8>>, Vec<u8>, String, i64, i64, Option<i64>);
type AwakeRow = (Vec<u8>, Vec<u8>, String, Vec<u8>, Option<Vec<u8>>, String, Option<i64>, Option<i64>);

impl Tx {
    /// The key by which the hub says to push services who it is, in PKCS#8.
    ///
    /// # Errors
    /// When the database fails or the key does not open.
    pub async fn find_push_key(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        const SQL: &str = "select sealed from push_key where id = 1";
        let row: Option<(Vec<u8>,)> = run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        let Some((sealed,)) = row else { return Ok(None) };
        let opened = self.region.bells().open(PUSH_KEY, &sealed);
        Ok(Some(Zeroizing::new(opened.map_err(StoreError::cannot_open("push_key"))?)))
    }

    /// Keeps the key. `false`: there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_push_key(&mut self, pkcs8: &[u8], now: Timestamp) -> Result<bool, StoreError> {
        const SQL: &str = "insert into push_key (id, sealed, made_at) values (1, $1, $2) on conflict do nothing";
        let sealed = self.region.bells().seal(PUSH_KEY, pkcs8);
        Ok(run!(self, connection => {
            sqlx::query(SQL).bind(sealed).bind(now.0).execute(connection).await?.rows_affected()
        }) == 1)
    }

    /// Adds a bell, or renews the one that is rung at the same place; whoever else was rung there is no more. The id that
    /// it has.
    ///
    /// # Errors
    /// When the database fails, or person, organisation, sign-in or device do not exist.
    pub async fn upsert_bell(&mut self, bell: &Bell, endpoint: &str) -> Result<BellId, StoreError> {
        const OTHERS: &str = "delete from bell where endpoint = $1 and person <> $2";
        const FIND: &str = "select id from bell where endpoint = $1";
        const SQL: &str =
            "insert into bell (id, person, role, organisation, sign_in, registered_device, endpoint, sealed,
            wish, added_at, renewed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (endpoint) do update set role = excluded.role, organisation = excluded.organisation,
            sign_in = excluded.sign_in, registered_device = excluded.registered_device, sealed = excluded.sealed,
            wish = excluded.wish, renewed_at = excluded.renewed_at";
        let digest = self.bell_digest(endpoint);
        let (place, person) = (digest.as_slice(), bell.person.0.as_bytes().as_slice());
        let known: Option<(Vec<u8>,)> = run!(self, connection => {
            sqlx::query(OTHERS).bind(place).bind(person).execute(&mut *connection).await?;
            sqlx::query_as(FIND).bind(place).fetch_optional(&mut *connection).await?
        });
        // Sealed for its place, which an id is: the one that stays.
        let id = known.map_or(Ok(bell.id), |(id,)| uuid_from("bell.id", &id).map(BellId))?;
        let record = BellRecord { endpoint: endpoint.to_owned(), device: bell.device.clone() };
        let sealed = self.region.bells().seal(&record_aad(BELL, id.0), &record.encode_to_vec());
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(person)
                .bind(bell.position.role.code())
                .bind(bell.position.organisation.0.as_bytes().as_slice())
                .bind(bell.sign_in.0.as_bytes().as_slice())
                .bind(bell.registered.map(|device| device.0.as_bytes().to_vec()))
                .bind(place)
                .bind(sealed)
                .bind(bell.wish.code())
                .bind(bell.added_at.0)
                .bind(bell.renewed_at.0)
                .execute(connection)
                .await?;
        });
        Ok(id)
    }

    /// The bells of a person, the one whose page was opened last first.
    ///
    /// # Errors
    /// When the database fails or what it holds does not open.
    pub async fn list_bells(&mut self, person: PersonId) -> Result<Vec<Bell>, StoreError> {
        const SQL: &str = "select id, person, role, organisation, sign_in, registered_device, sealed, wish, added_at,
            renewed_at, rung_at from bell where person = $1 order by renewed_at desc, id desc";
        let rows: Vec<Came<Row>> = run!(self, connection => {
            each("bell", &sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).fetch_all(connection).await?)
        });
        Ok(self.readable_each(rows, |row| self.bell_from(row).map(|(bell, _)| bell)))
    }

    /// A bell and where it is rung.
    ///
    /// # Errors
    /// When the database fails or what it holds does not open.
    pub async fn find_bell(&mut self, id: BellId) -> Result<Option<(Bell, String)>, StoreError> {
        const SQL: &str = "select id, person, role, organisation, sign_in, registered_device, sealed, wish, added_at,
            renewed_at, rung_at from bell where id = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|row| self.bell_from(row)).transpose()
    }

    /// Every bell that was renewed after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_bells_awake(&mut self, after: Timestamp) -> Result<Vec<BellAwake>, StoreError> {
        const SQL: &str =
            "select bell.id, bell.person, bell.role, bell.organisation, bell.registered_device, bell.wish,
            quiet_hours.from_min, quiet_hours.until_min
            from bell left join quiet_hours on quiet_hours.person = bell.person where bell.renewed_at > $1";
        let rows: Vec<Came<AwakeRow>> =
            run!(self, connection => each("bell", &sqlx::query(SQL).bind(after.0).fetch_all(connection).await?));
        Ok(self.readable_each(rows, awake_from))
    }

    /// Notes that a bell is rung now. `false`: it was rung after `since`, or is there no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_rung(&mut self, id: BellId, now: Timestamp, since: Timestamp) -> Result<bool, StoreError> {
        // INVARIANT: judged and kept by one statement, so that of two hubs one rings.
        const SQL: &str = "update bell set rung_at = $2 where id = $1 and (rung_at is null or rung_at <= $3)";
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(now.0)
                .bind(since.0)
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// Removes a bell, of this person where one is named. `false`: there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bell(&mut self, id: BellId, of: Option<PersonId>) -> Result<bool, StoreError> {
        const SQL: &str = "delete from bell where id = $1 and ($2 is null or person = $2)";
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(of.map(|person| person.0.as_bytes().to_vec()))
                .execute(connection)
                .await?
                .rows_affected()
        }) == 1)
    }

    /// Removes the bells under a sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bells_under(&mut self, sign_in: SignInId) -> Result<(), StoreError> {
        const SQL: &str = "delete from bell where sign_in = $1";
        self.delete_bells(SQL, sign_in.0.as_bytes()).await
    }

    /// Removes the bells of a person, but not those under this sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bells_of(&mut self, person: PersonId, but: Option<SignInId>) -> Result<(), StoreError> {
        const SQL: &str = "delete from bell where person = $1 and ($2 is null or sign_in <> $2)";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(person.0.as_bytes().as_slice())
                .bind(but.map(|sign_in| sign_in.0.as_bytes().to_vec()))
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Removes the bells of everybody at an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bells_at(&mut self, organisation: OrganisationId) -> Result<(), StoreError> {
        const SQL: &str = "delete from bell where organisation = $1";
        self.delete_bells(SQL, organisation.0.as_bytes()).await
    }

    /// Removes the bells that hang on a registered device.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bells_on(&mut self, device: DeviceId) -> Result<(), StoreError> {
        const SQL: &str = "delete from bell where registered_device = $1";
        self.delete_bells(SQL, device.0.as_bytes()).await
    }

    /// Removes the bells of a person that hang on no registered device.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_bells_without_device(&mut self, person: PersonId) -> Result<(), StoreError> {
        const SQL: &str = "delete from bell where person = $1 and registered_device is null";
        self.delete_bells(SQL, person.0.as_bytes()).await
    }

    /// Removes every bell, and what waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_all_bells(&mut self) -> Result<(), StoreError> {
        const BELLS: &str = "delete from bell";
        const HELD: &str = "update quiet_hours set held_at = null";
        run!(self, connection => {
            sqlx::query(BELLS).execute(&mut *connection).await?;
            sqlx::query(HELD).execute(&mut *connection).await?;
        });
        Ok(())
    }

    async fn delete_bells(&mut self, sql: &'static str, of: &[u8]) -> Result<(), StoreError> {
        run!(self, connection => { sqlx::query(sql).bind(of).execute(connection).await?; });
        Ok(())
    }

    /// When somebody wants quiet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_quiet_hours(&mut self, person: PersonId) -> Result<Option<QuietHours>, StoreError> {
        const SQL: &str = "select from_min, until_min from quiet_hours where person = $1";
        let row: Option<(i64, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(person.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(|(from, until)| quiet_from(from, until)).transpose()
    }

    /// Keeps when somebody wants quiet; `None`: never, and what waited waits no more.
    ///
    /// # Errors
    /// When the database fails or there is no such person.
    pub async fn replace_quiet_hours(&mut self, person: PersonId, quiet: Option<QuietHours>) -> Result<(), StoreError> {
        const DELETE: &str = "delete from quiet_hours where person = $1";
        const UPSERT: &str = "insert into quiet_hours (person, from_min, until_min) values ($1, $2, $3)
            on conflict (person) do update set from_min = excluded.from_min, until_min = excluded.until_min";
        let person = person.0.as_bytes().as_slice();
        match quiet.map(QuietHours::minutes) {
            None => run!(self, connection => { sqlx::query(DELETE).bind(person).execute(connection).await?; }),
            Some((from, until)) => run!(self, connection => {
                sqlx::query(UPSERT)
                    .bind(person)
                    .bind(i64::from(from))
                    .bind(i64::from(until))
                    .execute(connection)
                    .await?;
            }),
        }
        Ok(())
    }

    /// From now on something waits until the quiet hours of this person end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_held(&mut self, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "update quiet_hours set held_at = $2 where person = $1 and held_at is null";
        run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).bind(now.0).execute(connection).await?;
        });
        Ok(())
    }

    /// Everybody for whom something waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_held(&mut self) -> Result<Vec<Held>, StoreError> {
        const SQL: &str = "select person, from_min, until_min, held_at from quiet_hours where held_at is not null";
        let rows: Vec<(Vec<u8>, i64, i64, i64)> =
            run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let held = |(person, from, until, since): (Vec<u8>, i64, i64, i64)| {
            let person = PersonId(uuid_from("quiet_hours.person", &person)?);
            Ok(Held { person, quiet: quiet_from(from, until)?, since: Timestamp(since) })
        };
        Ok(rows.into_iter().filter_map(|row| self.readable(held(row))).collect())
    }

    /// What waited is told of now. `false`: it was told of already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_held(&mut self, person: PersonId) -> Result<bool, StoreError> {
        // INVARIANT: gone from here before anybody is told: once at most, whatever falls over.
        const SQL: &str = "update quiet_hours set held_at = null where person = $1 and held_at is not null";
        Ok(run!(self, connection => {
            sqlx::query(SQL).bind(person.0.as_bytes().as_slice()).execute(connection).await?.rows_affected()
        }) == 1)
    }

    fn bell_digest(&self, endpoint: &str) -> Vec<u8> {
        self.region.logins().mac(&[b"bell", endpoint.as_bytes()]).as_bytes().to_vec()
    }

    fn bell_from(&self, row: Row) -> Result<(Bell, String), StoreError> {
        let (id, person, role, organisation, sign_in, registered, sealed, wish, added_at, renewed_at, rung_at) = row;
        let id = uuid_from("bell.id", &id)?;
        let opened = self.region.bells().open(&record_aad(BELL, id), &sealed);
        let place = format!("bell {id}");
        let opened = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record = BellRecord::decode(&*opened).map_err(|error| StoreError::inconsistent(place, error))?;
        let bell = Bell {
            id: BellId(id),
            person: PersonId(uuid_from("bell.person", &person)?),
            position: position_from(&role, &organisation)?,
            sign_in: SignInId(uuid_from("bell.sign_in", &sign_in)?),
            registered: device_from(registered)?,
            device: record.device,
            wish: code_from("bell.wish", &wish, Weight::from_code(&wish))?,
            added_at: Timestamp(added_at),
            renewed_at: Timestamp(renewed_at),
            rung_at: rung_at.map(Timestamp),
        };
        Ok((bell, record.endpoint))
    }
}

fn position_from(role: &str, organisation: &[u8]) -> Result<Position, StoreError> {
    Ok(Position {
        role: code_from("bell.role", role, Role::from_code(role))?,
        organisation: OrganisationId(uuid_from("bell.organisation", organisation)?),
    })
}

fn device_from(registered: Option<Vec<u8>>) -> Result<Option<DeviceId>, StoreError> {
    registered.map(|id| uuid_from("bell.registered_device", &id).map(DeviceId)).transpose()
}

fn quiet_from(from: i64, until: i64) -> Result<QuietHours, StoreError> {
    let (from, until) = (u16::try_from(from).ok(), u16::try_from(until).ok());
    let quiet = from.zip(until).and_then(|(from, until)| QuietHours::of_minutes(from, until));
    quiet.ok_or_else(|| StoreError::inconsistent("quiet_hours", "no minutes of a day"))
}

fn awake_from(row: AwakeRow) -> Result<BellAwake, StoreError> {
    let (id, person, role, organisation, registered, wish, from, until) = row;
    Ok(BellAwake {
        id: BellId(uuid_from("bell.id", &id)?),
        person: PersonId(uuid_from("bell.person", &person)?),
        position: position_from(&role, &organisation)?,
        registered: device_from(registered)?,
        wish: code_from("bell.wish", &wish, Weight::from_code(&wish))?,
        quiet: from.zip(until).map(|(from, until)| quiet_from(from, until)).transpose()?,
    })
}
