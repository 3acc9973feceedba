//! What a command on the hub's machine ends, ends on the hub that runs.

use std::time::Duration;

use renkei::wire::ServerFrame;
use renkei::wire::codes::CloseCode;

use super::client::{Client, accept};
use super::posts::some_patient;
use crate::support::process::{Running, printed, text};
use crate::support::scratch;

/// A socket that is not closed within this stays open.
const CLOSED_S_MAX: u64 = 60;

#[tokio::test]
async fn row_17_a_recovery_at_the_machine_closes_what_a_thief_has_open() {
    let folder = scratch::folder("stolen-phone");
    let data = text(folder.path());
    let demo = ["demo", "--plain", "--listen", "127.0.0.1:0", "--speed", "0.001", "--data", data];
    assert!(Running::start(&demo).stop().success());
    let who = ["--language", "en", "sign-in", "--person", "佐藤", "--data", data];
    let invited = printed(&who);
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--data", data]);
    let token = accept(hub.authority(), None, &invited).await;
    let mut thief = Client::connect(hub.authority(), None, &token).await;
    some_patient(&mut thief).await;

    let again = printed(&[&who[..], &["--recover", "電話の盗難"]].concat());
    let closing = async {
        loop {
            match thief.next().await {
                Some(ServerFrame::Goodbye(said)) => return Some(said.close),
                Some(_) => {}
                None => return None,
            }
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(CLOSED_S_MAX), closing).await;
    assert_eq!(closed.expect("the socket stays open"), Some(CloseCode::SignInEnded));
    // Their owner sets the account up anew, on the hub that went on.
    let token = accept(hub.authority(), None, &again).await;
    some_patient(&mut Client::connect(hub.authority(), None, &token).await).await;
    assert!(hub.stop().success());
}
