//! What a connection lets somebody do: the one place that says which device a sign-in counts on, for which organisation,
//! and who may do without. Asked at every request, when a sign-in begins, and when a socket says hello.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::devices::{Devices, Line, OpenLine, Shown};
use super::sessions::{Sessions, SignedIn};
use super::{Hub, StoreError};
use crate::domain::act::{Act, By, Deed};
use crate::domain::device::{DeviceDeed, DeviceDemand, Serial};
use crate::domain::directory::Actor;
use crate::domain::ids::DeviceId;
use crate::domain::role::OrganisationType;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::store::Journal;
use crate::wire::codes::CloseCode;

/// Why a connection does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineRefusal {
    /// The certificate of a registered device is required; what was shown instead.
    #[error("a registered device is required")]
    Required(Shown),
    /// The sign-in began on another device, or on none.
    #[error("the sign-in belongs to another device")]
    Mismatch,
    /// The device is another organisation's.
    #[error("the device belongs to another organisation")]
    Elsewhere,
}

impl Hub {
    /// Whether somebody may act over this connection by a sign-in that is bound to this device, or to none; and until when
    /// at most, where they do so by an exception.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(
        &self,
        line: &Line,
        actor: &Actor,
        bound: Option<DeviceId>,
    ) -> Result<Option<Timestamp>, LineRefusal> {
        let now = self.region().now();
        // INVARIANT: a sign-in counts on the device that it began on and nowhere else, and one without on none.
        let Some((device, organisation)) = line.device(now) else {
            return match bound {
                Some(_) => Err(LineRefusal::Mismatch),
                None => self.without_device(line, actor, now),
            };
        };
        // One that was revoked while the request was on its way begins nothing more.
        if bound != Some(device) || !self.devices().stands(device) {
            return Err(LineRefusal::Mismatch);
        }
        let directory = self.region().directory();
        let owner = directory.organisations.get(&organisation).map(|owner| owner.kind);
        // The secretariat lends devices: to an office whose own is lost, and for training.
        let is_lent = owner == Some(OrganisationType::Secretariat);
        if organisation != actor.organisation && !is_lent {
            return Err(LineRefusal::Elsewhere);
        }
        Ok(None)
    }

    /// The same for a socket, whose ticket was drawn over a connection that was judged. Some systems show no certificate
    /// with a WebSocket; where none is required, the ticket stands for it.
    ///
    /// # Errors
    /// The code to close with.
    pub fn admits_socket(&self, line: &Line, signed_in: &SignedIn) -> Result<Option<Timestamp>, CloseCode> {
        if signed_in.device.is_some_and(|device| !self.devices().stands(device)) {
            return Err(CloseCode::DeviceRevoked);
        }
        let stands_for_it = line.demand != DeviceDemand::Required && line.shown == Shown::Nothing;
        if stands_for_it && signed_in.device.is_some() {
            return Ok(None);
        }
        self.admits(line, &signed_in.actor, signed_in.device).map_err(|_| CloseCode::DeviceRefused)
    }

    fn without_device(&self, line: &Line, actor: &Actor, now: Timestamp) -> Result<Option<Timestamp>, LineRefusal> {
        if line.demand != DeviceDemand::Required {
            return Ok(None);
        }
        match self.devices().exception(actor.person, now) {
            Some(until) => Ok(Some(until)),
            None => Err(LineRefusal::Required(line.shown)),
        }
    }

    /// A connection shows this certificate, whose chain was verified: what it is worth, and what tells when that ends.
    pub async fn open_line(&self, serial: Serial) -> (Shown, Option<OpenLine>) {
        if !self.devices().knows(serial) {
            // Issued a moment ago by another process, on this machine.
            self.look_at_devices().await;
        }
        let (shown, open) = self.devices().open_line(serial, self.region().now());
        if open.is_some() {
            self.see_device(serial);
        }
        (shown, open)
    }

    /// Notes when a device was seen, aside: nobody waits for it.
    fn see_device(&self, serial: Serial) {
        let now = self.region().now();
        let Some(certificate) = self.devices().see(serial, now) else { return };
        let (journal, devices) = (self.journal().clone(), Arc::clone(self.devices()));
        tokio::spawn(async move {
            let noting = journal.write(move |tx| {
                Box::pin(async move {
                    tx.note_device_seen(certificate.device, now).await?;
                    let replaced = tx.end_older_certificates(&certificate, now).await?;
                    let device = certificate.device;
                    let deed = |serial: &Serial| DeviceDeed::CertificateReplaced { device, serial: *serial };
                    let act = |serial| Act { by: By::Hub, deed: Deed::Device(deed(serial)) };
                    tx.append_acts(now, replaced.iter().map(act)).await?;
                    Ok::<_, StoreError>(replaced)
                })
            });
            match noting.await {
                Ok(replaced) if replaced.is_empty() => {}
                Ok(replaced) => devices.end_certificates(&replaced, now),
                Err(error) => tracing::debug!(code = error.code(), "a device that was seen is not noted"),
            }
        });
    }

    /// Reads the lists of devices again, and waits until they are in force.
    pub async fn look_at_devices(&self) {
        let (reply, looked) = oneshot::channel();
        if self.device_wishes().send(reply).await.is_ok() {
            let _ = looked.await;
        }
    }
}

/// Follows what the command line registers and revokes, until the hub goes.
pub(super) async fn follow(
    journal: Journal,
    devices: Arc<Devices>,
    sessions: Arc<Sessions>,
    mut asked: mpsc::Receiver<oneshot::Sender<()>>,
) {
    loop {
        let poll = tokio::time::sleep(std::time::Duration::from_millis(limits::DEVICE_POLL_MS));
        let wish = tokio::select! {
            wish = asked.recv() => match wish {
                Some(wish) => Some(wish),
                None => return,
            },
            () = poll => None,
        };
        let as_of = devices.as_of();
        match journal.read(|tx| Box::pin(tx.load_device_lists())).await {
            Ok(lists) => {
                for device in devices.replace(lists, as_of) {
                    sessions.end_on_device(device, CloseCode::DeviceRevoked);
                }
            }
            Err(error) => {
                let error: StoreError = error;
                tracing::warn!(code = error.code(), "the lists of devices cannot be read; the last ones stand");
            }
        }
        if let Some(wish) = wish {
            // Whoever asked may have gone.
            let _ = wish.send(());
        }
    }
}
