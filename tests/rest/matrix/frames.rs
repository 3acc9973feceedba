//! Every frame of a client, sent by everybody on a socket of their own; the answer is the name of the hub's frame, with
//! its code where it refuses.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use renkei::codec::Encoding;
use renkei::domain::body::{Body, Note};
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::wire::{ClientFrame, ServerFrame};
use uuid::Uuid;

use super::table::{Row, rows};
use super::world::{CLIENT, World, columns};
use crate::support::actor::Actor;
use crate::support::app::intent;
use crate::support::socket::Socket;

const OF_A_PATIENT: &[&str] = &["linked", "unlinked"];

/// Every frame but the first, which has stories of its own, and whether it is about a patient.
pub const ALL: &[(&str, &[&str])] = &[
    ("subscribe", OF_A_PATIENT),
    ("unsubscribe", OF_A_PATIENT),
    ("post", OF_A_PATIENT),
    ("dry_run", OF_A_PATIENT),
    ("mark_read", OF_A_PATIENT),
    ("heartbeat", &["-"]),
];

/// Fails to compile when the protocol has a frame that is not listed.
const fn name(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Hello(_) => "hello",
        ClientFrame::Subscribe { .. } => "subscribe",
        ClientFrame::Unsubscribe { .. } => "unsubscribe",
        ClientFrame::Post(_) => "post",
        ClientFrame::DryRun(_) => "dry_run",
        ClientFrame::MarkRead { .. } => "mark_read",
        ClientFrame::Heartbeat => "heartbeat",
    }
}

fn frames(timeline: TimelineId, id: u128) -> Vec<ClientFrame> {
    let note = |number: u128| {
        let id = EntryId(Uuid::from_u128(crate::support::socket::V7 | 0xf000_0000 | id << 4 | number));
        let body = Body::Note(Note { text: "お変わりありません".to_owned(), ..Note::default() });
        intent(id, renkei::domain::ids::PatientId(timeline.0), body)
    };
    vec![
        ClientFrame::Subscribe { timelines: vec![(timeline, Seq::ZERO)], all_mine: false },
        ClientFrame::Post(note(1)),
        ClientFrame::DryRun(note(2)),
        ClientFrame::MarkRead { timeline, through: Seq(1) },
        ClientFrame::Unsubscribe { timelines: vec![timeline] },
        ClientFrame::Heartbeat,
    ]
}

/// What a frame brings about.
async fn answer(world: &World, who: &Actor, socket: &mut Socket, frame: &ClientFrame) -> String {
    socket.send(frame).await;
    match frame {
        ClientFrame::Subscribe { .. } | ClientFrame::Post(_) | ClientFrame::DryRun(_) => socket.next_that(named).await,
        ClientFrame::MarkRead { timeline, .. } => {
            let said = until_the_next(socket).await;
            // It was handed on by then, and is committed before what is posted now.
            let path = format!("/api/v1/timelines/{timeline}/entries");
            world.elsewhere.post(path, super::requests::note()).await.is(StatusCode::CREATED);
            let markers = world.app.hub.read_markers(*timeline).await.unwrap();
            let is_marked = markers.iter().any(|marker| marker.person == who.actor.person);
            said.unwrap_or_else(|| if is_marked { "marked" } else { "nothing" }.to_owned())
        }
        ClientFrame::Unsubscribe { .. } | ClientFrame::Heartbeat | ClientFrame::Hello(_) => {
            until_the_next(socket).await.unwrap_or_else(|| "nothing".to_owned())
        }
    }
}

/// What was said until the next frame is answered, which is a second hello.
async fn until_the_next(socket: &mut Socket) -> Option<String> {
    socket.say_hello(1, "").await;
    let mut first = None;
    loop {
        match socket.next_that(named).await.as_str() {
            "error:hello_repeated" => return first,
            said => first = first.or(Some(said.to_owned())),
        }
    }
}

fn named(said: &ServerFrame) -> Option<String> {
    Some(match said {
        ServerFrame::Subscribed { .. } => "subscribed".to_owned(),
        ServerFrame::Accepted(_) => "accepted".to_owned(),
        ServerFrame::Refused(refused) => format!("refused:{}", refused.code),
        ServerFrame::Queued { .. } => "queued".to_owned(),
        ServerFrame::DryRunResult(result) => format!("dry_run_result:{}", result.code),
        ServerFrame::Error(error) => format!("error:{}", error.code),
        _ => return None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_of_everybody() {
    let world = World::new().await;
    let rows = rows();
    let mut answers: BTreeMap<(&str, &str), BTreeMap<&'static str, String>> = BTreeMap::new();
    for (number, column) in (0..).zip(columns()) {
        for variant in OF_A_PATIENT {
            if column == CLIENT {
                let system = world.freshly_signed_in(column).await;
                system.post("/api/v1/tickets", serde_json::Value::Null).await.is(StatusCode::FORBIDDEN);
                for frame in frames(world.patient(variant).into(), 0) {
                    let variant = if frame == ClientFrame::Heartbeat { "-" } else { *variant };
                    answers.entry((name(&frame), variant)).or_default().insert(column, "no_socket".to_owned());
                }
                continue;
            }
            let who = world.freshly_signed_in(column).await;
            let mut socket = who.connect(Encoding::Proto).await;
            let id = number << 1 | u128::from(*variant == "linked");
            for frame in frames(world.patient(variant).into(), id) {
                let variant = if frame == ClientFrame::Heartbeat { "-" } else { *variant };
                let said = answer(&world, &who, &mut socket, &frame).await;
                answers.entry((name(&frame), variant)).or_default().insert(column, said);
            }
        }
    }
    assert_eq!(answers.len(), ALL.iter().map(|(_, variants)| variants.len()).sum::<usize>());
    let wrong = answers.iter().filter_map(|((frame, variant), answers)| {
        let asked = format!("frame {frame}");
        let row = rows.iter().find(|row| row.asked == asked && row.variant == *variant);
        Row::difference(row, &asked, variant, answers)
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "answered otherwise:\n{}", wrong.join("\n"));
}
