//! Keys for single purposes out of one secret (HKDF-SHA256, RFC 5869), so that what is learnt about one tells nothing about
//! another. Called by the region's key and the data key.

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

pub(super) const KEY_BYTES: usize = 32;
pub(super) type Secret = Zeroizing<[u8; KEY_BYTES]>;

const FINGERPRINT_BYTES: usize = 8;

/// Of both keys: in regions that were set up before there was a data key, one secret is both.
const SALT: &[u8] = b"renkei/region-key/v1";

/// What a derived key is for. The text goes into the derivation: never change one.
pub(super) enum Purpose {
    WrapDataKey,
    WrapPatientKeys,
    SealNames,
    SealAudit,
    SealQueue,
    Idempotency,
    Ids,
    NameFiles,
    SealAccounts,
    Logins,
    Devices,
    SealDeviceAuthority,
    WrapBackupKeys,
    Counting,
    Destroyed,
    SealBells,
    Rows,
    SealBoard,
    Fingerprint,
}

impl Purpose {
    const fn info(&self) -> &'static [u8] {
        match self {
            Self::WrapDataKey => b"wrap-data-key",
            Self::WrapPatientKeys => b"wrap-patient-keys",
            Self::SealNames => b"seal-names",
            Self::SealAudit => b"seal-audit",
            Self::SealQueue => b"seal-queue",
            Self::Idempotency => b"idempotency",
            Self::Ids => b"ids",
            Self::NameFiles => b"name-files",
            Self::SealAccounts => b"seal-accounts",
            Self::Logins => b"logins",
            Self::Devices => b"devices",
            Self::SealDeviceAuthority => b"seal-device-authority",
            Self::WrapBackupKeys => b"wrap-backup-keys",
            Self::Counting => b"counting",
            Self::Destroyed => b"destroyed",
            Self::SealBells => b"seal-bells",
            Self::Rows => b"rows",
            Self::SealBoard => b"seal-board",
            Self::Fingerprint => b"fingerprint",
        }
    }
}

/// A secret from which keys are derived.
pub(super) struct Root(Prk);

impl Root {
    pub(super) fn of(secret: &[u8; KEY_BYTES]) -> Self {
        Self(Salt::new(HKDF_SHA256, SALT).extract(secret))
    }

    pub(super) fn derive(&self, purpose: &Purpose) -> Secret {
        let mut derived = Secret::default();
        self.0
            .expand(&[purpose.info()], OneKey)
            .and_then(|output| output.fill(&mut *derived))
            .expect("HKDF-SHA256 gives up to 8160 bytes");
        derived
    }

    /// Names the secret without revealing it.
    pub(super) fn fingerprint(&self) -> String {
        self.derive(&Purpose::Fingerprint)[..FINGERPRINT_BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

struct OneKey;

impl KeyType for OneKey {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}
