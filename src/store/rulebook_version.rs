//! The tables of the rulebook's life: versions, their files, signatures. What may follow what the actions judge, in the
//! same transaction; here is only what is kept. A row that no hub of this region wrote counts for nothing (`guarded.rs`).

use jiff::civil::Date;
use uuid::Uuid;

use crate::codec::{self, Audited};
use crate::domain::act::{Act, Deed};
use crate::domain::ids::{PersonId, RulebookVersionId};
use crate::domain::lifecycle::{LifeStep, RulebookVersion, SetSignature, Stage};
use crate::domain::time::Timestamp;
use crate::limits::AUDIT_SEARCH_PAGE_RECORDS;

use super::audit::{self, audit_row_from};
use super::engine::{EngineTx, run};
use super::guarded::{self, Value};
use super::record::{code_from, uuid_from};
use super::{RulebookFile, StoreError, Tx};

/// Id, title, fingerprint, stage, drafted at, effective at, changed at, MAC.
type Row = (Vec<u8>, String, String, String, i64, Option<i64>, i64, Option<Vec<u8>>);

/// Set, body, role, person, who signed here, date, digest, version, MAC.
type SignatureRow = (String, String, String, String, Option<Vec<u8>>, String, String, Vec<u8>, Option<Vec<u8>>);

/// The versions that are at some stage, as the table has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptVersions {
    /// Those that a hub of this region wrote, the one that counts first.
    pub genuine: Vec<RulebookVersion>,
    /// Rows that none wrote: the version's id, where it is one, and the fingerprint that they claim.
    pub forged: Vec<(Option<RulebookVersionId>, String)>,
}

/// A step that a version took, as the audit log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookMove {
    pub version: RulebookVersionId,
    pub step: LifeStep,
    pub fingerprint: String,
}

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
            (id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let mac = guarded::RULEBOOK_VERSION.mac(&self.region, &version_row(version));
        run!(self, connection => {
            sqlx::query(SQL)
                .bind(version.id.0.as_bytes().as_slice())
                .bind(version.title.as_str())
                .bind(version.fingerprint.as_str())
                .bind(version.stage.code())
                .bind(version.drafted_at.0)
                .bind(version.effective_at.map(|at| at.0))
                .bind(version.changed_at.0)
                .bind(mac.as_bytes().as_slice())
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
        const SQL: &str = "update rulebook_version set title = $2, fingerprint = $3, stage = $4, drafted_at = $5,
            effective_at = $6, changed_at = $7, mac = $8 where id = $1";
        let mac = guarded::RULEBOOK_VERSION.mac(&self.region, &version_row(version));
        let updated = run!(self, connection => {
            sqlx::query(SQL)
                .bind(version.id.0.as_bytes().as_slice())
                .bind(version.title.as_str())
                .bind(version.fingerprint.as_str())
                .bind(version.stage.code())
                .bind(version.drafted_at.0)
                .bind(version.effective_at.map(|at| at.0))
                .bind(version.changed_at.0)
                .bind(mac.as_bytes().as_slice())
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
        const SQL: &str = "insert into rulebook_version_file (version, path, content, mac) values ($1, $2, $3, $4)";
        for file in files {
            let mac = guarded::RULEBOOK_FILE.mac(&self.region, &file_row(id, file));
            run!(self, connection => {
                sqlx::query(SQL)
                    .bind(id.0.as_bytes().as_slice())
                    .bind(file.path.as_str())
                    .bind(file.content.as_str())
                    .bind(mac.as_bytes().as_slice())
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
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac
            from rulebook_version order by changed_at desc, id";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        // Counted only now: rows that were added by hand put none of the region's out of the list.
        Ok(self.sort_out(rows).genuine.into_iter().take(limit).collect())
    }

    /// The version with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version(
        &mut self,
        id: RulebookVersionId,
    ) -> Result<Option<RulebookVersion>, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac
            from rulebook_version where id = $1";
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(self.sort_out(rows).genuine.pop())
    }

    /// The version in force; of several, the one that came into force last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_versions_in_force(&mut self) -> Result<KeptVersions, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac
            from rulebook_version where stage = 'in_force' order by effective_at desc, id";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(self.sort_out(rows))
    }

    /// The versions that are to come into force, the next first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_versions_scheduled(&mut self) -> Result<KeptVersions, StoreError> {
        const SQL: &str = "select id, title, fingerprint, stage, drafted_at, effective_at, changed_at, mac
            from rulebook_version where stage in ('draft', 'agreed') and effective_at is not null
            order by effective_at, id";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        Ok(self.sort_out(rows))
    }

    /// The version in force, if one was ever put in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version_in_force(&mut self) -> Result<Option<RulebookVersion>, StoreError> {
        Ok(self.list_rulebook_versions_in_force().await?.genuine.into_iter().next())
    }

    /// The version that comes into force next, if one is to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_version_scheduled(&mut self) -> Result<Option<RulebookVersion>, StoreError> {
        Ok(self.list_rulebook_versions_scheduled().await?.genuine.into_iter().next())
    }

    fn sort_out(&self, rows: Vec<Row>) -> KeptVersions {
        let mut kept = KeptVersions::default();
        for row in rows {
            let (id, fingerprint, mac) = (uuid_from("rulebook_version.id", &row.0), row.2.clone(), row.7.clone());
            match version_from(row) {
                Ok(version) if self.is_true(&guarded::RULEBOOK_VERSION, &version_row(&version), mac.as_deref()) => {
                    kept.genuine.push(version);
                }
                _ => kept.forged.push((id.ok().map(RulebookVersionId), fingerprint)),
            }
        }
        kept
    }

    /// The last step in the audit log that is meant. `None` also where one of those after it does not open, for it may be
    /// the one: `audit verify` names it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rulebook_move(
        &mut self,
        is_meant: impl Fn(&RulebookMove) -> bool + Send,
    ) -> Result<Option<RulebookMove>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where kind = 'rulebook' and seq > 0 and seq < $1 order by seq desc limit $2";
        // What stands behind the log's end is no record of it.
        let mut below = self.find_audit_head().await?.0 + 1;
        let limit = i64::try_from(AUDIT_SEARCH_PAGE_RECORDS).unwrap_or(i64::MAX);
        loop {
            let rows: Vec<audit::Row> = run!(self, connection => {
                sqlx::query_as(SQL).bind(below).bind(limit).fetch_all(connection).await?
            });
            let Some(last) = rows.last() else { return Ok(None) };
            below = last.0;
            for row in rows {
                let Ok(row) = audit_row_from(row) else { return Ok(None) };
                let opened = match self.open_audit(row).await {
                    Err(StoreError::Inconsistent { .. }) => return Ok(None),
                    opened => opened?.record,
                };
                let decoded = opened.and_then(|bytes| codec::decode_audited(&bytes).ok());
                let Some(Audited::Act(Act { deed, .. })) = decoded else { return Ok(None) };
                let Deed::RulebookMoved { version, step, fingerprint, .. } = deed else { return Ok(None) };
                let moved = RulebookMove { version, step, fingerprint };
                if is_meant(&moved) {
                    return Ok(Some(moved));
                }
            }
        }
    }

    /// The files of a version by path.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_version_files(
        &mut self,
        id: RulebookVersionId,
    ) -> Result<Vec<RulebookFile>, StoreError> {
        const SQL: &str = "select path, content, mac from rulebook_version_file where version = $1 order by path";
        let rows: Vec<(String, String, Option<Vec<u8>>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        let files = rows.into_iter().map(|(path, content, mac)| (RulebookFile { path, content }, mac));
        let is_genuine = |(file, mac): &(RulebookFile, Option<Vec<u8>>)| {
            self.is_genuine(&guarded::RULEBOOK_FILE, &file_row(id, file), mac.as_deref())
        };
        Ok(files.filter(is_genuine).map(|(file, _)| file).collect())
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
            "insert into rulebook_signature (version, ruleset, body, role, person, signer, signed_on, agreement, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (version, ruleset, body, role)
            do update set person = excluded.person, signer = excluded.signer, signed_on = excluded.signed_on,
            agreement = excluded.agreement, mac = excluded.mac";
        let mac = guarded::RULEBOOK_SIGNATURE.mac(&self.region, &signature_row(id.0, signature));
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
                .bind(mac.as_bytes().as_slice())
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
        const SQL: &str = "select ruleset, body, role, person, signer, signed_on, agreement, version, mac
            from rulebook_signature where version = $1 order by ruleset, signed_on, body, role";
        let rows: Vec<SignatureRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(id.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        Ok(self.genuine_signatures(rows))
    }

    /// The signatures given to this digest, under whichever version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rulebook_signatures_of(&mut self, agreement: &str) -> Result<Vec<SetSignature>, StoreError> {
        const SQL: &str = "select ruleset, body, role, person, signer, signed_on, agreement, version, mac
            from rulebook_signature where agreement = $1 order by signed_on, body, role, version";
        let rows: Vec<SignatureRow> =
            run!(self, connection => sqlx::query_as(SQL).bind(agreement).fetch_all(connection).await?);
        // Where the same files were entered twice, what was signed of them stands twice.
        let mut signatures = self.genuine_signatures(rows);
        let mut told = Vec::new();
        signatures.retain(|signature| {
            let is_new = !told.contains(signature);
            if is_new {
                told.push(signature.clone());
            }
            is_new
        });
        Ok(signatures)
    }

    fn genuine_signatures(&self, rows: Vec<SignatureRow>) -> Vec<SetSignature> {
        let genuine = |row: SignatureRow| {
            let version = uuid_from("rulebook_signature.version", &row.7).ok()?;
            let mac = row.8.clone();
            let signature = signature_from(row).ok()?;
            let values = signature_row(version, &signature);
            self.is_genuine(&guarded::RULEBOOK_SIGNATURE, &values, mac.as_deref()).then_some(signature)
        };
        rows.into_iter().filter_map(genuine).collect()
    }
}

fn version_row(version: &RulebookVersion) -> [Value; 7] {
    [
        version.id.0.into(),
        version.title.as_str().into(),
        version.fingerprint.as_str().into(),
        version.stage.code().into(),
        version.drafted_at.into(),
        version.effective_at.into(),
        version.changed_at.into(),
    ]
}

fn file_row(version: RulebookVersionId, file: &RulebookFile) -> [Value; 3] {
    [version.0.into(), file.path.as_str().into(), file.content.as_str().into()]
}

fn signature_row(version: Uuid, signature: &SetSignature) -> [Value; 8] {
    [
        version.into(),
        signature.set.as_str().into(),
        signature.body.as_str().into(),
        signature.role.as_str().into(),
        signature.person.as_str().into(),
        signature.signer.map(|signer| signer.0).into(),
        Value::Text(signature.on.to_string()),
        signature.agreement.as_str().into(),
    ]
}

fn signature_from(row: SignatureRow) -> Result<SetSignature, StoreError> {
    let (set, body, role, person, signer, on, agreement, _, _) = row;
    let signer = signer.map(|id| uuid_from("rulebook_signature.signer", &id)).transpose()?.map(PersonId);
    let on = on.parse::<Date>();
    let on = on.map_err(|error| StoreError::inconsistent("rulebook_signature.signed_on", error))?;
    Ok(SetSignature { set, body, role, person, signer, on, agreement })
}

fn version_from(row: Row) -> Result<RulebookVersion, StoreError> {
    let (id, title, fingerprint, stage, drafted_at, effective_at, changed_at, _) = row;
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
