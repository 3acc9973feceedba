//! The tables of the directory: organisations, people and the positions they act in. Names are sealed
//! with a key of the region's; the hub keeps the opened directory in memory.

use std::collections::HashMap;

use prost::Message as _;

use crate::domain::directory::{Directory, Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::vault::Mac;

use super::engine::{EngineTx, run};
use super::guarded::{self, Value};
use super::record::{IdentifierRecord, OrganisationRecord, PersonRecord, code_from, record_aad, uuid_from};
use super::{StoreError, Tx};

pub(super) const ORGANISATION: &[u8; 16] = b"organisation/v1\0";
pub(super) const PERSON: &[u8; 16] = b"person/v1\0\0\0\0\0\0\0";
/// What whoever changes the directory holds on PostgreSQL. Advisory locks are per database; another number than a hub's.
const DIRECTORY_LOCK: i64 = 0x72_65_6e_6b_65_69_01;

type Bytes = Vec<u8>;

impl Tx {
    /// The whole directory, inactive members included. Whoever cannot be read is not in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_directory(&mut self) -> Result<Directory, StoreError> {
        const ORGANISATIONS: &str = "select id, kind, active, sealed, mac from organisation";
        const PEOPLE: &str = "select id, active, sealed, mac from person";
        const POSITIONS: &str = "select person, role, organisation, mac from person_position
            order by person, role, organisation";
        type Rows = (
            Vec<(Bytes, String, bool, Bytes, Option<Bytes>)>,
            Vec<(Bytes, bool, Bytes, Option<Bytes>)>,
            Vec<(Bytes, String, Bytes, Option<Bytes>)>,
        );
        let (organisations, people, positions): Rows = run!(self, connection => (
            sqlx::query_as(ORGANISATIONS).fetch_all(&mut *connection).await?,
            sqlx::query_as(PEOPLE).fetch_all(&mut *connection).await?,
            sqlx::query_as(POSITIONS).fetch_all(&mut *connection).await?,
        ));
        let mut directory = Directory::default();
        for (id, kind, active, sealed, mac) in organisations {
            let read = self.open_organisation(&id, &kind, active, &sealed);
            let Some(mut organisation) = self.readable(read) else { continue };
            // INVARIANT: a row that was not written with the region's key gives nobody anything.
            organisation.active &=
                self.is_genuine(&guarded::ORGANISATION, &organisation_row(&organisation), mac.as_deref());
            directory.organisations.insert(organisation.id, organisation);
        }
        let mut held: HashMap<PersonId, Vec<Position>> = HashMap::new();
        for (person, role, organisation, mac) in positions {
            let Some(person) = self.readable(uuid_from("person_position.person", &person)) else { continue };
            let person = PersonId(person);
            if let Some(position) = self.open_position(person, &role, &organisation, mac.as_deref()) {
                held.entry(person).or_default().push(position);
            }
        }
        for (id, active, sealed, mac) in people {
            let Some(id) = self.readable(uuid_from("person.id", &id)).map(PersonId) else { continue };
            let is_genuine = self.is_genuine(&guarded::PERSON, &[id.0.into(), active.into()], mac.as_deref());
            let active = active && is_genuine;
            let Some(name) = self.readable(self.open_name(id, &sealed)) else { continue };
            let positions = held.remove(&id).unwrap_or_default();
            directory.people.insert(id, Person { id, name, positions, active });
        }
        directory.administrators.extend(self.list_administrators().await?);
        directory.clients.extend(self.list_client_people().await?);
        Ok(directory)
    }

    /// Keeps everybody else, in whatever process, from changing the directory until this transaction ends: what it reads of
    /// people and organisations stays true until it has written.
    ///
    /// # Errors
    /// When the database fails, or somebody else takes too long.
    pub async fn lock_directory(&mut self) -> Result<(), StoreError> {
        const SQL: &str = "select pg_advisory_xact_lock($1)";
        // SQLite has one writer at a time, and this is it from its first statement on.
        if let EngineTx::Postgres(tx) = &mut self.engine {
            sqlx::query(SQL).bind(DIRECTORY_LOCK).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// One organisation. A row that was not written with the region's key is one that ended, or is not there if it cannot be
    /// read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_organisation(&mut self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        const SQL: &str = "select id, kind, active, sealed, mac from organisation where id = $1";
        type Row = (Bytes, String, bool, Bytes, Option<Bytes>);
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        let Some((id, kind, active, sealed, mac)) = row else { return Ok(None) };
        let read = self.open_organisation(&id, &kind, active, &sealed);
        let Some(mut found) = self.readable(read) else { return Ok(None) };
        found.active &= self.is_genuine(&guarded::ORGANISATION, &organisation_row(&found), mac.as_deref());
        Ok(Some(found))
    }

    /// One person with their positions, as far as they were written with the region's key and can be read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError> {
        const FIND: &str = "select active, sealed, mac from person where id = $1";
        const HELD: &str = "select role, organisation, mac from person_position where person = $1
            order by role, organisation";
        type Found = Option<(bool, Bytes, Option<Bytes>)>;
        type Held = Vec<(String, Bytes, Option<Bytes>)>;
        let key = id.0.as_bytes().as_slice();
        let (row, held): (Found, Held) = run!(self, connection => (
            sqlx::query_as(FIND).bind(key).fetch_optional(&mut *connection).await?,
            sqlx::query_as(HELD).bind(key).fetch_all(&mut *connection).await?,
        ));
        let Some((active, sealed, mac)) = row else { return Ok(None) };
        let is_genuine = self.is_genuine(&guarded::PERSON, &[id.0.into(), active.into()], mac.as_deref());
        let Some(name) = self.readable(self.open_name(id, &sealed)) else { return Ok(None) };
        let mut positions = Vec::new();
        for (role, organisation, mac) in held {
            positions.extend(self.open_position(id, &role, &organisation, mac.as_deref()));
        }
        Ok(Some(Person { id, name, positions, active: active && is_genuine }))
    }

    /// Adds an organisation. `false`: the id is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_organisation(&mut self, organisation: &Organisation) -> Result<bool, StoreError> {
        const SQL: &str = "insert into organisation (id, kind, active, sealed, mac) values ($1, $2, $3, $4, $5)
            on conflict do nothing";
        Ok(self.write_organisation(SQL, organisation).await? == 1)
    }

    /// Replaces what is known of an organisation. `false`: there is none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_organisation(&mut self, organisation: &Organisation) -> Result<bool, StoreError> {
        const SQL: &str = "update organisation set kind = $2, active = $3, sealed = $4, mac = $5 where id = $1";
        Ok(self.write_organisation(SQL, organisation).await? == 1)
    }

    async fn write_organisation(&mut self, sql: &'static str, organisation: &Organisation) -> Result<u64, StoreError> {
        const WRITTEN: &str = "select count(*) from organisation where id = $1 and mac is not distinct from $2";
        let record = OrganisationRecord {
            name: organisation.name.clone(),
            kana: organisation.kana.clone(),
            phone: organisation.phone.clone(),
            identifiers: IdentifierRecord::list(&organisation.identifiers),
        };
        let sealed = self.region.names().seal(&record_aad(ORGANISATION, organisation.id.0), &record.encode_to_vec());
        let mac = guarded::ORGANISATION.mac(&self.region, &organisation_row(organisation));
        let written = run!(self, connection => {
            sqlx::query(sql)
                .bind(organisation.id.0.as_bytes().as_slice())
                .bind(organisation.kind.code())
                .bind(organisation.active)
                .bind(sealed)
                .bind(mac.as_bytes().as_slice())
                .execute(connection)
                .await?
                .rows_affected()
        });
        if written == 1 {
            self.check_written(WRITTEN, organisation.id.0.as_bytes(), Some(mac.as_bytes().as_slice())).await?;
        }
        Ok(written)
    }

    /// Adds a person with their positions. `false`: the id is taken.
    ///
    /// # Errors
    /// When the database fails, or a position is at an organisation that does not exist.
    pub async fn insert_person(&mut self, person: &Person) -> Result<bool, StoreError> {
        const SQL: &str = "insert into person (id, active, sealed, mac) values ($1, $2, $3, $4) on conflict do nothing";
        self.write_person(SQL, person).await
    }

    /// Replaces what is known of a person, positions included. `false`: there is none with this id.
    ///
    /// # Errors
    /// When the database fails, or a position is at an organisation that does not exist.
    pub async fn update_person(&mut self, person: &Person) -> Result<bool, StoreError> {
        const SQL: &str = "update person set active = $2, sealed = $3, mac = $4 where id = $1";
        self.write_person(SQL, person).await
    }

    async fn write_person(&mut self, sql: &'static str, person: &Person) -> Result<bool, StoreError> {
        const DELETE: &str = "delete from person_position where person = $1";
        const INSERT: &str = "insert into person_position (person, role, organisation, mac) values ($1, $2, $3, $4)
            on conflict do nothing";
        const WRITTEN: &str = "select count(*) from person where id = $1 and mac is not distinct from $2";
        const HELD: &str = "select count(*) from person_position where person = $1";
        let record = PersonRecord { kanji: person.name.kanji.clone(), kana: person.name.kana.clone() };
        let sealed = self.region.names().seal(&record_aad(PERSON, person.id.0), &record.encode_to_vec());
        let id = person.id.0.as_bytes().as_slice();
        let mac = guarded::PERSON.mac(&self.region, &[person.id.0.into(), person.active.into()]);
        let positions: Vec<_> = person.positions.iter().map(|at| (at, self.position_mac(person.id, at))).collect();
        run!(self, connection => {
            let written = sqlx::query(sql).bind(id).bind(person.active).bind(sealed).bind(mac.as_bytes().as_slice());
            if written.execute(&mut *connection).await?.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(DELETE).bind(id).execute(&mut *connection).await?;
            for (position, mac) in &positions {
                sqlx::query(INSERT)
                    .bind(id)
                    .bind(position.role.code())
                    .bind(position.organisation.0.as_bytes().as_slice())
                    .bind(mac.as_bytes().as_slice())
                    .execute(&mut *connection)
                    .await?;
            }
        });
        self.check_written(WRITTEN, id, Some(mac.as_bytes().as_slice())).await?;
        let (held,): (i64,) = run!(self, connection => sqlx::query_as(HELD).bind(id).fetch_one(connection).await?);
        let (held, given) = (held.unsigned_abs(), person.positions.len() as u64);
        StoreError::check_rows("the positions of a person", given.min(held), held)?;
        Ok(true)
    }

    fn position_mac(&self, person: PersonId, position: &Position) -> Mac {
        guarded::POSITION.mac(&self.region, &position_row(person, position))
    }

    /// `None`: it was not written with the region's key, or cannot be read.
    fn open_position(&self, person: PersonId, role: &str, organisation: &[u8], mac: Option<&[u8]>) -> Option<Position> {
        let place = || format!("person_position {person}");
        let position = Position {
            role: self.readable(code_from(&place(), role, Role::from_code(role)))?,
            organisation: OrganisationId(self.readable(uuid_from(&place(), organisation))?),
        };
        let is_genuine = self.is_genuine(&guarded::POSITION, &position_row(person, &position), mac);
        Some(position).filter(|_| is_genuine)
    }

    fn open_organisation(
        &self,
        id: &[u8],
        kind: &str,
        active: bool,
        sealed: &[u8],
    ) -> Result<Organisation, StoreError> {
        let id = OrganisationId(uuid_from("organisation.id", id)?);
        let place = format!("organisation {id}");
        let bytes = self
            .region
            .names()
            .open(&record_aad(ORGANISATION, id.0), sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let record =
            OrganisationRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        Ok(Organisation {
            id,
            kind: code_from(&place, kind, OrganisationType::from_code(kind))?,
            name: record.name,
            kana: record.kana,
            phone: record.phone,
            identifiers: IdentifierRecord::into_list(record.identifiers),
            active,
        })
    }

    fn open_name(&self, id: PersonId, sealed: &[u8]) -> Result<HumanName, StoreError> {
        let place = format!("person {id}");
        let bytes = self
            .region
            .names()
            .open(&record_aad(PERSON, id.0), sealed)
            .map_err(StoreError::cannot_open(place.as_str()))?;
        let record = PersonRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place, error))?;
        Ok(HumanName { kanji: record.kanji, kana: record.kana })
    }
}

fn organisation_row(organisation: &Organisation) -> [Value; 3] {
    [organisation.id.0.into(), organisation.kind.code().into(), organisation.active.into()]
}

fn position_row(person: PersonId, position: &Position) -> [Value; 3] {
    [person.0.into(), position.role.code().into(), position.organisation.0.into()]
}
