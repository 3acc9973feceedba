//! What a client of these stories posts, and reads back.

use std::collections::BTreeMap;
use std::time::Duration;

use renkei::domain::body::{Body, Note};
use renkei::domain::entry::{Intent, Sensitivity};
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::wire::{ClientFrame, ServerFrame};
use tokio::time::timeout;
use uuid::Uuid;

use super::client::Client;

pub fn note(number: u128, timeline: TimelineId) -> Intent {
    let id = EntryId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number));
    let body = Body::Note(Note { text: format!("訪問の記録 {number}"), ..Note::default() });
    Intent {
        id,
        timeline,
        observed_at: None,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
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
