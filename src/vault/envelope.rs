//! Envelopes: what a device seals so that only this region's hub can open it. HPKE in base mode (RFC 9180) with
//! DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, one message for each encapsulated key; browsers have all of it
//! (`web/sealing.js`). The private key leaves this module only to be sealed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use ring::aead::{AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use super::{digest, fill_random};

const PRIVATE_BYTES: usize = 32;
const SHARED_BYTES: usize = 32;
/// Of SHA-256, in the name of a key.
const NAME_BYTES: usize = 12;
const VERSION: &[u8] = b"HPKE-v1";
/// `KEM` and the number of DHKEM(P-256, HKDF-SHA256).
const KEM_SUITE: &[u8] = b"KEM\x00\x10";

/// The pair of keys that envelopes are sealed to and opened with.
pub struct EnvelopeKey {
    private: p256::SecretKey,
    public: Vec<u8>,
}

/// An envelope as a device hands it in.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The public key made for this one message: an uncompressed point.
    pub encapsulated: &'a [u8],
    /// What both sides know it is for.
    pub info: &'a [u8],
    /// What it is bound to.
    pub about: &'a [u8],
    pub sealed: &'a [u8],
}

impl EnvelopeKey {
    /// A new pair.
    #[must_use]
    pub fn make() -> Self {
        loop {
            let mut bytes = Zeroizing::new([0; PRIVATE_BYTES]);
            fill_random(&mut *bytes);
            // One number in 2^32 is none of the curve's.
            if let Some(key) = Self::load(&*bytes) {
                return key;
            }
        }
    }

    /// The pair of this private key; `None`: it is none.
    #[must_use]
    pub fn load(private: &[u8]) -> Option<Self> {
        let private = p256::SecretKey::from_slice(private).ok()?;
        let public = private.public_key().to_sec1_point(false).as_bytes().to_vec();
        Some(Self { private, public })
    }

    /// For sealing it.
    #[must_use]
    pub fn private(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_bytes().to_vec())
    }

    /// The public half: an uncompressed point.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// What this pair is called.
    #[must_use]
    pub fn name(&self) -> String {
        URL_SAFE_NO_PAD.encode(&digest(&self.public)[..NAME_BYTES])
    }

    /// What is in an envelope; `None` whatever is wrong with it.
    #[must_use]
    pub fn open(&self, envelope: &Envelope<'_>) -> Option<Zeroizing<Vec<u8>>> {
        self.open_with(&AES_256_GCM, 2, envelope)
    }

    fn open_with(&self, cipher: &'static Algorithm, number: u8, envelope: &Envelope<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let theirs = p256::PublicKey::from_sec1_bytes(envelope.encapsulated).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.private.to_nonzero_scalar(), theirs.as_affine());
        let prk = extract(KEM_SUITE, &[], b"eae_prk", shared.raw_secret_bytes());
        let secret = expand(KEM_SUITE, &prk, b"shared_secret", &[envelope.encapsulated, &self.public], SHARED_BYTES);

        let suite = [b"HPKE".as_slice(), &[0, 0x10, 0, 1, 0, number]].concat();
        let (no_psk, info) =
            (extract(&suite, &[], b"psk_id_hash", &[]), extract(&suite, &[], b"info_hash", envelope.info));
        let context: [&[u8]; 3] = [&[0], &*no_psk, &*info];
        let secret = extract(&suite, &secret, b"secret", &[]);
        let key = expand(&suite, &secret, b"key", &context, cipher.key_len());
        let nonce = expand(&suite, &secret, b"base_nonce", &context, NONCE_LEN);

        let key = LessSafeKey::new(UnboundKey::new(cipher, &key).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let mut text = Zeroizing::new(envelope.sealed.to_vec());
        let opened = key.open_in_place(nonce, Aad::from(envelope.about), &mut text).ok()?.len();
        text.truncate(opened);
        Some(text)
    }
}

type Block = Zeroizing<Vec<u8>>;

/// `LabeledExtract`.
fn extract(suite: &[u8], salt: &[u8], label: &[u8], material: &[u8]) -> Block {
    hmac_of(salt, &[VERSION, suite, label, material])
}

/// `LabeledExpand`, of at most one block.
fn expand(suite: &[u8], prk: &[u8], label: &[u8], info: &[&[u8]], length: usize) -> Block {
    let length_text = u16::try_from(length).expect("at most one block").to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![&length_text, VERSION, suite, label];
    parts.extend(info);
    parts.push(&[1]);
    let mut block = hmac_of(prk, &parts);
    block.truncate(length);
    block
}

fn hmac_of(key: &[u8], parts: &[&[u8]]) -> Block {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    Zeroizing::new(context.sign().as_ref().to_vec())
}

impl fmt::Debug for EnvelopeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnvelopeKey({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use ring::aead::AES_128_GCM;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    #[test]
    fn the_vector_of_the_rfc_opens_and_nothing_that_differs_from_it_does() {
        // RFC 9180, A.3.1: this curve with AES-128-GCM, the first message.
        let key =
            EnvelopeKey::load(&bytes("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2")).unwrap();
        let public = "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6\
                      aa8f80e30f1d128aafd68a2ce72ea0";
        assert_eq!(key.public(), bytes(public));
        let encapsulated = bytes(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce\
             65c9bfcb9382657222d18c4",
        );
        let info = bytes("4f6465206f6e2061204772656369616e2055726e");
        let sealed =
            bytes("5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434");
        let whole = Envelope { encapsulated: &encapsulated, info: &info, about: b"Count-0", sealed: &sealed };
        let opened = key.open_with(&AES_128_GCM, 1, &whole).unwrap();
        assert_eq!(opened.as_slice(), b"Beauty is truth, truth beauty");

        let (mut altered, mut other_point) = (sealed.clone(), encapsulated.clone());
        altered[3] ^= 1;
        other_point[40] ^= 1;
        for wrong in [
            Envelope { about: b"Count-1", ..whole },
            Envelope { info: b"", ..whole },
            Envelope { sealed: &altered, ..whole },
            Envelope { sealed: &sealed[..10], ..whole },
            Envelope { encapsulated: &other_point, ..whole },
            Envelope { encapsulated: &[], ..whole },
        ] {
            assert!(key.open_with(&AES_128_GCM, 1, &wrong).is_none(), "{wrong:?}");
        }
        assert!(EnvelopeKey::make().open_with(&AES_128_GCM, 1, &whole).is_none());
        assert!(key.open(&whole).is_none(), "another cipher");
    }

    #[test]
    fn a_key_comes_back_from_its_private_half_and_has_one_name() {
        let key = EnvelopeKey::make();
        let again = EnvelopeKey::load(&key.private()).unwrap();
        assert_eq!((again.public(), again.name()), (key.public(), key.name()));
        assert_ne!(EnvelopeKey::make().name(), key.name());
        assert!(EnvelopeKey::load(&[0; 32]).is_none() && EnvelopeKey::load(&[]).is_none());
        assert!(!format!("{key:?}").contains(&format!("{:?}", key.private())));
    }
}
