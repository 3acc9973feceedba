//! The key of one timeline. The store keeps it wrapped by the region's data key; deleting the wrapped
//! key makes everything sealed with it unreadable, in backups too once they have aged out.

use std::fmt;

use uuid::Uuid;
use zeroize::Zeroize;

use super::derive::{KEY_BYTES, Secret};
use super::{CannotOpen, DataKey, SealingKey, fill_random};

const WRAP_CONTEXT: &[u8; 16] = b"patient-key/v1\0\0";

/// Ready to seal and open; keep it with the timeline's state in memory.
pub struct PatientKey {
    secret: Secret,
    sealing: SealingKey,
}

impl PatientKey {
    #[must_use]
    pub fn random() -> Self {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        Self::from_secret(secret)
    }

    fn from_secret(secret: Secret) -> Self {
        Self { sealing: SealingKey::new(&secret), secret }
    }

    /// The key as the store may keep it: it opens only under this region's data key and this timeline.
    #[must_use]
    pub fn wrap(&self, region: &DataKey, timeline: Uuid) -> Vec<u8> {
        region.wrapping().seal(&wrap_aad(timeline), &*self.secret)
    }

    /// The key that [`Self::wrap`] wrapped.
    ///
    /// # Errors
    /// When the data key or the timeline is another, or the wrapped key was altered.
    pub fn unwrap(region: &DataKey, timeline: Uuid, wrapped: &[u8]) -> Result<Self, CannotOpen> {
        let mut opened = region.wrapping().open(&wrap_aad(timeline), wrapped)?;
        let mut secret = Secret::default();
        let has_key_length = opened.len() == KEY_BYTES;
        if has_key_length {
            secret.copy_from_slice(&opened);
        }
        opened.zeroize();
        if has_key_length { Ok(Self::from_secret(secret)) } else { Err(CannotOpen::NotAuthentic) }
    }

    /// See [`SealingKey::seal`]. `aad` names the kind of record and its place in the timeline.
    #[must_use]
    pub fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        self.sealing.seal(aad, plaintext)
    }

    /// See [`SealingKey::open`].
    ///
    /// # Errors
    /// When anything about the record, the key or the `aad` differs.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        self.sealing.open(aad, sealed)
    }
}

fn wrap_aad(timeline: Uuid) -> [u8; 32] {
    let mut aad = [0; 32];
    aad[..16].copy_from_slice(WRAP_CONTEXT);
    aad[16..].copy_from_slice(timeline.as_bytes());
    aad
}

impl fmt::Debug for PatientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMELINE: Uuid = Uuid::from_u128(1);
    const ANOTHER: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_wrapped_key_opens_what_the_key_sealed() {
        let region = DataKey::of_nothing();
        let key = PatientKey::random();
        let sealed = key.seal(b"entry 1", "SpO2 97 %".as_bytes());
        let unwrapped = PatientKey::unwrap(&region, TIMELINE, &key.wrap(&region, TIMELINE)).unwrap();
        assert_eq!(unwrapped.open(b"entry 1", &sealed).unwrap(), "SpO2 97 %".as_bytes());
    }

    #[test]
    fn it_unwraps_only_in_its_region_and_for_its_timeline_and_unaltered() {
        let (region, elsewhere) = (DataKey::of_nothing(), DataKey::of_nothing());
        let mut wrapped = PatientKey::random().wrap(&region, TIMELINE);
        let error =
            |region, timeline, wrapped: &[u8]| PatientKey::unwrap(region, timeline, wrapped).map(|_| ()).unwrap_err();
        assert_eq!(error(&region, ANOTHER, &wrapped), CannotOpen::NotAuthentic);
        assert_eq!(error(&elsewhere, TIMELINE, &wrapped), CannotOpen::NotAuthentic);
        wrapped[20] ^= 1;
        assert_eq!(error(&region, TIMELINE, &wrapped), CannotOpen::NotAuthentic);
    }

    #[test]
    fn a_name_sealed_for_the_region_is_not_taken_for_a_key() {
        let region = DataKey::of_nothing();
        let short = region.wrapping().seal(&wrap_aad(TIMELINE), b"too short for a key");
        let error = PatientKey::unwrap(&region, TIMELINE, &short).map(|_| ()).unwrap_err();
        assert_eq!(error, CannotOpen::NotAuthentic);
    }

    #[test]
    fn patients_do_not_share_a_key_and_nothing_is_printed() {
        let (one, other) = (PatientKey::random(), PatientKey::random());
        assert!(other.open(b"", &one.seal(b"", b"note")).is_err());
        assert_eq!(format!("{one:?}"), "PatientKey(..)");
    }
}
