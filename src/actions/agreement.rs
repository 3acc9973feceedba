//! Who agreed on the sets of a book, with what the hub keeps beside its files; and the rule behind a citation with that.
//! Asked by everything that shows either: citations, the book in force, explanations, sheets.

use super::kept_rulebooks::{KeptRulebooks, hash_of};
use super::rulebook::{RuleInWords, SetInWords, find_cited};
use crate::domain::lifecycle::{RulebookVersion, SetSignature, Stage};
use crate::domain::time::Timestamp;
use crate::limits::RULEBOOK_VERSIONS_MAX;
pub use crate::rulebook::agreement::{Agreement, Stands};
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Rulebook, Ruleset};
use crate::store::{Journal, StoreError};

/// What is kept of the agreement on a book.
#[derive(Clone, Debug)]
pub struct Agreements {
    version: Option<Stands>,
    signatures: Vec<SetSignature>,
}

impl Agreements {
    /// Of the version with these files, else, where they are in none, of whatever was signed of what a set says.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn on(journal: &Journal, book: &Rulebook, calendar: &Calendar) -> Result<Self, StoreError> {
        let versions =
            journal.read(|tx| Box::pin(async move { tx.list_rulebook_versions(RULEBOOK_VERSIONS_MAX).await })).await?;
        let same = versions.into_iter().filter(|version| version.fingerprint == book.fingerprint());
        // The same files may have been entered twice: the one that decides is meant, else the one changed last.
        let version = same.reduce(|best, next| if next.stage == Stage::InForce { next } else { best });
        if let Some(version) = version {
            let id = version.id;
            let signatures =
                journal.read(move |tx| Box::pin(async move { tx.list_rulebook_signatures(id).await })).await?;
            let from = version.effective_at.map(|at| calendar.date_at(at));
            return Ok(Self { version: Some(Stands::Now(version.stage, from)), signatures });
        }
        Self::in_no_version(journal, book).await
    }

    /// As it stood with this set of the book at a moment when somebody was judged by it: in the version then in force, if
    /// the set stands in that one. A set may be the same in many versions, and only one of them decided.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn at(
        journal: &Journal,
        (book, set): (&Rulebook, &Ruleset),
        calendar: &Calendar,
        received: Timestamp,
    ) -> Result<Self, StoreError> {
        let versions =
            journal.read(|tx| Box::pin(async move { tx.list_rulebook_versions(RULEBOOK_VERSIONS_MAX).await })).await?;
        // What never came into force has no day, or one to come.
        let was_in_force = |version: &RulebookVersion| {
            matches!(version.stage, Stage::InForce | Stage::Retired)
                && version.effective_at.is_some_and(|from| from <= received)
        };
        let then = versions.into_iter().filter(was_in_force).max_by_key(|version| version.effective_at);
        if let Some((version, from)) = then.and_then(|then| Some((then.id, then.effective_at?))) {
            let kept = journal.read(move |tx| {
                Box::pin(async move {
                    let files = tx.list_rulebook_version_files(version).await?;
                    Ok::<_, StoreError>((files, tx.list_rulebook_signatures(version).await?))
                })
            });
            let (files, signatures) = kept.await?;
            if files.iter().any(|file| hash_of(&file.content) == set.hash) {
                return Ok(Self { version: Some(Stands::AtReceipt(calendar.date_at(from))), signatures });
            }
        }
        Self::in_no_version(journal, book).await
    }

    async fn in_no_version(journal: &Journal, book: &Rulebook) -> Result<Self, StoreError> {
        let mut signatures = Vec::new();
        for digest in book.sets().iter().map(|set| set.agreement.clone()) {
            let given =
                journal.read(move |tx| Box::pin(async move { tx.list_rulebook_signatures_of(&digest).await })).await?;
            signatures.extend(given);
        }
        Ok(Self { version: None, signatures })
    }

    /// Who agreed on this set of the book.
    #[must_use]
    pub fn of(&self, set: &Ruleset) -> Agreement {
        Agreement::of(set, &self.signatures, self.version)
    }
}

/// A rule that is cited, and who agreed on it.
#[derive(Clone, Debug)]
pub struct AgreedRule {
    pub set: SetInWords,
    pub rule: RuleInWords,
    /// Whether new posts are judged by it.
    pub in_force: bool,
    pub agreement: Agreement,
}

/// The rule behind a citation, from the book in force or from whichever was when it was cited. `None`: there is none, or
/// its book was not kept. With the moment at which what cites it was received, who had agreed is told as of then.
///
/// # Errors
/// When the store fails.
pub async fn find_agreed(
    (journal, kept): (&Journal, &KeptRulebooks),
    in_force: &Rulebook,
    calendar: &Calendar,
    citation: &str,
    received: Option<Timestamp>,
) -> Result<Option<AgreedRule>, StoreError> {
    let past;
    let (book, found, is_in_force) = match find_cited(in_force, citation) {
        Some(found) => (in_force, found, true),
        None => {
            let Some(book) = kept.find(citation).await? else { return Ok(None) };
            past = book;
            let Some(found) = find_cited(&past, citation) else { return Ok(None) };
            (&*past, found, false)
        }
    };
    let (set, rule) = found;
    let Some(known) = book.sets().iter().find(|known| known.id == set.id) else { return Ok(None) };
    let agreements = match received {
        Some(received) => Agreements::at(journal, (book, known), calendar, received).await?,
        None => Agreements::on(journal, book, calendar).await?,
    };
    let agreement = agreements.of(known);
    Ok(Some(AgreedRule { set, rule, in_force: is_in_force, agreement }))
}
