//! The only user of `ring`: sealing, the hash chain, tokens.
//!
//! - [`RegionKey`] is the region's one secret, in a file. All other keys come from it or are
//!   wrapped by it.
//! - [`PatientKey`] seals one timeline. Destroying its wrapped form destroys the record.
//! - [`chain`] links each entry to the one before it.
//! - [`Token`] lets a client in; the store keeps only its [`TokenHash`].
//!
//! No I/O except the key file, and no knowledge of what is sealed.

pub mod chain;
mod keyfile;
mod mac;
mod patient_key;
mod region_key;
mod seal;
mod token;

use ring::rand::{SecureRandom, SystemRandom};

pub use keyfile::KeyFileError;
pub use mac::{Mac, MacKey};
pub use patient_key::PatientKey;
pub use region_key::RegionKey;
pub use seal::{CannotOpen, SEAL_OVERHEAD_BYTES, SealingKey};
pub use token::{NotAToken, Token, TokenHash};

fn fill_random(bytes: &mut [u8]) {
    SystemRandom::new().fill(bytes).expect("the operating system gives random bytes");
}

/// Compares without telling by its duration where the first difference is.
fn is_equal_in_constant_time(left: &[u8; 32], right: &[u8; 32]) -> bool {
    let difference =
        left.iter().zip(right).fold(0_u8, |seen, (left, right)| std::hint::black_box(seen | (left ^ right)));
    difference == 0
}

/// SHA-256, for naming content by what it is.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    digest
}
