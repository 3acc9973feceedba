//! A keyed fingerprint (HMAC-SHA256) of a body. The journal compares it when an id is sent again:
//! a plain hash would do for comparing, but a vital has so few possible values that anyone with the
//! database could find the one that fits it.

use std::fmt;

use ring::hmac;

use super::is_equal_in_constant_time;

pub const MAC_BYTES: usize = 32;

/// Makes [`Mac`]s. The expanded key stays in it.
pub struct MacKey {
    key: hmac::Key,
}

/// The fingerprint of one body. Equality takes the same time whatever the difference.
#[derive(Clone, Copy, Debug)]
pub struct Mac(pub [u8; MAC_BYTES]);

impl MacKey {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The fingerprint of a list of parts. It differs when a boundary between parts moves.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> Mac {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut bytes = [0; MAC_BYTES];
        bytes.copy_from_slice(context.sign().as_ref());
        Mac(bytes)
    }
}

impl Mac {
    /// As read from a column of the journal; `None` when it has another length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8; MAC_BYTES] {
        &self.0
    }
}

impl PartialEq for Mac {
    fn eq(&self, other: &Self) -> bool {
        is_equal_in_constant_time(&self.0, &other.0)
    }
}

impl Eq for Mac {}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_depends_on_the_key_the_content_and_the_boundaries() {
        let key = MacKey::new(&[1; 32]);
        let mac = key.mac(&[b"author", b"body"]);
        assert_eq!(mac, key.mac(&[b"author", b"body"]));
        assert_ne!(mac, key.mac(&[b"author", b"bodY"]));
        assert_ne!(mac, key.mac(&[b"authorb", b"ody"]));
        assert_ne!(mac, key.mac(&[b"authorbody"]));
        assert_ne!(mac, MacKey::new(&[2; 32]).mac(&[b"author", b"body"]));
    }

    #[test]
    fn it_is_the_standards_hmac_over_length_prefixed_parts() {
        // RFC 4231 test case 2 has another key length, so the definition itself is the reference.
        let mut message = 2_u64.to_be_bytes().to_vec();
        message.extend_from_slice(b"hi");
        let reference = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[3; 32]), &message);
        assert_eq!(MacKey::new(&[3; 32]).mac(&[b"hi"]).as_bytes(), reference.as_ref());
    }

    #[test]
    fn it_is_read_back_only_at_its_full_length() {
        let mac = MacKey::new(&[1; 32]).mac(&[b"body"]);
        assert_eq!(Mac::from_slice(mac.as_bytes()), Some(mac));
        assert_eq!(Mac::from_slice(&mac.as_bytes()[1..]), None);
    }
}
