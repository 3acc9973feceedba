//! How a fact of history comes from what a timeline holds already, as the vocabulary declares it. Read by
//! `vocabulary_file`; run by whoever fills the facts of a post. Knows no bodies: what compares contents
//! (`differs`, `last_said`) is the fold's to answer.

use std::time::Duration;

use super::facts::Known;
use super::mechanism::Span;
use super::mechanism_file::read_span;
use super::problem::Findings;
use super::table::Item;
use super::vocabulary::{Lexicon, positions};
use super::vocabulary_file::word_in;
use super::words::{How, key};
use crate::domain::kind::Kind;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

/// `{ how = "exists", of = "consultation", within = "30d" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    pub how: How,
    /// The kinds of entry it looks at.
    pub of: u64,
    /// Only what came after the last of these counts, if any is named.
    pub since: u64,
    /// Only what is younger counts.
    pub within: Option<Span>,
}

/// An entry on the timeline, as far as derivations look at it. Retracted and hidden ones are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    pub kind: Kind,
    pub recorded_at: Timestamp,
    /// Until when it is in force; `None` for what is in force until the next of its kind.
    pub until: Option<Timestamp>,
    /// For derivations that ask for it: the one concerned acknowledged it.
    pub acknowledged: bool,
}

impl Derivation {
    /// The fact now; unknown where contents must be compared.
    #[must_use]
    pub fn of_timeline(&self, past: &[Past], now: Timestamp) -> Known<bool> {
        let is = |set: u64, kind: Kind| set >> kind.index() & 1 == 1;
        let from = past.iter().filter(|past| is(self.since, past.kind)).map(|past| past.recorded_at).max();
        let young = |past: &Past| {
            self.within.is_none_or(|span| now.since(past.recorded_at).as_secs() <= span.seconds.unsigned_abs())
        };
        let counts =
            |past: &&Past| is(self.of, past.kind) && young(past) && from.is_none_or(|from| past.recorded_at >= from);
        match self.how {
            How::InForce => {
                let in_force = |past: &Past| past.until.is_none_or(|until| now < until);
                Known::Is(past.iter().filter(counts).any(in_force))
            }
            // Nothing to look back from: "since the discharge" has no answer but no.
            How::Exists | How::Missing if self.since != 0 && from.is_none() => Known::Is(false),
            How::Exists => Known::Is(past.iter().any(|past| counts(&past))),
            How::Acknowledged => Known::Is(past.iter().any(|past| counts(&past) && past.acknowledged)),
            How::Missing => Known::Is(!past.iter().any(|past| counts(&past))),
            How::Differs | How::LastSaid => Known::Unknown,
        }
    }
}

pub(crate) fn read(item: Item<'_, '_>, kinds: &Lexicon, findings: &mut Findings<'_>) -> Option<Derivation> {
    let mut table = item.table(findings)?;
    let how = table.require_word::<How>(key::HOW, findings);
    let what = Text::fixed("記録の種類", "kind");
    let set = |item: Option<Item<'_, '_>>, findings: &mut Findings<'_>| {
        let elements = item.map(|item| item.elements(findings)).unwrap_or_default();
        elements.into_iter().filter_map(|kind| word_in(kinds, kind, &what, findings)).fold(0, |a, b| a | b)
    };
    let of = table.require(key::OF, findings);
    let of = set(of, findings);
    let since = table.find(key::SINCE);
    let since = set(since, findings);
    let within = table.find(key::WITHIN).and_then(|item| read_span(item, None, findings));
    table.finish(findings);
    Some(Derivation { how: how?.0, of, since, within })
}

impl Derivation {
    /// Whether the kinds of what happened and when are enough to answer it.
    #[must_use]
    pub fn answers_by_itself(&self) -> bool {
        match self.how {
            How::InForce | How::Exists | How::Acknowledged | How::Missing => true,
            How::Differs | How::LastSaid => false,
        }
    }

    /// When the fact may next change with nobody writing anything: something runs out, or becomes too old to count.
    #[must_use]
    pub fn turns_after(&self, past: &[Past], now: Timestamp) -> Option<Timestamp> {
        let counted = past.iter().filter(|past| self.of >> past.kind.index() & 1 == 1);
        let ends = counted.flat_map(|past| {
            let runs_out = past.until.filter(|_| self.how == How::InForce);
            // What is just as old as the span counts still.
            let too_old = self.within.map(|span| span.seconds.unsigned_abs() + 1);
            runs_out.into_iter().chain(too_old.map(|age_s| past.recorded_at.saturating_add(Duration::from_secs(age_s))))
        });
        ends.filter(|at| *at > now).min()
    }

    /// The kinds it looks at.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        positions(self.of | self.since).filter_map(|at| Kind::ALL.get(usize::from(at)).copied())
    }
}
