//! Which versions of the rulebook in the journal may decide: those that a hub of this region wrote there, with the files that
//! its fingerprint names, as the audit log says of them. The rest is passed over and told: in the log, in the audit log, in
//! `/readyz`. Asked by `rulebooks`, which brings them into force.

use std::collections::BTreeSet;

use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::RulebookVersionId;
use crate::domain::lifecycle::{LifeStep, RulebookVersion};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::UNTRUE_VERSIONS_TOLD_MAX;
use crate::rulebook::Rulebook;
use crate::store::{Journal, RulebookFile, RulebookMove, StoreError, fingerprint_of};

use super::floor::{self, Floor};
use super::rulebooks::{RulebookError, read};

/// Why a version in the journal is not what it seems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Untrue {
    Forged,
    Unrecorded,
    Files,
    Gone,
    Floor,
}

impl Untrue {
    const fn text(self) -> Text {
        match self {
            Self::Forged => Text::fixed("地域の鍵を使わずに書かれた版です", "no hub of this region wrote it"),
            Self::Unrecorded => {
                Text::fixed("監査記録にない段階の版です", "the audit log does not say that it came so far")
            }
            Self::Files => Text::fixed("ファイルが変えられたか、消されています", "its files were changed or are gone"),
            Self::Gone => Text::fixed(
                "最後に施行された版が、施行中の版として残っていません",
                "the version put in force last is no longer there as such",
            ),
            Self::Floor => Text::fixed(
                "土台（floor）が、このハブに付いてくるものではありません",
                "its floor is not the one of this hub",
            ),
        }
    }
}

/// A version that is passed over, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Passed {
    version: Option<RulebookVersionId>,
    fingerprint: String,
    why: Untrue,
}

/// What is to decide.
pub(super) enum InForce {
    /// What decides already.
    Settled,
    Other(Box<Rulebook>),
    /// No version ever did, or none that did is left.
    Nothing,
}

/// Reads versions, and notes what it passes over.
pub(super) struct Versions {
    journal: Journal,
    /// In the look that is under way, or was the last.
    passed: BTreeSet<Passed>,
    told: BTreeSet<Passed>,
    has_old_floor: bool,
    /// Not read again before somebody changes them.
    untrue: Vec<(RulebookVersion, Untrue)>,
}

impl Versions {
    pub(super) fn of(journal: &Journal) -> Self {
        Self {
            journal: journal.clone(),
            passed: BTreeSet::new(),
            told: BTreeSet::new(),
            has_old_floor: false,
            untrue: Vec::new(),
        }
    }

    /// Looks anew: what was passed over before may be gone.
    pub(super) fn begin(&mut self) {
        self.passed.clear();
    }

    /// Whether the last look passed something over that nobody with the region's key wrote.
    pub(super) fn met_untrue(&self) -> bool {
        self.passed.iter().any(|passed| passed.why != Untrue::Floor)
    }

    /// Whether the rules in force, or those to come, have a floor that is not this hub's.
    pub(super) fn met_other_floor(&self) -> bool {
        self.has_old_floor || self.passed.iter().any(|passed| passed.why == Untrue::Floor)
    }

    /// Looks at the rules in force, which may have been agreed on under the floor of an older hub.
    pub(super) fn look_at_floor(&mut self, in_force: &Rulebook) {
        self.has_old_floor = !matches!(floor::compare(in_force), Ok(Floor::AsShipped));
        if self.has_old_floor {
            tracing::warn!(
                fingerprint = in_force.fingerprint(),
                "the rules in force have another floor than this hub's"
            );
        }
    }

    /// The version that comes into force next. Its book too, unless it is the `known` one.
    pub(super) async fn next(
        &mut self,
        known: Option<&RulebookVersion>,
    ) -> Result<Option<(RulebookVersion, Option<Rulebook>)>, RulebookError> {
        let kept = self.journal.read(|tx| Box::pin(tx.list_rulebook_versions_scheduled())).await?;
        kept.forged.into_iter().for_each(|(version, fingerprint)| self.pass(version, fingerprint, Untrue::Forged));
        for version in kept.genuine {
            if known == Some(&version) {
                return Ok(Some((version, None)));
            }
            let id = version.id;
            let last = self.find_move(move |moved| moved.version == id && moved.step != LifeStep::NotTaken).await?;
            let is_recorded = last.is_some_and(|last| last.step == LifeStep::Scheduled && is_of(&last, &version));
            if let Some(book) = self.open(&version, is_recorded, false).await? {
                return Ok(Some((version, Some(book))));
            }
        }
        Ok(None)
    }

    /// The version in force, unless it is the `settled` one. Where the one that was put in force last is no longer there, its
    /// files are, under their fingerprint.
    pub(super) async fn in_force(&mut self, settled: Option<&str>) -> Result<InForce, RulebookError> {
        let kept = self.journal.read(|tx| Box::pin(tx.list_rulebook_versions_in_force())).await?;
        kept.forged.into_iter().for_each(|(version, fingerprint)| self.pass(version, fingerprint, Untrue::Forged));
        let mut last = None;
        for version in kept.genuine {
            if settled == Some(&*version.fingerprint) {
                return Ok(InForce::Settled);
            }
            last = self.last_put_in_force().await?;
            // Versions of before the audit log told of them are taken at their row's word.
            let is_recorded = last.as_ref().is_none_or(|last| is_of(last, &version));
            if let Some(book) = self.open(&version, is_recorded, true).await? {
                return Ok(InForce::Other(Box::new(book)));
            }
        }
        if last.is_none() {
            last = self.last_put_in_force().await?;
        }
        let Some(last) = last else { return Ok(InForce::Nothing) };
        self.pass(Some(last.version), last.fingerprint.clone(), Untrue::Gone);
        if settled == Some(&*last.fingerprint) {
            return Ok(InForce::Settled);
        }
        let digest = last.fingerprint.as_bytes().to_vec();
        let files = self.journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&digest).await })).await?;
        if fingerprint_of(&files) != last.fingerprint {
            return Ok(InForce::Nothing);
        }
        let problem = |problems| RulebookError::Unsound { version: last.version, problems };
        Ok(InForce::Other(Box::new(read(&files).map_err(problem)?)))
    }

    /// The book of a version that a hub wrote, if all of it is as it was written. The floor of an older hub stays where it is
    /// in force: the bodies agreed on it while it was the floor.
    async fn open(
        &mut self,
        version: &RulebookVersion,
        is_recorded: bool,
        is_in_force: bool,
    ) -> Result<Option<Rulebook>, RulebookError> {
        if let Some((_, why)) = self.untrue.iter().find(|(known, _)| known == version) {
            self.pass(Some(version.id), version.fingerprint.clone(), *why);
            return Ok(None);
        }
        let id = version.id;
        let files: Vec<RulebookFile> =
            self.journal.read(move |tx| Box::pin(tx.list_rulebook_version_files(id))).await?;
        let why = match (is_recorded, fingerprint_of(&files) == version.fingerprint) {
            (false, _) => Untrue::Unrecorded,
            (true, false) => Untrue::Files,
            (true, true) => {
                let problem = |problems| RulebookError::Unsound { version: id, problems };
                let book = read(&files).map_err(problem)?;
                if is_in_force || floor::compare(&book).map_err(problem)? == Floor::AsShipped {
                    return Ok(Some(book));
                }
                Untrue::Floor
            }
        };
        self.pass(Some(id), version.fingerprint.clone(), why);
        self.untrue.push((version.clone(), why));
        Ok(None)
    }

    async fn last_put_in_force(&self) -> Result<Option<RulebookMove>, StoreError> {
        self.find_move(|moved| moved.step == LifeStep::InForce).await
    }

    async fn find_move(
        &self,
        is_meant: impl Fn(&RulebookMove) -> bool + Send + 'static,
    ) -> Result<Option<RulebookMove>, StoreError> {
        self.journal.read(move |tx| Box::pin(async move { tx.find_rulebook_move(is_meant).await })).await
    }

    fn pass(&mut self, version: Option<RulebookVersionId>, fingerprint: String, why: Untrue) {
        self.passed.insert(Passed { version, fingerprint, why });
    }

    /// Tells what was passed over and was not told yet.
    pub(super) async fn tell(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let new: Vec<Passed> = self.passed.difference(&self.told).take(UNTRUE_VERSIONS_TOLD_MAX).cloned().collect();
        let mut acts = Vec::new();
        for passed in &new {
            let Passed { version, fingerprint, why } = passed;
            let why = why.text();
            tracing::error!(?version, fingerprint, why = %why.en, "a version of the rulebook counts for nothing");
            if let Some(version) = version {
                let said = format!("{} / {}", why.ja, why.en);
                let fingerprint = fingerprint.clone();
                let deed = Deed::RulebookMoved { version: *version, step: LifeStep::NotTaken, fingerprint, said };
                acts.push(Act { by: By::Hub, deed });
            }
        }
        if !acts.is_empty() {
            self.journal.write(move |tx| Box::pin(async move { tx.append_acts(now, acts).await })).await?;
        }
        self.told.extend(new);
        Ok(())
    }
}

fn is_of(moved: &RulebookMove, version: &RulebookVersion) -> bool {
    moved.version == version.id && moved.fingerprint == version.fingerprint
}
