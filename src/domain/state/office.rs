//! What is known of an organisation: whom to turn to, who is on duty, what was pledged, who was let in and who is shut
//! out. Folded from the organisation's own timeline; part of its state. Who may be told what is not judged here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::body::{Body, ContactWindow, Correction, Pledge, PledgeBy, Roster, Shift, Suspension};
use crate::domain::ids::{PersonId, Seq};
use crate::domain::role::Role;
use crate::domain::standing::Standing;
use crate::domain::time::Timestamp;
use crate::limits;

pub use exports::{ExportAsked, Permitted};

mod exports;

#[cfg(test)]
mod tests;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// When the secretariat took the office in.
    pub entered: Standing<Seq, Timestamp>,
    /// The liaison named last is in force.
    pub contact: Standing<Seq, Arc<ContactWindow>>,
    /// The newest [`limits::ROSTERS_STANDING_MAX`] that may still matter. See [`Self::on_duty`].
    pub rosters: BTreeMap<Seq, Arc<Roster>>,
    /// When each rule was pledged to.
    pub pledges: BTreeMap<Pledged, Standing<Seq, Timestamp>>,
    /// When a person was given access in a role.
    pub activations: BTreeMap<(PersonId, Role), Standing<Seq, Timestamp>>,
    /// Of a person, or of the whole organisation where there is none.
    pub suspensions: BTreeMap<Option<PersonId>, Standing<Seq, Suspended>>,
    /// Requests to take records out, by their places; the newest [`limits::EXPORT_REQUESTS_KEPT_MAX`].
    pub exports: BTreeMap<Seq, ExportAsked>,
}

/// Who pledged to what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pledged {
    /// `None`: in the organisation's name.
    pub by: Option<PersonId>,
    /// The rule's id: a pledge to a former version of it counts until it runs out.
    pub rule: Arc<str>,
}

/// That the use of the system ended, or goes on again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspended {
    pub lifted: bool,
    /// The last day of it, where it has one.
    pub until: Option<Date>,
}

impl Suspended {
    fn holds_on(&self, today: Date) -> bool {
        !self.lifted && self.until.is_none_or(|until| today <= until)
    }
}

impl Office {
    /// The liaison in force.
    #[must_use]
    pub fn contact(&self) -> Option<&ContactWindow> {
        self.contact.newest().map(|(_, contact)| &**contact)
    }

    /// Whether the whole organisation is shut out on this day of the region.
    #[must_use]
    pub fn is_suspended(&self, today: Date) -> bool {
        self.holds_against(None, today)
    }

    /// Whether this very person is shut out by this organisation's timeline.
    #[must_use]
    pub fn suspends(&self, person: PersonId, today: Date) -> bool {
        self.holds_against(Some(person), today)
    }

    /// Everybody who is shut out: people, and the whole organisation as `None`.
    pub fn shut_out(&self, today: Date) -> impl Iterator<Item = Option<PersonId>> {
        let in_force = self.suspensions.keys().filter(move |whom| self.holds_against(**whom, today));
        in_force.copied()
    }

    fn holds_against(&self, whom: Option<PersonId>, today: Date) -> bool {
        let newest = self.suspensions.get(&whom).and_then(Standing::newest);
        newest.is_some_and(|(_, suspended)| suspended.holds_on(today))
    }

    /// The shifts that run at a moment. A roster replaces what was said before about its days; a shift belongs to the
    /// day it begins on, as `day_of` says it for the region, so that a night is one shift of the day before.
    pub fn on_duty(&self, at: Timestamp, day_of: impl Fn(Timestamp) -> Date) -> impl Iterator<Item = &Shift> {
        let runs = move |shift: &&Shift| shift.starts_at <= at && at < shift.ends_at;
        self.rosters.iter().flat_map(move |(seq, roster)| {
            let day_of = &day_of;
            let standing: Vec<&Shift> = roster
                .shifts
                .iter()
                .filter(runs)
                .filter(|shift| !self.is_replaced(*seq, day_of(shift.starts_at)))
                .collect();
            standing
        })
    }

    /// Whether a roster after this one speaks of the day.
    fn is_replaced(&self, seq: Seq, day: Date) -> bool {
        self.rosters.range(seq.next()..).any(|(_, newer)| newer.from <= day && day <= newer.until)
    }

    /// The rules that were pledged to and when, by a person or in the organisation's name.
    pub fn pledged_by(&self, by: Option<PersonId>) -> impl Iterator<Item = (&str, Timestamp)> {
        self.given_by(by).filter_map(|(pledged, kept)| Some((&*pledged.rule, kept.newest()?.1)))
    }

    /// When a person, or the organisation in its own name, first pledged anything here that stands; the epoch where that
    /// is so long ago that it is no longer kept.
    #[must_use]
    pub fn pledging_since(&self, by: Option<PersonId>) -> Option<Timestamp> {
        let first = |kept: &Standing<Seq, Timestamp>| {
            let (_, oldest) = kept.kept().first()?;
            Some(if kept.dropped().is_some() { Timestamp::EPOCH } else { *oldest })
        };
        self.given_by(by).filter_map(|(_, kept)| first(kept)).min()
    }

    fn given_by(&self, by: Option<PersonId>) -> impl Iterator<Item = (&Pledged, &Standing<Seq, Timestamp>)> {
        let first = Pledged { by, rule: "".into() };
        self.pledges.range(first..).take_while(move |(pledged, _)| pledged.by == by)
    }

    /// Takes an entry in, or what a correction says in its target's place at `seq`.
    pub(super) fn take(&mut self, body: &Body, seq: Seq, author: PersonId, recorded_at: Timestamp) {
        const MAX: usize = limits::SAYINGS_STANDING_MAX;
        match body {
            Body::OfficeEntry(_) => self.entered.put(seq, recorded_at, MAX),
            Body::ContactWindow(contact) => self.contact.put(seq, Arc::from(contact.clone()), MAX),
            Body::Roster(roster) => self.put_roster(seq, roster, recorded_at),
            Body::Pledge(pledge) => self.put_pledge(seq, pledge, author, recorded_at),
            Body::Activation(given) => {
                self.activations.entry((given.person, given.role)).or_default().put(seq, recorded_at, MAX);
            }
            Body::Suspension(Suspension { person, lifted, until, .. }) => {
                let suspended = Suspended { lifted: *lifted, until: *until };
                self.suspensions.entry(*person).or_default().put(seq, suspended, MAX);
            }
            _ => {}
        }
    }

    fn put_roster(&mut self, seq: Seq, roster: &Roster, now: Timestamp) {
        // Wherever the region lies, its date is no earlier than the day before this one.
        let over = date_of(now).and_then(|today| today.yesterday().ok());
        let matters = |roster: &Roster| {
            over.is_none_or(|over| roster.until >= over) || roster.shifts.iter().any(|shift| now < shift.ends_at)
        };
        self.rosters.retain(|_, roster| matters(roster));
        self.rosters.insert(seq, Arc::new(roster.clone()));
        if self.rosters.len() > limits::ROSTERS_STANDING_MAX {
            self.rosters.pop_first();
        }
    }

    fn put_pledge(&mut self, seq: Seq, pledge: &Pledge, author: PersonId, at: Timestamp) {
        let by = (pledge.by == PledgeBy::Person).then_some(author);
        for citation in &pledge.rules {
            let rule = crate::domain::ruling::rule_id(citation);
            let pledged = Pledged { by, rule: rule.into() };
            self.pledges.entry(pledged).or_default().put(seq, at, limits::SAYINGS_STANDING_MAX);
        }
        while self.pledges.len() > limits::OFFICE_PLEDGES_MAX {
            let oldest = self.pledges.iter().min_by_key(|(_, kept)| kept.newest().map(|(seq, _)| *seq));
            let Some(oldest) = oldest.map(|(pledged, _)| pledged.clone()) else { return };
            self.pledges.remove(&oldest);
        }
    }

    /// A correction says `body` in place of what stood at `seq`. A pledge is nobody's to put right but whoever gave it:
    /// it is taken back and given anew.
    pub(super) fn correct(&mut self, correction: &Correction, seq: Seq, author: PersonId, recorded_at: Timestamp) {
        let body = &*correction.body;
        if !matches!(body, Body::Pledge(_)) {
            self.take_back(seq);
            self.take(body, seq, author, recorded_at);
            // What was asked for is another thing now, and permitted by nobody.
            if let Body::Export(export) = body {
                self.put_export(export, seq, correction.target, (author, recorded_at));
            }
        }
    }

    /// The entry at `seq` was taken back.
    pub(super) fn take_back(&mut self, seq: Seq) {
        fn drop_from<K: Ord, T>(kept: &mut BTreeMap<K, Standing<Seq, T>>, seq: Seq) {
            kept.values_mut().for_each(|kept| kept.take_back(|at| at == seq));
            kept.retain(|_, kept| !kept.kept().is_empty() || kept.dropped().is_some());
        }
        self.entered.take_back(|at| at == seq);
        self.contact.take_back(|at| at == seq);
        self.rosters.remove(&seq);
        drop_from(&mut self.pledges, seq);
        drop_from(&mut self.activations, seq);
        drop_from(&mut self.suspensions, seq);
        self.take_back_export(seq);
    }
}

fn date_of(at: Timestamp) -> Option<Date> {
    let instant = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}
