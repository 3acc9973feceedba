//! Plays the days: each act goes to its person's client when its minute has come. One act after the other, so that
//! what is about another comes after it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::client::{self, Door, Order, Outcome};
use super::day::{self, Act, FIRST_MINUTE, LAST_MINUTE, Say, Tag};
use super::region::{self, PEOPLE};
use crate::actions::sign_in::SignIns;
use crate::domain::body::{Acknowledgement, Body, Correction, Retraction};
use crate::domain::entry::Intent;
use crate::domain::ids::EntryId;
use crate::hub::Hub;

/// How the days go by.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Simulated minutes per second.
    pub minutes_per_s: f64,
    pub seed: u64,
}

/// A post is waited for no longer than this before the day goes on.
const ANSWER_MS_MAX: u64 = 10_000;
/// Orders that wait for one client.
const ORDERS_MAX: usize = 16;

/// Plays day after day until dropped.
pub async fn play(hub: Hub, sign_ins: Arc<SignIns>, door: Door, pace: Pace) {
    let mut clients = JoinSet::new();
    let mut desks = HashMap::new();
    for person in PEOPLE {
        let (orders, ordered) = mpsc::channel(ORDERS_MAX);
        clients.spawn(client::live(person, door.clone(), Arc::clone(&sign_ins), ordered));
        desks.insert(person.key, orders);
    }
    let stage = Stage { hub, desks };
    for number in 0.. {
        stage.play_day(number, pace).await;
    }
}

struct Stage {
    hub: Hub,
    desks: HashMap<&'static str, mpsc::Sender<Order>>,
}

impl Stage {
    async fn play_day(&self, number: u64, pace: Pace) {
        let started = Instant::now();
        let after = |minutes: u16| started + Duration::from_secs_f64(f64::from(minutes) / pace.minutes_per_s);
        let mut posted = HashMap::new();
        let today = self.hub.region().date_at(self.hub.region().now());
        for act in day::of(pace.seed, number, today) {
            sleep_until(after(act.minute - FIRST_MINUTE)).await;
            self.perform(act, &mut posted).await;
        }
        sleep_until(after(LAST_MINUTE - FIRST_MINUTE)).await;
    }

    async fn perform(&self, act: Act, posted: &mut HashMap<Tag, EntryId>) {
        let (who, tag) = (act.who, act.tag);
        let Some(intent) = self.intent(act, posted) else { return };
        let (id, kind) = (intent.id, intent.body.kind());
        let (done, answer) = oneshot::channel();
        let Some(desk) = self.desks.get(who) else { return };
        if desk.send(Order { intent, done }).await.is_err() {
            return;
        }
        match timeout(Duration::from_millis(ANSWER_MS_MAX), answer).await {
            Ok(Ok(Outcome::Refused { code, why })) => {
                tracing::warn!(who, %kind, code, why, "a post of the demo was refused")
            }
            Ok(Ok(outcome)) => {
                tracing::debug!(who, %kind, ?outcome, "posted");
                posted.insert(tag, id);
            }
            Ok(Err(_)) | Err(_) => tracing::warn!(who, %kind, "a post of the demo was not answered"),
        }
    }

    /// `None`: what it is about never came to be.
    fn intent(&self, act: Act, posted: &HashMap<Tag, EntryId>) -> Option<Intent> {
        let body = match act.say {
            Say::Post(body) => body,
            Say::Acknowledge { of, text } => Body::Acknowledgement(Acknowledgement { target: *posted.get(&of)?, text }),
            Say::Correct { of, body, reason } => {
                Body::Correction(Correction { target: *posted.get(&of)?, body: Box::new(body), reason })
            }
            Say::Retract { of, reason, text } => {
                Body::Retraction(Retraction { target: *posted.get(&of)?, reason, text })
            }
        };
        let observed = body.kind().is_observation();
        Some(Intent {
            id: EntryId(self.hub.region().draw_id()),
            timeline: region::patient_id(act.patient).into(),
            observed_at: observed.then(|| self.hub.region().now()),
            sensitivity: act.sensitivity,
            addressed_to: act.to,
            body,
            reasons: Vec::new(),
            on_behalf_of: None,
        })
    }
}
