//! What is known of an organisation ↔ the snapshot's messages.

use std::sync::Arc;

use super::super::field::{code, code_text, each, id, id_text, kept_id, message};
use super::super::mapped::Mapped;
use super::super::proto::store::v1 as stored;
use super::course::{dropped, seq};
use crate::domain::body::{ContactWindow, Export, Roster};
use crate::domain::ids::{EntryId, PersonId, Seq};
use crate::domain::role::Role;
use crate::domain::standing::Standing;
use crate::domain::state::{ExportAsked, Office, Permitted, Pledged, Suspended};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

type Times = Standing<Seq, Timestamp>;

pub(super) fn office_message(office: &Office) -> stored::Office {
    let contact =
        |(seq, contact): &(Seq, Arc<ContactWindow>)| stored::ContactSaid { seq: seq.0, contact: Some(contact.sent()) };
    let roster = |(seq, roster): (&Seq, &Arc<Roster>)| stored::RosterSaid { seq: seq.0, roster: Some(roster.sent()) };
    let pledge = |(pledged, given): (&Pledged, &Times)| stored::Pledged {
        by: pledged.by.sent(),
        rule: pledged.rule.to_string(),
        given: Some(times_message(given)),
    };
    let activation = |((person, role), given): (&(PersonId, Role), &Times)| stored::Activated {
        person: id_text(person.0),
        role: code_text(*role),
        given: Some(times_message(given)),
    };
    stored::Office {
        entered: Some(times_message(&office.entered)),
        contact: office.contact.kept().iter().map(contact).collect(),
        contact_dropped: dropped(&office.contact),
        rosters: office.rosters.iter().map(roster).collect(),
        pledges: office.pledges.iter().map(pledge).collect(),
        activations: office.activations.iter().map(activation).collect(),
        suspensions: office.suspensions.iter().map(suspension_message).collect(),
        exports: office.exports.iter().map(export_message).collect(),
    }
}

fn export_message((seq, asked): (&Seq, &ExportAsked)) -> stored::ExportAsked {
    stored::ExportAsked {
        seq: seq.0,
        id: id_text(asked.id.0),
        by: id_text(asked.by.0),
        asked_at_us: asked.asked_at.as_micros(),
        said: Some(asked.said.sent()),
        permitted_by: asked.permitted.map(|permitted| permitted.by).sent(),
        done: asked.done.map_or(0, |done| done.0),
        permitted_at_us: asked.permitted.map_or(0, |permitted| permitted.at.as_micros()),
    }
}

fn export(kept: stored::ExportAsked) -> Result<(Seq, ExportAsked), Invalid> {
    let said: Export = message("said", kept.said, Mapped::read)?;
    let by: Option<PersonId> =
        Mapped::read(kept.permitted_by).map_err(|invalid: Invalid| invalid.within("permitted_by"))?;
    let asked = ExportAsked {
        id: id("id", &kept.id, EntryId)?,
        by: kept_id("by", &kept.by, PersonId)?,
        asked_at: Timestamp(kept.asked_at_us),
        said: Arc::new(said),
        permitted: by.map(|by| Permitted { by, at: Timestamp(kept.permitted_at_us) }),
        done: (kept.done != 0).then_some(Seq(kept.done)),
    };
    Ok((Seq(kept.seq), asked))
}

pub(super) fn office(kept: stored::Office) -> Result<Office, Invalid> {
    let contact = |said: stored::ContactSaid| {
        let contact: ContactWindow = message("contact", said.contact, Mapped::read)?;
        Ok((Seq(said.seq), Arc::new(contact)))
    };
    let roster = |said: stored::RosterSaid| {
        let roster: Roster = message("roster", said.roster, Mapped::read)?;
        Ok((Seq(said.seq), Arc::new(roster)))
    };
    let pledge = |kept: stored::Pledged| {
        let by = (!kept.by.is_empty()).then(|| kept_id("by", &kept.by, PersonId)).transpose()?;
        Ok((Pledged { by, rule: kept.rule.into() }, times(kept.given)))
    };
    let activation = |kept: stored::Activated| {
        Ok(((id("person", &kept.person, PersonId)?, code("role", &kept.role)?), times(kept.given)))
    };
    Ok(Office {
        entered: times(kept.entered),
        contact: Standing::of(each("contact", kept.contact, contact)?, seq(kept.contact_dropped)),
        rosters: each("rosters", kept.rosters, roster)?.into_iter().collect(),
        pledges: each("pledges", kept.pledges, pledge)?.into_iter().collect(),
        activations: each("activations", kept.activations, activation)?.into_iter().collect(),
        suspensions: each("suspensions", kept.suspensions, suspension)?.into_iter().collect(),
        exports: each("exports", kept.exports, export)?.into_iter().collect(),
    })
}

pub(super) fn times_message(times: &Times) -> stored::OfficeTimes {
    let time = |(seq, at): &(Seq, Timestamp)| stored::OfficeTime { seq: seq.0, recorded_at_us: at.as_micros() };
    stored::OfficeTimes { kept: times.kept().iter().map(time).collect(), dropped: dropped(times) }
}

pub(super) fn times(kept: Option<stored::OfficeTimes>) -> Times {
    let kept = kept.unwrap_or_default();
    let times = kept.kept.iter().map(|time| (Seq(time.seq), Timestamp(time.recorded_at_us)));
    Standing::of(times.collect(), seq(kept.dropped))
}

fn suspension_message((person, kept): (&Option<PersonId>, &Standing<Seq, Suspended>)) -> stored::SuspendedSubject {
    let one = |(seq, suspended): &(Seq, Suspended)| stored::Suspended {
        seq: seq.0,
        lifted: suspended.lifted,
        until: suspended.until.sent(),
    };
    stored::SuspendedSubject {
        person: person.sent(),
        kept: kept.kept().iter().map(one).collect(),
        dropped: dropped(kept),
    }
}

type Suspensions = (Option<PersonId>, Standing<Seq, Suspended>);

fn suspension(kept: stored::SuspendedSubject) -> Result<Suspensions, Invalid> {
    let one = |one: stored::Suspended| {
        let until = Mapped::read(one.until).map_err(|invalid: Invalid| invalid.within("until"))?;
        Ok((Seq(one.seq), Suspended { lifted: one.lifted, until }))
    };
    let person = Mapped::read(kept.person).map_err(|invalid: Invalid| invalid.within("person"))?;
    Ok((person, Standing::of(each("kept", kept.kept, one)?, seq(kept.dropped))))
}
