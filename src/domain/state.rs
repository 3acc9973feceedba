//! The state of a patient, or of an organisation: a fold over the timeline, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::alarm::AlarmLimit;
use super::body::{Body, Correction, Export, Retraction, RetractionReason};
use super::decimal::Decimal;
use super::directory::Actor;
use super::duties::Duties;
use super::entry::{Entry, Scope};
use super::ids::{EntryId, OrganisationId, Seq, Subject, TimelineId};
use super::patient::Registration;
use super::standing::Standing;
use super::team::{ConsentState, History, Membership, TeamLink, TeamUnlink};
use super::time::Timestamp;
use super::vital::{Vital, VitalSign};
use super::withheld::{ConsentTerms, WithheldSet};
use crate::limits;

mod accesses;
mod agreement;
mod advised;
mod course;
mod meetings;
mod office;
#[cfg(test)]
mod tests;

pub use accesses::{Access, Accesses};
pub use advised::{Advice, Advised};
pub use agreement::DoctorAgreement;
pub use course::{Course, Record, Stay, Writer};
pub use meetings::{Meetings, Pair};
pub use office::{ExportAsked, Office, Permitted, Pledged, Suspended};

/// Raised when the shape or meaning of [`PatientState`] changes: older snapshots are then ignored.
pub const FOLD_VERSION: u32 = 10;

/// All that is known of a patient up to `head`; or of an organisation, of which there is an `office` and neither
/// registration nor team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientState {
    pub timeline: TimelineId,
    pub head: Seq,
    /// Of the entry at `head`.
    pub recorded_at: Timestamp,
    pub registration: Option<Arc<Registration>>,
    /// The attending doctor's, to the registration in force.
    pub agreement: DoctorAgreement,
    /// The entry that made the registration in force; corrections of an older one change nothing.
    pub registered_by: Seq,
    pub consent: ConsentState,
    /// The same of the consent.
    pub consented_by: Seq,
    /// Which form was signed, and what is withheld.
    pub terms: ConsentTerms,
    pub team: BTreeMap<OrganisationId, Membership>,
    /// Organisations that were linked once and are no longer.
    pub former: BTreeSet<OrganisationId>,
    /// The last entry that changed team, consent or what is hidden: who may see what depends on nothing later.
    pub access_epoch: Seq,
    /// The alarm limits set last, by the entry that set them; those of the newest are in force.
    pub limits: Standing<Seq, Arc<[AlarmLimit]>>,
    /// The newest values of each sign that stand.
    pub vitals: BTreeMap<VitalSign, Standing<Measured, Decimal>>,
    /// Entries that were taken back, the newest [`limits::RETRACTED_ENTRIES_MAX`]: no correction brings them back.
    pub retracted: BTreeSet<Seq>,
    /// Entries hidden from the team because they were written on the wrong patient, with their places.
    pub hidden: BTreeMap<EntryId, Seq>,
    /// Emergency accesses that were declared, and what whoever runs the hub's machine took out.
    pub accesses: Accesses,
    /// What the rules advised the secretariat.
    pub advice: Advice,
    /// What rules look back at.
    pub course: Course,
    pub duties: Duties,
    /// Where the timeline is an organisation's. Shared with the picture of all offices that deciding looks at.
    pub office: Option<Arc<Office>>,
}

/// When something was measured, and the entry that says so: of two of one moment the later entry is the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measured {
    pub at: Timestamp,
    pub seq: Seq,
}

/// The newest value of a vital sign, as corrections left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    pub sign: VitalSign,
    /// In the sign's canonical unit.
    pub value: Decimal,
    pub measured: Measured,
}

impl PatientState {
    /// The state before the first entry.
    #[must_use]
    pub fn empty(timeline: TimelineId) -> Self {
        Self {
            timeline,
            head: Seq::ZERO,
            recorded_at: Timestamp::MIN,
            registration: None,
            agreement: DoctorAgreement::Nobody,
            registered_by: Seq::ZERO,
            consent: ConsentState::None,
            consented_by: Seq::ZERO,
            terms: ConsentTerms::default(),
            team: BTreeMap::new(),
            former: BTreeSet::new(),
            access_epoch: Seq::ZERO,
            limits: Standing::default(),
            vitals: BTreeMap::new(),
            retracted: BTreeSet::new(),
            hidden: BTreeMap::new(),
            accesses: Accesses::default(),
            advice: Advice::default(),
            course: Course::default(),
            duties: Duties::default(),
            office: None,
        }
    }

    /// The same of a timeline with this subject.
    #[must_use]
    pub fn empty_of(subject: Subject, timeline: TimelineId) -> Self {
        let office = (subject == Subject::Organisation).then(Arc::default);
        Self { office, ..Self::empty(timeline) }
    }

    /// What the timeline is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        if self.office.is_some() { Subject::Organisation } else { Subject::Patient }
    }

    /// Whether the actor serves this patient.
    #[must_use]
    pub fn has_on_team(&self, actor: &Actor) -> bool {
        self.membership(actor).is_some()
    }

    /// The actor's place on the team.
    #[must_use]
    pub fn membership(&self, actor: &Actor) -> Option<&Membership> {
        self.team.get(&actor.organisation).filter(|membership| membership.includes(actor.person))
    }

    /// The organisation that looks after the membership.
    #[must_use]
    pub fn host(&self) -> Option<OrganisationId> {
        self.team.iter().find(|(_, membership)| membership.host).map(|(id, _)| *id)
    }

    /// The actor's emergency access, if it has one at `now`.
    #[must_use]
    pub fn emergency_access(&self, actor: &Actor, now: Timestamp) -> Option<Access> {
        self.accesses.last_of(actor).copied().filter(|access| access.is_open(now))
    }

    /// What the patient withholds now.
    #[must_use]
    pub const fn withheld(&self) -> WithheldSet {
        self.terms.withheld_under(self.consent)
    }

    /// The alarm limits in force; none where none were set, or where more of them were taken back in a row than are
    /// remembered ([`limits::ALARM_LIMITS_STANDING_MAX`]).
    #[must_use]
    pub fn alarm_limits(&self) -> &[AlarmLimit] {
        self.limits.newest().map_or(&[], |(_, limits)| limits)
    }

    /// The newest value of a sign.
    #[must_use]
    pub fn latest(&self, sign: VitalSign) -> Option<Latest> {
        self.newest_first(sign).next()
    }

    /// The last values of a sign that stand, the newest first.
    pub fn newest_first(&self, sign: VitalSign) -> impl Iterator<Item = Latest> + '_ {
        let standing = self.vitals.get(&sign).map(Standing::kept).unwrap_or_default();
        standing.iter().rev().map(move |(measured, value)| Latest { sign, value: *value, measured: *measured })
    }

    /// Takes the next entry in.
    ///
    /// # Panics
    /// When `entry` is not the next of this timeline: the journal would be broken, and folding on would
    /// show a patient that never was.
    pub fn apply(&mut self, entry: &Entry) {
        let moved = self.apply_apart(entry);
        self.duties.apply(entry);
        if let Some(stay) = moved {
            self.duties.settle_stay(stay, entry.recorded_at);
        }
    }

    /// Takes the next entry in but for what it does to duties: a replay keeps ledgers of its own. Where the patient is
    /// now, if that is only seen by what was taken back.
    pub(crate) fn apply_apart(&mut self, entry: &Entry) -> Option<Stay> {
        assert_eq!(entry.seq, self.head.next(), "a timeline is folded gaplessly and in order");
        self.head = entry.seq;
        self.recorded_at = entry.recorded_at;
        let stay_before = self.course.stay();
        match &entry.body {
            Body::Correction(correction) => self.correct(correction, entry),
            Body::Retraction(retraction) => self.retract(retraction, entry),
            Body::Acknowledgement(_) => self.acknowledge(entry),
            body => {
                self.apply_body(body, entry);
                self.course.take(body, entry.seq, entry, entry.recorded_at);
                if let Some(office) = self.office_mut() {
                    office.take(body, entry.seq, entry.author.person, entry.recorded_at);
                    office.take_export(entry);
                }
            }
        }
        self.advice.take(entry);
        let stay = self.course.stay();
        (matches!(entry.body, Body::Retraction(_)) && stay != stay_before).then_some(stay)
    }

    fn office_mut(&mut self) -> Option<&mut Office> {
        self.office.as_mut().map(Arc::make_mut)
    }

    fn acknowledge(&mut self, entry: &Entry) {
        if let Some(target) = &entry.target_scope {
            self.course.acknowledge(target.seq, entry.author.organisation);
            self.accesses.review(target, entry);
            self.agree(target, entry);
            let target = target.seq;
            if let Some(office) = self.office_mut() {
                office.permit_export(target, &entry.author, entry.recorded_at);
            }
        }
    }

    fn apply_body(&mut self, body: &Body, entry: &Entry) {
        match body {
            Body::Registration(registration) => {
                self.agreement = self.agreement_to(registration, entry.author.role);
                self.registration = Some(Arc::from(registration.clone()));
                self.registered_by = entry.seq;
            }
            Body::Consent(change) => {
                self.terms = self.terms.followed_by(change, self.consent);
                self.consent = change.state;
                self.consented_by = entry.seq;
                self.access_epoch = entry.seq;
            }
            Body::TeamLink(link) => self.link(link, entry),
            Body::TeamUnlink(unlink) => self.unlink(unlink, entry.seq),
            Body::HostChange(change) => {
                for (organisation, membership) in &mut self.team {
                    membership.host = *organisation == change.organisation;
                }
                self.access_epoch = entry.seq;
            }
            Body::AlarmLimits(set) => {
                self.limits.put(entry.seq, set.limits.clone().into(), limits::ALARM_LIMITS_STANDING_MAX);
            }
            Body::Vital(vital) => self.measure(vital, Measured { at: entry.happened_at(), seq: entry.seq }),
            Body::EmergencyAccess(declared) => {
                self.accesses.open(declared, entry);
                self.access_epoch = entry.seq;
            }
            Body::Export(_) => {
                // Of the whole region only the secretariat is to look at, and once: on its own timeline.
                let is_looked_at = |said: &Export| self.office.is_some() || !said.patients.is_empty();
                if entry.taken_out().is_some_and(is_looked_at) {
                    self.accesses.take_out(entry);
                }
            }
            _ => {}
        }
    }

    fn measure(&mut self, vital: &Vital, measured: Measured) {
        for measurement in &vital.measurements {
            let standing = self.vitals.entry(measurement.sign).or_default();
            standing.put(measured, measurement.value, limits::VITALS_STANDING_MAX);
        }
    }

    /// As if the target had been posted with the corrected body, at its own place on the timeline.
    fn correct(&mut self, correction: &Correction, entry: &Entry) {
        let Some(target) = entry.target_scope.as_ref().filter(|target| !self.retracted.contains(&target.seq)) else {
            return;
        };
        match &*correction.body {
            Body::Registration(registration) if target.seq == self.registered_by => {
                self.agreement = self.agreement_to(registration, entry.author.role);
                self.registration = Some(Arc::from(registration.clone()));
            }
            Body::Consent(change) if target.seq == self.consented_by => {
                self.terms = self.terms.corrected_to(change);
                self.consent = change.state;
                self.access_epoch = entry.seq;
            }
            Body::Vital(vital) => {
                self.forget_values_of(target);
                self.measure(vital, Measured { at: target.happened_at, seq: target.seq });
            }
            Body::AlarmLimits(set) => {
                self.limits.put(target.seq, set.limits.clone().into(), limits::ALARM_LIMITS_STANDING_MAX);
            }
            // Acts on the team are not corrected (see `decide`); of other bodies only the course keeps a trace.
            _ => {}
        }
        self.course.correct(&correction.body, target.seq, entry, target.recorded_at);
        if let Some(office) = self.office_mut() {
            office.correct(correction, target.seq, entry.author.person, target.recorded_at);
        }
    }

    fn retract(&mut self, retraction: &Retraction, entry: &Entry) {
        if retraction.reason == RetractionReason::WrongPatient {
            let seq = entry.target_scope.as_ref().map_or(Seq::ZERO, |target| target.seq);
            self.hidden.insert(retraction.target, seq);
            self.access_epoch = entry.seq;
        }
        let Some(target) = &entry.target_scope else { return };
        self.forget_values_of(target);
        self.limits.take_back(|seq| seq == target.seq);
        self.course.take_back(target.seq);
        if let Some(office) = self.office_mut() {
            office.take_back(target.seq);
        }
        self.retracted.insert(target.seq);
        if self.retracted.len() > limits::RETRACTED_ENTRIES_MAX {
            self.retracted.pop_first();
        }
    }

    fn forget_values_of(&mut self, target: &Scope) {
        for standing in self.vitals.values_mut() {
            standing.take_back(|measured| measured.seq == target.seq);
        }
    }

    fn link(&mut self, link: &TeamLink, entry: &Entry) {
        let opens_from = match link.history {
            History::All => Timestamp::MIN,
            History::From(at) => at,
            History::Nothing => entry.recorded_at,
        };
        let host = link.host || self.team.get(&link.organisation).is_some_and(|known| known.host);
        if link.host {
            self.team.values_mut().for_each(|membership| membership.host = false);
        }
        let membership =
            Membership { people: link.people.iter().copied().collect(), host, since: entry.recorded_at, opens_from };
        self.team.insert(link.organisation, membership);
        self.former.remove(&link.organisation);
        self.access_epoch = entry.seq;
    }

    fn unlink(&mut self, unlink: &TeamUnlink, seq: Seq) {
        self.access_epoch = seq;
        let Some(membership) = self.team.get_mut(&unlink.organisation) else { return };
        membership.people.retain(|person| !unlink.people.contains(person));
        if unlink.people.is_empty() || membership.people.is_empty() {
            self.team.remove(&unlink.organisation);
            self.former.insert(unlink.organisation);
        }
    }
}
