//! The text lines of the bare relay in `benches/relay/`, the yardstick. It knows no sign-in.

use anyhow::ensure;
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{Incoming, Malformed, Party, Post, Protocol};
use crate::cli::load::transport::{self, Transport};

#[derive(Debug, Clone, Copy)]
pub struct Bare;

impl Protocol for Bare {
    async fn open<T: Transport>(&self, transport: &T, party: Party) -> anyhow::Result<WebSocketStream<T::Stream>> {
        let request = transport::upgrade_request(transport.authority(), "/", None)?;
        let mut socket = transport::open_websocket(transport, request).await?;
        if let Party::Member { patient, .. } = party {
            socket.send(Message::text(format!("sub {patient}"))).await?;
            let answer = socket.next().await.transpose()?;
            let confirmed = answer == Some(Message::text(format!("subscribed {patient}")));
            ensure!(confirmed, "the relay did not confirm the subscription: {answer:?}");
        }
        Ok(socket)
    }

    fn encode(&self, Post { id, patient, body }: Post<'_>) -> Message {
        Message::text(format!("post {patient} {} {body}", id.as_simple()))
    }

    fn decode(&self, message: &Message, mut each: impl FnMut(Incoming<'_>)) -> Result<(), Malformed> {
        let Message::Text(line) = message else { return Ok(()) };
        let incoming = parse(line).ok_or_else(|| Malformed(line.to_string()))?;
        each(incoming);
        Ok(())
    }
}

/// `ack ID SEQ` or `entry PATIENT SEQ ID BODY`.
fn parse(line: &str) -> Option<Incoming<'_>> {
    let mut words = line.splitn(5, ' ');
    match words.next()? {
        "ack" => {
            let id = words.next()?.parse().ok()?;
            Some(Incoming::Acknowledged { id, seq: words.next()?.parse().ok()? })
        }
        "entry" => {
            let patient = words.next()?.parse().ok()?;
            let seq = words.next()?.parse().ok()?;
            Some(Incoming::Delivered { patient, seq, id: words.next()?.parse().ok()? })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn lines_of_the_relay_are_understood_and_others_are_not() {
        let id = Uuid::from_u128(7);
        let simple = id.as_simple();
        let entry = format!("entry 3 12 {simple} a body of words");
        assert_eq!(parse(&entry), Some(Incoming::Delivered { patient: 3, id, seq: 12 }));
        let acknowledged = format!("ack {simple} 12");
        assert_eq!(parse(&acknowledged), Some(Incoming::Acknowledged { id, seq: 12 }));
        for odd in ["", "ack", "ack x 1", "entry 3 12", "hello 1 2"] {
            assert_eq!(parse(odd), None, "{odd:?}");
        }
    }
}
