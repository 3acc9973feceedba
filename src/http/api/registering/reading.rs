//! From the shapes of a request to the bodies of entries; complaints name the field as the request does.

use super::shapes::{ConsentShape, HostShape, NewLinkShape, NewPatientShape, UnlinkShape};
use crate::actions::registering::NewPatient;
use crate::domain::ids::{EntryId, OrganisationId, PersonId};
use crate::domain::patient::Registration;
use crate::domain::team::{ConsentChange, History, TeamLink, TeamUnlink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::domain::withheld::{WithheldPurpose, WithheldSet};
use crate::http::shapes::Number;
use crate::wire;
use crate::wire::codes::Code;

impl NewPatientShape {
    pub(super) fn read(self) -> Result<NewPatient, Invalid> {
        let request = self.request_id.map(|given| wire::id("request_id", &given, |id| id)).transpose()?;
        let host = self.host.map(HostShape::read).transpose().map_err(|invalid| invalid.within("host"))?;
        let consent = self.consent.map(ConsentShape::read).transpose().map_err(|invalid| invalid.within("consent"))?;
        let registration = Registration {
            name: self.name.into(),
            birth_date: wire::date("birth_date", &self.birth_date)?,
            sex: wire::code("sex", &self.sex)?,
            identifiers: Number::into_list(self.identifiers),
            in_facility: self.in_facility,
            for_training: self.for_training,
            agreed_by: self.agreed_by.map(|given| wire::id("agreed_by", &given, PersonId)).transpose()?,
            agreed_on_paper: self.agreed_on_paper,
            document: self.document,
            attachments: Vec::new(),
        };
        Ok(NewPatient { request, registration, host, consent })
    }
}

impl HostShape {
    pub(super) fn read(self) -> Result<(OrganisationId, Vec<PersonId>), Invalid> {
        Ok((wire::id("organisation", &self.organisation, OrganisationId)?, read_people(&self.people)?))
    }
}

impl ConsentShape {
    pub(super) fn read(self) -> Result<ConsentChange, Invalid> {
        Ok(ConsentChange {
            state: wire::code("state", &self.state)?,
            given_by: wire::code("given_by", &self.given_by)?,
            given_on: wire::date("given_on", &self.given_on)?,
            document: self.document,
            one_doctor_wished: false,
            form_version: self.form_version,
            withheld: read_withheld(&self.withheld)?,
            attachments: Vec::new(),
        })
    }
}

impl NewLinkShape {
    pub(super) fn read(self) -> Result<TeamLink, Invalid> {
        let organisation = wire::id("organisation", &self.organisation, OrganisationId)?;
        let history = match (self.history.as_str(), self.history_from) {
            ("all", None) => History::All,
            ("nothing", None) => History::Nothing,
            ("from", Some(from)) => History::From(read_moment("history_from", &from)?),
            ("from", None) => return Err(Invalid::required("history_from")),
            ("all" | "nothing", Some(_)) => {
                return Err(Invalid::new("history_from", Code::Unexpected.code(), Code::Unexpected.text()));
            }
            (given, _) => return Err(Invalid::unknown_code("history", given, &["all", "from", "nothing"])),
        };
        Ok(TeamLink {
            organisation,
            people: read_people(&self.people)?,
            host: self.host,
            history,
            relation_confirmed: self.relation_confirmed,
        })
    }
}

impl UnlinkShape {
    pub(super) fn read(self) -> Result<TeamUnlink, Invalid> {
        let organisation = wire::id("organisation", &self.organisation, OrganisationId)?;
        Ok(TeamUnlink { organisation, people: read_people(&self.people)?, reason: self.reason })
    }
}

/// The id a client made for its entry, if it made one.
pub(super) fn read_id(given: Option<&str>) -> Result<Option<EntryId>, Invalid> {
    given.map(|given| wire::made_by_client("id", wire::id("id", given, EntryId)?)).transpose()
}

fn read_withheld(given: &[String]) -> Result<WithheldSet, Invalid> {
    let read = |(at, given): (usize, &String)| {
        wire::code("", given).map_err(|invalid| invalid.within(format_args!("withheld[{at}]")))
    };
    let purposes: Vec<WithheldPurpose> = given.iter().enumerate().map(read).collect::<Result<_, Invalid>>()?;
    WithheldSet::each_once(&purposes).map_err(|invalid| invalid.within("withheld"))
}

fn read_people(given: &[String]) -> Result<Vec<PersonId>, Invalid> {
    let read = |(at, given): (usize, &String)| {
        wire::id("", given, PersonId).map_err(|invalid| invalid.within(format_args!("people[{at}]")))
    };
    given.iter().enumerate().map(read).collect()
}

fn read_moment(field: &str, given: &str) -> Result<Timestamp, Invalid> {
    let expected = Text::fixed(
        "日時（例: 2026-04-01T09:30:00+09:00）ではありません",
        "a moment such as 2026-04-01T09:30:00+09:00 is expected",
    );
    Timestamp::from_rfc3339(given).map_err(|_| Invalid::new(field, Code::BadDate.code(), expected))
}
