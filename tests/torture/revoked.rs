//! Access that ends, ends on open sockets at once.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::routing::any;
use renkei::domain::body::{Body, Message};
use renkei::domain::entry::Addressee;
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::domain::reading::ReadScope;
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::domain::withheld::WithheldPurpose;
use renkei::http::listen::{ListenBounds, Listener, Transport};
use renkei::hub::sessions::SignedIn;
use renkei::session::{self, SessionParts, TicketGate};
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::reader::Reader;
use super::{accepted, new_intent, note, oxygen, seqs, team};
use crate::support::app::App;
use crate::support::socket::Socket;

/// Waits for the order to forget the timeline; nothing of it may come before.
async fn forgets(socket: &mut Socket, patient: PatientId) {
    let timeline = TimelineId::from(patient);
    loop {
        match socket.next_frame().await {
            ServerFrame::Forget { timeline: of, entry: None, .. } if of == timeline => return,
            ServerFrame::Delivery { entry, .. } => panic!("{:?}", entry.open()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_unlinked_organisation_forgets_and_hears_no_more_until_it_is_linked_again() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut other = Reader::connect(&doctor, Encoding::Proto, patient, Seq::ZERO).await;
    other.catch_up().await;
    let mut leaver = nurse.connect(Encoding::Json).await;
    let own = accepted(leaver.post(patient, note("最後の訪問")).await);
    leaver.subscribe(&[]).await;
    let mut leaver = Reader::subscribed(leaver, patient, Seq::ZERO).await;
    leaver.catch_up().await;

    app.unlink(patient, "minato").await;
    forgets(&mut leaver.socket, patient).await;
    let unseen = accepted(doctor.connect(Encoding::Json).await.post(patient, note("医師だけが読む")).await);
    // Sees its own entries only, whatever it asks for.
    let mut former = Reader::follow(nurse.connect(Encoding::Json).await, patient, Seq::ZERO).await;
    assert_eq!(seqs(&former.catch_up().await), [own.seq.0]);
    leaver.nothing_more().await;
    former.nothing_more().await;

    app.link(patient, "minato").await;
    let mut back = Reader::subscribed(leaver.socket, patient, Seq::ZERO).await;
    let entries = back.catch_up().await;
    assert_eq!(seqs(&entries), (1..=unseen.seq.0 + 1).collect::<Vec<_>>(), "all of it again, by subscription");
    let live = accepted(back.socket.post(patient, note("再開")).await);
    assert_eq!(back.next().await.seq, live.seq);

    let through = other.read_to(live.seq).await;
    assert_eq!(seqs(&through), (own.seq.0..=live.seq.0).collect::<Vec<_>>(), "nobody else noticed");
}

#[tokio::test]
async fn whoever_was_away_while_access_changed_forgets_and_reads_anew_and_nobody_else_does() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let own = accepted(nurse.connect(Encoding::Json).await.post(patient, note("自分の記録")).await).seq;
    let seen = accepted(doctor.connect(Encoding::Json).await.post(patient, note("医師の記録")).await).seq;
    // Comes back with a cursor; what it is sent after it was told to forget.
    let come_back = async |cursor: Seq| {
        let mut socket = nurse.connect(Encoding::Json).await;
        socket.subscribe(&[(patient.into(), cursor)]).await;
        forgets(&mut socket, patient).await;
        let mut reader = Reader::subscribed(socket, patient, Seq::ZERO).await;
        seqs(&reader.catch_up().await)
    };
    app.unlink(patient, "minato").await;
    assert_eq!(come_back(seen).await, [own.0], "what is left to a former member");
    let as_former =
        app.hub.look(nurse.actor, nurse.sign_in, patient.into(), Seq::ZERO, Some(Seq::ZERO), ReadScope::Card).await;
    let head = as_former.unwrap().unwrap().state.head;
    app.link(patient, "minato").await;
    assert_eq!(come_back(head).await, (1..=head.0 + 1).collect::<Vec<_>>(), "what was opened to it again");
    // The doctor saw the same all along, and goes on.
    let mut other = Reader::connect(&doctor, Encoding::Proto, patient, seen).await;
    assert_eq!(seqs(&other.catch_up().await), [head.0, head.0 + 1]);
}

#[tokio::test]
async fn row_14_consent_that_is_withdrawn_reaches_everybody_who_reads() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let seen = accepted(nurse.connect(Encoding::Json).await.post(patient, note("同意のある間")).await);
    let mut readers = Vec::new();
    for (actor, encoding) in [(&doctor, Encoding::Proto), (&nurse, Encoding::Json)] {
        let mut reader = Reader::connect(actor, encoding, patient, Seq::ZERO).await;
        assert_eq!(reader.catch_up().await.last().map(|entry| entry.seq), Some(seen.seq));
        readers.push(reader);
    }
    app.consent(patient, ConsentState::Withdrawn).await;
    for reader in &mut readers {
        forgets(&mut reader.socket, patient).await;
    }
    // Whoever asks again reads nothing that another organisation wrote about care.
    let mut again = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    let entries = again.catch_up().await;
    assert!(entries.iter().all(|entry| entry.seq != seen.seq), "{entries:?}");
}

#[tokio::test]
async fn row_14_what_is_withheld_from_the_family_reaches_an_open_page_and_is_given_back() {
    let app = App::start().await;
    let (patient, doctor, _) = team(&app).await;
    let family = app.family(patient).await;
    let own = accepted(family.connect(Encoding::Json).await.post(patient, oxygen(97)).await);
    let mut reader = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    assert_eq!(seqs(&reader.catch_up().await), [own.seq.0]);
    let mut other = Reader::connect(&doctor, Encoding::Proto, patient, Seq::ZERO).await;
    other.catch_up().await;
    let mut writer = doctor.connect(Encoding::Json).await;
    let mut tell = async |text: &str| {
        let mut intent =
            new_intent(&app, patient, Body::Message(Message { text: text.to_owned(), ..Message::default() }));
        intent.addressed_to = vec![Addressee::Role(Role::Family)];
        accepted(writer.post_intent(intent).await)
    };
    let told = tell("ご家族へ").await;
    assert_eq!(reader.next().await.seq, told.seq);

    app.consent_but_for(patient, ConsentState::Team, &[WithheldPurpose::Family]).await;
    forgets(&mut reader.socket, patient).await;
    let mut again = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    assert_eq!(seqs(&again.catch_up().await), [own.seq.0], "what the family wrote itself");
    tell("留保のある間").await;
    again.nothing_more().await;

    app.consent(patient, ConsentState::Team).await;
    let mut back = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    assert_eq!(back.catch_up().await.len(), 3, "both, and its own");
    let head = app.hub.look(doctor.actor, doctor.sign_in, patient.into(), Seq::ZERO, Some(Seq::ZERO), ReadScope::Card);
    let through = other.read_to(head.await.unwrap().unwrap().state.head).await;
    assert!(through.windows(2).all(|pair| pair[0].seq.next() == pair[1].seq), "the doctor noticed nothing");
}

#[tokio::test]
async fn a_sign_in_that_is_revoked_closes_its_sockets_at_once_and_no_others() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut sockets = [nurse.connect(Encoding::Json).await, nurse.connect(Encoding::Proto).await];
    let mut other = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    other.catch_up().await;
    let drawn_before = nurse.ticket().await;

    nurse.delete("/api/v1/me").await;
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    }
    let mut late = Socket::open(app.address, Encoding::Json).await;
    late.say_hello(1, &drawn_before).await;
    assert_eq!(late.closed().await, Some(CloseCode::TicketRefused));
    let live = accepted(doctor.connect(Encoding::Proto).await.post(patient, note("続ける")).await);
    assert_eq!(other.next().await.seq, live.seq);
}

#[tokio::test]
async fn row_10_nothing_is_taken_from_a_socket_after_the_end_of_its_sign_in_not_even_before_the_next_beat() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    accepted(socket.post(patient, note("まだ間に合う")).await);
    app.clock.advance(Duration::from_secs(12 * 3_600));
    socket.send(&ClientFrame::Post(new_intent(&app, patient, note("もう遅い")))).await;
    assert_eq!(socket.closed().await, Some(CloseCode::SignInExpired));
    let doctor = app.sign_in(doctor.actor.person, doctor.position()).await;
    let mut reader = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    let entries = reader.catch_up().await;
    assert!(!entries.iter().any(|entry| format!("{entry:?}").contains("もう遅い")));
}

/// A gate at which every sign-in is revoked in the moment after its ticket was taken.
struct TooLate {
    tickets: Arc<dyn TicketGate>,
    revoke: Box<dyn Fn() + Send + Sync>,
}

impl TicketGate for TooLate {
    fn redeem(&self, ticket: &str) -> Option<SignedIn> {
        let signed_in = self.tickets.redeem(ticket);
        (self.revoke)();
        signed_in
    }

    fn stands(&self, signed_in: &SignedIn) -> bool {
        self.tickets.stands(signed_in)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_revoked_while_its_socket_opens_is_not_welcomed() {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let ticket = nurse.ticket().await;
    let revoke = {
        let (nurse, runtime) = (nurse.clone(), Handle::current());
        move || drop(block_in_place(|| runtime.block_on(nurse.delete("/api/v1/me"))))
    };
    let parts = app.session_parts();
    let gate = TooLate { tickets: Arc::clone(&parts.tickets), revoke: Box::new(revoke) };
    let parts = SessionParts { tickets: Arc::new(gate), ..parts };
    let upgrade = async move |upgrade: WebSocketUpgrade| {
        let upgrade = upgrade.protocols([Encoding::Json.subprotocol()]);
        upgrade.on_upgrade(move |socket| session::serve(socket, Encoding::Json, parts))
    };
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = Listener::bind(loopback, Transport::PlainOnLoopback, ListenBounds::default()).unwrap();
    let address = listener.address();
    let serving = tokio::spawn(listener.serve(Router::new().route("/ws", any(upgrade)), std::future::pending()));

    let mut socket = Socket::open(address, Encoding::Json).await;
    socket.say_hello(1, &ticket).await;
    let first = socket.next_frame().await;
    assert!(matches!(&first, ServerFrame::Goodbye(said) if said.close == CloseCode::SignInEnded), "{first:?}");
    assert_eq!(socket.closed().await, Some(CloseCode::SignInEnded));
    serving.abort();
}

#[tokio::test]
async fn a_subscription_that_crosses_an_unlink_is_live_or_forgotten() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    let mut author = nurse.connect(Encoding::Proto).await;
    for round in 0..30 {
        let cursor = accepted(author.post(patient, oxygen(95)).await).seq;
        let subscribe = async {
            for _ in 0..round % 6 {
                tokio::task::yield_now().await;
            }
            socket.subscribe(&[(patient.into(), cursor)]).await;
        };
        tokio::join!(app.unlink(patient, "minato"), subscribe);
        // Live for a moment and then forgotten, or begun anew as a former member, who follows its own entries.
        let mut reader = Reader::subscribed_somewhere(socket, patient).await;
        let was_live = reader.cursor == cursor;
        assert!(reader.is_forgotten().await, "round {round}");
        if was_live {
            reader = Reader::follow(reader.socket, patient, Seq::ZERO).await;
        }
        let own = accepted(author.post(patient, oxygen(96)).await);
        let last = reader.read_to(own.seq).await.last().map(|entry| entry.seq);
        assert_eq!(last, Some(own.seq), "round {round}: subscribed, and yet nothing comes");
        socket = reader.socket;
        app.link(patient, "minato").await;
        forgets(&mut socket, patient).await;
    }
}
