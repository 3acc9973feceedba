//! What a draft would have made of the past: stored rulings are asked again, each on the facts kept with it. Called by
//! the action that reads the journal; pure, so that the same is done in tests and benches.
//!
//! Standing duties, for which nobody posts, are walked along each timeline under the draft and under the rulebook in force,
//! by the plan of the duty clock itself (`standing`).
//!
//! Slots are stored by the words of the version that decided. What a draft asks besides is derived from the timeline where
//! the vocabulary says how, and else counted as undetermined if it makes a difference.

mod course;
mod lived;
mod report;
mod standing;
mod translation;

use std::collections::HashSet;

use self::course::Course;
pub use self::report::{Change, Compared, DutyCount, Report};
use self::translation::Translation;
use super::book::Rulebook;
use super::calendar::Calendar;
use super::etiquette::Etiquette;
use super::facts::Known;
use super::judge::{RuleRef, Verdict};
use super::slots::Slots;
use crate::domain::body::Body;
use crate::domain::directory::Directory;
use crate::domain::duty::OpenedDuty;
use crate::domain::entry::Entry;
use crate::domain::ids::EntryId;
use crate::domain::kind::Kind;
use crate::domain::list::closed_list;
use crate::domain::offices::Offices;
use crate::domain::ruling::{Ruling, rule_id};
use crate::domain::time::Timestamp;
use crate::limits::REPLAY_CASES_MAX;

closed_list! {
    /// What becomes of a post.
    Fate {
        Permit = "permit", "認める", "permitted";
        Hold = "hold", "止める", "held";
        Queue = "queue", "紐付けを待つ", "kept for the link";
        Deny = "deny", "断る", "refused";
    }
}

/// A post of the past with what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    pub id: EntryId,
    pub kind: Kind,
    /// Of a correction: the kind of what it says.
    pub corrected: Option<Kind>,
    pub fate: Fate,
    pub ruling: &'a Ruling,
}

impl<'a> Event<'a> {
    /// An entry was permitted. `None` for what no rule was asked about, such as the hub's own steps.
    #[must_use]
    pub fn of_entry(entry: &'a Entry) -> Option<Self> {
        let corrected = entry.body.corrected().map(Body::kind);
        let event =
            Self { id: entry.id, kind: entry.body.kind(), corrected, fate: Fate::Permit, ruling: &entry.ruling };
        let is_the_hubs = matches!(entry.body, Body::DutyStep(_));
        (!is_the_hubs && !entry.ruling.cited.is_empty()).then_some(event)
    }
}

/// A version whose rulings are replayed.
#[derive(Debug)]
pub struct Source<'a> {
    book: &'a Rulebook,
    translation: Translation,
    /// Of its sets, as citations end.
    hashes: HashSet<&'a str>,
}

/// What a version makes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub fate: Fate,
    pub etiquette: Etiquette,
}

/// What a replay stands on besides the past itself: all of it as it is today.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    pub calendar: &'a Calendar,
    pub directory: &'a Directory,
    pub offices: &'a Offices,
    /// What the standing duties of the draft are held against.
    pub in_force: &'a Rulebook,
}

/// One run of a draft over the past.
#[derive(Debug)]
pub struct Replay<'a> {
    draft: &'a Rulebook,
    ground: Ground<'a>,
    sources: Vec<Source<'a>>,
    /// From when on which source decided, in order.
    reigns: Vec<(Timestamp, usize)>,
    /// What happened before is read for the course of things, and not counted.
    since: Timestamp,
    until: Timestamp,
    report: Report,
}

impl Event<'_> {
    /// The kind whose etiquette is asked: a correction is held like what it says, and draws the same.
    #[must_use]
    pub fn said(&self) -> Kind {
        self.corrected.unwrap_or(self.kind)
    }
}

impl<'a> Source<'a> {
    /// Prepares reading what `book` decided with the words of `draft`.
    #[must_use]
    pub fn new(book: &'a Rulebook, draft: &Rulebook) -> Self {
        Self { book, translation: Translation::new(book, draft), hashes: hashes(book) }
    }

    /// Whether these very rules made the ruling, as far as it cites them.
    fn made(&self, ruling: &Ruling) -> bool {
        self.book.has_words_of(ruling) && cites_only(&self.hashes, ruling)
    }

    /// What the draft makes of an event; `None` where that hangs on what nobody wrote down then. `derived` answers for a
    /// field of the draft that the version did not know.
    ///
    /// The slots are those that `book` read from the ruling.
    #[must_use]
    pub fn ask(
        &self,
        draft: &Rulebook,
        event: &Event<'_>,
        slots: &Slots,
        derived: &dyn Fn(usize) -> Known<bool>,
    ) -> Option<Asked> {
        let had_reasons: Vec<&str> = reasons_written(event.ruling).collect();
        let mut slots = self.translation.carry(slots, draft);
        let missing = self.translation.missing(event.kind, event.corrected);
        if missing.is_empty() {
            return Some(ask(draft, event, &slots, &had_reasons));
        }
        let mut open = Vec::new();
        for field in missing {
            match derived(*field) {
                Known::Is(value) => slots.set(*field, 1 << u32::from(value), &draft.grid),
                Known::Unknown => open.push(*field),
            }
        }
        let mut cases = open.iter().map(|field| draft.grid.domain(*field).count_ones() as usize);
        if cases.try_fold(1_usize, |all, values| all.checked_mul(values)).is_none_or(|cases| cases > REPLAY_CASES_MAX) {
            return None;
        }
        let first = ask(draft, event, &slots, &had_reasons);
        self::translation::every_case(&open, &slots, draft, &mut |slots| {
            let asked = ask(draft, event, slots, &had_reasons);
            asked == first || asked.fate == first.fate && asked.etiquette.is_like(&first.etiquette)
        })
        .then_some(first)
    }
}

/// The rules for which a reason was written, so that they held the post no more.
fn reasons_written(ruling: &Ruling) -> impl Iterator<Item = &str> {
    let reasons = ruling.consequences.as_deref().map_or(&[][..], |consequences| &consequences.reasons);
    reasons.iter().map(|reason| rule_id(&reason.rule))
}

fn ask(draft: &Rulebook, event: &Event<'_>, slots: &Slots, had_reasons: &[&str]) -> Asked {
    let (_, judgement) = draft.judge_kinds(event.kind, event.corrected, slots);
    let etiquette = match judgement.verdict {
        Verdict::Permit => draft.etiquette(event.said(), slots),
        Verdict::Quarantine | Verdict::Deny => Etiquette::default(),
    };
    let passes = |held: &super::etiquette::Held| {
        held.reason_ok && draft.rule(held.rule).is_some_and(|(_, rule)| had_reasons.contains(&rule.id.as_str()))
    };
    let fate = match judgement.verdict {
        Verdict::Permit if etiquette.held.iter().all(passes) => Fate::Permit,
        Verdict::Permit => Fate::Hold,
        Verdict::Quarantine => Fate::Queue,
        Verdict::Deny => Fate::Deny,
    };
    Asked { fate, etiquette }
}

impl Rulebook {
    /// Whether this book, asked again, says what the ruling says: the same rules permit or refuse, hold and are passed, and
    /// advise; what was opened is among what it asks for (where nobody on the team owes, nothing was opened). `None` if it
    /// does not read the ruling's slots.
    #[must_use]
    pub fn repeats(&self, event: &Event<'_>) -> Option<bool> {
        let slots = self.slots_of(event.ruling)?;
        let (_, judgement) = self.judge_kinds(event.kind, event.corrected, &slots);
        let cited = || event.ruling.cited.iter().map(|cited| &**cited);
        let name = |rule: &RuleRef| &**self.citation(*rule);
        let is_judged = judgement.cited.as_slice().iter().map(name).eq(cited());
        if judgement.verdict != Verdict::Permit || event.fate == Fate::Deny {
            return Some(is_judged);
        }
        let etiquette = self.etiquette(event.said(), &slots);
        let holds = |citation: &str| etiquette.held.iter().any(|held| name(&held.rule) == citation);
        if event.fate == Fate::Hold {
            return Some(cited().all(holds));
        }
        let consequences = event.ruling.consequences.as_deref();
        let reasons = consequences.map_or(&[][..], |consequences| &consequences.reasons);
        let is_passed = etiquette.held.iter().all(|held| reasons.iter().any(|reason| reason.rule == name(&held.rule)));
        let excepted = consequences.map_or(&[][..], |consequences| &consequences.excepted);
        let is_excepted = etiquette.excepted.iter().map(name).eq(excepted.iter().map(|rule| &**rule));
        let advised = event.ruling.advice().iter().map(|rule| &**rule);
        let is_advised = etiquette.advice.iter().map(|advice| name(&advice.rule)).eq(advised);
        let asks = |opened: &OpenedDuty| {
            etiquette.duties.iter().any(|duty| name(&duty.rule) == &*opened.rule && duty.confirmed == opened.confirmed)
        };
        let is_opened = event.ruling.opened().iter().all(asks);
        Some(is_judged && is_passed && is_excepted && is_advised && is_opened)
    }
}

impl<'a> Replay<'a> {
    /// Replays rulings of `books` from `since` to `until`, which is now, under `draft`.
    #[must_use]
    pub fn new(
        draft: &'a Rulebook,
        books: &'a [impl AsRef<Rulebook>],
        ground: Ground<'a>,
        since: Timestamp,
        until: Timestamp,
    ) -> Self {
        let sources = books.iter().map(|book| Source::new(book.as_ref(), draft)).collect();
        Self { draft, ground, sources, reigns: Vec::new(), since, until, report: Report::default() }
    }

    /// The same where it is known from when on which of the books, by its place among them, decided: versions that share
    /// a set cite its rules alike.
    #[must_use]
    pub fn under(mut self, mut reigns: Vec<(Timestamp, usize)>) -> Self {
        reigns.sort_unstable();
        self.reigns = reigns;
        self
    }

    /// A whole timeline, from its first entry.
    pub fn timeline(&mut self, entries: &[Entry]) {
        let mut course = Course::default();
        for (at, entry) in entries.iter().enumerate() {
            if entry.recorded_at >= self.since
                && let Some(event) = Event::of_entry(entry)
                && let Some(asked) = self.event(&event, entry.recorded_at, Some(&course))
                && asked.fate == Fate::Permit
            {
                self.follow(&event, &asked, entries, at);
            }
            course.note(entry);
        }
        self.standing(entries);
    }

    /// What became of the duties that the draft asks for with the entry at `at`. Those that were opened then are told as
    /// they went; where the rule was asked then and opened none, nobody was there to owe it.
    fn follow(&mut self, event: &Event<'_>, asked: &Asked, entries: &[Entry], at: usize) {
        let then = self.read(event.ruling, entries[at].recorded_at).map(|(source, slots)| {
            let duties = source.book.etiquette(event.said(), &slots).duties.into_iter();
            duties.filter_map(|duty| Some(source.book.rule(duty.rule)?.1.id.clone())).collect::<Vec<_>>()
        });
        let (draft, calendar, until) = (self.draft, self.ground.calendar, self.until);
        for duty in &asked.etiquette.duties {
            let Some((_, rule)) = draft.rule(duty.rule) else { continue };
            let opened = entries[at].ruling.opened().iter().filter(|opened| rule_id(&opened.rule) == rule.id);
            let lived = opened.map(|opened| lived::relive(draft, duty.rule, opened, (entries, at), calendar, until));
            let mut all: Vec<course::Became> = lived.collect();
            if all.is_empty() && !then.iter().flatten().any(|id| *id == rule.id) {
                all.push(course::follow(draft, duty.rule, entries, at, calendar, until));
            }
            let counts = self.report.duties.entry(rule.id.clone()).or_default();
            all.into_iter().for_each(|became| counts.add(duty.confirmed, became));
        }
    }

    /// What became of the standing duties of a timeline, under the draft and under the rulebook in force.
    fn standing(&mut self, entries: &[Entry]) {
        let (draft, in_force, period) = (self.draft, self.ground.in_force, (self.since, self.until));
        if draft.fingerprint() == in_force.fingerprint() {
            let [both] = standing::counts(entries, [draft], &self.ground, period);
            both.iter().for_each(|(rule, count)| self.report.stood(rule, count, count));
            return;
        }
        let [new, old] = standing::counts(entries, [draft, in_force], &self.ground, period);
        let none = DutyCount::default();
        new.iter().for_each(|(rule, count)| self.report.stood(rule, count, &none));
        old.iter().for_each(|(rule, count)| self.report.stood(rule, &none, count));
    }

    /// A post that did not become an entry. One that was answered "not found" may have been refused for what the rules do
    /// not speak of; then it is taken as what the rules alone said. `at`: when it was received.
    pub fn refused(&mut self, event: &Event<'_>, was_not_found: bool, at: Timestamp) {
        let mut event = *event;
        if was_not_found && let Some((source, slots)) = self.read(event.ruling, at) {
            event.fate = ask(source.book, &event, &slots, &[]).fate;
        }
        self.event(&event, at, None);
    }

    /// Timelines that can no longer be read.
    pub fn destroyed(&mut self, timelines: u64) {
        self.report.destroyed += timelines;
    }

    /// What came of it.
    #[must_use]
    pub fn finish(self) -> Report {
        self.report
    }

    fn event(&mut self, event: &Event<'_>, at: Timestamp, course: Option<&Course>) -> Option<Asked> {
        let Some((source, slots)) = self.read(event.ruling, at) else {
            self.report.unreadable += 1;
            return None;
        };
        let derived = |field: usize| course.map_or(Known::Unknown, |course| course.derive(self.draft, field, at));
        let asked = source.ask(self.draft, event, &slots, &derived);
        self.report.events += 1;
        if self.is_own(event.ruling, at) {
            self.report.own += 1;
            self.report.repeated += u64::from(self.draft.repeats(event) == Some(true));
        }
        match &asked {
            None => self.report.undetermined += 1,
            Some(asked) => {
                if asked.fate != event.fate {
                    self.report.changed(event.fate, asked.fate, event.id);
                }
                for advice in &asked.etiquette.advice {
                    let Some((_, rule)) = self.draft.rule(advice.rule) else { continue };
                    *self.report.nudges.entry(rule.id.clone()).or_default() += 1;
                }
            }
        }
        asked
    }

    /// Whoever made this ruling: what was in force then, else any that can have.
    fn read(&self, ruling: &Ruling, at: Timestamp) -> Option<(&Source<'a>, Slots)> {
        let has_words = |source: &&Source<'_>| source.book.has_words_of(ruling);
        let made = self.ruled_by(ruling, at).or_else(|| self.sources.iter().find(|source| source.made(ruling)));
        let source = made.or_else(|| self.sources.iter().find(has_words))?;
        Some((source, source.book.slots_of(ruling)?))
    }

    fn ruled_by(&self, ruling: &Ruling, at: Timestamp) -> Option<&Source<'a>> {
        let before = self.reigns.partition_point(|(from, _)| *from <= at);
        let (_, source) = self.reigns[..before].last()?;
        self.sources.get(*source).filter(|source| source.made(ruling))
    }

    /// Whether the draft itself decided it. Where nobody knows what was in force, only if no other version can have.
    fn is_own(&self, ruling: &Ruling, at: Timestamp) -> bool {
        if let Some(source) = self.ruled_by(ruling, at) {
            return source.book.fingerprint() == self.draft.fingerprint();
        }
        let mut made = self.sources.iter().filter(|source| source.made(ruling)).peekable();
        made.peek().is_some() && made.all(|source| source.book.fingerprint() == self.draft.fingerprint())
    }
}

fn hashes(book: &Rulebook) -> HashSet<&str> {
    book.sets().iter().map(|set| set.hash.as_str()).collect()
}

fn cites_only(hashes: &HashSet<&str>, ruling: &Ruling) -> bool {
    let is_of = |cited: &std::sync::Arc<str>| cited.rsplit_once('#').is_some_and(|(_, hash)| hashes.contains(hash));
    ruling.cited.iter().all(is_of)
}
