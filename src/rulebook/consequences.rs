//! What comes of a post that the rules permit: gates that hold it, duties it opens and meets, advice to its author.
//! Called by `decide`; the questions are asked in `etiquette`, the words found in `wording`.

use super::Rulebook;
use super::decide::Situation;
use super::duty::{Act, Debtor, NewDuty, Owed, RoleSet, is_at, member_of};
use super::etiquette::{Etiquette, Held};
use super::judge::RuleRef;
use super::reach::Reader;
use super::remembered::devices_in_question;
use super::slots::Slots;
use super::surroundings::{Surroundings, named_by, visited_since};
use super::words::{Audience, Matter};
use crate::domain::body::Body;
use crate::domain::duties::{Duties, Duty};
use crate::domain::duty::{DutyId, OpenedDuty};
use crate::domain::entry::{Intent, Scope, WrittenReason};
use crate::domain::ids::OrganisationId;
use crate::domain::in_words::Hold;
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::ruling::{Consequences, Ruling, rule_id};
use crate::domain::search::fold;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;
use crate::limits;

/// What the gates say to a post with these reasons written.
pub(super) enum Passage {
    /// It passes: the gates that hold no more because of a reason, with that reason.
    Through(Vec<WrittenReason>),
    /// These hold it.
    Held(Vec<RuleRef>),
}

impl Rulebook {
    /// What the rules ask of a body. A correction is held like what it says, and draws the same duties and advice.
    pub(super) fn etiquette_of(&self, body: &Body, slots: &Slots) -> Etiquette {
        self.etiquette(body.corrected().unwrap_or(body).kind(), slots)
    }

    pub(super) fn passage(&self, etiquette: &Etiquette, reasons: &[WrittenReason]) -> Passage {
        let mut written = Vec::new();
        let mut held = Vec::new();
        for Held { rule, reason_ok } in &etiquette.held {
            let citation = self.citation(*rule);
            match reasons.iter().find(|reason| *reason_ok && reason.is_for(citation)) {
                Some(reason) => written.push(WrittenReason { rule: citation.to_string(), text: reason.text.clone() }),
                None => held.push(*rule),
            }
        }
        if held.is_empty() { Passage::Through(written) } else { Passage::Held(held) }
    }

    /// The gates that held a post, in words, from the facts kept with its ruling; none where another book made it.
    #[must_use]
    pub fn holds(&self, body: &Body, ruling: &Ruling) -> Vec<Hold> {
        let Some(slots) = self.slots_of(ruling) else { return Vec::new() };
        let held = self.etiquette_of(body, &slots).held.into_iter();
        let cited = held.filter(|held| ruling.cited.contains(self.citation(held.rule)));
        cited.filter_map(|held| self.explain_hold(held, &slots)).collect()
    }

    /// What an accepted post opens, meets and is told.
    pub(super) fn consequences(
        &self,
        situation: &Situation<'_>,
        intent: &Intent,
        etiquette: &Etiquette,
        reasons: Vec<WrittenReason>,
    ) -> Consequences {
        let cite = |rule: &RuleRef| self.citation(*rule).clone();
        Consequences {
            opened: self.opened(situation, intent, etiquette),
            met: met(situation, intent),
            advice: etiquette.advice.iter().map(|advice| cite(&advice.rule)).collect(),
            to_secretariat: etiquette
                .advice
                .iter()
                .filter(|advice| advice.audience == Audience::Secretariat)
                .map(|advice| cite(&advice.rule))
                .collect(),
            excepted: etiquette.excepted.iter().map(cite).collect(),
            reasons,
        }
    }

    fn opened(&self, situation: &Situation<'_>, intent: &Intent, etiquette: &Etiquette) -> Vec<OpenedDuty> {
        if etiquette.duties.is_empty() {
            return Vec::new();
        }
        let Situation { state, directory, actor, surroundings, .. } = *situation;
        let (named, visited) = (named_by(&intent.body, directory), self.visited(situation, intent));
        let visited = visited_since(state, directory, visited);
        let around = surroundings.around(actor, &named, &visited);
        let new = self.open_duties(&etiquette.duties, &around);
        let still_owed = |new: &NewDuty, unaware: &[OrganisationId]| {
            // What a corrected entry opened and nobody met yet is the same duty still.
            let corrected = intent.body.corrected().and(intent.body.target());
            corrected.is_some_and(|target| {
                let is_of = |born: &OpenedDuty| meant(&born.debtors, &born.in_place_of) == meant(&new.debtors, unaware);
                state.duties.open().any(|duty| {
                    duty.cause == Some(target)
                        && rule_id(&duty.opened.rule) == rule_id(self.citation(new.rule))
                        && (!new.each || is_of(&duty.opened))
                })
            })
        };
        let scope = scope_of(situation, intent);
        // Of care that is over nothing is asked.
        let asked = new.into_iter().filter(|new| new.terms.asked_while(state.course.stay()));
        let owed = asked.map(|new| self.of_those_who_see(situation, &scope, new));
        let owed = owed.filter(|(new, unaware)| !new.debtors.is_empty() && !still_owed(new, unaware));
        let born = owed.map(|(new, unaware)| self.born(situation, intent, &new, unaware, &around));
        born.take(limits::DUTIES_PER_POST_MAX).collect()
    }

    /// The duty without those who may not see its cause: nobody owes an answer to what is kept from them. If those who
    /// are left cannot be told of it by the hub (they were meant though they are not on the team, or before consent), the
    /// secretariat owes it as well, at once: somebody has to tell them in another way. They are given beside.
    fn of_those_who_see(
        &self,
        situation: &Situation<'_>,
        scope: &Scope,
        mut new: NewDuty,
    ) -> (NewDuty, Vec<OrganisationId>) {
        let Situation { state, actor, now, surroundings: Surroundings { team, region, .. }, .. } = *situation;
        let mut unaware = Vec::new();
        let mut somebody_is_told = false;
        let owing: Vec<Debtor> = std::mem::take(&mut new.debtors);
        for debtor in owing.iter().copied() {
            if is_at(region.as_ref(), &debtor) {
                somebody_is_told = true;
                new.debtors.push(debtor);
                continue;
            }
            let readers = debtor.roles.roles().map(|role| Reader::in_role(state, self, &debtor, role, now));
            let seeing: Vec<Reader> = readers.filter(|reader| reader.reaches(scope)).collect();
            if seeing.is_empty() {
                // What is kept from one of the team is no business of theirs, unless they were meant themselves.
                let is_kept_from = team.iter().any(|seat| is_at(Some(seat), &debtor)) && !new.terms.in_person;
                unaware.extend((!is_kept_from).then_some(debtor.organisation));
                continue;
            }
            // The author is told with the answer.
            let is_told =
                |reader: &Reader| reader.reaches_duty(Some(scope)) || debtor.organisation == actor.organisation;
            if seeing.iter().any(is_told) {
                somebody_is_told = true;
            } else {
                unaware.push(debtor.organisation);
            }
            let roles: Vec<Role> = seeing.iter().map(|reader| reader.actor.role).collect();
            new.debtors.push(Debtor { roles: RoleSet::of(&roles), ..debtor });
        }
        if somebody_is_told {
            unaware.clear();
        } else if let (Some(region), false) = (region, unaware.is_empty()) {
            new.debtors.push(member_of(region, region.roles));
        } else if new.debtors.is_empty() && !unaware.is_empty() {
            // A region without a secretariat: they were meant all the same.
            new.debtors = owing;
        }
        (new, unaware)
    }

    fn born(
        &self,
        situation: &Situation<'_>,
        intent: &Intent,
        new: &NewDuty,
        in_place_of: Vec<OrganisationId>,
        around: &super::duty::Around<'_>,
    ) -> OpenedDuty {
        let opened_at = situation.now.max(situation.state.recorded_at);
        let of = new.debtors[0].organisation_type;
        let citation = self.citation(new.rule).clone();
        let each = meant(&new.debtors, &in_place_of).filter(|_| new.each);
        OpenedDuty {
            id: DutyId::of_cause(intent.id, rule_id(&citation), each),
            due: situation.calendar.due_at(opened_at, new.terms.within.seconds, new.terms.within.clock, of),
            chain: new.terms.escalate.iter().map(|step| step.told.resolve(around, &new.debtors)).collect(),
            rule: citation,
            debtors: new.debtors.clone(),
            confirmed: new.confirmed,
            standing: false,
            terms: new.terms.clone(),
            matters: new.terms.same.map(|same| matters(situation, intent, same)).unwrap_or_default(),
            since: Some(since(situation, intent)),
            in_place_of,
            with: None,
        }
    }

    /// Since when visits count that an infection may have been carried by: the first day of contact that the notice
    /// names, else as far back as the region lets a notice run.
    fn visited(&self, situation: &Situation<'_>, intent: &Intent) -> Timestamp {
        let Body::InfectionNotice(notice) = intent.body.corrected().unwrap_or(&intent.body) else {
            return situation.now;
        };
        let first = notice.contact_dates.iter().chain(&notice.since).min();
        let named = first.and_then(|day| situation.calendar.end_of(day.yesterday().ok()?));
        named.unwrap_or_else(|| {
            let span_s = i64::try_from(self.derivations.infection_span_s().unwrap_or(0)).unwrap_or(i64::MAX);
            Timestamp(situation.now.0.saturating_sub(span_s.saturating_mul(1_000_000)))
        })
    }
}

/// What a duty of this post is about.
fn matters(situation: &Situation<'_>, intent: &Intent, same: Matter) -> Vec<String> {
    match (same, intent.body.corrected().unwrap_or(&intent.body)) {
        (Matter::Device, Body::Visit(visit)) => devices_in_question(situation.state, visit),
        (Matter::Device, Body::DeviceChange(change)) => vec![fold(&change.device)],
        (Matter::Callee, Body::Call(call)) => vec![call.callee().to_string()],
        _ => Vec::new(),
    }
}

/// When what a post tells of was noticed, or took place.
fn since(situation: &Situation<'_>, intent: &Intent) -> Timestamp {
    let took_place = match intent.body.corrected().unwrap_or(&intent.body) {
        Body::Admission(admission) => admission.on,
        Body::Discharge(discharge) => discharge.on,
        _ => None,
    };
    // Whatever was done on that day may have come after it.
    let day_began = took_place.and_then(|day| situation.calendar.end_of(day.yesterday().ok()?));
    day_began.or(intent.noticed_at()).map_or(situation.now, |at| at.min(situation.now))
}

/// Whose duty it is where each owes its own, also where the secretariat has to tell them of it.
fn meant(debtors: &[Debtor], in_place_of: &[OrganisationId]) -> Option<OrganisationId> {
    in_place_of.first().copied().or_else(|| Some(debtors.first()?.organisation))
}

/// What decides who may see the entry that this intent becomes.
fn scope_of(situation: &Situation<'_>, intent: &Intent) -> Scope {
    if let Some(target) = situation.target {
        return target.scope.clone();
    }
    let recorded_at = situation.now.max(situation.state.recorded_at);
    Scope {
        kind: intent.body.kind(),
        sensitivity: intent.sensitivity,
        infection: match &intent.body {
            Body::InfectionNotice(notice) => Some(notice.infection),
            _ => None,
        },
        addressed_to: intent.addressed_to.clone(),
        owner: situation.actor.organisation,
        seq: situation.state.head.next(),
        recorded_at,
        happened_at: intent.observed_at.map_or(recorded_at, |claimed| claimed.min(recorded_at)),
    }
}

/// The open duties that this post meets.
fn met(situation: &Situation<'_>, intent: &Intent) -> Vec<DutyId> {
    met_by(situation.state, &situation.state.duties, &Act::of(situation.actor, &intent.body))
}

/// The duties of this ledger that an act meets.
pub(super) fn met_by(state: &PatientState, duties: &Duties, act: &Act<'_>) -> Vec<DutyId> {
    // Putting an entry right does not do again what it did.
    if matches!(act.kind, Kind::Correction | Kind::Retraction) {
        return Vec::new();
    }
    let open = duties.open();
    open.filter(|duty| meets(state, act, duty)).map(|duty| duty.opened.id).collect()
}

fn meets(state: &PatientState, act: &Act<'_>, duty: &Duty) -> bool {
    let Duty { opened: OpenedDuty { terms, matters, since, .. }, debtors, cause, scope, .. } = duty;
    let owner = scope.as_ref().map(|scope| scope.owner);
    let owed = Owed { debtors, cause: *cause, owner, matters, since: *since };
    // Of several devices each must have been spoken of.
    let announced = |device: &String| {
        act.device.as_ref() == Some(device)
            || scope.as_ref().is_some_and(|scope| state.course.announced_after(device, scope.seq))
    };
    terms.met_by(act, &owed) && (terms.same != Some(Matter::Device) || matters.iter().all(announced))
}
