//! What the state of a patient, or of an organisation, asks the duty clock to do by itself: standing duties to open when a record goes stale, and to
//! close when nobody asks for them any more. Pure. Quiet while all is well: nothing is opened for a record that is fresh.

use std::time::Duration;

use super::book::Rulebook;
use super::calendar::Calendar;
use super::duty::{Around, NewDuty};
use super::event::EventFacts;
use super::facts::Known;
use super::mechanism::Standing as StandingText;
use super::ruleset::{Mechanism, Rule};
use super::situation;
use super::surroundings::Surroundings;
use super::words::{OnAdmission, Per};
use crate::domain::directory::Actor;
use crate::domain::duties::Duty;
use crate::domain::duty::{CloseReason, Debtor, DutyId, DutyStep, OpenedDuty, RoleSet, StepDone};
use crate::domain::ids::Subject;
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
}

/// A standing duty that the state asks for and that is not open: for the period that began with the last record.
#[derive(Clone, Debug)]
pub(super) struct Asked<'i> {
    rule: &'i Rule,
    new: &'i NewDuty,
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
        Self { state, rulebook, calendar, surroundings, now, event }
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
        self.asks() && self.rulebook.standing.has_any_per(self.per())
    }

    /// When what is asked may change with nobody writing anything.
    pub(super) fn turns_at(&self) -> Option<Timestamp> {
        if !self.may_ask() {
            return None;
        }
        self.rulebook.facts_turn_at(self.state, self.calendar, self.now)
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
        let in_full = implied.into_iter().filter_map(|implied| {
            let (_, rule) = self.rulebook.rule(implied.rule)?;
            let Mechanism::Standing(text) = &rule.mechanism else { return None };
            let new = self.rulebook.open(implied.rule, implied.confirmed, &self.around());
            Some(Implied { rule, text, new, rests: implied.paused })
        });
        in_full.collect()
    }

    /// Standing duties that nobody asks for any more.
    pub(super) fn closings(&self, implied: &[Implied<'_>]) -> Vec<DutyStep> {
        let close = |duty: &Duty| {
            let rule = rule_id(&duty.opened.rule);
            let reason = match implied.iter().find(|asked| asked.rule.id == rule) {
                // A state asks those who are left anew.
                Some(asked) => (self.was_renewed_past(duty, asked.text)
                    || !duty.debtors.iter().any(|debtor| self.is_there(debtor)))
                .then_some(CloseReason::NoLongerAsked)?,
                None if self.rulebook.is_standing(rule, self.per()) => CloseReason::NoLongerAsked,
                None => CloseReason::RuleRetired,
            };
            Some(DutyStep { duty: duty.opened.id, round: duty.round, step: StepDone::Closed(reason) })
        };
        self.state.duties.open().filter(|duty| duty.opened.standing).filter_map(close).collect()
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
        owed.filter_map(|(implied, new)| self.ask(implied.rule, implied.text, new)).collect()
    }

    /// The duty of the period that runs, unless it is open already.
    fn ask<'i>(&self, rule: &'i Rule, text: &StandingText, new: &'i NewDuty) -> Option<Asked<'i>> {
        let each = new.each;
        let is_same = |duty: &&Duty| {
            let owes = |debtor: &Debtor| new.debtors.iter().any(|new| new.organisation == debtor.organisation);
            duty.opened.standing
                && rule_id(&duty.opened.rule) == rule.id
                && (!each || duty.opened.debtors.iter().any(owes))
        };
        if self.state.duties.open().any(|duty| is_same(&duty)) {
            return None;
        }
        let ended = self.state.duties.iter().filter(is_same).filter_map(|duty| duty.ended_by.map(|(_, at)| at)).max();
        let last = self.last_record(&new.terms.kinds, &new.debtors, each);
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
        Some(Asked { rule, new, period, due, opens_at })
    }

    /// The step that opens it.
    pub(super) fn opening(&self, asked: &Asked<'_>) -> DutyStep {
        let Asked { rule, new, period, due, .. } = *asked;
        let mut subjects = vec![self.state.timeline.0];
        if let Some(debtor) = new.debtors.first().filter(|_| new.each) {
            subjects.push(debtor.organisation.0);
        }
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
