//! Rings the devices of those who are woken: not where the page is open, not in somebody's quiet hours unless it is urgent,
//! not twice within a minute, and never so that anybody waits for it. In memory is what is to be rung soon; a hub that falls
//! over rings for none of it again, and what held until quiet hours end is taken out of the journal before it is told of.
//!
//! INVARIANT: a bell is rung as its row stands at that moment: what ended in between is not rung.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;

use super::caller::Outcome;
use super::{Bells, Figures, Tower};
use crate::domain::bell::{Bell, Weight};
use crate::domain::ids::{BellId, PersonId};
use crate::domain::time::Timestamp;
use crate::hub::notices::Concern;
use crate::hub::sessions::Presence;
use crate::hub::waking::Sleeper;
use crate::limits;
use crate::store::{BellAwake, StoreError};

/// Why a bell is to be rung.
#[derive(Clone, Copy, Debug)]
struct Reason {
    weight: Weight,
    /// Since when there is something to see: whoever was seen since has seen it.
    since: Timestamp,
    not_before: Timestamp,
    tries: u32,
}

/// What is under way.
struct Ringing<'a> {
    bells: &'a Bells,
    tower: &'a Tower,
    waiting: HashMap<BellId, Reason>,
    /// When bells were rung urgently, for a few seconds.
    urgent_at: HashMap<BellId, Timestamp>,
    sending: JoinSet<(BellId, Reason, Outcome)>,
    /// When the next quiet hours end in which something was held.
    held_until: Option<Timestamp>,
}

/// Whether a bell may be rung now.
enum Now {
    Yes(Box<(Bell, String)>),
    At(Timestamp),
    No,
}

pub(super) async fn ring_for_all(bells: &Bells, tower: &Tower, mut woken: Receiver<Concern>) {
    let mut ringing = Ringing {
        bells,
        tower,
        waiting: HashMap::new(),
        urgent_at: HashMap::new(),
        sending: JoinSet::new(),
        // Something may have been held before this hub began.
        held_until: Some(Timestamp::MIN),
    };
    let clock = bells.hub.region().clock();
    let mut batch = Vec::new();
    loop {
        let next = ringing.next_look();
        let wait = async {
            match next {
                Some(at) => clock.wait_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            count = woken.recv_many(&mut batch, limits::WAKE_BATCH_ITEMS_MAX) => {
                if count == 0 {
                    return;
                }
                told(ringing.take(std::mem::take(&mut batch)).await, "who is woken");
            }
            Some(done) = ringing.sending.join_next() => match done {
                Ok((id, reason, outcome)) => told(ringing.settle(id, reason, outcome).await, "what became of a push"),
                Err(error) => tracing::error!(%error, "a push fell over"),
            },
            () = bells.changed.notified() => ringing.held_until = Some(Timestamp::MIN),
            () = wait => {}
        }
        told(ringing.release().await, "what waited for the end of quiet hours");
        told(ringing.ring().await, "whom to ring");
    }
}

/// A journal that cannot be read or written wakes nobody; the page tells them.
fn told(result: Result<(), StoreError>, what: &str) {
    if let Err(error) = result {
        tracing::debug!(code = error.code(), "{what} is not known");
    }
}

impl Ringing<'_> {
    fn now(&self) -> Timestamp {
        self.bells.hub.region().now()
    }

    fn next_look(&self) -> Option<Timestamp> {
        let is_full = self.sending.len() >= limits::PUSHES_AT_ONCE_MAX;
        let rings = self.waiting.values().map(|reason| reason.not_before).filter(|_| !is_full);
        rings.chain(self.held_until).min()
    }

    async fn awake(&self) -> Result<Vec<BellAwake>, StoreError> {
        let since = self.now().saturating_sub(self.tower.settings.bell_kept);
        self.bells.hub.journal().read(move |tx| Box::pin(async move { tx.list_bells_awake(since).await })).await
    }

    /// Finds whom this wakes.
    async fn take(&mut self, concerns: Vec<Concern>) -> Result<(), StoreError> {
        let (region, now) = (self.bells.hub.region(), self.now());
        let directory = region.directory();
        let known = self.awake().await?.into_iter().filter_map(|bell| {
            let actor = directory.actor(bell.person, bell.position).filter(|actor| !region.is_shut_out(actor))?;
            Some((bell, Sleeper { actor, quiet: bell.quiet }))
        });
        let (awake, sleepers): (Vec<BellAwake>, Vec<Sleeper>) = known.unzip();
        if awake.is_empty() {
            return Ok(());
        }
        for concern in concerns {
            for (bell, weight) in awake.iter().zip(concern.wakes(region, &sleepers)) {
                let Some(weight) = weight.filter(|weight| *weight >= bell.wish) else { continue };
                match bell.quiet.filter(|quiet| weight < Weight::Urgent && quiet.hold_at(now, region.time_zone())) {
                    Some(quiet) => {
                        self.hold(bell.person, now).await?;
                        let end = quiet.end_after(now, region.time_zone());
                        self.held_until = Some(self.held_until.map_or(end, |known| known.min(end)));
                    }
                    None => self.wish(bell.id, weight, now, now),
                }
            }
            // Judging many entries takes nothing from those who post.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn hold(&self, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.bells.hub.journal().write(move |tx| Box::pin(tx.note_held(person, now))).await
    }

    /// One more reason to ring: the weightiest counts, since the first of them.
    fn wish(&mut self, id: BellId, weight: Weight, since: Timestamp, now: Timestamp) {
        let new = Reason { weight, since, not_before: now, tries: 0 };
        let reason = self.waiting.entry(id).or_insert(new);
        if weight > reason.weight {
            *reason = Reason { since: reason.since, ..new };
        }
    }

    /// Tells once of what was held in quiet hours that are over.
    async fn release(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        if self.held_until.is_none_or(|at| now < at) {
            return Ok(());
        }
        self.held_until = None;
        let (hub, zone) = (&self.bells.hub, self.bells.hub.region().time_zone());
        let held = hub.journal().read(|tx| Box::pin(async move { tx.list_held().await })).await?;
        let mut over = HashMap::new();
        for one in held {
            if one.quiet.hold_at(now, zone) {
                let end = one.quiet.end_after(now, zone);
                self.held_until = Some(self.held_until.map_or(end, |known| known.min(end)));
                continue;
            }
            let person = one.person;
            if hub.journal().write(move |tx| Box::pin(tx.release_held(person))).await? {
                over.insert(person, one.since);
            }
        }
        if over.is_empty() {
            return Ok(());
        }
        for bell in self.awake().await?.into_iter().filter(|bell| bell.wish == Weight::Mine) {
            if let Some(since) = over.get(&bell.person) {
                self.wish(bell.id, Weight::Mine, *since, now);
            }
        }
        Ok(())
    }

    /// Rings whoever is to be rung by now, as far as there is room.
    async fn ring(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let gap = Duration::from_secs(limits::BELL_URGENT_GAP_S);
        self.urgent_at.retain(|_, at| now.since(*at) < gap);
        let mut due: Vec<BellId> = Vec::new();
        due.extend(self.waiting.iter().filter(|(_, reason)| reason.not_before <= now).map(|(id, _)| *id));
        // What is urgent first, then what waits longest.
        due.sort_by_key(|id| self.waiting.get(id).map(|reason| (std::cmp::Reverse(reason.weight), reason.since)));
        for id in due {
            if self.sending.len() >= limits::PUSHES_AT_ONCE_MAX {
                return Ok(());
            }
            let Some(reason) = self.waiting.remove(&id) else { continue };
            match self.may_ring(id, reason, now).await? {
                Now::No => {}
                Now::At(at) => {
                    let _ = self.waiting.insert(id, Reason { not_before: at, ..reason });
                }
                Now::Yes(found) => self.send(id, reason, &found.1, now),
            }
        }
        Ok(())
    }

    /// Judges by the row as it stands; a bell that may be rung now is noted as rung.
    async fn may_ring(&self, id: BellId, reason: Reason, now: Timestamp) -> Result<Now, StoreError> {
        let (hub, region) = (&self.bells.hub, self.bells.hub.region());
        let found = hub.journal().read(move |tx| Box::pin(async move { tx.find_bell(id).await })).await?;
        let Some((bell, endpoint)) = found else { return Ok(Now::No) };
        let actor = region.directory().actor(bell.person, bell.position);
        let stands = actor.is_some_and(|actor| !region.is_shut_out(&actor))
            && bell.registered.is_none_or(|device| hub.devices().stands(device))
            && now.since(bell.renewed_at) < self.tower.settings.bell_kept;
        if !stands {
            return Ok(Now::No);
        }
        match hub.sessions().presence(bell.sign_in, reason.since) {
            Presence::Here => return Ok(Now::No),
            Presence::Silent => {
                let given_up = reason.since.saturating_add(Duration::from_millis(limits::BELL_SILENCE_MS));
                if reason.weight < Weight::Urgent || now < given_up {
                    return Ok(Now::At(now.saturating_add(Duration::from_millis(limits::BELL_LOOK_MS))));
                }
            }
            Presence::Away => {}
        }
        if let Some(rung) = self.urgent_at.get(&id) {
            return Ok(Now::At(rung.saturating_add(Duration::from_secs(limits::BELL_URGENT_GAP_S))));
        }
        let gap = Duration::from_secs(limits::BELL_GAP_S);
        let is_bound = reason.weight < Weight::Urgent && reason.tries == 0;
        let since = if is_bound { now.saturating_sub(gap) } else { now };
        let noting = hub.journal().write(move |tx| Box::pin(tx.note_rung(id, now, since)));
        Ok(match (noting.await?, bell.rung_at) {
            (true, _) => Now::Yes(Box::new((bell, endpoint))),
            (false, rung) => Now::At(rung.map_or(now, |rung| rung.max(since)).saturating_add(gap)),
        })
    }

    fn send(&mut self, id: BellId, reason: Reason, endpoint: &str, now: Timestamp) {
        // INVARIANT: the list counts as it is now, not as it was when the device asked.
        let Some(endpoint) = self.tower.settings.endpoint(endpoint) else {
            Figures::count(&self.bells.figures.refused);
            return;
        };
        if reason.weight == Weight::Urgent {
            self.urgent_at.insert(id, now);
        }
        let authority = endpoint.authority().map_or("", |authority| authority.as_str());
        let Tower { settings, signer, caller } = self.tower;
        // A push service judges by its own clock.
        let wall = self.bells.hub.region().wall();
        let credential = signer.credential(&format!("https://{authority}"), &settings.contact, wall);
        let caller = caller.clone();
        self.sending.spawn(async move { (id, reason, caller.ring(&endpoint, reason.weight, &credential).await) });
    }

    async fn settle(&mut self, id: BellId, reason: Reason, outcome: Outcome) -> Result<(), StoreError> {
        let figures = &self.bells.figures;
        match outcome {
            Outcome::Rung => Figures::count(&figures.rung),
            Outcome::Private => Figures::count(&figures.refused),
            Outcome::Denied(status) => {
                tracing::warn!(status, "a push service does not take a push");
                Figures::count(&figures.failed);
            }
            Outcome::Gone => {
                self.bells.hub.journal().write(move |tx| Box::pin(tx.delete_bell(id, None))).await?;
                // Last, so that whoever reads the figure finds it forgotten.
                Figures::count(&figures.gone);
            }
            Outcome::Later(pause) => {
                let tries = reason.tries + 1;
                let usual = Duration::from_millis(limits::PUSH_RETRY_MS << (2 * reason.tries));
                let pause = pause.unwrap_or(usual).max(usual);
                if tries >= limits::PUSH_TRIES_MAX || pause > Duration::from_secs(limits::PUSH_RETRY_AFTER_S_MAX) {
                    Figures::count(&figures.failed);
                    return Ok(());
                }
                self.urgent_at.remove(&id);
                let again = Reason { not_before: self.now().saturating_add(pause), tries, ..reason };
                // Another reason that came meanwhile waits for the service as well.
                let known = self.waiting.get(&id).map_or(reason.weight, |other| other.weight.max(reason.weight));
                self.waiting.insert(id, Reason { weight: known, ..again });
            }
        }
        Ok(())
    }
}
