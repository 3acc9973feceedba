//! What was done to accounts ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{code, code_text, id, id_text};
use super::proto::store::v1 as stored;
use super::proto::store::v1::account_acted::What;
use crate::domain::account::{AccountDeed, Tried};
use crate::domain::ids::{DeviceId, IdentityId, InvitationId, OrganisationId, PasskeyId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

pub(super) fn account_message(deed: &AccountDeed) -> stored::AccountActed {
    let (person, what) = match deed {
        AccountDeed::Invited { person, invitation, purpose, expires_at, reason } => {
            let (invitation, purpose) = (id_text(invitation.0), code_text(*purpose));
            let (expires_at_us, reason) = (expires_at.as_micros(), reason.clone());
            (person, What::Invited(stored::Invited { invitation, purpose, expires_at_us, reason }))
        }
        AccountDeed::InvitationEnded { person, invitation, why } => {
            let ended = stored::InvitationEnded { invitation: id_text(invitation.0), why: code_text(*why) };
            (person, What::InvitationEnded(ended))
        }
        AccountDeed::Changed { person, what } => {
            (person, What::Changed(stored::AccountChanged { what: code_text(*what) }))
        }
        AccountDeed::SignInRefused { person, from } => (person, What::SignInRefused(refused_message(from))),
        AccountDeed::Passkey { person, passkey, what } => {
            let acted = stored::PasskeyActed { passkey: id_text(passkey.0), what: code_text(*what) };
            (person, What::Passkey(acted))
        }
        AccountDeed::Identity { person, identity, what } => {
            let acted = stored::IdentityActed { identity: id_text(identity.0), what: code_text(*what) };
            (person, What::Identity(acted))
        }
        AccountDeed::Proved { person, way } => (person, What::Proved(stored::Proved { way: code_text(*way) })),
        AccountDeed::AdministratorKept { organisation, person, appointed } => {
            let (organisation, appointed) = (id_text(organisation.0), *appointed);
            (person, What::Administrator(stored::AdministratorKept { organisation, appointed }))
        }
    };
    stored::AccountActed { person: id_text(person.0), what: Some(what) }
}

pub(super) fn account_deed(kept: stored::AccountActed) -> Result<AccountDeed, Invalid> {
    let person = id("person", &kept.person, PersonId)?;
    Ok(match kept.what.ok_or_else(|| Invalid::required("what"))? {
        What::Invited(kept) => AccountDeed::Invited {
            person,
            invitation: id("invitation", &kept.invitation, InvitationId)?,
            purpose: code("purpose", &kept.purpose)?,
            expires_at: Timestamp(kept.expires_at_us),
            reason: kept.reason,
        },
        What::InvitationEnded(kept) => AccountDeed::InvitationEnded {
            person,
            invitation: id("invitation", &kept.invitation, InvitationId)?,
            why: code("why", &kept.why)?,
        },
        What::Changed(kept) => AccountDeed::Changed { person, what: code("what", &kept.what)? },
        What::SignInRefused(kept) => AccountDeed::SignInRefused { person, from: tried(kept)? },
        What::Passkey(kept) => AccountDeed::Passkey {
            person,
            passkey: id("passkey", &kept.passkey, PasskeyId)?,
            what: code("what", &kept.what)?,
        },
        What::Identity(kept) => AccountDeed::Identity {
            person,
            identity: id("identity", &kept.identity, IdentityId)?,
            what: code("what", &kept.what)?,
        },
        What::Proved(kept) => AccountDeed::Proved { person, way: code("way", &kept.way)? },
        What::Administrator(kept) => AccountDeed::AdministratorKept {
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
            person,
            appointed: kept.appointed,
        },
    })
}

fn refused_message(Tried { address, device, device_name }: &Tried) -> stored::SignInRefused {
    stored::SignInRefused {
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        device: device.map(|device| id_text(device.0)).unwrap_or_default(),
        device_name: device_name.clone(),
    }
}

fn tried(kept: stored::SignInRefused) -> Result<Tried, Invalid> {
    let stored::SignInRefused { address, device, device_name } = kept;
    let expected = || Invalid::new("address", "wrong_type", Text::fixed("IPアドレスです", "an IP address is expected"));
    let address = (!address.is_empty()).then(|| address.parse().map_err(|_| expected())).transpose()?;
    let device = (!device.is_empty()).then(|| id("device", &device, DeviceId)).transpose()?;
    Ok(Tried { address, device, device_name })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::account::{AccountChange, IdentityStep, InvitationEnd, PasskeyStep, Purpose, SignInWay};

    #[test]
    fn every_deed_comes_back_as_it_was_kept() {
        let (person, invitation) = (PersonId(Uuid::from_u128(7)), InvitationId(Uuid::from_u128(8)));
        let (expires_at, reason) = (Timestamp(5), "スマートフォンをなくした".to_owned());
        let mut deeds = vec![
            AccountDeed::Invited { person, invitation, purpose: Purpose::Recovery, expires_at, reason },
            AccountDeed::SignInRefused { person, from: Tried::default() },
            AccountDeed::SignInRefused {
                person,
                from: Tried {
                    address: "2001:db8::7".parse().ok(),
                    device: Some(DeviceId(Uuid::from_u128(12))),
                    device_name: "詰所の PC".to_owned(),
                },
            },
            AccountDeed::AdministratorKept {
                organisation: OrganisationId(Uuid::from_u128(9)),
                person,
                appointed: true,
            },
        ];
        deeds.extend(AccountChange::ALL.iter().map(|what| AccountDeed::Changed { person, what: *what }));
        let passkey = PasskeyId(Uuid::from_u128(10));
        deeds.extend(PasskeyStep::ALL.iter().map(|what| AccountDeed::Passkey { person, passkey, what: *what }));
        let identity = IdentityId(Uuid::from_u128(11));
        deeds.extend(IdentityStep::ALL.iter().map(|what| AccountDeed::Identity { person, identity, what: *what }));
        deeds.extend(SignInWay::ALL.iter().map(|way| AccountDeed::Proved { person, way: *way }));
        let ended = |why: &InvitationEnd| AccountDeed::InvitationEnded { person, invitation, why: *why };
        deeds.extend(InvitationEnd::ALL.iter().map(ended));
        for deed in deeds {
            assert_eq!(account_deed(account_message(&deed)), Ok(deed));
        }
    }
}
