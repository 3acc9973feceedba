//! The tables of the rulebook's life: versions, their files, signatures. What may follow what the actions judge, in the
//! same transaction; here is only what is kept.

use jiff::civil::Date;

use crate::domain::ids::{PersonId, RulebookVersionId};
use crate::domain::lifecycle::{RulebookVersion, SetSignature, Stage};
use crate::domain::time::Timestamp;

use super::engine::{EngineTx, run};
use super::record::{code_from, uuid_from};
use super::{RulebookFile, StoreError, Tx};

/// Id, title, fingerprint, stage, drafted at, effective at, changed at.
type Row = (Vec<u8>, String, String, String, i64, Option<i64>, i64);

/// Set, body, role, person, who signed here, date, digest.
type SignatureRow = (String, String, String, String, Option<Vec<u8>>, String, String);

impl Tx {
    /// Enters a version with its files.
    ///
    /// # Errors
    /// When the database fails or the id is taken.
    pub async fn insert_rulebook_version(
        &mut self,
        version: &RulebookVersion,
        files: &[RulebookFile],
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into rulebook_version
            (id, title, fingerprint, stage, drafted_at, effective_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7)";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(version.id.0.as_bytes().as_slice())
                .bind(version.title.as_str())
                .bind(version.fingerprint.as_str())
                .bind(version.stage.code())
                .bind(version.drafted_at.0)
                .bind(version.effective_at.map(|at| at.0))
                .bind(version.changed_at.0)
                .execute(connection)
                .await?;
        });
        self.insert_rulebook_version_files(version.id, files).await
    }

    /// Replaces what is kept of a version, without its files.
    ///
    /// # Errors
    /// When the database fails or there is no such version.
    pub async fn update_rulebook_version(&mut self, version: &RulebookVersion) -> Result<(), StoreError> {
        const SQL: &str = "update rulebook_version set title = $2, fingerprint = $3, stage = $4, effective_at = $5,
            changed_at = $6 where id = $1";
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(version.id.0.as_bytes().as_slice())
                .bind(version.title.as_str())
                .bind(version.fingerprint.as_str())
                .bind(version.stage.code())
                .bind(version.effective_at.map(|at| at.0))
                .bind(version.changed_at.0)
                .execute(connection)
                .await?
                .rows_affected()
        });
        StoreError::check_rows("updating a rulebook version", 1, updated)
    }

    /// Replaces the files of a version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_rulebook_version_files(
        &mut self,
        id: RulebookVersionId,
        files: &[RulebookFile],
    ) -> Result<(), StoreError> {
        const SQL: &str = "delete from rulebook_version_file where version = $1";
        run!(self, connection => {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).execute(connection).await?;
        });
        self.insert_rulebook_version_files(id, files).await
    }

    async fn insert_rulebook_version_files(
        &mut self,
        id: RulebookVersionId,
        files: &[RulebookFile],
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into rulebook_version_file (version, path, content) values ($1, $2, $3)";
        for file in files {
            run!(self, connection => {
                sqlx::query(SQL)
                    .bind(id.0.as_bytes().as_slice())
                    .bind(file.path.as_str())
                    .bind(file.content.as_str())
                    .execute(connection)
                    .await?;
            });
        }
        Ok(())
    }

    /// The versions, the one changed last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_versions(&mut self, limit: usize) -> Result<Vec<RulebookVersion>, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at
            from rulebook_version order by changed_at desc, id limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).bind(limit).fetch_all(connection).await?);
        rows.into_iter().map(version_from).collect()
    }

    /// The version with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version(
        &mut self,
        id: RulebookVersionId,
    ) -> Result<Option<RulebookVersion>, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at
            from rulebook_version where id = $1";
        let row: Option<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        row.map(version_from).transpose()
    }

    /// The version in force, if one was ever put in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version_in_force(&mut self) -> Result<Option<RulebookVersion>, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at
            from rulebook_version where stage = 'in_force' order by effective_at desc limit 1";
        let row: Option<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        row.map(version_from).transpose()
    }

    /// The version that comes into force next, if one is to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version_scheduled(&mut self) -> Result<Option<RulebookVersion>, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at
            from rulebook_version where stage in ('draft', 'agreed') and effective_at is not null
            order by effective_at, id limit 1";
        let row: Option<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_optional(connection).await?);
        row.map(version_from).transpose()
    }

    /// The files of a version by path.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_version_files(
        &mut self,
        id: RulebookVersionId,
    ) -> Result<Vec<RulebookFile>, StoreError> {
        const SQL: &str = "select path, content from rulebook_version_file where version = $1 order by path";
        let rows: Vec<(String, String)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(rows.into_iter().map(|(path, content)| RulebookFile { path, content }).collect())
    }

    /// Keeps a signature; one of the same body under the same set is replaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_rulebook_signature(
        &mut self,
        id: RulebookVersionId,
        signature: &SetSignature,
    ) -> Result<(), StoreError> {
        const SQL: &str =
            "insert into rulebook_signature (version, ruleset, body, role, person, signer, signed_on, agreement)
            values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (version, ruleset, body, role)
            do update set person = excluded.person, signer = excluded.signer, signed_on = excluded.signed_on,
            agreement = excluded.agreement";
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(id.0.as_bytes().as_slice())
                .bind(signature.set.as_str())
                .bind(signature.body.as_str())
                .bind(signature.role.as_str())
                .bind(signature.person.as_str())
                .bind(signature.signer.map(|signer| signer.0.as_bytes().to_vec()))
                .bind(signature.on.to_string())
                .bind(signature.agreement.as_str())
                .execute(connection)
                .await?;
        });
        Ok(())
    }

    /// Waits until no other transaction takes a step of this version, so that of two at one moment the second sees the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_rulebook_version(&mut self, id: RulebookVersionId) -> Result<(), StoreError> {
        const SQL: &str = "select id from rulebook_version where id = $1 for update";
        // SQLite has one writer at a time, and this is it from its first statement on.
        if let EngineTx::Postgres(tx) = &mut self.engine {
            sqlx::query(SQL).bind(id.0.as_bytes().as_slice()).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// The signatures under a version, also those that a change of its files has voided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_signatures(&mut self, id: RulebookVersionId) -> Result<Vec<SetSignature>, StoreError> {
        const SQL: &str = "select ruleset, body, role, person, signer, signed_on, agreement from rulebook_signature
            where version = $1 order by ruleset, signed_on, body, role";
        let rows: Vec<SignatureRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.into_iter().map(signature_from).collect()
    }

    /// The signatures given to this digest, under whichever version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_signatures_of(&mut self, agreement: &str) -> Result<Vec<SetSignature>, StoreError> {
        const SQL: &str =
            "select distinct ruleset, body, role, person, signer, signed_on, agreement from rulebook_signature
            where agreement = $1 order by signed_on, body, role";
        let rows: Vec<SignatureRow> =
            run!(self, connection => sqlx::query_as(SQL).bind(agreement).fetch_all(connection).await?);
        rows.into_iter().map(signature_from).collect()
    }
}

fn signature_from(row: SignatureRow) -> Result<SetSignature, StoreError> {
    let (set, body, role, person, signer, on, agreement) = row;
    let signer = signer.map(|id| uuid_from("rulebook_signature.signer", &id)).transpose()?.map(PersonId);
    let on = on.parse::<Date>();
    let on = on.map_err(|error| StoreError::inconsistent("rulebook_signature.signed_on", error))?;
    Ok(SetSignature { set, body, role, person, signer, on, agreement })
}

fn version_from(row: Row) -> Result<RulebookVersion, StoreError> {
    let (id, title, fingerprint, stage, drafted_at, effective_at, changed_at) = row;
    Ok(RulebookVersion {
        id: RulebookVersionId(uuid_from("rulebook_version.id", &id)?),
        title,
        fingerprint,
        stage: code_from("rulebook_version.stage", &stage, Stage::from_code(&stage))?,
        drafted_at: Timestamp(drafted_at),
        effective_at: effective_at.map(Timestamp),
        changed_at: Timestamp(changed_at),
    })
}
