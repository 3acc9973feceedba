//! Administrative bodies ↔ messages: registration, consent, links.

use super::super::field::{code, code_text, date, each, id, id_text, ids, message, unexpected};
use super::super::proto::v1;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::{HumanName, Identifier, Registration};
use crate::domain::team::{ConsentChange, History, HostChange, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

pub(in super::super) fn registration(sent: v1::Registration) -> Result<Registration, Invalid> {
    let name = message("name", sent.name, |name| Ok(HumanName { kanji: name.kanji, kana: name.kana }))?;
    let identifier = |sent: v1::Identifier| Ok(Identifier { system: sent.system, value: sent.value });
    Ok(Registration {
        name,
        birth_date: date("birth_date", &sent.birth_date)?,
        sex: code("sex", &sent.sex)?,
        identifiers: each("identifiers", sent.identifiers, identifier)?,
    })
}

pub(in super::super) fn registration_message(body: &Registration) -> v1::Registration {
    let identifier = |known: &Identifier| v1::Identifier { system: known.system.clone(), value: known.value.clone() };
    v1::Registration {
        name: Some(v1::HumanName { kanji: body.name.kanji.clone(), kana: body.name.kana.clone() }),
        birth_date: body.birth_date.to_string(),
        sex: code_text(body.sex),
        identifiers: body.identifiers.iter().map(identifier).collect(),
    }
}

pub(super) fn consent(sent: v1::Consent) -> Result<ConsentChange, Invalid> {
    Ok(ConsentChange {
        state: code("state", &sent.state)?,
        given_by: code("given_by", &sent.given_by)?,
        given_on: date("given_on", &sent.given_on)?,
        document: sent.document,
    })
}

pub(super) fn consent_message(body: &ConsentChange) -> v1::Consent {
    v1::Consent {
        state: code_text(body.state),
        given_by: code_text(body.given_by),
        given_on: body.given_on.to_string(),
        document: body.document.clone(),
    }
}

pub(super) fn team_link(sent: v1::TeamLink) -> Result<TeamLink, Invalid> {
    Ok(TeamLink {
        organisation: id("organisation", &sent.organisation, OrganisationId)?,
        people: ids("people", &sent.people, PersonId)?,
        host: sent.host,
        history: history(&sent.history, sent.history_from_us)?,
    })
}

const HISTORY_CODES: [&str; 3] = ["all", "from", "nothing"];

/// Required without a default: it opens the past to somebody new.
fn history(code: &str, from_us: Option<i64>) -> Result<History, Invalid> {
    match (code, from_us) {
        ("from", Some(from)) => Ok(History::From(Timestamp(from))),
        ("from", None) => Err(Invalid::required("history_from_us")),
        ("all" | "nothing", Some(_)) => Err(unexpected(
            "history_from_us",
            Text::fixed("history が from のときだけ指定できます", "only with history \"from\""),
        )),
        ("all", None) => Ok(History::All),
        ("nothing", None) => Ok(History::Nothing),
        ("", _) => Err(Invalid::required("history")),
        (given, _) => Err(Invalid::unknown_code("history", &super::super::field::shortened(given), &HISTORY_CODES)),
    }
}

pub(super) fn team_link_message(body: &TeamLink) -> v1::TeamLink {
    let (history, history_from_us) = match body.history {
        History::All => ("all", None),
        History::From(from) => ("from", Some(from.as_micros())),
        History::Nothing => ("nothing", None),
    };
    v1::TeamLink {
        organisation: id_text(body.organisation.0),
        people: people(&body.people),
        host: body.host,
        history: history.to_owned(),
        history_from_us,
    }
}

pub(super) fn team_unlink(sent: v1::TeamUnlink) -> Result<TeamUnlink, Invalid> {
    Ok(TeamUnlink {
        organisation: id("organisation", &sent.organisation, OrganisationId)?,
        people: ids("people", &sent.people, PersonId)?,
        reason: sent.reason,
    })
}

pub(super) fn team_unlink_message(body: &TeamUnlink) -> v1::TeamUnlink {
    v1::TeamUnlink {
        organisation: id_text(body.organisation.0),
        people: people(&body.people),
        reason: body.reason.clone(),
    }
}

pub(super) fn host_change(sent: v1::HostChange) -> Result<HostChange, Invalid> {
    Ok(HostChange { organisation: id("organisation", &sent.organisation, OrganisationId)?, reason: sent.reason })
}

pub(super) fn host_change_message(body: &HostChange) -> v1::HostChange {
    v1::HostChange { organisation: id_text(body.organisation.0), reason: body.reason.clone() }
}

fn people(ids: &[PersonId]) -> Vec<String> {
    ids.iter().map(|id| id_text(id.0)).collect()
}
