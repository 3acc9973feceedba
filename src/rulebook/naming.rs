//! What a body names must be there: the entries it answers or belongs to, the organisation it is put to, the doctor it
//! quotes. Called by `feasible` once the rules have permitted the post; each refusal names the field.

use super::decide::Situation;
use crate::domain::body::{Body, Consultation, Reference, StationChange, VerbalOrderReceived};
use crate::domain::ids::OrganisationId;
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::{Invalid, Text};

/// Refuses a body that names what there is not.
pub(super) fn check(situation: &Situation<'_>, body: &Body) -> Result<(), Invalid> {
    // A correction is asked about what it says, by whoever asks about that body.
    if body.corrected().is_some() {
        return Ok(());
    }
    body.references().try_for_each(|named| check_entry(situation, body.kind(), named))?;
    match body {
        Body::Consultation(Consultation { to, .. }) => check_linked(situation, "to", *to),
        Body::StationChange(change) => check_stations(situation, change),
        Body::VerbalOrderReceived(received) => check_doctor(situation, received),
        _ => Ok(()),
    }
}

/// A paper that is not there would let an order pass; an answer to another patient's request would meet nothing.
fn check_entry(situation: &Situation<'_>, kind: Kind, named: Reference) -> Result<(), Invalid> {
    let found = situation.named.iter().find(|(id, _)| *id == named.entry).map(|(_, found)| found);
    // What was seen is recorded also by somebody who may no longer look at what it was about.
    let Some(found) = found.filter(|found| found.visible || kind.is_observation()) else {
        return Err(Invalid::new(
            named.field,
            "not_found",
            Text::fixed("この患者の記録に、その記録は見つかりません", "no such entry on this timeline"),
        ));
    };
    if !named.kinds.is_empty() && !named.kinds.contains(&found.kind) {
        let list =
            |name: fn(&Kind) -> &'static str, or: &str| named.kinds.iter().map(name).collect::<Vec<_>>().join(or);
        return Err(Invalid::new(
            named.field,
            "wrong_kind",
            Text::new(
                format!(
                    "「{}」の記録が必要です（指しているのは「{}」）",
                    list(|kind| kind.ja(), "」か「"),
                    found.kind.ja()
                ),
                format!("an entry of kind {} is expected, not {}", list(|kind| kind.code(), " or "), found.kind),
            ),
        ));
    }
    if named.must_stand && situation.state.retracted.contains(&found.scope.seq) {
        return Err(Invalid::new(
            named.field,
            "retracted",
            Text::fixed("その記録は取り消されています", "that entry was taken back: one that stands is expected"),
        ));
    }
    Ok(())
}

/// Whoever is asked must be on the team, or could neither see the question nor answer it.
fn check_linked(situation: &Situation<'_>, field: &'static str, organisation: OrganisationId) -> Result<(), Invalid> {
    if situation.state.team.contains_key(&organisation) {
        return Ok(());
    }
    Err(Invalid::new(
        field,
        "not_linked",
        Text::fixed("その事業所はこの患者に紐付いていません", "this organisation is not linked to the patient"),
    ))
}

fn check_stations(situation: &Situation<'_>, change: &StationChange) -> Result<(), Invalid> {
    check_linked(situation, "present", change.present)?;
    for (field, station) in [("present", Some(change.present)), ("next", change.next)] {
        let kind = station.map(|station| situation.directory.organisations.get(&station).map(|found| found.kind));
        match kind {
            None | Some(Some(OrganisationType::NursingStation)) => {}
            Some(_) => {
                return Err(Invalid::new(
                    field,
                    "not_found",
                    Text::fixed(
                        "登録された訪問看護ステーションが必要です",
                        "a visiting-nurse station of the directory is expected",
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// The doctor of a verbal order owes its paper: it must be one who speaks for that organisation.
fn check_doctor(situation: &Situation<'_>, received: &VerbalOrderReceived) -> Result<(), Invalid> {
    let speaks = situation.directory.people.get(&received.doctor).is_some_and(|person| {
        let is_doctor = |role: Role| matches!(role, Role::Doctor | Role::Dentist);
        person.positions.iter().any(|held| held.organisation == received.organisation && is_doctor(held.role))
    });
    if speaks {
        return Ok(());
    }
    Err(Invalid::new(
        "doctor",
        "not_found",
        Text::fixed(
            "その所属にその医師・歯科医師は登録されていません",
            "no such doctor or dentist at that organisation in the directory",
        ),
    ))
}
