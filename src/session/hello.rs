//! The first frame of a socket: a ticket turns it into somebody's session, or it ends.

use std::time::Duration;

use axum::extract::ws::Message;

use super::frames::decode;
use super::writer::{Ended, Writer};
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::wire::codes::CloseCode;
use crate::wire::version::negotiate;
use crate::wire::{ClientFrame, Hello, ServerFrame, Welcome};

/// Turns one-time tickets into sign-ins. Implemented by the actions, which keep accounts.
pub trait TicketGate: Send + Sync {
    /// The sign-in the ticket was issued for; it can be used once.
    fn redeem(&self, ticket: &str) -> Option<SignedIn>;
}

/// Reads `hello` within its time and answers `welcome`.
pub(super) async fn authenticate(writer: &mut Writer, tickets: &dyn TicketGate, hub: &Hub) -> Result<SignedIn, Ended> {
    let late = Duration::from_millis(limits::HELLO_MS_MAX);
    let hello = match tokio::time::timeout(late, read_hello(writer)).await {
        Ok(read) => read?,
        Err(_) => return Err(Ended::Close(CloseCode::HelloLate)),
    };
    let Some(version) = negotiate(hello.version) else {
        return Err(Ended::Close(CloseCode::VersionUnsupported));
    };
    let Some(signed_in) = tickets.redeem(&hello.ticket) else {
        return Err(Ended::Close(CloseCode::TicketRefused));
    };
    let welcome = Welcome {
        version,
        sign_in: signed_in.id,
        actor: signed_in.actor,
        heartbeat_ms: u32::try_from(limits::HEARTBEAT_MS).expect("seconds"),
        authenticated_until: signed_in.until,
        frame_bytes_max: u32::try_from(limits::FRAME_BYTES_MAX).expect("kilobytes"),
        posts_in_flight_max: u32::try_from(limits::POSTS_IN_FLIGHT_MAX).expect("a few"),
        server_time: hub.region().now(),
    };
    writer.send(&ServerFrame::Welcome(welcome)).await?;
    Ok(signed_in)
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
