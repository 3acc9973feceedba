//! The table of good-practice cases: their versions, each sealed with a key of the region's and bound to its place, never
//! updated, and deleted when another takes their place. Who sees which, and what may follow what, is judged by `actions/cases`.

use std::collections::HashSet;

use prost::Message;

use crate::domain::case::{Case, CaseStep, CaseTag, CaseVersion, CaseWords};
use crate::domain::ids::{CaseId, OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

use super::engine::run;
use super::readable::{Came, each, unread};
use super::record::{code_from, uuid_from};
use super::{StoreError, Tx};

const VERSION: &[u8; 16] = b"case/v1\0\0\0\0\0\0\0\0\0";

type Row = (Vec<u8>, i64, Vec<u8>);

#[derive(Clone, PartialEq, Message)]
struct CaseRecord {
    #[prost(bytes = "vec", tag = "1")]
    author: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    organisation: Vec<u8>,
    #[prost(string, tag = "3")]
    step: String,
    #[prost(bytes = "vec", tag = "4")]
    by: Vec<u8>,
    #[prost(int64, tag = "5")]
    at: i64,
    #[prost(string, tag = "6")]
    remark: String,
    #[prost(string, tag = "7")]
    consent: String,
    #[prost(string, tag = "8")]
    title: String,
    #[prost(string, tag = "9")]
    happened: String,
    #[prost(string, tag = "10")]
    done: String,
    #[prost(string, tag = "11")]
    outcome: String,
    #[prost(string, repeated, tag = "12")]
    roles: Vec<String>,
    #[prost(string, repeated, tag = "13")]
    tags: Vec<String>,
    #[prost(bool, tag = "14")]
    shows_office: bool,
}

impl Tx {
    /// Adds a version of a case. `false`: somebody else added one of this number meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append_case_version(&mut self, of: &Case, version: &CaseVersion) -> Result<bool, StoreError> {
        const SQL: &str =
            "insert into case_version (case_id, number, sealed) values ($1, $2, $3) on conflict do nothing";
        let record = CaseRecord {
            author: of.author.0.as_bytes().to_vec(),
            organisation: of.organisation.0.as_bytes().to_vec(),
            ..CaseRecord::from(version)
        };
        let sealed = self.region.board().seal(&version_aad(of.id, version.number), &record.encode_to_vec());
        Ok(run!(self, connection => {
            sqlx::query(SQL)
                .bind(of.id.0.as_bytes().as_slice())
                .bind(i64::from(version.number))
                .bind(sealed)
                .execute(connection)
                .await?
                .rows_affected()
                == 1
        }))
    }

    /// Deletes all versions of a case but these two.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_case_versions(&mut self, of: CaseId, but: [Option<u32>; 2]) -> Result<(), StoreError> {
        const SQL: &str = "delete from case_version where case_id = $1 and number <> $2 and number <> $3";
        // Numbers begin with 1.
        let [one, other] = but.map(|number| number.map_or(0, i64::from));
        run!(self, connection => {
            sqlx::query(SQL).bind(of.0.as_bytes().as_slice()).bind(one).bind(other).execute(connection).await?;
        });
        Ok(())
    }

    /// All cases, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_cases(&mut self) -> Result<Vec<Case>, StoreError> {
        const SQL: &str = "select case_id, number, sealed from case_version order by case_id desc, number";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(self.cases_from(rows))
    }

    /// A case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_case(&mut self, id: CaseId) -> Result<Option<Case>, StoreError> {
        const SQL: &str = "select case_id, number, sealed from case_version where case_id = $1 order by number";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(self.cases_from(rows).pop())
    }

    /// The versions that cannot be read, as table and id.
    pub(super) async fn list_unread_cases(&mut self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select case_id, number, sealed from case_version order by case_id, number";
        let rows: Vec<Came<Row>> =
            run!(self, connection => each("case_version", &sqlx::query(SQL).fetch_all(connection).await?));
        Ok(unread(rows, |row| self.case_from(row)))
    }

    /// One with a version that cannot be read is not there: what was withdrawn, or never approved, is not shown by that.
    fn cases_from(&self, rows: Vec<Row>) -> Vec<Case> {
        let mut found: Vec<Case> = Vec::new();
        let mut spoilt: HashSet<Vec<u8>> = HashSet::new();
        for row in rows {
            let id = row.0.clone();
            match self.readable(self.case_from(row)) {
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

    /// A case with one version.
    fn case_from(&self, (id, number, sealed): Row) -> Result<Case, StoreError> {
        let id = CaseId(uuid_from("case_version.case_id", &id)?);
        let place = format!("case_version {id} version {number}");
        let number = u32::try_from(number).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let opened = self.region.board().open(&version_aad(id, number), &sealed);
        let bytes = opened.map_err(StoreError::cannot_open(place.as_str()))?;
        let record = CaseRecord::decode(&bytes[..]).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
        let author = PersonId(uuid_from(&place, &record.author)?);
        let organisation = OrganisationId(uuid_from(&place, &record.organisation)?);
        Ok(Case { id, author, organisation, versions: vec![version_from(&place, number, record)?] })
    }
}

/// Its place: of which case, which version. None can stand in for another.
fn version_aad(id: CaseId, number: u32) -> Vec<u8> {
    [VERSION.as_slice(), id.0.as_bytes(), &number.to_be_bytes()].concat()
}

impl From<&CaseVersion> for CaseRecord {
    fn from(version: &CaseVersion) -> Self {
        let words = &version.words;
        Self {
            author: Vec::new(),
            organisation: Vec::new(),
            step: version.step.code().to_owned(),
            by: version.by.0.as_bytes().to_vec(),
            at: version.at.0,
            remark: version.remark.clone(),
            consent: version.consent.clone(),
            title: words.title.clone(),
            happened: words.happened.clone(),
            done: words.done.clone(),
            outcome: words.outcome.clone(),
            roles: words.roles.iter().map(|role| role.code().to_owned()).collect(),
            tags: words.tags.iter().map(|tag| tag.code().to_owned()).collect(),
            shows_office: words.shows_office,
        }
    }
}

fn version_from(place: &str, number: u32, record: CaseRecord) -> Result<CaseVersion, StoreError> {
    let roles = record.roles.iter().map(|code| code_from(place, code, Role::from_code(code)));
    let tags = record.tags.iter().map(|code| code_from(place, code, CaseTag::from_code(code)));
    Ok(CaseVersion {
        number,
        step: code_from(place, &record.step, CaseStep::from_code(&record.step))?,
        by: PersonId(uuid_from(place, &record.by)?),
        at: Timestamp(record.at),
        words: CaseWords {
            roles: roles.collect::<Result<_, _>>()?,
            tags: tags.collect::<Result<_, _>>()?,
            title: record.title,
            happened: record.happened,
            done: record.done,
            outcome: record.outcome,
            shows_office: record.shows_office,
        },
        remark: record.remark,
        consent: record.consent,
    })
}
