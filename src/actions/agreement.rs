//! Who agreed on the sets of a book, with what the hub keeps beside its files; and the rule behind a citation with that.
//! Asked by everything that shows either: citations, the book in force, explanations, sheets.

use jiff::civil::Date;

use super::kept_rulebooks::KeptRulebooks;
use super::rulebook::{RuleInWords, SetInWords, find_cited};
use crate::domain::lifecycle::{SetSignature, Stage};
use crate::limits::RULEBOOK_VERSIONS_MAX;
pub use crate::rulebook::agreement::Agreement;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Rulebook, Ruleset};
use crate::store::{Journal, StoreError};

/// What is kept of the agreement on a book.
#[derive(Clone, Debug)]
pub struct Agreements {
    version: Option<(Stage, Option<Date>)>,
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
            return Ok(Self { version: Some((version.stage, from)), signatures });
        }
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
/// its book was not kept.
///
/// # Errors
/// When the store fails.
pub async fn find_agreed(
    (journal, kept): (&Journal, &KeptRulebooks),
    in_force: &Rulebook,
    calendar: &Calendar,
    citation: &str,
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
    let agreements = Agreements::on(journal, book, calendar).await?;
    let Some(agreement) = book.sets().iter().find(|known| known.id == set.id).map(|set| agreements.of(set)) else {
        return Ok(None);
    };
    Ok(Some(AgreedRule { set, rule, in_force: is_in_force, agreement }))
}
