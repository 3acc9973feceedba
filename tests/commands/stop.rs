//! A hub that is asked to stop says so to everybody, and what it was given by then is there after the restart.

use std::collections::HashSet;

use renkei::domain::ids::Seq;
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, ServerFrame};

use super::client::{Client, accept};
use super::posts::{note, read_all, some_patient};
use crate::support::process::{Running, printed, text};
use crate::support::scratch;

/// Posts on the wire while the hub is told to stop.
const POSTS: u128 = 40;

#[tokio::test]
async fn a_hub_that_stops_says_goodbye_and_keeps_what_it_acknowledged() {
    let folder = scratch::folder("stop");
    let data = text(folder.path());
    let demo = ["demo", "--plain", "--listen", "127.0.0.1:0", "--speed", "0.001", "--data", data];
    assert!(Running::start(&demo).stop().success());
    let invited = printed(&["--language", "en", "sign-in", "--person", "佐藤", "--data", data]);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--data", data];

    let hub = Running::start(&serve);
    let token = accept(hub.authority(), None, &invited).await;
    let mut nurse = Client::connect(hub.authority(), None, &token).await;
    let timeline = some_patient(&mut nurse).await;
    for number in 0..POSTS {
        assert!(nurse.send(&ClientFrame::Post(note(number, timeline))).await);
    }
    let mut acknowledged = HashSet::new();
    let mut goodbye = None;
    let mut hub = Some(hub);
    let mut stopping = None;
    while let Some(frame) = nurse.next().await {
        match frame {
            ServerFrame::Accepted(accepted) => {
                acknowledged.insert((accepted.id, accepted.seq));
                // With the first answer, the rest is under way.
                if let Some(hub) = hub.take() {
                    stopping = Some(tokio::task::spawn_blocking(move || hub.stop()));
                }
            }
            ServerFrame::Goodbye(said) => goodbye = Some(said),
            _ => {}
        }
    }
    let goodbye = goodbye.expect("the hub says why");
    assert_eq!(goodbye.close, CloseCode::GoingAway);
    assert!(stopping.expect("told to stop").await.unwrap().success());

    let hub = Running::start(&serve);
    let mut nurse = Client::connect(hub.authority(), None, &token).await;
    let entries = read_all(&mut nurse, timeline).await;
    for (id, seq) in &acknowledged {
        assert_eq!(entries.get(seq), Some(id), "acknowledged at {}", seq.0);
    }
    // Sent again, each is answered: the first answer for what was stored, an entry for what was not.
    for number in 0..POSTS {
        assert!(nurse.send(&ClientFrame::Post(note(number, timeline))).await);
    }
    let mut answers: HashSet<Seq> = HashSet::new();
    while answers.len() < usize::try_from(POSTS).unwrap() {
        match nurse.next().await.expect("the hub goes on") {
            ServerFrame::Accepted(accepted) => {
                assert_eq!(accepted.repeated, entries.get(&accepted.seq) == Some(&accepted.id));
                assert!(answers.insert(accepted.seq), "two posts at {}", accepted.seq.0);
            }
            ServerFrame::Refused(refused) => panic!("{refused:?}"),
            _ => {}
        }
    }
    drop(nurse);
    assert!(hub.stop().success());
}
