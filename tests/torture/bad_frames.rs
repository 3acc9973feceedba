//! What is no frame, or comes at the wrong time, ends the socket with its code and harms nobody else.

use axum::http::StatusCode;
use renkei::domain::ids::Seq;
use renkei::limits;
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::reader::Reader;
use super::{accepted, eventually, note, team};
use crate::support::app::{App, ORIGIN};
use crate::support::socket::Socket;

/// The head of a masked client frame with a mask of zeros: FIN with `opcode`, then the length.
fn frame_head(opcode: u8, length: u64) -> Vec<u8> {
    let mut head = vec![0x80 | opcode];
    match length {
        0..=125 => head.push(0x80 | u8::try_from(length).expect("small")),
        126..=0xffff => {
            head.push(0x80 | 126);
            head.extend(u16::try_from(length).expect("two bytes").to_be_bytes());
        }
        _ => {
            head.push(0x80 | 127);
            head.extend(length.to_be_bytes());
        }
    }
    head.extend([0; 4]);
    head
}

const TEXT: u8 = 1;

#[tokio::test]
async fn a_frame_that_cannot_be_taken_closes_its_socket_and_no_other() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut other = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    other.catch_up().await;

    let not_utf8 = [frame_head(TEXT, 2), vec![0xc3, 0x28]].concat();
    // Only the announced length: nobody waits for the rest, nobody keeps room for it.
    let too_large = frame_head(TEXT, limits::FRAME_BYTES_MAX as u64 + 1);
    let enormous = frame_head(TEXT, u64::MAX >> 1);
    let reserved_opcode = [frame_head(7, 1), vec![b'x']].concat();
    for (bytes, code) in [
        (not_utf8, CloseCode::FrameMalformed),
        (too_large, CloseCode::FrameTooLarge),
        (enormous, CloseCode::FrameTooLarge),
        (reserved_opcode, CloseCode::FrameMalformed),
    ] {
        let mut socket = nurse.connect(Encoding::Json).await;
        socket.send_bytes(&bytes).await;
        assert_eq!(socket.closed().await, Some(code), "{:?}", &bytes[..bytes.len().min(16)]);
    }

    // Half a frame, then gone: the session ends with the connection.
    let mut socket = nurse.connect(Encoding::Json).await;
    socket.send_bytes(&[frame_head(TEXT, 1_000), b"{\"post\":{".to_vec()].concat()).await;
    drop(socket);
    eventually("the session ended", || app.hub.sessions().count() == 1).await;

    let live = accepted(nurse.connect(Encoding::Json).await.post(patient, note("続ける")).await);
    assert_eq!(other.next().await.seq, live.seq);
}

#[tokio::test]
async fn the_largest_frame_is_taken_and_one_byte_more_is_not() {
    let app = App::start().await;
    let (_, _, nurse) = team(&app).await;
    let heartbeat = |bytes: usize| {
        let frame = r#"{"heartbeat":{}}"#;
        format!("{frame}{}", " ".repeat(bytes - frame.len()))
    };
    let mut socket = nurse.connect(Encoding::Json).await;
    socket.send_raw(Message::text(heartbeat(limits::FRAME_BYTES_MAX))).await;
    socket.send_raw(Message::text("[]")).await;
    let ServerFrame::Error(notice) = socket.next_frame().await else { panic!("the large frame was fine") };
    assert_eq!(notice.code, "wrong_type");
    socket.send_raw(Message::text(heartbeat(limits::FRAME_BYTES_MAX + 1))).await;
    assert_eq!(socket.closed().await, Some(CloseCode::FrameTooLarge));
}

#[tokio::test]
async fn a_message_of_the_other_encoding_is_named_and_too_many_end_the_socket() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Proto).await;
    for _ in 0..limits::BAD_FRAMES_MAX {
        socket.send_raw(Message::text(r#"{"heartbeat":{}}"#)).await;
        let ServerFrame::Error(notice) = socket.next_frame().await else { panic!("an error") };
        assert_eq!(notice.code, "malformed");
    }
    accepted(socket.post(patient, note("まだ開いている")).await);
    socket.send_raw(Message::text("")).await;
    assert_eq!(socket.closed().await, Some(CloseCode::FrameMalformed));

    let mut socket = nurse.connect(Encoding::Json).await;
    socket.send_raw(Message::binary(&b"{}"[..])).await;
    let ServerFrame::Error(notice) = socket.next_frame().await else { panic!("an error") };
    assert_eq!(notice.code, "malformed");
}

#[tokio::test]
async fn whoever_has_not_said_hello_gets_nothing_but_a_close_code() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let subscribe = ClientFrame::Subscribe { timelines: vec![(patient.into(), Seq::ZERO)], all_mine: false };
    for encoding in Encoding::ALL {
        let mut first_is_another = Socket::open(app.address, encoding).await;
        first_is_another.send(&subscribe).await;
        assert_eq!(first_is_another.closed().await, Some(CloseCode::HelloExpected));

        let mut old = Socket::open(app.address, encoding).await;
        old.say_hello(0, &nurse.ticket().await).await;
        assert_eq!(old.closed().await, Some(CloseCode::VersionUnsupported));

        let mut forged = Socket::open(app.address, encoding).await;
        forged.say_hello(1, "not a ticket").await;
        assert_eq!(forged.closed().await, Some(CloseCode::TicketRefused));

        let mut large = Socket::open(app.address, encoding).await;
        large.say_hello(1, &"x".repeat(limits::HELLO_BYTES_MAX)).await;
        assert_eq!(large.closed().await, Some(CloseCode::FrameTooLarge));

        let mut garbled = Socket::open(app.address, encoding).await;
        garbled.send_raw(Message::binary(vec![0xff; 40])).await;
        assert_eq!(garbled.closed().await, Some(CloseCode::FrameMalformed));
    }
    assert_eq!(app.hub.sessions().count(), 0);
}

#[tokio::test]
async fn a_ticket_opens_one_socket_and_only_for_a_short_time() {
    let app = App::start().await;
    let (_, _, nurse) = team(&app).await;
    let (used, late) = (nurse.ticket().await, nurse.ticket().await);
    let mut first = Socket::open(app.address, Encoding::Json).await;
    first.hello(&used).await;
    app.clock.advance(std::time::Duration::from_millis(limits::TICKET_MS));
    for ticket in [used, late] {
        let mut socket = Socket::open(app.address, Encoding::Json).await;
        socket.say_hello(1, &ticket).await;
        assert_eq!(socket.closed().await, Some(CloseCode::TicketRefused));
    }
    first
        .send(&ClientFrame::Hello(renkei::wire::Hello {
            version: 1,
            ticket: nurse.ticket().await,
            client: String::new(),
            language: renkei::wire::Language::English,
        }))
        .await;
    let ServerFrame::Error(notice) = first.next_frame().await else { panic!("an error") };
    assert_eq!(notice.code, "hello_repeated");
}

/// Opens `/ws` with these headers; the status that came.
async fn knock(app: &App, headers: &[(&'static str, &'static str)]) -> StatusCode {
    let mut request = format!("ws://{}/ws", app.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    let tcp = TcpStream::connect(app.address).await.unwrap();
    let status = match client_async(request, tcp).await {
        Ok((_, response)) => response.status(),
        Err(Error::Http(response)) => response.status(),
        Err(error) => panic!("{error}"),
    };
    StatusCode::from_u16(status.as_u16()).unwrap()
}

#[tokio::test]
async fn a_page_of_another_origin_or_another_protocol_is_refused_before_the_upgrade() {
    let app = App::start().await;
    let json = ("sec-websocket-protocol", "renkei.v1.json");
    assert_eq!(knock(&app, &[json]).await, StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(knock(&app, &[json, ("origin", ORIGIN)]).await, StatusCode::SWITCHING_PROTOCOLS);
    for origin in ["https://evil.test", "https://renkei.test.evil.test", "http://renkei.test", "null", ""] {
        assert_eq!(knock(&app, &[json, ("origin", origin)]).await, StatusCode::FORBIDDEN, "{origin}");
    }
    assert_eq!(knock(&app, &[]).await, StatusCode::BAD_REQUEST, "without any subprotocol");
    for offered in ["renkei.v2.json", "chat"] {
        let status = knock(&app, &[("sec-websocket-protocol", offered)]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{offered}");
    }
}
