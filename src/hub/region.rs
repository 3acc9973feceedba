//! What the whole hub shares about its region: rulebook, directory, clock, search index. Read often, swapped rarely.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::allowance::{Allowances, Asked};
use super::answer::Refused;
use super::counting::Counting;
use super::deciding::Picture;
use super::fanout::Publication;
use super::findings::Findings;
use super::past_rules::PastRules;
use super::patients::PatientIndex;
use super::published::Published;
use super::rates::Rates;
use super::rulebooks::Next;
use super::waking::Waking;
use crate::clock::{Clock, Ids};
use crate::config::RateSettings;
use crate::domain::body::Body;
use crate::domain::directory::{Actor, Directory, Position};
use crate::domain::duty::Debtor;
use crate::domain::entry::Intent;
use crate::domain::ids::{PersonId, TimelineId};
use crate::domain::in_words::RuleInWords;
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::on_call::{AskedFor, on_call};
use crate::domain::state::PatientState;
use crate::domain::team::Membership;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Refusal, Rulebook, Surroundings};
use crate::store::DeviceLists;
use crate::vault::DataKey;

/// What a hub is started with.
pub struct RegionParts {
    pub rulebook: Rulebook,
    /// Whether it was named in the configuration; else the versions in the journal say which is in force.
    pub rulebook_is_configured: bool,
    /// The rulebooks before it.
    pub past: PastRules,
    pub directory: Directory,
    pub patients: PatientIndex,
    pub offices: Offices,
    /// Registered devices, and who may do without.
    pub devices: DeviceLists,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    /// In which the region's dates and opening hours are.
    pub calendar: Calendar,
}

/// What the last look at the versions in the journal met.
#[derive(Default)]
struct RulebookFaults {
    untrue: AtomicBool,
    floor: AtomicBool,
}

/// See the module.
pub struct Region {
    /// As settled by `rulebooks`; see [`Self::rulebook`].
    rulebook: ArcSwap<Rulebook>,
    next_rulebook: ArcSwapOption<Next>,
    rulebook_is_configured: bool,
    rulebook_faults: RulebookFaults,
    past: ArcSwap<PastRules>,
    directory: ArcSwap<Directory>,
    /// Whose turn it is to change the directory.
    directory_turn: Arc<tokio::sync::Mutex<()>>,
    patients: PatientIndex,
    offices: ArcSwap<Offices>,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
    calendar: Arc<Calendar>,
    key: Arc<DataKey>,
    allowances: Arc<Allowances>,
    counting: Arc<Counting>,
    rates: OnceLock<Rates>,
    findings: Arc<Findings>,
    waking: Waking,
    linked: mpsc::UnboundedSender<TimelineId>,
}

impl std::fmt::Debug for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Region").finish_non_exhaustive()
    }
}

impl Region {
    pub(super) fn new(key: &Arc<DataKey>, parts: RegionParts, linked: mpsc::UnboundedSender<TimelineId>) -> Self {
        Self {
            rulebook: ArcSwap::from_pointee(parts.rulebook),
            next_rulebook: ArcSwapOption::empty(),
            rulebook_is_configured: parts.rulebook_is_configured,
            rulebook_faults: RulebookFaults::default(),
            past: ArcSwap::from_pointee(parts.past),
            directory: ArcSwap::from_pointee(parts.directory),
            directory_turn: Arc::default(),
            patients: parts.patients,
            offices: ArcSwap::from_pointee(parts.offices),
            clock: parts.clock,
            ids: parts.ids,
            calendar: Arc::new(parts.calendar),
            key: Arc::clone(key),
            allowances: Arc::default(),
            counting: Arc::new(Counting::new(key)),
            rates: OnceLock::new(),
            findings: Arc::default(),
            waking: Waking::default(),
            linked,
        }
    }

    /// The rulebook in force.
    ///
    /// INVARIANT: what is received at or after the moment of the next version is decided under it, also before anybody
    /// has noted that it is in force.
    #[must_use]
    pub fn rulebook(&self) -> Arc<Rulebook> {
        match &*self.next_rulebook.load() {
            Some(next) if next.at <= self.now() => Arc::clone(&next.book),
            _ => self.rulebook.load_full(),
        }
    }

    /// Whether the configuration names the rulebook; then its life is not the hub's business.
    #[must_use]
    pub fn rulebook_is_configured(&self) -> bool {
        self.rulebook_is_configured
    }

    /// Whether the journal holds versions that no hub of this region wrote so.
    #[must_use]
    pub fn passes_rulebooks_over(&self) -> bool {
        self.rulebook_faults.untrue.load(Ordering::Relaxed)
    }

    /// Whether a version that is in force, or is to be, has a floor that is not this hub's.
    #[must_use]
    pub fn has_another_floor(&self) -> bool {
        self.rulebook_faults.floor.load(Ordering::Relaxed)
    }

    pub(super) fn note_rulebook_faults(&self, untrue: bool, floor: bool) {
        self.rulebook_faults.untrue.store(untrue, Ordering::Relaxed);
        self.rulebook_faults.floor.store(floor, Ordering::Relaxed);
    }

    /// The rulebooks that were in force before.
    #[must_use]
    pub fn past_rules(&self) -> Arc<PastRules> {
        self.past.load_full()
    }

    pub(super) fn set_past_rules(&self, past: PastRules) {
        self.past.store(Arc::new(past));
    }

    /// A rule for people, in the version cited; `None`: its rulebook is too old to be at hand.
    #[must_use]
    pub fn in_words(&self, citation: &str) -> Option<RuleInWords> {
        let here = self.rulebook().in_words(citation);
        here.or_else(|| self.past.load().citing(citation)?.in_words(citation))
    }

    /// Since when the rules are that decide now.
    #[must_use]
    pub fn rules_since(&self) -> Timestamp {
        match &*self.next_rulebook.load() {
            Some(next) if next.at <= self.now() => next.at,
            _ => self.past.load().since(),
        }
    }

    /// Every former rulebook that somebody may have been shown by at `at` or after it.
    #[must_use]
    pub fn rules_after(&self, at: Timestamp) -> Vec<Arc<Rulebook>> {
        let now = self.rulebook();
        let former: Vec<Arc<Rulebook>> = self.past.load().in_force_after(at).cloned().collect();
        // The one that is settled is a former one from the moment of the next.
        let settled = Some(self.rulebook.load_full()).filter(|settled| settled.fingerprint() != now.fingerprint());
        former.into_iter().chain(settled).collect()
    }

    pub(super) fn settled_rulebook(&self) -> Arc<Rulebook> {
        self.rulebook.load_full()
    }

    /// Puts another one in force for good.
    pub(super) fn settle_rulebook(&self, book: Arc<Rulebook>) {
        self.rulebook.store(book);
        self.next_rulebook.store(None);
    }

    pub(super) fn next_rulebook(&self) -> Option<Arc<Next>> {
        self.next_rulebook.load_full()
    }

    pub(super) fn set_next_rulebook(&self, next: Option<Next>) {
        self.next_rulebook.store(next.map(Arc::new));
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

    /// The turn to change the directory, held from before it is stored until the picture of it is in place: else the later
    /// of two changes could be stored last and shown first. Whoever is shut out by a record is so in it too: see `secretariat.rs`.
    pub async fn take_directory_turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.directory_turn).lock_owned().await
    }

    /// Puts a changed picture of the directory in place; stored by the caller before.
    pub fn change_directory(&self, mut change: impl FnMut(&mut Directory)) {
        self.directory.rcu(|directory| {
            let mut directory = Directory::clone(directory);
            change(&mut directory);
            directory
        });
    }

    /// What the organisations' own timelines tell of them.
    #[must_use]
    pub fn offices(&self) -> Arc<Offices> {
        self.offices.load_full()
    }

    /// Whether the directory still has this person in this position, at an organisation of this type, and no suspension
    /// shuts them out.
    #[must_use]
    pub fn acts_as(&self, actor: &Actor) -> bool {
        let position = Position { role: actor.role, organisation: actor.organisation };
        self.directory.load().actor(actor.person, position).as_ref() == Some(actor) && !self.is_shut_out(actor)
    }

    /// Whether a suspension in force keeps this actor out.
    #[must_use]
    pub fn is_shut_out(&self, actor: &Actor) -> bool {
        self.offices.load().shut_out(actor, &self.directory.load(), self.date_at(self.now()))
    }

    /// Who is around the patient, now.
    #[must_use]
    pub fn surroundings(&self, state: &PatientState) -> Surroundings {
        Surroundings::of(state, &self.directory.load(), &self.offices.load(), self.date_at(self.now()))
    }

    /// The people to tell, now, of what this debtor owes. `linked`: its place on the patient's team, where the duty is
    /// about a patient.
    #[must_use]
    pub fn on_call(&self, debtor: &Debtor, linked: Option<&Membership>) -> Vec<PersonId> {
        let (directory, offices) = (self.directory.load(), self.offices.load());
        let office = offices.find(debtor.organisation);
        let asked = AskedFor { directory: &directory, office, linked, at: self.now() };
        on_call(debtor, &asked, |at| self.date_at(at))
    }

    /// The registered patients, for search.
    #[must_use]
    pub fn patients(&self) -> &PatientIndex {
        &self.patients
    }

    /// Spends the credit of somebody for so many pieces, or says `false`.
    pub async fn spend(&self, who: Uuid, asked: Asked, count: usize) -> bool {
        // INVARIANT: this hub counts first, so that what it knows bounds also while Redis is lost.
        if !self.allowances.take(who, asked, count, self.now()) {
            return false;
        }
        let (burst, refill) = asked.terms();
        let Ok(count) = u32::try_from(count) else { return false };
        let (cost, all) = (refill.saturating_mul(count), refill.saturating_mul(burst));
        self.counting.take(asked.code(), who.as_bytes(), cost, all).await.is_ok()
    }

    /// What this hub counts with the others of the region.
    #[must_use]
    pub fn counting(&self) -> &Arc<Counting> {
        &self.counting
    }

    /// From now on requests and posts are bounded.
    pub fn bound_rates(&self, settings: RateSettings) {
        if self.rates.set(Rates::new(&self.clock, settings)).is_err() {
            tracing::warn!("rates are bounded already");
        }
    }

    /// How many requests and posts somebody may make; `None`: nobody is bounded.
    #[must_use]
    pub fn rates(&self) -> Option<&Rates> {
        self.rates.get()
    }

    /// What came about and may wake somebody.
    #[must_use]
    pub const fn waking(&self) -> &Waking {
        &self.waking
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

    /// What the machine's clock shows, right or wrong: for what was made by other clocks.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.clock.wall()
    }

    /// The earlier of recorded time and what the machine's clock shows: for what must not come early.
    #[must_use]
    pub fn earliest(&self) -> Timestamp {
        self.now().min(self.wall())
    }

    /// Whether the machine's clock is so far behind the recorded time that nobody can tell what time it is.
    #[must_use]
    pub fn is_clock_behind(&self) -> bool {
        // How far it is behind is known from its last reading alone.
        self.clock.now();
        self.clock.steps_back().behind > Duration::from_millis(limits::CLOCK_BEHIND_MS_MAX)
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

    /// In which the region's dates are.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.calendar.zone
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
            offices: self.offices(),
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

    /// Keeps the picture of the offices up with what was committed; whether sign-ins may have ended with it.
    pub(super) fn note_offices(&self, publications: &[Publication]) -> bool {
        let told =
            || publications.iter().filter_map(|one| Some((one.timeline.as_organisation(), one.office.as_ref()?)));
        if told().next().is_none() {
            return false;
        }
        self.offices.rcu(|offices| {
            let mut offices = Offices::clone(offices);
            told().for_each(|(organisation, office)| offices.put(organisation, Arc::clone(office)));
            offices
        });
        let is_suspension = |entry: &Arc<Published>| entry.scope.kind == Kind::Suspension;
        publications.iter().flat_map(|publication| &publication.entries).any(is_suspension)
    }

    /// The teams of these timelines changed: posts that waited for the link may go on.
    pub(super) fn release_queue(&self, timelines: Vec<TimelineId>) {
        for timeline in timelines {
            // The releaser only goes when the hub does; what waits is still in the queue then.
            let _ = self.linked.send(timeline);
        }
    }
}
