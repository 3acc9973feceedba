//! What the whole hub shares about its region: rulebook, directory, clock, search index. Read often, swapped rarely.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::allowance::Allowances;
use super::answer::Refused;
use super::deciding::Picture;
use super::fanout::Publication;
use super::findings::Findings;
use super::patients::PatientIndex;
use crate::clock::{Clock, Ids};
use crate::domain::body::Body;
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::entry::Intent;
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Refusal, Rulebook};
use crate::vault::RegionKey;

/// What a hub is started with.
pub struct RegionParts {
    pub rulebook: Rulebook,
    pub directory: Directory,
    pub patients: PatientIndex,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    /// In which the region's dates and opening hours are.
    pub calendar: Calendar,
}

/// See the module.
pub struct Region {
    rulebook: ArcSwap<Rulebook>,
    directory: ArcSwap<Directory>,
    patients: PatientIndex,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    calendar: Arc<Calendar>,
    key: Arc<RegionKey>,
    allowances: Arc<Allowances>,
    findings: Arc<Findings>,
    linked: mpsc::UnboundedSender<TimelineId>,
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Region").finish_non_exhaustive()
    }
}

impl Region {
    pub(super) fn new(key: &Arc<RegionKey>, parts: RegionParts, linked: mpsc::UnboundedSender<TimelineId>) -> Self {
        Self {
            rulebook: ArcSwap::from_pointee(parts.rulebook),
            directory: ArcSwap::from_pointee(parts.directory),
            patients: parts.patients,
            clock: parts.clock,
            ids: parts.ids,
            calendar: Arc::new(parts.calendar),
            key: Arc::clone(key),
            allowances: Arc::default(),
            findings: Arc::default(),
            linked,
        }
    }

    /// The rulebook in force.
    #[must_use]
    pub fn rulebook(&self) -> Arc<Rulebook> {
        self.rulebook.load_full()
    }

    /// The region's calendar.
    #[must_use]
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// The organisations and people.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Puts a changed picture of the directory in place; stored by the caller before.
    pub fn change_directory(&self, mut change: impl FnMut(&mut Directory)) {
        self.directory.rcu(|directory| {
            let mut directory = Directory::clone(directory);
            change(&mut directory);
            directory
        });
    }

    /// Whether the directory still has this person in this position, at an organisation of this type.
    #[must_use]
    pub fn acts_as(&self, actor: &Actor) -> bool {
        let position = Position { role: actor.role, organisation: actor.organisation };
        self.directory.load().actor(actor.person, position).as_ref() == Some(actor)
    }

    /// The registered patients, for search.
    #[must_use]
    pub fn patients(&self) -> &PatientIndex {
        &self.patients
    }

    /// What everybody has asked for lately.
    #[must_use]
    pub fn allowances(&self) -> &Allowances {
        &self.allowances
    }

    /// Who found whom in an emergency lately.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The refusal, in words, of a declaration of emergency access by this actor, whoever the patient; `None`: the rules
    /// let them declare it.
    #[must_use]
    pub fn refuses_emergency_access(&self, actor: &Actor) -> Option<Refused> {
        let (intent, ruling) = self.rulebook().refuses_emergency_access(actor, self.now())?;
        Some(self.explain(&intent, Refusal::Rules(ruling)))
    }

    /// The hub's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The hub's clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A new id.
    #[must_use]
    pub fn draw_id(&self) -> Uuid {
        self.ids.draw()
    }

    /// The date in the region.
    #[must_use]
    pub fn date_at(&self, at: Timestamp) -> jiff::civil::Date {
        self.calendar.date_at(at)
    }

    /// A refusal in words.
    #[must_use]
    pub fn explain(&self, intent: &Intent, refusal: Refusal) -> Refused {
        self.picture().explain(intent, refusal)
    }

    /// Everything a batch is decided with, taken at one moment.
    pub(super) fn picture(&self) -> Picture {
        let now = self.now();
        Picture {
            rulebook: self.rulebook(),
            directory: self.directory(),
            calendar: Arc::clone(&self.calendar),
            key: Arc::clone(&self.key),
            allowances: Arc::clone(&self.allowances),
            findings: Arc::clone(&self.findings),
            now,
            today: self.date_at(now),
        }
    }

    /// Keeps the search index up with committed registrations.
    pub(super) fn note_registrations(&self, publications: &[Publication]) {
        for entry in publications.iter().flat_map(|publication| &publication.entries) {
            let body = match &entry.entry.body {
                Body::Correction(correction) => &*correction.body,
                body => body,
            };
            if let Body::Registration(registration) = body {
                self.patients.put(entry.entry.timeline.as_patient(), registration);
            }
        }
    }

    /// The teams of these timelines changed: posts that waited for the link may go on.
    pub(super) fn release_queue(&self, timelines: Vec<TimelineId>) {
        for timeline in timelines {
            // The releaser only goes when the hub does; what waits is still in the queue then.
            let _ = self.linked.send(timeline);
        }
    }
}
