//! The state of a patient: a fold over the timeline, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::alarm::AlarmLimit;
use super::body::{Body, Retraction, RetractionReason};
use super::directory::Actor;
use super::entry::Entry;
use super::ids::{EntryId, OrganisationId, Seq, TimelineId};
use super::patient::Registration;
use super::team::{ConsentState, History, Membership, TeamLink, TeamUnlink};
use super::time::Timestamp;
use super::vital::{Measurement, VitalSign};

/// Raised when the shape or meaning of [`PatientState`] changes: older snapshots are then ignored.
pub const FOLD_VERSION: u32 = 1;

/// All that is known of a patient up to `head`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientState {
    pub timeline: TimelineId,
    pub head: Seq,
    /// Of the entry at `head`.
    pub recorded_at: Timestamp,
    pub registration: Option<Arc<Registration>>,
    pub consent: ConsentState,
    pub team: BTreeMap<OrganisationId, Membership>,
    /// Organisations that were linked once and are no longer.
    pub former: BTreeSet<OrganisationId>,
    /// The last entry that changed team, consent or what is hidden: who may see what depends on nothing later.
    pub access_epoch: Seq,
    pub alarm_limits: Arc<[AlarmLimit]>,
    /// The newest value of each sign, by claimed time.
    pub latest: BTreeMap<VitalSign, Latest>,
    /// Entries hidden from the team because they were written on the wrong patient.
    pub hidden: BTreeSet<EntryId>,
}

/// The newest value of a vital sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    pub measurement: Measurement,
    pub at: Timestamp,
    pub seq: Seq,
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
            consent: ConsentState::None,
            team: BTreeMap::new(),
            former: BTreeSet::new(),
            access_epoch: Seq::ZERO,
            alarm_limits: Arc::new([]),
            latest: BTreeMap::new(),
            hidden: BTreeSet::new(),
        }
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

    /// Takes the next entry in.
    ///
    /// # Panics
    /// When `entry` is not the next of this timeline: the journal would be broken, and folding on would
    /// show a patient that never was.
    pub fn apply(&mut self, entry: &Entry) {
        assert_eq!(entry.seq, self.head.next(), "a timeline is folded gaplessly and in order");
        self.head = entry.seq;
        self.recorded_at = entry.recorded_at;
        self.apply_body(&entry.body, entry);
    }

    fn apply_body(&mut self, body: &Body, entry: &Entry) {
        match body {
            Body::Registration(registration) => self.registration = Some(Arc::new(registration.clone())),
            Body::Consent(change) => {
                self.consent = change.state;
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
            Body::AlarmLimits(limits) => self.alarm_limits = limits.limits.clone().into(),
            Body::Vital(vital) => {
                let at = entry.observed_at.unwrap_or(entry.recorded_at);
                for measurement in &vital.measurements {
                    let latest = Latest { measurement: *measurement, at, seq: entry.seq };
                    self.latest
                        .entry(measurement.sign)
                        .and_modify(|known| {
                            if at >= known.at {
                                *known = latest;
                            }
                        })
                        .or_insert(latest);
                }
            }
            Body::Correction(correction) if correction.body.kind().is_administrative() => {
                self.apply_body(&correction.body, entry);
            }
            Body::Retraction(Retraction { target, reason: RetractionReason::WrongPatient, .. }) => {
                self.hidden.insert(*target);
                self.access_epoch = entry.seq;
            }
            _ => {}
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
