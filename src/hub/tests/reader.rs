//! One who follows timelines, as a session does: live from the outbox, and from the journal where it is behind. It keeps
//! what it was shown, in the order it was shown.

use std::collections::HashMap;
use std::sync::Arc;

use super::world::{World, actor, sign_in};
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::hub::outbox::{Item, Outbox};
use crate::hub::reading::Span;
use crate::hub::subscription::{Opened, Subscription};
use crate::store::GrantId;

pub struct Reader {
    number: u128,
    outbox: Arc<Outbox>,
    asked: HashMap<TimelineId, GrantId>,
    places: HashMap<TimelineId, Place>,
    /// By timeline, without gap or repetition from the first on, or it panicked.
    pub shown: HashMap<TimelineId, Vec<(Seq, EntryId)>>,
}

struct Place {
    subscription: Arc<Subscription>,
    covered: Seq,
    behind: bool,
}

impl Reader {
    pub fn new(number: u128) -> Self {
        let (asked, places, shown) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { number, outbox: Arc::default(), asked, places, shown }
    }

    fn cursor(&self, timeline: TimelineId) -> Seq {
        self.shown.get(&timeline).and_then(|shown| shown.last()).map_or(Seq::ZERO, |(seq, _)| *seq)
    }

    /// Asks for a timeline, from where it was left.
    pub async fn follow(&mut self, world: &World, timeline: TimelineId) {
        let after = self.cursor(timeline);
        let asked = world.hub.follow(actor(self.number), sign_in(self.number), &self.outbox, timeline, after).await;
        self.asked.insert(timeline, asked.unwrap());
    }

    /// The connection is gone, and with it all that was not read.
    pub fn disconnect(&mut self, world: &World) {
        world.hub.fanout().remove(&self.outbox, self.places.keys().copied());
        self.places.clear();
        self.asked.clear();
        self.outbox = Arc::default();
    }

    /// Takes what there is now; whether that was anything.
    pub async fn read(&mut self, world: &World) -> bool {
        let drained = self.outbox.drain();
        let mut any = !drained.items.is_empty();
        for item in drained.items {
            match item {
                Item::Opened(opened) => self.open(world, *opened).await,
                Item::Delivery(delivery) => {
                    let timeline = delivery.subscription.timeline;
                    let Some(place) = self.places.get_mut(&timeline) else { continue };
                    let is_known = delivery.entry.seq() <= place.covered;
                    if place.behind || is_known || !Arc::ptr_eq(&place.subscription, &delivery.subscription) {
                        continue;
                    }
                    if delivery.after > place.covered {
                        place.behind = true;
                        continue;
                    }
                    self.show(timeline, delivery.entry.seq(), delivery.entry.entry.id);
                }
                _ => {}
            }
        }
        if drained.fell_behind {
            self.places.values_mut().for_each(|place| place.behind |= place.subscription.through() > place.covered);
        }
        let behind: Vec<TimelineId> =
            self.places.iter().filter(|(_, place)| place.behind).map(|(timeline, _)| *timeline).collect();
        for timeline in behind {
            any = true;
            self.catch_up(world, timeline).await;
        }
        any
    }

    /// Whether every wish was answered and nothing is left to read from the journal.
    pub fn is_live(&self) -> bool {
        self.asked.is_empty() && self.places.values().all(|place| !place.behind)
    }

    async fn open(&mut self, world: &World, opened: Opened) {
        let timeline = opened.timeline;
        if self.asked.get(&timeline) != Some(&opened.grant) {
            return;
        }
        self.asked.remove(&timeline);
        let Some(granted) = opened.granted else {
            assert_eq!(opened.refused, Some("unavailable"));
            return self.follow(world, timeline).await;
        };
        let covered = opened.after;
        let behind = covered < granted.head.max(granted.subscription.through());
        self.places.insert(timeline, Place { subscription: granted.subscription, covered, behind });
    }

    async fn catch_up(&mut self, world: &World, timeline: TimelineId) {
        let place = &self.places[&timeline];
        let through = place.subscription.through();
        let view = place.subscription.view().clone();
        let span = Span { after: place.covered, through };
        // Small pages, so that entries are committed between two of them.
        let page = world.hub.read_page(timeline, &view, span, 3).await.unwrap();
        for entry in &page.entries {
            self.show(timeline, entry.seq(), entry.entry.id);
        }
        let place = self.places.get_mut(&timeline).unwrap();
        place.covered = place.covered.max(page.through);
        place.behind = page.more || place.covered < place.subscription.through();
    }

    fn show(&mut self, timeline: TimelineId, seq: Seq, id: EntryId) {
        assert_eq!(seq, self.cursor(timeline).next(), "a gap or a repetition for a reader");
        self.shown.entry(timeline).or_default().push((seq, id));
        self.places.get_mut(&timeline).unwrap().covered = seq;
    }
}
