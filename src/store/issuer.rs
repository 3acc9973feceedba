//! Who made a link out, as its sealed record keeps it: of invitations and of devices. Whether they still may is asked by the actions;
//! whom a suspension on record shuts out may not, in the commit of that.

use crate::domain::account::Issuer;
use crate::domain::directory::Position;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::role::Role;

use super::record::{IssuerRecord, code_from, uuid_from};
use super::{ShutOut, StoreError};

pub(super) fn kept_issuer(issuer: Issuer) -> Option<IssuerRecord> {
    match issuer {
        Issuer::Unknown => None,
        Issuer::Machine => Some(IssuerRecord::default()),
        Issuer::Person(person, at) => Some(IssuerRecord {
            person: person.0.as_bytes().to_vec(),
            role: at.role.code().to_owned(),
            organisation: at.organisation.0.as_bytes().to_vec(),
        }),
    }
}

pub(super) fn issuer_from(place: &str, record: Option<IssuerRecord>) -> Result<Issuer, StoreError> {
    match record {
        None => Ok(Issuer::Unknown),
        Some(record) if record.person.is_empty() => Ok(Issuer::Machine),
        Some(IssuerRecord { person, role, organisation }) => {
            let role = code_from(place, &role, Role::from_code(&role))?;
            let organisation = OrganisationId(uuid_from(place, &organisation)?);
            Ok(Issuer::Person(PersonId(uuid_from(place, &person)?), Position { role, organisation }))
        }
    }
}

/// Whether this suspension shuts out whoever made the link out.
pub(super) fn is_shut_out(issuer: Issuer, shut_out: &ShutOut) -> bool {
    match (issuer, shut_out.person) {
        (Issuer::Person(issuer, _), Some(person)) => issuer == person,
        (Issuer::Person(_, position), None) => position.organisation == shut_out.organisation,
        (Issuer::Machine | Issuer::Unknown, _) => false,
    }
}
