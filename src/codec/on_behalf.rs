//! Those for whom somebody writes ↔ messages. Whether they may be named is `rulebook::on_behalf`'s to say.

use super::field::{code, code_text, id, id_text};
use super::proto::v1;
use crate::domain::directory::Position;
use crate::domain::entry::OnBehalfOf;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::text::Invalid;

pub(super) fn on_behalf_of(sent: Option<v1::OnBehalfOf>) -> Result<Option<OnBehalfOf>, Invalid> {
    let named = |sent: v1::OnBehalfOf| {
        Ok(OnBehalfOf {
            person: id("person", &sent.person, PersonId)?,
            position: Position {
                role: code("role", &sent.role)?,
                organisation: id("organisation", &sent.organisation, OrganisationId)?,
            },
        })
    };
    sent.map(named).transpose().map_err(|invalid: Invalid| invalid.within("on_behalf_of"))
}

pub(super) fn on_behalf_of_message(named: &OnBehalfOf) -> v1::OnBehalfOf {
    v1::OnBehalfOf {
        person: id_text(named.person.0),
        role: code_text(named.position.role),
        organisation: id_text(named.position.organisation.0),
    }
}
