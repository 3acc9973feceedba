//! What was done to system clients ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{id, id_text};
use super::proto::store::v1 as stored;
use super::proto::store::v1::client_acted::What;
use crate::domain::client::{ClientDeed, Scopes};
use crate::domain::ids::{ClientId, OrganisationId, SignInId};
use crate::domain::text::Invalid;

pub(super) fn client_message(deed: &ClientDeed) -> stored::ClientActed {
    let what = match deed.clone() {
        ClientDeed::Registered { organisation, scopes, .. } => What::Registered(stored::ClientRegistered {
            organisation: id_text(organisation.0),
            scopes: scopes.to_string(),
        }),
        ClientDeed::KeyAdded { key, .. } => What::KeyAdded(stored::ClientKeyAdded { key }),
        ClientDeed::KeyRemoved { key, .. } => What::KeyRemoved(stored::ClientKeyRemoved { key }),
        ClientDeed::Suspended { reason, .. } => What::Suspended(stored::ClientSuspended { reason }),
        ClientDeed::Resumed { .. } => What::Resumed(stored::ClientResumed {}),
        ClientDeed::Removed { reason, .. } => What::Removed(stored::ClientRemoved { reason }),
        ClientDeed::TokenIssued { sign_in, key, address, scopes, .. } => {
            let (sign_in, scopes) = (id_text(sign_in.0), scopes.to_string());
            What::TokenIssued(stored::ClientTokenIssued { sign_in, key, address, scopes })
        }
        ClientDeed::Refused { address, .. } => What::Refused(stored::ClientRefused { address }),
    };
    stored::ClientActed { client: id_text(deed.about().0.0), what: Some(what) }
}

pub(super) fn client_deed(kept: stored::ClientActed) -> Result<ClientDeed, Invalid> {
    let client = id("client", &kept.client, ClientId)?;
    Ok(match kept.what.ok_or_else(|| Invalid::required("what"))? {
        What::Registered(kept) => ClientDeed::Registered {
            client,
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
            scopes: Scopes::parse("scopes", &kept.scopes)?,
        },
        What::KeyAdded(kept) => ClientDeed::KeyAdded { client, key: kept.key },
        What::KeyRemoved(kept) => ClientDeed::KeyRemoved { client, key: kept.key },
        What::Suspended(kept) => ClientDeed::Suspended { client, reason: kept.reason },
        What::Resumed(_) => ClientDeed::Resumed { client },
        What::Removed(kept) => ClientDeed::Removed { client, reason: kept.reason },
        What::TokenIssued(kept) => ClientDeed::TokenIssued {
            client,
            sign_in: id("sign_in", &kept.sign_in, SignInId)?,
            key: kept.key,
            address: kept.address,
            scopes: Scopes::parse("scopes", &kept.scopes)?,
        },
        What::Refused(kept) => ClientDeed::Refused { client, address: kept.address },
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_deed_comes_back_as_it_was_kept() {
        let (client, sign_in) = (ClientId(Uuid::from_u128(7)), SignInId(Uuid::from_u128(8)));
        let (key, reason, address) = ("2026-04".to_owned(), "委託の終了".to_owned(), "192.0.2.7".to_owned());
        let scopes = Scopes::parse("scopes", "system/Observation.crs system/Patient.rs").unwrap();
        let deeds = [
            ClientDeed::Registered { client, organisation: OrganisationId(Uuid::from_u128(9)), scopes },
            ClientDeed::KeyAdded { client, key: key.clone() },
            ClientDeed::KeyRemoved { client, key: key.clone() },
            ClientDeed::Suspended { client, reason: reason.clone() },
            ClientDeed::Resumed { client },
            ClientDeed::Removed { client, reason },
            ClientDeed::TokenIssued { client, sign_in, key, address: address.clone(), scopes },
            ClientDeed::Refused { client, address },
        ];
        for deed in deeds {
            assert_eq!(client_deed(client_message(&deed)), Ok(deed));
        }
    }
}
