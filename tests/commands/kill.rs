//! `kill -9` while posts are under way: what was acknowledged is there after the restart, in its place, once.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use renkei::domain::body::{Body, Note};
use renkei::domain::entry::{Intent, Sensitivity};
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::wire::{ClientFrame, ServerFrame};
use tokio::time::timeout;
use uuid::Uuid;

use super::client::{Client, token_in};
use crate::support::process::{Running, printed, text};
use crate::support::scratch;

const ROUNDS: u128 = 3;
/// Posts on the wire at once.
const IN_FLIGHT: u128 = 48;
/// The hub is killed after this many acknowledgements, with posts under way.
const ACKNOWLEDGED: usize = 150;

pub fn note(number: u128, timeline: TimelineId) -> Intent {
    let id = EntryId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number));
    let body = Body::Note(Note { text: format!("訪問の記録 {number}"), ..Note::default() });
    Intent { id, timeline, observed_at: None, sensitivity: Sensitivity::Normal, addressed_to: Vec::new(), body }
}

/// Posts without a pause and kills the hub in the middle; the ids it acknowledged, with their places.
async fn post_until_killed(
    hub: Running,
    mut nurse: Client,
    timeline: TimelineId,
    first: u128,
) -> HashMap<EntryId, Seq> {
    let mut acknowledged = HashMap::new();
    let mut next = first;
    while next < first + IN_FLIGHT {
        assert!(nurse.send(&ClientFrame::Post(note(next, timeline))).await);
        next += 1;
    }
    let mut hub = Some(hub);
    while let Some(frame) = nurse.next().await {
        match frame {
            ServerFrame::Accepted(accepted) => drop(acknowledged.insert(accepted.id, accepted.seq)),
            ServerFrame::Refused(refused) => panic!("{refused:?}"),
            _ => continue,
        }
        if hub.is_some() {
            nurse.send(&ClientFrame::Post(note(next, timeline))).await;
            next += 1;
        }
        if acknowledged.len() == ACKNOWLEDGED {
            hub.take().expect("killed once").kill();
        }
    }
    assert!(hub.is_none(), "the hub closed before it was killed");
    acknowledged
}

/// Everything on the timeline, by its place.
pub async fn read_all(nurse: &mut Client, timeline: TimelineId) -> BTreeMap<Seq, EntryId> {
    let from_the_start = vec![(timeline, Seq::ZERO)];
    assert!(nurse.send(&ClientFrame::Subscribe { timelines: from_the_start, all_mine: false }).await);
    let mut entries = BTreeMap::new();
    loop {
        match timeout(Duration::from_secs(30), nurse.next()).await.unwrap().expect("the hub goes on") {
            ServerFrame::Delivery { entry, .. } => {
                let header = entry.header();
                assert_eq!(entries.insert(header.seq, header.id), None, "{} came twice", header.seq);
            }
            ServerFrame::CaughtUp { .. } => return entries,
            _ => {}
        }
    }
}

/// One of the nurse's patients.
pub async fn some_patient(nurse: &mut Client) -> TimelineId {
    assert!(nurse.send(&ClientFrame::Subscribe { timelines: Vec::new(), all_mine: true }).await);
    loop {
        if let ServerFrame::Subscribed { timeline, .. } = nurse.next().await.expect("the hub goes on") {
            return timeline;
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_before_a_kill_is_there_after_it_once_and_in_its_place() {
    let folder = scratch::folder("kill");
    let data = text(folder.path());
    assert!(
        Running::start(&["demo", "--plain", "--listen", "127.0.0.1:0", "--speed", "0.001", "--data", data])
            .stop()
            .success()
    );
    let token = token_in(&printed(&["sign-in", "--person", "佐藤", "--data", data]));
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-level", "error", "--data", data];

    let mut promised = HashMap::new();
    let mut patient = None;
    for round in 0..ROUNDS {
        let hub = Running::start(&serve);
        let mut nurse = Client::connect(hub.authority(), None, &token).await;
        let timeline = match patient {
            Some(known) => known,
            None => *patient.insert(some_patient(&mut nurse).await),
        };
        promised.extend(post_until_killed(hub, nurse, timeline, round * 100_000).await);
    }

    let hub = Running::start(&serve);
    let mut nurse = Client::connect(hub.authority(), None, &token).await;
    let timeline = patient.expect("set in the first round");
    let entries = read_all(&mut nurse, timeline).await;
    assert!(promised.len() >= ACKNOWLEDGED * usize::try_from(ROUNDS).unwrap());
    for (id, seq) in &promised {
        assert_eq!(entries.get(seq), Some(id), "acknowledged at {seq}");
    }
    let ids: std::collections::HashSet<&EntryId> = entries.values().collect();
    assert_eq!(ids.len(), entries.len(), "an entry stands on the timeline twice");

    // The first answer again for what was accepted; what was under way when the hub died may be sent again.
    assert!(nurse.send(&ClientFrame::Post(note(0, timeline))).await);
    let repeated = loop {
        match nurse.next().await.expect("the hub goes on") {
            ServerFrame::Accepted(accepted) => break accepted,
            ServerFrame::Refused(refused) => panic!("{refused:?}"),
            _ => {}
        }
    };
    assert!(repeated.repeated);
    assert_eq!(promised.get(&repeated.id), Some(&repeated.seq));
    drop(nurse);
    assert!(hub.stop().success());
    assert!(printed(&["--language", "en", "store", "check", "--data", data]).contains("Nothing is wrong"));
}
