//! Deciding one intent: may it become an entry? Pure: no I/O, no clock, no randomness.
//!
//! First what no rulebook could make sense of, then the rules, then what the patient's state rules out
//! (`feasible`). What the actor may not see answers exactly like what does not exist.

use jiff::civil::Date;

use super::Rulebook;
use super::calendar::Calendar;
use super::class::EntryClass;
use super::consequences::Passage;
use super::facts::{Known, PostFacts, RecordFacts};
use super::feasible;
use super::judge::Verdict;
use super::office;
use super::on_behalf;
use super::remembered::AskedPost;
use super::situation::{self, Target};
use super::slots::Slots;
use super::surroundings::Surroundings;
use super::words::Action;
use crate::domain::alarm::{self, Alarm};
use crate::domain::attachment::ContentHash;
use crate::domain::body::{Body, Correction};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::{Intent, Scope, Sensitivity};
use crate::domain::ids::EntryId;
use crate::domain::kind::Kind;
use crate::domain::offices::Offices;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// All that deciding looks at besides the intent.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub state: &'a PatientState,
    pub rulebook: &'a Rulebook,
    pub directory: &'a Directory,
    /// The organisations around the patient.
    pub surroundings: &'a Surroundings,
    /// What the organisations' own timelines tell of them.
    pub offices: &'a Offices,
    pub calendar: &'a Calendar,
    pub actor: &'a Actor,
    /// When the hub received the intent.
    pub now: Timestamp,
    /// The date in the region at `now`.
    pub today: Date,
    /// The entry the intent points back at, if it does and the timeline has it.
    pub target: Option<&'a Target>,
    /// The other entries it names, as far as the timeline has them.
    pub named: &'a [(EntryId, Target)],
    /// Of the files that the intent names, those that the timeline has just as they are described and that the actor may
    /// name.
    pub files: &'a [ContentHash],
    /// Of an export: whether a patient whom it names, and whom the actor may know of, withholds that records are taken out.
    pub export_withheld: Known<bool>,
    /// The hub made the timeline's id for this post, so that nobody could name the id of a patient there is.
    pub hub_made_timeline: bool,
    /// The actor found this patient by name and birth date a short while ago.
    pub found_by_search: bool,
}

/// What deciding found.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    Accept(Acceptance),
    Refuse(Refusal),
    /// An observation of somebody not linked: it waits for the link.
    Queue(Ruling),
}

/// What an accepted intent carries besides its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    pub ruling: Ruling,
    pub alarms: Vec<Alarm>,
    pub target_scope: Option<Scope>,
}

/// Why an intent was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The intent itself is wrong.
    Invalid(Invalid),
    /// No such patient, or none this actor may know of.
    NotFound(Ruling),
    /// The rules refuse.
    Rules(Ruling),
    /// Gates hold it: it may be sent again with what they ask for.
    Held(Ruling),
}

/// Decides `intent`.
#[must_use]
pub fn decide(situation: &Situation<'_>, intent: &Intent) -> Decision {
    let sound = intent
        .check(situation.today)
        .and_then(|()| feasible::check_claimed_time(intent, situation.now))
        .and_then(|()| feasible::check_past(intent, situation.now))
        .and_then(|()| feasible::check_attached(situation, intent))
        .and_then(|()| feasible::check_taken(intent))
        .and_then(|()| on_behalf::check_other(situation, intent))
        .and_then(|()| office::check_place(situation, intent));
    if let Err(invalid) = sound {
        return Decision::Refuse(Refusal::Invalid(invalid));
    }
    let (verdict, ruling, slots) = judge(situation, intent);
    let is_registered = situation.state.registration.is_some();
    if situation.state.office.is_some() {
        if let Some(refusal) = office::refuse(situation, intent, verdict, &ruling) {
            return Decision::Refuse(refusal);
        }
        return accept(situation, intent, ruling, &slots);
    }
    match verdict {
        // Files do not wait for a link: they would be gone before it is made.
        Verdict::Quarantine if !intent.body.attachments().is_empty() => {
            return Decision::Refuse(Refusal::Invalid(feasible::no_such_file(intent, 0)));
        }
        Verdict::Quarantine => {
            return match on_behalf::check_waiting(situation, intent) {
                Ok(()) => Decision::Queue(ruling),
                Err(invalid) => Decision::Refuse(Refusal::Invalid(invalid)),
            };
        }
        Verdict::Deny if is_visible(situation) => return Decision::Refuse(Refusal::Rules(ruling)),
        Verdict::Deny => return Decision::Refuse(Refusal::NotFound(ruling)),
        // Rules may permit a role to post whatever the patient; without a registration there is none.
        Verdict::Permit if !is_registered && intent.body.kind() != Kind::Registration => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        // If whoever may register could also choose the id, "accepted" or not would tell which ids are patients.
        Verdict::Permit if !is_registered && !may_name_a_new_patient(situation) => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        // An office may always end its own link; that it has none must not tell it that there is such a patient.
        Verdict::Permit if ends_or_moves_a_link(intent.body.kind()) && !is_visible(situation) => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        // An id that was not found by name and birth date must not tell whose it is, nor that it is anybody's.
        Verdict::Permit if intent.body.kind() == Kind::EmergencyAccess && !may_break_the_glass(situation) => {
            return Decision::Refuse(Refusal::NotFound(ruling));
        }
        Verdict::Permit => {}
    }
    accept(situation, intent, ruling, &slots)
}

fn accept(situation: &Situation<'_>, intent: &Intent, ruling: Ruling, slots: &Slots) -> Decision {
    match feasible::check(situation, intent).and_then(|()| on_behalf::check_near(situation, intent)) {
        Err(invalid) => Decision::Refuse(Refusal::Invalid(invalid)),
        Ok(()) => accept_unless_held(situation, intent, ruling, slots),
    }
}

/// The last question: do gates hold it? If not, what comes of it.
fn accept_unless_held(situation: &Situation<'_>, intent: &Intent, ruling: Ruling, slots: &Slots) -> Decision {
    let book = situation.rulebook;
    let etiquette = book.etiquette_of(&intent.body, slots);
    match book.passage(&etiquette, &intent.reasons) {
        Passage::Held(rules) => {
            let cited = rules.iter().map(|rule| book.citation(*rule).clone()).collect();
            Decision::Refuse(Refusal::Held(Ruling { cited, ..ruling }))
        }
        Passage::Through(reasons) => {
            let consequences = book.consequences(situation, intent, &etiquette, reasons).kept();
            Decision::Accept(Acceptance {
                ruling: Ruling { consequences, ..ruling },
                alarms: raised(situation.state, &intent.body),
                target_scope: scope_of_target(situation, &intent.body),
            })
        }
    }
}

/// What an entry that points back, or answers a duty, is never more visible than.
fn scope_of_target(situation: &Situation<'_>, body: &Body) -> Option<Scope> {
    match body {
        Body::DutyAnswer(answer) => situation.state.duties.find(answer.duty)?.scope.clone(),
        _ => situation.target.map(|target| target.scope.clone()),
    }
}

fn judge(situation: &Situation<'_>, intent: &Intent) -> (Verdict, Ruling, Slots) {
    let record = situation::record(intent, situation.actor, situation.target, situation.now);
    let facts = PostFacts {
        viewer: situation::viewer(situation.state, situation.actor, situation.now),
        kind: intent.body.kind(),
        record: RecordFacts { export_withheld: situation.export_withheld, ..record },
    };
    let Situation { state, rulebook, directory, surroundings, offices, calendar, actor, now, .. } = *situation;
    let event =
        rulebook.facts_of_post(&AskedPost { intent, actor, state, surroundings, directory, offices, calendar, now });
    let slots = rulebook.slots_of_event(&facts, &event);
    let (_, judgement) = rulebook.judge_body(&intent.body, &slots);
    (judgement.verdict, rulebook.ruling(&judgement, &slots), slots)
}

const fn ends_or_moves_a_link(kind: Kind) -> bool {
    matches!(kind, Kind::TeamUnlink | Kind::HostChange)
}

/// Whether it is nothing new to this actor which ids are patients: it sees every registration, or chose no id.
fn may_name_a_new_patient(situation: &Situation<'_>) -> bool {
    let viewer = situation::viewer(situation.state, situation.actor, situation.now);
    let registration = EntryClass::new(Kind::Registration, Sensitivity::Normal, None).seen_by(false, false);
    situation.hub_made_timeline || situation.rulebook.view_mask(&viewer).allows(registration)
}

fn may_break_the_glass(situation: &Situation<'_>) -> bool {
    situation.found_by_search || is_visible(situation)
}

/// Whether the actor may know that this patient exists.
fn is_visible(situation: &Situation<'_>) -> bool {
    let viewer = situation::viewer(situation.state, situation.actor, situation.now);
    situation.state.registration.is_some()
        && (situation.state.team.contains_key(&situation.actor.organisation)
            || situation.state.former.contains(&situation.actor.organisation)
            || situation.rulebook.view_mask(&viewer).shows_others())
}

fn raised(state: &PatientState, body: &Body) -> Vec<Alarm> {
    match body {
        Body::Vital(vital) => alarm::alarms(vital, state.alarm_limits()),
        Body::Correction(Correction { body, .. }) => raised(state, body),
        _ => Vec::new(),
    }
}

impl Rulebook {
    /// Why a post was decided as it was, in words made from the facts kept with the ruling.
    #[must_use]
    pub fn reasons(&self, body: &Body, ruling: &Ruling) -> Vec<Text> {
        let explained = self.slots_of(ruling).and_then(|slots| {
            let (kind, judgement) = self.judge_body(body, &slots);
            let cited = judgement.cited.as_slice().iter().map(|cited| self.citation(*cited));
            cited.eq(&ruling.cited).then(|| self.explain(Action::Post, kind, &judgement, &slots))
        });
        match explained {
            Some(explanation) => vec![explanation.text()],
            // Made under another book: its citations still say which rules.
            None => ruling.cited.iter().map(|cited| Text::new(cited.to_string(), cited.to_string())).collect(),
        }
    }
}
