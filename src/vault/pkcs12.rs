//! A certificate with its key as a PKCS#12 file, which phones, tablets and PCs install, under a passphrase that is told
//! apart from it. AES-256 and HMAC-SHA-256, which OpenSSL 3 and NSS write too.

use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey, PrivateKeyChain,
};
use zeroize::Zeroizing;

use super::device_authority::{CertificateError, IssuedCertificate};
use super::random_below;
use crate::limits;

/// No letters or digits that look alike.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS: usize = 4;
const GROUP_CHARS: usize = 5;

/// A passphrase of 99 bits, in groups to be read out: `k7m2p-…`.
#[must_use]
pub fn random_passphrase() -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_CHARS + 1)));
    for group in 0..GROUPS {
        if group > 0 {
            text.push('-');
        }
        for _ in 0..GROUP_CHARS {
            text.push(ALPHABET[random_below(31) as usize].into());
        }
    }
    text
}

impl IssuedCertificate {
    /// The certificate, its key and the authority's certificate under this passphrase.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn pkcs12(&self, passphrase: &str) -> Result<Vec<u8>, CertificateError> {
        let certificates = [Certificate::from_der(&self.certificate)?, Certificate::from_der(&self.authority)?];
        let key = PrivateKey::from_der(&self.key)?;
        let chain = PrivateKeyChain::new(self.serial.0.as_slice(), key, certificates);
        let mut store = KeyStore::new();
        store.add_entry(&format!("Renkei {}", self.serial), KeyStoreEntry::PrivateKeyChain(chain));
        let writer = store.writer(passphrase);
        let writer = writer
            .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
            .encryption_iterations(limits::PKCS12_ROUNDS_COUNT)
            .mac_algorithm(MacAlgorithm::HmacSha256)
            .mac_iterations(limits::PKCS12_ROUNDS_COUNT);
        Ok(writer.write()?)
    }
}

#[cfg(test)]
mod tests {
    use p12_keystore::Pkcs12ImportPolicy;

    use super::*;
    use crate::domain::time::Timestamp;
    use crate::vault::{DeviceAuthority, DeviceSubject};

    #[test]
    fn a_bundle_opens_with_its_passphrase_alone_and_holds_key_and_chain() {
        let now = Timestamp::from_secs(1_775_003_400);
        let authority = DeviceAuthority::make(now).unwrap();
        // A character beyond the basic plane, which names in PKCS#12 cannot hold.
        let subject = DeviceSubject {
            device: "𠮷田さんのタブレット".to_owned(), organisation: "みなと".to_owned()
        };
        let issued = authority.issue(&subject, now).unwrap();
        let passphrase = random_passphrase();
        let bundle = issued.pkcs12(&passphrase).unwrap();
        assert!(KeyStore::from_pkcs12(&bundle, "wrong", Pkcs12ImportPolicy::Strict).is_err());
        let opened = KeyStore::from_pkcs12(&bundle, &passphrase, Pkcs12ImportPolicy::Strict).unwrap();
        let (_, chain) = opened.private_key_chain().unwrap();
        assert_eq!(chain.key().as_der(), issued.key.as_slice());
        assert_eq!(chain.certs()[0].as_der(), &*issued.certificate);
    }

    #[test]
    fn passphrases_are_long_plain_and_never_the_same() {
        let (one, other) = (random_passphrase(), random_passphrase());
        assert_eq!(one.len(), GROUPS * (GROUP_CHARS + 1) - 1);
        assert!(one.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{}", *one);
        assert_ne!(*one, *other);
    }
}
