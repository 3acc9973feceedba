//! The only user of `ring` and `p256`: sealing, the hash chain, signatures, tokens.
//!
//! - [`RegionKey`] is the one secret that an operator keeps. It wraps the [`DataKey`], from which all other keys come or by
//!   which they are wrapped.
//! - [`PatientKey`] seals one timeline. Destroying its wrapped form destroys the record.
//! - [`chain`] links each entry to the one before it; [`heads`] sums up where chains end; a [`CheckpointKey`] signs that.
//! - [`Token`] lets a client in; the store keeps only its [`TokenHash`].
//! - [`ArchiveKey`] seals one backup.
//! - [`RelyingParty`] has devices make and show passkeys.
//! - An [`Assertion`] shows that a system client holds a key that was registered.
//! - An [`EnvelopeKey`] opens what a device sealed for this hub alone; a [`QuarantinePass`] says whose it is.
//! - An [`IdToken`] says whom another service knows, verified by its [`ProviderKeys`]; there the hub signs by a [`ClientSigner`].
//! - A [`PushSigner`] says to the push services of browsers who the hub is.
//! - [`DeviceAuthority`] issues the certificates of registered devices.
//!
//! - [`trusting`] says whom the hub trusts where it asks another machine something.
//!
//! No I/O except files of keys, secrets and authorities, and no knowledge of what is sealed.

mod archive;
mod authenticator;
pub mod chain;
mod assertion;
mod checkpoint_key;
mod client_key;
mod client_signer;
mod data_key;
mod derive;
mod device_authority;
mod device_mark;
mod envelope;
pub mod heads;
mod id_token;
mod jwt;
mod keyfile;
mod mac;
mod passkey;
mod password;
mod patient_key;
mod pkcs12;
mod push_signer;
mod quarantine_pass;
mod region_key;
mod seal;
mod token;
mod trust;

use ring::rand::{SecureRandom, SystemRandom};

pub use archive::{ArchiveKey, FRAME_OVERHEAD_BYTES, Frames, WRAPPED_ARCHIVE_KEY_BYTES};
pub use assertion::{Assertion, UsedAssertion};
pub use authenticator::{authenticator_secret, authenticator_setup, code_at, code_step};
pub use checkpoint_key::{CheckpointKey, PublicKey};
pub use client_key::{is_signed_by, read_key_set};
pub use client_signer::ClientSigner;
pub use data_key::DataKey;
pub use device_authority::{CertificateError, DeviceAuthority, DeviceSubject, IssuedCertificate, set_validity};
pub use device_mark::DeviceMark;
pub use envelope::{Envelope, EnvelopeKey};
pub use id_token::{IdClaims, IdToken, IdTokenFor, ProviderKeys};
pub use jwt::JwtFault;
pub use keyfile::{KeyFileError, KeyOf, NotAKey, read_secret};
pub use mac::{MAC_BYTES, Mac, MacKey};
pub use passkey::{
    AskingAnybody, AskingOne, Making, PasskeyFault, PasskeyKey, RelyingParty, ShownPasskey, UsedPasskey,
};
pub use password::PasswordHashing;
pub use patient_key::PatientKey;
pub use pkcs12::random_passphrase;
pub use push_signer::PushSigner;
pub use quarantine_pass::QuarantinePass;
pub use region_key::{RegionKey, WRAPPED_DATA_KEY_BYTES};
pub use seal::{CannotOpen, SEAL_OVERHEAD_BYTES, SealingKey};
pub use token::{NotAToken, Token, TokenHash};
pub use trust::trusting;

fn fill_random(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes).expect("the operating system gives random bytes");
}

/// Compares without telling by its duration where the first difference is.
fn is_equal_in_constant_time(left: &[u8; 32], right: &[u8; 32]) -> bool {
    let difference =
        left.iter().zip(right).fold(0_u8, |seen, (left, right)| std::hint::black_box(seen | (left ^ right)));
    difference == 0
}

/// A random number below `bound`, for codes and numbers that people type.
#[must_use]
pub fn random_below(bound: u32) -> u32 {
    let mut bytes = [0; 8];
    fill_random(&mut bytes);
    // 64 random bits make what is uneven about the remainder immeasurable.
    u32::try_from(u64::from_be_bytes(bytes) % u64::from(bound)).expect("less than a u32")
}

/// SHA-256, for naming content by what it is.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    digest
}

/// What is shown of a secret before it is told: SHA-256 in base64url (RFC 7636, `S256`).
#[must_use]
pub fn code_challenge(verifier: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest(verifier.as_bytes()))
}
