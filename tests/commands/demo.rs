//! `renkei demo`: it is ready, its links work, its day goes on, and its folder is used again.

use std::collections::HashSet;
use std::time::Duration;

use renkei::domain::ids::TimelineId;
use renkei::wire::{ClientFrame, ServerFrame};

use super::client::{Client, token_in};
use crate::support::process::{Running, printed, run, text};
use crate::support::scratch;

/// Reads until every timeline of mine is read to its end and something new came; how many entries there were before.
async fn read_until_live(client: &mut Client) -> usize {
    assert!(client.send(&ClientFrame::Subscribe { timelines: Vec::new(), all_mine: true }).await);
    let (mut opened, mut caught_up) = (HashSet::<TimelineId>::new(), HashSet::new());
    let mut past = 0;
    loop {
        match client.next().await.expect("the demo goes on") {
            ServerFrame::Subscribed { timeline, .. } => drop(opened.insert(timeline)),
            ServerFrame::CaughtUp { timeline, .. } => drop(caught_up.insert(timeline)),
            ServerFrame::Delivery { entry, .. } if !caught_up.contains(&entry.header().timeline) => past += 1,
            ServerFrame::Delivery { .. } if opened == caught_up => return past,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_newcomer_follows_a_printed_link_and_sees_the_day_go_by() {
    let folder = scratch::folder("demo");
    let arguments = ["demo", "--listen", "127.0.0.1:0", "--speed", "120", "--data", text(folder.path())];
    let demo = Running::start(&arguments);
    assert!(demo.url.starts_with("https://127.0.0.1:"), "{}", demo.url);
    let link = demo.line_with("看護師 (nurse)");
    assert!(link.contains(&format!("{}/#token=", demo.url)), "{link}");

    let ca = folder.path().join("certs/authority.pem");
    let mut nurse = Client::connect(demo.authority(), Some(&ca), &token_in(&link)).await;
    let past = tokio::time::timeout(Duration::from_secs(60), read_until_live(&mut nurse)).await.unwrap();
    assert!(past > 150, "{past} entries of the past");
    drop(nurse);
    assert!(demo.stop().success());

    let again = Running::start(&arguments);
    let link = again.line_with("看護師 (nurse)");
    let mut nurse = Client::connect(again.authority(), Some(&ca), &token_in(&link)).await;
    let kept = tokio::time::timeout(Duration::from_secs(60), read_until_live(&mut nurse)).await.unwrap();
    assert!(kept >= past, "{kept} entries of {past} are still there");
    drop(nurse);
    assert!(again.stop().success());

    let told = printed(&["--language", "en", "store", "check", "--data", text(folder.path())]);
    assert!(told.contains("Nothing is wrong"), "{told}");
    let proved = printed(&["--language", "en", "audit", "verify", "--data", text(folder.path())]);
    assert!(proved.contains("Nothing is wrong") && proved.contains("newest checkpoint"), "{proved}");
}

#[test]
fn two_demos_do_not_share_a_folder_and_links_stay_on_this_machine() {
    let folder = scratch::folder("demo");
    let demo = Running::start(&["demo", "--plain", "--listen", "127.0.0.1:0", "--data", text(folder.path())]);
    assert!(demo.url.starts_with("http://127.0.0.1:"), "{}", demo.url);
    let other = run(&["--language", "en", "demo", "--listen", "127.0.0.1:0", "--data", text(folder.path())]);
    assert!(!other.status.success());
    assert!(String::from_utf8_lossy(&other.stderr).contains("another renkei works on"));
    drop(demo);

    let open = Running::start(&["--language", "en", "demo", "--listen", "0.0.0.0:0"]);
    assert!(!open.line_with("sign-in links").contains("#token="));
    let plain = run(&["--language", "en", "demo", "--plain", "--listen", "0.0.0.0:0"]);
    assert!(!plain.status.success(), "plain HTTP stays on this machine");
    assert!(open.stop().success());
}
