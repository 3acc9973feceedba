//! What may wake somebody is handed on without waiting: nobody who posts hears of it when those who wake others are behind.

use super::world::{World, nurse};
use crate::domain::body::{Body, Message};
use crate::domain::role::Role;
use crate::hub::answer::Answer;
use crate::limits;

#[tokio::test]
async fn whoever_posts_does_not_wait_for_whoever_wakes_others() {
    let world = World::start().await;
    let patient = world.patient().await;
    let asked =
        || Message { text: "見てください".to_owned(), to_roles: vec![Role::Doctor], ..Message::default() };
    // Somebody said that they would wake people, and takes nothing out of the queue.
    let queue = world.hub.region().waking().listen().expect("nobody has it yet");
    let mut left = limits::WAKE_QUEUE_ITEMS_MAX + 1;
    while left > 0 {
        let count = left.min(256);
        let intents = (0..count).map(|_| world.intent(patient, Body::Message(asked()))).collect();
        let answers = world.hub.post_in_order(nurse(), intents).await;
        assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted(_))), "{:?}", answers.last());
        left -= count;
    }
    assert!(world.hub.region().waking().lost() > 0, "what found no room is counted");
    assert_eq!(queue.len(), limits::WAKE_QUEUE_ITEMS_MAX);
    world.stop().await;
}
