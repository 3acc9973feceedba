//! What an organisation's timeline rules out whoever asks, and the facts that its state gives to rules: which kinds
//! belong there, who may be named, what was pledged. Called by `decide` and `feasible`; judges no roles.

use std::collections::BTreeSet;

use super::book::Rulebook;
use super::event::EventFacts;
use super::facts::Known;
use super::judge::{RuleRef, Verdict};
use super::ruleset::Mechanism;
use super::situation;
use super::standing::PledgeDue;
use super::words::Pledger;
use crate::domain::body::{Activation, Body, ContactWindow, Export, Pledge, PledgeBy, Roster, Suspension};
use crate::domain::directory::{Actor, Directory};
use crate::domain::entry::Intent;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::ruling::Ruling;
use crate::domain::state::{Office, PatientState};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

use super::decide::{Refusal, Situation};

/// Refuses a record of an organisation anywhere but on an organisation's timeline. Asked before the rules: the answer is
/// the same for every patient there is, and for every id that is nobody's.
pub(super) fn check_place(situation: &Situation<'_>, intent: &Intent) -> Result<(), Invalid> {
    if situation.state.office.is_some() || !kind_said(intent).is_of_an_organisation() {
        return Ok(());
    }
    Err(Invalid::new(
        "timeline",
        "wrong_kind",
        Text::fixed(
            "この種類の記録は、事業所の記録帳（事業所のID）に書きます",
            "a record of this kind stands on the timeline of an organisation: its id is expected",
        ),
    ))
}

/// Why a post on an organisation's timeline cannot be, as far as rules and place say. Whoever may not see the
/// organisation learns as little as of an id that is nobody's.
pub(super) fn refuse(situation: &Situation<'_>, intent: &Intent, verdict: Verdict, ruling: &Ruling) -> Option<Refusal> {
    let viewer = situation::viewer(situation.state, situation.actor, situation.now);
    if !situation.rulebook.view_mask(&viewer).shows_offices() {
        return Some(Refusal::NotFound(ruling.clone()));
    }
    let kind = kind_said(intent);
    let belongs = kind.is_of_an_organisation() || kind.points_back() || kind.is_of_a_duty();
    if !belongs {
        let words = Text::fixed(
            "事業所の記録帳には、患者の記録は書けません。患者のIDを指定してください",
            "a patient's record does not stand on an organisation's timeline: a patient's id is expected",
        );
        return Some(Refusal::Invalid(Invalid::new("timeline", "wrong_kind", words)));
    }
    (verdict != Verdict::Permit).then(|| Refusal::Rules(ruling.clone()))
}

/// The kind of what is said; of a correction, of what it says now.
fn kind_said(intent: &Intent) -> Kind {
    intent.body.corrected().unwrap_or(&intent.body).kind()
}

/// Refuses what cannot take effect on this organisation's timeline.
pub(super) fn check_body(situation: &Situation<'_>, body: &Body) -> Result<(), Invalid> {
    let Some(office) = situation.state.office.as_deref() else { return Ok(()) };
    let here = Here { directory: situation.directory, organisation: situation.state.timeline.as_organisation() };
    match body {
        Body::ContactWindow(contact) => check_contact(&here, contact),
        Body::Roster(roster) => check_roster(&here, roster),
        Body::Pledge(pledge) => check_pledge(situation.rulebook, pledge),
        Body::Activation(activation) => check_activation(&here, activation),
        Body::Suspension(suspension) => {
            let today = situation.today;
            let in_force = match suspension.person {
                Some(person) => office.suspends(person, today),
                None => office.is_suspended(today),
            };
            check_suspension(&here, situation.actor, suspension, in_force)
        }
        _ => Ok(()),
    }
}

struct Here<'a> {
    directory: &'a Directory,
    organisation: OrganisationId,
}

impl Here<'_> {
    fn check_works(&self, field: impl Into<String>, person: PersonId) -> Result<(), Invalid> {
        if self.directory.works_at(person, self.organisation) {
            return Ok(());
        }
        let words = Text::fixed("この事業所にその人はいません", "this person does not work at the organisation");
        Err(Invalid::new(field, "not_found", words))
    }
}

fn check_contact(here: &Here<'_>, contact: &ContactWindow) -> Result<(), Invalid> {
    contact.person.map_or(Ok(()), |person| here.check_works("person", person))
}

fn check_roster(here: &Here<'_>, roster: &Roster) -> Result<(), Invalid> {
    let mut shifts = roster.shifts.iter().enumerate();
    shifts.try_for_each(|(at, shift)| here.check_works(format!("shifts[{at}].person"), shift.person))
}

fn check_activation(here: &Here<'_>, activation: &Activation) -> Result<(), Invalid> {
    here.check_works("person", activation.person)?;
    let holds = here.directory.people.get(&activation.person).is_some_and(|person| {
        let is_meant = |position: &crate::domain::directory::Position| {
            position.organisation == here.organisation && position.role == activation.role
        };
        person.positions.iter().any(is_meant)
    });
    if holds {
        return Ok(());
    }
    let words = Text::fixed("この人はこの職種で登録されていません", "this person has no such role at the organisation");
    Err(Invalid::new("role", "not_found", words))
}

/// What is confirmed is a text: the rule as it is in force, and one that asks for a pledge in this name.
fn check_pledge(book: &Rulebook, pledge: &Pledge) -> Result<(), Invalid> {
    for (at, citation) in pledge.rules.iter().enumerate() {
        let by = match pledge.by {
            PledgeBy::Person => Pledger::Person,
            PledgeBy::Organisation => Pledger::Organisation,
        };
        let asks = |mechanism: &Mechanism| matches!(mechanism, Mechanism::Pledge(asked) if asked.by == by);
        let is_asked = book.rules().any(|(_, _, rule)| asks(&rule.mechanism) && *rule.citation == **citation);
        if !is_asked {
            let words = Text::fixed(
                "いまのルールに、この名義で確認する申し合わせとして見つかりません",
                "no rule in force asks for a pledge in this name under this citation",
            );
            return Err(Invalid::new(format!("rules[{at}]"), "not_found", words));
        }
    }
    Ok(())
}

fn check_suspension(here: &Here<'_>, actor: &Actor, said: &Suspension, in_force: bool) -> Result<(), Invalid> {
    if let Some(person) = said.person {
        here.check_works("person", person)?;
    }
    if said.lifted && !in_force {
        let words = Text::fixed("止められていません", "there is no suspension in force to lift");
        return Err(Invalid::new("lifted", "not_found", words));
    }
    let is_own = said.person.map_or(here.organisation == actor.organisation, |person| person == actor.person);
    if is_own && !said.lifted {
        let words = Text::fixed(
            "自分自身や自分の所属の利用は止められません。別の人が行ってください",
            "nobody suspends themselves or the office they act for: somebody else has to",
        );
        return Err(Invalid::new("person", "unexpected", words));
    }
    Ok(())
}

impl Rulebook {
    /// The pledges that somebody of this role has still to give at this office: their own, and the office's.
    #[must_use]
    pub fn pledges_open(&self, office: &Office, person: PersonId, role: Role, now: Timestamp) -> PledgesOpen {
        let due = |by: Pledger, giver: Option<PersonId>| {
            let given: Vec<(&str, Timestamp)> = office.pledged_by(giver).collect();
            self.pledges_due(by, role, &given, now)
        };
        PledgesOpen { person: due(Pledger::Person, Some(person)), office: due(Pledger::Organisation, None) }
    }

    /// Whether the office has given every pledge that is asked of it in the name of these roles: it carries the badge.
    #[must_use]
    pub fn has_pledged(&self, office: &Office, roles: &BTreeSet<Role>, now: Timestamp) -> bool {
        let given: Vec<(&str, Timestamp)> = office.pledged_by(None).collect();
        let is_asked = |role: &Role| self.asks_pledge_of(*role);
        let owes = |role: &Role| !self.pledges_due(Pledger::Organisation, *role, &given, now).is_empty();
        roles.iter().any(is_asked) && !roles.iter().any(owes)
    }

    fn asks_pledge_of(&self, role: Role) -> bool {
        self.rules().any(|(_, _, rule)| match &rule.mechanism {
            Mechanism::Pledge(pledge) => pledge.by == Pledger::Organisation && pledge.who >> role.index() & 1 == 1,
            _ => false,
        })
    }

    /// What the state of an organisation says to a post on its timeline.
    pub(super) fn say_of_office(
        &self,
        facts: &mut EventFacts,
        (state, intent, actor): (&PatientState, &Intent, &Actor),
        directory: &Directory,
        now: Timestamp,
    ) {
        let (body, is_correction) = match intent.body.corrected() {
            Some(body) => (body, true),
            None => (&intent.body, false),
        };
        let Some(office) = state.office.as_deref() else { return };
        match body {
            Body::Activation(Activation { person, role, .. }) => {
                let open = self.pledges_open(office, *person, *role, now);
                facts.person_pledged = Known::Is(open.person.is_empty());
                facts.office_pledged = Known::Is(open.office.is_empty());
            }
            Body::Export(export) => {
                facts.export_approved = Known::Is(is_approved(export, directory));
                facts.export_permitted = Known::Is(office.permits_export(export, actor.person, is_correction));
            }
            _ => {}
        }
    }
}

/// Somebody of the secretariat is named. Rules that ask for the secretariat's own act say `export.permitted`.
fn is_approved(export: &Export, directory: &Directory) -> bool {
    let person = export.approved_by.and_then(|person| directory.people.get(&person));
    person.is_some_and(|person| {
        person.active && person.positions.iter().any(|position| position.role == Role::Secretariat)
    })
}

/// Pledges that are still to be given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PledgesOpen {
    pub person: Vec<PledgeDue>,
    pub office: Vec<PledgeDue>,
}

impl PledgesOpen {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.person.is_empty() && self.office.is_empty()
    }

    /// The rules, the person's own first.
    pub fn rules(&self) -> impl Iterator<Item = RuleRef> + '_ {
        self.person.iter().chain(&self.office).map(|due| due.rule)
    }
}
