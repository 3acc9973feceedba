//! What the state of a patient, or of an organisation, asks the duty clock to do by itself: standing duties to open when a record goes stale, and to
//! close when nobody asks for them any more. Pure. Quiet while all is well: nothing is opened for a record that is fresh.

use std::time::Duration;

use super::book::Rulebook;
use super::calendar::Calendar;
use super::duty::{Around, NewDuty};
use super::event::EventFacts;
use super::facts::Known;
use super::mechanism::Standing as StandingText;
use super::partners::Partner;
use super::ruleset::{Mechanism, Rule};
use super::situation;
use super::slots::Slots;
use super::standing::StandingImplied;
use super::surroundings::Surroundings;
use super::words::{OnAdmission, Per};
use crate::domain::directory::Actor;
use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::duty::{CloseReason, Debtor, DutyId, DutyStep, OpenedDuty, RoleSet, StepDone};
use crate::domain::ids::{OrganisationId, Subject};
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::rule_id;
use crate::domain::state::{PatientState, Writer};
use crate::domain::time::Timestamp;

/// A patient, or an organisation, as the clock looks at it.
#[derive(Clone, Debug)]
pub struct Looked<'a> {
    pub state: &'a PatientState,
    pub rulebook: &'a Rulebook,
    pub calendar: &'a Calendar,
    pub surroundings: &'a Surroundings,
    pub now: Timestamp,
    /// The offices that share a patient with the one whose timeline this is; `None`: not looked up.
    partners: Option<&'a [Partner]>,
    /// What the state says now, for the conditions of standing rules.
    event: EventFacts,
}

/// A standing rule that the state asks for, and the duties it means.
#[derive(Clone, Debug)]
pub(super) struct Implied<'a> {
    rule: &'a Rule,
    text: &'a StandingText,
    new: Vec<NewDuty>,
    /// Its clock rests.
    rests: bool,
    /// The other of a pair.
    with: Option<&'a Partner>,
}

/// A standing duty that the state asks for and that is not open: for the period that began with the last record.
#[derive(Clone, Debug)]
pub(super) struct Asked<'i> {
    rule: &'i Rule,
    new: &'i NewDuty,
    /// The other of a pair.
    with: Option<OrganisationId>,
    period: Timestamp,
    due: Timestamp,
    /// When it is to be opened: at its first reminder, else when the record goes stale.
    pub opens_at: Timestamp,
}

/// The facts about the team that rules ask for, and whose link makes them so.
const TEAM_FACTS: [(&str, Role); 4] = [
    ("team.has_nurse", Role::Nurse),
    ("team.has_doctor", Role::Doctor),
    ("team.has_care_manager", Role::CareManager),
    ("team.has_pharmacist", Role::Pharmacist),
];

impl<'a> Looked<'a> {
    /// A look at this moment.
    #[must_use]
    pub fn at(
        now: Timestamp,
        state: &'a PatientState,
        surroundings: &'a Surroundings,
        rulebook: &'a Rulebook,
        calendar: &'a Calendar,
    ) -> Self {
        let mut event = rulebook.facts_of_state(state, surroundings, calendar, now);
        if let Some(subject) = surroundings.subject {
            event.subject_type = Known::Is(subject.organisation_type);
        }
        Self { state, rulebook, calendar, surroundings, now, event, partners: None }
    }

    /// What is known of the patient and the team, with nothing posted.
    pub(super) fn slots(&self) -> Slots {
        let patient = situation::viewer(self.state, &Actor::HUB, self.now).patient;
        // What is registered is what was agreed to.
        let event = EventFacts { registration_agreement: self.event.doctor_agreement, ..self.event };
        self.rulebook.slots_of_state(patient, &event)
    }

    /// The same where it is known with whom the office shares patients.
    #[must_use]
    pub const fn among(self, partners: Option<&'a [Partner]>) -> Self {
        Self { partners, ..self }
    }

    pub(super) fn around(&self) -> Around<'a> {
        let Surroundings { team, region, subject, .. } = self.surroundings;
        Around { team, region: *region, subjects: subject.as_slice(), ..Around::default() }
    }

    /// Whether the state asks for anything: not of somebody unregistered, not on a closed page, and not of an
    /// organisation that ended its work.
    fn asks(&self) -> bool {
        match self.per() {
            Per::Organisation => self.surroundings.subject.is_some(),
            _ => self.state.registration.is_some() && !self.state.course.is_closed(),
        }
    }

    /// Which standing rules the state is asked about.
    fn per(&self) -> Per {
        match self.state.subject() {
            Subject::Organisation => Per::Organisation,
            Subject::Patient => Per::Patient,
        }
    }

    /// Whether standing duties may ever fall due as things are, so that time alone may change what is asked.
    pub(super) fn may_ask(&self) -> bool {
        self.asks() && (self.rulebook.standing.has_any_per(self.per()) || self.may_ask_pairs())
    }

    /// When what is asked may change with nobody writing anything.
    pub(super) fn turns_at(&self) -> Option<Timestamp> {
        if !self.may_ask() {
            return None;
        }
        self.rulebook.facts_turn_at(self.state, self.calendar, self.now)
    }

    fn may_ask_pairs(&self) -> bool {
        self.per() == Per::Organisation && self.rulebook.asks_pairs()
    }

    /// Whether duties of pairs may be due here of which only the clock knows: it looks with the partners at hand.
    pub(super) fn lacks_partners(&self) -> bool {
        self.partners.is_none() && self.asks() && self.may_ask_pairs()
    }

    pub(super) fn implied(&self) -> Vec<Implied<'a>> {
        if !self.may_ask() {
            return Vec::new();
        }
        let implied = match self.per() {
            Per::Organisation => self.rulebook.standing_of_organisation(&self.event),
            _ => {
                let facts = situation::viewer(self.state, &Actor::HUB, self.now).patient;
                self.rulebook.standing_of_patient(facts, &self.event)
            }
        };
        let around = self.around();
        let mut in_full: Vec<Implied<'a>> =
            implied.into_iter().filter_map(|implied| self.in_full(implied, &around, None)).collect();
        in_full.extend(self.partners.into_iter().flatten().flat_map(|partner| self.implied_with(partner)));
        in_full
    }

    fn in_full(&self, implied: StandingImplied, around: &Around<'_>, with: Option<&'a Partner>) -> Option<Implied<'a>> {
        let (_, rule) = self.rulebook.rule(implied.rule)?;
        let Mechanism::Standing(text) = &rule.mechanism else { return None };
        let new = self.rulebook.open(implied.rule, implied.confirmed, around);
        Some(Implied { rule, text, new, rests: implied.paused, with })
    }

    /// What rules per pair ask of this office with that one, whichever of them a rule names first. What the other owes
    /// stands on the other's timeline.
    fn implied_with(&self, partner: &'a Partner) -> Vec<Implied<'a>> {
        let Some(own) = self.surroundings.subject.filter(|_| self.may_ask_pairs()) else { return Vec::new() };
        let event = EventFacts {
            other_type: Known::Is(partner.seat.organisation_type),
            shares_patient: Known::Is(true),
            ..self.event
        };
        let both = [own, partner.seat];
        let around = Around { region: self.surroundings.region, subjects: &both, ..Around::default() };
        let implied = self.rulebook.standing_of_pair(&event).into_iter();
        let mut in_full: Vec<_> = implied.filter_map(|implied| self.in_full(implied, &around, Some(partner))).collect();
        in_full.retain(|implied| !implied.text.aggregate);
        for new in in_full.iter_mut().flat_map(|implied| &mut implied.new) {
            new.debtors.retain(|debtor| debtor.organisation == own.organisation && !new.unowed);
        }
        in_full
    }

    /// Standing duties that nobody asks for any more, or whose record was made elsewhere.
    pub(super) fn closings(&self, implied: &[Implied<'_>]) -> Vec<DutyStep> {
        // Of pairs nothing is said without knowing them.
        let is_known = |duty: &&Duty| duty.opened.with.is_none() || self.partners.is_some() || !self.may_ask_pairs();
        let close = |duty: &Duty| {
            let step = self.closing(duty, implied)?;
            Some(DutyStep { duty: duty.opened.id, round: duty.round, step })
        };
        let open = self.state.duties.open().filter(|duty| duty.opened.standing).filter(is_known);
        open.filter_map(close).collect()
    }

    fn closing(&self, duty: &Duty, implied: &[Implied<'_>]) -> Option<StepDone> {
        let rule = rule_id(&duty.opened.rule);
        let is_asked = |implied: &&Implied<'_>| {
            implied.rule.id == rule && implied.with.map(|with| with.seat.organisation) == duty.opened.with
        };
        let Some(asked) = implied.iter().find(is_asked) else {
            let per = if duty.opened.with.is_some() { Per::Pair } else { self.per() };
            let is_rule = self.rulebook.is_standing(rule, per);
            return Some(StepDone::Closed(if is_rule { CloseReason::NoLongerAsked } else { CloseReason::RuleRetired }));
        };
        if let Some(partner) = asked.with {
            return self.met_by_meeting(duty, partner).map(StepDone::Met);
        }
        // A state asks those who are left anew.
        let has_debtor = duty.debtors.iter().any(|debtor| self.is_there(debtor));
        let is_over = self.was_renewed_past(duty, asked.text) || !has_debtor;
        is_over.then_some(StepDone::Closed(CloseReason::NoLongerAsked))
    }

    /// When the two met after the meeting, or the beginning, that the duty counts from.
    fn met_by_meeting(&self, duty: &Duty, partner: &Partner) -> Option<Timestamp> {
        let met = partner.met?;
        let of = duty.opened.debtors.first().map_or(OrganisationType::Home, |debtor| debtor.organisation_type);
        (duty.opened.terms.fresh_until(Some(met), met, self.calendar, of) > duty.opened.due).then_some(met)
    }

    /// Somebody in the role renewed the record without being one who owed the duty: it is fresh all the same.
    fn was_renewed_past(&self, duty: &Duty, text: &StandingText) -> bool {
        let org = text.owed_by.each.then(|| duty.debtors.first().map(|debtor| debtor.organisation)).flatten();
        let last = self.last_record(&duty.opened.terms.kinds, &duty.debtors, org.is_some());
        last.is_some_and(|last| last > duty.opened_at)
    }

    /// The standing duties to be opened some time, each for the period that runs.
    pub(super) fn asked<'i>(&self, implied: &'i [Implied<'_>]) -> Vec<Asked<'i>> {
        let awake = implied.iter().filter(|implied| !implied.rests);
        let owed = awake.flat_map(|implied| {
            let owed = implied.new.iter().filter(|new| !new.debtors.is_empty());
            owed.map(move |new| (implied, new))
        });
        owed.filter_map(|(implied, new)| self.ask(implied, new)).collect()
    }

    /// The duty of the period that runs, unless it is open already.
    fn ask<'i>(&self, implied: &'i Implied<'_>, new: &'i NewDuty) -> Option<Asked<'i>> {
        let Implied { rule, text, with, .. } = *implied;
        let each = new.each;
        let other = with.map(|with| with.seat.organisation);
        let is_same = |duty: &&Duty| {
            let owes = |debtor: &Debtor| new.debtors.iter().any(|new| new.organisation == debtor.organisation);
            duty.opened.standing
                && rule_id(&duty.opened.rule) == rule.id
                && duty.opened.with == other
                && (!each || duty.opened.debtors.iter().any(owes))
        };
        if self.state.duties.open().any(|duty| is_same(&duty)) {
            return None;
        }
        // Of a meeting the clock learns later than it was: the next period begins with the meeting.
        let counts = |duty: &&Duty| other.is_none() || duty.standing() != Standing::Ended(Ended::Met);
        let ended = self.state.duties.iter().filter(is_same).filter(counts);
        let ended = ended.filter_map(|duty| duty.ended_by.map(|(_, at)| at)).max();
        let last = match with {
            Some(with) => Some(with.met.unwrap_or(with.since)),
            None => self.last_record(&new.terms.kinds, &new.debtors, each),
        };
        // What was let go or given up is asked for again after another period.
        let period = last.unwrap_or_else(|| self.asked_since(text, &new.debtors)).max(ended.unwrap_or(Timestamp::MIN));
        let away = match new.terms.on_admission {
            OnAdmission::Pauses => self.away_after(period),
            OnAdmission::GoesOn | OnAdmission::Closes => Duration::ZERO,
        };
        let of = new.debtors.first().map_or(OrganisationType::Home, |debtor| debtor.organisation_type);
        let due = new.terms.fresh_until(Some(period), period, self.calendar, of).saturating_add(away);
        let first = new.terms.remind.first();
        let reminder = first.map(|remind| self.calendar.due_at(period, remind.seconds, remind.clock, of));
        let opens_at = reminder.map_or(due, |at| at.saturating_add(away).min(due));
        Some(Asked { rule, new, with: other, period, due, opens_at })
    }

    /// The step that opens it.
    pub(super) fn opening(&self, asked: &Asked<'_>) -> DutyStep {
        let Asked { rule, new, with, period, due, .. } = *asked;
        let mut subjects = vec![self.state.timeline.0];
        if let Some(debtor) = new.debtors.first().filter(|_| new.each || with.is_some()) {
            subjects.push(debtor.organisation.0);
        }
        subjects.extend(with.map(|other| other.0));
        let chain = new.terms.escalate.iter().map(|step| step.told.resolve(&self.around(), &new.debtors)).collect();
        let opened = OpenedDuty {
            id: DutyId::of_period(&rule.id, &subjects, period),
            rule: rule.citation.clone(),
            debtors: new.debtors.clone(),
            due,
            confirmed: new.confirmed,
            standing: true,
            terms: new.terms.clone(),
            chain,
            matters: Vec::new(),
            since: None,
            in_place_of: Vec::new(),
            with,
        };
        DutyStep { duty: opened.id, round: 0, step: StepDone::Opened(opened) }
    }

    /// When somebody in the debtors' roles last wrote such a record.
    fn last_record(&self, kinds: &[Kind], debtors: &[Debtor], of_their_own: bool) -> Option<Timestamp> {
        let roles = RoleSet(debtors.iter().fold(0, |roles, debtor| roles | debtor.roles.0));
        let counts = |writer: &Writer| {
            let is_theirs = || debtors.iter().any(|debtor| debtor.organisation == writer.organisation);
            roles.has(writer.role) && (!of_their_own || is_theirs())
        };
        let records = kinds.iter().flat_map(|kind| self.state.course.of_kind(*kind));
        records.filter(|(writer, _)| counts(writer)).map(|(_, record)| record.recorded_at).max()
    }

    /// Since when the state asks, where there is no record yet: since the patient is registered, the debtors are on the
    /// team, and what the rule's condition looks at is there.
    fn asked_since(&self, text: &StandingText, debtors: &[Debtor]) -> Timestamp {
        let course = &self.state.course;
        if self.state.subject() == Subject::Organisation {
            // Since the first was told of it: that the secretariat took it in, as a rule.
            return course.since.values().copied().min().unwrap_or(self.now);
        }
        let since_linked = |links: &mut dyn Iterator<Item = Timestamp>| links.min().unwrap_or(Timestamp::MIN);
        let team = &self.state.team;
        let mut since = course.since.get(&Kind::Registration).copied().unwrap_or(Timestamp::MIN);
        let debtors = debtors.iter().filter_map(|debtor| team.get(&debtor.organisation));
        since = since.max(since_linked(&mut debtors.map(|membership| membership.since)));
        for clause in text.when.iter().chain(&text.unless) {
            for term in &clause.terms {
                let field = &self.rulebook.vocabulary().fields[term.field];
                let kinds = field.derive.iter().flat_map(|derivation| derivation.kinds());
                since = kinds.filter_map(|kind| course.since.get(&kind).copied()).fold(since, Timestamp::max);
                for (_, role) in TEAM_FACTS.iter().filter(|(code, _)| *code == field.code) {
                    let seats = self.surroundings.team.iter().filter(|seat| seat.roles.has(*role));
                    let linked = seats.filter_map(|seat| team.get(&seat.organisation));
                    since = since.max(since_linked(&mut linked.map(|membership| membership.since)));
                }
            }
        }
        since
    }

    /// How much of the time after this moment the patient was away last: it does not count, as for a duty that rests.
    fn away_after(&self, period: Timestamp) -> Duration {
        let newest = |kind: Kind| self.state.course.of_kind(kind).map(|(_, record)| record.recorded_at).max();
        match (newest(Kind::Admission), newest(Kind::Discharge)) {
            (Some(admitted), Some(discharged)) => discharged.since(admitted.max(period)),
            _ => Duration::ZERO,
        }
    }
}

impl Rulebook {
    /// Whether a standing rule of this sort has this id.
    fn is_standing(&self, id: &str, per: Per) -> bool {
        let is_meant =
            |rule: &Rule| rule.id == id && matches!(&rule.mechanism, Mechanism::Standing(text) if text.per == per);
        self.rules().any(|(_, _, rule)| is_meant(rule))
    }
}
