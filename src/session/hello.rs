//! The first frame of a socket: a ticket turns it into somebody's session, or it ends.

use std::time::Duration;

use axum::extract::ws::Message;

use super::frames::decode;
use super::writer::{Ended, Writer};
use super::{Session, SessionParts};
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::wire::codes::CloseCode;
use crate::wire::version::negotiate;
use crate::wire::{ClientFrame, Hello, ServerFrame, Welcome};

/// Turns one-time tickets into sign-ins. Implemented by the actions, which keep accounts.
pub trait TicketGate: Send + Sync {
    /// The sign-in the ticket was issued for; it can be used once.
    fn redeem(&self, ticket: &str) -> Option<SignedIn>;

    /// Whether somebody whose socket is open by now may go on: from here on an end reaches the socket itself.
    fn stands(&self, signed_in: &SignedIn) -> bool;
}

/// Reads `hello` within its time: who it is, and the version to speak.
pub(super) async fn authenticate(writer: &mut Writer, parts: &SessionParts) -> Result<(SignedIn, u32), Ended> {
    let late = Duration::from_millis(parts.patience.hello_ms.into());
    let hello = match tokio::time::timeout(late, read_hello(writer)).await {
        Ok(read) => read?,
        Err(_) => return Err(Ended::Close(CloseCode::HelloLate)),
    };
    let version = negotiate(hello.version).ok_or(Ended::Close(CloseCode::VersionUnsupported))?;
    let mut signed_in = parts.tickets.redeem(&hello.ticket).ok_or(Ended::Close(CloseCode::TicketRefused))?;
    if let Some(until) = parts.hub.admits_socket(&parts.line, &signed_in).map_err(Ended::Close)? {
        signed_in.until = signed_in.until.min(until);
    }
    Ok((signed_in, version))
}

impl Session {
    /// Says who the client is signed in as, and under which bounds.
    pub(super) async fn welcome(&mut self, version: u32) -> Result<(), Ended> {
        let welcome = Welcome {
            version,
            sign_in: self.signed_in.id,
            actor: self.signed_in.actor,
            heartbeat_ms: u32::try_from(limits::HEARTBEAT_MS).expect("seconds"),
            authenticated_until: self.signed_in.until,
            frame_bytes_max: u32::try_from(limits::FRAME_BYTES_MAX).expect("kilobytes"),
            posts_in_flight_max: u32::try_from(limits::POSTS_IN_FLIGHT_MAX).expect("a few"),
            server_time: self.hub.region().now(),
        };
        // One whose sign-in has just ended is not welcomed.
        if self.outbox.is_closed() {
            return self.empty_outbox().await;
        }
        self.writer.send(&ServerFrame::Welcome(welcome)).await
    }
}

async fn read_hello(writer: &mut Writer) -> Result<Hello, Ended> {
    loop {
        let message = match writer.next_message().await {
            None | Some(Ok(Message::Close(_))) => return Err(Ended::Gone),
            Some(Err(error)) => return Err(super::frames::broken(&error)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(message)) => message,
        };
        if super::frames::payload_bytes(&message) > limits::HELLO_BYTES_MAX {
            return Err(Ended::Close(CloseCode::FrameTooLarge));
        }
        return match decode(writer.encoding(), &message) {
            Ok(ClientFrame::Hello(hello)) => Ok(hello),
            Ok(_) => Err(Ended::Close(CloseCode::HelloExpected)),
            Err(_) => Err(Ended::Close(CloseCode::FrameMalformed)),
        };
    }
}
