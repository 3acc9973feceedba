//! Registered devices as connections are judged by them: in memory, without names. A certificate that ends cuts the
//! connections that showed it at once. What is stored about devices is changed by the actions.
//!
//! INVARIANT: a connection is taken into the list under the lock under which its certificate was found to stand, so that
//! whatever ends a certificate finds every connection that shows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::device::{DeviceCertificate, DeviceDemand, Serial};
use crate::domain::ids::{DeviceId, OrganisationId, PersonId};
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::DeviceLists;

/// What a connection shows of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// No certificate, or the listener does not ask for one.
    Nothing,
    /// One that stands until then.
    Device { id: DeviceId, organisation: OrganisationId, until: Timestamp },
    /// One of ours whose time is over.
    Expired,
    /// One of ours that was replaced or revoked, or that nobody knows any more.
    Ended,
}

/// A connection, as far as devices are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub demand: DeviceDemand,
    pub shown: Shown,
}

impl Default for Line {
    fn default() -> Self {
        Self::UNASKED
    }
}

impl Line {
    /// One that is not asked for a device.
    pub const UNASKED: Self = Self { demand: DeviceDemand::Off, shown: Shown::Nothing };

    /// The device that it shows at this moment.
    #[must_use]
    pub fn device(&self, now: Timestamp) -> Option<(DeviceId, OrganisationId)> {
        match self.shown {
            Shown::Device { id, organisation, until } if now < until => Some((id, organisation)),
            _ => None,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Devices {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    devices: HashMap<DeviceId, Known>,
    certificates: HashMap<Serial, DeviceCertificate>,
    exceptions: HashMap<PersonId, Timestamp>,
    /// Open connections that showed a certificate.
    lines: HashMap<u64, (Serial, Arc<Notify>)>,
    lines_opened: u64,
    /// When each device was last noted as seen.
    noted: HashMap<DeviceId, Timestamp>,
    /// Certificates of the authorities that are trusted.
    authorities: Arc<Vec<Vec<u8>>>,
    /// Changes since the start: lists that were read before the last one are stale.
    changes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    organisation: OrganisationId,
    is_revoked: bool,
}

/// The lists as they stood before something was read: only if nothing changed since may it replace them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf(u64);

impl Devices {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The devices of these lists.
    #[must_use]
    pub fn of(lists: DeviceLists) -> Self {
        let devices = Self::default();
        let now = devices.as_of();
        devices.replace(lists, now);
        devices
    }

    /// To be taken before lists are read.
    #[must_use]
    pub fn as_of(&self) -> AsOf {
        AsOf(self.lock().changes)
    }

    /// Takes lists that were read, unless something changed meanwhile; the devices that turn out to be revoked.
    pub fn replace(&self, lists: DeviceLists, as_of: AsOf) -> Vec<DeviceId> {
        let mut state = self.lock();
        if state.changes != as_of.0 {
            return Vec::new();
        }
        let was_revoked = |id: &DeviceId| state.devices.get(id).is_some_and(|known| known.is_revoked);
        let newly = |(id, _, is_revoked): &(DeviceId, OrganisationId, bool)| *is_revoked && !was_revoked(id);
        let revoked = lists.devices.iter().filter(|one| newly(one)).map(|(id, ..)| *id).collect();
        let known = |(id, organisation, is_revoked)| (id, Known { organisation, is_revoked });
        state.devices = lists.devices.into_iter().map(known).collect();
        state.certificates = lists.certificates.into_iter().map(|one| (one.serial, one)).collect();
        if *state.authorities != lists.authorities {
            state.authorities = Arc::new(lists.authorities);
        }
        state.exceptions = lists.exceptions.into_iter().map(|one| (one.person, one.until)).collect();
        state.cut_ended();
        revoked
    }

    /// A device was registered.
    pub fn add(&self, id: DeviceId, organisation: OrganisationId) {
        let mut state = self.lock();
        state.changes += 1;
        state.devices.insert(id, Known { organisation, is_revoked: false });
    }

    /// A certificate was issued.
    pub fn add_certificate(&self, certificate: DeviceCertificate) {
        let mut state = self.lock();
        state.changes += 1;
        state.certificates.insert(certificate.serial, certificate);
    }

    /// A device was revoked, with all its certificates: what is open closes now.
    pub fn revoke(&self, id: DeviceId, now: Timestamp) {
        let mut state = self.lock();
        state.changes += 1;
        if let Some(known) = state.devices.get_mut(&id) {
            known.is_revoked = true;
        }
        for certificate in state.certificates.values_mut().filter(|one| one.device == id) {
            certificate.ended_at.get_or_insert(now);
        }
        state.cut_ended();
    }

    /// Certificates were replaced: what is open with them closes now.
    pub fn end_certificates(&self, serials: &[Serial], now: Timestamp) {
        let mut state = self.lock();
        state.changes += 1;
        for serial in serials {
            if let Some(certificate) = state.certificates.get_mut(serial) {
                certificate.ended_at.get_or_insert(now);
            }
        }
        state.cut_ended();
    }

    /// Somebody may do without a device until then, or no longer.
    pub fn set_exception(&self, person: PersonId, until: Option<Timestamp>) {
        let mut state = self.lock();
        state.changes += 1;
        match until {
            Some(until) => drop(state.exceptions.insert(person, until)),
            None => drop(state.exceptions.remove(&person)),
        }
    }

    /// Until when somebody may do without a device.
    #[must_use]
    pub fn exception(&self, person: PersonId, now: Timestamp) -> Option<Timestamp> {
        self.lock().exceptions.get(&person).copied().filter(|until| now < *until)
    }

    /// Who may do without a device at this moment, the first to end first.
    #[must_use]
    pub fn exceptions(&self, now: Timestamp) -> Vec<(PersonId, Timestamp)> {
        let mut list: Vec<_> = self.lock().exceptions.iter().map(|(person, until)| (*person, *until)).collect();
        list.retain(|(_, until)| now < *until);
        list.sort_by_key(|(person, until)| (*until, *person));
        list
    }

    /// The authorities whose certificates count: the same list as long as nothing changes.
    #[must_use]
    pub fn authorities(&self) -> Arc<Vec<Vec<u8>>> {
        Arc::clone(&self.lock().authorities)
    }

    /// Whether the handshake with this certificate is to fail: it was replaced or revoked.
    #[must_use]
    pub fn has_ended(&self, serial: Serial) -> bool {
        self.lock().certificates.get(&serial).is_some_and(|known| known.ended_at.is_some())
    }

    /// Whether a device was registered and not revoked.
    #[must_use]
    pub fn stands(&self, id: DeviceId) -> bool {
        self.lock().devices.get(&id).is_some_and(|known| !known.is_revoked)
    }

    /// How many devices are registered and not revoked.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().devices.values().filter(|known| !known.is_revoked).count()
    }

    /// Whether this certificate is in the lists; one that another process issued just now is not.
    #[must_use]
    pub fn knows(&self, serial: Serial) -> bool {
        self.lock().certificates.contains_key(&serial)
    }

    /// A connection shows this certificate, whose chain was verified. While what is returned lives, it is told when the
    /// certificate ends.
    pub fn open_line(self: &Arc<Self>, serial: Serial, now: Timestamp) -> (Shown, Option<OpenLine>) {
        let mut state = self.lock();
        let Some(certificate) = state.certificates.get(&serial).copied() else { return (Shown::Ended, None) };
        let Some(known) = state.devices.get(&certificate.device).copied() else { return (Shown::Ended, None) };
        if certificate.ended_at.is_some() || known.is_revoked {
            return (Shown::Ended, None);
        }
        if now >= certificate.expires_at {
            return (Shown::Expired, None);
        }
        state.lines_opened += 1;
        let (number, cut) = (state.lines_opened, Arc::<Notify>::default());
        state.lines.insert(number, (serial, Arc::clone(&cut)));
        let (organisation, until) = (known.organisation, certificate.expires_at);
        let shown = Shown::Device { id: certificate.device, organisation, until };
        (shown, Some(OpenLine { devices: Arc::clone(self), number, cut }))
    }

    /// A device was seen with this certificate; what is to be noted about it, once in a while.
    pub fn see(&self, serial: Serial, now: Timestamp) -> Option<DeviceCertificate> {
        let mut state = self.lock();
        let certificate = state.certificates.get(&serial).copied()?;
        let is_fresh = |noted: &Timestamp| now.since(*noted) < Duration::from_millis(limits::DEVICE_SEEN_NOTED_MS);
        let has_older = |one: &DeviceCertificate| {
            let is_other = one.device == certificate.device && one.serial != serial;
            is_other && one.issued_at < certificate.issued_at && one.ended_at.is_none()
        };
        if state.noted.get(&certificate.device).is_some_and(is_fresh) && !state.certificates.values().any(has_older) {
            return None;
        }
        state.noted.insert(certificate.device, now);
        Some(certificate)
    }

    /// How many open connections show a certificate.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lock().lines.len()
    }
}

impl State {
    fn cut_ended(&mut self) {
        for (serial, cut) in self.lines.values() {
            let certificate = self.certificates.get(serial).filter(|one| one.ended_at.is_none());
            let device = certificate.and_then(|one| self.devices.get(&one.device));
            if device.is_none_or(|known| known.is_revoked) {
                cut.notify_one();
            }
        }
    }
}

/// An open connection that showed the certificate of a device.
#[derive(Debug)]
pub struct OpenLine {
    devices: Arc<Devices>,
    number: u64,
    cut: Arc<Notify>,
}

impl OpenLine {
    /// Ready when the certificate ends.
    pub async fn cut(&self) {
        self.cut.notified().await;
    }
}

impl Drop for OpenLine {
    fn drop(&mut self) {
        self.devices.lock().lines.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);
    const SERIAL: Serial = Serial([1; 16]);

    fn id(number: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(number))
    }

    fn certificate(serial: Serial, device: DeviceId, issued_at: Timestamp) -> DeviceCertificate {
        let expires_at = NOW.saturating_add(Duration::from_secs(3_600));
        DeviceCertificate { serial, device, issued_at, expires_at, ended_at: None }
    }

    fn lists(is_revoked: bool) -> DeviceLists {
        let devices = vec![(id(1), OrganisationId(Uuid::from_u128(9)), is_revoked)];
        let (certificates, authorities) = (vec![certificate(SERIAL, id(1), NOW)], Vec::new());
        DeviceLists { devices, certificates, exceptions: Vec::new(), authorities }
    }

    #[tokio::test]
    async fn whatever_ends_a_certificate_cuts_its_lines_and_no_others() {
        let devices = Arc::new(Devices::of(lists(false)));
        devices.add(id(2), OrganisationId(Uuid::from_u128(9)));
        devices.add_certificate(certificate(Serial([2; 16]), id(2), NOW));
        let (shown, line) = devices.open_line(SERIAL, NOW);
        assert!(matches!(shown, Shown::Device { id: shown, .. } if shown == id(1)), "{shown:?}");
        let (_, other) = devices.open_line(Serial([2; 16]), NOW);
        let (line, other) = (line.unwrap(), other.unwrap());
        devices.revoke(id(1), NOW);
        line.cut().await;
        assert!(devices.has_ended(SERIAL) && !devices.stands(id(1)));
        assert_eq!(devices.open_line(SERIAL, NOW).0, Shown::Ended);
        devices.end_certificates(&[Serial([2; 16])], NOW);
        other.cut().await;
        assert!(devices.stands(id(2)), "the device itself goes on");
        drop((line, other));
        assert_eq!(devices.lines(), 0);
    }

    #[tokio::test]
    async fn lists_that_were_read_before_a_change_take_nothing_back() {
        let devices = Arc::new(Devices::of(lists(false)));
        let as_of = devices.as_of();
        devices.revoke(id(1), NOW);
        assert_eq!(devices.replace(lists(false), as_of), []);
        assert!(!devices.stands(id(1)), "what was read before it was revoked");
        let devices = Arc::new(Devices::of(lists(false)));
        let (_, line) = devices.open_line(SERIAL, NOW);
        assert_eq!(devices.replace(lists(true), devices.as_of()), [id(1)]);
        line.unwrap().cut().await;
        assert_eq!(devices.replace(lists(true), devices.as_of()), [], "said once");
    }

    #[test]
    fn a_certificate_counts_within_its_time_and_an_unknown_one_never() {
        let devices = Arc::new(Devices::of(lists(false)));
        let late = NOW.saturating_add(Duration::from_secs(3_600));
        let (shown, _line) = devices.open_line(SERIAL, NOW);
        let line = Line { demand: DeviceDemand::Optional, shown };
        assert!(line.device(NOW).is_some() && line.device(late).is_none());
        assert_eq!(devices.open_line(SERIAL, late).0, Shown::Expired);
        assert_eq!(devices.open_line(Serial([3; 16]), NOW).0, Shown::Ended);
    }

    #[test]
    fn a_device_is_noted_once_in_a_while_and_at_once_when_its_certificate_is_new() {
        let devices = Devices::of(lists(false));
        assert!(devices.see(SERIAL, NOW).is_some() && devices.see(SERIAL, NOW).is_none());
        let later = NOW.saturating_add(Duration::from_millis(limits::DEVICE_SEEN_NOTED_MS));
        assert!(devices.see(SERIAL, later).is_some());
        let renewed = Serial([2; 16]);
        devices.add_certificate(certificate(renewed, id(1), later));
        assert!(devices.see(renewed, later).is_some(), "an older one is to be ended");
        devices.end_certificates(&[SERIAL], later);
        assert!(devices.see(renewed, later).is_none());
    }
}
