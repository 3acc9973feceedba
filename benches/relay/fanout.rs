//! Who listens to which topic, and the hand-over of committed posts to them.
//!
//! One task owns the table, so neither the writer nor a connection ever waits for a lock on it.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{journal::Stored, outbox::Outbox};

pub enum Event {
    Subscribed { topic: u32, member: Arc<Outbox> },
    Left { topics: Vec<u32>, member: Arc<Outbox> },
    Committed(Vec<Stored>),
}

pub async fn run(mut events: mpsc::Receiver<Event>) {
    let mut members: HashMap<u32, Vec<Arc<Outbox>>> = HashMap::new();
    while let Some(event) = events.recv().await {
        match event {
            Event::Subscribed { topic, member } => {
                member.push(Utf8Bytes::from(format!("subscribed {topic}")));
                members.entry(topic).or_default().push(member);
            }
            Event::Left { topics, member } => {
                for topic in topics {
                    if let Some(listening) = members.get_mut(&topic) {
                        listening.retain(|other| !Arc::ptr_eq(other, &member));
                    }
                }
            }
            Event::Committed(batch) => {
                for Stored { post, seq } in batch {
                    // Encoded once; every member's queue holds a reference to the same bytes.
                    let (topic, id, body) = (post.topic, post.id.as_simple(), &post.body);
                    let frame = Utf8Bytes::from(format!("entry {topic} {seq} {id} {body}"));
                    for member in members.get(&topic).into_iter().flatten() {
                        member.push(frame.clone());
                    }
                    post.author.push(Utf8Bytes::from(format!("ack {id} {seq}")));
                }
            }
        }
    }
}
