//! To whom a duty may be handed over: feasibility of that answer, asked by `answering`. Each refusal names the field.

use super::decide::Situation;
use super::reach::Reader;
use crate::domain::duties::Duty;
use crate::domain::duty::Debtor;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};

/// Who takes a duty over must be on the team, be there in the directory, and may know of the duty.
pub(super) fn check(situation: &Situation<'_>, duty: &Duty, to: &Debtor) -> Result<(), Invalid> {
    let wrong = |field: &'static str, code: &'static str, ja: &'static str, en: &'static str| {
        Err(Invalid::new(field, code, Text::fixed(ja, en)))
    };
    let directory = situation.directory;
    let Some(office) = directory.organisations.get(&to.organisation).filter(|office| office.active) else {
        return wrong(
            "organisation",
            "not_found",
            "その事業所は登録されていません",
            "no such organisation in the directory",
        );
    };
    let Some(membership) = situation.state.team.get(&to.organisation) else {
        return wrong(
            "organisation",
            "not_linked",
            "その事業所はこの患者に紐付いていません",
            "this organisation is not linked to the patient",
        );
    };
    if office.kind != to.organisation_type {
        return wrong(
            "organisation_type",
            "conflict",
            "事業所の種別が登録と違います",
            "the type that the directory has is expected",
        );
    }
    let holds = |role: Role| {
        let position = crate::domain::directory::Position { role, organisation: to.organisation };
        directory.people.values().any(|person| person.active && person.positions.contains(&position))
    };
    if to.roles.0 == 0 || !to.roles.roles().all(holds) {
        return wrong(
            "roles",
            "not_found",
            "その事業所にその職種の人はいません",
            "roles that somebody holds at the organisation are expected",
        );
    }
    let serves = |person| directory.works_at(person, to.organisation) && membership.includes(person);
    if to.person.is_some_and(|person| !serves(person)) {
        return wrong(
            "person",
            "not_found",
            "この事業所にその人はいません",
            "this person does not work at the organisation",
        );
    }
    let Situation { state, rulebook, now, .. } = *situation;
    let sees = |role: Role| Reader::in_role(state, rulebook, to, role, now).knows(state, duty);
    if !to.roles.roles().all(sees) {
        return wrong(
            "roles",
            "not_yours",
            "その職種の人は、約束のきっかけの記録を見られません",
            "roles that may see what opened the duty are expected",
        );
    }
    check_meant(duty, to)
}

/// Handing over changes who does it, not what is done: whoever takes it over is of a role that the rule asks, which may
/// do what meets it, and nobody does what somebody else was asked for in person.
fn check_meant(duty: &Duty, to: &Debtor) -> Result<(), Invalid> {
    let owed = duty.opened.debtors.iter().fold(0, |roles, debtor| roles | debtor.roles.0);
    let in_person = duty.opened.terms.in_person || duty.opened.debtors.iter().any(|debtor| debtor.person.is_some());
    let is_theirs = duty.debtors.iter().any(|debtor| debtor.organisation == to.organisation);
    let (field, said) = if in_person && !is_theirs {
        (
            "organisation",
            Text::fixed(
                "ご本人にお願いした約束なので、ほかの所属へは引き継げません",
                "it was asked of them in person, and stays with their office",
            ),
        )
    } else if to.roles.0 & !owed != 0 {
        (
            "roles",
            Text::fixed(
                "この約束をしている職種の人にだけ引き継げます",
                "only people of the roles that owe it may take it over",
            ),
        )
    } else {
        return Ok(());
    };
    Err(Invalid::new(field, "not_agreed", said))
}
