//! The facts of history: what the patient's state remembers, asked as the vocabulary says they are derived. Called by
//! `decide` for posts and by whoever asks what a state implies by itself.

use super::book::Rulebook;
use super::calendar::Calendar;
use super::event::EventFacts;
use super::facts::Known;
use super::history::{Derivation, Past};
use super::surroundings::Surroundings;
use super::vocabulary::Vocabulary;
use crate::domain::body::{Body, CallTo, DeviceState, Order, Visit};
use crate::domain::directory::{Actor, Directory, Person, Position};
use crate::domain::entry::Intent;
use crate::domain::ids::OrganisationId;
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::search::{fold, plain};
use crate::domain::state::{PatientState, Record, Writer};
use crate::domain::time::Timestamp;

/// How the region derives each fact of history; found once per book. A fact that the vocabulary leaves out is unknown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Derivations {
    infection_active: Option<Derivation>,
    phoned: Option<Derivation>,
    doctor_phoned: Option<Derivation>,
    station_consulted: Option<Derivation>,
    first_after_discharge: Option<Derivation>,
    doctor_opinion: Option<Derivation>,
    /// Those that the past answers by itself, in their order.
    of_the_past: Vec<Derivation>,
}

impl Derivations {
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let find = |code: &str| {
            let field = vocabulary.fields.iter().find(|field| field.code == code)?;
            field.derive.clone()
        };
        Self {
            infection_active: find("patient.infection_active"),
            phoned: find("record.phoned"),
            doctor_phoned: find("record.doctor_phoned"),
            station_consulted: find("station_change.station_consulted"),
            first_after_discharge: find("visit_plan.first_after_discharge"),
            doctor_opinion: find("care_plan.doctor_opinion"),
            of_the_past: vocabulary.of_the_past().cloned().collect(),
        }
    }

    /// Those that are told of a state with nobody posting; see [`Rulebook::remember`].
    fn of_states(&self) -> impl Iterator<Item = &Derivation> {
        self.infection_active.iter().chain(&self.of_the_past)
    }

    /// How far back visits count that an infection may have been carried by.
    pub fn infection_span_s(&self) -> Option<u64> {
        let span = self.infection_active.as_ref()?.within?;
        Some(span.seconds.unsigned_abs())
    }
}

/// A look back at one patient's course at one moment.
struct LookBack<'a> {
    state: &'a PatientState,
    calendar: &'a Calendar,
    now: Timestamp,
}

impl LookBack<'_> {
    fn past(&self, derivation: &Derivation, counts: impl Fn(&Writer, &Record) -> bool) -> Vec<Past> {
        let kept = derivation.kinds().flat_map(|kind| self.state.course.of_kind(kind));
        let counted = kept.filter(|(writer, record)| counts(writer, record));
        let past = counted.map(|(writer, record)| Past {
            kind: writer.kind,
            recorded_at: record.recorded_at,
            until: record.until.and_then(|last| self.calendar.end_of(last)),
            acknowledged: record.acknowledged,
        });
        past.collect()
    }

    fn ask(&self, derivation: Option<&Derivation>, counts: impl Fn(&Writer, &Record) -> bool) -> Known<bool> {
        let Some(derivation) = derivation else { return Known::Unknown };
        derivation.of_timeline(&self.past(derivation, counts), self.now)
    }

    fn any(&self, derivation: Option<&Derivation>) -> Known<bool> {
        self.ask(derivation, |_, _| true)
    }
}

impl Rulebook {
    /// What is known of a patient with nobody posting: the team, the course, the hour.
    #[must_use]
    pub fn facts_of_state(
        &self,
        state: &PatientState,
        surroundings: &Surroundings,
        calendar: &Calendar,
        now: Timestamp,
    ) -> EventFacts {
        let mut facts = EventFacts::UNKNOWN;
        self.remember(&mut facts, &LookBack { state, calendar, now });
        surroundings.say(&mut facts);
        facts
    }

    /// When the facts of a state may next change by time alone.
    #[must_use]
    pub(super) fn facts_turn_at(&self, state: &PatientState, calendar: &Calendar, now: Timestamp) -> Option<Timestamp> {
        let look = LookBack { state, calendar, now };
        let turn = |derivation: &Derivation| derivation.turns_after(&look.past(derivation, |_, _| true), now);
        self.derivations.of_states().filter_map(turn).min()
    }

    /// What is known of a post: what it says, and what is known around it.
    #[must_use]
    pub(crate) fn facts_of_post(&self, asked: &AskedPost<'_>) -> EventFacts {
        let AskedPost { intent, actor, state, surroundings, directory, offices, calendar, now } = *asked;
        let type_of = |id: OrganisationId| directory.organisations.get(&id).map(|found| found.kind);
        let mut facts = EventFacts::said_by(intent, type_of);
        let look = LookBack { state, calendar, now };
        self.remember(&mut facts, &look);
        surroundings.say(&mut facts);
        facts.nurse_24h = surroundings.nurse_24h(offices);
        facts.clinic_hours = Known::Is(calendar.is_open(now, OrganisationType::Clinic));
        facts.band = calendar.band(now).map_or(Known::Unknown, Known::Is);
        let body = intent.body.corrected().unwrap_or(&intent.body);
        self.compare(&mut facts, &look, body, actor, &type_of);
        say_of_registering(&mut facts, asked, body);
        self.say_of_office(&mut facts, (state, intent, actor), directory, now);
        facts
    }

    fn remember(&self, facts: &mut EventFacts, look: &LookBack<'_>) {
        let (course, derived) = (&look.state.course, &self.derivations);
        facts.stay = Known::Is(course.stay());
        facts.doctor_agreement = Known::Is(look.state.agreement);
        facts.in_facility =
            look.state.registration.as_ref().map_or(Known::Unknown, |found| Known::Is(found.in_facility));
        facts.one_doctor_wished = Known::Is(course.one_doctor_wished.newest().is_some_and(|(_, wished)| *wished));
        facts.keeps_acp_private = Known::Is(course.keeps_acp_private.newest().is_some_and(|(_, private)| *private));
        facts.infection_active = look.any(derived.infection_active.as_ref());
        for (at, derivation) in (0..).zip(&derived.of_the_past) {
            facts.derived.set(at, look.any(Some(derivation)));
        }
    }

    /// What a body says against what was said before.
    fn compare(
        &self,
        facts: &mut EventFacts,
        look: &LookBack<'_>,
        body: &Body,
        actor: &Actor,
        type_of: &impl Fn(OrganisationId) -> Option<OrganisationType>,
    ) {
        use OrganisationType::{Clinic, DentalClinic, Hospital};
        let derived = &self.derivations;
        match body {
            Body::Message(_) | Body::LabRequest(_) | Body::Consultation(_) | Body::StatusChange(_) => {
                facts.phoned = look.ask(derived.phoned.as_ref(), |writer, _| writer.organisation == actor.organisation);
                facts.doctor_phoned = doctor_phoned(derived.doctor_phoned.as_ref(), look, body, actor);
            }
            Body::VisitPlan(plan) => {
                facts.phoned = look.ask(derived.phoned.as_ref(), |writer, _| writer.organisation == actor.organisation);
                let first = look.any(derived.first_after_discharge.as_ref());
                facts.first_after_discharge = if plan.first_after_discharge { Known::Is(true) } else { first };
            }
            Body::Visit(visit) => {
                facts.device_mismatch = differs(look.state, visit);
                facts.doctor_phoned = doctor_phoned(derived.doctor_phoned.as_ref(), look, body, actor);
            }
            Body::NursingInstruction(instruction) => {
                let lacking = self.vocabulary.glossary.as_ref().map(|glossary| glossary.lacking_of(instruction).len());
                facts.abbreviations = lacking.map_or(Known::Unknown, |count| Known::Is(count as i64));
            }
            Body::StationChange(change) => {
                facts.station_consulted = look.ask(derived.station_consulted.as_ref(), |writer, _| {
                    writer.kind != Kind::Consultation || writer.to == Some(change.present)
                });
            }
            Body::CarePlan(_) => {
                facts.doctor_opinion = look.ask(derived.doctor_opinion.as_ref(), |writer, _| {
                    let asked = writer.to.and_then(type_of);
                    writer.kind != Kind::Consultation || matches!(asked, Some(Clinic | Hospital | DentalClinic))
                });
            }
            Body::Order(order) => {
                facts.allergy_conflict = conflicts(look.state, order);
            }
            _ => {}
        }
    }
}

/// All that the facts of a post are made of.
#[derive(Clone, Copy)]
pub(crate) struct AskedPost<'a> {
    pub intent: &'a Intent,
    pub actor: &'a Actor,
    pub state: &'a PatientState,
    pub surroundings: &'a Surroundings,
    pub directory: &'a Directory,
    pub offices: &'a Offices,
    pub calendar: &'a Calendar,
    pub now: Timestamp,
}

/// What the attending doctor agreed to; whether the office linked is theirs, and whether a doctor comes with it.
fn say_of_registering(facts: &mut EventFacts, asked: &AskedPost<'_>, body: &Body) {
    let AskedPost { actor, state, directory, .. } = *asked;
    match body {
        Body::Registration(registration) => {
            facts.registration_agreement = Known::Is(state.agreement_to(registration, actor.role));
        }
        Body::TeamLink(link) => {
            let doctor = state.registration.as_ref().and_then(|registration| registration.agreed_by);
            let is_theirs = doctor.is_some_and(|doctor| directory.works_at(doctor, link.organisation));
            facts.link_asked_doctor = Known::Is(is_theirs);
            let links = |person: &Person| link.people.is_empty() || link.people.contains(&person.id);
            let as_doctor = Position { role: Role::Doctor, organisation: link.organisation };
            let mut linked = directory.people.values().filter(|person| person.active && links(person));
            facts.link_brings_doctor = Known::Is(linked.any(|person| person.positions.contains(&as_doctor)));
        }
        _ => {}
    }
}

/// Whether a setting seen on a visit is another than the one announced last. A device of which nobody ever announced
/// anything cannot be told.
fn differs(state: &PatientState, visit: &Visit) -> Known<bool> {
    let all = visit.devices.iter().map(|seen| device_differs(state, seen));
    any(all)
}

/// The devices that a duty to explain a visit's findings is about: those set otherwise than announced, else those of which
/// nothing is known.
pub(super) fn devices_in_question(state: &PatientState, visit: &Visit) -> Vec<String> {
    let found = |wanted: Known<bool>| {
        let of_them = visit.devices.iter().filter(move |seen| device_differs(state, seen) == wanted);
        let mut names: Vec<String> = of_them.map(|seen| fold(&seen.device)).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let differing = found(Known::Is(true));
    if differing.is_empty() { found(Known::Unknown) } else { differing }
}

fn device_differs(state: &PatientState, seen: &DeviceState) -> Known<bool> {
    let Some(announced) = state.course.settings_of(&seen.device) else { return Known::Unknown };
    any(seen.settings.iter().map(|setting| {
        let name = plain(&setting.name);
        let known = announced.iter().find(|known| plain(&known.name) == name);
        known.and_then(|known| known.reads_like(setting)).map_or(Known::Unknown, |alike| Known::Is(!alike))
    }))
}

/// What a doctor phoned says nothing new: an answered call of the author's organisation, lately, and after the change
/// was noticed where the record says when that was.
fn doctor_phoned(derivation: Option<&Derivation>, look: &LookBack<'_>, body: &Body, actor: &Actor) -> Known<bool> {
    let Some(derivation) = derivation else { return Known::Unknown };
    let began = match body {
        Body::Visit(visit) => visit.started_at.or(visit.ended_at),
        Body::StatusChange(change) => change.noticed_at,
        _ => None,
    };
    let counts = |at: &Timestamp| {
        let lately = derivation.within.is_none_or(|span| look.now.since(*at).as_secs() <= span.seconds.unsigned_abs());
        lately && began.is_none_or(|began| *at >= began)
    };
    Known::Is(look.state.course.answered_calls(actor.organisation, CallTo::Doctor).any(|at| counts(&at)))
}

/// Whether an order falls under a recorded allergy. Where the drugs change and none is listed, or the text names what
/// somebody is allergic to, it cannot be told.
fn conflicts(state: &PatientState, order: &Order) -> Known<bool> {
    let Some((_, allergies)) = state.course.allergies.newest() else { return Known::Is(false) };
    if order.drugs.iter().any(|drug| allergies.against(drug).is_some()) {
        return Known::Is(true);
    }
    let unlisted = order.changes_drugs && order.drugs.is_empty() && allergies.of_drugs().next().is_some();
    if unlisted || allergies.named_in(&order.text) { Known::Unknown } else { Known::Is(false) }
}

/// Whether one of them is; unknown where none is for certain and one may be.
fn any(facts: impl Iterator<Item = Known<bool>>) -> Known<bool> {
    facts.fold(Known::Is(false), |so_far, fact| match (so_far, fact) {
        (Known::Is(true), _) | (_, Known::Is(true)) => Known::Is(true),
        (Known::Unknown, _) | (_, Known::Unknown) => Known::Unknown,
        _ => Known::Is(false),
    })
}
