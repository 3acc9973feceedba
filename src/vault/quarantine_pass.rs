//! A pass that a device gets while somebody is signed in on it, and puts into each envelope: it tells the hub, whatever
//! became of the sign-in meanwhile, that the envelope comes from where they had signed in. It opens nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{DataKey, Mac};
use crate::domain::directory::Actor;
use crate::domain::ids::{OrganisationId, PersonId, SignInId};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarantinePass {
    pub sign_in: SignInId,
    pub actor: Actor,
    pub issued_at: Timestamp,
}

impl QuarantinePass {
    /// The text that the device keeps.
    #[must_use]
    pub fn reveal(&self, key: &DataKey) -> String {
        let said = self.said();
        format!("{said}.{}", URL_SAFE_NO_PAD.encode(mac_of(key, &said).as_bytes()))
    }

    /// The pass in a text; `None` when this region did not make it.
    #[must_use]
    pub fn parse(key: &DataKey, text: &str) -> Option<Self> {
        let (said, mac) = text.rsplit_once('.')?;
        let mac = Mac::from_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?)?;
        if mac != mac_of(key, said) {
            return None;
        }
        let parts: Vec<&str> = said.split('.').collect();
        let [sign_in, person, role, organisation, organisation_type, issued_at] = parts.try_into().ok()?;
        Some(Self {
            sign_in: SignInId(sign_in.parse().ok()?),
            actor: Actor {
                person: PersonId(person.parse().ok()?),
                role: Role::from_code(role)?,
                organisation: OrganisationId(organisation.parse().ok()?),
                organisation_type: OrganisationType::from_code(organisation_type)?,
            },
            issued_at: Timestamp::from_micros(issued_at.parse().ok()?),
        })
    }

    fn said(&self) -> String {
        let Actor { person, role, organisation, organisation_type } = self.actor;
        let (sign_in, issued_at) = (self.sign_in.0, self.issued_at.as_micros());
        let (person, organisation) = (person.0, organisation.0);
        format!("{sign_in}.{person}.{}.{organisation}.{}.{issued_at}", role.code(), organisation_type.code())
    }
}

fn mac_of(key: &DataKey, said: &str) -> Mac {
    key.devices().mac(&[b"quarantine-pass/v1", said.as_bytes(), b""])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_pass_is_read_by_the_region_that_made_it_and_only_as_it_made_it() {
        let key = DataKey::of_nothing();
        let actor = Actor {
            person: PersonId(Uuid::from_u128(1)),
            role: Role::Nurse,
            organisation: OrganisationId(Uuid::from_u128(2)),
            organisation_type: OrganisationType::NursingStation,
        };
        let pass = QuarantinePass { sign_in: SignInId(Uuid::from_u128(3)), actor, issued_at: Timestamp::from_secs(7) };
        let text = pass.reveal(&key);
        assert_eq!(QuarantinePass::parse(&key, &text), Some(pass));
        assert_eq!(QuarantinePass::parse(&DataKey::of_nothing(), &text), None);
        for changed in [text.replace("nurse", "doctor"), text.replacen('7', "8", 1), String::new(), "a.b".to_owned()] {
            assert_eq!(QuarantinePass::parse(&key, &changed), None, "{changed}");
        }
    }
}
