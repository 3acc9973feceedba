//! The mark of a device on which somebody signed in before: it gives their later tries there an allowance of their own,
//! so that a stranger who guesses uses up nobody's but strangers'. It lets nobody in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{DataKey, Mac, fill_random};
use crate::limits;

const DEVICE_BYTES: usize = 16;
const PROOF_BYTES: usize = 16;

/// A device, and proofs of the accounts that were signed in to on it, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceMark {
    device: [u8; DEVICE_BYTES],
    proofs: Vec<[u8; PROOF_BYTES]>,
}

impl DeviceMark {
    /// A device that nobody signed in on.
    #[must_use]
    pub fn random() -> Self {
        let mut device = [0; DEVICE_BYTES];
        fill_random(&mut device);
        Self { device, proofs: Vec::new() }
    }

    /// The mark that a device shows; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > (DEVICE_BYTES + PROOF_BYTES * limits::DEVICE_ACCOUNTS_MAX) * 2 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (device, proofs) = bytes.split_first_chunk()?;
        let (proofs, rest) = proofs.as_chunks();
        let fits = rest.is_empty() && proofs.len() <= limits::DEVICE_ACCOUNTS_MAX;
        fits.then(|| Self { device: *device, proofs: proofs.to_vec() })
    }

    /// The text that the device keeps.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.device.as_slice(), self.proofs.as_flattened()].concat())
    }

    fn proof(&self, key: &DataKey, login: &Mac) -> [u8; PROOF_BYTES] {
        let mac = key.devices().mac(&[&self.device, login.as_bytes()]);
        *mac.as_bytes().first_chunk().expect("a MAC is longer than a proof")
    }

    /// The device, if this account was signed in to on it.
    #[must_use]
    pub fn known_to(&self, key: &DataKey, login: &Mac) -> Option<[u8; DEVICE_BYTES]> {
        let proof = self.proof(key, login);
        // Every proof is compared whole; which one fits may show, whether a forged one nearly does may not.
        let fits =
            |one: &[u8; PROOF_BYTES]| one.iter().zip(proof).fold(0, |seen, (left, right)| seen | (left ^ right)) == 0;
        self.proofs.iter().any(fits).then_some(self.device)
    }

    /// The mark after somebody signed in to this account.
    #[must_use]
    pub fn with(mut self, key: &DataKey, login: &Mac) -> Self {
        let proof = self.proof(key, login);
        self.proofs.retain(|known| *known != proof);
        self.proofs.insert(0, proof);
        self.proofs.truncate(limits::DEVICE_ACCOUNTS_MAX);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_knows_the_accounts_of_its_device_and_cannot_be_made_up() {
        let key = DataKey::of_nothing();
        let login = |name: &str| key.logins().mac(&[name.as_bytes()]);
        let mark = DeviceMark::random().with(&key, &login("sato")).with(&key, &login("yamada"));
        let shown = DeviceMark::parse(&mark.reveal()).unwrap();
        assert_eq!(shown, mark);
        assert_eq!(shown.known_to(&key, &login("sato")), shown.known_to(&key, &login("yamada")));
        assert!(shown.known_to(&key, &login("sato")).is_some() && shown.known_to(&key, &login("ito")).is_none());
        assert_eq!(shown.known_to(&DataKey::of_nothing(), &login("sato")), None);
        let elsewhere = DeviceMark { device: [7; DEVICE_BYTES], ..mark };
        assert_eq!(elsewhere.known_to(&key, &login("sato")), None, "proofs carried to another device");
        for text in ["", "x", "rk_", &"A".repeat(5_000)] {
            assert_eq!(DeviceMark::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_shared_device_keeps_the_latest_accounts() {
        let key = DataKey::of_nothing();
        let login = |number: usize| key.logins().mac(&[&number.to_be_bytes()]);
        let many =
            (0..=limits::DEVICE_ACCOUNTS_MAX).fold(DeviceMark::random(), |mark, one| mark.with(&key, &login(one)));
        assert!(many.known_to(&key, &login(0)).is_none() && many.known_to(&key, &login(1)).is_some());
        assert!(DeviceMark::parse(&many.reveal()).is_some());
    }
}
