//! The life of the region's rulebook: drafted, proposed, signed by the bodies, put in force from a date, retired. Each step
//! is audited in the transaction that takes it. Who may is judged here for signing, by the caller for the rest. That a
//! version decides from its moment on is the hub's (`hub::rulebooks`).

mod error;
mod floor;
mod signing;
mod standing;

use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use self::error::LifeError;
use self::error::{conflict, invalid};
pub use self::standing::{Standing, Unsigned};
use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::RulebookVersionId;
use crate::domain::lifecycle::{LifeStep, RulebookVersion, SetSignature, Stage};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::rulebooks;
use crate::limits::{RULEBOOK_FILE_BYTES_MAX, RULEBOOK_FILES_MAX, RULEBOOK_NAME_BYTES_MAX, RULEBOOK_VERSIONS_MAX};
use crate::rulebook::{Rulebook, Status};
use crate::store::Journal;
pub use crate::store::RulebookFile;

/// Somebody who takes steps, at a moment.
#[derive(Clone, Debug)]
pub struct Life {
    pub journal: Journal,
    pub by: By,
    pub now: Timestamp,
    /// In which the region's dates are.
    pub zone: TimeZone,
    /// The configuration names the rulebook: nothing can be changed here.
    pub is_configured: bool,
}

/// A body's signature as it is given.
#[derive(Clone, Debug)]
pub struct Signing {
    pub set: String,
    /// The digest that was signed, so that nobody signs what changed meanwhile.
    pub agreement: String,
    pub body: String,
    /// Code of the role that the body speaks for.
    pub role: String,
    /// Who signed for it. From paper the secretariat says it; whoever signs here is known.
    pub person: String,
    /// The date on the paper.
    pub on: Date,
}

impl Life {
    /// Enters a draft.
    ///
    /// # Errors
    /// All mistakes of its files; a title or file name that does not do.
    pub async fn draft(
        &self,
        id: RulebookVersionId,
        title: &str,
        files: Vec<RulebookFile>,
    ) -> Result<Standing, LifeError> {
        self.check_open()?;
        check_name("title", title)?;
        let book = read(&files)?;
        floor::check(&book, &files)?;
        let version = RulebookVersion {
            id,
            title: title.to_owned(),
            fingerprint: book.fingerprint().to_owned(),
            stage: Stage::Draft,
            drafted_at: self.now,
            effective_at: None,
            changed_at: self.now,
        };
        let act = self.act(&version, LifeStep::Drafted, title);
        let (now, stored, kept) = (self.now, version.clone(), files.clone());
        let write = self.journal.write(move |tx| {
            Box::pin(async move {
                tx.insert_rulebook_version(&stored, &kept).await?;
                tx.append_acts(now, [act]).await
            })
        });
        write.await.map_err(LifeError::Store)?;
        Ok(Standing::of(version, book, files, Vec::new()))
    }

    /// Replaces the files of a version that is not in force. It is a draft again, and what was signed of a set that
    /// changed is void.
    ///
    /// # Errors
    /// All mistakes of the files; when it is in force or retired, or no longer what was `seen` of it.
    pub async fn replace(
        &self,
        id: RulebookVersionId,
        seen: Option<&str>,
        files: Vec<RulebookFile>,
    ) -> Result<Standing, LifeError> {
        self.check_open()?;
        let before = self.find(id).await?;
        seen.map_or(Ok(()), |seen| before.check_fingerprint(seen))?;
        before.check_stage(&[Stage::Draft, Stage::Proposed, Stage::Agreed])?;
        let book = read(&files)?;
        floor::check(&book, &files)?;
        let fingerprint = book.fingerprint().to_owned();
        let after = RulebookVersion { fingerprint, stage: Stage::Draft, effective_at: None, ..before.version.clone() };
        self.take(&before, after, LifeStep::FilesChanged, "", Some(files), None).await?;
        self.find(id).await
    }

    /// Lays a draft before the bodies.
    ///
    /// # Errors
    /// When it is no draft, is another by now, holds sets that are still seeds, or one that names no body of a side.
    pub async fn propose(&self, id: RulebookVersionId, fingerprint: &str) -> Result<Standing, LifeError> {
        self.check_open()?;
        let before = self.find(id).await?;
        before.check_stage(&[Stage::Draft])?;
        before.check_fingerprint(fingerprint)?;
        if let Some(seed) = before.book.sets().iter().find(|set| set.status == Status::Seed) {
            return Err(conflict(
                format!("ルール集 {} はまだひな形です。段階（status）を proposed にして差し替えてください", seed.id),
                format!("the set {} is still a seed; give it the status 'proposed' and send it again", seed.id),
            ));
        }
        if let Some(missing) = before.side_without_body() {
            return Err(LifeError::Conflict(missing));
        }
        // Signatures of sets that did not change stay; they may already be all of them.
        let stage = if before.unsigned.is_empty() { Stage::Agreed } else { Stage::Proposed };
        let after = RulebookVersion { stage, ..before.version.clone() };
        self.take(&before, after, LifeStep::Proposed, "", None, None).await?;
        self.find(id).await
    }

    /// A body signs a set of a proposed version: through a person of its profession, or on paper, which the secretariat
    /// records. When the last one has signed, the version is agreed.
    ///
    /// # Errors
    /// When it is not proposed, the digest is not that of the set now, the body is not one that is asked, the person is
    /// not of its profession or not the one who represents it, or has signed this version for another body.
    pub async fn sign(&self, id: RulebookVersionId, signing: Signing) -> Result<Standing, LifeError> {
        self.check_open()?;
        let before = self.find(id).await?;
        before.check_stage(&[Stage::Proposed])?;
        let set = before.book.sets().iter().find(|set| set.id == signing.set);
        let set = set.ok_or_else(|| invalid("set", "not_found", "そのルール集はありません", "no such set of rules"))?;
        if set.agreement != signing.agreement {
            return Err(conflict(
                "署名した内容の照合番号が、いまのルール集と違います",
                "what was signed is not what the set says now",
            ));
        }
        check_name("body", &signing.body)?;
        check_name("person", &signing.person)?;
        signing::check(self.by, set, &signing)?;
        signing::check_first(self.by, &before.signatures, &signing)?;
        signing::check_alone(self.by, &before.signatures, &signing)?;
        if signing.on > self.date_of(self.now) {
            return Err(invalid("signed_on", "out_of_range", "署名日が先の日付です", "signed in the future"));
        }
        let Signing { set, agreement, body, role, person, on } = signing;
        let said = format!("{set}: {body} ({role}), {person}, {on}, {agreement}");
        let signature = SetSignature { set, body, role, person, signer: signing::signer(self.by), on, agreement };
        let signatures: Vec<SetSignature> = before.signatures.iter().chain([&signature]).cloned().collect();
        let is_last = Standing::unsigned_of(&before.book, &signatures).is_empty();
        let stage = if is_last { Stage::Agreed } else { Stage::Proposed };
        let after = RulebookVersion { stage, ..before.version.clone() };
        self.take(&before, after, LifeStep::Signed, &said, None, Some(signature)).await?;
        self.find(id).await
    }

    /// Says from when an agreed version is in force: from the beginning of a day in the region, or at once. One that holds
    /// only seeds as they come with the hub needs no agreement: it may be tried, and says everywhere what it is.
    ///
    /// # Errors
    /// When it is not agreed, is another by now, the day has passed, or another version is already to come.
    pub async fn schedule(
        &self,
        id: RulebookVersionId,
        fingerprint: &str,
        on: Option<Date>,
    ) -> Result<Standing, LifeError> {
        self.check_open()?;
        let before = self.find(id).await?;
        before.check_fingerprint(fingerprint)?;
        if !(before.version.stage == Stage::Draft && before.has_only_seeds()) {
            before.check_stage(&[Stage::Agreed])?;
        } else if self.has_agreed_before().await? {
            return Err(conflict(
                "合意した版が施行されたことのある地域では、ひな形は施行できません。提案し、署名を受けてください",
                "what was agreed was in force here before: seeds are no longer put in force; propose them and have them signed",
            ));
        } else if !floor::are_as_shipped(&before.files) {
            return Err(conflict(
                "手を加えたひな形は、署名なしでは施行できません。提案し、署名を受けてください。試すには replay を使ってください",
                "seeds that were changed are not put in force unsigned: propose them and have them signed; to try them, use replay",
            ));
        }
        let other = self.journal.read(|tx| Box::pin(tx.find_rulebook_version_scheduled())).await?;
        if let Some(other) = other.filter(|other| other.id != id) {
            return Err(conflict(
                format!("「{}」の施行が先に決まっています", other.title),
                format!("'{}' is already to come into force", other.title),
            ));
        }
        before.check_day(on.unwrap_or_else(|| self.date_of(self.now)))?;
        let at = match on {
            Some(on) if on < self.date_of(self.now) => {
                return Err(invalid("on", "out_of_range", "過ぎた日からは施行できません", "the day has passed"));
            }
            Some(on) => self.start_of(on)?.max(self.now),
            None => self.now,
        };
        let said = format!("from {}", at.to_rfc3339());
        let after = RulebookVersion { effective_at: Some(at), ..before.version.clone() };
        self.take(&before, after, LifeStep::Scheduled, &said, None, None).await?;
        self.find(id).await
    }

    /// Whether a version that bodies signed is in force or was.
    async fn has_agreed_before(&self) -> Result<bool, LifeError> {
        let versions = self.list().await?;
        let ruled = |version: &&RulebookVersion| match version.stage {
            Stage::InForce => true,
            // What never came into force has no day.
            Stage::Retired => version.effective_at.is_some(),
            Stage::Draft | Stage::Proposed | Stage::Agreed => false,
        };
        for version in versions.iter().filter(ruled) {
            let id = version.id;
            let signed = self.journal.read(move |tx| {
                Box::pin(async move { tx.list_rulebook_signatures(id).await.map(|all| !all.is_empty()) })
            });
            if signed.await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends a version that never came into force.
    ///
    /// # Errors
    /// When it is in force, or was retired before.
    pub async fn retire(&self, id: RulebookVersionId, reason: &str) -> Result<Standing, LifeError> {
        self.check_open()?;
        check_name("reason", reason)?;
        let before = self.find(id).await?;
        if before.version.stage == Stage::InForce {
            return Err(conflict(
                "施行中の版は、別の版の施行によって廃止されます",
                "a version in force is retired by putting another in force",
            ));
        }
        before.check_stage(&[Stage::Draft, Stage::Proposed, Stage::Agreed])?;
        let after = RulebookVersion { stage: Stage::Retired, effective_at: None, ..before.version.clone() };
        self.take(&before, after, LifeStep::Retired, reason, None, None).await?;
        self.find(id).await
    }

    /// A version as it stands.
    ///
    /// # Errors
    /// When there is none with this id, or this build no longer reads it.
    pub async fn find(&self, id: RulebookVersionId) -> Result<Standing, LifeError> {
        let found = self.journal.read(move |tx| {
            Box::pin(async move {
                let Some(version) = tx.find_rulebook_version(id).await? else { return Ok(None) };
                let files = tx.list_rulebook_version_files(id).await?;
                let signatures = tx.list_rulebook_signatures(id).await?;
                Ok::<_, LifeError>(Some((version, files, signatures)))
            })
        });
        let (version, files, signatures) = found.await?.ok_or(LifeError::NotFound)?;
        let book = read(&files)?;
        Ok(Standing::of(version, book, files, signatures))
    }

    /// The versions, the one changed last first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self) -> Result<Vec<RulebookVersion>, LifeError> {
        let list =
            self.journal.read(|tx| Box::pin(async move { tx.list_rulebook_versions(RULEBOOK_VERSIONS_MAX).await }));
        Ok(list.await?)
    }

    /// The version in force, if the region ever put one in force.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find_in_force(&self) -> Result<Option<Standing>, LifeError> {
        match self.journal.read(|tx| Box::pin(tx.find_rulebook_version_in_force())).await? {
            Some(version) if !self.is_configured => self.find(version.id).await.map(Some),
            _ => Ok(None),
        }
    }

    fn check_open(&self) -> Result<(), LifeError> {
        if self.is_configured {
            return Err(conflict(
                "ルールは設定（rulebook_dir）で決められているため、ここでは変えられません",
                "the rules are set by the configuration (rulebook_dir), so they cannot be changed here",
            ));
        }
        Ok(())
    }

    /// Takes a step, unless the version changed since it was looked at.
    async fn take(
        &self,
        before: &Standing,
        after: RulebookVersion,
        step: LifeStep,
        said: &str,
        files: Option<Vec<RulebookFile>>,
        signature: Option<SetSignature>,
    ) -> Result<(), LifeError> {
        let after = RulebookVersion { changed_at: self.now, ..after };
        let (act, seen, now) = (self.act(&after, step, said), before.version.clone(), self.now);
        let signatures = before.signatures.clone();
        let holding: Vec<String> = before.book.sets().iter().map(|set| set.agreement.clone()).collect();
        let write = self.journal.write(move |tx| {
            Box::pin(async move {
                tx.lock_rulebook_version(seen.id).await?;
                // Its row does not tell of signatures: of two given at one moment each would find the other missing.
                let signed = tx.list_rulebook_signatures(seen.id).await?;
                let is_as_seen = tx.find_rulebook_version(seen.id).await?.as_ref() == Some(&seen)
                    && signed.iter().filter(|one| holding.contains(&one.agreement)).eq(&signatures);
                if !is_as_seen {
                    return Err(error::changed_meanwhile());
                }
                if let Some(files) = files {
                    tx.replace_rulebook_version_files(after.id, &files).await?;
                }
                if let Some(signature) = signature {
                    tx.upsert_rulebook_signature(after.id, &signature).await?;
                }
                tx.update_rulebook_version(&after).await?;
                Ok(tx.append_acts(now, [act]).await?)
            })
        });
        write.await
    }

    fn act(&self, version: &RulebookVersion, step: LifeStep, said: &str) -> Act {
        let (fingerprint, said) = (version.fingerprint.clone(), said.to_owned());
        Act { by: self.by, deed: Deed::RulebookMoved { version: version.id, step, fingerprint, said } }
    }

    /// The date in the region.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        let instant = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        instant.to_zoned(self.zone.clone()).date()
    }

    fn start_of(&self, on: Date) -> Result<Timestamp, LifeError> {
        let midnight = on.to_zoned(self.zone.clone());
        let midnight = midnight.map_err(|_| invalid("on", "out_of_range", "扱えない日付です", "no such day"))?;
        Ok(Timestamp(midnight.timestamp().as_microsecond()))
    }
}

fn read(files: &[RulebookFile]) -> Result<Rulebook, LifeError> {
    if files.len() > RULEBOOK_FILES_MAX {
        let max = RULEBOOK_FILES_MAX;
        let text = Text::new(format!("ファイルは {max} 個までです"), format!("at most {max} files"));
        return Err(Invalid::new("files", "too_long", text).into());
    }
    for (at, file) in files.iter().enumerate() {
        let stem = file.path.strip_suffix(".toml").unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_repeated = files[..at].iter().any(|other| other.path == file.path);
        if stem.is_empty() || stem.len() > RULEBOOK_NAME_BYTES_MAX || !stem.chars().all(is_plain) || is_repeated {
            let text = Text::fixed(
                "ファイル名は英数字と - _ . で、.toml で終わり、重ならないものにしてください",
                "a file name holds letters, digits and - _ . only, ends in .toml, and is used once",
            );
            return Err(Invalid::new(format!("files[{at}].name"), "unexpected", text).into());
        }
        if file.content.len() as u64 > RULEBOOK_FILE_BYTES_MAX {
            let text = Text::fixed("ファイルが大きすぎます", "the file is too large");
            return Err(Invalid::new(format!("files[{at}].text"), "too_long", text).into());
        }
    }
    rulebooks::read(files).map_err(LifeError::Mistakes)
}

fn check_name(field: &'static str, name: &str) -> Result<(), LifeError> {
    if name.trim().is_empty() {
        return Err(Invalid::required(field).into());
    }
    if name.len() > RULEBOOK_NAME_BYTES_MAX {
        return Err(invalid(field, "too_long", "長すぎます", "too long"));
    }
    Ok(())
}
